#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/text.h"

#define TEXT_ON_STACK_MAX 256u
#define DIGITS_MAX 17

/* Digits d1 d2 ... of a positive finite number d1.d2... * 10^exponent, without trailing zeros. */
struct digits {
    char digit[DIGITS_MAX + 8]; /* characters '0'..'9' */
    int count;                  /* at least 1 */
    int exponent;
};

/* Kind of number: where shortest digits have to be looked for. */
struct precision {
    bool single;      /* float */
    int unique;       /* this many digits name at most one value of a normal number (DBL_DIG, FLT_DIG) */
    int enough;       /* this many digits always name one value */
    double normal;    /* smallest normal number */
};

static const struct precision precision_double = { false, 15, 17, 0x1p-1022 };
static const struct precision precision_float = { true, 6, 9, 0x1p-126 };

static double read_back(const struct precision *precision, const char *text)
{
    return precision->single ? (double)strtof(text, NULL) : strtod(text, NULL);
}

/* Splits "d.ddde[+-]xx" as printf writes it. */
static struct digits split(const char *text)
{
    struct digits digits = { .count = 0 };
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at != '.') digits.digit[digits.count++] = *at;
    }
    digits.exponent = atoi(at + 1);
    return digits;
}

static void strip(struct digits *digits)
{
    while (digits->count > 1 && digits->digit[digits->count - 1] == '0') digits->count--;
}

/* The nearest decimal of `count` digits, when it reads back as `value`. At a power of two the values below
 * are twice as dense as those above, so that the nearest decimal may fail where the next one up does not. */
static bool try_digits(const struct precision *precision, double value, int count, struct digits *digits)
{
    char text[64];
    snprintf(text, sizeof(text), "%.*e", count - 1, value);
    bool exact = read_back(precision, text) == value;
    *digits = split(text);
    if (exact) return true;
    int ignored;
    if (frexp(value, &ignored) != 0.5) return false;
    int last = digits->count - 1;
    if (digits->digit[last] == '9') return false;
    digits->digit[last]++;
    snprintf(text, sizeof(text), "%c.%.*se%d", digits->digit[0], last, digits->digit + 1, digits->exponent);
    return read_back(precision, text) == value;
}

