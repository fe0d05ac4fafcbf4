#include <string.h>

#include "codec/impacts.h"
#include "codec/sections.h"
#include "codec/terms_format.h"

/* Room for everything of one block but positions: impacts, documents, frequencies or their varint form. */
#define BODY_BYTES_MAX \
    (7 + QD_IMPACTS_BYTES_MAX + QD_PACKING_BYTES_MAX + QD_PACKING_PATCHED_BYTES_MAX + QD_POSTINGS_BLOCK * 11)

/* Numbers of the positions of the open block, `count` in each array. */
struct occurrences {
    uint32_t *positions; /* differences within a document */
    uint32_t *starts;    /* differences of start offsets, NULL without offsets */
    uint32_t *lengths;   /* end less start offset */
    size_t count;
    size_t capacity;
};

/* Where the streams stand at the start of a block or group. */
struct mark {
    uint32_t last_doc; /* the document before; UINT32_MAX before the first */
    size_t positions;
    size_t offsets;
};

struct qd_postings_writer {
    struct qd_arena *arena;
    struct qd_sections_writer *sections;
    uint32_t field;
    enum qd_index_options options;
    const uint8_t *norms;
    uint32_t doc_count;
    uint64_t *seen; /* bit per document that has a term */
    struct qd_terms_writer *terms;
    /* The streams. */
    struct qd_buffer postings, positions, offsets;
    /* The open term. */
    bool open;
    struct qd_buffer term;
    uint32_t doc_freq;
    uint64_t total_term_freq;
    struct mark term_start;
    size_t postings_start;
    /* The open group: finished blocks whose header waits for their size. */
    struct qd_buffer group;
    uint32_t group_blocks;
    struct mark group_start;
    struct qd_impacts group_impacts;
    /* The open block. */
    struct mark block_start;
    uint32_t block_count;
    uint32_t last_doc;
    uint32_t docs[QD_POSTINGS_BLOCK];
    uint32_t freqs[QD_POSTINGS_BLOCK];
    struct qd_impacts impacts;
    struct qd_impact pairs[QD_IMPACTS_MAX];
    struct occurrences occurrences;
    uint32_t last_position, last_start;
    uint8_t body[BODY_BYTES_MAX];
};

struct qd_postings_writer *qd_postings_writer_create(struct qd_arena *arena,
                                                     struct qd_sections_writer *sections,
                                                     const struct qd_segment_field *field,
                                                     const uint8_t *norms,
                                                     uint32_t doc_count)
{
    qd_assert(field->index_options != QD_INDEX_NONE);
    qd_assert(doc_count <= QD_SEGMENT_DOCS_MAX);
    struct qd_postings_writer *writer = QD_NEW(arena, struct qd_postings_writer);
    writer->arena = arena;
    writer->sections = sections;
    writer->field = field->number;
    writer->options = field->index_options;
    writer->norms = norms;
    writer->doc_count = doc_count;
    writer->seen = QD_NEW_ARRAY(arena, uint64_t, doc_count / 64 + 1);
    writer->terms = qd_terms_writer_create(arena, field->index_options);
    return writer;
}

static struct mark mark_here(const struct qd_postings_writer *writer)
{
    return (struct mark){ writer->last_doc, writer->positions.size, writer->offsets.size };
}

/* ---- occurrences ---- */

static void append_patched(struct qd_buffer *out, const uint32_t *values)
{
    char *at = qd_buffer_reserve(out, QD_PACKING_PATCHED_BYTES_MAX);
    out->size += qd_packing_write_patched(values, (uint8_t *)at);
}

/* Writes the positions and offsets of the open block: packed in runs of 256, the rest as varints. */
static void flush_occurrences(struct qd_postings_writer *writer)
{
    struct occurrences *all = &writer->occurrences;
    size_t at = 0;
    for (; all->count - at >= QD_PACKING_BLOCK; at += QD_PACKING_BLOCK) {
        append_patched(&writer->positions, all->positions + at);
        if (writer->options < QD_INDEX_OFFSETS) continue;
        append_patched(&writer->offsets, all->starts + at);
        append_patched(&writer->offsets, all->lengths + at);
    }
    for (; at < all->count; at++) {
        qd_buffer_varint(&writer->positions, all->positions[at]);
        if (writer->options < QD_INDEX_OFFSETS) continue;
        qd_buffer_varint(&writer->offsets, all->starts[at]);
        qd_buffer_varint(&writer->offsets, all->lengths[at]);
    }
    all->count = 0;
}

