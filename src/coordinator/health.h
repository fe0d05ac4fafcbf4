/* The health of the cluster, for GET _cluster/health and _cat/health.
 *
 * Source: OpenSearch ClusterHealthResponse, ClusterStateHealth.
 */
#ifndef QD_COORDINATOR_HEALTH_H
#define QD_COORDINATOR_HEALTH_H

#include "coordinator/cluster_service.h"
#include "coordinator/resolve.h"

struct qd_health {
    int status;                     /* 0 green, 1 yellow, 2 red */
    struct qd_shard_counts counts;
    uint32_t nodes, data_nodes;
    bool has_manager;
    size_t pending_tasks;
    int64_t longest_wait_ms;        /* of a pending task */
    double active_percent;
};

/* "green", "yellow", "red". */
const char *qd_health_name(int status);

/* The health over indices[count]. `service` and `arena` are for the pending tasks; now_ms: wall clock. */
void qd_health_of(const struct qd_cluster_service *service, struct qd_arena *arena,
                  const struct qd_resolved *indices, size_t count, int64_t now_ms, struct qd_health *health);

/* All indices of a state as resolved ones, in `arena`. */
size_t qd_health_all_indices(const struct qd_cluster_state *state, struct qd_arena *arena,
                             struct qd_resolved **indices);

/* "85.7%". */
struct qd_slice qd_health_percent(double percent, struct qd_arena *arena);

#endif
