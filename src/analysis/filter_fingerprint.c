/* All terms of the text, sorted, without repeats, as one token. Source: Lucene FingerprintFilter. */
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/filters.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"

struct state {
    int32_t max_output_size; /* UTF-16 units */
    char separator[4];
    size_t separator_size;
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_slice separator = qd_component_text(settings, "separator", &found);
    QD_TRY(qd_component_int(settings, "max_output_size", 255, &state->max_output_size, error));
    if (!found) separator = QD_SLICE(" ");
    if (qd_codepoint_unit_count(separator) != 1)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Setting [separator] must be a single, non-null character. [%.*s] was provided.",
                            QD_SLICE_ARG(separator));
    memcpy(state->separator, separator.data, separator.size);
    state->separator_size = separator.size;
    *out = state;
    return QD_OK;
}

static int compare(const void *left, const void *right)
{
    return qd_utf16_compare(*(const struct qd_slice *)left, *(const struct qd_slice *)right);
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    const struct state *state = data;
    struct qd_token_list *tokens = run->tokens;
    /* The reference ends its stream one position on, whatever the text. */
    tokens->final_position_increment = 1;
    if (tokens->count == 0) return QD_OK;
    struct qd_slice *terms = QD_NEW_ARRAY(run->arena, struct qd_slice, tokens->count);
    for (size_t i = 0; i < tokens->count; i++) terms[i] = tokens->data[i].term;
    qsort(terms, tokens->count, sizeof(*terms), compare);
    struct qd_buffer text = { 0 };
    size_t distinct = 0, count = tokens->count;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && qd_slice_equal(terms[i - 1], terms[i])) continue;
        if (distinct++ > 0) qd_buffer_append(&text, state->separator, state->separator_size);
        qd_buffer_slice(&text, terms[i]);
    }
    struct qd_slice term = qd_arena_copy(run->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    tokens->count = 0;
    if ((int64_t)qd_codepoint_unit_count(term) > state->max_output_size) return QD_OK;
    struct qd_token *token = qd_component_push(run->arena, tokens);
    token->term = term;
    token->end_offset = tokens->final_offset;
    token->type = "fingerprint";
    return QD_OK;
}

const struct qd_component_kind qd_filter_fingerprint = {
    .name = "fingerprint", .create = create, .run = run, .no_synonyms = true,
};
