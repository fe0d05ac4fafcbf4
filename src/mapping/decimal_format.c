#include "mapping/decimal_format.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/number.h"
#include "mapping/decimal_pattern.h"

/* Digits of a double or of a whole number, of the latter times 1000. */
#define DIGITS_MAX 64

/* Digits that tell whether a double is a decimal number of one digit: it differs from others before that. */
#define EXACT_DIGITS 60

#define INFINITY_SIGN "\xE2\x88\x9E"

/* A number that is not negative: "0." digits[count], times 10 to the point. 0 has no digits. */
struct digits {
    char digits[DIGITS_MAX];
    int64_t count; /* digits, the last of which is not 0 */
    int64_t point; /* where the point stands, counted from the first digit */
};

enum qd_status qd_decimal_format_check(struct qd_slice pattern, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_decimal_pattern read;
    enum qd_status status = qd_decimal_pattern_read(pattern, arena, &read, error);
    qd_arena_destroy(arena);
    return status;
}

static struct qd_decimal_pattern checked_pattern(struct qd_slice text, struct qd_arena *arena)
{
    struct qd_decimal_pattern pattern;
    if (qd_decimal_pattern_read(text, arena, &pattern, NULL) == QD_OK) return pattern;
    if (qd_decimal_pattern_read(QD_SLICE(""), arena, &pattern, NULL) != QD_OK) qd_unreachable();
    return pattern;
}

/* ---- digits ---- */

static void drop_zeros(struct digits *digits)
{
    while (digits->count > 0 && digits->digits[digits->count - 1] == '0') digits->count--;
    if (digits->count == 0) digits->point = 0;
}

/* Takes the digits of "0012.340" or "1.5E-7". */
static void read_digits(struct qd_slice text, struct digits *digits)
{
    bool fraction = false;
    *digits = (struct digits){ 0 };
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte == 'E' || byte == 'e') {
            int64_t exponent = 0;
            bool plus = i + 1 < text.size && text.data[i + 1] == '+';
            (void)qd_parse_int64(qd_slice_from(text, i + 1 + plus), &exponent);
            digits->point += exponent;
            break;
        }
        if (byte == '.') {
            fraction = true;
            continue;
        }
        bool leading = digits->count == 0 && byte == '0';
        digits->point += fraction ? -(int)leading : !leading;
        if (!leading && digits->count < DIGITS_MAX) digits->digits[digits->count++] = byte;
    }
    drop_zeros(digits);
}

/* The digits of a whole number below 2^63 that its bits vouch for, as FloatingDecimal counts them: of the
 * decimal digits those that bits beyond the 53rd would decide are rounded away. */
static size_t whole_text(double value, char *text)
{
    static const uint8_t doubtful[] = { 0, 0, 0, 0, 1, 1, 1, 2, 2, 2 };
    uint64_t whole = (uint64_t)value, unit = 1;
    int beyond = ilogb(value) - 54;
    for (int i = 0; beyond > 0 && i < doubtful[beyond]; i++) unit *= 10;
    whole = whole / unit + (unit > 1 && whole % unit >= unit / 2);
    return (size_t)snprintf(text, QD_NUMBER_TEXT_MAX, "%llu", (unsigned long long)(whole * unit));
}

/* How a decimal number compares with a bound, digit by digit: below 0 where it is less, 0 where equal. */
static int compare(const struct digits *number, long double bound)
{
    char text[EXACT_DIGITS + 24];
    struct digits digits;
    int size = snprintf(text, sizeof(text), "%.*Le", EXACT_DIGITS - 1, bound);
    read_digits(qd_slice_make(text, (size_t)size), &digits);
    if (number->point != digits.point) return number->point < digits.point ? -1 : 1;
    int64_t count = number->count < digits.count ? number->count : digits.count;
    int order = memcmp(number->digits, digits.digits, (size_t)count);
    if (order != 0 || number->count == digits.count) return order;
    return number->count < digits.count ? -1 : 1;
}

