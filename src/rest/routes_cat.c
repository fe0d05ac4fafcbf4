/* Routes of the cat tables. */
#include "coordinator/operations.h"
#include "rest/cat_tables.h"
#include "rest/route.h"

/* What every table takes, and what those about the cluster state take. */
#define CAT "bytes format h help pri s size time timeout ts v "
#define STATE CAT "cluster_manager_timeout local master_timeout "
#define OPTIONS "allow_no_indices expand_wildcards ignore_throttled ignore_unavailable "

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/_cat/health", qd_cat_health, CAT, QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/count", qd_cat_count, CAT "q df analyzer default_operator", QD_ROUTE_TEXT | QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_cat/count/{index}", qd_cat_count, CAT "q df analyzer default_operator",
      QD_ROUTE_TEXT | QD_ROUTE_SOURCE },
    { QD_HTTP_GET, "/_cat/indices", qd_cat_indices, STATE OPTIONS "health include_unloaded_segments", QD_ROUTE_TEXT },
    { QD_HTTP_GET, "/_cat/indices/{index}", qd_cat_indices, STATE OPTIONS "health include_unloaded_segments",
      QD_ROUTE_TEXT },
};

const struct qd_route_table qd_routes_cat = { rows, sizeof(rows) / sizeof(rows[0]) };
