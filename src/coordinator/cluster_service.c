#include "coordinator/cluster_service.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/text.h"
#include "coordinator/state_file.h"

#define APPLIERS_MAX 8

/* A command whose submitter waits. */
struct submission {
    struct submission *next;
    struct qd_cluster_service *service;
    uint64_t id;
    void (*done)(void *context, const struct qd_command_outcome *outcome);
    void *context;
    struct qd_timer *timer; /* until the command must have begun; NULL: it has, or may wait for ever */
    int64_t timeout_ms;
};

/* A call that waits for a state. */
struct waiter {
    struct waiter *next;
    struct qd_cluster_service *service;
    struct qd_state_wait wait;
    struct qd_timer *timer; /* NULL: it has fired or there was none */
    bool ready;             /* done is on its way */
    bool timed_out;
};

/* One write of a state. */
struct persist {
    struct qd_cluster_service *service;
    struct qd_buffer bytes;
    struct qd_arena *arena;
    struct qd_error error;
    enum qd_status status;
};

struct qd_cluster_service {
    struct qd_env *env;
    const struct qd_master_services *services;
    struct qd_master *master;
    struct qd_lane *lane;
    struct submission *submissions;
    struct waiter *waiters;
    uint64_t next_id;
    bool persisting;
    int64_t persist_ns;               /* monotonic time when that began */
    struct qd_cluster_counters counters;
    struct {
        void (*apply)(void *context, const struct qd_cluster_state *old, struct qd_cluster_state *state);
        void *context;
    } appliers[APPLIERS_MAX];
    size_t applier_count;
    struct qd_cluster_state *applied; /* one reference */
};

static void feed(struct qd_cluster_service *service, const struct qd_master_event *event);

void qd_random_uuid(struct qd_env *env, char *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint8_t bytes[16];
    env->random(env, bytes, sizeof(bytes));
    /* The version and variant bits of a random uuid, as the reference sets them. */
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    for (size_t i = 0, out = 0; out < 22; i += 3) {
        uint32_t group = (uint32_t)bytes[i] << 16;
        if (i + 1 < 16) group |= (uint32_t)bytes[i + 1] << 8;
        if (i + 2 < 16) group |= bytes[i + 2];
        for (int shift = 18; shift >= 0 && out < 22; shift -= 6) {
            text[out++] = alphabet[(group >> shift) & 63];
        }
    }
    text[22] = 0;
}

struct qd_cluster_service *qd_cluster_service_create(struct qd_env *env,
                                                     const struct qd_master_services *services)
{
    struct qd_cluster_service *service = calloc(1, sizeof(*service));
    qd_assert(service != NULL);
    service->env = env;
    service->services = services;
    service->lane = env->work->lane_create(env);
    service->next_id = 1;
    return service;
}

void qd_cluster_service_destroy(struct qd_cluster_service *service)
{
    if (service == NULL) return;
    qd_assert(!service->persisting);
    while (service->submissions != NULL) {
        struct submission *next = service->submissions->next;
        if (service->submissions->timer != NULL) {
            service->env->clock->timer_stop(service->env, service->submissions->timer);
        }
        free(service->submissions);
        service->submissions = next;
    }
    while (service->waiters != NULL) {
        struct waiter *next = service->waiters->next;
        if (service->waiters->timer != NULL) {
            service->env->clock->timer_stop(service->env, service->waiters->timer);
        }
        free(service->waiters);
        service->waiters = next;
    }
    qd_cluster_state_release(service->applied);
    qd_master_destroy(service->master);
    service->env->work->lane_destroy(service->env, service->lane);
    free(service);
}

enum qd_status qd_cluster_service_load(struct qd_cluster_service *service, struct qd_slice cluster_name,
                                       struct qd_error *error)
{
    struct qd_cluster_state *state = NULL;
    QD_TRY(qd_state_file_read(service->env, &state, error));
    if (state == NULL) {
        char uuid[23];
        qd_random_uuid(service->env, uuid);
        state = qd_cluster_state_create(cluster_name, qd_slice_from_string(uuid));
        qd_random_uuid(service->env, uuid);
        state->state_uuid = qd_arena_copy(state->arena, qd_slice_from_string(uuid));
    }
    state->cluster_name = qd_arena_copy(state->arena, cluster_name);
    service->master = qd_master_create(state, service->services);
    service->applied = qd_cluster_state_retain(state);
    return QD_OK;
}

