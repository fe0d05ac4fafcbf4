/* GET _cluster/health: the state of the shards, and waiting for it. */
#include "coordinator/health.h"

#include <stdio.h>

#include "base/number.h"
#include "base/text.h"
#include "coordinator/active_shards.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/operations.h"
#include "coordinator/stats_json.h"

#define NO_WAIT INT64_MIN

/* How wait_for_nodes compares. */
enum node_comparison { NODES_EQUAL, NODES_AT_LEAST, NODES_AT_MOST, NODES_MORE, NODES_FEWER };

/* A request under way. */
struct health_call {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_indices_options options;
    struct qd_slice level;
    int64_t timeout_ms;
    int wanted_status;              /* -1: none */
    bool no_relocating, no_initializing;
    int64_t active_shards;          /* QD_ACTIVE_SHARDS_ALL, or NO_WAIT */
    int64_t nodes;                  /* NO_WAIT */
    enum node_comparison comparison;
    bool wait_for_events;
    enum qd_priority priority;
};

const char *qd_health_name(int status)
{
    static const char *const names[] = { "green", "yellow", "red" };
    return names[status];
}

struct qd_slice qd_health_percent(double percent, struct qd_arena *arena)
{
    return qd_arena_format(arena, "%.1f%%", percent);
}

size_t qd_health_all_indices(const struct qd_cluster_state *state, struct qd_arena *arena,
                             struct qd_resolved **indices)
{
    *indices = QD_NEW_ARRAY(arena, struct qd_resolved, state->index_count);
    for (size_t i = 0; i < state->index_count; i++) (*indices)[i].index = state->indices[i];
    return state->index_count;
}

void qd_health_of(const struct qd_cluster_service *service, struct qd_arena *arena,
                  const struct qd_resolved *indices, size_t count, int64_t now_ms, struct qd_health *health)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(service);
    struct qd_pending_task *tasks;
    *health = (struct qd_health){ .nodes = (uint32_t)state->node_count,
                                  .has_manager = state->master_node_id.data != NULL };
    for (size_t i = 0; i < state->node_count; i++) health->data_nodes += state->nodes[i].data;
    for (size_t i = 0; i < count; i++) {
        int status = qd_index_health(indices[i].index, &health->counts);
        if (status > health->status) health->status = status;
    }
    if (!state->recovered) health->status = 2;
    health->pending_tasks = qd_cluster_service_pending(service, arena, &tasks);
    for (size_t i = 0; i < health->pending_tasks; i++) {
        int64_t wait = now_ms - tasks[i].submitted_ms;
        if (wait > health->longest_wait_ms) health->longest_wait_ms = wait;
    }
    uint32_t total = health->counts.active + health->counts.initializing + health->counts.unassigned;
    health->active_percent = total == 0 ? 100 : 100.0 * health->counts.active / total;
}

/* ---- parameters ---- */

static enum qd_status no_constant(const char *type, struct qd_slice text, struct qd_call *call)
{
    struct qd_slice upper = qd_uppercase(call->arena, text);
    return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "No enum constant org.opensearch.%s.%.*s", type,
                        QD_SLICE_ARG(upper));
}

static enum qd_status read_status(struct health_call *health)
{
    struct qd_slice text = qd_call_parameter(health->call, "wait_for_status");
    health->wanted_status = -1;
    if (text.data == NULL) return QD_OK;
    for (int i = 0; i < 3; i++) {
        if (qd_equal_ignore_case(text, qd_slice_from_string(qd_health_name(i)))) health->wanted_status = i;
    }
    if (health->wanted_status >= 0) return QD_OK;
    return no_constant("cluster.health.ClusterHealthStatus", text, health->call);
}

static enum qd_status read_priority(struct health_call *health)
{
    static const char *const names[] = { "immediate", "urgent", "high", "normal", "low", "languid" };
    struct qd_slice text = qd_call_parameter(health->call, "wait_for_events");
    if (text.data == NULL) return QD_OK;
    for (unsigned i = 0; i < 6; i++) {
        if (!qd_equal_ignore_case(text, qd_slice_from_string(names[i]))) continue;
        health->wait_for_events = true;
        health->priority = (enum qd_priority)i;
        return QD_OK;
    }
    return no_constant("common.Priority", text, health->call);
}

