/* Letters beyond ASCII become their ASCII twins. Source: Lucene ASCIIFoldingFilter. */
#include "analysis/asciifolding_table.h"
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"

struct state {
    bool preserve_original; /* the unfolded term follows at the same position */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_bool(settings, "preserve_original", false, &state->preserve_original, error));
    *out = state;
    return QD_OK;
}

/* The folded term; the term itself when nothing folds. A code point of 2 or 3 bytes becomes at most 4
 * letters. */
static struct qd_slice fold(struct qd_arena *arena, struct qd_slice term)
{
    size_t plain = 0;
    while (plain < term.size && (uint8_t)term.data[plain] < 0x80) plain++;
    if (plain == term.size) return term;
    char *out = qd_arena_alloc(arena, term.size * 4 + 4);
    size_t size = 0;
    bool changed = false;
    uint32_t cp;
    for (size_t at = 0; at < term.size;) {
        at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        const char *twin = cp < 0x80 ? NULL : qd_asciifolding_fold(cp);
        if (twin == NULL) {
            size += qd_codepoint_write(cp, out + size);
            continue;
        }
        changed = true;
        size_t length = strlen(twin);
        memcpy(out + size, twin, length);
        size += length;
    }
    return changed ? qd_slice_make(out, size) : term;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens, result = *tokens;
    if (state->preserve_original) result = (struct qd_token_list){ 0 };
    for (size_t i = 0; i < tokens->count; i++) {
        struct qd_token token = tokens->data[i];
        struct qd_slice folded = fold(run->arena, token.term);
        if (!state->preserve_original) {
            tokens->data[i].term = folded;
            continue;
        }
        struct qd_slice original = token.term;
        token.term = folded;
        *qd_component_push(run->arena, &result) = token;
        if (folded.data == original.data) continue;
        token.term = original;
        token.position_increment = 0;
        *qd_component_push(run->arena, &result) = token;
    }
    qd_component_replace(tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_asciifolding = {
    .name = "asciifolding", .create = create, .run = run, .normalizes = true,
};
