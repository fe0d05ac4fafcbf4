/* The segments of shards. */
#include "base/product.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/shard_reports.h"

/* A request that waits for the shards. */
struct request {
    struct qd_call *call;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
};

/* Segments are named by their generation in base 36, as Lucene names them. */
static struct qd_slice segment_name(uint64_t generation, struct qd_arena *arena)
{
    char digits[16];
    size_t at = sizeof(digits);
    do {
        digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[generation % 36];
        generation /= 36;
    } while (generation > 0 && at > 0);
    return qd_arena_format(arena, "_%.*s", (int)(sizeof(digits) - at), digits + at);
}

static void write_segment(const struct qd_report_segment *segment, bool best_compression,
                          struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, segment_name(segment->generation, arena));
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "generation", (int64_t)segment->generation);
    qd_json_member_int(writer, "num_docs", segment->live);
    qd_json_member_int(writer, "deleted_docs", segment->docs - segment->live);
    qd_json_member_int(writer, "size_in_bytes", (int64_t)segment->size);
    qd_json_member_int(writer, "memory_in_bytes", 0);
    qd_json_member_bool(writer, "committed", segment->committed);
    qd_json_member_bool(writer, "search", true);
    qd_json_member_text(writer, "version", QD_LUCENE_VERSION);
    qd_json_member_bool(writer, "compound", true);
    qd_json_member_object(writer, "attributes");
    qd_json_member_text(writer, "Lucene90StoredFieldsFormat.mode",
                        best_compression ? "BEST_COMPRESSION" : "BEST_SPEED");
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_copy(const struct qd_reported_shard *shard, struct qd_arena *arena,
                       struct qd_json_writer *writer)
{
    const struct qd_report_segments *segments = shard->report.segments;
    const struct qd_shard_routing *routing = shard->routing;
    int64_t committed = 0;
    for (size_t i = 0; i < segments->count; i++) committed += segments->list[i].committed ? 1 : 0;
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "routing");
    qd_json_member_text(writer, "state", routing->state == QD_SHARD_STARTED ? "STARTED" : "INITIALIZING");
    qd_json_member_bool(writer, "primary", routing->primary);
    qd_json_member_string(writer, "node", routing->node_id);
    qd_json_end_object(writer);
    qd_json_member_int(writer, "num_committed_segments", committed);
    qd_json_member_int(writer, "num_search_segments", (int64_t)segments->count);
    qd_json_member_object(writer, "segments");
    for (size_t i = 0; i < segments->count; i++) {
        write_segment(&segments->list[i], segments->best_compression, arena, writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* The copies of one shard that can tell their segments; the shard is left out when there are none. */
static void write_copies(const struct qd_reported_shard *copies, size_t count, struct qd_arena *arena,
                         struct qd_json_writer *writer)
{
    bool begun = false;
    for (size_t i = 0; i < count; i++) {
        if (!copies[i].report.started || copies[i].report.segments == NULL) continue;
        if (!begun) {
            qd_json_name_slice(writer, qd_arena_format(arena, "%u", copies[i].report.number));
            qd_json_begin_array(writer);
        }
        begun = true;
        write_copy(&copies[i], arena, writer);
    }
    if (begun) qd_json_end_array(writer);
}

static void write_index(const struct qd_shard_reports *reports, const struct qd_index_metadata *index,
                        struct qd_arena *arena, struct qd_json_writer *writer)
{
    const struct qd_reported_shard *shards;
    size_t same;
    size_t count = qd_shard_reports_of(reports, index, &shards);
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "shards");
    for (size_t i = 0; i < count; i += same) {
        same = qd_shard_reports_same(&shards[i], count - i);
        write_copies(&shards[i], same, arena, writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    struct qd_call *call = request->call;
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_shard_reports_write_header(reports, request->indices, request->count, &writer);
    struct qd_resolved *indices = qd_index_java_order(request->indices, request->count, call->arena);
    qd_json_member_object(&writer, "indices");
    for (size_t i = 0; i < request->count; i++) {
        write_index(reports, indices[i].index, call->arena, &writer);
    }
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

void qd_coordinator_segments(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request *request = QD_NEW(call->arena, struct request);
    bool verbose = false;
    request->call = call;
    enum qd_status status = qd_call_bool(call, "verbose", &verbose, &call->error);
    if (status == QD_OK) {
        status = qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_search(),
                                 &request->indices, &request->count);
    }
    if (status == QD_OK) {
        status = qd_check_all_blocks(request->indices, request->count, QD_BLOCK_METADATA_READ, call->arena,
                                     &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_SEGMENTS,
                                   .indices = request->indices,
                                   .index_count = request->count };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}
