/* Commands that create, delete, open and close indices and change their mappings and settings. */
#include "base/assert.h"
#include "master/commands.h"

#define SHARDS_MAX 1024

static void set_setting(struct qd_index_metadata *index, const char *key, struct qd_slice text)
{
    struct qd_slice json = qd_arena_format(index->arena, "\"%.*s\"", QD_SLICE_ARG(text));
    qd_state_map_put(&index->settings, index->arena, qd_slice_from_string(key), json);
}

static void set_setting_number(struct qd_index_metadata *index, const char *key, int64_t value)
{
    set_setting(index, key, qd_arena_format(index->arena, "%lld", (long long)value));
}

/* The largest power-of-two multiple of the shard count that is at most 1024, as the reference chooses it. */
static uint32_t default_routing_shards(uint32_t shards)
{
    uint32_t routing = shards;
    if (shards == 1) return 1024;
    while (routing * 2 <= SHARDS_MAX) routing *= 2;
    return routing;
}

static void read_shape(struct qd_index_metadata *index)
{
    const struct qd_map *settings = &index->settings;
    index->shard_count = (uint32_t)qd_settings_int(settings, "index.number_of_shards", 1);
    index->replica_count = (uint32_t)qd_settings_int(settings, "index.number_of_replicas", 1);
    index->routing_shard_count = (uint32_t)qd_settings_int(settings, "index.number_of_routing_shards",
                                                           default_routing_shards(index->shard_count));
    index->routing_partition_size = (uint32_t)qd_settings_int(settings, "index.routing_partition_size", 1);
    index->hidden = qd_settings_bool(settings, "index.hidden", false);
}

static void reset_routing(struct qd_index_metadata *index, const char *reason, int64_t now_ms)
{
    uint32_t copies = 1 + index->replica_count;
    index->routing = QD_NEW_ARRAY(index->arena, struct qd_shard_routing, (size_t)index->shard_count * copies);
    for (uint32_t i = 0; i < index->shard_count * copies; i++) {
        index->routing[i].shard = i / copies;
        index->routing[i].primary = i % copies == 0;
        index->routing[i].unassigned_reason = reason;
        index->routing[i].unassigned_at_ms = now_ms;
    }
}

static void put_alias(struct qd_command *command, struct qd_index_metadata *index, struct qd_slice name,
                      const struct qd_json *options)
{
    struct qd_alias *alias = QD_NEW(index->arena, struct qd_alias);
    const struct qd_json *filter = qd_json_get(options, "filter");
    struct qd_slice routing = qd_command_text(command, options, "routing");
    struct qd_slice index_routing = qd_command_text(command, options, "index_routing");
    struct qd_slice search_routing = qd_command_text(command, options, "search_routing");
    const struct qd_json *write = qd_json_get(options, "is_write_index");
    const struct qd_json *hidden = qd_json_get(options, "is_hidden");
    if (index_routing.data == NULL) index_routing = routing;
    if (search_routing.data == NULL) search_routing = routing;
    alias->name = qd_arena_copy(index->arena, name);
    if (filter != NULL && !qd_json_is_null(filter)) alias->filter = qd_command_json(filter, index->arena);
    if (index_routing.data != NULL) alias->index_routing = qd_arena_copy(index->arena, index_routing);
    if (search_routing.data != NULL) alias->search_routing = qd_arena_copy(index->arena, search_routing);
    if (write != NULL) alias->is_write_index = qd_json_boolean(write) ? QD_YES : QD_NO;
    if (hidden != NULL) alias->is_hidden = qd_json_boolean(hidden) ? QD_YES : QD_NO;
    struct qd_map fresh;
    bool placed = false;
    qd_map_init(&fresh, index->arena);
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        const struct qd_map_entry *entry = &index->aliases.entries[i];
        if (entry->removed || qd_slice_equal(entry->key, name)) continue;
        if (!placed && qd_slice_compare(name, entry->key) < 0) {
            qd_map_put(&fresh, name, alias);
            placed = true;
        }
        qd_map_put(&fresh, entry->key, entry->value);
    }
    if (!placed) qd_map_put(&fresh, name, alias);
    index->aliases = fresh;
}

