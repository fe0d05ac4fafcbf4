/* Sorted searches by the points of the first sort key: the best documents come first in them, so that a page
 * is found without looking at the others.
 *
 * Used by phase_query.c, segment by segment. Applies where the first key is a number whose column has at most
 * one value per document, each of them also a point. Source: Lucene NumericComparator (competitive iterator),
 * OpenSearch ApproximatePointRangeQuery (idea).
 */
#ifndef QD_SEARCH_PHASE_QUERY_POINTS_H
#define QD_SEARCH_PHASE_QUERY_POINTS_H

#include "search/phase_query_top.h"

/* One segment of a sorted search. */
struct qd_points_search {
    const struct qd_shard_view *view; /* whose segment it is */
    struct qd_prepared *query;    /* made ready without scores */
    struct qd_sort_plan *sorts;   /* stand on the segment; need no scores */
    struct qd_top_docs *top;      /* gets the documents */
    uint32_t segment;             /* its number in the view */
    struct qd_arena *scratch;     /* of the segment */
};

/* Offers every document of the segment that can be among the best ones and sets *done; or leaves `top` with
 * none of the segment's documents, when the points do not lead to them quickly. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_points_search_run(const struct qd_points_search *search, bool *done,
                                               struct qd_error *error);

#endif
