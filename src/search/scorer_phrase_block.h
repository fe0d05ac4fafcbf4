/* Exact phrases of single words, found block by block.
 *
 * Used by scorer_phrase.c. The blocks in which the words stand at the same time are intersected by document
 * numbers alone; only documents that have every word, and whose frequencies allow the minimum score, get
 * their positions read. Source: performance notes 1.3 (decode a document's positions at once, compare
 * arrays).
 */
#ifndef QD_SEARCH_SCORER_PHRASE_BLOCK_H
#define QD_SEARCH_SCORER_PHRASE_BLOCK_H

#include "search/scorer.h"
#include "search/scorer_phrase.h"

/* A word of the document that is looked at. */
struct qd_phrase_word {
    const uint32_t *positions; /* ascending */
    uint32_t count;            /* of them */
    uint32_t next;             /* private */
    uint32_t offset;           /* of its slot */
};

/* How often words[count] (two or more, by offset) stand at their offsets from each other; so many positions
 * as the first offset must come before. */
uint32_t qd_phrase_words_freq(struct qd_phrase_word *words, size_t count);

struct qd_phrase_blocks;

/* Walks the postings of the slots, each of one term; by_cost[slot_count]: the slots, rarest first. All memory
 * comes from `arena`; `input` must live as long. */
struct qd_phrase_blocks *qd_phrase_blocks_create(struct qd_arena *arena, const struct qd_phrase_input *input,
                                                 const size_t *by_cost);

/* Collects from the block of the rarest word that holds the first document >= *at, as qd_scorer_collect does;
 * batch->capacity is at least a block's. min_score 0: none. Cursors are moved, never beyond a document that
 * is left to be found at *at or later; they must stand on documents before. See qd_phrase_blocks_leave. */
size_t qd_phrase_blocks_collect(struct qd_phrase_blocks *blocks, float min_score, qd_doc_id *at, qd_doc_id to,
                                const struct qd_scorer_batch *batch);

/* Looks up documents, see qd_scorer_probe; the cursors stand at or before the first of them. */
void qd_phrase_blocks_probe(struct qd_phrase_blocks *blocks, const struct qd_scorer_candidates *candidates);

/* After this anybody may move the cursors. */
void qd_phrase_blocks_leave(struct qd_phrase_blocks *blocks);

#endif
