/* global: all documents of the shard, whatever the query. Source: OpenSearch GlobalAggregator. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/bucket_single.h"

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(body);
    if (!qd_json_next(&at)) return QD_OK;
    return qd_aggregation_error_at(parser, at.value, error,
                                   "Expected [FIELD_NAME] under a [START_OBJECT], but got a [%s] in [%.*s]",
                                   qd_json_token_name(at.value), QD_SLICE_ARG(aggregation->name));
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    return qd_single_bucket_collect((struct qd_single_bucket *)collector, batch, NULL, error);
}

/* The children see the whole segment, too: their bucket is 0 as well. */
static enum qd_status collect_segment(struct qd_collector *collector, bool *done, struct qd_error *error)
{
    struct qd_single_bucket *single = (struct qd_single_bucket *)collector;
    *done = true;
    QD_TRY(qd_bucket_counts_reserve(collector, &single->counts, 0, error));
    single->counts.counts[0] += collector->run->segment_docs;
    for (size_t i = 0; i < collector->aggregation->children.count; i++) {
        QD_TRY(qd_collect_segment(collector->children[i], error));
    }
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .collect = collect,
    .collect_segment = collect_segment,
    .build = qd_single_bucket_build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    struct qd_single_bucket *single = QD_NEW(run->arena, struct qd_single_bucket);
    (void)aggregation, (void)error;
    qd_single_bucket_init(single, run->arena, &operations);
    *collector = &single->base;
    return QD_OK;
}

const struct qd_aggregation_kind qd_bucket_global = {
    .name = "global",
    .parse = parse,
    .create = create,
    .write = qd_single_bucket_write,
    .read = qd_single_bucket_read,
    .reduce = qd_single_bucket_reduce,
    .render = qd_single_bucket_render,
    .sort_value = qd_single_bucket_sort_value,
    .check_key = qd_single_bucket_check_key,
    .single_bucket = true,
    .needs_root = true,
};
