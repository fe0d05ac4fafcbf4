#include "node/node.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/breaker.h"
#include "base/text.h"
#include "base/units.h"
#include "base/vector.h"
#include "coordinator/cluster_service.h"
#include "coordinator/contexts.h"
#include "coordinator/disk_monitor.h"
#include "coordinator/machine_defaults.h"
#include "coordinator/master_services.h"
#include "coordinator/node_facts.h"
#include "coordinator/reallocation.h"
#include "coordinator/tasks.h"
#include "data/data.h"
#include "data/shard.h"
#include "node/http_settings.h"
#include "node/identity.h"

#define STOP_GRACE_MS 10000
/* Between two tries to join. */
#define JOIN_AGAIN_MS 1000

struct qd_node {
    struct qd_env *env;
    struct qd_arena *arena;               /* as long as the node */
    const struct qd_config *config;
    struct qd_coordinator coordinator;
    int64_t indexing_bytes_max; /* of writes under way */
    int64_t request_cache_bytes_max; /* of answers that are kept */
    int64_t documents_bytes_max;     /* of documents that are kept */
    struct qd_thread_pools thread_pools;
    struct qd_machine_size machine;
    struct qd_breakers breakers;
    struct qd_node_info info;
    struct qd_cluster_service *cluster;
    struct qd_reallocation *reallocation;
    struct qd_master_services services;
    struct qd_transport *transport;
    struct qd_data *data;
    struct qd_tasks *tasks;
    struct qd_contexts *contexts;
    struct qd_rest *rest;
    struct qd_disk_monitor *disk_monitor; /* NULL until the node starts */
    struct qd_http_server *http;
    struct qd_node_tls *tls;              /* or NULL */
    uint16_t http_port;
    struct qd_timer *join_timer;          /* to join again; NULL: none runs */
    bool stopping;
    void (*stopped)(void *context);
    void *stopped_context;
};

/* ---- what data tells ---- */

static void report_taken(void *context, const struct qd_command_outcome *outcome)
{
    struct qd_node *node = context;
    if (outcome->error != NULL && !node->stopping) qd_data_report_later(node->data);
}

static void shard_opened(void *context, const struct qd_shard *shard, struct qd_slice message)
{
    struct qd_node *node = context;
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT,
                                          .source = QD_SLICE("shard-started"),
                                          .done = report_taken, .context = node };
    bool failed = message.data != NULL;
    if (failed) request.source = QD_SLICE("shard-failed");
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", failed ? "shard_failed" : "shard_started");
    if (!failed) {
        qd_json_member_array(&writer, "shards");
        qd_json_begin_object(&writer);
    } else {
        qd_json_member_string(&writer, "message", message);
    }
    qd_json_member_string(&writer, "index", shard->index_name);
    qd_json_member_int(&writer, "shard", shard->number);
    qd_json_member_string(&writer, "allocation_id", shard->allocation_id);
    if (!failed) {
        qd_json_end_object(&writer);
        qd_json_end_array(&writer);
    }
    qd_json_end_object(&writer);
    qd_cluster_service_submit(node->cluster, &request, &command);
}

/* A mapping update that a document asked for. */
struct mapping_request {
    void (*done)(void *context, const struct qd_error *error);
    void *context;
};

static void mapping_updated(void *context, const struct qd_command_outcome *outcome)
{
    struct mapping_request *request = context;
    request->done(request->context, outcome->error);
    free(request);
}

static void update_mapping(void *context, struct qd_slice index, struct qd_slice index_uuid,
                           struct qd_slice update,
                           void (*done)(void *done_context, const struct qd_error *error), void *done_context)
{
    struct qd_node *node = context;
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    struct mapping_request *waiting = calloc(1, sizeof(*waiting));
    struct qd_command_request request = { .priority = QD_PRIORITY_HIGH, .source = QD_SLICE("put-mapping"),
                                          .done = mapping_updated, .context = waiting };
    (void)index_uuid;
    qd_assert(waiting != NULL);
    waiting->done = done;
    waiting->context = done_context;
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "put_mapping");
    qd_json_member_array(&writer, "indices");
    qd_json_string(&writer, index);
    qd_json_end_array(&writer);
    qd_json_name(&writer, "mapping");
    qd_json_raw(&writer, update);
    qd_json_end_object(&writer);
    qd_cluster_service_submit(node->cluster, &request, &command);
}

