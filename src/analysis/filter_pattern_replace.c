/* Replaces matches of a regular expression in terms. Source: Lucene PatternReplaceFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/pattern.h"
#include "analysis/pattern_replace.h"

struct state {
    struct qd_pattern *pattern;
    struct qd_pattern_replacement replacement;
    bool all;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    uint32_t flags;
    struct qd_slice pattern = qd_component_text(settings, "pattern", &found);
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "pattern is missing for [%.*s] token filter of type 'pattern_replace'",
                            QD_SLICE_ARG(settings->name));
    QD_TRY(qd_pattern_flags(qd_component_text(settings, "flags", &found), &flags, error));
    QD_TRY(qd_pattern_create(settings->arena, pattern, flags, &state->pattern, error));
    QD_TRY(qd_pattern_replacement_read(settings->arena, qd_component_text(settings, "replacement", &found),
                                       &state->replacement, error));
    QD_TRY(qd_component_bool(settings, "all", true, &state->all, error));
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_pattern_matcher *matcher;
    QD_TRY(qd_pattern_open(state->pattern, run->arena, &matcher, run->error));
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < run->tokens->count && status == QD_OK; i++) {
        struct qd_token *token = &run->tokens->data[i];
        struct qd_pattern_rewrite rewrite = { .arena = run->arena, .all = state->all };
        status = qd_pattern_rewrite(matcher, &state->replacement, token->term, &rewrite, run->error);
        if (status == QD_OK) token->term = rewrite.text;
    }
    qd_pattern_close(matcher);
    return status;
}

const struct qd_component_kind qd_filter_pattern_replace = {
    .name = "pattern_replace", .create = create, .run = run, .named_only = true,
};
