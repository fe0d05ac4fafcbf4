/* Corrupt segments: opening and reading gives an error or some answer, never a crash.
 *
 * First byte: bit 0: the rest is the container itself; else a small valid segment is built and changed at the
 * places that the rest names (groups of four: offset low, offset high, new byte, what to do). Bit 1:
 * checksums are made right again after the changes, so that decoders see the bad bytes. Bits 2 and 3: codec
 * of stored fields; the others seed the values, and bit 4 gives lz4 a dictionary.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/checksum.h"
#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/little_endian.h"
#include "codec/norms.h"
#include "codec/points.h"
#include "codec/segment.h"
#include "codec/stored.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DOCS 700u
#define LOOP_MAX 64u
#define WORDS_MAX ((size_t)1 << 16)

/* ---- a valid segment ---- */

static enum qd_status append(void *context, const void *data, size_t size, struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

static const struct qd_segment_field fields[] = {
    { .name = QD_SLICE_INIT("binary"), .column = QD_COLUMN_BINARY },
    { .name = QD_SLICE_INIT("dense"), .column = QD_COLUMN_NUMERIC, .point_dimensions = 1, .point_bytes = 8 },
    { .name = QD_SLICE_INIT("keyword"), .column = QD_COLUMN_ORDINALS, .has_norms = true },
    { .name = QD_SLICE_INIT("multi"), .column = QD_COLUMN_NUMERIC, .point_dimensions = 2, .point_bytes = 4 },
    { .name = QD_SLICE_INIT("sparse"),
      .column = QD_COLUMN_NUMERIC,
      .point_dimensions = 1,
      .point_bytes = 16 },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))

static uint64_t next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void write_points(struct qd_arena *arena, struct qd_sections_writer *sections, uint32_t number,
                         uint64_t *state)
{
    const struct qd_segment_field *field = &fields[number];
    size_t stride = (size_t)field->point_dimensions * field->point_bytes;
    uint32_t count = DOCS + (uint32_t)(next(state) % 600);
    struct qd_points_input input = { qd_arena_zalloc(arena, stride * count),
                                     QD_NEW_ARRAY(arena, qd_doc_id, count), count, field->point_dimensions,
                                     field->point_bytes };
    for (uint32_t i = 0; i < count; i++) {
        input.docs[i] = (qd_doc_id)(next(state) % DOCS);
        if (number == 1) input.docs[i] = i % DOCS;
        for (size_t at = stride > 6 ? 5 : 0; at < stride; at++) {
            input.values[i * stride + at] =
                (uint8_t)(number == 1 ? i >> (8 * (stride - 1 - at)) : next(state));
        }
    }
    qd_points_write(arena, sections, number, &input);
}

/* Columns: which documents, how many values and of what kind depends on field and seed. */
static void write_column(struct qd_arena *arena, struct qd_sections_writer *sections, uint32_t number,
                         uint64_t *state)
{
    static const struct qd_slice terms[] = { QD_SLICE_INIT("a"),   QD_SLICE_INIT("ab"), QD_SLICE_INIT("abc"),
                                             QD_SLICE_INIT("abd"), QD_SLICE_INIT("b"),  QD_SLICE_INIT("ba"),
                                             QD_SLICE_INIT("c"),   QD_SLICE_INIT("ca"), QD_SLICE_INIT("cab"),
                                             QD_SLICE_INIT("d"),   QD_SLICE_INIT("e"),  QD_SLICE_INIT("f"),
                                             QD_SLICE_INIT("g"),   QD_SLICE_INIT("h"),  QD_SLICE_INIT("i"),
                                             QD_SLICE_INIT("j"),   QD_SLICE_INIT("ja"), QD_SLICE_INIT("jab"),
                                             QD_SLICE_INIT("jb"),  QD_SLICE_INIT("k") };
    qd_doc_id docs[DOCS];
    uint32_t starts[DOCS + 1];
    int64_t values[DOCS * 2];
    struct qd_slice texts[DOCS * 2];
    uint32_t count = 0;
    uint32_t total = 0;
    for (uint32_t doc = 0; doc < DOCS; doc++) {
        if (number == 4 && next(state) % 50 != 0) continue;
        if (number != 1 && next(state) % 3 == 0) continue;
        docs[count] = doc;
        starts[count++] = total;
        uint32_t wanted = number == 1 || number == 4 ? 1 : 1 + (uint32_t)(next(state) % 2);
        for (uint32_t i = 0; i < wanted; i++, total++) {
            values[total] = (int64_t)(next(state) % 10) + 10 * i;
            if (number == 1) values[total] *= 86400000;
            texts[total] = terms[next(state) % 20];
        }
    }
    starts[count] = total;
    struct qd_numeric_input numeric = { docs, starts, values, count };
    struct qd_ordinal_input ordinal = { numeric, terms, 20 };
    struct qd_binary_input binary = { docs, starts, texts, count };
    if (fields[number].column == QD_COLUMN_NUMERIC) qd_numeric_write(arena, sections, number, DOCS, &numeric);
    else if (fields[number].column == QD_COLUMN_ORDINALS)
        qd_ordinal_write(arena, sections, number, DOCS, &ordinal);
    else qd_binary_write(arena, sections, number, DOCS, &binary);
}

