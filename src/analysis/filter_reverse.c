/* Writes terms backwards, code point by code point. Source: Lucene ReverseStringFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"

static struct qd_slice reverse(struct qd_arena *arena, struct qd_slice term)
{
    char *out = qd_arena_alloc(arena, term.size);
    size_t left = term.size;
    for (size_t at = 0; at < term.size;) {
        uint32_t cp;
        size_t size = qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        left -= size;
        memcpy(out + left, term.data + at, size);
        at += size;
    }
    return qd_slice_make(out, term.size);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    for (size_t i = 0; i < run->tokens->count; i++)
        run->tokens->data[i].term = reverse(run->arena, run->tokens->data[i].term);
    return QD_OK;
}

const struct qd_component_kind qd_filter_reverse = { .name = "reverse", .run = run };
