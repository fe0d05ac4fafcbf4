/* Stored scripts: templates kept in the cluster state under their ids. Only mustache is known. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/operations.h"
#include "coordinator/search_template.h"
#include "script/mustache.h"

/* script.max_size_in_bytes: how large the body of a stored script may be. */
#define SIZE_MAX_IN_BYTES 65535

struct script {
    struct qd_slice id;
    struct qd_slice lang, source; /* data NULL: not given */
    struct qd_slice content_type; /* the only option; data NULL: none */
};

struct reader {
    const struct qd_json_document *body;
    struct qd_arena *arena;
    struct qd_error *error;
};

static enum qd_status add_position(const struct reader *reader, const struct qd_json *node)
{
    int64_t line = 1, column = 0;
    if (node != NULL) qd_json_position(reader->body, node, &line, &column);
    qd_error_add_number(reader->error, "line", line);
    qd_error_add_number(reader->error, "col", column);
    return QD_PARSING;
}

static enum qd_status wrong_type(const struct reader *reader, const struct qd_json_iterator *at)
{
    int64_t line, column;
    qd_json_position(reader->body, at->value, &line, &column);
    return qd_error_set(reader->error, QD_X_CONTENT_PARSE,
                        "[%lld:%lld] [stored script source] %.*s doesn't support values of type: %s",
                        (long long)line, (long long)column, QD_SLICE_ARG(at->key),
                        qd_json_token_name(at->value));
}

static enum qd_status read_options(const struct reader *reader, const struct qd_json_iterator *member,
                                   struct script *script)
{
    struct qd_json_iterator at = qd_json_iterate(member->value);
    if (!qd_json_is_object(member->value)) return wrong_type(reader, member);
    while (qd_json_next(&at)) {
        if (!qd_slice_is(at.key, "content_type")) {
            return qd_error_set(reader->error, QD_ILLEGAL_ARGUMENT,
                                "illegal compiler options [{%.*s=%.*s}] specified", QD_SLICE_ARG(at.key),
                                QD_SLICE_ARG(qd_json_text(at.value)));
        }
        script->content_type = qd_json_text(at.value);
    }
    return QD_OK;
}

/* Members that are not known are passed over, as in the reference. */
static enum qd_status read_member(const struct reader *reader, const struct qd_json_iterator *at,
                                  struct script *script)
{
    if (qd_slice_is(at->key, "options")) return read_options(reader, at, script);
    if (qd_slice_is(at->key, "lang")) {
        if (!qd_json_is_string(at->value)) return wrong_type(reader, at);
        script->lang = qd_json_text(at->value);
        return QD_OK;
    }
    if (!qd_slice_is(at->key, "source") && !qd_slice_is(at->key, "code")) return QD_OK;
    if (!qd_json_is_string(at->value) && !qd_json_is_object(at->value)) return wrong_type(reader, at);
    script->source = qd_search_template_source(at->value, reader->arena);
    if (qd_json_is_object(at->value)) script->content_type = QD_SLICE("application/json; charset=UTF-8");
    return QD_OK;
}

static enum qd_status check_script(const struct script *script, struct qd_error *error)
{
    if (script->lang.data == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "must specify lang for stored script");
    }
    if (script->lang.size == 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "lang cannot be empty");
    if (script->source.data == NULL) {
        enum qd_status status = qd_error_set(error, QD_NULL_POINTER, "null");
        if (error != NULL) error->null_reason = true;
        return status;
    }
    if (!qd_slice_is(script->lang, "mustache")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "unable to put stored script with unsupported lang [%.*s]",
                            QD_SLICE_ARG(script->lang));
    }
    return QD_OK;
}

