/* The actions get and maintain: one lane job each. */
#include "data/read_messages.h"
#include "data/request_cache.h"
#include "data/snapshot_get.h"

/* ---- get ---- */

struct get_job {
    struct qd_shard_job job;
    struct qd_shard_access access;
    struct qd_data *data;
    struct qd_maintenance refresh;   /* that was asked for with the get */
    struct qd_transport_call *call;
    struct qd_get_message message;
    struct qd_get_result *results;
    struct qd_error error;
    enum qd_status status;
};

static void get_run(struct qd_shard_job *job)
{
    struct get_job *get = (struct get_job *)job;
    struct qd_engine *engine = job->shard->engine;
    get->status = QD_OK;
    struct qd_snapshot *snapshot = qd_engine_acquire(engine);
    for (size_t i = 0; get->status == QD_OK && i < get->message.count; i++) {
        struct qd_slice id = get->message.ids[i];
        struct qd_get_result *result = &get->results[i];
        get->status = get->message.realtime
                          ? qd_engine_get(engine, id, get->call->arena, result, &get->error)
                          : qd_snapshot_get(snapshot, id, get->call->arena, result, &get->error);
    }
    qd_snapshot_release(snapshot);
}

static void get_done(struct qd_shard_job *job)
{
    struct get_job *get = (struct get_job *)job;
    struct qd_buffer buffer = { 0 };
    job->shard->counters.get_current -= get->message.count;
    qd_gate_leave(qd_data_gates(get->data), QD_GATE_GET);
    if (get->status != QD_OK) {
        qd_transport_fail(get->call, &get->error);
        return;
    }
    qd_get_results_write(get->results, get->message.count, &buffer);
    qd_transport_answer(get->call, &buffer);
}

static void submit_get(struct qd_shard *shard, struct get_job *get)
{
    if (qd_gate_enter(qd_data_gates(get->data), QD_GATE_GET, QD_ACTION_GET, &get->error) != QD_OK) {
        qd_transport_fail(get->call, &get->error);
        return;
    }
    shard->counters.get_current += get->message.count;
    qd_shard_submit(shard, &get->job);
}

static void get_ready(struct qd_shard_access *access)
{
    struct get_job *get = (struct get_job *)(void *)((char *)access - offsetof(struct get_job, access));
    struct qd_shard *shard = qd_action_shard(get->data, get->call, get->message.index_uuid,
                                             get->message.shard);
    if (shard != NULL) submit_get(shard, get);
}

static void get_refreshed(struct qd_maintenance *maintenance)
{
    struct get_job *get =
        (struct get_job *)(void *)((char *)maintenance - offsetof(struct get_job, refresh));
    if (maintenance->status != QD_OK) {
        qd_transport_fail(get->call, &maintenance->error);
    } else {
        get_ready(&get->access);
    }
}

void qd_action_get(void *context, struct qd_transport_call *call)
{
    struct get_job *get = QD_NEW(call->arena, struct get_job);
    qd_error_init(&get->error, call->arena);
    if (qd_get_message_read(call->payload, call->arena, &get->message, &get->error) != QD_OK) {
        qd_transport_fail(call, &get->error);
        return;
    }
    struct qd_shard *shard = qd_action_shard(context, call, get->message.index_uuid, get->message.shard);
    if (shard == NULL) return;
    get->call = call;
    get->results = QD_NEW_ARRAY(call->arena, struct qd_get_result, get->message.count);
    get->data = context;
    get->access.ready = get_ready;
    get->job.work_class = QD_WORK_GET;
    get->job.run = get_run;
    get->job.done = get_done;
    if (get->message.refresh) {
        qd_error_init(&get->refresh.error, call->arena);
        get->refresh.refresh = true;
        get->refresh.done = get_refreshed;
        qd_shard_maintain(shard, &get->refresh);
    } else if (get->message.realtime) {
        submit_get(shard, get);
    } else {
        qd_shard_await_search(shard, &get->access);
    }
}

/* ---- maintain ---- */

struct maintain_job {
    struct qd_maintenance maintenance; /* first member */
    struct qd_transport_call *call;
};

static void maintain_done(struct qd_maintenance *maintenance)
{
    struct maintain_job *maintain = (struct maintain_job *)maintenance;
    struct qd_buffer empty = { 0 };
    if (maintenance->status != QD_OK) {
        qd_transport_fail(maintain->call, &maintenance->error);
    } else {
        qd_transport_answer(maintain->call, &empty);
    }
}

void qd_action_maintain(void *context, struct qd_transport_call *call)
{
    struct qd_maintain_message message = { 0 };
    struct maintain_job *maintain = QD_NEW(call->arena, struct maintain_job);
    qd_error_init(&maintain->maintenance.error, call->arena);
    if (qd_maintain_message_read(call->payload, &message, &maintain->maintenance.error) != QD_OK) {
        qd_transport_fail(call, &maintain->maintenance.error);
        return;
    }
    struct qd_shard *shard = qd_action_shard(context, call, message.index_uuid, message.shard);
    if (shard == NULL) return;
    if (message.clear_requests) qd_request_cache_drop(qd_data_request_cache(context), shard);
    maintain->call = call;
    maintain->maintenance.refresh = message.refresh;
    maintain->maintenance.flush = message.flush;
    maintain->maintenance.force_merge = message.force_merge;
    maintain->maintenance.max_segments = message.max_segments;
    maintain->maintenance.only_deletes = message.only_deletes;
    maintain->maintenance.clear_fielddata = message.clear_fielddata;
    maintain->maintenance.clear_fields = message.clear_fields;
    maintain->maintenance.done = maintain_done;
    qd_shard_maintain(shard, &maintain->maintenance);
}
