/* Values of fields for collectors. */
#include <math.h>

#include "aggregation/aggregation_source.h"
#include "base/number.h"
#include "base/text.h"
#include "codec/points.h"
#include "index/fielddata.h"
#include "mapping/decimal_format.h"
#include "mapping/java_values.h"
#include "mapping/type_ip.h"

/* ---- which kind ---- */

static enum qd_source_kind kind_of(const struct qd_field *field)
{
    switch ((int)field->type) {
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT:
    case QD_FIELD_DOUBLE:
    case QD_FIELD_SCALED_FLOAT: return QD_SOURCE_DOUBLE;
    case QD_FIELD_UNSIGNED_LONG: return QD_SOURCE_UNSIGNED;
    case QD_FIELD_KEYWORD:
    case QD_FIELD_IP:
    case QD_FIELD_TEXT:
    case QD_FIELD_MATCH_ONLY_TEXT:
    case QD_FIELD_BINARY:
    case QD_FIELD_ID:
    case QD_FIELD_INDEX:
    case QD_FIELD_ROUTING:
    case QD_FIELD_IGNORED: return QD_SOURCE_BYTES;
    default: return QD_SOURCE_LONG;
    }
}

static unsigned accepts_of(const struct qd_field *field)
{
    switch ((int)field->type) {
    case QD_FIELD_DATE:
    case QD_FIELD_DATE_NANOS: return QD_ACCEPT_DATES;
    case QD_FIELD_BOOLEAN: return QD_ACCEPT_BOOLEANS;
    case QD_FIELD_IP: return QD_ACCEPT_IP;
    default: return kind_of(field) == QD_SOURCE_BYTES ? QD_ACCEPT_BYTES : QD_ACCEPT_NUMBERS;
    }
}

static enum qd_status check_field(const struct qd_field *field, struct qd_error *error)
{
    if ((field->type == QD_FIELD_TEXT || field->type == QD_FIELD_MATCH_ONLY_TEXT) && !field->fielddata) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "Text fields are not optimised for operations that require per-document field data like "
            "aggregations and sorting, so these operations are disabled by default. Please use a "
            "keyword field instead. Alternatively, set fielddata=true on [%.*s] in order to load "
            "field data by uninverting the inverted index. Note that this can use significant memory.",
            QD_SLICE_ARG(field->name));
    }
    bool shown = field->type == QD_FIELD_ID || field->type == QD_FIELD_INDEX ||
                 field->type == QD_FIELD_SEQ_NO;
    if (field->type == QD_FIELD_PREFIX || field->type == QD_FIELD_PHRASE || (field->is_metadata && !shown)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Fielddata is not supported on field [%.*s] of type [%s]",
                            QD_SLICE_ARG(field->name), field->type_name);
    }
    if (field->column != QD_COLUMN_NONE || field->fielddata || shown) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Can't load fielddata on [%.*s] because fielddata is unsupported on fields of type [%s]. Use "
        "doc values instead.",
        QD_SLICE_ARG(field->name), field->type_name);
}

/* ---- the format ---- */

static enum qd_status make_format(struct qd_aggregation_run *run, const struct qd_source_options *options,
                                  struct qd_source *source, struct qd_error *error)
{
    struct qd_value_format format;
    struct qd_slice zone = options->time_zone;
    QD_TRY(qd_value_format_of(source->field, options->format, zone, run->arena, &format, error));
    source->format = (struct qd_aggregation_format){ .kind = format.kind, .pattern = format.decimal_pattern };
    if (format.kind != QD_FORMAT_DATE) return QD_OK;
    source->format.date = format.date_format;
    source->format.pattern = qd_date_format_pattern(format.date_format);
    source->format.zone_id = zone;
    source->format.zone = zone.data == NULL ? NULL : options->zone;
    return QD_OK;
}

