/* Routes about indices: life, mappings, settings, aliases, maintenance, statistics. */
#include "coordinator/operations.h"
#include "rest/route.h"

#define INDICES "allow_no_indices expand_wildcards ignore_throttled ignore_unavailable "
#define MANAGER "cluster_manager_timeout master_timeout "
#define CHANGE MANAGER "timeout "
#define STATS                                                                                                \
    INDICES "completion_fields fielddata_fields fields forbid_closed_indices groups "                        \
            "include_segment_file_sizes include_unloaded_segments level "

static const struct qd_route rows[] = {
    /* life */
    { QD_HTTP_PUT, "/{index}", qd_coordinator_create_index, CHANGE "wait_for_active_shards", QD_ROUTE_BODY },
    { QD_HTTP_GET, "/{index}", qd_coordinator_get_index,
      INDICES MANAGER "flat_settings include_defaults local", QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/{index}", qd_coordinator_index_exists,
      INDICES MANAGER "flat_settings include_defaults local", QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/", qd_coordinator_delete_index, INDICES CHANGE "index", QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/{index}", qd_coordinator_delete_index, INDICES CHANGE, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_open", qd_coordinator_open_index,
      INDICES CHANGE "index task_execution_timeout wait_for_active_shards wait_for_completion",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_open", qd_coordinator_open_index,
      INDICES CHANGE "task_execution_timeout wait_for_active_shards wait_for_completion",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_close", qd_coordinator_close_index, INDICES CHANGE "index wait_for_active_shards",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_close", qd_coordinator_close_index, INDICES CHANGE "wait_for_active_shards",
      QD_ROUTE_NONE },
    { QD_HTTP_PUT, "/{index}/_block/{block}", qd_coordinator_add_block, INDICES CHANGE, QD_ROUTE_NONE },

    { QD_HTTP_GET, "/_resolve/index/{name}", qd_coordinator_resolve_index, INDICES, QD_ROUTE_NONE },

    /* mappings */
    { QD_HTTP_PUT, "/{index}/_mapping", qd_coordinator_put_mapping, INDICES CHANGE "write_index_only",
      QD_ROUTE_BODY },
    { QD_HTTP_POST, "/{index}/_mapping", qd_coordinator_put_mapping, INDICES CHANGE "write_index_only",
      QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_mappings", qd_coordinator_put_mapping, INDICES CHANGE "write_index_only",
      QD_ROUTE_BODY },
    { QD_HTTP_POST, "/{index}/_mappings", qd_coordinator_put_mapping, INDICES CHANGE "write_index_only",
      QD_ROUTE_BODY },
    { QD_HTTP_GET, "/_mapping", qd_coordinator_get_mapping, INDICES MANAGER "index local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_mappings", qd_coordinator_get_mapping, INDICES MANAGER "index local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_mapping", qd_coordinator_get_mapping, INDICES MANAGER "local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_mappings", qd_coordinator_get_mapping, INDICES MANAGER "local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_mapping/field/{fields}", qd_coordinator_get_field_mapping,
      INDICES "include_defaults index local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_mapping/field/{fields}", qd_coordinator_get_field_mapping,
      INDICES "include_defaults local", QD_ROUTE_NONE },

    /* settings */
    { QD_HTTP_GET, "/_settings", qd_coordinator_get_settings,
      INDICES MANAGER "index name flat_settings include_defaults local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_settings/{name}", qd_coordinator_get_settings,
      INDICES MANAGER "index flat_settings include_defaults local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_settings", qd_coordinator_get_settings,
      INDICES MANAGER "flat_settings include_defaults local name", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_settings/{name}", qd_coordinator_get_settings,
      INDICES MANAGER "flat_settings include_defaults local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_setting/{name}", qd_coordinator_get_settings,
      INDICES MANAGER "flat_settings include_defaults local", QD_ROUTE_NONE },
    { QD_HTTP_PUT, "/_settings", qd_coordinator_put_settings,
      INDICES CHANGE "index flat_settings preserve_existing", QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_settings", qd_coordinator_put_settings,
      INDICES CHANGE "flat_settings preserve_existing", QD_ROUTE_BODY },

    /* aliases */
    { QD_HTTP_GET, "/_alias", qd_coordinator_get_alias, INDICES "index local name", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_aliases", qd_coordinator_get_alias, INDICES "index local name", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_alias/{name}", qd_coordinator_get_alias, INDICES "index local", QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/_alias/{name}", qd_coordinator_alias_exists, INDICES "index local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_alias", qd_coordinator_get_alias, INDICES "local name", QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/{index}/_alias", qd_coordinator_alias_exists, INDICES "local", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_alias/{name}", qd_coordinator_get_alias, INDICES "local", QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/{index}/_alias/{name}", qd_coordinator_alias_exists, INDICES "local", QD_ROUTE_NONE },
    { QD_HTTP_PUT, "/{index}/_alias/{name}", qd_coordinator_put_alias, CHANGE, QD_ROUTE_BODY },
    { QD_HTTP_POST, "/{index}/_alias/{name}", qd_coordinator_put_alias, CHANGE, QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_aliases/{name}", qd_coordinator_put_alias, CHANGE, QD_ROUTE_BODY },
    { QD_HTTP_POST, "/{index}/_aliases/{name}", qd_coordinator_put_alias, CHANGE, QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/_alias/{name}", qd_coordinator_put_alias, CHANGE "index", QD_ROUTE_BODY },
    { QD_HTTP_POST, "/_alias/{name}", qd_coordinator_put_alias, CHANGE "index", QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/_aliases/{name}", qd_coordinator_put_alias, CHANGE "index", QD_ROUTE_BODY },
    { QD_HTTP_POST, "/_aliases/{name}", qd_coordinator_put_alias, CHANGE "index", QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_alias", qd_coordinator_put_alias, CHANGE "name", QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/{index}/_aliases", qd_coordinator_put_alias, CHANGE "name", QD_ROUTE_BODY },
    { QD_HTTP_PUT, "/_alias", qd_coordinator_put_alias, CHANGE "index name", QD_ROUTE_BODY },
    { QD_HTTP_DELETE, "/{index}/_alias/{name}", qd_coordinator_delete_alias, CHANGE, QD_ROUTE_NONE },
    { QD_HTTP_DELETE, "/{index}/_aliases/{name}", qd_coordinator_delete_alias, CHANGE, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_aliases", qd_coordinator_update_aliases, CHANGE, QD_ROUTE_BODY },

    /* analysis */
    { QD_HTTP_GET, "/_analyze", qd_coordinator_analyze, "index", QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/_analyze", qd_coordinator_analyze, "index", QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/{index}/_analyze", qd_coordinator_analyze, NULL, QD_ROUTE_SOURCE },
    { QD_HTTP_POST, "/{index}/_analyze", qd_coordinator_analyze, NULL, QD_ROUTE_SOURCE },

    /* maintenance */
    { QD_HTTP_GET, "/_refresh", qd_coordinator_refresh, INDICES "index", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_refresh", qd_coordinator_refresh, INDICES "index", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_refresh", qd_coordinator_refresh, INDICES, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_refresh", qd_coordinator_refresh, INDICES, QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_flush", qd_coordinator_flush, INDICES "force index wait_if_ongoing", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_flush", qd_coordinator_flush, INDICES "force index wait_if_ongoing", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_flush", qd_coordinator_flush, INDICES "force wait_if_ongoing", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_flush", qd_coordinator_flush, INDICES "force wait_if_ongoing", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_flush/synced", qd_coordinator_flush, INDICES "index", QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_flush/synced", qd_coordinator_flush, INDICES "index", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_flush/synced", qd_coordinator_flush, INDICES, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_flush/synced", qd_coordinator_flush, INDICES, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_forcemerge", qd_coordinator_force_merge,
      INDICES "flush index max_num_segments only_expunge_deletes primary_only wait_for_completion",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_forcemerge", qd_coordinator_force_merge,
      INDICES "flush max_num_segments only_expunge_deletes primary_only wait_for_completion",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_cache/clear", qd_coordinator_clear_cache,
      INDICES "fielddata fields file index query request", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_POST, "/{index}/_cache/clear", qd_coordinator_clear_cache,
      INDICES "fielddata fields file query request", QD_ROUTE_NO_BREAKER },

    /* statistics */
    { QD_HTTP_GET, "/_stats", qd_coordinator_index_stats, STATS "index metric", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_stats/{metric}", qd_coordinator_index_stats, STATS "index", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/{index}/_stats", qd_coordinator_index_stats, STATS "metric", QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/{index}/_stats/{metric}", qd_coordinator_index_stats, STATS, QD_ROUTE_NO_BREAKER },
    { QD_HTTP_GET, "/_segments", qd_coordinator_segments, INDICES "index verbose", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_segments", qd_coordinator_segments, INDICES "verbose", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_shard_stores", qd_coordinator_shard_stores, INDICES "index status", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_shard_stores", qd_coordinator_shard_stores, INDICES "status", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_upgrade", qd_coordinator_get_upgrade, INDICES "index", QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_upgrade", qd_coordinator_get_upgrade, INDICES, QD_ROUTE_NONE },
    { QD_HTTP_POST, "/_upgrade", qd_coordinator_upgrade, INDICES "index only_ancient_segments",
      QD_ROUTE_NONE },
    { QD_HTTP_POST, "/{index}/_upgrade", qd_coordinator_upgrade, INDICES "only_ancient_segments",
      QD_ROUTE_NONE },
    { QD_HTTP_GET, "/_recovery", qd_coordinator_recovery, INDICES "active_only detailed index",
      QD_ROUTE_NONE },
    { QD_HTTP_GET, "/{index}/_recovery", qd_coordinator_recovery, INDICES "active_only detailed",
      QD_ROUTE_NONE },
};

const struct qd_route_table qd_routes_indices = { rows, sizeof(rows) / sizeof(rows[0]) };
