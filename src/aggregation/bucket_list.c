#include "aggregation/bucket_list.h"

#include "aggregation/metric.h"

void qd_bucket_list_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct qd_bucket_list *list = result->data;
    qd_format_write(&list->format, buffer);
    qd_buffer_byte(buffer, (uint8_t)(list->has_min | list->has_max << 1 | (list->empty != NULL) << 2));
    qd_buffer_zigzag(buffer, list->number_min);
    qd_buffer_zigzag(buffer, list->number_max);
    qd_buffer_double(buffer, list->real_min);
    qd_buffer_double(buffer, list->real_max);
    if (list->empty != NULL) qd_results_write(&result->aggregation->children, list->empty, buffer);
    qd_buffer_varint(buffer, list->count);
    for (size_t i = 0; i < list->count; i++) qd_bucket_write(result->aggregation, &list->buckets[i], buffer);
}

void qd_bucket_list_read(struct qd_reader *reader, struct qd_arena *arena,
                         struct qd_aggregation_result *result)
{
    struct qd_bucket_list *list = QD_NEW(arena, struct qd_bucket_list);
    result->data = list;
    qd_format_read(reader, arena, &result->aggregation->zone, &list->format);
    uint8_t flags = qd_reader_byte(reader);
    list->has_min = (flags & 1) != 0;
    list->has_max = (flags & 2) != 0;
    list->number_min = qd_reader_zigzag(reader);
    list->number_max = qd_reader_zigzag(reader);
    list->real_min = qd_reader_double(reader);
    list->real_max = qd_reader_double(reader);
    if (reader->failed) return;
    if ((flags & 4) != 0) list->empty = qd_results_read(&result->aggregation->children, reader, arena);
    uint64_t count = qd_reader_varint(reader);
    if (reader->failed || count > qd_reader_left(reader)) {
        reader->failed = true;
        return;
    }
    list->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, count);
    for (; list->count < count && !reader->failed; list->count++) {
        qd_bucket_read(result->aggregation, reader, arena, &list->buckets[list->count]);
    }
}

enum qd_status qd_bucket_list_reduce(struct qd_reduce_context *context,
                                     const struct qd_aggregation_result *parts, size_t count,
                                     struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_bucket_list *list = QD_NEW(context->arena, struct qd_bucket_list);
    const struct qd_bucket **same = QD_NEW_ARRAY(context->arena, const struct qd_bucket *, count);
    result->data = list;
    if (count == 0) return QD_OK;
    const struct qd_bucket_list *first = parts[0].data;
    list->format = qd_metric_format(parts, count);
    if (qd_format_is_raw(&list->format)) list->format = first->format;
    list->count = first->count;
    list->buckets = QD_NEW_ARRAY(context->arena, struct qd_bucket, first->count);
    for (size_t i = 0; i < first->count; i++) {
        list->buckets[i] = first->buckets[i];
        for (size_t j = 0; j < count; j++) {
            const struct qd_bucket_list *part = parts[j].data;
            if (part->count != first->count) {
                return qd_error_set(error, QD_ILLEGAL_STATE,
                                    "shards disagree about the buckets of an aggregation");
            }
            same[j] = &part->buckets[i];
        }
        QD_TRY(qd_bucket_reduce(context, result->aggregation, same, count, &list->buckets[i], error));
    }
    return qd_buckets_consume(context, (int64_t)list->count, error);
}