struct qd_cluster_state *qd_cluster_service_state(const struct qd_cluster_service *service)
{
    return service->applied;
}

void qd_cluster_service_add_applier(struct qd_cluster_service *service,
                                    void (*apply)(void *context, const struct qd_cluster_state *old,
                                                  struct qd_cluster_state *state),
                                    void *context)
{
    qd_assert(service->applier_count < APPLIERS_MAX);
    service->appliers[service->applier_count].apply = apply;
    service->appliers[service->applier_count++].context = context;
}

bool qd_cluster_service_idle(const struct qd_cluster_service *service)
{
    return !service->persisting;
}

/* ---- waiting ---- */

static void unlink_waiter(struct waiter *waiter)
{
    struct waiter **at = &waiter->service->waiters;
    while (*at != waiter) at = &(*at)->next;
    *at = waiter->next;
}

static void finish_wait(void *context)
{
    struct waiter *waiter = context;
    unlink_waiter(waiter);
    if (waiter->timer != NULL) waiter->service->env->clock->timer_stop(waiter->service->env, waiter->timer);
    waiter->wait.done(waiter->wait.context, waiter->timed_out);
    free(waiter);
}

static void wait_expired(void *context)
{
    struct waiter *waiter = context;
    waiter->timer = NULL;
    if (waiter->ready) return;
    waiter->ready = true;
    waiter->timed_out = true;
    finish_wait(waiter);
}

static void check_waiter(struct waiter *waiter)
{
    if (waiter->ready || !waiter->wait.holds(waiter->wait.context, waiter->service->applied)) return;
    waiter->ready = true;
    waiter->service->env->work->defer(waiter->service->env, finish_wait, waiter);
}

void qd_cluster_service_wait(struct qd_cluster_service *service, const struct qd_state_wait *wait)
{
    struct waiter *waiter = calloc(1, sizeof(*waiter));
    qd_assert(waiter != NULL);
    waiter->service = service;
    waiter->wait = *wait;
    waiter->next = service->waiters;
    service->waiters = waiter;
    waiter->timer = service->env->clock->timer_start(service->env, qd_duration_ms(wait->timeout_ms),
                                                     wait_expired, waiter);
    check_waiter(waiter);
}

/* ---- the machine's actions ---- */

static void run_persist(void *context)
{
    struct persist *persist = context;
    persist->status = qd_state_file_write(persist->service->env, qd_buffer_view(&persist->bytes),
                                          &persist->error);
}

static void persist_done(void *context)
{
    struct persist *persist = context;
    struct qd_cluster_service *service = persist->service;
    struct qd_master_event event = { .kind = QD_MASTER_PERSISTED };
    service->persisting = false;
    if (persist->status != QD_OK) {
        service->counters.failed++;
        event.kind = QD_MASTER_PERSIST_FAILED;
        event.error = &persist->error;
    }
    feed(service, &event);
    qd_buffer_deinit(&persist->bytes);
    qd_arena_destroy(persist->arena);
}

static void start_persist(struct qd_cluster_service *service, const struct qd_cluster_state *state)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct persist *persist = QD_NEW(arena, struct persist);
    persist->arena = arena;
    persist->service = service;
    qd_error_init(&persist->error, arena);
    qd_cluster_state_encode(state, &persist->bytes);
    service->persisting = true;
    service->persist_ns = service->env->clock->monotonic(service->env).nanoseconds;
    service->env->work->submit(service->env, QD_WORK_GENERIC, service->lane, run_persist,
                               persist_done, persist);
}

static void publish(struct qd_cluster_service *service, struct qd_cluster_state *state)
{
    struct qd_cluster_state *old = service->applied;
    service->applied = qd_cluster_state_retain(state);
    for (size_t i = 0; i < service->applier_count; i++) {
        service->appliers[i].apply(service->appliers[i].context, old, service->applied);
    }
    for (struct waiter *waiter = service->waiters; waiter != NULL; waiter = waiter->next) {
        check_waiter(waiter);
    }
    qd_cluster_state_release(old);
    int64_t now_ns = service->env->clock->monotonic(service->env).nanoseconds;
    service->counters.published++;
    service->counters.ns += (uint64_t)(now_ns - service->persist_ns);
}

