/* terms: merging the results of shards, and rendering. */
#include "aggregation/bucket_terms.h"

#include "mapping/type_number.h"

/* A bucket of one shard, for sorting all of them by key. */
struct part {
    const struct qd_bucket *bucket;
    size_t shard;
};

struct merge {
    struct qd_reduce_context *context;
    const struct qd_aggregation *aggregation;
    const struct qd_terms_options *options;
    struct qd_orders orders;         /* resolved */
    struct qd_terms_result *result;
    struct part *parts;
    size_t part_count;
};

/* The kind of keys that all shards can be brought to. */
static enum qd_status common_keys(const struct qd_aggregation_result *parts, size_t count,
                                  struct merge *merge, struct qd_error *error)
{
    enum qd_terms_keys keys = QD_TERMS_UNMAPPED;
    for (size_t i = 0; i < count; i++) {
        const struct qd_terms_result *part = parts[i].data;
        if (part->keys == QD_TERMS_UNMAPPED || part->keys == keys) continue;
        if (keys == QD_TERMS_UNMAPPED) {
            keys = part->keys;
            merge->result->format = part->format;
            continue;
        }
        if (keys == QD_TERMS_BYTES || part->keys == QD_TERMS_BYTES) {
            return qd_aggregation_execution_error(
                error,
                "Merging/Reducing the aggregations failed when computing the aggregation [%.*s] because the "
                "field you gave in the aggregation query existed as two different types in two different "
                "indices",
                QD_SLICE_ARG(merge->aggregation->name));
        }
        keys = QD_TERMS_DOUBLE;
    }
    merge->result->keys = keys;
    return QD_OK;
}

/* Whole keys among doubles become doubles. */
static void keys_to_doubles(struct qd_terms_result *part)
{
    for (size_t i = 0; i < part->count; i++) {
        struct qd_bucket *bucket = &part->buckets[i];
        if (part->keys == QD_TERMS_LONG) bucket->real = (double)bucket->number;
        if (part->keys == QD_TERMS_UNSIGNED) bucket->real = (double)qd_unsigned_from_column(bucket->number);
    }
    part->keys = QD_TERMS_DOUBLE;
}

/* How many documents a term may have on a shard that did not return it; -1: unknown. */
static int64_t shard_error(const struct merge *merge, const struct qd_terms_result *part)
{
    if (part->count == 0 || (int64_t)part->count < qd_terms_shard_size(merge->options) ||
        qd_orders_by_key(&merge->orders)) {
        return 0;
    }
    if (!qd_orders_by_count_descending(&merge->orders)) return -1;
    int64_t min = part->buckets[0].doc_count;
    for (size_t i = 1; i < part->count; i++) {
        if (part->buckets[i].doc_count < min) min = part->buckets[i].doc_count;
    }
    return min;
}

static void gather_parts(struct merge *merge, const struct qd_aggregation_result *parts, size_t count)
{
    struct qd_terms_result *result = merge->result;
    size_t total = 0;
    uint64_t other = 0;
    for (size_t i = 0; i < count; i++) total += ((const struct qd_terms_result *)parts[i].data)->count;
    merge->parts = QD_NEW_ARRAY(merge->context->arena, struct part, total);
    for (size_t i = 0; i < count; i++) {
        struct qd_terms_result *part = parts[i].data;
        int64_t error = shard_error(merge, part);
        if (result->error != -1) {
            result->error = error == -1 ? -1 : (int64_t)((uint64_t)result->error + (uint64_t)error);
        }
        other += (uint64_t)part->other;
        if (result->keys == QD_TERMS_DOUBLE && part->keys != QD_TERMS_DOUBLE) keys_to_doubles(part);
        for (size_t j = 0; j < part->count; j++) {
            part->buckets[j].error = error;
            merge->parts[merge->part_count++] = (struct part){ &part->buckets[j], i };
        }
    }
    result->other = (int64_t)other;
}

