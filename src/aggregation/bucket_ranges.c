/* Collecting and rendering of range and date_range. A bucket's `real` is its lower bound, its `number` holds
 * the bits of its upper bound, its bytes are the key. */
#include "aggregation/bucket_ranges.h"

#include <math.h>

#include "aggregation/aggregation_kinds.h"
#include "aggregation/aggregation_source.h"
#include "aggregation/metric.h"
#include "base/number.h"
#include "base/text.h"

/* ---- parsing ---- */

static enum qd_status parse_range(struct qd_aggregation_parser *parser, const struct qd_json *json,
                                  struct qd_range_bound *range, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(json);
    while (qd_json_next(&at)) {
        bool scalar = qd_json_is_number(at.value) || qd_json_is_string(at.value);
        if (qd_slice_is(at.key, "from") || qd_slice_is(at.key, "to")) {
            if (!scalar && !qd_json_is_null(at.value)) {
                parser->fail = at.value;
                return qd_options_error_at(parser, at.value, error,
                                           "[range] %.*s doesn't support values of type: %s",
                                           QD_SLICE_ARG(at.key), qd_json_token_name(at.value));
            }
            const struct qd_json *bound = scalar ? at.value : NULL;
            if (qd_slice_is(at.key, "from")) range->from = bound;
            else range->to = bound;
        } else if (qd_slice_is(at.key, "key")) {
            if (!qd_json_is_string(at.value)) {
                parser->fail = at.value;
                return qd_options_error_at(parser, at.value, error,
                                           "[range] key doesn't support values of type: %s",
                                           qd_json_token_name(at.value));
            }
            range->key = qd_json_text(at.value);
        } else {
            static const struct qd_slice names[] = { QD_SLICE_INIT("from"), QD_SLICE_INIT("key"),
                                                     QD_SLICE_INIT("to") };
            struct qd_slice hint = qd_did_you_mean(parser->arena, at.key, names, 3);
            parser->fail = at.value;
            return qd_options_error_at(parser, at.name, error, "[range] unknown field [%.*s]%.*s",
                                       QD_SLICE_ARG(at.key), QD_SLICE_ARG(hint));
        }
    }
    return QD_OK;
}

/* The error where a range should be but `found` is, or the end of the array. */
static enum qd_status no_range(struct qd_aggregation_parser *parser, const struct qd_json *array,
                               const struct qd_json *found, struct qd_error *error)
{
    int64_t line, column;
    parser->fail = found == NULL ? array : found;
    parser->fail_at_end = found == NULL;
    qd_aggregation_position(parser, parser->fail, parser->fail_at_end, &line, &column);
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[%lld:%lld] [range] Expected START_OBJECT but was: %s",
                        (long long)line, (long long)column,
                        found == NULL ? "END_ARRAY" : qd_json_token_name(found));
}

static enum qd_status set_ranges(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    struct qd_ranges_options *options = target;
    struct qd_json_iterator at = qd_json_iterate(value);
    (void)owner;
    options->ranges = QD_NEW_ARRAY(parser->arena, struct qd_range_bound, qd_json_size(value) + 1);
    options->count = 0;
    if (qd_json_is_object(value)) {
        return parse_range(parser, value, &options->ranges[options->count++], error);
    }
    while (qd_json_next(&at)) {
        if (qd_json_is_array(at.value)) {
            parser->fail = at.value;
            return qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [START_ARRAY]");
        }
        /* The reference looks for the object behind anything else. */
        if (!qd_json_is_object(at.value) && !qd_json_next(&at)) return no_range(parser, value, NULL, error);
        if (!qd_json_is_object(at.value)) return no_range(parser, value, at.value, error);
        QD_TRY(parse_range(parser, at.value, &options->ranges[options->count++], error));
    }
    return QD_OK;
}

static enum qd_status set_keyed(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner;
    return qd_option_boolean(value, &((struct qd_ranges_options *)target)->keyed, error);
}

const struct qd_option qd_ranges_rows[2] = {
    { "ranges", QD_OPTION_ARRAY | QD_OPTION_OBJECT, set_ranges, false },
    { "keyed", QD_OPTION_BOOLEAN | QD_OPTION_STRING, set_keyed, false },
};

