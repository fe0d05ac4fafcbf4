#include "mapping/decimal_format.h"

#include <math.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/number.h"

/* Digits that a pattern may ask for; more is cut, as no double has more. */
#define DIGITS_MAX 340

struct pattern {
    struct qd_slice prefix, suffix;      /* with quotes still in them */
    int integer_min;
    int fraction_min, fraction_max;
    int group;                           /* digits between commas; 0: none */
    int exponent_min;                    /* 0: no exponent */
    double multiplier;
};

static bool is_number_char(char byte) { return byte == '#' || byte == '0' || byte == ',' || byte == '.'; }

/* The end of a prefix or suffix that starts at `at`: the first unquoted number character or ';'. */
static size_t affix_end(struct qd_slice text, size_t at, bool suffix)
{
    bool quoted = false;
    for (; at < text.size; at++) {
        char byte = text.data[at];
        if (byte == '\'')
            quoted = !quoted;
        else if (!quoted && (byte == ';' || (!suffix && is_number_char(byte))))
            break;
    }
    return at;
}

static void note_percent(struct qd_slice affix, struct pattern *pattern)
{
    if (qd_slice_find_byte(affix, '%') != SIZE_MAX) pattern->multiplier = 100;
    if (affix.size >= 3 && memmem(affix.data, affix.size, "\xE2\x80\xB0", 3) != NULL)
        pattern->multiplier = 1000;
}

static struct pattern parse_pattern(struct qd_slice text)
{
    struct pattern pattern = { .multiplier = 1 };
    size_t at = affix_end(text, 0, false);
    pattern.prefix = qd_slice_sub(text, 0, at);
    bool fraction = false, zeros = false;
    int since_comma = -1, hashes = 0;
    for (; at < text.size && is_number_char(text.data[at]); at++) {
        char byte = text.data[at];
        zeros = zeros || byte == '0';
        hashes += byte == '#' && !fraction;
        if (byte == '.') {
            if (fraction) break;
            fraction = true;
        } else if (byte == ',') {
            since_comma = 0;
        } else if (fraction) {
            if (pattern.fraction_max < DIGITS_MAX) pattern.fraction_max++;
            if (byte == '0' && pattern.fraction_min < DIGITS_MAX) pattern.fraction_min = pattern.fraction_max;
        } else {
            if (byte == '0' && pattern.integer_min < DIGITS_MAX) pattern.integer_min++;
            if (since_comma >= 0) since_comma++;
        }
    }
    pattern.group = since_comma > 0 ? since_comma : 0;
    /* "#.##" has a digit before its point, ".##" one after it. */
    if (!zeros && fraction && hashes > 0) pattern.integer_min = 1;
    else if (!zeros && fraction && pattern.fraction_max > 0) pattern.fraction_min = 1;
    if (text.size == 0) {
        /* Java's own default, with every digit of the fraction. */
        pattern.fraction_max = DIGITS_MAX;
        pattern.group = 3;
    }
    if (at + 1 < text.size && text.data[at] == 'E' && text.data[at + 1] == '0') {
        for (at++; at < text.size && text.data[at] == '0'; at++) pattern.exponent_min++;
    }
    size_t end = affix_end(text, at, true);
    pattern.suffix = qd_slice_sub(text, at, end - at);
    note_percent(pattern.prefix, &pattern);
    note_percent(pattern.suffix, &pattern);
    return pattern;
}

static void append_affix(struct qd_buffer *buffer, struct qd_slice affix)
{
    for (size_t i = 0; i < affix.size; i++) {
        bool doubled = affix.data[i] == '\'' && i + 1 < affix.size && affix.data[i + 1] == '\'';
        if (affix.data[i] != '\'' || doubled) qd_buffer_byte(buffer, (uint8_t)affix.data[i]);
        i += doubled;
    }
}

