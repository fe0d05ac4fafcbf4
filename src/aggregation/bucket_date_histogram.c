/* date_histogram: buckets of calendar units or of fixed length.
 *
 * When a segment's dates span few buckets, their starts are computed once and dates find theirs by binary
 * search; sorted dates stay in one bucket for long and need neither. Source: OpenSearch
 * DateHistogramAggregationBuilder, DateHistogramAggregator, InternalDateHistogram.
 */
#include "aggregation/aggregation_kinds.h"
#include "aggregation/bucket_histograms.h"
#include "base/number.h"
#include "base/units.h"

/* Buckets that are precomputed at most. */
#define STARTS_MAX 4096
/* Entries of the table that leads from a date to its bucket. */
#define PLACES 4096
/* So often 64 dates are compared with one bucket. */
#define RUNS_TRIED 3
/* Counting a bucket by points costs as much as looking at so many documents. */
#define DOCS_PER_COUNT 2048

/* ---- parsing ---- */

static struct qd_histogram_options *options_of(void *target)
{
    return target;
}

static enum qd_status check_single(const struct qd_histogram_options *options, const char *name,
                                   struct qd_error *error)
{
    const char *other = options->legacy_interval.data != NULL ? "interval"
                        : options->calendar.data != NULL      ? "calendar_interval"
                        : options->fixed.data != NULL         ? "fixed_interval"
                                                              : NULL;
    if (other == NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Cannot use [%s] with [%s] configuration option.", name,
                        other);
}

static enum qd_status set_calendar(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                   const struct qd_json *value, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    enum qd_date_unit unit;
    (void)parser, (void)owner;
    if (text.size == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[interval] must not be null: [date_histogram]");
    }
    if (!qd_date_unit_parse(text, &unit)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "The supplied interval [%.*s] could not be parsed as a calendar interval.",
                            QD_SLICE_ARG(text));
    }
    QD_TRY(check_single(options_of(target), "calendar_interval", error));
    options_of(target)->calendar = text;
    return QD_OK;
}

static enum qd_status set_fixed(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                const struct qd_json *value, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    int64_t millis;
    (void)parser, (void)owner;
    if (text.size == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[interval] must not be null: [date_histogram]");
    }
    QD_TRY(qd_time_parse_millis(text, "date_histogram.fixedInterval", &millis, error));
    QD_TRY(check_single(options_of(target), "fixed_interval", error));
    options_of(target)->fixed = text;
    return QD_OK;
}

static enum qd_status set_legacy(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    (void)owner;
    struct qd_slice text = qd_json_text(value);
    if (text.size == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[dateHistogramInterval] must not be null: [date_histogram]");
    }
    QD_TRY(check_single(options_of(target), "interval", error));
    if (qd_json_is_number(value)) {
        int64_t millis;
        QD_TRY(qd_option_long(parser, value, &millis, error));
        if (millis < 1) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "[interval] must be 1 or greater for aggregation [date_histogram]");
        }
        text = qd_arena_format(parser->arena, "%lldms", (long long)millis);
    }
    options_of(target)->legacy_interval = text;
    return QD_OK;
}

static enum qd_status set_offset(struct qd_aggregation_parser *parser, void *target, struct qd_slice owner,
                                 const struct qd_json *value, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    int64_t *offset = &options_of(target)->offset_ms;
    bool negative = false;
    (void)owner;
    if (qd_json_is_number(value)) return qd_option_long(parser, value, offset, error);
    if (text.size == 0) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Index 0 out of bounds for length 0");
        if (error != NULL) error->type_override = "string_index_out_of_bounds_exception";
        return QD_ILLEGAL_ARGUMENT;
    }
    if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+')) {
        negative = text.data[0] == '-';
        text = qd_slice_from(text, 1);
    }
    QD_TRY(qd_time_parse_millis(text, "DateHistogramAggregationBuilder.parseOffset", offset, error));
    if (negative) *offset = -*offset;
    return QD_OK;
}

static const struct qd_option rows[] = {
    { "calendar_interval", QD_OPTION_STRING, set_calendar, false },
    { "fixed_interval", QD_OPTION_STRING, set_fixed, false },
    { "interval", QD_OPTION_STRING | QD_OPTION_NUMBER, set_legacy, false },
    { "offset", QD_OPTION_STRING | QD_OPTION_NUMBER, set_offset, false },
};