static void apply_state(void *context, const struct qd_cluster_state *old, struct qd_cluster_state *state)
{
    struct qd_node *node = context;
    if (!node->stopping) qd_data_apply_state(node->data, old, state);
}

/* ---- creating ---- */

static void read_attributes(struct qd_node *node)
{
    QD_VECTOR(struct qd_slice) pairs = { 0 };
    struct qd_slice prefix = QD_SLICE("node.attr.");
    for (size_t i = 0; i < node->config->settings.entry_count; i++) {
        const struct qd_map_entry *entry = &node->config->settings.entries[i];
        if (!qd_slice_starts_with(entry->key, prefix)) continue;
        *QD_PUSH(node->arena, &pairs) = qd_slice_from(entry->key, prefix.size);
        *QD_PUSH(node->arena, &pairs) = *(const struct qd_slice *)entry->value;
    }
    /* The reference marks every node so. */
    *QD_PUSH(node->arena, &pairs) = QD_SLICE("shard_indexing_pressure_enabled");
    *QD_PUSH(node->arena, &pairs) = QD_SLICE("true");
    node->info.attributes = pairs.data;
    node->info.attribute_count = pairs.count / 2;
}

static bool has_role(const struct qd_node *node, const char *role)
{
    struct qd_slice rest = qd_config_get(node->config, "node.roles",
                                         "cluster_manager,data,ingest,remote_cluster_client");
    struct qd_slice part;
    while (qd_split_next(&rest, ',', &part)) {
        if (qd_slice_is(qd_trim(part), role)) return true;
    }
    return false;
}

static enum qd_status read_identity(struct qd_node *node, struct qd_error *error)
{
    struct qd_machine_facts facts = { 0 };
    char id[23];
    struct qd_node_info *info = &node->info;
    QD_TRY(qd_identity_load(node->env, id, error));
    node->env->machine(node->env, &facts);
    info->id = qd_arena_copy(node->arena, qd_slice_from_string(id));
    qd_random_uuid(node->env, id);
    info->ephemeral_id = qd_arena_copy(node->arena, qd_slice_from_string(id));
    struct qd_slice host_name = qd_arena_copy(node->arena, qd_slice_from_string(facts.host_name));
    info->name = qd_config_get(node->config, "node.name", NULL);
    if (info->name.data == NULL) info->name = host_name;
    info->host = info->ip = QD_SLICE("127.0.0.1");
    info->transport_address = QD_SLICE("127.0.0.1:9300");
    info->http_address = QD_SLICE("127.0.0.1:9200");
    info->cluster_manager = has_role(node, "cluster_manager");
    info->data = has_role(node, "data");
    info->ingest = has_role(node, "ingest");
    info->remote_cluster_client = has_role(node, "remote_cluster_client");
    read_attributes(node);
    return QD_OK;
}

