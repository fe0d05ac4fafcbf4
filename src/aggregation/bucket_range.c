/* range: a bucket for every range of numbers. Source: OpenSearch RangeAggregationBuilder. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/bucket_ranges.h"

static const struct qd_option_table options = { "range", qd_ranges_rows, 2, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_ranges_options), body, aggregation,
                                   error);
}

const struct qd_aggregation_kind qd_bucket_range = {
    .name = "range",
    .parse = parse,
    .create = qd_ranges_create,
    .write = qd_bucket_list_write,
    .read = qd_bucket_list_read,
    .reduce = qd_bucket_list_reduce,
    .render = qd_ranges_render,
};
