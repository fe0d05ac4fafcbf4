/* Results of a level: partial form, reducing, rendering. */
#include "aggregation/aggregation_tree.h"

#include "base/text.h"

/* The first byte of a result; 0: there is none. */
enum { THERE = 1, REWRITTEN = 2 };

void qd_results_write(const struct qd_aggregations *aggregations, const struct qd_aggregation_result *results,
                      struct qd_buffer *buffer)
{
    for (size_t i = 0; i < aggregations->count; i++) {
        bool there = results != NULL && results[i].data != NULL;
        qd_buffer_byte(buffer, !there ? 0 : results[i].rewritten ? REWRITTEN : THERE);
        if (there) aggregations->items[i]->kind->write(&results[i], buffer);
    }
}

struct qd_aggregation_result *qd_results_read(const struct qd_aggregations *aggregations,
                                              struct qd_reader *reader, struct qd_arena *arena)
{
    struct qd_aggregation_result *results = QD_NEW_ARRAY(arena, struct qd_aggregation_result,
                                                         aggregations->count);
    for (size_t i = 0; i < aggregations->count && !reader->failed; i++) {
        results[i].aggregation = aggregations->items[i];
        uint8_t first = qd_reader_byte(reader);
        if (first == 0 || reader->failed) continue;
        results[i].rewritten = first == REWRITTEN;
        aggregations->items[i]->kind->read(reader, arena, &results[i]);
    }
    return results;
}

enum qd_status qd_results_reduce(struct qd_reduce_context *context,
                                 const struct qd_aggregations *aggregations,
                                 struct qd_aggregation_result *const *parts, size_t count,
                                 struct qd_aggregation_result **results, struct qd_error *error)
{
    size_t children = aggregations->count;
    struct qd_aggregation_result *reduced = QD_NEW_ARRAY(context->arena, struct qd_aggregation_result,
                                                         children);
    *results = reduced;
    if (children == 0) return QD_OK;
    struct qd_aggregation_result *one = QD_NEW_ARRAY(context->arena, struct qd_aggregation_result, count);
    for (size_t i = 0; i < children; i++) {
        size_t found = 0;
        for (size_t j = 0; j < count; j++) {
            if (parts[j] != NULL && parts[j][i].data != NULL) one[found++] = parts[j][i];
        }
        reduced[i].aggregation = aggregations->items[i];
        reduced[i].rewritten = found > 0 && one[0].rewritten;
        QD_TRY(aggregations->items[i]->kind->reduce(context, one, found, &reduced[i], error));
    }
    return QD_OK;
}

void qd_results_render(const struct qd_aggregations *aggregations,
                       const struct qd_aggregation_result *results, struct qd_render_context *context)
{
    for (size_t i = 0; i < aggregations->count; i++) {
        const struct qd_aggregation_result *result = &results[aggregations->order[i]];
        const struct qd_aggregation *aggregation = result->aggregation;
        struct qd_slice name = aggregation->name;
        if (context->typed_keys) {
            const char *type = aggregation->kind->type_name == NULL ? aggregation->kind->name
                                                                    : aggregation->kind->type_name(result);
            name = qd_arena_format(context->arena, "%s#%.*s", type, QD_SLICE_ARG(name));
        }
        qd_json_name_slice(context->writer, name);
        qd_json_begin_object(context->writer);
        if (aggregation->meta != NULL) {
            qd_json_name(context->writer, "meta");
            qd_json_node(context->writer, aggregation->meta);
        } else if (result->rewritten) {
            qd_json_member_object(context->writer, "meta");
            qd_json_end_object(context->writer);
        }
        aggregation->kind->render(result, context);
        qd_json_end_object(context->writer);
    }
}

/* ---- buckets ---- */

void qd_bucket_write(const struct qd_aggregation *aggregation, const struct qd_bucket *bucket,
                     struct qd_buffer *buffer)
{
    uint64_t bits;
    memcpy(&bits, &bucket->real, sizeof(bits));
    qd_buffer_zigzag(buffer, bucket->number);
    qd_buffer_byte(buffer, bits != 0);
    if (bits != 0) qd_buffer_u64(buffer, bits);
    qd_buffer_sized(buffer, bucket->bytes);
    qd_buffer_zigzag(buffer, bucket->doc_count);
    qd_buffer_zigzag(buffer, bucket->error);
    qd_results_write(&aggregation->children, bucket->children, buffer);
}