static enum qd_status apply_settings(struct qd_command *command, struct qd_index_metadata *index,
                                     struct qd_slice uuid, struct qd_error *error)
{
    struct qd_setting_pair *pairs;
    size_t count = qd_settings_flatten(qd_json_get(command->body, "settings"), QD_SLICE("index."),
                                       command->arena, &pairs);
    qd_map_init(&index->settings, index->arena);
    for (size_t i = 0; i < count; i++) {
        if (!qd_slice_is(pairs[i].json, "null")) {
            qd_state_map_put(&index->settings, index->arena, pairs[i].key, pairs[i].json);
        }
    }
    QD_TRY(command->services->check_settings(command->services->context, &index->settings, error));
    read_shape(index);
    set_setting_number(index, "index.number_of_shards", index->shard_count);
    set_setting_number(index, "index.number_of_replicas", index->replica_count);
    if (qd_map_get(&index->settings, QD_SLICE("index.replication.type")) == NULL) {
        set_setting(index, "index.replication.type", QD_SLICE("DOCUMENT"));
    }
    set_setting(index, "index.provided_name", qd_command_text(command, command->body, "provided_name"));
    set_setting(index, "index.uuid", uuid);
    set_setting_number(index, "index.creation_date", command->event->now_ms);
    set_setting(index, "index.version.created", qd_command_text(command, command->body, "version_created"));
    return QD_OK;
}

static enum qd_status fill_index(struct qd_command *command, struct qd_index_metadata *index,
                                 struct qd_error *error)
{
    const struct qd_json *mapping = qd_json_get(command->body, "mapping");
    struct qd_json_iterator alias = qd_json_iterate(qd_json_get(command->body, "aliases"));
    QD_TRY(apply_settings(command, index, index->uuid, error));
    index->mapping = QD_SLICE("{}");
    struct qd_slice merged;
    struct qd_slice update = mapping == NULL ? QD_SLICE("{}") : qd_command_json(mapping, command->arena);
    QD_TRY(command->services->merge_mapping(command->services->context, index, index->mapping, update,
                                            command->arena, &merged, error));
    index->mapping = qd_arena_copy(index->arena, merged);
    qd_map_init(&index->aliases, index->arena);
    while (qd_json_next(&alias)) {
        const struct qd_json *filter = qd_json_get(alias.value, "filter");
        if (filter != NULL && qd_json_is_object(filter)) {
            QD_TRY(command->services->check_filter(command->services->context, index,
                                                   qd_command_json(filter, command->arena), error));
        }
        put_alias(command, index, alias.key, alias.value);
    }
    index->primary_terms = QD_NEW_ARRAY(index->arena, int64_t, index->shard_count);
    for (uint32_t i = 0; i < index->shard_count; i++) index->primary_terms[i] = 1;
    reset_routing(index, "INDEX_CREATED", command->event->now_ms);
    return QD_OK;
}

enum qd_status qd_command_create_index(struct qd_command *command, struct qd_error *error)
{
    struct qd_slice name = qd_command_text(command, command->body, "name");
    struct qd_index_metadata *old = qd_cluster_state_index(command->state, name);
    if (old != NULL) {
        enum qd_status status = qd_error_set(error, QD_RESOURCE_ALREADY_EXISTS,
                                             "index [%.*s/%.*s] already exists", QD_SLICE_ARG(name),
                                             QD_SLICE_ARG(old->uuid));
        qd_error_add(error, "index", name);
        qd_error_add(error, "index_uuid", old->uuid);
        return status;
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_index_metadata *index = QD_NEW(arena, struct qd_index_metadata);
    index->arena = arena;
    index->references = 1;
    index->name = qd_arena_copy(arena, name);
    index->uuid = qd_arena_copy(arena, qd_command_text(command, command->body, "uuid"));
    index->version = 1;
    index->mapping_version = index->settings_version = index->aliases_version = 1;
    index->creation_date_ms = command->event->now_ms;
    enum qd_status status = fill_index(command, index, error);
    if (status != QD_OK) {
        qd_index_metadata_release(index);
        return status;
    }
    qd_cluster_state_put_index(command->state, index);
    qd_allocate(command, index);
    command->changed = true;
    return QD_OK;
}

/* Calls `change` for each name of command.indices; all must exist. */
static enum qd_status each_index(struct qd_command *command, struct qd_error *error,
                                 enum qd_status (*change)(struct qd_command *command, struct qd_slice name,
                                                          struct qd_error *error))
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "indices"));
    while (qd_json_next(&at)) {
        struct qd_slice name = qd_json_text(at.value);
        if (qd_cluster_state_index(command->state, name) == NULL) return qd_command_no_index(name, error);
        QD_TRY(change(command, name, error));
    }
    return QD_OK;
}

