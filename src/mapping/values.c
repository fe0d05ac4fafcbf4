#include "mapping/values.h"

#include <math.h>

#include "base/number.h"
#include "mapping/java_values.h"
#include "mapping/type_ip.h"
#include "mapping/type_number.h"

static bool is_whole_type(enum qd_field_type type)
{
    return type == QD_FIELD_BYTE || type == QD_FIELD_SHORT || type == QD_FIELD_INTEGER ||
           type == QD_FIELD_LONG || type == QD_FIELD_UNSIGNED_LONG || type == QD_FIELD_TOKEN_COUNT;
}

static bool is_real_type(enum qd_field_type type)
{
    return type == QD_FIELD_HALF_FLOAT || type == QD_FIELD_FLOAT || type == QD_FIELD_DOUBLE;
}

static bool is_date_type(enum qd_field_type type)
{
    return type == QD_FIELD_DATE || type == QD_FIELD_DATE_NANOS;
}

static bool is_count_type(enum qd_field_type type)
{
    return type == QD_FIELD_SEQ_NO || type == QD_FIELD_VERSION || type == QD_FIELD_DOC_COUNT ||
           type == QD_FIELD_PRIMARY_TERM;
}

/* Queries read narrow integers as int; whether the field could hold the number does not matter. */
static enum qd_field_type query_type(enum qd_field_type type)
{
    if (is_count_type(type)) return QD_FIELD_LONG;
    return is_whole_type(type) && type != QD_FIELD_LONG && type != QD_FIELD_UNSIGNED_LONG ? QD_FIELD_INTEGER
                                                                                          : type;
}

/* ---- numbers ---- */

static enum qd_status number_term(const struct qd_field *field, const struct qd_json *value,
                                  struct qd_term_value *term, struct qd_error *error)
{
    double real = 0;
    term->is_number = true;
    if (field->type == QD_FIELD_SCALED_FLOAT) {
        QD_TRY(qd_number_double(value, &real, error));
        term->number = qd_scaled_round(real, field->scaling_factor);
        return QD_OK;
    }
    if (is_real_type(field->type)) return qd_number_parse(field->type, value, false, &term->number, error);
    QD_TRY(qd_number_double(value, &real, error));
    if (isnan(real) || (isfinite(real) && real != trunc(real))) {
        term->none = true;
        return QD_OK;
    }
    return qd_number_parse(query_type(field->type), value, true, &term->number, error);
}

/* Which end of a range, and whether it belongs to it. */
struct side {
    bool lower;
    bool include;
};

/* One bound of a whole-number range: a fraction moves it to the next whole number inside. False in *fits when
 * nothing is left. */
static enum qd_status whole_bound(const struct qd_field *field, const struct qd_json *value, struct side side,
                                  int64_t *bound, bool *fits, struct qd_error *error)
{
    double real = 0;
    QD_TRY(qd_number_double(value, &real, error));
    QD_TRY(qd_number_parse(query_type(field->type), value, true, bound, error));
    bool fraction = isfinite(real) && real != trunc(real);
    bool moves = fraction ? (side.lower ? real > 0 : real < 0) : !side.include;
    if (!moves) return QD_OK;
    bool narrow = query_type(field->type) == QD_FIELD_INTEGER;
    int64_t last = narrow ? INT32_MIN : INT64_MIN;
    if (side.lower) last = narrow ? INT32_MAX : INT64_MAX;
    if (*bound == last)
        *fits = false;
    else
        *bound += side.lower ? 1 : -1;
    return QD_OK;
}

/* The sortable of the smallest half float that is not below (lower) or the largest that is not above `value`.
 */
static int64_t half_bound(float value, struct side side)
{
    int64_t near = qd_half_to_sortable(value);
    float rounded = qd_half_from_sortable((int16_t)near);
    bool outside = side.lower ? rounded < value : rounded > value;
    if (outside || (rounded == value && !side.include)) near += side.lower ? 1 : -1;
    return near;
}

static enum qd_status real_bound(const struct qd_field *field, const struct qd_json *value, struct side side,
                                 int64_t *bound, struct qd_error *error)
{
    double real = 0;
    if (field->type == QD_FIELD_SCALED_FLOAT) {
        QD_TRY(qd_number_double(value, &real, error));
        *bound = qd_scaled_round(real, field->scaling_factor);
        int64_t last = side.lower ? INT64_MAX : INT64_MIN;
        if (!side.include && *bound != last) *bound += side.lower ? 1 : -1;
        return QD_OK;
    }
    QD_TRY(qd_number_parse(field->type, value, false, bound, error));
    if (field->type == QD_FIELD_HALF_FLOAT) {
        float single = 0;
        QD_TRY(qd_number_double(value, &real, error));
        if (!qd_parse_float(qd_json_text(value), &single)) single = (float)real;
        *bound = half_bound(single, side);
        return QD_OK;
    }
    if (!side.include) *bound += side.lower ? 1 : -1;
    return QD_OK;
}