/* FloatingDecimal's digits where they are not the fewest: it ends only strictly between the halves to the
 * neighbours, and takes the nearer neighbour's for both of a power of two. `digits` are the fewest. */
static void lengthen_digits(double value, struct digits *digits)
{
    char text[EXACT_DIGITS];
    int exponent;
    bool power = frexp(value, &exponent) == 0.5;
    if (!power && value < 0x1p63) return;
    int ulp = exponent - 53 < -1074 ? -1074 : exponent - 53;
    long double value_long = value, gap = ldexpl(1, power ? ulp - 2 : ulp - 1);
    for (int count = (int)digits->count < 2 ? 2 : (int)digits->count; count <= 18; count++) {
        int size = snprintf(text, sizeof(text), "%.*e", count - 1, value);
        read_digits(qd_slice_make(text, (size_t)size), digits);
        if (compare(digits, value_long - gap) > 0 && compare(digits, value_long + gap) < 0) return;
    }
}

/* The digits that Java has of a double: about as many as tell it from its neighbours. */
static void double_digits(double value, struct digits *digits)
{
    char text[QD_NUMBER_TEXT_MAX];
    bool whole = value >= 1 && value < 0x1p63 && value == floor(value);
    size_t size = whole ? whole_text(value, text) : qd_double_to_text(value, text);
    read_digits(qd_slice_make(text, size), digits);
    if (!whole && value > 0) lengthen_digits(value, digits);
}

/* Rounds exact digits to `most`, a half to an even digit or up. */
static void round_exact(int64_t most, bool even, struct digits *digits)
{
    if (most >= digits->count) return;
    char next = digits->digits[most];
    bool odd = most > 0 && (digits->digits[most - 1] & 1) != 0;
    bool up = next > '5' || (next == '5' && (!even || odd || digits->count > most + 1));
    digits->count = most;
    if (!up) {
        drop_zeros(digits);
        return;
    }
    while (digits->count > 0 && digits->digits[digits->count - 1] == '9') digits->count--;
    if (digits->count > 0) {
        digits->digits[digits->count - 1]++;
        return;
    }
    digits->digits[0] = '1';
    digits->count = 1;
    digits->point++;
}

/* Rounds a double to `most` digits where more are known: the nearest ones to its exact value, half even. A
 * half that a whole number has is rounded up. */
static void round_double(double value, int64_t most, struct digits *digits)
{
    char text[DIGITS_MAX + 16];
    if (most >= digits->count) return;
    if (value == floor(value) && value < 0x1p53) {
        round_exact(most, false, digits);
        return;
    }
    if (most > 0) {
        int size = snprintf(text, sizeof(text), "%.*e", (int)most - 1, value);
        read_digits(qd_slice_make(text, (size_t)size), digits);
        return;
    }
    /* No digit is left, unless more than half of the last place makes a 1 before it. */
    char exact[EXACT_DIGITS + 16];
    int size = snprintf(exact, sizeof(exact), "%.*e", EXACT_DIGITS, value);
    struct digits all;
    read_digits(qd_slice_make(exact, (size_t)size), &all);
    bool up = most == 0 && (all.digits[0] > '5' || (all.digits[0] == '5' && all.count > 1));
    *digits = (struct digits){ .digits = "1", .count = up, .point = up ? digits->point + 1 : 0 };
}

/* ---- printing ---- */

static void append_digit(struct qd_buffer *buffer, const struct digits *digits, int64_t at)
{
    qd_buffer_byte(buffer, at >= 0 && at < digits->count ? (uint8_t)digits->digits[at] : (uint8_t)'0');
}

static void append_plain(struct qd_buffer *buffer, const struct qd_decimal_pattern *pattern,
                         const struct digits *digits)
{
    int64_t whole = digits->point > pattern->integer_min ? digits->point : pattern->integer_min;
    int64_t fraction = digits->count - digits->point;
    if (fraction < pattern->fraction_min) fraction = pattern->fraction_min;
    if (fraction > pattern->fraction_max) fraction = pattern->fraction_max;
    if (whole <= 0 && fraction <= 0) whole = 1;
    for (int64_t left = whole; left > 0; left--) {
        append_digit(buffer, digits, digits->point - left);
        if (pattern->group > 0 && left > 1 && (left - 1) % pattern->group == 0) qd_buffer_byte(buffer, ',');
    }
    if (fraction > 0 || pattern->point_always) qd_buffer_byte(buffer, '.');
    for (int64_t i = 0; i < fraction; i++) append_digit(buffer, digits, digits->point + i);
}

