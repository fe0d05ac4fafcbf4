/* Pairs of adjacent tokens, a blank between; "_" stands for a hole. No mapping can name it: text fields with
 * index_phrases use it. Source: Lucene FixedShingleFilter of size 2. */
#include <string.h>

#include "analysis/component.h"
#include "analysis/filters.h"

static void emit(struct qd_component_run *run, struct qd_token_list *result, const struct qd_token *left,
                 const struct qd_token *right, uint32_t increment)
{
    struct qd_slice second = right == NULL ? QD_SLICE("_") : right->term;
    size_t size = left->term.size + 1 + second.size;
    char *text = qd_arena_alloc(run->arena, size);
    if (left->term.size > 0) memcpy(text, left->term.data, left->term.size);
    text[left->term.size] = ' ';
    if (second.size > 0) memcpy(text + left->term.size + 1, second.data, second.size);
    struct qd_token *pair = qd_component_push(run->arena, result);
    pair->term = qd_slice_make(text, size);
    pair->start_offset = left->start_offset;
    pair->end_offset = right == NULL ? left->end_offset : right->end_offset;
    pair->position_increment = increment;
    pair->type = "shingle";
}

/* The first token behind tokens[i], by the length of that one; the count when there is none. */
static size_t behind(const struct qd_token_list *tokens, size_t i)
{
    uint32_t left = tokens->data[i].position_length == 0 ? 1 : tokens->data[i].position_length;
    for (i++; i < tokens->count; i++) {
        uint32_t increment = tokens->data[i].position_increment;
        if (increment >= left) return i;
        left -= increment;
    }
    return i;
}

static enum qd_status run(const void *data, struct qd_component_run *run)
{
    (void)data;
    const struct qd_token_list *tokens = run->tokens;
    struct qd_token_list result = { 0 };
    for (size_t i = 0; i < tokens->count; i++) {
        const struct qd_token *left = &tokens->data[i];
        uint32_t increment = left->position_increment;
        size_t next = behind(tokens, i);
        if (next == tokens->count) {
            if (tokens->final_position_increment > 0) emit(run, &result, left, NULL, increment);
            continue;
        }
        bool hole = tokens->data[next].position_increment > 1;
        do {
            emit(run, &result, left, hole ? NULL : &tokens->data[next], increment);
            increment = 0;
        } while (++next < tokens->count && tokens->data[next].position_increment == 0);
    }
    qd_component_replace(run->tokens, &result);
    return QD_OK;
}

const struct qd_component_kind qd_filter_pairs = { .name = "pairs", .run = run };
