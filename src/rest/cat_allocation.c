/* GET _cat/allocation: shards and disk of each data node, and what is unassigned. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/stats_gather.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "shards", "s", "number of shards on node", QD_CAT_RIGHT, 0 },
    { "disk.indices", "di,diskIndices", "disk used by OpenSearch indices", QD_CAT_RIGHT, 0 },
    { "disk.used", "du,diskUsed", "disk used (total, not just OpenSearch)", QD_CAT_RIGHT, 0 },
    { "disk.avail", "da,diskAvail", "disk available", QD_CAT_RIGHT, 0 },
    { "disk.total", "dt,diskTotal", "total capacity of all volumes", QD_CAT_RIGHT, 0 },
    { "disk.percent", "dp,diskPercent", "percent disk used", QD_CAT_RIGHT, 0 },
    { "host", "h", "host of node", QD_CAT_LEFT, 0 },
    { "ip", NULL, "ip of node", QD_CAT_LEFT, 0 },
    { "node", "n", "name of node", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

static void add_node(struct qd_cat *cat, struct qd_coordinator *coordinator, const struct qd_node_info *node,
                     const struct qd_node_facts *facts, int64_t shards)
{
    struct qd_cat_cell *cell = qd_cat_row(cat);
    struct qd_stats stats;
    int64_t used = (int64_t)(facts->disk_total - facts->disk_available);
    bool known = facts->disk_total > 0;
    qd_stats_init(&stats);
    qd_stats_add_index(&stats, coordinator->data, (struct qd_slice){ 0 }, false, facts->now_ms);
    cell[0] = qd_cat_number(shards);
    cell[1] = qd_cat_bytes(stats.value[QD_STAT_STORE_SIZE]);
    if (known) {
        cell[2] = qd_cat_bytes(used);
        cell[3] = qd_cat_bytes((int64_t)facts->disk_available);
        cell[4] = qd_cat_bytes((int64_t)facts->disk_total);
        cell[5] = qd_cat_number(qd_node_facts_percent((uint64_t)used, facts->disk_total));
    }
    cell[6] = qd_cat_text(node->host);
    cell[7] = qd_cat_text(node->ip);
    cell[8] = qd_cat_text(node->name);
}

/* Copies on a node; data NULL: copies that are nowhere. */
static int64_t count_shards(const struct qd_cluster_state *state, struct qd_slice node_id)
{
    int64_t shards = 0;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        size_t count = (size_t)index->shard_count * (1 + index->replica_count);
        for (size_t s = 0; s < count; s++) {
            struct qd_slice at = index->routing[s].node_id;
            shards += node_id.data == NULL ? at.data == NULL : at.data != NULL && qd_slice_equal(at, node_id);
        }
    }
    return shards;
}

static void answer(struct qd_coordinator *coordinator, struct qd_call *call,
                   const struct qd_node_facts *facts)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodes"),
                                     .local_id = coordinator->local_node->id };
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    bool *wanted = qd_nodes_select(&filter, call->arena);
    for (size_t i = 0; i < state->node_count; i++) {
        const struct qd_node_info *node = &state->nodes[i];
        if (wanted[i] && node->data) add_node(&cat, coordinator, node, facts, count_shards(state, node->id));
    }
    int64_t unassigned = count_shards(state, (struct qd_slice){ 0 });
    if (unassigned > 0) {
        struct qd_cat_cell *cell = qd_cat_row(&cat);
        cell[0] = qd_cat_number(unassigned);
        cell[8] = qd_cat_string("UNASSIGNED");
    }
    qd_cat_finish(&cat);
}

void qd_cat_allocation(struct qd_coordinator *coordinator, struct qd_call *call)
{
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_node_facts_gather(coordinator, call, answer);
}
