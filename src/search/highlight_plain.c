#include <stdlib.h>

#include "base/buffer.h"
#include "search/highlight_fragment.h"

/* Tokens that one group takes. */
#define GROUP_TOKENS_MAX 50

/* A piece of the marked text. */
struct fragment {
    size_t start, end; /* bytes of the marked text */
    float score;
    size_t number; /* in its value */
    struct qd_slice text;
};
QD_VECTOR_TYPE(fragment_list, struct fragment);

/* Overlapping tokens, marked as one. */
struct group {
    size_t count;
    uint32_t start, end;             /* of all */
    uint32_t match_start, match_end; /* of those that match */
    float total;
};

/* One value on its way. */
struct plain {
    const struct qd_highlight_input *input;
    const struct qd_highlight_value *value;
    struct qd_buffer marked;
    struct fragment_list fragments;
    struct group group;
    uint32_t last_end;
    /* score of the fragment at hand: each term counts once */
    float score;
    struct qd_slice *found;
    size_t found_count;
    /* fragmenter */
    bool simple, whole;
    int64_t position, wait_for, fragment_number;
    uint32_t last_position;
};

/* ---- fragmenter ---- */
/* A phrase that begins where the fragmenter thinks it stands is not cut. The reference counts positions from
 * the second token on: so do we. */
static void watch_phrases(struct plain *plain, const struct qd_highlight_token *token)
{
    if (token->term < 0x10000u || token->term == QD_HIGHLIGHT_NO_TERM) {
        return;
    }
    uint32_t leaf = (token->term - 0x10000u) / 256u;
    for (size_t i = 0; i < plain->value->spans.count; i++) {
        const struct qd_highlight_span *span = &plain->value->spans.data[i];
        if (span->leaf != leaf || (int64_t)span->start != plain->position) {
            continue;
        }
        plain->wait_for = (int64_t)span->end + 1;
        return;
    }
}

static bool is_new_fragment(struct plain *plain, const struct qd_highlight_token *token, uint32_t increment)
{
    int64_t size = plain->input->options->fragment_size;
    if (plain->whole) {
        return false;
    }
    if (!plain->simple) {
        plain->position += increment;
        if (plain->wait_for <= plain->position) {
            plain->wait_for = -1;
        } else if (plain->wait_for != -1) {
            return false;
        }
        watch_phrases(plain, token);
        if ((int64_t)plain->value->unit_count - (int64_t)token->end < size / 2) {
            return false;
        }
    }
    if ((int64_t)token->end < size * plain->fragment_number) {
        return false;
    }
    plain->fragment_number++;
    return true;
}

/* ---- marking ---- */
static float token_score(struct plain *plain, const struct qd_highlight_token *token)
{
    if (token->term == QD_HIGHLIGHT_NO_TERM) {
        return 0;
    }
    for (size_t i = 0; i < plain->found_count; i++) {
        if (qd_slice_equal(plain->found[i], token->text)) {
            return token->weight;
        }
    }
    plain->found[plain->found_count++] = token->text;
    plain->score += token->weight;
    return token->weight;
}

static void flush_group(struct plain *plain)
{
    const struct qd_highlight_input *input = plain->input;
    struct group *group = &plain->group;
    if (group->match_start > plain->last_end) {
        qd_highlight_append(&plain->marked, plain->value, plain->last_end, group->match_start, input->html);
    }
    bool marked = group->total > 0;
    if (marked) {
        qd_buffer_slice(&plain->marked, input->options->pre_tag);
    }
    qd_highlight_append(&plain->marked, plain->value, group->match_start, group->match_end, input->html);
    if (marked) {
        qd_buffer_slice(&plain->marked, input->options->post_tag);
    }
    if (group->match_end > plain->last_end) {
        plain->last_end = group->match_end;
    }
    *group = (struct group){ 0 };
}

static void add_to_group(struct group *group, const struct qd_highlight_token *token, float score)
{
    if (group->count >= GROUP_TOKENS_MAX) {
        return;
    }
    if (group->count++ == 0) {
        *group = (struct group){ 1, token->start, token->end, token->start, token->end, score };
        return;
    }
    if (token->start < group->start) {
        group->start = token->start;
    }
    if (token->end > group->end) {
        group->end = token->end;
    }
    if (score <= 0) {
        return;
    }
    if (group->total == 0 || token->start < group->match_start) {
        group->match_start = token->start;
    }
    if (group->total == 0 || token->end > group->match_end) {
        group->match_end = token->end;
    }
    group->total += score;
}

static void begin_fragment(struct plain *plain)
{
    size_t number = plain->fragments.count;
    struct fragment *fragment = QD_PUSH(plain->input->arena, &plain->fragments);
    *fragment = (struct fragment){ .start = plain->marked.size, .number = number };
    plain->score = 0;
    plain->found_count = 0;
}

