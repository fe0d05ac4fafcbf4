#include "base/date_internal.h"
#include "base/text.h"

/* State of one reading. Positions are byte offsets; failures are ~position as in java.time. */
struct scan {
    const struct qd_date_element *elements;
    struct qd_slice text;
    struct qd_date_parts parts;
};

typedef ptrdiff_t position;

static position failed_at(size_t at)
{
    return ~(position)at;
}

static bool is_digit(struct qd_slice text, size_t at)
{
    return at < text.size && text.data[at] >= '0' && text.data[at] <= '9';
}

/* A field may be named twice with the same value only. */
static position set_field(struct scan *scan, enum qd_date_field field, int64_t value, size_t from, size_t to)
{
    uint32_t bit = 1u << field;
    if ((scan->parts.has & bit) != 0 && scan->parts.value[field] != value) return failed_at(from);
    scan->parts.has |= bit;
    scan->parts.value[field] = value;
    return (position)to;
}

/* Reads up to `max` digits; false when there are more than an int64 holds. */
static bool read_digits(struct qd_slice text, size_t *at, size_t max, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < max && is_digit(text, *at); i++, ++*at) {
        if (__builtin_mul_overflow(*value, 10, value)) return false;
        if (__builtin_add_overflow(*value, text.data[*at] - '0', value)) return false;
    }
    return true;
}

static bool sign_allowed(const struct qd_date_element *element, bool positive)
{
    if (element->sign == QD_SIGN_NORMAL) return !positive;
    return element->sign == QD_SIGN_EXCEEDS_PAD;
}

static position scan_number(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    struct qd_slice text = scan->text;
    if (at == text.size) return failed_at(at);
    size_t start = at;
    char sign = text.data[at];
    bool positive = sign == '+', negative = sign == '-';
    if (positive || negative) {
        if (!sign_allowed(element, positive)) return failed_at(at);
        at++;
    }
    if (at + element->min > text.size) return failed_at(at);
    size_t following = element->following > 0 ? (size_t)element->following : 0;
    size_t max = element->max + following;
    size_t end = at;
    while (end - at < max && is_digit(text, end)) end++;
    size_t width = end - at;
    if (following > 0) width = width > following ? width - following : 0;
    if (width < element->min) width = element->min;
    end = at;
    int64_t value;
    if (!read_digits(text, &end, width, &value)) return failed_at(at);
    if (end - at < element->min) return failed_at(at);
    if (negative && value == 0) return failed_at(start);
    if (!negative && element->sign == QD_SIGN_EXCEEDS_PAD) {
        if (positive && end - at <= element->min) return failed_at(start);
        if (!positive && end - at > element->min) return failed_at(at);
    }
    return set_field(scan, element->field, negative ? -value : value, start, end);
}

static position scan_reduced_year(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    size_t end = at;
    int64_t value = 0;
    (void)read_digits(scan->text, &end, 2, &value);
    if (end - at < 2) return failed_at(at);
    return set_field(scan, element->field, 2000 + value, at, end);
}

static position scan_fraction(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    struct qd_slice text = scan->text;
    size_t start = at;
    if (at == text.size) return element->min > 0 ? failed_at(at) : (position)at;
    if (element->point) {
        if (text.data[at] != '.') return element->min > 0 ? failed_at(at) : (position)at;
        at++;
    }
    size_t end = at;
    int64_t nanos;
    (void)read_digits(text, &end, element->max, &nanos);
    if (end - at < element->min) return failed_at(at);
    for (size_t i = end - at; i < 9; i++) nanos *= 10;
    return set_field(scan, element->field, nanos, start, end);
}

static position scan_text(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    size_t longest = 0;
    int64_t found = 0;
    for (int64_t value = 0; value <= 12; value++) {
        const char *name = qd_date_field_name(element->field, value, element->style);
        if (name == NULL) continue;
        struct qd_slice candidate = qd_slice_from_string(name);
        if (candidate.size > longest && qd_slice_starts_with(qd_slice_from(scan->text, at), candidate)) {
            longest = candidate.size;
            found = value;
        }
    }
    if (longest == 0) return failed_at(at);
    return set_field(scan, element->field, found, at, at + longest);
}

/* Two digits below `limit` at *at, with a colon in front when `colon`. */
static bool take_two(struct qd_slice text, size_t *at, bool colon, int *value)
{
    size_t from = *at;
    if (colon && (from >= text.size || text.data[from++] != ':')) return false;
    if (!is_digit(text, from) || !is_digit(text, from + 1)) return false;
    *value = (text.data[from] - '0') * 10 + (text.data[from + 1] - '0');
    *at = from + 2;
    return true;
}

