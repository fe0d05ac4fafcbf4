#include <string.h>

#include "codec/sections.h"
#include "codec/terms_format.h"

/* Takes the parts of a dictionary out of its section. NULL when all is well, else what is wrong. */
static const char *take_parts(struct qd_terms *terms, struct qd_slice bytes)
{
    struct qd_reader reader = qd_reader_make(bytes);
    if (qd_reader_u32(&reader) != QD_TERMS_MAGIC) return "term dictionary has a wrong magic number";
    if (qd_reader_u32(&reader) != (uint32_t)terms->options) return "term dictionary has other index options";
    terms->stats.term_count = qd_reader_u64(&reader);
    terms->stats.doc_count = qd_reader_u64(&reader);
    terms->stats.sum_doc_freq = qd_reader_u64(&reader);
    terms->stats.sum_total_term_freq = qd_reader_u64(&reader);
    uint64_t block_count = qd_reader_u64(&reader), prefix_size = qd_reader_u64(&reader);
    uint64_t blocks_size = qd_reader_u64(&reader);
    (void)qd_reader_u64(&reader);
    if (reader.failed || block_count > qd_reader_left(&reader) / 16 || block_count > UINT32_MAX) {
        return "term dictionary is cut off";
    }
    terms->block_count = (uint32_t)block_count;
    terms->keys = (const uint8_t *)qd_reader_bytes(&reader, 8 * (size_t)block_count).data;
    terms->offsets = (const uint8_t *)qd_reader_bytes(&reader, 8 * (size_t)block_count).data;
    terms->prefix = qd_reader_bytes(&reader, (size_t)prefix_size);
    terms->blocks = qd_reader_bytes(&reader, (size_t)blocks_size);
    if (reader.failed || qd_reader_left(&reader) != 0) return "term dictionary has parts of a wrong size";
    if (terms->stats.doc_count > terms->doc_count) return "term dictionary counts too many documents";
    if (terms->stats.term_count > block_count * QD_TERMS_BLOCK) {
        return "term dictionary counts too many terms";
    }
    return NULL;
}

enum qd_status qd_terms_open(struct qd_arena *arena, const struct qd_sections *sections,
                             const struct qd_segment_field *field, uint32_t doc_count,
                             struct qd_terms **terms,
                             struct qd_error *error)
{
    struct qd_terms *opened = QD_NEW(arena, struct qd_terms);
    struct qd_slice bytes;
    uint32_t number = field->number;
    opened->options = field->index_options;
    opened->doc_count = doc_count;
    opened->packing = qd_packing_best();
    QD_TRY(qd_sections_find(sections, QD_SECTION_TERMS, number, &bytes, error));
    QD_TRY(qd_sections_find(sections, QD_SECTION_POSTINGS, number, &opened->postings, error));
    QD_TRY(qd_sections_find(sections, QD_SECTION_POSITIONS, number, &opened->positions, error));
    QD_TRY(qd_sections_find(sections, QD_SECTION_OFFSETS, number, &opened->positions_offsets, error));
    const char *wrong = take_parts(opened, bytes);
    if (wrong != NULL) return qd_corrupt(error, qd_sections_name(sections), 0, wrong);
    *terms = opened;
    return QD_OK;
}

struct qd_terms_stats qd_terms_stats(const struct qd_terms *terms)
{
    return terms->stats;
}

/* ---- blocks ---- */

/* Reads how far the streams that the field has move on. */
static void add_streams(const struct qd_terms *terms, struct qd_reader *reader,
                        struct qd_terms_streams *streams)
{
    streams->postings += qd_packing_varint(reader);
    if (qd_terms_has_positions(terms)) streams->positions += qd_packing_varint(reader);
    if (qd_terms_has_offsets(terms)) streams->offsets += qd_packing_varint(reader);
}

bool qd_terms_block_open(const struct qd_terms *terms, uint32_t index, struct qd_terms_block *block)
{
    qd_assert(index < terms->block_count);
    uint64_t offset = qd_terms_load64(terms->offsets + 8 * (size_t)index);
    if (offset >= terms->blocks.size) return false;
    struct qd_reader reader = qd_reader_make(qd_slice_from(terms->blocks, (size_t)offset));
    uint8_t first = *reader.at++;
    block->count = first >> 1;
    block->wide = (first & 1) != 0;
    block->at = 0;
    block->fact_at = 0;
    uint64_t suffixes = qd_packing_varint(&reader);
    uint64_t checkpoints = qd_packing_varint(&reader);
    block->streams = (struct qd_terms_streams){ 0, 0, 0 };
    add_streams(terms, &reader, &block->streams);
    size_t lengths = (size_t)block->count * (block->wide ? 4 : 2);
    if (reader.failed || block->count == 0 || block->count > QD_TERMS_BLOCK) return false;
    if (qd_reader_left(&reader) < lengths || qd_reader_left(&reader) - lengths < suffixes) return false;
    if (qd_reader_left(&reader) - lengths - (size_t)suffixes < checkpoints) return false;
    block->lengths = reader.at;
    block->suffix = reader.at + lengths;
    block->suffixes_end = block->suffix + suffixes;
    block->facts_start = block->suffixes_end + checkpoints;
    block->checkpoints = (struct qd_reader){ block->suffixes_end, block->facts_start, false };
    block->checkpoint_at = 0;
    block->checkpoint = block->streams;
    block->facts = (struct qd_reader){ block->facts_start, reader.end, false };
    return true;
}

