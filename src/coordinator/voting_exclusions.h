/* Nodes that are to have no vote in elections of the cluster manager: kept in the cluster state as a custom.
 *
 * Used by the API of the cluster state; written by master/command_voting.c.
 * Source: OpenSearch CoordinationMetadata.VotingConfigExclusion.
 */
#ifndef QD_COORDINATOR_VOTING_EXCLUSIONS_H
#define QD_COORDINATOR_VOTING_EXCLUSIONS_H

#include "master/cluster_state.h"

/* Writes all exclusions as an array of {node_id, node_name}, in the order in which they were added. */
void qd_voting_exclusions_write(const struct qd_cluster_state *state, struct qd_json_writer *writer);

#endif
