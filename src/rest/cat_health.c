/* GET _cat/health: the health of the cluster in one row. */
#include "coordinator/health.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "epoch", "t,time", "seconds since 1970-01-01 00:00:00", QD_CAT_LEFT, 0 },
    { "timestamp", "ts,hms,hhmmss", "time in HH:MM:SS", QD_CAT_LEFT, 0 },
    { "cluster", "cl", "cluster name", QD_CAT_LEFT, 0 },
    { "status", "st", "health status", QD_CAT_LEFT, 0 },
    { "node.total", "nt,nodeTotal", "total number of nodes", QD_CAT_RIGHT, 0 },
    { "node.data", "nd,nodeData", "number of nodes that can store data", QD_CAT_RIGHT, 0 },
    { "discovered_cluster_manager", "dcm,dm,discovered_master",
      "cluster manager is discovered or not", QD_CAT_RIGHT, 0 },
    { "shards", "t,sh,shards.total,shardsTotal", "total number of shards", QD_CAT_RIGHT, 0 },
    { "pri", "p,shards.primary,shardsPrimary", "number of primary shards", QD_CAT_RIGHT, 0 },
    { "relo", "r,shards.relocating,shardsRelocating", "number of relocating nodes", QD_CAT_RIGHT, 0 },
    { "init", "i,shards.initializing,shardsInitializing", "number of initializing nodes", QD_CAT_RIGHT, 0 },
    { "unassign", "u,shards.unassigned,shardsUnassigned", "number of unassigned shards", QD_CAT_RIGHT, 0 },
    { "pending_tasks", "pt,pendingTasks", "number of pending tasks", QD_CAT_RIGHT, 0 },
    { "max_task_wait_time", "mtwt,maxTaskWaitTime", "wait time of longest task pending", QD_CAT_RIGHT, 0 },
    { "active_shards_percent", "asp,activeShardsPercent",
      "active number of shards in percent", QD_CAT_RIGHT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_health(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_resolved *indices;
    struct qd_health health;
    struct qd_cat cat;
    int64_t now = coordinator->env->clock->wall_ms(coordinator->env);
    if (!qd_cat_begin(&cat, call, &table)) return;
    size_t count = qd_health_all_indices(state, call->arena, &indices);
    qd_health_of(coordinator->cluster, call->arena, indices, count, now, &health);
    struct qd_cat_cell *cell = qd_cat_row(&cat);
    *cell++ = qd_cat_number(now / 1000);
    *cell++ = qd_cat_text(qd_cat_clock(now, call->arena));
    *cell++ = qd_cat_text(state->cluster_name);
    *cell++ = qd_cat_string(qd_health_name(health.status));
    *cell++ = qd_cat_number(health.nodes);
    *cell++ = qd_cat_number(health.data_nodes);
    *cell++ = qd_cat_string(health.has_manager ? "true" : "false");
    *cell++ = qd_cat_number(health.counts.active);
    *cell++ = qd_cat_number(health.counts.active_primary);
    *cell++ = qd_cat_number(health.counts.relocating);
    *cell++ = qd_cat_number(health.counts.initializing);
    *cell++ = qd_cat_number(health.counts.unassigned);
    *cell++ = qd_cat_number((int64_t)health.pending_tasks);
    *cell++ = health.longest_wait_ms == 0 ? qd_cat_string("-") : qd_cat_millis(health.longest_wait_ms);
    *cell++ = qd_cat_text(qd_health_percent(health.active_percent, call->arena));
    qd_cat_finish(&cat);
}
