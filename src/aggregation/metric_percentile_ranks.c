/* percentile_ranks: which part of the values is not above given ones. Source: OpenSearch
 * PercentileRanksAggregationBuilder, InternalTDigestPercentileRanks, InternalHDRPercentileRanks. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric_quantiles.h"
#include "base/number.h"

static const struct qd_option rows[] = {
    { "values", QD_OPTION_ARRAY | QD_OPTION_NUMBER | QD_OPTION_STRING, qd_quantiles_set_values, false },
};

static const struct qd_option_table table = { "percentile_ranks", rows, 1, &qd_options_quantiles };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    QD_TRY(qd_quantiles_parse(parser, &table, body, aggregation, error));
    const struct qd_quantiles_options *options = aggregation->options;
    if (options->count > 0) return QD_OK;
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[values] must not be %s: [%.*s]",
                       options->has_values ? "an empty array" : "null", QD_SLICE_ARG(aggregation->name));
    return qd_quantiles_failed(error, "percentile_ranks");
}

static double answer(const struct qd_quantiles_result *data, double value)
{
    if (data->digest != NULL) return qd_tdigest_cdf(data->digest, value) * 100;
    if (data->hdr != NULL) return qd_hdr_rank(data->hdr, value);
    return (double)NAN;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_quantiles_render(result, context, answer);
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    double value;
    return qd_parse_double(key, &value) ? answer(result->data, value) : (double)NAN;
}

static const char *type_name(const struct qd_aggregation_result *result)
{
    const struct qd_quantiles_options *options = result->aggregation->options;
    return options->is_hdr ? "hdr_percentile_ranks" : "tdigest_percentile_ranks";
}

const struct qd_aggregation_kind qd_metric_percentile_ranks = {
    .name = "percentile_ranks",
    .leaf = true,
    .parse = parse,
    .create = qd_quantiles_create,
    .write = qd_quantiles_write,
    .read = qd_quantiles_read,
    .reduce = qd_quantiles_reduce,
    .render = render,
    .type_name = type_name,
    .sort_value = sort_value,
    .check_key = qd_quantiles_check_key,
};
