/* Adding a block to indices: a dynamic setting with an answer of its own. */
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/operations.h"

struct addition {
    struct qd_call *call;
    struct qd_slice *names; /* names[count] */
    size_t count;
};

static void respond(struct addition *addition)
{
    struct qd_json_writer writer = qd_call_writer(addition->call);
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "acknowledged", true);
    qd_json_member_bool(&writer, "shards_acknowledged", addition->count > 0);
    qd_json_member_array(&writer, "indices");
    for (size_t i = 0; i < addition->count; i++) {
        qd_json_begin_object(&writer);
        qd_json_member_string(&writer, "name", addition->names[i]);
        qd_json_member_bool(&writer, "blocked", true);
        qd_json_end_object(&writer);
    }
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(addition->call, 200);
}

static void done(void *context, const struct qd_command_outcome *outcome)
{
    struct addition *addition = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(addition->call, outcome->error);
    } else {
        respond(addition);
    }
}

static const struct qd_block *find_block(struct qd_slice name)
{
    const struct qd_block *rows;
    size_t count = qd_blocks(&rows);
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(name, rows[i].name)) return &rows[i];
    }
    return NULL;
}

/* Indices that have the block already are left out, of the change and of the answer. */
static size_t keep_unblocked(const struct qd_block *block, struct qd_resolved *indices, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool has = qd_settings_bool(&indices[i].index->settings, block->setting, false);
        if (!has) indices[kept++] = indices[i];
    }
    return kept;
}

static enum qd_status prepare(struct qd_coordinator *coordinator, struct qd_call *call,
                              const struct qd_block **block, struct qd_resolved **indices, size_t *count)
{
    struct qd_error *error = &call->error;
    struct qd_slice name = qd_call_parameter(call, "block");
    QD_TRY(qd_call_manager_timeouts(call, error));
    *block = find_block(name);
    if (*block == NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No block found with name %.*s", QD_SLICE_ARG(name));
    }
    if ((*block)->allows_delete) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: read_only_allow_delete block is for internal use only;");
    }
    struct qd_slice *names;
    if (qd_call_list(call, "index", &names) == 0) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: 1: index is missing;");
    }
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(), indices,
                           count));
    /* A block of metadata is put beside those that there are. */
    if (!(*block)->levels[QD_BLOCK_METADATA_WRITE]) {
        QD_TRY(qd_check_all_blocks(*indices, *count, QD_BLOCK_METADATA_WRITE, call->arena, error));
    }
    *count = keep_unblocked(*block, *indices, *count);
    return QD_OK;
}

void qd_coordinator_add_block(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct addition *addition = QD_NEW(call->arena, struct addition);
    const struct qd_block *block;
    struct qd_resolved *indices;
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    addition->call = call;
    if (prepare(coordinator, call, &block, &indices, &addition->count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    addition->names = QD_NEW_ARRAY(call->arena, struct qd_slice, addition->count);
    for (size_t i = 0; i < addition->count; i++) {
        addition->names[i] = qd_arena_copy(call->arena, indices[i].index->name);
    }
    if (addition->count == 0) {
        respond(addition);
        return;
    }
    qd_index_command_begin(&writer, "put_index_settings", indices, addition->count);
    qd_json_member_object(&writer, "settings");
    qd_json_member_text(&writer, block->setting, "true");
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    struct qd_slice list = qd_index_list_text(indices, addition->count, call->arena);
    struct qd_command_request request = {
        .priority = QD_PRIORITY_URGENT,
        .source = qd_arena_format(call->arena, "add-index-block-[%s]-%.*s", block->name, QD_SLICE_ARG(list)),
        .done = done,
        .context = addition,
    };
    qd_manager_submit(coordinator, call, &request, &command);
}
