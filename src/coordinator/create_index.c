#include "coordinator/create_index.h"

#include "base/java_order.h"
#include "base/number.h"
#include "base/product.h"
#include "base/text.h"
#include "base/wildcard.h"
#include "coordinator/active_shards.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/index_call.h"
#include "coordinator/index_settings.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/resolve.h"

enum qd_status qd_may_auto_create(const struct qd_coordinator *coordinator, struct qd_slice name,
                                  struct qd_error *error)
{
    struct qd_slice setting = qd_cluster_setting(coordinator, "action.auto_create_index");
    struct qd_slice rest = setting;
    struct qd_slice part;
    QD_TRY(qd_check_index_name(name, error));
    if (setting.data == NULL || qd_slice_is(setting, "true")) return QD_OK;
    enum qd_status status = qd_no_such_index(name, error);
    if (qd_slice_is(setting, "false")) {
        error->reason = qd_arena_format(error->arena,
                                        "no such index [%.*s] and [action.auto_create_index] is [false]",
                                        QD_SLICE_ARG(name));
        return status;
    }
    while (qd_split_next(&rest, ',', &part)) {
        bool allow = part.size == 0 || part.data[0] != '-';
        struct qd_slice pattern = part.size > 0 && (part.data[0] == '-' || part.data[0] == '+')
                                      ? qd_slice_from(part, 1)
                                      : part;
        if (!qd_simple_match(pattern, name)) continue;
        if (allow) {
            qd_error_init(error, error->arena);
            return QD_OK;
        }
        error->reason = qd_arena_format(
            error->arena,
            "no such index [%.*s] and [action.auto_create_index] contains [-%.*s] which "
            "forbids automatic creation of the index",
            QD_SLICE_ARG(name), QD_SLICE_ARG(pattern));
        return status;
    }
    error->reason = qd_arena_format(
        error->arena, "no such index [%.*s] and [action.auto_create_index] ([%.*s]) doesn't match",
        QD_SLICE_ARG(name), QD_SLICE_ARG(setting));
    return status;
}

/* The command; settings, mapping and aliases are members of the request body or NULL. */
static void write_command(struct qd_coordinator *coordinator, struct qd_slice name,
                          const struct qd_json *body, struct qd_buffer *command)
{
    struct qd_json_writer writer = { .out = command };
    char uuid[23];
    const struct qd_json *settings = qd_json_get(body, "settings");
    const struct qd_json *mapping = qd_json_get(body, "mappings");
    const struct qd_json *aliases = qd_json_get(body, "aliases");
    qd_random_uuid(coordinator->env, uuid);
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "create_index");
    qd_json_member_string(&writer, "name", name);
    qd_json_member_string(&writer, "provided_name", name);
    qd_json_member_text(&writer, "uuid", uuid);
    qd_json_member_text(&writer, "version_created", QD_INDEX_VERSION_CREATED);
    qd_index_command_shard_limit(coordinator, &writer);
    if (qd_json_is_object(settings)) {
        qd_json_name(&writer, "settings");
        qd_json_node(&writer, settings);
    }
    if (qd_json_is_object(mapping)) {
        qd_json_name(&writer, "mapping");
        qd_json_node(&writer, mapping);
    }
    if (qd_json_is_object(aliases)) {
        qd_json_name(&writer, "aliases");
        qd_json_node(&writer, aliases);
    }
    qd_json_end_object(&writer);
}

void qd_auto_create_index(struct qd_coordinator *coordinator, struct qd_slice name,
                          void (*done)(void *context, const struct qd_command_outcome *outcome),
                          void *context)
{
    struct qd_buffer command = { 0 };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_command_request request = {
        .priority = QD_PRIORITY_URGENT,
        .source = qd_arena_format(arena, "create-index [%.*s], cause [auto(bulk api)]", QD_SLICE_ARG(name)),
        .done = done,
        .context = context,
    };
    write_command(coordinator, name, NULL, &command);
    qd_cluster_service_submit(coordinator->cluster, &request, &command);
    qd_arena_destroy(arena);
}

/* ---- PUT /{index} ---- */

struct create {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_slice name;
    struct qd_active_wait wait;
};

static void respond(struct create *create, bool acknowledged, bool shards_acknowledged)
{
    struct qd_json_writer writer = qd_call_writer(create->call);
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "acknowledged", acknowledged);
    qd_json_member_bool(&writer, "shards_acknowledged", shards_acknowledged);
    qd_json_member_string(&writer, "index", create->name);
    qd_json_end_object(&writer);
    qd_call_finish(create->call, 200);
}

static void waited(struct qd_active_wait *wait, bool reached)
{
    respond(wait->context, true, reached);
}

static void command_done(void *context, const struct qd_command_outcome *outcome)
{
    struct create *create = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(create->call, outcome->error);
        return;
    }
    if (qd_manager_acknowledges(create->coordinator, create->call, outcome)) {
        qd_active_wait_start(&create->wait);
    } else {
        respond(create, false, false);
    }
}

/* The reference walks a hash map of the members. */
static enum qd_status check_body(struct qd_arena *arena, const struct qd_json *body, struct qd_error *error)
{
    size_t count = qd_json_size(body);
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    struct qd_json_iterator at = qd_json_iterate(body);
    for (size_t i = 0; qd_json_next(&at); i++) names[i] = at.key;
    const size_t *order = qd_java_map_order(arena, names, count, 16);
    for (size_t i = 0; i < count; i++) {
        struct qd_slice name = names[order[i]];
        const struct qd_json *value = qd_json_get_slice(body, name);
        if (!qd_slice_is(name, "settings") && !qd_slice_is(name, "mappings") && !qd_slice_is(name, "aliases"))
            return qd_error_set(error, QD_PARSE, "unknown key [%.*s] for create index", QD_SLICE_ARG(name));
        if (!qd_json_is_object(value) && !qd_json_is_null(value))
            return qd_error_set(error, QD_PARSE, "key [%.*s] must be an object", QD_SLICE_ARG(name));
    }
    return QD_OK;
}

