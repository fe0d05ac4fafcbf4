/* The task management operations: list, get, cancel. */
#include "coordinator/list_tasks.h"

#include "base/number.h"
#include "base/wildcard.h"
#include "coordinator/cluster_service.h"
#include "coordinator/error_json.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"

const char qd_task_resources[] =
    "{\"average\":{\"cpu_time_in_nanos\":0,\"memory_in_bytes\":0},\"total\":{\"cpu_time_in_nanos\":0,"
    "\"memory_in_bytes\":0},\"min\":{\"cpu_time_in_nanos\":0,\"memory_in_bytes\":0},\"max\":{\"cpu_time_in_"
    "nanos\":0,"
    "\"memory_in_bytes\":0},\"thread_info\":{\"thread_executions\":0,\"active_threads\":0}}";

/* How long GET _tasks/{id} waits when the request does not say it. */
#define TASK_WAIT_MS 30000

/* A task id "node:number". */
struct task_id {
    struct qd_slice node;
    int64_t number;
};

static enum qd_status parse_id(struct qd_slice text, struct task_id *id, struct qd_error *error)
{
    size_t colon = SIZE_MAX;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == ':') colon = i;
    }
    if (colon == SIZE_MAX) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "malformed task id %.*s", QD_SLICE_ARG(text));
    }
    id->node = qd_slice_sub(text, 0, colon);
    struct qd_slice number = qd_slice_from(text, colon + 1);
    if (qd_parse_int64(number, &id->number)) return QD_OK;
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(number));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "malformed task id %.*s", QD_SLICE_ARG(text));
}

enum qd_status qd_task_filter_read(const struct qd_coordinator *coordinator, struct qd_call *call,
                                   struct qd_task_filter *filter, struct qd_error *error)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_node_filter nodes = { .state = state, .text = qd_call_parameter(call, "nodes"),
                                    .local_id = coordinator->local_node->id };
    struct qd_slice parent = qd_call_parameter(call, "parent_task_id");
    struct task_id id;
    *filter = (struct qd_task_filter){ .has_parent = parent.size > 0 };
    filter->action_count = qd_call_list(call, "actions", &filter->actions);
    if (parent.size > 0) QD_TRY(parse_id(parent, &id, error));
    QD_TRY(qd_call_bool(call, "detailed", &filter->detailed, error));
    bool *wanted = qd_nodes_select(&nodes, call->arena);
    for (size_t i = 0; i < state->node_count; i++) {
        if (wanted[i] && qd_slice_equal(state->nodes[i].id, coordinator->local_node->id)) filter->here = true;
    }
    return QD_OK;
}

bool qd_task_filter_accepts(const struct qd_task_filter *filter, const struct qd_task *task)
{
    if (task->action == NULL || !filter->here || filter->has_parent) return false;
    if (filter->action_count == 0) return true;
    return qd_simple_match_any(filter->actions, filter->action_count, qd_slice_from_string(task->action));
}

int64_t qd_task_running_ns(const struct qd_coordinator *coordinator, const struct qd_task *task)
{
    return coordinator->env->clock->monotonic(coordinator->env).nanoseconds - task->call->start_ns;
}

/* ---- writing ---- */

/* How much of a task is told: `STORED` is everything but what it uses now. */
enum detail { PLAIN, STORED, DETAILED };

static void write_task(const struct qd_coordinator *coordinator, const struct qd_task *task,
                       enum detail detail, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "node", coordinator->local_node->id);
    qd_json_member_int(writer, "id", (int64_t)task->id);
    qd_json_member_text(writer, "type", "transport");
    qd_json_member_text(writer, "action", task->action);
    if (detail != PLAIN) {
        qd_json_member_string(writer, "description",
                              task->description.data == NULL ? QD_SLICE("") : task->description);
    }
    qd_json_member_int(writer, "start_time_in_millis", task->call->start_ms);
    qd_json_member_int(writer, "running_time_in_nanos", qd_task_running_ns(coordinator, task));
    qd_json_member_bool(writer, "cancellable", task->cancellable);
    qd_json_member_bool(writer, "cancelled", task->cancellable && atomic_load(&task->call->cancelled));
    qd_json_member_object(writer, "headers");
    if (task->call->opaque_id.data != NULL) {
        qd_json_member_string(writer, "X-Opaque-Id", task->call->opaque_id);
    }
    qd_json_end_object(writer);
    if (task->cancelled_ms != 0) qd_json_member_int(writer, "cancellation_time_millis", task->cancelled_ms);
    if (detail == DETAILED) {
        qd_json_name(writer, "resource_stats");
        qd_json_raw(writer, qd_slice_from_string(qd_task_resources));
    }
    qd_json_end_object(writer);
}

