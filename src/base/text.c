#include "base/text.h"

bool qd_is_ascii(struct qd_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] >= 0x80) return false;
    }
    return true;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the well-formed sequence at data[left], 0 when it is malformed. */
static size_t sequence_size(const uint8_t *data, size_t left, uint32_t *code_point)
{
    uint8_t first = data[0];
    if (first < 0x80) {
        *code_point = first;
        return 1;
    }
    size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (size == 0 || size > left) return 0;
    uint32_t value = first & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (!is_continuation(data[i])) return 0;
        value = value << 6 | (data[i] & 0x3fu);
    }
    if (size == 3 && (value < 0x800 || (value >= 0xd800 && value < 0xe000))) return 0;
    if (size == 4 && (value < 0x10000 || value > 0x10ffff)) return 0;
    *code_point = value;
    return size;
}

bool qd_utf8_valid(struct qd_slice text)
{
    size_t at = 0;
    while (at < text.size) {
        uint32_t ignored;
        size_t size = sequence_size((const uint8_t *)text.data + at, text.size - at, &ignored);
        if (size == 0) return false;
        at += size;
    }
    return true;
}

uint32_t qd_utf8_decode(struct qd_slice text, size_t *at)
{
    uint32_t code_point = QD_UTF8_REPLACEMENT;
    size_t size = sequence_size((const uint8_t *)text.data + *at, text.size - *at, &code_point);
    *at += size == 0 ? 1 : size;
    return code_point;
}

uint32_t qd_utf8_decode_back(struct qd_slice text, size_t *at)
{
    for (size_t size = 1; size <= 4 && size <= *at; size++) {
        size_t start = *at - size;
        uint32_t code_point;
        if (is_continuation((uint8_t)text.data[start])) continue;
        if (sequence_size((const uint8_t *)text.data + start, size, &code_point) != size) break;
        *at = start;
        return code_point;
    }
    --*at;
    return QD_UTF8_REPLACEMENT;
}

size_t qd_utf8_encode(uint32_t code_point, char *out)
{
    if (code_point > 0x10ffff || (code_point >= 0xd800 && code_point < 0xe000))
        code_point = QD_UTF8_REPLACEMENT;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xc0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3f));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xe0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code_point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (code_point & 0x3f));
    return 4;
}

void qd_utf8_append(struct qd_buffer *buffer, uint32_t code_point)
{
    char *to = qd_buffer_reserve(buffer, 4);
    buffer->size += qd_utf8_encode(code_point, to);
}

size_t qd_utf8_count(struct qd_slice text)
{
    size_t count = 0;
    for (size_t at = 0; at < text.size; count++) qd_utf8_decode(text, &at);
    return count;
}

size_t qd_utf16_length(struct qd_slice text)
{
    size_t units = 0;
    size_t at = 0;
    while (at < text.size) units += qd_utf8_decode(text, &at) >= 0x10000 ? 2 : 1;
    return units;
}

size_t qd_utf16_to_byte(struct qd_slice text, size_t unit)
{
    size_t units = 0;
    size_t at = 0;
    while (at < text.size && units < unit) {
        size_t start = at;
        units += qd_utf8_decode(text, &at) >= 0x10000 ? 2 : 1;
        if (units > unit) return start;
    }
    return at;
}

uint16_t *qd_utf16_from_utf8(struct qd_arena *arena, struct qd_slice text, size_t *unit_count)
{
    uint16_t *units = qd_arena_alloc(arena, (text.size + 1) * sizeof(*units));
    size_t count = 0;
    size_t at = 0;
    while (at < text.size) {
        uint32_t code_point = qd_utf8_decode(text, &at);
        if (code_point < 0x10000) {
            units[count++] = (uint16_t)code_point;
            continue;
        }
        units[count++] = (uint16_t)(0xd7c0 + (code_point >> 10));
        units[count++] = (uint16_t)(0xdc00 | (code_point & 0x3ff));
    }
    *unit_count = count;
    return units;
}

struct qd_slice qd_utf16_to_utf8(struct qd_arena *arena, const uint16_t *units, size_t unit_count)
{
    char *text = qd_arena_alloc(arena, unit_count * 3 + 1);
    size_t size = 0;
    for (size_t i = 0; i < unit_count; i++) {
        uint32_t code_point = units[i];
        bool pair =
            (code_point & 0xfc00) == 0xd800 && i + 1 < unit_count && (units[i + 1] & 0xfc00) == 0xdc00;
        if (pair) code_point = 0x10000 + ((code_point & 0x3ff) << 10) + (units[++i] & 0x3ffu);
        size += qd_utf8_encode(code_point, text + size);
    }
    text[size] = 0;
    return qd_slice_make(text, size);
}

/* UTF-16 sorts surrogates below U+E000 to U+FFFF: lifting those keeps the comparison by code point right. */
static uint32_t utf16_order(uint32_t code_point)
{
    return code_point >= 0xe000 && code_point < 0x10000 ? code_point + 0x200000 : code_point;
}

int qd_utf16_compare(struct qd_slice left, struct qd_slice right)
{
    size_t l = 0, r = 0;
    while (l < left.size && r < right.size) {
        uint32_t a = utf16_order(qd_utf8_decode(left, &l));
        uint32_t b = utf16_order(qd_utf8_decode(right, &r));
        if (a != b) return a < b ? -1 : 1;
    }
    return l < left.size ? 1 : r < right.size ? -1 : 0;
}

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool qd_equal_ignore_case(struct qd_slice left, struct qd_slice right)
{
    return left.size == right.size && qd_starts_with_ignore_case(left, right);
}

bool qd_starts_with_ignore_case(struct qd_slice text, struct qd_slice prefix)
{
    if (text.size < prefix.size) return false;
    for (size_t i = 0; i < prefix.size; i++) {
        if (folded(text.data[i]) != folded(prefix.data[i])) return false;
    }
    return true;
}

struct qd_slice qd_trim(struct qd_slice text)
{
    while (text.size > 0 && (uint8_t)text.data[0] <= ' ') text = qd_slice_from(text, 1);
    while (text.size > 0 && (uint8_t)text.data[text.size - 1] <= ' ') text.size--;
    return text;
}

bool qd_split_next(struct qd_slice *rest, char separator, struct qd_slice *part)
{
    if (rest->data == NULL) return false;
    size_t at = qd_slice_find_byte(*rest, separator);
    if (at == SIZE_MAX) {
        *part = *rest;
        *rest = (struct qd_slice){ NULL, 0 };
        return true;
    }
    *part = qd_slice_sub(*rest, 0, at);
    *rest = qd_slice_from(*rest, at + 1);
    return true;
}

struct qd_slice qd_utf8_truncate(struct qd_slice text, size_t limit)
{
    if (text.size <= limit) return text;
    while (limit > 0 && is_continuation((uint8_t)text.data[limit])) limit--;
    return qd_slice_sub(text, 0, limit);
}
