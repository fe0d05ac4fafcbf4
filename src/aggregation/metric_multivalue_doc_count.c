/* multivalue_doc_count: how many documents have more than one value. Source: OpenSearch
 * MultiValueDocCountAggregator. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric.h"

static const struct qd_option_table options = { "multivalue_doc_count", NULL, 0, &qd_options_source_format };

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
    const struct qd_source *source = &metric->source;
    QD_TRY(qd_bucket_array_grow(&metric->base, &metric->states, metric->state_size, &metric->capacity,
                                qd_batch_bucket_max(batch), error));
    int64_t *counts = metric->states;
    if (source->no_column) return QD_OK;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t count = source->numbers != NULL ? qd_numeric_count(source->numbers, batch->docs[i])
                                                 : qd_source_byte_count(source, batch->docs[i]);
        counts[batch->buckets == NULL ? 0 : batch->buckets[i]] += count > 1;
    }
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = qd_metric_begin_segment,
    .collect = collect,
    .build = qd_metric_count_build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    return qd_metric_create(run, aggregation, QD_ACCEPT_ANY, sizeof(int64_t), &operations, collector, error);
}

static const char *type_name(const struct qd_aggregation_result *result)
{
    (void)result;
    return "value_count";
}

const struct qd_aggregation_kind qd_metric_multivalue_doc_count = {
    .name = "multivalue_doc_count",
    .type_name = type_name,
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