static void write_segment(struct qd_arena *arena, struct qd_buffer *out, uint8_t flags)
{
    uint64_t state = flags >> 4;
    struct qd_segment_writer *writer = qd_segment_writer_create(arena, (struct qd_sink){ out, append }, DOCS);
    struct qd_sections_writer *sections = qd_segment_writer_sections(writer);
    uint8_t norms[DOCS];
    uint64_t present[DOCS / 64 + 1];
    struct qd_slice ids[DOCS];
    for (size_t i = 0; i < DOCS / 64 + 1; i++) present[i] = next(&state) << 20;
    for (uint32_t i = 0; i < DOCS; i++) norms[i] = (uint8_t)(next(&state) % 8);
    for (uint32_t i = 0; i < FIELDS; i++) {
        uint32_t number = qd_segment_writer_begin_field(writer, &fields[i]);
        write_column(arena, sections, number, &state);
        if (fields[i].point_dimensions != 0) write_points(arena, sections, number, &state);
        if (fields[i].has_norms) qd_norms_write(sections, number, DOCS, norms, present);
    }
    enum qd_stored_codec codec = (enum qd_stored_codec)((flags >> 2 & 3) % 3);
    /* Half of the seeds of lz4 are given enough bytes and hopes for a dictionary. */
    bool dictionary = codec == QD_STORED_LZ4 && (flags >> 4 & 1) != 0;
    struct qd_stored_writer *stored =
        qd_stored_writer_create(arena, sections, codec, 0, dictionary ? 1u << 24 : DOCS);
    for (uint32_t i = 0; i < DOCS; i++) {
        ids[i] = qd_arena_format(arena, "%llu", (unsigned long long)(next(&state) % 500));
        qd_stored_writer_add(stored, qd_arena_format(arena, "{\"user\":%u,\"message\":\"text%*u\"}", i,
                                                     dictionary ? 100 : 1, i));
    }
    qd_stored_writer_finish(stored);
    /* A long id now and then: offsets instead of sizes. */
    if (flags >> 4 & 1) ids[next(&state) % DOCS] = qd_arena_format(arena, "%0300u", flags);
    qd_ids_write(arena, sections, ids, DOCS);
    (void)qd_segment_writer_finish(writer, NULL, NULL);
}

/* ---- changes ---- */

/* Far from the beginning of things most bytes are packed values, so half of the changes go to section heads.
 */
static void change(struct qd_buffer *out, const uint8_t *data, size_t size)
{
    uint64_t footer = qd_load_u64(out->data + out->size - 48);
    uint32_t count = qd_load_u32(out->data + out->size - 32);
    for (; size >= 4; data += 4, size -= 4) {
        size_t offset = (size_t)(data[0] | data[1] << 8);
        if ((data[3] & 1) != 0) {
            size_t entry = (size_t)footer + (data[1] % count) * 32u;
            offset = (size_t)qd_load_u64(out->data + entry + 8) + data[0] % 100u;
        }
        if ((data[3] & 2) != 0) offset = out->size - 1 - offset % out->size;
        out->data[offset % out->size] = (char)data[2];
    }
}

/* Blocks of stored fields have checksums of their own; where they lie is in the index, in `index`. */
static void fix_blocks(struct qd_buffer *out, uint64_t blocks, uint64_t length, const char *index,
                       uint64_t index_size)
{
    if (index_size < 16) return;
    uint64_t count = qd_load_u32(index + 8);
    uint64_t rows = 16 + (uint64_t)qd_load_u32(index + 12) * 4;
    for (uint64_t i = 0; i < count && rows + (i + 1) * 16 <= index_size; i++) {
        uint64_t offset = qd_load_u64(index + rows + i * 16);
        uint64_t size = qd_load_u32(index + rows + i * 16 + 8);
        if (offset > length || size > length - offset || size < 16) return;
        char *block = out->data + blocks + offset;
        qd_store_u32(block, qd_crc32c(block + 4, (size_t)size - 4));
    }
}