/* The table of this kind: its rows, the zone, then what histograms share. */
static enum qd_status parse(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error)
{
    const struct qd_option_table zone = { "", qd_options_source_zone.rows, qd_options_source_zone.count,
                                          &qd_options_histogram };
    const struct qd_option_table table = { "date_histogram", rows, sizeof(rows) / sizeof(rows[0]), &zone };
    struct qd_histogram_options *options = QD_NEW(parser->arena, struct qd_histogram_options);
    options->interval = -1;
    aggregation->options = options;
    return qd_histogram_parse(parser, &table, body, aggregation, error);
}

/* ---- the rounding ---- */

static enum qd_status fixed_rounding(struct qd_arena *arena, int64_t millis, const struct qd_zone *zone,
                                     int64_t offset, const struct qd_rounding **rounding,
                                     struct qd_error *error)
{
    if (millis < 1) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Zero or negative time interval not supported");
    }
    *rounding = qd_rounding_interval(arena, millis, zone, offset);
    return QD_OK;
}

static enum qd_status make_rounding(const struct qd_histogram_options *options, struct qd_arena *arena,
                                    int64_t offset, const struct qd_rounding **rounding,
                                    struct qd_error *error)
{
    const struct qd_zone *zone = options->source.zone;
    enum qd_date_unit unit;
    int64_t millis;
    struct qd_slice calendar = options->calendar;
    if (options->legacy_interval.data != NULL) calendar = options->legacy_interval;
    if (calendar.data != NULL && qd_date_unit_parse(calendar, &unit)) {
        *rounding = qd_rounding_unit(arena, unit, zone, offset);
        return QD_OK;
    }
    if (options->legacy_interval.data != NULL) {
        if (qd_time_parse_millis(options->legacy_interval, "interval", &millis, NULL) != QD_OK) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Unable to parse interval [%.*s]",
                                QD_SLICE_ARG(options->legacy_interval));
        }
        return fixed_rounding(arena, millis, zone, offset, rounding, error);
    }
    if (options->fixed.data == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Invalid interval specified, must be non-null and non-empty");
    }
    QD_TRY(qd_time_parse_millis(options->fixed, "date_histogram.fixedInterval", &millis, error));
    return fixed_rounding(arena, millis, zone, offset, rounding, error);
}

/* ---- collecting ---- */

struct bounds {
    bool has_min, has_max;
    int64_t min, max;
};

struct histogram {
    struct qd_histogram shared;
    const struct qd_rounding *rounding;
    struct bounds hard, extended;
    int64_t *starts;      /* starts[start_count + 1], ascending; the last one ends the last bucket */
    uint32_t *numbers;    /* numbers[start_count]: 1 + bucket below bucket 0, 0 unknown */
    uint32_t start_count; /* 0: not precomputed */
    uint32_t *pending;    /* pending[start_count]: documents of the segment that are not in counts yet */
    bool counting;        /* pending holds something */
    uint16_t *places;     /* places[PLACES]: where to look for the bucket of a date, by its first bits */
    unsigned shift;       /* bits of (date - least date) that are not among them */
    bool placed;          /* places and shift are those of the segment */
};

static bool within(const struct bounds *bounds, int64_t key)
{
    return !(bounds->has_min && key < bounds->min) && !(bounds->has_max && key >= bounds->max);
}

/* Adds what was only counted by place to the buckets. */
static enum qd_status flush_pending(struct histogram *histogram, struct qd_error *error)
{
    struct qd_histogram *shared = &histogram->shared;
    if (!histogram->counting) return QD_OK;
    histogram->counting = false;
    for (uint32_t i = 0; i < histogram->start_count; i++) {
        uint32_t bucket;
        uint32_t count = histogram->pending[i];
        histogram->pending[i] = 0;
        if (count == 0 || !within(&histogram->hard, histogram->starts[i])) continue;
        QD_TRY(qd_bucket_table_add(&shared->table, 0, (uint64_t)histogram->starts[i], &bucket, error));
        QD_TRY(qd_bucket_counts_reserve(&shared->base, &shared->counts, bucket, error));
        shared->counts.counts[bucket] += count;
    }
    return QD_OK;
}

static enum qd_status end(struct qd_collector *collector, struct qd_error *error)
{
    QD_TRY(flush_pending((struct histogram *)collector, error));
    return qd_histogram_end(collector, error);
}

