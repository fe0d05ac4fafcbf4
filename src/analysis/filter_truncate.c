/* Cuts terms to a number of UTF-16 units. Source: Lucene TruncateTokenFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"

struct state {
    int32_t length;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "length", settings->prebuilt ? 10 : -1, &state->length, error));
    if (state->length <= 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "length parameter must be provided");
    }
    *out = state;
    return QD_OK;
}

/* A cut inside a surrogate pair leaves half of it, which is written as U+FFFD. */
static struct qd_slice cut(struct qd_arena *arena, struct qd_slice term, size_t length)
{
    size_t units = 0;
    for (size_t at = 0; at < term.size;) {
        uint32_t cp;
        size_t size = qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        units += qd_codepoint_units(cp);
        if (units > length) {
            if (units == length + 1 && cp > 0xFFFF)
                return qd_arena_format(arena, "%.*s\xEF\xBF\xBD", (int)at, term.data);
            return qd_slice_sub(term, 0, at);
        }
        at += size;
    }
    return term;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    for (size_t i = 0; i < run->tokens->count; i++) {
        struct qd_token *token = &run->tokens->data[i];
        if (!token->keyword) token->term = cut(run->arena, token->term, (size_t)state->length);
    }
    return QD_OK;
}

const struct qd_component_kind qd_filter_truncate = {
    .name = "truncate", .create = create, .run = run, .keyword = qd_component_keyword,
};
