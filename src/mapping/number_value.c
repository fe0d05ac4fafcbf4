#include <math.h>

#include "base/number.h"
#include "mapping/java_values.h"
#include "base/text.h"
#include "mapping/type_number.h"

int64_t qd_java_round(double value)
{
    if (isnan(value)) return 0;
    double floored = floor(value);
    double rounded = value - floored >= 0.5 ? floored + 1.0 : floored;
    if (rounded >= 9223372036854775808.0) return INT64_MAX;
    if (rounded <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)rounded;
}

int64_t qd_scaled_round(double value, double factor) { return qd_java_round(value * factor); }

/* ---- decimal text ---- */

/* Digits of a decimal number, its point moved by the exponent. */
struct digits {
    const char *text;
    size_t size;
    int64_t point; /* how many of the digits (dots left out) are before the point */
};

static bool scan_exponent(const char **at, const char *end, int64_t *exponent)
{
    bool minus = false;
    if (*at < end && (**at == '+' || **at == '-')) minus = *(*at)++ == '-';
    if (*at == end) return false;
    int64_t value = 0;
    for (; *at < end; (*at)++) {
        if (**at < '0' || **at > '9') return false;
        if (value < 100000000) value = value * 10 + (**at - '0');
    }
    *exponent = minus ? -value : value;
    return true;
}

static bool scan_digits(struct qd_slice text, struct qd_decimal *decimal, struct digits *digits)
{
    const char *at = text.data;
    const char *end = text.data + text.size;
    if (at < end && (*at == '-' || *at == '+')) decimal->negative = *at++ == '-';
    digits->text = at;
    bool dot = false;
    size_t count = 0;
    digits->point = 0;
    for (; at < end && (*at == '.' || (*at >= '0' && *at <= '9')); at++) {
        if (*at == '.') {
            if (dot) return false;
            dot = true;
            continue;
        }
        count++;
        if (!dot) digits->point++;
    }
    digits->size = (size_t)(at - digits->text);
    if (count == 0) return false;
    if (at == end) return true;
    if (*at != 'e' && *at != 'E') return false;
    at++;
    int64_t exponent = 0;
    if (!scan_exponent(&at, end, &exponent)) return false;
    digits->point += exponent;
    return true;
}

bool qd_decimal_parse(struct qd_slice text, struct qd_decimal *decimal)
{
    *decimal = (struct qd_decimal){ 0 };
    struct digits digits = { 0 };
    if (text.size == 0 || !scan_digits(text, decimal, &digits)) return false;
    int64_t index = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.text[i] == '.') continue;
        uint64_t digit = (uint64_t)(digits.text[i] - '0');
        if (index++ >= digits.point) {
            decimal->fraction |= digit != 0;
            continue;
        }
        decimal->overflow |= decimal->whole > (UINT64_MAX - digit) / 10;
        decimal->whole = decimal->whole * 10 + digit;
    }
    /* An exponent beyond the digits appends zeros. */
    for (; index < digits.point && decimal->whole != 0 && !decimal->overflow; index++) {
        decimal->overflow |= decimal->whole > UINT64_MAX / 10;
        decimal->whole *= 10;
    }
    return true;
}

static enum qd_status not_a_number(struct qd_slice text, enum qd_status status, struct qd_error *error)
{
    if (text.size == 0) return qd_error_set(error, status, "empty String");
    return qd_error_set(error, status, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
}

/* Whether a second point is met before anything else that is wrong. */
static bool has_points(struct qd_slice text)
{
    size_t points = 0, at = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+');
    for (; at < text.size && points < 2; at++) {
        if (text.data[at] == '.') points++;
        else if (text.data[at] < '0' || text.data[at] > '9') break;
    }
    return points == 2;
}

enum qd_status qd_text_to_double(struct qd_slice text, double *value, struct qd_error *error)
{
    if (qd_parse_double(text, value)) return QD_OK;
    text = qd_trim(text);
    if (has_points(text)) return qd_error_set(error, QD_NUMBER_FORMAT, "multiple points");
    return not_a_number(text, QD_NUMBER_FORMAT, error);
}

static enum qd_status out_of_range(struct qd_slice text, const char *what, struct qd_error *error)
{
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] is out of range for %s", QD_SLICE_ARG(text),
                        what);
}

