/* Gives the groups that patterns capture as tokens. Source: Lucene PatternCaptureGroupTokenFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/pattern.h"

struct state {
    struct qd_pattern **patterns; /* patterns[count] */
    size_t count;
    bool preserve_original;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_component_list list = qd_component_list(settings, "patterns", &found);
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "required setting 'patterns' is missing for token filter [%.*s]",
                            QD_SLICE_ARG(settings->name));
    state->patterns = QD_NEW_ARRAY(settings->arena, struct qd_pattern *, list.count + 1);
    for (; state->count < list.count; state->count++)
        QD_TRY(qd_pattern_create(settings->arena, list.items[state->count], 0,
                                 &state->patterns[state->count], error));
    QD_TRY(qd_component_bool(settings, "preserve_original", true, &state->preserve_original, error));
    *out = state;
    return QD_OK;
}

/* A part of a term. */
struct capture {
    size_t start;
    size_t end;
};
QD_VECTOR_TYPE(captures, struct capture);

/* The captures of one pattern, in the order in which they are found. */
static enum qd_status collect(const struct state *state, struct qd_component_run *run,
                              const struct qd_pattern *pattern, struct qd_pattern_matcher *matcher,
                              struct qd_slice term, struct captures *captures)
{
    bool found;
    QD_TRY(qd_pattern_reset(matcher, term, run->error));
    for (;;) {
        QD_TRY(qd_pattern_find(matcher, &found, run->error));
        if (!found) return QD_OK;
        for (int32_t group = 1; group <= pattern->group_count; group++) {
            struct capture capture;
            if (!qd_pattern_group(matcher, group, &capture.start, &capture.end)) continue;
            bool whole = capture.start == 0 && capture.end == term.size;
            if (capture.start == capture.end || (whole && state->preserve_original)) continue;
            *QD_PUSH(run->arena, captures) = capture;
        }
    }
}

/* Takes the capture that begins first, the earlier pattern's among equals; false when none is left. */
static bool take_first(const struct state *state, struct captures *captures, size_t *taken,
                       struct capture *capture)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < state->count; i++) {
        if (taken[i] == captures[i].count) continue;
        if (best == SIZE_MAX ||
            captures[i].data[taken[i]].start < captures[best].data[taken[best]].start) {
            best = i;
        }
    }
    if (best == SIZE_MAX) return false;
    *capture = captures[best].data[taken[best]++];
    return true;
}

static enum qd_status split(const struct state *state, struct qd_component_run *run,
                            struct qd_pattern_matcher **matchers, const struct qd_token *token,
                            struct qd_token_list *result)
{
    struct captures *captures = QD_NEW_ARRAY(run->arena, struct captures, state->count + 1);
    size_t *taken = QD_NEW_ARRAY(run->arena, size_t, state->count + 1);
    struct capture capture;
    for (size_t i = 0; i < state->count; i++)
        QD_TRY(collect(state, run, state->patterns[i], matchers[i], token->term, &captures[i]));
    bool first = !state->preserve_original;
    if (state->preserve_original) *qd_component_push(run->arena, result) = *token;
    while (take_first(state, captures, taken, &capture)) {
        struct qd_token *added = qd_component_push(run->arena, result);
        *added = *token;
        added->term = qd_slice_sub(token->term, capture.start, capture.end - capture.start);
        if (!first) added->position_increment = 0;
        first = false;
    }
    if (first) *qd_component_push(run->arena, result) = *token;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list result = { 0 };
    struct qd_pattern_matcher **matchers = QD_NEW_ARRAY(run->arena, struct qd_pattern_matcher *,
                                                        state->count + 1);
    enum qd_status status = QD_OK;
    for (size_t i = 0; i < state->count && status == QD_OK; i++)
        status = qd_pattern_open(state->patterns[i], run->arena, &matchers[i], run->error);
    for (size_t i = 0; i < run->tokens->count && status == QD_OK; i++)
        status = split(state, run, matchers, &run->tokens->data[i], &result);
    for (size_t i = 0; i < state->count; i++) qd_pattern_close(matchers[i]);
    if (status == QD_OK) qd_component_replace(run->tokens, &result);
    return status;
}

const struct qd_component_kind qd_filter_pattern_capture = {
    .name = "pattern_capture", .create = create, .run = run, .named_only = true,
};