/* ---- collecting ---- */

struct range {
    double from, to;
    struct qd_slice key;
    bool any;                      /* the segment may have values inside: */
    struct qd_source_range inside; /* numbers of its column */
};

struct ranges {
    struct qd_fanout fanout;
    struct qd_source source;
    struct range *ranges; /* ranges[fanout.width], by from, then to */
    bool overlap;         /* some begin before the one before ends */
};

static enum qd_status begin_segment(struct qd_collector *collector, uint32_t segment, struct qd_error *error)
{
    struct ranges *ranges = (struct ranges *)collector;
    (void)segment;
    QD_TRY(qd_source_begin_segment(&ranges->source, collector->run, error));
    for (uint32_t i = 0; i < ranges->fanout.width; i++) {
        struct range *range = &ranges->ranges[i];
        range->any = ranges->source.numbers != NULL &&
                     qd_source_bounds(&ranges->source, range->from, range->to, &range->inside);
    }
    return QD_OK;
}

/* Every range is a range query over the column. */
static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct ranges *ranges = (struct ranges *)collector;
    *done = !ranges->source.has_missing &&
            (!qd_source_is_unsigned(&ranges->source) || ranges->source.facts.single);
    for (uint32_t i = 0; *done && i < ranges->fanout.width; i++) {
        const struct range *range = &ranges->ranges[i];
        uint64_t words[QD_COLLECT_MAX / 64] = { 0 };
        if (!range->any) continue;
        qd_numeric_match_range(ranges->source.numbers, range->inside.lower, range->inside.upper,
                               window->base, window->base + window->size, words);
        QD_TRY(qd_fanout_window(&ranges->fanout, window, i, words, error));
    }
    return QD_OK;
}

/* A bound as the reference makes a point of it: cut to the field's type. False: the type has no such points.
 */
static bool bound_number(const struct qd_field *field, double bound, int64_t *number)
{
    switch ((int)field->type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
        *number = bound >= 0x1p63 ? INT64_MAX : bound <= -0x1p63 ? INT64_MIN : (int64_t)bound;
        return true;
    case QD_FIELD_FLOAT: *number = qd_float_to_sortable((float)bound); return true;
    case QD_FIELD_HALF_FLOAT: *number = qd_half_to_sortable((float)bound); return true;
    default: return false;
    }
}

/* The numbers that the reference counts by points, [cut from, cut to), which are others than those that it
 * finds document by document: from 10.5 counts the 10 of a long. Only where no ranges overlap. */
static bool cut_range(const struct ranges *ranges, const struct range *range,
                      struct qd_source_range *inside)
{
    const struct qd_field *field = ranges->source.field;
    struct qd_column_facts facts = ranges->source.facts;
    int64_t end;
    if (ranges->overlap || isnan(range->from) || isnan(range->to) ||
        !bound_number(field, range->from, &inside->lower) || !bound_number(field, range->to, &end)) {
        *inside = range->inside;
        return range->any;
    }
    if (inside->lower < facts.min) inside->lower = facts.min;
    inside->upper = isinf(range->to) || end > facts.max ? facts.max : end - 1;
    return facts.value_count > 0 && inside->lower <= inside->upper && (isinf(range->to) || end > facts.min);
}

