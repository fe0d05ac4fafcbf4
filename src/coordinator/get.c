/* Getting documents by id: get, exists, get_source, mget. */
#include "base/assert.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/error_json.h"
#include "coordinator/operations.h"
#include "coordinator/preference.h"
#include "coordinator/resolve.h"
#include "coordinator/source_options.h"
#include "data/read_messages.h"
#include "index/record.h"
#include "search/request_object.h"

/* One document to get. */
#define VERSION_ANY (-3) /* Versions.MATCH_ANY */

struct item {
    struct qd_slice target;             /* as asked */
    struct qd_slice index;              /* concrete; the target when there is none */
    struct qd_slice id, routing;
    struct qd_source_filter source;
    struct qd_slice *stored_fields;
    size_t stored_field_count;
    struct qd_slice index_uuid;         /* of the index, for errors; data NULL: not routed */
    uint32_t shard;                     /* likewise */
    int64_t version;                    /* VERSION_ANY: none */
    enum qd_version_type version_type;
    struct qd_error error;              /* status QD_OK: result is set */
    struct qd_get_result result;
    struct item *next;                  /* that goes to the same shard */
};

/* A request under way: items go to their shards, one message for each shard. */
struct gets {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct item *items;
    size_t count;
    size_t pending;
    bool realtime, refresh;
    bool source_only;                   /* _source API */
    void (*done)(struct gets *gets);
};

/* The items that go to one shard. */
struct leg {
    struct gets *gets;
    struct item *first, *last;          /* linked by item->next */
    size_t count;
    struct leg *next;
};

static enum qd_status no_shard(struct item *item)
{
    struct qd_slice routing = item->routing.data == NULL ? QD_SLICE("null") : item->routing;
    return qd_error_set(&item->error, QD_NO_SHARD_AVAILABLE,
                        "No shard available for [get [%.*s][%.*s]: routing [%.*s]]",
                        QD_SLICE_ARG(item->index), QD_SLICE_ARG(item->id), QD_SLICE_ARG(routing));
}

static void fail_item(struct gets *gets, struct item *item, const struct qd_transport_reply *reply)
{
    if (reply->status == QD_NO_SHARD_AVAILABLE) (void)no_shard(item);
    else qd_error_copy(&item->error, gets->call->arena, reply->error);
}

static void replied(void *context, const struct qd_transport_reply *reply)
{
    struct leg *leg = context;
    struct gets *gets = leg->gets;
    struct qd_get_result *results = NULL;
    size_t count = 0;
    enum qd_status status = reply->status;
    if (status == QD_OK) {
        struct qd_slice payload = qd_arena_copy(gets->call->arena, reply->payload);
        status = qd_get_results_read(payload, gets->call->arena, &results, &count, &leg->first->error);
        qd_assert(status != QD_OK || count == leg->count);
    }
    for (struct item *item = leg->first; item != NULL; item = item->next) {
        if (reply->status != QD_OK) {
            fail_item(gets, item, reply);
        } else if (status == QD_OK) {
            item->result = *results++;
        } else if (item != leg->first) {
            qd_error_copy(&item->error, gets->call->arena, &leg->first->error);
        }
    }
    if (--gets->pending == 0) gets->done(gets);
}

static enum qd_status check_preference(const struct gets *gets, struct item *item,
                                       const struct qd_index_metadata *index)
{
    struct qd_call *call = gets->call;
    struct qd_slice text = qd_call_parameter(call, "preference");
    struct qd_preference preference = { gets->coordinator, call->arena, text };
    struct qd_preferred preferred;
    if (text.size == 0) return QD_OK;
    QD_TRY(qd_preference_choose(&preference, index, item->shard, &preferred, &item->error));
    return preferred.node_id.data == NULL ? no_shard(item) : QD_OK;
}

