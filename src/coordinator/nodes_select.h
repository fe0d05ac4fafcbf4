/* Node filters of paths: ids, names, addresses, roles, attributes.
 *
 * Used by the nodes, tasks and cat operations. Source: OpenSearch DiscoveryNodes.resolveNodes.
 */
#ifndef QD_COORDINATOR_NODES_SELECT_H
#define QD_COORDINATOR_NODES_SELECT_H

#include "master/cluster_state.h"

/* Which of state->nodes[node_count] a comma list means ("_all", "_local", "_cluster_manager", "name*",
 * "127.0.0.1", "data:true", "rack:r*"); later parts add or remove. An empty filter means all.
 * wanted[node_count] is in `arena`. */
struct qd_node_filter {
    const struct qd_cluster_state *state;
    struct qd_slice text;
    struct qd_slice local_id;   /* what _local means */
};
bool *qd_nodes_select(const struct qd_node_filter *filter, struct qd_arena *arena);

/* The node with an id, or NULL. */
const struct qd_node_info *qd_nodes_find(const struct qd_cluster_state *state, struct qd_slice id);

/* Role names of a node, sorted as the reference does: writes an array value. */
void qd_nodes_write_roles(const struct qd_node_info *node, struct qd_json_writer *writer);

/* The port of an address "host:port" as text; the address itself when it has none. */
struct qd_slice qd_nodes_port(struct qd_slice address);

/* {"total":n,"successful":n,"failed":0} as member "_nodes", and "cluster_name". */
void qd_nodes_write_header(const struct qd_cluster_state *state, size_t count, struct qd_json_writer *writer);

#endif
