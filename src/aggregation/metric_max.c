/* max: the greatest value. Source: OpenSearch MaxAggregator, InternalMax. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"

static const struct qd_option_table options = { "max", NULL, 0, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_source_options), body, aggregation,
                                   error);
}

struct state {
    double value;
    bool met; /* there was a value */
};

/* Math.max: NaN stays. */
static inline double greater(double value, double other)
{
    return other > value || isnan(other) ? other : value;
}

/* Leaves of a document's unsigned values only the last one, which the reference takes for the greatest:
 * they stand in the order of signed numbers. */
static void keep_last(struct qd_source_values *values, struct qd_source *source)
{
    if (!qd_source_is_unsigned(source) || values->positions == NULL) return;
    size_t count = 0;
    for (size_t i = 0; i < values->count; i++) {
        bool same = i + 1 < values->count && values->positions[i + 1] == values->positions[i];
        if (same) continue;
        source->positions[count] = values->positions[i];
        source->doubles[count++] = values->reals[i];
    }
    values->count = count;
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_source_values values;
    QD_TRY(qd_metric_values(metric, batch, &values, error));
    keep_last(&values, &metric->source);
    struct state *states = metric->states;
    if (batch->buckets == NULL) {
        double value = states[0].met ? states[0].value : -INFINITY;
        bool whole = metric->source.kind != QD_SOURCE_DOUBLE; /* and never NaN */
        for (size_t i = 0; whole && i < values.count; i++) {
            value = values.reals[i] > value ? values.reals[i] : value;
        }
        for (size_t i = 0; !whole && i < values.count; i++) value = greater(value, values.reals[i]);
        states[0] = (struct state){ value, states[0].met || values.count > 0 };
        return QD_OK;
    }
    for (size_t i = 0; i < values.count; i++) {
        struct state *state = &states[qd_value_bucket(batch, &values, i)];
        double value = values.reals[i];
        if (state->met && !(value > state->value) && !isnan(value)) continue;
        *state = (struct state){ value, true };
    }
    return QD_OK;
}

/* Whether the column's least and greatest number answer. */
static bool is_known(const struct qd_source *source)
{
    return source->numbers != NULL && !source->has_missing;
}

/* Groups of documents whose column says that they have nothing greater are left out. */
static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    const struct qd_source *source = &metric->source;
    if (!is_known(source) || (qd_source_is_unsigned(source) && !source->facts.single)) return QD_OK;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    struct state *state = metric->states;
    struct qd_skip_entry group = qd_numeric_skip(source->numbers, window->base);
    double best = qd_source_real(source, group.max);
    *done = group.doc_count == 0 || (state->met && !(best > state->value));
    if (*done || window->count < window->size) return QD_OK;
    *state = (struct state){ best, true };
    *done = true;
    return QD_OK;
}

/* The column knows its own. */
static enum qd_status collect_segment(struct qd_collector *collector, bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    const struct qd_source *source = &metric->source;
    if (!is_known(source)) return QD_OK;
    *done = true;
    if (source->facts.value_count == 0) return QD_OK;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    struct state *state = metric->states;
    double best = qd_source_real(source, source->facts.max);
    if (!state->met || best > state->value) *state = (struct state){ best, true };
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
    number->value = state == NULL || !state->met ? -INFINITY : state->value;
    result->data = number;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .collect_segment = collect_segment,
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
    number->value = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double value = ((const struct qd_metric_number *)parts[i].data)->value;
        number->value = greater(number->value, value);
    }
    number->format = qd_metric_format(parts, count);
    result->data = number;
    return QD_OK;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_metric_number *number = result->data;
    qd_metric_render_value(&number->format, number->value, !isinf(number->value), context);
}

const struct qd_aggregation_kind qd_metric_max = {
    .name = "max",
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