/* java.time's patterns +HH, +HHmm, +HH:mm, +HHMM, +HH:MM, +HHMMss, +HH:MM:ss, +HHMMSS, +HH:MM:SS: small
 * letters may be missing. Returns false when the text is no such offset. */
static bool take_offset(struct qd_slice text, uint8_t pattern, size_t *at, int32_t *offset)
{
    if (*at >= text.size || (text.data[*at] != '+' && text.data[*at] != '-')) return false;
    bool negative = text.data[*at] == '-';
    bool colon = pattern > 0 && pattern % 2 == 0;
    size_t end = *at + 1;
    int hours = 0, minutes = 0, seconds = 0;
    if (!take_two(text, &end, false, &hours)) return false;
    bool has_minutes = pattern > 0 && take_two(text, &end, colon, &minutes);
    if (pattern >= 3 && !has_minutes) return false;
    bool has_seconds = pattern >= 5 && take_two(text, &end, colon, &seconds);
    if (pattern >= 7 && !has_seconds) return false;
    if (hours > 23 || minutes > 59 || seconds > 59) return false;
    *at = end;
    *offset = (hours * 3600 + minutes * 60 + seconds) * (negative ? -1 : 1);
    return true;
}

static position scan_offset(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    if (qd_slice_starts_with(qd_slice_from(scan->text, at), element->text)) {
        return set_field(scan, QD_FIELD_OFFSET, 0, at, at + element->text.size);
    }
    size_t end = at;
    int32_t offset;
    if (!take_offset(scan->text, element->offset_pattern, &end, &offset)) return failed_at(at);
    return set_field(scan, QD_FIELD_OFFSET, offset, at, end);
}

static position scan_localized_offset(struct scan *scan, size_t at)
{
    if (!qd_slice_starts_with(qd_slice_from(scan->text, at), QD_SLICE("GMT"))) return failed_at(at);
    size_t end = at + 3;
    int32_t offset = 0;
    if (!take_offset(scan->text, 6, &end, &offset)) offset = 0;
    return set_field(scan, QD_FIELD_OFFSET, offset, at, end);
}

static void set_zone_offset(struct scan *scan, int32_t offset)
{
    scan->parts.has_zone = true;
    scan->parts.zone_fixed = true;
    scan->parts.zone_offset = offset;
}

#define ZONE_OFFSET_MAX (18 * 3600)

/* "UTC", "GMT", "UT", with or without an offset behind it. */
static position scan_prefixed_zone(struct scan *scan, size_t at, size_t prefix)
{
    size_t end = at + prefix;
    int32_t offset = 0;
    if (!take_offset(scan->text, 6, &end, &offset)) offset = 0;
    if (offset > ZONE_OFFSET_MAX || offset < -ZONE_OFFSET_MAX) return failed_at(at);
    set_zone_offset(scan, offset);
    return (position)end;
}

static bool is_zone_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("/._~+-", c) != NULL);
}

static position scan_zone(struct scan *scan, size_t at)
{
    struct qd_slice text = scan->text;
    if (at == text.size) return failed_at(at);
    struct qd_slice rest = qd_slice_from(text, at);
    if (rest.data[0] == '+' || rest.data[0] == '-') {
        size_t end = at;
        int32_t offset;
        if (!take_offset(text, 6, &end, &offset)) return failed_at(at);
        if (offset > ZONE_OFFSET_MAX || offset < -ZONE_OFFSET_MAX) return failed_at(at);
        set_zone_offset(scan, offset);
        return (position)end;
    }
    if (qd_slice_starts_with(rest, QD_SLICE("UTC")) || qd_slice_starts_with(rest, QD_SLICE("GMT"))) {
        return scan_prefixed_zone(scan, at, 3);
    }
    if (qd_slice_starts_with(rest, QD_SLICE("UT"))) return scan_prefixed_zone(scan, at, 2);
    size_t size = 0;
    while (size < rest.size && size < 48 && is_zone_character(rest.data[size])) size++;
    for (; size > 1; size--) {
        struct qd_slice id = qd_slice_sub(rest, 0, size);
        if (!qd_zone_is_region(id)) continue;
        scan->parts.has_zone = true;
        scan->parts.zone_fixed = false;
        scan->parts.zone_id = id;
        return (position)(at + size);
    }
    if (rest.data[0] != 'Z') return failed_at(at);
    set_zone_offset(scan, 0);
    return (position)(at + 1);
}

