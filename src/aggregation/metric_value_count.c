/* value_count: how many values there are. Source: OpenSearch ValueCountAggregator, InternalValueCount. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"

static const struct qd_option_table options = { "value_count", NULL, 0, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_source_options), body, aggregation,
                                   error);
}

/* Byte columns keep every value, and only their number counts here. */
static void count_binary(struct qd_metric *metric, const struct qd_collect_batch *batch, int64_t *counts)
{
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t count = qd_source_byte_count(&metric->source, batch->docs[i]);
        if (count == 0 && metric->source.has_missing) count = 1;
        counts[batch->buckets == NULL ? 0 : batch->buckets[i]] += count;
    }
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    struct qd_source_values values;
    QD_TRY(qd_bucket_array_grow(&metric->base, &metric->states, metric->state_size, &metric->capacity,
                                qd_batch_bucket_max(batch), error));
    int64_t *counts = metric->states;
    if (metric->source.kind == QD_SOURCE_BYTES && metric->source.numbers == NULL) {
        count_binary(metric, batch, counts);
        return QD_OK;
    }
    qd_source_numbers(&metric->source, collector->run, batch, &values);
    if (batch->buckets == NULL) {
        counts[0] += (int64_t)values.count;
        return QD_OK;
    }
    for (size_t i = 0; i < values.count; i++) counts[qd_value_bucket(batch, &values, i)]++;
    return QD_OK;
}

/* Where every document has one value, the documents are counted. */
static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    const struct qd_source *source = &metric->source;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    *done = source->numbers != NULL && source->facts.single && source->facts.dense;
    if (*done) ((int64_t *)metric->states)[0] += window->count;
    return QD_OK;
}

static enum qd_status collect_segment(struct qd_collector *collector, bool *done, struct qd_error *error)
{
    struct qd_metric *metric = (struct qd_metric *)collector;
    QD_TRY(qd_bucket_array_grow(collector, &metric->states, metric->state_size, &metric->capacity, 0, error));
    *done = metric->source.numbers != NULL && !metric->source.has_missing;
    if (*done) ((int64_t *)metric->states)[0] += (int64_t)metric->source.facts.value_count;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .collect_segment = collect_segment,
    .build = qd_metric_count_build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    struct qd_metric *metric = QD_NEW(run->arena, struct qd_metric);
    metric->base.operations = &operations;
    metric->state_size = sizeof(int64_t);
    *collector = &metric->base;
    return qd_source_open(run, aggregation->options, aggregation, QD_ACCEPT_ANY, QD_SOURCE_BYTES,
                          &metric->source, error);
}

const struct qd_aggregation_kind qd_metric_value_count = {
    .name = "value_count",
    .leaf = true,
    .parse = parse,
    .create = create,
    .write = qd_metric_number_write,
    .read = qd_metric_number_read,
    .reduce = qd_metric_count_reduce,
    .render = qd_metric_count_render,
    .sort_value = qd_metric_count_sort_value,
    .check_key = qd_metric_check_single,
};