/* Appends "123456.50" as the pattern wants it: padded, grouped, without needless zeros at the end. */
static void append_fixed(struct qd_buffer *buffer, const struct pattern *pattern, struct qd_slice digits)
{
    size_t dot = qd_slice_find_byte(digits, '.');
    size_t whole = dot == SIZE_MAX ? digits.size : dot;
    size_t fraction = dot == SIZE_MAX ? 0 : digits.size - dot - 1;
    while (fraction > (size_t)pattern->fraction_min && digits.data[dot + fraction] == '0') fraction--;
    size_t skip = 0;
    while (skip < whole && digits.data[skip] == '0') skip++;
    size_t wanted = whole - skip;
    /* "#.#" of 0 is "0" when nothing follows the point. */
    if (wanted == 0 && pattern->integer_min == 0 && fraction == 0) wanted = 1;
    if (wanted < (size_t)pattern->integer_min) wanted = (size_t)pattern->integer_min;
    for (size_t left = wanted; left > 0; left--) {
        qd_buffer_byte(buffer, left > whole ? (uint8_t)'0' : (uint8_t)digits.data[whole - left]);
        if (pattern->group > 0 && left > 1 && (left - 1) % (size_t)pattern->group == 0)
            qd_buffer_byte(buffer, ',');
    }
    if (fraction == 0) return;
    qd_buffer_byte(buffer, '.');
    qd_buffer_append(buffer, digits.data + dot + 1, fraction);
}

/* The digits of a whole number below 2^63 that its bits vouch for, as FloatingDecimal counts them: of the
 * decimal digits those that bits beyond the 53rd would decide are rounded away. */
static size_t whole_digits(double value, char *text)
{
    static const uint8_t doubtful[] = { 0, 0, 0, 0, 1, 1, 1, 2, 2, 2 };
    uint64_t whole = (uint64_t)value, unit = 1;
    int beyond = ilogb(value) - 54;
    for (int i = 0; beyond > 0 && i < doubtful[beyond]; i++) unit *= 10;
    whole = whole / unit + (unit > 1 && whole % unit >= unit / 2);
    return (size_t)snprintf(text, QD_NUMBER_TEXT_MAX, "%llu", (unsigned long long)(whole * unit));
}

/* The digits that Java has of a double: digits[count] after "0.", times 10 to the *point. */
static size_t java_digits(double value, char *digits, int64_t *point)
{
    char text[QD_NUMBER_TEXT_MAX];
    bool whole = value >= 1 && value < 0x1p63 && value == floor(value);
    size_t size = whole ? whole_digits(value, text) : qd_double_to_text(value, text);
    struct qd_slice printed = qd_slice_make(text, size);
    size_t count = 0, leading = 0;
    bool fraction = false;
    *point = 0;
    for (size_t i = 0; i < printed.size; i++) {
        if (text[i] == 'E') {
            int64_t exponent = 0;
            (void)qd_parse_int64(qd_slice_from(printed, i + 1), &exponent);
            *point += exponent;
            break;
        }
        if (text[i] == '.') {
            fraction = true;
            continue;
        }
        if (!fraction) (*point)++;
        if (count == 0 && text[i] == '0') leading++;
        else digits[count++] = text[i];
    }
    *point -= (int64_t)leading;
    while (count > 0 && digits[count - 1] == '0') count--;
    return count;
}

static void append_exponent(struct qd_buffer *buffer, const struct pattern *pattern, double value)
{
    char text[DIGITS_MAX + 40];
    int whole = pattern->integer_min > 0 ? pattern->integer_min : 1;
    int size = snprintf(text, sizeof(text), "%.*e", pattern->fraction_max + whole - 1, value);
    struct qd_slice printed = qd_slice_make(text, (size_t)size);
    size_t e = qd_slice_find_byte(printed, 'e');
    int64_t exponent = 0;
    bool minus = text[e + 1] == '-';
    (void)qd_parse_int64(qd_slice_from(printed, e + 2), &exponent);
    if (minus) exponent = -exponent;
    char digits[DIGITS_MAX + 40], known[QD_NUMBER_TEXT_MAX];
    int64_t point;
    size_t count = 0, known_count = java_digits(value, known, &point), at = 0;
    /* Java knows no more digits than these; where the pattern has fewer, the exact value is rounded. */
    bool all = known_count <= (size_t)(pattern->fraction_max + whole) && value != 0;
    if (all) exponent = point - 1;
    for (size_t i = 0; i < e; i++) {
        if (text[i] == '.') continue;
        digits[count++] = !all ? text[i] : at < known_count ? known[at] : '0';
        at++;
        if (count == (size_t)whole && i + 1 < e) digits[count++] = '.';
    }
    append_fixed(buffer, pattern, qd_slice_make(digits, count));
    if (value != 0) exponent -= whole - 1;
    qd_buffer_format(buffer, "E%s%0*lld", exponent < 0 ? "-" : "", pattern->exponent_min,
                     (long long)(exponent < 0 ? -exponent : exponent));
}

/* Appends a double as Java has its digits: no more than tell it from its neighbours, then zeros. Where the
 * pattern has room for fewer, these are the nearest ones to the exact value. */