static enum qd_status has_fraction(struct qd_slice text, struct qd_error *error)
{
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Value [%.*s] has a decimal part", QD_SLICE_ARG(text));
}

enum qd_status qd_text_to_long(struct qd_slice text, bool coerce, int64_t *value, struct qd_error *error)
{
    if (qd_parse_int64(text, value)) return QD_OK;
    struct qd_decimal decimal = { 0 };
    if (!qd_decimal_parse(text, &decimal)) return not_a_number(text, QD_ILLEGAL_ARGUMENT, error);
    uint64_t limit = decimal.negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    if (decimal.overflow || decimal.whole > limit) return out_of_range(text, "a long", error);
    if (decimal.fraction && !coerce) return has_fraction(text, error);
    *value = decimal.negative ? (int64_t)(0 - decimal.whole) : (int64_t)decimal.whole;
    return QD_OK;
}

enum qd_status qd_text_to_unsigned(struct qd_slice text, bool coerce, uint64_t *value, struct qd_error *error)
{
    if (qd_parse_uint64(text, value)) return QD_OK;
    struct qd_decimal decimal = { 0 };
    if (!qd_decimal_parse(text, &decimal)) return not_a_number(text, QD_ILLEGAL_ARGUMENT, error);
    if (decimal.overflow || (decimal.negative && decimal.whole != 0)) {
        return out_of_range(text, "an unsigned long", error);
    }
    if (decimal.fraction && !coerce) return has_fraction(text, error);
    *value = decimal.whole;
    return QD_OK;
}

/* ---- objects of queries and parameters ---- */

/* "Value [1.0E30] is out of range for a long": the value as Java prints it. */
static enum qd_status value_error(const struct qd_json *value, const char *what, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice text = qd_java_text(arena, value);
    enum qd_status status = what == NULL ? has_fraction(text, error) : out_of_range(text, what, error);
    qd_arena_destroy(arena);
    return status;
}

enum qd_status qd_number_double(const struct qd_json *value, double *number, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    bool scalar = !qd_json_is_object(value) && !qd_json_is_array(value) && !qd_json_is_null(value);
    if (scalar && qd_json_is_number(value) && qd_json_double(value, number)) return QD_OK;
    if (scalar) return qd_text_to_double(text, number, error);
    return not_a_number(text, QD_NUMBER_FORMAT, error);
}

static enum qd_status parse_narrow(enum qd_field_type type, const struct qd_json *value, bool coerce,
                                   int64_t *number, struct qd_error *error)
{
    static const struct {
        double low, high;
        const char *what;
    } ranges[] = { { INT8_MIN, INT8_MAX, "a byte" },
                   { INT16_MIN, INT16_MAX, "a short" },
                   { INT32_MIN, INT32_MAX, "an integer" } };
    size_t row = type == QD_FIELD_BYTE ? 0 : type == QD_FIELD_SHORT ? 1 : 2;
    double parsed = 0;
    QD_TRY(qd_number_double(value, &parsed, error));
    if (parsed < ranges[row].low || parsed > ranges[row].high)
        return value_error(value, ranges[row].what, error);
    if (!coerce && !isnan(parsed) && parsed != trunc(parsed)) return value_error(value, NULL, error);
    *number = isnan(parsed) ? 0 : (int64_t)parsed;
    return QD_OK;
}