static enum qd_status route(struct gets *gets, struct item *item)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(gets->coordinator->cluster);
    struct qd_expression expression = { .state = state, .text = item->target, .options = qd_options_single(),
                                        .now_ms = gets->call->start_ms };
    struct qd_resolved *resolved;
    size_t count;
    QD_TRY(qd_resolve(&expression, gets->call->arena, &resolved, &count, &item->error));
    const struct qd_index_metadata *index = resolved[0].index;
    item->index = qd_arena_copy(gets->call->arena, index->name);
    const struct qd_alias *alias = qd_map_get(&index->aliases, item->target);
    QD_TRY(qd_alias_routing(alias, item->target, &item->routing, &item->error));
    QD_TRY(qd_check_blocks(index, QD_BLOCK_READ, &item->error));
    QD_TRY(qd_check_routing_required(gets->coordinator, index, item->id, item->routing, &item->error));
    item->index_uuid = qd_arena_copy(gets->call->arena, index->uuid);
    item->shard = qd_route_document(index, item->id, item->routing);
    return check_preference(gets, item, index);
}

static void finish_later(void *context)
{
    struct gets *gets = context;
    gets->done(gets);
}

static struct leg *leg_of(struct gets *gets, const struct item *item, struct leg **legs)
{
    struct leg *leg = *legs;
    while (leg != NULL && (leg->first->shard != item->shard ||
                           !qd_slice_equal(leg->first->index_uuid, item->index_uuid))) {
        leg = leg->next;
    }
    if (leg != NULL) return leg;
    leg = QD_NEW(gets->call->arena, struct leg);
    *leg = (struct leg){ .gets = gets, .next = *legs };
    *legs = leg;
    return leg;
}

static void send_leg(struct leg *leg)
{
    struct gets *gets = leg->gets;
    struct qd_buffer message = { 0 };
    struct qd_slice *ids = QD_NEW_ARRAY(gets->call->arena, struct qd_slice, leg->count);
    size_t count = 0;
    for (const struct item *item = leg->first; item != NULL; item = item->next) ids[count++] = item->id;
    struct qd_get_message get = { .index_uuid = leg->first->index_uuid,
                                  .shard = leg->first->shard,
                                  .realtime = gets->realtime,
                                  .refresh = gets->refresh,
                                  .ids = ids,
                                  .count = count };
    struct qd_transport_target target = { .node_id = gets->coordinator->local_node->id,
                                          .action = QD_ACTION_GET };
    qd_get_message_write(&get, &message);
    gets->pending++;
    qd_transport_send(gets->coordinator->transport, &target, &message, replied, leg);
}

static void run(struct gets *gets)
{
    struct leg *legs = NULL;
    gets->pending = 1;
    for (size_t i = 0; i < gets->count; i++) {
        struct item *item = &gets->items[i];
        if (item->error.status != QD_OK) continue;
        qd_error_init(&item->error, gets->call->arena);
        if (item->index.data == NULL) item->index = item->target;
        if (route(gets, item) != QD_OK) continue;
        struct leg *leg = leg_of(gets, item, &legs);
        if (leg->first == NULL) {
            leg->first = item;
        } else {
            leg->last->next = item;
        }
        leg->last = item;
        leg->count++;
    }
    for (struct leg *leg = legs; leg != NULL; leg = leg->next) send_leg(leg);
    if (--gets->pending == 0) gets->coordinator->env->work->defer(gets->coordinator->env, finish_later, gets);
}

/* ---- rendering ---- */

static bool wants_field(const struct item *item, struct qd_slice name)
{
    for (size_t i = 0; i < item->stored_field_count; i++) {
        if (qd_slice_equal(item->stored_fields[i], name)) return true;
    }
    return false;
}

static void write_stored(const struct item *item, struct qd_arena *arena, struct qd_json_writer *writer)
{
    struct qd_record record;
    bool open = false;
    if (item->stored_field_count == 0 ||
        qd_record_parse(item->result.record, arena, &record, NULL) != QD_OK) {
        return;
    }
    for (uint32_t i = 0; i < record.field_count; i++) {
        if (!wants_field(item, record.fields[i].name)) continue;
        if (!open) qd_json_member_object(writer, "fields");
        open = true;
        qd_json_name_slice(writer, record.fields[i].name);
        qd_json_begin_array(writer);
        for (uint32_t v = 0; v < record.fields[i].value_count; v++) {
            qd_json_raw(writer, record.fields[i].values[v]);
        }
        qd_json_end_array(writer);
    }
    if (open) qd_json_end_object(writer);
}

