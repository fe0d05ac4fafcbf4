/* Routes of the cat tables. */
#include "coordinator/operations.h"
#include "rest/route.h"

const struct qd_route_table qd_routes_cat = { NULL, 0 };
