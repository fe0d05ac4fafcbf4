/* Whether a shard of the reference turns a filter into another query before it runs.
 *
 * It does so where it sees from the mapping alone that nothing can match, and an aggregation that is copied
 * on that way answers with an empty "meta". Used by filter and filters. Source: measured on OpenSearch 3.8.0;
 * AbstractAggregationBuilder.getMetadata, TermQueryBuilder.doRewrite.
 */
#ifndef QD_AGGREGATION_QUERY_REWRITE_H
#define QD_AGGREGATION_QUERY_REWRITE_H

#include "base/json.h"
#include "mapping/mapping.h"

/* `query` is one that was parsed without an error. */
bool qd_query_is_rewritten(const struct qd_json *query, const struct qd_mapping *mapping);

#endif
