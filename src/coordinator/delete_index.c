/* Deleting indices. */
#include "coordinator/blocks.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "base/text.h"
#include "base/wildcard.h"

/* With action.destructive_requires_name every index must be named. */
static enum qd_status check_destructive(const struct qd_coordinator *coordinator, struct qd_slice expression,
                                        struct qd_error *error)
{
    struct qd_slice part;
    bool wild = expression.size == 0;
    bool all_negated = true;
    if (!qd_cluster_setting_bool(coordinator, "action.destructive_requires_name", false)) return QD_OK;
    if (!wild) {
        struct qd_slice rest = expression;
        while (qd_split_next(&rest, ',', &part)) {
            if (part.size > 0 && part.data[0] != '-') all_negated = false;
            if (qd_slice_is(part, "_all") || qd_slice_find_byte(part, '*') != SIZE_MAX) wild = true;
        }
        wild = wild || all_negated;
    }
    if (!wild) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Wildcard expressions or all indices are not allowed");
}

static enum qd_status prepare(struct qd_coordinator *coordinator, struct qd_call *call,
                              struct qd_resolved **indices, size_t *count)
{
    struct qd_error *error = &call->error;
    struct qd_slice expression = qd_call_parameter(call, "index");
    struct qd_indices_options options = qd_options_open_closed();
    options.forbid_aliases = true;
    QD_TRY(qd_call_manager_timeouts(call, error));
    if (expression.size == 0) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: index / indices is missing;");
    }
    QD_TRY(check_destructive(coordinator, expression, error));
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), options, indices, count));
    for (size_t i = 0; i < *count; i++) QD_TRY(qd_check_delete_block((*indices)[i].index, error));
    return QD_OK;
}

void qd_coordinator_delete_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    size_t count;
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    if (prepare(coordinator, call, &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (count == 0) {
        qd_call_acknowledge(call);
        return;
    }
    qd_index_command_begin(&writer, "delete_index", indices, count);
    qd_json_end_object(&writer);
    struct qd_slice source = qd_arena_format(call->arena, "delete-index %.*s",
                                             QD_SLICE_ARG(qd_index_list_text(indices, count, call->arena)));
    qd_index_command_acknowledge(coordinator, call, source, &command);
}
