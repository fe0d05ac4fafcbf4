/* The best documents of a shard: a bounded heap in the order of a request.
 *
 * Used by phase_query.c. Documents are offered in ascending order of segment and doc, so that of equal ones
 * the first wins. Source: Lucene TopFieldCollector, TopScoreDocCollector.
 */
#ifndef QD_SEARCH_PHASE_QUERY_TOP_H
#define QD_SEARCH_PHASE_QUERY_TOP_H

#include "search/sort.h"

struct qd_top_docs {
    const struct qd_search_request *request;
    struct qd_sort_plan *sorts;
    struct qd_arena *arena;   /* of kept documents */
    struct qd_arena *scratch; /* of values that are only compared; the caller resets it between windows */
    const struct qd_sort_value *after;     /* search_after: after[sorts->count], or NULL */
    const struct qd_top_doc *scroll_after; /* hits come after this one; NULL: from the start */
    struct qd_sort_value *values;          /* of the document at hand */
    struct qd_top_doc *heap;               /* heap[count]; heap[0] is the worst kept */
    size_t count, capacity;
};

/* Prepares for the best `capacity` documents. Memory: request, sorts and arena are borrowed. */
void qd_top_docs_init(struct qd_top_docs *top, const struct qd_search_request *request,
                      struct qd_sort_plan *sorts, size_t capacity, struct qd_arena *arena);

/* Offers a document when no sort was asked for: by score. */
void qd_top_docs_offer_scored(struct qd_top_docs *top, uint32_t segment, qd_doc_id doc, float score);

/* Offers a document of the segment the sorts stand on. */
void qd_top_docs_offer_sorted(struct qd_top_docs *top, uint32_t segment, qd_doc_id doc, qd_doc_id global_doc,
                              float score);

/* Takes the documents of a segment out again. */
void qd_top_docs_forget(struct qd_top_docs *top, uint32_t segment);

/* The worst kept document once the heap is full, else NULL. */
const struct qd_top_doc *qd_top_docs_worst(const struct qd_top_docs *top);

/* Takes the documents out, best first, into docs[count] in the arena. */
struct qd_top_doc *qd_top_docs_take(struct qd_top_docs *top);

#endif
