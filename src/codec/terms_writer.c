#include "codec/terms_format.h"

/* Lengths above this do not fit a byte pair; the whole block is then written with u16 pairs. */
#define NARROW_MAX 255

struct qd_terms_writer {
    enum qd_index_options options;
    struct qd_terms_stats stats;
    struct qd_buffer last;       /* the last term's bytes */
    struct qd_buffer first;      /* the first term of all */
    struct qd_buffer blocks;     /* finished blocks */
    /* first terms of all blocks, each u32 size and bytes: keys are made at the end */
    struct qd_buffer firsts;
    struct qd_buffer starts;     /* u64 per block: where it begins */
    /* The open block. */
    uint32_t count;
    uint32_t shared[QD_TERMS_BLOCK];
    uint32_t sizes[QD_TERMS_BLOCK];
    bool wide;
    struct qd_buffer suffixes;
    struct qd_buffer facts;
    struct qd_buffer checkpoints;
    /* Bytes of the streams before the open block, and before the next term. */
    struct qd_terms_streams block_start, checkpoint, here;
};

struct qd_terms_writer *qd_terms_writer_create(struct qd_arena *arena, enum qd_index_options options)
{
    struct qd_terms_writer *writer = QD_NEW(arena, struct qd_terms_writer);
    writer->options = options;
    return writer;
}

/* Appends how far the streams that the field has move on. */
static void append_streams(const struct qd_terms_writer *writer, struct qd_buffer *out,
                           struct qd_terms_streams from, struct qd_terms_streams to)
{
    qd_buffer_varint(out, to.postings - from.postings);
    if (writer->options >= QD_INDEX_POSITIONS) qd_buffer_varint(out, to.positions - from.positions);
    if (writer->options >= QD_INDEX_OFFSETS) qd_buffer_varint(out, to.offsets - from.offsets);
}

static void add_checkpoint(struct qd_terms_writer *writer)
{
    qd_assert(writer->facts.size <= UINT16_MAX);
    qd_buffer_u16(&writer->checkpoints, (uint16_t)writer->facts.size);
    append_streams(writer, &writer->checkpoints, writer->checkpoint, writer->here);
    writer->checkpoint = writer->here;
}

static void flush_block(struct qd_terms_writer *writer)
{
    struct qd_buffer *out = &writer->blocks;
    if (writer->count == 0) return;
    qd_buffer_u64(&writer->starts, out->size);
    qd_buffer_byte(out, (uint8_t)(writer->count << 1 | writer->wide));
    qd_buffer_varint(out, writer->suffixes.size);
    qd_buffer_varint(out, writer->checkpoints.size);
    append_streams(writer, out, (struct qd_terms_streams){ 0, 0, 0 }, writer->block_start);
    for (uint32_t i = 0; i < writer->count; i++) {
        if (writer->wide) {
            qd_buffer_u16(out, (uint16_t)writer->shared[i]);
            qd_buffer_u16(out, (uint16_t)writer->sizes[i]);
        } else {
            qd_buffer_byte(out, (uint8_t)writer->shared[i]);
            qd_buffer_byte(out, (uint8_t)writer->sizes[i]);
        }
    }
    qd_buffer_slice(out, qd_buffer_view(&writer->suffixes));
    qd_buffer_slice(out, qd_buffer_view(&writer->checkpoints));
    qd_buffer_slice(out, qd_buffer_view(&writer->facts));
    writer->suffixes.size = 0;
    writer->checkpoints.size = 0;
    writer->facts.size = 0;
    writer->count = 0;
    writer->wide = false;
    writer->block_start = writer->here;
    writer->checkpoint = writer->here;
}

static uint32_t common_prefix(struct qd_slice left, struct qd_slice right)
{
    size_t size = left.size < right.size ? left.size : right.size, i = 0;
    while (i < size && left.data[i] == right.data[i]) i++;
    return (uint32_t)i;
}

static void add_facts(struct qd_terms_writer *writer, const struct qd_terms_entry *entry)
{
    struct qd_buffer *facts = &writer->facts;
    bool freqs = writer->options >= QD_INDEX_FREQS;
    if (entry->doc_freq == 1) {
        bool once = entry->total_term_freq == 1;
        qd_buffer_varint(facts, (uint64_t)entry->doc << 2 | (once ? 1 : 3));
        if (!once) qd_buffer_varint(facts, entry->total_term_freq);
    } else {
        qd_buffer_varint(facts, (uint64_t)entry->doc_freq << 1);
        if (freqs) qd_buffer_varint(facts, entry->total_term_freq - entry->doc_freq);
        qd_buffer_varint(facts, entry->postings_size);
    }
    if (writer->options >= QD_INDEX_POSITIONS) qd_buffer_varint(facts, entry->positions_size);
    if (writer->options >= QD_INDEX_OFFSETS) qd_buffer_varint(facts, entry->offsets_size);
}