/* The exponent and how many digits stand before the point: where the pattern allows more digits there than
 * it asks for, the exponent is a multiple of what it allows. */
static int64_t exponent_of(const struct qd_decimal_pattern *pattern, const struct digits *digits,
                           int64_t *whole)
{
    int64_t repeat = pattern->integer_max, exponent = digits->point, least = pattern->integer_min;
    if (repeat > 1 && repeat > pattern->integer_min) {
        exponent = exponent >= 1 ? (exponent - 1) / repeat * repeat : (exponent - repeat) / repeat * repeat;
        least = 1;
    } else {
        exponent -= pattern->integer_min;
    }
    *whole = digits->count == 0 ? least : digits->point - exponent;
    return digits->count == 0 ? 0 : exponent;
}

static void append_scientific(struct qd_buffer *buffer, const struct qd_decimal_pattern *pattern,
                              const struct digits *digits)
{
    int64_t whole;
    int64_t exponent = exponent_of(pattern, digits, &whole);
    int64_t total = pattern->integer_min + pattern->fraction_min;
    if (total < whole) total = whole;
    if (total < digits->count) total = digits->count;
    for (int64_t i = 0; i < total; i++) {
        if (i == whole) qd_buffer_byte(buffer, '.');
        append_digit(buffer, digits, i);
    }
    if (pattern->point_always && total == whole) qd_buffer_byte(buffer, '.');
    qd_buffer_format(buffer, "E%s", exponent < 0 ? "-" : "");
    char text[DIGITS_MAX];
    int size = snprintf(text, sizeof(text), "%lld", (long long)(exponent < 0 ? -exponent : exponent));
    /* Java has no digits of 0. */
    if (exponent == 0) size = 0;
    for (int64_t i = size; i < pattern->exponent_min; i++) qd_buffer_byte(buffer, '0');
    qd_buffer_append(buffer, text, (size_t)size);
}

/* How many digits of a number the pattern shows. */
static int64_t digits_shown(const struct qd_decimal_pattern *pattern, const struct digits *digits)
{
    if (pattern->exponent_min > 0) return pattern->integer_max + pattern->fraction_max;
    return pattern->fraction_max + digits->point;
}