static enum qd_status parse_wide(enum qd_field_type type, const struct qd_json *value, bool coerce,
                                 int64_t *number, struct qd_error *error)
{
    double parsed = 0;
    QD_TRY(qd_number_double(value, &parsed, error));
    struct qd_slice text = qd_json_text(value);
    if (type == QD_FIELD_LONG) {
        if (parsed < -9223372036854775808.0 || parsed > 9223372036854775808.0) {
            return value_error(value, "a long", error);
        }
        return qd_text_to_long(text, coerce, number, error);
    }
    int64_t negative = 0;
    bool wraps = qd_json_is_number(value) && qd_json_is_integral(value) && qd_json_int64(value, &negative) &&
                 negative < INT32_MIN;
    if (wraps) {
        /* The reference takes the bits of a number that Jackson reads as a long, but not of an int. */
        *number = qd_unsigned_to_column((uint64_t)negative);
        return QD_OK;
    }
    if (parsed < 0 || parsed > 18446744073709551616.0) return value_error(value, "an unsigned long", error);
    uint64_t whole = 0;
    QD_TRY(qd_text_to_unsigned(text, coerce, &whole, error));
    *number = qd_unsigned_to_column(whole);
    return QD_OK;
}

static enum qd_status not_finite(const char *type, double value, bool single, struct qd_error *error)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = single ? qd_float_to_text((float)value, text) : qd_double_to_text(value, text);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] supports only finite values, but got [%.*s]", type,
                        (int)size, text);
}

/* Checks a float or double and brings it into the column's form. */
static enum qd_status real_to_column(enum qd_field_type type, double value, int64_t *number,
                                     struct qd_error *error)
{
    if (type == QD_FIELD_DOUBLE) {
        if (!isfinite(value)) return not_finite("double", value, false, error);
        *number = qd_double_to_sortable(value);
        return QD_OK;
    }
    float single = (float)value;
    if (type == QD_FIELD_FLOAT) {
        if (!isfinite(single)) return not_finite("float", value, true, error);
        *number = qd_float_to_sortable(single);
        return QD_OK;
    }
    if (!isfinite(single) || !isfinite(qd_half_to_float(qd_half_from_float(single)))) {
        return not_finite("half_float", value, true, error);
    }
    *number = qd_half_to_sortable(single);
    return QD_OK;
}

enum qd_status qd_number_parse(enum qd_field_type type, const struct qd_json *value, bool coerce,
                               int64_t *number, struct qd_error *error)
{
    double real = 0;
    float single = 0;
    switch ((int)type) {
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_TOKEN_COUNT: return parse_narrow(type, value, coerce, number, error);
    case QD_FIELD_LONG:
    case QD_FIELD_UNSIGNED_LONG: return parse_wide(type, value, coerce, number, error);
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT:
        QD_TRY(qd_number_double(value, &real, error));
        if (qd_parse_float(qd_json_text(value), &single)) real = (double)single;
        return real_to_column(type, real, number, error);
    default:
        QD_TRY(qd_number_double(value, &real, error));
        return real_to_column(QD_FIELD_DOUBLE, real, number, error);
    }
}

struct qd_slice qd_number_text(enum qd_field_type type, double scaling_factor, int64_t number,
                               struct qd_arena *arena)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = 0;
    switch ((int)type) {
    case QD_FIELD_UNSIGNED_LONG:
        return qd_arena_format(arena, "%llu", (unsigned long long)qd_unsigned_from_column(number));
    case QD_FIELD_HALF_FLOAT: size = qd_float_to_text(qd_half_from_sortable((int16_t)number), text); break;
    case QD_FIELD_FLOAT: size = qd_float_to_text(qd_float_from_sortable((int32_t)number), text); break;
    case QD_FIELD_DOUBLE: size = qd_double_to_text(qd_double_from_sortable(number), text); break;
    case QD_FIELD_SCALED_FLOAT: size = qd_double_to_text((double)number / scaling_factor, text); break;
    default: size = qd_int64_to_text(number, text); break;
    }
    return qd_arena_copy(arena, qd_slice_make(text, size));
}
