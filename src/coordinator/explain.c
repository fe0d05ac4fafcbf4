/* Explaining why one document matches, and validating queries: one shard is asked. */
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/error_json.h"
#include "coordinator/operations.h"
#include "coordinator/preference.h"
#include "coordinator/query_body.h"
#include "coordinator/resolve.h"
#include "coordinator/search_options.h"
#include "coordinator/source_options.h"
#include "data/read_messages.h"

/* ---- explain ---- */

struct explain {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_slice index, id, text;    /* text: the shard's answer */
    struct qd_source_filter source;
    bool stored_fields;                 /* ?stored_fields is there */
    struct qd_get_message get;
    const struct qd_index_metadata *metadata;
};

static void write_answer(struct explain *explain, const struct qd_get_result *result)
{
    struct qd_call *call = explain->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_json_document answer;
    if (qd_json_parse(call->arena, explain->text, &answer, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    bool found = qd_json_boolean(qd_json_get(answer.root, "found"));
    const struct qd_json *explanation = qd_json_get(answer.root, "explanation");
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "_index", explain->index);
    qd_json_member_string(&writer, "_id", explain->id);
    qd_json_member_bool(&writer, "matched", qd_json_boolean(qd_json_get(answer.root, "matched")));
    if (explanation != NULL) {
        qd_json_name(&writer, "explanation");
        qd_json_node(&writer, explanation);
    }
    if (result != NULL && result->found) {
        qd_json_member_object(&writer, "get");
        qd_json_member_int(&writer, "_seq_no", result->seq_no);
        qd_json_member_int(&writer, "_primary_term", result->term);
        qd_json_member_bool(&writer, "found", true);
        bool source = explain->source.given && explain->source.fetch;
        if (source && result->source.data != NULL) {
            qd_json_name(&writer, "_source");
            qd_source_filter_write(&explain->source, result->source, call->arena, &writer);
        }
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, found ? 200 : 404);
}

static void got(void *context, const struct qd_transport_reply *reply)
{
    struct explain *explain = context;
    struct qd_get_result *results;
    size_t count;
    if (reply->status != QD_OK) {
        qd_call_fail_with(explain->call, reply->error);
        return;
    }
    if (qd_get_results_read(reply->payload, explain->call->arena, &results, &count, &explain->call->error) !=
        QD_OK) {
        qd_call_fail(explain->call);
        return;
    }
    write_answer(explain, count == 1 ? &results[0] : NULL);
}

static void explained(void *context, const struct qd_transport_reply *reply)
{
    struct explain *explain = context;
    struct qd_call *call = explain->call;
    struct qd_query_answer answer;
    if (reply->status != QD_OK) {
        qd_call_fail_with(call, reply->error);
        return;
    }
    struct qd_slice payload = qd_arena_copy(call->arena, reply->payload);
    if (qd_query_answer_read(payload, call->arena, &answer, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    explain->text = answer.text;
    /* The document is told of when its source or stored fields are asked for; of these only the source is
     * shown. */
    bool source = explain->source.given && explain->source.fetch;
    if (!source && !explain->stored_fields) {
        write_answer(explain, NULL);
        return;
    }
    struct qd_buffer message = { 0 };
    qd_get_message_write(&explain->get, &message);
    struct qd_transport_target target = { .node_id = explain->coordinator->local_node->id,
                                          .action = QD_ACTION_GET };
    qd_transport_send(explain->coordinator->transport, &target, &message, got, explain);
}

/* "_source" among the stored fields is the source. */
static void read_stored_fields(struct explain *explain)
{
    struct qd_slice *names;
    size_t count = qd_call_list(explain->call, "stored_fields", &names);
    explain->stored_fields = qd_call_parameter(explain->call, "stored_fields").data != NULL;
    if (explain->source.given) return;
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(names[i], "_source")) explain->source.given = explain->source.fetch = true;
    }
}

static enum qd_status check_preference(const struct explain *explain, const struct qd_index_metadata *index)
{
    struct qd_call *call = explain->call;
    struct qd_slice text = qd_call_parameter(call, "preference");
    struct qd_preference preference = { explain->coordinator, call->arena, text };
    struct qd_preferred preferred;
    if (text.size == 0) return QD_OK;
    QD_TRY(qd_preference_choose(&preference, index, explain->get.shard, &preferred, &call->error));
    if (preferred.node_id.data != NULL) return QD_OK;
    return qd_error_set(&call->error, QD_NO_SHARD_AVAILABLE,
                        "No shard available for [org.opensearch.action.explain.ExplainRequest]");
}

static enum qd_status prepare(struct explain *explain, struct qd_buffer *buffer)
{
    struct qd_call *call = explain->call;
    struct qd_error *error = &call->error;
    struct qd_resolved *resolved;
    struct qd_slice body;
    size_t count;
    explain->id = qd_call_parameter(call, "id");
    QD_TRY(qd_source_filter_of_call(call, &explain->source, error));
    read_stored_fields(explain);
    QD_TRY(qd_query_only_body(call, &body, error));
    if (body.size == 0) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: 1: query is missing;");
    }
    struct qd_json_document document;
    QD_TRY(qd_json_parse(call->arena, body, &document, error));
    if (qd_json_get(document.root, "query") == NULL) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: 1: query is missing;");
    }
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(explain->coordinator->cluster), qd_options_single(),
                           &resolved, &count));
    const struct qd_index_metadata *index = resolved[0].index;
    QD_TRY(qd_check_blocks(index, QD_BLOCK_READ, error));
    struct qd_slice routing = qd_call_parameter(call, "routing");
    struct qd_slice target = qd_call_parameter(call, "index");
    QD_TRY(qd_alias_routing(qd_map_get(&index->aliases, target), target, &routing, error));
    explain->index = qd_arena_copy(call->arena, index->name);
    explain->get = (struct qd_get_message){ .index_uuid = qd_arena_copy(call->arena, index->uuid),
                                            .shard = qd_route_document(index, explain->id, routing),
                                            .ids = &explain->id,
                                            .count = 1 };
    QD_TRY(check_preference(explain, index));
    struct qd_query_message message = { .index_uuid = explain->get.index_uuid,
                                        .shard = explain->get.shard,
                                        .mode = QD_QUERY_EXPLAIN,
                                        .body = body,
                                        .alias_filter = resolved[0].filter,
                                        .now_ms = call->start_ms,
                                        .explain_id = explain->id };
    qd_query_message_write(&message, buffer);
    return QD_OK;
}

