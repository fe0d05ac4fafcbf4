/* Runs aggregations over the documents of a test, on one or several shards.
 *
 * Used by the aggregation tests and the fuzz target. Memory: the world's arena.
 */
#ifndef QD_AGGREGATION_AGGREGATION_TEST_SUPPORT_H
#define QD_AGGREGATION_AGGREGATION_TEST_SUPPORT_H

#include "aggregation/aggregation.h"
#include "search/search_test_support.h"

#define AGGREGATION_SHARDS_MAX 4

/* Some shards of one index. */
struct aggregation_world {
    struct search_world shards[AGGREGATION_SHARDS_MAX];
    size_t shard_count;
    int64_t max_buckets;
    bool typed_keys;
};

/* One recorded case. */
struct aggregation_case {
    const char *request; /* a search body */
    const char *answer;  /* the value of "aggregations", or "error: type: reason" */
};

/* Opens shards with the mapping of the recorded cases. */
void aggregation_world_open(struct aggregation_world *world, size_t shard_count);
void aggregation_world_close(struct aggregation_world *world);

/* Indexes the five documents of the recorded cases; document i goes to shard i % shard_count. `segments`:
 * refreshes after every document. */
void aggregation_world_fill(struct aggregation_world *world, bool segments);

/* Runs a search body on all shards and renders. */
struct qd_slice aggregation_world_run(struct aggregation_world *world, struct qd_slice body);

#endif
