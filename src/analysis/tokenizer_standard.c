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

struct state {
    int32_t max_token_length; /* UTF-16 units */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "max_token_length", MAX_TOKEN_LENGTH, &state->max_token_length, error));
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

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    size_t units = (size_t)state->max_token_length;
    const char *start = run->text.data, *limit = start + run->text.size;
    for (const char *at = start; at < limit;) {
        const char *end = at;
        enum qd_word_kind kind = match(at, limit, units, &end);
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
