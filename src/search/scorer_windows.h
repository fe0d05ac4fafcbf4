/* Conjunctions in windows: the cheapest sub leads, the others are asked about what it found.
 *
 * Used by scorer_conjunction.c. Once a minimum score is known, windows and documents that cannot reach it by
 * the bounds of their blocks are left out. Source: Ding & Suel 2011, Lucene BlockMaxConjunctionBulkScorer.
 */
#ifndef QD_SEARCH_SCORER_WINDOWS_H
#define QD_SEARCH_SCORER_WINDOWS_H

#include "search/scorer.h"

struct qd_conjunction_windows;

/* Windows over subs (cheapest first), of which `scoring` give scores. */
struct qd_conjunction_windows *qd_conjunction_windows_create(struct qd_arena *arena,
                                                             const struct qd_scorers *subs,
                                                             const struct qd_scorers *scoring);

/* See qd_scorer_collect; batch->capacity is at least QD_SCORER_WINDOW. min_score 0: none. */
size_t qd_conjunction_windows_collect(struct qd_conjunction_windows *self, float min_score, qd_doc_id *at,
                                      qd_doc_id to, const struct qd_scorer_batch *batch);

/* ORs the documents of [from, to) that all parts have into words. */
void qd_conjunction_windows_into_bits(struct qd_conjunction_windows *self, qd_doc_id from, qd_doc_id to,
                                      uint64_t *words);

#endif
