/* The parameters that every operation about the cluster state takes.
 *
 * Used by operations of the cluster, its indices and the cat tables. Source: OpenSearch
 * BaseRestHandler.parseDeprecatedMasterTimeoutParameter.
 */
#ifndef QD_COORDINATOR_MANAGER_TIMEOUT_H
#define QD_COORDINATOR_MANAGER_TIMEOUT_H

#include "coordinator/call.h"

/* Reads cluster_manager_timeout, or its old name master_timeout with the deprecation warning. A missing one
 * leaves *milliseconds as it is. Errors: QD_PARSE when both are given, QD_ILLEGAL_ARGUMENT when it is no
 * time. */
QD_CHECKED enum qd_status qd_manager_timeout_of_call(struct qd_call *call, int64_t *milliseconds,
                                                     struct qd_error *error);

#endif
