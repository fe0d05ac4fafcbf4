/* Commands that create, delete, open and close indices and change their mappings and settings. */
#include "base/assert.h"
#include "base/number.h"
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

static enum qd_status duplicate_name(const struct qd_index_metadata *index, struct qd_error *error)
{
    return qd_error_set(
        error, QD_ILLEGAL_STATE,
        "index, alias, and data stream names need to be unique, but the following duplicates were "
        "found [%.*s (alias of [%.*s/%.*s]) conflicts with index]",
        QD_SLICE_ARG(index->name), QD_SLICE_ARG(index->name), QD_SLICE_ARG(index->uuid));
}

static enum qd_status fill_index(struct qd_command *command, struct qd_index_metadata *index,
                                 struct qd_error *error)
{
    const struct qd_json *mapping = qd_json_get(command->body, "mapping");
    struct qd_json_iterator alias = qd_json_iterate(qd_json_get(command->body, "aliases"));
    QD_TRY(apply_settings(command, index, index->uuid, error));
    QD_TRY(qd_command_check_shard_limit(command, qd_open_shards(index), error));
    struct qd_slice merged;
    struct qd_slice update = mapping == NULL ? QD_SLICE("{}") : qd_command_json(mapping, command->arena);
    QD_TRY(command->services->merge_mapping(command->services->context, index, QD_SLICE("{}"), update,
                                            command->arena, &merged, error));
    index->mapping = qd_arena_copy(index->arena, merged);
    qd_map_init(&index->aliases, index->arena);
    while (qd_json_next(&alias)) {
        if (qd_slice_equal(alias.key, index->name)) return duplicate_name(index, error);
        QD_TRY(qd_command_check_routing(alias.key, alias.value, error));
        QD_TRY(qd_command_check_filter(command, index, alias.key, alias.value, error));
        qd_command_put_alias(command, index, alias.key, alias.value);
    }
    index->primary_terms = QD_NEW_ARRAY(index->arena, int64_t, index->shard_count);
    for (uint32_t i = 0; i < index->shard_count; i++) index->primary_terms[i] = 1;
    (void)qd_auto_expand_replicas(command, index);
    qd_reset_routing(index, "INDEX_CREATED", command->event->now_ms);
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
    for (size_t i = 0; i < command->state->index_count; i++) {
        if (qd_map_get(&command->state->indices[i]->aliases, name) == NULL) continue;
        enum qd_status status = qd_error_set(error, QD_INVALID_INDEX_NAME,
                                             "Invalid index name [%.*s], already exists as alias",
                                             QD_SLICE_ARG(name));
        qd_error_add(error, "index", name);
        qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
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

enum qd_status qd_command_delete_one(struct qd_command *command, struct qd_slice name, struct qd_error *error)
{
    (void)error;
    qd_cluster_state_remove_index(command->state, name);
    command->changed = true;
    return QD_OK;
}

enum qd_status qd_command_delete_index(struct qd_command *command, struct qd_error *error)
{
    return each_index(command, error, qd_command_delete_one);
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
    /* A closed index keeps its shards on their nodes, so that a copy that opens again is the same copy. */
    for (uint32_t i = 0; i < index->shard_count * (1 + index->replica_count); i++) {
        struct qd_shard_routing *shard = &index->routing[i];
        shard->state = QD_SHARD_UNASSIGNED;
        shard->node_id = (struct qd_slice){ 0 };
        shard->unassigned_reason = "INDEX_REOPENED";
        shard->unassigned_at_ms = command->event->now_ms;
    }
    qd_allocate(command, index);
    return QD_OK;
}

enum qd_status qd_command_open_index(struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "indices"));
    int64_t added = 0;
    while (qd_json_next(&at)) {
        const struct qd_index_metadata *index = qd_cluster_state_index(command->state,
                                                                       qd_json_text(at.value));
        if (index != NULL && index->closed) {
            added += (int64_t)index->shard_count * (1 + (int64_t)index->replica_count);
        }
    }
    QD_TRY(qd_command_check_shard_limit(command, added, error));
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

/* Writes that wait for more copies than there are would wait for ever. */
static enum qd_status check_active_shards(const struct qd_index_metadata *index, struct qd_error *error)
{
    int64_t replicas = qd_settings_int(&index->settings, "index.number_of_replicas", 1);
    int64_t wanted = qd_settings_int(&index->settings, "index.write.wait_for_active_shards", 1);
    if (wanted <= replicas + 1) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "invalid index.write.wait_for_active_shards[%lld]: cannot be greater than number of "
                        "shard copies [%lld]",
                        (long long)wanted, (long long)replicas + 1);
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
    QD_TRY(check_active_shards(index, error));
    index->settings_version++;
    index->hidden = qd_settings_bool(&index->settings, "index.hidden", false);
    qd_resize_routing(command, index);
    return QD_OK;
}

/* Replicas that the settings add, over all indices of the command. */
static enum qd_status check_new_replicas(const struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "indices"));
    struct qd_setting_pair *pairs;
    struct qd_json_document document;
    int64_t replicas = -1, added = 0;
    size_t count = qd_settings_flatten(qd_json_get(command->body, "settings"), QD_SLICE("index."),
                                       command->arena, &pairs);
    for (size_t i = 0; i < count; i++) {
        if (!qd_slice_is(pairs[i].key, "index.number_of_replicas")) continue;
        QD_TRY(qd_json_parse(command->arena, pairs[i].json, &document, error));
        if (!qd_parse_int64(qd_json_text(document.root), &replicas)) replicas = -1;
    }
    while (replicas >= 0 && qd_json_next(&at)) {
        const struct qd_index_metadata *index = qd_cluster_state_index(command->state,
                                                                       qd_json_text(at.value));
        if (index == NULL) continue;
        added += (int64_t)index->shard_count * (replicas - (int64_t)index->replica_count);
    }
    return qd_command_check_shard_limit(command, added, error);
}

enum qd_status qd_command_put_index_settings(struct qd_command *command, struct qd_error *error)
{
    QD_TRY(check_new_replicas(command, error));
    return each_index(command, error, put_settings_one);
}