/* Moves to the last checkpoint at or before term `index` when that is further on. */
static void jump(const struct qd_terms *terms, struct qd_terms_block *block, uint32_t index)
{
    size_t offset = 0;
    uint32_t wanted = index - index % QD_TERMS_CHECKPOINT;
    if (wanted <= block->fact_at) return;
    while (block->checkpoint_at < wanted) {
        offset = qd_reader_u16(&block->checkpoints);
        add_streams(terms, &block->checkpoints, &block->checkpoint);
        block->checkpoint_at += QD_TERMS_CHECKPOINT;
    }
    if (block->checkpoints.failed || offset > (size_t)(block->facts.end - block->facts_start)) {
        block->facts.failed = true;
        return;
    }
    block->facts.at = block->facts_start + offset;
    block->streams = block->checkpoint;
    block->fact_at = wanted;
}

/* Reads the facts of the next term but for where its bytes begin, which the block knows. */
static void read_facts(const struct qd_terms *terms, struct qd_terms_block *block, struct qd_term_info *info)
{
    struct qd_reader *facts = &block->facts;
    uint64_t first = qd_packing_varint(facts);
    info->positions = block->streams.positions;
    info->offsets = block->streams.offsets;
    if ((first & 1) != 0) {
        info->doc_freq = 1;
        info->total_term_freq = (first & 2) == 0 ? 1 : qd_packing_varint(facts);
        info->postings = first >> 2;
    } else {
        uint64_t doc_freq = first >> 1;
        info->doc_freq = doc_freq > UINT32_MAX ? UINT32_MAX : (uint32_t)doc_freq;
        info->total_term_freq = doc_freq + (qd_terms_has_freqs(terms) ? qd_packing_varint(facts) : 0);
        info->postings = block->streams.postings;
        block->streams.postings += qd_packing_varint(facts);
    }
    if (qd_terms_has_positions(terms)) block->streams.positions += qd_packing_varint(facts);
    if (qd_terms_has_offsets(terms)) block->streams.offsets += qd_packing_varint(facts);
    block->fact_at++;
}

bool qd_terms_block_facts(const struct qd_terms *terms, struct qd_terms_block *block, uint32_t index,
                          struct qd_term_info *info)
{
    qd_assert(index < block->count);
    qd_assert(index >= block->fact_at);
    jump(terms, block, index);
    while (block->fact_at <= index) read_facts(terms, block, info);
    if (block->facts.failed || info->doc_freq == 0 || info->doc_freq > terms->doc_count) return false;
    if (info->total_term_freq < info->doc_freq) return false;
    if (info->doc_freq > 1) return info->postings < terms->postings.size;
    return info->postings < terms->doc_count && info->total_term_freq <= UINT32_MAX;
}

/* ---- index ---- */

static uint64_t key_at(const struct qd_terms *terms, size_t index)
{
    return qd_terms_load64(terms->keys + QD_TERMS_KEY_SIZE * index);
}

/* The number of keys below `key`; without branches, as their outcome cannot be predicted. */
static uint32_t keys_below(const struct qd_terms *terms, uint64_t key)
{
    size_t base = 0, count = terms->block_count;
    while (count > 1) {
        size_t half = count / 2;
        base += key_at(terms, base + half - 1) < key ? half : 0;
        count -= half;
    }
    return (uint32_t)(base + (key_at(terms, base) < key));
}

/* True when the first term of block `index` is greater than `term`. */
static bool block_after(const struct qd_terms *terms, uint32_t index, struct qd_slice term)
{
    struct qd_terms_block block;
    uint32_t shared;
    struct qd_slice first;
    if (!qd_terms_block_open(terms, index, &block) || !qd_terms_block_next(&block, &shared, &first)) {
        return true;
    }
    return qd_slice_compare(first, term) > 0;
}

uint32_t qd_terms_block_of(const struct qd_terms *terms, struct qd_slice term)
{
    qd_assert(terms->block_count > 0);
    struct qd_slice prefix = terms->prefix;
    if (!qd_slice_starts_with(term, prefix)) {
        return qd_slice_compare(term, prefix) < 0 ? 0 : terms->block_count - 1;
    }
    uint64_t key = qd_terms_key(qd_slice_from(term, prefix.size));
    uint32_t low = keys_below(terms, key), high = low;
    if (low < terms->block_count && key_at(terms, low) == key) {
        high = key == UINT64_MAX ? terms->block_count : keys_below(terms, key + 1);
    }
    /* Blocks [low, high) begin with terms of the same key: their whole terms decide. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (block_after(terms, middle, term)) high = middle;
        else low = middle + 1;
    }
    return low == 0 ? 0 : low - 1;
}

static size_t common_size(const char *left, const char *right, size_t size)
{
    size_t i = 0;
    while (i < size && left[i] == right[i]) i++;
    return i;
}

bool qd_terms_find(const struct qd_terms *terms, struct qd_slice term, struct qd_term_info *info)
{
    struct qd_terms_block block;
    if (terms->block_count == 0) return false;
    if (!qd_terms_block_open(terms, qd_terms_block_of(terms, term), &block)) return false;
    /* Leading bytes of `term` that the last entry shares with it; the entry is smaller. */
    size_t matched = 0;
    uint32_t shared;
    struct qd_slice suffix;
    while (qd_terms_block_next(&block, &shared, &suffix)) {
        if (shared > matched) continue;
        if (shared < matched) return false;
        size_t left = term.size - matched;
        size_t same = common_size(suffix.data, term.data + matched, left < suffix.size ? left : suffix.size);
        matched += same;
        if (same == suffix.size) {
            if (same == left) return qd_terms_block_facts(terms, &block, block.at - 1, info);
            continue;
        }
        if (same == left || (uint8_t)suffix.data[same] > (uint8_t)term.data[matched]) return false;
    }
    return false;
}
