/* GET _cluster/pending_tasks: commands that wait for the cluster manager. */
#include "base/units.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/operations.h"

static void write_task(const struct qd_pending_task *task, int64_t now_ms, struct qd_json_writer *writer)
{
    static const char *const priorities[] = { "IMMEDIATE", "URGENT", "HIGH", "NORMAL", "LOW", "LANGUID" };
    struct qd_buffer text = { 0 };
    int64_t waited = now_ms > task->submitted_ms ? now_ms - task->submitted_ms : 0;
    qd_time_print_millis(&text, waited);
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "insert_order", (int64_t)task->insert_order);
    qd_json_member_text(writer, "priority", priorities[task->priority]);
    qd_json_member_string(writer, "source", task->source);
    qd_json_member_bool(writer, "executing", task->executing);
    qd_json_member_int(writer, "time_in_queue_millis", waited);
    qd_json_member_string(writer, "time_in_queue", qd_buffer_view(&text));
    qd_json_end_object(writer);
    qd_buffer_deinit(&text);
}

void qd_coordinator_pending_tasks(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_pending_task *tasks;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    int64_t now = coordinator->env->clock->wall_ms(coordinator->env);
    size_t count = qd_cluster_service_pending(coordinator->cluster, call->arena, &tasks);
    qd_json_begin_object(&writer);
    qd_json_member_array(&writer, "tasks");
    for (size_t i = 0; i < count; i++) write_task(&tasks[i], now, &writer);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
