/* The bulk call: NDJSON action lines and sources to writes and back. */
#include "base/number.h"
#include "base/vector.h"
#include "coordinator/bulk_parse.h"
#include "coordinator/resolve.h"
#include "coordinator/error_json.h"
#include "coordinator/operations.h"
#include "coordinator/source_options.h"

/* A bulk request under way. */
struct bulk {
    struct qd_document_writes writes; /* first member */
    struct qd_bulk_line *lines;       /* one per write */
};

static const char *action_name(enum qd_write_kind kind)
{
    switch (kind) {
    case QD_WRITE_INDEX: return "index";
    case QD_WRITE_CREATE: return "create";
    case QD_WRITE_DELETE: return "delete";
    case QD_WRITE_UPDATE: return "update";
    }
    return "index";
}

static void write_item(const struct qd_document_write *write, const struct qd_bulk_line *line,
                       struct qd_arena *arena, struct qd_json_writer *writer,
                       struct qd_result_places *places)
{
    qd_json_begin_object(writer);
    qd_json_member_object(writer, action_name(line->kind));
    if (write->outcome.status == QD_OK) {
        qd_write_document_result(write, writer, places);
        if (line->source.given && line->source.fetch && write->outcome.source.data != NULL) {
            qd_write_update_get(write, &line->source, arena, writer);
        }
        qd_json_member_int(writer, "status", qd_outcome_http(&write->outcome));
    } else {
        qd_json_member_string(writer, "_index", write->index);
        qd_json_name(writer, "_id");
        if (write->item.id.data == NULL) {
            qd_json_null(writer);
        } else {
            qd_json_string(writer, write->item.id);
        }
        qd_json_member_int(writer, "status", qd_status_http(write->outcome.status));
        qd_json_name(writer, "error");
        qd_error_json(&write->outcome.error, writer);
    }
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* The item written last, for those that are like it. */
struct model {
    const struct qd_document_write *write; /* NULL: none */
    enum qd_write_kind kind;
    size_t start;                          /* in the answer */
    size_t end;
    struct qd_result_places places;
};

/* True when the answers to both differ in nothing but id and sequence number. */
static bool alike(const struct model *model, const struct qd_document_write *write,
                  const struct qd_bulk_line *line)
{
    const struct qd_document_write *other = model->write;
    return other != NULL && write->outcome.status == QD_OK && model->kind == line->kind &&
           !line->source.given && other->outcome.result == write->outcome.result &&
           other->outcome.version == write->outcome.version && other->outcome.term == write->outcome.term &&
           other->copies == write->copies && other->forced_refresh == write->forced_refresh &&
           qd_slice_equal(other->index, write->index);
}

/* Bulk requests are long runs of like items: all but the first of a run are copied from it. */
static void write_items(struct bulk *bulk, struct qd_json_writer *writer)
{
    struct qd_buffer *out = writer->out;
    struct model model = { 0 };
    for (size_t i = 0; i < bulk->writes.count; i++) {
        const struct qd_document_write *write = &bulk->writes.writes[i];
        const struct qd_bulk_line *line = &bulk->lines[i];
        if (alike(&model, write, line)) {
            /* Room first: what is copied is in the same buffer. */
            qd_buffer_reserve(out, model.end - model.start + 1);
            qd_json_raw(writer, qd_slice_make(out->data + model.start, model.places.id_start - model.start));
            writer->comma = false;
            qd_json_string(writer, write->item.id);
            qd_buffer_reserve(out, model.end - model.start);
            qd_buffer_append(out, out->data + model.places.id_end,
                             model.places.seq_no_start - model.places.id_end);
            writer->comma = false;
            qd_json_int(writer, write->outcome.seq_no);
            qd_buffer_reserve(out, model.end - model.start);
            qd_buffer_append(out, out->data + model.places.seq_no_end, model.end - model.places.seq_no_end);
            continue;
        }
        model.start = out->size + (i > 0);
        write_item(write, line, bulk->writes.call->arena, writer, &model.places);
        model.end = out->size;
        model.kind = line->kind;
        model.write = write->outcome.status == QD_OK && !line->source.given ? write : NULL;
    }
}

static void done(struct qd_document_writes *writes)
{
    struct bulk *bulk = (struct bulk *)writes;
    struct qd_call *call = writes->call;
    struct qd_env *env = writes->coordinator->env;
    struct qd_json_writer writer = qd_call_writer(call);
    bool errors = false;
    if (writes->rejected) {
        qd_call_fail_with(call, &writes->writes[0].outcome.error);
        return;
    }
    for (size_t i = 0; i < writes->count; i++) {
        if (writes->writes[i].outcome.status != QD_OK) errors = true;
    }
    qd_json_begin_object(&writer);
    qd_json_member_int(&writer, "took", (env->clock->monotonic(env).nanoseconds - call->start_ns) / 1000000);
    qd_json_member_bool(&writer, "errors", errors);
    qd_json_member_array(&writer, "items");
    write_items(bulk, &writer);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* Checks that concern one item fail that item only, except those that the reference raises for the whole
 * request. */
static enum qd_status check_lines(struct bulk *bulk)
{
    struct qd_call *call = bulk->writes.call;
    struct qd_buffer problems = { 0 };
    int count = 0;
    for (size_t i = 0; i < bulk->writes.count; i++) {
        struct qd_document_write *write = &bulk->writes.writes[i];
        if (write->target.size == 0) {
            qd_buffer_format(&problems, "%d: index is missing;", ++count);
        }
        if (write->item.id.size == 0 &&
            (bulk->lines[i].kind == QD_WRITE_DELETE || bulk->lines[i].kind == QD_WRITE_UPDATE)) {
            qd_buffer_format(&problems, "%d: id is missing;", ++count);
        }
        struct qd_error error;
        qd_error_init(&error, call->arena);
        if (qd_write_item_validate(&write->item, &error) != QD_OK) {
            struct qd_slice reason = error.reason;
            struct qd_slice head = QD_SLICE("Validation Failed: 1: ");
            if (qd_slice_starts_with(reason, head)) reason = qd_slice_from(reason, head.size);
            qd_buffer_format(&problems, "%d: %.*s", ++count, QD_SLICE_ARG(reason));
        }
    }
    if (bulk->writes.count == 0) qd_buffer_format(&problems, "%d: no requests added;", ++count);
    enum qd_status status = QD_OK;
    if (count > 0) {
        status = qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: %.*s",
                              (int)problems.size, problems.data);
    }
    qd_buffer_deinit(&problems);
    return status;
}

/* Names with a date that cannot be computed fail all of it. */
static enum qd_status check_names(const struct bulk *bulk, struct qd_call *call)
{
    struct qd_slice name;
    for (size_t i = 0; i < bulk->writes.count; i++) {
        struct qd_slice target = bulk->writes.writes[i].target;
        if (target.size == 0 || target.data[0] != '<') continue;
        QD_TRY(qd_resolve_date_math(target, call->start_ms, call->arena, &name, &call->error));
    }
    return QD_OK;
}

static enum qd_status read_call(struct bulk *bulk, struct qd_call *call)
{
    struct qd_bulk_defaults defaults = { .index = qd_call_parameter(call, "index"),
                                         .pipeline = qd_call_parameter(call, "pipeline"),
                                         .routing = qd_call_parameter(call, "routing") };
    QD_TRY(qd_call_bool(call, "require_alias", &defaults.require_alias, &call->error));
    QD_TRY(qd_source_filter_of_call(call, &defaults.source, &call->error));
    QD_TRY(qd_call_refresh(call, &bulk->writes.refresh, &call->error));
    QD_TRY(qd_call_time(call, "timeout", &bulk->writes.timeout_ms, &call->error));
    QD_TRY(qd_call_active_shards(call, &bulk->writes.active_shards, &call->error));
    if (call->body.size == 0) return qd_error_set(&call->error, QD_PARSE, "request body is required");
    QD_TRY(qd_bulk_parse(call->body, &defaults, call->arena, &bulk->lines, &bulk->writes.writes,
                         &bulk->writes.count, &call->error));
    QD_TRY(check_names(bulk, call));
    return check_lines(bulk);
}

void qd_coordinator_bulk(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct bulk *bulk = QD_NEW(call->arena, struct bulk);
    bulk->writes = (struct qd_document_writes){ .coordinator = coordinator, .call = call, .timeout_ms = 60000,
                                                .done = done };
    if (read_call(bulk, call) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_write_documents(&bulk->writes);
}

/* The reference streams only over another HTTP engine than its own, and says so. */
void qd_coordinator_bulk_stream(struct qd_coordinator *coordinator, struct qd_call *call)
{
    (void)coordinator;
    (void)qd_error_set(
        &call->error, QD_ILLEGAL_STATE,
        "The engine does not support HTTP streaming, unable to serve uri [%.*s] and method [%.*s]",
        QD_SLICE_ARG(call->target), QD_SLICE_ARG(call->method));
    qd_call_fail(call);
}
