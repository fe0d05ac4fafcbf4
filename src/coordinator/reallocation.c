#include "coordinator/reallocation.h"

#include <stdlib.h>

#include "base/assert.h"

/* When the state could not be written, which happens when the disk is full, it is tried again after this. */
#define FAILED_PAUSE_MS 1000

struct qd_reallocation {
    struct qd_env *env;
    struct qd_cluster_service *cluster;
    struct qd_timer *timer; /* NULL: nothing is due */
    bool running;           /* a reroute is under way */
    bool stopped;
};

/* How long until something of the state is due; INT64_MAX: nothing waits. */
static int64_t time_to_wait(const struct qd_cluster_state *state, int64_t now_ms)
{
    int64_t wait = INT64_MAX;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        size_t count = (size_t)index->shard_count * (1 + index->replica_count);
        for (size_t s = 0; s < count; s++) {
            const struct qd_shard_routing *shard = &index->routing[s];
            int64_t due_ms = qd_allocation_due_ms(index, shard);
            if (shard->state != QD_SHARD_UNASSIGNED || due_ms == INT64_MIN || due_ms == INT64_MAX) continue;
            bool set_back = now_ms < shard->unassigned_at_ms;
            int64_t left = due_ms <= now_ms || set_back ? 0 : due_ms - now_ms;
            if (left < wait) wait = left;
        }
    }
    return wait;
}

static void schedule(struct qd_reallocation *reallocation, int64_t at_least_ms);

static void rerouted(void *context, const struct qd_command_outcome *outcome)
{
    struct qd_reallocation *reallocation = context;
    reallocation->running = false;
    schedule(reallocation, outcome->error != NULL || !outcome->changed ? FAILED_PAUSE_MS : 0);
}

static void due(void *context)
{
    struct qd_reallocation *reallocation = context;
    struct qd_buffer command = { 0 };
    struct qd_command_request request = { .priority = QD_PRIORITY_HIGH, .source = QD_SLICE("cluster_reroute"),
                                          .done = rerouted, .context = reallocation };
    reallocation->timer = NULL;
    reallocation->running = true;
    qd_buffer_text(&command, "{\"type\":\"reroute\"}");
    qd_cluster_service_submit(reallocation->cluster, &request, &command);
}

static void schedule(struct qd_reallocation *reallocation, int64_t at_least_ms)
{
    struct qd_env *env = reallocation->env;
    const struct qd_cluster_state *state = qd_cluster_service_state(reallocation->cluster);
    if (reallocation->timer != NULL) env->clock->timer_stop(env, reallocation->timer);
    reallocation->timer = NULL;
    if (reallocation->stopped || reallocation->running) return;
    int64_t wait = time_to_wait(state, env->clock->wall_ms(env));
    if (wait == INT64_MAX) return;
    if (wait < at_least_ms) wait = at_least_ms;
    reallocation->timer = env->clock->timer_start(env, qd_duration_ms(wait), due, reallocation);
}

static void apply_state(void *context, const struct qd_cluster_state *old, struct qd_cluster_state *state)
{
    (void)old;
    (void)state;
    schedule(context, 0);
}

struct qd_reallocation *qd_reallocation_create(struct qd_env *env, struct qd_cluster_service *cluster)
{
    struct qd_reallocation *reallocation = calloc(1, sizeof(*reallocation));
    qd_assert(reallocation != NULL);
    reallocation->env = env;
    reallocation->cluster = cluster;
    qd_cluster_service_add_applier(cluster, apply_state, reallocation);
    return reallocation;
}

void qd_reallocation_stop(struct qd_reallocation *reallocation)
{
    reallocation->stopped = true;
    if (reallocation->timer != NULL) {
        reallocation->env->clock->timer_stop(reallocation->env, reallocation->timer);
    }
    reallocation->timer = NULL;
}

void qd_reallocation_destroy(struct qd_reallocation *reallocation)
{
    if (reallocation == NULL) return;
    qd_reallocation_stop(reallocation);
    free(reallocation);
}
