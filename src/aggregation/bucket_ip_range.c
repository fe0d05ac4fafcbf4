/* ip_range: a bucket for every range of addresses. Bounds and keys are known from
 * the request. Source: OpenSearch IpRangeAggregationBuilder, BinaryRangeAggregator. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/aggregation_source.h"
#include "aggregation/bucket_list.h"
#include "base/number.h"
#include "mapping/type_ip.h"

/* One range; addresses are mapped into 16 bytes. */
struct range {
    bool has_from, has_to;
    uint8_t from[16], to[16]; /* to is outside */
    struct qd_slice key;
};

struct options {
    struct qd_source_options source; /* first */
    bool keyed;
    struct range *ranges;
    size_t count;
};

static enum qd_status parse_address(struct qd_slice text, uint8_t address[16], struct qd_error *error)
{
    if (qd_ip_parse(text, address)) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "'%.*s' is not an IP string literal.",
                        QD_SLICE_ARG(text));
}

static bool is_ipv4(const uint8_t address[16])
{
    static const uint8_t prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    return memcmp(address, prefix, sizeof(prefix)) == 0;
}

/* The range of "address/bits". */
static enum qd_status parse_mask(struct qd_slice text, struct range *range, struct qd_error *error)
{
    size_t slash = qd_slice_find_byte(text, '/');
    int64_t bits;
    if (slash == SIZE_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Expected [ip/prefix] but was [%.*s]",
                            QD_SLICE_ARG(text));
    }
    QD_TRY(parse_address(qd_slice_sub(text, 0, slash), range->from, error));
    int64_t max = is_ipv4(range->from) ? 32 : 128;
    struct qd_slice number = qd_slice_from(text, slash + 1);
    if (!qd_parse_int64(number, &bits)) {
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
    }
    if (bits < 0 || bits > max) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Illegal prefix length [%lld] in [%.*s]. Must be 0-32 for IPv4 ranges, "
                            "0-128 for IPv6 ranges",
                            (long long)bits, QD_SLICE_ARG(text));
    }
    size_t first = (size_t)(128 - max + bits);
    for (size_t i = first; i < 128; i++) range->from[i / 8] &= (uint8_t)~(0x80 >> i % 8);
    memcpy(range->to, range->from, 16);
    for (size_t i = first; i < 128; i++) range->to[i / 8] |= (uint8_t)(0x80 >> i % 8);
    range->has_to = false;
    for (size_t i = 16; i > 0 && !range->has_to; i--) range->has_to = ++range->to[i - 1] != 0;
    range->has_from = first > 0;
    if (range->key.data == NULL) range->key = text;
    return QD_OK;
}

static enum qd_status parse_range(struct qd_aggregation_parser *parser, const struct qd_json *json,
                                  struct range *range, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(json);
    struct qd_slice mask = { NULL, 0 };
    while (qd_json_next(&at)) {
        struct qd_slice text = qd_json_text(at.value);
        bool known = qd_slice_is(at.key, "from") || qd_slice_is(at.key, "to") || qd_slice_is(at.key, "key") ||
                     qd_slice_is(at.key, "mask");
        if (!known || qd_json_is_object(at.value) || qd_json_is_array(at.value)) {
            return qd_aggregation_error_at(parser, at.value, error, "Unexpected ip range parameter: [%.*s]",
                                           QD_SLICE_ARG(at.key));
        }
        if (qd_json_is_null(at.value)) continue;
        if (qd_slice_is(at.key, "key")) range->key = text;
        if (qd_slice_is(at.key, "mask")) mask = text;
        if (qd_slice_is(at.key, "from")) {
            QD_TRY(parse_address(text, range->from, error));
            range->has_from = true;
        }
        if (qd_slice_is(at.key, "to")) {
            QD_TRY(parse_address(text, range->to, error));
            range->has_to = true;
        }
    }
    return mask.data == NULL ? QD_OK : parse_mask(mask, range, error);
}

static int compare_low(const struct range *left, const struct range *right)
{
    if (!left->has_from || !right->has_from) return left->has_from - right->has_from;
    return memcmp(left->from, right->from, 16);
}

