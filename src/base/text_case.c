#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "base/assert.h"
#include "base/text.h"

typedef int32_t (*map_function)(UChar *to, int32_t capacity, const UChar *from, int32_t length,
                                const char *locale, UErrorCode *status);

/* Maps by ICU over UTF-16; the result may be longer than the text. */
static struct qd_slice map_unicode(struct qd_arena *arena, struct qd_slice text, map_function map)
{
    size_t count = 0;
    uint16_t *units = qd_utf16_from_utf8(arena, text, &count);
    qd_assert(count <= INT32_MAX / 4);
    UErrorCode status = U_ZERO_ERROR;
    int32_t capacity = (int32_t)count * 3 + 1;
    UChar *mapped = qd_arena_alloc(arena, (size_t)capacity * sizeof(UChar));
    int32_t length = map(mapped, capacity, (const UChar *)units, (int32_t)count, "", &status);
    qd_assert(U_SUCCESS(status));
    return qd_utf16_to_utf8(arena, (const uint16_t *)mapped, (size_t)length);
}

static struct qd_slice map_ascii(struct qd_arena *arena, struct qd_slice text, char first, char last)
{
    struct qd_slice copy = qd_arena_copy(arena, text);
    char *bytes = (char *)(uintptr_t)copy.data;
    for (size_t i = 0; i < text.size; i++) {
        if (bytes[i] >= first && bytes[i] <= last) bytes[i] = (char)(bytes[i] ^ 32);
    }
    return copy;
}

struct qd_slice qd_lowercase(struct qd_arena *arena, struct qd_slice text)
{
    return qd_is_ascii(text) ? map_ascii(arena, text, 'A', 'Z') : map_unicode(arena, text, u_strToLower);
}

struct qd_slice qd_uppercase(struct qd_arena *arena, struct qd_slice text)
{
    return qd_is_ascii(text) ? map_ascii(arena, text, 'a', 'z') : map_unicode(arena, text, u_strToUpper);
}

uint32_t qd_lowercase_code_point(uint32_t code_point)
{
    if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
    return (uint32_t)u_tolower((UChar32)code_point);
}

uint32_t qd_uppercase_code_point(uint32_t code_point)
{
    if (code_point < 0x80) return code_point >= 'a' && code_point <= 'z' ? code_point - 32 : code_point;
    return (uint32_t)u_toupper((UChar32)code_point);
}
