/* The cluster state as clients see it, whole or in parts.
 *
 * Used by GET _cluster/state, by reroute, which shows the state that it led to, and by operations that tell
 * of nodes and copies of shards. Pure over the state. Source: OpenSearch ClusterState.toXContent,
 * ShardRouting.toXContent, DiscoveryNode.toXContent.
 */
#ifndef QD_COORDINATOR_CLUSTER_STATE_API_H
#define QD_COORDINATOR_CLUSTER_STATE_API_H

#include "coordinator/resolve.h"

/* What is to be written. */
struct qd_state_view {
    struct qd_arena *arena;                /* scratch */
    const struct qd_cluster_state *state;  /* the state */
    const struct qd_resolved *indices;     /* indices[count]: those that are shown */
    size_t count;                          /* of indices */
    unsigned parts;                        /* from qd_state_parts */
    bool flat;                             /* settings as flat keys */
};

/* The parts that a list of metrics asks for; names that are none are left out. names[count]. */
unsigned qd_state_parts(const struct qd_slice *names, size_t count);

/* Writes the members of the parts, in the reference's order, into an object that is open. */
void qd_state_view_write(const struct qd_state_view *view, struct qd_json_writer *writer);

/* Writes one copy of a shard as an object value. */
void qd_state_write_copy(const struct qd_index_metadata *index, const struct qd_shard_routing *shard,
                         struct qd_json_writer *writer);

/* Writes a node as a member: its id, with an object of name, address and attributes. */
void qd_state_write_node(const struct qd_node_info *node, struct qd_json_writer *writer);

/* Writes the member "attributes", or one of another name. */
void qd_state_write_attributes(const struct qd_node_info *node, const char *name,
                               struct qd_json_writer *writer);

#endif
