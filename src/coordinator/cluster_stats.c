/* GET _cluster/stats: the cluster in numbers. */
#include "base/product.h"
#include "base/vector.h"
#include "coordinator/cluster_service.h"
#include "coordinator/health.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/shard_reports.h"
#include "coordinator/stats_gather.h"

#define FIELD_DEPTH_MAX 1000

/* A request that waits for the shards. */
struct request {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    const struct qd_node_facts *facts;
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

static void write_node_counts(const struct qd_cluster_state *state, const bool *wanted,
                              struct qd_json_writer *writer)
{
    int64_t total = 0, manager = 0, data = 0, ingest = 0, remote = 0, plain = 0;
    for (size_t i = 0; i < state->node_count; i++) {
        const struct qd_node_info *node = &state->nodes[i];
        if (!wanted[i]) continue;
        total++;
        manager += node->cluster_manager;
        data += node->data;
        ingest += node->ingest;
        remote += node->remote_cluster_client;
        plain += !node->cluster_manager && !node->data && !node->ingest && !node->remote_cluster_client;
    }
    qd_json_member_object(writer, "count");
    qd_json_member_int(writer, "total", total);
    qd_json_member_int(writer, "cluster_manager", manager);
    qd_json_member_int(writer, "coordinating_only", plain);
    qd_json_member_int(writer, "data", data);
    qd_json_member_int(writer, "ingest", ingest);
    qd_json_member_int(writer, "master", manager);
    qd_json_member_int(writer, "remote_cluster_client", remote);
    qd_json_member_int(writer, "search", 0);
    qd_json_member_int(writer, "warm", 0);
    qd_json_end_object(writer);
}

static void write_os(const struct qd_coordinator *coordinator, const struct qd_node_facts *facts,
                     struct qd_json_writer *writer)
{
    const struct qd_machine_facts *machine = &facts->machine;
    qd_json_member_object(writer, "os");
    qd_json_member_int(writer, "available_processors", machine->processors);
    qd_json_member_int(writer, "allocated_processors", coordinator->env->work->parallelism(coordinator->env));
    for (int i = 0; i < 2; i++) {
        qd_json_member_array(writer, i == 0 ? "names" : "pretty_names");
        qd_json_begin_object(writer);
        qd_json_member_text(writer, i == 0 ? "name" : "pretty_name",
                            i == 0 ? machine->os_name : machine->os_pretty_name);
        qd_json_member_int(writer, "count", 1);
        qd_json_end_object(writer);
        qd_json_end_array(writer);
    }
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)machine->memory_total_bytes);
    qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)machine->memory_free_bytes);
    qd_json_member_bytes(writer, "used_in_bytes", "used", (int64_t)facts->memory_used);
    qd_json_member_int(writer, "free_percent", 100 - facts->memory_used_percent);
    qd_json_member_int(writer, "used_percent", facts->memory_used_percent);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "process");
    qd_json_member_object(writer, "cpu");
    qd_json_member_int(writer, "percent", machine->process_cpu_percent);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "open_file_descriptors");
    qd_json_member_int(writer, "min", (int64_t)machine->open_files);
    qd_json_member_int(writer, "max", (int64_t)machine->open_files);
    qd_json_member_int(writer, "avg", (int64_t)machine->open_files);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_jvm(const struct qd_coordinator *coordinator, const struct qd_node_facts *facts,
                      struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "jvm");
    qd_json_member_millis(writer, "max_uptime_in_millis", "max_uptime", facts->uptime_ms);
    qd_json_member_array(writer, "versions");
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "version", "none");
    qd_json_member_text(writer, "vm_name", "Quidditch native code");
    qd_json_member_text(writer, "vm_version", QD_PRODUCT_VERSION);
    qd_json_member_text(writer, "vm_vendor", "Quidditch");
    qd_json_member_bool(writer, "bundled_jdk", false);
    qd_json_name(writer, "using_bundled_jdk");
    qd_json_null(writer);
    qd_json_member_int(writer, "count", 1);
    qd_json_end_object(writer);
    qd_json_end_array(writer);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "heap_used_in_bytes", "heap_used", facts->heap_used);
    qd_json_member_bytes(writer, "heap_max_in_bytes", "heap_max", facts->heap_max);
    qd_json_end_object(writer);
    qd_json_member_int(writer, "threads", coordinator->env->work->parallelism(coordinator->env) + 1);
    qd_json_end_object(writer);
}

static void write_nodes(const struct request *request, const struct qd_cluster_state *state,
                        const bool *wanted, struct qd_json_writer *writer)
{
    const struct qd_node_facts *facts = request->facts;
    qd_json_member_object(writer, "nodes");
    write_node_counts(state, wanted, writer);
    qd_json_name(writer, "versions");
    qd_json_raw(writer, QD_SLICE("[\"" QD_OPENSEARCH_VERSION "\"]"));
    write_os(request->coordinator, facts, writer);
    write_jvm(request->coordinator, facts, writer);
    qd_json_member_object(writer, "fs");
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)facts->disk_total);
    qd_json_member_bytes(writer, "free_in_bytes", "free", (int64_t)facts->machine.volume.free_bytes);
    qd_json_member_bytes(writer, "available_in_bytes", "available", (int64_t)facts->disk_available);
    qd_json_member_bytes(writer, "cache_reserved_in_bytes", "cache_reserved", 0);
    qd_json_end_object(writer);
    qd_json_name(writer, "plugins");
    qd_json_raw(writer, QD_SLICE("[]"));
    qd_json_name(writer, "network_types");
    qd_json_raw(writer, QD_SLICE("{\"transport_types\":{\"quidditch\":1},\"http_types\":{\"quidditch\":1}}"));
    qd_json_name(writer, "discovery_types");
    qd_json_raw(writer, QD_SLICE("{\"single-node\":1}"));
    qd_json_name(writer, "packaging_types");
    qd_json_raw(writer, QD_SLICE("[{\"type\":\"" QD_OPENSEARCH_BUILD_TYPE "\",\"count\":1}]"));
    qd_json_name(writer, "ingest");
    qd_json_raw(writer, QD_SLICE("{\"number_of_pipelines\":0,\"processor_stats\":{}}"));
    qd_json_end_object(writer);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    const struct request *request = context;
    const struct qd_cluster_state *state = reports->state;
    struct qd_call *call = request->call;
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodeId"),
                                     .local_id = request->coordinator->local_node->id };
    const bool *wanted = qd_nodes_select(&filter, call->arena);
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_resolved *indices;
    struct qd_health health;
    size_t count = qd_health_all_indices(state, call->arena, &indices);
    qd_health_of(request->coordinator->cluster, call->arena, indices, count, request->facts->now_ms, &health);
    qd_json_begin_object(&writer);
    qd_shard_reports_write_nodes(reports, wanted, &writer);
    qd_json_member_string(&writer, "cluster_uuid", state->cluster_uuid);
    qd_json_member_int(&writer, "timestamp", request->facts->now_ms);
    qd_json_member_text(&writer, "status", qd_health_name(health.status));
    write_indices(reports, call->arena, &writer);
    write_nodes(request, state, wanted, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static void ask_shards(struct qd_coordinator *coordinator, struct qd_call *call,
                       const struct qd_node_facts *facts)
{
    struct request *request = QD_NEW(call->arena, struct request);
    struct qd_report_wish wish = { .parts = QD_REPORT_STATS, .all = true };
    *request = (struct request){ coordinator, call, facts };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}

void qd_coordinator_cluster_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    qd_node_facts_gather(coordinator, call, ask_shards);
}