static void write_item(const struct item *item, struct qd_arena *arena, struct qd_json_writer *writer)
{
    const struct qd_get_result *result = &item->result;
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "_index", item->index);
    qd_json_member_string(writer, "_id", item->id);
    if (result->found) {
        qd_json_member_int(writer, "_version", result->version);
        qd_json_member_int(writer, "_seq_no", result->seq_no);
        qd_json_member_int(writer, "_primary_term", result->term);
        /* Without anything that is stored to show the reference reads nothing that is stored. */
        bool reads = item->source.fetch || item->stored_field_count > 0;
        if (reads && result->routing.data != NULL)
            qd_json_member_string(writer, "_routing", result->routing);
    }
    qd_json_member_bool(writer, "found", result->found);
    bool fetch = item->source.fetch && (item->stored_field_count == 0 || item->source.given ||
                                        wants_field(item, QD_SLICE("_source")));
    if (result->found && fetch && result->source.data != NULL) {
        qd_json_name(writer, "_source");
        qd_source_filter_write(&item->source, result->source, arena, writer);
    }
    if (result->found) write_stored(item, arena, writer);
    qd_json_end_object(writer);
}

/* A version in a read must be the document's, whatever its type. */
static enum qd_status check_version(struct item *item, struct qd_arena *arena)
{
    const struct qd_get_result *result = &item->result;
    if (!result->found || item->version < 0) return QD_OK;
    if (item->version == result->version) return QD_OK;
    qd_error_init(&item->error, arena);
    enum qd_status status = qd_error_set(
        &item->error, QD_VERSION_CONFLICT,
        "[%.*s]: version conflict, current version [%lld] is different than the one provided [%lld]",
        QD_SLICE_ARG(item->id), (long long)result->version, (long long)item->version);
    qd_error_add(&item->error, "index", item->index);
    qd_error_add(&item->error, "shard", qd_arena_format(arena, "%u", item->shard));
    qd_error_add(&item->error, "index_uuid", item->index_uuid);
    return status;
}

static void not_found_source(struct gets *gets)
{
    struct qd_call *call = gets->call;
    const struct item *item = &gets->items[0];
    if (item->result.found) {
        (void)qd_error_set(&call->error, QD_RESOURCE_NOT_FOUND, "Source not found [%.*s]/[%.*s]",
                           QD_SLICE_ARG(item->index), QD_SLICE_ARG(item->id));
    } else {
        (void)qd_error_set(&call->error, QD_RESOURCE_NOT_FOUND, "Document not found [%.*s]/[%.*s]",
                           QD_SLICE_ARG(item->index), QD_SLICE_ARG(item->id));
    }
    qd_call_fail(call);
}

static void get_done(struct gets *gets)
{
    struct item *item = &gets->items[0];
    struct qd_call *call = gets->call;
    struct qd_json_writer writer = qd_call_writer(call);
    if (item->error.status == QD_OK) (void)check_version(item, call->arena);
    if (item->error.status != QD_OK) {
        qd_call_fail_with(call, &item->error);
        return;
    }
    if (!gets->source_only) {
        write_item(item, call->arena, &writer);
        qd_call_finish(call, item->result.found ? 200 : 404);
        return;
    }
    if (!item->result.found || item->result.source.data == NULL) {
        not_found_source(gets);
        return;
    }
    qd_source_filter_write(&item->source, item->result.source, call->arena, &writer);
    qd_call_finish(call, 200);
}

static enum qd_status read_get(struct gets *gets, struct item *item)
{
    struct qd_call *call = gets->call;
    item->target = qd_call_parameter(call, "index");
    item->id = qd_call_parameter(call, "id");
    item->routing = qd_call_parameter(call, "routing");
    item->version = VERSION_ANY;
    gets->realtime = true;
    QD_TRY(qd_call_bool(call, "realtime", &gets->realtime, &call->error));
    QD_TRY(qd_call_bool(call, "refresh", &gets->refresh, &call->error));
    QD_TRY(qd_parse_version_type(qd_call_parameter(call, "version_type"), &item->version_type, &call->error));
    QD_TRY(
        qd_parse_long_parameter("version", qd_call_parameter(call, "version"), &item->version, &call->error));
    if (item->version < 0 && item->version != VERSION_ANY) {
        const char *type = item->version_type == QD_VERSION_EXTERNAL       ? "EXTERNAL"
                           : item->version_type == QD_VERSION_EXTERNAL_GTE ? "EXTERNAL_GTE"
                                                                           : "INTERNAL";
        return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: illegal version value [%lld] for version type [%s];",
                            (long long)item->version, type);
    }
    item->stored_field_count = qd_call_list(call, "stored_fields", &item->stored_fields);
    return qd_source_filter_of_call(call, &item->source, &call->error);
}