static void name_task(const struct qd_coordinator *coordinator, const struct qd_task *task,
                      struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, qd_arena_format(arena, "%.*s:%llu", QD_SLICE_ARG(coordinator->local_node->id),
                                               (unsigned long long)task->id));
}

static void write_node_head(const struct qd_node_info *node, struct qd_json_writer *writer)
{
    qd_json_name_slice(writer, node->id);
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", node->name);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_json_member_string(writer, "host", node->host);
    qd_json_member_string(writer, "ip", node->transport_address);
    qd_json_name(writer, "roles");
    qd_nodes_write_roles(node, writer);
    if (node->attribute_count > 0) {
        qd_json_member_object(writer, "attributes");
        for (size_t i = 0; i < node->attribute_count; i++) {
            qd_json_name_slice(writer, node->attributes[2 * i]);
            qd_json_string(writer, node->attributes[2 * i + 1]);
        }
        qd_json_end_object(writer);
    }
}

/* What of the listed tasks is wanted: those that pass the filter, or one id. */
struct selection {
    const struct qd_task_filter *filter;
    const struct qd_task *first; /* of the listed tasks */
    uint64_t only;      /* 0: all */
    bool cancelled;     /* only those that were cancelled by this request */
};

static bool selected(const struct selection *selection, const struct qd_task *task)
{
    if (selection->only != 0 && task->id != selection->only) return false;
    if (selection->cancelled && (!task->cancellable || !atomic_load(&task->call->cancelled))) return false;
    return qd_task_filter_accepts(selection->filter, task);
}