/* A count of units since 1970: sign, up to 19 digits, and a fraction down to nanoseconds. */
static position scan_epoch(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    struct qd_slice text = scan->text;
    size_t start = at;
    bool negative = at < text.size && text.data[at] == '-';
    if (negative) at++;
    size_t end = at;
    int64_t whole;
    if (!read_digits(text, &end, 19, &whole) || end == at) return failed_at(start);
    int64_t fraction = 0;
    size_t after = end;
    if (end < text.size && text.data[end] == '.') {
        after = end + 1;
        size_t first = after;
        (void)read_digits(text, &after, element->max, &fraction);
        for (size_t i = after - first; i < element->max; i++) fraction *= 10;
    }
    /* A count of seconds is a plain number: no negative zero, and its fraction always counts upwards. */
    bool seconds = element->max == 9;
    if (seconds && negative && whole == 0) return failed_at(start);
    (void)set_field(scan, QD_FIELD_EPOCH_DIGITS, element->max, start, after);
    (void)set_field(scan, QD_FIELD_EPOCH_NEGATIVE, negative && !seconds, start, after);
    if (after > end) (void)set_field(scan, QD_FIELD_EPOCH_FRACTION, fraction, start, after);
    return set_field(scan, QD_FIELD_EPOCH, negative && seconds ? -whole : whole, start, after);
}

static position scan_one(struct scan *scan, const struct qd_date_element *element, size_t at)
{
    switch (element->kind) {
    case QD_ELEMENT_LITERAL:
        if (!qd_slice_starts_with(qd_slice_from(scan->text, at), element->text)) return failed_at(at);
        return (position)(at + element->text.size);
    case QD_ELEMENT_NUMBER:
        return scan_number(scan, element, at);
    case QD_ELEMENT_REDUCED_YEAR:
        return scan_reduced_year(scan, element, at);
    case QD_ELEMENT_FRACTION:
        return scan_fraction(scan, element, at);
    case QD_ELEMENT_TEXT:
        return scan_text(scan, element, at);
    case QD_ELEMENT_OFFSET:
        return scan_offset(scan, element, at);
    case QD_ELEMENT_LOCALIZED_OFFSET:
        return scan_localized_offset(scan, at);
    case QD_ELEMENT_ZONE_OR_OFFSET:
    case QD_ELEMENT_ZONE_NAME:
        return scan_zone(scan, at);
    case QD_ELEMENT_EPOCH:
        return scan_epoch(scan, element, at);
    case QD_ELEMENT_OPTIONAL:
    case QD_ELEMENT_OPTIONAL_END:
        break;
    }
    return (position)at;
}

/* Elements [from, to). Recursion is as deep as the pattern's brackets, which compiling bounds. */
static position scan_range(struct scan *scan, size_t from, size_t to, size_t at)
{
    for (size_t i = from; i < to; i++) {
        const struct qd_date_element *element = &scan->elements[i];
        if (element->kind == QD_ELEMENT_OPTIONAL) {
            struct qd_date_parts saved = scan->parts;
            position after = scan_range(scan, i + 1, element->end, at);
            if (after < 0) scan->parts = saved;
            else at = (size_t)after;
            i = element->end;
            continue;
        }
        position after = scan_one(scan, element, at);
        if (after < 0) return after;
        at = (size_t)after;
    }
    return (position)at;
}

ptrdiff_t qd_date_scan(const struct qd_date_pattern *pattern, struct qd_slice text,
                       struct qd_date_parts *parts, size_t *error_at)
{
    struct scan scan = { .elements = pattern->elements, .text = text };
    position end = scan_range(&scan, 0, pattern->count, 0);
    *parts = scan.parts;
    if (end >= 0) return end;
    *error_at = (size_t)~end;
    return -1;
}

bool qd_date_pattern_names(const struct qd_date_pattern *pattern, enum qd_date_field field)
{
    for (size_t i = 0; i < pattern->count; i++) {
        const struct qd_date_element *element = &pattern->elements[i];
        bool named = element->kind == QD_ELEMENT_NUMBER || element->kind == QD_ELEMENT_REDUCED_YEAR ||
                     element->kind == QD_ELEMENT_TEXT || element->kind == QD_ELEMENT_FRACTION;
        if (named && element->field == field) return true;
    }
    return false;
}
