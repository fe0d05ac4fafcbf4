/* Routes about the cluster, its nodes and tasks. */
#include "coordinator/operations.h"
#include "rest/route.h"

#define MANAGER "cluster_manager_timeout master_timeout "
#define TASKS "actions detailed nodes parent_task_id wait_for_completion "
#define HEALTH                                                                                                      \
    MANAGER "allow_no_indices awareness_attribute ensure_node_weighed_in expand_wildcards ignore_throttled "        \
            "ignore_unavailable level local timeout wait_for_active_shards wait_for_events wait_for_no_initializing_shards " \
            "wait_for_no_relocating_shards wait_for_nodes wait_for_relocating_shards wait_for_status"

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/", qd_coordinator_info, NULL, QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/", qd_coordinator_info, NULL, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_cluster/health", qd_coordinator_health, HEALTH, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_cluster/health/{index}", qd_coordinator_health, HEALTH, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_cluster/pending_tasks", qd_coordinator_pending_tasks, MANAGER "local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_tasks", qd_coordinator_list_tasks, TASKS "group_by timeout", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_tasks/{task_id}", qd_coordinator_get_task, "timeout wait_for_completion", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_tasks/_cancel", qd_coordinator_cancel_tasks, TASKS "group_by", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_tasks/{task_id}/_cancel", qd_coordinator_cancel_tasks, TASKS "group_by", QD_ROUTE_NONE },
};

const struct qd_route_table qd_routes_cluster = { rows, sizeof(rows) / sizeof(rows[0]) };
