/* filter: the documents that a query matches. Source: OpenSearch FilterAggregator, InternalFilter. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/query_rewrite.h"
#include "aggregation/bucket_single.h"
#include "search/query.h"

struct options {
    struct qd_query *query;
    const struct qd_json *body; /* the query as it came */
};

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct options *options = QD_NEW(parser->arena, struct options);
    options->body = body;
    aggregation->options = options;
    return qd_query_parse(parser->document, body, parser->arena, &options->query, error);
}

struct filter {
    struct qd_single_bucket single;
    struct qd_prepared *query;
    const uint64_t *words; /* matches of the current segment */
};

static enum qd_status begin_segment(struct qd_collector *collector, uint32_t segment, struct qd_error *error)
{
    struct filter *filter = (struct filter *)collector;
    uint64_t *words = NULL;
    QD_TRY(qd_prepared_bits(filter->query, segment, collector->run->arena, &words, error));
    filter->words = words;
    return QD_OK;
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct filter *filter = (struct filter *)collector;
    bool *keep = filter->single.keep;
    for (size_t i = 0; i < batch->count; i++) {
        keep[i] = (filter->words[batch->docs[i] >> 6] >> (batch->docs[i] & 63) & 1) != 0;
    }
    return qd_single_bucket_collect(&filter->single, batch, keep, error);
}

static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct filter *filter = (struct filter *)collector;
    *done = true;
    return qd_single_bucket_window(&filter->single, window, filter->words + window->base / 64, error);
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .build = qd_single_bucket_build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    struct filter *filter = QD_NEW(run->arena, struct filter);
    qd_single_bucket_init(&filter->single, run->arena, &operations);
    const struct options *options = aggregation->options;
    *collector = &filter->single.base;
    filter->single.base.rewritten = qd_query_is_rewritten(options->body, run->view->mapping);
    run->turn = QD_TURN_QUERY;
    return qd_query_prepare(options->query, run->view, false, run->arena, &filter->query, error);
}

const struct qd_aggregation_kind qd_bucket_filter = {
    .name = "filter",
    .parse = parse,
    .create = create,
    .write = qd_single_bucket_write,
    .read = qd_single_bucket_read,
    .reduce = qd_single_bucket_reduce,
    .render = qd_single_bucket_render,
    .sort_value = qd_single_bucket_sort_value,
    .check_key = qd_single_bucket_check_key,
    .single_bucket = true,
};
