/* Joins common words with their neighbours. Source: Lucene CommonGramsFilter, CommonGramsQueryFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_set.h"

struct state {
    struct qd_word_set words;
    bool query_mode; /* words that are in a pair do not stand alone */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "common_words", .named = true };
    bool found, path;
    (void)qd_component_list(settings, "common_words", &found);
    (void)qd_component_text(settings, "common_words_path", &path);
    if (!found && !path && !settings->prebuilt)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "missing or empty [common_words] or [common_words_path] configuration for "
                            "common_grams token filter");
    QD_TRY(qd_component_bool(settings, "ignore_case", false, &source.ignore_case, error));
    QD_TRY(qd_component_bool(settings, "query_mode", false, &state->query_mode, error));
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    *out = state;
    return QD_OK;
}

static void emit_pair(const struct state *state, struct qd_component_run *run, const struct qd_token *first,
                      struct qd_token_list *result)
{
    const struct qd_token *second = first + 1;
    struct qd_token *token = qd_component_push(run->arena, result);
    token->term = qd_arena_format(run->arena, "%.*s_%.*s", QD_SLICE_ARG(first->term),
                                  QD_SLICE_ARG(second->term));
    token->type = "gram";
    token->start_offset = first->start_offset;
    token->end_offset = second->end_offset;
    if (state->query_mode) return;
    token->position_increment = 0;
    token->position_length = 2;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens, result = { 0 };
    bool *common = QD_NEW_ARRAY(run->arena, bool, tokens->count + 1);
    for (size_t i = 0; i < tokens->count; i++)
        common[i] = qd_word_set_has(&state->words, run->arena, tokens->data[i].term);
    for (size_t i = 0; i < tokens->count; i++) {
        bool before = i > 0 && (common[i - 1] || common[i]);
        bool pair = i + 1 < tokens->count && (common[i] || common[i + 1]);
        /* The last word of a text falls into the pair before it. */
        bool joined = pair || (before && i + 1 == tokens->count);
        if (!state->query_mode || !joined) *qd_component_push(run->arena, &result) = tokens->data[i];
        if (pair) emit_pair(state, run, &tokens->data[i], &result);
    }
    qd_component_replace(tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_common_grams = {
    .name = "common_grams", .create = create, .run = run, .no_synonyms = true,
};
