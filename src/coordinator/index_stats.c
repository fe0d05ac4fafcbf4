/* Statistics of indices: sums over all, per index and per shard. */
#include "base/text.h"
#include "base/vector.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/stats_gather.h"
#include "coordinator/unrecognized.h"
#include "data/data.h"
#include "data/shard_stats.h"

QD_VECTOR_TYPE(name_list, struct qd_slice);

enum level { LEVEL_CLUSTER, LEVEL_INDICES, LEVEL_SHARDS };

struct request {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_resolved *indices;
    size_t count;
    unsigned families; /* as qd_stats_write takes them */
    struct qd_slice *groups; /* patterns; groups[group_count] */
    size_t group_count;
    bool unloaded;           /* segments of closed indices count too */
    enum level level;
    uint32_t total, assigned;
};

/* ---- parameters ---- */

static enum qd_status unknown_metrics(const struct request *request, struct name_list *bad)
{
    struct qd_slice names[QD_STATS_FAMILY_COUNT];
    for (size_t i = 0; i < QD_STATS_FAMILY_COUNT; i++) {
        names[i] = qd_slice_from_string(qd_stats_family_metric((enum qd_stat_family)i));
    }
    struct qd_unrecognized unknown = { .path = request->call->path,
                                       .what = "metric",
                                       .bad = bad->data,
                                       .bad_count = bad->count,
                                       .known = names,
                                       .known_count = QD_STATS_FAMILY_COUNT };
    return qd_unrecognized(&unknown, request->call->arena, &request->call->error);
}

static enum qd_status read_metrics(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_slice *names;
    struct name_list bad = { 0 };
    bool all = false;
    size_t count = qd_call_list(call, "metric", &names);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (unsigned f = 0; f < QD_STATS_FAMILY_COUNT; f++) {
            if (!qd_slice_is(names[i], qd_stats_family_metric((enum qd_stat_family)f))) continue;
            request->families |= 1u << f;
            known = true;
        }
        if (qd_slice_is(names[i], "_all")) {
            all = true;
        } else if (!known) {
            *QD_PUSH(call->arena, &bad) = names[i];
        }
    }
    if (all && count > 1) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                            "request [%.*s] contains _all and individual metrics [%.*s]",
                            QD_SLICE_ARG(call->path), QD_SLICE_ARG(qd_call_parameter(call, "metric")));
    }
    if (bad.count > 0) return unknown_metrics(request, &bad);
    if (all || count == 0) request->families = QD_STATS_ALL;
    return QD_OK;
}

static enum qd_status read_level(struct request *request)
{
    struct qd_slice level = qd_call_parameter(request->call, "level");
    request->level = LEVEL_INDICES;
    if (level.data == NULL || qd_slice_is(level, "indices")) return QD_OK;
    if (qd_slice_is(level, "cluster")) {
        request->level = LEVEL_CLUSTER;
    } else if (qd_slice_is(level, "shards")) {
        request->level = LEVEL_SHARDS;
    } else {
        return qd_error_set(
            &request->call->error, QD_ILLEGAL_ARGUMENT,
            "level parameter must be one of [cluster] or [indices] or [shards] but was [%.*s]",
            QD_SLICE_ARG(level));
    }
    return QD_OK;
}

static enum qd_status prepare(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_error *error = &call->error;
    struct qd_indices_options options = qd_options_search();
    bool forbid_closed = true;
    bool flag = false;
    QD_TRY(qd_call_bool(call, "forbid_closed_indices", &forbid_closed, error));
    QD_TRY(qd_call_bool(call, "include_segment_file_sizes", &flag, error));
    QD_TRY(qd_call_bool(call, "include_unloaded_segments", &request->unloaded, error));
    if (!forbid_closed) options = qd_options_open();
    QD_TRY(read_metrics(request));
    QD_TRY(read_level(request));
    bool fields = qd_call_parameter(call, "fields").data != NULL;
    bool fielddata = fields || qd_call_parameter(call, "fielddata_fields").data != NULL;
    bool completion = fields || qd_call_parameter(call, "completion_fields").data != NULL;
    if (fielddata) request->families |= QD_STATS_FIELDDATA_FIELDS;
    if (completion) request->families |= QD_STATS_COMPLETION_FIELDS;
    request->group_count = qd_call_list(call, "groups", &request->groups);
    const struct qd_cluster_state *state = qd_cluster_service_state(request->coordinator->cluster);
    QD_TRY(qd_resolve_call(call, state, options, &request->indices, &request->count));
    for (size_t i = 0; i < request->count; i++) {
        QD_TRY(qd_check_blocks(request->indices[i].index, QD_BLOCK_METADATA_READ, error));
    }
    qd_count_copies(request->indices, request->count, &request->total, &request->assigned);
    return QD_OK;
}

/* ---- answer ---- */

static bool has_shards(const struct request *request, const struct qd_index_metadata *index)
{
    for (uint32_t n = 0; n < index->shard_count; n++) {
        const struct qd_shard *shard = qd_data_shard(request->coordinator->data, index->uuid, n);
        if (shard != NULL && shard->engine != NULL && shard->phase == QD_SHARD_PHASE_STARTED) return true;
    }
    return false;
}