#define POWERS_MAX 22
/* All powers of ten that a double holds exactly. */
static const double powers[POWERS_MAX + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* True when a double so near to the true number might round to another float than the number does. */
static bool near_middle(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint64_t below = bits & 0x1fffffff;
    return below >= 0x0ffffffc && below <= 0x10000004;
}

/* What shortest() finds for most floats, by arithmetic in doubles instead of printing and reading: with up to
 * 9 digits both the scaled value and the quotient are off by less than an ulp of a double, which matters only
 * near the middle between two candidates. There, and outside of 1e-10 to 1e15, it gives up. */
static bool shortest_of_float(double value, struct digits *digits)
{
    int ignored;
    if (value < 1e-10 || value >= 1e15 || frexp(value, &ignored) == 0.5) return false;
    int exponent = (int)floor(log10(value));
    for (int count = precision_float.unique; count <= precision_float.enough; count++) {
        int power = count - 1 - exponent;
        double scaled = power >= 0 ? value * powers[power] : value / powers[-power];
        double whole = nearbyint(scaled);
        /* At the edge of a power of ten the exponent is in doubt. */
        if (whole < powers[count - 1] || whole >= powers[count]) return false;
        if (fabs(fabs(scaled - whole) - 0.5) < 1e-5) return false;
        double decimal = power >= 0 ? whole / powers[power] : whole * powers[-power];
        if (near_middle(decimal)) return false;
        if ((double)(float)decimal != value) continue;
        int64_t rest = (int64_t)whole;
        digits->count = count;
        digits->exponent = exponent;
        for (int i = count - 1; i >= 0; i--) {
            digits->digit[i] = (char)('0' + rest % 10);
            rest /= 10;
        }
        strip(digits);
        return digits->count > 1;
    }
    return false;
}

/* Java's rule: the shortest decimal that reads back as the value, of those the nearest; but with two
 * digits to choose from when one would do. */
static struct digits shortest(const struct precision *precision, double value)
{
    struct digits digits;
    int count = value < precision->normal ? 2 : precision->unique;
    while (count < precision->enough && !try_digits(precision, value, count, &digits)) count++;
    if (count == precision->enough) try_digits(precision, value, count, &digits);
    strip(&digits);
    if (digits.count == 1) {
        struct digits two;
        if (try_digits(precision, value, 2, &two)) digits = two;
        strip(&digits);
    }
    return digits;
}

static size_t put(char *text, size_t size, const char *from, int count)
{
    memcpy(text + size, from, (size_t)count);
    return size + (size_t)count;
}

static size_t put_zeros(char *text, size_t size, int count)
{
    memset(text + size, '0', (size_t)count);
    return size + (size_t)count;
}

/* Lays digits out as Double.toString: plain between 1e-3 and 1e7, else with an exponent. */
static size_t lay_out(const struct digits *digits, char *text, size_t size)
{
    int count = digits->count;
    int exponent = digits->exponent;
    if (exponent >= 0 && exponent < 7) {
        int whole = count < exponent + 1 ? count : exponent + 1;
        size = put(text, size, digits->digit, whole);
        size = put_zeros(text, size, exponent + 1 - whole);
        text[size++] = '.';
        if (count == whole) return put_zeros(text, size, 1);
        return put(text, size, digits->digit + whole, count - whole);
    }
    if (exponent < 0 && exponent >= -3) {
        size = put(text, size, "0.", 2);
        size = put_zeros(text, size, -exponent - 1);
        return put(text, size, digits->digit, count);
    }
    size = put(text, size, digits->digit, 1);
    text[size++] = '.';
    size = count == 1 ? put_zeros(text, size, 1) : put(text, size, digits->digit + 1, count - 1);
    text[size++] = 'E';
    return size + qd_int64_to_text(exponent, text + size);
}

/* Whole numbers below 10^7 and numbers with up to three decimals: most of what is ever printed. A quotient
 * of two integers below 2^53 is correctly rounded, so a decimal that gives the value back is its only
 * short name. */
static size_t print_simple(double value, char *text)
{
    if (value >= 1e7 || value < 1e-2) return 0;
    static const double scales[] = { 1, 10, 100, 1000 };
    for (int decimals = 0; decimals < 4; decimals++) {
        double scaled = nearbyint(value * scales[decimals]);
        if (scaled / scales[decimals] != value) continue;
        size_t size = qd_int64_to_text((int64_t)(scaled / scales[decimals]), text);
        text[size++] = '.';
        int64_t rest = (int64_t)fmod(scaled, scales[decimals]);
        for (int i = decimals - 1; i >= 0; i--) {
            text[size + (size_t)i] = (char)('0' + rest % 10);
            rest /= 10;
        }
        if (decimals == 0) text[size++] = '0';
        return size + (size_t)decimals;
    }
    return 0;
}

static size_t print(const struct precision *precision, double value, char *text)
{
    if (isnan(value)) return put(text, 0, "NaN", 3);
    size_t size = 0;
    if (signbit(value)) text[size++] = '-';
    value = fabs(value);
    if (isinf(value)) return put(text, size, "Infinity", 8);
    if (value == 0) return put(text, size, "0.0", 3);
    if (!precision->single || value == floor(value)) {
        size_t simple = print_simple(value, text + size);
        if (simple > 0) return size + simple;
    }
    struct digits digits;
    if (!precision->single || !shortest_of_float(value, &digits)) digits = shortest(precision, value);
    return lay_out(&digits, text, size);
}

size_t qd_double_to_text(double value, char *text)
{
    return print(&precision_double, value, text);
}

size_t qd_float_to_text(float value, char *text)
{
    return print(&precision_float, (double)value, text);
}

size_t qd_int64_to_text(int64_t value, char *text)
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char reversed[24];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    size_t size = 0;
    if (value < 0) text[size++] = '-';
    while (count > 0) text[size++] = reversed[--count];
    return size;
}

bool qd_parse_uint64(struct qd_slice text, uint64_t *value)
{
    if (text.size == 0) return false;
    uint64_t result = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        if (__builtin_mul_overflow(result, 10u, &result)) return false;
        if (__builtin_add_overflow(result, (uint64_t)(text.data[i] - '0'), &result)) return false;
    }
    *value = result;
    return true;
}

bool qd_parse_int64(struct qd_slice text, int64_t *value)
{
    bool negative = text.size > 0 && text.data[0] == '-';
    bool sign = negative || (text.size > 0 && text.data[0] == '+');
    uint64_t magnitude;
    if (!qd_parse_uint64(qd_slice_from(text, sign ? 1 : 0), &magnitude)) return false;
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0)) return false;
    *value = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The parts of a decimal number: [sign] digits [. digits] [e [sign] digits]. */