static enum qd_status init_breakers(struct qd_node *node, struct qd_error *error)
{
    struct qd_machine_facts facts = { 0 };
    static const struct {
        enum qd_breaker_kind kind;
        const char *key;
    } limits[] = { { QD_BREAKER_REQUEST, "indices.breaker.request.limit" },
                   { QD_BREAKER_FIELDDATA, "indices.breaker.fielddata.limit" },
                   { QD_BREAKER_IN_FLIGHT_REQUESTS, "network.breaker.inflight_requests.limit" } };
    int64_t bytes;
    node->env->machine(node->env, &facts);
    int64_t total = facts.memory_total_bytes == 0 ? (int64_t)1 << 30 : (int64_t)facts.memory_total_bytes;
    qd_breakers_init(&node->breakers, total);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        struct qd_slice text = qd_config_get(node->config, limits[i].key, NULL);
        if (text.data == NULL) continue;
        QD_TRY(qd_bytes_or_percent_parse(text, limits[i].key, total, &bytes, error));
        atomic_store(&node->breakers.child[limits[i].kind].limit, bytes);
    }
    struct qd_slice text = qd_config_get(node->config, "indices.breaker.total.limit", NULL);
    if (text.data == NULL) return QD_OK;
    QD_TRY(qd_bytes_or_percent_parse(text, "indices.breaker.total.limit", total, &bytes, error));
    atomic_store(&node->breakers.limit, bytes);
    return QD_OK;
}

/* For answers a hundredth of the memory by default, as the reference takes one of the heap. */
static enum qd_status read_cache_limits(struct qd_node *node, struct qd_error *error)
{
    static const char key[] = "indices.requests.cache.size";
    struct qd_machine_facts facts = { 0 };
    node->env->machine(node->env, &facts);
    int64_t total = facts.memory_total_bytes == 0 ? (int64_t)1 << 30 : (int64_t)facts.memory_total_bytes;
    QD_TRY(qd_bytes_or_percent_parse(qd_config_get(node->config, key, "1%"), key, total,
                                     &node->request_cache_bytes_max, error));
    static const char documents[] = "quidditch.documents.cache.size";
    return qd_bytes_or_percent_parse(qd_config_get(node->config, documents, "8mb"), documents, total,
                                     &node->documents_bytes_max, error);
}

/* A tenth of the memory by default, as the reference takes a tenth of the heap. */
static enum qd_status read_indexing_limit(struct qd_node *node, struct qd_error *error)
{
    static const char key[] = "indexing_pressure.memory.limit";
    struct qd_machine_facts facts = { 0 };
    node->env->machine(node->env, &facts);
    int64_t total = facts.memory_total_bytes == 0 ? (int64_t)1 << 30 : (int64_t)facts.memory_total_bytes;
    return qd_bytes_or_percent_parse(qd_config_get(node->config, key, "10%"), key, total,
                                     &node->indexing_bytes_max, error);
}

static enum qd_status read_thread_pools(struct qd_node *node, struct qd_error *error)
{
    struct qd_machine_facts facts = { 0 };
    node->env->machine(node->env, &facts);
    node->machine.processors = node->env->work->parallelism(node->env);
    node->machine.online_processors = facts.processors;
    node->machine.memory_bytes = (int64_t)facts.memory_total_bytes;
    node->machine.heap_bytes = atomic_load(&node->breakers.limit);
    return qd_thread_pools_resolve(&node->config->settings, node->machine.processors, node->arena,
                                   &node->thread_pools, error);
}

static void wire(struct qd_node *node)
{
    struct qd_data_options options = { .env = node->env,
                                       .transport = node->transport,
                                       .breakers = &node->breakers,
                                       .node_id = node->info.id,
                                       .indexing_bytes_max = node->indexing_bytes_max,
                                       .settings = &node->config->settings,
                                       .request_cache_bytes_max = node->request_cache_bytes_max,
                                       .documents_bytes_max = node->documents_bytes_max,
                                       .gates = qd_thread_pools_gates(&node->thread_pools, node->info.name),
                                       .events = { node, shard_opened, update_mapping } };
    node->data = qd_data_create(&options);
    qd_cluster_service_add_applier(node->cluster, apply_state, node);
    node->reallocation = qd_reallocation_create(node->env, node->cluster);
    node->tasks = qd_tasks_create();
    node->contexts = qd_contexts_create();
    node->coordinator = (struct qd_coordinator){ .env = node->env,
                                                 .transport = node->transport,
                                                 .cluster = node->cluster,
                                                 .tasks = node->tasks,
                                                 .breakers = &node->breakers,
                                                 .data = node->data,
                                                 .contexts = node->contexts,
                                                 .thread_pools = &node->thread_pools,
                                                 .machine = &node->machine,
                                                 .local_node = &node->info,
                                                 .node_settings = &node->config->settings,
                                                 .started_ms = node->env->clock->wall_ms(node->env) };
    qd_node_facts_register(&node->coordinator);
    node->rest = qd_rest_create(&node->coordinator);
}

