/* Slices: which documents of a shard belong to one slice of a scroll or point in time.
 *
 * Used by phase_query.c. Slices are together complete: first shards are dealt out, then the documents of a
 * shard by the hash of their _id or of a number; a document with several numbers may be in several slices.
 * The partition depends on nothing but ids, values and counts, so it is stable. Source: OpenSearch
 * SliceBuilder.
 */
#ifndef QD_SEARCH_PHASE_QUERY_SLICE_H
#define QD_SEARCH_PHASE_QUERY_SLICE_H

#include "search/search.h"

/* A slice on one shard. */
struct qd_slice_plan {
    bool none;                    /* no document of this shard */
    bool all;                     /* every document of this shard */
    uint64_t count, number;       /* of the slices within the shard, and which one */
    const struct qd_field *field; /* NULL: _id */
};

/* Resolves the request's slice. Errors: outside of scroll and PIT, too many slices, fields without numbers.
 */
QD_CHECKED enum qd_status qd_slice_plan_make(const struct qd_shard_view *view,
                                             const struct qd_search_request *request,
                                             struct qd_slice_plan *plan, struct qd_error *error);

/* The live documents of a segment that are in the slice, as a bitset in `arena`. */
QD_CHECKED enum qd_status qd_slice_plan_bits(const struct qd_slice_plan *plan,
                                             const struct qd_snapshot_segment *segment,
                                             struct qd_arena *arena, uint64_t **words,
                                             struct qd_error *error);

/* `query` with the request's slice as its filter, which is how explanations tell of it; without a slice
 * *sliced is `query`. Memory: `arena`. Errors: those of qd_slice_plan_make. */
QD_CHECKED enum qd_status qd_slice_query(const struct qd_query *query, const struct qd_shard_view *view,
                                         const struct qd_search_request *request, struct qd_arena *arena,
                                         const struct qd_query **sliced, struct qd_error *error);

#endif