static struct qd_slice surrounded(const struct qd_decimal_pattern *pattern, const struct digits *digits,
                                  bool minus, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    qd_buffer_slice(&buffer, minus ? pattern->negative_prefix : pattern->positive_prefix);
    if (digits == NULL) qd_buffer_text(&buffer, INFINITY_SIGN);
    else if (pattern->exponent_min > 0) append_scientific(&buffer, pattern, digits);
    else append_plain(&buffer, pattern, digits);
    qd_buffer_slice(&buffer, minus ? pattern->negative_suffix : pattern->positive_suffix);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

struct qd_slice qd_decimal_format(struct qd_slice pattern_text, double value, struct qd_arena *arena)
{
    if (isnan(value)) return QD_SLICE("NaN");
    struct qd_decimal_pattern pattern = checked_pattern(pattern_text, arena);
    struct digits digits;
    double scaled = fabs(value) * pattern.multiplier;
    if (isinf(scaled)) return surrounded(&pattern, NULL, signbit(value), arena);
    double_digits(scaled, &digits);
    round_double(scaled, digits_shown(&pattern, &digits), &digits);
    return surrounded(&pattern, &digits, signbit(value), arena);
}

struct qd_slice qd_decimal_format_whole(struct qd_slice pattern_text, struct qd_slice number,
                                        struct qd_arena *arena)
{
    struct qd_decimal_pattern pattern = checked_pattern(pattern_text, arena);
    struct digits digits;
    bool minus = qd_slice_starts_with(number, QD_SLICE("-"));
    read_digits(qd_slice_from(number, minus), &digits);
    if (digits.count > 0) digits.point += pattern.multiplier == 1000 ? 3 : pattern.multiplier == 100 ? 2 : 0;
    round_exact(digits_shown(&pattern, &digits), true, &digits);
    return surrounded(&pattern, &digits, minus, arena);
}

/* ---- reading ---- */

/* Appends "E-5" when it stands at `at`; returns where what follows it begins. */
static size_t take_exponent(struct qd_slice text, size_t at, struct qd_buffer *plain)
{
    size_t end = at + 1, digits = 0;
    if (end < text.size && text.data[end] == '-') end++;
    for (; end < text.size && isdigit((unsigned char)text.data[end]); end++) digits++;
    if (digits == 0) return at;
    qd_buffer_slice(plain, qd_slice_sub(text, at, end - at));
    return end;
}

/* The number at the beginning of `text`, without its commas; *size is what it takes. */
static bool read_number(const struct qd_decimal_pattern *pattern, struct qd_slice text, size_t *size,
                        double *value)
{
    struct qd_buffer plain = { 0 };
    bool point = false, digit = false;
    size_t at = 0;
    *size = 0;
    for (; at < text.size; at++) {
        char byte = text.data[at];
        bool is_digit = isdigit((unsigned char)byte);
        if (byte == ',' && pattern->group > 0 && !point) continue;
        if (!is_digit && (byte != '.' || point)) break;
        digit = digit || is_digit;
        point = point || byte == '.';
        qd_buffer_byte(&plain, (uint8_t)byte);
        /* A comma belongs to the number when a digit or a point follows. */
        *size = at + 1;
    }
    if (at < text.size && text.data[at] == 'E' && digit) {
        size_t end = take_exponent(text, at, &plain);
        if (end > at && *size == at) *size = end;
    }
    bool fine = digit && qd_parse_double(qd_buffer_view(&plain), value);
    qd_buffer_deinit(&plain);
    return fine;
}

/* Keeps of two readings those whose affix begins `text`, and of both the one with the longer affix. */
static void keep_matching(struct qd_slice text, struct qd_slice positive, struct qd_slice negative,
                          bool may_be[2])
{
    may_be[0] = may_be[0] && qd_slice_starts_with(text, positive);
    may_be[1] = may_be[1] && qd_slice_starts_with(text, negative);
    if (!may_be[0] || !may_be[1]) return;
    may_be[0] = positive.size >= negative.size;
    may_be[1] = positive.size <= negative.size;
}

/* Reads a number between prefix and suffix, which say whether it is negative. */
static bool read_signed(const struct qd_decimal_pattern *pattern, struct qd_slice text, double *value)
{
    bool may_be[2] = { true, true };
    keep_matching(text, pattern->positive_prefix, pattern->negative_prefix, may_be);
    if (!may_be[0] && !may_be[1]) return false;
    text = qd_slice_from(text, may_be[0] ? pattern->positive_prefix.size : pattern->negative_prefix.size);
    double real = INFINITY;
    size_t size = sizeof(INFINITY_SIGN) - 1;
    if (!qd_slice_starts_with(text, QD_SLICE(INFINITY_SIGN)) && !read_number(pattern, text, &size, &real))
        return false;
    keep_matching(qd_slice_from(text, size), pattern->positive_suffix, pattern->negative_suffix, may_be);
    if (may_be[0] == may_be[1]) return false;
    *value = may_be[0] ? real : -real;
    return true;
}

bool qd_decimal_unformat(struct qd_slice pattern_text, struct qd_slice text, double *value)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_decimal_pattern pattern = checked_pattern(pattern_text, arena);
    double real = NAN;
    bool fine = qd_slice_starts_with(text, QD_SLICE("NaN")) || read_signed(&pattern, text, &real);
    if (fine) *value = real / pattern.multiplier;
    qd_arena_destroy(arena);
    return fine;
}
