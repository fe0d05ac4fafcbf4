/* histogram: buckets of equal width. Source: OpenSearch HistogramAggregationBuilder, InternalHistogram. */
#include <math.h>

#include "aggregation/aggregation_kinds.h"
#include "aggregation/bucket_histograms.h"
#include "base/number.h"

static enum qd_status set_interval(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                   const struct qd_json *value, struct qd_error *error)
{
    double *interval = &((struct qd_histogram_options *)target)->interval;
    (void)parser;
    QD_TRY(qd_option_double(value, interval, error));
    if (*interval > 0 || isnan(*interval)) return QD_OK;
    *interval = 0;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[interval] must be >0 for histogram aggregation [%.*s]",
                        QD_SLICE_ARG(owner));
}

static enum qd_status set_offset(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner;
    return qd_option_double(value, &((struct qd_histogram_options *)target)->offset, error);
}

static const struct qd_option rows[] = {
    { "interval", QD_OPTION_NUMBER | QD_OPTION_STRING, set_interval, false },
    { "offset", QD_OPTION_NUMBER | QD_OPTION_STRING, set_offset, false },
};

static const struct qd_option_table table = { "histogram", rows, 2, &qd_options_histogram };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    aggregation->options = QD_NEW(parser->arena, struct qd_histogram_options);
    return qd_histogram_parse(parser, &table, body, aggregation, error);
}

struct bounds {
    double min, max; /* infinities: open */
};

struct histogram {
    struct qd_histogram shared;
    struct bounds hard, extended;
};

/* The key of a value, in intervals. */
static double key_of(const struct qd_histogram_options *options, double value)
{
    /* Without the sign of a zero. */
    return floor((value - options->offset) / options->interval) + 0.0;
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    struct qd_histogram *shared = &histogram->shared;
    const struct qd_histogram_options *options = shared->options;
    struct qd_source_values values;
    uint32_t last_owner = QD_BUCKET_NONE;
    size_t last_position = SIZE_MAX;
    double last_key = (double)NAN;
    uint32_t bucket = 0;
    qd_source_reals(&shared->source, collector->run, batch, &values);
    qd_histogram_start(shared, batch);
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[position];
        double key = key_of(options, values.reals[i]);
        if (key != last_key || owner != last_owner) {
            double start = key * options->interval;
            uint64_t bits;
            /* What is no number lies within all bounds, and is a key of its own. */
            if (start < histogram->hard.min || start > histogram->hard.max) continue;
            if (isnan(key)) key = (double)NAN;
            memcpy(&bits, &key, sizeof(bits));
            QD_TRY(qd_bucket_table_add(&shared->table, owner, bits, &bucket, error));
            last_owner = owner;
            last_key = key;
        } else if (position == last_position) {
            continue;
        }
        last_position = position;
        QD_TRY(qd_histogram_put(shared, batch->docs[position], bucket, error));
    }
    return qd_histogram_flush(shared, error);
}

static void set_key(uint64_t key, struct qd_bucket *bucket)
{
    memcpy(&bucket->real, &key, sizeof(key));
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    const struct qd_histogram_options *options = histogram->shared.options;
    struct qd_bucket_list *list;
    QD_TRY(qd_histogram_build(&histogram->shared, bucket, set_key, qd_bucket_compare_real, &list, error));
    for (size_t i = 0; i < list->count; i++) {
        list->buckets[i].real = list->buckets[i].real * options->interval + options->offset;
    }
    list->has_min = isfinite(histogram->extended.min);
    list->has_max = isfinite(histogram->extended.max);
    list->real_min = histogram->extended.min;
    list->real_max = histogram->extended.max;
    result->data = list;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_histogram_begin_segment,
    .collect = collect,
    .end = qd_histogram_end,
    .build = build,
};

static enum qd_status read_bounds(const struct qd_bounds_options *options, struct bounds *bounds,
                                  struct qd_error *error)
{
    *bounds = (struct bounds){ -INFINITY, INFINITY };
    if (options->min != NULL) QD_TRY(qd_option_double(options->min, &bounds->min, error));
    if (options->max != NULL) QD_TRY(qd_option_double(options->max, &bounds->max, error));
    return QD_OK;
}