/* Computes the starts of the buckets between the segment's least and greatest date. */
static enum qd_status begin_segment(struct qd_collector *collector, uint32_t segment, struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    struct qd_source *source = &histogram->shared.source;
    QD_TRY(flush_pending(histogram, error));
    QD_TRY(qd_histogram_begin_segment(collector, segment, error));
    histogram->start_count = 0;
    histogram->placed = false;
    if (source->numbers == NULL || source->facts.value_count == 0 || source->has_missing ||
        source->field->type == QD_FIELD_DATE_NANOS || source->kind != QD_SOURCE_LONG) {
        return QD_OK;
    }
    if (histogram->starts == NULL) {
        histogram->starts = QD_NEW_ARRAY(collector->run->arena, int64_t, STARTS_MAX + 1);
        histogram->numbers = QD_NEW_ARRAY(collector->run->arena, uint32_t, STARTS_MAX);
        histogram->pending = QD_NEW_ARRAY(collector->run->arena, uint32_t, STARTS_MAX);
        histogram->places = QD_NEW_ARRAY(collector->run->arena, uint16_t, PLACES);
    }
    uint32_t count = 0;
    int64_t start = qd_rounding_round(histogram->rounding, source->facts.min);
    while (start <= source->facts.max && count < STARTS_MAX) {
        histogram->starts[count] = start;
        histogram->numbers[count++] = 0;
        int64_t after = qd_rounding_next(histogram->rounding, start);
        if (after <= start) return QD_OK;
        start = after;
    }
    if (start <= source->facts.max) return QD_OK;
    histogram->starts[count] = start;
    histogram->start_count = count;
    return QD_OK;
}

/* The place of the bucket that holds `value`. */
static uint32_t find_start(const struct histogram *histogram, int64_t value)
{
    uint32_t low = 0;
    uint32_t high = histogram->start_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (histogram->starts[middle] <= value) low = middle;
        else high = middle;
    }
    return low;
}

/* Where the dates of one batch stand: the bucket of the last one and what it spans. */
struct run {
    uint32_t owner;
    uint32_t bucket;
    int64_t start, end; /* dates in [start, end) share the bucket */
    bool refused;       /* hard bounds leave it out */
};

static enum qd_status find_run(struct histogram *histogram, uint32_t owner, int64_t value, struct run *run,
                               struct qd_error *error)
{
    uint32_t *known = NULL;
    int64_t key;
    run->owner = owner;
    if (histogram->start_count > 0) {
        uint32_t at = find_start(histogram, value);
        run->start = histogram->starts[at];
        run->end = histogram->starts[at + 1];
        key = run->start;
        if (owner == 0) known = &histogram->numbers[at];
    } else {
        key = qd_rounding_round(histogram->rounding, value);
        run->start = value;
        run->end = value == INT64_MAX ? value : value + 1;
    }
    run->refused = !within(&histogram->hard, key);
    if (run->refused) return QD_OK;
    if (known != NULL && *known != 0) {
        run->bucket = *known - 1;
        return QD_OK;
    }
    QD_TRY(qd_bucket_table_add(&histogram->shared.table, owner, (uint64_t)key, &run->bucket, error));
    if (known != NULL) *known = run->bucket + 1;
    return QD_OK;
}

/* Doubles are cut to longs; of unsigned longs the bits are one. */
static void whole_numbers(struct qd_source *source, struct qd_aggregation_run *run,
                          const struct qd_collect_batch *batch, struct qd_source_values *values)
{
    if (qd_source_is_unsigned(source)) {
        qd_source_numbers(source, run, batch, values);
        for (size_t i = 0; i < values->count; i++) source->longs[i] ^= INT64_MIN;
        return;
    }
    qd_source_reals(source, run, batch, values);
    for (size_t i = 0; i < values->count; i++) source->longs[i] = qd_format_long(values->reals[i]);
}

