/* Code points in UTF-8: the small inline steps of every tokenizer and filter.
 *
 * Bytes that are not UTF-8 are read one by one as U+FFFD, so every function ends and stays inside its bounds.
 */
#ifndef QD_ANALYSIS_CODEPOINT_H
#define QD_ANALYSIS_CODEPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Reads the code point at `at` (at < end) into *code_point; returns how many bytes it has, 1 to 4. */
static inline size_t qd_codepoint_read(const char *at, const char *end, uint32_t *code_point)
{
    const uint8_t *p = (const uint8_t *)at;
    size_t left = (size_t)(end - at);
    uint32_t b = p[0];
    if (b < 0x80) {
        *code_point = b;
        return 1;
    }
    if (b >= 0xC2 && b < 0xE0 && left >= 2 && (p[1] & 0xC0) == 0x80) {
        *code_point = (b & 0x1F) << 6 | (p[1] & 0x3Fu);
        return 2;
    }
    if (b >= 0xE0 && b < 0xF0 && left >= 3 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80) {
        *code_point = (b & 0x0F) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
        return 3;
    }
    if (b >= 0xF0 && b < 0xF5 && left >= 4 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80 &&
        (p[3] & 0xC0) == 0x80) {
        *code_point = (b & 0x07) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
        return 4;
    }
    *code_point = 0xFFFD;
    return 1;
}

/* Writes a code point into out[4]; returns how many bytes it took. */
static inline size_t qd_codepoint_write(uint32_t code_point, char *out)
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        out[0] = (char)(0xC0 | code_point >> 6);
        out[1] = (char)(0x80 | (code_point & 0x3F));
        return 2;
    }
    if (code_point < 0x10000) {
        out[0] = (char)(0xE0 | code_point >> 12);
        out[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code_point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code_point >> 18);
    out[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code_point & 0x3F));
    return 4;
}

/* UTF-16 units of a code point: 1 or 2. */
static inline size_t qd_codepoint_units(uint32_t code_point)
{
    return code_point > 0xFFFF ? 2 : 1;
}

/* How many code points `text` has. */
static inline size_t qd_codepoint_count(struct qd_slice text)
{
    size_t count = 0;
    uint32_t cp;
    for (size_t at = 0; at < text.size; count++)
        at += qd_codepoint_read(text.data + at, text.data + text.size, &cp);
    return count;
}

/* How many UTF-16 units `text` has (String.length()). */
static inline size_t qd_codepoint_unit_count(struct qd_slice text)
{
    size_t count = 0;
    uint32_t cp;
    for (size_t at = 0; at < text.size;) {
        at += qd_codepoint_read(text.data + at, text.data + text.size, &cp);
        count += qd_codepoint_units(cp);
    }
    return count;
}

#endif
