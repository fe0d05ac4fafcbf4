/* The skip levels of one term: moving over groups and blocks without decoding documents.
 *
 * Used by postings.c, once to find the block to decode and once to look ahead for impacts. A walk is a plain
 * value.
 * Format: spec/formats/postings.md.
 */
#ifndef QD_CODEC_POSTINGS_WALK_H
#define QD_CODEC_POSTINGS_WALK_H

#include "codec/terms_format.h"

/* Where a walk stands: in a block, or before the first one (block_count 0). */
struct qd_postings_walk {
    const struct qd_terms *terms;
    struct qd_reader reader;          /* at the next header */
    uint32_t docs_left;               /* documents after the current block */
    uint32_t group_left;              /* those of them in the current group */
    bool grouped;                     /* the term has group headers */
    const uint8_t *group_end;         /* where the next group begins */
    uint32_t group_last;              /* last document of the current group */
    struct qd_slice group_impacts;
    uint32_t block_count;             /* documents of the current block */
    uint32_t base;                    /* the document before the block; UINT32_MAX: none */
    uint32_t last;                    /* last document of the block; QD_DOC_END - 1 when it is not known */
    struct qd_reader body;            /* encoded documents and frequencies */
    struct qd_slice impacts;          /* of the block; data NULL: none were stored */
    uint64_t positions;               /* where the block's positions begin */
    uint64_t offsets;
    uint64_t positions_next;          /* where those of the next block begin */
    uint64_t offsets_next;
};

/* Before the first block of a term with at least two documents. */
void qd_postings_walk_init(struct qd_postings_walk *walk, const struct qd_terms *terms,
                           const struct qd_term_info *info);

/* Moves to the next block whose last document is not below `target`. False at the end, and when the bytes are
 * malformed. */
bool qd_postings_walk_next(struct qd_postings_walk *walk, uint32_t target);

/* True when the block is a whole one, not the short last one. */
static inline bool qd_postings_walk_full(const struct qd_postings_walk *walk)
{
    return walk->block_count == QD_POSTINGS_BLOCK;
}

#endif
