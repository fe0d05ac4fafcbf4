#include "coordinator/tasks.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/arena.h"

struct qd_tasks {
    struct qd_task *first;
    struct qd_task *last;
    uint64_t next_id;
    struct qd_task_result *oldest;  /* results */
    struct qd_task_result *newest;
    size_t result_count;
    struct qd_task_watch *watches;
};

struct qd_tasks *qd_tasks_create(void)
{
    struct qd_tasks *tasks = calloc(1, sizeof(*tasks));
    qd_assert(tasks != NULL);
    tasks->next_id = 1;
    return tasks;
}

static void drop_oldest(struct qd_tasks *tasks)
{
    struct qd_task_result *oldest = tasks->oldest;
    tasks->oldest = oldest->next;
    if (tasks->oldest == NULL) tasks->newest = NULL;
    tasks->result_count--;
    qd_arena_destroy(oldest->arena);
}

void qd_tasks_keep(struct qd_tasks *tasks, const struct qd_task_result *result)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_task_result *kept = QD_NEW(arena, struct qd_task_result);
    *kept = (struct qd_task_result){ .id = result->id,
                                     .task = qd_arena_copy(arena, result->task),
                                     .outcome = qd_arena_copy(arena, result->outcome),
                                     .failed = result->failed,
                                     .arena = arena };
    if (tasks->newest == NULL) {
        tasks->oldest = kept;
    } else {
        tasks->newest->next = kept;
    }
    tasks->newest = kept;
    if (++tasks->result_count > QD_TASK_RESULTS_MAX) drop_oldest(tasks);
}

const struct qd_task_result *qd_tasks_result(const struct qd_tasks *tasks, uint64_t id)
{
    const struct qd_task_result *result = tasks->oldest;
    while (result != NULL && result->id != id) result = result->next;
    return result;
}

void qd_tasks_watch(struct qd_tasks *tasks, struct qd_task_watch *watch)
{
    watch->next = tasks->watches;
    tasks->watches = watch;
}

void qd_tasks_unwatch(struct qd_tasks *tasks, struct qd_task_watch *watch)
{
    struct qd_task_watch **at = &tasks->watches;
    while (*at != NULL && *at != watch) at = &(*at)->next;
    if (*at != NULL) *at = watch->next;
}

static void tell_watches(struct qd_tasks *tasks, uint64_t id)
{
    struct qd_task_watch **at = &tasks->watches;
    while (*at != NULL) {
        struct qd_task_watch *watch = *at;
        if (watch->id != id) {
            at = &watch->next;
            continue;
        }
        *at = watch->next;
        watch->ended(watch);
    }
}

void qd_tasks_destroy(struct qd_tasks *tasks)
{
    if (tasks == NULL) return;
    qd_assert(tasks->first == NULL);
    while (tasks->oldest != NULL) drop_oldest(tasks);
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
    tell_watches(tasks, task->id);
}

struct qd_task *qd_tasks_first(const struct qd_tasks *tasks)
{
    return tasks->first;
}

bool qd_tasks_cancel(struct qd_tasks *tasks, uint64_t id, int64_t now_ms)
{
    struct qd_task *task = find(tasks, id);
    if (task == NULL || !task->cancellable) return false;
    if (task->cancelled_ms == 0) task->cancelled_ms = now_ms;
    atomic_store(&task->call->cancelled, true);
    return true;
}
