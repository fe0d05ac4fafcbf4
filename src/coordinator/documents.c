/* Writing one document: index, create, delete, update. */
#include "coordinator/operations.h"
#include "coordinator/source_options.h"
#include "coordinator/write_documents.h"

#define TIMEOUT_DEFAULT_MS 60000

/* A single write under way. */
struct single {
    struct qd_document_writes writes; /* first member */
    struct qd_document_write write;
    struct qd_source_filter source;   /* update: what of the new source is wanted */
    bool want_source;
};

static void write_shards(const struct qd_document_write *write, bool untouched, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "_shards");
    qd_json_member_int(writer, "total", untouched ? 0 : write->copies);
    qd_json_member_int(writer, "successful", untouched ? 0 : 1);
    qd_json_member_int(writer, "failed", 0);
    qd_json_end_object(writer);
}

void qd_write_document_result(const struct qd_document_write *write, struct qd_json_writer *writer,
                              struct qd_result_places *places)
{
    struct qd_result_places at;
    /* The reference's update call answers a noop by itself; as part of a bulk request it went to a shard. */
    bool untouched = write->outcome.result == QD_RESULT_NOOP && places == NULL;
    qd_json_member_string(writer, "_index", write->index);
    qd_json_name(writer, "_id");
    at.id_start = writer->out->size;
    qd_json_string(writer, write->item.id);
    at.id_end = writer->out->size;
    qd_json_member_int(writer, "_version", write->outcome.version);
    qd_json_member_text(writer, "result", qd_result_name(write->outcome.result));
    if (write->forced_refresh && !untouched) {
        qd_json_member_bool(writer, "forced_refresh", true);
    }
    write_shards(write, untouched, writer);
    qd_json_name(writer, "_seq_no");
    at.seq_no_start = writer->out->size;
    qd_json_int(writer, write->outcome.seq_no);
    at.seq_no_end = writer->out->size;
    qd_json_member_int(writer, "_primary_term", write->outcome.term);
    if (places != NULL) *places = at;
}

void qd_write_update_get(const struct qd_document_write *write, const struct qd_source_filter *filter,
                         struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "get");
    qd_json_member_int(writer, "_seq_no", write->outcome.seq_no);
    qd_json_member_int(writer, "_primary_term", write->outcome.term);
    qd_json_member_bool(writer, "found", true);
    qd_json_name(writer, "_source");
    qd_source_filter_write(filter, write->outcome.source, arena, writer);
    qd_json_end_object(writer);
}

static struct qd_slice location(const struct qd_document_write *write, const struct qd_call *call)
{
    return qd_arena_format(call->arena, "/%.*s/_doc/%.*s", QD_SLICE_ARG(write->index),
                           QD_SLICE_ARG(write->item.id));
}

static void done(struct qd_document_writes *writes)
{
    struct single *single = (struct single *)writes;
    struct qd_call *call = writes->call;
    const struct qd_document_write *write = &single->write;
    struct qd_json_writer writer = qd_call_writer(call);
    if (write->outcome.status != QD_OK) {
        qd_call_fail_with(call, &write->outcome.error);
        return;
    }
    qd_json_begin_object(&writer);
    qd_write_document_result(write, &writer, NULL);
    if (single->want_source && write->outcome.source.data != NULL) {
        qd_write_update_get(write, &single->source, call->arena, &writer);
    }
    qd_json_end_object(&writer);
    if (write->outcome.result == QD_RESULT_CREATED) call->location = location(write, call);
    qd_call_finish(call, qd_outcome_http(&write->outcome));
}

/* An update has no version, whatever it would be. */
static enum qd_status check_no_version(const struct qd_call *call, struct qd_error *error)
{
    if (qd_call_parameter(call, "version").data == NULL &&
        qd_call_parameter(call, "version_type").data == NULL) {
        return QD_OK;
    }
    return qd_error_set(
        error, QD_ACTION_REQUEST_VALIDATION,
        "Validation Failed: 1: internal versioning can not be used for optimistic concurrency "
        "control. Please use `if_seq_no` and `if_primary_term` instead;");
}

static enum qd_status read_version(const struct qd_call *call, struct qd_write_item *item,
                                   struct qd_error *error)
{
    struct qd_slice type = qd_call_parameter(call, "version_type");
    struct qd_slice version = qd_call_parameter(call, "version");
    struct qd_slice seq_no = qd_call_parameter(call, "if_seq_no");
    struct qd_slice term = qd_call_parameter(call, "if_primary_term");
    if (item->kind == QD_WRITE_UPDATE) QD_TRY(check_no_version(call, error));
    QD_TRY(qd_parse_version_type(type, &item->version_type, error));
    QD_TRY(qd_parse_long_parameter("version", version, &item->version, error));
    QD_TRY(qd_parse_long_parameter("if_seq_no", seq_no, &item->if_seq_no, error));
    return qd_parse_long_parameter("if_primary_term", term, &item->if_primary_term, error);
}

