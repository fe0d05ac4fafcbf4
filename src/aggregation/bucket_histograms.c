#include "aggregation/bucket_histograms.h"

#include <math.h>

#include "aggregation/metric.h"
#include "base/vector.h"

/* ---- parsing ---- */

static enum qd_status set_keyed(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner;
    return qd_option_boolean(value, &((struct qd_histogram_options *)target)->keyed, error);
}

static enum qd_status set_min_doc_count(struct qd_aggregation_parser *parser, void *target,
                                        struct qd_slice owner, const struct qd_json *value,
                                        struct qd_error *error)
{
    int64_t *count = &((struct qd_histogram_options *)target)->min_doc_count;
    QD_TRY(qd_option_long(parser, value, count, error));
    if (*count >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[minDocCount] must be greater than or equal to 0. Found [%lld] in [%.*s]",
                        (long long)*count, QD_SLICE_ARG(owner));
}

static enum qd_status set_order(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)owner;
    return qd_orders_parse(parser, value, &((struct qd_histogram_options *)target)->orders, error);
}

/* Why an object of the reference's class cannot be made, as its reflection tells it. */
static enum qd_status bounds_failed(struct qd_error *error)
{
    (void)qd_error_wrap(error, QD_EXCEPTION, "no message");
    if (error != NULL) {
        error->type_override = "invocation_target_exception";
        error->null_reason = true;
    }
    (void)qd_error_wrap(error, QD_ILLEGAL_ARGUMENT,
                        "Cannot instantiate an object of "
                        "org.opensearch.search.aggregations.bucket.histogram.DoubleBounds");
    return qd_error_wrap(error, QD_X_CONTENT_PARSE,
                         "Failed to build [double_bounds] after last required field arrived");
}

/* Bounds of doubles are compared when the second one arrives; those of dates may be texts with date math. */
static enum qd_status set_bound(struct qd_aggregation_parser *parser, struct qd_bounds_options *bounds,
                                const struct qd_json **bound, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    double min;
    double max;
    *bound = qd_json_is_null(value) ? NULL : value;
    if (!qd_slice_is(owner, "double_bounds") || *bound == NULL) return QD_OK;
    QD_TRY(qd_option_double(value, &min, error));
    if (bounds->min == NULL || bounds->max == NULL) return QD_OK;
    QD_TRY(qd_option_double(bounds->min, &min, error));
    QD_TRY(qd_option_double(bounds->max, &max, error));
    if (!(max < min)) return QD_OK;
    struct qd_slice max_text = qd_metric_double_text(max, parser->arena);
    struct qd_slice min_text = qd_metric_double_text(min, parser->arena);
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "max bound [%.*s] must be greater than min bound [%.*s]",
                       QD_SLICE_ARG(max_text), QD_SLICE_ARG(min_text));
    return bounds_failed(error);
}

static enum qd_status set_min(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                              const struct qd_json *value, struct qd_error *error)
{
    struct qd_bounds_options *bounds = target;
    return set_bound(parser, bounds, &bounds->min, owner, value, error);
}

static enum qd_status set_max(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                              const struct qd_json *value, struct qd_error *error)
{
    struct qd_bounds_options *bounds = target;
    return set_bound(parser, bounds, &bounds->max, owner, value, error);
}

static const struct qd_option double_rows[] = {
    { "min", QD_OPTION_NUMBER | QD_OPTION_STRING | QD_OPTION_NULL, set_min, false },
    { "max", QD_OPTION_NUMBER | QD_OPTION_STRING | QD_OPTION_NULL, set_max, false },
};

static const struct qd_option long_rows[] = {
    { "min", QD_OPTION_NUMBER | QD_OPTION_STRING | QD_OPTION_NULL, set_min, false },
    { "max", QD_OPTION_NUMBER | QD_OPTION_STRING | QD_OPTION_NULL, set_max, false },
};

static const struct qd_option_table double_bounds = { "double_bounds", double_rows, 2, NULL };
static const struct qd_option_table long_bounds = { "bounds", long_rows, 2, NULL };