/* Without sub-aggregations the points know how many documents each range holds. */
static enum qd_status collect_segment(struct qd_collector *collector, bool *done, struct qd_error *error)
{
    struct ranges *ranges = (struct ranges *)collector;
    struct qd_bucket_counts *counts = &ranges->fanout.counts;
    if (ranges->source.has_missing || collector->aggregation->children.count > 0) return QD_OK;
    QD_TRY(qd_bucket_counts_reserve(collector, counts, ranges->fanout.width - 1, error));
    for (uint32_t i = 0; i < ranges->fanout.width; i++) {
        const struct range *range = &ranges->ranges[i];
        struct qd_source_range inside;
        int64_t count;
        if (ranges->source.numbers == NULL || !cut_range(ranges, range, &inside)) continue;
        QD_TRY(qd_source_count(&ranges->source, collector->run, inside, &count, error));
        if (count < 0) return QD_OK;
        counts->counts[i] += count;
    }
    *done = true;
    return QD_OK;
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct ranges *ranges = (struct ranges *)collector;
    struct qd_source_values values;
    bool *keep = ranges->fanout.keep;
    qd_source_reals(&ranges->source, collector->run, batch, &values);
    for (uint32_t i = 0; i < ranges->fanout.width; i++) {
        double from = ranges->ranges[i].from;
        double to = ranges->ranges[i].to;
        if (values.positions == NULL && values.count == batch->count) {
            for (size_t j = 0; j < values.count; j++) {
                keep[j] = values.reals[j] >= from && values.reals[j] < to;
            }
        } else {
            /* Of a document's values the first one from the lower bound on decides: only unsigned ones are
             * out of order. */
            size_t decided = SIZE_MAX;
            memset(keep, false, batch->count);
            for (size_t j = 0; j < values.count; j++) {
                if (values.positions[j] == decided || !(values.reals[j] >= from)) continue;
                decided = values.positions[j];
                keep[decided] = values.reals[j] < to;
            }
        }
        QD_TRY(qd_fanout_collect(&ranges->fanout, batch, i, keep, error));
    }
    return QD_OK;
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    struct ranges *ranges = (struct ranges *)collector;
    struct qd_bucket_list *list = QD_NEW(collector->run->arena, struct qd_bucket_list);
    result->data = list;
    list->format = ranges->source.format;
    QD_TRY(qd_fanout_build(&ranges->fanout, bucket, list, error));
    for (size_t i = 0; i < list->count; i++) {
        list->buckets[i].real = ranges->ranges[i].from;
        memcpy(&list->buckets[i].number, &ranges->ranges[i].to, sizeof(double));
        list->buckets[i].bytes = ranges->ranges[i].key;
    }
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .collect_segment = collect_segment,
    .build = build,
};

/* The whole part of a number. */
static struct qd_slice whole_text(const struct qd_json *json, double *number, struct qd_arena *arena)
{
    if (!qd_json_double(json, number)) return qd_json_text(json);
    return qd_arena_format(arena, "%lld", (long long)qd_format_long(*number));
}

static enum qd_status resolve_bound(struct qd_aggregation_run *run, const struct qd_source *source,
                                    bool dates, const struct qd_json *json, double *bound,
                                    struct qd_error *error)
{
    if (json == NULL) return QD_OK;
    struct qd_slice text = qd_json_text(json);
    if (!dates && !qd_json_is_string(json)) return qd_option_double(json, bound, error);
    /* For date_range a number is read by the format like a text: its whole part. */
    if (qd_json_is_number(json)) text = whole_text(json, bound, run->arena);
    return qd_format_parse_real(&source->format, text, run->view->now_ms, bound, error);
}

static struct qd_slice bound_text(const struct qd_aggregation_format *format, double bound,
                                  struct qd_arena *arena)
{
    return isinf(bound) ? QD_SLICE("*") : qd_format_real(format, bound, arena);
}

static int compare_ranges(const struct range *left, const struct range *right)
{
    int64_t a = qd_double_to_sortable(left->from);
    int64_t b = qd_double_to_sortable(right->from);
    if (a == b) {
        a = qd_double_to_sortable(left->to);
        b = qd_double_to_sortable(right->to);
    }
    return a < b ? -1 : a > b;
}

static void sort_ranges(struct range *ranges, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct range range = ranges[i];
        size_t at = i;
        for (; at > 0 && compare_ranges(&ranges[at - 1], &range) > 0; at--) ranges[at] = ranges[at - 1];
        ranges[at] = range;
    }
}

/* Whether the reference makes points of an unsigned_long out of the bounds: at the top, to count by them. */
static bool makes_points(const struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                         const struct ranges *ranges)
{
    if (!qd_source_is_unsigned(&ranges->source) || !ranges->source.field->indexed ||
        ranges->source.has_missing || ranges->overlap) {
        return false;
    }
    for (size_t i = 0; i < run->aggregations->count; i++) {
        if (run->aggregations->items[i] == aggregation) return true;
    }
    return false;
}

static enum qd_status check_whole(double bound, struct qd_arena *arena, struct qd_error *error)
{
    if (!isfinite(bound) || bound == trunc(bound)) return QD_OK;
    struct qd_slice text = qd_metric_double_text(bound, arena);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] has a decimal part", QD_SLICE_ARG(text));
}

