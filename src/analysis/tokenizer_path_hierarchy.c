/* A path and all its parents. Source: Lucene PathHierarchyTokenizer, ReversePathHierarchyTokenizer. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/tokenizers.h"

struct state {
    uint32_t delimiter;
    struct qd_slice replacement;
    bool replaces; /* replacement is not the delimiter */
    int32_t skip;
    bool reverse;
};

static enum qd_status read_char(const struct qd_component_settings *settings, const char *key,
                                struct qd_slice *text, struct qd_error *error)
{
    bool found;
    struct qd_slice value = qd_component_text(settings, key, &found);
    if (!found) return QD_OK;
    if (qd_codepoint_unit_count(value) != 1)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s must be a one char value", key);
    *text = value;
    return QD_OK;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_slice delimiter = QD_SLICE("/");
    QD_TRY(read_char(settings, "delimiter", &delimiter, error));
    state->replacement = delimiter;
    QD_TRY(read_char(settings, "replacement", &state->replacement, error));
    (void)qd_codepoint_read(delimiter.data, delimiter.data + delimiter.size, &state->delimiter);
    state->replaces = !qd_slice_equal(delimiter, state->replacement);
    QD_TRY(qd_component_int(settings, "skip", 0, &state->skip, error));
    QD_TRY(qd_component_bool(settings, "reverse", false, &state->reverse, error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    if (state->skip >= 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "skip cannot be negative");
}

static void emit(const struct state *state, struct qd_component_run *run, size_t start, size_t end)
{
    struct qd_token *token = qd_component_emit(run, start, end, "word");
    if (!state->replaces) return;
    char *out = qd_arena_alloc(run->arena, token->term.size * 3 + 4);
    size_t size = 0;
    for (size_t at = start; at < end;) {
        uint32_t cp;
        size_t step = qd_codepoint_read(run->text.data + at, run->text.data + end, &cp);
        struct qd_slice piece = cp == state->delimiter ? state->replacement
                                                       : qd_slice_sub(run->text, at, step);
        memcpy(out + size, piece.data, piece.size);
        size += piece.size;
        at += step;
    }
    token->term = qd_slice_make(out, size);
}

/* Parents first: every token begins where the skipped parts end. */
static void run_forward(const struct state *state, struct qd_component_run *run, const size_t *at,
                        size_t count)
{
    size_t size = run->text.size, skip = (size_t)state->skip;
    /* A delimiter at the very start belongs to the first part. */
    size_t first = count > 0 && at[0] == 0 ? 1 : 0;
    size_t start = 0;
    if (skip > 0) {
        if (first + skip > count) return;
        start = at[first + skip - 1];
    }
    for (size_t i = first + skip; i < count; i++) emit(state, run, start, at[i]);
    if (size > start && !(count > 0 && at[count - 1] + 1 == size && at[count - 1] == start && skip > 0))
        emit(state, run, start, size);
}

/* The whole first: every token ends where the skipped parts begin. */
static void run_reverse(const struct state *state, struct qd_component_run *run, const size_t *at,
                        size_t count)
{
    size_t size = run->text.size, skip = (size_t)state->skip;
    /* Starts of parts: 0 and behind every delimiter. */
    size_t parts = count + 1;
    if (count > 0 && at[count - 1] + 1 == size) parts--;
    if (skip >= parts || size == 0) return;
    size_t end = skip == 0 ? size : at[parts - skip - 1] + 1;
    for (size_t i = 0; i < parts - skip; i++) emit(state, run, i == 0 ? 0 : at[i - 1] + 1, end);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    QD_VECTOR(size_t) delimiters = { 0 };
    for (size_t at = 0; at < run->text.size;) {
        uint32_t cp;
        size_t size = qd_codepoint_read(run->text.data + at, run->text.data + run->text.size, &cp);
        if (cp == state->delimiter) *QD_PUSH(run->arena, &delimiters) = at;
        at += size;
    }
    if (state->reverse) run_reverse(state, run, delimiters.data, delimiters.count);
    else run_forward(state, run, delimiters.data, delimiters.count);
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_path_hierarchy = {
    .name = "path_hierarchy", .create = create, .use = use, .run = run,
};
const struct qd_component_kind qd_tokenizer_old_path_hierarchy = {
    .name = "PathHierarchy", .create = create, .use = use, .run = run,
};
