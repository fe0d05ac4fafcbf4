/* POST _nodes/reload_secure_settings: there is no keystore, and thus nothing to read again. It counts as one
 * without a password: any other password is wrong, as in the reference. */
#include "coordinator/cluster_service.h"
#include "coordinator/index_call.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"

static enum qd_status take_members(void *context, const struct qd_json_document *body,
                                   struct qd_error *error)
{
    struct qd_slice *password = context;
    struct qd_json_iterator at = qd_json_iterate(body->root);
    int64_t line, column;
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "secure_settings_password")) {
            *password = qd_json_text(at.value);
            continue;
        }
        qd_json_position(body, at.name, &line, &column);
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[%lld:%lld] [reload_secure_settings] unknown field [%.*s]", (long long)line,
                            (long long)column, QD_SLICE_ARG(at.key));
    }
    return QD_OK;
}

static enum qd_status read_password(struct qd_call *call, struct qd_slice *password)
{
    struct qd_json_document document;
    struct qd_body_check check = { .check = take_members, .context = password };
    return qd_call_parser_body(call, "reload_secure_settings", &check, &document, &call->error);
}

static void write_node(const struct qd_node_info *node, bool wrong, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, node->id);
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", node->name);
    if (wrong) {
        qd_json_member_object(writer, "reload_exception");
        qd_json_member_text(writer, "type", "security_exception");
        qd_json_member_text(writer, "reason", "Provided keystore password was incorrect");
        qd_json_name(writer, "caused_by");
        qd_json_raw(writer,
                    QD_SLICE("{\"type\":\"i_o_exception\",\"reason\":\"javax.crypto.AEADBadTagException: Tag "
                             "mismatch\",\"caused_by\":{\"type\":\"a_e_a_d_bad_tag_exception\","
                             "\"reason\":\"Tag mismatch\"}}"));
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

void qd_coordinator_reload_secure_settings(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_node_filter filter = { state, qd_call_parameter(call, "nodeId"), coordinator->local_node->id };
    struct qd_slice password = { 0 };
    int64_t timeout = 0;
    size_t count = 0;
    if (qd_call_time(call, "timeout", &timeout, &call->error) != QD_OK ||
        read_password(call, &password) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    bool *wanted = qd_nodes_select(&filter, call->arena);
    for (size_t i = 0; i < state->node_count; i++) count += wanted[i];
    qd_json_begin_object(&writer);
    qd_nodes_write_header(state, count, &writer);
    qd_json_member_object(&writer, "nodes");
    for (size_t i = 0; i < state->node_count; i++) {
        if (wanted[i]) write_node(&state->nodes[i], password.size > 0, &writer);
    }
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
