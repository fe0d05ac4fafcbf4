/* cardinality: how many distinct values there are, nearly. Source: OpenSearch CardinalityAggregator,
 * InternalCardinality. */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/hll.h"
#include "aggregation/metric.h"
#include "index/ordinal_map.h"

struct options {
    struct qd_source_options source; /* first */
    int64_t precision_threshold;     /* -1: default */
    struct qd_slice execution_hint;  /* data NULL: none */
};

static enum qd_status set_threshold(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                    const struct qd_json *value, struct qd_error *error)
{
    int64_t *threshold = &((struct options *)target)->precision_threshold;
    QD_TRY(qd_option_long(parser, value, threshold, error));
    if (*threshold >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "[precisionThreshold] must be greater than or equal to 0. Found [%lld] in [%.*s]",
                        (long long)*threshold, QD_SLICE_ARG(owner));
}

static enum qd_status set_hint(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                               const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)owner, (void)error;
    ((struct options *)target)->execution_hint = qd_json_text(value);
    return QD_OK;
}

static enum qd_status ignore(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                             const struct qd_json *value, struct qd_error *error)
{
    (void)parser, (void)target, (void)owner, (void)value, (void)error;
    return QD_OK;
}

static const struct qd_option rows[] = {
    { "precision_threshold", QD_OPTION_NUMBER | QD_OPTION_STRING, set_threshold, false },
    { "execution_hint", QD_OPTION_STRING, set_hint, false },
    { "rehash", QD_OPTION_STRING, ignore, false },
};

static const struct qd_option_table table = { "cardinality", rows, 3, &qd_options_source };

static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    struct options *options = QD_NEW(parser->arena, struct options);
    options->precision_threshold = -1;
    aggregation->options = options;
    return qd_options_parse_source(parser, &table, sizeof(*options), body, aggregation, error);
}

struct collector {
    struct qd_metric metric;   /* states: struct qd_hll, made when precision is 0 */
    uint8_t precision;
    uint64_t *ordinal_hashes;  /* of the current segment: ordinal_hashes[ordinal_capacity] */
    uint8_t *ordinal_known;    /* HASHED, and MET: some document of bucket 0 has it */
    uint32_t ordinal_count;    /* of the current segment */
    uint32_t ordinal_capacity;
    bool met;                  /* some are MET */
    const struct qd_ordinal_map *map; /* of the shard's segments; NULL: terms of several count in each */
    const uint32_t *map_numbers;      /* of the current segment */
    uint64_t *counted;         /* bits of the map's numbers that bucket 0 has */
    uint64_t looked_up;        /* terms of segments that were hashed */
    struct qd_ordinal_map_entry *map_entry; /* learns looked_up; NULL: nobody asks */
};

/* What is known of an ordinal of the current segment. */
enum { HASHED = 1, MET = 2 };

static enum qd_status add(struct collector *collector, uint32_t bucket, uint64_t hash, struct qd_error *error)
{
    struct qd_hll *hll = (struct qd_hll *)collector->metric.states + bucket;
    if (hll->precision == 0) *hll = qd_hll_make(collector->precision);
    size_t taken = qd_hll_add(hll, hash, collector->metric.base.run->arena);
    return taken == 0 ? QD_OK : qd_run_reserve(&collector->metric.base, taken, error);
}

/* True when a segment before has had the term in bucket 0. */
static bool counted_before(struct collector *collector, uint32_t ordinal)
{
    if (collector->map_numbers == NULL) return false;
    uint32_t number = collector->map_numbers[ordinal];
    uint64_t bit = UINT64_C(1) << (number % 64);
    bool before = (collector->counted[number / 64] & bit) != 0;
    collector->counted[number / 64] |= bit;
    return before;
}

/* Counts the terms of the segment that documents of bucket 0 have, in their order: so each is made from the
 * one before. */
static enum qd_status count_met(struct collector *collector, struct qd_error *error)
{
    struct qd_ordinal_walk walk = { .column = collector->metric.source.ordinals };
    struct qd_arena *arena = collector->metric.base.run->arena;
    if (!collector->met) return QD_OK;
    collector->met = false;
    for (uint32_t i = 0; i < collector->ordinal_count; i++) {
        if ((collector->ordinal_known[i] & MET) == 0 || counted_before(collector, i)) continue;
        uint64_t hash = collector->ordinal_hashes[i];
        if ((collector->ordinal_known[i] & HASHED) == 0) {
            hash = qd_hll_hash_bytes(qd_ordinal_walk_to(&walk, i, arena));
            collector->looked_up++;
        }
        QD_TRY(add(collector, 0, hash, error));
    }
    return QD_OK;
}

