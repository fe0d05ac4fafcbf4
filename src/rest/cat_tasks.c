/* GET _cat/tasks: the running tasks. */
#include "base/product.h"
#include "coordinator/cluster_service.h"
#include "coordinator/list_tasks.h"
#include "coordinator/nodes_select.h"
#include "rest/cat_tables.h"

/* The last two columns are there with ?detailed only. */
#define DETAILED_COLUMNS 2

static const struct qd_cat_column columns[] = {
    { "id", NULL, "id of the task with the node", QD_CAT_HIDDEN, 0 },
    { "action", "ac", "task action", QD_CAT_LEFT, 0 },
    { "task_id", "ti", "unique task id", QD_CAT_LEFT, 0 },
    { "parent_task_id", "pti", "parent task id", QD_CAT_LEFT, 0 },
    { "type", "ty", "task type", QD_CAT_LEFT, 0 },
    { "start_time", "start", "start time in ms", QD_CAT_LEFT, 0 },
    { "timestamp", "ts,hms,hhmmss", "start time in HH:MM:SS", QD_CAT_LEFT, 0 },
    { "running_time_ns", "time", "running time ns", QD_CAT_HIDDEN, 0 },
    { "running_time", "time", "running time", QD_CAT_LEFT, 0 },
    { "node_id", "ni", "unique node id", QD_CAT_HIDDEN, 0 },
    { "ip", "i", "ip address", QD_CAT_LEFT, 0 },
    { "port", "po", "bound transport port", QD_CAT_HIDDEN, 0 },
    { "node", "n", "node name", QD_CAT_LEFT, 0 },
    { "version", "v", "es version", QD_CAT_HIDDEN, 0 },
    { "x_opaque_id", "x", "X-Opaque-ID header", QD_CAT_HIDDEN, 0 },
    { "description", "desc", "task action", QD_CAT_LEFT, 0 },
    { "resource_stats", NULL, "resource consumption info of the task", QD_CAT_HIDDEN, 0 },
};
static const struct qd_cat_table detailed_table = QD_CAT_TABLE(columns);
static const struct qd_cat_table short_table = { columns,
                                                 sizeof(columns) / sizeof(columns[0]) - DETAILED_COLUMNS };

static void add_row(struct qd_cat *cat, const struct qd_coordinator *coordinator, const struct qd_task *task,
                    bool detailed)
{
    struct qd_cat_cell *cell = qd_cat_row(cat);
    struct qd_arena *arena = cat->call->arena;
    const struct qd_node_info *node = coordinator->local_node;
    int64_t nanos = qd_task_running_ns(coordinator, task);
    *cell++ = qd_cat_number((int64_t)task->id);
    *cell++ = qd_cat_string(task->action);
    *cell++ = qd_cat_text(
        qd_arena_format(arena, "%.*s:%llu", QD_SLICE_ARG(node->id), (unsigned long long)task->id));
    *cell++ = qd_cat_string("-");
    *cell++ = qd_cat_string("transport");
    *cell++ = qd_cat_number(task->call->start_ms);
    *cell++ = qd_cat_text(qd_cat_clock(task->call->start_ms, arena));
    *cell++ = qd_cat_number(nanos);
    *cell++ = qd_cat_nanos(nanos);
    *cell++ = qd_cat_text(node->id.size < 4 ? node->id : qd_slice_sub(node->id, 0, 4));
    *cell++ = qd_cat_text(node->ip);
    *cell++ = qd_cat_text(qd_nodes_port(node->transport_address));
    *cell++ = qd_cat_text(node->name);
    *cell++ = qd_cat_string(QD_OPENSEARCH_VERSION);
    *cell++ = task->call->opaque_id.data == NULL ? qd_cat_string("-") : qd_cat_text(task->call->opaque_id);
    if (!detailed) return;
    *cell++ = task->description.data == NULL ? qd_cat_string("") : qd_cat_text(task->description);
    *cell++ = qd_cat_string(qd_task_resources);
}

void qd_cat_tasks(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_task_filter filter;
    struct qd_cat cat;
    qd_tasks_describe(coordinator->tasks, call, "cluster:monitor/tasks/lists", false, (struct qd_slice){ 0 });
    if (qd_task_filter_read(coordinator, call, &filter, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (!qd_cat_begin(&cat, call, filter.detailed ? &detailed_table : &short_table)) return;
    for (const struct qd_task *at = qd_tasks_first(coordinator->tasks); at != NULL; at = at->next) {
        if (qd_task_filter_accepts(&filter, at)) add_row(&cat, coordinator, at, filter.detailed);
    }
    qd_cat_finish(&cat);
}