static enum qd_status parse_script(const struct reader *reader, struct script *script)
{
    const struct qd_json *root = reader->body->root;
    if (!qd_json_is_object(root)) {
        (void)qd_error_set(reader->error, QD_PARSING, "unexpected token [%s], expected [{]",
                           root == NULL ? "null" : qd_json_token_name(root));
        return add_position(reader, root);
    }
    struct qd_json_iterator at = qd_json_iterate(root);
    if (!qd_json_next(&at)) {
        script->lang = QD_SLICE("mustache");
        script->source = QD_SLICE("");
        return QD_OK;
    }
    if (!qd_slice_is(at.key, "script")) {
        (void)qd_error_set(reader->error, QD_PARSING, "unexpected field [%.*s], expected [script]",
                           QD_SLICE_ARG(at.key));
        return add_position(reader, at.name);
    }
    if (!qd_json_is_object(at.value)) {
        (void)qd_error_set(reader->error, QD_PARSING, "unexpected token [%s], expected [{, <source>]",
                           qd_json_token_name(at.value));
        return add_position(reader, at.value);
    }
    struct qd_json_iterator member = qd_json_iterate(at.value);
    while (qd_json_next(&member)) QD_TRY(read_member(reader, &member, script));
    return check_script(script, reader->error);
}

static enum qd_status check_begun(void *context, const struct qd_json_document *body,
                                  struct qd_error *error)
{
    struct script script = { 0 };
    struct reader reader = { body, ((struct qd_call *)context)->arena, error };
    return parse_script(&reader, &script);
}

/* An object without members stores an empty template. What follows the object is not looked at. */
static enum qd_status read_script(struct qd_call *call, struct script *script)
{
    struct qd_json_document *body = QD_NEW(call->arena, struct qd_json_document);
    struct reader reader = { body, call->arena, &call->error };
    struct qd_body_check check = { .check = check_begun, .context = call };
    if (call->body.size == 0) {
        return qd_error_set(&call->error, QD_OPENSEARCH_PARSE, "request body is required");
    }
    QD_TRY(qd_call_body_streamed(call, &check, body, &call->error));
    QD_TRY(parse_script(&reader, script));
    if (qd_json_size(body->root) == 0) qd_call_warn(call, "empty templates should no longer be used");
    return QD_OK;
}

static enum qd_status check_id(struct qd_call *call, struct qd_slice id)
{
    if (qd_slice_find_byte(id, '#') == SIZE_MAX) return QD_OK;
    return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                        "Validation Failed: 1: id cannot contain '#' for stored script;");
}

/* Where scripts of other languages run. */
static bool is_context(struct qd_slice name)
{
    static const char *const known[] = {
        "aggregation_selector", "aggs",         "aggs_combine",      "aggs_init",
        "aggs_map",             "aggs_reduce",  "analysis",          "bucket_aggregation",
        "context_aware_grouping", "derived_field", "field",          "filter",
        "ingest",               "interval",     "moving-function",   "number_sort",
        "painless_test",        "processor_conditional", "score",    "script_heuristic",
        "search",               "similarity",   "similarity_weight", "string_sort",
        "terms_set",            "update",
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (qd_slice_is(name, known[i])) return true;
    }
    return false;
}

/* With a context the template is compiled once, to find its errors. */
static enum qd_status check_context(struct qd_call *call, const struct script *script)
{
    struct qd_slice context = qd_call_parameter(call, "context");
    const struct qd_mustache *template;
    if (context.data == NULL) return QD_OK;
    if (qd_slice_is(context, "template")) {
        return qd_mustache_compile(call->arena, script->source, &template, &call->error);
    }
    (void)qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                       is_context(context) ? "mustache engine does not know how to handle context [%.*s]"
                                           : "Unknown context [%.*s]",
                       QD_SLICE_ARG(context));
    return qd_error_wrap(&call->error, QD_ILLEGAL_ARGUMENT,
                         "failed to parse/compile stored script [%.*s]", QD_SLICE_ARG(script->id));
}

