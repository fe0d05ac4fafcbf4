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

/* A column in the making, and room for one input at a time. */
struct numbers {
    struct qd_numeric_input out;   /* what there is of it, in the arrays below */
    qd_doc_id *docs;               /* docs[doc_count], as many as the inputs have together */
    uint32_t *starts;              /* starts[doc_count + 1], or NULL: all inputs are single */
    int64_t *values;               /* values[value_count] */
    uint32_t *input_starts;        /* starts of an input */
    uint32_t value_count;          /* values so far */
};

/* Room for everything that columns[count] hold (NULL: nothing). */
static struct numbers make_numbers(struct qd_arena *arena, const struct qd_numeric_column *const *columns,
                                   uint32_t count)
{
    struct numbers made = { 0 };
    size_t docs = 0;
    size_t values = 0;
    uint32_t largest = 0;
    bool single = true;
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i] == NULL) continue;
        struct qd_column_facts facts = qd_numeric_facts(columns[i]);
        docs += facts.doc_count;
        values += (size_t)facts.value_count;
        single = single && facts.single;
        if (facts.doc_count > largest) largest = facts.doc_count;
    }
    made.docs = qd_arena_alloc(arena, (docs + 1) * sizeof(*made.docs));
    made.values = qd_arena_alloc(arena, (values + 1) * sizeof(*made.values));
    if (!single) {
        made.starts = qd_arena_alloc(arena, (docs + 1) * sizeof(*made.starts));
        made.input_starts = qd_arena_alloc(arena, ((size_t)largest + 1) * sizeof(*made.input_starts));
        made.starts[0] = 0;
    }
    made.out = (struct qd_numeric_input){ .docs = made.docs, .starts = made.starts, .values = made.values };
    return made;
}

/* Keeps of an input's documents, which lie decoded behind those before, the live ones. */
static void keep_single(struct numbers *to, const struct qd_merge_source *source, uint32_t count)
{
    uint32_t at = to->out.count;
    qd_doc_id *docs = to->docs + at;
    int64_t *values = to->values + to->value_count;
    for (uint32_t i = 0; i < count; i++) {
        qd_doc_id target = qd_merge_map(source, docs[i]);
        docs[at - to->out.count] = target;
        values[at - to->out.count] = values[i];
        at += target != QD_DOC_END;
    }
    for (uint32_t i = to->out.count; to->starts != NULL && i < at; i++) {
        to->starts[i + 1] = to->value_count + (i - to->out.count) + 1;
    }
    to->value_count += at - to->out.count;
    to->out.count = at;
}

/* The same for documents with several values. */
static void keep_multiple(struct numbers *to, const struct qd_merge_source *source, uint32_t count)
{
    const uint32_t *starts = to->input_starts;
    const int64_t *from = to->values + to->value_count;
    const qd_doc_id *docs = to->docs + to->out.count;
    for (uint32_t i = 0; i < count; i++) {
        qd_doc_id target = qd_merge_map(source, docs[i]);
        uint32_t length = starts[i + 1] - starts[i];
        if (target == QD_DOC_END || length == 0) continue;
        to->docs[to->out.count++] = target;
        memmove(to->values + to->value_count, from + starts[i], length * sizeof(*from));
        to->value_count += length;
        to->starts[to->out.count] = to->value_count;
    }
}

/* Adds the values of one input's live documents. */
static void add_numbers(struct numbers *to, const struct qd_merge_source *source,
                        const struct qd_numeric_column *from)
{
    struct qd_column_facts facts = qd_numeric_facts(from);
    qd_numeric_decode_all(from, to->docs + to->out.count, to->input_starts, to->values + to->value_count);
    if (facts.single) keep_single(to, source, facts.doc_count);
    else keep_multiple(to, source, facts.doc_count);
}