static enum qd_status read_nodes(struct health_call *health)
{
    static const struct {
        const char *prefix;
        enum node_comparison comparison;
        bool parenthesis;
    } forms[] = {
        { ">=", NODES_AT_LEAST, false }, { "ge(", NODES_AT_LEAST, true }, { "<=", NODES_AT_MOST, false },
        { "le(", NODES_AT_MOST, true },  { ">", NODES_MORE, false },      { "gt(", NODES_MORE, true },
        { "<", NODES_FEWER, false },     { "lt(", NODES_FEWER, true },    { "", NODES_EQUAL, false },
    };
    struct qd_slice text = qd_call_parameter(health->call, "wait_for_nodes");
    health->nodes = NO_WAIT;
    if (text.size == 0) return QD_OK;
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct qd_slice prefix = qd_slice_from_string(forms[i].prefix);
        if (!qd_slice_starts_with(text, prefix)) continue;
        text = qd_slice_from(text, prefix.size);
        if (forms[i].parenthesis && text.size > 0) text.size--;
        health->comparison = forms[i].comparison;
        break;
    }
    if (qd_parse_int64(text, &health->nodes) && health->nodes <= INT32_MAX && health->nodes >= INT32_MIN) {
        return QD_OK;
    }
    return qd_error_set(&health->call->error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"",
                        QD_SLICE_ARG(text));
}

static enum qd_status read_active_shards(struct health_call *health)
{
    struct qd_slice text = qd_call_parameter(health->call, "wait_for_active_shards");
    struct qd_active_wait wait = { 0 };
    health->active_shards = NO_WAIT;
    if (text.data == NULL) return QD_OK;
    QD_TRY(qd_active_wait_parse(&wait, text, &health->call->error));
    if (wait.wanted > 0 || wait.wanted == QD_ACTIVE_SHARDS_ALL) health->active_shards = wait.wanted;
    return QD_OK;
}

/* A name that is not there is waited for; one that cannot be a name is an error. */
static enum qd_status check_names(const struct health_call *health)
{
    struct qd_call *call = health->call;
    struct qd_expression expression = { .state = qd_cluster_service_state(health->coordinator->cluster),
                                        .text = qd_call_parameter(call, "index"),
                                        .options = health->options,
                                        .now_ms = call->start_ms };
    struct qd_resolved *indices;
    size_t count;
    expression.options.ignore_unavailable = true;
    enum qd_status status = qd_resolve(&expression, call->arena, &indices, &count, &call->error);
    if (status != QD_INDEX_NOT_FOUND && status != QD_INDEX_CLOSED) return status;
    qd_error_init(&call->error, call->arena);
    return QD_OK;
}

static enum qd_status read_call(struct health_call *health)
{
    struct qd_call *call = health->call;
    bool local = false, weighed_in = false;
    health->timeout_ms = 30000;
    health->level = qd_call_parameter(call, "level");
    health->options = qd_options_lenient();
    health->options.expand_closed = health->options.expand_hidden = true;
    if (qd_call_parameter(call, "wait_for_relocating_shards").data != NULL) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                            "wait_for_relocating_shards has been removed, use wait_for_no_relocating_shards "
                            "[true/false] instead");
    }
    if (qd_call_parameter(call, "awareness_attribute").data != NULL &&
        !qd_slice_is(health->level, "awareness_attributes")) {
        return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: level=awareness_attributes is required with "
                            "awareness_attribute parameter;");
    }
    QD_TRY(qd_options_of_call(call, &health->options, &call->error));
    QD_TRY(qd_call_bool(call, "local", &local, &call->error));
    QD_TRY(qd_call_bool(call, "ensure_node_weighed_in", &weighed_in, &call->error));
    if (weighed_in && !local) {
        return qd_error_set(
            &call->error, QD_ACTION_REQUEST_VALIDATION,
            "Validation Failed: 1: not a local request to ensure local node commissioned or weighed "
            "in;");
    }
    QD_TRY(qd_manager_timeout_of_call(call, &health->timeout_ms, &call->error));
    health->timeout_ms = 30000;
    QD_TRY(qd_call_time(call, "timeout", &health->timeout_ms, &call->error));
    QD_TRY(read_status(health));
    QD_TRY(qd_call_bool(call, "wait_for_no_relocating_shards", &health->no_relocating, &call->error));
    QD_TRY(qd_call_bool(call, "wait_for_no_initializing_shards", &health->no_initializing, &call->error));
    QD_TRY(read_active_shards(health));
    QD_TRY(read_nodes(health));
    QD_TRY(read_priority(health));
    return check_names(health);
}

