/* Putting and getting mappings. */
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"

/* With write_index_only each name is an index or an alias with a write index. */
static enum qd_status resolve_write_only(struct qd_call *call, const struct qd_cluster_state *state,
                                         struct qd_resolved **indices, size_t *count)
{
    struct qd_slice *names;
    size_t name_count = qd_call_list(call, "index", &names);
    *indices = QD_NEW_ARRAY(call->arena, struct qd_resolved, name_count);
    *count = name_count;
    for (size_t i = 0; i < name_count; i++) {
        QD_TRY(qd_resolve_write(state, names[i], call->start_ms, call->arena, &(*indices)[i].index, NULL,
                                &call->error));
    }
    return QD_OK;
}

static enum qd_status prepare_put(struct qd_coordinator *coordinator, struct qd_call *call,
                                  struct qd_json_document *body, struct qd_resolved **indices, size_t *count)
{
    struct qd_error *error = &call->error;
    struct qd_indices_options options = qd_options_open_closed();
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    bool write_index_only = false;
    options.allow_no_indices = false;
    if (call->body.size == 0) return qd_error_set(error, QD_OPENSEARCH_PARSE, "request body is required");
    QD_TRY(qd_call_object_body(call, body, error));
    if (qd_json_size(body->root) == 1 && qd_json_get(body->root, "_doc") != NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Types cannot be provided in put mapping requests");
    }
    QD_TRY(qd_call_manager_timeouts(call, error));
    QD_TRY(qd_call_bool(call, "write_index_only", &write_index_only, error));
    if (write_index_only) {
        QD_TRY(resolve_write_only(call, state, indices, count));
    } else {
        QD_TRY(qd_resolve_call(call, state, options, indices, count));
    }
    QD_TRY(qd_check_all_blocks(*indices, *count, QD_BLOCK_METADATA_WRITE, call->arena, error));
    return QD_OK;
}

/* Unlike that of other changes, the reference's list here has no brackets around it. */
static struct qd_slice put_source(const struct qd_resolved *indices, size_t count, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_buffer_text(&text, "put-mapping ");
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_metadata *index = indices[i].index;
        qd_buffer_format(&text, "%s[%.*s/%.*s]", i == 0 ? "" : ",", QD_SLICE_ARG(index->name),
                         QD_SLICE_ARG(index->uuid));
    }
    struct qd_slice source = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return source;
}

void qd_coordinator_put_mapping(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_json_document body;
    struct qd_resolved *indices;
    size_t count;
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    if (prepare_put(coordinator, call, &body, &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (count == 0) {
        qd_call_acknowledge(call);
        return;
    }
    qd_index_command_begin(&writer, "put_mapping", indices, count);
    qd_json_name(&writer, "mapping");
    qd_json_node(&writer, body.root);
    qd_json_end_object(&writer);
    qd_index_command_acknowledge(coordinator, call, put_source(indices, count, call->arena), &command);
}

void qd_coordinator_get_mapping(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    size_t count;
    bool local = false;
    struct qd_json_writer writer = qd_call_writer(call);
    enum qd_status status = qd_call_manager_timeouts(call, &call->error);
    if (status == QD_OK) status = qd_call_bool(call, "local", &local, &call->error);
    if (status == QD_OK) {
        status = qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(),
                                 &indices, &count);
    }
    if (status == QD_OK) {
        status = qd_check_all_blocks(indices, count, QD_BLOCK_METADATA_READ, call->arena, &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    indices = qd_index_java_order(indices, count, call->arena);
    qd_json_begin_object(&writer);
    for (size_t i = 0; i < count; i++) {
        qd_json_name_slice(&writer, indices[i].index->name);
        qd_json_begin_object(&writer);
        qd_json_name(&writer, "mappings");
        qd_json_raw(&writer, indices[i].index->mapping);
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