static enum qd_status read_put(struct qd_call *call, struct script *script)
{
    int64_t timeout = 0;
    QD_TRY(read_script(call, script));
    QD_TRY(qd_manager_timeout_of_call(call, &timeout, &call->error));
    QD_TRY(qd_call_time(call, "timeout", &timeout, &call->error));
    QD_TRY(check_id(call, script->id));
    if (call->body.size > SIZE_MAX_IN_BYTES) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                            "exceeded max allowed stored script size in bytes [%d] with size [%zu] for "
                            "script [%.*s]",
                            SIZE_MAX_IN_BYTES, call->body.size, QD_SLICE_ARG(script->id));
    }
    return check_context(call, script);
}

static struct qd_slice key_of(struct qd_arena *arena, struct qd_slice id)
{
    return qd_arena_format(arena, QD_STORED_SCRIPT_PREFIX "%.*s", QD_SLICE_ARG(id));
}

/* A change that a call waits for. */
struct change {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
};

static void acknowledge(void *context, const struct qd_command_outcome *outcome)
{
    struct change *change = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(change->call, outcome->error);
    } else if (qd_manager_acknowledges(change->coordinator, change->call, outcome)) {
        qd_call_acknowledge(change->call);
    } else {
        qd_buffer_text(&change->call->response, "{\"acknowledged\":false}");
        qd_call_finish(change->call, 200);
    }
}

static struct change *begin_change(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct change *change = QD_NEW(call->arena, struct change);
    *change = (struct change){ coordinator, call };
    return change;
}

static void write_put(const struct script *script, struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "type", "put_custom");
    qd_json_member_string(writer, "key", key_of(arena, script->id));
    qd_json_member_object(writer, "value");
    qd_json_member_string(writer, "lang", script->lang);
    qd_json_member_string(writer, "source", script->source);
    if (script->content_type.data != NULL) {
        qd_json_member_object(writer, "options");
        qd_json_member_string(writer, "content_type", script->content_type);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

void qd_coordinator_put_script(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct script script = { .id = qd_call_parameter(call, "id") };
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    if (read_put(call, &script) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_command_request request = {
        .priority = QD_PRIORITY_NORMAL, .done = acknowledge, .context = begin_change(coordinator, call),
        .source = qd_arena_format(call->arena, "put-script-%.*s", QD_SLICE_ARG(script.id))
    };
    write_put(&script, call->arena, &writer);
    qd_manager_submit(coordinator, call, &request, &command);
}

void qd_coordinator_get_script(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_slice id = qd_call_parameter(call, "id");
    const struct qd_slice *found = qd_map_get(&state->customs, key_of(call->arena, id));
    struct qd_json_writer writer = qd_call_writer(call);
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK || check_id(call, id) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "_id", id);
    qd_json_member_bool(&writer, "found", found != NULL);
    if (found != NULL) {
        qd_json_name(&writer, "script");
        qd_json_raw(&writer, *found);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, found != NULL ? 200 : 404);
}

static void deleted(void *context, const struct qd_command_outcome *outcome)
{
    struct qd_call *call = ((struct change *)context)->call;
    if (outcome->error == NULL || outcome->error->status != QD_RESOURCE_NOT_FOUND) {
        acknowledge(context, outcome);
        return;
    }
    (void)qd_error_set(&call->error, QD_RESOURCE_NOT_FOUND,
                       "stored script [%.*s] does not exist and cannot be deleted",
                       QD_SLICE_ARG(qd_call_parameter(call, "id")));
    qd_call_fail(call);
}

void qd_coordinator_delete_script(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_slice id = qd_call_parameter(call, "id");
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    int64_t timeout = 0;
    enum qd_status status = qd_manager_timeout_of_call(call, &timeout, &call->error);
    if (status == QD_OK) status = qd_call_time(call, "timeout", &timeout, &call->error);
    if (status == QD_OK) status = check_id(call, id);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_command_request request = {
        .priority = QD_PRIORITY_NORMAL, .done = deleted, .context = begin_change(coordinator, call),
        .source = qd_arena_format(call->arena, "delete-script-%.*s", QD_SLICE_ARG(id))
    };
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "delete_custom");
    qd_json_member_array(&writer, "keys");
    qd_json_string(&writer, key_of(call->arena, id));
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_manager_submit(coordinator, call, &request, &command);
}