/* A field that is not mapped takes its kind from value_type, else from the aggregation. */
static enum qd_status make_unmapped(struct qd_aggregation_run *run, const struct qd_source_options *options,
                                    enum qd_source_kind fallback, struct qd_source *source,
                                    struct qd_error *error)
{
    source->kind = fallback;
    source->format.kind = QD_FORMAT_RAW_LONG;
    if (options->hint == QD_HINT_BYTES || options->hint == QD_HINT_IP) source->kind = QD_SOURCE_BYTES;
    if (options->hint == QD_HINT_LONG || options->hint == QD_HINT_DATE || options->hint == QD_HINT_BOOLEAN) {
        source->kind = QD_SOURCE_LONG;
    }
    if (options->hint == QD_HINT_DOUBLE || options->hint == QD_HINT_NUMBER) source->kind = QD_SOURCE_DOUBLE;
    if (options->hint == QD_HINT_BOOLEAN) source->format.kind = QD_FORMAT_BOOLEAN;
    if (options->hint == QD_HINT_IP) source->format.kind = QD_FORMAT_IP;
    if (options->hint == QD_HINT_DATE) {
        struct qd_slice root = { NULL, 0 };
        source->format.kind = QD_FORMAT_DATE;
        source->format.pattern = options->format.data != NULL ? options->format
                                                              : QD_SLICE(QD_DATE_FORMAT_DEFAULT);
        source->format.zone_id = options->time_zone;
        source->format.zone = options->zone;
        return qd_date_format_compile(run->arena, source->format.pattern, root, &source->format.date, error);
    }
    if (options->format.data != NULL && source->kind != QD_SOURCE_BYTES &&
        source->format.kind != QD_FORMAT_BOOLEAN) {
        QD_TRY(qd_decimal_format_check(options->format, error));
        source->format.kind = QD_FORMAT_DECIMAL;
        source->format.pattern = options->format;
    }
    return QD_OK;
}

/* ---- missing values ---- */

/* A binary field's is base 64. */
static enum qd_status decode_missing(struct qd_aggregation_run *run, struct qd_source *source,
                                     struct qd_error *error)
{
    struct qd_slice text = source->missing_bytes;
    if (qd_base64_decode(run->arena, text, &source->missing_bytes)) return QD_OK;
    qd_base64_explain(text, false, error);
    return QD_ILLEGAL_ARGUMENT;
}

static enum qd_status parse_missing(struct qd_aggregation_run *run, const struct qd_json *missing,
                                    struct qd_source *source, struct qd_error *error)
{
    struct qd_slice text = qd_java_text(run->arena, missing);
    if (source->kind == QD_SOURCE_BYTES) {
        source->missing_bytes = text;
        if (source->format.kind == QD_FORMAT_BINARY) return decode_missing(run, source, error);
        if (source->format.kind != QD_FORMAT_IP) return QD_OK;
        uint8_t *address = qd_arena_alloc(run->arena, 16);
        source->missing_bytes = qd_slice_make(address, 16);
        if (qd_ip_parse(text, address)) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "'%.*s' is not an IP string literal.",
                            QD_SLICE_ARG(text));
    }
    QD_TRY(qd_format_parse_real(&source->format, text, run->view->now_ms, &source->missing_real, error));
    source->missing_number = qd_format_long(source->missing_real);
    if (qd_source_is_unsigned(source)) source->missing_number ^= INT64_MIN;
    /* One fraction makes all values fractions; an unmapped field's are whole without one. */
    if (fmod(source->missing_real, 1) != 0) source->kind = QD_SOURCE_DOUBLE;
    else if (source->field == NULL) source->kind = QD_SOURCE_LONG;
    return QD_OK;
}

/* A number without a format of its own, which value_type can make a text of. */
static bool is_plain_number(const struct qd_source *source)
{
    return source->field != NULL && (source->format.kind == QD_FORMAT_RAW_LONG ||
                                     source->format.kind == QD_FORMAT_RAW_DOUBLE);
}

