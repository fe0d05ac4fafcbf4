#include "coordinator/index_call.h"

#include "base/java_order.h"
#include "base/text.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/error_json.h"
#include "coordinator/manager_timeout.h"
#include "data/actions.h"
#include "search/request_object.h"

enum qd_status qd_call_manager_timeouts(struct qd_call *call, struct qd_error *error)
{
    int64_t ignored = 0;
    struct qd_slice old = qd_call_parameter(call, "master_timeout");
    struct qd_slice fresh = qd_call_parameter(call, "cluster_manager_timeout");
    QD_TRY(qd_call_time(call, "timeout", &ignored, error));
    QD_TRY(qd_call_time(call, "cluster_manager_timeout", &ignored, error));
    if (old.data == NULL) return QD_OK;
    qd_call_warn(call,
                 "Parameter [master_timeout] is deprecated and will be removed in 3.0. To support inclusive "
                 "language, please use [cluster_manager_timeout] instead.");
    if (fresh.data != NULL) {
        return qd_error_set(error, QD_OPENSEARCH_PARSE,
                            "Please only use one of the request parameters [master_timeout, "
                            "cluster_manager_timeout].");
    }
    return qd_call_time(call, "master_timeout", &ignored, error);
}

enum qd_status qd_call_object_body(struct qd_call *call, struct qd_json_document *document,
                                   struct qd_error *error)
{
    struct qd_slice text = qd_trim(call->body);
    struct qd_body_check check = { .check = NULL };
    if (qd_slice_starts_with(text, QD_SLICE("\xef\xbb\xbf"))) text = qd_trim(qd_slice_from(text, 3));
    if (call->body.size > 0 && (text.size == 0 || text.data[0] != '{')) {
        return qd_error_set(
            error, QD_NOT_X_CONTENT,
            "Compressor detection can only be called on some xcontent bytes or compressed xcontent "
            "bytes");
    }
    if (qd_call_body_streamed(call, &check, document, error) == QD_OK) return QD_OK;
    return qd_error_wrap(error, QD_OPENSEARCH_PARSE, "Failed to parse content to map");
}

struct parser_body {
    const char *name;
    const struct qd_body_check *members;
};

static enum qd_status check_object(void *context, const struct qd_json_document *body,
                                   struct qd_error *error)
{
    const struct parser_body *parser = context;
    if (qd_json_is_object(body->root)) return parser->members->check(parser->members->context, body, error);
    return qd_error_set(error, QD_X_CONTENT_PARSE, "[1:%d] [%s] Expected START_OBJECT but was: %s",
                        body->root == NULL ? 0 : 1, parser->name,
                        body->root == NULL ? "null" : qd_json_token_name(body->root));
}

enum qd_status qd_call_parser_body(struct qd_call *call, const char *name,
                                   const struct qd_body_check *check, struct qd_json_document *document,
                                   struct qd_error *error)
{
    struct parser_body parser = { name, check };
    struct qd_body_check whole = { .check = check_object, .context = &parser };
    QD_TRY(qd_call_body_streamed(call, &whole, document, error));
    return call->body.size == 0 ? QD_OK : check_object(&parser, document, error);
}

struct context_body {
    qd_context_member *known;
};

static enum qd_status check_context(void *context, const struct qd_json_document *body,
                                    struct qd_error *error)
{
    const struct context_body *members = context;
    struct qd_json_iterator at = qd_json_iterate(body->root);
    while (qd_json_next(&at)) {
        if (members->known(at.key, at.value)) continue;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Unknown parameter [%.*s] in request body or parameter is of the wrong type[%s] ",
                            QD_SLICE_ARG(at.key), qd_json_token_name(at.value));
    }
    return QD_OK;
}