enum qd_status qd_merge_numeric(struct qd_merge_state *state, const struct qd_segment_field *field,
                                struct qd_error *error)
{
    const struct qd_numeric_column **columns =
        QD_NEW_ARRAY(state->scratch, const struct qd_numeric_column *, state->source_count);
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct qd_numeric_column *from;
        QD_TRY(qd_segment_numeric(state->sources[i].segment, field->name, &from, error));
        columns[i] = from;
    }
    struct numbers merged = make_numbers(state->scratch, columns, state->source_count);
    for (uint32_t i = 0; i < state->source_count; i++) {
        if (columns[i] != NULL) add_numbers(&merged, &state->sources[i], columns[i]);
    }
    qd_numeric_write(state->scratch, state->sections, field->number, state->doc_count, &merged.out);
    return QD_OK;
}

/* No live document has this ordinal. */
#define UNUSED UINT32_MAX

/* One input's dictionary while dictionaries are merged. */
struct dictionary {
    struct qd_ordinal_column *column; /* NULL: the input has no such column */
    uint32_t *renumber;               /* old ordinal -> new one; UNUSED: no live document has it */
    uint32_t term_count;
    uint32_t at;                      /* next ordinal that is used */
    struct qd_slice term;             /* its term: the walk's, gone with the next step */
    struct qd_ordinal_walk walk;      /* stands behind `at` */
};

/* Ordinals that are among values[count], those of live documents, get 0 in `renumber`, others UNUSED. */
static void mark_used(const struct qd_merge_source *source, struct dictionary *dictionary,
                      const int64_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < dictionary->term_count; i++) {
        dictionary->renumber[i] = source->map == NULL ? 0 : UNUSED;
    }
    for (uint32_t i = 0; source->map != NULL && i < count; i++) dictionary->renumber[values[i]] = 0;
}

static void next_term(struct qd_merge_state *state, struct dictionary *dictionary)
{
    while (dictionary->at < dictionary->term_count && dictionary->renumber[dictionary->at] == UNUSED) {
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

/* Opens the inputs' columns; columns[i] is NULL where there is none. */
static enum qd_status open_dictionaries(struct qd_merge_state *state, const struct qd_segment_field *field,
                                        struct dictionary *dictionaries,
                                        const struct qd_numeric_column **columns, struct qd_error *error)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct dictionary *dictionary = &dictionaries[i];
        QD_TRY(qd_segment_ordinals(state->sources[i].segment, field->name, &dictionary->column, error));
        if (dictionary->column == NULL) continue;
        columns[i] = qd_ordinal_numbers(dictionary->column);
        dictionary->term_count = qd_ordinal_term_count(dictionary->column);
        dictionary->renumber =
            qd_arena_alloc(state->scratch, ((size_t)dictionary->term_count + 1) * sizeof(uint32_t));
        dictionary->walk = (struct qd_ordinal_walk){ .column = dictionary->column };
    }
    return QD_OK;
}

enum qd_status qd_merge_ordinals(struct qd_merge_state *state, const struct qd_segment_field *field,
                                 struct qd_error *error)
{
    uint32_t count = state->source_count;
    struct dictionary *dictionaries = QD_NEW_ARRAY(state->scratch, struct dictionary, count);
    const struct qd_numeric_column **columns =
        QD_NEW_ARRAY(state->scratch, const struct qd_numeric_column *, count);
    QD_TRY(open_dictionaries(state, field, dictionaries, columns, error));
    struct numbers merged = make_numbers(state->scratch, columns, count);
    uint32_t *ends = QD_NEW_ARRAY(state->scratch, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t first = merged.value_count;
        ends[i] = first;
        if (columns[i] == NULL) continue;
        add_numbers(&merged, &state->sources[i], columns[i]);
        ends[i] = merged.value_count;
        mark_used(&state->sources[i], &dictionaries[i], merged.values + first, ends[i] - first);
        next_term(state, &dictionaries[i]);
    }
    struct qd_ordinal_input input = { .ordinals = merged.out };
    input.terms = merge_dictionaries(state, dictionaries, &input.term_count);
    for (uint32_t i = 0, at = 0; i < count; i++) {
        const uint32_t *renumber = dictionaries[i].renumber;
        for (; at < ends[i]; at++) merged.values[at] = renumber[merged.values[at]];
    }
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
    struct qd_binary_input input = { qd_column_buffer_docs(&merged, state->scratch), merged.starts,
                                     merged.values, merged.count };
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
