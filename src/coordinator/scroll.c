/* Scrolls: the first page is a search that keeps its contexts, the next ones continue them. */
#include "base/units.h"
#include "base/vector.h"
#include "coordinator/context_ids.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/search_options.h"

enum qd_status qd_search_open_scroll(struct qd_search_run *run, struct qd_slice keep_alive,
                                     struct qd_error *error)
{
    QD_TRY(qd_time_parse_millis(keep_alive, "scroll", &run->keep_alive_ms, error));
    run->scroll = true;
    return QD_OK;
}

struct qd_slice qd_scroll_id_make(const struct qd_search_run *run)
{
    return qd_context_id_make(run, QD_CONTEXT_SCROLL);
}

static enum qd_status invalid(struct qd_error *error, const char *text)
{
    return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: 1: %s;", text);
}

/* Everything that a scroll does not allow, told at once. */
static enum qd_status check_scroll(const struct qd_search_run *run, struct qd_error *error)
{
    const struct qd_search_request *request = run->request;
    bool untracked = request->track_total_hits != QD_TRACK_TOTAL_HITS_ACCURATE;
    const struct {
        bool wrong;
        const char *text;
    } rules[] = {
        { untracked && request->track_total_hits_given,
          "disabling [track_total_hits] is not allowed in a scroll context" },
        { request->from > 0, "using [from] is not allowed in a scroll context" },
        { request->size == 0, "[size] cannot be [0] in a scroll context" },
        { run->request_cache == QD_REQUEST_CACHE_ALWAYS,
          "[request_cache] cannot be used in a scroll context" },
        { request->pit != NULL, "using [point in time] is not allowed in a scroll context" },
    };
    struct qd_buffer text = { 0 };
    int number = 0;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (rules[i].wrong) qd_buffer_format(&text, "%d: %s;", ++number, rules[i].text);
    }
    enum qd_status status = QD_OK;
    if (number > 0) {
        status = qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: %.*s", (int)text.size,
                              text.data);
    }
    qd_buffer_deinit(&text);
    return status;
}

enum qd_status qd_search_check_window(const struct qd_search_run *run, struct qd_error *error)
{
    if (run->scroll) QD_TRY(check_scroll(run, error));
    if (run->request->pit != NULL && qd_call_parameter(run->call, "index").size > 0) {
        return invalid(error, "[indices] cannot be used with point in time");
    }
    return QD_OK;
}

/* ---- the next page ---- */

static void page_done(struct qd_search_run *run)
{
    struct qd_json_writer writer = qd_call_writer(run->call);
    if (run->error.status != QD_OK) {
        qd_search_fail(run);
        return;
    }
    qd_json_begin_object(&writer);
    qd_search_run_write(run, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(run->call, 200);
}

static bool page_member(struct qd_slice name, const struct qd_json *value)
{
    return qd_json_is_string(value) && (qd_slice_is(name, "scroll_id") || qd_slice_is(name, "scroll"));
}

/* scroll_id and scroll of the URL, which the body replaces. */
static enum qd_status read_page(struct qd_search_run *run, struct qd_slice *id)
{
    struct qd_call *call = run->call;
    struct qd_error *error = &call->error;
    struct qd_json_document body;
    struct qd_slice keep_alive = qd_call_parameter(call, "scroll");
    *id = qd_call_parameter(call, "scroll_id");
    QD_TRY(qd_call_context_body(call, page_member, &body, error));
    struct qd_json_iterator at = qd_json_iterate(body.root);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "scroll_id")) *id = qd_json_text(at.value);
        else keep_alive = qd_json_text(at.value);
    }
    if (id->size == 0) return invalid(error, "scrollId is missing");
    if (keep_alive.size > 0) {
        QD_TRY(qd_time_parse_millis(keep_alive, "scroll", &run->keep_alive_ms, error));
    }
    QD_TRY(qd_context_id_read(run, *id, QD_CONTEXT_SCROLL, error));
    return qd_call_bool(call, "rest_total_hits_as_int", &run->total_as_int, error);
}

