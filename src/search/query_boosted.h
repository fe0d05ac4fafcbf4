/* A whole query with a factor on its scores, for indices_boost.
 *
 * Used by the search phases.
 */
#ifndef QD_SEARCH_QUERY_BOOSTED_H
#define QD_SEARCH_QUERY_BOOSTED_H

#include "search/query.h"

/* The same documents, their scores times `boost` (>= 0). Memory: `arena`; `query` is borrowed. */
const struct qd_query *qd_query_boosted(const struct qd_query *query, float boost, struct qd_arena *arena);

#endif
