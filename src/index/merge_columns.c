/* Merging norms, columns and points of one field. */
#include <string.h>

#include "base/assert.h"
#include "base/bitset.h"
#include "codec/columns.h"
#include "codec/norms.h"
#include "codec/points.h"
#include "index/column_buffer.h"
#include "index/merge_internal.h"

/* ---- norms ---- */
enum qd_status qd_merge_norms(struct qd_merge_state *state, const struct qd_segment_field *field,
                              const uint8_t **norms, struct qd_error *error)
{
    uint8_t *bytes = qd_arena_zalloc(state->scratch, state->doc_count);
    struct qd_bitset present = qd_bitset_make(state->scratch, state->doc_count);
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct qd_merge_source *source = &state->sources[i];
        struct qd_norms *from;
        QD_TRY(qd_segment_norms(source->segment, field->name, &from, error));
        if (from == NULL) continue;
        const uint8_t *from_bytes = qd_norms_bytes(from);
        struct qd_bitset has = { (uint64_t *)(uintptr_t)qd_norms_present(from), source->doc_count };
        for (uint32_t doc = 0; doc < source->doc_count; doc++) {
            qd_doc_id target = qd_merge_map(source, doc);
            if (target == QD_DOC_END || (has.words != NULL && !qd_bitset_get(&has, doc))) continue;
            bytes[target] = from_bytes[doc];
            qd_bitset_set(&present, target);
        }
    }
    bool all = qd_bitset_count(&present) == state->doc_count;
    qd_norms_write(state->sections, field->number, state->doc_count, bytes, all ? NULL : present.words);
    *norms = bytes;
    return QD_OK;
}

/* ---- numbers and ordinals ---- */

/* Adds the values of one input's live documents; `renumber` (or NULL) maps ordinals. */
static void add_numbers(struct qd_merge_state *state, const struct qd_merge_source *source,
                        const struct qd_numeric_column *from, const int64_t *renumber,
                            struct qd_column_buffer *to)
{
    for (uint32_t doc = 0; doc < source->doc_count; doc++) {
        qd_doc_id target = qd_merge_map(source, doc);
        if (target == QD_DOC_END) continue;
        uint32_t count = qd_numeric_count(from, doc);
        if (count == 0) continue;
        int64_t *values = qd_column_buffer_add(to, state->scratch, target, count, sizeof(*values));
        for (uint32_t i = 0; i < count; i++) {
            int64_t value = qd_numeric_at(from, doc, i);
            values[i] = renumber == NULL ? value : renumber[value];
        }
    }
}

static struct qd_numeric_input input_of(const struct qd_column_buffer *column)
{
    return (struct qd_numeric_input){ column->docs, column->multiple ? column->starts : NULL, column->values,
                                      column->count };
}

enum qd_status qd_merge_numeric(struct qd_merge_state *state, const struct qd_segment_field *field,
                                struct qd_error *error)
{
    struct qd_column_buffer merged = { 0 };
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct qd_numeric_column *from;
        QD_TRY(qd_segment_numeric(state->sources[i].segment, field->name, &from, error));
        if (from != NULL) add_numbers(state, &state->sources[i], from, NULL, &merged);
    }
    struct qd_numeric_input input = input_of(&merged);
    qd_numeric_write(state->scratch, state->sections, field->number, state->doc_count, &input);
    return QD_OK;
}

/* One input's dictionary while dictionaries are merged. */
struct dictionary {
    struct qd_ordinal_column *column; /* NULL: the input has no such column */
    int64_t *renumber;                /* old ordinal -> new one; -1: no live document has it */
    uint32_t term_count;
    uint32_t at;                      /* next ordinal that is used */
    struct qd_slice term;             /* its term: the walk's, gone with the next step */
    struct qd_ordinal_walk walk;      /* stands behind `at` */
};

/* Ordinals that live documents have get 0 in `renumber`, others -1. */
static void mark_used(const struct qd_merge_source *source, struct dictionary *dictionary)
{
    const struct qd_numeric_column *numbers = qd_ordinal_numbers(dictionary->column);
    for (uint32_t i = 0; i < dictionary->term_count; i++) {
        dictionary->renumber[i] = source->map == NULL ? 0 : -1;
    }
    if (source->map == NULL) return;
    for (uint32_t doc = 0; doc < source->doc_count; doc++) {
        if (source->map[doc] == QD_DOC_END) continue;
        uint32_t count = qd_numeric_count(numbers, doc);
        for (uint32_t i = 0; i < count; i++) dictionary->renumber[qd_numeric_at(numbers, doc, i)] = 0;
    }
}

static void next_term(struct qd_merge_state *state, struct dictionary *dictionary)
{
    while (dictionary->at < dictionary->term_count && dictionary->renumber[dictionary->at] < 0) {
        dictionary->at++;
    }
    if (dictionary->at == dictionary->term_count) return;
    while (dictionary->walk.next <= dictionary->at) {
        dictionary->term = qd_ordinal_walk_next(&dictionary->walk, state->scratch);
    }
}

