/* Unions in windows: block-max MAXSCORE over the subs of a disjunction.
 *
 * Used by scorer_disjunction.c. A window of documents is filled sub by sub; once a minimum score is known,
 * subs that cannot reach it together are only asked about documents that the others found. Source: Turtle &
 * Flood 1995, Lucene MaxScoreBulkScorer.
 */
#ifndef QD_SEARCH_SCORER_UNION_H
#define QD_SEARCH_SCORER_UNION_H

#include "search/scorer.h"

struct qd_union;

/* A union over subs that have no second phase. */
struct qd_union *qd_union_create(struct qd_arena *arena, const struct qd_scorers *subs);

/* Only documents that score at least this matter from now on. */
void qd_union_set_min_score(struct qd_union *self, float min_score);

/* See qd_scorer_collect; batch->capacity is at least QD_SCORER_WINDOW. */
size_t qd_union_collect(struct qd_union *self, qd_doc_id *at, qd_doc_id to,
                        const struct qd_scorer_batch *batch);

/* See qd_scorer_probe. Memory: `arena`. */
void qd_union_probe(struct qd_union *self, struct qd_arena *arena,
                    const struct qd_scorer_candidates *candidates);

#endif
