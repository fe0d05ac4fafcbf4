/* Points in time: contexts that many searches share. */
#include <stdlib.h>

#include "base/assert.h"
#include "base/units.h"
#include "base/vector.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/contexts.h"
#include "coordinator/context_ids.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/search_options.h"
#include "data/contexts.h"
#include "data/data.h"

/* ---- the list of what this node has opened ---- */

struct pit {
    struct pit *next;
    char *id;
    size_t id_size;
    int64_t created_ms, keep_alive_ms, used_ms;
};

struct qd_contexts {
    struct pit *first;
};

struct qd_contexts *qd_contexts_create(void)
{
    struct qd_contexts *contexts = calloc(1, sizeof(*contexts));
    qd_assert(contexts != NULL);
    return contexts;
}

static void dispose(struct pit **at)
{
    struct pit *gone = *at;
    *at = gone->next;
    free(gone->id);
    free(gone);
}

void qd_contexts_destroy(struct qd_contexts *contexts)
{
    if (contexts == NULL) return;
    while (contexts->first != NULL) dispose(&contexts->first);
    free(contexts);
}

static void drop_expired(struct qd_contexts *contexts, int64_t now_ms)
{
    struct pit **at = &contexts->first;
    while (*at != NULL) {
        if ((*at)->used_ms + (*at)->keep_alive_ms < now_ms) {
            dispose(at);
        } else {
            at = &(*at)->next;
        }
    }
}

static struct pit **find(struct qd_contexts *contexts, struct qd_slice id)
{
    struct pit **at = &contexts->first;
    while (*at != NULL && !qd_slice_equal(qd_slice_make((*at)->id, (*at)->id_size), id)) at = &(*at)->next;
    return at;
}

static void remember(struct qd_contexts *contexts, struct qd_slice id, int64_t now_ms, int64_t keep_alive_ms)
{
    struct pit *pit = calloc(1, sizeof(*pit));
    qd_assert(pit != NULL);
    pit->id = malloc(id.size + 1);
    qd_assert(pit->id != NULL);
    memcpy(pit->id, id.data, id.size);
    pit->id_size = id.size;
    pit->created_ms = pit->used_ms = now_ms;
    pit->keep_alive_ms = keep_alive_ms;
    struct pit **at = &contexts->first;
    while (*at != NULL) at = &(*at)->next;
    *at = pit;
}

/* ---- create ---- */

static void opened(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_json_writer writer = qd_call_writer(call);
    if (run->error.status != QD_OK) {
        qd_search_fail(run);
        return;
    }
    struct qd_slice id = qd_context_id_make(run, QD_CONTEXT_PIT);
    remember(run->coordinator->contexts, id, call->start_ms, run->keep_alive_ms);
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "pit_id", id);
    qd_search_write_shards(run, &writer);
    qd_json_member_int(&writer, "creation_time", call->start_ms);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static enum qd_status prepare_create(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_error *error = &call->error;
    struct qd_slice keep_alive = qd_call_parameter(call, "keep_alive");
    struct qd_indices_options options = qd_options_search();
    struct qd_json_document *empty = QD_NEW(call->arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(call->arena, struct qd_search_request);
    run->allow_partial = true;
    run->now_ms = call->start_ms;
    run->request = request;
    QD_TRY(qd_call_bool(call, "allow_partial_pit_creation", &run->allow_partial, error));
    if (keep_alive.size == 0) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: keep alive not specified;");
    }
    QD_TRY(qd_time_parse_millis(keep_alive, "keep_alive", &run->keep_alive_ms, error));
    QD_TRY(qd_search_request_parse(empty, call->arena, request, error));
    QD_TRY(qd_options_of_call(call, &options, error));
    QD_TRY(qd_search_resolve(run, options, qd_call_parameter(call, "index"), error));
    int64_t max = qd_cluster_setting_ms(run->coordinator, "point_in_time.max_keep_alive", 86400000);
    return qd_keep_alive_check(run->keep_alive_ms, max, "point_in_time.max_keep_alive", error);
}

void qd_coordinator_create_pit(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
    run->coordinator = coordinator;
    run->call = call;
    run->done = opened;
    run->count_only = true;
    run->open_contexts = true;
    run->keep_context = true;
    if (prepare_create(run) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_search_run_start(run);
}

/* ---- search ---- */

enum qd_status qd_search_use_pit(struct qd_search_run *run, struct qd_error *error)
{
    const struct qd_json *pit = run->request->pit;
    const struct qd_json *keep_alive = qd_json_get(pit, "keep_alive");
    const struct qd_json *id = qd_json_get(pit, "id");
    if (!qd_json_is_string(id)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "point int time id is not provided");
    }
    run->pit_id = qd_json_text(id);
    run->keep_context = true;
    if (keep_alive != NULL) {
        QD_TRY(qd_time_parse_millis(qd_json_text(keep_alive), "keep_alive", &run->keep_alive_ms, error));
    }
    struct pit *known = *find(run->coordinator->contexts, run->pit_id);
    if (known != NULL) {
        known->used_ms = run->call->start_ms;
        /* A search makes a point in time live longer, never shorter. */
        if (run->keep_alive_ms > known->keep_alive_ms) known->keep_alive_ms = run->keep_alive_ms;
    }
    return qd_context_id_read(run, run->pit_id, QD_CONTEXT_PIT, error);
}

