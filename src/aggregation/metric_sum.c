/* sum: the compensated sum of all values. Source: OpenSearch SumAggregator, InternalSum. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"

static const struct qd_option_table options = { "sum", NULL, 0, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_source_options), body, aggregation,
                                   error);
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_source_values values;
    QD_TRY(qd_metric_values(metric, batch, &values, error));
    struct qd_kahan *sums = metric->states;
    if (batch->buckets == NULL) {
        struct qd_kahan sum = sums[0];
        for (size_t i = 0; i < values.count; i++) qd_kahan_add(&sum, values.reals[i]);
        sums[0] = sum;
        return QD_OK;
    }
    for (size_t i = 0; i < values.count; i++) {
        qd_kahan_add(&sums[qd_value_bucket(batch, &values, i)], values.reals[i]);
    }
    return QD_OK;
}

static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    int64_t whole;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    struct qd_kahan *sum = metric->states;
    *done = qd_metric_window_sum(&metric->source, collector->run, window, sum, &whole);
    if (*done) sum->sum += (double)whole;
    return QD_OK;
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_metric_number *number = QD_NEW(collector->run->arena, struct qd_metric_number);
    const struct qd_kahan *sum = qd_metric_state(metric, bucket);
    number->format = metric->source.format;
    number->value = sum == NULL ? 0 : sum->sum;
    result->data = number;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .build = build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    return qd_metric_create(run, aggregation, QD_ACCEPT_NUMERIC, sizeof(struct qd_kahan), &operations,
                            collector, error);
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric_number *number = QD_NEW(context->arena, struct qd_metric_number);
    struct qd_kahan sum = { 0 };
    for (size_t i = 0; i < count; i++) {
        qd_kahan_add(&sum, ((const struct qd_metric_number *)parts[i].data)->value);
    }
    number->format = qd_metric_format(parts, count);
    number->value = sum.sum;
    result->data = number;
    return QD_OK;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_metric_number *number = result->data;
    qd_metric_render_value(&number->format, number->value, true, context);
}

const struct qd_aggregation_kind qd_metric_sum = {
    .name = "sum",
    .leaf = true,
    .parse = parse,
    .create = create,
    .write = qd_metric_number_write,
    .read = qd_metric_number_read,
    .reduce = reduce,
    .render = render,
    .sort_value = qd_metric_number_sort_value,
    .check_key = qd_metric_check_single,
};
