/* percentiles: the values below which given parts of the values are. Source: OpenSearch
 * PercentilesAggregationBuilder, InternalTDigestPercentiles, InternalHDRPercentiles. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric_quantiles.h"
#include "base/number.h"

static const struct qd_option rows[] = {
    { "percents", QD_OPTION_ARRAY | QD_OPTION_NUMBER | QD_OPTION_STRING, qd_quantiles_set_values, false },
};

static const struct qd_option_table table = { "percentiles", rows, 1, &qd_options_quantiles };

static enum qd_status check_percents(struct qd_aggregation_parser *parser,
                                     const struct qd_quantiles_options *options, struct qd_slice name,
                                     struct qd_error *error)
{
    if (options->count == 0) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[percents] must not be empty: [%.*s]",
                           QD_SLICE_ARG(name));
        return qd_quantiles_failed(error, "percentiles");
    }
    for (size_t i = 0; i < options->count; i++) {
        if (options->values[i] >= 0 && options->values[i] <= 100) continue;
        struct qd_slice text = qd_metric_double_text(options->values[i], parser->arena);
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "percent must be in [0,100], got [%.*s]: [%.*s]",
                           QD_SLICE_ARG(text), QD_SLICE_ARG(name));
        return qd_quantiles_failed(error, "percentiles");
    }
    return QD_OK;
}

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    static const double defaults[] = { 1, 5, 25, 50, 75, 95, 99 };
    QD_TRY(qd_quantiles_parse(parser, &table, body, aggregation, error));
    struct qd_quantiles_options *options = aggregation->options;
    if (options->has_values) return check_percents(parser, options, aggregation->name, error);
    options->count = sizeof(defaults) / sizeof(defaults[0]);
    options->values = QD_NEW_ARRAY(parser->arena, double, options->count);
    memcpy(options->values, defaults, sizeof(defaults));
    return QD_OK;
}

static double answer(const struct qd_quantiles_result *data, double percent)
{
    if (data->digest != NULL) return qd_tdigest_quantile(data->digest, percent / 100);
    if (data->hdr != NULL) return qd_hdr_percentile(data->hdr, percent);
    return (double)NAN;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_quantiles_render(result, context, answer);
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    double percent;
    return qd_parse_double(key, &percent) ? answer(result->data, percent) : (double)NAN;
}

static const char *type_name(const struct qd_aggregation_result *result)
{
    const struct qd_quantiles_options *options = result->aggregation->options;
    return options->is_hdr ? "hdr_percentiles" : "tdigest_percentiles";
}

const struct qd_aggregation_kind qd_metric_percentiles = {
    .name = "percentiles",
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