static enum qd_status collect(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    struct qd_histogram *shared = &histogram->shared;
    struct qd_source_values values;
    struct run run = { .owner = QD_BUCKET_NONE };
    size_t last_position = SIZE_MAX;
    if (shared->source.kind == QD_SOURCE_LONG) {
        qd_source_numbers(&shared->source, collector->run, batch, &values);
    } else
        whole_numbers(&shared->source, collector->run, batch, &values);
    qd_histogram_start(shared, batch);
    for (size_t i = 0; i < values.count; i++) {
        size_t position = values.positions == NULL ? i : values.positions[i];
        uint32_t owner = batch->buckets == NULL ? 0 : batch->buckets[position];
        int64_t value = values.numbers[i];
        if (owner != run.owner || value < run.start || value >= run.end) {
            uint32_t before = run.refused || run.owner != owner ? QD_BUCKET_NONE : run.bucket;
            QD_TRY(find_run(histogram, owner, value, &run, error));
            if (position == last_position && run.bucket == before) continue;
        } else if (position == last_position) {
            continue;
        }
        last_position = position;
        if (run.refused) continue;
        QD_TRY(qd_histogram_put(shared, batch->docs[position], run.bucket, error));
    }
    return qd_histogram_flush(shared, error);
}

/* ---- counting by place: at the top, without sub-aggregations ---- */

static bool counts_places(const struct histogram *histogram)
{
    return histogram->start_count > 0 && histogram->shared.base.aggregation->children.count == 0 &&
           histogram->shared.source.facts.single;
}

/* Fills the table from dates to places. */
static void make_places(struct histogram *histogram)
{
    const struct qd_column_facts *facts = &histogram->shared.source.facts;
    uint64_t span = (uint64_t)facts->max - (uint64_t)facts->min;
    uint32_t place = 0;
    histogram->placed = true;
    histogram->shift = 0;
    while (span >> histogram->shift >= PLACES) histogram->shift++;
    for (uint64_t i = 0; i <= span >> histogram->shift; i++) {
        int64_t date = (int64_t)((uint64_t)facts->min + (i << histogram->shift));
        while (histogram->starts[place + 1] <= date) place++;
        histogram->places[i] = (uint16_t)place;
    }
}

static inline uint32_t place_of(const struct histogram *histogram, int64_t date)
{
    uint64_t at = ((uint64_t)date - (uint64_t)histogram->shared.source.facts.min) >> histogram->shift;
    uint32_t place = histogram->places[at < PLACES ? at : PLACES - 1];
    while (place + 1 < histogram->start_count && histogram->starts[place + 1] <= date) place++;
    return place;
}

/* Counts dates[i] for the bits i of `word`. Documents that came one after the other often share a bucket: 64
 * dates are compared with the bucket of the first one, a few times, before each is looked up. `whole`:
 * dates[64] may be read. */
static void count_word(struct histogram *histogram, const int64_t *dates, uint64_t word, bool whole)
{
    const int64_t *starts = histogram->starts;
    for (int tries = 0; tries < RUNS_TRIED && whole && word != 0; tries++) {
        uint32_t place = place_of(histogram, dates[__builtin_ctzll(word)]);
        uint64_t same = word & qd_numeric_inside(histogram->shared.source.numbers, dates, starts[place],
                                                 starts[place + 1] - 1);
        histogram->pending[place] += (uint32_t)__builtin_popcountll(same);
        word &= ~same;
        if (__builtin_popcountll(same) < __builtin_popcountll(word)) break;
    }
    for (; word != 0; word &= word - 1) {
        histogram->pending[place_of(histogram, dates[__builtin_ctzll(word)])]++;
    }
}

/* Documents of a window whose dates all lie in one bucket are counted without looking at them. */
static enum qd_status collect_window(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    struct qd_source *source = &histogram->shared.source;
    const int64_t *dates;
    (void)error;
    if (!counts_places(histogram)) return QD_OK;
    struct qd_skip_entry group = qd_numeric_skip(source->numbers, window->base);
    bool full = group.doc_count == window->size;
    uint32_t place = find_start(histogram, group.min);
    *done = full && group.max < histogram->starts[place + 1];
    if (*done) histogram->pending[place] += window->count;
    histogram->counting = histogram->counting || *done;
    if (*done || !qd_source_window(source, collector->run, window, &dates)) return QD_OK;
    if (!histogram->placed) make_places(histogram);
    *done = histogram->counting = true;
    for (uint32_t i = 0; i < window->size; i += 64) {
        count_word(histogram, dates + i, window->words[i / 64], i + 64 <= window->size);
    }
    return QD_OK;
}