static enum qd_status parse_bounds(struct qd_aggregation_parser *parser, struct qd_bounds_options *bounds,
                                   const struct qd_histogram_options *options, const struct qd_json *value,
                                   struct qd_error *error)
{
    /* date_histogram marks itself by an interval that is not a number. */
    const struct qd_option_table *table = options->interval < 0 ? &long_bounds : &double_bounds;
    return qd_options_parse(parser, table, qd_slice_from_string(table->type), value, bounds, error);
}

static enum qd_status set_extended(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                   const struct qd_json *value, struct qd_error *error)
{
    struct qd_histogram_options *options = target;
    (void)owner;
    return parse_bounds(parser, &options->extended, options, value, error);
}

static enum qd_status set_hard(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                               const struct qd_json *value, struct qd_error *error)
{
    struct qd_histogram_options *options = target;
    (void)owner;
    return parse_bounds(parser, &options->hard, options, value, error);
}

static const struct qd_option rows[] = {
    { "keyed", QD_OPTION_BOOLEAN | QD_OPTION_STRING, set_keyed, false },
    { "min_doc_count", QD_OPTION_NUMBER | QD_OPTION_STRING, set_min_doc_count, false },
    { "order", QD_OPTION_OBJECT | QD_OPTION_ARRAY, set_order, false },
    { "extended_bounds", QD_OPTION_OBJECT, set_extended, false },
    { "hard_bounds", QD_OPTION_OBJECT, set_hard, false },
};

const struct qd_option_table qd_options_histogram = { "", rows, sizeof(rows) / sizeof(rows[0]),
                                                      &qd_options_source_format };

enum qd_status qd_histogram_parse(struct qd_aggregation_parser *parser, const struct qd_option_table *table,
                                  const struct qd_json *body, struct qd_aggregation *aggregation,
                                  struct qd_error *error)
{
    struct qd_histogram_options *options = aggregation->options;
    qd_orders_single(parser->arena, QD_ORDER_KEY, false, &options->orders);
    return qd_options_parse_source(parser, table, sizeof(*options), body, aggregation, error);
}

/* ---- collecting ---- */

enum qd_status qd_histogram_init(struct qd_histogram *histogram, struct qd_aggregation_run *run,
                                 const struct qd_aggregation *aggregation,
                                 const struct qd_collector_operations *operations, struct qd_error *error)
{
    histogram->base.operations = operations;
    histogram->base.aggregation = aggregation;
    histogram->base.run = run;
    histogram->options = aggregation->options;
    histogram->table.collector = &histogram->base;
    histogram->docs = QD_NEW_ARRAY(run->arena, qd_doc_id, QD_COLLECT_MAX);
    histogram->buckets = QD_NEW_ARRAY(run->arena, uint32_t, QD_COLLECT_MAX);
    run->turn = QD_TURN_ORDER;
    return qd_orders_resolve(&histogram->options->orders, aggregation, run->arena, &histogram->orders, error);
}

enum qd_status qd_histogram_begin_segment(struct qd_collector *collector, uint32_t segment,
                                          struct qd_error *error)
{
    (void)segment;
    return qd_source_begin_segment(&((struct qd_histogram *)collector)->source, collector->run, error);
}

enum qd_status qd_histogram_end(struct qd_collector *collector, struct qd_error *error)
{
    struct qd_histogram *histogram = (struct qd_histogram *)collector;
    (void)error;
    qd_bucket_table_group(&histogram->table, &histogram->groups);
    return QD_OK;
}

void qd_histogram_start(struct qd_histogram *histogram, const struct qd_collect_batch *batch)
{
    histogram->count = 0;
    histogram->repeats = batch->repeats || !histogram->source.facts.single;
}

enum qd_status qd_histogram_flush(struct qd_histogram *histogram, struct qd_error *error)
{
    struct qd_collect_batch batch = { histogram->docs, histogram->buckets, histogram->count,
                                      histogram->repeats };
    histogram->count = 0;
    if (batch.count == 0) return QD_OK;
    return qd_buckets_collect(&histogram->base, &histogram->counts, &batch, error);
}

