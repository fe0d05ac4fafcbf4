/* What an index is: aliases, mapping and settings in one answer; whether it exists. */
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/index_view.h"
#include "coordinator/machine_defaults.h"
#include "coordinator/operations.h"

static enum qd_status prepare(struct qd_coordinator *coordinator, struct qd_call *call,
                              struct qd_index_view *view, struct qd_resolved **indices, size_t *count)
{
    struct qd_error *error = &call->error;
    bool local = false;
    QD_TRY(qd_call_manager_timeouts(call, error));
    QD_TRY(qd_call_bool(call, "local", &local, error));
    QD_TRY(qd_call_bool(call, "include_defaults", &view->include_defaults, error));
    QD_TRY(qd_call_bool(call, "flat_settings", &view->flat_settings, error));
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(), indices,
                           count));
    QD_TRY(qd_check_all_blocks(*indices, *count, QD_BLOCK_METADATA_READ, call->arena, error));
    return QD_OK;
}

static void write_index(const struct qd_index_metadata *index, const struct qd_index_view *view,
                        struct qd_call *call, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "aliases");
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        if (!index->aliases.entries[i].removed) qd_index_view_alias(index->aliases.entries[i].value, writer);
    }
    qd_json_end_object(writer);
    qd_json_name(writer, "mappings");
    qd_json_raw(writer, index->mapping);
    qd_json_name(writer, "settings");
    qd_index_view_settings(view, index, call->arena, writer);
    if (view->include_defaults) {
        qd_json_name(writer, "defaults");
        qd_index_view_defaults(view, index, call->arena, writer);
    }
    qd_json_end_object(writer);
}

void qd_coordinator_get_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    size_t count;
    struct qd_index_view view = { .human = call->human, .processors = coordinator->machine->processors };
    struct qd_json_writer writer = qd_call_writer(call);
    if (prepare(coordinator, call, &view, &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    for (size_t i = 0; i < count; i++) write_index(indices[i].index, &view, call, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

void qd_coordinator_index_exists(struct qd_coordinator *coordinator, struct qd_call *call)
{
    qd_coordinator_get_index(coordinator, call);
}
