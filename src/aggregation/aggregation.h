/* Aggregations: parse, collect on shards, reduce at the coordinator, render.
 *
 * Used by data (collecting, as a hit collector of the query phase) and coordinator (reducing and rendering).
 * One file
 * per kind in this folder, one row per kind in a table. Partial results are binary and carry the formats that
 * rendering needs.
 * Source: OpenSearch 3.8.0 aggregations.
 */
#ifndef QD_AGGREGATION_AGGREGATION_H
#define QD_AGGREGATION_AGGREGATION_H

#include "search/search.h"

struct qd_aggregations; /* a parsed tree of named aggregations; immutable */

/* Parses {"name":{"terms":{...},"aggs":{...},"meta":{...}}, ...}. No mapping is needed. Errors: the
 * reference's ("Unknown aggregation type [x] did you mean ...", "Expected [START_OBJECT] under ...", ...)
 * with line and col. */
QD_CHECKED enum qd_status qd_aggregations_parse(const struct qd_json_document *document,
                                                const struct qd_json *json, struct qd_arena *arena,
                                                struct qd_aggregations **aggregations,
                                                struct qd_error *error);

/* True when some aggregation needs scores. */
bool qd_aggregations_need_scores(const struct qd_aggregations *aggregations);

/* True when one of the outermost aggregations looks at documents that the query leaves out: global, and terms
 * that show empty buckets. */
bool qd_aggregations_visit_all(const struct qd_aggregations *aggregations);

struct qd_aggregation_run; /* collecting on one shard */

/* Resolves fields against the view's mapping and prepares collectors. `query` is the request's query (NULL:
 * match_all), which global ignores. Memory: `arena`, which grows with the buckets; reserved from
 * view->breaker. Errors: the reference's ("Text fields are not optimised ...", "Field [x] of type [y] is not
 * supported for aggregation [z]", ...). */
QD_CHECKED enum qd_status qd_aggregation_run_create(const struct qd_aggregations *aggregations,
                                                    const struct qd_shard_view *view, struct qd_arena *arena,
                                                    struct qd_aggregation_run **run, struct qd_error *error);

/* The collector to hand to qd_search_query_phase. */
struct qd_hit_collector qd_aggregation_run_collector(struct qd_aggregation_run *run);

/* Lets aggregations that ignore the query see only what matches `filter`: the filter of an alias. Before any
 * collecting. Errors: those of preparing a query. */
QD_CHECKED enum qd_status qd_aggregation_run_limit(struct qd_aggregation_run *run,
                                                   const struct qd_query *filter, struct qd_error *error);

/* Ends collecting and appends the shard's partial result. Errors: QD_TOO_MANY_BUCKETS, QD_CIRCUIT_BREAKING.
 * */
QD_CHECKED enum qd_status qd_aggregation_run_finish(struct qd_aggregation_run *run, struct qd_buffer *partial,
                                                    struct qd_error *error);

/* Gives back what the run has reserved from the breaker; for runs that are not finished because the query
 * phase failed. Calling it again, after qd_aggregation_run_finish, or with NULL does nothing. */
void qd_aggregation_run_release(struct qd_aggregation_run *run);

/* Reduces the partial results of all shards (partials[count], count >= 0: with none the empty shapes come
 * out) and writes the value of "aggregations" ({"name":{...}}) into `writer`. typed_keys prefixes names with
 * the type ("sterms#name"). max_buckets is search.max_buckets. Errors: QD_TOO_MANY_BUCKETS with the
 * reference's text. */
struct qd_aggregation_reduce {
    const struct qd_aggregations *aggregations;
    const struct qd_slice *partials;
    size_t count;
    int64_t max_buckets;
    bool typed_keys;
};
QD_CHECKED enum qd_status qd_aggregations_render(const struct qd_aggregation_reduce *reduce,
                                                 struct qd_arena *arena, struct qd_json_writer *writer,
                                                 struct qd_error *error);

#endif