/* Merges the dictionaries; fills renumber and returns the new terms. */
static struct qd_slice *merge_dictionaries(struct qd_merge_state *state, struct dictionary *dictionaries,
                                           uint32_t *term_count)
{
    size_t total = 0;
    for (uint32_t i = 0; i < state->source_count; i++) total += dictionaries[i].term_count;
    struct qd_slice *terms = qd_arena_alloc(state->scratch, (total + 1) * sizeof(*terms));
    uint32_t count = 0;
    for (;;) {
        const struct dictionary *least = NULL;
        for (uint32_t i = 0; i < state->source_count; i++) {
            const struct dictionary *other = &dictionaries[i];
            if (other->at == other->term_count) continue;
            if (least == NULL || qd_slice_compare(other->term, least->term) < 0) least = other;
        }
        if (least == NULL) break;
        struct qd_slice term = terms[count] = qd_arena_copy(state->scratch, least->term);
        for (uint32_t i = 0; i < state->source_count; i++) {
            struct dictionary *other = &dictionaries[i];
            if (other->at == other->term_count || !qd_slice_equal(other->term, term)) continue;
            other->renumber[other->at++] = count;
            next_term(state, other);
        }
        count++;
    }
    *term_count = count;
    return terms;
}

enum qd_status qd_merge_ordinals(struct qd_merge_state *state, const struct qd_segment_field *field,
                                 struct qd_error *error)
{
    struct dictionary *dictionaries = QD_NEW_ARRAY(state->scratch, struct dictionary, state->source_count);
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct dictionary *dictionary = &dictionaries[i];
        QD_TRY(qd_segment_ordinals(state->sources[i].segment, field->name, &dictionary->column, error));
        if (dictionary->column == NULL) continue;
        dictionary->term_count = qd_ordinal_term_count(dictionary->column);
        dictionary->renumber = qd_arena_alloc(state->scratch, (dictionary->term_count + 1) * sizeof(int64_t));
        dictionary->walk = (struct qd_ordinal_walk){ .column = dictionary->column };
        mark_used(&state->sources[i], dictionary);
        next_term(state, dictionary);
    }
    struct qd_ordinal_input input = { .term_count = 0 };
    input.terms = merge_dictionaries(state, dictionaries, &input.term_count);
    struct qd_column_buffer merged = { 0 };
    for (uint32_t i = 0; i < state->source_count; i++) {
        if (dictionaries[i].column == NULL) continue;
        add_numbers(state, &state->sources[i], qd_ordinal_numbers(dictionaries[i].column),
                    dictionaries[i].renumber, &merged);
    }
    input.ordinals = input_of(&merged);
    qd_ordinal_write(state->scratch, state->sections, field->number, state->doc_count, &input);
    return QD_OK;
}

/* ---- bytes ---- */
enum qd_status qd_merge_binary(struct qd_merge_state *state, const struct qd_segment_field *field,
                               struct qd_error *error)
{
    struct qd_column_buffer merged = { 0 };
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct qd_merge_source *source = &state->sources[i];
        struct qd_binary_column *from;
        QD_TRY(qd_segment_binary(source->segment, field->name, &from, error));
        for (uint32_t doc = 0; from != NULL && doc < source->doc_count; doc++) {
            qd_doc_id target = qd_merge_map(source, doc);
            uint32_t count = target == QD_DOC_END ? 0 : qd_binary_count(from, doc);
            if (count == 0) continue;
            struct qd_slice *values =
                qd_column_buffer_add(&merged, state->scratch, target, count, sizeof(*values));
            for (uint32_t k = 0; k < count; k++) values[k] = qd_binary_at(from, doc, k);
        }
    }
    struct qd_binary_input input = { merged.docs, merged.multiple ? merged.starts : NULL, merged.values,
                                     merged.count };
    qd_binary_write(state->scratch, state->sections, field->number, state->doc_count, &input);
    return QD_OK;
}

/* ---- points ---- */

/* Where the walk over one input puts its points. */
struct point_walk {
    const struct qd_merge_source *source;
    struct qd_arena *arena;
    struct qd_point_buffer *to;
    size_t width;
};

static bool add_point(void *context, const uint8_t *value, qd_doc_id doc)
{
    struct point_walk *walk = context;
    qd_doc_id target = qd_merge_map(walk->source, doc);
    if (target != QD_DOC_END) {
        memcpy(qd_point_buffer_add(walk->to, walk->arena, target, walk->width), value, walk->width);
    }
    return true;
}

enum qd_status qd_merge_points(struct qd_merge_state *state, const struct qd_segment_field *field,
                               struct qd_error *error)
{
    qd_assert(field->point_dimensions == 1);
    struct qd_point_buffer merged = { 0 };
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct qd_points *from;
        QD_TRY(qd_segment_points(state->sources[i].segment, field->name, &from, error));
        if (from == NULL) continue;
        struct point_walk context = { &state->sources[i], state->scratch, &merged, field->point_bytes };
        struct qd_points_walk walk = { .visit = add_point, .context = &context };
        qd_points_in_order(from, &walk);
    }
    struct qd_points_input input = { .values = merged.values,
                                     .docs = merged.docs,
                                     .count = merged.count,
                                     .dimensions = 1,
                                     .bytes = field->point_bytes };
    qd_points_write(state->scratch, state->sections, field->number, &input);
    return QD_OK;
}