static enum qd_status number_range(const struct qd_field *field, const struct qd_range_input *input,
                                   struct qd_range_value *range, struct qd_error *error)
{
    bool whole = is_whole_type(field->type) || is_count_type(field->type);
    bool fits = true;
    range->is_number = true;
    range->lower_number = INT64_MIN;
    range->upper_number = INT64_MAX;
    struct side low = { true, input->include_lower };
    struct side high = { false, input->include_upper };
    if (input->lower != NULL) {
        QD_TRY(whole ? whole_bound(field, input->lower, low, &range->lower_number, &fits, error)
                     : real_bound(field, input->lower, low, &range->lower_number, error));
    }
    if (input->upper != NULL) {
        QD_TRY(whole ? whole_bound(field, input->upper, high, &range->upper_number, &fits, error)
                     : real_bound(field, input->upper, high, &range->upper_number, error));
    }
    range->none = !fits || range->lower_number > range->upper_number;
    return QD_OK;
}

/* ---- dates ---- */

static enum qd_status date_bound(const struct qd_field *field, const struct qd_date_format *format,
                                 const struct qd_json *value, const struct qd_date_options *options,
                                 int64_t *bound, struct qd_error *error)
{
    struct qd_date date = { 0 };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice text = qd_java_text(arena, value);
    enum qd_status status = text.size == 0
                                ? qd_error_set(error, QD_OPENSEARCH_PARSE, "cannot parse empty date")
                                : qd_date_parse_math(format, text, options, &date, error);
    qd_arena_destroy(arena);
    QD_TRY(status);
    if (field->type == QD_FIELD_DATE_NANOS) return qd_date_to_nanos(date, bound, error);
    *bound = qd_date_to_millis(date);
    return QD_OK;
}

static enum qd_status date_range(const struct qd_field *field, const struct qd_range_input *input,
                                 struct qd_arena *arena, struct qd_range_value *range, struct qd_error *error)
{
    struct qd_date_options options = { .now_ms = input->now_ms };
    const struct qd_date_format *format = input->format != NULL ? input->format : field->format;
    if (input->time_zone.data != NULL) QD_TRY(qd_zone_parse(arena, input->time_zone, &options.zone, error));
    bool beyond = false; /* after the last date that there is */
    range->is_number = true;
    range->lower_number = INT64_MIN;
    range->upper_number = INT64_MAX;
    if (input->lower != NULL && !qd_json_is_null(input->lower)) {
        options.round_up = !input->include_lower;
        QD_TRY(date_bound(field, format, input->lower, &options, &range->lower_number, error));
        beyond = !input->include_lower && range->lower_number == INT64_MAX;
        if (!input->include_lower && !beyond) range->lower_number++;
    }
    if (input->upper != NULL && !qd_json_is_null(input->upper)) {
        options.round_up = input->include_upper;
        QD_TRY(date_bound(field, format, input->upper, &options, &range->upper_number, error));
        if (!input->include_upper && range->upper_number > INT64_MIN) range->upper_number--;
    }
    if (beyond) range->upper_number = INT64_MIN;
    range->none = range->lower_number > range->upper_number;
    return QD_OK;
}

/* ---- addresses ---- */

static enum qd_status parse_address(struct qd_slice text, struct qd_arena *arena, struct qd_slice *bytes,
                                    struct qd_error *error)
{
    uint8_t *address = qd_arena_alloc(arena, 16);
    if (!qd_ip_parse(text, address)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "'%.*s' is not an IP string literal.",
                            QD_SLICE_ARG(text));
    }
    *bytes = qd_slice_make(address, 16);
    return QD_OK;
}

/* Sets the bits of an address behind the first `prefix` ones. */
static struct qd_slice mask_address(struct qd_slice address, int64_t prefix, bool ones,
                                    struct qd_arena *arena)
{
    uint8_t *bytes = qd_arena_alloc(arena, 16);
    memcpy(bytes, address.data, 16);
    for (int64_t bit = prefix; bit < 128; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> (bit % 8));
        if (ones)
            bytes[bit / 8] |= mask;
        else
            bytes[bit / 8] &= (uint8_t)~mask;
    }
    return qd_slice_make(bytes, 16);
}

