/* Words by UAX #29, as Lucene's StandardTokenizer cuts them: the longest match of a generated automaton. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/tokenizers.h"
#include "analysis/url_match.h"
#include "analysis/word_break_table.h"

#define MAX_TOKEN_LENGTH 255
#define MAX_TOKEN_LENGTH_LIMIT (1024 * 1024)

static const char *const type_names[] = {
    [QD_WORD_NONE] = "word",
    [QD_WORD_EMOJI] = "<EMOJI>",
    [QD_WORD_NUMBER] = "<NUM>",
    [QD_WORD_HANGUL] = "<HANGUL>",
    [QD_WORD_KATAKANA] = "<KATAKANA>",
    [QD_WORD_ALPHANUM] = "<ALPHANUM>",
    [QD_WORD_SOUTHEAST_ASIAN] = "<SOUTHEAST_ASIAN>",
    [QD_WORD_IDEOGRAPHIC] = "<IDEOGRAPHIC>",
    [QD_WORD_HIRAGANA] = "<HIRAGANA>",
};

/* What an ASCII byte is to the automaton; the last two: it can only end a word after a letter or a digit. */
enum { SKIPPED = 1, LETTER = 2, DIGIT = 4, ENDS_LETTER = 8, ENDS_DIGIT = 16 };

struct state {
    int32_t max_token_length; /* UTF-16 units */
    uint8_t ascii[256];       /* the flags above; none for bytes from 128 on */
};

/* The automaton's state behind an ASCII text. */
static uint8_t state_after(const char *text)
{
    uint8_t state = 1;
    for (; *text != 0; text++) state = qd_word_break_next[state][qd_word_break_class((uint8_t)*text)];
    return state;
}

/* Most text is runs of ASCII letters and digits between bytes that can neither begin nor go on with a word:
 * such runs are words, so that the automaton need not walk them. What the bytes are is read from it. */
static void classify_ascii(uint8_t ascii[256])
{
    const uint8_t letter = state_after("a");
    const uint8_t digits[] = { state_after("0"), state_after("00"), state_after("a0") };
    for (uint32_t byte = 0; byte < 128; byte++) {
        uint8_t class = qd_word_break_class(byte);
        uint8_t flags = 0;
        if (qd_word_break_next[1][class] == 0) flags |= SKIPPED;
        if (class == qd_word_break_class('a')) flags |= LETTER;
        if (class == qd_word_break_class('0')) flags |= DIGIT;
        if (qd_word_break_next[letter][class] == 0) flags |= ENDS_LETTER;
        bool ends = true;
        for (size_t i = 0; i < sizeof(digits); i++) ends = ends && qd_word_break_next[digits[i]][class] == 0;
        if (ends) flags |= ENDS_DIGIT;
        ascii[byte] = flags;
    }
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "max_token_length", MAX_TOKEN_LENGTH, &state->max_token_length, error));
    classify_ascii(state->ascii);
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->max_token_length < 1)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "maxTokenLength must be greater than zero");
    if (state->max_token_length > MAX_TOKEN_LENGTH_LIMIT)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "maxTokenLength may not exceed %d",
                            MAX_TOKEN_LENGTH_LIMIT);
    return QD_OK;
}

/* The longest token that begins at `at`, of at most `units` UTF-16 units; its kind, and its end in *end. */
static enum qd_word_kind match(const char *at, const char *limit, size_t units, const char **end)
{
    uint8_t state = 1, kind = QD_WORD_NONE;
    while (at < limit) {
        uint32_t cp = (uint8_t)*at;
        size_t size = 1;
        if (cp >= 0x80) size = qd_codepoint_read(at, limit, &cp);
        size_t wide = qd_codepoint_units(cp);
        if (wide > units) break;
        units -= wide;
        state = qd_word_break_next[state][qd_word_break_class(cp)];
        if (state == 0) break;
        at += size;
        if (qd_word_break_accept[state] != QD_WORD_NONE) {
            kind = qd_word_break_accept[state];
            *end = at;
        }
    }
    return (enum qd_word_kind)kind;
}

/* The same for a word of ASCII letters and digits behind which no word can go on; QD_WORD_NONE: another one,
 * or none. */
static enum qd_word_kind match_ascii(const struct state *state, const char *at, const char *limit,
                                     const char **end)
{
    const char *start = at;
    uint8_t kinds = 0;
    uint8_t last = 0;
    uint8_t byte = 0;
    for (; at < limit; at++) {
        byte = (uint8_t)*at;
        uint8_t kind = state->ascii[byte] & (LETTER | DIGIT);
        if (kind == 0) break;
        kinds |= last = kind;
    }
    if (kinds == 0 || at - start > state->max_token_length) return QD_WORD_NONE;
    uint8_t ends = last == LETTER ? ENDS_LETTER : ENDS_DIGIT;
    if (at < limit && (state->ascii[byte] & ends) == 0) return QD_WORD_NONE;
    *end = at;
    return kinds == DIGIT ? QD_WORD_NUMBER : QD_WORD_ALPHANUM;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    size_t units = (size_t)state->max_token_length;
    const char *start = run->text.data, *limit = start + run->text.size;
    for (const char *at = start; at < limit;) {
        if ((state->ascii[(uint8_t)*at] & SKIPPED) != 0) {
            at++;
            continue;
        }
        const char *end = at;
        enum qd_word_kind kind = match_ascii(state, at, limit, &end);
        if (kind == QD_WORD_NONE) kind = match(at, limit, units, &end);
        if (kind == QD_WORD_NONE) {
            uint32_t cp;
            at += qd_codepoint_read(at, limit, &cp);
            continue;
        }
        (void)qd_component_emit(run, (size_t)(at - start), (size_t)(end - start), type_names[kind]);
        at = end;
    }
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_standard = {
    .name = "standard", .create = create, .use = use, .run = run,
};

/* Where the part of a text ends that has at most `units` UTF-16 units. */
static const char *window_end(const char *at, const char *limit, size_t units)
{
    while (at < limit) {
        uint32_t cp;
        size_t size = qd_codepoint_read(at, limit, &cp), wide = qd_codepoint_units(cp);
        if (wide > units) break;
        units -= wide;
        at += size;
    }
    return at;
}

/* The longest of a word, a web address and an e-mail address wins; among equals an address. */
static enum qd_status run_addresses(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    size_t units = (size_t)state->max_token_length;
    const char *start = run->text.data, *limit = start + run->text.size;
    for (const char *at = start; at < limit;) {
        const char *end = at, *window = window_end(at, limit, units);
        enum qd_word_kind kind = match(at, limit, units, &end);
        const char *type = type_names[kind];
        size_t size = (size_t)(end - at), url = qd_url_match(at, window), email = qd_email_match(at, window);
        if (url > 0 && url >= size) {
            type = "<URL>";
            size = url;
        }
        if (qd_mailto_match(at, window)) {
            type = "<ALPHANUM>";
            size = 6;
        }
        if (email > size) {
            type = "<EMAIL>";
            size = email;
        }
        if (size > 0) {
            (void)qd_component_emit(run, (size_t)(at - start), (size_t)(at - start) + size, type);
            at += size;
            continue;
        }
        uint32_t cp;
        at += qd_codepoint_read(at, limit, &cp);
    }
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_uax_url_email = {
    .name = "uax_url_email", .create = create, .use = use, .run = run_addresses,
};