static void grow_occurrences(struct qd_postings_writer *writer, size_t wanted)
{
    struct occurrences *all = &writer->occurrences;
    size_t capacity = all->capacity == 0 ? 1024 : all->capacity * 2;
    if (capacity < wanted) capacity = wanted;
    size_t old_size = all->capacity * sizeof(uint32_t), size = capacity * sizeof(uint32_t);
    all->positions = qd_arena_grow(writer->arena, all->positions, old_size, size);
    if (writer->options >= QD_INDEX_OFFSETS) {
        all->starts = qd_arena_grow(writer->arena, all->starts, old_size, size);
        all->lengths = qd_arena_grow(writer->arena, all->lengths, old_size, size);
    }
    all->capacity = capacity;
}

void qd_postings_writer_position(struct qd_postings_writer *writer, uint32_t position, uint32_t start_offset,
                                 uint32_t end_offset)
{
    qd_assert_slow(writer->options >= QD_INDEX_POSITIONS);
    struct occurrences *all = &writer->occurrences;
    if (all->count == all->capacity) grow_occurrences(writer, all->count + 1);
    all->positions[all->count] = position - writer->last_position;
    writer->last_position = position;
    if (writer->options >= QD_INDEX_OFFSETS) {
        all->starts[all->count] = start_offset - writer->last_start;
        all->lengths[all->count] = end_offset - start_offset;
        writer->last_start = start_offset;
    }
    all->count++;
}

/* ---- blocks ---- */

static uint8_t *put_varint(uint8_t *out, uint32_t value)
{
    return out + qd_packing_put_varint32(out, value);
}

static uint8_t *put_impacts(struct qd_postings_writer *writer, const struct qd_impacts *impacts, uint8_t *out)
{
    uint8_t bytes[QD_IMPACTS_BYTES_MAX];
    size_t count = qd_impacts_list(impacts, writer->pairs);
    size_t size = qd_impacts_write(writer->pairs, count, bytes);
    out = put_varint(out, (uint32_t)size);
    memcpy(out, bytes, size);
    return out + size;
}

/* Collects the open block's pairs, and those that matter into the group's. */
static uint8_t *put_block_impacts(struct qd_postings_writer *writer, uint8_t *out)
{
    struct qd_impacts *impacts = &writer->impacts;
    for (uint32_t i = 0; i < writer->block_count; i++) {
        uint8_t norm = writer->norms == NULL ? QD_POSTINGS_NORM_BEST : writer->norms[writer->docs[i]];
        qd_impacts_add(impacts, writer->freqs[i], norm);
    }
    out = put_impacts(writer, impacts, out);
    for (unsigned norm = 0; norm < impacts->norm_end; norm++) {
        if (impacts->freq_max[norm] > 0) {
            qd_impacts_add(&writer->group_impacts, impacts->freq_max[norm], (uint8_t)norm);
        }
    }
    qd_impacts_clear(impacts);
    return out;
}

/* Documents as differences less one, or as a bitset over [last of the block before + 1, last] where that is
 * not larger. */
static uint8_t *put_docs(const struct qd_postings_writer *writer, uint8_t *out)
{
    const uint32_t *docs = writer->docs;
    uint32_t gaps[QD_POSTINGS_BLOCK];
    uint32_t base = writer->block_start.last_doc;
    gaps[0] = docs[0] - base - 1;
    for (size_t i = 1; i < QD_POSTINGS_BLOCK; i++) gaps[i] = docs[i] - docs[i - 1] - 1;
    unsigned bits = qd_packing_width(gaps);
    size_t words = (docs[QD_POSTINGS_BLOCK - 1] - base + 63) / 64;
    if (bits == 0 || words * 8 > 32 * bits) {
        *out++ = (uint8_t)bits;
        qd_packing_pack(gaps, bits, out);
        return out + 32 * bits;
    }
    *out++ = QD_POSTINGS_BITSET;
    memset(out, 0, words * 8);
    for (size_t i = 0; i < QD_POSTINGS_BLOCK; i++) {
        uint32_t bit = docs[i] - base - 1;
        out[bit / 8] = (uint8_t)(out[bit / 8] | 1u << bit % 8);
    }
    return out + words * 8;
}

static uint8_t *put_freqs(const struct qd_postings_writer *writer, uint8_t *out)
{
    uint32_t less_one[QD_POSTINGS_BLOCK];
    for (size_t i = 0; i < QD_POSTINGS_BLOCK; i++) less_one[i] = writer->freqs[i] - 1;
    return out + qd_packing_write_patched(less_one, out);
}

