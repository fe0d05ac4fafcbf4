/* The cluster state as JSON text for the disk. spec/formats/cluster_state.md describes it. */
#include "base/assert.h"
#include "base/buffer.h"
#include "master/cluster_state.h"

static const char *const shard_state_names[] = { "UNASSIGNED", "INITIALIZING", "STARTED", "RELOCATING" };
static const char *const unassigned_reasons[] = { "INDEX_CREATED",      "CLUSTER_RECOVERED", "INDEX_REOPENED",
                                                  "REPLICA_ADDED",      "ALLOCATION_FAILED", "NODE_LEFT",
                                                  "DANGLING_INDEX_IMPORTED", "EXISTING_INDEX_RESTORED",
                                                  "REROUTE_CANCELLED" };

static void write_texts(struct qd_json_writer *writer, const char *name, const struct qd_map *map)
{
    qd_json_member_object(writer, name);
    for (size_t i = 0; i < map->entry_count; i++) {
        if (map->entries[i].removed) continue;
        qd_json_name_slice(writer, map->entries[i].key);
        qd_json_raw(writer, *(const struct qd_slice *)map->entries[i].value);
    }
    qd_json_end_object(writer);
}

static void write_optional(struct qd_json_writer *writer, const char *name, struct qd_slice text)
{
    if (text.data != NULL) qd_json_member_string(writer, name, text);
}

static void write_alias(struct qd_json_writer *writer, const struct qd_alias *alias)
{
    qd_json_name_slice(writer, alias->name);
    qd_json_begin_object(writer);
    if (alias->filter.data != NULL) {
        qd_json_name(writer, "filter");
        qd_json_raw(writer, alias->filter);
    }
    write_optional(writer, "index_routing", alias->index_routing);
    write_optional(writer, "search_routing", alias->search_routing);
    if (alias->is_write_index != QD_UNSET) {
        qd_json_member_bool(writer, "is_write_index", alias->is_write_index == QD_YES);
    }
    if (alias->is_hidden != QD_UNSET) qd_json_member_bool(writer, "is_hidden", alias->is_hidden == QD_YES);
    qd_json_end_object(writer);
}

static void write_shard(struct qd_json_writer *writer, const struct qd_shard_routing *shard)
{
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "shard", shard->shard);
    qd_json_member_bool(writer, "primary", shard->primary);
    qd_json_member_text(writer, "state", shard_state_names[shard->state]);
    write_optional(writer, "node", shard->node_id);
    write_optional(writer, "allocation_id", shard->allocation_id);
    if (shard->unassigned_reason != NULL) {
        qd_json_member_text(writer, "reason", shard->unassigned_reason);
        qd_json_member_int(writer, "at", shard->unassigned_at_ms);
        write_optional(writer, "details", shard->unassigned_details);
        if (shard->failed_allocations > 0) {
            qd_json_member_int(writer, "failed_allocations", shard->failed_allocations);
        }
    }
    qd_json_end_object(writer);
}

static void write_index(struct qd_json_writer *writer, const struct qd_index_metadata *index)
{
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "name", index->name);
    qd_json_member_string(writer, "uuid", index->uuid);
    qd_json_member_int(writer, "version", index->version);
    qd_json_member_int(writer, "mapping_version", index->mapping_version);
    qd_json_member_int(writer, "settings_version", index->settings_version);
    qd_json_member_int(writer, "aliases_version", index->aliases_version);
    qd_json_member_int(writer, "creation_date", index->creation_date_ms);
    qd_json_member_int(writer, "shards", index->shard_count);
    qd_json_member_int(writer, "replicas", index->replica_count);
    qd_json_member_int(writer, "routing_shards", index->routing_shard_count);
    qd_json_member_int(writer, "routing_partition_size", index->routing_partition_size);
    qd_json_member_bool(writer, "closed", index->closed);
    qd_json_member_bool(writer, "hidden", index->hidden);
    write_texts(writer, "settings", &index->settings);
    qd_json_name(writer, "mapping");
    qd_json_raw(writer, index->mapping);
    qd_json_member_object(writer, "aliases");
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        if (!index->aliases.entries[i].removed) write_alias(writer, index->aliases.entries[i].value);
    }
    qd_json_end_object(writer);
    qd_json_member_array(writer, "primary_terms");
    for (uint32_t i = 0; i < index->shard_count; i++) qd_json_int(writer, index->primary_terms[i]);
    qd_json_end_array(writer);
    qd_json_member_array(writer, "routing");
    for (uint32_t i = 0; i < index->shard_count * (1 + index->replica_count); i++) {
        write_shard(writer, &index->routing[i]);
    }
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}

