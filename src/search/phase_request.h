/* What query and fetch phase do alike with a request.
 *
 * Used by phase_query.c, phase_fetch.c.
 */
#ifndef QD_SEARCH_PHASE_REQUEST_H
#define QD_SEARCH_PHASE_REQUEST_H

#include "search/search.h"

/* The request's query on this index: match_all when none was given, with the factor of indices_boost. Errors:
 * a negative factor. */
QD_CHECKED enum qd_status qd_phase_query_of(const struct qd_shard_view *view,
                                            const struct qd_search_request *request, struct qd_arena *arena,
                                            const struct qd_query **query, struct qd_error *error);

/* What the reference refuses on the shard after query, sort and aggregations and before it reads the values
 * of search_after: too many docvalue_fields, search_after with from or in a scroll. */
QD_CHECKED enum qd_status qd_phase_check(const struct qd_shard_view *view,
                                         const struct qd_search_request *request, struct qd_error *error);

/* What it refuses behind them: stored_fields "_none_" with _source or fields, a page beyond the result
 * window. */
QD_CHECKED enum qd_status qd_phase_check_window(const struct qd_shard_view *view,
                                                const struct qd_search_request *request,
                                                struct qd_error *error);

/* from and size with their defaults. */
static inline int64_t qd_phase_from(const struct qd_search_request *request)
{
    return request->from < 0 ? 0 : request->from;
}
static inline int64_t qd_phase_size(const struct qd_search_request *request)
{
    return request->size < 0 ? 10 : request->size;
}

/* True when stored_fields is "_none_": hits have neither id nor anything stored. */
static inline bool qd_phase_nothing_stored(const struct qd_search_request *request)
{
    return request->stored_field_count == 1 && qd_slice_is(request->stored_fields[0], "_none_");
}

#endif
