/* Replacing the matches of a pattern. */
#include "analysis/component.h"
#include "analysis/pattern_replace.h"

enum qd_status qd_pattern_replacement_read(struct qd_arena *arena, struct qd_slice text,
                                           struct qd_pattern_replacement *replacement, struct qd_error *error)
{
    size_t start = 0;
    char *literal = qd_arena_alloc(arena, text.size + 1);
    size_t size = 0;
    for (size_t at = 0; at < text.size; at++) {
        char letter = text.data[at];
        if (letter != '$' && letter != '\\') {
            literal[size++] = letter;
            continue;
        }
        if (at + 1 == text.size)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s", letter == '$'
                                    ? "Illegal group reference: group index is missing"
                                    : "character to be escaped is missing");
        letter = text.data[++at];
        if (text.data[at - 1] == '\\') {
            literal[size++] = letter;
            continue;
        }
        if (letter < '0' || letter > '9') {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Illegal group reference");
        }
        if (size > start)
            *QD_PUSH(arena, replacement) =
                (struct qd_pattern_piece){ qd_slice_make(literal + start, size - start), -1 };
        start = size;
        *QD_PUSH(arena, replacement) = (struct qd_pattern_piece){ QD_SLICE(""), letter - '0' };
    }
    if (size > start)
        *QD_PUSH(arena,
                 replacement) = (struct qd_pattern_piece){ qd_slice_make(literal + start, size - start), -1 };
    return QD_OK;
}

/* Growable output in the run's arena. */
struct output {
    struct qd_arena *arena;
    char *data;
    size_t size;
    size_t capacity;
};

static void append(struct output *output, struct qd_slice text)
{
    if (text.size == 0) return;
    if (output->size + text.size > output->capacity) {
        size_t wanted = (output->size + text.size) * 2;
        output->data = qd_arena_grow(output->arena, output->data, output->capacity, wanted);
        output->capacity = wanted;
    }
    memcpy(output->data + output->size, text.data, text.size);
    output->size += text.size;
}

/* After a replaced match: offsets inside the longer output point at the match's end, those behind are
 * shifted. */
static void record(struct qd_pattern_rewrite *rewrite, size_t replaced, size_t written, size_t output_end,
                   size_t input_end)
{
    if (rewrite->map == NULL || replaced == written) return;
    int64_t before = rewrite->map->count == 0 ? 0 : rewrite->map->data[rewrite->map->count - 1].shift;
    if (written < replaced) {
        *QD_PUSH(rewrite->arena, rewrite->map) =
            (struct qd_offset_shift){ (uint32_t)output_end, (int64_t)input_end - (int64_t)output_end };
        return;
    }
    size_t first = output_end - written + replaced;
    for (size_t at = first; at < output_end; at++)
        *QD_PUSH(rewrite->arena, rewrite->map) = (struct qd_offset_shift){ (uint32_t)at, --before };
    *QD_PUSH(rewrite->arena, rewrite->map) = (struct qd_offset_shift){ (uint32_t)output_end, before };
}

enum qd_status qd_pattern_rewrite(struct qd_pattern_matcher *matcher,
                                  const struct qd_pattern_replacement *replacement, struct qd_slice text,
                                  struct qd_pattern_rewrite *rewrite, struct qd_error *error)
{
    struct output output = { .arena = rewrite->arena };
    size_t last = 0;
    bool found = false, any = false;
    rewrite->text = text;
    QD_TRY(qd_pattern_reset(matcher, text, error));
    do {
        size_t start, end, group_start, group_end;
        QD_TRY(qd_pattern_find(matcher, &found, error));
        if (!found || !qd_pattern_group(matcher, 0, &start, &end)) break;
        any = true;
        append(&output, qd_slice_sub(text, last, start - last));
        size_t before = output.size;
        for (size_t i = 0; i < replacement->count; i++) {
            const struct qd_pattern_piece *piece = &replacement->data[i];
            if (piece->group < 0) append(&output, piece->text);
            else if (qd_pattern_group(matcher, piece->group, &group_start, &group_end))
                append(&output, qd_slice_sub(text, group_start, group_end - group_start));
        }
        last = end;
        record(rewrite, end - start, output.size - before, output.size, end);
    } while (rewrite->all);
    if (!any) return QD_OK;
    append(&output, qd_slice_from(text, last));
    rewrite->text = qd_slice_make(output.data == NULL ? "" : output.data, output.size);
    return QD_OK;
}
