/* Getting and changing index settings. */
#include "base/java_order.h"
#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/index_settings.h"
#include "coordinator/index_view.h"
#include "coordinator/machine_defaults.h"
#include "coordinator/operations.h"

/* ---- get ---- */

static enum qd_status prepare_get(struct qd_coordinator *coordinator, struct qd_call *call,
                                  struct qd_index_view *view, struct qd_resolved **indices, size_t *count)
{
    struct qd_error *error = &call->error;
    struct qd_slice *names;
    bool local = false;
    QD_TRY(qd_call_manager_timeouts(call, error));
    QD_TRY(qd_call_bool(call, "local", &local, error));
    QD_TRY(qd_call_bool(call, "include_defaults", &view->include_defaults, error));
    QD_TRY(qd_call_bool(call, "flat_settings", &view->flat_settings, error));
    if (!qd_slice_is(qd_call_parameter(call, "name"), "_all")) {
        view->name_count = qd_call_list(call, "name", &names);
        view->names = names;
    }
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), qd_options_open(), indices,
                           count));
    QD_TRY(qd_check_all_blocks(*indices, *count, QD_BLOCK_METADATA_READ, call->arena, error));
    return QD_OK;
}

static void write_settings(const struct qd_index_metadata *index, const struct qd_index_view *view,
                           struct qd_arena *arena, struct qd_json_writer *writer)
{
    struct qd_map selected;
    qd_index_view_select(view, index, arena, &selected);
    if (selected.live_count == 0 && !view->include_defaults) return;
    qd_json_name_slice(writer, index->name);
    qd_json_begin_object(writer);
    qd_json_name(writer, "settings");
    qd_settings_write(&selected, view->flat_settings, writer);
    if (view->include_defaults) {
        qd_json_name(writer, "defaults");
        qd_index_view_defaults(view, index, arena, writer);
    }
    qd_json_end_object(writer);
}