static void respond(struct qd_cluster_service *service, const struct qd_master_action *action)
{
    struct submission **at = &service->submissions;
    while (*at != NULL && (*at)->id != action->command_id) at = &(*at)->next;
    if (*at == NULL) return;
    struct submission *submission = *at;
    *at = submission->next;
    if (submission->timer != NULL) service->env->clock->timer_stop(service->env, submission->timer);
    struct qd_command_outcome outcome = { .changed = action->changed, .result = action->result };
    if (action->error.status != QD_OK) outcome.error = &action->error;
    submission->done(submission->context, &outcome);
    free(submission);
}

static void feed(struct qd_cluster_service *service, const struct qd_master_event *event)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_master_actions actions = { 0 };
    qd_master_step(service->master, event, arena, &actions);
    for (size_t i = 0; i < actions.count; i++) {
        switch (actions.data[i].kind) {
        case QD_MASTER_PERSIST: start_persist(service, actions.data[i].state); break;
        case QD_MASTER_PUBLISH: publish(service, actions.data[i].state); break;
        case QD_MASTER_RESPOND: respond(service, &actions.data[i]); break;
        }
    }
    qd_arena_destroy(arena);
}

/* A command on its way to the machine: by a turn of the loop, so that submitters are never called from inside
 * submit. */
struct arrival {
    struct qd_cluster_service *service;
    struct qd_arena *arena;
    struct qd_master_event event;
};

static void start_bound(struct qd_cluster_service *service, uint64_t command_id);

static void arrive(void *context)
{
    struct arrival *arrival = context;
    start_bound(arrival->service, arrival->event.command_id);
    feed(arrival->service, &arrival->event);
    qd_arena_destroy(arrival->arena);
}

/* A command that has begun is let end. */
static void bound_expired(void *context)
{
    struct submission *submission = context;
    struct qd_cluster_service *service = submission->service;
    struct qd_master_event event = { .kind = QD_MASTER_WITHDRAW, .command_id = submission->id,
                                     .timeout_ms = submission->timeout_ms };
    submission->timer = NULL;
    feed(service, &event);
}

static void start_bound(struct qd_cluster_service *service, uint64_t command_id)
{
    struct submission *submission = service->submissions;
    while (submission != NULL && submission->id != command_id) submission = submission->next;
    if (submission == NULL || submission->timeout_ms < 0) return;
    submission->timer = service->env->clock->timer_start(
        service->env, qd_duration_ms(submission->timeout_ms), bound_expired, submission);
}

void qd_cluster_service_submit(struct qd_cluster_service *service, const struct qd_command_request *request,
                               struct qd_buffer *command)
{
    struct qd_arena *arena = qd_arena_create(command->size + 1024);
    struct arrival *arrival = QD_NEW(arena, struct arrival);
    char uuid[23];
    qd_random_uuid(service->env, uuid);
    arrival->arena = arena;
    arrival->service = service;
    arrival->event = (struct qd_master_event){ .kind = QD_MASTER_COMMAND,
                                               .command_id = service->next_id++,
                                               .priority = request->priority,
                                               .source = qd_arena_copy(arena, request->source),
                                               .command = qd_arena_copy(arena, qd_buffer_view(command)),
                                               .state_uuid = qd_arena_copy(arena, qd_slice_from_string(uuid)),
                                               .now_ms = service->env->clock->wall_ms(service->env) };
    qd_buffer_deinit(command);
    if (request->done != NULL) {
        struct submission *submission = calloc(1, sizeof(*submission));
        qd_assert(submission != NULL);
        submission->service = service;
        submission->timeout_ms = request->bounded ? request->timeout_ms : -1;
        submission->id = arrival->event.command_id;
        submission->done = request->done;
        submission->context = request->context;
        submission->next = service->submissions;
        service->submissions = submission;
    }
    service->env->work->defer(service->env, arrive, arrival);
}

struct qd_cluster_counters qd_cluster_service_counters(const struct qd_cluster_service *service)
{
    struct qd_cluster_counters counters = service->counters;
    counters.waiting = service->persisting;
    return counters;
}

size_t qd_cluster_service_pending(const struct qd_cluster_service *service, struct qd_arena *arena,
                                  struct qd_pending_task **tasks)
{
    return qd_master_pending(service->master, arena, tasks);
}
