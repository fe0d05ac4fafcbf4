/* Queries on the field `_index`, which is decided for a whole shard at once.
 *
 * Used by the kinds of query that name fields. Source: OpenSearch 3.8.0 ConstantFieldType, IndexFieldMapper,
 * SearchIndexNameMatcher.
 */
#ifndef QD_SEARCH_QUERY_INDEX_FIELD_H
#define QD_SEARCH_QUERY_INDEX_FIELD_H

#include "search/query_tree.h"

/* How the text of a query on `_index` is to be read. */
enum qd_index_text { QD_INDEX_TEXT_PATTERN, QD_INDEX_TEXT_PREFIX };

/* True when `name` is the field `_index`. */
bool qd_query_on_index(const struct qd_query_context *context, struct qd_slice name);

/* Whether the index of the view, or one of its aliases, has a name that fits `text`, in which each asterisk
 * stands for any characters. */
bool qd_query_index_fits(const struct qd_query_context *context, struct qd_slice text,
                         enum qd_index_text reading, bool ignore_case);

/* match_all or match_none in the place of a query, with its boost and its name. */
const struct qd_query *qd_query_all_or_none(const struct qd_query *query, bool all, struct qd_arena *arena);

#endif
