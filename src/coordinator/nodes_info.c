/* GET _nodes: what the nodes are made of. */
#include "base/date.h"
#include "base/product.h"
#include "base/wildcard.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/stats_json.h"
#include "coordinator/thread_pools.h"

/* What a section is written from. */
struct info {
    struct qd_slice cluster_name;
    const struct qd_node_info *node;
    const struct qd_node_facts *facts;
    struct qd_arena *arena;
    bool flat;               /* ?flat_settings */
};

static void put_text(struct qd_map *map, struct qd_slice key, struct qd_slice text)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    bool list = text.size > 0 && text.data[0] == '[';
    if (!list) qd_json_string(&writer, text);
    qd_state_map_put(map, map->arena, key, list ? text : qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
}

static void write_settings(const struct info *info, struct qd_json_writer *writer)
{
    const struct qd_node_facts *facts = info->facts;
    struct qd_map map;
    qd_map_init(&map, info->arena);
    put_text(&map, QD_SLICE("client.type"), QD_SLICE("node"));
    put_text(&map, QD_SLICE("node.name"), info->node->name);
    put_text(&map, QD_SLICE("cluster.name"), info->cluster_name);
    for (size_t i = 0; i < facts->setting_count; i++) {
        put_text(&map, facts->settings[i].key, facts->settings[i].text);
    }
    qd_json_name(writer, "settings");
    qd_settings_write(&map, info->flat, writer);
}

static void write_os(const struct info *info, struct qd_json_writer *writer)
{
    const struct qd_machine_facts *machine = &info->facts->machine;
    qd_json_member_object(writer, "os");
    qd_json_member_millis(writer, "refresh_interval_in_millis", "refresh_interval", 1000);
    qd_json_member_text(writer, "name", machine->os_name);
    qd_json_member_text(writer, "pretty_name", machine->os_pretty_name);
    qd_json_member_text(writer, "arch", "amd64");
    qd_json_member_text(writer, "version", machine->os_version);
    qd_json_member_int(writer, "available_processors", machine->processors);
    qd_json_member_int(writer, "allocated_processors", info->facts->parallelism);
    qd_json_end_object(writer);
}

static void write_process(const struct info *info, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "process");
    qd_json_member_millis(writer, "refresh_interval_in_millis", "refresh_interval", 1000);
    qd_json_member_int(writer, "id", info->facts->machine.process_id);
    qd_json_member_bool(writer, "mlockall", false);
    qd_json_end_object(writer);
}

static void write_start_time(int64_t milliseconds, struct qd_json_writer *writer)
{
    struct qd_buffer text = { 0 };
    qd_date_print_iso_millis(milliseconds, &text);
    qd_json_member_string(writer, "start_time", qd_buffer_view(&text));
    qd_buffer_deinit(&text);
}

/* There is no virtual machine: the section says what stands for it. */
static void write_jvm(const struct info *info, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "jvm");
    qd_json_member_int(writer, "pid", info->facts->machine.process_id);
    qd_json_member_text(writer, "version", "none");
    qd_json_member_text(writer, "vm_name", "Quidditch native code");
    qd_json_member_text(writer, "vm_version", QD_PRODUCT_VERSION);
    qd_json_member_text(writer, "vm_vendor", "Quidditch");
    qd_json_member_bool(writer, "bundled_jdk", false);
    qd_json_name(writer, "using_bundled_jdk");
    qd_json_null(writer);
    if (writer->human) write_start_time(info->facts->started_ms, writer);
    qd_json_member_int(writer, "start_time_in_millis", info->facts->started_ms);
    qd_json_member_object(writer, "mem");
    qd_json_member_bytes(writer, "heap_init_in_bytes", "heap_init", 0);
    qd_json_member_bytes(writer, "heap_max_in_bytes", "heap_max", info->facts->heap_max);
    qd_json_member_bytes(writer, "non_heap_init_in_bytes", "non_heap_init", 0);
    qd_json_member_bytes(writer, "non_heap_max_in_bytes", "non_heap_max", 0);
    qd_json_member_bytes(writer, "direct_max_in_bytes", "direct_max", 0);
    qd_json_end_object(writer);
    qd_json_member_array(writer, "gc_collectors");
    qd_json_end_array(writer);
    qd_json_member_array(writer, "memory_pools");
    qd_json_end_array(writer);
    qd_json_member_text(writer, "using_compressed_ordinary_object_pointers", "false");
    qd_json_member_array(writer, "input_arguments");
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

