/* Operations that go on after their request was answered with a task id.
 *
 * Used by operations with wait_for_completion=false. The result is kept in the task list, where
 * GET _tasks/{id} finds it. Source: OpenSearch TaskResultsService; there results are documents of an index
 * and outlive the node, here they are in memory.
 */
#ifndef QD_COORDINATOR_BACKGROUND_H
#define QD_COORDINATOR_BACKGROUND_H

#include "coordinator/coordinator.h"

/* Runs `handler` with a call of its own that has the parameters of `call` (not its body), and answers `call`
 * with {"task":"node:id"}. */
void qd_background_start(struct qd_coordinator *coordinator, struct qd_call *call,
                         qd_operation_handler *handler);

#endif
