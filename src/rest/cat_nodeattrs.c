/* GET _cat/nodeattrs: the attributes of the nodes. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "node", "name", "node name", QD_CAT_LEFT, 0 },
    { "id", "id,nodeId", "unique node id", QD_CAT_HIDDEN, 0 },
    { "pid", "p", "process id", QD_CAT_HIDDEN, 0 },
    { "host", "h", "host name", QD_CAT_LEFT, 0 },
    { "ip", "i", "ip address", QD_CAT_LEFT, 0 },
    { "port", "po", "bound transport port", QD_CAT_HIDDEN, 0 },
    { "attr", "attr.name", "attribute description", QD_CAT_LEFT, 0 },
    { "value", "attr.value", "attribute value", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

static void answer(struct qd_coordinator *coordinator, struct qd_call *call,
                   const struct qd_nodes_facts *facts)
{
    const struct qd_cluster_state *state = facts->state;
    struct qd_cat cat;
    bool full_id = false;
    (void)coordinator;
    if (qd_call_bool(call, "full_id", &full_id, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (!qd_cat_begin(&cat, call, &table)) return;
    for (size_t n = 0; n < state->node_count; n++) {
        const struct qd_node_info *node = &state->nodes[n];
        const struct qd_node_facts *one = facts->facts[n];
        for (size_t a = 0; a < node->attribute_count; a++) {
            struct qd_cat_cell *cell = qd_cat_row(&cat);
            *cell++ = qd_cat_text(node->name);
            *cell++ = qd_cat_text(full_id || node->id.size < 4 ? node->id : qd_slice_sub(node->id, 0, 4));
            *cell++ = one == NULL ? (struct qd_cat_cell){ 0 } : qd_cat_number(one->machine.process_id);
            *cell++ = qd_cat_text(node->host);
            *cell++ = qd_cat_text(node->ip);
            *cell++ = qd_cat_text(qd_nodes_port(node->transport_address));
            *cell++ = qd_cat_text(node->attributes[2 * a]);
            *cell++ = qd_cat_text(node->attributes[2 * a + 1]);
        }
    }
    qd_cat_finish(&cat);
}

void qd_cat_nodeattrs(struct qd_coordinator *coordinator, struct qd_call *call)
{
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_nodes_facts_gather(coordinator, call, NULL, answer);
}