void qd_coordinator_explain(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct explain *explain = QD_NEW(call->arena, struct explain);
    struct qd_buffer buffer = { 0 };
    explain->coordinator = coordinator;
    explain->call = call;
    if (prepare(explain, &buffer) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_transport_target target = { .node_id = coordinator->local_node->id, .action = QD_ACTION_QUERY };
    qd_transport_send(coordinator->transport, &target, &buffer, explained, explain);
}

/* ---- validate ---- */

struct validate {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    bool explain, all_shards, rewrite;
    size_t pending, count;
    struct validate_leg *legs;
};

struct validate_leg {
    struct validate *validate;
    struct qd_slice index, index_uuid;
    uint32_t shard;
    bool valid;
    bool absent;                        /* the shard is not active: it is only counted */
    struct qd_slice text;               /* explanation or error */
};

static void invalid_request(struct validate *validate, const struct qd_error *error)
{
    struct qd_call *call = validate->call;
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "valid", false);
    if (validate->explain) {
        struct qd_error parsing;
        qd_error_init(&parsing, call->arena);
        (void)qd_error_set(&parsing, QD_PARSING, "Failed to parse");
        qd_error_attach_cause(&parsing, error);
        const struct qd_error *shown = error->status == QD_PARSING ? error : &parsing;
        bool whole = error == call->body_error;
        qd_json_member_string(&writer, "error",
                              whole ? error->reason : qd_error_java_text(shown, call->arena));
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static void finish(struct validate *validate)
{
    struct qd_call *call = validate->call;
    struct qd_json_writer writer = qd_call_writer(call);
    bool valid = true;
    size_t asked = 0;
    for (size_t i = 0; i < validate->count; i++) {
        if (!validate->legs[i].valid && !validate->legs[i].absent) valid = false;
        asked += !validate->legs[i].absent;
    }
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "_shards");
    qd_json_member_int(&writer, "total", (int64_t)validate->count);
    qd_json_member_int(&writer, "successful", (int64_t)asked);
    qd_json_member_int(&writer, "failed", 0);
    qd_json_end_object(&writer);
    qd_json_member_bool(&writer, "valid", valid);
    bool told = validate->explain || validate->rewrite || validate->all_shards;
    if (told) qd_json_member_array(&writer, "explanations");
    for (size_t i = 0; told && i < validate->count; i++) {
        const struct validate_leg *leg = &validate->legs[i];
        if (leg->absent) continue;
        qd_json_begin_object(&writer);
        qd_json_member_string(&writer, "index", leg->index);
        if (validate->all_shards) qd_json_member_int(&writer, "shard", leg->shard);
        qd_json_member_bool(&writer, "valid", leg->valid);
        qd_json_member_string(&writer, leg->valid ? "explanation" : "error", leg->text);
        qd_json_end_object(&writer);
    }
    if (told) qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* Validation sees no shard's data: what a search finds out while it rewrites fails there as the query is
 * made, like everything else. */
static struct qd_slice shard_error_text(const struct validate_leg *leg, const struct qd_error *found)
{
    struct qd_arena *arena = leg->validate->call->arena;
    if (found->status == QD_QUERY_SHARD) return qd_error_java_text(found, arena);
    struct qd_error error;
    qd_error_init(&error, arena);
    (void)qd_error_set(&error, QD_QUERY_SHARD, "failed to create query: %.*s", QD_SLICE_ARG(found->reason));
    qd_error_add(&error, "index", leg->index);
    qd_error_add(&error, "index_uuid", leg->index_uuid);
    qd_error_attach_cause(&error, found);
    return qd_error_java_text(&error, arena);
}

static void validated(void *context, const struct qd_transport_reply *reply)
{
    struct validate_leg *leg = context;
    struct validate *validate = leg->validate;
    struct qd_query_answer answer;
    struct qd_arena *arena = validate->call->arena;
    if (reply->status == QD_OK &&
        qd_query_answer_read(qd_arena_copy(arena, reply->payload), arena, &answer, NULL) == QD_OK) {
        leg->valid = true;
        leg->text = answer.text;
    } else if (reply->status == QD_NO_SHARD_AVAILABLE) {
        leg->absent = true;
    } else if (reply->error != NULL) {
        leg->text = shard_error_text(leg, reply->error);
    }
    if (--validate->pending == 0) finish(validate);
}

static void send_legs(struct validate *validate, const struct qd_resolved *resolved, size_t count,
                      struct qd_slice body)
{
    struct qd_call *call = validate->call;
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += validate->all_shards ? resolved[i].index->shard_count : 1;
    validate->legs = QD_NEW_ARRAY(call->arena, struct validate_leg, total);
    validate->pending = total;
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_metadata *index = resolved[i].index;
        uint32_t shards = validate->all_shards ? index->shard_count : 1;
        for (uint32_t shard = 0; shard < shards; shard++) {
            struct validate_leg *leg = &validate->legs[validate->count++];
            struct qd_buffer buffer = { 0 };
            *leg = (struct validate_leg){ .validate = validate,
                                          .index = qd_arena_copy(call->arena, index->name),
                                          .index_uuid = qd_arena_copy(call->arena, index->uuid),
                                          .shard = shard };
            struct qd_query_message message = { .index_uuid = index->uuid,
                                                .shard = shard,
                                                .mode = validate->rewrite ? QD_QUERY_VALIDATE_REWRITTEN
                                                                          : QD_QUERY_VALIDATE,
                                                .body = body,
                                                .alias_filter = resolved[i].filter,
                                                .now_ms = call->start_ms };
            qd_query_message_write(&message, &buffer);
            struct qd_transport_target target = { .node_id = validate->coordinator->local_node->id,
                                                  .action = QD_ACTION_QUERY };
            qd_transport_send(validate->coordinator->transport, &target, &buffer, validated, leg);
        }
    }
    if (total == 0) finish(validate);
}

/* Names that cannot be read are told as an explanation, those of no index as an error. */
static void unresolved(struct validate *validate)
{
    struct qd_call *call = validate->call;
    struct qd_json_writer writer = qd_call_writer(call);
    if (call->error.status == QD_INDEX_NOT_FOUND || call->error.status == QD_INDEX_CLOSED) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "_shards");
    qd_json_member_int(&writer, "total", 0);
    qd_json_member_int(&writer, "successful", 0);
    qd_json_member_int(&writer, "failed", 0);
    qd_json_end_object(&writer);
    qd_json_member_bool(&writer, "valid", false);
    qd_json_member_array(&writer, "explanations");
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "valid", false);
    qd_json_member_string(&writer, "error", call->error.reason);
    qd_json_end_object(&writer);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static enum qd_status read_validate(struct validate *validate)
{
    struct qd_call *call = validate->call;
    QD_TRY(qd_call_bool(call, "explain", &validate->explain, &call->error));
    QD_TRY(qd_call_bool(call, "all_shards", &validate->all_shards, &call->error));
    return qd_call_bool(call, "rewrite", &validate->rewrite, &call->error);
}

