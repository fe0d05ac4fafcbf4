#include "master/master.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/units.h"
#include "base/vector.h"

/* A command that waits. */
struct waiting {
    struct waiting *next;
    struct qd_arena *arena; /* holds this and its texts */
    uint64_t order;
    struct qd_master_event event;
};

struct qd_master {
    struct qd_cluster_state *state;     /* durable and published */
    struct qd_cluster_state *candidate; /* being written, or NULL */
    const struct qd_master_services *services;
    struct waiting *queue;              /* by priority, then order */
    struct waiting *running;            /* the one whose state is being written */
    struct qd_slice answer;             /* of the running command; in its arena */
    uint64_t next_order;
    size_t queued;
};

struct qd_master *qd_master_create(struct qd_cluster_state *state, const struct qd_master_services *services)
{
    struct qd_master *master = calloc(1, sizeof(*master));
    qd_assert(master != NULL);
    master->state = state;
    master->services = services;
    return master;
}

void qd_master_destroy(struct qd_master *master)
{
    if (master == NULL) return;
    while (master->queue != NULL) {
        struct waiting *next = master->queue->next;
        qd_arena_destroy(master->queue->arena);
        master->queue = next;
    }
    if (master->running != NULL) qd_arena_destroy(master->running->arena);
    qd_cluster_state_release(master->candidate);
    qd_cluster_state_release(master->state);
    free(master);
}

struct qd_cluster_state *qd_master_state(const struct qd_master *master)
{
    return master->state;
}

static struct qd_master_action *add_action(struct qd_arena *arena, struct qd_master_actions *actions,
                                           enum qd_master_action_kind kind)
{
    struct qd_master_action *action = QD_PUSH(arena, actions);
    action->kind = kind;
    qd_error_init(&action->error, arena);
    return action;
}

static void respond(struct qd_arena *arena, struct qd_master_actions *actions, uint64_t command_id,
                    const struct qd_error *error)
{
    struct qd_master_action *action = add_action(arena, actions, QD_MASTER_RESPOND);
    action->command_id = command_id;
    if (error != NULL) qd_error_copy(&action->error, arena, error);
}

static void enqueue(struct qd_master *master, const struct qd_master_event *event)
{
    struct qd_arena *arena = qd_arena_create(event->command.size + 1024);
    struct waiting *waiting = QD_NEW(arena, struct waiting);
    waiting->arena = arena;
    waiting->order = master->next_order++;
    waiting->event = *event;
    waiting->event.source = qd_arena_copy(arena, event->source);
    waiting->event.command = qd_arena_copy(arena, event->command);
    waiting->event.state_uuid = qd_arena_copy(arena, event->state_uuid);
    struct waiting **at = &master->queue;
    while (*at != NULL && (*at)->event.priority <= event->priority) at = &(*at)->next;
    waiting->next = *at;
    *at = waiting;
    master->queued++;
}

/* Runs waiting commands until one has made a state that must be written. */
static void run_queue(struct qd_master *master, struct qd_arena *arena, struct qd_master_actions *actions)
{
    while (master->running == NULL && master->queue != NULL) {
        struct waiting *waiting = master->queue;
        struct qd_cluster_state *next = NULL;
        struct qd_slice answer = { 0 };
        struct qd_error error;
        master->queue = waiting->next;
        master->queued--;
        qd_error_init(&error, arena);
        enum qd_status status = qd_master_apply(master->state, master->services, &waiting->event, arena,
                                                &next, &answer, &error);
        if (status != QD_OK || next == NULL) {
            respond(arena, actions, waiting->event.command_id, status == QD_OK ? NULL : &error);
            actions->data[actions->count - 1].result = answer;
            qd_arena_destroy(waiting->arena);
            continue;
        }
        master->running = waiting;
        master->candidate = next;
        master->answer = answer.data == NULL ? answer : qd_arena_copy(waiting->arena, answer);
        add_action(arena, actions, QD_MASTER_PERSIST)->state = next;
    }
}

static void end_running(struct qd_master *master, const struct qd_error *error, struct qd_arena *arena,
                        struct qd_master_actions *actions)
{
    struct waiting *ended = master->running;
    respond(arena, actions, ended->event.command_id, error);
    struct qd_master_action *action = &actions->data[actions->count - 1];
    action->changed = error == NULL;
    if (master->answer.data != NULL) action->result = qd_arena_copy(arena, master->answer);
    master->running = NULL;
    qd_arena_destroy(ended->arena);
}

static void withdraw(struct qd_master *master, const struct qd_master_event *event, struct qd_arena *arena,
                     struct qd_master_actions *actions)
{
    struct waiting **at = &master->queue;
    struct qd_buffer time = { 0 };
    struct qd_error error;
    while (*at != NULL && (*at)->event.command_id != event->command_id) at = &(*at)->next;
    if (*at == NULL) return;
    struct waiting *waiting = *at;
    *at = waiting->next;
    master->queued--;
    qd_time_print_millis(&time, event->timeout_ms);
    qd_error_init(&error, arena);
    (void)qd_error_set(&error, QD_PROCESS_CLUSTER_EVENT_TIMEOUT,
                       "failed to process cluster event (%.*s) within %.*s",
                       QD_SLICE_ARG(waiting->event.source), (int)time.size, time.data);
    qd_buffer_deinit(&time);
    respond(arena, actions, event->command_id, &error);
    qd_arena_destroy(waiting->arena);
}

void qd_master_step(struct qd_master *master, const struct qd_master_event *event, struct qd_arena *arena,
                    struct qd_master_actions *actions)
{
    switch (event->kind) {
    case QD_MASTER_COMMAND:
        if (master->queued >= QD_MASTER_QUEUE_MAX) {
            struct qd_error error;
            qd_error_init(&error, arena);
            (void)qd_error_set(&error, QD_REJECTED_EXECUTION, "the queue of cluster manager tasks is full");
            respond(arena, actions, event->command_id, &error);
            return;
        }
        enqueue(master, event);
        break;
    case QD_MASTER_PERSISTED:
        qd_assert(master->candidate != NULL);
        qd_cluster_state_release(master->state);
        master->state = master->candidate;
        master->candidate = NULL;
        add_action(arena, actions, QD_MASTER_PUBLISH)->state = master->state;
        end_running(master, NULL, arena, actions);
        break;
    case QD_MASTER_PERSIST_FAILED:
        qd_assert(master->candidate != NULL);
        qd_cluster_state_release(master->candidate);
        master->candidate = NULL;
        end_running(master, event->error, arena, actions);
        break;
    case QD_MASTER_WITHDRAW: withdraw(master, event, arena, actions); break;
    }
    run_queue(master, arena, actions);
}

size_t qd_master_pending(const struct qd_master *master, struct qd_arena *arena,
                         struct qd_pending_task **tasks)
{
    QD_VECTOR(struct qd_pending_task) list = { 0 };
    for (const struct waiting *at = master->running; at != NULL; at = NULL) {
        *QD_PUSH(arena, &list) = (struct qd_pending_task){ at->order, at->event.priority, at->event.source,
                                                           at->event.now_ms, true };
    }
    for (const struct waiting *at = master->queue; at != NULL; at = at->next) {
        *QD_PUSH(arena, &list) = (struct qd_pending_task){ at->order, at->event.priority, at->event.source,
                                                           at->event.now_ms, false };
    }
    *tasks = list.data;
    return list.count;
}