/* Where numbers are texts, any text may be missing: one that is no number is a value of its own. */
static void set_text_missing(struct qd_aggregation_run *run, const struct qd_json *missing,
                             struct qd_source *source)
{
    struct qd_error ignored;
    qd_error_init(&ignored, run->arena);
    if (parse_missing(run, missing, source, &ignored) == QD_OK) return;
    source->missing_real = (double)NAN;
    source->missing_number = 0;
    source->kind = QD_SOURCE_DOUBLE;
}

/* What a value_type takes a field for; 0: there is none. */
static unsigned accepts_of_hint(enum qd_value_hint hint)
{
    switch (hint) {
    case QD_HINT_NONE: return 0;
    case QD_HINT_BYTES: return QD_ACCEPT_BYTES;
    case QD_HINT_IP: return QD_ACCEPT_IP;
    case QD_HINT_DATE: return QD_ACCEPT_DATES;
    case QD_HINT_BOOLEAN: return QD_ACCEPT_BOOLEANS;
    case QD_HINT_LONG:
    case QD_HINT_DOUBLE:
    case QD_HINT_NUMBER: break;
    }
    return QD_ACCEPT_NUMBERS;
}

static enum qd_status not_supported(const struct qd_source *source, const struct qd_aggregation *aggregation,
                                    struct qd_error *error)
{
    if (source->field == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "unmapped field is not supported for aggregation [%s]", aggregation->kind->name);
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Field [%.*s] of type [%s] is not supported for aggregation [%s]",
                        QD_SLICE_ARG(source->field->name), source->field->type_name, aggregation->kind->name);
}

enum qd_status qd_source_open(struct qd_aggregation_run *run, const struct qd_source_options *options,
                              const struct qd_aggregation *aggregation, unsigned accepts,
                              enum qd_source_kind fallback, struct qd_source *source, struct qd_error *error)
{
    *source = (struct qd_source){ .field = qd_mapping_field(run->view->mapping, options->field) };
    source->has_missing = options->missing != NULL;
    if (source->field == NULL) {
        QD_TRY(make_unmapped(run, options, fallback, source, error));
    } else {
        QD_TRY(check_field(source->field, error));
        QD_TRY(qd_fielddata_load(run->view->snapshot, source->field, run->view->fielddata, error));
        bool numeric_hint = options->hint != QD_HINT_NONE && options->hint != QD_HINT_BYTES &&
                            options->hint != QD_HINT_IP;
        source->kind = kind_of(source->field);
        QD_TRY(make_format(run, options, source, error));
        if (numeric_hint && source->kind == QD_SOURCE_BYTES) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Expected numeric type on field [%.*s], but got [%s]",
                                QD_SLICE_ARG(source->field->name), source->field->type_name);
        }
    }
    unsigned taken_for = accepts_of_hint(options->hint);
    bool bytes = taken_for == QD_ACCEPT_BYTES || taken_for == QD_ACCEPT_IP;
    bool refused = taken_for != 0 && (taken_for & accepts) == 0;
    if (refused && source->field != NULL && bytes && source->kind != QD_SOURCE_BYTES)
        return not_supported(source, aggregation, error);
    if (source->has_missing && bytes && is_plain_number(source)) {
        set_text_missing(run, options->missing, source);
    } else if (source->has_missing)
        QD_TRY(parse_missing(run, options->missing, source, error));
    if (source->field == NULL) {
        if (refused) return not_supported(source, aggregation, error);
        if (!source->has_missing) source->kind = QD_SOURCE_UNMAPPED;
        return QD_OK;
    }
    /* A value_type says what values are taken for; no texts become addresses by it. */
    unsigned own = accepts_of(source->field);
    bool fits = bytes == (source->kind == QD_SOURCE_BYTES);
    if (taken_for != 0 && taken_for != QD_ACCEPT_IP && fits) own = taken_for;
    return (own & accepts) != 0 ? QD_OK : not_supported(source, aggregation, error);
}

