/* filters: a bucket for every query, and one for what none of them matches. Source: OpenSearch
 * FiltersAggregator, InternalFilters. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/bucket_list.h"
#include "aggregation/query_rewrite.h"
#include "base/vector.h"

/* One query. */
struct filter {
    struct qd_slice key; /* data NULL: anonymous */
    struct qd_query *query;
    const struct qd_json *body; /* the query as it came */
};

struct options {
    bool keyed;
    struct filter *filters; /* filters[count]; keyed ones ascend by key */
    size_t count;
    bool other;
    bool other_given; /* `other` was said, so that a key alone does not turn it on */
    struct qd_slice other_key;
};

static void sort_by_key(struct filter *filters, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct filter filter = filters[i];
        size_t at = i;
        for (; at > 0 && qd_slice_compare(filters[at - 1].key, filter.key) > 0; at--) {
            filters[at] = filters[at - 1];
        }
        filters[at] = filter;
    }
}

static enum qd_status parse_filters(struct qd_aggregation_parser *parser, const struct qd_json *value,
                                    struct options *options, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(value);
    options->keyed = qd_json_is_object(value);
    options->filters = QD_NEW_ARRAY(parser->arena, struct filter, qd_json_size(value));
    options->count = 0;
    while (qd_json_next(&at)) {
        struct filter *filter = &options->filters[options->count++];
        if (options->keyed) filter->key = at.key;
        filter->body = at.value;
        QD_TRY(qd_query_parse(parser->document, at.value, parser->arena, &filter->query, error));
    }
    if (options->keyed) sort_by_key(options->filters, options->count);
    return QD_OK;
}

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct options *options = QD_NEW(parser->arena, struct options);
    struct qd_json_iterator at = qd_json_iterate(body);
    aggregation->options = options;
    options->other_key = QD_SLICE("_other_");
    while (qd_json_next(&at)) {
        bool container = qd_json_is_object(at.value) || qd_json_is_array(at.value);
        if (qd_slice_is(at.key, "filters") && container) {
            QD_TRY(parse_filters(parser, at.value, options, error));
        } else if (qd_slice_is(at.key, "other_bucket") && qd_json_is_boolean(at.value)) {
            options->other = qd_json_boolean(at.value);
            options->other_given = true;
        } else if (qd_slice_is(at.key, "other_bucket_key") && qd_json_is_string(at.value)) {
            if (!options->other_given) options->other = true;
            options->other_key = qd_json_text(at.value);
        } else {
            return qd_aggregation_error_at(parser, at.value, error, "Unknown key for a %s in [%.*s]: [%.*s].",
                                           qd_json_token_name(at.value), QD_SLICE_ARG(aggregation->name),
                                           QD_SLICE_ARG(at.key));
        }
    }
    if (options->count > 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[filters] cannot be empty.");
}

struct collector {
    struct qd_fanout fanout;
    const struct options *options;
    struct qd_prepared **queries;  /* queries[options->count] */
    const uint64_t **words;        /* matches of the current segment */
    bool *other;                   /* scratch: in none */
};

static enum qd_status begin_segment(struct qd_collector *base, uint32_t segment, struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    for (size_t i = 0; i < collector->options->count; i++) {
        uint64_t *words = NULL;
        QD_TRY(qd_prepared_bits(collector->queries[i], segment, base->run->arena, &words, error));
        collector->words[i] = words;
    }
    return QD_OK;
}

static enum qd_status collect(struct qd_collector *base, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    bool *keep = collector->fanout.keep;
    memset(collector->other, true, batch->count);
    for (size_t i = 0; i < collector->options->count; i++) {
        const uint64_t *words = collector->words[i];
        for (size_t j = 0; j < batch->count; j++) {
            keep[j] = (words[batch->docs[j] >> 6] >> (batch->docs[j] & 63) & 1) != 0;
            collector->other[j] = collector->other[j] && !keep[j];
        }
        QD_TRY(qd_fanout_collect(&collector->fanout, batch, (uint32_t)i, keep, error));
    }
    if (!collector->options->other) return QD_OK;
    return qd_fanout_collect(&collector->fanout, batch, (uint32_t)collector->options->count, collector->other,
                             error);
}

static enum qd_status build(struct qd_collector *base, uint32_t bucket, struct qd_aggregation_result *result,
                            struct qd_error *error)
{
    struct qd_bucket_list *list = QD_NEW(base->run->arena, struct qd_bucket_list);
    result->data = list;
    return qd_fanout_build(&((struct collector *)base)->fanout, bucket, list, error);
}

static enum qd_status collect_window(struct qd_collector *base, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    uint64_t other[QD_COLLECT_MAX / 64];
    size_t words = (window->size + 63) / 64;
    *done = true;
    memset(other, 0xff, sizeof(other));
    for (size_t i = 0; i < collector->options->count; i++) {
        const uint64_t *matches = collector->words[i] + window->base / 64;
        for (size_t j = 0; j < words; j++) other[j] &= ~matches[j];
        QD_TRY(qd_fanout_window(&collector->fanout, window, (uint32_t)i, matches, error));
    }
    if (!collector->options->other) return QD_OK;
    return qd_fanout_window(&collector->fanout, window, (uint32_t)collector->options->count, other, error);
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .build = build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **made, struct qd_error *error)
{
    struct collector *collector = QD_NEW(run->arena, struct collector);
    const struct options *options = aggregation->options;
    collector->options = options;
    collector->queries = QD_NEW_ARRAY(run->arena, struct qd_prepared *, options->count);
    collector->words = QD_NEW_ARRAY(run->arena, const uint64_t *, options->count);
    collector->other = QD_NEW_ARRAY(run->arena, bool, QD_COLLECT_MAX);
    collector->fanout.width = (uint32_t)options->count + options->other;
    qd_fanout_init(&collector->fanout, run->arena, &operations);
    *made = &collector->fanout.base;
    run->turn = QD_TURN_QUERY;
    for (size_t i = 0; i < options->count; i++) {
        if (qd_query_is_rewritten(options->filters[i].body, run->view->mapping)) {
            collector->fanout.base.rewritten = true;
        }
        QD_TRY(qd_query_prepare(options->filters[i].query, run->view, false, run->arena,
                                &collector->queries[i], error));
    }
    return QD_OK;
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    const struct options *options = result->aggregation->options;
    QD_TRY(qd_bucket_list_reduce(context, parts, count, result, error));
    const struct qd_bucket_list *list = result->data;
    if (list->count == 0 || list->count == options->count + options->other) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_STATE, "shards disagree about the buckets of an aggregation");
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_bucket_list *list = result->data;
    const struct options *options = result->aggregation->options;
    struct qd_json_writer *writer = context->writer;
    if (options->keyed) qd_json_member_object(writer, "buckets");
    else qd_json_member_array(writer, "buckets");
    for (size_t i = 0; i < list->count; i++) {
        if (options->keyed) {
            qd_json_name_slice(writer, i < options->count ? options->filters[i].key : options->other_key);
        }
        qd_json_begin_object(writer);
        qd_json_member_int(writer, "doc_count", list->buckets[i].doc_count);
        qd_results_render(&result->aggregation->children, list->buckets[i].children, context);
        qd_json_end_object(writer);
    }
    if (options->keyed) qd_json_end_object(writer);
    else qd_json_end_array(writer);
}

const struct qd_aggregation_kind qd_bucket_filters = {
    .name = "filters",
    .parse = parse,
    .create = create,
    .write = qd_bucket_list_write,
    .read = qd_bucket_list_read,
    .reduce = reduce,
    .render = render,
};
