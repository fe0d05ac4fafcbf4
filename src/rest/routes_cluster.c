/* Routes about the cluster, its nodes and tasks. */
#include "coordinator/operations.h"
#include "rest/route.h"

#define MANAGER "cluster_manager_timeout master_timeout "
#define HEALTH                                                                                                      \
    MANAGER "allow_no_indices awareness_attribute ensure_node_weighed_in expand_wildcards ignore_throttled "        \
            "ignore_unavailable level local timeout wait_for_active_shards wait_for_events wait_for_no_initializing_shards " \
            "wait_for_no_relocating_shards wait_for_nodes wait_for_relocating_shards wait_for_status"

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/", qd_coordinator_info, NULL, QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/", qd_coordinator_info, NULL, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_cluster/health", qd_coordinator_health, HEALTH, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_cluster/health/{index}", qd_coordinator_health, HEALTH, QD_ROUTE_NONE },
};

const struct qd_route_table qd_routes_cluster = { rows, sizeof(rows) / sizeof(rows[0]) };
