/* Marks words that stemmers leave alone, by list or by pattern. Source: Lucene SetKeywordMarkerFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/pattern.h"
#include "analysis/word_set.h"

struct state {
    struct qd_word_set words;
    struct qd_pattern *pattern; /* NULL: the list decides */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "keywords", .listed = true };
    bool has_pattern, has_words;
    QD_TRY(qd_component_bool(settings, "ignore_case", false, &source.ignore_case, error));
    struct qd_slice pattern = qd_component_text(settings, "keywords_pattern", &has_pattern);
    (void)qd_component_list(settings, "keywords", &has_words);
    if (!has_words) (void)qd_component_text(settings, "keywords_path", &has_words);
    if (has_pattern && has_words)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "cannot specify both `keywords_pattern` and `keywords` or `keywords_path`");
    if (has_pattern) QD_TRY(qd_pattern_create(settings->arena, pattern, 0, &state->pattern, error));
    if (!has_pattern && !has_words)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be "
            "configured");
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_pattern_matcher *matcher = NULL;
    if (state->pattern != NULL) QD_TRY(qd_pattern_open(state->pattern, run->arena, &matcher, run->error));
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < run->tokens->count && status == QD_OK; i++) {
        struct qd_token *token = &run->tokens->data[i];
        bool found = false;
        if (matcher == NULL) found = qd_word_set_has(&state->words, run->arena, token->term);
        else status = qd_pattern_matches(matcher, token->term, &found, run->error);
        if (found) token->keyword = true;
    }
    qd_pattern_close(matcher);
    return status;
}

/* Patterns are opened once for each text. */
static bool by_word(const void *data)
{
    const struct state *state = data;
    return state->pattern == NULL;
}

const struct qd_component_kind qd_filter_keyword_marker = {
    .name = "keyword_marker",
    .create = create,
    .run = run,
    .keyword = qd_component_keyword,
    .by_word = by_word,
    .named_only = true,
};

/* The `stem_exclusion` of language analyzers: a list only, not known to users as a filter. */
static enum qd_status create_exclusion(const struct qd_component_settings *settings, void **out,
                                       struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "stem_exclusion", .named = false };
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    *out = state;
    return QD_OK;
}

const struct qd_component_kind qd_filter_stem_exclusion = {
    .name = "stem_exclusion",
    .create = create_exclusion,
    .run = run,
    .keyword = qd_component_keyword,
    .by_word = by_word,
    .named_only = true,
};