static void append_double(struct qd_buffer *buffer, const struct pattern *pattern, double value)
{
    char digits[QD_NUMBER_TEXT_MAX], plain[DIGITS_MAX * 2 + 40];
    int64_t point;
    size_t count = java_digits(value, digits, &point);
    size_t size = 0;
    if ((int64_t)count - point > pattern->fraction_max) {
        size = (size_t)snprintf(plain, sizeof(plain), "%.*f", pattern->fraction_max, value);
        append_fixed(buffer, pattern, qd_slice_make(plain, size));
        return;
    }
    int64_t first = point < 0 ? point : 0;
    int64_t last = (int64_t)count > point ? (int64_t)count : point;
    if (point <= 0) plain[size++] = '0';
    for (int64_t i = first; i < last; i++) {
        if (i == (point > 0 ? point : first)) plain[size++] = '.';
        plain[size++] = i >= 0 && i < (int64_t)count ? digits[i] : '0';
    }
    for (int64_t i = last - point; i < pattern->fraction_max; i++) {
        if (i == 0) plain[size++] = '.';
        plain[size++] = '0';
    }
    append_fixed(buffer, pattern, qd_slice_make(plain, size));
}

/* Appends whole digits, times the pattern's multiplier, with all of them. */
static void append_whole(struct qd_buffer *buffer, const struct pattern *pattern, struct qd_slice digits)
{
    struct qd_buffer plain = { 0 };
    qd_buffer_slice(&plain, digits);
    if (pattern->multiplier > 1) qd_buffer_text(&plain, pattern->multiplier > 100 ? "000" : "00");
    if (pattern->fraction_max > 0) qd_buffer_byte(&plain, '.');
    for (int i = 0; i < pattern->fraction_max; i++) qd_buffer_byte(&plain, '0');
    append_fixed(buffer, pattern, qd_buffer_view(&plain));
    qd_buffer_deinit(&plain);
}

static struct qd_slice surrounded(struct qd_buffer *number, const struct pattern *pattern, bool minus,
                                  struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    if (minus) qd_buffer_byte(&buffer, '-');
    append_affix(&buffer, pattern->prefix);
    qd_buffer_slice(&buffer, qd_buffer_view(number));
    append_affix(&buffer, pattern->suffix);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    qd_buffer_deinit(number);
    return text;
}

struct qd_slice qd_decimal_format(struct qd_slice pattern_text, double value, struct qd_arena *arena)
{
    if (isnan(value)) return QD_SLICE("NaN");
    struct pattern pattern = parse_pattern(pattern_text);
    struct qd_buffer buffer = { 0 };
    double scaled = fabs(value) * pattern.multiplier;
    if (isinf(scaled)) qd_buffer_text(&buffer, "\xE2\x88\x9E");
    else if (pattern.exponent_min > 0) append_exponent(&buffer, &pattern, scaled);
    else append_double(&buffer, &pattern, scaled);
    return surrounded(&buffer, &pattern, signbit(value), arena);
}

struct qd_slice qd_decimal_format_whole(struct qd_slice pattern_text, struct qd_slice number,
                                        struct qd_arena *arena)
{
    struct pattern pattern = parse_pattern(pattern_text);
    double value = 0;
    if (pattern.exponent_min > 0 && qd_parse_double(number, &value))
        return qd_decimal_format(pattern_text, value, arena);
    struct qd_buffer buffer = { 0 };
    bool minus = qd_slice_starts_with(number, QD_SLICE("-"));
    append_whole(&buffer, &pattern, qd_slice_from(number, minus));
    return surrounded(&buffer, &pattern, minus, arena);
}

bool qd_decimal_unformat(struct qd_slice pattern_text, struct qd_slice text, double *value)
{
    struct pattern pattern = parse_pattern(pattern_text);
    char plain[DIGITS_MAX];
    size_t count = 0;
    bool minus = qd_slice_starts_with(text, QD_SLICE("-"));
    if (minus) text = qd_slice_from(text, 1);
    if (qd_slice_starts_with(text, pattern.prefix)) text = qd_slice_from(text, pattern.prefix.size);
    for (size_t i = 0; i < text.size && count < sizeof(plain); i++) {
        char byte = text.data[i];
        if (byte == ',' && pattern.group > 0) continue;
        if (byte != '.' && byte != 'E' && (byte < '0' || byte > '9')) break;
        plain[count++] = byte;
    }
    if (count == 0 || !qd_parse_double(qd_slice_make(plain, count), value)) return false;
    *value = (minus ? -*value : *value) / pattern.multiplier;
    return true;
}
