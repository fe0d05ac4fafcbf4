/* Creating indices, by request or because a document needs one.
 *
 * Source: OpenSearch TransportCreateIndexAction, AutoCreateIndex.
 */
#ifndef QD_COORDINATOR_CREATE_INDEX_H
#define QD_COORDINATOR_CREATE_INDEX_H

#include "coordinator/cluster_service.h"
#include "coordinator/coordinator.h"

/* Whether action.auto_create_index and the name allow creating it for a document. Errors: QD_INDEX_NOT_FOUND,
 * QD_INVALID_INDEX_NAME. */
QD_CHECKED enum qd_status qd_may_auto_create(const struct qd_coordinator *coordinator, struct qd_slice name,
                                             struct qd_error *error);

/* Submits the command that creates an index with nothing said about it (templates apply). */
void qd_auto_create_index(struct qd_coordinator *coordinator, struct qd_slice name,
                          void (*done)(void *context, const struct qd_command_outcome *outcome),
                          void *context);

/* PUT /{index} */
void qd_coordinator_create_index(struct qd_coordinator *coordinator, struct qd_call *call);

#endif
