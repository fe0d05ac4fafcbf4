/* Waiting until enough copies of an index's shards are active.
 *
 * Used by create index, open index and writes. Source: OpenSearch ActiveShardCount, ActiveShardsObserver.
 */
#ifndef QD_COORDINATOR_ACTIVE_SHARDS_H
#define QD_COORDINATOR_ACTIVE_SHARDS_H

#include "coordinator/cluster_service.h"
#include "coordinator/coordinator.h"

#define QD_ACTIVE_SHARDS_ALL (-1)
#define QD_ACTIVE_SHARDS_DEFAULT (-2)

/* A wait for one index. */
struct qd_active_wait {
    struct qd_coordinator *coordinator;
    struct qd_slice index;
    int64_t wanted; /* copies of each shard; QD_ACTIVE_SHARDS_ALL; QD_ACTIVE_SHARDS_DEFAULT: the index's
                       setting */
    int64_t timeout_ms;
    void (*done)(struct qd_active_wait *wait, bool reached);
    void *context;
};

/* Parses "1", "all", "0" (data NULL: default) into wait->wanted. Errors: QD_ILLEGAL_ARGUMENT "cannot parse
 * ActiveShardCount[x]". */
QD_CHECKED enum qd_status qd_active_wait_parse(struct qd_active_wait *wait, struct qd_slice text,
                                               struct qd_error *error);

/* What is asked for: `wanted` as in struct qd_active_wait, but the index's setting instead of
 * QD_ACTIVE_SHARDS_DEFAULT. */
int64_t qd_active_asked(int64_t wanted, const struct qd_index_metadata *index);

/* The same as a number of copies of each shard. */
int64_t qd_active_needed(int64_t wanted, const struct qd_index_metadata *index);

/* Copies of a shard that are active. */
int64_t qd_active_copies(const struct qd_index_metadata *index, uint32_t shard);

/* Starts waiting; done is called once, later. */
void qd_active_wait_start(struct qd_active_wait *wait);

#endif
