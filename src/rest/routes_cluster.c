/* Routes about the cluster, its nodes and tasks. */
#include "coordinator/operations.h"
#include "rest/route.h"

static const struct qd_route rows[] = {
    { QD_HTTP_GET, "/", qd_coordinator_info, NULL, QD_ROUTE_NONE },
    { QD_HTTP_HEAD, "/", qd_coordinator_info, NULL, QD_ROUTE_NONE },
};

const struct qd_route_table qd_routes_cluster = { rows, sizeof(rows) / sizeof(rows[0]) };
