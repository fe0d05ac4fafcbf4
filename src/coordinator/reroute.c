/* POST _cluster/reroute: reads the commands, has the cluster manager carry them out, shows the new state.
 *
 * A dry run applies the same command to the state at hand and throws the result away. Source: OpenSearch
 * RestClusterRerouteAction, AllocationCommands.
 */
#include "base/number.h"
#include "coordinator/cluster_state_api.h"
#include "coordinator/index_call.h"
#include "coordinator/master_services.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "search/request_object.h"

/* A request under way. */
struct reroute {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_json_document body;
    bool dry_run, explain, retry_failed;
    unsigned parts;
    struct qd_buffer command; /* for the cluster manager */
};

/* One command while it is read. */
struct reader {
    struct reroute *reroute;
    struct qd_slice name;                        /* "cancel" */
    bool by_object_parser;                       /* allocate_*: its errors have other words */
    const struct qd_json *index, *shard, *node, *to, *flag;
};

/* ---- reading ---- */

static enum qd_status wrap(struct reroute *reroute, int64_t line, int64_t column, struct qd_error *cause)
{
    struct qd_error *error = &reroute->call->error;
    struct qd_error *inner = QD_NEW(reroute->call->arena, struct qd_error);
    *inner = *cause;
    *error = (struct qd_error){ .arena = error->arena };
    (void)qd_error_set(error, QD_X_CONTENT_PARSE,
                       "[%lld:%lld] [cluster_reroute] failed to parse field [commands]", (long long)line,
                       (long long)column);
    error->cause = inner;
    return error->status;
}

static enum qd_status fail_at(struct reroute *reroute, const struct qd_json *node, bool end,
                              struct qd_error *cause)
{
    int64_t line, column;
    if (end && !qd_json_is_object(node)) qd_json_position_after(&reroute->body, node, &line, &column);
    else if (end) qd_json_position_end(&reroute->body, node, &line, &column);
    else qd_json_position(&reroute->body, node, &line, &column);
    return wrap(reroute, line, column, cause);
}

/* Where a member of a command goes; NULL: it has no such member. */
static const struct qd_json **member_of(struct reader *reader, struct qd_slice key)
{
    bool move = qd_slice_is(reader->name, "move");
    bool cancel = qd_slice_is(reader->name, "cancel");
    if (qd_slice_is(key, "index")) return &reader->index;
    if (qd_slice_is(key, "shard")) return &reader->shard;
    if (move && (qd_slice_is(key, "from_node") || qd_slice_is(key, "fromNode"))) return &reader->node;
    if (move && (qd_slice_is(key, "to_node") || qd_slice_is(key, "toNode"))) return &reader->to;
    if (!move && qd_slice_is(key, "node")) return &reader->node;
    if (cancel && (qd_slice_is(key, "allow_primary") || qd_slice_is(key, "allowPrimary"))) {
        return &reader->flag;
    }
    bool primary = qd_slice_is(reader->name, "allocate_empty_primary") ||
                   qd_slice_is(reader->name, "allocate_stale_primary");
    return primary && qd_slice_is(key, "accept_data_loss") ? &reader->flag : NULL;
}

static enum qd_status unknown_member(struct reader *reader, const struct qd_json_iterator *at)
{
    struct reroute *reroute = reader->reroute;
    struct qd_error cause = { .arena = reroute->call->arena };
    int64_t line, column;
    if (!reader->by_object_parser) {
        (void)qd_error_set(&cause, QD_OPENSEARCH_PARSE, "[%.*s] command does not support field [%.*s]",
                           QD_SLICE_ARG(reader->name), QD_SLICE_ARG(at->key));
        return fail_at(reroute, at->value, false, &cause);
    }
    int64_t key_line, key_column;
    qd_json_position(&reroute->body, at->value, &line, &column);
    qd_json_position(&reroute->body, at->name, &key_line, &key_column);
    (void)qd_error_set(&cause, QD_X_CONTENT_PARSE, "[%lld:%lld] [%.*s] unknown field [%.*s]",
                       (long long)key_line, (long long)key_column, QD_SLICE_ARG(reader->name),
                       QD_SLICE_ARG(at->key));
    return wrap(reroute, line, column, &cause);
}