static enum qd_status read_common(struct single *single, struct qd_coordinator *coordinator,
                                  struct qd_call *call, enum qd_write_kind kind)
{
    struct qd_write_item *item = &single->write.item;
    single->writes = (struct qd_document_writes){ .coordinator = coordinator,
                                                  .call = call,
                                                  .writes = &single->write,
                                                  .count = 1,
                                                  .timeout_ms = TIMEOUT_DEFAULT_MS,
                                                  .done = done };
    qd_write_item_init(item, kind);
    single->write.target = qd_call_parameter(call, "index");
    item->id = qd_call_parameter(call, "id");
    item->routing = qd_call_parameter(call, "routing");
    item->source = call->body;
    QD_TRY(qd_call_active_shards(call, &single->writes.active_shards, &call->error));
    QD_TRY(qd_call_time(call, "timeout", &single->writes.timeout_ms, &call->error));
    QD_TRY(qd_call_bool(call, "require_alias", &single->write.require_alias, &call->error));
    QD_TRY(qd_call_refresh(call, &single->writes.refresh, &call->error));
    return read_version(call, item, &call->error);
}

static enum qd_status refuse_pipeline(const struct qd_call *call, struct qd_error *error)
{
    struct qd_slice pipeline = qd_call_parameter(call, "pipeline");
    if (pipeline.size == 0 || qd_slice_is(pipeline, "_none")) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "pipeline with id [%.*s] does not exist",
                        QD_SLICE_ARG(pipeline));
}

static void start(struct single *single, enum qd_status status)
{
    struct qd_call *call = single->writes.call;
    if (status == QD_OK) status = refuse_pipeline(call, &call->error);
    /* A document that gets its id here is a new one. */
    struct qd_write_item item = single->write.item;
    bool named = item.id.data != NULL || qd_call_parameter(call, "op_type").size > 0;
    if (!named && item.kind == QD_WRITE_INDEX) item.kind = QD_WRITE_CREATE;
    if (status == QD_OK) status = qd_write_item_validate(&item, &call->error);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_write_documents(&single->writes);
}

static void index_with(struct qd_coordinator *coordinator, struct qd_call *call, enum qd_write_kind kind)
{
    struct single *single = QD_NEW(call->arena, struct single);
    struct qd_slice op_type = qd_call_parameter(call, "op_type");
    enum qd_status status = read_common(single, coordinator, call, kind);
    if (status == QD_OK && op_type.size > 0) {
        if (qd_slice_is(op_type, "create")) {
            single->write.item.kind = QD_WRITE_CREATE;
        } else if (!qd_slice_is(op_type, "index")) {
            status = qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                                  "opType must be 'create' or 'index', found: [%.*s]", QD_SLICE_ARG(op_type));
        }
    }
    if (status == QD_OK && single->write.item.id.data == NULL && op_type.size == 0) {
        single->write.item.kind = kind;
    }
    if (status == QD_OK && call->body.size == 0) {
        status = qd_error_set(&call->error, QD_PARSE, "request body is required");
    }
    start(single, status);
}

void qd_coordinator_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    index_with(coordinator, call, QD_WRITE_INDEX);
}

void qd_coordinator_create(struct qd_coordinator *coordinator, struct qd_call *call)
{
    index_with(coordinator, call, QD_WRITE_CREATE);
}

void qd_coordinator_delete(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct single *single = QD_NEW(call->arena, struct single);
    enum qd_status status = read_common(single, coordinator, call, QD_WRITE_DELETE);
    single->write.item.source = (struct qd_slice){ 0 };
    start(single, status);
}

static enum qd_status check_update(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    struct qd_call *call = context;
    struct qd_update_options options;
    return qd_update_check_body(body, call->arena, &options, error);
}

/* Reads what of the new document is wanted: ?_source... or "_source" in the body. */
static enum qd_status read_update(struct single *single, struct qd_call *call)
{
    struct qd_json_document body;
    struct qd_update_options options;
    struct qd_body_check check = { .check = check_update, .context = call };
    QD_TRY(qd_call_body_streamed(call, &check, &body, &call->error));
    if (call->body.size == 0) {
        options = (struct qd_update_options){ .if_seq_no = QD_SEQ_NO_NONE, .if_primary_term = QD_TERM_NONE };
        return qd_update_validate(&single->write.item, &options, &call->error);
    }
    QD_TRY(qd_update_check_body(&body, call->arena, &options, &call->error));
    if (check.extra) single->write.item.source = body.source;
    QD_TRY(qd_call_int(call, "retry_on_conflict", &single->write.item.retry_on_conflict, &call->error));
    if (options.if_seq_no != QD_SEQ_NO_NONE) single->write.item.if_seq_no = options.if_seq_no;
    if (options.if_primary_term != QD_TERM_NONE) single->write.item.if_primary_term = options.if_primary_term;
    QD_TRY(qd_source_filter_of_call(call, &single->source, &call->error));
    if (!single->source.given) single->source = options.source;
    single->want_source = single->source.given && single->source.fetch;
    single->write.item.want_source = single->want_source;
    return qd_update_validate(&single->write.item, &options, &call->error);
}

void qd_coordinator_update(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct single *single = QD_NEW(call->arena, struct single);
    enum qd_status status = read_common(single, coordinator, call, QD_WRITE_UPDATE);
    if (status == QD_OK) status = read_update(single, call);
    start(single, status);
}
