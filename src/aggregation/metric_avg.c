/* avg: the compensated sum by the number of values. Source: OpenSearch AvgAggregator, InternalAvg. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"

static const struct qd_option_table options = { "avg", NULL, 0, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_source_options), body, aggregation,
                                   error);
}

struct state {
    struct qd_kahan sum;
    int64_t count;
};

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_source_values values;
    QD_TRY(qd_metric_values(metric, batch, &values, error));
    struct state *states = metric->states;
    if (batch->buckets == NULL) {
        struct qd_kahan sum = states[0].sum;
        for (size_t i = 0; i < values.count; i++) qd_kahan_add(&sum, values.reals[i]);
        states[0].sum = sum;
        states[0].count += (int64_t)values.count;
        return QD_OK;
    }
    for (size_t i = 0; i < values.count; i++) {
        struct state *state = &states[qd_value_bucket(batch, &values, i)];
        qd_kahan_add(&state->sum, values.reals[i]);
        state->count++;
    }
    return QD_OK;
}

static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    int64_t whole;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    struct state *state = metric->states;
    *done = qd_metric_window_sum(&metric->source, collector->run, window, &state->sum, &whole);
    if (!*done) return QD_OK;
    state->sum.sum += (double)whole;
    state->count += window->count;
    return QD_OK;
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_metric_number *number = QD_NEW(collector->run->arena, struct qd_metric_number);
    const struct state *state = qd_metric_state(metric, bucket);
    number->format = metric->source.format;
    number->value = state == NULL ? 0 : state->sum.sum;
    number->count = state == NULL ? 0 : state->count;
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
    return qd_metric_create(run, aggregation, QD_ACCEPT_NUMERIC, sizeof(struct state), &operations, collector,
                            error);
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    (void)error;
    struct qd_metric_number *number = QD_NEW(context->arena, struct qd_metric_number);
    struct qd_kahan sum = { 0 };
    uint64_t values = 0;
    for (size_t i = 0; i < count; i++) {
        const struct qd_metric_number *part = parts[i].data;
        qd_kahan_add(&sum, part->value);
        values += (uint64_t)part->count;
    }
    number->count = (int64_t)values;
    number->format = qd_metric_format(parts, count);
    number->value = sum.sum;
    result->data = number;
    return QD_OK;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_metric_number *number = result->data;
    qd_metric_render_value(&number->format, number->value / (double)number->count, number->count != 0,
                           context);
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    const struct qd_metric_number *number = result->data;
    (void)key;
    return number->value / (double)number->count;
}

const struct qd_aggregation_kind qd_metric_avg = {
    .name = "avg",
    .leaf = true,
    .parse = parse,
    .create = create,
    .write = qd_metric_number_write,
    .read = qd_metric_number_read,
    .reduce = reduce,
    .render = render,
    .sort_value = sort_value,
    .check_key = qd_metric_check_single,
};
