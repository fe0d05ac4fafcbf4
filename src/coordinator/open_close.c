/* Opening and closing indices. */
#include <stddef.h>

#include "coordinator/active_shards.h"
#include "coordinator/background.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/operations.h"

struct change {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_slice *names; /* names[count]: indices that change */
    size_t count;
    struct qd_active_wait *waits;
    size_t pending;
    bool acknowledged;             /* the state was changed in time */
    bool reached;
    bool open;
    struct qd_buffer command;      /* to be submitted */
    struct qd_slice list;          /* names for the list of pending tasks */
    struct qd_broadcast flush;     /* before closing */
};

static void respond(struct change *change)
{
    struct qd_json_writer writer = qd_call_writer(change->call);
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "acknowledged", change->acknowledged);
    qd_json_member_bool(&writer, "shards_acknowledged", change->reached);
    if (!change->open) {
        qd_json_member_object(&writer, "indices");
        for (size_t i = 0; i < change->count; i++) {
            qd_json_name_slice(&writer, change->names[i]);
            qd_json_begin_object(&writer);
            qd_json_member_bool(&writer, "closed", true);
            qd_json_end_object(&writer);
        }
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(change->call, 200);
}

static void waited(struct qd_active_wait *wait, bool reached)
{
    struct change *change = wait->context;
    if (!reached) change->reached = false;
    if (--change->pending == 0) respond(change);
}

static void changed(void *context, const struct qd_command_outcome *outcome)
{
    struct change *change = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(change->call, outcome->error);
        return;
    }
    change->acknowledged = qd_manager_acknowledges(change->coordinator, change->call, outcome);
    change->reached = change->acknowledged;
    change->pending = change->count;
    if (change->count == 0 || !change->acknowledged) {
        respond(change);
        return;
    }
    for (size_t i = 0; i < change->count; i++) qd_active_wait_start(&change->waits[i]);
}

static enum qd_status read_waits(struct change *change, const struct qd_resolved *indices,
                                 struct qd_error *error)
{
    struct qd_call *call = change->call;
    struct qd_active_wait wait = {
        .coordinator = change->coordinator, .done = waited, .context = change, .timeout_ms = 30000
    };
    QD_TRY(qd_call_time(call, "timeout", &wait.timeout_ms, error));
    QD_TRY(qd_active_wait_parse(&wait, qd_call_parameter(call, "wait_for_active_shards"), error));
    if (!change->open && wait.wanted == QD_ACTIVE_SHARDS_DEFAULT) wait.wanted = 0;
    change->names = QD_NEW_ARRAY(call->arena, struct qd_slice, change->count);
    change->waits = QD_NEW_ARRAY(call->arena, struct qd_active_wait, change->count);
    for (size_t i = 0; i < change->count; i++) {
        change->names[i] = qd_arena_copy(call->arena, indices[i].index->name);
        change->waits[i] = wait;
        change->waits[i].index = change->names[i];
    }
    return QD_OK;
}

static enum qd_status prepare(struct change *change, struct qd_resolved **indices)
{
    struct qd_call *call = change->call;
    struct qd_error *error = &call->error;
    struct qd_indices_options options = change->open ? qd_options_open_closed() : qd_options_open();
    if (change->open) options.expand_open = false;
    options.forbid_closed = false;
    QD_TRY(qd_call_manager_timeouts(call, error));
    if (qd_call_parameter(call, "index").size == 0) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: 1: index is missing;");
    }
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(change->coordinator->cluster), options, indices,
                           &change->count));
    QD_TRY(qd_check_all_blocks(*indices, change->count, QD_BLOCK_METADATA_WRITE, call->arena, error));
    return read_waits(change, *indices, error);
}

/* Closing leaves out what is closed already, so that only what was done is told. */
static size_t drop_closed(struct qd_resolved *indices, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (!indices[i].index->closed) indices[kept++] = indices[i];
    }
    return kept;
}

static void submit(struct change *change)
{
    struct qd_command_request request = {
        .priority = QD_PRIORITY_URGENT,
        .source = qd_arena_format(change->call->arena, "%s %.*s",
                                  change->open ? "open-indices" : "add-block-index-to-close",
                                  QD_SLICE_ARG(change->list)),
        .done = changed,
        .context = change,
    };
    qd_manager_submit(change->coordinator, change->call, &request, &change->command);
}

/* A shard that cannot flush is closed all the same: its translog has what the commit has not. */
static void flushed(struct qd_broadcast *broadcast)
{
    submit((struct change *)(void *)((char *)broadcast - offsetof(struct change, flush)));
}

/* An index is closed with everything in its commits, as in the reference. */
static void flush_first(struct change *change, const struct qd_resolved *indices)
{
    change->flush = (struct qd_broadcast){ .coordinator = change->coordinator,
                                           .call = change->call,
                                           .indices = indices,
                                           .count = change->count,
                                           .message = { .flush = true },
                                           .done = flushed };
    qd_broadcast_start(&change->flush);
}

static void run(struct qd_coordinator *coordinator, struct qd_call *call, bool open)
{
    struct change *change = QD_NEW(call->arena, struct change);
    struct qd_resolved *indices;
    *change = (struct change){ .coordinator = coordinator, .call = call, .open = open };
    if (prepare(change, &indices) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (!open) {
        change->count = drop_closed(indices, change->count);
        if (read_waits(change, indices, &call->error) != QD_OK) {
            qd_call_fail(call);
            return;
        }
    }
    if (change->count == 0) {
        change->acknowledged = true;
        change->reached = open;
        respond(change);
        return;
    }
    struct qd_json_writer writer = { .out = &change->command };
    qd_index_command_begin(&writer, open ? "open_index" : "close_index", indices, change->count);
    if (open) qd_index_command_shard_limit(coordinator, &writer);
    qd_json_end_object(&writer);
    change->list = qd_index_list_text(indices, change->count, call->arena);
    if (open) {
        submit(change);
    } else {
        flush_first(change, indices);
    }
}

static void open_now(struct qd_coordinator *coordinator, struct qd_call *call)
{
    run(coordinator, call, true);
}

void qd_coordinator_open_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    bool wait = true;
    int64_t timeout = 0;
    if (qd_call_bool(call, "wait_for_completion", &wait, &call->error) != QD_OK ||
        qd_call_time(call, "task_execution_timeout", &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
    } else if (wait) {
        open_now(coordinator, call);
    } else {
        qd_background_start(coordinator, call, open_now);
    }
}

void qd_coordinator_close_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    run(coordinator, call, false);
}
