/* What a postings cursor keeps beside the decoded block; shared by postings.c and postings_positions.c. */
#ifndef QD_CODEC_POSTINGS_STATE_H
#define QD_CODEC_POSTINGS_STATE_H

#include "codec/impacts.h"
#include "codec/postings_walk.h"

/* A run of up to 256 occurrences as stored: differences. */
struct qd_postings_run {
    uint64_t start; /* number of its first occurrence within the block's documents */
    uint32_t count; /* occurrences decoded */
    uint32_t positions[QD_PACKING_BLOCK + 8]; /* of positions within a document; written eight at a time */
    uint32_t starts[QD_PACKING_BLOCK];    /* of start offsets within a document */
    uint32_t lengths[QD_PACKING_BLOCK];   /* end less start offset */
};

/* Blocks with more occurrences are not read as a whole. */
#define QD_POSTINGS_WHOLE_MAX 4096

/* The occurrences of one block's documents, all of them at once. */
struct qd_postings_whole {
    bool ready;            /* belongs to the block in docs[] */
    uint32_t total;        /* of the block; 0: too many, or not told by what the bytes hold */
    uint32_t *differences; /* differences[total], with room for eight more; made on first use */
    uint32_t starts[QD_POSTINGS_BLOCK + 1 + 8]; /* the number of each document's first */
};

/* Reading the occurrences of one block's documents. */
struct qd_postings_occurrences {
    bool ready;                /* the readers stand in the current block's bytes */
    uint64_t total;            /* occurrences of the block */
    bool summable;             /* sums of its frequencies fit 32 bits */
    uint32_t doc_at;           /* index of a document in docs[] ... */
    uint64_t doc_start;        /* ... and the number of its first occurrence */
    struct qd_reader positions; /* behind what was decoded of the positions */
    struct qd_reader offsets;  /* the same of the offsets */
    struct qd_postings_run run; /* what was decoded last */
    struct qd_postings_whole whole; /* of the block in docs[] */
    /* The current document's, summed up. */
    qd_doc_id doc;             /* whose they are; QD_DOC_END: nobody's */
    uint32_t next;             /* the one that next_position gives */
    uint32_t capacity;         /* room in each array */
    const uint32_t *current;   /* its positions: of `position`, or the only one where it lies in the run */
    uint32_t *position;        /* position[capacity] */
    uint32_t *start;           /* start[capacity]; NULL without offsets */
    uint32_t *end;             /* end[capacity]; NULL without offsets */
    /* Those of all documents of the block, differences as they are stored. */
    uint32_t *block;           /* block[block_capacity] */
    size_t block_capacity;     /* room in `block` */
};

/* Impacts decoded last, one per skip level. */
struct qd_postings_pairs {
    const char *from; /* the bytes they were decoded from */
    size_t count;     /* of pairs */
    struct qd_impact pairs[QD_IMPACTS_MAX]; /* pairs[count] */
};

/* Words of a bitset that is looked into without listing its documents; the writer makes none larger. */
#define QD_POSTINGS_WORDS_MAX 128

/* A block that is a bitset. */
struct qd_postings_bits {
    const uint8_t *words; /* as stored; bit i is document base + 1 + i */
    uint32_t base;        /* the document before the block */
    uint32_t size;        /* words */
    uint16_t ranks[QD_POSTINGS_WORDS_MAX]; /* bits before each word */
};

struct qd_postings_state {
    struct qd_arena *arena;                      /* for what is made on first use */
    const struct qd_terms *terms;                /* the field's */
    struct qd_term_info info;                    /* the term's */
    unsigned flags;                              /* of enum qd_postings_flags */
    struct qd_postings_walk walk;                /* the block in docs[] */
    struct qd_reader freqs;                      /* encoded frequencies of the block in docs[] */
    struct qd_postings_walk ahead;               /* for impacts */
    bool ahead_ready;                            /* `ahead` stands in a block */
    struct qd_postings_pairs *levels[2];         /* made on first use */
    struct qd_impact plain;                      /* the pair of terms and blocks that store none */
    struct qd_postings_bits *bits;               /* made on first use */
    bool unlisted;                               /* docs[] is not filled, the block is looked up in `bits` */
    struct qd_postings_block *table;             /* table[table_count]: all blocks; NULL: not asked for */
    uint32_t table_count;                        /* blocks of the table */
    uint32_t table_next;                         /* the block behind that of `walk` */
    uint32_t table_seen;                         /* where the last look-up ended */
    struct qd_postings_occurrences *occurrences; /* NULL when positions are not asked for */
};

/* Forgets what was read of the block before. Called when docs[] changes. */
void qd_postings_positions_reset(struct qd_postings *postings);

/* Moves the walk to the next block that can hold a document >= target, by the table where there is one. */
bool qd_postings_walk_on(struct qd_postings_state *state, qd_doc_id target);

/* Decodes the block in which the walk stands; false when its bytes are malformed. */
bool qd_postings_decode(struct qd_postings *postings);

/* Ends the list. */
qd_doc_id qd_postings_end(struct qd_postings *postings);

/* The greatest frequency of a short last block without impacts. */
uint32_t qd_postings_tail_freq_max(const struct qd_postings_walk *walk);

#endif
