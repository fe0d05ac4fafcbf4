#include "analysis/analyzer.h"

#include "analysis/filters.h"
#include "base/assert.h"

enum qd_status qd_analyzer_filter_text(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                       struct qd_slice text, size_t char_filter_count,
                                       struct qd_filtered_text *filtered)
{
    *filtered = (struct qd_filtered_text){ .text = text, .original = text };
    if (char_filter_count == 0) return QD_OK;
    filtered->maps = QD_NEW_ARRAY(arena, struct qd_offset_map, char_filter_count);
    for (size_t i = 0; i < char_filter_count; i++) {
        const struct qd_component *filter = &analyzer->char_filters[i];
        struct qd_slice out;
        QD_TRY(filter->kind->filter(filter->state, arena, filtered->text, &out, &filtered->maps[i]));
        filtered->text = out;
        filtered->map_count = i + 1;
    }
    return QD_OK;
}

static uint32_t correct(const struct qd_filtered_text *filtered, uint32_t offset)
{
    for (size_t i = filtered->map_count; i-- > 0;) offset = qd_offset_map_correct(&filtered->maps[i], offset);
    return offset < filtered->original.size ? offset : (uint32_t)filtered->original.size;
}

static void correct_offsets(const struct qd_filtered_text *filtered, struct qd_token_list *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        struct qd_token *token = &tokens->data[i];
        token->start_offset = correct(filtered, token->start_offset);
        token->end_offset = correct(filtered, token->end_offset);
        if (token->end_offset < token->start_offset) token->end_offset = token->start_offset;
    }
    tokens->final_offset = correct(filtered, tokens->final_offset);
}

enum qd_status qd_analyzer_run_stages(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                      const struct qd_filtered_text *filtered, size_t filter_count,
                                      struct qd_token_list *tokens, struct qd_error *error)
{
    *tokens = (struct qd_token_list){ .final_offset = (uint32_t)filtered->text.size };
    struct qd_component_run run = { .arena = arena,
                                    .text = filtered->text,
                                    .original = filtered->original,
                                    .tokens = tokens,
                                    .error = error };
    QD_TRY(analyzer->tokenizer.kind->run(analyzer->tokenizer.state, &run));
    if (filtered->map_count > 0) correct_offsets(filtered, tokens);
    for (size_t i = 0; i < filter_count; i++)
        QD_TRY(analyzer->filters[i].kind->run(analyzer->filters[i].state, &run));
    return QD_OK;
}

enum qd_status qd_analyzer_run(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                               struct qd_slice text, struct qd_token_list *tokens, struct qd_error *error)
{
    if (text.size > UINT32_MAX / 2) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "text of [%zu] bytes is too long to analyze",
                            text.size);
    }
    struct qd_filtered_text filtered;
    QD_TRY(qd_analyzer_filter_text(analyzer, arena, text, analyzer->char_filter_count, &filtered));
    return qd_analyzer_run_stages(analyzer, arena, &filtered, analyzer->filter_count, tokens, error);
}

/* `base` with a filter of `kind` behind its own. */
static struct qd_analyzer *extended(struct qd_arena *arena, const struct qd_analyzer *base,
                                          const struct qd_component_kind *kind, const void *state)
{
    struct qd_analyzer *made = QD_NEW(arena, struct qd_analyzer);
    struct qd_component *filters = QD_NEW_ARRAY(arena, struct qd_component, base->filter_count + 1);
    for (size_t i = 0; i < base->filter_count; i++) filters[i] = base->filters[i];
    filters[base->filter_count] =
        (struct qd_component){ .kind = kind, .state = state, .name = qd_slice_from_string(kind->name) };
    *made = *base;
    made->filters = filters;
    made->filter_count = base->filter_count + 1;
    made->custom = false;
    return made;
}

const struct qd_analyzer *qd_analyzer_of_prefixes(struct qd_arena *arena, const struct qd_analyzer *base,
                                                  int32_t min, int32_t max)
{
    return extended(arena, base, &qd_filter_edge_ngram, qd_edge_ngram_state(arena, min, max));
}

const struct qd_analyzer *qd_analyzer_of_pairs(struct qd_arena *arena, const struct qd_analyzer *base)
{
    struct qd_analyzer *made = extended(arena, base, &qd_filter_pairs, NULL);
    if (!base->custom) made->position_increment_gap = 0;
    return made;
}

enum qd_status qd_analyzer_run_last(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                    struct qd_token_list *tokens, struct qd_error *error)
{
    qd_assert(analyzer->filter_count > 0);
    const struct qd_component *last = &analyzer->filters[analyzer->filter_count - 1];
    struct qd_component_run run = { .arena = arena, .tokens = tokens, .error = error };
    return last->kind->run(last->state, &run);
}

struct qd_slice qd_analyzer_normalize(const struct qd_analyzer *analyzer, struct qd_arena *arena,
                                      struct qd_slice text)
{
    for (size_t i = 0; i < analyzer->char_filter_count; i++) {
        const struct qd_component *filter = &analyzer->char_filters[i];
        struct qd_offset_map map = { 0 };
        struct qd_slice out;
        if (filter->kind->normalizes && filter->kind->filter(filter->state, arena, text, &out, &map) == QD_OK)
            text = out;
    }
    struct qd_token_list tokens = { 0 };
    struct qd_component_run run = { .arena = arena, .text = text, .original = text, .tokens = &tokens };
    (void)qd_component_emit(&run, 0, text.size, "word");
    for (size_t i = 0; i < analyzer->filter_count; i++) {
        const struct qd_component *filter = &analyzer->filters[i];
        if (!filter->kind->normalizes) continue;
        if (filter->kind->run(filter->state, &run) != QD_OK || tokens.count != 1) return text;
    }
    return tokens.data[0].term;
}

struct qd_slice qd_analyzer_name(const struct qd_analyzer *analyzer)
{
    return analyzer->name;
}

bool qd_analyzer_mixes_lengths(const struct qd_analyzer *analyzer)
{
    for (size_t i = 0; i < analyzer->filter_count; i++) {
        const struct qd_component *filter = &analyzer->filters[i];
        if (filter->kind == &qd_filter_shingle && qd_shingle_mixes_lengths(filter->state)) return true;
        if (filter->kind == &qd_filter_cjk_bigram && qd_cjk_bigram_mixes_lengths(filter->state)) return true;
    }
    return false;
}

uint32_t qd_analyzer_position_increment_gap(const struct qd_analyzer *analyzer)
{
    return analyzer->position_increment_gap < 0 ? 0 : (uint32_t)analyzer->position_increment_gap;
}