void qd_cluster_state_encode(const struct qd_cluster_state *state, struct qd_buffer *buffer)
{
    struct qd_json_writer writer = { .out = buffer };
    qd_json_begin_object(&writer);
    qd_json_member_int(&writer, "format", 1);
    qd_json_member_string(&writer, "cluster_name", state->cluster_name);
    qd_json_member_string(&writer, "cluster_uuid", state->cluster_uuid);
    qd_json_member_string(&writer, "state_uuid", state->state_uuid);
    qd_json_member_int(&writer, "version", state->version);
    qd_json_member_int(&writer, "term", state->term);
    write_texts(&writer, "persistent", &state->persistent_settings);
    write_texts(&writer, "customs", &state->customs);
    qd_json_member_array(&writer, "indices");
    for (size_t i = 0; i < state->index_count; i++) write_index(&writer, state->indices[i]);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
}

/* Reading: `ok` turns false at the first thing that is not as it was written. */
struct decoder {
    bool ok;
};

static int64_t read_int(struct decoder *decoder, const struct qd_json *node, const char *name)
{
    int64_t value = 0;
    if (!qd_json_int64(qd_json_get(node, name), &value)) decoder->ok = false;
    return value;
}

static struct qd_slice read_text(struct decoder *decoder, const struct qd_json *node, const char *name,
                                 struct qd_arena *arena)
{
    const struct qd_json *value = qd_json_get(node, name);
    if (!qd_json_is_string(value)) decoder->ok = false;
    return qd_arena_copy(arena, qd_json_text(value));
}

static struct qd_slice read_optional(const struct qd_json *node, const char *name, struct qd_arena *arena)
{
    const struct qd_json *value = qd_json_get(node, name);
    return value == NULL ? (struct qd_slice){ 0 } : qd_arena_copy(arena, qd_json_text(value));
}

static void read_texts(struct decoder *decoder, const struct qd_json *node, struct qd_arena *arena,
                       struct qd_map *map)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    qd_map_init(map, arena);
    if (!qd_json_is_object(node)) decoder->ok = false;
    while (qd_json_next(&at)) {
        struct qd_slice *value = QD_NEW(arena, struct qd_slice);
        *value = qd_json_node_text(at.value, arena);
        qd_map_put(map, at.key, value);
    }
}

static enum qd_tristate read_tristate(const struct qd_json *node, const char *name)
{
    const struct qd_json *value = qd_json_get(node, name);
    if (value == NULL) return QD_UNSET;
    return qd_json_boolean(value) ? QD_YES : QD_NO;
}

static void read_aliases(const struct qd_json *node, struct qd_index_metadata *index)
{
    struct qd_json_iterator at = qd_json_iterate(node);
    qd_map_init(&index->aliases, index->arena);
    while (qd_json_next(&at)) {
        struct qd_alias *alias = QD_NEW(index->arena, struct qd_alias);
        const struct qd_json *filter = qd_json_get(at.value, "filter");
        alias->name = qd_arena_copy(index->arena, at.key);
        if (filter != NULL) alias->filter = qd_json_node_text(filter, index->arena);
        alias->index_routing = read_optional(at.value, "index_routing", index->arena);
        alias->search_routing = read_optional(at.value, "search_routing", index->arena);
        alias->is_write_index = read_tristate(at.value, "is_write_index");
        alias->is_hidden = read_tristate(at.value, "is_hidden");
        qd_map_put(&index->aliases, alias->name, alias);
    }
}

static void read_shard(struct decoder *decoder, const struct qd_json *node, struct qd_arena *arena,
                       struct qd_shard_routing *shard)
{
    struct qd_slice state = qd_json_text(qd_json_get(node, "state"));
    struct qd_slice reason = qd_json_text(qd_json_get(node, "reason"));
    bool known = false;
    shard->shard = (uint32_t)read_int(decoder, node, "shard");
    shard->primary = qd_json_boolean(qd_json_get(node, "primary"));
    for (size_t i = 0; i < 4; i++) {
        if (!qd_slice_is(state, shard_state_names[i])) continue;
        shard->state = (enum qd_shard_state)i;
        known = true;
    }
    if (!known) decoder->ok = false;
    shard->node_id = read_optional(node, "node", arena);
    shard->allocation_id = read_optional(node, "allocation_id", arena);
    for (size_t i = 0; i < sizeof(unassigned_reasons) / sizeof(unassigned_reasons[0]); i++) {
        if (qd_slice_is(reason, unassigned_reasons[i])) shard->unassigned_reason = unassigned_reasons[i];
    }
    if (shard->unassigned_reason != NULL) shard->unassigned_at_ms = read_int(decoder, node, "at");
    shard->unassigned_details = read_optional(node, "details", arena);
    if (qd_json_get(node, "failed_allocations") != NULL) {
        int64_t failed = read_int(decoder, node, "failed_allocations");
        if (failed < 0 || failed > INT32_MAX) decoder->ok = false;
        shard->failed_allocations = (uint32_t)failed;
    }
}