void qd_terms_writer_add(struct qd_terms_writer *writer, struct qd_slice term,
                         const struct qd_terms_entry *entry)
{
    qd_assert(term.size <= QD_TERMS_BYTES_MAX);
    qd_assert(entry->doc_freq > 0);
    struct qd_slice last = qd_buffer_view(&writer->last);
    uint32_t shared = common_prefix(last, term);
    bool first = writer->stats.term_count == 0;
    qd_assert(first || shared < term.size);
    qd_assert(shared == last.size || (uint8_t)last.data[shared] < (uint8_t)term.data[shared]);
    if (first) qd_buffer_slice(&writer->first, term);
    if (writer->count == QD_TERMS_BLOCK) flush_block(writer);
    if (writer->count == 0) {
        shared = 0;
        qd_buffer_u32(&writer->firsts, (uint32_t)term.size);
        qd_buffer_slice(&writer->firsts, term);
    }
    if (writer->count > 0 && writer->count % QD_TERMS_CHECKPOINT == 0) add_checkpoint(writer);
    writer->shared[writer->count] = shared;
    writer->sizes[writer->count] = (uint32_t)term.size - shared;
    writer->wide |= shared > NARROW_MAX || term.size - shared > NARROW_MAX;
    writer->count++;
    qd_buffer_append(&writer->suffixes, term.size == shared ? "" : term.data + shared, term.size - shared);
    add_facts(writer, entry);
    writer->here.postings += entry->postings_size;
    writer->here.positions += entry->positions_size;
    writer->here.offsets += entry->offsets_size;
    writer->last.size = 0;
    qd_buffer_slice(&writer->last, term);
    writer->stats.term_count++;
    writer->stats.sum_doc_freq += entry->doc_freq;
    writer->stats.sum_total_term_freq += entry->total_term_freq;
}

/* Keys come after the blocks: only now is it known what all terms begin with. */
static void append_keys(struct qd_terms_writer *writer, struct qd_buffer *out, uint32_t prefix_size)
{
    struct qd_reader firsts = qd_reader_make(qd_buffer_view(&writer->firsts));
    while (qd_reader_left(&firsts) > 0) {
        uint32_t size = qd_reader_u32(&firsts);
        struct qd_slice term = qd_reader_bytes(&firsts, size);
        qd_buffer_u64(out, qd_terms_key(qd_slice_from(term, prefix_size)));
    }
    qd_assert(!firsts.failed);
}

void qd_terms_writer_finish(struct qd_terms_writer *writer, struct qd_sections_writer *sections,
                            uint32_t field,
                            uint64_t doc_count)
{
    flush_block(writer);
    struct qd_slice first = qd_buffer_view(&writer->first);
    uint32_t prefix_size = common_prefix(first, qd_buffer_view(&writer->last));
    uint64_t block_count = writer->starts.size / sizeof(uint64_t);
    struct qd_buffer head = { 0 };
    qd_buffer_u32(&head, QD_TERMS_MAGIC);
    qd_buffer_u32(&head, (uint32_t)writer->options);
    qd_buffer_u64(&head, writer->stats.term_count);
    qd_buffer_u64(&head, doc_count);
    qd_buffer_u64(&head, writer->stats.sum_doc_freq);
    qd_buffer_u64(&head, writer->stats.sum_total_term_freq);
    qd_buffer_u64(&head, block_count);
    qd_buffer_u64(&head, prefix_size);
    qd_buffer_u64(&head, writer->blocks.size);
    qd_buffer_u64(&head, 0);
    qd_assert(head.size == QD_TERMS_HEADER_SIZE);
    append_keys(writer, &head, prefix_size);
    qd_buffer_slice(&head, qd_buffer_view(&writer->starts));
    qd_buffer_append(&head, first.data, prefix_size);
    qd_sections_begin(sections, QD_SECTION_TERMS, field);
    qd_sections_append(sections, head.data, head.size);
    qd_sections_append(sections, writer->blocks.data, writer->blocks.size);
    qd_sections_end(sections);
    qd_buffer_deinit(&head);
    qd_buffer_deinit(&writer->last);
    qd_buffer_deinit(&writer->first);
    qd_buffer_deinit(&writer->blocks);
    qd_buffer_deinit(&writer->firsts);
    qd_buffer_deinit(&writer->starts);
    qd_buffer_deinit(&writer->suffixes);
    qd_buffer_deinit(&writer->facts);
    qd_buffer_deinit(&writer->checkpoints);
}
