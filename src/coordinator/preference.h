/* `preference`: which shards and which copies of them a request that reads may use.
 *
 * Used by searches, counts, points in time, _search_shards, gets and explain, after the indices are known:
 * without a shard nothing is checked. Source: OpenSearch Preference, OperationRouting,
 * IndexShardRoutingTable.onlyNodeSelectorActiveInitializingShardsIt.
 */
#ifndef QD_COORDINATOR_PREFERENCE_H
#define QD_COORDINATOR_PREFERENCE_H

#include "coordinator/coordinator.h"

/* Who asks, and what was given. */
struct qd_preference {
    const struct qd_coordinator *coordinator; /* of the node that is asked */
    struct qd_arena *arena; /* for what is needed meanwhile */
    struct qd_slice text;   /* of the parameter; empty: none */
};

/* What is left of a shard. */
struct qd_preferred {
    bool left_out;           /* "_shards:" does not name it */
    struct qd_slice node_id; /* of the copy to ask, of the cluster's state; data NULL: there is none */
};

/* The copy of a shard that may be asked; without a preference the primary. Errors: QD_ILLEGAL_ARGUMENT for a
 * preference that does not exist or names no node with a copy, QD_NUMBER_FORMAT for a shard that is no
 * number. */
QD_CHECKED enum qd_status qd_preference_choose(const struct qd_preference *preference,
                                               const struct qd_index_metadata *index, uint32_t shard,
                                               struct qd_preferred *preferred, struct qd_error *error);

#endif
