/* GET and PUT _cluster/settings. */
#include <stdlib.h>

#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/cluster_service.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/cluster_settings_check.h"
#include "coordinator/cluster_settings_table.h"
#include "coordinator/index_call.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/machine_defaults.h"
#include "coordinator/operations.h"
#include "coordinator/thread_pool_settings.h"

/* ---- reading ---- */

/* What the node's file sets, as JSON text; settings are kept there as plain text. */
static struct qd_slice json_of_text(struct qd_slice text, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    if (text.size > 0 && text.data[0] == '[') return text;
    qd_json_string(&writer, text);
    struct qd_slice json = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return json;
}

static void put(struct qd_map *map, struct qd_slice key, struct qd_slice json)
{
    struct qd_slice *value = QD_NEW(map->arena, struct qd_slice);
    *value = json;
    qd_map_put(map, key, value);
}

/* Everything known that is not set, with what holds then: the node's file before the table. */
static void collect_defaults(const struct qd_coordinator *coordinator, const struct qd_cluster_state *state,
                             struct qd_map *defaults)
{
    const struct qd_map *own = coordinator->node_settings;
    for (size_t i = 0; i < qd_cluster_settings_row_count; i++) {
        const struct qd_cluster_setting_row *row = &qd_cluster_settings_rows[i];
        struct qd_slice key = qd_slice_from_string(row->key);
        const struct qd_slice *text = own == NULL ? NULL : qd_map_get(own, key);
        if (qd_map_get(&state->persistent_settings, key) != NULL) continue;
        if (qd_map_get(&state->transient_settings, key) != NULL) continue;
        struct qd_slice json = qd_slice_from_string(row->fallback);
        if (text != NULL) {
            json = json_of_text(*text, defaults->arena);
        } else {
            (void)qd_machine_default(coordinator->machine, coordinator->thread_pools, key, defaults->arena,
                                     &json);
        }
        put(defaults, key, json);
    }
    for (size_t i = 0; own != NULL && i < own->entry_count; i++) {
        const struct qd_map_entry *entry = &own->entries[i];
        if (entry->removed || !qd_slice_starts_with(entry->key, QD_SLICE("node.attr."))) continue;
        qd_state_map_put(defaults, defaults->arena, entry->key,
                         json_of_text(*(const struct qd_slice *)entry->value, defaults->arena));
    }
}

static void write_settings(const struct qd_map *persistent, const struct qd_map *transient, bool flat,
                           struct qd_json_writer *writer)
{
    qd_json_name(writer, "persistent");
    qd_settings_write(persistent, flat, writer);
    qd_json_name(writer, "transient");
    qd_settings_write(transient, flat, writer);
}