static void end_fragment(struct plain *plain)
{
    struct fragment *fragment = &plain->fragments.data[plain->fragments.count - 1];
    fragment->end = plain->marked.size;
    fragment->score = plain->score;
}

static void mark_value(struct plain *plain)
{
    const struct qd_highlight_value *value = plain->value;
    uint32_t position = UINT32_MAX;
    begin_fragment(plain);
    for (size_t i = 0; i < value->token_count; i++) {
        const struct qd_highlight_token *token = &value->tokens[i];
        uint32_t increment = token->position - position;
        position = token->position;
        if (plain->group.count > 0 && token->start >= plain->group.end) {
            flush_group(plain);
            if (is_new_fragment(plain, token, increment)) {
                end_fragment(plain);
                begin_fragment(plain);
            }
        }
        add_to_group(&plain->group, token, token_score(plain, token));
    }
    if (plain->group.count > 0) {
        flush_group(plain);
    }
    if (plain->last_end < value->unit_count) {
        qd_highlight_append(&plain->marked, value, plain->last_end, value->unit_count, plain->input->html);
    }
    end_fragment(plain);
}

/* ---- choosing ---- */
static int compare_fragments(const void *left, const void *right)
{
    const struct fragment *a = left;
    const struct fragment *b = right;
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The best fragments of one value, best first. */
static void take_best(struct plain *plain, size_t max, struct fragment_list *best)
{
    struct fragment_list *all = &plain->fragments;
    qsort(all->data, all->count, sizeof(struct fragment), compare_fragments);
    for (size_t i = 0; i < all->count && i < max; i++) {
        struct fragment *fragment = &all->data[i];
        if (!(fragment->score > 0)) {
            break;
        }
        struct qd_slice text = { plain->marked.data + fragment->start, fragment->end - fragment->start };
        fragment->text = qd_arena_copy(plain->input->arena, text);
        *QD_PUSH(plain->input->arena, best) = *fragment;
    }
}

/* Stable, as the reference's sort of few entries is. */
static void sort_by_score(struct fragment_list *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct fragment moved = list->data[i];
        size_t at = i;
        for (; at > 0 && moved.score - list->data[at - 1].score >= 0.5f; at--) {
            list->data[at] = list->data[at - 1];
        }
        list->data[at] = moved;
    }
}

/* The beginning of the first value up to a token's end when nothing matched. */
static void no_match(const struct qd_highlight_input *input, struct qd_fragments *fragments)
{
    int64_t size = input->options->no_match_size;
    uint32_t end = 0;
    if (size <= 0 || input->value_count == 0) {
        return;
    }
    const struct qd_highlight_value *value = &input->values[0];
    for (size_t i = 0; i < value->token_count; i++) {
        if ((int64_t)value->tokens[i].end > size) {
            break;
        }
        end = value->tokens[i].end;
        if ((int64_t)end == size) {
            break;
        }
    }
    if (end == 0) {
        return;
    }
    struct qd_buffer out = { 0 };
    qd_highlight_append(&out, value, 0, end, false);
    *QD_PUSH(input->arena, fragments) = qd_highlight_take(&out, false, input->arena);
    qd_buffer_deinit(&out);
}

enum qd_status qd_highlight_plain(const struct qd_highlight_input *input, struct qd_fragments *fragments,
                                  struct qd_error *error)
{
    const struct qd_highlight_options *options = input->options;
    struct fragment_list best = { 0 };
    bool whole = options->number_of_fragments == 0;
    bool simple = qd_slice_is(options->fragmenter, "simple");
    if (options->fragmenter.data != NULL && !simple && !qd_slice_is(options->fragmenter, "span")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "unknown fragmenter option [%.*s] for the field [%.*s]",
                            QD_SLICE_ARG(options->fragmenter), QD_SLICE_ARG(input->field->name));
    }
    size_t max = whole ? 1 : (size_t)options->number_of_fragments;
    for (size_t i = 0; i < input->value_count; i++) {
        struct plain plain = { .input = input,
                               .value = &input->values[i],
                               .simple = simple,
                               .whole = whole,
                               .position = -1,
                               .wait_for = -1,
                               .fragment_number = 1 };
        plain.found = QD_NEW_ARRAY(input->arena, struct qd_slice, plain.value->token_count + 1);
        mark_value(&plain);
        take_best(&plain, max, &best);
        qd_buffer_deinit(&plain.marked);
    }
    if (options->score_order) {
        sort_by_score(&best);
    }
    if (whole && input->value_count > 1) {
        max = best.count;
    }
    for (size_t i = 0; i < best.count && i < max; i++) {
        *QD_PUSH(input->arena, fragments) = best.data[i].text;
    }
    if (best.count == 0) {
        no_match(input, fragments);
    }
    return QD_OK;
}
