/* GET _cluster/stats: the cluster in numbers. */
#include "base/vector.h"
#include "coordinator/cluster_service.h"
#include "coordinator/cluster_stats_nodes.h"
#include "coordinator/health.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/shard_reports.h"
#include "coordinator/stats_json.h"

#define FIELD_DEPTH_MAX 1000

/* A request that waits for the shards. */
struct request {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    const struct qd_nodes_facts *facts;
    const bool *wanted; /* by place in the state's nodes */
    int64_t now_ms;     /* wall clock */
};

/* Smallest, largest and mean of a number over the indices. */
struct spread {
    double least, most, sum;
    size_t count;
};

static void spread_add(struct spread *spread, double value)
{
    if (spread->count == 0 || value < spread->least) spread->least = value;
    if (spread->count == 0 || value > spread->most) spread->most = value;
    spread->sum += value;
    spread->count++;
}

static void write_spread(const char *name, const struct spread *spread, bool whole,
                         struct qd_json_writer *writer)
{
    qd_json_member_object(writer, name);
    if (whole) {
        qd_json_member_int(writer, "min", (int64_t)spread->least);
        qd_json_member_int(writer, "max", (int64_t)spread->most);
    } else {
        qd_json_member_double(writer, "min", spread->least);
        qd_json_member_double(writer, "max", spread->most);
    }
    qd_json_member_double(writer, "avg", spread->sum / (double)spread->count);
    qd_json_end_object(writer);
}

