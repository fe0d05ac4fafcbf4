/* GET _cat/pending_tasks: commands that wait for the cluster manager. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "insertOrder", "o", "task insertion order", QD_CAT_RIGHT, 0 },
    { "timeInQueue", "t", "how long task has been in queue", QD_CAT_RIGHT, 0 },
    { "priority", "p", "task priority", QD_CAT_LEFT, 0 },
    { "source", "s", "task source", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_pending_tasks(struct qd_coordinator *coordinator, struct qd_call *call)
{
    static const char *const priorities[] = { "IMMEDIATE", "URGENT", "HIGH", "NORMAL", "LOW", "LANGUID" };
    int64_t now = coordinator->env->clock->wall_ms(coordinator->env);
    struct qd_pending_task *tasks;
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    size_t count = qd_cluster_service_pending(coordinator->cluster, call->arena, &tasks);
    for (size_t i = 0; i < count; i++) {
        struct qd_cat_cell *cell = qd_cat_row(&cat);
        *cell++ = qd_cat_number((int64_t)tasks[i].insert_order);
        *cell++ = qd_cat_millis(now > tasks[i].submitted_ms ? now - tasks[i].submitted_ms : 0);
        *cell++ = qd_cat_string(priorities[tasks[i].priority]);
        *cell++ = qd_cat_text(tasks[i].source);
    }
    qd_cat_finish(&cat);
}
