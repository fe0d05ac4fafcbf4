/* _upgrade: segments of older formats would be written anew. This version writes and reads one format only,
 * so that nothing has to be done; what is asked is checked and answered. Source: OpenSearch
 * RestUpgradeAction, TransportUpgradeAction, UpgradeStatusResponse. */
#include "base/product.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/shard_reports.h"
#include "coordinator/stats_json.h"

static enum qd_status prepare(struct qd_coordinator *coordinator, struct qd_call *call,
                              struct qd_resolved **indices, size_t *count)
{
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_search(), indices,
                           count));
    *indices = qd_index_java_order(*indices, *count, call->arena);
    return QD_OK;
}

static void write_shards(uint32_t total, uint32_t successful, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "_shards");
    qd_json_member_int(writer, "total", total);
    qd_json_member_int(writer, "successful", successful);
    qd_json_member_int(writer, "failed", 0);
    qd_json_end_object(writer);
}

/* The reference counts every shard twice: for the segments, and for the setting that it then changes. */
static void write_upgraded(const struct qd_resolved *indices, size_t count, struct qd_json_writer *writer)
{
    uint32_t total, assigned;
    qd_count_copies(indices, count, &total, &assigned);
    qd_json_begin_object(writer);
    write_shards(total, 2 * assigned, writer);
    qd_json_member_object(writer, "upgraded_indices");
    for (size_t i = 0; i < count; i++) {
        qd_json_name_slice(writer, indices[i].index->name);
        qd_json_begin_object(writer);
        qd_json_member_text(writer, "upgrade_version", QD_OPENSEARCH_VERSION);
        qd_json_member_text(writer, "oldest_lucene_segment_version", QD_LUCENE_VERSION);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

void qd_coordinator_upgrade(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_resolved *indices;
    size_t count;
    bool ancient = false;
    enum qd_status status = qd_call_bool(call, "only_ancient_segments", &ancient, &call->error);
    if (status == QD_OK) status = prepare(coordinator, call, &indices, &count);
    if (status == QD_OK) {
        status = qd_check_all_blocks(indices, count, QD_BLOCK_METADATA_WRITE, call->arena, &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    write_upgraded(indices, count, &writer);
    qd_call_finish(call, 200);
}

/* A request for sizes that waits for the shards. */
struct sizes_request {
    struct qd_call *call;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
};

static int64_t index_size(const struct qd_shard_reports *reports, const struct qd_index_metadata *index)
{
    const struct qd_reported_shard *shards;
    size_t count = qd_shard_reports_of(reports, index, &shards);
    int64_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (shards[i].report.started) size += qd_shard_report_size(&shards[i].report);
    }
    return size;
}

static void write_sizes(int64_t size, struct qd_json_writer *writer)
{
    qd_json_member_bytes(writer, "size_in_bytes", "size", size);
    qd_json_member_bytes(writer, "size_to_upgrade_in_bytes", "size_to_upgrade", 0);
    qd_json_member_bytes(writer, "size_to_upgrade_ancient_in_bytes", "size_to_upgrade_ancient", 0);
}

static void answer_sizes(void *context, const struct qd_shard_reports *reports)
{
    const struct sizes_request *request = context;
    struct qd_json_writer writer = qd_call_writer(request->call);
    int64_t total = 0;
    for (size_t i = 0; i < request->count; i++) total += index_size(reports, request->indices[i].index);
    qd_json_begin_object(&writer);
    write_sizes(total, &writer);
    qd_json_member_object(&writer, "indices");
    for (size_t i = 0; i < request->count; i++) {
        qd_json_name_slice(&writer, request->indices[i].index->name);
        qd_json_begin_object(&writer);
        write_sizes(index_size(reports, request->indices[i].index), &writer);
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(request->call, 200);
}

void qd_coordinator_get_upgrade(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct sizes_request *request = QD_NEW(call->arena, struct sizes_request);
    request->call = call;
    if (prepare(coordinator, call, &request->indices, &request->count) != QD_OK ||
        qd_check_all_blocks(request->indices, request->count, QD_BLOCK_METADATA_READ, call->arena,
                            &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_SEGMENTS,
                                   .indices = request->indices,
                                   .index_count = request->count };
    qd_shard_reports_gather(coordinator, call, &wish, answer_sizes, request);
}
