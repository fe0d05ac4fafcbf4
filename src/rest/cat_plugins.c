/* GET _cat/plugins: plugins of the nodes. What the reference has as plugins is built in here: no rows. */
#include "coordinator/manager_timeout.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "id", NULL, "unique node id", QD_CAT_HIDDEN, 0 },
    { "name", "n", "node name", QD_CAT_LEFT, 0 },
    { "component", "c", "component", QD_CAT_LEFT, 0 },
    { "version", "v", "component version", QD_CAT_LEFT, 0 },
    { "description", "d", "plugin details", QD_CAT_HIDDEN, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_plugins(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_cat cat;
    (void)coordinator;
    if (!qd_cat_begin(&cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_cat_finish(&cat);
}