enum qd_status qd_call_context_body(struct qd_call *call, qd_context_member *known,
                                    struct qd_json_document *document, struct qd_error *error)
{
    struct qd_slice text = qd_trim(call->body);
    struct context_body members = { known };
    struct qd_body_check check = { .check = check_context, .context = &members };
    if (call->body.size == 0) return qd_call_body(call, document, error);
    bool other = text.size == 0 || text.data[0] == '[' || text.data[0] == '"';
    if (!other && qd_call_body_streamed(call, &check, document, error) != QD_OK) {
        if (!check.broken) return error->status;
        return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse request body");
    }
    if (!other && qd_json_type_of(document->root) == QD_JSON_OBJECT)
        return check_context(&members, document, error);
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Malformed content, must start with an object");
}

static enum qd_status check_settings(void *context, const struct qd_json_document *body,
                                     struct qd_error *error)
{
    (void)context;
    if (body->root == NULL || qd_json_is_object(body->root)) return QD_OK;
    return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: 1: no settings to update;");
}

enum qd_status qd_call_settings_body(struct qd_call *call, struct qd_json_document *document,
                                     struct qd_error *error)
{
    struct qd_body_check check = { .check = check_settings };
    return qd_call_body_streamed(call, &check, document, error);
}

void qd_index_command_begin(struct qd_json_writer *writer, const char *type,
                            const struct qd_resolved *indices, size_t count)
{
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "type", type);
    if (count == 0) return;
    qd_json_member_array(writer, "indices");
    for (size_t i = 0; i < count; i++) qd_json_string(writer, indices[i].index->name);
    qd_json_end_array(writer);
}

void qd_index_command_shard_limit(const struct qd_coordinator *coordinator, struct qd_json_writer *writer)
{
    qd_json_member_int(writer, "max_shards_per_node",
                       qd_cluster_setting_int(coordinator, "cluster.max_shards_per_node", 1000));
}

/* A change of the state that a call waits for. */
struct acknowledgement {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
};

static void acknowledge(void *context, const struct qd_command_outcome *outcome)
{
    struct acknowledgement *waiting = context;
    struct qd_call *call = waiting->call;
    if (outcome->error != NULL) {
        qd_call_fail_with(call, outcome->error);
    } else if (!qd_manager_acknowledges(waiting->coordinator, call, outcome)) {
        qd_buffer_text(&call->response, "{\"acknowledged\":false}");
        qd_call_finish(call, 200);
    } else {
        qd_call_acknowledge(call);
    }
}

void qd_index_command_acknowledge(struct qd_coordinator *coordinator, struct qd_call *call,
                                  struct qd_slice source, struct qd_buffer *command)
{
    struct acknowledgement *waiting = QD_NEW(call->arena, struct acknowledgement);
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT,
                                          .source = source,
                                          .done = acknowledge,
                                          .context = waiting };
    *waiting = (struct acknowledgement){ coordinator, call };
    qd_manager_submit(coordinator, call, &request, command);
}

struct qd_slice qd_index_list_text(const struct qd_resolved *indices, size_t count, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_buffer_byte(&text, '[');
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_metadata *index = indices[i].index;
        qd_buffer_format(&text, "%s[%.*s/%.*s]", i == 0 ? "" : ", ", QD_SLICE_ARG(index->name),
                         QD_SLICE_ARG(index->uuid));
    }
    qd_buffer_byte(&text, ']');
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

struct qd_resolved *qd_index_java_order(const struct qd_resolved *indices, size_t count,
                                        struct qd_arena *arena)
{
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count);
    struct qd_resolved *sorted = QD_NEW_ARRAY(arena, struct qd_resolved, count);
    for (size_t i = 0; i < count; i++) names[i] = indices[i].index->name;
    size_t *order = qd_java_map_order(arena, names, count, 16);
    for (size_t i = 0; i < count; i++) sorted[i] = indices[order[i]];
    return sorted;
}

/* ---- all copies of all shards ---- */

struct leg {
    struct qd_broadcast *broadcast;
    struct qd_slice index;
    uint32_t shard;
};

static bool is_assigned(const struct qd_shard_routing *copy)
{
    return copy->node_id.data != NULL && copy->state != QD_SHARD_UNASSIGNED;
}