static void add_groups(struct qd_stats_groups *groups, const struct request *request,
                       const struct qd_index_metadata *index, bool primaries)
{
    for (uint32_t n = 0; n < index->shard_count; n++) {
        const struct qd_shard *shard = qd_data_shard(request->coordinator->data, index->uuid, n);
        if (shard == NULL || shard->engine == NULL || (primaries && !shard->primary)) continue;
        qd_stats_add_groups(groups, shard, request->call->arena);
    }
}

/* "primaries" and "total" of one index, or of all when it is NULL. Without any shard they are empty. */
static void write_sums(const struct request *request, const struct qd_index_metadata *index,
                       struct qd_json_writer *writer)
{
    const struct qd_data *data = request->coordinator->data;
    int64_t now_ms = request->call->start_ms;
    for (int primaries = 1; primaries >= 0; primaries--) {
        struct qd_stats sum;
        bool any = false;
        struct qd_stats_groups groups = { request->groups, request->group_count, { 0 } };
        qd_stats_init(&sum);
        for (size_t i = 0; i < request->count; i++) {
            const struct qd_index_metadata *one = request->indices[i].index;
            if ((index != NULL && index != one) || !has_shards(request, one)) continue;
            struct qd_stats stats;
            qd_stats_init(&stats);
            qd_stats_add_index(&stats, data, one->uuid, primaries == 1, now_ms);
            if (one->closed && !request->unloaded) qd_stats_clear(&stats, QD_STATS_SEGMENTS);
            qd_stats_add(&sum, &stats);
            add_groups(&groups, request, one, primaries == 1);
            any = true;
        }
        qd_json_member_object(writer, primaries == 1 ? "primaries" : "total");
        struct qd_stats_writing writing = { .wanted = request->families, .groups = &groups };
        if (any) qd_stats_write(&sum, &writing, writer);
        qd_json_end_object(writer);
    }
}

static void write_shard(const struct request *request, const struct qd_shard *shard,
                        const struct qd_shard_routing *routing, struct qd_json_writer *writer)
{
    struct qd_stats sum;
    qd_stats_init(&sum);
    qd_shard_stats_add(&sum, shard, request->call->start_ms);
    if (shard->index_closed && !request->unloaded) qd_stats_clear(&sum, QD_STATS_SEGMENTS);
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "routing");
    qd_json_member_text(writer, "state", routing->state == QD_SHARD_STARTED ? "STARTED" : "INITIALIZING");
    qd_json_member_bool(writer, "primary", routing->primary);
    qd_json_member_string(writer, "node", routing->node_id);
    qd_json_name(writer, "relocating_node");
    qd_json_null(writer);
    qd_json_end_object(writer);
    struct qd_stats_groups groups = { request->groups, request->group_count, { 0 } };
    qd_stats_add_groups(&groups, shard, request->call->arena);
    struct qd_stats_writing writing = { .wanted = request->families, .groups = &groups };
    qd_stats_write(&sum, &writing, writer);
    qd_stats_write_shard(shard, request->call->arena, writer);
    qd_json_end_object(writer);
}

static void write_shards(const struct request *request, const struct qd_index_metadata *index,
                         struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "shards");
    for (uint32_t n = 0; n < index->shard_count; n++) {
        const struct qd_shard *shard = qd_data_shard(request->coordinator->data, index->uuid, n);
        const struct qd_shard_routing *routing = &index->routing[n * (1 + index->replica_count)];
        if (shard == NULL || shard->engine == NULL) continue;
        qd_json_name_slice(writer, qd_arena_format(request->call->arena, "%u", n));
        qd_json_begin_array(writer);
        write_shard(request, shard, routing, writer);
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
}

static void write_indices(const struct request *request, struct qd_json_writer *writer)
{
    struct qd_resolved *indices = qd_index_java_order(request->indices, request->count, request->call->arena);
    qd_json_member_object(writer, "indices");
    for (size_t i = 0; i < request->count; i++) {
        const struct qd_index_metadata *index = indices[i].index;
        if (!has_shards(request, index)) continue;
        qd_json_name_slice(writer, index->name);
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "uuid", index->uuid);
        write_sums(request, index, writer);
        if (request->level == LEVEL_SHARDS) write_shards(request, index, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

void qd_coordinator_index_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request request = { .coordinator = coordinator, .call = call };
    struct qd_json_writer writer = qd_call_writer(call);
    if (prepare(&request) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "_shards");
    qd_json_member_int(&writer, "total", request.total);
    qd_json_member_int(&writer, "successful", request.assigned);
    qd_json_member_int(&writer, "failed", 0);
    qd_json_end_object(&writer);
    qd_json_member_object(&writer, "_all");
    write_sums(&request, NULL, &writer);
    qd_json_end_object(&writer);
    if (request.level != LEVEL_CLUSTER) write_indices(&request, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
