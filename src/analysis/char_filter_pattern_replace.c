/* Replaces matches of a regular expression in the text. Source: Lucene PatternReplaceCharFilter. */
#include "analysis/char_filters.h"
#include "analysis/component.h"
#include "analysis/pattern_replace.h"

struct state {
    struct qd_pattern *pattern;
    struct qd_pattern_replacement replacement;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    uint32_t flags;
    struct qd_slice pattern = qd_component_text(settings, "pattern", &found);
    if (pattern.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "pattern is missing for [%.*s] char filter of type 'pattern_replace'",
                            QD_SLICE_ARG(settings->name));
    QD_TRY(qd_pattern_flags(qd_component_text(settings, "flags", &found), &flags, error));
    QD_TRY(qd_pattern_create(settings->arena, pattern, flags, &state->pattern, error));
    QD_TRY(qd_pattern_replacement_read(settings->arena, qd_component_text(settings, "replacement", &found),
                                       &state->replacement, error));
    *out = state;
    return QD_OK;
}

static enum qd_status filter(const void *data, struct qd_arena *arena, struct qd_slice in,
                             struct qd_slice *out, struct qd_offset_map *map)
{
    const struct state *state = data;
    struct qd_pattern_matcher *matcher;
    struct qd_pattern_rewrite rewrite = { .arena = arena, .all = true, .map = map };
    QD_TRY(qd_pattern_open(state->pattern, arena, &matcher, NULL));
    enum qd_status status = qd_pattern_rewrite(matcher, &state->replacement, in, &rewrite, NULL);
    qd_pattern_close(matcher);
    *out = rewrite.text;
    return status;
}

const struct qd_component_kind qd_char_filter_pattern_replace = {
    .name = "pattern_replace", .create = create, .filter = filter, .normalizes = true, .named_only = true,
};