void qd_coordinator_get_settings(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_resolved *indices;
    size_t count;
    struct qd_index_view view = { .human = call->human, .processors = coordinator->machine->processors };
    struct qd_json_writer writer = qd_call_writer(call);
    if (prepare_get(coordinator, call, &view, &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    indices = qd_index_java_order(indices, count, call->arena);
    qd_json_begin_object(&writer);
    for (size_t i = 0; i < count; i++) write_settings(indices[i].index, &view, call->arena, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* ---- put ---- */

struct update {
    struct qd_call *call;
    const struct qd_json *settings;
    struct qd_setting_pair *pairs;
    size_t pair_count;
    struct qd_resolved *indices;
    size_t count;
    bool preserve_existing;
};

static void sort_slices(struct qd_slice *names, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && qd_slice_compare(names[j - 1], names[j]) > 0; j--) {
            struct qd_slice swap = names[j];
            names[j] = names[j - 1];
            names[j - 1] = swap;
        }
    }
}

/* "[a, b]" of names in the order of a Java hash set into which they went in ascending order. */
static void print_set(struct qd_slice *names, size_t count, struct qd_arena *arena, struct qd_buffer *text)
{
    sort_slices(names, count);
    size_t *order = qd_java_map_order(arena, names, count, 16);
    qd_buffer_byte(text, '[');
    for (size_t i = 0; i < count; i++) {
        qd_buffer_format(text, "%s%.*s", i == 0 ? "" : ", ", QD_SLICE_ARG(names[order[i]]));
    }
    qd_buffer_byte(text, ']');
}

static void print_open(const struct update *update, struct qd_buffer *text)
{
    struct qd_arena *arena = update->call->arena;
    uint32_t *hashes = QD_NEW_ARRAY(arena, uint32_t, update->count);
    const struct qd_index_metadata **open = QD_NEW_ARRAY(arena, const struct qd_index_metadata *,
                                                         update->count);
    size_t count = 0;
    for (size_t i = 0; i < update->count; i++) {
        const struct qd_index_metadata *index = update->indices[i].index;
        if (index->closed) continue;
        hashes[count] = 31 * qd_java_string_hash(index->name) + qd_java_string_hash(index->uuid);
        open[count++] = index;
    }
    size_t *order = qd_java_hash_order(arena, hashes, count, 16);
    qd_buffer_byte(text, '[');
    for (size_t i = 0; i < count; i++) {
        const struct qd_index_metadata *index = open[order[i]];
        qd_buffer_format(text, "%s[%.*s/%.*s]", i == 0 ? "" : ", ", QD_SLICE_ARG(index->name),
                         QD_SLICE_ARG(index->uuid));
    }
    qd_buffer_byte(text, ']');
}

static enum qd_status refuse_static(const struct update *update, struct qd_slice *skipped, size_t count,
                                    struct qd_error *error)
{
    struct qd_buffer text = { 0 };
    qd_buffer_text(&text, "Can't update non dynamic settings [");
    print_set(skipped, count, update->call->arena, &text);
    qd_buffer_text(&text, "] for open indices ");
    print_open(update, &text);
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s", (int)text.size, text.data);
    qd_buffer_deinit(&text);
    return status;
}

static bool any_open(const struct update *update)
{
    for (size_t i = 0; i < update->count; i++) {
        if (!update->indices[i].index->closed) return true;
    }
    return false;
}

static bool is_archived(struct qd_slice key) { return qd_slice_starts_with(key, QD_SLICE("archived.")); }

/* Settings that are not dynamic change closed indices only; final ones never. */
static enum qd_status check_scopes(const struct update *update, struct qd_error *error)
{
    QD_VECTOR(struct qd_slice) skipped = { 0 };
    for (size_t i = 0; i < update->pair_count; i++) {
        const struct qd_index_setting *row = qd_index_setting_find(update->pairs[i].key);
        if (row == NULL ? is_archived(update->pairs[i].key) : row->scope != QD_SETTING_DYNAMIC) {
            *QD_PUSH(update->call->arena, &skipped) = update->pairs[i].key;
        }
    }
    if (skipped.count > 0 && any_open(update)) {
        return refuse_static(update, skipped.data, skipped.count, error);
    }
    sort_slices(skipped.data, skipped.count);
    for (size_t i = 0; i < skipped.count && update->count > 0; i++) {
        const struct qd_index_setting *row = qd_index_setting_find(skipped.data[i]);
        if (row == NULL || row->scope != QD_SETTING_FINAL) continue;
        return qd_error_set(error, QD_SETTINGS, "final %.*s setting [%.*s], not updateable",
                            QD_SLICE_ARG(update->indices[0].index->name), QD_SLICE_ARG(skipped.data[i]));
    }
    for (size_t i = 0; i < update->pair_count && update->count > 0; i++) {
        const struct qd_setting_pair *pair = &update->pairs[i];
        if (!is_archived(pair->key) || qd_slice_is(pair->json, "null")) continue;
        return qd_error_set(error, QD_SETTINGS, "%.*s setting [%.*s], not recognized",
                            QD_SLICE_ARG(update->indices[0].index->name), QD_SLICE_ARG(pair->key));
    }
    return QD_OK;
}

/* A request that only lifts blocks passes the blocks that it lifts. */
static enum qd_status check_metadata_blocks(const struct update *update, struct qd_error *error)
{
    static const char *const lifted[] = { "index.blocks.metadata", "index.blocks.read_only",
                                          "index.blocks.read_only_allow_delete" };
    for (size_t i = 0; update->pair_count == 1 && i < sizeof(lifted) / sizeof(lifted[0]); i++) {
        if (qd_slice_is(update->pairs[0].key, lifted[i])) return QD_OK;
    }
    return qd_check_all_blocks(update->indices, update->count, QD_BLOCK_METADATA_WRITE, update->call->arena,
                               error);
}

static enum qd_status prepare_put(struct qd_coordinator *coordinator, struct update *update)
{
    struct qd_call *call = update->call;
    struct qd_error *error = &call->error;
    struct qd_json_document body;
    struct qd_indices_options options = qd_options_open_closed();
    options.allow_no_indices = false;
    QD_TRY(qd_call_manager_timeouts(call, error));
    QD_TRY(qd_call_bool(call, "preserve_existing", &update->preserve_existing, error));
    if (call->body.size == 0) return qd_error_set(error, QD_OPENSEARCH_PARSE, "request body is required");
    QD_TRY(qd_call_settings_body(call, &body, error));
    const struct qd_json *inner = qd_json_get(body.root, "settings");
    update->settings = qd_json_is_object(inner) ? inner : body.root;
    if (qd_json_is_object(update->settings)) {
        update->pair_count = qd_settings_flatten(update->settings, QD_SLICE("index."), call->arena,
                                                 &update->pairs);
    }
    if (update->pair_count == 0) {
        return qd_error_set(error, QD_ACTION_REQUEST_VALIDATION,
                            "Validation Failed: 1: no settings to update;");
    }
    QD_TRY(qd_resolve_call(call, qd_cluster_service_state(coordinator->cluster), options, &update->indices,
                           &update->count));
    QD_TRY(check_metadata_blocks(update, error));
    QD_TRY(qd_check_index_settings(update->settings, QD_SETTINGS_UPDATE, call->arena, error));
    return check_scopes(update, error);
}

/* A reset by pattern resets what is there and may be reset. */
static void write_pattern(const struct update *update, struct qd_slice pattern, struct qd_json_writer *writer)
{
    struct qd_map written;
    qd_map_init(&written, update->call->arena);
    for (size_t i = 0; i < update->count; i++) {
        const struct qd_index_metadata *index = update->indices[i].index;
        for (size_t k = 0; k < index->settings.entry_count; k++) {
            const struct qd_map_entry *entry = &index->settings.entries[k];
            const struct qd_index_setting *row = qd_index_setting_find(entry->key);
            if (entry->removed || row == NULL || !qd_simple_match(pattern, entry->key)) continue;
            bool dynamic = row->scope == QD_SETTING_DYNAMIC;
            if (!dynamic && (!index->closed || row->scope != QD_SETTING_FIXED_WHEN_OPEN)) continue;
            if (qd_map_find(&written, entry->key) != NULL) continue;
            qd_map_put(&written, entry->key, NULL);
            qd_json_name_slice(writer, entry->key);
            qd_json_null(writer);
        }
    }
}

static void write_changes(const struct update *update, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "settings");
    for (size_t i = 0; i < update->pair_count; i++) {
        const struct qd_setting_pair *pair = &update->pairs[i];
        if (qd_is_simple_pattern(pair->key) && qd_slice_is(pair->json, "null")) {
            write_pattern(update, pair->key, writer);
            continue;
        }
        qd_json_name_slice(writer, pair->key);
        qd_json_raw(writer, pair->json);
    }
    qd_json_end_object(writer);
}

void qd_coordinator_put_settings(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct update update = { .call = call };
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    if (prepare_put(coordinator, &update) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_index_command_begin(&writer, "put_index_settings", update.indices, update.count);
    qd_index_command_shard_limit(coordinator, &writer);
    write_changes(&update, &writer);
    qd_json_member_bool(&writer, "preserve_existing", update.preserve_existing);
    qd_json_end_object(&writer);
    struct qd_slice list = qd_index_list_text(update.indices, update.count, call->arena);
    struct qd_slice source = qd_arena_format(call->arena, "update-settings %.*s", QD_SLICE_ARG(list));
    qd_index_command_acknowledge(coordinator, call, source, &command);
}