static enum qd_status missing(struct reader *reader, const struct qd_json *node, const char *name)
{
    struct qd_error cause = { .arena = reader->reroute->call->arena };
    if (!reader->by_object_parser) {
        (void)qd_error_set(&cause, QD_OPENSEARCH_PARSE, "[%.*s] command missing the %s parameter",
                           QD_SLICE_ARG(reader->name), name);
    } else {
        (void)qd_error_set(&cause, QD_ILLEGAL_ARGUMENT, "Argument [%s] must be defined%s", name,
                           strcmp(name, "shard") == 0 ? " and non-negative" : "");
    }
    return fail_at(reader->reroute, node, true, &cause);
}

static enum qd_status check_values(struct reader *reader, int64_t *shard, bool *flag)
{
    struct reroute *reroute = reader->reroute;
    struct qd_error cause = { .arena = reroute->call->arena };
    struct qd_slice number = qd_json_text(reader->shard);
    if (!qd_parse_int64(number, shard) || *shard > INT32_MAX || *shard < INT32_MIN) {
        (void)qd_error_set(&cause, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
        return fail_at(reroute, reader->shard, false, &cause);
    }
    struct qd_slice text = reader->flag == NULL ? QD_SLICE("false") : qd_json_text(reader->flag);
    if (!qd_slice_is(text, "true") && !qd_slice_is(text, "false")) {
        (void)qd_error_set(&cause, QD_ILLEGAL_ARGUMENT,
                           "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                           QD_SLICE_ARG(text));
        return fail_at(reroute, reader->flag, false, &cause);
    }
    *flag = qd_slice_is(text, "true");
    return QD_OK;
}

static void write_node(const struct reader *reader, const char *name, const char *id_name,
                       const struct qd_json *node, struct qd_json_writer *writer)
{
    const struct qd_coordinator *coordinator = reader->reroute->coordinator;
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_node_filter filter = { state, qd_json_text(node), coordinator->local_node->id };
    bool *wanted = qd_nodes_select(&filter, reader->reroute->call->arena);
    qd_json_member_string(writer, name, filter.text);
    for (size_t i = 0; i < state->node_count; i++) {
        if (wanted[i]) qd_json_member_string(writer, id_name, state->nodes[i].id);
    }
}

static void write_command(const struct reader *reader, int64_t shard, bool flag,
                          struct qd_json_writer *writer)
{
    bool move = qd_slice_is(reader->name, "move");
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "command", reader->name);
    qd_json_member_string(writer, "index", qd_json_text(reader->index));
    qd_json_member_int(writer, "shard", shard);
    write_node(reader, move ? "from_node" : "node", "node_id", reader->node, writer);
    if (move) write_node(reader, "to_node", "to_node_id", reader->to, writer);
    qd_json_member_bool(writer, "flag", flag);
    qd_json_end_object(writer);
}

static enum qd_status read_command(struct reroute *reroute, struct qd_slice name, const struct qd_json *node,
                                   struct qd_json_writer *writer)
{
    struct reader reader = { .reroute = reroute,
                             .name = name,
                             .by_object_parser = qd_slice_starts_with(name, QD_SLICE("allocate_")) };
    struct qd_json_iterator at = qd_json_iterate(node);
    struct qd_error cause = { .arena = reroute->call->arena };
    int64_t shard = 0;
    bool flag = false;
    while (qd_json_is_object(node) && qd_json_next(&at)) {
        const struct qd_json **member = member_of(&reader, at.key);
        if (qd_json_is_array(at.value) || qd_json_is_object(at.value)) {
            (void)qd_error_set(&cause, QD_OPENSEARCH_PARSE,
                               "[%.*s] command does not support complex json tokens [%s]", QD_SLICE_ARG(name),
                               qd_json_token_name(at.value));
            return fail_at(reroute, at.value, false, &cause);
        }
        if (member == NULL) return unknown_member(&reader, &at);
        *member = at.value;
    }
    if (reader.index == NULL) return missing(&reader, node, "index");
    if (reader.shard == NULL) return missing(&reader, node, "shard");
    bool move = qd_slice_is(name, "move");
    if (reader.node == NULL) return missing(&reader, node, move ? "from_node" : "node");
    if (move && reader.to == NULL) return missing(&reader, node, "to_node");
    QD_TRY(check_values(&reader, &shard, &flag));
    write_command(&reader, shard, flag, writer);
    return QD_OK;
}

static bool is_command(struct qd_slice name)
{
    static const char *const names[] = { "cancel", "move", "allocate_replica", "allocate_empty_primary",
                                         "allocate_stale_primary" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (qd_slice_is(name, names[i])) return true;
    }
    return false;
}

static enum qd_status read_one(struct reroute *reroute, const struct qd_json *item,
                               struct qd_json_writer *writer)
{
    struct qd_error cause = { .arena = reroute->call->arena };
    struct qd_json_iterator at = qd_json_iterate(item);
    int64_t line = 0, column = 0;
    if (!qd_json_is_object(item)) {
        (void)qd_error_set(&cause, QD_OPENSEARCH_PARSE, "allocation command is malformed, got [%s] instead",
                           qd_json_token_name(item));
        return fail_at(reroute, item, false, &cause);
    }
    bool first = qd_json_next(&at);
    struct qd_slice name = first ? at.key : QD_SLICE("null");
    if (!first || !is_command(name)) {
        if (first) qd_json_position(&reroute->body, at.value, &line, &column);
        else qd_json_position_end(&reroute->body, item, &line, &column);
        if (!first) column++;
        (void)qd_error_set(&cause, QD_NAMED_OBJECT_NOT_FOUND, "[%lld:%lld] unknown field [%.*s]",
                           (long long)line, (long long)column, QD_SLICE_ARG(name));
        return wrap(reroute, line, column, &cause);
    }
    QD_TRY(read_command(reroute, name, at.value, writer));
    if (!qd_json_next(&at)) return QD_OK;
    (void)qd_error_set(&cause, QD_OPENSEARCH_PARSE,
                       "allocation command is malformed, done parsing a command, but didn't get END_OBJECT, "
                       "got [%s] instead",
                       qd_json_token_name(at.value));
    return fail_at(reroute, at.value, false, &cause);
}

static enum qd_status read_commands(struct reroute *reroute, struct qd_json_writer *writer)
{
    struct qd_json_iterator at = qd_json_iterate(reroute->body.root);
    struct qd_error *error = &reroute->call->error;
    struct qd_error cause = { .arena = reroute->call->arena };
    int64_t line = 0, column = 0;
    while (qd_json_next(&at)) {
        if (!qd_slice_is(at.key, "commands")) {
            qd_json_position(&reroute->body, at.name, &line, &column);
            return qd_error_set(error, QD_X_CONTENT_PARSE,
                                "[%lld:%lld] [cluster_reroute] unknown field [%.*s]", (long long)line,
                                (long long)column, QD_SLICE_ARG(at.key));
        }
        if (!qd_json_is_array(at.value)) {
            (void)qd_error_set(&cause, QD_OPENSEARCH_PARSE,
                               "expected either field name [commands], or start array, got [%s] instead",
                               qd_json_token_name(at.value));
            return fail_at(reroute, at.value, false, &cause);
        }
        struct qd_json_iterator item = qd_json_iterate(at.value);
        while (qd_json_next(&item)) QD_TRY(read_one(reroute, item.value, writer));
    }
    return QD_OK;
}

/* Reads the beginning of a body into a command that is thrown away. */
static enum qd_status check_commands(void *context, const struct qd_json_document *body,
                                     struct qd_error *error)
{
    struct reroute *reroute = context;
    struct qd_call call = { .arena = reroute->call->arena };
    struct reroute trial = { .coordinator = reroute->coordinator, .call = &call, .body = *body };
    struct qd_json_writer writer = { .out = &trial.command };
    qd_error_init(&call.error, call.arena);
    qd_json_begin_array(&writer);
    enum qd_status status = read_commands(&trial, &writer);
    qd_buffer_deinit(&trial.command);
    if (status != QD_OK) qd_error_copy(error, call.arena, &call.error);
    return status;
}

static enum qd_status read_request(struct reroute *reroute)
{
    static const char *const shown[] = { "version", "master_node",   "cluster_manager_node", "blocks",
                                         "nodes",   "routing_table", "routing_nodes" };
    struct qd_call *call = reroute->call;
    struct qd_body_check check = { .check = check_commands, .context = reroute };
    struct qd_slice *names, defaults[sizeof(shown) / sizeof(shown[0])];
    size_t count = qd_call_list(call, "metric", &names);
    QD_TRY(qd_call_bool(call, "dry_run", &reroute->dry_run, &call->error));
    QD_TRY(qd_call_bool(call, "explain", &reroute->explain, &call->error));
    QD_TRY(qd_call_bool(call, "retry_failed", &reroute->retry_failed, &call->error));
    QD_TRY(qd_call_manager_timeouts(call, &call->error));
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        defaults[i] = qd_slice_from_string(shown[i]);
    }
    reroute->parts = count == 0 ? qd_state_parts(defaults, sizeof(shown) / sizeof(shown[0]))
                                : qd_state_parts(names, count);
    return qd_call_parser_body(call, "cluster_reroute", &check, &reroute->body, &call->error);
}