static void get_one(struct qd_coordinator *coordinator, struct qd_call *call, bool source_only)
{
    struct gets *gets = QD_NEW(call->arena, struct gets);
    *gets = (struct gets){ .coordinator = coordinator, .call = call, .count = 1, .source_only = source_only,
                           .done = get_done };
    gets->items = QD_NEW(call->arena, struct item);
    if (read_get(gets, &gets->items[0]) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    run(gets);
}

void qd_coordinator_get(struct qd_coordinator *coordinator, struct qd_call *call)
{
    get_one(coordinator, call, false);
}

void qd_coordinator_get_source(struct qd_coordinator *coordinator, struct qd_call *call)
{
    get_one(coordinator, call, true);
}

/* ---- mget ---- */

static void mget_done(struct gets *gets)
{
    struct qd_call *call = gets->call;
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_array(&writer, "docs");
    for (size_t i = 0; i < gets->count; i++) {
        struct item *item = &gets->items[i];
        if (item->error.status == QD_OK) (void)check_version(item, call->arena);
        if (item->error.status == QD_OK) {
            write_item(item, call->arena, &writer);
            continue;
        }
        qd_json_begin_object(&writer);
        qd_json_member_string(&writer, "_index", item->index);
        qd_json_member_string(&writer, "_id", item->id);
        qd_json_name(&writer, "error");
        qd_error_json_with_root(&item->error, false, &writer);
        qd_json_end_object(&writer);
    }
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static enum qd_status mget_field(struct gets *gets, const struct qd_json_document *body,
                                 const struct qd_json_iterator *at, struct item *item)
{
    struct qd_arena *arena = gets->call->arena;
    struct qd_error *error = &gets->call->error;
    if (qd_slice_is(at->key, "_index")) {
        item->target = qd_json_text(at->value);
    } else if (qd_slice_is(at->key, "_id")) {
        item->id = qd_json_text(at->value);
    } else if (qd_slice_is(at->key, "routing")) {
        item->routing = qd_json_text(at->value);
    } else if (qd_slice_is(at->key, "version")) {
        qd_json_int64(at->value, &item->version);
    } else if (qd_slice_is(at->key, "version_type")) {
        return qd_parse_version_type(qd_json_text(at->value), &item->version_type, error);
    } else if (qd_slice_is(at->key, "_source")) {
        return qd_source_filter_of_json(body, at->value, arena, &item->source, error);
    } else if (qd_slice_is(at->key, "stored_fields")) {
        size_t count = qd_json_is_array(at->value) ? qd_json_size(at->value) : 1;
        struct qd_json_iterator name = qd_json_iterate(at->value);
        item->stored_fields = QD_NEW_ARRAY(arena, struct qd_slice, count);
        item->stored_field_count = count;
        if (!qd_json_is_array(at->value)) item->stored_fields[0] = qd_json_text(at->value);
        for (size_t i = 0; qd_json_next(&name); i++) item->stored_fields[i] = qd_json_text(name.value);
    } else {
        return qd_error_set(error, QD_PARSE, "failed to parse multi get request. unknown field [%.*s]",
                            QD_SLICE_ARG(at->key));
    }
    return QD_OK;
}

static enum qd_status mget_items(struct gets *gets, const struct qd_json_document *body,
                                 const struct item *defaults)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(body->root, "docs"));
    struct qd_json_iterator id = qd_json_iterate(qd_json_get(body->root, "ids"));
    size_t max = qd_json_size(qd_json_get(body->root, "docs")) + qd_json_size(qd_json_get(body->root, "ids"));
    struct qd_error *error = &gets->call->error;
    gets->items = QD_NEW_ARRAY(gets->call->arena, struct item, max);
    while (qd_json_next(&at)) {
        struct item *item = &gets->items[gets->count++];
        struct qd_json_iterator member = qd_json_iterate(at.value);
        *item = *defaults;
        if (!qd_json_is_object(at.value)) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "docs array element should include an object");
        }
        while (qd_json_next(&member)) QD_TRY(mget_field(gets, body, &member, item));
    }
    while (qd_json_next(&id)) {
        gets->items[gets->count] = *defaults;
        if (!qd_json_is_string(id.value) && !qd_json_is_number(id.value)) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "ids array element should only contain ids");
        }
        gets->items[gets->count++].id = qd_json_text(id.value);
    }
    return QD_OK;
}