enum qd_status qd_bucket_list_merge(struct qd_reduce_context *context,
                                    const struct qd_aggregation_result *parts, size_t count,
                                    int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right),
                                    struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_bucket_list *list = result->data;
    size_t *at = QD_NEW_ARRAY(context->arena, size_t, count);
    const struct qd_bucket **same = QD_NEW_ARRAY(context->arena, const struct qd_bucket *, count);
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += ((const struct qd_bucket_list *)parts[i].data)->count;
    list->buckets = QD_NEW_ARRAY(context->arena, struct qd_bucket, total);
    for (;;) {
        const struct qd_bucket *least = NULL;
        for (size_t i = 0; i < count; i++) {
            const struct qd_bucket_list *part = parts[i].data;
            if (at[i] == part->count) continue;
            if (least == NULL || keys(&part->buckets[at[i]], least) < 0) least = &part->buckets[at[i]];
        }
        if (least == NULL) return QD_OK;
        size_t found = 0;
        for (size_t i = 0; i < count; i++) {
            const struct qd_bucket_list *part = parts[i].data;
            if (at[i] < part->count && keys(&part->buckets[at[i]], least) == 0) {
                same[found++] = &part->buckets[at[i]++];
            }
        }
        struct qd_bucket *bucket = &list->buckets[list->count++];
        *bucket = *least;
        QD_TRY(qd_bucket_reduce(context, result->aggregation, same, found, bucket, error));
    }
}

/* ---- collecting into places ---- */

void qd_fanout_init(struct qd_fanout *fanout, struct qd_arena *arena,
                    const struct qd_collector_operations *operations)
{
    fanout->base.operations = operations;
    fanout->docs = QD_NEW_ARRAY(arena, qd_doc_id, QD_COLLECT_MAX);
    fanout->buckets = QD_NEW_ARRAY(arena, uint32_t, QD_COLLECT_MAX);
    fanout->keep = QD_NEW_ARRAY(arena, bool, QD_COLLECT_MAX);
}

enum qd_status qd_fanout_collect(struct qd_fanout *fanout, const struct qd_collect_batch *batch,
                                 uint32_t place, const bool *keep, struct qd_error *error)
{
    struct qd_collect_batch kept = { .docs = fanout->docs,
                                     .buckets = fanout->buckets,
                                     .repeats = batch->repeats };
    if (((uint64_t)qd_batch_bucket_max(batch) + 1) * fanout->width >= QD_BUCKET_NONE) {
        return qd_error_set(error, QD_CIRCUIT_BREAKING, "too many buckets in one shard");
    }
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[i];
        fanout->docs[kept.count] = batch->docs[i];
        fanout->buckets[kept.count] = owner * fanout->width + place;
        kept.count += keep[i];
    }
    if (kept.count == 0) return QD_OK;
    return qd_buckets_collect(&fanout->base, &fanout->counts, &kept, error);
}

enum qd_status qd_fanout_window(struct qd_fanout *fanout, const struct qd_hit_window *window, uint32_t place,
                                const uint64_t *filter, struct qd_error *error)
{
    struct qd_collect_batch kept = { .docs = fanout->docs, .buckets = fanout->buckets };
    if (fanout->base.aggregation->children.count == 0) {
        QD_TRY(qd_bucket_counts_reserve(&fanout->base, &fanout->counts, place, error));
        fanout->counts.counts[place] += qd_window_count(window, filter);
        return QD_OK;
    }
    kept.count = qd_window_docs(window, filter, fanout->docs);
    for (size_t i = 0; i < kept.count; i++) fanout->buckets[i] = place;
    return kept.count == 0 ? QD_OK : qd_buckets_collect(&fanout->base, &fanout->counts, &kept, error);
}

enum qd_status qd_fanout_build(struct qd_fanout *fanout, uint32_t bucket, struct qd_bucket_list *list,
                               struct qd_error *error)
{
    struct qd_arena *arena = fanout->base.run->arena;
    QD_TRY(qd_run_consume_buckets(fanout->base.run, fanout->width, error));
    list->count = fanout->width;
    list->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, fanout->width);
    for (uint32_t i = 0; i < fanout->width; i++) {
        uint64_t number = (uint64_t)bucket * fanout->width + i;
        uint32_t inner = bucket == QD_BUCKET_NONE || number >= QD_BUCKET_NONE ? QD_BUCKET_NONE
                                                                              : (uint32_t)number;
        list->buckets[i].doc_count = qd_bucket_count(&fanout->counts, inner);
        QD_TRY(qd_build_children(&fanout->base, inner, &list->buckets[i].children, error));
    }
    return QD_OK;
}