enum qd_status qd_scroll_read_search(struct qd_search_run *run, struct qd_error *error)
{
    struct qd_arena *arena = run->call->arena;
    struct qd_json_document *document = QD_NEW(arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(arena, struct qd_search_request);
    size_t at = 0;
    while (at < run->leg_count && run->legs[at].failed) at++;
    if (at == run->leg_count) return QD_OK;
    QD_TRY(qd_json_parse(arena, run->legs[at].answer.text, document, error));
    QD_TRY(qd_search_request_parse(document, arena, request, error));
    request->aggregations = NULL;
    run->request = request;
    return QD_OK;
}

/* The search that opened the scroll decides size and order; until a shard has told it, there is an empty one.
 */
static enum qd_status begin_request(struct qd_search_run *run)
{
    struct qd_search_request *request = QD_NEW(run->call->arena, struct qd_search_request);
    struct qd_json_document empty = { 0 };
    run->request = request;
    return qd_search_request_parse(&empty, run->call->arena, request, &run->call->error);
}

void qd_coordinator_scroll(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
    struct qd_slice id;
    run->coordinator = coordinator;
    run->call = call;
    run->done = page_done;
    run->scroll = true;
    run->keep_context = true;
    run->allow_partial = true;
    run->now_ms = call->start_ms;
    if (read_page(run, &id) != QD_OK || begin_request(run) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    run->scroll_id = id;
    qd_search_run_start(run);
}

/* ---- clearing ---- */

static void cleared(void *context, size_t freed)
{
    struct qd_context_release *release = context;
    struct qd_call *call = release->run->call;
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "succeeded", true);
    qd_json_member_int(&writer, "num_freed", (int64_t)freed);
    qd_json_end_object(&writer);
    qd_call_finish(call, freed > 0 || release->all ? 200 : 404);
}

static bool clear_member(struct qd_slice name, const struct qd_json *value)
{
    (void)value;
    return qd_slice_is(name, "scroll_id");
}

static enum qd_status read_ids(struct qd_call *call, struct qd_slice **ids, size_t *count)
{
    struct qd_json_document body;
    QD_VECTOR(struct qd_slice) list = { 0 };
    *count = qd_call_list(call, "scroll_id", ids);
    QD_TRY(qd_call_context_body(call, clear_member, &body, &call->error));
    struct qd_json_iterator at = qd_json_iterate(body.root);
    if (body.root == NULL) return *count > 0 ? QD_OK : invalid(&call->error, "no scroll ids specified");
    while (qd_json_next(&at)) {
        struct qd_json_iterator id = qd_json_iterate(at.value);
        if (qd_json_is_string(at.value)) *QD_PUSH(call->arena, &list) = qd_json_text(at.value);
        while (qd_json_is_array(at.value) && qd_json_next(&id)) {
            *QD_PUSH(call->arena, &list) = qd_json_text(id.value);
        }
    }
    *ids = list.data;
    *count = list.count;
    return list.count > 0 ? QD_OK : invalid(&call->error, "no scroll ids specified");
}

/* One run with the legs of all ids together. */
static enum qd_status join_legs(struct qd_search_run *run, const struct qd_slice *ids, size_t count)
{
    QD_VECTOR(struct qd_search_leg) legs = { 0 };
    for (size_t i = 0; i < count; i++) {
        struct qd_search_run one = { .coordinator = run->coordinator, .call = run->call };
        QD_TRY(qd_context_id_read(&one, ids[i], QD_CONTEXT_SCROLL, &run->call->error));
        for (size_t l = 0; l < one.leg_count; l++) {
            *QD_PUSH(run->call->arena, &legs) = one.legs[l];
            legs.data[legs.count - 1].run = run;
        }
    }
    run->legs = legs.data;
    run->leg_count = legs.count;
    return QD_OK;
}

void qd_coordinator_clear_scroll(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
    struct qd_context_release *release = QD_NEW(call->arena, struct qd_context_release);
    struct qd_slice *ids;
    size_t count;
    run->coordinator = coordinator;
    run->call = call;
    *release = (struct qd_context_release){ .coordinator = coordinator, .run = run, .done = cleared,
                                            .context = release };
    if (read_ids(call, &ids, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (count == 1 && qd_slice_is(ids[0], "_all")) {
        /* Context 0 stands for all scrolls of a node. */
        run->legs = QD_NEW(call->arena, struct qd_search_leg);
        run->legs[0].node_id = coordinator->local_node->id;
        run->leg_count = 1;
        release->all = true;
    } else if (join_legs(run, ids, count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_context_release_start(release);
}
