#include "coordinator/node_facts.h"

#include "data/data.h"

int qd_node_facts_percent(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0 : (int)((double)part * 100 / (double)whole);
}

struct qd_slice qd_node_facts_setting(const struct qd_node_facts *facts, const char *key)
{
    for (size_t i = 0; i < facts->setting_count; i++) {
        if (qd_slice_is(facts->settings[i].key, key)) return facts->settings[i].text;
    }
    return (struct qd_slice){ 0 };
}

/* ---- a node tells ---- */

struct telling {
    struct qd_coordinator *coordinator;
    struct qd_transport_call *call;
    struct qd_node_facts facts;
};

static void run(void *context)
{
    struct telling *telling = context;
    struct qd_env *env = telling->coordinator->env;
    struct qd_node_facts *facts = &telling->facts;
    if (env->machine != NULL) env->machine(env, &facts->machine);
    if (env->disk->space(env, &facts->disk_total, &facts->disk_available, NULL) != QD_OK) {
        facts->disk_total = facts->disk_available = 0;
    }
    facts->workers = env->work->counts(env, facts->work);
}

static void read_settings(const struct qd_map *settings, struct qd_arena *arena, struct qd_node_facts *facts)
{
    size_t count = settings == NULL ? 0 : settings->entry_count;
    struct qd_setting_fact *list = QD_NEW_ARRAY(arena, struct qd_setting_fact, count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_map_entry *entry = &settings->entries[i];
        if (entry->removed) continue;
        list[facts->setting_count++] = (struct qd_setting_fact){ entry->key,
                                                                 *(struct qd_slice *)entry->value };
    }
    facts->settings = list;
}

static void read_breakers(struct qd_breakers *breakers, struct qd_node_facts *facts)
{
    for (unsigned i = 0; i < QD_BREAKER_COUNT; i++) {
        struct qd_breaker *child = &breakers->child[i];
        facts->breakers[i] = (struct qd_breaker_facts){ .name = qd_slice_from_string(child->name),
                                                        .limit = atomic_load(&child->limit),
                                                        .used = atomic_load(&child->used),
                                                        .trips = atomic_load(&child->trips),
                                                        .overhead = child->overhead };
    }
    facts->parent = (struct qd_breaker_facts){ .name = QD_SLICE("parent"),
                                               .limit = atomic_load(&breakers->limit),
                                               .used = qd_breakers_used(breakers),
                                               .trips = atomic_load(&breakers->trips),
                                               .overhead = 1 };
}

static void read_machine(const struct qd_coordinator *coordinator, struct qd_node_facts *facts)
{
    const struct qd_machine_facts *machine = &facts->machine;
    struct qd_env *env = coordinator->env;
    facts->now_ms = env->clock->wall_ms(env);
    facts->started_ms = coordinator->started_ms;
    facts->uptime_ms = facts->now_ms - coordinator->started_ms;
    facts->heap_used = (int64_t)machine->resident_bytes;
    facts->heap_max = atomic_load(&coordinator->breakers->limit);
    if (facts->heap_max <= 0) facts->heap_max = (int64_t)machine->memory_total_bytes;
    facts->heap_percent = qd_node_facts_percent((uint64_t)facts->heap_used, (uint64_t)facts->heap_max);
    facts->memory_used = machine->memory_total_bytes - machine->memory_free_bytes;
    facts->memory_used_percent = qd_node_facts_percent(facts->memory_used, machine->memory_total_bytes);
    facts->parallelism = env->work->parallelism(env);
}

static void done(void *context)
{
    struct telling *telling = context;
    struct qd_coordinator *coordinator = telling->coordinator;
    struct qd_node_facts *facts = &telling->facts;
    struct qd_buffer buffer = { 0 };
    read_machine(coordinator, facts);
    read_settings(coordinator->node_settings, telling->call->arena, facts);
    read_breakers(coordinator->breakers, facts);
    facts->gates = *qd_data_gates(coordinator->data);
    facts->pools = *coordinator->thread_pools;
    facts->pressure = *qd_data_pressure(coordinator->data);
    facts->request_cache = qd_request_cache_facts(qd_data_request_cache(coordinator->data));
    facts->states = qd_cluster_service_counters(coordinator->cluster);
    facts->counters = coordinator->counters;
    qd_transport_stats(coordinator->transport, &facts->transport);
    if (coordinator->http_connections != NULL) {
        coordinator->http_connections(coordinator->http_context, &facts->http_open, &facts->http_opened);
    }
    qd_node_facts_write(facts, &buffer);
    qd_transport_answer(telling->call, &buffer);
}

static void handle(void *context, struct qd_transport_call *call)
{
    struct qd_coordinator *coordinator = context;
    struct telling *telling = QD_NEW(call->arena, struct telling);
    telling->coordinator = coordinator;
    telling->call = call;
    coordinator->env->work->submit(coordinator->env, QD_WORK_MANAGEMENT, NULL, run, done, telling);
}

void qd_node_facts_register(struct qd_coordinator *coordinator)
{
    qd_transport_register(coordinator->transport, QD_ACTION_NODE_FACTS, handle, coordinator);
}

/* ---- asking ---- */

struct gathering {
    struct qd_node_calls calls; /* first member */
    struct qd_nodes_facts facts;
    qd_nodes_facts_done *done;
};

static void gathered(struct qd_node_calls *calls)
{
    struct gathering *gathering = (struct gathering *)calls;
    struct qd_nodes_facts *facts = &gathering->facts;
    struct qd_arena *arena = calls->call->arena;
    facts->state = calls->state;
    facts->facts = QD_NEW_ARRAY(arena, const struct qd_node_facts *, calls->state->node_count);
    for (size_t i = 0; i < calls->state->node_count; i++) {
        struct qd_node_leg *leg = &calls->legs[i];
        if (!leg->asked || leg->error.status != QD_OK) continue;
        struct qd_node_facts *one = QD_NEW(arena, struct qd_node_facts);
        if (qd_node_facts_read(leg->answer, arena, one, &leg->error) == QD_OK) facts->facts[i] = one;
    }
    facts->problems = qd_node_calls_problems(calls, &facts->problem_count);
    gathering->done(calls->coordinator, calls->call, facts);
}

void qd_nodes_facts_gather(struct qd_coordinator *coordinator, struct qd_call *call, const bool *nodes,
                           qd_nodes_facts_done *callback)
{
    struct gathering *gathering = QD_NEW(call->arena, struct gathering);
    qd_node_calls_init(&gathering->calls, coordinator, call, NULL);
    gathering->done = callback;
    for (size_t i = 0; i < gathering->calls.state->node_count; i++) {
        gathering->calls.legs[i].asked = nodes == NULL || nodes[i];
    }
    qd_node_calls_start(&gathering->calls, QD_ACTION_NODE_FACTS, gathered);
}
