/* Refresh, flush, force merge, clear cache: one request to every shard, one line of answer. */
#include "coordinator/background.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/tasks.h"

static void done(struct qd_broadcast *broadcast)
{
    struct qd_call *call = broadcast->call;
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_broadcast_write(broadcast, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* `level` NULL: no block is in the way. */
static enum qd_status prepare(struct qd_broadcast *broadcast, const enum qd_block_level *level,
                              struct qd_resolved **indices)
{
    struct qd_call *call = broadcast->call;
    const struct qd_cluster_state *state = qd_cluster_service_state(broadcast->coordinator->cluster);
    QD_TRY(qd_resolve_call(call, state, qd_options_search(), indices, &broadcast->count));
    if (level == NULL) return QD_OK;
    return qd_check_all_blocks(*indices, broadcast->count, *level, call->arena, &call->error);
}

static void start_on(struct qd_coordinator *coordinator, struct qd_call *call,
                     const struct qd_maintain_message *message, const enum qd_block_level *level,
                     bool primaries_only)
{
    struct qd_broadcast *broadcast = QD_NEW(call->arena, struct qd_broadcast);
    struct qd_resolved *indices;
    *broadcast = (struct qd_broadcast){ .coordinator = coordinator,
                                        .call = call,
                                        .message = *message,
                                        .primaries_only = primaries_only,
                                        .done = done };
    if (prepare(broadcast, level, &indices) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    broadcast->indices = indices;
    qd_broadcast_start(broadcast);
}

static void start(struct qd_coordinator *coordinator, struct qd_call *call,
                  const struct qd_maintain_message *message, const enum qd_block_level *level)
{
    start_on(coordinator, call, message, level, false);
}

void qd_coordinator_refresh(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_maintain_message message = { .refresh = true };
    start(coordinator, call, &message, NULL);
}

void qd_coordinator_flush(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_maintain_message message = { .flush = true };
    struct qd_error *error = &call->error;
    bool force = false;
    bool wait = true;
    if (qd_slice_ends_with(call->path, QD_SLICE("/synced"))) {
        qd_call_warn(
            call,
            "Synced flush was removed and a normal flush was performed instead. This transition will be "
            "removed in a future version.");
    }
    enum qd_status status = qd_call_bool(call, "force", &force, error);
    if (status == QD_OK) status = qd_call_bool(call, "wait_if_ongoing", &wait, error);
    if (status == QD_OK && force && !wait) {
        status = qd_error_set(error, QD_ACTION_REQUEST_VALIDATION,
                              "Validation Failed: 1: wait_if_ongoing must be true for a force flush;");
    }
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    start(coordinator, call, &message, NULL);
}

static void describe_merge(struct qd_coordinator *coordinator, struct qd_call *call, int64_t segments,
                           const struct qd_maintain_message *message, bool primary_only)
{
    struct qd_slice *names;
    size_t count = qd_call_list(call, "index", &names);
    struct qd_buffer list = { 0 };
    for (size_t i = 0; i < count; i++) {
        qd_buffer_format(&list, "%s%.*s", i > 0 ? ", " : "", QD_SLICE_ARG(names[i]));
    }
    struct qd_slice text = qd_arena_format(
        call->arena,
        "Force-merge indices [%.*s], maxSegments[%lld], onlyExpungeDeletes[%s], flush[%s], primaryOnly[%s]",
        (int)list.size, list.data, (long long)segments, message->only_deletes ? "true" : "false",
        message->flush ? "true" : "false", primary_only ? "true" : "false");
    qd_buffer_deinit(&list);
    qd_tasks_describe(coordinator->tasks, call, "indices:admin/forcemerge", false, text);
}

static enum qd_status read_merge(struct qd_coordinator *coordinator, struct qd_call *call,
                                 struct qd_maintain_message *message, bool *wait)
{
    struct qd_error *error = &call->error;
    int64_t segments = -1;
    bool flush = true;
    bool primary_only = false;
    QD_TRY(qd_call_int(call, "max_num_segments", &segments, error));
    QD_TRY(qd_call_bool(call, "only_expunge_deletes", &message->only_deletes, error));
    QD_TRY(qd_call_bool(call, "flush", &flush, error));
    QD_TRY(qd_call_bool(call, "primary_only", &primary_only, error));
    QD_TRY(qd_call_bool(call, "wait_for_completion", wait, error));
    if (message->only_deletes && segments != -1) {
        qd_call_warn(
            call,
            "setting only_expunge_deletes and max_num_segments at the same time is deprecated and will be "
            "rejected in a future version");
    }
    message->force_merge = true;
    message->refresh = true;
    message->flush = flush;
    message->max_segments = segments > 0 ? (uint32_t)segments : 0;
    describe_merge(coordinator, call, segments, message, primary_only);
    return QD_OK;
}

static void merge_now(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const enum qd_block_level level = QD_BLOCK_METADATA_WRITE;
    struct qd_maintain_message message = { 0 };
    bool wait = true, primaries_only = false;
    if (read_merge(coordinator, call, &message, &wait) != QD_OK ||
        qd_call_bool(call, "primary_only", &primaries_only, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    start_on(coordinator, call, &message, &level, primaries_only);
}

void qd_coordinator_force_merge(struct qd_coordinator *coordinator, struct qd_call *call)
{
    bool wait = true;
    if (qd_call_bool(call, "wait_for_completion", &wait, &call->error) != QD_OK) {
        qd_call_fail(call);
    } else if (wait) {
        merge_now(coordinator, call);
    } else {
        struct qd_maintain_message message = { 0 };
        /* What is wrong with the request is said at once. */
        if (read_merge(coordinator, call, &message, &wait) != QD_OK) qd_call_fail(call);
        else qd_background_start(coordinator, call, merge_now);
    }
}

/* The names of `fields`, between commas. */
static struct qd_slice named_fields(struct qd_call *call)
{
    struct qd_slice *names;
    size_t count = qd_call_list(call, "fields", &names);
    struct qd_buffer joined = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (i > 0) qd_buffer_append(&joined, ",", 1);
        qd_buffer_append(&joined, names[i].data, names[i].size);
    }
    struct qd_slice text = qd_arena_copy(call->arena, qd_buffer_view(&joined));
    qd_buffer_deinit(&joined);
    return text;
}

/* There are no caches of queries and files. Field data is also dropped when only the cache of requests or of
 * files is named, and the cache of requests when nothing is. */
void qd_coordinator_clear_cache(struct qd_coordinator *coordinator, struct qd_call *call)
{
    enum { QUERY, REQUEST, FIELDDATA, FILES, KINDS };
    static const char *const names[KINDS] = { "query", "request", "fielddata", "file" };
    const enum qd_block_level level = QD_BLOCK_METADATA_READ;
    struct qd_maintain_message message = { .clear_fields = named_fields(call) };
    bool flags[KINDS] = { false };
    for (size_t i = 0; i < KINDS; i++) {
        if (qd_call_bool(call, names[i], &flags[i], &call->error) == QD_OK) continue;
        qd_call_fail(call);
        return;
    }
    bool other = flags[QUERY] || flags[FIELDDATA];
    message.clear_fielddata = flags[FIELDDATA] || !other;
    message.clear_requests = flags[REQUEST] || (!other && message.clear_fields.size == 0);
    start(coordinator, call, &message, &level);
}
