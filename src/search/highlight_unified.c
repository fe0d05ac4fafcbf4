#include "search/highlight_fragment.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/text_breaks.h"

/* PassageScorer */
#define K1 1.2f
#define B 0.75f
#define PIVOT 87.0f

/* A match in the text of all values, which are joined by one character. */
struct match {
    uint32_t start, end;
    uint32_t term;
    uint32_t value; /* index of the value */
};
QD_VECTOR_TYPE(match_list, struct match);

struct passage {
    int64_t start, end; /* start -1: empty */
    float score;
    size_t first, count; /* of the matches */
};
QD_VECTOR_TYPE(passage_list, struct passage);

/* One value's breaks and the window of the bounded scanner. */
struct scanner {
    struct qd_text_breaks outer, inner;
    int64_t length, max_length; /* max_length 0: no bound */
    int64_t window_start, window_end, inner_start, inner_end;
};

struct unified {
    const struct qd_highlight_input *input;
    uint32_t *bases; /* bases[value]: where it begins in the joined text */
    struct scanner *scanners;
    struct match_list matches;
    struct passage_list passages;
    int64_t content_length;
    size_t passage_max;
};

/* ---- breaks ---- */
static void open_scanner(const struct qd_highlight_input *input, const struct qd_highlight_value *value,
                         struct scanner *scanner)
{
    const struct qd_highlight_options *options = input->options;
    *scanner = (struct scanner){ .length = (int64_t)value->unit_count,
                                 .window_start = -1,
                                 .window_end = -1,
                                 .inner_start = -1,
                                 .inner_end = 0 };
    bool whole = options->number_of_fragments == 0 || input->field->type == QD_FIELD_KEYWORD;
    if (whole) {
        uint32_t *ends = QD_NEW_ARRAY(input->arena, uint32_t, 2);
        ends[1] = (uint32_t)value->unit_count;
        scanner->outer = (struct qd_text_breaks){ ends, 2 };
    } else if (options->scanner == QD_BOUNDARY_WORD) {
        scanner->outer = qd_text_breaks_words(value->units, value->unit_count, input->arena);
    } else {
        scanner->outer = qd_text_breaks_sentences(value->units, value->unit_count, input->arena);
        scanner->max_length = options->fragment_size;
        if (scanner->max_length > 0) {
            scanner->inner = qd_text_breaks_words(value->units, value->unit_count, input->arena);
        }
    }
}

static void widen_window(struct scanner *scanner, int64_t offset)
{
    scanner->window_start = scanner->inner_start = qd_text_breaks_preceding(&scanner->outer, offset);
    scanner->window_end = scanner->inner_end = qd_text_breaks_following(&scanner->outer, offset - 1);
    while (scanner->inner_end - scanner->inner_start < scanner->max_length) {
        int64_t end = qd_text_breaks_following(&scanner->outer, scanner->inner_end);
        if (end == QD_TEXT_BREAK_NONE || end - scanner->inner_start > scanner->max_length) {
            break;
        }
        scanner->window_end = scanner->inner_end = end;
    }
}

/* The bounded piece around the character before `offset`; offsets only rise. */
static void bounded_piece(struct scanner *scanner, int64_t offset)
{
    int64_t max = scanner->max_length;
    if (offset > scanner->window_start && offset < scanner->window_end) {
        scanner->inner_start = scanner->inner_end;
        scanner->inner_end = scanner->window_end;
    } else {
        widen_window(scanner, offset);
    }
    if (scanner->inner_end - scanner->inner_start <= max) {
        return;
    }
    /* Too long: find a border on the left of the match first, then use what is left on the right. */
    if (offset - max > scanner->inner_start) {
        int64_t left = qd_text_breaks_preceding(&scanner->inner, offset - max);
        if (left > scanner->inner_start) {
            scanner->inner_start = left;
        }
    }
    int64_t remaining = max - (offset - scanner->inner_start);
    if (remaining < 0) {
        remaining = 0;
    }
    if (offset + remaining < scanner->window_end) {
        int64_t right = qd_text_breaks_following(&scanner->inner, offset + remaining);
        scanner->inner_end = right == QD_TEXT_BREAK_NONE || right > scanner->window_end ? scanner->window_end
                                                                                        : right;
    }
}