static enum qd_status check_request(const struct create *create, const struct qd_json *body)
{
    struct qd_error *error = &create->call->error;
    struct qd_json_iterator alias = qd_json_iterate(qd_json_get(body, "aliases"));
    QD_TRY(check_body(create->call->arena, body, error));
    QD_TRY(qd_check_index_name(create->name, error));
    QD_TRY(qd_check_index_settings(qd_json_get(body, "settings"), QD_SETTINGS_CREATE, create->call->arena,
                                   error));
    while (qd_json_next(&alias)) {
        if (!qd_json_is_object(alias.value)) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "No alias is specified");
        }
        QD_TRY(qd_check_alias_name(alias.key, error));
    }
    return QD_OK;
}

static void warn_dot(const struct create *create, const struct qd_json *body)
{
    struct qd_setting_pair *pairs;
    size_t count = qd_settings_flatten(qd_json_get(body, "settings"), QD_SLICE("index."), create->call->arena,
                                       &pairs);
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(pairs[i].key, "index.hidden") && qd_slice_is(pairs[i].json, "\"true\"")) return;
    }
    qd_call_warn(
        create->call,
        "index name [%.*s] starts with a dot '.', in the next major version, index names starting with a dot "
        "are reserved for hidden indices and system indices",
        QD_SLICE_ARG(create->name));
}

/* index.sort.field must name fields of the mapping. */
static enum qd_status check_sort(const struct create *create, const struct qd_json *body)
{
    struct qd_setting_pair *pairs;
    struct qd_arena *arena = create->call->arena;
    const struct qd_json *fields = qd_json_get(qd_json_get(body, "mappings"), "properties");
    size_t count = qd_settings_flatten(qd_json_get(body, "settings"), QD_SLICE("index."), arena, &pairs);
    for (size_t i = 0; i < count; i++) {
        struct qd_json_document document;
        if (!qd_slice_is(pairs[i].key, "index.sort.field")) continue;
        QD_TRY(qd_json_parse(arena, pairs[i].json, &document, &create->call->error));
        struct qd_json_iterator at = qd_json_iterate(document.root);
        bool list = qd_json_is_array(document.root);
        while (!list || qd_json_next(&at)) {
            struct qd_slice name = qd_json_text(list ? at.value : document.root);
            if (qd_slice_find_byte(name, '.') == SIZE_MAX && qd_json_get_slice(fields, name) == NULL) {
                return qd_error_set(&create->call->error, QD_ILLEGAL_ARGUMENT,
                                    "unknown index sort field:[%.*s]", QD_SLICE_ARG(name));
            }
            if (!list) break;
        }
    }
    return QD_OK;
}

/* Waiting for more copies than there are can never end. */
static enum qd_status check_wait(const struct create *create, const struct qd_json *body)
{
    struct qd_setting_pair *pairs;
    int64_t replicas = 1;
    size_t count = qd_settings_flatten(qd_json_get(body, "settings"), QD_SLICE("index."), create->call->arena,
                                       &pairs);
    for (size_t i = 0; i < count; i++) {
        if (!qd_slice_is(pairs[i].key, "index.number_of_replicas") || pairs[i].json.size < 3) continue;
        (void)qd_parse_int64(qd_slice_sub(pairs[i].json, 1, pairs[i].json.size - 2), &replicas);
    }
    if (create->wait.wanted <= replicas + 1) return QD_OK;
    return qd_error_set(
        &create->call->error, QD_ILLEGAL_ARGUMENT,
        "invalid wait_for_active_shards[%lld]: cannot be greater than number of shard copies [%lld]",
        (long long)create->wait.wanted, (long long)replicas + 1);
}

void qd_coordinator_create_index(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct create *create = QD_NEW(call->arena, struct create);
    struct qd_json_document body;
    struct qd_buffer command = { 0 };
    create->coordinator = coordinator;
    create->call = call;
    enum qd_status status = qd_resolve_date_math(qd_call_parameter(call, "index"), call->start_ms,
                                                 call->arena, &create->name, &call->error);
    create->wait = (struct qd_active_wait){ .coordinator = coordinator,
                                            .index = create->name,
                                            .done = waited,
                                            .context = create,
                                            .timeout_ms = 30000 };
    if (status == QD_OK) status = qd_call_manager_timeouts(call, &call->error);
    if (status == QD_OK) status = qd_call_object_body(call, &body, &call->error);
    if (status == QD_OK) status = check_request(create, body.root);
    if (status == QD_OK) {
        status = qd_active_wait_parse(&create->wait, qd_call_parameter(call, "wait_for_active_shards"),
                                      &call->error);
    }
    if (status == QD_OK) status = qd_call_time(call, "timeout", &create->wait.timeout_ms, &call->error);
    if (status == QD_OK) status = check_wait(create, body.root);
    if (status == QD_OK) status = check_sort(create, body.root);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (create->name.data[0] == '.') warn_dot(create, body.root);
    struct qd_command_request request = {
        .priority = QD_PRIORITY_URGENT,
        .source = qd_arena_format(call->arena, "create-index [%.*s], cause [api]",
                                  QD_SLICE_ARG(create->name)),
        .done = command_done,
        .context = create,
    };
    write_command(coordinator, create->name, body.root, &command);
    qd_manager_submit(coordinator, call, &request, &command);
}
