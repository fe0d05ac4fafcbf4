/* GET _cat/recovery: how the shard copies of this node came to be. */
#include "coordinator/cluster_service.h"
#include "coordinator/nodes_select.h"
#include "coordinator/recovery.h"
#include "coordinator/resolve.h"
#include "data/data.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "index", "i,idx", "index name", QD_CAT_LEFT, 0 },
    { "shard", "s,sh", "shard name", QD_CAT_LEFT, 0 },
    { "start_time", "start", "recovery start time", QD_CAT_HIDDEN, 0 },
    { "start_time_millis", "start_millis", "recovery start time in epoch milliseconds", QD_CAT_HIDDEN, 0 },
    { "stop_time", "stop", "recovery stop time", QD_CAT_HIDDEN, 0 },
    { "stop_time_millis", "stop_millis", "recovery stop time in epoch milliseconds", QD_CAT_HIDDEN, 0 },
    { "time", "t,ti", "recovery time", QD_CAT_LEFT, 0 },
    { "type", "ty", "recovery type", QD_CAT_LEFT, 0 },
    { "stage", "st", "recovery stage", QD_CAT_LEFT, 0 },
    { "source_host", "shost", "source host", QD_CAT_LEFT, 0 },
    { "source_node", "snode", "source node name", QD_CAT_LEFT, 0 },
    { "target_host", "thost", "target host", QD_CAT_LEFT, 0 },
    { "target_node", "tnode", "target node name", QD_CAT_LEFT, 0 },
    { "repository", "rep", "repository", QD_CAT_LEFT, 0 },
    { "snapshot", "snap", "snapshot", QD_CAT_LEFT, 0 },
    { "files", "f", "number of files to recover", QD_CAT_LEFT, 0 },
    { "files_recovered", "fr", "files recovered", QD_CAT_LEFT, 0 },
    { "files_percent", "fp", "percent of files recovered", QD_CAT_LEFT, 0 },
    { "files_total", "tf", "total number of files", QD_CAT_LEFT, 0 },
    { "bytes", "b", "number of bytes to recover", QD_CAT_LEFT, 0 },
    { "bytes_recovered", "br", "bytes recovered", QD_CAT_LEFT, 0 },
    { "bytes_percent", "bp", "percent of bytes recovered", QD_CAT_LEFT, 0 },
    { "bytes_total", "tb", "total number of bytes", QD_CAT_LEFT, 0 },
    { "translog_ops", "to", "number of translog ops to recover", QD_CAT_LEFT, 0 },
    { "translog_ops_recovered", "tor", "translog ops recovered", QD_CAT_LEFT, 0 },
    { "translog_ops_percent", "top", "percent of translog ops recovered", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

static void add_row(struct qd_cat *cat, const struct qd_coordinator *coordinator,
                    const struct qd_index_metadata *index, const struct qd_shard *shard)
{
    const struct qd_shard_recovery *recovery = &shard->recovery;
    struct qd_recovery_figures figures;
    struct qd_cat_cell *cell = qd_cat_row(cat);
    struct qd_arena *arena = cat->call->arena;
    struct qd_cat_cell none = { 0 };
    qd_recovery_figures(shard, cat->call->start_ms, &figures);
    *cell++ = qd_cat_text(index->name);
    *cell++ = qd_cat_number(shard->number);
    *cell++ = qd_cat_date(recovery->start_ms, arena);
    *cell++ = qd_cat_number(recovery->start_ms);
    *cell++ = figures.done ? qd_cat_date(recovery->stop_ms, arena) : none;
    *cell++ = qd_cat_number(recovery->stop_ms);
    *cell++ = qd_cat_millis(figures.time_ms);
    *cell++ = qd_cat_string(recovery->existing ? "existing_store" : "empty_store");
    *cell++ = qd_cat_string(figures.done ? "done" : "init");
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_text(coordinator->local_node->host);
    *cell++ = qd_cat_text(coordinator->local_node->name);
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_number(0); /* files to copy: none, they are reused */
    *cell++ = qd_cat_number(0);
    *cell++ = qd_cat_string(figures.files_percent);
    *cell++ = qd_cat_number(recovery->file_count);
    *cell++ = qd_cat_bytes(0);
    *cell++ = qd_cat_bytes(0);
    *cell++ = qd_cat_string(figures.files_percent);
    *cell++ = qd_cat_bytes((int64_t)recovery->bytes);
    *cell++ = qd_cat_number((int64_t)recovery->operations);
    *cell++ = qd_cat_number((int64_t)recovery->operations);
    *cell++ = qd_cat_string(figures.translog_percent);
}

void qd_cat_recovery(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_resolved *indices;
    struct qd_cat cat;
    bool active_only = false;
    size_t count;
    if (!qd_cat_begin(&cat, call, &table)) return;
    if (qd_call_bool(call, "active_only", &active_only, &call->error) != QD_OK ||
        qd_resolve_call(call, state, qd_options_open_closed(), &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t s = 0; s < qd_data_shard_count(coordinator->data); s++) {
            const struct qd_shard *shard = qd_data_shard_at(coordinator->data, s);
            if (!qd_slice_equal(shard->index_uuid, indices[i].index->uuid)) continue;
            if (active_only && shard->recovery.stop_ms != 0) continue;
            add_row(&cat, coordinator, indices[i].index, shard);
        }
    }
    qd_cat_finish(&cat);
}