static enum qd_status network_term(struct qd_slice text, size_t slash, struct qd_arena *arena,
                                   struct qd_term_value *term, struct qd_error *error)
{
    struct qd_slice base = qd_slice_sub(text, 0, slash);
    struct qd_slice rest = qd_slice_from(text, slash + 1);
    struct qd_slice address = { 0 };
    int64_t prefix = 0;
    if (rest.size == 0 || qd_slice_find_byte(rest, '/') != SIZE_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Expected [ip/prefix] but was [%.*s]",
                            QD_SLICE_ARG(text));
    }
    QD_TRY(parse_address(base, arena, &address, error));
    if (!qd_parse_int64(rest, &prefix)) {
        return qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(rest));
    }
    bool six = qd_slice_find_byte(base, ':') != SIZE_MAX;
    if (prefix < 0 || prefix > (six ? 128 : 32)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Illegal prefix length [%lld] in [%.*s]. Must be 0-32 for "
                            "IPv4 ranges, 0-128 for IPv6 ranges",
                            (long long)prefix, QD_SLICE_ARG(text));
    }
    if (!six) prefix += 96;
    term->is_range = true;
    term->lower = mask_address(address, prefix, false, arena);
    term->upper = mask_address(address, prefix, true, arena);
    return QD_OK;
}

/* The next address up or down; false when there is none. */
static bool step_address(struct qd_slice *address, bool up, struct qd_arena *arena)
{
    uint8_t *bytes = qd_arena_alloc(arena, 16);
    memcpy(bytes, address->data, 16);
    *address = qd_slice_make(bytes, 16);
    for (int i = 15; i >= 0; i--) {
        if (up ? ++bytes[i] != 0 : bytes[i]-- != 0) return true;
    }
    return false;
}

static enum qd_status ip_range(const struct qd_range_input *input, struct qd_arena *arena,
                               struct qd_range_value *range, struct qd_error *error)
{
    range->include_lower = true;
    range->include_upper = true;
    if (input->lower != NULL) {
        QD_TRY(parse_address(qd_java_text(arena, input->lower), arena, &range->lower, error));
        if (!input->include_lower && !step_address(&range->lower, true, arena)) range->none = true;
    }
    if (input->upper != NULL) {
        QD_TRY(parse_address(qd_java_text(arena, input->upper), arena, &range->upper, error));
        if (!input->include_upper && !step_address(&range->upper, false, arena)) range->none = true;
    }
    if (range->lower.data != NULL && range->upper.data != NULL &&
        qd_slice_compare(range->lower, range->upper) > 0) {
        range->none = true;
    }
    return QD_OK;
}

/* ---- terms ---- */

static enum qd_status boolean_term(const struct qd_json *value, struct qd_arena *arena,
                                   struct qd_term_value *term, struct qd_error *error)
{
    struct qd_slice text = qd_java_text(arena, value);
    bool yes = qd_slice_is(text, "true");
    if (!yes && !qd_slice_is(text, "false") && !qd_json_is_null(value)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Can't parse boolean value [%.*s], expected [true] or [false]",
                            QD_SLICE_ARG(text));
    }
    term->is_number = true;
    term->number = yes;
    term->bytes = yes ? QD_SLICE("T") : QD_SLICE("F");
    return QD_OK;
}

static struct qd_slice text_term(const struct qd_field *field, const struct qd_json *value,
                                 struct qd_arena *arena)
{
    struct qd_slice text = qd_java_text(arena, value);
    if (field->type == QD_FIELD_KEYWORD && field->normalizer != NULL) {
        return qd_analyzer_normalize(field->normalizer, arena, text);
    }
    return text;
}

static enum qd_status check_searchable(const struct qd_field *field, struct qd_error *error)
{
    if (field->indexed || field->column != QD_COLUMN_NONE || field->is_metadata) return QD_OK;
    if (qd_field_is_analyzed(field)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot search on field [%.*s] since it is not indexed.",
                            QD_SLICE_ARG(field->name));
    }
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "Cannot search on field [%.*s] since it is both not indexed, and does not have doc_values "
        "enabled.",
        QD_SLICE_ARG(field->name));
}

enum qd_status qd_value_term(const struct qd_field *field, const struct qd_json *value, int64_t now_ms,
                             struct qd_arena *arena, struct qd_term_value *term, struct qd_error *error)
{
    *term = (struct qd_term_value){ 0 };
    if (field->type == QD_FIELD_BINARY) {
        return qd_error_set(error, QD_QUERY_SHARD, "Binary fields do not support searching");
    }
    QD_TRY(check_searchable(field, error));
    if (is_whole_type(field->type) || is_real_type(field->type) || field->type == QD_FIELD_SCALED_FLOAT ||
        is_count_type(field->type)) {
        return number_term(field, value, term, error);
    }
    if (is_date_type(field->type)) {
        struct qd_date_options options = { .now_ms = now_ms };
        term->is_number = true;
        return date_bound(field, field->format, value, &options, &term->number, error);
    }
    if (field->type == QD_FIELD_BOOLEAN) return boolean_term(value, arena, term, error);
    if (field->type == QD_FIELD_IP) {
        struct qd_slice text = qd_java_text(arena, value);
        size_t slash = qd_slice_find_byte(text, '/');
        if (slash != SIZE_MAX) return network_term(text, slash, arena, term, error);
        return parse_address(text, arena, &term->bytes, error);
    }
    term->bytes = text_term(field, value, arena);
    return QD_OK;
}