/* Sorts parts by key, then shard; stable. */
static void sort_parts(struct part *parts, struct part *scratch, size_t count,
                       int (*compare)(const struct qd_bucket *left, const struct qd_bucket *right))
{
    if (count < 2) return;
    size_t half = count / 2;
    sort_parts(parts, scratch, half, compare);
    sort_parts(parts + half, scratch + half, count - half, compare);
    memcpy(scratch, parts, count * sizeof(*parts));
    size_t left = 0;
    size_t right = half;
    for (size_t i = 0; i < count; i++) {
        bool take_left = right == count;
        if (!take_left && left < half) take_left = compare(scratch[left].bucket, scratch[right].bucket) <= 0;
        parts[i] = scratch[take_left ? left++ : right++];
    }
}

/* The error of a merged bucket: that of all shards without those that returned it. */
static void set_error(struct merge *merge, struct qd_bucket *bucket, const struct part *parts, size_t count)
{
    uint64_t returned = 0;
    bucket->error = -1;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].bucket->error == -1) return;
        returned += (uint64_t)parts[i].bucket->error;
    }
    if (merge->result->error != -1) bucket->error = (int64_t)((uint64_t)merge->result->error - returned);
}

/* Where the parts of a bucket stand. */
struct group {
    size_t first;
    size_t count;
};

static enum qd_status reduce_children(struct merge *merge, const struct group *group,
                                      struct qd_bucket *bucket, struct qd_error *error)
{
    struct qd_arena *arena = merge->context->arena;
    const struct qd_bucket **same = QD_NEW_ARRAY(arena, const struct qd_bucket *, group->count);
    for (size_t i = 0; i < group->count; i++) same[i] = merge->parts[group->first + i].bucket;
    return qd_bucket_reduce(merge->context, merge->aggregation, same, group->count, bucket, error);
}

/* Makes one bucket per key; those below min_doc_count are dropped. `groups` gets where each came from, in
 * number. */
static enum qd_status merge_buckets(struct merge *merge, struct group *groups, struct qd_error *error)
{
    struct qd_terms_result *result = merge->result;
    int (*compare)(const struct qd_bucket *, const struct qd_bucket *) = qd_terms_compare(result->keys);
    bool paths = qd_orders_have_path(&merge->orders);
    for (size_t i = 0; i < merge->part_count;) {
        size_t end = i + 1;
        while (end < merge->part_count && compare(merge->parts[i].bucket, merge->parts[end].bucket) == 0) {
            end++;
        }
        struct group group = { i, end - i };
        struct qd_bucket *bucket = &result->buckets[result->count];
        *bucket = *merge->parts[i].bucket;
        bucket->children = NULL;
        uint64_t docs = 0;
        for (size_t j = i; j < end; j++) docs += (uint64_t)merge->parts[j].bucket->doc_count;
        bucket->doc_count = (int64_t)docs;
        set_error(merge, bucket, &merge->parts[i], group.count);
        i = end;
        if (bucket->doc_count < merge->options->min_doc_count) continue;
        if (paths) QD_TRY(reduce_children(merge, &group, bucket, error));
        groups[result->count++] = group;
    }
    return QD_OK;
}

/* Puts the buckets in order and keeps the first of them. */
static enum qd_status keep_best(struct merge *merge, const struct group *groups, struct qd_error *error)
{
    struct qd_arena *arena = merge->context->arena;
    struct qd_terms_result *result = merge->result;
    const struct qd_bucket *all = result->buckets;
    size_t count = result->count;
    const uint32_t *order = qd_orders_permutation(&merge->orders, all, count, qd_terms_compare(result->keys),
                                                  arena);
    uint64_t other = (uint64_t)result->other;
    if (result->count > (size_t)merge->options->size) result->count = (size_t)merge->options->size;
    result->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, result->count);
    for (size_t i = result->count; i < count; i++) other += (uint64_t)all[order[i]].doc_count;
    result->other = (int64_t)other;
    for (size_t i = 0; i < result->count; i++) {
        struct qd_bucket *bucket = &result->buckets[i];
        *bucket = all[order[i]];
        if (bucket->children == NULL) QD_TRY(reduce_children(merge, &groups[order[i]], bucket, error));
    }
    return qd_buckets_consume(merge->context, (int64_t)result->count, error);
}