/* Few buckets of many documents are counted by the tree of points. */
static enum qd_status collect_segment(struct qd_collector *collector, bool *done, struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    int64_t count;
    if (!counts_places(histogram) || histogram->start_count > collector->run->segment_docs / DOCS_PER_COUNT) {
        return QD_OK;
    }
    for (uint32_t i = 0; i < histogram->start_count; i++) {
        struct qd_source_range range = { histogram->starts[i], histogram->starts[i + 1] - 1 };
        QD_TRY(qd_source_count(&histogram->shared.source, collector->run, range, &count, error));
        if (count < 0) return QD_OK;
        histogram->pending[i] += (uint32_t)count;
    }
    *done = histogram->counting = true;
    return QD_OK;
}

static void set_key(uint64_t key, struct qd_bucket *bucket)
{
    bucket->number = (int64_t)key;
}

static enum qd_status build(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error)
{
    struct histogram *histogram = (struct histogram *)collector;
    struct qd_bucket_list *list;
    QD_TRY(qd_histogram_build(&histogram->shared, bucket, set_key, qd_bucket_compare_number, &list, error));
    list->has_min = histogram->extended.has_min;
    list->has_max = histogram->extended.has_max;
    list->number_min = histogram->extended.min;
    list->number_max = histogram->extended.max;
    result->data = list;
    return QD_OK;
}

static const struct qd_collector_operations operations = {
    .begin_segment = begin_segment,
    .collect = collect,
    .collect_window = collect_window,
    .collect_segment = collect_segment,
    .end = end,
    .build = build,
};

/* ---- bounds ---- */

static enum qd_status read_bound(struct qd_aggregation_run *run, const struct qd_source *source,
                                 const struct qd_json *json, int64_t *bound, struct qd_error *error)
{
    struct qd_value_format format = { .kind = QD_FORMAT_RAW_LONG, .decimal_pattern = source->format.pattern };
    enum qd_value_format_kind kind = source->format.kind;
    struct qd_slice text = qd_json_text(json);
    uint64_t whole;
    /* A text is read as the field's format does, a number is what it is. */
    if (qd_json_is_string(json) && kind == QD_FORMAT_DATE) {
        return qd_format_parse_date(&source->format, text, run->view->now_ms, bound, error);
    }
    if (qd_json_is_string(json) && kind == QD_FORMAT_UNSIGNED_LONG) {
        if (!qd_parse_uint64(text, &whole)) {
            return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
        }
        *bound = (int64_t)whole;
        return QD_OK;
    }
    bool own = kind == QD_FORMAT_BOOLEAN || kind == QD_FORMAT_DECIMAL;
    if (qd_json_is_string(json) && own) format.kind = kind;
    return qd_value_parse_number(&format, json, run->view->now_ms, bound, error);
}

static enum qd_status read_bounds(struct qd_aggregation_run *run, const struct histogram *histogram,
                                  const struct qd_bounds_options *options, const char *name,
                                  struct bounds *bounds, struct qd_error *error)
{
    const struct qd_source *source = &histogram->shared.source;
    bounds->has_min = options->min != NULL;
    bounds->has_max = options->max != NULL;
    if (bounds->has_min) QD_TRY(read_bound(run, source, options->min, &bounds->min, error));
    if (bounds->has_max) QD_TRY(read_bound(run, source, options->max, &bounds->max, error));
    if (!bounds->has_min || !bounds->has_max || bounds->min <= bounds->max) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "[%s.min][%lld] cannot be greater than [%s.max][%lld] for histogram aggregation [%.*s]", name,
        (long long)bounds->min, name, (long long)bounds->max,
        QD_SLICE_ARG(histogram->shared.base.aggregation->name));
}

static struct qd_slice bound_text(const struct qd_json *bound)
{
    return bound == NULL ? QD_SLICE("") : qd_json_text(bound);
}

/* Empty buckets outside of the hard bounds make no sense. */
static enum qd_status check_bounds(const struct histogram *histogram,
                                   const struct qd_histogram_options *options, struct qd_error *error)
{
    const struct bounds *hard = &histogram->hard;
    const struct bounds *extended = &histogram->extended;
    bool outside = (hard->has_max && extended->has_max && hard->max < extended->max) ||
                   (hard->has_min && extended->has_min && hard->min > extended->min);
    if (!outside) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Extended bounds have to be inside hard bounds, hard bounds: [%.*s--%.*s], extended bounds: "
        "[%.*s--%.*s]",
        QD_SLICE_ARG(bound_text(options->hard.min)), QD_SLICE_ARG(bound_text(options->hard.max)),
        QD_SLICE_ARG(bound_text(options->extended.min)), QD_SLICE_ARG(bound_text(options->extended.max)));
}

