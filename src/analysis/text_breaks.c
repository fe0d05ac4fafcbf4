#include "analysis/text_breaks.h"

#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include "base/vector.h"

QD_VECTOR_TYPE(offset_list, uint32_t);

/* A text that is read by code points. */
struct reading {
    const uint16_t *units;
    size_t count;
};

static UChar32 read_next(const struct reading *text, size_t *at)
{
    size_t i = *at;
    uint32_t unit = text->units[i++];
    if (U16_IS_LEAD(unit) && i < text->count && U16_IS_TRAIL(text->units[i])) {
        unit = 0x10000u + ((unit & 0x3ffu) << 10) + (text->units[i++] & 0x3ffu);
    }
    *at = i;
    return (UChar32)unit;
}

/* Marks and format characters belong to what is before them. */
static bool is_ignored(UChar32 point)
{
    return (U_MASK(u_charType(point)) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0;
}

static UChar32 next_point(const struct reading *text, size_t *at)
{
    UChar32 point = read_next(text, at);
    while (*at < text->count) {
        size_t after = *at;
        if (!is_ignored(read_next(text, &after))) {
            break;
        }
        *at = after;
    }
    return point;
}

/* ---- sentences ---- */
static bool is_blank(UChar32 c)
{
    return c == '\t' || c == '\r' || c == '\f' || c == '\n' || c == 0x2028 ||
           u_charType(c) == U_SPACE_SEPARATOR;
}
static bool is_start(UChar32 c)
{
    return c == '"' || c == '\'' || (U_MASK(u_charType(c)) & (U_GC_PS_MASK | U_GC_PI_MASK)) != 0;
}
static bool is_end(UChar32 c)
{
    return c == '"' || c == '\'' || (U_MASK(u_charType(c)) & (U_GC_PE_MASK | U_GC_PF_MASK)) != 0;
}
static bool is_term(UChar32 c)
{
    return c == '!' || c == '?' || c == 0x3002 || c == 0xff01 || c == 0xff1f;
}
static bool is_period(UChar32 c)
{
    return c == '.' || c == 0xff0e;
}
static bool is_number(UChar32 c)
{
    return (U_MASK(u_charType(c)) & U_GC_N_MASK) != 0;
}
static bool is_letter(UChar32 c)
{
    return (U_MASK(u_charType(c)) & U_GC_L_MASK) != 0;
}

static size_t skip_while(const struct reading *text, size_t at, bool (*belongs)(UChar32))
{
    while (at < text->count) {
        size_t after = at;
        if (!belongs(next_point(text, &after))) {
            break;
        }
        at = after;
    }
    return at;
}

static bool closes_term(UChar32 c)
{
    return is_term(c) || is_period(c) || is_end(c);
}
static bool closes_period(UChar32 c)
{
    return is_period(c) || is_end(c);
}

static size_t skip_paragraph(const struct reading *text, size_t at)
{
    return at < text->count && text->units[at] == 0x2029 ? at + 1 : at;
}

/* Signs that may begin a sentence when a letter follows them: all but closing ones, commas and what ends
 * sentences. */
static bool opens(UChar32 c)
{
    return !is_letter(c) && !is_number(c) && !is_blank(c) && !is_term(c) && !is_period(c) && c != ',' &&
           c != 0x2029 && (is_start(c) || !is_end(c));
}

static size_t skip_counted(const struct reading *text, size_t at, bool (*belongs)(UChar32), size_t *count)
{
    for (*count = 0; at < text->count; (*count)++) {
        size_t after = at;
        if (!belongs(next_point(text, &after))) {
            break;
        }
        at = after;
    }
    return at;
}

/* Behind a period at `at`: true when a sentence ends there, at *end. */
static bool period_ends(const struct reading *text, size_t at, size_t *end)
{
    size_t blanks;
    size_t signs;
    size_t closed = skip_while(text, at, closes_period);
    size_t blank = skip_counted(text, closed, is_blank, &blanks);
    *end = blank;
    if (blank >= text->count) {
        return true;
    }
    if (text->units[blank] == 0x2029) {
        *end = blank + 1;
        return true;
    }
    size_t start = skip_counted(text, blank, opens, &signs);
    if (start >= text->count) {
        return false;
    }
    size_t after = start;
    UChar32 first = next_point(text, &after);
    if (!is_letter(first)) {
        return false;
    }
    if (signs > 0 || blanks > 1) {
        return true;
    }
    if (blanks == 1) {
        return u_charType(first) != U_LOWERCASE_LETTER;
    }
    /* A quote that closes might as well open what follows. */
    uint16_t last = text->units[closed - 1];
    return closed > at && (last == '"' || last == '\'');
}

struct qd_text_breaks qd_text_breaks_sentences(const uint16_t *units, size_t count, struct qd_arena *arena)
{
    struct reading text = { units, count };
    struct offset_list list = { 0 };
    size_t at = 0;
    *QD_PUSH(arena, &list) = 0;
    while (at < count) {
        UChar32 point = next_point(&text, &at);
        size_t end = at;
        if (is_term(point)) {
            end = skip_paragraph(&text, skip_while(&text, skip_while(&text, at, closes_term), is_blank));
        } else if (point == 0x0964 || point == 0x0965) {
            end = skip_while(&text, at, is_blank);
        } else if (point != 0x2029 && (!is_period(point) || !period_ends(&text, at, &end))) {
            continue;
        }
        at = end;
        *QD_PUSH(arena, &list) = (uint32_t)end;
    }
    if (list.data[list.count - 1] != count) {
        *QD_PUSH(arena, &list) = (uint32_t)count;
    }
    return (struct qd_text_breaks){ list.data, list.count };
}

/* ---- words ---- */
static bool is_ideograph(UChar32 c)
{
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || c == 0x3005;
}
static bool is_katakana(UChar32 c)
{
    return (c >= 0x30a0 && c <= 0x30ff);
}
static bool is_hiragana(UChar32 c)
{
    return (c >= 0x3041 && c <= 0x309f);
}
static bool is_word_letter(UChar32 c)
{
    bool letter = is_letter(c) || u_charType(c) == U_COMBINING_SPACING_MARK;
    return letter && !is_ideograph(c) && !is_katakana(c) && !is_hiragana(c);
}
static bool is_mid_word(UChar32 c)
{
    return c == '"' || c == '\'' || c == '.' || c == 0xad || c == 0x2027 ||
           u_charType(c) == U_DASH_PUNCTUATION || u_charType(c) == U_CONNECTOR_PUNCTUATION;
}
static bool is_mid_number(UChar32 c)
{
    return c == '"' || c == '\'' || c == ',' || c == '.' || c == 0x66b;
}
static bool is_pre_number(UChar32 c)
{
    return c == '#' || c == '.' || (u_charType(c) == U_CURRENCY_SYMBOL && c != 0xa2);
}
static bool is_post_number(UChar32 c)
{
    return c == 0xa2 || c == '%' || c == '&' || c == 0x2030 || c == 0x2031;
}
static bool is_word_blank(UChar32 c)
{
    return c == '\t' || u_charType(c) == U_SPACE_SEPARATOR;
}
static bool is_line_end(UChar32 c)
{
    return c == '\n' || c == '\f' || c == 0x2028 || c == 0x2029;
}

/* Pieces of `belongs` with single `between` inside. */
static size_t skip_joined(const struct reading *text, size_t at, bool (*belongs)(UChar32),
                          bool (*between)(UChar32))
{
    for (;;) {
        size_t end = skip_while(text, at, belongs);
        if (end == at || end >= text->count) {
            return end;
        }
        size_t middle = end;
        if (!between(next_point(text, &middle))) {
            return end;
        }
        size_t after = middle;
        if (middle >= text->count || !belongs(next_point(text, &after))) {
            return end;
        }
        at = middle;
    }
}

/* Words and numbers in a row. */
static size_t skip_mixture(const struct reading *text, size_t at)
{
    for (;;) {
        size_t word = skip_joined(text, at, is_word_letter, is_mid_word);
        size_t number = skip_joined(text, word, is_number, is_mid_number);
        if (number == word) {
            return word;
        }
        at = number;
        size_t after = at;
        bool more = at < text->count && is_word_letter(next_point(text, &after));
        if (more) {
            continue;
        }
        after = at;
        return at < text->count && is_post_number(next_point(text, &after)) ? after : at;
    }
}

static size_t skip_blanks(const struct reading *text, size_t at)
{
    at = skip_while(text, at, is_word_blank);
    if (at < text->count && text->units[at] == '\r') {
        at++;
    }
    if (at < text->count && is_line_end(text->units[at])) {
        at++;
    }
    return at;
}

static size_t word_end(const struct reading *text, size_t at)
{
    size_t end = at;
    UChar32 first = next_point(text, &end);
    if (is_word_letter(first) || is_number(first)) {
        return skip_mixture(text, at);
    }
    if (is_pre_number(first)) {
        size_t after = end;
        if (end < text->count && is_number(next_point(text, &after))) {
            return skip_mixture(text, end);
        }
        return end;
    }
    if (is_word_blank(first) || first == '\r' || is_line_end(first)) {
        return skip_blanks(text, at);
    }
    if (is_ideograph(first)) {
        return skip_while(text, at, is_ideograph);
    }
    if (is_katakana(first)) {
        return skip_while(text, at, is_katakana);
    }
    return is_hiragana(first) ? skip_while(text, at, is_hiragana) : end;
}

struct qd_text_breaks qd_text_breaks_words(const uint16_t *units, size_t count, struct qd_arena *arena)
{
    struct reading text = { units, count };
    struct offset_list list = { 0 };
    *QD_PUSH(arena, &list) = 0;
    for (size_t at = 0; at < count;) {
        at = word_end(&text, at);
        *QD_PUSH(arena, &list) = (uint32_t)at;
    }
    return (struct qd_text_breaks){ list.data, list.count };
}

/* ---- look-up ---- */
/* How many breaks are < offset. */
static size_t count_below(const struct qd_text_breaks *breaks, int64_t offset)
{
    size_t low = 0;
    size_t high = breaks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((int64_t)breaks->at[middle] < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int64_t qd_text_breaks_preceding(const struct qd_text_breaks *breaks, int64_t offset)
{
    size_t below = count_below(breaks, offset);
    return below == 0 ? QD_TEXT_BREAK_NONE : (int64_t)breaks->at[below - 1];
}

int64_t qd_text_breaks_following(const struct qd_text_breaks *breaks, int64_t offset)
{
    size_t below = count_below(breaks, offset + 1);
    return below == breaks->count ? QD_TEXT_BREAK_NONE : (int64_t)breaks->at[below];
}