static void read_routing(struct decoder *decoder, const struct qd_json *node, struct qd_index_metadata *index)
{
    size_t count = (size_t)index->shard_count * (1 + index->replica_count);
    struct qd_json_iterator term = qd_json_iterate(qd_json_get(node, "primary_terms"));
    struct qd_json_iterator shard = qd_json_iterate(qd_json_get(node, "routing"));
    if (qd_json_size(qd_json_get(node, "primary_terms")) != index->shard_count) decoder->ok = false;
    if (qd_json_size(qd_json_get(node, "routing")) != count) decoder->ok = false;
    if (!decoder->ok) return;
    index->primary_terms = QD_NEW_ARRAY(index->arena, int64_t, index->shard_count);
    index->routing = QD_NEW_ARRAY(index->arena, struct qd_shard_routing, count);
    for (uint32_t i = 0; qd_json_next(&term); i++) {
        if (!qd_json_int64(term.value, &index->primary_terms[i])) decoder->ok = false;
    }
    for (size_t i = 0; qd_json_next(&shard); i++) {
        read_shard(decoder, shard.value, index->arena, &index->routing[i]);
    }
}

static struct qd_index_metadata *read_index(struct decoder *decoder, const struct qd_json *node)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_index_metadata *index = QD_NEW(arena, struct qd_index_metadata);
    index->arena = arena;
    index->references = 1;
    index->name = read_text(decoder, node, "name", arena);
    index->uuid = read_text(decoder, node, "uuid", arena);
    index->version = read_int(decoder, node, "version");
    index->mapping_version = read_int(decoder, node, "mapping_version");
    index->settings_version = read_int(decoder, node, "settings_version");
    index->aliases_version = read_int(decoder, node, "aliases_version");
    index->creation_date_ms = read_int(decoder, node, "creation_date");
    int64_t shards = read_int(decoder, node, "shards");
    int64_t replicas = read_int(decoder, node, "replicas");
    if (shards < 1 || shards > 1024 || replicas < 0 || replicas > 1000) decoder->ok = false;
    index->shard_count = (uint32_t)shards;
    index->replica_count = (uint32_t)replicas;
    index->routing_shard_count = (uint32_t)read_int(decoder, node, "routing_shards");
    index->routing_partition_size = (uint32_t)read_int(decoder, node, "routing_partition_size");
    index->closed = qd_json_boolean(qd_json_get(node, "closed"));
    index->hidden = qd_json_boolean(qd_json_get(node, "hidden"));
    read_texts(decoder, qd_json_get(node, "settings"), arena, &index->settings);
    index->mapping = qd_json_node_text(qd_json_get(node, "mapping"), arena);
    read_aliases(qd_json_get(node, "aliases"), index);
    if (decoder->ok) read_routing(decoder, node, index);
    return index;
}

enum qd_status qd_cluster_state_decode(struct qd_slice bytes, struct qd_cluster_state **result,
                                       struct qd_error *error)
{
    struct qd_arena *scratch = qd_arena_create(bytes.size + 4096);
    struct qd_json_document document;
    struct decoder decoder = { true };
    enum qd_status status = qd_json_parse(scratch, bytes, &document, error);
    if (status != QD_OK) {
        qd_arena_destroy(scratch);
        return qd_error_wrap(error, QD_CORRUPTION, "cluster state cannot be read");
    }
    struct qd_cluster_state *state = qd_cluster_state_create(
        qd_json_text(qd_json_get(document.root, "cluster_name")),
        qd_json_text(qd_json_get(document.root, "cluster_uuid")));
    if (read_int(&decoder, document.root, "format") != 1) decoder.ok = false;
    state->state_uuid = read_text(&decoder, document.root, "state_uuid", state->arena);
    state->version = read_int(&decoder, document.root, "version");
    state->term = read_int(&decoder, document.root, "term");
    read_texts(&decoder, qd_json_get(document.root, "persistent"), state->arena, &state->persistent_settings);
    read_texts(&decoder, qd_json_get(document.root, "customs"), state->arena, &state->customs);
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(document.root, "indices"));
    while (decoder.ok && qd_json_next(&at)) {
        struct qd_index_metadata *index = read_index(&decoder, at.value);
        if (decoder.ok) {
            qd_cluster_state_put_index(state, index);
        } else {
            qd_index_metadata_release(index);
        }
    }
    qd_arena_destroy(scratch);
    if (!decoder.ok) {
        qd_cluster_state_release(state);
        return qd_error_set(error, QD_CORRUPTION, "cluster state cannot be read: not as it was written");
    }
    *result = state;
    return QD_OK;
}
