/* The term dictionary and the postings streams of a field as the files of the inverted index share them.
 *
 * Used by postings*.c and terms*.c only. The bytes are drawn in spec/formats/terms.md and
 * spec/formats/postings.md.
 */
#ifndef QD_CODEC_TERMS_FORMAT_H
#define QD_CODEC_TERMS_FORMAT_H

#include "base/assert.h"
#include "base/buffer.h"
#include "codec/automaton.h"
#include "codec/packing.h"
#include "codec/postings.h"

/* First four bytes of a dictionary, "QDT1" read as a little-endian number: kind and version. */
#define QD_TERMS_MAGIC 0x31544451u
/* Bytes of the header. */
#define QD_TERMS_HEADER_SIZE 72
/* Terms of a dictionary block. */
#define QD_TERMS_BLOCK 32
/* Every so many terms of a block a checkpoint tells where the facts go on, so that a look-up need not read
 * all before. */
#define QD_TERMS_CHECKPOINT 8
/* Bytes of an index key. */
#define QD_TERMS_KEY_SIZE 8
/* The longest term, as in Lucene; writers of documents refuse longer ones. */
#define QD_TERMS_BYTES_MAX 32766
/* Blocks of a group, the second skip level. */
#define QD_POSTINGS_GROUP_BLOCKS 32
/* Documents of a full group. */
#define QD_POSTINGS_GROUP (QD_POSTINGS_BLOCK * QD_POSTINGS_GROUP_BLOCKS)
/* Last blocks with fewer documents carry no impacts; theirs are derived from the frequencies. */
#define QD_POSTINGS_TAIL_IMPACTS_MIN 32
/* The encoding byte of a block: up to 32 the width of packed differences, else this: a bitset. */
#define QD_POSTINGS_BITSET 64
/* The norm that stands for "the shortest field there can be", and for fields without norms. */
#define QD_POSTINGS_NORM_BEST 1

/* An opened dictionary; views of the segment's bytes. */
struct qd_terms {
    struct qd_terms_stats stats;
    enum qd_index_options options;    /* what the postings keep */
    uint32_t doc_count;               /* of the segment; every doc id is smaller */
    uint32_t block_count;             /* dictionary blocks */
    struct qd_slice prefix;           /* what all terms begin with */
    struct qd_slice blocks;           /* the dictionary blocks, one after the other */
    const uint8_t *keys;              /* keys[block_count], 8 bytes each, see terms.md */
    const uint8_t *offsets;           /* offsets[block_count], u64 each: where a block begins in `blocks` */
    struct qd_slice postings;         /* whole sections */
    struct qd_slice positions;
    struct qd_slice positions_offsets;
    const struct qd_packing *packing; /* how this processor unpacks */
};

/* True when the field keeps frequencies, positions, offsets. */
static inline bool qd_terms_has_freqs(const struct qd_terms *terms)
{
    return terms->options >= QD_INDEX_FREQS;
}
static inline bool qd_terms_has_positions(const struct qd_terms *terms)
{
    return terms->options >= QD_INDEX_POSITIONS;
}
static inline bool qd_terms_has_offsets(const struct qd_terms *terms)
{
    return terms->options >= QD_INDEX_OFFSETS;
}

/* Little-endian numbers at any address. */
static inline uint32_t qd_terms_load32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}
static inline uint64_t qd_terms_load64(const uint8_t *at)
{
    return (uint64_t)qd_terms_load32(at) | (uint64_t)qd_terms_load32(at + 4) << 32;
}

/* The index key of a term without the dictionary's prefix: its first 8 bytes, most significant first, 0 where
 * it ends. */
static inline uint64_t qd_terms_key(struct qd_slice suffix)
{
    uint64_t key = 0;
    size_t size = suffix.size < QD_TERMS_KEY_SIZE ? suffix.size : QD_TERMS_KEY_SIZE;
    for (size_t i = 0; i < size; i++) key |= (uint64_t)(uint8_t)suffix.data[i] << (56 - 8 * i);
    return key;
}

/* ---- writing the dictionary ---- */

/* A term's statistics and how many bytes its postings take in each stream. */
struct qd_terms_entry {
    uint32_t doc_freq;
    uint64_t total_term_freq;
    qd_doc_id doc;           /* the only document when doc_freq is 1 */
    uint64_t postings_size;  /* 0 when doc_freq is 1 */
    uint64_t positions_size;
    uint64_t offsets_size;
};

struct qd_terms_writer;

/* Starts a dictionary. Memory: heap until finish, but for the writer itself. */
struct qd_terms_writer *qd_terms_writer_create(struct qd_arena *arena, enum qd_index_options options);

/* Adds the next term, greater than the last one. */
void qd_terms_writer_add(struct qd_terms_writer *writer, struct qd_slice term,
                         const struct qd_terms_entry *entry);

/* Writes the section of `field` and gives the memory back. */
void qd_terms_writer_finish(struct qd_terms_writer *writer, struct qd_sections_writer *sections,
                            uint32_t field,
                            uint64_t doc_count);

/* ---- reading dictionary blocks ---- */

/* A place in each of a field's streams. */
struct qd_terms_streams {
    uint64_t postings;
    uint64_t positions;
    uint64_t offsets;
};

/* A walk inside one dictionary block. */
struct qd_terms_block {
    uint32_t count;              /* terms, 1 .. QD_TERMS_BLOCK */
    uint32_t at;                 /* terms whose lengths were read */
    const uint8_t *lengths;      /* lengths[count]: shared and suffix length of each */
    bool wide;                   /* lengths are u16 pairs instead of byte pairs */
    const uint8_t *suffix;       /* suffix bytes of the next term */
    const uint8_t *suffixes_end; /* where suffixes end and facts begin */
    struct qd_reader facts;      /* facts of term `fact_at` */
    uint32_t fact_at;
    struct qd_terms_streams streams; /* where the bytes of term fact_at begin */
    const uint8_t *facts_start;
    struct qd_reader checkpoints; /* at the next one */
    uint32_t checkpoint_at;      /* the term of the last one read; 0: the block's start */
    struct qd_terms_streams checkpoint; /* where the bytes of that term begin */
};

/* Opens block `index`. False when its bytes are malformed. */
bool qd_terms_block_open(const struct qd_terms *terms, uint32_t index, struct qd_terms_block *block);

/* The lengths and suffix of the next term. False at the end or when malformed. */
static inline bool qd_terms_block_next(struct qd_terms_block *block, uint32_t *shared,
                                       struct qd_slice *suffix)
{
    if (block->at == block->count) return false;
    uint32_t size;
    if (block->wide) {
        const uint8_t *at = block->lengths + 4 * (size_t)block->at;
        *shared = (uint32_t)at[0] | (uint32_t)at[1] << 8;
        size = (uint32_t)at[2] | (uint32_t)at[3] << 8;
    } else {
        *shared = block->lengths[2 * (size_t)block->at];
        size = block->lengths[2 * (size_t)block->at + 1];
    }
    if ((size_t)(block->suffixes_end - block->suffix) < size) return false;
    *suffix = qd_slice_make(block->suffix, size);
    block->suffix += size;
    block->at++;
    return true;
}

/* The facts of term `index` of the block; `index` does not descend from call to call. False when malformed.
 * */
bool qd_terms_block_facts(const struct qd_terms *terms, struct qd_terms_block *block, uint32_t index,
                          struct qd_term_info *info);

/* The first block that can hold `term`: the last whose first term is not greater; 0 when all are. */
uint32_t qd_terms_block_of(const struct qd_terms *terms, struct qd_slice term);

#endif
