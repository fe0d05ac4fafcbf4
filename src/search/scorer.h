/* Scorers: cursors over matching documents, and how they are combined.
 *
 * Used by query nodes and the query phase. The interface itself is struct qd_scorer of search/query.h; a
 * scorer whose operations have `matches` is an approximation that must be confirmed per document. Memory: the
 * arena given at creation. Source: Lucene 10.5 ConjunctionScorer, DisjunctionSumScorer, ReqOptSumScorer,
 * ReqExclScorer, MaxScoreBulkScorer (sums).
 */
#ifndef QD_SEARCH_SCORER_H
#define QD_SEARCH_SCORER_H

#include "base/vector.h"
#include "search/query.h"

/* Documents that collectors handle at once. */
#define QD_SCORER_WINDOW 4096

QD_VECTOR_TYPE(qd_scorers, struct qd_scorer *);

/* Positions at the first document >= target, also when the walk has not begun or is already there. */
static inline qd_doc_id qd_scorer_seek(struct qd_scorer *scorer, qd_doc_id target)
{
    if (scorer->started && scorer->doc >= target) return scorer->doc;
    scorer->started = true;
    return scorer->operations->advance(scorer, target);
}

/* True when the current document really matches. */
static inline bool qd_scorer_confirm(struct qd_scorer *scorer)
{
    return scorer->operations->matches == NULL || scorer->operations->matches(scorer);
}

/* The next document that really matches and is >= target. */
qd_doc_id qd_scorer_seek_match(struct qd_scorer *scorer, qd_doc_id target);

/* The greatest score of any document in [target, *up_to]. */
float qd_scorer_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to);

/* Hands on a minimum score. */
void qd_scorer_set_min_score(struct qd_scorer *scorer, float min_score);

/* ORs the matching documents of [from, to) into words. */
void qd_scorer_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words);

/* What others can add to a document's score, by its norm: long documents score less for every word. While a
 * scorer lives, only min_score changes at one address. */
struct qd_scorer_rest {
    const uint8_t *norms; /* whose norms: others are no use */
    float min_score;      /* what the sum must reach */
    float most[256];      /* most[norm] */
};

/* Collects matching live documents that are >= *at and < to, at most `capacity`, ascending, with their scores
 * (scores NULL: not wanted). *at becomes where to go on (`to` or more: done). Documents that cannot reach the
 * minimum score may be left out. */
struct qd_scorer_batch {
    qd_doc_id *docs;      /* docs[capacity] */
    float *scores;        /* scores[capacity], or NULL */
    size_t capacity;      /* at least 1 */
    const uint64_t *live; /* NULL: all live */
    float least;          /* documents with a lower score may be left out; 0: none */
    const struct qd_scorer_rest *rest; /* documents that reach no minimum with it may be left out; or NULL */
};
size_t qd_scorer_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                         const struct qd_scorer_batch *batch);

/* What a part of a sum must give at least for the sum to reach min_score when the other parts give at most
 * `others`: a little less, for sums are rounded. For qd_scorer_batch.least. */
float qd_scorer_least(float min_score, double others);

/* The same one document after another: for scorers that collect in bulk only what is asked in whole windows.
 */
size_t qd_scorer_collect_singly(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                                const struct qd_scorer_batch *batch);

/* Collects documents of words (bit 0: document `base`, at most QD_SCORER_WINDOW bits), all with one score. */
size_t qd_scorer_collect_words(const uint64_t *words, size_t word_count, qd_doc_id base, float score,
                               const struct qd_scorer_batch *batch);

/* Documents, ascending and not before the scorer's current one, to be looked up at once. */
struct qd_scorer_candidates {
    const qd_doc_id *docs; /* docs[count] */
    size_t count;          /* at most QD_SCORER_WINDOW */
    double *sums;          /* sums[count]: the scores of documents that match are added; NULL: no scores */
    bool *hits;            /* hits[count]: set for documents that match, others are left alone */
};
void qd_scorer_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates);

/* The greatest score of any document in [from, to), over as many blocks as that takes. */
float qd_scorer_window_bound(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to);

/* Goes back before the first document, so that the scorer can walk again. False: it cannot, and is of no more
 * use. */
bool qd_scorer_rewind(struct qd_scorer *scorer);

/* Adds the greatest score of any document with each norm byte to most[256], and returns the norms of which
 * this holds. NULL: not known, `most` is spoiled. */
const uint8_t *qd_scorer_add_norm_bounds(struct qd_scorer *scorer, float *most);

/* ---- leaves ---- */
/* Every document below doc_count. */
struct qd_scorer *qd_scorer_all(struct qd_arena *arena, uint32_t doc_count, float score);
/* The documents of a bitset of doc_count bits. */
struct qd_scorer *qd_scorer_bits(struct qd_arena *arena, const uint64_t *words, uint32_t doc_count,
                                 float score);
/* Documents with a value of `column` in [lower, upper], found window by window. */
struct qd_numeric_column;
struct qd_scorer_range_input {
    const struct qd_numeric_column *column;
    int64_t lower, upper;
    uint32_t doc_count;
    uint64_t cost; /* an estimate of how many match */
    float score;
};
struct qd_scorer *qd_scorer_range(struct qd_arena *arena, const struct qd_scorer_range_input *input);

/* ---- combinators ---- each owns its subs */
/* The same documents with a constant score. */
struct qd_scorer *qd_scorer_constant(struct qd_arena *arena, struct qd_scorer *inner, float score);
/* All of subs[count]; the score is the sum (in double) of scoring[scoring_count], which are among subs. */
struct qd_scorer *qd_scorer_conjunction(struct qd_arena *arena, const struct qd_scorers *subs,
                                        const struct qd_scorers *scoring);
/* At least `minimum` (>= 1) of subs; the score is the sum (in double) of those that match. */
struct qd_scorer *qd_scorer_disjunction(struct qd_arena *arena, const struct qd_scorers *subs,
                                        uint32_t minimum);
/* Any of subs; the score is the greatest plus tie_breaker times the sum of the others. */
struct qd_scorer *qd_scorer_dis_max(struct qd_arena *arena, const struct qd_scorers *subs, float tie_breaker);
/* `required`, whose score rises by that of `optional` where it matches too. */
struct qd_scorer *qd_scorer_optional(struct qd_arena *arena, struct qd_scorer *required,
                                     struct qd_scorer *optional);
/* `required` without the documents of `excluded`. */
struct qd_scorer *qd_scorer_exclusion(struct qd_arena *arena, struct qd_scorer *required,
                                      struct qd_scorer *excluded);

#endif