static enum qd_status begin_segment(struct qd_collector *base, uint32_t segment, struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    QD_TRY(count_met(collector, error));
    QD_TRY(qd_metric_begin_segment(base, segment, error));
    if (collector->metric.source.ordinals == NULL) return QD_OK;
    uint32_t count = qd_ordinal_term_count(collector->metric.source.ordinals);
    collector->ordinal_count = count;
    collector->map_numbers = collector->map == NULL ? NULL : collector->map->numbers[segment];
    if (count > collector->ordinal_capacity) {
        QD_TRY(qd_run_reserve(base, (count - collector->ordinal_capacity) * 9, error));
        collector->ordinal_hashes = QD_NEW_ARRAY(base->run->arena, uint64_t, count);
        collector->ordinal_known = QD_NEW_ARRAY(base->run->arena, uint8_t, count);
        collector->ordinal_capacity = count;
    }
    memset(collector->ordinal_known, 0, count);
    return QD_OK;
}

static enum qd_status collect_ordinals(struct collector *collector, const struct qd_collect_batch *batch,
                                       struct qd_error *error)
{
    struct qd_source_values values;
    struct qd_source *source = &collector->metric.source;
    struct qd_arena *arena = collector->metric.base.run->arena;
    qd_source_ordinals(source, collector->metric.base.run, batch, &values);
    collector->met = true;
    for (size_t i = 0; i < values.count; i++) {
        uint32_t ordinal = (uint32_t)values.numbers[i];
        uint32_t bucket = qd_value_bucket(batch, &values, i);
        uint8_t *known = &collector->ordinal_known[ordinal];
        if (bucket == 0) {
            *known |= MET;
            continue;
        }
        if ((*known & HASHED) == 0) {
            collector->ordinal_hashes[ordinal] = qd_hll_hash_bytes(
                qd_ordinal_term(source->ordinals, ordinal, arena));
            *known |= HASHED;
            collector->looked_up++;
        }
        QD_TRY(add(collector, bucket, collector->ordinal_hashes[ordinal], error));
    }
    return QD_OK;
}

static enum qd_status collect_binary(struct collector *collector, const struct qd_collect_batch *batch,
                                     struct qd_error *error)
{
    const struct qd_source *source = &collector->metric.source;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t count = qd_source_byte_count(source, batch->docs[i]);
        uint32_t bucket = batch->buckets == NULL ? 0 : batch->buckets[i];
        for (uint32_t j = 0; j < count; j++) {
            QD_TRY(
                add(collector, bucket, qd_hll_hash_bytes(qd_source_bytes(source, batch->docs[i], j)), error));
        }
    }
    return QD_OK;
}

/* Documents without a value of a byte field have the missing value. */
static enum qd_status collect_missing(struct collector *collector, const struct qd_collect_batch *batch,
                                      struct qd_error *error)
{
    struct qd_source *source = &collector->metric.source;
    uint64_t hash = qd_hll_hash_bytes(source->missing_bytes);
    for (size_t i = 0; i < batch->count; i++) {
        bool has = false;
        struct qd_collect_batch one = { .docs = &batch->docs[i], .count = 1 };
        qd_source_exists(source, collector->metric.base.run, &one, &has);
        if (has) continue;
        QD_TRY(add(collector, batch->buckets == NULL ? 0 : batch->buckets[i], hash, error));
    }
    return QD_OK;
}

static enum qd_status collect_numbers(struct collector *collector, const struct qd_collect_batch *batch,
                                      struct qd_error *error)
{
    struct qd_source_values values;
    struct qd_source *source = &collector->metric.source;
    bool real = source->kind == QD_SOURCE_DOUBLE || source->kind == QD_SOURCE_UNSIGNED;
    if (real) qd_source_reals(source, collector->metric.base.run, batch, &values);
    else qd_source_numbers(source, collector->metric.base.run, batch, &values);
    for (size_t i = 0; i < values.count; i++) {
        uint64_t key = (uint64_t)values.numbers[i];
        if (real) memcpy(&key, &values.reals[i], sizeof(key));
        QD_TRY(add(collector, qd_value_bucket(batch, &values, i), qd_hll_hash_number(key), error));
    }
    return QD_OK;
}

static enum qd_status collect(struct qd_collector *base, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    struct qd_metric *metric = &collector->metric;
    QD_TRY(qd_bucket_array_grow(base, &metric->states, metric->state_size, &metric->capacity,
                                qd_batch_bucket_max(batch), error));
    if (metric->source.kind == QD_SOURCE_UNMAPPED) return QD_OK;
    if (metric->source.kind != QD_SOURCE_BYTES) return collect_numbers(collector, batch, error);
    if (metric->source.ordinals != NULL) QD_TRY(collect_ordinals(collector, batch, error));
    else QD_TRY(collect_binary(collector, batch, error));
    return metric->source.has_missing ? collect_missing(collector, batch, error) : QD_OK;
}