static enum qd_status write_request(struct reroute *reroute)
{
    struct qd_json_writer writer = { .out = &reroute->command };
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "reroute_by_hand");
    qd_json_member_bool(&writer, "explain", reroute->explain);
    qd_json_member_bool(&writer, "retry_failed", reroute->retry_failed);
    qd_json_member_array(&writer, "commands");
    enum qd_status status = read_commands(reroute, &writer);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    return status;
}

/* ---- answering ---- */

static void respond(const struct reroute *reroute, const struct qd_cluster_state *state,
                    struct qd_slice explanations)
{
    struct qd_call *call = reroute->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_resolved *indices = QD_NEW_ARRAY(call->arena, struct qd_resolved, state->index_count);
    for (size_t i = 0; i < state->index_count; i++) indices[i].index = state->indices[i];
    struct qd_state_view view = { .arena = call->arena,
                                  .state = state,
                                  .indices = indices,
                                  .count = state->index_count,
                                  .parts = reroute->parts };
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "acknowledged", true);
    qd_json_member_object(&writer, "state");
    qd_json_member_string(&writer, "cluster_uuid", state->cluster_uuid);
    qd_state_view_write(&view, &writer);
    qd_json_end_object(&writer);
    if (reroute->explain) {
        qd_json_name(&writer, "explanations");
        qd_json_raw(&writer, explanations);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static void done(void *context, const struct qd_command_outcome *outcome)
{
    struct reroute *reroute = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(reroute->call, outcome->error);
        return;
    }
    respond(reroute, qd_cluster_service_state(reroute->coordinator->cluster), outcome->result);
}

