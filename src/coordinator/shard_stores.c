/* GET _shard_stores: which nodes have data of a shard. Source: OpenSearch TransportIndicesShardStoresAction.
 */
#include "coordinator/blocks.h"
#include "coordinator/cluster_state_api.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"

/* The healths that are asked for; yellow and red when none is named. */
struct wanted {
    bool healths[3]; /* green, yellow, red */
};

static enum qd_status read_wanted(struct qd_call *call, struct wanted *wanted)
{
    static const char *const names[] = { "green", "yellow", "red" };
    struct qd_slice *parts;
    size_t count = qd_call_list(call, "status", &parts);
    if (count == 0) wanted->healths[1] = wanted->healths[2] = true;
    for (size_t i = 0; i < count; i++) {
        bool all = qd_slice_is(parts[i], "all"), known = all;
        for (size_t h = 0; h < 3; h++) {
            if (!all && !qd_slice_is(parts[i], names[h])) continue;
            wanted->healths[h] = known = true;
        }
        if (known) continue;
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "unknown cluster health status [%.*s]",
                            QD_SLICE_ARG(parts[i]));
    }
    return QD_OK;
}

static int shard_health(const struct qd_shard_routing *copies, uint32_t count)
{
    int health = copies[0].state == QD_SHARD_STARTED ? 0 : 2;
    for (uint32_t c = 1; c < count && health == 0; c++) {
        if (copies[c].state != QD_SHARD_STARTED) health = 1;
    }
    return health;
}

static void write_store(const struct qd_cluster_state *state, const struct qd_shard_routing *copy,
                        struct qd_json_writer *writer)
{
    for (size_t i = 0; i < state->node_count; i++) {
        if (!qd_slice_equal(state->nodes[i].id, copy->node_id)) continue;
        qd_json_begin_object(writer);
        qd_state_write_node(&state->nodes[i], writer);
        if (copy->allocation_id.data != NULL) {
            qd_json_member_string(writer, "allocation_id", copy->allocation_id);
        }
        qd_json_member_text(writer, "allocation", copy->primary ? "primary" : "replica");
        qd_json_end_object(writer);
    }
}

static void write_index(const struct qd_cluster_state *state, const struct qd_index_metadata *index,
                        const struct wanted *wanted, struct qd_arena *arena, struct qd_json_writer *writer)
{
    uint32_t copies = 1 + index->replica_count;
    bool open = false;
    for (uint32_t s = 0; s < index->shard_count; s++) {
        const struct qd_shard_routing *first = &index->routing[s * copies];
        if (!wanted->healths[shard_health(first, copies)]) continue;
        if (!open) {
            qd_json_name_slice(writer, index->name);
            qd_json_begin_object(writer);
            qd_json_member_object(writer, "shards");
        }
        open = true;
        qd_json_name_slice(writer, qd_arena_format(arena, "%u", s));
        qd_json_begin_object(writer);
        qd_json_member_array(writer, "stores");
        for (uint32_t c = 0; c < copies; c++) {
            if (first[c].node_id.data != NULL) write_store(state, &first[c], writer);
        }
        qd_json_end_array(writer);
        qd_json_end_object(writer);
    }
    if (!open) return;
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

void qd_coordinator_shard_stores(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_json_writer writer = qd_call_writer(call);
    struct wanted wanted = { 0 };
    struct qd_resolved *indices;
    size_t count;
    if (read_wanted(call, &wanted) != QD_OK ||
        qd_resolve_metadata(call, state, qd_options_open_closed(), &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    indices = qd_index_java_order(indices, count, call->arena);
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "indices");
    for (size_t i = 0; i < count; i++) write_index(state, indices[i].index, &wanted, call->arena, &writer);
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
