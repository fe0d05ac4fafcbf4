/* median_absolute_deviation: the median of the distances from the median. Source: OpenSearch
 * MedianAbsoluteDeviationAggregationBuilder, InternalMedianAbsoluteDeviation. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"
#include "aggregation/tdigest.h"

struct options {
    struct qd_source_options source; /* first */
    double compression;
};

static enum qd_status set_compression(struct qd_aggregation_parser *parser, void *target,
                                      struct qd_slice owner, const struct qd_json *value,
                                      struct qd_error *error)
{
    double *compression = &((struct options *)target)->compression;
    QD_TRY(qd_option_double(value, compression, error));
    if (*compression > 0) return QD_OK;
    struct qd_slice text = qd_metric_double_text(*compression, parser->arena);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[compression] must be greater than 0. Found [%.*s] in [%.*s]", QD_SLICE_ARG(text),
                        QD_SLICE_ARG(owner));
}

static const struct qd_option rows[] = {
    { "compression", QD_OPTION_NUMBER | QD_OPTION_STRING, set_compression, false },
};

static const struct qd_option_table table = { "median_absolute_deviation", rows, 1,
                                              &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct options *options = QD_NEW(parser->arena, struct options);
    options->compression = 1000;
    aggregation->options = options;
    return qd_options_parse_source(parser, &table, sizeof(*options), body, aggregation, error);
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    const struct options *options = collector->aggregation->options;
    struct qd_source_values values;
    QD_TRY(qd_metric_values(metric, batch, &values, error));
    struct qd_tdigest **digests = metric->states;
    for (size_t i = 0; i < values.count; i++) {
        struct qd_tdigest **digest = &digests[qd_value_bucket(batch, &values, i)];
        if (*digest == NULL) {
            QD_TRY(qd_run_reserve(collector, qd_tdigest_size(options->compression), error));
            *digest = qd_tdigest_create(collector->run->arena, options->compression);
        }
        if (isnan(values.reals[i])) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, QD_TDIGEST_NAN);
        qd_tdigest_add(*digest, values.reals[i], 1);
    }
    return QD_OK;
}

/* The data of a result. */
struct result {
    struct qd_aggregation_format format; /* first */
    struct qd_tdigest *digest;           /* NULL: no value */
    double value;                        /* the deviation; NaN: no value */
};

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct result *data = QD_NEW(collector->run->arena, struct result);
    struct qd_tdigest **digest = qd_metric_state(metric, bucket);
    data->format = metric->source.format;
    if (digest != NULL) data->digest = *digest;
    /* Infinity's distance to itself is none. */
    if (data->digest != NULL && isinf(qd_tdigest_quantile(data->digest, 0.5)))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, QD_TDIGEST_NAN);
    data->value = data->digest == NULL ? (double)NAN : qd_tdigest_median_deviation(data->digest);
    result->data = data;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .build = build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    return qd_metric_create(run, aggregation, QD_ACCEPT_NUMBERS, sizeof(struct qd_tdigest *), &operations,
                            collector, error);
}

static void write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    const struct result *data = result->data;
    qd_format_write(&data->format, buffer);
    qd_buffer_double(buffer, data->value);
    qd_buffer_byte(buffer, data->digest != NULL);
    if (data->digest != NULL) qd_tdigest_write(data->digest, buffer);
}

static void read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result)
{
    struct result *data = QD_NEW(arena, struct result);
    result->data = data;
    qd_format_read(reader, arena, &result->aggregation->zone, &data->format);
    data->value = qd_reader_double(reader);
    if (qd_reader_byte(reader) != 0) data->digest = qd_tdigest_read(reader, arena);
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    const struct options *options = result->aggregation->options;
    struct result *data = QD_NEW(context->arena, struct result);
    (void)error;
    result->data = data;
    data->value = (double)NAN;
    if (count == 1) {
        /* A single result is not merged into another, as in the reference. */
        *data = *(const struct result *)parts[0].data;
        return QD_OK;
    }
    for (size_t i = 0; i < count; i++) {
        const struct result *part = parts[i].data;
        if (part->digest == NULL) continue;
        if (data->digest == NULL) data->digest = qd_tdigest_create(context->arena, options->compression);
        qd_tdigest_merge(data->digest, part->digest);
    }
    data->format = qd_metric_format(parts, count);
    if (data->digest != NULL) data->value = qd_tdigest_median_deviation(data->digest);
    return QD_OK;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct result *data = result->data;
    qd_metric_render_value(&data->format, data->value, !isnan(data->value), context);
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    (void)key;
    return ((const struct result *)result->data)->value;
}

const struct qd_aggregation_kind qd_metric_median_absolute_deviation = {
    .name = "median_absolute_deviation",
    .leaf = true,
    .parse = parse,
    .create = create,
    .write = write,
    .read = read,
    .reduce = reduce,
    .render = render,
    .sort_value = sort_value,
    .check_key = qd_metric_check_single,
};