static void try_out(struct reroute *reroute)
{
    struct qd_call *call = reroute->call;
    struct qd_cluster_state *state = qd_cluster_service_state(reroute->coordinator->cluster), *result;
    struct qd_master_services services = qd_master_services(reroute->coordinator->env);
    struct qd_slice answer, command = qd_arena_copy(call->arena, qd_buffer_view(&reroute->command));
    qd_buffer_deinit(&reroute->command);
    struct qd_master_event event = { .kind = QD_MASTER_COMMAND,
                                     .command = command,
                                     .state_uuid = state->state_uuid,
                                     .now_ms = call->start_ms };
    if (qd_master_apply(state, &services, &event, call->arena, &result, &answer, &call->error) != QD_OK) {
        qd_call_fail(call);
    } else {
        respond(reroute, result == NULL ? state : result, answer);
        if (result != NULL) qd_cluster_state_release(result);
    }
}

void qd_coordinator_reroute(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct reroute *reroute = QD_NEW(call->arena, struct reroute);
    *reroute = (struct reroute){ .coordinator = coordinator, .call = call };
    enum qd_status status = read_request(reroute);
    if (status == QD_OK) status = write_request(reroute);
    if (status != QD_OK) {
        qd_buffer_deinit(&reroute->command);
        qd_call_fail(call);
        return;
    }
    if (reroute->dry_run) {
        try_out(reroute);
        return;
    }
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT,
                                          .source = QD_SLICE("cluster_reroute (api)"),
                                          .done = done,
                                          .context = reroute };
    qd_cluster_service_submit(coordinator->cluster, &request, &reroute->command);
}