struct decimal {
    bool negative;
    struct qd_slice whole;    /* digits before the point */
    struct qd_slice fraction; /* digits behind it */
    struct qd_slice exponent; /* with sign; data NULL when there is none */
};

static struct qd_slice take_digits(struct qd_slice text, size_t *at)
{
    size_t start = *at;
    while (*at < text.size && is_digit(text.data[*at])) ++*at;
    return qd_slice_sub(text, start, *at - start);
}

static bool split_decimal(struct qd_slice text, struct decimal *decimal)
{
    size_t at = 0;
    *decimal = (struct decimal){ .negative = text.size > 0 && text.data[0] == '-' };
    if (text.size > 0 && (text.data[0] == '-' || text.data[0] == '+')) at++;
    decimal->whole = take_digits(text, &at);
    if (at < text.size && text.data[at] == '.') {
        at++;
        decimal->fraction = take_digits(text, &at);
    }
    if (decimal->whole.size + decimal->fraction.size == 0) return false;
    if (at < text.size && (text.data[at] == 'e' || text.data[at] == 'E')) {
        size_t start = ++at;
        if (at < text.size && (text.data[at] == '-' || text.data[at] == '+')) at++;
        if (take_digits(text, &at).size == 0) return false;
        decimal->exponent = qd_slice_sub(text, start, at - start);
    }
    return at == text.size;
}

static char decimal_digit(const struct decimal *decimal, size_t index)
{
    if (index < decimal->whole.size) return decimal->whole.data[index];
    return decimal->fraction.data[index - decimal->whole.size];
}

bool qd_parse_decimal_int64(struct qd_slice text, int64_t *value)
{
    struct decimal decimal;
    if (!split_decimal(text, &decimal)) return false;
    size_t count = decimal.whole.size + decimal.fraction.size;
    size_t first = 0;
    while (first < count && decimal_digit(&decimal, first) == '0') first++;
    *value = 0;
    if (first == count) return true;
    int64_t exponent = 0;
    if (decimal.exponent.data != NULL && !qd_parse_int64(decimal.exponent, &exponent)) return false;
    if (exponent > INT32_MAX || exponent < INT32_MIN) return false;
    int64_t point = (int64_t)decimal.whole.size + exponent;
    if (point - (int64_t)first > 19 || point <= (int64_t)first) return false;
    int64_t result = 0;
    for (size_t i = first; i < count || (int64_t)i < point; i++) {
        int digit = i < count ? decimal_digit(&decimal, i) - '0' : 0;
        if ((int64_t)i >= point) {
            if (digit != 0) return false;
            continue;
        }
        if (__builtin_mul_overflow(result, 10, &result)) return false;
        if (__builtin_sub_overflow(result, digit, &result)) return false;
    }
    if (!decimal.negative && result == INT64_MIN) return false;
    *value = decimal.negative ? result : -result;
    return true;
}

static size_t take_hex(struct qd_slice text, size_t *at)
{
    size_t start = *at;
    while (*at < text.size &&
           (is_digit(text.data[*at]) || ((text.data[*at] | 32) >= 'a' && (text.data[*at] | 32) <= 'f'))) {
        ++*at;
    }
    return *at - start;
}

/* 0xh.hhp[sign]d, the exponent is required. */
static bool is_hex_float(struct qd_slice text)
{
    size_t at = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+') ? 1 : 0;
    if (text.size < at + 2 || text.data[at] != '0' || (text.data[at + 1] | 32) != 'x') return false;
    at += 2;
    size_t digits = take_hex(text, &at);
    if (at < text.size && text.data[at] == '.') {
        at++;
        digits += take_hex(text, &at);
    }
    if (digits == 0 || at == text.size || (text.data[at] | 32) != 'p') return false;
    at++;
    if (at < text.size && (text.data[at] == '-' || text.data[at] == '+')) at++;
    return take_digits(text, &at).size > 0 && at == text.size;
}

/* The characters that strtod may read, 0-terminated in `small` or on the heap; NULL when Java would refuse
 * them. */
static char *checked_copy(struct qd_slice text, char *small)
{
    struct decimal decimal;
    bool suffix = text.size > 0 && strchr("dDfF", text.data[text.size - 1]) != NULL;
    struct qd_slice bare = text;
    if (suffix) bare.size--;
    if (!split_decimal(bare, &decimal) && !is_hex_float(bare)) return NULL;
    char *copy = bare.size < TEXT_ON_STACK_MAX ? small : malloc(bare.size + 1);
    qd_assert(copy != NULL);
    memcpy(copy, bare.data, bare.size);
    copy[bare.size] = 0;
    return copy;
}

