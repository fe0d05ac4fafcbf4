#include "base/wildcard.h"

#include "base/text.h"

/* What is special in a pattern. */
struct dialect {
    bool question;    /* `?` stands for one code point */
    bool escape;      /* `\` makes the next character ordinary */
    bool ignore_case; /* ASCII letters match both cases */
};

static char folded(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Compares one position; moves both offsets when it fits. The pattern is not at a `*`. */
static bool step(struct dialect dialect, struct qd_slice pattern, size_t *p, struct qd_slice text, size_t *t)
{
    if (*p == pattern.size || *t == text.size) return false;
    char c = pattern.data[*p];
    if (dialect.question && c == '?') {
        qd_utf8_decode(text, t);
        ++*p;
        return true;
    }
    size_t taken = 1;
    if (dialect.escape && c == '\\' && *p + 1 < pattern.size) {
        c = pattern.data[*p + 1];
        taken = 2;
    }
    char given = text.data[*t];
    if (c != given && !(dialect.ignore_case && folded(c) == folded(given))) return false;
    *p += taken;
    ++*t;
    return true;
}

/* Only the last `*` is ever tried again: what an earlier one would take can also be taken by the last. */
static bool match(struct dialect dialect, struct qd_slice pattern, struct qd_slice text)
{
    size_t p = 0, t = 0;
    size_t after_star = SIZE_MAX;
    size_t retry = 0;
    for (;;) {
        if (p < pattern.size && pattern.data[p] == '*') {
            after_star = ++p;
            retry = t;
            continue;
        }
        if (p == pattern.size && t == text.size) return true;
        if (step(dialect, pattern, &p, text, &t)) continue;
        if (after_star == SIZE_MAX || retry >= text.size) return false;
        qd_utf8_decode(text, &retry);
        p = after_star;
        t = retry;
    }
}

bool qd_wildcard_match(struct qd_slice pattern, struct qd_slice text)
{
    return match((struct dialect){ .question = true, .escape = true }, pattern, text);
}

bool qd_simple_match(struct qd_slice pattern, struct qd_slice text)
{
    return match((struct dialect){ .question = false }, pattern, text);
}

bool qd_simple_match_ignore_case(struct qd_slice pattern, struct qd_slice text)
{
    return match((struct dialect){ .ignore_case = true }, pattern, text);
}

bool qd_simple_match_any(const struct qd_slice *patterns, size_t count, struct qd_slice text)
{
    for (size_t i = 0; i < count; i++) {
        if (qd_simple_match(patterns[i], text)) return true;
    }
    return false;
}

bool qd_is_simple_pattern(struct qd_slice pattern)
{
    return qd_slice_find_byte(pattern, '*') != SIZE_MAX;
}

bool qd_is_match_all_pattern(struct qd_slice pattern)
{
    return qd_slice_is(pattern, "*");
}