/* ---- waiting ---- */

/* The indices of the request as they are now. *missing: one that was named does not exist. */
static size_t find_indices(const struct health_call *health, struct qd_resolved **indices, bool *missing)
{
    struct qd_call *call = health->call;
    const struct qd_cluster_state *state = qd_cluster_service_state(health->coordinator->cluster);
    struct qd_expression expression = { .state = state, .text = qd_call_parameter(call, "index"),
                                        .options = health->options, .now_ms = call->start_ms };
    struct qd_error error;
    size_t count = 0;
    *missing = false;
    if (expression.text.size == 0) return qd_health_all_indices(state, call->arena, indices);
    qd_error_init(&error, call->arena);
    expression.options.ignore_unavailable = false;
    *missing = qd_resolve(&expression, call->arena, indices, &count, &error) != QD_OK;
    if (!*missing) return count;
    expression.options.ignore_unavailable = true;
    return qd_resolve(&expression, call->arena, indices, &count, &error) == QD_OK ? count : 0;
}

static bool enough_nodes(const struct health_call *health, int64_t nodes)
{
    switch (health->comparison) {
    case NODES_EQUAL: return nodes == health->nodes;
    case NODES_AT_LEAST: return nodes >= health->nodes;
    case NODES_AT_MOST: return nodes <= health->nodes;
    case NODES_MORE: return nodes > health->nodes;
    case NODES_FEWER: return nodes < health->nodes;
    }
    return false;
}

static bool satisfied(const struct health_call *health, const struct qd_health *now, bool missing)
{
    const struct qd_shard_counts *counts = &now->counts;
    if (missing) return false;
    if (health->wanted_status >= 0 && now->status > health->wanted_status) return false;
    if (health->no_relocating && counts->relocating > 0) return false;
    if (health->no_initializing && counts->initializing > 0) return false;
    if (health->active_shards == QD_ACTIVE_SHARDS_ALL) {
        if (counts->initializing + counts->unassigned > 0) return false;
    } else if (health->active_shards != NO_WAIT && counts->active < health->active_shards) {
        return false;
    }
    return health->nodes == NO_WAIT || enough_nodes(health, now->nodes);
}

static bool evaluate(const struct health_call *health, struct qd_health *now, struct qd_resolved **indices,
                     size_t *count)
{
    bool missing;
    struct qd_env *env = health->coordinator->env;
    *count = find_indices(health, indices, &missing);
    qd_health_of(health->coordinator->cluster, health->call->arena, *indices, *count,
                 env->clock->wall_ms(env), now);
    if (missing) now->status = 2;
    return satisfied(health, now, missing);
}

static bool holds(void *context, const struct qd_cluster_state *state)
{
    struct health_call *health = context;
    struct qd_health now;
    struct qd_resolved *indices;
    size_t count;
    (void)state;
    return atomic_load(&health->call->cancelled) || evaluate(health, &now, &indices, &count);
}

/* ---- the answer ---- */

static void write_counts(const struct qd_shard_counts *counts, struct qd_json_writer *writer)
{
    qd_json_member_int(writer, "active_shards", counts->active);
    qd_json_member_int(writer, "relocating_shards", counts->relocating);
    qd_json_member_int(writer, "initializing_shards", counts->initializing);
    qd_json_member_int(writer, "unassigned_shards", counts->unassigned);
}

/* One shard: its copies are an index of one shard for the counting. */
static void write_shard(const struct qd_index_metadata *index, uint32_t number, struct qd_json_writer *writer)
{
    struct qd_shard_counts counts = { 0 };
    struct qd_index_metadata one = *index;
    char name[16];
    one.shard_count = 1;
    one.routing = index->routing + (size_t)number * (1 + index->replica_count);
    int status = qd_index_health(&one, &counts);
    snprintf(name, sizeof(name), "%u", number);
    qd_json_member_object(writer, name);
    qd_json_member_text(writer, "status", qd_health_name(status));
    qd_json_member_bool(writer, "primary_active", counts.active_primary > 0);
    write_counts(&counts, writer);
    qd_json_end_object(writer);
}

