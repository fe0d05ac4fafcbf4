#include "base/assert.h"
#include "codec/little_endian.h"
#include "codec/numeric_format.h"

bool qd_numeric_starts_are_single(const uint32_t *starts, uint32_t count)
{
    return starts == NULL || starts[count] - starts[0] == count;
}

void qd_numeric_starts_write(struct qd_arena *scratch, struct qd_buffer *out, const uint32_t *starts,
                             uint32_t count)
{
    int64_t *numbers = qd_arena_alloc(scratch, ((size_t)count + 1) * sizeof(*numbers));
    for (uint32_t i = 0; i <= count; i++) {
        qd_assert(i == 0 || starts[i] > starts[i - 1]);
        numbers[i] = starts[i];
    }
    qd_numeric_array_write(out, numbers, (uint64_t)count + 1);
}

/* Documents of a skip group, [from, to) of the input, and the bounds of their values. */
static void append_skip(struct qd_buffer *out, const struct qd_numeric_input *input, uint32_t from,
                        uint32_t to)
{
    int64_t min = 0;
    int64_t max = 0;
    uint32_t first = input->starts == NULL ? from : input->starts[from];
    uint32_t last = input->starts == NULL ? to : input->starts[to];
    if (first < last) qd_numeric_bounds(input->values + first, last - first, &min, &max);
    qd_buffer_u64(out, (uint64_t)min);
    qd_buffer_u64(out, (uint64_t)max);
    qd_buffer_u32(out, to - from);
    qd_buffer_u32(out, 0);
}

static void append_skips(struct qd_buffer *out, uint32_t doc_count, const struct qd_numeric_input *input)
{
    uint32_t at = 0;
    for (uint32_t first = 0; first < doc_count; first += QD_COLUMN_SKIP_DOCS) {
        uint32_t from = at;
        while (at < input->count && input->docs[at] - first < QD_COLUMN_SKIP_DOCS) at++;
        append_skip(out, input, from, at);
    }
}

void qd_numeric_encode(struct qd_arena *scratch, struct qd_buffer *out, uint32_t doc_count,
                       const struct qd_numeric_input *input)
{
    size_t base = out->size;
    bool single = qd_numeric_starts_are_single(input->starts, input->count);
    uint64_t value_count = input->starts == NULL ? input->count : input->starts[input->count];
    uint64_t offsets[4] = { 0 };
    int64_t min = 0;
    int64_t max = 0;
    qd_assert(input->starts == NULL || input->starts[0] == 0);
    if (value_count > 0) qd_numeric_bounds(input->values, value_count, &min, &max);
    qd_buffer_u32(out, QD_NUMERIC_VERSION);
    qd_buffer_u32(out, doc_count);
    qd_buffer_u32(out, input->count);
    qd_buffer_u32(out, 0);
    qd_buffer_u64(out, value_count);
    qd_buffer_u64(out, (uint64_t)min);
    qd_buffer_u64(out, (uint64_t)max);
    size_t place = out->size;
    qd_buffer_append(out, offsets, sizeof(offsets));
    offsets[0] = out->size - base;
    qd_numeric_docs_write(out, input->docs, input->count, doc_count);
    if (!single) {
        offsets[1] = out->size - base;
        qd_numeric_starts_write(scratch, out, input->starts, input->count);
    }
    offsets[2] = out->size - base;
    qd_numeric_array_write(out, input->values, value_count);
    offsets[3] = out->size - base;
    append_skips(out, doc_count, input);
    memcpy(out->data + place, offsets, sizeof(offsets));
}

void qd_numeric_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                      uint32_t doc_count, const struct qd_numeric_input *input)
{
    struct qd_buffer out = { 0 };
    qd_numeric_encode(scratch, &out, doc_count, input);
    qd_sections_begin(sections, QD_SECTION_NUMERIC, field);
    qd_sections_append(sections, out.data, out.size);
    qd_sections_end(sections);
    qd_buffer_deinit(&out);
}