enum qd_status qd_node_create(struct qd_env *env, const struct qd_config *config, struct qd_node **result,
                              struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_node *node = QD_NEW(arena, struct qd_node);
    node->arena = arena;
    node->env = env;
    node->config = config;
    node->services = qd_master_services(env);
    enum qd_status status = qd_config_check(config, error);
    if (status == QD_OK) status = read_identity(node, error);
    if (status == QD_OK) status = init_breakers(node, error);
    if (status == QD_OK) status = read_indexing_limit(node, error);
    if (status == QD_OK) status = read_cache_limits(node, error);
    if (status == QD_OK) status = read_thread_pools(node, error);
    if (status == QD_OK) {
        node->cluster = qd_cluster_service_create(env, &node->services);
        node->transport = qd_transport_create(env, node->info.id);
        status = qd_cluster_service_load(node->cluster, qd_config_get(config, "cluster.name", "quidditch"),
                                         error);
    }
    if (status != QD_OK) {
        qd_node_destroy(node);
        return status;
    }
    wire(node);
    *result = node;
    return QD_OK;
}

/* ---- starting ---- */

static void http_connections(void *context, uint64_t *open, uint64_t *opened)
{
    const struct qd_node *node = context;
    struct qd_http_counters counters = qd_http_server_counters(node->http);
    *open = counters.current_open;
    *opened = counters.total_opened;
}

static void write_node(const struct qd_node_info *info, struct qd_json_writer *writer)
{
    static const char *const roles[] = { "cluster_manager", "data", "ingest", "remote_cluster_client" };
    const bool has[] = { info->cluster_manager, info->data, info->ingest, info->remote_cluster_client };
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "id", info->id);
    qd_json_member_string(writer, "ephemeral_id", info->ephemeral_id);
    qd_json_member_string(writer, "name", info->name);
    qd_json_member_string(writer, "host", info->host);
    qd_json_member_string(writer, "ip", info->ip);
    qd_json_member_string(writer, "transport_address", info->transport_address);
    qd_json_member_string(writer, "http_address", info->http_address);
    qd_json_member_array(writer, "roles");
    for (size_t i = 0; i < 4; i++) {
        if (has[i]) qd_json_text_value(writer, roles[i]);
    }
    qd_json_end_array(writer);
    qd_json_member_object(writer, "attributes");
    for (size_t i = 0; i < info->attribute_count; i++) {
        qd_json_name_slice(writer, info->attributes[2 * i]);
        qd_json_string(writer, info->attributes[2 * i + 1]);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void join(void *context);

/* A state that could not be written has no node in it: the node asks again. */
static void joined(void *context, const struct qd_command_outcome *outcome)
{
    struct qd_node *node = context;
    if (outcome->error == NULL || node->stopping) return;
    node->join_timer = node->env->clock->timer_start(node->env, qd_duration_ms(JOIN_AGAIN_MS), join, node);
}

static void join(void *context)
{
    struct qd_node *node = context;
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT, .source = QD_SLICE("node-join"),
                                          .done = joined, .context = node };
    node->join_timer = NULL;
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "node_started");
    qd_json_name(&writer, "node");
    write_node(&node->info, &writer);
    qd_json_end_object(&writer);
    qd_cluster_service_submit(node->cluster, &request, &command);
}

