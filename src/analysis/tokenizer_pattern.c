/* Words between, or at, the matches of a regular expression. Source: Lucene PatternTokenizer. */
#include "analysis/component.h"
#include "analysis/pattern.h"
#include "analysis/tokenizers.h"

struct state {
    struct qd_pattern *pattern;
    int32_t group; /* -1: what is between the matches */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found, has_flags;
    uint32_t flags;
    struct qd_slice pattern = qd_component_text(settings, "pattern", &found);
    if (!found) pattern = QD_SLICE("\\W+");
    QD_TRY(qd_pattern_flags(qd_component_text(settings, "flags", &has_flags), &flags, error));
    QD_TRY(qd_pattern_create(settings->arena, pattern, flags, &state->pattern, error));
    QD_TRY(qd_component_int(settings, "group", -1, &state->group, error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->group <= state->pattern->group_count) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "invalid group specified: pattern only has: %d capturing groups",
                        state->pattern->group_count);
}

static enum qd_status cut(const struct state *state, struct qd_pattern_matcher *matcher,
                          struct qd_component_run *run)
{
    QD_TRY(qd_pattern_reset(matcher, run->text, run->error));
    size_t last = 0, start, end;
    for (;;) {
        bool found;
        QD_TRY(qd_pattern_find(matcher, &found, run->error));
        if (!found) break;
        if (!qd_pattern_group(matcher, state->group < 0 ? 0 : state->group, &start, &end)) continue;
        if (state->group >= 0 && end > start) (void)qd_component_emit(run, start, end, "word");
        if (state->group < 0 && start > last) (void)qd_component_emit(run, last, start, "word");
        last = end;
    }
    if (state->group < 0 && run->text.size > last) (void)qd_component_emit(run, last, run->text.size, "word");
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_pattern_matcher *matcher;
    QD_TRY(qd_pattern_open(state->pattern, run->arena, &matcher, run->error));
    enum qd_status status = cut(state, matcher, run);
    qd_pattern_close(matcher);
    return status;
}

const struct qd_component_kind qd_tokenizer_pattern = {
    .name = "pattern", .create = create, .use = use, .run = run,
};
