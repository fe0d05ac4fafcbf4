#include "aggregation/bucket_single.h"

void qd_single_bucket_init(struct qd_single_bucket *single, struct qd_arena *arena,
                           const struct qd_collector_operations *operations)
{
    single->base.operations = operations;
    single->docs = QD_NEW_ARRAY(arena, qd_doc_id, QD_COLLECT_MAX);
    single->buckets = QD_NEW_ARRAY(arena, uint32_t, QD_COLLECT_MAX);
    single->keep = QD_NEW_ARRAY(arena, bool, QD_COLLECT_MAX);
}

enum qd_status qd_single_bucket_collect(struct qd_single_bucket *single, const struct qd_collect_batch *batch,
                                        const bool *keep, struct qd_error *error)
{
    if (keep == NULL) return qd_buckets_collect(&single->base, &single->counts, batch, error);
    qd_doc_id *docs = single->docs;
    uint32_t *buckets = single->buckets;
    struct qd_collect_batch kept = { .docs = docs, .repeats = batch->repeats };
    for (size_t i = 0; i < batch->count; i++) {
        docs[kept.count] = batch->docs[i];
        kept.count += keep[i];
    }
    if (kept.count == 0) return QD_OK;
    if (batch->buckets != NULL) {
        size_t at = 0;
        for (size_t i = 0; i < batch->count; i++) {
            buckets[at] = batch->buckets[i];
            at += keep[i];
        }
        kept.buckets = buckets;
    }
    return qd_buckets_collect(&single->base, &single->counts, &kept, error);
}

enum qd_status qd_single_bucket_window(struct qd_single_bucket *single, const struct qd_hit_window *window,
                                       const uint64_t *filter, struct qd_error *error)
{
    struct qd_collect_batch kept = { .docs = single->docs };
    if (single->base.aggregation->children.count == 0) {
        QD_TRY(qd_bucket_counts_reserve(&single->base, &single->counts, 0, error));
        single->counts.counts[0] += qd_window_count(window, filter);
        return QD_OK;
    }
    kept.count = qd_window_docs(window, filter, single->docs);
    return kept.count == 0 ? QD_OK : qd_buckets_collect(&single->base, &single->counts, &kept, error);
}

enum qd_status qd_single_bucket_build(struct qd_collector *collector, uint32_t bucket,
                                      struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_single_bucket *single = (struct qd_single_bucket *)collector;
    struct qd_bucket *made = QD_NEW(collector->run->arena, struct qd_bucket);
    made->doc_count = qd_bucket_count(&single->counts, bucket);
    result->data = made;
    return qd_build_children(collector, bucket, &made->children, error);
}

void qd_single_bucket_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    qd_bucket_write(result->aggregation, result->data, buffer);
}

void qd_single_bucket_read(struct qd_reader *reader, struct qd_arena *arena,
                           struct qd_aggregation_result *result)
{
    struct qd_bucket *bucket = QD_NEW(arena, struct qd_bucket);
    qd_bucket_read(result->aggregation, reader, arena, bucket);
    result->data = bucket;
}

enum qd_status qd_single_bucket_reduce(struct qd_reduce_context *context,
                                       const struct qd_aggregation_result *parts, size_t count,
                                       struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_bucket *bucket = QD_NEW(context->arena, struct qd_bucket);
    const struct qd_bucket **buckets = QD_NEW_ARRAY(context->arena, const struct qd_bucket *, count);
    for (size_t i = 0; i < count; i++) buckets[i] = parts[i].data;
    result->data = bucket;
    return qd_bucket_reduce(context, result->aggregation, buckets, count, bucket, error);
}

void qd_single_bucket_render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_bucket *bucket = result->data;
    qd_json_member_int(context->writer, "doc_count", bucket->doc_count);
    qd_results_render(&result->aggregation->children, bucket->children, context);
}

double qd_single_bucket_sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    (void)key;
    return (double)((const struct qd_bucket *)result->data)->doc_count;
}

const char *qd_single_bucket_check_key(const struct qd_aggregation *aggregation, struct qd_slice key,
                                       struct qd_arena *arena)
{
    if (key.data == NULL || qd_slice_is(key, "doc_count")) return NULL;
    struct qd_slice text = qd_arena_format(
        arena,
        "Ordering on a single-bucket aggregation can only be done on its doc_count. Either drop the key (a "
        "la "
        "\"%.*s\") or change it to \"doc_count\" (a la \"%.*s.doc_count\") or \"key\".",
        QD_SLICE_ARG(aggregation->name), QD_SLICE_ARG(aggregation->name));
    return qd_arena_string(arena, text);
}