static void write_index(const struct qd_index_metadata *index, bool shards, struct qd_json_writer *writer)
{
    struct qd_shard_counts counts = { 0 };
    int status = qd_index_health(index, &counts);
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "status", qd_health_name(status));
    qd_json_member_int(writer, "number_of_shards", index->shard_count);
    qd_json_member_int(writer, "number_of_replicas", index->replica_count);
    qd_json_member_int(writer, "active_primary_shards", counts.active_primary);
    write_counts(&counts, writer);
    if (shards) {
        qd_json_member_object(writer, "shards");
        for (uint32_t i = 0; i < index->shard_count; i++) write_shard(index, i, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_summary(const struct health_call *health, const struct qd_health *now, bool timed_out,
                          struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(health->coordinator->cluster);
    qd_json_member_string(writer, "cluster_name", state->cluster_name);
    qd_json_member_text(writer, "status", qd_health_name(now->status));
    qd_json_member_bool(writer, "timed_out", timed_out);
    qd_json_member_int(writer, "number_of_nodes", now->nodes);
    qd_json_member_int(writer, "number_of_data_nodes", now->data_nodes);
    qd_json_member_bool(writer, "discovered_master", now->has_manager);
    qd_json_member_bool(writer, "discovered_cluster_manager", now->has_manager);
    qd_json_member_int(writer, "active_primary_shards", now->counts.active_primary);
    write_counts(&now->counts, writer);
    qd_json_member_int(writer, "delayed_unassigned_shards", now->counts.delayed_unassigned);
    qd_json_member_int(writer, "number_of_pending_tasks", (int64_t)now->pending_tasks);
    qd_json_member_int(writer, "number_of_in_flight_fetch", 0);
    qd_json_member_millis(writer, "task_max_waiting_in_queue_millis", "task_max_waiting_in_queue",
                          now->longest_wait_ms);
    if (writer->human) {
        qd_json_member_string(writer, "active_shards_percent",
                              qd_health_percent(now->active_percent, health->call->arena));
    }
    qd_json_member_double(writer, "active_shards_percent_as_number", now->active_percent);
}

static void answer(struct health_call *health)
{
    struct qd_call *call = health->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_health now;
    struct qd_resolved *indices;
    size_t count;
    bool timed_out = !evaluate(health, &now, &indices, &count);
    bool shards = qd_slice_is(health->level, "shards");
    qd_json_begin_object(&writer);
    write_summary(health, &now, timed_out, &writer);
    if (shards || qd_slice_is(health->level, "indices")) {
        qd_json_member_object(&writer, "indices");
        for (size_t i = 0; i < count; i++) write_index(indices[i].index, shards, &writer);
        qd_json_end_object(&writer);
    }
    if (qd_slice_is(health->level, "awareness_attributes")) {
        qd_json_member_object(&writer, "awareness_attributes");
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, timed_out ? 408 : 200);
}

static void waited(void *context, bool timed_out)
{
    (void)timed_out;
    answer(context);
}

static void wait_for_state(struct health_call *health)
{
    struct qd_state_wait wait = { .holds = holds, .done = waited, .context = health,
                                  .timeout_ms = health->timeout_ms };
    qd_cluster_service_wait(health->coordinator->cluster, &wait);
}

static void events_passed(void *context, const struct qd_command_outcome *outcome)
{
    (void)outcome;
    wait_for_state(context);
}

/* A command that changes nothing has its turn when everything at least as urgent that came before has had its
 * own. */
static void wait_for_events(struct health_call *health)
{
    struct qd_buffer command = { 0 };
    struct qd_command_request request = { .priority = health->priority, .source = QD_SLICE("cluster_health"),
                                          .done = events_passed, .context = health };
    qd_buffer_text(&command, "{\"type\":\"put_cluster_settings\",\"persistent\":{},\"transient\":{}}");
    qd_cluster_service_submit(health->coordinator->cluster, &request, &command);
}

void qd_coordinator_health(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct health_call *health = QD_NEW(call->arena, struct health_call);
    health->coordinator = coordinator;
    health->call = call;
    if (read_call(health) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (health->wait_for_events) {
        wait_for_events(health);
    } else {
        wait_for_state(health);
    }
}
