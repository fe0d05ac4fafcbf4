#include "index/image.h"

#include <stdlib.h>

#include "base/assert.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/norms.h"
#include "codec/points.h"
#include "codec/postings.h"

/* What the parts of a build share. */
struct build {
    struct qd_index_buffer *buffer;
    struct qd_segment_writer *writer;
    struct qd_sections_writer *sections;
    struct qd_arena *scratch; /* reset after each field */
};

static enum qd_status append(void *context, const void *data, size_t size, struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

static int compare_fields(const void *left, const void *right)
{
    const struct qd_buffer_field *const *a = left;
    const struct qd_buffer_field *const *b = right;
    return qd_slice_compare((*a)->name, (*b)->name);
}

/* Term numbers become ordinals, ascending and without duplicates in each document. */
static struct qd_ordinal_input make_ordinals(struct build *build, const struct qd_buffer_field *field,
                                             const uint32_t *order)
{
    const struct qd_column_buffer *column = &field->values;
    uint32_t term_count = field->inverter.term_count;
    uint32_t *rank = qd_arena_alloc(build->scratch, (term_count + 1) * sizeof(*rank));
    struct qd_slice *terms = qd_arena_alloc(build->scratch, (term_count + 1) * sizeof(*terms));
    for (uint32_t i = 0; i < term_count; i++) {
        qd_inverter_expect_terms(&field->inverter, order, i);
        rank[order[i]] = i;
        terms[i] = qd_inverter_term(&field->inverter, order[i]);
    }
    const uint32_t *numbers = column->values;
    int64_t *values = qd_arena_alloc(build->scratch, (column->value_count + 1) * sizeof(*values));
    uint32_t *starts = qd_arena_alloc(build->scratch, (column->count + 1) * sizeof(*starts));
    uint32_t used = 0;
    bool multiple = false;
    const uint32_t *from = column->starts;
    for (uint32_t i = 0; from == NULL && i < column->count; i++) values[i] = rank[numbers[i]];
    for (uint32_t i = 0; from != NULL && i < column->count; i++) {
        uint32_t first = starts[i] = used;
        for (uint32_t k = from[i]; k < from[i + 1]; k++) values[used++] = rank[numbers[k]];
        if (used - first < 2) continue;
        qd_sort_int64(values + first, used - first);
        uint32_t kept = first + 1;
        for (uint32_t k = kept; k < used; k++) {
            if (values[k] != values[kept - 1]) values[kept++] = values[k];
        }
        used = kept;
        multiple = multiple || used - first > 1;
    }
    starts[column->count] = used;
    return (struct qd_ordinal_input){ .ordinals = { .docs = qd_column_buffer_docs(column, build->scratch),
                                                    .starts = multiple ? starts : NULL,
                                                    .values = values,
                                                    .count = column->count },
                                      .terms = terms,
                                      .term_count = term_count };
}

/* Postings out of a column: the documents of each ordinal. The terms in the buffer then need no streams. */
static void write_transposed(struct build *build, const struct qd_ordinal_input *input,
                             struct qd_postings_writer *writer)
{
    const struct qd_numeric_input *column = &input->ordinals;
    const uint32_t *starts = column->starts;
    uint32_t value_count = starts != NULL ? starts[column->count] : column->count;
    uint32_t *ends = qd_arena_zalloc(build->scratch, (input->term_count + 1) * sizeof(*ends));
    qd_doc_id *docs = qd_arena_alloc(build->scratch, (value_count + 1) * sizeof(*docs));
    for (uint32_t i = 0; i < value_count; i++) ends[column->values[i]]++;
    for (uint32_t i = 0, sum = 0; i < input->term_count; i++) {
        uint32_t count = ends[i];
        ends[i] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < column->count; i++) {
        uint32_t end = starts != NULL ? starts[i + 1] : i + 1;
        for (uint32_t k = starts != NULL ? starts[i] : i; k < end; k++) {
            docs[ends[column->values[k]]++] = column->docs[i];
        }
    }
    for (uint32_t i = 0, at = 0; i < input->term_count; i++) {
        const struct qd_postings_docs run = { .docs = docs + at, .count = ends[i] - at };
        at = ends[i];
        if (run.count == 0) continue;
        qd_postings_writer_term(writer, input->terms[i]);
        qd_postings_writer_run(writer, &run);
    }
}

/* `ordinals`: of a column that has them. */
static void write_column(struct build *build, const struct qd_buffer_field *field, uint32_t number,
                         const struct qd_ordinal_input *ordinals)
{
    uint32_t doc_count = build->buffer->doc_count;
    if (field->column == QD_COLUMN_NUMERIC) {
        const struct qd_column_buffer *column = &field->values;
        struct qd_numeric_input input = { .docs = qd_column_buffer_docs(column, build->scratch),
                                          .starts = column->starts,
                                          .values = column->values,
                                          .count = column->count };
        qd_numeric_write(build->scratch, build->sections, number, doc_count, &input);
    } else if (field->column == QD_COLUMN_ORDINALS) {
        qd_ordinal_write(build->scratch, build->sections, number, doc_count, ordinals);
    } else if (field->column == QD_COLUMN_BINARY) {
        const struct qd_column_buffer *column = &field->values;
        struct qd_binary_input input =
            { qd_column_buffer_docs(column, build->scratch), column->starts, column->values, column->count };
        qd_binary_write(build->scratch, build->sections, number, doc_count, &input);
    }
}

/* The points of a numeric column: its values, in a form that sorts by bytes. */
static struct qd_point_buffer points_of_column(struct build *build, const struct qd_column_buffer *column)
{
    struct qd_point_buffer points = { .count = column->value_count };
    const uint32_t *docs = qd_column_buffer_docs(column, build->scratch);
    const int64_t *values = column->values;
    uint64_t *sortable = qd_arena_alloc(build->scratch, (points.count + 1) * sizeof(*sortable));
    points.docs = qd_arena_alloc(build->scratch, (points.count + 1) * sizeof(*points.docs));
    for (uint32_t i = 0; i < column->count; i++) {
        uint32_t end = column->starts != NULL ? column->starts[i + 1] : i + 1;
        for (uint32_t k = column->starts != NULL ? column->starts[i] : i; k < end; k++) {
            sortable[k] = __builtin_bswap64((uint64_t)values[k] ^ ((uint64_t)1 << 63));
            points.docs[k] = docs[i];
        }
    }
    points.values = (uint8_t *)sortable;
    return points;
}

static void write_points(struct build *build, const struct qd_buffer_field *field, uint32_t number)
{
    struct qd_point_buffer points = field->points;
    if (qd_buffer_field_points_in_column(field)) points = points_of_column(build, &field->values);
    struct qd_points_input input = { .values = points.values,
                                     .docs = points.docs,
                                     .count = points.count,
                                     .dimensions = 1,
                                     .bytes = field->point_bytes };
    qd_points_write(build->scratch, build->sections, number, &input);
}

static void write_field(struct build *build, struct qd_buffer_field *field)
{
    struct qd_segment_field facts = { .name = field->name,
                                      .index_options = field->index_options,
                                      .has_norms = field->has_norms,
                                      .column = field->column,
                                      .point_dimensions = field->point_bytes > 0,
                                      .point_bytes = field->point_bytes };
    uint32_t doc_count = build->buffer->doc_count;
    uint32_t number = facts.number = qd_segment_writer_begin_field(build->writer, &facts);
    const uint32_t *order = NULL;
    if (field->index_options != QD_INDEX_NONE || field->column == QD_COLUMN_ORDINALS) {
        order = qd_inverter_sort(&field->inverter, build->scratch);
    }
    struct qd_ordinal_input ordinals = { 0 };
    if (field->column == QD_COLUMN_ORDINALS) ordinals = make_ordinals(build, field, order);
    if (field->has_norms) {
        qd_norm_buffer_cover(&field->norms, build->buffer->arena, doc_count);
        const uint64_t *present = field->norms.count == doc_count ? NULL : field->norms.present;
        qd_norms_write(build->sections, number, doc_count, field->norms.bytes, present);
    }
    if (field->index_options != QD_INDEX_NONE) {
        struct qd_postings_writer *writer = qd_postings_writer_create(
            build->scratch, build->sections, &facts, field->has_norms ? field->norms.bytes : NULL, doc_count);
        if (field->transposed) {
            write_transposed(build, &ordinals, writer);
        } else {
            qd_inverter_write(&field->inverter, order, build->scratch, writer);
        }
        qd_postings_writer_finish(writer);
    }
    write_column(build, field, number, &ordinals);
    if (field->point_bytes > 0) write_points(build, field, number);
    qd_arena_reset(build->scratch);
}

enum qd_status qd_image_build(struct qd_index_buffer *buffer, const struct qd_image_options *options,
                              struct qd_buffer *out, struct qd_error *error)
{
    qd_assert(buffer->doc_count > 0);
    struct qd_arena *arena = qd_arena_create(64 * 1024);
    struct qd_sink sink = { out, append };
    struct build build = { .buffer = buffer, .scratch = qd_arena_create(256 * 1024) };
    build.writer = qd_segment_writer_create(arena, sink, buffer->doc_count);
    build.sections = qd_segment_writer_sections(build.writer);
    qsort(buffer->fields, buffer->field_count, sizeof(struct qd_buffer_field *), compare_fields);
    for (uint32_t i = 0; i < buffer->field_count; i++) write_field(&build, buffer->fields[i]);
    struct qd_stored_writer *stored =
        qd_stored_writer_create(arena, build.sections, options->codec, options->level, buffer->doc_count);
    qd_stored_writer_sample(stored, buffer->records, buffer->doc_count);
    for (uint32_t i = 0; i < buffer->doc_count; i++) qd_stored_writer_add(stored, buffer->records[i]);
    qd_stored_writer_finish(stored);
    qd_ids_write(build.scratch, build.sections, buffer->ids, buffer->doc_count);
    enum qd_status status = qd_segment_writer_finish(build.writer, NULL, error);
    qd_arena_destroy(build.scratch);
    qd_arena_destroy(arena);
    return status;
}