/* Makes the checksums of sections and footer right, as far as the table of contents can still be read. */
static void fix_checksums(struct qd_buffer *out)
{
    if (out->size < 48 + 64) return;
    char *trailer = out->data + out->size - 48;
    uint64_t footer = qd_load_u64(trailer);
    uint32_t count = qd_load_u32(trailer + 16);
    if (footer > out->size - 48 || (out->size - 48 - footer) / 32 < count) return;
    uint64_t blocks[2] = { 0 };
    for (uint32_t i = 0; i < count; i++) {
        char *entry = out->data + footer + i * (size_t)32;
        uint64_t offset = qd_load_u64(entry + 8);
        uint64_t length = qd_load_u64(entry + 16);
        if (offset > out->size || length > out->size - offset) continue;
        if (qd_load_u32(entry) == QD_SECTION_STORED) {
            blocks[0] = offset;
            blocks[1] = length;
        }
        if (qd_load_u32(entry) == QD_SECTION_STORED_INDEX) {
            fix_blocks(out, blocks[0], blocks[1], out->data + offset, length);
        }
        qd_store_u32(entry + 24, qd_crc32c(out->data + offset, (size_t)length));
    }
    qd_store_u32(trailer + 32, 0);
    qd_store_u32(trailer + 32, qd_crc32c(out->data + footer, out->size - (size_t)footer));
}

/* ---- reading everything ---- */

static void read_numeric(const struct qd_numeric_column *column, uint32_t doc_count)
{
    struct qd_column_facts facts = qd_numeric_facts(column);
    qd_doc_id docs[LOOP_MAX];
    int64_t values[LOOP_MAX];
    bool has[LOOP_MAX];
    uint64_t words[LOOP_MAX] = { 0 };
    uint32_t count = doc_count < LOOP_MAX ? doc_count : LOOP_MAX;
    uint32_t span = doc_count < LOOP_MAX * 64 ? doc_count : LOOP_MAX * 64;
    for (uint32_t i = 0; i < count; i++) {
        docs[i] = (qd_doc_id)((uint64_t)i * doc_count / count);
        uint32_t values_of = qd_numeric_count(column, docs[i]);
        for (uint32_t j = 0; j < values_of && j < LOOP_MAX; j++) (void)qd_numeric_at(column, docs[i], j);
        (void)qd_numeric_first(column, docs[i], &values[i]);
        (void)qd_numeric_skip(column, docs[i]);
    }
    if (facts.single) qd_numeric_gather(column, docs, count, values, has);
    if (facts.single && facts.dense) qd_numeric_range_decode(column, doc_count - count, doc_count, values);
    for (int64_t lower = 0; lower < 100; lower += 30) {
        qd_numeric_match_range(column, lower * 1000, lower * 1000000, doc_count - span, doc_count, words);
        qd_numeric_match_range(column, lower / 10, lower, 0, span, words);
    }
    qd_numeric_exists(column, 0, span, words);
}

static void read_ordinals(const struct qd_ordinal_column *column, uint32_t doc_count, struct qd_arena *arena)
{
    uint32_t ordinal;
    uint32_t terms = qd_ordinal_term_count(column);
    read_numeric(qd_ordinal_numbers(column), doc_count);
    for (uint32_t i = 0; i < terms && i < LOOP_MAX; i++) {
        struct qd_slice term = qd_ordinal_term(column, i, arena);
        (void)qd_ordinal_find(column, term, &ordinal);
    }
    for (uint32_t i = 0; i < doc_count && i < LOOP_MAX; i++) {
        int64_t value;
        if (qd_numeric_first(qd_ordinal_numbers(column), i, &value) && (value < 0 || value >= terms)) abort();
    }
    (void)qd_ordinal_find(column, QD_SLICE("abc"), &ordinal);
    (void)qd_ordinal_find(column, QD_SLICE(""), &ordinal);
}

static void read_binary(const struct qd_binary_column *column, uint32_t doc_count)
{
    uint8_t sum = 0;
    for (uint32_t doc = 0; doc < doc_count && doc < LOOP_MAX; doc++) {
        uint32_t count = qd_binary_count(column, doc);
        for (uint32_t i = 0; i < count && i < LOOP_MAX; i++) {
            struct qd_slice value = qd_binary_at(column, doc, i);
            if (value.size > 0) sum ^= (uint8_t)value.data[0] ^ (uint8_t)value.data[value.size - 1];
        }
    }
    (void)sum;
}

static bool visit(void *context, const uint8_t *value, qd_doc_id doc)
{
    (void)value;
    if (doc >= *(uint32_t *)context) abort();
    return true;
}

static enum qd_points_relation relate(void *context, const uint8_t *min, const uint8_t *max)
{
    (void)context;
    return min[0] < max[0] ? QD_POINTS_INSIDE : QD_POINTS_CROSSES;
}

static bool contains(void *context, const uint8_t *value)
{
    (void)context;
    return (value[0] & 1) != 0;
}