static void piece_around(struct scanner *scanner, int64_t start, int64_t *from, int64_t *to)
{
    if (scanner->max_length > 0) {
        bounded_piece(scanner, start + 1);
        *from = scanner->inner_start;
        *to = scanner->inner_end;
    } else {
        *from = qd_text_breaks_preceding(&scanner->outer, start + 1);
        *to = qd_text_breaks_following(&scanner->outer, start);
    }
    if (*from < 0) {
        *from = 0;
    }
    if (*to < 0) {
        *to = scanner->length;
    }
}

/* ---- passages ---- */
static int32_t freq_of(const struct unified *unified, uint32_t term)
{
    int32_t freq = 0;
    for (size_t i = 0; i < unified->matches.count; i++) {
        freq += unified->matches.data[i].term == term;
    }
    return freq;
}

static float score_passage(const struct unified *unified, const struct passage *passage)
{
    const struct match *matches = &unified->matches.data[passage->first];
    float length = (float)(passage->end - passage->start);
    float score = 0;
    for (size_t i = 0; i < passage->count; i++) {
        int32_t freq = 0;
        bool seen = false;
        for (size_t k = 0; k < i; k++) {
            seen = seen || matches[k].term == matches[i].term;
        }
        if (seen) {
            continue;
        }
        for (size_t k = i; k < passage->count; k++) {
            freq += matches[k].term == matches[i].term;
        }
        float norm = K1 * ((1 - B) + B * (length / PIVOT));
        float tf = (float)freq / ((float)freq + norm);
        float docs = 1 + (float)unified->content_length / PIVOT;
        double total = freq_of(unified, matches[i].term);
        float weight = (K1 + 1) * (float)log(1 + ((double)docs + 0.5) / (total + 0.5));
        score += tf * weight;
    }
    return score * (1 + 1 / (float)log((double)(PIVOT + (float)passage->start)));
}

/* The order of the queue: the least comes out first. */
static int compare_queued(const struct passage *left, const struct passage *right)
{
    if (left->score != right->score) {
        return left->score < right->score ? -1 : 1;
    }
    return left->start < right->start ? -1 : left->start > right->start;
}

static void add_passage(struct unified *unified, struct passage *passage)
{
    if (passage->start < 0) {
        return;
    }
    passage->score = score_passage(unified, passage);
    struct passage_list *list = &unified->passages;
    if (list->count < unified->passage_max) {
        *QD_PUSH(unified->input->arena, list) = *passage;
        return;
    }
    size_t least = 0;
    for (size_t i = 1; i < list->count; i++) {
        if (compare_queued(&list->data[i], &list->data[least]) < 0) {
            least = i;
        }
    }
    if (passage->score < list->data[least].score || compare_queued(passage, &list->data[least]) < 0) {
        return;
    }
    list->data[least] = *passage;
}

static void find_passages(struct unified *unified)
{
    struct passage passage = { .start = -1, .end = -1 };
    int64_t last_end = 0;
    for (size_t i = 0; i < unified->matches.count; i++) {
        const struct match *match = &unified->matches.data[i];
        if ((int64_t)match->start >= passage.end) {
            int64_t from;
            int64_t to;
            int64_t base = unified->bases[match->value];
            add_passage(unified, &passage);
            piece_around(&unified->scanners[match->value], (int64_t)match->start - base, &from, &to);
            passage = (struct passage){ .start = base + from, .end = base + to, .first = i };
            if (passage.start < last_end) {
                passage.start = last_end;
            }
            if (passage.end < last_end) {
                passage.end = last_end;
            }
            last_end = passage.end;
        }
        passage.count++;
    }
    add_passage(unified, &passage);
}