static enum qd_status delete_one(struct qd_command *command, struct qd_slice name, struct qd_error *error)
{
    (void)error;
    qd_cluster_state_remove_index(command->state, name);
    command->changed = true;
    return QD_OK;
}

enum qd_status qd_command_delete_index(struct qd_command *command, struct qd_error *error)
{
    return each_index(command, error, delete_one);
}

static enum qd_status open_one(struct qd_command *command, struct qd_slice name, struct qd_error *error)
{
    (void)error;
    if (!qd_cluster_state_index(command->state, name)->closed) return QD_OK;
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    index->closed = false;
    index->settings_version++;
    qd_state_map_put(&index->settings, index->arena, QD_SLICE("index.verified_before_close"),
                     (struct qd_slice){ 0 });
    reset_routing(index, "INDEX_REOPENED", command->event->now_ms);
    qd_allocate(command, index);
    return QD_OK;
}

enum qd_status qd_command_open_index(struct qd_command *command, struct qd_error *error)
{
    return each_index(command, error, open_one);
}

static enum qd_status close_one(struct qd_command *command, struct qd_slice name, struct qd_error *error)
{
    (void)error;
    if (qd_cluster_state_index(command->state, name)->closed) return QD_OK;
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    index->closed = true;
    index->settings_version++;
    set_setting(index, "index.verified_before_close", QD_SLICE("true"));
    return QD_OK;
}

enum qd_status qd_command_close_index(struct qd_command *command, struct qd_error *error)
{
    return each_index(command, error, close_one);
}

static enum qd_status put_mapping_one(struct qd_command *command, struct qd_slice name,
                                      struct qd_error *error)
{
    struct qd_index_metadata *old = qd_cluster_state_index(command->state, name);
    struct qd_slice update = qd_command_json(qd_json_get(command->body, "mapping"), command->arena);
    struct qd_slice merged;
    QD_TRY(command->services->merge_mapping(command->services->context, old, old->mapping, update,
                                            command->arena, &merged, error));
    if (qd_slice_equal(merged, old->mapping)) return QD_OK;
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    index->mapping = qd_arena_copy(index->arena, merged);
    index->mapping_version++;
    return QD_OK;
}

enum qd_status qd_command_put_mapping(struct qd_command *command, struct qd_error *error)
{
    return each_index(command, error, put_mapping_one);
}

/* Keeps the copies that exist when the number of replicas changes. */
static void resize_routing(struct qd_command *command, struct qd_index_metadata *index, uint32_t replicas)
{
    uint32_t old_copies = 1 + index->replica_count;
    uint32_t copies = 1 + replicas;
    struct qd_shard_routing *old = index->routing;
    index->replica_count = replicas;
    reset_routing(index, "REPLICA_ADDED", command->event->now_ms);
    for (uint32_t shard = 0; shard < index->shard_count; shard++) {
        for (uint32_t copy = 0; copy < copies && copy < old_copies; copy++) {
            index->routing[shard * copies + copy] = old[shard * old_copies + copy];
        }
    }
    qd_allocate(command, index);
}

static enum qd_status put_settings_one(struct qd_command *command, struct qd_slice name,
                                       struct qd_error *error)
{
    struct qd_setting_pair *pairs;
    size_t count = qd_settings_flatten(qd_json_get(command->body, "settings"), QD_SLICE("index."),
                                       command->arena, &pairs);
    bool preserve = qd_json_boolean(qd_json_get(command->body, "preserve_existing"));
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    for (size_t i = 0; i < count; i++) {
        bool reset = qd_slice_is(pairs[i].json, "null");
        if (preserve && qd_map_get(&index->settings, pairs[i].key) != NULL) continue;
        qd_state_map_put(&index->settings, index->arena, pairs[i].key,
                         reset ? (struct qd_slice){ 0 } : pairs[i].json);
        if (reset && qd_slice_is(pairs[i].key, "index.number_of_replicas")) {
            set_setting_number(index, "index.number_of_replicas", 1);
        }
    }
    QD_TRY(command->services->check_settings(command->services->context, &index->settings, error));
    index->settings_version++;
    index->hidden = qd_settings_bool(&index->settings, "index.hidden", false);
    uint32_t replicas = (uint32_t)qd_settings_int(&index->settings, "index.number_of_replicas", 1);
    if (replicas != index->replica_count) resize_routing(command, index, replicas);
    return QD_OK;
}

