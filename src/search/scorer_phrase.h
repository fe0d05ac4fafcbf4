/* The phrase scorer: documents in which terms stand at given distances.
 *
 * Used by phrase nodes. Source: Lucene 10.5 ExactPhraseMatcher, SloppyPhraseMatcher, PhraseScorer.
 */
#ifndef QD_SEARCH_SCORER_PHRASE_H
#define QD_SEARCH_SCORER_PHRASE_H

#include "search/query_node_term.h"

/* One slot of a phrase: the terms that may stand at `offset`. */
struct qd_phrase_slot {
    uint32_t offset;               /* without slop there must be as many positions before the first slot */
    struct qd_postings **postings; /* postings[count], with positions */
    size_t count;
    uint64_t cost;
    int group; /* slots that share a term have the same number; -1: none */
};
struct qd_phrase_input {
    struct qd_phrase_slot *slots; /* slots[slot_count], by offset */
    size_t slot_count;
    int64_t slop;
    bool multi_term_groups;                        /* a slot of a group has several terms */
    const struct qd_similarity_scorer *similarity; /* NULL: does not score */
    const uint8_t *norms;
};
struct qd_scorer *qd_scorer_phrase(struct qd_arena *arena, const struct qd_phrase_input *input);

/* The frequency of the document a phrase scorer stands on (after matches). */
float qd_scorer_phrase_freq(struct qd_scorer *scorer);

#endif
