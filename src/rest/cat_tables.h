/* The /_cat/ operations: one table, one file (rest/cat_<table>.c).
 *
 * Used by rest/routes_cat.c. Each answers its call exactly once, as every operation. Source: OpenSearch's
 * rest.action.cat.
 */
#ifndef QD_REST_CAT_TABLES_H
#define QD_REST_CAT_TABLES_H

#include "rest/cat.h"

qd_operation_handler qd_cat_list; /* GET /_cat: the list of tables */
qd_operation_handler qd_cat_aliases;
qd_operation_handler qd_cat_allocation;
qd_operation_handler qd_cat_cluster_manager;
qd_operation_handler qd_cat_count;
qd_operation_handler qd_cat_fielddata;
qd_operation_handler qd_cat_health;
qd_operation_handler qd_cat_indices;
qd_operation_handler qd_cat_nodeattrs;
qd_operation_handler qd_cat_nodes;
qd_operation_handler qd_cat_pending_tasks;
qd_operation_handler qd_cat_plugins;
qd_operation_handler qd_cat_recovery;
qd_operation_handler qd_cat_repositories;
qd_operation_handler qd_cat_segment_replication;
qd_operation_handler qd_cat_segments;
qd_operation_handler qd_cat_shards;
qd_operation_handler qd_cat_snapshots;
qd_operation_handler qd_cat_tasks;
qd_operation_handler qd_cat_templates;
qd_operation_handler qd_cat_thread_pool;
/* list_wlm_stats.c */
qd_operation_handler qd_list_wlm_stats;

#endif