static void write_by_node(struct qd_coordinator *coordinator, struct qd_call *call,
                          const struct selection *selection, struct qd_json_writer *writer)
{
    bool open = false;
    qd_json_member_object(writer, "nodes");
    for (const struct qd_task *at = selection->first; at != NULL; at = at->next) {
        if (!selected(selection, at)) continue;
        if (!open) {
            write_node_head(coordinator->local_node, writer);
            qd_json_member_object(writer, "tasks");
            open = true;
        }
        name_task(coordinator, at, call->arena, writer);
        write_task(coordinator, at, selection->filter->detailed ? DETAILED : PLAIN, writer);
    }
    if (open) {
        qd_json_end_object(writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_flat(struct qd_coordinator *coordinator, struct qd_call *call,
                       const struct selection *selection, bool named, struct qd_json_writer *writer)
{
    qd_json_name(writer, "tasks");
    if (named) {
        qd_json_begin_object(writer);
    } else {
        qd_json_begin_array(writer);
    }
    for (const struct qd_task *at = selection->first; at != NULL; at = at->next) {
        if (!selected(selection, at)) continue;
        if (named) name_task(coordinator, at, call->arena, writer);
        write_task(coordinator, at, selection->filter->detailed ? DETAILED : PLAIN, writer);
    }
    if (named) {
        qd_json_end_object(writer);
    } else {
        qd_json_end_array(writer);
    }
}

static enum qd_status check_group(struct qd_call *call)
{
    struct qd_slice group = qd_call_parameter(call, "group_by");
    if (group.data == NULL || qd_slice_is(group, "nodes") || qd_slice_is(group, "parents") ||
        qd_slice_is(group, "none")) {
        return QD_OK;
    }
    return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                        "[group_by] must be one of [nodes], [parents] or [none] but was [%.*s]",
                        QD_SLICE_ARG(group));
}

static void write_grouped(struct qd_coordinator *coordinator, struct qd_call *call,
                          const struct selection *selection, struct qd_json_writer *writer)
{
    struct qd_slice group = qd_call_parameter(call, "group_by");
    if (qd_slice_is(group, "parents") || qd_slice_is(group, "none")) {
        write_flat(coordinator, call, selection, qd_slice_is(group, "parents"), writer);
    } else {
        write_by_node(coordinator, call, selection, writer);
    }
}

static void write_failure(struct qd_call *call, struct qd_slice node, const char *type,
                          struct qd_slice reason, struct qd_json_writer *writer)
{
    qd_json_member_array(writer, "node_failures");
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "type", "failed_node_exception");
    qd_json_member_string(writer, "reason",
                          qd_arena_format(call->arena, "Failed node [%.*s]", QD_SLICE_ARG(node)));
    qd_json_member_string(writer, "node_id", node);
    qd_json_member_object(writer, "caused_by");
    qd_json_member_text(writer, "type", type);
    qd_json_member_string(writer, "reason", reason);
    if (strcmp(type, "no_such_node_exception") == 0) qd_json_member_string(writer, "node_id", node);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_end_array(writer);
}

/* ---- list ---- */

static void list_now(struct qd_coordinator *coordinator, struct qd_call *call,
                     const struct selection *selection)
{
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    write_grouped(coordinator, call, selection, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* A listed task whose end is waited for: what is told of it, once it has gone. */
struct held_task {
    struct qd_task_watch watch;   /* first member */
    struct list_wait *wait;
    struct qd_task task;          /* copy */
    struct qd_call call;          /* what the copy tells of its call */
    const struct qd_task *live;   /* the task itself while it runs, or NULL */
};

/* GET _tasks?wait_for_completion. */
struct list_wait {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_task_filter filter;
    struct selection selection;
    struct held_task *held;       /* held[count], as listed */
    size_t count;
    size_t pending;               /* of them run still */
    int64_t timeout_ms;
    bool timeout_given;           /* the request says it */
    struct qd_timer *timer;
};

static void hold(struct list_wait *wait, const struct qd_task *task, struct held_task *held)
{
    struct qd_arena *arena = wait->call->arena;
    held->wait = wait;
    held->live = task;
    held->task = *task;
    held->task.description = qd_arena_copy(arena, task->description);
    held->task.call = &held->call;
    held->task.next = NULL;
    held->call.start_ms = task->call->start_ms;
    held->call.start_ns = task->call->start_ns;
    atomic_init(&held->call.cancelled, atomic_load(&task->call->cancelled));
    if (task->call->opaque_id.data != NULL) {
        held->call.opaque_id = qd_arena_copy(arena, task->call->opaque_id);
    }
}

static void list_over(void *context)
{
    struct list_wait *wait = context;
    list_now(wait->coordinator, wait->call, &wait->selection);
}

static void held_ended(struct qd_task_watch *watch)
{
    struct held_task *held = (struct held_task *)watch;
    struct list_wait *wait = held->wait;
    struct qd_env *env = wait->coordinator->env;
    held->task.cancelled_ms = held->live->cancelled_ms;
    atomic_store(&held->call.cancelled, atomic_load(&held->live->call->cancelled));
    held->live = NULL;
    if (--wait->pending > 0) return;
    env->clock->timer_stop(env, wait->timer);
    env->work->defer(env, list_over, wait);
}

/* A timeout of the request bounds the question to the node; without one the node gives up by itself. */
static void list_expired(void *context)
{
    struct list_wait *wait = context;
    struct qd_call *call = wait->call;
    const struct qd_node_info *node = wait->coordinator->local_node;
    struct qd_json_writer writer = qd_call_writer(call);
    const char *type = "timeout_exception";
    struct qd_slice reason = QD_SLICE("Timed out waiting for completion of tasks");
    for (size_t i = 0; i < wait->count; i++) {
        if (wait->held[i].live != NULL) qd_tasks_unwatch(wait->coordinator->tasks, &wait->held[i].watch);
    }
    if (wait->timeout_given) {
        type = "receive_timeout_transport_exception";
        reason = qd_arena_format(call->arena,
                                 "[%.*s][%.*s][cluster:monitor/tasks/lists[n]] request_id [%llu] timed out "
                                 "after [%lldms]",
                                 QD_SLICE_ARG(node->name), QD_SLICE_ARG(node->transport_address),
                                 (unsigned long long)call->task_id, (long long)wait->timeout_ms);
    }
    wait->selection.first = NULL;
    qd_json_begin_object(&writer);
    write_failure(call, node->id, type, reason, &writer);
    write_grouped(wait->coordinator, call, &wait->selection, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* Lists of tasks are listed, but not waited for: this one is among them. */
static bool awaited(const struct qd_task *task)
{
    return !qd_slice_starts_with(qd_slice_from_string(task->action), QD_SLICE("cluster:monitor/tasks/lists"));
}

static void start_list_wait(struct list_wait *wait)
{
    struct qd_tasks *tasks = wait->coordinator->tasks;
    struct qd_env *env = wait->coordinator->env;
    size_t count = 0;
    wait->selection.filter = &wait->filter;
    for (const struct qd_task *at = qd_tasks_first(tasks); at != NULL; at = at->next) count++;
    wait->held = QD_NEW_ARRAY(wait->call->arena, struct held_task, count);
    for (const struct qd_task *at = qd_tasks_first(tasks); at != NULL; at = at->next) {
        if (!selected(&wait->selection, at)) continue;
        struct held_task *held = &wait->held[wait->count++];
        hold(wait, at, held);
        if (wait->count > 1) held[-1].task.next = &held->task;
        if (!awaited(at)) {
            held->live = NULL;
            continue;
        }
        held->watch = (struct qd_task_watch){ .id = at->id, .ended = held_ended };
        qd_tasks_watch(tasks, &held->watch);
        wait->pending++;
    }
    wait->selection.first = wait->count == 0 ? NULL : &wait->held[0].task;
    if (wait->pending == 0) {
        list_over(wait);
    } else {
        wait->timer = env->clock->timer_start(env, qd_duration_ms(wait->timeout_ms), list_expired, wait);
    }
}

void qd_coordinator_list_tasks(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct list_wait *wait = QD_NEW(call->arena, struct list_wait);
    bool wait_for_completion = false;
    *wait = (struct list_wait){ .coordinator = coordinator, .call = call, .timeout_ms = TASK_WAIT_MS };
    wait->timeout_given = qd_call_parameter(call, "timeout").data != NULL;
    qd_tasks_describe(coordinator->tasks, call, "cluster:monitor/tasks/lists", false, (struct qd_slice){ 0 });
    enum qd_status status = qd_task_filter_read(coordinator, call, &wait->filter, &call->error);
    if (status == QD_OK) {
        status = qd_call_bool(call, "wait_for_completion", &wait_for_completion, &call->error);
    }
    if (status == QD_OK) status = qd_call_time(call, "timeout", &wait->timeout_ms, &call->error);
    if (status == QD_OK) status = check_group(call);
    if (status != QD_OK) {
        qd_call_fail(call);
    } else if (wait_for_completion) {
        start_list_wait(wait);
    } else {
        wait->selection = (struct selection){ .filter = &wait->filter,
                                              .first = qd_tasks_first(coordinator->tasks) };
        list_now(coordinator, call, &wait->selection);
    }
}

/* ---- get ---- */

/* Results are kept in memory: the index that the reference keeps them in does not exist. */
static enum qd_status no_result(struct qd_slice text, bool known_node, const struct task_id *id,
                                struct qd_error *error)
{
    (void)qd_error_set(error, QD_INDEX_NOT_FOUND, "no such index [.tasks]");
    qd_error_add(error, "index", QD_SLICE(".tasks"));
    qd_error_add(error, "resource.id", QD_SLICE(".tasks"));
    qd_error_add(error, "resource.type", QD_SLICE("index_expression"));
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    (void)qd_error_wrap(error, QD_RESOURCE_NOT_FOUND,
                        "task [%.*s] isn't running and hasn't stored its results", QD_SLICE_ARG(text));
    if (known_node) return error->status;
    return qd_error_wrap(
        error, QD_RESOURCE_NOT_FOUND,
        "task [%.*s] belongs to the node [%.*s] which isn't part of the cluster and there is no "
        "record of the task",
        QD_SLICE_ARG(text), QD_SLICE_ARG(id->node));
}

static const struct qd_task *find_task(const struct qd_coordinator *coordinator, const struct task_id *id)
{
    const struct qd_task *at = qd_tasks_first(coordinator->tasks);
    while (at != NULL && (at->action == NULL || (int64_t)at->id != id->number)) at = at->next;
    return at;
}

struct qd_slice qd_task_text(const struct qd_coordinator *coordinator, uint64_t id, struct qd_arena *arena)
{
    struct task_id wanted = { .number = (int64_t)id };
    const struct qd_task *task = find_task(coordinator, &wanted);
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    if (task == NULL) return (struct qd_slice){ 0 };
    write_task(coordinator, task, STORED, &writer);
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

/* `task` is JSON text; `result` NULL: there is none. */
static void finish_get(struct qd_call *call, bool completed, struct qd_slice task,
                       const struct qd_task_result *result)
{
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "completed", completed);
    qd_json_name(&writer, "task");
    qd_json_raw(&writer, task);
    if (result != NULL) {
        qd_json_name(&writer, result->failed ? "error" : "response");
        qd_json_raw(&writer, result->outcome);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* GET _tasks/{id}?wait_for_completion. */
struct task_wait {
    struct qd_task_watch watch; /* first member */
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_timer *timer;
    struct qd_slice task;       /* JSON text of the task when waiting began */
};

static void wait_over(void *context)
{
    struct task_wait *wait = context;
    const struct qd_task_result *result = qd_tasks_result(wait->coordinator->tasks, wait->watch.id);
    finish_get(wait->call, true, result == NULL ? wait->task : result->task, result);
}

static void task_ended(struct qd_task_watch *watch)
{
    struct task_wait *wait = (struct task_wait *)watch;
    struct qd_env *env = wait->coordinator->env;
    env->clock->timer_stop(env, wait->timer);
    env->work->defer(env, wait_over, wait);
}

static void wait_expired(void *context)
{
    struct task_wait *wait = context;
    qd_tasks_unwatch(wait->coordinator->tasks, &wait->watch);
    (void)qd_error_set(&wait->call->error, QD_TIMEOUT, "Timed out waiting for completion of task [%.*s]",
                       QD_SLICE_ARG(qd_call_parameter(wait->call, "task_id")));
    qd_call_fail(wait->call);
}

static void start_wait(struct qd_coordinator *coordinator, struct qd_call *call, uint64_t id,
                       int64_t timeout_ms)
{
    struct qd_env *env = coordinator->env;
    struct task_wait *wait = QD_NEW(call->arena, struct task_wait);
    *wait = (struct task_wait){ .watch = { .id = id, .ended = task_ended },
                                .coordinator = coordinator,
                                .call = call,
                                .task = qd_task_text(coordinator, id, call->arena) };
    wait->timer = env->clock->timer_start(env, qd_duration_ms(timeout_ms), wait_expired, wait);
    qd_tasks_watch(coordinator->tasks, &wait->watch);
}

void qd_coordinator_get_task(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_slice text = qd_call_parameter(call, "task_id");
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    int64_t timeout_ms = TASK_WAIT_MS;
    bool wait = false;
    struct task_id id = { 0 };
    enum qd_status status = parse_id(text, &id, &call->error);
    if (status == QD_OK) status = qd_call_bool(call, "wait_for_completion", &wait, &call->error);
    if (status == QD_OK) status = qd_call_time(call, "timeout", &timeout_ms, &call->error);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    bool known_node = qd_nodes_find(state, id.node) != NULL;
    const struct qd_task *task = known_node ? find_task(coordinator, &id) : NULL;
    const struct qd_task_result *result = known_node
                                              ? qd_tasks_result(coordinator->tasks, (uint64_t)id.number)
                                              : NULL;
    if (task != NULL && wait) {
        start_wait(coordinator, call, task->id, timeout_ms);
    } else if (task != NULL) {
        struct qd_buffer now = { 0 };
        struct qd_json_writer writer = { .out = &now };
        write_task(coordinator, task, DETAILED, &writer);
        finish_get(call, false, qd_buffer_view(&now), NULL);
        qd_buffer_deinit(&now);
    } else if (result != NULL) {
        finish_get(call, true, result->task, result);
    } else if (no_result(text, known_node, &id, &call->error) != QD_OK) {
        qd_call_fail(call);
    }
}

/* ---- cancel ---- */

static int64_t now_ms(const struct qd_coordinator *coordinator)
{
    return coordinator->env->clock->wall_ms(coordinator->env);
}

/* Cancels one task by its id; what stands in the way is written as a failure of its node. */
static uint64_t cancel_one(struct qd_coordinator *coordinator, struct qd_call *call, const struct task_id *id,
                           struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_slice text = qd_call_parameter(call, "task_id");
    struct qd_slice reason;
    if (qd_nodes_find(state, id->node) == NULL) {
        reason = qd_arena_format(call->arena, "No such node [%.*s]", QD_SLICE_ARG(id->node));
        write_failure(call, id->node, "no_such_node_exception", reason, writer);
        return UINT64_MAX;
    }
    const struct qd_task *task = find_task(coordinator, id);
    if (task == NULL) {
        reason = qd_arena_format(call->arena, "task [%.*s] is not found", QD_SLICE_ARG(text));
        write_failure(call, id->node, "resource_not_found_exception", reason, writer);
        return UINT64_MAX;
    }
    if (!qd_tasks_cancel(coordinator->tasks, task->id, now_ms(coordinator))) {
        reason = qd_arena_format(call->arena, "task [%.*s] doesn't support this operation",
                                 QD_SLICE_ARG(text));
        write_failure(call, id->node, "illegal_argument_exception", reason, writer);
        return UINT64_MAX;
    }
    return task->id;
}

static void cancel_many(const struct qd_coordinator *coordinator, const struct qd_task_filter *filter)
{
    for (struct qd_task *at = qd_tasks_first(coordinator->tasks); at != NULL; at = at->next) {
        if (!at->cancellable || !qd_task_filter_accepts(filter, at)) continue;
        (void)qd_tasks_cancel(coordinator->tasks, at->id, now_ms(coordinator));
    }
}

void qd_coordinator_cancel_tasks(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_slice text = qd_call_parameter(call, "task_id");
    struct list_wait *wait = QD_NEW(call->arena, struct list_wait);
    struct qd_json_writer writer = qd_call_writer(call);
    struct task_id id = { 0 };
    bool wait_for_completion = false;
    *wait = (struct list_wait){ .coordinator = coordinator, .call = call, .timeout_ms = TASK_WAIT_MS };
    struct selection *selection = &wait->selection;
    qd_tasks_describe(coordinator->tasks, call, "cluster:admin/tasks/cancel", false, (struct qd_slice){ 0 });
    enum qd_status status = qd_task_filter_read(coordinator, call, &wait->filter, &call->error);
    if (status == QD_OK && text.size > 0) status = parse_id(text, &id, &call->error);
    if (status == QD_OK) status = check_group(call);
    if (status == QD_OK) {
        status = qd_call_bool(call, "wait_for_completion", &wait_for_completion, &call->error);
    }
    if (status == QD_OK && text.size > 0 && qd_call_parameter(call, "nodes").size > 0) {
        status = qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                              "Validation Failed: 1: task id cannot be used together with node ids;");
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    *selection = (struct selection){ .filter = &wait->filter, .cancelled = true,
                                     .first = qd_tasks_first(coordinator->tasks) };
    qd_json_begin_object(&writer);
    if (text.size > 0) {
        selection->only = cancel_one(coordinator, call, &id, &writer);
    } else {
        cancel_many(coordinator, &wait->filter);
    }
    /* One that could not be cancelled is told at once. */
    if (wait_for_completion && selection->only != UINT64_MAX) {
        call->response.size = 0;
        start_list_wait(wait);
        return;
    }
    write_grouped(coordinator, call, selection, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}
