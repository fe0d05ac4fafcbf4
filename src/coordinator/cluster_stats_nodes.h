/* The member "nodes" of GET _cluster/stats: what the chosen nodes are, summed up.
 *
 * Used by cluster_stats.c. Source: OpenSearch ClusterStatsNodes.
 */
#ifndef QD_COORDINATOR_CLUSTER_STATS_NODES_H
#define QD_COORDINATOR_CLUSTER_STATS_NODES_H

#include "coordinator/node_facts.h"

/* Writes the member. `wanted`: by place in the state's nodes; a node that could not answer counts as a node,
 * but not into the sums. */
void qd_cluster_stats_write_nodes(const struct qd_nodes_facts *facts, const bool *wanted,
                                  struct qd_json_writer *writer);

#endif
