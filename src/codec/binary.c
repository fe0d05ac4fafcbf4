#include "base/assert.h"
#include "codec/little_endian.h"
#include "codec/numeric_format.h"

#define FORMAT_VERSION 1u
/* Header: u32 version, u32 documents, u32 documents with a value, u32 0, u64 values, u64 offsets of the
 * document set, the starts (0: single), the ends of the values, their bytes. */
#define HEADER_SIZE ((size_t)56)

struct qd_binary_column {
    uint32_t doc_count;
    struct qd_numeric_place place;
    struct qd_numeric_array ends; /* ends[value_count + 1] of the values in text; the first is 0 */
    struct qd_slice text;
};

static void write_ends(struct qd_arena *scratch, struct qd_buffer *out, const struct qd_slice *values,
                       uint64_t count)
{
    int64_t *ends = qd_arena_alloc(scratch, ((size_t)count + 1) * sizeof(*ends));
    ends[0] = 0;
    for (uint64_t i = 0; i < count; i++) ends[i + 1] = ends[i] + (int64_t)values[i].size;
    qd_numeric_array_write(out, ends, count + 1);
}

void qd_binary_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                     uint32_t doc_count, const struct qd_binary_input *input)
{
    struct qd_buffer out = { 0 };
    uint64_t value_count = input->starts == NULL ? input->count : input->starts[input->count];
    uint64_t offsets[4] = { 0 };
    qd_buffer_u32(&out, FORMAT_VERSION);
    qd_buffer_u32(&out, doc_count);
    qd_buffer_u32(&out, input->count);
    qd_buffer_u32(&out, 0);
    qd_buffer_u64(&out, value_count);
    qd_buffer_append(&out, offsets, sizeof(offsets));
    offsets[0] = out.size;
    qd_numeric_docs_write(&out, input->docs, input->count, doc_count);
    if (!qd_numeric_starts_are_single(input->starts, input->count)) {
        offsets[1] = out.size;
        qd_numeric_starts_write(scratch, &out, input->starts, input->count);
    }
    offsets[2] = out.size;
    write_ends(scratch, &out, input->values, value_count);
    offsets[3] = out.size;
    memcpy(out.data + HEADER_SIZE - sizeof(offsets), offsets, sizeof(offsets));
    qd_sections_begin(sections, QD_SECTION_BINARY, field);
    qd_sections_append(sections, out.data, out.size);
    for (uint64_t i = 0; i < value_count; i++) {
        qd_sections_append(sections, input->values[i].data, input->values[i].size);
    }
    qd_sections_end(sections);
    qd_buffer_deinit(&out);
}

static bool open_column(struct qd_arena *arena, struct qd_slice bytes, struct qd_binary_column *column)
{
    uint64_t offsets[4];
    const uint8_t *header = (const uint8_t *)bytes.data;
    struct qd_numeric_place *place = &column->place;
    if (bytes.size < HEADER_SIZE) return false;
    for (size_t i = 0; i < 4; i++) {
        offsets[i] = qd_load_u64(header + 24 + i * 8);
        if (offsets[i] > bytes.size) return false;
    }
    uint32_t count = qd_load_u32(header + 8);
    place->value_count = qd_load_u64(header + 16);
    place->single = offsets[1] == 0;
    column->text = qd_slice_from(bytes, (size_t)offsets[3]);
    if (qd_load_u32(header) != FORMAT_VERSION || qd_load_u32(header + 4) != column->doc_count) return false;
    if (place->value_count > UINT32_MAX || (place->single && place->value_count != count)) return false;
    if (!qd_numeric_docs_open(qd_slice_from(bytes, (size_t)offsets[0]), count, column->doc_count,
                              &place->docs)) {
        return false;
    }
    if (!place->single && !qd_numeric_array_open(arena, qd_slice_from(bytes, (size_t)offsets[1]),
                                                 (uint64_t)count + 1, &place->starts)) {
        return false;
    }
    return qd_numeric_array_open(arena, qd_slice_from(bytes, (size_t)offsets[2]), place->value_count + 1,
                                 &column->ends);
}

enum qd_status qd_binary_open(struct qd_arena *arena, const struct qd_sections *sections, uint32_t field,
                              uint32_t doc_count, struct qd_binary_column **column, struct qd_error *error)
{
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(sections, QD_SECTION_BINARY, field, &bytes, error));
    struct qd_binary_column *opened = QD_NEW(arena, struct qd_binary_column);
    opened->doc_count = doc_count;
    if (!open_column(arena, bytes, opened)) {
        return qd_corrupt(error, qd_sections_name(sections), 0, "a binary column");
    }
    *column = opened;
    return QD_OK;
}

uint32_t qd_binary_count(const struct qd_binary_column *column, qd_doc_id doc)
{
    uint64_t start;
    return qd_numeric_place_find(&column->place, doc, &start);
}

struct qd_slice qd_binary_at(const struct qd_binary_column *column, qd_doc_id doc, uint32_t i)
{
    uint64_t start;
    uint32_t count = qd_numeric_place_find(&column->place, doc, &start);
    qd_assert(i < count);
    int64_t bounds[2];
    qd_numeric_array_range(&column->ends, start + i, 2, bounds);
    uint64_t end = (uint64_t)bounds[1] < column->text.size ? (uint64_t)bounds[1] : column->text.size;
    uint64_t begin = (uint64_t)bounds[0] < end ? (uint64_t)bounds[0] : end;
    return qd_slice_sub(column->text, (size_t)begin, (size_t)(end - begin));
}

void qd_binary_exists(const struct qd_binary_column *column, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    qd_assert(to <= column->doc_count);
    qd_numeric_docs_bits(&column->place.docs, from, to, words);
}