static void write_thread_pool(const struct info *info, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "thread_pool");
    const struct qd_thread_pools *pools = &info->facts->pools;
    for (size_t i = 0; i < pools->count; i++) {
        struct qd_thread_pool pool = pools->pools[i];
        qd_json_member_object(writer, pool.name);
        qd_json_member_text(writer, "type", pool.type);
        if (pool.core >= 0) {
            qd_json_member_int(writer, "core", pool.core);
            qd_json_member_int(writer, "max", pool.max);
            qd_json_member_string(writer, "keep_alive", pool.keep_alive);
        } else {
            qd_json_member_int(writer, "size", pool.size);
        }
        qd_json_member_int(writer, "queue_size", pool.queue_size);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_addresses(struct qd_slice address, struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "bound_address");
    qd_json_string(writer, address);
    qd_json_end_array(writer);
    qd_json_member_string(writer, "publish_address", address);
}

static void write_transport(const struct info *info, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "transport");
    write_addresses(info->node->transport_address, writer);
    qd_json_member_object(writer, "profiles");
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_http(const struct info *info, struct qd_json_writer *writer)
{
    if (info->node->http_address.size == 0) return;
    qd_json_member_object(writer, "http");
    write_addresses(info->node->http_address, writer);
    qd_json_member_bytes(writer, "max_content_length_in_bytes", "max_content_length", (int64_t)100 << 20);
    qd_json_end_object(writer);
}

/* What the reference ships as modules is part of this program; those that are complete enough to be asked for
 * by name. */
static void write_plugins(const struct info *info, struct qd_json_writer *writer)
{
    static const struct {
        const char *name, *description;
    } modules[] = { { "analysis-common", "Analyzers, built in" },
                    { "mapper-extras", "Field types, built in" } };
    (void)info;
    qd_json_member_array(writer, "plugins");
    qd_json_end_array(writer);
    qd_json_member_array(writer, "modules");
    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        qd_json_begin_object(writer);
        qd_json_member_text(writer, "name", modules[i].name);
        qd_json_member_text(writer, "version", QD_OPENSEARCH_VERSION);
        qd_json_member_text(writer, "opensearch_version", QD_OPENSEARCH_VERSION);
        qd_json_member_text(writer, "java_version", "none");
        qd_json_member_text(writer, "description", modules[i].description);
        qd_json_member_text(writer, "classname", "");
        qd_json_member_text(writer, "custom_foldername", "");
        qd_json_member_array(writer, "extended_plugins");
        qd_json_end_array(writer);
        qd_json_member_bool(writer, "has_native_controller", true);
        qd_json_member_array(writer, "optional_extended_plugins");
        qd_json_end_array(writer);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
}

static void write_ingest(const struct info *info, struct qd_json_writer *writer)
{
    (void)info;
    qd_json_member_object(writer, "ingest");
    qd_json_member_array(writer, "processors");
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

/* The aggregations that are there, with the kinds of values they take. */
static void write_aggregations(const struct info *info, struct qd_json_writer *writer)
{
    static const char numbers[] = "{\"types\":[\"boolean\",\"date\",\"numeric\"]}";
    static const char other[] = "{\"types\":[\"other\"]}";
    static const struct {
        const char *name, *types;
    } kinds[] = {
        { "avg", numbers },
        { "filter", other },
        { "filters", other },
        { "global", other },
        { "max", numbers },
        { "min", numbers },
        { "missing", "{\"types\":[\"boolean\",\"bytes\",\"date\",\"geo_shape\",\"geopoint\",\"ip\","
                     "\"numeric\",\"range\"]}" },
        { "stats", numbers },
        { "sum", numbers },
        { "terms", "{\"types\":[\"boolean\",\"bytes\",\"date\",\"ip\",\"numeric\"]}" },
        { "value_count", "{\"types\":[\"boolean\",\"bytes\",\"date\",\"geo_shape\",\"geopoint\",\"ip\","
                         "\"numeric\",\"range\"]}" },
    };
    (void)info;
    qd_json_member_object(writer, "aggregations");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        qd_json_name(writer, kinds[i].name);
        qd_json_raw(writer, qd_slice_from_string(kinds[i].types));
    }
    qd_json_end_object(writer);
}

static void write_search_pipelines(const struct info *info, struct qd_json_writer *writer)
{
    (void)info;
    qd_json_name(writer, "search_pipelines");
    qd_json_raw(writer, QD_SLICE("{\"phase_results_processors\":[],\"request_processors\":[],"
                                 "\"response_processors\":[]}"));
}

