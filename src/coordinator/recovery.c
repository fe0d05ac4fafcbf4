/* GET _recovery: how shard copies came to be. A shard is opened in place, so that nothing is
 * ever copied: the files of its last commit are reused, and what the translog has beyond it is applied. */
#include "coordinator/recovery.h"

#include "base/date.h"
#include "base/units.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/stats_json.h"

/* What a request asks for. */
struct request {
    struct qd_call *call;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
    bool detailed, active_only;
};

void qd_recovery_figures(const struct qd_report_recovery *recovery, struct qd_recovery_figures *figures)
{
    figures->type = recovery->existing ? "EXISTING_STORE" : "EMPTY_STORE";
    figures->done = recovery->stop_ms != 0;
    figures->files_percent = recovery->file_count == 0 ? "0.0%" : "100.0%";
    figures->translog_percent = "100.0%";
}

static void write_time(const char *human, const char *name, int64_t milliseconds,
                       struct qd_json_writer *writer)
{
    struct qd_buffer text = { 0 };
    qd_date_print_iso_millis(milliseconds, &text);
    if (writer->human) qd_json_member_string(writer, human, qd_buffer_view(&text));
    qd_json_member_int(writer, name, milliseconds);
    qd_buffer_deinit(&text);
}

static void write_target(const struct qd_node_info *node, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "target");
    qd_json_member_string(writer, "id", node->id);
    qd_json_member_string(writer, "host", node->host);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_json_member_string(writer, "ip", node->ip);
    qd_json_member_string(writer, "name", node->name);
    qd_json_end_object(writer);
}

static void write_details(const struct request *request, const struct qd_report_recovery *recovery,
                          struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "details");
    for (size_t i = 0; i < recovery->file_count; i++) {
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "name",
                              qd_arena_format(request->call->arena, "seg-%llu",
                                              (unsigned long long)recovery->files[i].generation));
        qd_json_member_bytes(writer, "length_in_bytes", "length", (int64_t)recovery->files[i].size);
        qd_json_member_bool(writer, "reused", true);
        qd_json_member_bytes(writer, "recovered_in_bytes", "recovered", 0);
        qd_json_end_object(writer);
    }
    qd_json_end_array(writer);
}

/* The reference prints -1 as the text of a throttle time that was never set. */
static void write_throttle(const char *human, const char *name, struct qd_json_writer *writer)
{
    if (writer->human) qd_json_member_text(writer, human, "-1");
    qd_json_member_int(writer, name, 0);
}

static void write_index(const struct request *request, const struct qd_report_recovery *recovery,
                        const struct qd_recovery_figures *figures, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "index");
    qd_json_member_object(writer, "size");
    qd_json_member_bytes(writer, "total_in_bytes", "total", (int64_t)recovery->bytes);
    qd_json_member_bytes(writer, "reused_in_bytes", "reused", (int64_t)recovery->bytes);
    qd_json_member_bytes(writer, "recovered_in_bytes", "recovered", 0);
    qd_json_member_text(writer, "percent", figures->files_percent);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "files");
    qd_json_member_int(writer, "total", (int64_t)recovery->file_count);
    qd_json_member_int(writer, "reused", (int64_t)recovery->file_count);
    qd_json_member_int(writer, "recovered", 0);
    qd_json_member_text(writer, "percent", figures->files_percent);
    if (request->detailed) write_details(request, recovery, writer);
    qd_json_end_object(writer);
    qd_json_member_millis(writer, "total_time_in_millis", "total_time",
                          (int64_t)(recovery->index_ns / 1000000));
    write_throttle("source_throttle_time", "source_throttle_time_in_millis", writer);
    write_throttle("target_throttle_time", "target_throttle_time_in_millis", writer);
    qd_json_end_object(writer);
}

static void write_translog(const struct qd_report_recovery *recovery,
                           const struct qd_recovery_figures *figures, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "translog");
    qd_json_member_int(writer, "recovered", (int64_t)recovery->operations);
    qd_json_member_int(writer, "total", (int64_t)recovery->operations);
    qd_json_member_text(writer, "percent", figures->translog_percent);
    qd_json_member_int(writer, "total_on_start", (int64_t)recovery->operations);
    qd_json_member_millis(writer, "total_time_in_millis", "total_time",
                          (int64_t)(recovery->translog_ns / 1000000));
    qd_json_end_object(writer);
    /* Checksums are verified while files are read; there is no check of its own before. */
    qd_json_member_object(writer, "verify_index");
    qd_json_member_millis(writer, "check_index_time_in_millis", "check_index_time", 0);
    qd_json_member_millis(writer, "total_time_in_millis", "total_time", 0);
    qd_json_end_object(writer);
}

static void write_shard(const struct request *request, const struct qd_reported_shard *shard,
                        struct qd_json_writer *writer)
{
    const struct qd_report_recovery *recovery = shard->report.recovery;
    struct qd_recovery_figures figures;
    qd_recovery_figures(recovery, &figures);
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "id", shard->report.number);
    qd_json_member_text(writer, "type", figures.type);
    qd_json_member_text(writer, "stage", figures.done ? "DONE" : "INIT");
    qd_json_member_bool(writer, "primary", shard->report.primary);
    write_time("start_time", "start_time_in_millis", recovery->start_ms, writer);
    if (figures.done) write_time("stop_time", "stop_time_in_millis", recovery->stop_ms, writer);
    qd_json_member_millis(writer, "total_time_in_millis", "total_time", recovery->time_ms);
    qd_json_member_object(writer, "source");
    if (recovery->existing) qd_json_member_bool(writer, "bootstrap_new_history_uuid", false);
    qd_json_end_object(writer);
    write_target(shard->node, writer);
    write_index(request, recovery, &figures, writer);
    write_translog(recovery, &figures, writer);
    qd_json_end_object(writer);
}

static bool is_shown(const struct request *request, const struct qd_shard_report *report)
{
    return report->recovery != NULL && (!request->active_only || report->recovery->stop_ms == 0);
}

static void write_one_index(const struct request *request, const struct qd_shard_reports *reports,
                            const struct qd_index_metadata *index, struct qd_json_writer *writer)
{
    const struct qd_reported_shard *shards;
    size_t count = qd_shard_reports_of(reports, index, &shards);
    bool begun = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_shown(request, &shards[i].report)) continue;
        if (!begun) {
            qd_json_name_slice(writer, index->name);
            qd_json_begin_object(writer);
            qd_json_member_array(writer, "shards");
        }
        begun = true;
        write_shard(request, &shards[i], writer);
    }
    if (!begun) return;
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    const struct request *request = context;
    struct qd_call *call = request->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_resolved *indices = qd_index_java_order(request->indices, request->count, call->arena);
    qd_json_begin_object(&writer);
    for (size_t i = 0; i < request->count; i++) {
        write_one_index(request, reports, indices[i].index, &writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

void qd_coordinator_recovery(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct request *request = QD_NEW(call->arena, struct request);
    request->call = call;
    if (qd_call_bool(call, "detailed", &request->detailed, &call->error) != QD_OK ||
        qd_call_bool(call, "active_only", &request->active_only, &call->error) != QD_OK ||
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