/* Every term of a segment without deletions is in some document. */
static enum qd_status collect_segment(struct qd_collector *base, bool *done, struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    struct qd_source *source = &collector->metric.source;
    const uint32_t *counts;
    if (source->ordinals == NULL || source->has_missing) return QD_OK;
    QD_TRY(qd_segment_tally(base->run->reader, source->field->name, &counts, error));
    if (counts == NULL) return QD_OK;
    QD_TRY(qd_bucket_array_grow(base, &collector->metric.states, collector->metric.state_size,
                                &collector->metric.capacity, 0, error));
    for (uint32_t i = 0; i < collector->ordinal_count; i++) {
        if (counts[i] > 0) collector->ordinal_known[i] |= MET;
    }
    collector->met = true;
    *done = true;
    return QD_OK;
}

static enum qd_status end(struct qd_collector *base, struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    QD_TRY(count_met(collector, error));
    if (collector->map_entry != NULL) qd_ordinal_map_spent(collector->map_entry, collector->looked_up);
    return QD_OK;
}

static enum qd_status build(struct qd_collector *base, uint32_t bucket, struct qd_aggregation_result *result,
                            struct qd_error *error)
{
    struct collector *collector = (struct collector *)base;
    struct qd_hll *hll = QD_NEW(base->run->arena, struct qd_hll);
    const struct qd_hll *state = qd_metric_state(&collector->metric, bucket);
    (void)error;
    *hll = state == NULL || state->precision == 0 ? qd_hll_make(collector->precision) : *state;
    result->data = hll;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .collect_segment = collect_segment,
    .end = end,
    .build = build,
};

/* Over several segments a map tells which terms are the same. */
static enum qd_status find_map(struct collector *collector, struct qd_error *error)
{
    const struct qd_shard_view *view = collector->metric.base.run->view;
    const struct qd_source *source = &collector->metric.source;
    if (source->kind != QD_SOURCE_BYTES || source->field == NULL ||
        (source->field->column != QD_COLUMN_ORDINALS && !source->field->fielddata) ||
        view->snapshot->segment_count < 2) {
        return QD_OK;
    }
    QD_TRY(qd_ordinal_map_get(view->snapshot, source->field->name, view->fielddata, &collector->map_entry,
                              &collector->map, error));
    if (collector->map == NULL) return QD_OK;
    size_t words = collector->map->term_count / 64 + 1;
    QD_TRY(qd_run_reserve(&collector->metric.base, words * sizeof(uint64_t), error));
    collector->counted = QD_NEW_ARRAY(collector->metric.base.run->arena, uint64_t, words);
    return QD_OK;
}

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **made, struct qd_error *error)
{
    const struct options *options = aggregation->options;
    struct collector *collector = QD_NEW(run->arena, struct collector);
    struct qd_slice hint = options->execution_hint;
    collector->metric.base.operations = &operations;
    collector->metric.state_size = sizeof(struct qd_hll);
    collector->precision = qd_hll_precision(options->precision_threshold < 0 ? 3000
                                                                             : options->precision_threshold);
    *made = &collector->metric.base;
    QD_TRY(qd_source_open(run, &options->source, aggregation, QD_ACCEPT_ANY, QD_SOURCE_BYTES,
                          &collector->metric.source, error));
    collector->metric.base.aggregation = aggregation;
    collector->metric.base.run = run;
    QD_TRY(find_map(collector, error));
    if (hint.data == NULL || qd_slice_is(hint, "direct") || qd_slice_is(hint, "ordinals")) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Unknown execution_hint: [%.*s], expected any of [direct, ordinals]",
                        QD_SLICE_ARG(hint));
}

static void write(const struct qd_aggregation_result *result, struct qd_buffer *buffer)
{
    qd_hll_write(result->data, buffer);
}

static void read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result)
{
    struct qd_hll *hll = QD_NEW(arena, struct qd_hll);
    qd_hll_read(reader, arena, hll);
    result->data = hll;
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_hll *hll = QD_NEW(context->arena, struct qd_hll);
    *hll = qd_hll_make(count == 0 ? qd_hll_precision(3000)
                                  : ((const struct qd_hll *)parts[0].data)->precision);
    result->data = hll;
    for (size_t i = 0; i < count; i++) {
        const struct qd_hll *part = parts[i].data;
        if (part->precision != hll->precision) {
            return qd_error_set(error, QD_ILLEGAL_STATE,
                                "shards disagree about the precision of a cardinality");
        }
        qd_hll_merge(hll, part, context->arena);
    }
    return QD_OK;
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_json_member_int(context->writer, "value", qd_hll_cardinality(result->data));
}

static double sort_value(const struct qd_aggregation_result *result, struct qd_slice key)
{
    (void)key;
    return (double)qd_hll_cardinality(result->data);
}

const struct qd_aggregation_kind qd_metric_cardinality = {
    .name = "cardinality",
    .leaf = true,
    .parse = parse,
    .create = create,
    .write = write,
    .read = read,
    .reduce = reduce,
    .render = render,
    .sort_value = sort_value,
    .check_key = qd_metric_check_single,
};
