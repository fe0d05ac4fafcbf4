/* GET _cat/recovery: how shard copies came to be. */
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/nodes_select.h"
#include "coordinator/recovery.h"
#include "coordinator/resolve.h"
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

/* A table that waits for the shards. */
struct request {
    struct qd_cat cat;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
    bool active_only;
};

static void add_row(struct qd_cat *cat, const struct qd_reported_shard *shard)
{
    const struct qd_report_recovery *recovery = shard->report.recovery;
    struct qd_recovery_figures figures;
    struct qd_cat_cell *cell = qd_cat_row(cat);
    struct qd_arena *arena = cat->call->arena;
    struct qd_cat_cell none = { 0 };
    qd_recovery_figures(recovery, &figures);
    *cell++ = qd_cat_text(shard->index->name);
    *cell++ = qd_cat_number(shard->report.number);
    *cell++ = qd_cat_date(recovery->start_ms, arena);
    *cell++ = qd_cat_number(recovery->start_ms);
    *cell++ = figures.done ? qd_cat_date(recovery->stop_ms, arena) : none;
    *cell++ = qd_cat_number(recovery->stop_ms);
    *cell++ = qd_cat_millis(recovery->time_ms);
    *cell++ = qd_cat_string(recovery->existing ? "existing_store" : "empty_store");
    *cell++ = qd_cat_string(figures.done ? "done" : "init");
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_text(shard->node->host);
    *cell++ = qd_cat_text(shard->node->name);
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_string("n/a");
    *cell++ = qd_cat_number(0); /* files to copy: none, they are reused */
    *cell++ = qd_cat_number(0);
    *cell++ = qd_cat_string(figures.files_percent);
    *cell++ = qd_cat_number((int64_t)recovery->file_count);
    *cell++ = qd_cat_bytes(0);
    *cell++ = qd_cat_bytes(0);
    *cell++ = qd_cat_string(figures.files_percent);
    *cell++ = qd_cat_bytes((int64_t)recovery->bytes);
    *cell++ = qd_cat_number((int64_t)recovery->operations);
    *cell++ = qd_cat_number((int64_t)recovery->operations);
    *cell++ = qd_cat_string(figures.translog_percent);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    for (size_t i = 0; i < request->count; i++) {
        const struct qd_reported_shard *shards;
        size_t count = qd_shard_reports_of(reports, request->indices[i].index, &shards);
        for (size_t s = 0; s < count; s++) {
            const struct qd_report_recovery *recovery = shards[s].report.recovery;
            if (recovery == NULL || (request->active_only && recovery->stop_ms != 0)) continue;
            add_row(&request->cat, &shards[s]);
        }
    }
    qd_cat_finish(&request->cat);
}

void qd_cat_recovery(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct request *request = QD_NEW(call->arena, struct request);
    if (!qd_cat_begin(&request->cat, call, &table)) return;
    if (qd_call_bool(call, "active_only", &request->active_only, &call->error) != QD_OK ||
        qd_resolve_metadata(call, state, qd_options_open_closed(), &request->indices,
                            &request->count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_RECOVERY,
                                   .indices = request->indices,
                                   .index_count = request->count };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}