/* Gap and "occurs once" in one number, then the frequency when it does not. */
static uint8_t *put_tail(const struct qd_postings_writer *writer, uint8_t *out)
{
    uint32_t last = writer->block_start.last_doc;
    for (uint32_t i = 0; i < writer->block_count; i++) {
        uint32_t gap = writer->docs[i] - last - 1;
        last = writer->docs[i];
        if (writer->options < QD_INDEX_FREQS) {
            out = put_varint(out, gap);
        } else if (writer->freqs[i] == 1) {
            out = put_varint(out, gap << 1 | 1);
        } else {
            out = put_varint(out, gap << 1);
            out = put_varint(out, writer->freqs[i]);
        }
    }
    return out;
}

/* The header that blocks and groups share: how far they reach in documents and in each stream. */
static void append_span(const struct qd_postings_writer *writer, struct qd_buffer *out,
                        const struct mark *start,
                        size_t size)
{
    qd_buffer_varint(out, (uint32_t)(writer->last_doc - start->last_doc));
    if (writer->options >= QD_INDEX_POSITIONS) {
        qd_buffer_varint(out, writer->positions.size - start->positions);
    }
    if (writer->options >= QD_INDEX_OFFSETS) qd_buffer_varint(out, writer->offsets.size - start->offsets);
    qd_buffer_varint(out, size);
}

static void flush_group(struct qd_postings_writer *writer)
{
    uint8_t impacts[5 + QD_IMPACTS_BYTES_MAX];
    size_t size = 0;
    if (writer->options >= QD_INDEX_FREQS) {
        size = (size_t)(put_impacts(writer, &writer->group_impacts, impacts) - impacts);
    }
    if (writer->doc_freq > QD_POSTINGS_BLOCK) {
        append_span(writer, &writer->postings, &writer->group_start, size + writer->group.size);
        qd_buffer_append(&writer->postings, impacts, size);
    }
    qd_buffer_slice(&writer->postings, qd_buffer_view(&writer->group));
    writer->group.size = 0;
    writer->group_blocks = 0;
    qd_impacts_clear(&writer->group_impacts);
    writer->group_start = mark_here(writer);
}

static void flush_block(struct qd_postings_writer *writer)
{
    bool full = writer->block_count == QD_POSTINGS_BLOCK, freqs = writer->options >= QD_INDEX_FREQS;
    uint8_t *out = writer->body;
    flush_occurrences(writer);
    if (freqs && writer->block_count >= QD_POSTINGS_TAIL_IMPACTS_MIN) {
        out = put_block_impacts(writer, out);
    } else if (freqs && writer->doc_freq > QD_POSTINGS_BLOCK) {
        /* A short last block has no impacts of its own, but its group must cover it. */
        (void)put_block_impacts(writer, out);
    }
    if (full) {
        out = put_docs(writer, out);
        if (freqs) out = put_freqs(writer, out);
    } else {
        out = put_tail(writer, out);
    }
    size_t size = (size_t)(out - writer->body);
    qd_assert(size <= BODY_BYTES_MAX);
    if (full) append_span(writer, &writer->group, &writer->block_start, size);
    qd_buffer_append(&writer->group, writer->body, size);
    writer->block_count = 0;
    writer->group_blocks++;
    writer->block_start = mark_here(writer);
}

/* ---- terms and documents ---- */

static void end_term(struct qd_postings_writer *writer)
{
    if (!writer->open) return;
    writer->open = false;
    if (writer->doc_freq == 0) return;
    struct qd_terms_entry entry = { .doc_freq = writer->doc_freq,
                                    .total_term_freq = writer->total_term_freq,
                                    .doc = writer->last_doc };
    if (writer->doc_freq == 1) {
        flush_occurrences(writer);
        writer->block_count = 0;
    } else {
        if (writer->block_count > 0) flush_block(writer);
        if (writer->group_blocks > 0) flush_group(writer);
    }
    entry.postings_size = writer->postings.size - writer->postings_start;
    entry.positions_size = writer->positions.size - writer->term_start.positions;
    entry.offsets_size = writer->offsets.size - writer->term_start.offsets;
    qd_terms_writer_add(writer->terms, qd_buffer_view(&writer->term), &entry);
}

void qd_postings_writer_term(struct qd_postings_writer *writer, struct qd_slice term)
{
    end_term(writer);
    writer->open = true;
    writer->term.size = 0;
    qd_buffer_slice(&writer->term, term);
    writer->doc_freq = 0;
    writer->total_term_freq = 0;
    writer->last_doc = UINT32_MAX;
    writer->term_start = mark_here(writer);
    writer->group_start = writer->term_start;
    writer->block_start = writer->term_start;
    writer->postings_start = writer->postings.size;
}

/* A full block waits for the next document, because its last positions come after it. */
static void make_room(struct qd_postings_writer *writer)
{
    if (writer->block_count < QD_POSTINGS_BLOCK) return;
    flush_block(writer);
    if (writer->group_blocks == QD_POSTINGS_GROUP_BLOCKS) flush_group(writer);
}