static int compare_ranges(const struct range *left, const struct range *right)
{
    int order = compare_low(left, right);
    if (order != 0) return order;
    if (!left->has_to || !right->has_to) return right->has_to - left->has_to;
    return memcmp(left->to, right->to, 16);
}

static struct qd_slice bound_text(bool has, const uint8_t address[16], struct qd_arena *arena)
{
    return has ? qd_ip_print(address, arena) : QD_SLICE("*");
}

static enum qd_status add_range(struct qd_aggregation_parser *parser, struct options *options,
                                const struct qd_json *value, struct qd_error *error)
{
    struct range range = { 0 };
    size_t place = options->count;
    parser->fail = value;
    parser->fail_at_end = true;
    QD_TRY(parse_range(parser, value, &range, error));
    if (range.key.data == NULL) {
        struct qd_slice from = bound_text(range.has_from, range.from, parser->arena);
        struct qd_slice to = bound_text(range.has_to, range.to, parser->arena);
        range.key = qd_arena_format(parser->arena, "%.*s-%.*s", QD_SLICE_ARG(from), QD_SLICE_ARG(to));
    }
    for (; place > 0 && compare_ranges(&options->ranges[place - 1], &range) > 0; place--) {
        options->ranges[place] = options->ranges[place - 1];
    }
    options->ranges[place] = range;
    options->count++;
    parser->fail = NULL;
    return QD_OK;
}

static enum qd_status set_ranges(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    struct options *options = target;
    struct qd_json_iterator at = qd_json_iterate(value);
    (void)owner;
    options->ranges = QD_NEW_ARRAY(parser->arena, struct range, qd_json_size(value) + 1);
    options->count = 0;
    if (qd_json_is_object(value)) return add_range(parser, options, value, error);
    while (qd_json_next(&at)) {
        if (qd_json_is_array(at.value)) {
            parser->fail = at.value;
            return qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [START_ARRAY]");
        }
        if (!qd_json_is_object(at.value)) {
            return qd_aggregation_error_at(parser, at.value, error,
                                           "[ranges] must contain objects, but hit a %s",
                                           qd_json_token_name(at.value));
        }
        QD_TRY(add_range(parser, options, at.value, error));
    }
    parser->fail = NULL;
    return QD_OK;
}

static enum qd_status set_keyed(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner;
    return qd_option_boolean(value, &((struct options *)target)->keyed, error);
}

static const struct qd_option rows[] = {
    { "ranges", QD_OPTION_ARRAY | QD_OPTION_OBJECT, set_ranges, false },
    { "keyed", QD_OPTION_BOOLEAN | QD_OPTION_STRING, set_keyed, false },
};

static const struct qd_option_table table = { "ip_range", rows, 2, &qd_options_source };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    return qd_options_parse_source(parser, &table, sizeof(struct options), body, aggregation, error);
}

struct collector {
    struct qd_fanout fanout;
    struct qd_source source;
    const struct options *options;
    uint32_t *low, *high; /* ordinals [low, high) of each range in the current segment */
};

/* Translates the bounds to ordinals. */
static enum qd_status begin_segment(struct qd_collector *base, uint32_t segment, struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    (void)segment;
    QD_TRY(qd_source_begin_segment(&collector->source, base->run, error));
    const struct qd_ordinal_column *column = collector->source.ordinals;
    for (size_t i = 0; column != NULL && i < collector->options->count; i++) {
        const struct range *range = &collector->options->ranges[i];
        collector->low[i] = 0;
        collector->high[i] = qd_ordinal_term_count(column);
        if (range->has_from) {
            (void)qd_ordinal_find(column, qd_slice_make(range->from, 16), &collector->low[i]);
        }
        if (range->has_to) (void)qd_ordinal_find(column, qd_slice_make(range->to, 16), &collector->high[i]);
    }
    return QD_OK;
}

static bool holds(const struct range *range, struct qd_slice address)
{
    if (range->has_from && qd_slice_compare(address, qd_slice_make(range->from, 16)) < 0) return false;
    return !range->has_to || qd_slice_compare(address, qd_slice_make(range->to, 16)) < 0;
}

