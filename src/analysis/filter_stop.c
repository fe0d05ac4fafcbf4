/* Removes stop words; what they leave are holes in the positions. Source: Lucene StopFilter,
 * SuggestStopFilter. */
#include "analysis/compaction.h"
#include "analysis/component.h"
#include "analysis/filters.h"
#include "analysis/word_set.h"

struct state {
    struct qd_word_set words;
    bool remove_trailing; /* false: a last token that is the end of the text stays */
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "stopwords", .fallback = "english", .named = true };
    QD_TRY(qd_component_bool(settings, "ignore_case", false, &source.ignore_case, error));
    QD_TRY(qd_component_bool(settings, "remove_trailing", true, &state->remove_trailing, error));
    QD_TRY(qd_word_set_read(settings, &source, &state->words, error));
    *out = state;
    return QD_OK;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens;
    struct qd_compaction compaction = { .tokens = tokens };
    for (size_t i = 0; i < tokens->count; i++) {
        struct qd_token token = tokens->data[i];
        bool last = i + 1 == tokens->count && !state->remove_trailing &&
                    token.end_offset == tokens->final_offset;
        if (!last && qd_word_set_has(&state->words, run->arena, token.term)) {
            qd_compaction_drop(&compaction, &token);
        } else
            qd_compaction_keep(&compaction, token);
    }
    qd_compaction_end(&compaction);
    return QD_OK;
}

/* The filter that keeps trailing words looks at the keyword attribute. */
static bool keyword(const void *data)
{
    const struct state *state = data;
    return !state->remove_trailing;
}

/* Whether a trailing word stays depends on where it stands. */
static bool by_word(const void *data)
{
    const struct state *state = data;
    return state->remove_trailing;
}

const struct qd_component_kind qd_filter_stop = {
    .name = "stop", .create = create, .run = run, .keyword = keyword, .by_word = by_word
};
