/* Words that match, or stand between matches of, a pattern in Lucene's own regular expressions. Source:
 * Lucene SimplePatternTokenizer, SimplePatternSplitTokenizer. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/tokenizers.h"
#include "codec/automaton.h"

struct state {
    const struct qd_automaton *automaton;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_automaton *automaton = NULL;
    struct qd_regexp_options options = { .flags = QD_REGEXP_ALL, .work_max = QD_AUTOMATON_WORK_DEFAULT };
    bool found;
    struct qd_slice pattern = qd_component_text(settings, "pattern", &found);
    QD_TRY(qd_automaton_regexp(settings->arena, pattern, &options, &automaton, error));
    state->automaton = automaton;
    *out = state;
    return QD_OK;
}

/* How many bytes the longest match at the start of `text` has; 0: none. */
static size_t match(const struct state *state, struct qd_slice text)
{
    size_t longest = 0;
    int32_t at = 0;
    for (size_t i = 0; i < text.size; i++) {
        at = qd_automaton_step(state->automaton, at, (uint8_t)text.data[i]);
        if (at < 0) break;
        if (qd_automaton_accepts(state->automaton, at)) longest = i + 1;
    }
    return longest;
}

static size_t skip(struct qd_slice text, size_t at)
{
    uint32_t cp;
    return at + qd_codepoint_read(text.data + at, text.data + text.size, &cp);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    for (size_t at = 0; at < run->text.size;) {
        size_t size = match(data, qd_slice_from(run->text, at));
        if (size > 0) (void)qd_component_emit(run, at, at + size, "word");
        at = size > 0 ? at + size : skip(run->text, at);
    }
    return QD_OK;
}

static enum qd_status run_split(const void *data, struct qd_component_run *run)
{
    size_t start = 0;
    for (size_t at = 0; at < run->text.size;) {
        size_t size = match(data, qd_slice_from(run->text, at));
        if (size > 0 && at > start) (void)qd_component_emit(run, start, at, "word");
        at = size > 0 ? at + size : skip(run->text, at);
        if (size > 0) start = at;
    }
    if (run->text.size > start) (void)qd_component_emit(run, start, run->text.size, "word");
    return QD_OK;
}

const struct qd_component_kind qd_tokenizer_simple_pattern = {
    .name = "simple_pattern", .create = create, .run = run
};
const struct qd_component_kind qd_tokenizer_simple_pattern_split = {
    .name = "simple_pattern_split", .create = create, .run = run_split
};
