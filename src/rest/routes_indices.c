/* Routes about indices: life, mappings, settings, aliases, maintenance, statistics. */
#include "coordinator/operations.h"
#include "rest/route.h"

static const struct qd_route rows[] = {
    { QD_HTTP_PUT, "/{index}", qd_coordinator_create_index,
      "timeout cluster_manager_timeout master_timeout wait_for_active_shards", QD_ROUTE_NONE },
};

const struct qd_route_table qd_routes_indices = { rows, sizeof(rows) / sizeof(rows[0]) };
