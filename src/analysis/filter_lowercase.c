/* Lower case by simple mappings, as Lucene's LowerCaseFilter; Greek, Irish and Turkish have rules of their
 * own. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/unicode_table.h"

enum language { PLAIN, GREEK, IRISH, TURKISH };

struct state {
    enum language language;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_slice language = qd_component_text(settings, "language", &found);
    if (!found) state->language = PLAIN;
    else if (qd_slice_is(language, "greek")) state->language = GREEK;
    else if (qd_slice_is(language, "irish")) state->language = IRISH;
    else if (qd_slice_is(language, "turkish")) state->language = TURKISH;
    else
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "language [%.*s] not support for lower case",
                            QD_SLICE_ARG(language));
    *out = state;
    return QD_OK;
}

/* Lucene GreekLowerCaseFilter: accents and dialytika go, final sigma becomes sigma. */
static uint32_t greek(uint32_t cp)
{
    switch (cp) {
    case 0x3C2: return 0x3C3;
    case 0x386: case 0x3AC: return 0x3B1;
    case 0x388: case 0x3AD: return 0x3B5;
    case 0x389: case 0x3AE: return 0x3B7;
    case 0x38A: case 0x3AA: case 0x3AF: case 0x3CA: case 0x390: return 0x3B9;
    case 0x38E: case 0x3AB: case 0x3CD: case 0x3CB: case 0x3B0: return 0x3C5;
    case 0x38C: case 0x3CC: return 0x3BF;
    case 0x38F: case 0x3CE: return 0x3C9;
    case 0x3A2: return 0x3C2;
    default: return qd_unicode_lower(cp);
    }
}

/* Bytes of the term that lower case leaves as they are, from the first on. */
static size_t lower_already(struct qd_slice term)
{
    size_t at = 0;
    while (at < term.size && (uint8_t)(term.data[at] - 'A') >= 26 && (uint8_t)term.data[at] < 0x80) at++;
    return at;
}

static bool is_ascii(struct qd_slice term)
{
    uint8_t bits = 0;
    for (size_t i = 0; i < term.size; i++) bits |= (uint8_t)term.data[i];
    return bits < 0x80;
}

static struct qd_slice lower_ascii(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size);
    for (size_t i = 0; i < term.size; i++) {
        uint8_t byte = (uint8_t)term.data[i];
        out[i] = (char)((uint8_t)(byte - 'A') < 26 ? byte | 0x20 : byte);
    }
    return qd_slice_make(out, term.size);
}

/* A byte that is not UTF-8 becomes three (U+FFFD); no simple mapping grows as much. */
struct qd_slice qd_filter_lowercase_term(struct qd_arena *arena, struct qd_slice term)
{
    if (lower_already(term) == term.size) return term;
    if (is_ascii(term)) return lower_ascii(arena, term);
    char *out = qd_arena_alloc(arena, term.size * 3 + 4);
    size_t size = 0;
    uint32_t cp;
    for (size_t at = 0; at < term.size;) {
        size_t step = qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        at += step;
        size += qd_codepoint_write(qd_unicode_lower(cp), out + size);
    }
    return qd_slice_make(out, size);
}

static struct qd_slice lower_greek(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size * 3 + 4);
    size_t size = 0;
    uint32_t cp;
    for (size_t at = 0; at < term.size;) {
        at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        size += qd_codepoint_write(greek(cp), out + size);
    }
    return qd_slice_make(out, size);
}

/* Irish goes by UTF-16 units: what lies beyond the BMP stays as it is. */
static struct qd_slice lower_units(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size * 3 + 4);
    size_t size = 0;
    uint32_t cp;
    for (size_t at = 0; at < term.size;) {
        at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        size += qd_codepoint_write(cp > 0xFFFF ? cp : qd_unicode_lower(cp), out + size);
    }
    return qd_slice_make(out, size);
}

/* Prothetic n and t before an upper-case vowel are set off by a hyphen: nAthair, tUisce. */
static struct qd_slice lower_irish(struct qd_arena *arena, struct qd_slice term)
{
    uint32_t vowel = 0;
    if (term.size < 2 || (term.data[0] != 'n' && term.data[0] != 't')) return lower_units(arena, term);
    (void)qd_codepoint_read(term.data + 1, term.data + term.size, &vowel);
    bool upper = vowel == 'A' || vowel == 'E' || vowel == 'I' || vowel == 'O' || vowel == 'U' ||
                 vowel == 0xC1 || vowel == 0xC9 || vowel == 0xCD || vowel == 0xD3 || vowel == 0xDA;
    if (!upper) return lower_units(arena, term);
    struct qd_slice rest = lower_units(arena, qd_slice_from(term, 1));
    return qd_arena_format(arena, "%c-%.*s", term.data[0], QD_SLICE_ARG(rest));
}

/* I with a dot (also as I and a combining dot above) becomes i, I without becomes dotless i. */
static struct qd_slice lower_turkish(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size * 3 + 4);
    const char *end = term.data + term.size;
    size_t size = 0;
    bool after_i = false;
    uint32_t cp;
    for (size_t at = 0; at < term.size;) {
        size_t step = qd_codepoint_read(term.data + at, end, &cp);
        uint8_t category = qd_unicode_category(cp);
        if (cp == 'I') {
            after_i = true;
            uint32_t next = 0;
            size_t scan = at + step;
            bool dotted = false;
            while (scan < term.size) {
                scan += qd_codepoint_read(term.data + scan, end, &next);
                if (qd_unicode_category(next) != QD_CATEGORY_NONSPACING_MARK) break;
                if (next == 0x307) {
                    dotted = true;
                    break;
                }
            }
            size += qd_codepoint_write(dotted ? 'i' : 0x131, out + size);
        } else if (after_i && cp == 0x307) {
            /* The dot of an I that has become i. */
        } else {
            if (category != QD_CATEGORY_NONSPACING_MARK) after_i = false;
            size += qd_codepoint_write(qd_unicode_lower(cp), out + size);
        }
        at += step;
    }
    return qd_slice_make(out, size);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_slice *term = &run->tokens->data[i].term;
        switch (state->language) {
        case PLAIN: *term = qd_filter_lowercase_term(run->arena, *term); break;
        case GREEK: *term = lower_greek(run->arena, *term); break;
        case IRISH: *term = lower_irish(run->arena, *term); break;
        case TURKISH: *term = lower_turkish(run->arena, *term); break;
        }
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_lowercase = {
    .name = "lowercase", .create = create, .run = run, .by_word = qd_component_by_word, .normalizes = true,
};