void qd_coordinator_get_cluster_settings(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_json_writer writer = qd_call_writer(call);
    bool flat = false, include_defaults = false, local = false;
    int64_t timeout = 0;
    enum qd_status status = qd_manager_timeout_of_call(call, &timeout, &call->error);
    if (status == QD_OK) status = qd_call_bool(call, "flat_settings", &flat, &call->error);
    if (status == QD_OK) status = qd_call_bool(call, "include_defaults", &include_defaults, &call->error);
    if (status == QD_OK) status = qd_call_bool(call, "local", &local, &call->error);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    write_settings(&state->persistent_settings, &state->transient_settings, flat, &writer);
    if (include_defaults) {
        struct qd_map defaults;
        qd_map_init(&defaults, call->arena);
        collect_defaults(coordinator, state, &defaults);
        qd_json_name(&writer, "defaults");
        qd_settings_write(&defaults, flat, &writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* ---- checking ---- */

/* One pair of a request. A reset of a pattern that names nothing is taken as it is. */
static enum qd_status check_pair(struct qd_call *call, const char *kind, const struct qd_setting_pair *pair)
{
    struct qd_error *error = &call->error;
    bool reset = qd_slice_is(pair->json, "null");
    struct qd_json_document value;
    if (reset &&
        (qd_is_simple_pattern(pair->key) || qd_slice_starts_with(pair->key, QD_SLICE("archived.")))) {
        return QD_OK;
    }
    const struct qd_cluster_setting_row *row = qd_cluster_setting_find(pair->key);
    if (row == NULL && !qd_cluster_setting_in_family(pair->key, QD_SETTING_OF_REQUEST)) {
        return qd_error_set(error, QD_SETTINGS, "%s setting [%.*s], not recognized", kind,
                            QD_SLICE_ARG(pair->key));
    }
    if (row != NULL && row->type == QD_SETTING_STATIC) {
        return qd_error_set(error, QD_SETTINGS, "%s setting [%s], not dynamically updateable", kind,
                            row->key);
    }
    if (row != NULL && row->type == QD_SETTING_FINAL) {
        return qd_error_set(error, QD_SETTINGS, "final %s setting [%s], not updateable", kind, row->key);
    }
    if (reset || row == NULL) return QD_OK;
    QD_TRY(qd_json_parse(call->arena, pair->json, &value, error));
    if (qd_json_is_array(value.root)) return QD_OK;
    return qd_cluster_setting_check(row, qd_json_text(value.root), error);
}

/* ---- writing ---- */

/* A change under way: the pairs of both kinds, resets of patterns expanded. */
struct change {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_setting_pair *pairs[2]; /* persistent, transient */
    size_t counts[2];
    bool flat;
};

static const char *const kinds[] = { "persistent", "transient" };

static int compare_pairs(const void *left, const void *right)
{
    return qd_slice_compare(((const struct qd_setting_pair *)left)->key,
                            ((const struct qd_setting_pair *)right)->key);
}

/* "a.*": null resets every setting of that name that is set. */
static void expand_resets(struct change *change, size_t kind)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(change->coordinator->cluster);
    const struct qd_map *map = kind == 0 ? &state->persistent_settings : &state->transient_settings;
    struct qd_arena *arena = change->call->arena;
    QD_VECTOR(struct qd_setting_pair) list = { 0 };
    for (size_t i = 0; i < change->counts[kind]; i++) {
        const struct qd_setting_pair *pair = &change->pairs[kind][i];
        if (!qd_slice_is(pair->json, "null") || !qd_is_simple_pattern(pair->key)) {
            *QD_PUSH(arena, &list) = *pair;
            continue;
        }
        for (size_t e = 0; e < map->entry_count; e++) {
            if (map->entries[e].removed || !qd_simple_match(pair->key, map->entries[e].key)) continue;
            *QD_PUSH(arena, &list) = (struct qd_setting_pair){ qd_arena_copy(arena, map->entries[e].key),
                                                               pair->json };
        }
    }
    change->pairs[kind] = list.data;
    change->counts[kind] = list.count;
}

/* Writes what the request set (not what it reset), as the answer shows it. */
static void changed(void *context, const struct qd_command_outcome *outcome)
{
    struct change *change = context;
    struct qd_call *call = change->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_map maps[2];
    if (outcome->error != NULL) {
        qd_call_fail_with(call, outcome->error);
        return;
    }
    for (size_t k = 0; k < 2; k++) {
        qd_map_init(&maps[k], call->arena);
        for (size_t i = 0; i < change->counts[k]; i++) {
            if (qd_slice_is(change->pairs[k][i].json, "null")) continue;
            put(&maps[k], change->pairs[k][i].key, change->pairs[k][i].json);
        }
    }
    qd_json_begin_object(&writer);
    qd_json_member_bool(&writer, "acknowledged", qd_manager_acknowledges(change->coordinator, call, outcome));
    write_settings(&maps[0], &maps[1], change->flat, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* What the reference says when it casts what it has read to a map. */
static enum qd_status not_a_map(struct qd_call *call, const struct qd_json *value)
{
    const char *type = "java.lang.String";
    int64_t number;
    if (qd_json_is_array(value)) type = "java.util.ArrayList";
    if (qd_json_is_boolean(value)) type = "java.lang.Boolean";
    if (qd_json_is_number(value)) {
        bool whole = qd_json_is_integral(value) && qd_json_int64(value, &number);
        bool small = whole && number >= INT32_MIN && number <= INT32_MAX;
        type = small ? "java.lang.Integer" : whole ? "java.lang.Long" : "java.lang.Double";
    }
    return qd_error_set(&call->error, QD_CLASS_CAST,
                        "class %s cannot be cast to class java.util.Map (%s and java.util.Map are in module "
                        "java.base of loader 'bootstrap')",
                        type, type);
}

static enum qd_status read_kind(struct change *change, const struct qd_json *body, size_t kind)
{
    struct qd_call *call = change->call;
    const struct qd_json *settings = qd_json_get(body, kinds[kind]);
    if (settings != NULL && !qd_json_is_object(settings)) {
        return not_a_map(call, settings);
    }
    change->counts[kind] = qd_settings_flatten(settings, (struct qd_slice){ 0 }, call->arena,
                                               &change->pairs[kind]);
    if (change->counts[kind] > 1) {
        qsort(change->pairs[kind], change->counts[kind], sizeof(*change->pairs[kind]), compare_pairs);
    }
    return QD_OK;
}

/* What the request says of a setting in one of its kinds; NULL: nothing. */
static const struct qd_setting_pair *find_pair(const struct change *change, size_t kind, const char *key)
{
    for (size_t i = 0; i < change->counts[kind]; i++) {
        if (qd_slice_is(change->pairs[kind][i].key, key)) return &change->pairs[kind][i];
    }
    return NULL;
}

/* The text of a setting as it would hold after the change; data NULL: nobody sets it. A reset lets the next
 * place decide: persistent settings after transient ones, the node's file after both. */
static struct qd_slice text_after(const void *context, const char *key)
{
    const struct change *change = context;
    const struct qd_cluster_state *state = qd_cluster_service_state(change->coordinator->cluster);
    const struct qd_map *maps[] = { &state->persistent_settings, &state->transient_settings };
    struct qd_effective_settings file = { NULL, change->coordinator->node_settings };
    struct qd_json_document value;
    for (size_t k = 2; k-- > 0;) {
        const struct qd_setting_pair *pair = find_pair(change, k, key);
        struct qd_slice text = pair == NULL ? qd_settings_get(maps[k], key) : (struct qd_slice){ 0 };
        if (pair != NULL && !qd_slice_is(pair->json, "null") &&
            qd_json_parse(change->call->arena, pair->json, &value, NULL) == QD_OK) {
            text = qd_json_text(value.root);
        }
        if (text.data != NULL) return text;
    }
    return qd_effective_setting(&file, key);
}

static void put_pool_setting(struct qd_map *map, struct qd_slice key, struct qd_slice json)
{
    static const struct qd_slice prefix = QD_SLICE_INIT(QD_THREAD_POOL_SETTINGS);
    struct qd_json_document value;
    if (!qd_slice_starts_with(key, prefix)) return;
    struct qd_slice rest = qd_slice_from(key, prefix.size);
    if (qd_slice_is(json, "null")) (void)qd_map_remove(map, rest);
    else if (qd_json_parse(map->arena, json, &value, NULL) == QD_OK) put(map, rest, qd_json_text(value.root));
}

static void merge_map(struct qd_map *into, const struct qd_map *from)
{
    for (size_t i = 0; i < from->entry_count; i++) {
        if (!from->entries[i].removed) qd_map_put(into, from->entries[i].key, from->entries[i].value);
    }
}

/* The sizes of pools are checked together, persistent settings below transient ones. */
static enum qd_status check_thread_pools(const struct change *change, struct qd_error *error)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(change->coordinator->cluster);
    const struct qd_map *maps[] = { &state->persistent_settings, &state->transient_settings };
    struct qd_arena *arena = change->call->arena;
    struct qd_thread_pool_change pools = { .pools = change->coordinator->thread_pools };
    qd_map_init(&pools.before, arena);
    qd_map_init(&pools.after, arena);
    for (size_t k = 0; k < 2; k++) {
        struct qd_map kind;
        qd_map_init(&kind, arena);
        for (size_t i = 0; i < maps[k]->entry_count; i++) {
            const struct qd_map_entry *entry = &maps[k]->entries[i];
            if (!entry->removed) put_pool_setting(&kind, entry->key, *(const struct qd_slice *)entry->value);
        }
        merge_map(&pools.before, &kind);
        for (size_t i = 0; i < change->counts[k]; i++) {
            put_pool_setting(&kind, change->pairs[k][i].key, change->pairs[k][i].json);
        }
        merge_map(&pools.after, &kind);
    }
    return qd_thread_pool_settings_check(&pools, arena, error);
}

static enum qd_status read_change(struct change *change)
{
    struct qd_call *call = change->call;
    struct qd_json_document body;
    int64_t timeout = 0;
    QD_TRY(qd_manager_timeout_of_call(call, &timeout, &call->error));
    QD_TRY(qd_call_time(call, "timeout", &timeout, &call->error));
    if (call->body.size == 0) return qd_error_set(&call->error, QD_PARSE, "request body is required");
    QD_TRY(qd_call_settings_body(call, &body, &call->error));
    for (size_t k = 0; k < 2; k++) QD_TRY(read_kind(change, body.root, k));
    if (change->counts[0] + change->counts[1] == 0) {
        return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: no settings to update;");
    }
    /* The reference looks at transient settings first. */
    for (size_t k = 2; k-- > 0;) {
        for (size_t i = 0; i < change->counts[k]; i++) {
            QD_TRY(check_pair(call, kinds[k], &change->pairs[k][i]));
        }
        expand_resets(change, k);
    }
    QD_TRY(check_thread_pools(change, &call->error));
    QD_TRY(qd_cluster_settings_check_together(text_after, change, QD_SETTING_OF_REQUEST, &call->error));
    return qd_call_bool(call, "flat_settings", &change->flat, &call->error);
}

static void write_command(const struct change *change, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "type", "put_cluster_settings");
    for (size_t k = 0; k < 2; k++) {
        qd_json_member_object(writer, kinds[k]);
        for (size_t i = 0; i < change->counts[k]; i++) {
            qd_json_name_slice(writer, change->pairs[k][i].key);
            qd_json_raw(writer, change->pairs[k][i].json);
        }
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

void qd_coordinator_put_cluster_settings(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct change *change = QD_NEW(call->arena, struct change);
    struct qd_command_request request = { .priority = QD_PRIORITY_IMMEDIATE,
                                          .done = changed,
                                          .context = change,
                                          .source = QD_SLICE("cluster_update_settings") };
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    change->coordinator = coordinator;
    change->call = call;
    if (read_change(change) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    write_command(change, &writer);
    qd_manager_submit(coordinator, call, &request, &command);
}
