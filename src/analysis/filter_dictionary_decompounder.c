/* Finds the words of a dictionary inside compounds. Source: Lucene DictionaryCompoundWordTokenFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_set.h"

/* A compound may have this many letters at most; longer terms are not looked into. */
#define LETTERS_MAX 4096

struct state {
    struct qd_word_set words;
    int32_t word_min;
    int32_t part_min;
    int32_t part_max;
    bool only_longest;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "word_list", .listed = true };
    bool found, path;
    (void)qd_component_list(settings, "word_list", &found);
    (void)qd_component_text(settings, "word_list_path", &path);
    QD_TRY(qd_component_int(settings, "min_word_size", 5, &state->word_min, error));
    QD_TRY(qd_component_int(settings, "min_subword_size", 2, &state->part_min, error));
    QD_TRY(qd_component_int(settings, "max_subword_size", 15, &state->part_max, error));
    QD_TRY(qd_component_bool(settings, "only_longest_match", false, &state->only_longest, error));
    if (!found && !path)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "word_list must be provided for [%.*s], either as a path to a file, or directly",
                            QD_SLICE_ARG(settings->name));
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    if (state->part_min < 1) state->part_min = 1;
    *out = state;
    return QD_OK;
}

static void emit(struct qd_component_run *run, const struct qd_token *token, struct qd_slice part,
                 struct qd_token_list *result)
{
    struct qd_token *added = qd_component_push(run->arena, result);
    *added = *token;
    added->term = part;
    added->position_increment = 0;
    added->position_length = 1;
}

/* A token and where its letters begin. */
struct compound {
    const struct qd_token *token;
    size_t *borders; /* borders[count + 1] */
    size_t count;
};

/* The parts that begin at letter `at`; returns where to go on. */
static size_t split_at(const struct state *state, struct qd_component_run *run,
                       const struct compound *compound, size_t at, struct qd_token_list *result)
{
    const struct qd_token *token = compound->token;
    const size_t *borders = compound->borders;
    size_t longest = 0, count = compound->count;
    for (size_t size = (size_t)state->part_min; (int64_t)size <= state->part_max && at + size <= count;
         size++) {
        struct qd_slice part = qd_slice_sub(token->term, borders[at], borders[at + size] - borders[at]);
        if (!qd_word_set_has(&state->words, run->arena, part)) continue;
        longest = size;
        if (!state->only_longest) emit(run, token, part, result);
    }
    if (!state->only_longest || longest == 0) return at + 1;
    emit(run, token, qd_slice_sub(token->term, borders[at], borders[at + longest] - borders[at]), result);
    return at + longest;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list result = { 0 };
    size_t *borders = QD_NEW_ARRAY(run->arena, size_t, LETTERS_MAX + 1);
    for (size_t i = 0; i < run->tokens->count; i++) {
        const struct qd_token *token = &run->tokens->data[i];
        *qd_component_push(run->arena, &result) = *token;
        size_t count = 0, units = qd_codepoint_unit_count(token->term);
        if (units < (size_t)(state->word_min < 0 ? 0 : state->word_min) || units > LETTERS_MAX) continue;
        for (size_t at = 0; at < token->term.size;) {
            uint32_t cp;
            borders[count++] = at;
            at += qd_codepoint_read(token->term.data + at, token->term.data + token->term.size, &cp);
        }
        borders[count] = token->term.size;
        struct compound compound = { token, borders, count };
        for (size_t at = 0; at + (size_t)state->part_min <= count;)
            at = split_at(state, run, &compound, at, &result);
    }
    qd_component_replace(run->tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_dictionary_decompounder = {
    .name = "dictionary_decompounder",
    .create = create,
    .run = run,
    .named_only = true,
};
