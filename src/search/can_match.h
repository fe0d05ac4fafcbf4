/* Whether a shard can have hits, told without searching it.
 *
 * Used by data for the phase before the query phase, and for the indices of _field_caps. "No" is certain;
 * "yes" is not. Source: OpenSearch 3.8.0 SearchService.canMatch, FieldSortBuilder.getMinMaxOrNull.
 */
#ifndef QD_SEARCH_CAN_MATCH_H
#define QD_SEARCH_CAN_MATCH_H

#include "search/search.h"

/* Sets *can to false when the request's query is rewritten to match_none on this shard, or when all documents
 * of the shard come before `search_after` and nobody counts them. `by_query` false: only the latter is asked,
 * because an aggregation looks at documents that the query leaves out. Errors: those of rewriting the query
 * and of resolving the sort. Memory: `arena` is scratch. */
QD_CHECKED enum qd_status qd_search_can_match(const struct qd_shard_view *view,
                                              const struct qd_search_request *request, bool by_query,
                                              struct qd_arena *arena, bool *can, struct qd_error *error);

#endif