/* ---- segments ---- */

/* _id and _index have no columns. */
static enum qd_status begin_metadata(struct qd_source *source, const struct qd_aggregation_run *run,
                                     struct qd_error *error)
{
    struct qd_ids *ids = NULL;
    if (source->field->type == QD_FIELD_ID) QD_TRY(qd_segment_ids(run->reader, &ids, error));
    else source->constant = run->view->index_name;
    source->ids = ids;
    source->no_column = false;
    return QD_OK;
}

enum qd_status qd_source_begin_segment(struct qd_source *source, struct qd_aggregation_run *run,
                                       struct qd_error *error)
{
    source->numbers = NULL;
    source->ordinals = NULL;
    source->binary = NULL;
    source->ids = NULL;
    source->constant = (struct qd_slice){ NULL, 0 };
    source->facts = (struct qd_column_facts){ .single = true };
    source->no_column = true;
    if (source->field == NULL) return QD_OK;
    struct qd_numeric_column *numbers = NULL;
    struct qd_ordinal_column *ordinals = NULL;
    struct qd_binary_column *binary = NULL;
    if (source->field->type == QD_FIELD_ID || source->field->type == QD_FIELD_INDEX) {
        return begin_metadata(source, run, error);
    }
    if (source->kind != QD_SOURCE_BYTES) {
        QD_TRY(qd_segment_numeric(run->reader, source->field->name, &numbers, error));
        source->numbers = numbers;
    } else {
        QD_TRY(qd_segment_ordinals(run->reader, source->field->name, &ordinals, error));
        source->ordinals = ordinals;
        if (ordinals != NULL) source->numbers = qd_ordinal_numbers(ordinals);
        else QD_TRY(qd_segment_binary(run->reader, source->field->name, &binary, error));
        source->binary = binary;
    }
    if (source->numbers != NULL) source->facts = qd_numeric_facts(source->numbers);
    source->no_column = source->numbers == NULL && source->binary == NULL;
    return QD_OK;
}

/* ---- values of a batch ---- */

static void reserve(struct qd_source *source, struct qd_arena *arena, size_t count)
{
    if (count <= source->capacity) return;
    size_t capacity = source->capacity == 0 ? QD_COLLECT_MAX : source->capacity;
    while (capacity < count) capacity *= 2;
    size_t old = source->capacity;
    source->positions = qd_arena_grow(arena, source->positions, old * sizeof(uint32_t),
                                      capacity * sizeof(uint32_t));
    source->longs = qd_arena_grow(arena, source->longs, old * sizeof(int64_t), capacity * sizeof(int64_t));
    source->doubles = qd_arena_grow(arena, source->doubles, old * sizeof(double), capacity * sizeof(double));
    if (source->has == NULL) source->has = QD_NEW_ARRAY(arena, bool, QD_COLLECT_MAX);
    source->capacity = capacity;
}

/* Marks where a missing value stands until the numbers are converted. */
#define MISSING_FLAG UINT32_C(0x80000000)

static size_t gather_single(struct qd_source *source, const struct qd_collect_batch *batch)
{
    qd_numeric_gather(source->numbers, batch->docs, batch->count, source->longs, source->has);
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        source->positions[count] = (uint32_t)i;
        source->longs[count] = source->longs[i];
        count += source->has[i];
    }
    return count;
}

/* The reference orders a document's unsigned numbers as signed ones: those from 2^63 on come first. */
static uint32_t first_negative(const struct qd_source *source, qd_doc_id doc, uint32_t values)
{
    uint32_t first = 0;
    while (first < values && qd_numeric_at(source->numbers, doc, first) < 0) first++;
    return first == values ? 0 : first;
}

