/* GET _cat/count: how many documents an expression of indices has. */
#include "coordinator/operations.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "epoch", "t,time", "seconds since 1970-01-01 00:00:00", QD_CAT_LEFT, 0 },
    { "timestamp", "ts,hms,hhmmss", "time in HH:MM:SS", QD_CAT_LEFT, 0 },
    { "count", "dc,docs.count,docsCount", "the document count", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* The count operation's own call; it has an arena in common with the one that is answered. */
struct inner {
    struct qd_call call;
    struct qd_coordinator *coordinator;
    struct qd_call *outer;
};

static void counted(struct qd_call *call)
{
    struct inner *inner = (struct inner *)call;
    struct qd_call *outer = inner->outer;
    struct qd_json_document document;
    struct qd_cat cat;
    int64_t count = 0;
    if (call->failed) {
        qd_buffer_deinit(&call->response);
        qd_call_fail_with(outer, &call->error);
        return;
    }
    enum qd_status status = qd_json_parse(outer->arena, qd_buffer_view(&call->response), &document,
                                          &outer->error);
    qd_buffer_deinit(&call->response);
    if (status != QD_OK) {
        qd_call_fail(outer);
        return;
    }
    qd_json_int64(qd_json_get(document.root, "count"), &count);
    if (!qd_cat_begin(&cat, outer, &table)) return;
    int64_t now = inner->coordinator->env->clock->wall_ms(inner->coordinator->env);
    struct qd_cat_cell *cell = qd_cat_row(&cat);
    cell[0] = qd_cat_number(now / 1000);
    cell[1] = qd_cat_text(qd_cat_clock(now, outer->arena));
    cell[2] = qd_cat_number(count);
    qd_cat_finish(&cat);
}

void qd_cat_count(struct qd_coordinator *coordinator, struct qd_call *call)
{
    static const char *const kept[] = { "index", "q", "df", "analyzer", "default_operator" };
    struct inner *inner = QD_NEW(call->arena, struct inner);
    struct qd_cat cat;
    if (qd_call_parameter(call, "help").data != NULL && !qd_cat_begin(&cat, call, &table)) return;
    inner->coordinator = coordinator;
    inner->outer = call;
    inner->call = (struct qd_call){ .arena = call->arena,
                                    .method = call->method,
                                    .path = call->path,
                                    .body = call->body,
                                    .start_ms = call->start_ms,
                                    .start_ns = call->start_ns,
                                    .done = counted };
    atomic_init(&inner->call.cancelled, false);
    qd_map_init(&inner->call.parameters, call->arena);
    qd_error_init(&inner->call.error, call->arena);
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        struct qd_slice name = qd_slice_from_string(kept[i]);
        void *value = qd_map_get(&call->parameters, name);
        if (value != NULL) qd_map_put(&inner->call.parameters, name, value);
    }
    qd_coordinator_count(coordinator, &inner->call);
}