static enum qd_status mget_validate(const struct gets *gets, struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    int problems = 0;
    if (gets->count == 0) qd_buffer_format(&text, "%d: no documents to get;", ++problems);
    for (size_t i = 0; i < gets->count; i++) {
        if (gets->items[i].target.size == 0) {
            qd_buffer_format(&text, "%d: index is missing for doc %zu;", ++problems, i);
        }
        if (gets->items[i].id.size == 0) {
            qd_buffer_format(&text, "%d: id is missing for doc %zu;", ++problems, i);
        }
    }
    enum qd_status status = QD_OK;
    if (problems > 0) {
        status = qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "Validation Failed: %.*s", (int)text.size,
                              text.data);
    }
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status unexpected(struct qd_error *error, const struct qd_json_document *body,
                                 const struct qd_json *node, struct qd_slice reason)
{
    int64_t line = 1, column = 0;
    if (node != NULL) qd_json_position(body, node, &line, &column);
    (void)qd_error_set(error, QD_PARSING, "%.*s", QD_SLICE_ARG(reason));
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}

/* The members of the body, not what is in them. */
static enum qd_status check_mget(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    struct qd_json_iterator at = qd_json_iterate(body->root);
    enum qd_status status = QD_OK;
    (void)context;
    if (!qd_json_is_object(body->root)) {
        qd_buffer_format(&text, "unexpected token [%s], expected [START_OBJECT]",
                         body->root == NULL ? "null" : qd_json_token_name(body->root));
        status = unexpected(error, body, body->root, qd_buffer_view(&text));
    }
    while (status == QD_OK && qd_json_is_object(body->root) && qd_json_next(&at)) {
        bool list = qd_json_is_array(at.value);
        if (list && (qd_slice_is(at.key, "docs") || qd_slice_is(at.key, "ids"))) continue;
        if (list) {
            qd_buffer_format(&text, "unknown key [%.*s] for a START_ARRAY, expected [docs] or [ids]",
                             QD_SLICE_ARG(at.key));
        } else {
            qd_buffer_format(&text, "unexpected token [%s], expected [FIELD_NAME] or [START_ARRAY]",
                             qd_json_token_name(at.value));
        }
        status = unexpected(error, body, at.value, qd_buffer_view(&text));
    }
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status read_mget(struct gets *gets)
{
    struct qd_call *call = gets->call;
    struct qd_json_document body;
    struct item defaults = { .target = qd_call_parameter(call, "index"), .version = VERSION_ANY,
                             .routing = qd_call_parameter(call, "routing") };
    gets->realtime = true;
    QD_TRY(qd_call_bool(call, "realtime", &gets->realtime, &call->error));
    QD_TRY(qd_call_bool(call, "refresh", &gets->refresh, &call->error));
    QD_TRY(qd_source_filter_of_call(call, &defaults.source, &call->error));
    defaults.stored_field_count = qd_call_list(call, "stored_fields", &defaults.stored_fields);
    if (call->body.size == 0) {
        return qd_error_set(&call->error, QD_PARSE, "request body or source parameter is required");
    }
    struct qd_body_check check = { .check = check_mget };
    QD_TRY(qd_call_body_streamed(call, &check, &body, &call->error));
    QD_TRY(check_mget(NULL, &body, &call->error));
    QD_TRY(mget_items(gets, &body, &defaults));
    return mget_validate(gets, &call->error);
}

void qd_coordinator_mget(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct gets *gets = QD_NEW(call->arena, struct gets);
    *gets = (struct gets){ .coordinator = coordinator, .call = call, .done = mget_done };
    if (read_mget(gets) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    run(gets);
}