enum qd_status qd_histogram_build(struct qd_histogram *histogram, uint32_t owner,
                                  void (*set_key)(uint64_t key, struct qd_bucket *bucket),
                                  int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right),
                                  struct qd_bucket_list **result, struct qd_error *error)
{
    struct qd_arena *arena = histogram->base.run->arena;
    struct qd_bucket_list *list = QD_NEW(arena, struct qd_bucket_list);
    const struct qd_bucket_groups *groups = &histogram->groups;
    bool known = owner < groups->owner_count;
    uint32_t from = known ? groups->starts[owner] : 0;
    uint32_t to = known ? groups->starts[owner + 1] : 0;
    struct qd_orders by_key = { 0 };
    list->format = histogram->source.format;
    list->count = to - from;
    list->buckets = QD_NEW_ARRAY(arena, struct qd_bucket, list->count);
    *result = list;
    QD_TRY(qd_run_consume_buckets(histogram->base.run, (int64_t)list->count, error));
    for (uint32_t i = from; i < to; i++) {
        struct qd_bucket *bucket = &list->buckets[i - from];
        uint32_t number = groups->buckets[i];
        set_key(histogram->table.keys[number], bucket);
        bucket->doc_count = qd_bucket_count(&histogram->counts, number);
        QD_TRY(qd_build_children(&histogram->base, number, &bucket->children, error));
    }
    qd_orders_single(arena, QD_ORDER_KEY, false, &by_key);
    qd_orders_sort(&by_key, list->buckets, list->count, keys, arena);
    if (histogram->base.aggregation->children.count == 0) return QD_OK;
    return qd_build_children(&histogram->base, QD_BUCKET_NONE, &list->empty, error);
}

/* ---- reducing ---- */

QD_VECTOR_TYPE(bucket_vector, struct qd_bucket);

/* Filling gaps. */
struct filling {
    struct qd_reduce_context *context;
    const struct qd_aggregation *aggregation;
    const struct qd_histogram_steps *steps;
    struct qd_aggregation_result *const *empties; /* empty children of the shards */
    size_t empty_count;
    struct bucket_vector buckets;
    int64_t left;   /* buckets that may still be made */
    int64_t beyond; /* buckets that would have been made after that: counted for the message */
};

/* Buckets beyond the limit that are counted at most. */
#define BEYOND_MAX 10000000

static enum qd_status add_empty(struct filling *filling, const struct qd_bucket *key, struct qd_error *error)
{
    if (filling->left <= 0) {
        filling->beyond++;
        return QD_OK;
    }
    filling->left--;
    struct qd_bucket *bucket = QD_PUSH(filling->context->arena, &filling->buckets);
    bucket->number = key->number;
    bucket->real = key->real;
    return qd_results_reduce(filling->context, &filling->aggregation->children, filling->empties,
                             filling->empty_count, &bucket->children, error);
}

/* Adds empty buckets from `key` on while they are before `end` (or at it, when `inclusive`). */
static enum qd_status fill(struct filling *filling, struct qd_bucket key, const struct qd_bucket *end,
                           bool inclusive, struct qd_error *error)
{
    const struct qd_histogram_steps *steps = filling->steps;
    /* No steps lead to the key that is no number. */
    if (isnan(key.real) || isnan(end->real)) return QD_OK;
    for (;;) {
        struct qd_bucket before = key;
        int order = steps->keys(&key, end);
        if (order > 0 || (order == 0 && !inclusive) || filling->beyond >= BEYOND_MAX) return QD_OK;
        QD_TRY(add_empty(filling, &key, error));
        steps->next(steps, &key);
        if (steps->keys(&key, &before) <= 0) return QD_OK; /* the numbers are too coarse to go on */
    }
}

