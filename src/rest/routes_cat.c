/* Routes of the cat tables. */
#include "coordinator/operations.h"
#include "rest/cat_tables.h"
#include "rest/route.h"

/* What every table takes, and what those about the cluster state take. */
#define CAT "bytes format h help pri s size time timeout ts v "
#define STATE CAT "cluster_manager_timeout local master_timeout "
#define SNAPSHOTS CAT "cluster_manager_timeout ignore_unavailable master_timeout "
#define OPTIONS "allow_no_indices expand_wildcards ignore_throttled ignore_unavailable "

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/_cat/health", qd_cat_health, CAT, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/count", qd_cat_count, CAT "index q df analyzer default_operator",
      QD_ROUTE_TEXT | QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_cat/count/{index}", qd_cat_count, CAT "q df analyzer default_operator",
      QD_ROUTE_TEXT | QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_list/wlm_stats", qd_list_wlm_stats,
      "format next_token nodeId order size sort v workloadGroupId", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/indices", qd_cat_indices, STATE OPTIONS "index health include_unloaded_segments",
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/indices/{index}", qd_cat_indices, STATE OPTIONS "health include_unloaded_segments",
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat", qd_cat_list, NULL, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/cluster_manager", qd_cat_cluster_manager, STATE,
      QD_ROUTE_TEXT | QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cat/master", qd_cat_cluster_manager, STATE, QD_ROUTE_TEXT | QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_cat/aliases", qd_cat_aliases, CAT OPTIONS "alias local", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/aliases/{alias}", qd_cat_aliases, CAT OPTIONS "local", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/allocation", qd_cat_allocation, STATE "nodes", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/allocation/{nodes}", qd_cat_allocation, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/fielddata", qd_cat_fielddata, CAT "fields", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/fielddata/{fields}", qd_cat_fielddata, CAT, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/nodeattrs", qd_cat_nodeattrs, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/nodes", qd_cat_nodes, STATE "full_id", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/pending_tasks", qd_cat_pending_tasks, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/plugins", qd_cat_plugins, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/recovery", qd_cat_recovery, CAT OPTIONS "active_only detailed index",
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/recovery/{index}", qd_cat_recovery, CAT OPTIONS "active_only detailed",
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/repositories", qd_cat_repositories, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/segment_replication", qd_cat_segment_replication,
      CAT OPTIONS "active_only detailed index shards", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/segment_replication/{index}", qd_cat_segment_replication,
      CAT OPTIONS "active_only detailed shards", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/segments", qd_cat_segments, STATE "index", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/segments/{index}", qd_cat_segments, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/shards", qd_cat_shards, STATE "index cancel_after_time_interval", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/shards/{index}", qd_cat_shards, STATE "cancel_after_time_interval",
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/snapshots", qd_cat_snapshots, SNAPSHOTS "repository",
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/snapshots/{repository}", qd_cat_snapshots, SNAPSHOTS,
      QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/tasks", qd_cat_tasks, CAT "actions detailed nodes parent_task_id", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/templates", qd_cat_templates, STATE "name", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/templates/{name}", qd_cat_templates, STATE, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/thread_pool", qd_cat_thread_pool, STATE "thread_pool_patterns", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/thread_pool/{thread_pool_patterns}", qd_cat_thread_pool, STATE, QD_ROUTE_TEXT },
};

const struct qd_route_table qd_routes_cat = { rows, sizeof(rows) / sizeof(rows[0]) };