static enum qd_status listen(struct qd_node *node, struct qd_error *error)
{
    struct qd_http_settings settings;
    struct qd_slice host = qd_config_get(node->config, "http.host", NULL);
    uint16_t first, last;
    struct qd_env *network = NULL;
    if (host.data == NULL) host = qd_config_get(node->config, "network.host", "127.0.0.1");
    QD_TRY(qd_http_settings_read(node->config, &settings, error));
    QD_TRY(qd_http_port_read(node->config, &first, &last, error));
    QD_TRY(qd_node_tls_create(node->env, node->config, node->arena, &node->tls, &network, error));
    settings.error_headers = qd_rest_version_header();
    settings.error_header_count = 1;
    node->http = qd_http_server_create(node->env, network, &settings, qd_rest_handle, node->rest);
    node->coordinator.http_connections = http_connections;
    node->coordinator.http_context = node;
    enum qd_status status = QD_IO;
    for (uint32_t at = first; at <= last && status != QD_OK; at++) {
        qd_error_init(error, error->arena);
        status = qd_http_server_listen(node->http, host, (uint16_t)at, &node->http_port, error);
    }
    if (status != QD_OK) return status;
    node->info.http_address = qd_arena_format(node->arena, "%.*s:%u", QD_SLICE_ARG(host), node->http_port);
    node->info.host = node->info.ip = qd_arena_copy(node->arena, host);
    return QD_OK;
}

enum qd_status qd_node_start(struct qd_node *node, bool http, struct qd_error *error)
{
    if (http) QD_TRY(listen(node, error));
    join(node);
    node->disk_monitor = qd_disk_monitor_create(&node->coordinator);
    return QD_OK;
}

/* ---- stopping ---- */

static void check_idle(void *context)
{
    struct qd_node *node = context;
    struct qd_transport_stats stats;
    qd_transport_stats(node->transport, &stats);
    bool watching = node->disk_monitor != NULL && !qd_disk_monitor_stop(node->disk_monitor);
    bool working = qd_rest_calls(node->rest) > 0 || qd_tasks_first(node->tasks) != NULL;
    if (watching || working || stats.in_flight > 0 || !qd_cluster_service_idle(node->cluster)) {
        node->env->clock->timer_start(node->env, qd_duration_ms(1), check_idle, node);
        return;
    }
    node->stopped(node->stopped_context);
}

static void data_closed(void *context)
{
    check_idle(context);
}

static void http_stopped(void *context)
{
    struct qd_node *node = context;
    node->http = NULL;
    node->coordinator.http_connections = NULL;
    qd_data_close(node->data, data_closed, node);
}

void qd_node_stop(struct qd_node *node, void (*stopped)(void *context), void *context)
{
    node->stopping = true;
    if (node->join_timer != NULL) node->env->clock->timer_stop(node->env, node->join_timer);
    node->join_timer = NULL;
    qd_reallocation_stop(node->reallocation);
    node->stopped = stopped;
    node->stopped_context = context;
    if (node->http == NULL) {
        qd_data_close(node->data, data_closed, node);
        return;
    }
    qd_http_server_stop(node->http, qd_duration_ms(STOP_GRACE_MS), http_stopped, node);
}

void qd_node_destroy(struct qd_node *node)
{
    if (node == NULL) return;
    qd_disk_monitor_destroy(node->disk_monitor);
    qd_rest_destroy(node->rest);
    qd_tasks_destroy(node->tasks);
    qd_contexts_destroy(node->contexts);
    qd_data_destroy(node->data);
    qd_transport_destroy(node->transport);
    qd_reallocation_destroy(node->reallocation);
    qd_cluster_service_destroy(node->cluster);
    qd_node_tls_destroy(node->tls);
    qd_arena_destroy(node->arena);
}

struct qd_rest *qd_node_rest(struct qd_node *node)
{
    return node->rest;
}

uint16_t qd_node_http_port(const struct qd_node *node)
{
    return node->http_port;
}

struct qd_data *qd_node_data(struct qd_node *node)
{
    return node->data;
}
