/* Java's pattern syntax in ICU's: the shorthand classes and POSIX names that ICU reads as Unicode and Java as
 * ASCII. */
#include "analysis/pattern.h"
#include "base/buffer.h"

#define WORD "a-zA-Z_0-9"

static const struct {
    char letter;
    const char *set; /* without brackets */
} shorthands[] = {
    { 'w', WORD }, { 'd', "0-9" }, { 's', " \\t\\n\\x0B\\f\\r" },
};

static const struct {
    const char *name;
    const char *set;
} posix[] = {
    { "Lower", "a-z" },
    { "Upper", "A-Z" },
    { "ASCII", "\\x00-\\x7F" },
    { "Alpha", "a-zA-Z" },
    { "Digit", "0-9" },
    { "Alnum", "a-zA-Z0-9" },
    { "Punct", "!-/:-@\\[-`{-~" },
    { "Graph", "!-~" },
    { "Print", " -~" },
    { "Blank", " \\t" },
    { "Cntrl", "\\x00-\\x1F\\x7F" },
    { "XDigit", "0-9a-fA-F" },
    { "Space", " \\t\\n\\x0B\\f\\r" },
};

static const char border[] = "(?:(?<=[" WORD "])(?![" WORD "])|(?<![" WORD "])(?=[" WORD "]))";
static const char no_border[] = "(?:(?<=[" WORD "])(?=[" WORD "])|(?<![" WORD "])(?![" WORD "]))";

/* "p{Alpha}" or "pL" at the start of `text`: the set, and the size of the name in *size; NULL when ICU knows
 * better. */
static const char *posix_set(struct qd_slice text, size_t *size)
{
    if (text.size < 3 || text.data[1] != '{') return NULL;
    size_t end = qd_slice_find_byte(text, '}');
    if (end == SIZE_MAX) return NULL;
    for (size_t i = 0; i < sizeof(posix) / sizeof(*posix); i++) {
        if (!qd_slice_is(qd_slice_sub(text, 2, end - 2), posix[i].name)) continue;
        *size = end + 1;
        return posix[i].set;
    }
    return NULL;
}

static void put_set(struct qd_buffer *out, const char *set, bool negated)
{
    qd_buffer_text(out, negated ? "[^" : "[");
    qd_buffer_text(out, set);
    qd_buffer_text(out, "]");
}

/* Writes what stands behind a backslash; returns its size. */
static size_t put_escape(struct qd_slice text, bool in_class, struct qd_buffer *out)
{
    char letter = text.data[0];
    for (size_t i = 0; i < sizeof(shorthands) / sizeof(*shorthands); i++) {
        if ((letter | 0x20) != shorthands[i].letter) continue;
        put_set(out, shorthands[i].set, letter != shorthands[i].letter);
        return 1;
    }
    if (!in_class && (letter == 'b' || letter == 'B') && (text.size < 2 || text.data[1] != '{')) {
        qd_buffer_text(out, letter == 'b' ? border : no_border);
        return 1;
    }
    size_t size = 1;
    const char *set = letter == 'p' || letter == 'P' ? posix_set(text, &size) : NULL;
    if (set != NULL) {
        put_set(out, set, letter == 'P');
        return size;
    }
    qd_buffer_byte(out, '\\');
    qd_buffer_byte(out, (uint8_t)letter);
    return 1;
}

void qd_pattern_translate(struct qd_slice text, struct qd_buffer *out)
{
    size_t depth = 0;
    for (size_t at = 0; at < text.size;) {
        char letter = text.data[at];
        if (letter == '\\' && at + 1 < text.size && text.data[at + 1] == 'Q') {
            size_t start = at;
            at += 2;
            while (at < text.size &&
                   !(text.data[at] == '\\' && at + 1 < text.size && text.data[at + 1] == 'E')) {
                at++;
            }
            at = at < text.size ? at + 2 : at;
            qd_buffer_slice(out, qd_slice_sub(text, start, at - start));
            continue;
        }
        if (letter == '\\' && at + 1 < text.size) {
            at += 1 + put_escape(qd_slice_from(text, at + 1), depth > 0, out);
            continue;
        }
        if (letter == '[') depth++;
        if (letter == ']' && depth > 0) depth--;
        qd_buffer_byte(out, (uint8_t)letter);
        at++;
    }
}