enum qd_status qd_ranges_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                struct qd_collector **collector, struct qd_error *error)
{
    const struct qd_ranges_options *options = aggregation->options;
    struct ranges *ranges = QD_NEW(run->arena, struct ranges);
    bool dates = aggregation->kind == &qd_bucket_date_range;
    qd_fanout_init(&ranges->fanout, run->arena, &operations);
    *collector = &ranges->fanout.base;
    struct qd_source_options source = options->source;
    bool mapped = qd_mapping_field(run->view->mapping, source.field) != NULL;
    if (dates && !mapped && source.hint == QD_HINT_NONE) source.hint = QD_HINT_DATE;
    QD_TRY(qd_source_open(run, &source, aggregation, QD_ACCEPT_NUMERIC,
                          dates ? QD_SOURCE_LONG : QD_SOURCE_DOUBLE, &ranges->source, error));
    if (options->count == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No [ranges] specified for the [%.*s] aggregation",
                            QD_SLICE_ARG(aggregation->name));
    }
    ranges->fanout.width = (uint32_t)options->count;
    ranges->ranges = QD_NEW_ARRAY(run->arena, struct range, options->count);
    for (size_t i = 0; i < options->count; i++) {
        struct range *range = &ranges->ranges[i];
        range->from = -INFINITY;
        range->to = INFINITY;
        QD_TRY(resolve_bound(run, &ranges->source, dates, options->ranges[i].from, &range->from, error));
        QD_TRY(resolve_bound(run, &ranges->source, dates, options->ranges[i].to, &range->to, error));
        range->key = options->ranges[i].key;
        if (range->key.data != NULL) continue;
        struct qd_slice from = bound_text(&ranges->source.format, range->from, run->arena);
        struct qd_slice to = bound_text(&ranges->source.format, range->to, run->arena);
        range->key = qd_arena_format(run->arena, "%.*s-%.*s", QD_SLICE_ARG(from), QD_SLICE_ARG(to));
    }
    sort_ranges(ranges->ranges, options->count);
    for (size_t i = 1; i < options->count; i++) {
        ranges->overlap = ranges->overlap || ranges->ranges[i].from < ranges->ranges[i - 1].to;
    }
    run->turn = QD_TURN_ORDER;
    for (size_t i = 0; i < options->count && makes_points(run, aggregation, ranges); i++) {
        QD_TRY(check_whole(ranges->ranges[i].from, run->arena, error));
        QD_TRY(check_whole(ranges->ranges[i].to, run->arena, error));
    }
    return QD_OK;
}

/* ---- rendering ---- */

static void render_bound(const struct qd_aggregation_format *format, const char *name, double bound,
                         struct qd_render_context *context)
{
    const char *text_name = name[0] == 'f' ? "from_as_string" : "to_as_string";
    struct qd_json_writer *writer = context->writer;
    if (isinf(bound)) return;
    qd_json_member_double(writer, name, bound);
    if (qd_format_is_raw(format)) return;
    qd_metric_render_text(format, text_name, bound, context);
}

void qd_ranges_render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    const struct qd_bucket_list *list = result->data;
    const struct qd_ranges_options *options = result->aggregation->options;
    struct qd_json_writer *writer = context->writer;
    if (options->keyed) qd_json_member_object(writer, "buckets");
    else qd_json_member_array(writer, "buckets");
    for (size_t i = 0; i < list->count; i++) {
        const struct qd_bucket *bucket = &list->buckets[i];
        double to;
        memcpy(&to, &bucket->number, sizeof(to));
        if (options->keyed) qd_json_name_slice(writer, bucket->bytes);
        qd_json_begin_object(writer);
        if (!options->keyed) qd_json_member_string(writer, "key", bucket->bytes);
        render_bound(&list->format, "from", bucket->real, context);
        render_bound(&list->format, "to", to, context);
        qd_json_member_int(writer, "doc_count", bucket->doc_count);
        qd_results_render(&result->aggregation->children, bucket->children, context);
        qd_json_end_object(writer);
    }
    if (options->keyed) qd_json_end_object(writer);
    else qd_json_end_array(writer);
}
