/* missing: the documents that have no value. Source: OpenSearch MissingAggregator. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/aggregation_source.h"
#include "aggregation/bucket_single.h"

static const struct qd_option_table options = { "missing", NULL, 0, &qd_options_source_format };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &options, sizeof(struct qd_source_options), body, aggregation,
                                   error);
}

struct missing {
    struct qd_single_bucket single;
    struct qd_source source;
};

static enum qd_status begin_segment(struct qd_collector *collector, uint32_t segment, struct qd_error *error)
{
    (void)segment;
    return qd_source_begin_segment(&((struct missing *)collector)->source, collector->run, error);
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct missing *missing = (struct missing *)collector;
    bool *keep = missing->single.keep;
    /* With a missing value every document has a value. */
    if (missing->source.has_missing) return QD_OK;
    qd_source_exists(&missing->source, collector->run, batch, keep);
    for (size_t i = 0; i < batch->count; i++) keep[i] = !keep[i];
    return qd_single_bucket_collect(&missing->single, batch, keep, error);
}

static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct missing *missing = (struct missing *)collector;
    uint64_t words[QD_COLLECT_MAX / 64] = { 0 };
    *done = true;
    if (missing->source.has_missing || missing->source.ids != NULL || missing->source.constant.data != NULL) {
        return QD_OK;
    }
    if (missing->source.binary != NULL) {
        qd_binary_exists(missing->source.binary, window->base, window->base + window->size, words);
    } else if (missing->source.numbers != NULL) {
        qd_numeric_exists(missing->source.numbers, window->base, window->base + window->size, words);
    }
    for (size_t i = 0; i < QD_COLLECT_MAX / 64; i++) words[i] = ~words[i];
    return qd_single_bucket_window(&missing->single, window, words, error);
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
    struct missing *missing = QD_NEW(run->arena, struct missing);
    qd_single_bucket_init(&missing->single, run->arena, &operations);
    *collector = &missing->single.base;
    return qd_source_open(run, aggregation->options, aggregation, QD_ACCEPT_ANY, QD_SOURCE_BYTES,
                          &missing->source, error);
}

const struct qd_aggregation_kind qd_bucket_missing = {
    .name = "missing",
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