void qd_count_copies(const struct qd_resolved *indices, size_t count, uint32_t *total, uint32_t *assigned)
{
    *total = *assigned = 0;
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_metadata *index = indices[i].index;
        uint32_t copies = index->shard_count * (1 + index->replica_count);
        *total += copies;
        for (uint32_t c = 0; c < copies; c++) *assigned += is_assigned(&index->routing[c]) ? 1 : 0;
    }
}

static void ended(struct qd_broadcast *broadcast)
{
    if (--broadcast->pending == 0) broadcast->done(broadcast);
}

static void ended_later(void *context)
{
    ended(context);
}

static void replied(void *context, const struct qd_transport_reply *reply)
{
    struct leg *leg = context;
    struct qd_broadcast *broadcast = leg->broadcast;
    if (reply->status == QD_OK) {
        broadcast->successful++;
    } else if (reply->status != QD_NO_SHARD_AVAILABLE) {
        struct qd_shard_problem *problem = &broadcast->problems[broadcast->failed++];
        problem->index = leg->index;
        problem->shard = leg->shard;
        qd_error_copy(&problem->error, broadcast->call->arena, reply->error);
    }
    ended(broadcast);
}

static void send_leg(struct qd_broadcast *broadcast, const struct qd_index_metadata *index,
                     const struct qd_shard_routing *copy)
{
    struct qd_buffer bytes = { 0 };
    struct qd_maintain_message message = broadcast->message;
    struct leg *leg = QD_NEW(broadcast->call->arena, struct leg);
    *leg = (struct leg){ broadcast, qd_arena_copy(broadcast->call->arena, index->name), copy->shard };
    message.index_uuid = index->uuid;
    message.shard = copy->shard;
    qd_maintain_message_write(&message, &bytes);
    struct qd_transport_target target = { .node_id = copy->node_id, .action = QD_ACTION_MAINTAIN };
    broadcast->pending++;
    qd_transport_send(broadcast->coordinator->transport, &target, &bytes, replied, leg);
}

void qd_broadcast_start(struct qd_broadcast *broadcast)
{
    struct qd_env *env = broadcast->coordinator->env;
    uint32_t assigned;
    qd_count_copies(broadcast->indices, broadcast->count, &broadcast->total, &assigned);
    broadcast->problems = QD_NEW_ARRAY(broadcast->call->arena, struct qd_shard_problem, assigned);
    broadcast->pending = 1;
    for (size_t i = 0; i < broadcast->count; i++) {
        const struct qd_index_metadata *index = broadcast->indices[i].index;
        for (uint32_t c = 0; c < index->shard_count * (1 + index->replica_count); c++) {
            const struct qd_shard_routing *copy = &index->routing[c];
            if (broadcast->primaries_only && !copy->primary) {
                broadcast->total--;
                continue;
            }
            if (is_assigned(copy) && copy->state != QD_SHARD_INITIALIZING) send_leg(broadcast, index, copy);
        }
    }
    env->work->defer(env, ended_later, broadcast);
}

void qd_broadcast_write(const struct qd_broadcast *broadcast, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "_shards");
    qd_json_member_int(writer, "total", broadcast->total);
    qd_json_member_int(writer, "successful", broadcast->successful);
    qd_json_member_int(writer, "failed", broadcast->failed);
    if (broadcast->failed > 0) {
        qd_json_member_array(writer, "failures");
        for (uint32_t i = 0; i < broadcast->failed; i++) {
            const struct qd_shard_problem *problem = &broadcast->problems[i];
            qd_json_begin_object(writer);
            qd_json_member_int(writer, "shard", problem->shard);
            qd_json_member_string(writer, "index", problem->index);
            qd_json_member_text(writer, "status", "INTERNAL_SERVER_ERROR");
            qd_json_name(writer, "reason");
            qd_error_json(&problem->error, writer);
            qd_json_end_object(writer);
        }
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
}