static size_t gather_many(struct qd_source *source, struct qd_arena *arena,
                          const struct qd_collect_batch *batch, bool missing)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t values = source->numbers == NULL ? 0 : qd_numeric_count(source->numbers, batch->docs[i]);
        reserve(source, arena, count + values + 1);
        uint32_t first = qd_source_is_unsigned(source) ? first_negative(source, batch->docs[i], values) : 0;
        for (uint32_t j = 0; j < values; j++) {
            uint32_t at = first + j < values ? first + j : first + j - values;
            source->positions[count] = (uint32_t)i;
            source->longs[count++] = qd_numeric_at(source->numbers, batch->docs[i], at);
        }
        if (values > 0 || !missing) continue;
        source->positions[count] = (uint32_t)i | MISSING_FLAG;
        source->longs[count++] = 0;
    }
    return count;
}

/* The column's numbers of a batch; true when every document has exactly one. Missing ones are flagged. */
static bool gather(struct qd_source *source, struct qd_arena *arena, const struct qd_collect_batch *batch,
                   bool missing, size_t *count)
{
    reserve(source, arena, batch->count);
    *count = 0;
    if (source->numbers == NULL && !missing) return false;
    if (source->numbers != NULL && source->facts.single && source->facts.dense && !batch->repeats) {
        qd_numeric_gather(source->numbers, batch->docs, batch->count, source->longs, NULL);
        *count = batch->count;
        return true;
    }
    if (source->numbers != NULL && source->facts.single && !missing && !batch->repeats) {
        *count = gather_single(source, batch);
    } else
        *count = gather_many(source, arena, batch, missing);
    return false;
}

static void fill_missing(struct qd_source *source, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((source->positions[i] & MISSING_FLAG) == 0) continue;
        source->positions[i] &= ~MISSING_FLAG;
        source->longs[i] = source->missing_number;
        source->doubles[i] = source->missing_real;
    }
}

static void nanos_to_millis(int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t nanos = numbers[i];
        int64_t millis = nanos / 1000000;
        if (nanos % 1000000 < 0) millis--;
        numbers[i] = millis;
    }
}

void qd_source_numbers(struct qd_source *source, struct qd_aggregation_run *run,
                       const struct qd_collect_batch *batch, struct qd_source_values *values)
{
    size_t count;
    bool identity = gather(source, run->arena, batch, source->has_missing, &count);
    if (source->field != NULL && source->field->type == QD_FIELD_DATE_NANOS) {
        nanos_to_millis(source->longs, count);
    }
    if (!identity && source->has_missing) fill_missing(source, count);
    *values = (struct qd_source_values){ .count = count,
                                         .positions = identity ? NULL : source->positions,
                                         .numbers = source->longs };
}

/* Turns the column's numbers into doubles; the frequent types without a call per value. */
static void to_doubles(const struct qd_field *field, const int64_t *numbers, double *reals, size_t count)
{
    if (field == NULL) return;
    switch ((int)field->type) {
    case QD_FIELD_DOUBLE:
        for (size_t i = 0; i < count; i++) reals[i] = qd_double_from_sortable(numbers[i]);
        return;
    case QD_FIELD_SCALED_FLOAT: {
        /* The reference's aggregations multiply by the inverse of the factor, which prints 4.56
         * as 4.5600000000000005. */
        double inverse = 1.0 / field->scaling_factor;
        for (size_t i = 0; i < count; i++) reals[i] = (double)numbers[i] * inverse;
        return;
    }
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
    case QD_FIELD_BOOLEAN:
    case QD_FIELD_DATE:
        for (size_t i = 0; i < count; i++) reals[i] = (double)numbers[i];
        return;
    default:
        for (size_t i = 0; i < count; i++) reals[i] = qd_value_double(field, numbers[i]);
        return;
    }
}

void qd_source_reals(struct qd_source *source, struct qd_aggregation_run *run,
                     const struct qd_collect_batch *batch, struct qd_source_values *values)
{
    size_t count;
    bool identity = gather(source, run->arena, batch, source->has_missing, &count);
    to_doubles(source->field, source->longs, source->doubles, count);
    if (!identity && source->has_missing) fill_missing(source, count);
    *values = (struct qd_source_values){ .count = count,
                                         .positions = identity ? NULL : source->positions,
                                         .numbers = source->longs,
                                         .reals = source->doubles };
}