enum qd_status qd_value_range(const struct qd_field *field, const struct qd_range_input *input,
                              struct qd_arena *arena, struct qd_range_value *range, struct qd_error *error)
{
    struct qd_range_input bounds = *input;
    *range = (struct qd_range_value){ 0 };
    if (field->type == QD_FIELD_BINARY) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Field [%.*s] of type [binary] does not support range queries",
                            QD_SLICE_ARG(field->name));
    }
    QD_TRY(check_searchable(field, error));
    if (qd_json_is_null(bounds.lower)) bounds.lower = NULL;
    if (qd_json_is_null(bounds.upper)) bounds.upper = NULL;
    if (is_whole_type(field->type) || is_real_type(field->type) || field->type == QD_FIELD_SCALED_FLOAT ||
        is_count_type(field->type)) {
        return number_range(field, &bounds, range, error);
    }
    if (is_date_type(field->type)) return date_range(field, &bounds, arena, range, error);
    if (field->type == QD_FIELD_IP) return ip_range(&bounds, arena, range, error);
    range->include_lower = bounds.include_lower;
    range->include_upper = bounds.include_upper;
    if (field->type == QD_FIELD_BOOLEAN) {
        struct qd_term_value term = { 0 };
        if (bounds.lower != NULL) QD_TRY(boolean_term(bounds.lower, arena, &term, error));
        if (bounds.lower != NULL) range->lower = term.bytes;
        if (bounds.upper != NULL) QD_TRY(boolean_term(bounds.upper, arena, &term, error));
        if (bounds.upper != NULL) range->upper = term.bytes;
        return QD_OK;
    }
    if (bounds.lower != NULL) range->lower = text_term(field, bounds.lower, arena);
    if (bounds.upper != NULL) range->upper = text_term(field, bounds.upper, arena);
    return QD_OK;
}

/* ---- columns and doubles ---- */

bool qd_value_is_integral(const struct qd_field *field)
{
    if (field == NULL) return true;
    return !is_real_type(field->type) && field->type != QD_FIELD_SCALED_FLOAT;
}

double qd_value_double(const struct qd_field *field, int64_t number)
{
    if (field == NULL) return (double)number;
    switch ((int)field->type) {
    case QD_FIELD_UNSIGNED_LONG: return (double)qd_unsigned_from_column(number);
    case QD_FIELD_HALF_FLOAT: return (double)qd_half_from_sortable((int16_t)number);
    case QD_FIELD_FLOAT: return (double)qd_float_from_sortable((int32_t)number);
    case QD_FIELD_DOUBLE: return qd_double_from_sortable(number);
    /* Doc values are multiplied by the inverse, which is not always the nearest double. */
    case QD_FIELD_SCALED_FLOAT: return (double)number * (1.0 / field->scaling_factor);
    /* Aggregations see date_nanos in milliseconds. */
    case QD_FIELD_DATE_NANOS: return (double)qd_date_to_millis(qd_date_from_nanos(number));
    default: return (double)number;
    }
}

static int64_t truncate(double value)
{
    if (isnan(value)) return 0;
    if (value >= 9223372036854775808.0) return INT64_MAX;
    if (value <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)value;
}

int64_t qd_value_from_double(const struct qd_field *field, double value)
{
    if (field == NULL) return truncate(value);
    switch ((int)field->type) {
    case QD_FIELD_UNSIGNED_LONG:
        if (!(value > 0)) return qd_unsigned_to_column(0);
        return qd_unsigned_to_column(value >= 18446744073709551616.0 ? UINT64_MAX : (uint64_t)value);
    case QD_FIELD_HALF_FLOAT: return qd_half_to_sortable((float)value);
    case QD_FIELD_FLOAT: return qd_float_to_sortable((float)value);
    case QD_FIELD_DOUBLE: return qd_double_to_sortable(value);
    case QD_FIELD_SCALED_FLOAT: return qd_scaled_round(value, field->scaling_factor);
    case QD_FIELD_DATE_NANOS: return qd_date_to_nanos_clamped(qd_date_from_millis(truncate(value)));
    default: return truncate(value);
    }
}
