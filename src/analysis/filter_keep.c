/* Keeps the words of a list, or the tokens of some types. Source: Lucene KeepWordFilter, TypeTokenFilter. */
#include "analysis/compaction.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_set.h"

struct state {
    struct qd_word_set words;
    bool exclude; /* keep_types: the types named go */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "keep_words", .listed = true };
    bool found, path, lowercase;
    (void)qd_component_list(settings, "keep_words", &found);
    (void)qd_component_text(settings, "keep_words_path", &path);
    if (found == path)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "keep requires either `keep_words` or `keep_words_path` to be configured");
    QD_TRY(qd_component_bool(settings, "keep_words_case", false, &lowercase, error));
    source.ignore_case = lowercase;
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_compaction compaction = { .tokens = run->tokens };
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token token = run->tokens->data[i];
        if (qd_word_set_has(&state->words, run->arena, token.term)) qd_compaction_keep(&compaction, token);
        else qd_compaction_drop(&compaction, &token);
    }
    qd_compaction_end(&compaction);
    return QD_OK;
}

const struct qd_component_kind qd_filter_keep = {
    .name = "keep", .create = create, .run = run, .named_only = true
};

static enum qd_status create_types(const struct qd_component_settings *settings, void **out,
                                   struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "types", .named = false };
    bool found;
    struct qd_component_list types = qd_component_list(settings, "types", &found);
    if (types.count == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "keep_types requires `types` to be configured");
    struct qd_slice mode = qd_component_text(settings, "mode", &found);
    if (found && !qd_slice_is(mode, "include") && !qd_slice_is(mode, "exclude"))
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "`keep_types` tokenfilter mode can only be [include] or [exclude] but was [%.*s].",
            QD_SLICE_ARG(mode));
    state->exclude = found && qd_slice_is(mode, "exclude");
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    *out = state;
    return QD_OK;
}

static enum qd_status run_types(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_compaction compaction = { .tokens = run->tokens };
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token token = run->tokens->data[i];
        bool named = qd_word_set_has(&state->words, run->arena, qd_slice_from_string(token.type));
        if (named != state->exclude) qd_compaction_keep(&compaction, token);
        else qd_compaction_drop(&compaction, &token);
    }
    qd_compaction_end(&compaction);
    return QD_OK;
}

const struct qd_component_kind qd_filter_keep_types = {
    .name = "keep_types", .create = create_types, .run = run_types, .named_only = true,
};