/* ---- list and delete ---- */

void qd_coordinator_get_all_pits(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_json_writer writer = qd_call_writer(call);
    drop_expired(coordinator->contexts, call->start_ms);
    qd_json_begin_object(&writer);
    qd_json_member_array(&writer, "pits");
    for (const struct pit *pit = coordinator->contexts->first; pit != NULL; pit = pit->next) {
        qd_json_begin_object(&writer);
        qd_json_member_string(&writer, "pit_id", qd_slice_make(pit->id, pit->id_size));
        qd_json_member_int(&writer, "creation_time", pit->created_ms);
        qd_json_member_int(&writer, "keep_alive", pit->keep_alive_ms);
        qd_json_end_object(&writer);
    }
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

struct deletion {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_slice *ids;
    bool *gone;
    size_t count, pending;
};

struct deletion_leg {
    struct qd_context_release release;
    struct deletion *deletion;
    size_t place;
};

static void finish_deletion(struct deletion *deletion)
{
    struct qd_json_writer writer = qd_call_writer(deletion->call);
    qd_json_begin_object(&writer);
    qd_json_member_array(&writer, "pits");
    for (size_t i = 0; i < deletion->count; i++) {
        qd_json_begin_object(&writer);
        qd_json_member_bool(&writer, "successful", deletion->gone[i]);
        qd_json_member_string(&writer, "pit_id", deletion->ids[i]);
        qd_json_end_object(&writer);
    }
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(deletion->call, 200);
}

static void deleted(void *context, size_t freed)
{
    struct deletion_leg *leg = context;
    struct deletion *deletion = leg->deletion;
    (void)freed;
    /* A context that has gone already counts as deleted, as in the reference. */
    deletion->gone[leg->place] = true;
    if (--deletion->pending == 0) finish_deletion(deletion);
}

static void delete_pits(struct deletion *deletion)
{
    struct qd_call *call = deletion->call;
    deletion->gone = QD_NEW_ARRAY(call->arena, bool, deletion->count);
    struct deletion_leg *legs = QD_NEW_ARRAY(call->arena, struct deletion_leg, deletion->count);
    for (size_t i = 0; i < deletion->count; i++) {
        struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
        run->coordinator = deletion->coordinator;
        run->call = call;
        if (qd_context_id_read(run, deletion->ids[i], QD_CONTEXT_PIT, &call->error) != QD_OK) {
            qd_call_fail(call);
            return;
        }
        legs[i].deletion = deletion;
        legs[i].place = i;
        legs[i].release = (struct qd_context_release){ .coordinator = deletion->coordinator, .run = run,
                                                       .done = deleted, .context = &legs[i] };
    }
    deletion->pending = deletion->count;
    if (deletion->count == 0) {
        finish_deletion(deletion);
        return;
    }
    for (size_t i = 0; i < deletion->count; i++) {
        struct pit **known = find(deletion->coordinator->contexts, deletion->ids[i]);
        if (*known != NULL) dispose(known);
        qd_context_release_start(&legs[i].release);
    }
}

void qd_coordinator_delete_all_pits(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct deletion *deletion = QD_NEW(call->arena, struct deletion);
    QD_VECTOR(struct qd_slice) ids = { 0 };
    drop_expired(coordinator->contexts, call->start_ms);
    for (const struct pit *pit = coordinator->contexts->first; pit != NULL; pit = pit->next) {
        *QD_PUSH(call->arena, &ids) = qd_arena_copy(call->arena, qd_slice_make(pit->id, pit->id_size));
    }
    *deletion =
        (struct deletion){ .coordinator = coordinator, .call = call, .ids = ids.data, .count = ids.count };
    delete_pits(deletion);
}

static bool known_member(struct qd_slice name, const struct qd_json *value)
{
    (void)value;
    return qd_slice_is(name, "pit_id");
}

static enum qd_status read_ids(struct qd_call *call, struct qd_slice **ids, size_t *count)
{
    struct qd_json_document body;
    QD_VECTOR(struct qd_slice) list = { 0 };
    QD_TRY(qd_call_context_body(call, known_member, &body, &call->error));
    struct qd_json_iterator at = qd_json_iterate(body.root);
    while (qd_json_next(&at)) {
        struct qd_json_iterator id = qd_json_iterate(at.value);
        if (qd_json_is_string(at.value)) *QD_PUSH(call->arena, &list) = qd_json_text(at.value);
        while (qd_json_is_array(at.value) && qd_json_next(&id)) {
            *QD_PUSH(call->arena, &list) = qd_json_text(id.value);
        }
    }
    *ids = list.data;
    *count = list.count;
    if (list.count > 0) return QD_OK;
    return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                        "Validation Failed: 1: no pit ids specified;");
}

void qd_coordinator_delete_pit(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct deletion *deletion = QD_NEW(call->arena, struct deletion);
    *deletion = (struct deletion){ .coordinator = coordinator, .call = call };
    if (read_ids(call, &deletion->ids, &deletion->count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    delete_pits(deletion);
}
