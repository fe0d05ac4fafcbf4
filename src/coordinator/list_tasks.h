/* Which running tasks a request means.
 *
 * Used by the tasks operations and _cat/tasks. Only calls that have said what they do (qd_tasks_describe) are
 * shown. Source: OpenSearch BaseTasksRequest, TaskInfo.
 */
#ifndef QD_COORDINATOR_LIST_TASKS_H
#define QD_COORDINATOR_LIST_TASKS_H

#include "coordinator/coordinator.h"
#include "coordinator/tasks.h"

/* A filter read from parameters. */
struct qd_task_filter {
    struct qd_slice *actions;  /* patterns; count 0: all */
    size_t action_count;
    bool here;                 /* `nodes` does not leave out this node */
    bool has_parent;           /* parent_task_id is given: no task here has a parent */
    bool detailed;
};

/* Reads nodes, actions, parent_task_id and detailed. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_task_filter_read(const struct qd_coordinator *coordinator, struct qd_call *call,
                                              struct qd_task_filter *filter, struct qd_error *error);

/* True for a task that is shown and passes the filter. */
bool qd_task_filter_accepts(const struct qd_task_filter *filter, const struct qd_task *task);

/* The JSON text of a task as GET _tasks/{id} shows it once it has ended; in `arena`. data NULL: no such task.
 */
struct qd_slice qd_task_text(const struct qd_coordinator *coordinator, uint64_t id, struct qd_arena *arena);

/* Nanoseconds since the task began. */
int64_t qd_task_running_ns(const struct qd_coordinator *coordinator, const struct qd_task *task);

/* The resources of a task as JSON text: nothing is measured per task, all are 0. */
extern const char qd_task_resources[];

#endif