void qd_source_ordinals(struct qd_source *source, struct qd_aggregation_run *run,
                        const struct qd_collect_batch *batch, struct qd_source_values *values)
{
    size_t count;
    bool identity = gather(source, run->arena, batch, false, &count);
    *values = (struct qd_source_values){ .count = count,
                                         .positions = identity ? NULL : source->positions,
                                         .numbers = source->longs };
}

/* Below one match in so many documents, their values are gathered one by one. */
#define WINDOW_SPARSE 16

bool qd_source_window(struct qd_source *source, struct qd_aggregation_run *run,
                      const struct qd_hit_window *window, const int64_t **numbers)
{
    if (source->numbers == NULL || !source->facts.single || !source->facts.dense ||
        window->count < window->size / WINDOW_SPARSE) {
        return false;
    }
    reserve(source, run->arena, QD_COLLECT_MAX);
    qd_numeric_range_decode(source->numbers, window->base, window->base + window->size, source->longs);
    *numbers = source->longs;
    return true;
}

double qd_source_real(const struct qd_source *source, int64_t number)
{
    double real = 0;
    to_doubles(source->field, &number, &real, 1);
    return real;
}

/* The least number of [low, high] whose double is not below `bound`; all doubles rise with their numbers.
 * False: there is none. */
static bool first_from(const struct qd_source *source, double bound, int64_t *number)
{
    int64_t low = source->facts.min;
    int64_t high = source->facts.max;
    if (!(qd_source_real(source, high) >= bound)) return false;
    while (low < high) {
        int64_t middle = (int64_t)((uint64_t)low + ((uint64_t)high - (uint64_t)low) / 2);
        if (qd_source_real(source, middle) >= bound) high = middle;
        else low = middle + 1;
    }
    *number = low;
    return true;
}

bool qd_source_bounds(const struct qd_source *source, double from, double to, struct qd_source_range *range)
{
    int64_t end;
    if (source->facts.value_count == 0 || !(from < to) || !first_from(source, from, &range->lower)) {
        return false;
    }
    range->upper = source->facts.max;
    if (!first_from(source, to, &end)) return true;
    if (end <= range->lower) return false;
    range->upper = end - 1;
    return true;
}

/* A number as points hold it: big-endian, the highest bit flipped. */
static void store_point(int64_t number, uint8_t point[8])
{
    uint64_t bits = (uint64_t)number ^ UINT64_C(1) << 63;
    for (unsigned i = 0; i < 8; i++) point[i] = (uint8_t)(bits >> (56 - 8 * i));
}

enum qd_status qd_source_count(struct qd_source *source, struct qd_aggregation_run *run,
                               struct qd_source_range range, int64_t *count, struct qd_error *error)
{
    struct qd_points *points = NULL;
    uint8_t bounds[2][8];
    *count = -1;
    if (source->numbers == NULL || source->field->point_bytes != 8 || !source->facts.single) return QD_OK;
    QD_TRY(qd_segment_points(run->reader, source->field->name, &points, error));
    if (points == NULL || qd_points_count(points) != source->facts.value_count) return QD_OK;
    store_point(range.lower, bounds[0]);
    store_point(range.upper, bounds[1]);
    *count = (int64_t)qd_points_count_range(points, bounds[0], bounds[1]);
    return QD_OK;
}

void qd_source_exists(struct qd_source *source, struct qd_aggregation_run *run,
                      const struct qd_collect_batch *batch, bool *has)
{
    (void)run;
    for (size_t i = 0; i < batch->count; i++) {
        if (source->numbers == NULL) has[i] = qd_source_byte_count(source, batch->docs[i]) > 0;
        else has[i] = qd_numeric_count(source->numbers, batch->docs[i]) > 0;
    }
}
