/* The parameters that every operation about the cluster state takes.
 *
 * Used by operations of the cluster, its indices and the cat tables. Source: OpenSearch
 * BaseRestHandler.parseDeprecatedMasterTimeoutParameter.
 */
#ifndef QD_COORDINATOR_MANAGER_TIMEOUT_H
#define QD_COORDINATOR_MANAGER_TIMEOUT_H

#include "coordinator/cluster_service.h"
#include "coordinator/coordinator.h"

/* Reads cluster_manager_timeout, or its old name master_timeout with the deprecation warning. A missing one
 * leaves *milliseconds as it is. Errors: QD_PARSE when both are given, QD_ILLEGAL_ARGUMENT when it is no
 * time. */
QD_CHECKED enum qd_status qd_manager_timeout_of_call(struct qd_call *call, int64_t *milliseconds,
                                                     struct qd_error *error);

/* Submits a command that a call waits for: it may wait for its turn as long as cluster_manager_timeout (or
 * master_timeout) says, 30 seconds otherwise, without end below 0. request->done is called with
 * QD_PROCESS_CLUSTER_EVENT_TIMEOUT when that has passed. The parameters must have been read before: one that
 * is no time counts as missing. */
void qd_manager_submit(struct qd_coordinator *coordinator, const struct qd_call *call,
                       struct qd_command_request *request, struct qd_buffer *command);

/* Whether a change that was made may be acknowledged: it was not if it took longer than the call's `timeout`,
 * and one of 0 or less is always too short. */
bool qd_manager_acknowledges(const struct qd_coordinator *coordinator, const struct qd_call *call,
                             const struct qd_command_outcome *outcome);

#endif