static void write_shards(const struct qd_cluster_state *state, struct qd_json_writer *writer)
{
    struct spread shards = { 0 }, primaries = { 0 }, replication = { 0 };
    int64_t all = 0, all_primaries = 0;
    qd_json_member_object(writer, "shards");
    for (size_t i = 0; i < state->index_count; i++) {
        struct qd_shard_counts counts = { 0 };
        (void)qd_index_health(state->indices[i], &counts);
        if (counts.active_primary == 0) continue;
        spread_add(&shards, counts.active);
        spread_add(&primaries, counts.active_primary);
        spread_add(&replication, (double)(counts.active - counts.active_primary) / counts.active_primary);
        all += counts.active;
        all_primaries += counts.active_primary;
    }
    if (all > 0) {
        qd_json_member_int(writer, "total", all);
        qd_json_member_int(writer, "primaries", all_primaries);
        qd_json_member_double(writer, "replication", (double)(all - all_primaries) / (double)all_primaries);
        qd_json_member_object(writer, "index");
        write_spread("shards", &shards, true, writer);
        write_spread("primaries", &primaries, true, writer);
        write_spread("replication", &replication, false, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

/* ---- field types ---- */

/* How often a type is used. */
struct field_type {
    struct qd_slice name;
    int64_t count, indices;
    size_t last_index;  /* 1 + the index that was counted last */
};
QD_VECTOR_TYPE(field_types, struct field_type);

static void count_type(struct field_types *types, struct qd_slice name, size_t index, struct qd_arena *arena)
{
    struct field_type *type = NULL;
    for (size_t i = 0; i < types->count && type == NULL; i++) {
        if (qd_slice_equal(types->data[i].name, name)) type = &types->data[i];
    }
    if (type == NULL) {
        type = QD_PUSH(arena, types);
        type->name = name;
    }
    type->count++;
    if (type->last_index != index + 1) type->indices++;
    type->last_index = index + 1;
}

/* Fields and subfields; the depth of mappings is bounded by the mapping itself and by JSON. */
static void count_fields(struct field_types *types, const struct qd_json *properties, size_t index,
                         struct qd_arena *arena)
{
    const struct qd_json *stack[FIELD_DEPTH_MAX];
    size_t depth = 0;
    stack[depth++] = properties;
    while (depth > 0) {
        struct qd_json_iterator at = qd_json_iterate(stack[--depth]);
        while (qd_json_next(&at)) {
            const struct qd_json *type = qd_json_get(at.value, "type");
            const struct qd_json *inner = qd_json_get(at.value, "properties");
            const struct qd_json *fields = qd_json_get(at.value, "fields");
            count_type(types, type != NULL ? qd_json_text(type) : QD_SLICE("object"), index, arena);
            if (inner != NULL && depth < FIELD_DEPTH_MAX) stack[depth++] = inner;
            if (fields != NULL && depth < FIELD_DEPTH_MAX) stack[depth++] = fields;
        }
    }
}

static void sort_types(struct field_types *types)
{
    for (size_t i = 1; i < types->count; i++) {
        for (size_t j = i; j > 0 && qd_slice_compare(types->data[j - 1].name, types->data[j].name) > 0; j--) {
            struct field_type swap = types->data[j];
            types->data[j] = types->data[j - 1];
            types->data[j - 1] = swap;
        }
    }
}

static void write_mappings(const struct qd_cluster_state *state, struct qd_arena *arena,
                           struct qd_json_writer *writer)
{
    struct field_types types = { 0 };
    for (size_t i = 0; i < state->index_count; i++) {
        struct qd_json_document document;
        if (qd_json_parse(arena, state->indices[i]->mapping, &document, NULL) != QD_OK) continue;
        count_fields(&types, qd_json_get(document.root, "properties"), i, arena);
    }
    sort_types(&types);
    qd_json_member_object(writer, "mappings");
    qd_json_member_array(writer, "field_types");
    for (size_t i = 0; i < types.count; i++) {
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "name", types.data[i].name);
        qd_json_member_int(writer, "count", types.data[i].count);
        qd_json_member_int(writer, "index_count", types.data[i].indices);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

/* ---- parts ---- */

static void write_indices(const struct qd_shard_reports *reports, struct qd_arena *arena,
                          struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = reports->state;
    static const enum qd_stat_family shown[] = { QD_STATS_DOCS,       QD_STATS_STORE,
                                                 QD_STATS_FIELDDATA,  QD_STATS_QUERY_CACHE,
                                                 QD_STATS_COMPLETION, QD_STATS_SEGMENTS };
    struct qd_stats all, primaries;
    qd_stats_init(&all);
    qd_stats_init(&primaries);
    qd_shard_reports_add_node(reports, NULL, false, &all);
    qd_shard_reports_add_node(reports, NULL, true, &primaries);
    qd_json_member_object(writer, "indices");
    qd_json_member_int(writer, "count", (int64_t)state->index_count);
    write_shards(state, writer);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        /* Documents are those of the primaries, everything else is that of all copies. */
        struct qd_stats_writing writing = { .wanted = 1u << shown[i] };
        qd_stats_write(shown[i] == QD_STATS_DOCS ? &primaries : &all, &writing, writer);
    }
    write_mappings(state, arena, writer);
    qd_json_name(writer, "analysis");
    qd_json_raw(writer,
                QD_SLICE("{\"char_filter_types\":[],\"tokenizer_types\":[],\"filter_types\":[],"
                         "\"analyzer_types\":[],\"built_in_char_filters\":[],\"built_in_tokenizers\":[],"
                         "\"built_in_filters\":[],\"built_in_analyzers\":[]}"));
    qd_json_end_object(writer);
}

/* The health is what the elected node tells of it. */
static bool has_manager(const struct qd_cluster_state *state, const bool *wanted)
{
    for (size_t i = 0; i < state->node_count; i++) {
        if (wanted[i] && qd_slice_equal(state->nodes[i].id, state->master_node_id)) return true;
    }
    return false;
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    const struct request *request = context;
    const struct qd_cluster_state *state = request->facts->state;
    struct qd_call *call = request->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_node_outcome outcome = { state, request->wanted, request->facts->problems,
                                       request->facts->problem_count };
    struct qd_resolved *indices;
    struct qd_health health;
    size_t count = qd_health_all_indices(state, call->arena, &indices);
    qd_health_of(request->coordinator->cluster, call->arena, indices, count, request->now_ms, &health);
    qd_json_begin_object(&writer);
    qd_node_outcome_write(&outcome, &writer);
    qd_json_member_string(&writer, "cluster_uuid", state->cluster_uuid);
    qd_json_member_int(&writer, "timestamp", request->now_ms);
    if (has_manager(state, request->wanted)) {
        qd_json_member_text(&writer, "status", qd_health_name(health.status));
    }
    write_indices(reports, call->arena, &writer);
    qd_cluster_stats_write_nodes(request->facts, request->wanted, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static const bool *wanted_nodes(const struct qd_coordinator *coordinator, const struct qd_call *call,
                                const struct qd_cluster_state *state)
{
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodeId"),
                                     .local_id = coordinator->local_node->id };
    return qd_nodes_select(&filter, call->arena);
}

static void ask_shards(struct qd_coordinator *coordinator, struct qd_call *call,
                       const struct qd_nodes_facts *facts)
{
    struct request *request = QD_NEW(call->arena, struct request);
    bool *nodes = QD_NEW_ARRAY(call->arena, bool, facts->state->node_count);
    *request = (struct request){ .coordinator = coordinator, .call = call, .facts = facts };
    request->wanted = wanted_nodes(coordinator, call, facts->state);
    request->now_ms = coordinator->env->clock->wall_ms(coordinator->env);
    for (size_t i = 0; i < facts->state->node_count; i++) nodes[i] = facts->facts[i] != NULL;
    struct qd_report_wish wish = {
        .state = facts->state, .parts = QD_REPORT_STATS, .all = true, .nodes = nodes
    };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}

void qd_coordinator_cluster_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    qd_nodes_facts_gather(coordinator, call, wanted_nodes(coordinator, call, state), ask_shards);
}
