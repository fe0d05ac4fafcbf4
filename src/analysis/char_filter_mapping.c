/* Replaces strings, longest first. Source: Lucene MappingCharFilter. */
#include "analysis/char_filters.h"
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/word_list.h"
#include "base/text.h"

#include <stdlib.h>

/* rules[count] in byte order of `from`. */
struct rule {
    struct qd_slice from;
    struct qd_slice to;
};
struct state {
    struct rule *rules;
    size_t count;
    size_t longest; /* bytes */
};

static int compare(const void *left, const void *right)
{
    return qd_slice_compare(((const struct rule *)left)->from, ((const struct rule *)right)->from);
}

/* Undoes \\n, \\u0041 and the like. */
static enum qd_status unescape(struct qd_arena *arena, struct qd_slice text, struct qd_slice *result,
                               struct qd_error *error)
{
    static const char names[] = "\\nrtbf", values[] = "\\\n\r\t\b\f";
    char *out = qd_arena_alloc(arena, text.size + 4);
    size_t size = 0;
    for (size_t at = 0; at < text.size; at++) {
        if (text.data[at] != '\\') {
            out[size++] = text.data[at];
            continue;
        }
        if (++at >= text.size)
            return qd_error_set(error, QD_RUNTIME, "Invalid escaped char in [%.*s]", QD_SLICE_ARG(text));
        const char *name = text.data[at] == 0 ? NULL : strchr(names, text.data[at]);
        if (name != NULL) {
            out[size++] = values[name - names];
        } else if (text.data[at] == 'u') {
            if (at + 4 >= text.size)
                return qd_error_set(error, QD_RUNTIME, "Invalid escaped char in [%.*s]", QD_SLICE_ARG(text));
            char digits[5] = { 0 };
            memcpy(digits, text.data + at + 1, 4);
            size += qd_codepoint_write((uint32_t)strtoul(digits, NULL, 16), out + size);
            at += 4;
        } else {
            out[size++] = text.data[at];
        }
    }
    *result = qd_slice_make(out, size);
    return QD_OK;
}

/* Splits "a => b" at the first arrow. */
static bool split_rule(struct qd_slice line, struct qd_slice *from, struct qd_slice *to)
{
    for (size_t at = 0; at + 1 < line.size; at++) {
        if (line.data[at] != '=' || line.data[at + 1] != '>') continue;
        *from = qd_trim(qd_slice_sub(line, 0, at));
        *to = qd_trim(qd_slice_from(line, at + 2));
        return true;
    }
    return false;
}

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    struct state *state = QD_NEW(settings->arena, struct state);
    bool found;
    struct qd_component_list lines;
    QD_TRY(qd_word_list_read(settings, "mappings", &found, &lines, error));
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "mapping requires either `mappings` or `mappings_path` to be configured");
    state->rules = QD_NEW_ARRAY(settings->arena, struct rule, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++) {
        struct qd_slice line = lines.items[i], from, to;
        if (qd_word_list_is_comment(line)) continue;
        if (!split_rule(line, &from, &to)) {
            return qd_error_set(error, QD_RUNTIME, "Line [%zu]: Invalid mapping rule : [%.*s]", i + 1,
                                QD_SLICE_ARG(line));
        }
        if (from.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "cannot match the empty string");
        QD_TRY(unescape(settings->arena, from, &state->rules[state->count].from, error));
        QD_TRY(unescape(settings->arena, to, &state->rules[state->count].to, error));
        if (state->rules[state->count].from.size > state->longest)
            state->longest = state->rules[state->count].from.size;
        state->count++;
    }
    qsort(state->rules, state->count, sizeof(*state->rules), compare);
    for (size_t i = 1; i < state->count; i++)
        if (compare(&state->rules[i - 1], &state->rules[i]) == 0)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "match \"%.*s\" was already added",
                                QD_SLICE_ARG(state->rules[i].from));
    *out = state;
    return QD_OK;
}

/* The rule with the longest `from` at the start of `text`, or NULL. */
static const struct rule *find_rule(const struct state *state, struct qd_slice text)
{
    size_t size = text.size < state->longest ? text.size : state->longest;
    for (; size > 0; size--) {
        struct rule key = { .from = qd_slice_sub(text, 0, size) };
        const struct rule *rule =
            state->count == 0 ? NULL : bsearch(&key, state->rules, state->count, sizeof(key), compare);
        if (rule != NULL) return rule;
    }
    return NULL;
}

/* Output grows by the longest `to` for each byte at most; what is written is counted first. */
static enum qd_status filter(const void *data, struct qd_arena *arena, struct qd_slice in,
                             struct qd_slice *out, struct qd_offset_map *map)
{
    const struct state *state = data;
    char *text = NULL;
    size_t size = 0, capacity = 0;
    int64_t shift = 0;
    for (size_t at = 0; at < in.size;) {
        const struct rule *rule = find_rule(state, qd_slice_from(in, at));
        struct qd_slice piece = rule != NULL ? rule->to : qd_slice_sub(in, at, 1);
        if (size + piece.size > capacity) {
            size_t wanted = (size + piece.size) * 2 + in.size - at;
            text = qd_arena_grow(arena, text, capacity, wanted);
            capacity = wanted;
        }
        if (piece.size > 0) memcpy(text + size, piece.data, piece.size);
        size += piece.size;
        if (rule == NULL) {
            at++;
            continue;
        }
        at += rule->from.size;
        if (piece.size < rule->from.size) {
            shift += (int64_t)rule->from.size - (int64_t)piece.size;
            *QD_PUSH(arena, map) = (struct qd_offset_shift){ (uint32_t)size, shift };
        }
        for (size_t i = rule->from.size; i < piece.size; i++)
            *QD_PUSH(arena, map) = (struct qd_offset_shift){ (uint32_t)(size - piece.size + i), --shift };
    }
    *out = qd_slice_make(text == NULL ? "" : text, size);
    return QD_OK;
}

const struct qd_component_kind qd_char_filter_mapping = {
    .name = "mapping", .create = create, .filter = filter, .normalizes = true, .named_only = true,
};