void qd_postings_writer_doc(struct qd_postings_writer *writer, qd_doc_id doc, uint32_t freq)
{
    qd_assert(doc < writer->doc_count);
    qd_assert(writer->open);
    qd_assert(writer->doc_freq == 0 || doc > writer->last_doc);
    make_room(writer);
    if (writer->options < QD_INDEX_FREQS) freq = 1;
    qd_assert_slow(freq > 0);
    writer->docs[writer->block_count] = doc;
    writer->freqs[writer->block_count] = freq;
    writer->block_count++;
    writer->doc_freq++;
    writer->total_term_freq += freq;
    writer->last_doc = doc;
    writer->last_position = 0;
    writer->last_start = 0;
    writer->seen[doc / 64] |= (uint64_t)1 << doc % 64;
}

static void copy_numbers(uint32_t *to, const uint32_t *from, size_t count)
{
    /* Most terms have one or two documents: no call for those. */
    if (count >= 16) memcpy(to, from, count * sizeof(*to));
    else for (size_t i = 0; i < count; i++) to[i] = from[i];
}

static void add_distances(struct qd_postings_writer *writer, const uint32_t *distances, size_t count)
{
    struct occurrences *all = &writer->occurrences;
    if (count > all->capacity - all->count) grow_occurrences(writer, all->count + count);
    copy_numbers(all->positions + all->count, distances, count);
    all->count += count;
}

/* Adds documents that fit into the open block; returns their occurrences. */
static uint64_t add_docs(struct qd_postings_writer *writer, const qd_doc_id *docs, const uint32_t *freqs,
                         uint32_t count)
{
    uint64_t total = count;
    qd_assert(writer->doc_freq == 0 || docs[0] > writer->last_doc);
    qd_assert(docs[count - 1] < writer->doc_count);
    copy_numbers(writer->docs + writer->block_count, docs, count);
    for (uint32_t i = 0; i < count; i++) {
        qd_assert_slow(docs[i] <= docs[count - 1]);
        writer->seen[docs[i] / 64] |= (uint64_t)1 << docs[i] % 64;
    }
    uint32_t *to = writer->freqs + writer->block_count;
    if (freqs == NULL || writer->options < QD_INDEX_FREQS) {
        for (uint32_t i = 0; i < count; i++) to[i] = 1;
    } else {
        total = 0;
        for (uint32_t i = 0; i < count; i++) {
            qd_assert_slow(freqs[i] > 0);
            to[i] = freqs[i];
            total += freqs[i];
        }
    }
    writer->block_count += count;
    writer->doc_freq += count;
    writer->total_term_freq += total;
    writer->last_doc = docs[count - 1];
    return total;
}

void qd_postings_writer_run(struct qd_postings_writer *writer, const struct qd_postings_docs *run)
{
    const uint32_t *distances = run->distances;
    qd_assert(writer->open);
    qd_assert(writer->options != QD_INDEX_OFFSETS);
    for (uint32_t done = 0; done < run->count;) {
        make_room(writer);
        uint32_t room = QD_POSTINGS_BLOCK - writer->block_count;
        uint32_t part = run->count - done < room ? run->count - done : room;
        const uint32_t *freqs = run->freqs == NULL ? NULL : run->freqs + done;
        uint64_t total = add_docs(writer, run->docs + done, freqs, part);
        done += part;
        if (writer->options < QD_INDEX_POSITIONS) continue;
        add_distances(writer, distances, (size_t)total);
        distances += total;
    }
}

static void write_section(const struct qd_postings_writer *writer, enum qd_section_kind kind,
                          const struct qd_buffer *bytes)
{
    if (bytes->size == 0) return;
    qd_sections_begin(writer->sections, kind, writer->field);
    qd_sections_append(writer->sections, bytes->data, bytes->size);
    qd_sections_end(writer->sections);
}

void qd_postings_writer_finish(struct qd_postings_writer *writer)
{
    end_term(writer);
    uint64_t doc_count = 0;
    for (size_t i = 0; i <= writer->doc_count / 64; i++) {
        doc_count += (uint64_t)__builtin_popcountll(writer->seen[i]);
    }
    qd_terms_writer_finish(writer->terms, writer->sections, writer->field, doc_count);
    write_section(writer, QD_SECTION_POSTINGS, &writer->postings);
    write_section(writer, QD_SECTION_POSITIONS, &writer->positions);
    write_section(writer, QD_SECTION_OFFSETS, &writer->offsets);
    qd_buffer_deinit(&writer->postings);
    qd_buffer_deinit(&writer->positions);
    qd_buffer_deinit(&writer->offsets);
    qd_buffer_deinit(&writer->group);
    qd_buffer_deinit(&writer->term);
}
