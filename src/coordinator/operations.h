/* All operations of the coordinator: what the route tables name. One file per operation or close family.
 *
 * Each answers its call exactly once. Source: the REST API of OpenSearch 3.8.0.
 */
#ifndef QD_COORDINATOR_OPERATIONS_H
#define QD_COORDINATOR_OPERATIONS_H

#include "coordinator/coordinator.h"

/* documents.c */
qd_operation_handler qd_coordinator_index; /* PUT /{index}/_doc/{id}, POST /{index}/_doc, ?op_type=create */
qd_operation_handler qd_coordinator_create;       /* PUT/POST /{index}/_create/{id} */
qd_operation_handler qd_coordinator_delete;       /* DELETE /{index}/_doc/{id} */
qd_operation_handler qd_coordinator_update;       /* POST /{index}/_update/{id} */
/* get.c */
qd_operation_handler qd_coordinator_get;          /* GET, HEAD /{index}/_doc/{id} */
qd_operation_handler qd_coordinator_get_source;   /* GET, HEAD /{index}/_source/{id} */
qd_operation_handler qd_coordinator_mget;
/* bulk.c */
qd_operation_handler qd_coordinator_bulk;
qd_operation_handler qd_coordinator_bulk_stream;
/* search.c, msearch.c, count.c, explain.c, scroll.c, pit.c, validate.c, field_caps.c */
qd_operation_handler qd_coordinator_search;
qd_operation_handler qd_coordinator_msearch;
qd_operation_handler qd_coordinator_count;
qd_operation_handler qd_coordinator_explain;
qd_operation_handler qd_coordinator_scroll;
qd_operation_handler qd_coordinator_clear_scroll;
qd_operation_handler qd_coordinator_create_pit;
qd_operation_handler qd_coordinator_delete_pit;
qd_operation_handler qd_coordinator_delete_all_pits;
qd_operation_handler qd_coordinator_get_all_pits;
qd_operation_handler qd_coordinator_validate_query;
qd_operation_handler qd_coordinator_field_caps;
/* search_template.c, msearch.c, stored_scripts.c */
qd_operation_handler qd_coordinator_search_template;
qd_operation_handler qd_coordinator_msearch_template;
qd_operation_handler qd_coordinator_render_template;
qd_operation_handler qd_coordinator_put_script;
qd_operation_handler qd_coordinator_get_script;
qd_operation_handler qd_coordinator_delete_script;
/* create_index.c, delete_index.c, get_index.c, open_close.c, add_block.c */
qd_operation_handler qd_coordinator_create_index;
qd_operation_handler qd_coordinator_delete_index;
qd_operation_handler qd_coordinator_get_index;
qd_operation_handler qd_coordinator_index_exists;
qd_operation_handler qd_coordinator_open_index;
qd_operation_handler qd_coordinator_close_index;
qd_operation_handler qd_coordinator_add_block;
/* resolve_index.c */
qd_operation_handler qd_coordinator_resolve_index;
qd_operation_handler qd_coordinator_remote_info;
/* mapping.c, settings.c, aliases.c, analyze.c */
qd_operation_handler qd_coordinator_put_mapping;
qd_operation_handler qd_coordinator_get_mapping;
qd_operation_handler qd_coordinator_get_field_mapping;
qd_operation_handler qd_coordinator_put_settings;
qd_operation_handler qd_coordinator_get_settings;
qd_operation_handler qd_coordinator_put_alias;
qd_operation_handler qd_coordinator_get_alias;
qd_operation_handler qd_coordinator_alias_exists;
qd_operation_handler qd_coordinator_delete_alias;
qd_operation_handler qd_coordinator_update_aliases;
qd_operation_handler qd_coordinator_analyze;
/* maintenance.c, index_stats.c, segments.c, recovery.c */
qd_operation_handler qd_coordinator_refresh;
qd_operation_handler qd_coordinator_flush;
qd_operation_handler qd_coordinator_force_merge;
qd_operation_handler qd_coordinator_clear_cache;
qd_operation_handler qd_coordinator_index_stats;
qd_operation_handler qd_coordinator_segments;
qd_operation_handler qd_coordinator_recovery;
/* shard_stores.c, upgrade.c, search_shards.c */
qd_operation_handler qd_coordinator_shard_stores;
qd_operation_handler qd_coordinator_upgrade;
qd_operation_handler qd_coordinator_get_upgrade;
qd_operation_handler qd_coordinator_search_shards;
/* info.c, health.c, cluster_state.c, cluster_stats.c, cluster_settings_api.c, pending_tasks.c */
qd_operation_handler qd_coordinator_info;
qd_operation_handler qd_coordinator_health;
qd_operation_handler qd_coordinator_cluster_state;
qd_operation_handler qd_coordinator_cluster_stats;
qd_operation_handler qd_coordinator_get_cluster_settings;
qd_operation_handler qd_coordinator_put_cluster_settings;
qd_operation_handler qd_coordinator_pending_tasks;
/* reroute.c, allocation_explain.c, voting_exclusions.c */
qd_operation_handler qd_coordinator_reroute;
qd_operation_handler qd_coordinator_allocation_explain;
qd_operation_handler qd_coordinator_add_voting_exclusions;
qd_operation_handler qd_coordinator_clear_voting_exclusions;
/* nodes_info.c, nodes_stats.c, reload_settings.c, list_tasks.c */
qd_operation_handler qd_coordinator_reload_secure_settings;
qd_operation_handler qd_coordinator_nodes_info;
qd_operation_handler qd_coordinator_nodes_stats;
qd_operation_handler qd_coordinator_list_tasks;
qd_operation_handler qd_coordinator_get_task;
qd_operation_handler qd_coordinator_cancel_tasks;

#endif
