/* All pieces of some lengths of every term, or of its start or end. Source: Lucene NGramTokenFilter,
 * EdgeNGramTokenFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/ngram.h"

struct state {
    int32_t min;
    int32_t max;
    bool preserve_original;
    bool edges;
    bool back; /* edges: pieces of the end */
};

enum qd_status qd_ngram_check_difference(const struct qd_component_settings *settings, int32_t min,
                                         int32_t max, struct qd_error *error)
{
    int64_t difference = (int64_t)max - min, limit = settings->limits->max_ngram_diff;
    if (difference <= limit) return QD_OK;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal "
        "to: [%lld] but was [%lld]. This limit can be set by changing the [index.max_ngram_diff] "
        "index level setting.",
        (long long)limit, (long long)difference);
}

enum qd_status qd_ngram_check(int32_t min, int32_t max, struct qd_error *error)
{
    if (min < 1) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "minGram must be greater than zero");
    if (min > max) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "minGram must not be greater than maxGram");
    }
    return QD_OK;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    QD_TRY(qd_component_int(settings, "min_gram", 1, &state->min, error));
    QD_TRY(qd_component_int(settings, "max_gram", 2, &state->max, error));
    QD_TRY(qd_ngram_check_difference(settings, state->min, state->max, error));
    QD_TRY(qd_component_bool(settings, "preserve_original", false, &state->preserve_original, error));
    *out = state;
    return QD_OK;
}

static enum qd_status create_edge(const struct qd_component_settings *settings, void **out,
                                  struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    state->edges = true;
    QD_TRY(qd_component_int(settings, "min_gram", 1, &state->min, error));
    QD_TRY(qd_component_int(settings, "max_gram", settings->prebuilt ? 1 : 2, &state->max, error));
    struct qd_slice side = qd_component_text(settings, "side", &found);
    if (found && !qd_slice_is(side, "front") && !qd_slice_is(side, "back"))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "invalid side: %.*s", QD_SLICE_ARG(side));
    state->back = found && qd_slice_is(side, "back");
    QD_TRY(qd_component_bool(settings, "preserve_original", false, &state->preserve_original, error));
    *out = state;
    return QD_OK;
}

const void *qd_edge_ngram_state(struct qd_arena *arena, int32_t min, int32_t max)
{
    struct state *state = QD_NEW(arena, struct state);
    *state = (struct state){ .min = min, .max = max, .edges = true };
    return state;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    return qd_ngram_check(state->min, state->max, error);
}

/* Where pieces go, and the increment that the next one takes. */
struct output {
    struct qd_component_run *run;
    struct qd_token_list list;
    uint32_t increment;
};

static void emit(struct output *output, const struct qd_token *from, size_t start, size_t end)
{
    struct qd_token *token = qd_component_push(output->run->arena, &output->list);
    *token = *from;
    token->term = qd_slice_sub(from->term, start, end - start);
    token->position_increment = output->increment;
    output->increment = 0;
}

/* Splits one term; borders[i] is the byte offset of code point i, borders[count] the end. */
static void split(const struct state *state, const struct qd_token *token, const size_t *borders,
                  int32_t count, struct output *output)
{
    int32_t longest = state->max < count ? state->max : count;
    if (state->edges) {
        for (int32_t length = state->min; length <= longest; length++) {
            if (state->back) emit(output, token, borders[count - length], borders[count]);
            else emit(output, token, 0, borders[length]);
        }
    } else {
        for (int32_t start = 0; start < count; start++)
            for (int32_t length = state->min; length <= longest && start + length <= count; length++)
                emit(output, token, borders[start], borders[start + length]);
    }
    if (state->preserve_original && (count < state->min || state->max < count)) {
        emit(output, token, 0, borders[count]);
    }
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct output output = { .run = run };
    for (size_t i = 0; i < run->tokens->count; i++) {
        const struct qd_token *token = &run->tokens->data[i];
        size_t *borders = QD_NEW_ARRAY(run->arena, size_t, token->term.size + 1);
        int32_t count = 0;
        for (size_t at = 0; at < token->term.size; count++) {
            uint32_t cp;
            borders[count] = at;
            at += qd_codepoint_read(token->term.data + at, token->term.data + token->term.size, &cp);
        }
        borders[count] = token->term.size;
        output.increment += token->position_increment;
        split(state, token, borders, count, &output);
    }
    qd_component_replace(run->tokens, &output.list);
    /* Holes that the filters before it left at the end are lost: only those of its own count. */
    run->tokens->final_position_increment = output.increment;
    return QD_OK;
}

const struct qd_component_kind qd_filter_ngram = {
    .name = "ngram", .create = create, .use = use, .run = run, .no_synonyms = true,
};
const struct qd_component_kind qd_filter_edge_ngram = {
    .name = "edge_ngram", .create = create_edge, .use = use, .run = run, .no_synonyms = true,
};

/* The old names: the bare name is refused, and as a type only nGram still works. */
static enum qd_status create_old(const struct qd_component_settings *settings, void **out,
                                 struct qd_error *error)
{
    if (settings->prebuilt)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The [nGram] token filter name was deprecated in 6.4 and cannot be used in new indices. "
            "Please change the filter name to [ngram] instead.");
    return create(settings, out, error);
}

static enum qd_status create_old_edge(const struct qd_component_settings *settings, void **out,
                                      struct qd_error *error)
{
    (void)out;
    if (settings->prebuilt)
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "The [edgeNGram] token filter name was deprecated in 6.4 and cannot be used in new "
            "indices. Please change the filter name to [edge_ngram] instead.");
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "The [edgeNGram] tokenizer name was deprecated pre 1.0. Please change the tokenizer name to "
        "[edge_ngram] for indices created in versions 3.0 or higher instead.");
}

const struct qd_component_kind qd_filter_old_ngram = {
    .name = "nGram", .create = create_old, .use = use, .run = run, .no_synonyms = true,
};
const struct qd_component_kind qd_filter_old_edge_ngram = {
    .name = "edgeNGram", .create = create_old_edge, .use = use, .run = run, .no_synonyms = true,
};
