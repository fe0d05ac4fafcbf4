/* The segments of shards. */
#include "base/product.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "data/data.h"

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

static void write_segment(const struct qd_snapshot_segment *segment, const struct qd_schema *schema,
                          struct qd_arena *arena, struct qd_json_writer *writer)
{
    uint32_t docs = qd_segment_doc_count(segment->segment);
    qd_json_name_slice(writer, segment_name(segment->generation, arena));
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "generation", (int64_t)segment->generation);
    qd_json_member_int(writer, "num_docs", segment->live_count);
    qd_json_member_int(writer, "deleted_docs", docs - segment->live_count);
    qd_json_member_int(writer, "size_in_bytes", (int64_t)qd_segment_size(segment->segment));
    qd_json_member_int(writer, "memory_in_bytes", 0);
    qd_json_member_bool(writer, "committed", segment->committed);
    qd_json_member_bool(writer, "search", true);
    qd_json_member_text(writer, "version", QD_LUCENE_VERSION);
    qd_json_member_bool(writer, "compound", true);
    qd_json_member_object(writer, "attributes");
    qd_json_member_text(writer, "Lucene90StoredFieldsFormat.mode",
                        schema->engine.codec == QD_STORED_LZ4 ? "BEST_SPEED" : "BEST_COMPRESSION");
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_shard(struct qd_shard *shard, const struct qd_shard_routing *routing,
                        struct qd_arena *arena, struct qd_json_writer *writer)
{
    struct qd_snapshot *snapshot = qd_engine_acquire(shard->engine);
    uint32_t committed = 0;
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        committed += snapshot->segments[i].committed ? 1 : 0;
    }
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "routing");
    qd_json_member_text(writer, "state", routing->state == QD_SHARD_STARTED ? "STARTED" : "INITIALIZING");
    qd_json_member_bool(writer, "primary", routing->primary);
    qd_json_member_string(writer, "node", routing->node_id);
    qd_json_end_object(writer);
    qd_json_member_int(writer, "num_committed_segments", committed);
    qd_json_member_int(writer, "num_search_segments", snapshot->segment_count);
    qd_json_member_object(writer, "segments");
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        write_segment(&snapshot->segments[i], shard->schema, arena, writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_snapshot_release(snapshot);
}

static void write_index(const struct qd_coordinator *coordinator, const struct qd_index_metadata *index,
                        struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "shards");
    for (uint32_t n = 0; n < index->shard_count; n++) {
        struct qd_shard *shard = qd_data_shard(coordinator->data, index->uuid, n);
        if (shard == NULL || shard->engine == NULL) continue;
        qd_json_name_slice(writer, qd_arena_format(arena, "%u", n));
        qd_json_begin_array(writer);
        write_shard(shard, &index->routing[n * (1 + index->replica_count)], arena, writer);
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

void qd_coordinator_segments(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    size_t count;
    uint32_t total, assigned;
    bool verbose = false;
    struct qd_json_writer writer = qd_call_writer(call);
    enum qd_status status = qd_call_bool(call, "verbose", &verbose, &call->error);
    if (status == QD_OK) {
        status = qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_search(),
                                 &indices, &count);
    }
    for (size_t i = 0; status == QD_OK && i < count; i++) {
        status = qd_check_blocks(indices[i].index, QD_BLOCK_METADATA_READ, &call->error);
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_count_copies(indices, count, &total, &assigned);
    indices = qd_index_java_order(indices, count, call->arena);
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "_shards");
    qd_json_member_int(&writer, "total", total);
    qd_json_member_int(&writer, "successful", assigned);
    qd_json_member_int(&writer, "failed", 0);
    qd_json_end_object(&writer);
    qd_json_member_object(&writer, "indices");
    for (size_t i = 0; i < count; i++) write_index(coordinator, indices[i].index, call->arena, &writer);
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
