/* The task list of a node: calls under way.
 *
 * Used by rest (adds and removes), the tasks operations (lists, cancels) and search (cancellation flags).
 * Loop only.
 */
#ifndef QD_COORDINATOR_TASKS_H
#define QD_COORDINATOR_TASKS_H

#include "coordinator/call.h"

struct qd_tasks;

/* One running call. */
struct qd_task {
    uint64_t id;
    struct qd_call *call;
    const char *route;      /* the row's path template; static */
    const char *action;     /* "indices:data/read/search"; set by the operation, static; NULL: not shown */
    struct qd_slice description; /* in the call's arena; data NULL: empty */
    bool cancellable;
    struct qd_task *next;
    struct qd_task *previous;
};

struct qd_tasks *qd_tasks_create(void);
void qd_tasks_destroy(struct qd_tasks *tasks);

/* Registers a call; its task_id is set. The task lives in the call's arena. */
void qd_tasks_add(struct qd_tasks *tasks, struct qd_call *call, const char *route);

/* Says what the call does, for the task list. */
void qd_tasks_describe(struct qd_tasks *tasks, struct qd_call *call, const char *action, bool cancellable,
                       struct qd_slice description);

/* Removes a call; a call that was never added is left alone. */
void qd_tasks_remove(struct qd_tasks *tasks, struct qd_call *call);

/* The oldest task, then ->next. */
struct qd_task *qd_tasks_first(const struct qd_tasks *tasks);

/* Sets the cancelled flag of a task; false when there is no such task or it is not cancellable. */
bool qd_tasks_cancel(struct qd_tasks *tasks, uint64_t id);

#endif
