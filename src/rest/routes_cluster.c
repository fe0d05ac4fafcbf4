/* Routes about the cluster, its nodes and tasks. */
#include "coordinator/operations.h"
#include "rest/route.h"

#define MANAGER "cluster_manager_timeout master_timeout "
#define STATE                                                                                              \
    MANAGER "allow_no_indices expand_wildcards flat_settings ignore_throttled ignore_unavailable local "    \
            "wait_for_metadata_version wait_for_timeout"
#define NODES_STATS                                                                                        \
    "completion_fields fielddata_fields fields groups include_segment_file_sizes level timeout"
#define TASKS "actions nodes parent_task_id wait_for_completion "
#define HEALTH                                                                                               \
    MANAGER "allow_no_indices awareness_attribute ensure_node_weighed_in expand_wildcards ignore_throttled " \
            "ignore_unavailable level local timeout wait_for_active_shards wait_for_events "                 \
            "wait_for_no_initializing_shards "                                                               \
            "wait_for_no_relocating_shards wait_for_nodes wait_for_relocating_shards wait_for_status"

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/", qd_coordinator_info, NULL, QD_ROUTE_NO_BREAKER | QD_ROUTE_PRETTY },
    { QD_HTTP_HEAD, "/", qd_coordinator_info, NULL, QD_ROUTE_NO_BREAKER | QD_ROUTE_PRETTY },
    { QD_HTTP_GET, "/favicon.ico", qd_favicon, NULL, QD_ROUTE_ANY_PARAMETER },
    { QD_HTTP_GET, "/_cluster/health", qd_coordinator_health, HEALTH " index", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/health/{index}", qd_coordinator_health, HEALTH, QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/pending_tasks", qd_coordinator_pending_tasks, MANAGER "local", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_cluster/reroute", qd_coordinator_reroute,
      MANAGER "dry_run explain metric retry_failed timeout", QD_ROUTE_BODY },
    { QD_HTTP_GET, "/_cluster/allocation/explain", qd_coordinator_allocation_explain,
      "include_disk_info include_yes_decisions", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_cluster/allocation/explain", qd_coordinator_allocation_explain,
      "include_disk_info include_yes_decisions", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_cluster/voting_config_exclusions", qd_coordinator_add_voting_exclusions,
      "node_ids node_name node_names timeout", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_cluster/voting_config_exclusions/{node_name}", qd_coordinator_add_voting_exclusions,
      "node_ids node_names timeout", QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/_cluster/voting_config_exclusions", qd_coordinator_clear_voting_exclusions,
      "wait_for_removal", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_remote/info", qd_coordinator_remote_info, NULL, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_tasks", qd_coordinator_list_tasks, TASKS "detailed group_by timeout",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_tasks/{task_id}", qd_coordinator_get_task, "timeout wait_for_completion",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_tasks/_cancel", qd_coordinator_cancel_tasks, TASKS "group_by", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_POST, "/_tasks/{task_id}/_cancel", qd_coordinator_cancel_tasks, TASKS "group_by",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/state", qd_coordinator_cluster_state, STATE " indices metric",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/state/{metric}", qd_coordinator_cluster_state, STATE " indices",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/state/{metric}/{indices}", qd_coordinator_cluster_state, STATE,
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/stats", qd_coordinator_cluster_stats, "nodeId timeout", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/stats/nodes/{nodeId}", qd_coordinator_cluster_stats, "timeout",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cluster/settings", qd_coordinator_get_cluster_settings,
      MANAGER "flat_settings include_defaults local", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_PUT, "/_cluster/settings", qd_coordinator_put_cluster_settings, MANAGER "flat_settings timeout",
      QD_ROUTE_NO_BREAKER | QD_ROUTE_BODY },
    { QD_HTTP_GET, "/_nodes", qd_coordinator_nodes_info, "flat_settings metrics nodeId timeout",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/{nodeId}", qd_coordinator_nodes_info, "flat_settings metrics timeout",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/{nodeId}/{metrics}", qd_coordinator_nodes_info, "flat_settings timeout",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_POST, "/_nodes/reload_secure_settings", qd_coordinator_reload_secure_settings, "timeout",
      QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_nodes/{nodeId}/reload_secure_settings", qd_coordinator_reload_secure_settings,
      "timeout", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_nodes/stats", qd_coordinator_nodes_stats, NODES_STATS " nodeId", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/{nodeId}/stats", qd_coordinator_nodes_stats, NODES_STATS, QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/stats/{metric}", qd_coordinator_nodes_stats, NODES_STATS " nodeId",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/{nodeId}/stats/{metric}", qd_coordinator_nodes_stats, NODES_STATS,
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/stats/{metric}/{index_metric}", qd_coordinator_nodes_stats, NODES_STATS " nodeId",
      QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_nodes/{nodeId}/stats/{metric}/{index_metric}", qd_coordinator_nodes_stats, NODES_STATS,
      QD_ROUTE_NO_BREAKER },
};

const struct qd_route_table qd_routes_cluster = { rows, sizeof(rows) / sizeof(rows[0]) };
