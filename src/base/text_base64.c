#include "base/text.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static struct qd_slice encode(struct qd_arena *arena, struct qd_slice bytes, const char *alphabet,
                              bool padding)
{
    const uint8_t *in = (const uint8_t *)bytes.data;
    char *out = qd_arena_alloc(arena, (bytes.size + 2) / 3 * 4 + 1);
    size_t size = 0;
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t left = bytes.size - i;
        uint32_t group = (uint32_t)in[i] << 16;
        if (left > 1) group |= (uint32_t)in[i + 1] << 8;
        if (left > 2) group |= in[i + 2];
        out[size++] = alphabet[group >> 18];
        out[size++] = alphabet[group >> 12 & 63];
        if (left > 1) out[size++] = alphabet[group >> 6 & 63];
        if (left > 2) out[size++] = alphabet[group & 63];
        for (size_t missing = left; padding && missing < 3; missing++) out[size++] = '=';
    }
    out[size] = 0;
    return qd_slice_make(out, size);
}

struct qd_slice qd_base64_encode(struct qd_arena *arena, struct qd_slice bytes)
{
    return encode(arena, bytes, standard, true);
}

struct qd_slice qd_base64_url_encode(struct qd_arena *arena, struct qd_slice bytes)
{
    return encode(arena, bytes, url_safe, false);
}

/* The six bits of a letter, -1 for a foreign one. */
static int letter_value(char c, const char *alphabet)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == alphabet[62]) return 62;
    return c == alphabet[63] ? 63 : -1;
}

/* Java's rule: padding may be missing, but what is there must complete a group of four. */
static bool decode(struct qd_arena *arena, struct qd_slice text, const char *alphabet, struct qd_slice *bytes)
{
    size_t letters = text.size;
    while (letters > 0 && text.size - letters < 2 && text.data[letters - 1] == '=') letters--;
    if (letters % 4 == 1 || (letters != text.size && text.size % 4 != 0)) return false;
    uint8_t *out = qd_arena_alloc(arena, letters / 4 * 3 + 4);
    size_t size = 0;
    uint32_t group = 0;
    for (size_t i = 0; i < letters; i++) {
        int value = letter_value(text.data[i], alphabet);
        if (value < 0) return false;
        group = group << 6 | (uint32_t)value;
        if (i % 4 == 0) continue;
        out[size++] = (uint8_t)(group >> (6 - i % 4 * 2));
        group &= (1u << (6 - i % 4 * 2)) - 1;
    }
    out[size] = 0;
    *bytes = qd_slice_make(out, size);
    return true;
}

bool qd_base64_decode(struct qd_arena *arena, struct qd_slice text, struct qd_slice *bytes)
{
    return decode(arena, text, standard, bytes);
}

bool qd_base64_url_decode(struct qd_arena *arena, struct qd_slice text, struct qd_slice *bytes)
{
    return decode(arena, text, url_safe, bytes);
}

void qd_base64_explain(struct qd_slice text, bool url, struct qd_error *error)
{
    size_t padding = qd_slice_find_byte(text, '=');
    size_t size = padding == SIZE_MAX ? text.size : padding;
    if (text.size == 1) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                           "Input byte[] should at least have 2 bytes for base64 bytes");
        return;
    }
    for (size_t i = 0; i < size; i++) {
        char c = text.data[i];
        if (letter_value(c, url ? url_safe : standard) >= 0) continue;
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Illegal base64 character %x", (unsigned)(uint8_t)c);
        return;
    }
    if (padding == SIZE_MAX && size % 4 == 1) {
        (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Last unit does not have enough valid bits");
    }
}