/* The bounds become keys: rounded without the offset. Only extended bounds are moved by it. */
static enum qd_status round_bounds(const struct qd_histogram_options *options, struct qd_arena *arena,
                                   struct histogram *histogram, struct qd_error *error)
{
    const struct qd_rounding *rounding;
    struct bounds *bounds = &histogram->extended;
    QD_TRY(make_rounding(options, arena, 0, &rounding, error));
    if (bounds->has_min) bounds->min = qd_rounding_round(rounding, bounds->min) + options->offset_ms;
    if (bounds->has_max) bounds->max = qd_rounding_round(rounding, bounds->max) + options->offset_ms;
    bounds = &histogram->hard;
    if (bounds->has_min) bounds->min = qd_rounding_round(rounding, bounds->min);
    if (bounds->has_max) bounds->max = qd_rounding_round(rounding, bounds->max);
    return QD_OK;
}

static enum qd_status create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error)
{
    const struct qd_histogram_options *options = aggregation->options;
    struct histogram *histogram = QD_NEW(run->arena, struct histogram);
    struct qd_source_options source = options->source;
    const struct qd_field *field = qd_mapping_field(run->view->mapping, source.field);
    *collector = &histogram->shared.base;
    if (field == NULL && source.hint == QD_HINT_NONE) source.hint = QD_HINT_DATE;
    QD_TRY(qd_source_open(run, &source, aggregation, QD_ACCEPT_NUMERIC, QD_SOURCE_LONG,
                          &histogram->shared.source, error));
    QD_TRY(make_rounding(options, run->arena, options->offset_ms, &histogram->rounding, error));
    histogram->shared.base.aggregation = aggregation;
    QD_TRY(read_bounds(run, histogram, &options->extended, "extended_bounds", &histogram->extended, error));
    QD_TRY(read_bounds(run, histogram, &options->hard, "hard_bounds", &histogram->hard, error));
    QD_TRY(check_bounds(histogram, options, error));
    QD_TRY(round_bounds(options, run->arena, histogram, error));
    return qd_histogram_init(&histogram->shared, run, aggregation, &operations, error);
}

/* ---- reducing ---- */

static void next(const struct qd_histogram_steps *steps, struct qd_bucket *bucket)
{
    bucket->number = qd_rounding_next(steps->context, bucket->number);
}

static enum qd_status reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error)
{
    struct qd_bucket_list *list = QD_NEW(context->arena, struct qd_bucket_list);
    const struct qd_histogram_options *options = result->aggregation->options;
    const struct qd_rounding *rounding;
    struct qd_histogram_steps steps = { .options = options, .keys = qd_bucket_compare_number, .next = next };
    result->data = list;
    QD_TRY(make_rounding(options, context->arena, options->offset_ms, &rounding, error));
    steps.context = rounding;
    list->format.kind = QD_FORMAT_RAW_LONG;
    for (size_t i = 0; i < count; i++) {
        const struct qd_bucket_list *part = parts[i].data;
        if (!qd_format_is_raw(&part->format)) list->format = part->format;
        if (part->has_min && !steps.has_min) steps.min.number = part->number_min;
        if (part->has_max && !steps.has_max) steps.max.number = part->number_max;
        steps.has_min = steps.has_min || part->has_min;
        steps.has_max = steps.has_max || part->has_max;
    }
    return qd_histogram_reduce(context, parts, count, &steps, result, error);
}

static void write_key(const struct qd_bucket *bucket, struct qd_json_writer *writer)
{
    qd_json_int(writer, bucket->number);
}

static struct qd_slice key_text(const struct qd_bucket_list *list, const struct qd_bucket *bucket,
                                struct qd_arena *arena)
{
    bool flipped = list->format.kind == QD_FORMAT_UNSIGNED_LONG;
    return qd_format_number(&list->format, flipped ? bucket->number ^ INT64_MIN : bucket->number, arena);
}

static void render(const struct qd_aggregation_result *result, struct qd_render_context *context)
{
    qd_histogram_render(result, context, write_key, key_text);
}

const struct qd_aggregation_kind qd_bucket_date_histogram = {
    .name = "date_histogram",
    .parse = parse,
    .create = create,
    .write = qd_bucket_list_write,
    .read = qd_bucket_list_read,
    .reduce = reduce,
    .render = render,
};