/* The sections in the order of the answer. */
static const struct {
    const char *metric;
    void (*write)(const struct info *info, struct qd_json_writer *writer);
} sections[] = {
    { "settings", write_settings },   { "os", write_os },
    { "process", write_process },     { "jvm", write_jvm },
    { "thread_pool", write_thread_pool }, { "transport", write_transport },
    { "http", write_http },           { "plugins", write_plugins },
    { "ingest", write_ingest },       { "aggregations", write_aggregations },
    { "search_pipelines", write_search_pipelines },
};
#define SECTION_COUNT (sizeof(sections) / sizeof(sections[0]))

static bool wants(const struct qd_slice *metrics, size_t count, const char *metric)
{
    bool found = count == 0;
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(metrics[i], metric) || qd_slice_is(metrics[i], "_all")) found = true;
    }
    return found;
}

static bool is_metric(struct qd_slice name)
{
    if (qd_slice_is(name, "indices") || qd_slice_is(name, "_all")) return true;
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (qd_slice_is(name, sections[i].metric)) return true;
    }
    return false;
}

static void write_node(const struct info *info, const struct qd_slice *metrics, size_t count,
                       struct qd_json_writer *writer)
{
    const struct qd_node_info *node = info->node;
    qd_json_name_slice(writer, node->id);
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", node->name);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_json_member_string(writer, "host", node->host);
    qd_json_member_string(writer, "ip", node->ip);
    qd_json_member_text(writer, "version", QD_OPENSEARCH_VERSION);
    qd_json_member_text(writer, "build_type", QD_OPENSEARCH_BUILD_TYPE);
    qd_json_member_text(writer, "build_hash", QD_OPENSEARCH_BUILD_HASH);
    if (wants(metrics, count, "indices")) {
        qd_json_member_bytes(writer, "total_indexing_buffer_in_bytes", "total_indexing_buffer",
                             info->facts->heap_max / 10);
    }
    qd_json_name(writer, "roles");
    qd_nodes_write_roles(node, writer);
    if (node->attribute_count > 0) {
        qd_json_member_object(writer, "attributes");
        for (size_t i = 0; i < node->attribute_count; i++) {
            qd_json_name_slice(writer, node->attributes[2 * i]);
            qd_json_string(writer, node->attributes[2 * i + 1]);
        }
        qd_json_end_object(writer);
    }
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (wants(metrics, count, sections[i].metric)) sections[i].write(info, writer);
    }
    qd_json_end_object(writer);
}

/* What a request asks for. */
struct request {
    struct qd_slice *metrics; /* metrics[count]; none: all */
    size_t count;
    const bool *nodes;        /* by place in the state's nodes */
    bool flat;
};

static enum qd_status read_request(const struct qd_coordinator *coordinator, struct qd_call *call,
                                   const struct qd_cluster_state *state, struct request *request)
{
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodeId"),
                                     .local_id = coordinator->local_node->id };
    request->count = qd_call_list(call, "metrics", &request->metrics);
    /* GET _nodes/{x}: metrics when all parts are, else nodes. */
    if (qd_call_parameter(call, "metrics").data == NULL && filter.text.size > 0) {
        request->count = qd_call_list(call, "nodeId", &request->metrics);
        bool all = true;
        for (size_t i = 0; i < request->count; i++) all = all && is_metric(request->metrics[i]);
        if (all) {
            filter.text = (struct qd_slice){ 0 };
        } else {
            request->count = 0;
        }
    }
    request->nodes = qd_nodes_select(&filter, call->arena);
    /* It is read where it is needed. */
    if (!wants(request->metrics, request->count, "settings")) return QD_OK;
    return qd_call_bool(call, "flat_settings", &request->flat, &call->error);
}

static void answer(struct qd_coordinator *coordinator, struct qd_call *call,
                   const struct qd_nodes_facts *facts)
{
    const struct qd_cluster_state *state = facts->state;
    struct qd_json_writer writer = qd_call_writer(call);
    struct request request = { 0 };
    if (read_request(coordinator, call, state, &request) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct info info = { .cluster_name = state->cluster_name, .arena = call->arena, .flat = request.flat };
    struct qd_node_outcome outcome = { state, request.nodes, facts->problems, facts->problem_count };
    qd_json_begin_object(&writer);
    qd_node_outcome_write(&outcome, &writer);
    qd_json_member_object(&writer, "nodes");
    for (size_t i = 0; i < state->node_count; i++) {
        info.node = &state->nodes[i];
        info.facts = facts->facts[i];
        if (info.facts != NULL) write_node(&info, request.metrics, request.count, &writer);
    }
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

void qd_coordinator_nodes_info(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct request request = { 0 };
    if (read_request(coordinator, call, state, &request) != QD_OK) {
        qd_call_fail(call);
    } else {
        qd_nodes_facts_gather(coordinator, call, request.nodes, answer);
    }
}