/* NaN and [+-]Infinity. */
static bool is_special(struct qd_slice text, double *value)
{
    bool sign = text.size > 0 && (text.data[0] == '-' || text.data[0] == '+');
    struct qd_slice bare = qd_slice_from(text, sign ? 1 : 0);
    bool negative = sign && text.data[0] == '-';
    if (qd_slice_is(bare, "NaN")) {
        *value = (double)NAN;
        return true;
    }
    if (!qd_slice_is(bare, "Infinity")) return false;
    *value = negative ? -(double)INFINITY : (double)INFINITY;
    return true;
}

bool qd_parse_double(struct qd_slice text, double *value)
{
    text = qd_trim(text);
    if (is_special(text, value)) return true;
    char small[TEXT_ON_STACK_MAX];
    char *copy = checked_copy(text, small);
    if (copy == NULL) return false;
    *value = strtod(copy, NULL);
    if (copy != small) free(copy);
    return true;
}

bool qd_parse_float(struct qd_slice text, float *value)
{
    text = qd_trim(text);
    double special;
    if (is_special(text, &special)) {
        *value = (float)special;
        return true;
    }
    char small[TEXT_ON_STACK_MAX];
    char *copy = checked_copy(text, small);
    if (copy == NULL) return false;
    *value = strtof(copy, NULL);
    if (copy != small) free(copy);
    return true;
}

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return isnan(value) ? 0x7fc00000u : bits;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Drops `shift` low bits, rounding half to even. */
static uint32_t shift_rounded(uint32_t value, unsigned shift)
{
    uint32_t kept = value >> shift;
    uint32_t rest = value & ((1u << shift) - 1);
    uint32_t half = 1u << (shift - 1);
    return kept + (rest > half || (rest == half && (kept & 1) != 0));
}

uint16_t qd_half_from_float(float value)
{
    uint32_t bits = float_bits(value);
    uint32_t sign = bits >> 16 & 0x8000u;
    int exponent = (int)(bits >> 23 & 0xff) - 127 + 15;
    uint32_t mantissa = bits & 0x7fffffu;
    if ((bits & 0x7fffffffu) >= 0x7f800000u) {
        return (uint16_t)(sign | 0x7c00u | (mantissa != 0 ? 0x200u : 0u));
    }
    if (exponent >= 31) return (uint16_t)(sign | 0x7c00u);
    if (exponent > 0) return (uint16_t)(sign | shift_rounded(((uint32_t)exponent << 23) | mantissa, 13));
    if (exponent < -10) return (uint16_t)sign;
    return (uint16_t)(sign | shift_rounded(mantissa | 0x800000u, (unsigned)(14 - exponent)));
}

float qd_half_to_float(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits & 0x8000u) << 16;
    uint32_t exponent = bits >> 10 & 31u;
    uint32_t mantissa = bits & 0x3ffu;
    if (exponent == 31) return float_of(sign | 0x7f800000u | mantissa << 13);
    if (exponent != 0) return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
    float magnitude = (float)mantissa * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
}

/* Negative numbers have their magnitude bits flipped, so that larger magnitudes come first; the map is its
 * own inverse. */
static int64_t flip64(int64_t bits)
{
    return bits ^ ((bits >> 63) & INT64_MAX);
}

static int32_t flip32(int32_t bits)
{
    return bits ^ ((bits >> 31) & INT32_MAX);
}

int64_t qd_double_to_sortable(double value)
{
    int64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    if (isnan(value)) bits = 0x7ff8000000000000;
    return flip64(bits);
}

double qd_double_from_sortable(int64_t value)
{
    int64_t bits = flip64(value);
    double result;
    memcpy(&result, &bits, sizeof(result));
    return result;
}

int32_t qd_float_to_sortable(float value)
{
    return flip32((int32_t)float_bits(value));
}

float qd_float_from_sortable(int32_t value)
{
    return float_of((uint32_t)flip32(value));
}

int16_t qd_half_to_sortable(float value)
{
    int16_t bits = (int16_t)qd_half_from_float(value);
    return (int16_t)(bits ^ ((bits >> 15) & INT16_MAX));
}

float qd_half_from_sortable(int16_t value)
{
    return qd_half_to_float((uint16_t)(value ^ ((value >> 15) & INT16_MAX)));
}
