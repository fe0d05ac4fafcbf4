/* All pieces of some lengths of the text, or of its starts. Source: Lucene NGramTokenizer,
 * EdgeNGramTokenizer. */
#include "analysis/char_matcher.h"
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/ngram.h"
#include "analysis/tokenizers.h"

struct state {
    int32_t min;
    int32_t max;
    bool edges; /* only pieces at the start of a run of token characters */
    struct qd_char_matcher matcher;
};

static enum qd_status read_state(const struct qd_component_settings *settings, bool edges, struct state **out,
                                 struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    state->edges = edges;
    QD_TRY(qd_component_int(settings, "min_gram", 1, &state->min, error));
    QD_TRY(qd_component_int(settings, "max_gram", 2, &state->max, error));
    if (!edges) QD_TRY(qd_ngram_check_difference(settings, state->min, state->max, error));
    QD_TRY(qd_char_matcher_read(settings, &state->matcher, error));
    *out = state;
    return QD_OK;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state;
    QD_TRY(read_state(settings, false, &state, error));
    *out = state;
    return QD_OK;
}

static enum qd_status create_edge(const struct qd_component_settings *settings, void **out,
                                  struct qd_error *error)
{
    struct state *state;
    QD_TRY(read_state(settings, true, &state, error));
    *out = state;
    return QD_OK;
}

static enum qd_status use(const void *data, struct qd_error *error)
{
    const struct state *state = data;
    return qd_ngram_check(state->min, state->max, error);
}

/* Emits the pieces that begin at `start`; they end before `end` or at the first character that is none of a
 * token. */
static void emit_at(const struct state *state, struct qd_component_run *run, size_t start)
{
    const char *text = run->text.data, *limit = text + run->text.size;
    size_t at = start;
    for (int32_t length = 1; length <= state->max && text + at < limit; length++) {
        uint32_t cp;
        size_t size = qd_codepoint_read(text + at, limit, &cp);
        if (!qd_char_matcher_has(&state->matcher, cp)) return;
        at += size;
        if (length >= state->min) (void)qd_component_emit(run, start, at, "word");
    }
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    const char *text = run->text.data, *limit = text + run->text.size;
    bool inside = false;
    for (size_t at = 0; at < run->text.size;) {
        uint32_t cp;
        size_t size = qd_codepoint_read(text + at, limit, &cp);
        bool token = qd_char_matcher_has(&state->matcher, cp);
        if (token && (!state->edges || !inside)) emit_at(state, run, at);
        inside = token;
        at += size;
    }
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_ngram = {
    .name = "ngram", .create = create, .use = use, .run = run
};
const struct qd_component_kind qd_tokenizer_edge_ngram = {
    .name = "edge_ngram", .create = create_edge, .use = use, .run = run,
};

static enum qd_status refuse_ngram(const struct qd_component_settings *settings, void **out,
                                   struct qd_error *error)
{
    (void)settings;
    (void)out;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "The [nGram] tokenizer name was deprecated pre 1.0. Please change the tokenizer name to "
        "[ngram] for indices created in versions 3.0 or higher instead.");
}

static enum qd_status refuse_edge(const struct qd_component_settings *settings, void **out,
                                  struct qd_error *error)
{
    (void)settings;
    (void)out;
    return qd_error_set(
        error, QD_ILLEGAL_ARGUMENT,
        "The [edgeNGram] tokenizer name was deprecated pre 1.0. Please change the tokenizer name to "
        "[edge_ngram] for indices created in versions 3.0 or higher instead.");
}

const struct qd_component_kind qd_tokenizer_old_ngram = { .name = "nGram",
                                                          .create = refuse_ngram,
                                                          .run = run };
const struct qd_component_kind qd_tokenizer_old_edge_ngram = {
    .name = "edgeNGram", .create = refuse_edge, .run = run,
};