void qd_bucket_read(const struct qd_aggregation *aggregation, struct qd_reader *reader,
                    struct qd_arena *arena, struct qd_bucket *bucket)
{
    *bucket = (struct qd_bucket){ .number = qd_reader_zigzag(reader) };
    uint64_t bits = qd_reader_byte(reader) == 0 ? 0 : qd_reader_u64(reader);
    memcpy(&bucket->real, &bits, sizeof(bits));
    bucket->bytes = qd_reader_sized(reader);
    bucket->doc_count = qd_reader_zigzag(reader);
    bucket->error = qd_reader_zigzag(reader);
    bucket->children = qd_results_read(&aggregation->children, reader, arena);
}

/* Counts come from other nodes: a sum that does not fit saturates. */
static int64_t add_counts(int64_t left, int64_t right)
{
    int64_t sum;
    if (!__builtin_add_overflow(left, right, &sum)) return sum;
    return left < 0 ? INT64_MIN : INT64_MAX;
}

enum qd_status qd_bucket_reduce(struct qd_reduce_context *context, const struct qd_aggregation *aggregation,
                                const struct qd_bucket *const *parts, size_t count, struct qd_bucket *bucket,
                                struct qd_error *error)
{
    bucket->doc_count = 0;
    for (size_t i = 0; i < count; i++) bucket->doc_count = add_counts(bucket->doc_count, parts[i]->doc_count);
    if (aggregation->children.count == 0) return QD_OK;
    struct qd_aggregation_result **children = QD_NEW_ARRAY(context->arena, struct qd_aggregation_result *,
                                                           count);
    for (size_t i = 0; i < count; i++) children[i] = parts[i]->children;
    return qd_results_reduce(context, &aggregation->children, children, count, &bucket->children, error);
}

enum qd_status qd_buckets_consume(struct qd_reduce_context *context, int64_t count, struct qd_error *error)
{
    context->bucket_count += count;
    if (context->bucket_max <= 0 || context->bucket_count <= context->bucket_max) return QD_OK;
    (void)qd_error_set(
        error, QD_TOO_MANY_BUCKETS,
        "Trying to create too many buckets. Must be less than or equal to: [%lld] but was [%lld]. This "
        "limit can be set by changing the [search.max_buckets] cluster level setting.",
        (long long)context->bucket_max, (long long)context->bucket_count);
    qd_error_add_number(error, "max_buckets", context->bucket_max);
    return QD_TOO_MANY_BUCKETS;
}

/* ---- the whole ---- */

enum qd_status qd_aggregations_render(const struct qd_aggregation_reduce *reduce, struct qd_arena *arena,
                                      struct qd_json_writer *writer, struct qd_error *error)
{
    const struct qd_aggregations *aggregations = reduce->aggregations;
    struct qd_reduce_context context = { .arena = arena, .bucket_max = reduce->max_buckets };
    struct qd_aggregation_result **parts = QD_NEW_ARRAY(arena, struct qd_aggregation_result *, reduce->count);
    for (size_t i = 0; i < reduce->count; i++) {
        struct qd_reader reader = qd_reader_make(reduce->partials[i]);
        parts[i] = qd_results_read(aggregations, &reader, arena);
        if (reader.failed || qd_reader_left(&reader) > 0) {
            return qd_error_set(error, QD_ILLEGAL_STATE, "malformed partial result of aggregations");
        }
    }
    struct qd_aggregation_result *results;
    QD_TRY(qd_results_reduce(&context, aggregations, parts, reduce->count, &results, error));
    struct qd_render_context render = { .arena = arena, .writer = writer, .typed_keys = reduce->typed_keys };
    qd_json_begin_object(writer);
    qd_results_render(aggregations, results, &render);
    qd_json_end_object(writer);
    return QD_OK;
}
