/* Keeps terms of a length, in UTF-16 units. Source: Lucene LengthFilter. */
#include "analysis/codepoint.h"
#include "analysis/compaction.h"
#include "analysis/component.h"
#include "analysis/filters.h"

struct state {
    int32_t min;
    int32_t max;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "min", 0, &state->min, error));
    QD_TRY(qd_component_int(settings, "max", INT32_MAX, &state->max, error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->min < 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "minimum length must be greater than or equal to zero");
    if (state->min > state->max)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "maximum length must not be greater than minimum length");
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_compaction compaction = { .tokens = run->tokens };
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token token = run->tokens->data[i];
        int64_t length = (int64_t)qd_codepoint_unit_count(token.term);
        if (length >= state->min && length <= state->max) qd_compaction_keep(&compaction, token);
        else qd_compaction_drop(&compaction, &token);
    }
    qd_compaction_end(&compaction);
    return QD_OK;
}

const struct qd_component_kind qd_filter_length = {
    .name = "length", .create = create, .use = use, .run = run
};