/* Documents without an address have the missing one. */
static void mark_missing(struct collector *collector, const struct qd_collect_batch *batch, size_t range,
                         bool *keep)
{
    if (!collector->source.has_missing) return;
    if (!holds(&collector->options->ranges[range], collector->source.missing_bytes)) return;
    const struct qd_numeric_column *numbers = collector->source.numbers;
    for (size_t i = 0; i < batch->count; i++) {
        if (numbers == NULL || qd_numeric_count(numbers, batch->docs[i]) == 0) keep[i] = true;
    }
}

static enum qd_status collect(struct qd_collector *base, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    struct qd_source_values values;
    bool *keep = collector->fanout.keep;
    qd_source_ordinals(&collector->source, base->run, batch, &values);
    for (uint32_t i = 0; i < collector->fanout.width; i++) {
        memset(keep, false, batch->count);
        for (size_t j = 0; j < values.count; j++) {
            if (values.numbers[j] >= collector->low[i] && values.numbers[j] < collector->high[i]) {
                keep[values.positions == NULL ? j : values.positions[j]] = true;
            }
        }
        mark_missing(collector, batch, i, keep);
        QD_TRY(qd_fanout_collect(&collector->fanout, batch, i, keep, error));
    }
    return QD_OK;
}

static enum qd_status build(struct qd_collector *base, uint32_t bucket, struct qd_aggregation_result *result,
                            struct qd_error *error)
{
    struct qd_bucket_list *list = QD_NEW(base->run->arena, struct qd_bucket_list);
    result->data = list;
    list->format.kind = QD_FORMAT_IP;
    return qd_fanout_build(&((struct collector *)base)->fanout, bucket, list, error);
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .build = build,
};

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **made, struct qd_error *error)
{
    const struct options *options = aggregation->options;
    struct collector *collector = QD_NEW(run->arena, struct collector);
    struct qd_source_options source = options->source;
    bool mapped = qd_mapping_field(run->view->mapping, source.field) != NULL;
    if (!mapped && source.hint == QD_HINT_NONE) source.hint = QD_HINT_IP;
    collector->options = options;
    collector->fanout.width = (uint32_t)options->count;
    collector->low = QD_NEW_ARRAY(run->arena, uint32_t, options->count);
    collector->high = QD_NEW_ARRAY(run->arena, uint32_t, options->count);
    qd_fanout_init(&collector->fanout, run->arena, &operations);
    *made = &collector->fanout.base;
    QD_TRY(
        qd_source_open(run, &source, aggregation, QD_ACCEPT_IP, QD_SOURCE_BYTES, &collector->source, error));
    if (options->count > 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No [ranges] specified for the [%.*s] aggregation",
                        QD_SLICE_ARG(aggregation->name));
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    QD_TRY(qd_bucket_list_reduce(context, parts, count, result, error));
    const struct qd_bucket_list *list = result->data;
    const struct options *options = result->aggregation->options;
    if (list->count == 0 || list->count == options->count) return QD_OK;
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
        const struct range *range = &options->ranges[i];
        if (options->keyed) qd_json_name_slice(writer, range->key);
        qd_json_begin_object(writer);
        if (!options->keyed) qd_json_member_string(writer, "key", range->key);
        if (range->has_from) qd_json_member_string(writer, "from", qd_ip_print(range->from, context->arena));
        if (range->has_to) qd_json_member_string(writer, "to", qd_ip_print(range->to, context->arena));
        qd_json_member_int(writer, "doc_count", list->buckets[i].doc_count);
        qd_results_render(&result->aggregation->children, list->buckets[i].children, context);
        qd_json_end_object(writer);
    }
    if (options->keyed) qd_json_end_object(writer);
    else qd_json_end_array(writer);
}

const struct qd_aggregation_kind qd_bucket_ip_range = {
    .name = "ip_range",
    .parse = parse,
    .create = create,
    .write = qd_bucket_list_write,
    .read = qd_bucket_list_read,
    .reduce = reduce,
    .render = render,
};