static bool lacks_query(struct qd_call *call, struct qd_slice body)
{
    struct qd_json_document document;
    return qd_json_parse(call->arena, body, &document, NULL) == QD_OK &&
           qd_json_get(document.root, "query") == NULL;
}

void qd_coordinator_validate_query(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct validate *validate = QD_NEW(call->arena, struct validate);
    struct qd_indices_options options = qd_options_open();
    struct qd_resolved *resolved;
    struct qd_slice body;
    size_t count;
    struct qd_error error;
    *validate = (struct validate){ .coordinator = coordinator, .call = call };
    qd_error_init(&error, call->arena);
    if (read_validate(validate) != QD_OK || qd_options_of_call(call, &options, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (call->body_error != NULL || qd_query_only_body(call, &body, &error) != QD_OK) {
        invalid_request(validate, call->body_error != NULL ? call->body_error : &error);
        return;
    }
    if (call->body.size > 0 && lacks_query(call, body)) {
        (void)qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                           "Validation Failed: 1: query cannot be null;");
        qd_call_fail(call);
        return;
    }
    options.allow_no_indices = false;
    if (qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), options, &resolved, &count) !=
            QD_OK ||
        qd_check_all_blocks(resolved, count, QD_BLOCK_READ, call->arena, &call->error) != QD_OK) {
        unresolved(validate);
        return;
    }
    send_legs(validate, resolved, count, body);
}
