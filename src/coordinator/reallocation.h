/* Assigning failed shards again, once their pause is over.
 *
 * Used by node (wiring). An applier of cluster states that keeps one timer for the shard that is due next and
 * sends the master a "reroute" then. Loop only. Source: OpenSearch MaxRetryAllocationDecider; the pause is
 * our own: the reference tries again at once.
 */
#ifndef QD_COORDINATOR_REALLOCATION_H
#define QD_COORDINATOR_REALLOCATION_H

#include "coordinator/cluster_service.h"

struct qd_reallocation;

/* Begins to watch the states of `cluster`, which must live as long. Memory: qd_reallocation_destroy, before
 * the cluster service is destroyed. */
struct qd_reallocation *qd_reallocation_create(struct qd_env *env, struct qd_cluster_service *cluster);
void qd_reallocation_destroy(struct qd_reallocation *reallocation);

/* Does nothing more: the node stops. */
void qd_reallocation_stop(struct qd_reallocation *reallocation);

#endif