static struct qd_slice bound_text(double bound, struct qd_arena *arena)
{
    char text[QD_NUMBER_TEXT_MAX];
    if (isinf(bound)) return QD_SLICE("");
    return qd_arena_copy(arena, qd_slice_make(text, qd_double_to_text(bound, text)));
}

/* Empty buckets outside of the hard bounds make no sense. */
static enum qd_status check_bounds(const struct histogram *histogram, struct qd_arena *arena,
                                   struct qd_error *error)
{
    const struct bounds *hard = &histogram->hard;
    const struct bounds *extended = &histogram->extended;
    bool outside = (isfinite(hard->max) && isfinite(extended->max) && hard->max < extended->max) ||
                   (isfinite(hard->min) && isfinite(extended->min) && hard->min > extended->min);
    if (!outside) return QD_OK;
    struct qd_slice hard_min = bound_text(hard->min, arena);
    struct qd_slice hard_max = bound_text(hard->max, arena);
    struct qd_slice min = bound_text(extended->min, arena);
    struct qd_slice max = bound_text(extended->max, arena);
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Extended bounds have to be inside hard bounds, hard bounds: [%.*s--%.*s], extended bounds: "
        "[%.*s--%.*s]",
        QD_SLICE_ARG(hard_min), QD_SLICE_ARG(hard_max), QD_SLICE_ARG(min), QD_SLICE_ARG(max));
}

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    const struct qd_histogram_options *options = aggregation->options;
    struct histogram *histogram = QD_NEW(run->arena, struct histogram);
    *collector = &histogram->shared.base;
    QD_TRY(read_bounds(&options->hard, &histogram->hard, error));
    QD_TRY(read_bounds(&options->extended, &histogram->extended, error));
    QD_TRY(qd_source_open(run, &options->source, aggregation, QD_ACCEPT_NUMERIC, QD_SOURCE_DOUBLE,
                          &histogram->shared.source, error));
    if (options->interval <= 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "interval must be positive, got: 0.0");
    }
    QD_TRY(check_bounds(histogram, run->arena, error));
    return qd_histogram_init(&histogram->shared, run, aggregation, &operations, error);
}

/* ---- reducing ---- */

static double round_key(const struct qd_histogram_options *options, double key)
{
    return key_of(options, key) * options->interval + options->offset;
}

static void next(const struct qd_histogram_steps *steps, struct qd_bucket *bucket)
{
    const struct qd_histogram_options *options = steps->options;
    bucket->real = round_key(options, bucket->real + options->interval + options->interval / 2);
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_bucket_list *list = QD_NEW(context->arena, struct qd_bucket_list);
    struct qd_histogram_steps steps = { .options = result->aggregation->options,
                                        .keys = qd_bucket_compare_real,
                                        .next = next };
    struct bounds bounds;
    result->data = list;
    QD_TRY(read_bounds(&steps.options->extended, &bounds, error));
    list->format.kind = QD_FORMAT_RAW_DOUBLE;
    for (size_t i = 0; i < count; i++) {
        const struct qd_bucket_list *part = parts[i].data;
        if (!qd_format_is_raw(&part->format)) list->format = part->format;
    }
    steps.has_min = isfinite(bounds.min) && count > 0;
    steps.has_max = isfinite(bounds.max) && count > 0;
    if (steps.has_min) steps.min.real = round_key(steps.options, bounds.min);
    steps.max.real = bounds.max;
    return qd_histogram_reduce(context, parts, count, &steps, result, error);
}

static void write_key(const struct qd_bucket *bucket, struct qd_json_writer *writer)
{
    qd_json_double_value(writer, bucket->real);
}

static struct qd_slice key_text(const struct qd_bucket_list *list, const struct qd_bucket *bucket,
                                struct qd_arena *arena)
{
    return qd_format_real(&list->format, bucket->real, arena);
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_histogram_render(result, context, write_key, key_text);
}

const struct qd_aggregation_kind qd_bucket_histogram = {
    .name = "histogram",
    .parse = parse,
    .create = create,
    .write = qd_bucket_list_write,
    .read = qd_bucket_list_read,
    .reduce = reduce,
    .render = render,
};