/* ---- rendering ---- */
static int compare_places(const void *left, const void *right)
{
    const struct passage *a = left;
    const struct passage *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

static int compare_scores(const void *left, const void *right)
{
    const struct passage *a = left;
    const struct passage *b = right;
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    return compare_places(left, right);
}

static struct qd_slice render(const struct unified *unified, const struct passage *passage,
                              struct qd_buffer *out)
{
    const struct qd_highlight_input *input = unified->input;
    const struct match *first = &unified->matches.data[passage->first];
    const struct qd_highlight_value *value = &input->values[first->value];
    int64_t base = unified->bases[first->value];
    int64_t at = passage->start;
    for (size_t i = 0; i < passage->count; i++) {
        int64_t from = first[i].start;
        int64_t to = first[i].end;
        /* Matches that lie over each other are one, which ends where the last of them does. */
        while (i + 1 < passage->count && (int64_t)first[i + 1].start < to) to = first[++i].end;
        if (from > at) {
            qd_highlight_append(out, value, (size_t)(at - base), (size_t)(from - base), input->html);
        }
        if (to <= at) {
            continue;
        }
        if (from < at) from = at;
        if (to > passage->end) to = passage->end;
        qd_buffer_slice(out, input->options->pre_tag);
        qd_highlight_append(out, value, (size_t)(from - base), (size_t)(to - base), input->html);
        qd_buffer_slice(out, input->options->post_tag);
        at = to;
    }
    int64_t end = passage->end;
    /* One paragraph separator at the end is not shown. */
    if (end > at && end - base <= (int64_t)value->unit_count && value->units[end - base - 1] == 0x2029) {
        end--;
    }
    if (end > at) {
        qd_highlight_append(out, value, (size_t)(at - base), (size_t)(end - base), input->html);
    }
    return qd_highlight_take(out, true, input->arena);
}

/* The beginning of the text when nothing matched: to the next word's end behind no_match_size. */
static void no_match(const struct qd_highlight_input *input, struct qd_fragments *fragments,
                     struct qd_buffer *out)
{
    int64_t size = input->options->no_match_size;
    const struct qd_highlight_value *value = NULL;
    for (size_t i = 0; i < input->value_count && value == NULL; i++) {
        if (input->values[i].unit_count > 0) {
            value = &input->values[i];
        }
    }
    if (size <= 0 || value == NULL) {
        return;
    }
    int64_t end = (int64_t)value->unit_count;
    if (size < end) {
        struct qd_text_breaks words = qd_text_breaks_words(value->units, value->unit_count, input->arena);
        int64_t next = qd_text_breaks_following(&words, size);
        if (next != QD_TEXT_BREAK_NONE) {
            end = next;
        }
    }
    qd_highlight_append(out, value, 0, (size_t)end, input->html);
    *QD_PUSH(input->arena, fragments) = qd_highlight_take(out, true, input->arena);
}

static int compare_matches(const void *left, const void *right)
{
    const struct match *a = left;
    const struct match *b = right;
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a->end < b->end ? -1 : a->end > b->end;
}

static void gather(struct unified *unified)
{
    const struct qd_highlight_input *input = unified->input;
    uint32_t base = 0;
    unified->bases = QD_NEW_ARRAY(input->arena, uint32_t, input->value_count + 1);
    unified->scanners = QD_NEW_ARRAY(input->arena, struct scanner, input->value_count + 1);
    for (size_t i = 0; i < input->value_count; i++) {
        const struct qd_highlight_value *value = &input->values[i];
        size_t before = unified->matches.count;
        unified->bases[i] = base;
        for (size_t k = 0; k < value->token_count; k++) {
            const struct qd_highlight_token *token = &value->tokens[k];
            bool empty = token->end == token->start;
            if (token->term == QD_HIGHLIGHT_NO_TERM || token->end > value->unit_count || empty) {
                continue;
            }
            *QD_PUSH(input->arena, &unified->matches) =
                (struct match){ base + token->start, base + token->end, token->term, (uint32_t)i };
        }
        if (unified->matches.count > before) {
            open_scanner(input, value, &unified->scanners[i]);
        }
        base += (uint32_t)value->unit_count + 1;
    }
    unified->content_length = base == 0 ? 0 : base - 1;
    if (unified->matches.count > 1) {
        qsort(unified->matches.data, unified->matches.count, sizeof(struct match), compare_matches);
    }
}

enum qd_status qd_highlight_unified(const struct qd_highlight_input *input, struct qd_fragments *fragments,
                                    struct qd_error *error)
{
    const struct qd_highlight_options *options = input->options;
    struct unified unified = { .input = input };
    (void)error;
    struct qd_buffer out = { 0 };
    unified.passage_max = options->number_of_fragments == 0 ? input->value_count
                                                            : (size_t)options->number_of_fragments;
    gather(&unified);
    find_passages(&unified);
    if (unified.passages.count > 1) {
        qsort(unified.passages.data, unified.passages.count, sizeof(struct passage),
              options->score_order ? compare_scores : compare_places);
    }
    for (size_t i = 0; i < unified.passages.count; i++) {
        *QD_PUSH(input->arena, fragments) = render(&unified, &unified.passages.data[i], &out);
    }
    if (unified.passages.count == 0) {
        no_match(input, fragments, &out);
    }
    qd_buffer_deinit(&out);
    return QD_OK;
}
