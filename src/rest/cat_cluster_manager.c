/* GET _cat/cluster_manager (and _cat/master): the elected cluster manager. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/nodes_select.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "id", NULL, "node id", QD_CAT_LEFT, 0 },
    { "host", "h", "host name", QD_CAT_LEFT, 0 },
    { "ip", NULL, "ip address ", QD_CAT_LEFT, 0 },
    { "node", "n", "node name", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_cluster_manager(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    const struct qd_node_info *node = qd_nodes_find(state, state->master_node_id);
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) {
        return;
    }
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_cat_cell *cell = qd_cat_row(&cat);
    *cell++ = node == NULL ? qd_cat_string("-") : qd_cat_text(node->id);
    *cell++ = node == NULL ? qd_cat_string("-") : qd_cat_text(node->host);
    *cell++ = node == NULL ? qd_cat_string("-") : qd_cat_text(node->ip);
    *cell++ = node == NULL ? qd_cat_string("-") : qd_cat_text(node->name);
    qd_cat_finish(&cat);
}
