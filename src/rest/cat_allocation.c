/* GET _cat/allocation: shards and disk of each data node, and what is unassigned. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/shard_reports.h"
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

/* A table that waits for the shards. */
struct request {
    struct qd_cat cat;
    struct qd_coordinator *coordinator;
    const struct qd_nodes_facts *facts;
};

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

static void add_node(struct request *request, const struct qd_shard_reports *reports,
                     size_t place)
{
    const struct qd_node_info *node = &reports->state->nodes[place];
    const struct qd_node_facts *facts = request->facts->facts[place];
    struct qd_cat_cell *cell = qd_cat_row(&request->cat);
    struct qd_stats stats;
    bool known = facts != NULL && facts->disk_total > 0;
    qd_stats_init(&stats);
    qd_shard_reports_add_node(reports, node, false, &stats);
    cell[0] = qd_cat_number(count_shards(reports->state, node->id));
    cell[1] = qd_cat_bytes(stats.value[QD_STAT_STORE_SIZE]);
    if (known) {
        int64_t used = (int64_t)(facts->disk_total - facts->disk_available);
        cell[2] = qd_cat_bytes(used);
        cell[3] = qd_cat_bytes((int64_t)facts->disk_available);
        cell[4] = qd_cat_bytes((int64_t)facts->disk_total);
        cell[5] = qd_cat_number(qd_node_facts_percent((uint64_t)used, facts->disk_total));
    }
    cell[6] = qd_cat_text(node->host);
    cell[7] = qd_cat_text(node->ip);
    cell[8] = qd_cat_text(node->name);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    struct qd_call *call = request->cat.call;
    const struct qd_cluster_state *state = reports->state;
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodes"),
                                     .local_id = request->coordinator->local_node->id };
    bool *wanted = qd_nodes_select(&filter, call->arena);
    for (size_t i = 0; i < state->node_count; i++) {
        if (wanted[i] && state->nodes[i].data) add_node(request, reports, i);
    }
    int64_t unassigned = count_shards(state, (struct qd_slice){ 0 });
    if (unassigned > 0) {
        struct qd_cat_cell *cell = qd_cat_row(&request->cat);
        cell[0] = qd_cat_number(unassigned);
        cell[8] = qd_cat_string("UNASSIGNED");
    }
    qd_cat_finish(&request->cat);
}

static void ask_shards(struct qd_coordinator *coordinator, struct qd_call *call,
                       const struct qd_nodes_facts *facts)
{
    struct request *request = QD_NEW(call->arena, struct request);
    struct qd_report_wish wish = { .state = facts->state, .parts = QD_REPORT_STATS, .all = true };
    request->coordinator = coordinator;
    request->facts = facts;
    if (!qd_cat_begin(&request->cat, call, &table)) return;
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}

void qd_cat_allocation(struct qd_coordinator *coordinator, struct qd_call *call)
{
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_nodes_facts_gather(coordinator, call, NULL, ask_shards);
}
