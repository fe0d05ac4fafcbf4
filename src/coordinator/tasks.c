#include "coordinator/tasks.h"

#include <stdlib.h>

#include "base/assert.h"

struct qd_tasks {
    struct qd_task *first;
    struct qd_task *last;
    uint64_t next_id;
};

struct qd_tasks *qd_tasks_create(void)
{
    struct qd_tasks *tasks = calloc(1, sizeof(*tasks));
    qd_assert(tasks != NULL);
    tasks->next_id = 1;
    return tasks;
}

void qd_tasks_destroy(struct qd_tasks *tasks)
{
    if (tasks == NULL) return;
    qd_assert(tasks->first == NULL);
    free(tasks);
}

void qd_tasks_add(struct qd_tasks *tasks, struct qd_call *call, const char *route)
{
    struct qd_task *task = QD_NEW(call->arena, struct qd_task);
    task->id = call->task_id = tasks->next_id++;
    task->call = call;
    task->route = route;
    task->previous = tasks->last;
    if (tasks->last == NULL) {
        tasks->first = task;
    } else {
        tasks->last->next = task;
    }
    tasks->last = task;
}

static struct qd_task *find(const struct qd_tasks *tasks, uint64_t id)
{
    struct qd_task *task = tasks->first;
    while (task != NULL && task->id != id) task = task->next;
    return task;
}

void qd_tasks_describe(struct qd_tasks *tasks, struct qd_call *call, const char *action, bool cancellable,
                       struct qd_slice description)
{
    struct qd_task *task = find(tasks, call->task_id);
    if (task == NULL) return;
    task->action = action;
    task->cancellable = cancellable;
    task->description = description;
}

void qd_tasks_remove(struct qd_tasks *tasks, struct qd_call *call)
{
    struct qd_task *task = call->task_id == 0 ? NULL : find(tasks, call->task_id);
    if (task == NULL) return;
    if (task->previous == NULL) {
        tasks->first = task->next;
    } else {
        task->previous->next = task->next;
    }
    if (task->next == NULL) {
        tasks->last = task->previous;
    } else {
        task->next->previous = task->previous;
    }
}

struct qd_task *qd_tasks_first(const struct qd_tasks *tasks)
{
    return tasks->first;
}

bool qd_tasks_cancel(struct qd_tasks *tasks, uint64_t id)
{
    struct qd_task *task = find(tasks, id);
    if (task == NULL || !task->cancellable) return false;
    atomic_store(&task->call->cancelled, true);
    return true;
}