static enum qd_status fill_gaps(struct filling *filling, struct qd_bucket_list *list, struct qd_error *error)
{
    const struct qd_histogram_steps *steps = filling->steps;
    if (list->count == 0) {
        if (steps->has_min && steps->has_max) QD_TRY(fill(filling, steps->min, &steps->max, true, error));
    } else if (steps->has_min) {
        QD_TRY(fill(filling, steps->min, &list->buckets[0], false, error));
    }
    for (size_t i = 0; i < list->count; i++) {
        struct qd_bucket next = list->buckets[i];
        *QD_PUSH(filling->context->arena, &filling->buckets) = list->buckets[i];
        steps->next(steps, &next);
        if (i + 1 < list->count) QD_TRY(fill(filling, next, &list->buckets[i + 1], false, error));
        else if (steps->has_max) QD_TRY(fill(filling, next, &steps->max, true, error));
    }
    list->buckets = filling->buckets.data;
    list->count = filling->buckets.count;
    if (filling->beyond == 0) return QD_OK;
    return qd_buckets_consume(filling->context, (int64_t)list->count + filling->beyond, error);
}

static enum qd_status fill_list(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                                size_t count, const struct qd_histogram_steps *steps,
                                struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_aggregation_result **empties = QD_NEW_ARRAY(context->arena, struct qd_aggregation_result *,
                                                          count);
    struct filling filling = { .context = context,
                               .aggregation = result->aggregation,
                               .steps = steps,
                               .empties = empties,
                               .left = context->bucket_max > 0 ? context->bucket_max : 1000000 };
    for (size_t i = 0; i < count; i++) {
        struct qd_aggregation_result *empty = ((const struct qd_bucket_list *)parts[i].data)->empty;
        if (empty != NULL) empties[filling.empty_count++] = empty;
    }
    return fill_gaps(&filling, result->data, error);
}

enum qd_status qd_histogram_reduce(struct qd_reduce_context *context,
                                   const struct qd_aggregation_result *parts, size_t count,
                                   const struct qd_histogram_steps *steps,
                                   struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_bucket_list *list = result->data;
    const struct qd_histogram_options *options = steps->options;
    struct qd_orders orders;
    QD_TRY(qd_bucket_list_merge(context, parts, count, steps->keys, result, error));
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->buckets[i].doc_count >= options->min_doc_count) list->buckets[kept++] = list->buckets[i];
    }
    list->count = kept;
    if (options->min_doc_count == 0) QD_TRY(fill_list(context, parts, count, steps, result, error));
    QD_TRY(qd_buckets_consume(context, (int64_t)list->count, error));
    QD_TRY(qd_orders_resolve(&options->orders, result->aggregation, context->arena, &orders, error));
    qd_orders_sort(&orders, list->buckets, list->count, steps->keys, context->arena);
    return QD_OK;
}

/* ---- rendering ---- */

void qd_histogram_render(const struct qd_aggregation_result *result, struct qd_render_context *context,
                         void (*write_key)(const struct qd_bucket *bucket, struct qd_json_writer *writer),
                         struct qd_slice (*key_text)(const struct qd_bucket_list *list,
                                                     const struct qd_bucket *bucket, struct qd_arena *arena))
{
    const struct qd_bucket_list *list = result->data;
    const struct qd_histogram_options *options = result->aggregation->options;
    struct qd_json_writer *writer = context->writer;
    bool raw = qd_format_is_raw(&list->format);
    if (options->keyed) qd_json_member_object(writer, "buckets");
    else qd_json_member_array(writer, "buckets");
    for (size_t i = 0; i < list->count; i++) {
        const struct qd_bucket *bucket = &list->buckets[i];
        struct qd_slice text = { NULL, 0 };
        if (options->keyed || !raw) text = key_text(list, bucket, context->arena);
        if (options->keyed) qd_json_name_slice(writer, text);
        qd_json_begin_object(writer);
        if (!raw) qd_json_member_string(writer, "key_as_string", text);
        qd_json_name(writer, "key");
        write_key(bucket, writer);
        qd_json_member_int(writer, "doc_count", bucket->doc_count);
        qd_results_render(&result->aggregation->children, bucket->children, context);
        qd_json_end_object(writer);
    }
    if (options->keyed) qd_json_end_object(writer);
    else qd_json_end_array(writer);
}
