/* Nodes that are to have no vote in elections of the cluster manager: kept in the cluster state as a custom.
 *
 * Used by the API of the cluster state; written by master/command_voting.c.
 * Source: OpenSearch CoordinationMetadata.VotingConfigExclusion.
 */
#ifndef QD_COORDINATOR_VOTING_EXCLUSIONS_H
#define QD_COORDINATOR_VOTING_EXCLUSIONS_H

#include "coordinator/call.h"
#include "master/cluster_state.h"

/* Writes all exclusions as an array of {node_id, node_name}, in the order in which they were added. */
void qd_voting_exclusions_write(const struct qd_cluster_state *state, struct qd_json_writer *writer);

/* Checks which nodes a call to add exclusions names, before anyone asks whether its parameters are known, and
 * warns of the deprecated way. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_voting_exclusions_check(struct qd_call *call, struct qd_error *error);

#endif
