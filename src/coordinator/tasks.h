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
    int64_t cancelled_ms;   /* wall clock when it was cancelled by request; 0: it was not */
    struct qd_task *next;
    struct qd_task *previous;
};

/* What a task that nobody waited for has given. */
struct qd_task_result {
    uint64_t id;                 /* of the task */
    struct qd_slice task;        /* JSON text: the task as it was at its end */
    struct qd_slice outcome;     /* JSON text: the answer, or the error */
    bool failed;                 /* outcome is an error */
    struct qd_task_result *next; /* the next newer one */
    struct qd_arena *arena;      /* holds this and its texts */
};

/* Results that are kept; the oldest one makes room. */
#define QD_TASK_RESULTS_MAX 1000

/* Waits for the end of a task. */
struct qd_task_watch {
    uint64_t id;                 /* of the task */
    /* The task has gone from the list, and so has the watch; the call of the task is still there. */
    void (*ended)(struct qd_task_watch *watch);
    struct qd_task_watch *next;  /* private */
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

/* Keeps the result of a task; the texts are copied. */
void qd_tasks_keep(struct qd_tasks *tasks, const struct qd_task_result *result);

/* The result of a task that has ended, or NULL. */
const struct qd_task_result *qd_tasks_result(const struct qd_tasks *tasks, uint64_t id);

/* Begins to wait for the end of a task that is there; ends waiting early. */
void qd_tasks_watch(struct qd_tasks *tasks, struct qd_task_watch *watch);
void qd_tasks_unwatch(struct qd_tasks *tasks, struct qd_task_watch *watch);

/* The oldest task, then ->next. */
struct qd_task *qd_tasks_first(const struct qd_tasks *tasks);

/* Sets the cancelled flag of a task; false when there is no such task or it is not cancellable. now_ms: wall
 * clock. */
bool qd_tasks_cancel(struct qd_tasks *tasks, uint64_t id, int64_t now_ms);

#endif
