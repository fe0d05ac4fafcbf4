/* stats: count, min, max, avg and sum. Source: OpenSearch StatsAggregator, InternalStats. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/metric_moments.h"

static const struct qd_option_table options = { "stats", NULL, 0, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_source_options), body, aggregation,
                                   error);
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_moments_render(result->data, context);
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    double value;
    return qd_moments_value(result->data, key, &value) ? value : (double)NAN;
}

static const char *check_key(const struct qd_aggregation *aggregation, struct qd_slice key,
                             struct qd_arena *arena)
{
    static const char *const names[] = { "count", "min", "max", "avg", "sum" };
    return qd_metric_check_names(aggregation, key, names, 5, arena);
}

const struct qd_aggregation_kind qd_metric_stats = {
    .name = "stats",
    .leaf = true,
    .parse = parse,
    .create = qd_moments_create,
    .write = qd_moments_write,
    .read = qd_moments_read,
    .reduce = qd_moments_reduce,
    .render = render,
    .sort_value = sort_value,
    .check_key = check_key,
};