enum qd_status qd_command_put_index_settings(struct qd_command *command, struct qd_error *error)
{
    return each_index(command, error, put_settings_one);
}

/* ---- aliases ---- */

static enum qd_status remove_alias(struct qd_command *command, struct qd_slice name, struct qd_slice alias)
{
    const struct qd_index_metadata *old = qd_cluster_state_index(command->state, name);
    if (qd_map_get(&old->aliases, alias) == NULL) return QD_OK;
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    qd_map_remove(&index->aliases, alias);
    index->aliases_version++;
    return QD_OK;
}

static enum qd_status add_alias(struct qd_command *command, struct qd_slice name,
                                const struct qd_json *options, struct qd_error *error)
{
    const struct qd_json *filter = qd_json_get(options, "filter");
    struct qd_slice alias = qd_command_text(command, options, "alias");
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    if (filter != NULL && qd_json_is_object(filter)) {
        QD_TRY(command->services->check_filter(command->services->context, index,
                                               qd_command_json(filter, command->arena), error));
    }
    put_alias(command, index, alias, options);
    index->aliases_version++;
    return QD_OK;
}

/* An alias must not be an index of its own, and at most one index may be its write index. */
static enum qd_status check_aliases(const struct qd_cluster_state *state, struct qd_slice alias,
                                    struct qd_error *error)
{
    size_t writers = 0;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_alias *found = qd_map_get(&state->indices[i]->aliases, alias);
        if (found != NULL && found->is_write_index == QD_YES) writers++;
        if (!qd_slice_equal(state->indices[i]->name, alias)) continue;
        enum qd_status status = qd_error_set(
            error, QD_INVALID_ALIAS_NAME,
            "Invalid alias name [%.*s]: an index or data stream exists with the "
            "same name as the alias",
            QD_SLICE_ARG(alias));
        qd_error_add(error, "index", alias);
        qd_error_add(error, "index_uuid", state->indices[i]->uuid);
        return status;
    }
    if (writers <= 1) return QD_OK;
    struct qd_buffer names = { 0 };
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_alias *found = qd_map_get(&state->indices[i]->aliases, alias);
        if (found == NULL || found->is_write_index != QD_YES) continue;
        if (names.size > 0) qd_buffer_text(&names, ",");
        qd_buffer_slice(&names, state->indices[i]->name);
    }
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_STATE,
                                         "alias [%.*s] has more than one write index [%.*s]",
                                         QD_SLICE_ARG(alias), (int)names.size, names.data);
    qd_buffer_deinit(&names);
    return status;
}

enum qd_status qd_command_update_aliases(struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "actions"));
    while (qd_json_next(&at)) {
        struct qd_slice kind = qd_json_text(qd_json_get(at.value, "kind"));
        struct qd_slice name = qd_json_text(qd_json_get(at.value, "index"));
        if (qd_cluster_state_index(command->state, name) == NULL) return qd_command_no_index(name, error);
        if (qd_slice_is(kind, "remove_index")) {
            QD_TRY(delete_one(command, name, error));
        } else if (qd_slice_is(kind, "remove")) {
            QD_TRY(remove_alias(command, name, qd_json_text(qd_json_get(at.value, "alias"))));
        } else {
            QD_TRY(add_alias(command, name, at.value, error));
        }
    }
    at = qd_json_iterate(qd_json_get(command->body, "actions"));
    while (qd_json_next(&at)) {
        if (!qd_slice_is(qd_json_text(qd_json_get(at.value, "kind")), "add")) continue;
        QD_TRY(check_aliases(command->state, qd_json_text(qd_json_get(at.value, "alias")), error));
    }
    return QD_OK;
}
