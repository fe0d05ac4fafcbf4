#include "coordinator/node_facts.h"

#include "base/breaker.h"
#include "data/data.h"

struct gathering {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    qd_node_facts_done *done;
    struct qd_node_facts facts;
};

int qd_node_facts_percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (int)((double)part * 100 / (double)whole);
}

static void run(void *context)
{
    struct gathering *gathering = context;
    struct qd_env *env = gathering->coordinator->env;
    struct qd_node_facts *facts = &gathering->facts;
    if (env->machine != NULL) env->machine(env, &facts->machine);
    if (env->disk->space(env, &facts->disk_total, &facts->disk_available, NULL) != QD_OK) {
        facts->disk_total = facts->disk_available = 0;
    }
    facts->workers = env->work->counts(env, facts->work);
}

static void done(void *context)
{
    struct gathering *gathering = context;
    struct qd_coordinator *coordinator = gathering->coordinator;
    struct qd_node_facts *facts = &gathering->facts;
    const struct qd_machine_facts *machine = &facts->machine;
    facts->gates = *qd_data_gates(coordinator->data);
    facts->now_ms = coordinator->env->clock->wall_ms(coordinator->env);
    facts->uptime_ms = facts->now_ms - coordinator->started_ms;
    facts->heap_used = (int64_t)machine->resident_bytes;
    facts->heap_max = atomic_load(&coordinator->breakers->limit);
    if (facts->heap_max <= 0) facts->heap_max = (int64_t)machine->memory_total_bytes;
    facts->heap_percent = qd_node_facts_percent((uint64_t)facts->heap_used, (uint64_t)facts->heap_max);
    facts->memory_used = machine->memory_total_bytes - machine->memory_free_bytes;
    facts->memory_used_percent = qd_node_facts_percent(facts->memory_used, machine->memory_total_bytes);
    gathering->done(coordinator, gathering->call, facts);
}

void qd_node_facts_gather(struct qd_coordinator *coordinator, struct qd_call *call,
                          qd_node_facts_done *callback)
{
    struct gathering *gathering = QD_NEW(call->arena, struct gathering);
    gathering->coordinator = coordinator;
    gathering->call = call;
    gathering->done = callback;
    coordinator->env->work->submit(coordinator->env, QD_WORK_MANAGEMENT, NULL, run, done, gathering);
}
