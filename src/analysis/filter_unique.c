/* Drops repeated terms. Source: UniqueTokenFilter of OpenSearch 3.8.0. */
#include "analysis/component.h"
#include "analysis/filters.h"
#include "base/map.h"

struct state {
    bool only_on_same_position;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_bool(settings, "only_on_same_position", false, &state->only_on_same_position, error));
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens;
    struct qd_map seen;
    qd_map_init(&seen, run->arena);
    size_t kept = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        struct qd_token token = tokens->data[i];
        if (state->only_on_same_position && token.position_increment > 0) qd_map_init(&seen, run->arena);
        if (qd_map_find(&seen, token.term) != NULL) continue;
        qd_map_put(&seen, token.term, NULL);
        tokens->data[kept++] = token;
    }
    tokens->count = kept;
    return QD_OK;
}

const struct qd_component_kind qd_filter_unique = { .name = "unique", .create = create, .run = run };