static enum qd_status merge_all(struct merge *merge, struct qd_error *error)
{
    struct qd_arena *arena = merge->context->arena;
    struct qd_terms_result *result = merge->result;
    struct part *scratch = QD_NEW_ARRAY(arena, struct part, merge->part_count);
    struct group *groups = QD_NEW_ARRAY(arena, struct group, merge->part_count);
    sort_parts(merge->parts, scratch, merge->part_count, qd_terms_compare(result->keys));
    result->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, merge->part_count + 1);
    QD_TRY(merge_buckets(merge, groups, error));
    return keep_best(merge, groups, error);
}

enum qd_status qd_terms_reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                               size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_terms_result *terms = QD_NEW(context->arena, struct qd_terms_result);
    struct merge merge = { .context = context,
                           .aggregation = result->aggregation,
                           .options = result->aggregation->options,
                           .result = terms };
    result->data = terms;
    QD_TRY(common_keys(parts, count, &merge, error));
    QD_TRY(
        qd_orders_resolve(&merge.options->orders, result->aggregation, context->arena, &merge.orders, error));
    gather_parts(&merge, parts, count);
    QD_TRY(merge_all(&merge, error));
    if (count == 1 && terms->error != -1) terms->error = 0;
    return QD_OK;
}

/* ---- rendering ---- */

static void render_key(const struct qd_terms_result *terms, const struct qd_bucket *bucket,
                       struct qd_render_context *context)
{
    struct qd_json_writer *writer = context->writer;
    bool text = !qd_format_is_raw(&terms->format);
    qd_json_name(writer, "key");
    if (terms->keys == QD_TERMS_BYTES) {
        qd_json_string(writer, qd_format_bytes(&terms->format, bucket->bytes, context->arena));
        return;
    }
    if (terms->keys == QD_TERMS_UNSIGNED) {
        qd_json_uint(writer, qd_unsigned_from_column(bucket->number));
        text = terms->format.kind == QD_FORMAT_DECIMAL;
    } else if (terms->keys == QD_TERMS_DOUBLE) {
        qd_json_double_value(writer, bucket->real);
    } else {
        qd_json_int(writer, bucket->number);
    }
    if (!text) return;
    qd_json_name(writer, "key_as_string");
    if (terms->keys == QD_TERMS_UNSIGNED) {
        /* These keys are plain digits whatever the format says. */
        struct qd_value_format plain = { .kind = QD_FORMAT_UNSIGNED_LONG };
        qd_json_string(writer, qd_value_number_text(&plain, bucket->number, context->arena));
    } else if (terms->keys == QD_TERMS_DOUBLE) {
        qd_json_string(writer, qd_format_real(&terms->format, bucket->real, context->arena));
    } else {
        qd_json_string(writer, qd_format_number(&terms->format, bucket->number, context->arena));
    }
}

void qd_terms_render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_terms_result *terms = result->data;
    const struct qd_terms_options *options = result->aggregation->options;
    struct qd_json_writer *writer = context->writer;
    qd_json_member_int(writer, "doc_count_error_upper_bound", terms->error);
    qd_json_member_int(writer, "sum_other_doc_count", terms->other);
    qd_json_member_array(writer, "buckets");
    for (size_t i = 0; i < terms->count; i++) {
        const struct qd_bucket *bucket = &terms->buckets[i];
        qd_json_begin_object(writer);
        render_key(terms, bucket, context);
        qd_json_member_int(writer, "doc_count", bucket->doc_count);
        if (options->show_error) qd_json_member_int(writer, "doc_count_error_upper_bound", bucket->error);
        qd_results_render(&result->aggregation->children, bucket->children, context);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
}
