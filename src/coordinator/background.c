#include "coordinator/background.h"

#include "base/assert.h"
#include "coordinator/error_json.h"
#include "coordinator/list_tasks.h"

/* A call without a client. */
struct background {
    struct qd_call call; /* first member */
    struct qd_coordinator *coordinator;
};

static void background_done(struct qd_call *call)
{
    struct qd_coordinator *coordinator = ((struct background *)call)->coordinator;
    struct qd_task_result result = { .id = call->task_id,
                                     .task = qd_task_text(coordinator, call->task_id, call->arena),
                                     .failed = call->failed };
    struct qd_json_writer writer = { .out = &call->response };
    if (call->failed) qd_error_json(&call->error, &writer);
    result.outcome = qd_buffer_view(&call->response);
    if (result.task.data != NULL) qd_tasks_keep(coordinator->tasks, &result);
    qd_tasks_remove(coordinator->tasks, call);
    qd_buffer_deinit(&call->response);
    qd_arena_destroy(call->arena);
}

static void copy_parameters(struct qd_call *to, const struct qd_call *from)
{
    qd_map_init(&to->parameters, to->arena);
    for (size_t i = 0; i < from->parameters.entry_count; i++) {
        const struct qd_map_entry *entry = &from->parameters.entries[i];
        if (entry->removed) continue;
        struct qd_slice *value = QD_NEW(to->arena, struct qd_slice);
        *value = qd_arena_copy(to->arena, *(const struct qd_slice *)entry->value);
        qd_map_put(&to->parameters, qd_arena_copy(to->arena, entry->key), value);
    }
}

void qd_background_start(struct qd_coordinator *coordinator, struct qd_call *call,
                         qd_operation_handler *handler)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct background *background = QD_NEW(arena, struct background);
    struct qd_call *own = &background->call;
    struct qd_json_writer writer = qd_call_writer(call);
    background->coordinator = coordinator;
    own->arena = arena;
    own->method = qd_arena_copy(arena, call->method);
    own->path = qd_arena_copy(arena, call->path);
    if (call->opaque_id.data != NULL) own->opaque_id = qd_arena_copy(arena, call->opaque_id);
    own->start_ms = call->start_ms;
    own->start_ns = call->start_ns;
    own->done = background_done;
    atomic_init(&own->cancelled, false);
    qd_error_init(&own->error, arena);
    copy_parameters(own, call);
    qd_tasks_add(coordinator->tasks, own, "");
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "task",
                          qd_arena_format(call->arena, "%.*s:%llu", QD_SLICE_ARG(coordinator->local_node->id),
                                          (unsigned long long)own->task_id));
    qd_json_end_object(&writer);
    handler(coordinator, own);
    qd_call_finish(call, 200);
}