static void read_points(const struct qd_points *points, uint32_t doc_count, size_t dimensions,
                        struct qd_arena *arena)
{
    uint8_t lower[128];
    uint8_t upper[128];
    if (doc_count / 64 + 1 > WORDS_MAX) return;
    uint64_t *words = QD_NEW_ARRAY(arena, uint64_t, doc_count / 64 + (doc_count % 64 != 0));
    for (unsigned i = 0; i < 200; i += 40) {
        memset(lower, (int)i, sizeof(lower));
        memset(upper, 255 - (int)i / 4, sizeof(upper));
        (void)qd_points_range(points, lower, upper, words);
        (void)qd_points_estimate(points, lower, upper);
        if (dimensions == 1) (void)qd_points_count_range(points, lower, upper);
    }
    struct qd_points_walk walk = { NULL, upper, doc_count % 2 == 0, visit, &doc_count };
    if (dimensions == 1) qd_points_in_order(points, &walk);
    struct qd_points_shape shape = { relate, contains, NULL };
    qd_points_match_shape(points, &shape, words);
}

static void read_documents(struct qd_segment *segment, uint32_t doc_count, struct qd_arena *arena)
{
    struct qd_stored *stored;
    struct qd_ids *ids;
    struct qd_slice record;
    struct qd_stored_cache *cache = qd_stored_cache_create(arena);
    if (qd_segment_stored(segment, &stored, NULL) == QD_OK && stored != NULL) {
        for (uint32_t doc = 0; doc < doc_count; doc += 1 + doc_count / LOOP_MAX) {
            (void)qd_stored_get(stored, doc, arena, doc % 5 == 0 ? NULL : cache, &record, NULL);
        }
    }
    if (qd_segment_ids(segment, &ids, NULL) == QD_OK && ids != NULL) {
        for (uint32_t doc = 0; doc < doc_count && doc < LOOP_MAX; doc++) {
            qd_doc_id found = qd_ids_find(ids, qd_ids_at(ids, doc), NULL);
            if (found != QD_DOC_END && found >= doc_count) abort();
        }
        (void)qd_ids_find(ids, QD_SLICE("nobody"), NULL);
    }
}

static void read_field(struct qd_segment *segment, const struct qd_segment_field *field,
                       struct qd_arena *arena)
{
    struct qd_numeric_column *numeric;
    struct qd_ordinal_column *ordinals;
    struct qd_binary_column *binary;
    struct qd_points *points;
    struct qd_norms *norms;
    uint32_t doc_count = qd_segment_doc_count(segment);
    if (qd_segment_numeric(segment, field->name, &numeric, NULL) == QD_OK && numeric != NULL &&
        doc_count > 0) {
        read_numeric(numeric, doc_count);
    }
    if (qd_segment_ordinals(segment, field->name, &ordinals, NULL) == QD_OK && ordinals != NULL &&
        doc_count > 0) {
        read_ordinals(ordinals, doc_count, arena);
    }
    if (qd_segment_binary(segment, field->name, &binary, NULL) == QD_OK && binary != NULL) {
        read_binary(binary, doc_count);
    }
    if (qd_segment_points(segment, field->name, &points, NULL) == QD_OK && points != NULL) {
        read_points(points, doc_count, field->point_dimensions, arena);
    }
    if (qd_segment_norms(segment, field->name, &norms, NULL) == QD_OK && norms != NULL && doc_count > 0) {
        (void)qd_norm_decode(qd_norms_bytes(norms)[doc_count - 1]);
    }
}

static void read_segment(struct qd_slice bytes, struct qd_arena *arena)
{
    struct qd_segment *segment;
    if (qd_segment_open(arena, QD_SLICE("fuzz"), bytes, &segment, NULL) != QD_OK) return;
    (void)!qd_sections_verify(qd_segment_sections(segment), NULL);
    for (uint32_t i = 0; i < qd_segment_field_count(segment) && i < LOOP_MAX; i++) {
        read_field(segment, qd_segment_field_at(segment, i), arena);
    }
    read_documents(segment, qd_segment_doc_count(segment), arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer out = { 0 };
    uint8_t flags = data[0];
    if ((flags & 1) != 0) {
        qd_buffer_append(&out, data + 1, size - 1);
    } else {
        /* Building takes longer than reading: each of the 64 segments is kept. */
        static struct qd_buffer built[64];
        struct qd_buffer *image = &built[flags >> 2];
        if (image->size == 0) write_segment(arena, image, flags);
        qd_buffer_append(&out, image->data, image->size);
        change(&out, data + 1, size - 1);
    }
    if ((flags & 2) != 0) fix_checksums(&out);
    read_segment(qd_buffer_view(&out), arena);
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
    return 0;
}
