/* Keeps the first tokens. Source: Lucene LimitTokenCountFilter. */
#include "analysis/component.h"
#include "analysis/filters.h"

struct state {
    int32_t max_token_count;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool consume_all;
    QD_TRY(qd_component_int(settings, "max_token_count", 1, &state->max_token_count, error));
    QD_TRY(qd_component_bool(settings, "consume_all_tokens", false, &consume_all, error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->max_token_count >= 1) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "maxTokenCount must be greater than zero");
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    if (run->tokens->count > (size_t)state->max_token_count) {
        run->tokens->count = (size_t)state->max_token_count;
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_limit = {
    .name = "limit", .create = create, .use = use, .run = run
};
