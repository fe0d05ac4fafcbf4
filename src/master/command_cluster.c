/* Commands about nodes, shards, cluster settings and other named things. */
#include "base/assert.h"
#include "base/vector.h"
#include "master/commands.h"

static struct qd_slice keep(struct qd_command *command, const struct qd_json *node, const char *name)
{
    const struct qd_json *value = qd_json_get(node, name);
    if (value == NULL) return (struct qd_slice){ 0 };
    return qd_arena_copy(command->state->arena, qd_json_text(value));
}

static const char allocation_failed[] = "ALLOCATION_FAILED";

/* index.allocation.max_retries when nobody has set it, and the pause after the first failure: the next
 * three are four times as long as the one before, and then they stay so. */
#define MAX_RETRIES_DEFAULT 5
#define RETRY_PAUSE_MS 250

int64_t qd_allocation_due_ms(const struct qd_index_metadata *index, const struct qd_shard_routing *shard)
{
    int64_t retries = qd_settings_int(&index->settings, "index.allocation.max_retries", MAX_RETRIES_DEFAULT);
    if (shard->failed_allocations == 0) return INT64_MIN;
    if (shard->failed_allocations >= retries) return INT64_MAX;
    unsigned doublings = 2 * (shard->failed_allocations < 4 ? shard->failed_allocations - 1 : 3);
    return shard->unassigned_at_ms + ((int64_t)RETRY_PAUSE_MS << doublings);
}

/* A wall clock that was set back does not keep a shard waiting. */
static bool may_allocate(const struct qd_index_metadata *index, const struct qd_shard_routing *shard,
                         int64_t now_ms)
{
    int64_t due_ms = qd_allocation_due_ms(index, shard);
    if (due_ms == INT64_MAX) return false;
    return due_ms <= now_ms || now_ms < shard->unassigned_at_ms;
}

/* A primary that does not begin empty has its data on the node that it had, and goes there. */
bool qd_room_for(const struct qd_node_info *node, const struct qd_shard_routing *shard)
{
    if (shard->primary && shard->allocation_id.data != NULL) return true;
    return node->room == QD_DISK_ROOM_FREE || (shard->primary && node->room == QD_DISK_ROOM_LOW);
}

void qd_allocate(struct qd_command *command, struct qd_index_metadata *index)
{
    struct qd_cluster_state *state = command->state;
    uint32_t copies = 1 + index->replica_count;
    for (uint32_t i = 0; i < index->shard_count * copies; i++) {
        struct qd_shard_routing *shard = &index->routing[i];
        const struct qd_shard_routing *first = &index->routing[i - i % copies];
        if (shard->state != QD_SHARD_UNASSIGNED) continue;
        if (!may_allocate(index, shard, command->event->now_ms)) continue;
        if (!shard->primary && first->state != QD_SHARD_STARTED) continue;
        for (size_t n = 0; n < state->node_count && shard->state == QD_SHARD_UNASSIGNED; n++) {
            bool taken = !state->nodes[n].data || !qd_room_for(&state->nodes[n], shard);
            for (uint32_t c = 0; c < copies; c++) {
                if (first[c].node_id.data != NULL && qd_slice_equal(first[c].node_id, state->nodes[n].id)) {
                    taken = true;
                }
            }
            if (taken) continue;
            shard->state = QD_SHARD_INITIALIZING;
            shard->node_id = qd_arena_copy(index->arena, state->nodes[n].id);
            if (shard->allocation_id.data == NULL) {
                /* 22 characters like every allocation id: the state's uuid with the shard's number woven in.
                 */
                char id[23];
                struct qd_slice uuid = command->event->state_uuid;
                memset(id, '0', 22);
                memcpy(id, uuid.data, uuid.size < 18 ? uuid.size : 18);
                for (unsigned d = 0; d < 4; d++) id[18 + d] = "0123456789abcdef"[(i >> (4 * (3 - d))) & 15];
                shard->allocation_id = qd_arena_copy(index->arena, qd_slice_make(id, 22));
            }
        }
    }
}

static struct qd_shard_routing *find_shard(struct qd_index_metadata *index, int64_t shard,
                                           struct qd_slice allocation)
{
    size_t count = (size_t)index->shard_count * (1 + index->replica_count);
    for (size_t i = 0; i < count; i++) {
        struct qd_shard_routing *at = &index->routing[i];
        if (at->shard == shard && at->allocation_id.data != NULL &&
            qd_slice_equal(at->allocation_id, allocation)) {
            return at;
        }
    }
    return NULL;
}

enum qd_status qd_command_shard_started(struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "shards"));
    (void)error;
    while (qd_json_next(&at)) {
        struct qd_slice name = qd_json_text(qd_json_get(at.value, "index"));
        struct qd_slice allocation = qd_json_text(qd_json_get(at.value, "allocation_id"));
        int64_t number = -1;
        struct qd_index_metadata *index = qd_cluster_state_index(command->state, name);
        qd_json_int64(qd_json_get(at.value, "shard"), &number);
        if (index == NULL || find_shard(index, number, allocation) == NULL) continue;
        if (find_shard(index, number, allocation)->state != QD_SHARD_INITIALIZING) continue;
        index = qd_command_edit_index(command, name);
        struct qd_shard_routing *shard = find_shard(index, number, allocation);
        shard->state = QD_SHARD_STARTED;
        shard->unassigned_reason = NULL;
        shard->unassigned_details = (struct qd_slice){ 0 };
        shard->failed_allocations = 0;
        qd_allocate(command, index);
    }
    return QD_OK;
}

enum qd_status qd_command_shard_failed(struct qd_command *command, struct qd_error *error)
{
    struct qd_slice name = qd_json_text(qd_json_get(command->body, "index"));
    struct qd_slice allocation = qd_json_text(qd_json_get(command->body, "allocation_id"));
    struct qd_slice message = qd_json_text(qd_json_get(command->body, "message"));
    int64_t number = -1;
    struct qd_index_metadata *index = qd_cluster_state_index(command->state, name);
    (void)error;
    qd_json_int64(qd_json_get(command->body, "shard"), &number);
    if (index == NULL || find_shard(index, number, allocation) == NULL) return QD_OK;
    if (find_shard(index, number, allocation)->state == QD_SHARD_UNASSIGNED) return QD_OK;
    index = qd_command_edit_index(command, name);
    struct qd_shard_routing *shard = find_shard(index, number, allocation);
    /* What a primary acknowledges after it was started again is told from what it had acknowledged before. */
    if (shard->primary && shard->state == QD_SHARD_STARTED) index->primary_terms[shard->shard]++;
    shard->unassigned_details = qd_arena_format(index->arena, "failed shard on node [%.*s]: %.*s",
                                                QD_SLICE_ARG(shard->node_id), QD_SLICE_ARG(message));
    shard->state = QD_SHARD_UNASSIGNED;
    shard->node_id = (struct qd_slice){ 0 };
    shard->unassigned_reason = allocation_failed;
    shard->unassigned_at_ms = command->event->now_ms;
    shard->failed_allocations++;
    return QD_OK;
}

/* True when something of the index can be assigned now that could not be before. */
static bool reroute_helps(const struct qd_index_metadata *index, int64_t now_ms)
{
    size_t count = (size_t)index->shard_count * (1 + index->replica_count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_shard_routing *shard = &index->routing[i];
        if (shard->state != QD_SHARD_UNASSIGNED || shard->failed_allocations == 0) continue;
        if (may_allocate(index, shard, now_ms)) return true;
    }
    return false;
}

enum qd_status qd_command_reroute(struct qd_command *command, struct qd_error *error)
{
    struct qd_cluster_state *state = command->state;
    (void)error;
    for (size_t i = 0; i < state->index_count; i++) {
        if (!reroute_helps(state->indices[i], command->event->now_ms)) continue;
        qd_allocate(command, qd_command_edit_index(command, state->indices[i]->name));
    }
    return QD_OK;
}

static bool waits_for_room(const struct qd_index_metadata *index)
{
    size_t count = (size_t)index->shard_count * (1 + index->replica_count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_shard_routing *shard = &index->routing[i];
        if (qd_shard_found_no_room(shard) && shard->failed_allocations == 0) return true;
    }
    return false;
}

/* Copies that are there stay when the room gets less; when it gets more those that waited are assigned. */
enum qd_status qd_command_node_room(struct qd_command *command, struct qd_error *error)
{
    static const char *const names[] = { "free", "low", "high" };
    struct qd_cluster_state *state = command->state;
    struct qd_slice id = qd_json_text(qd_json_get(command->body, "node"));
    struct qd_slice name = qd_json_text(qd_json_get(command->body, "room"));
    (void)error;
    for (size_t n = 0; n < state->node_count; n++) {
        for (size_t room = 0; qd_slice_equal(state->nodes[n].id, id) && room < 3; room++) {
            if (!qd_slice_is(name, names[room]) || state->nodes[n].room == room) continue;
            state->nodes[n].room = (enum qd_disk_room)room;
            state->nodes[n].room_reason = keep(command, command->body, "reason");
            command->changed = true;
        }
    }
    for (size_t i = 0; command->changed && i < state->index_count; i++) {
        if (!waits_for_room(state->indices[i])) continue;
        qd_allocate(command, qd_command_edit_index(command, state->indices[i]->name));
    }
    return QD_OK;
}

static bool has_role(const struct qd_json *node, const char *role)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(node, "roles"));
    while (qd_json_next(&at)) {
        if (qd_slice_is(qd_json_text(at.value), role)) return true;
    }
    return false;
}

static void read_node(struct qd_command *command, const struct qd_json *node, struct qd_node_info *info)
{
    struct qd_arena *arena = command->state->arena;
    const struct qd_json *attributes = qd_json_get(node, "attributes");
    struct qd_slice *pairs = QD_NEW_ARRAY(arena, struct qd_slice, qd_json_size(attributes) * 2);
    struct qd_json_iterator at = qd_json_iterate(attributes);
    *info = (struct qd_node_info){ .id = keep(command, node, "id"),
                                   .ephemeral_id = keep(command, node, "ephemeral_id"),
                                   .name = keep(command, node, "name"),
                                   .host = keep(command, node, "host"),
                                   .ip = keep(command, node, "ip"),
                                   .transport_address = keep(command, node, "transport_address"),
                                   .http_address = keep(command, node, "http_address"),
                                   .cluster_manager = has_role(node, "cluster_manager"),
                                   .data = has_role(node, "data"),
                                   .ingest = has_role(node, "ingest"),
                                   .remote_cluster_client = has_role(node, "remote_cluster_client"),
                                   .attributes = pairs };
    while (qd_json_next(&at)) {
        pairs[2 * info->attribute_count] = qd_arena_copy(arena, at.key);
        pairs[2 * info->attribute_count + 1] = qd_arena_copy(arena, qd_json_text(at.value));
        info->attribute_count++;
    }
}

/* The node that starts a cluster of one: it is the only node, the manager, and gets every shard copy that was
 * its own before. */
enum qd_status qd_command_node_started(struct qd_command *command, struct qd_error *error)
{
    struct qd_cluster_state *state = command->state;
    const struct qd_json *node = qd_json_get(command->body, "node");
    (void)error;
    state->nodes = QD_NEW_ARRAY(state->arena, struct qd_node_info, 1);
    state->node_count = 1;
    read_node(command, node, &state->nodes[0]);
    state->master_node_id = state->nodes[0].id;
    state->term++;
    state->recovered = true;
    command->changed = true;
    for (size_t i = 0; i < state->index_count; i++) {
        struct qd_index_metadata *index = qd_command_edit_index(command, state->indices[i]->name);
        size_t count = (size_t)index->shard_count * (1 + index->replica_count);
        for (size_t s = 0; s < count; s++) {
            struct qd_shard_routing *shard = &index->routing[s];
            bool was_ours = shard->node_id.data != NULL && qd_slice_equal(shard->node_id, state->nodes[0].id);
            shard->state = QD_SHARD_UNASSIGNED;
            shard->node_id = (struct qd_slice){ 0 };
            if (!was_ours) shard->allocation_id = (struct qd_slice){ 0 };
            shard->unassigned_reason = "CLUSTER_RECOVERED";
            shard->unassigned_details = (struct qd_slice){ 0 };
            shard->failed_allocations = 0;
            shard->unassigned_at_ms = command->event->now_ms;
        }
        qd_resize_routing(command, index);
        qd_allocate(command, index);
    }
    return QD_OK;
}

static bool change_settings(struct qd_command *command, struct qd_map *map, const struct qd_json *settings)
{
    struct qd_setting_pair *pairs;
    bool changed = false;
    size_t count = qd_settings_flatten(settings, (struct qd_slice){ 0 }, command->arena, &pairs);
    for (size_t i = 0; i < count; i++) {
        bool reset = qd_slice_is(pairs[i].json, "null");
        const struct qd_slice *old = qd_map_get(map, pairs[i].key);
        if (reset ? old == NULL : old != NULL && qd_slice_equal(*old, pairs[i].json)) continue;
        qd_state_map_put(map, command->state->arena, pairs[i].key,
                         reset ? (struct qd_slice){ 0 } : pairs[i].json);
        changed = true;
    }
    return changed;
}

enum qd_status qd_command_put_cluster_settings(struct qd_command *command, struct qd_error *error)
{
    (void)error;
    bool persistent = change_settings(command, &command->state->persistent_settings,
                                      qd_json_get(command->body, "persistent"));
    bool transient = change_settings(command, &command->state->transient_settings,
                                     qd_json_get(command->body, "transient"));
    command->changed = persistent || transient;
    return QD_OK;
}

enum qd_status qd_command_put_custom(struct qd_command *command, struct qd_error *error)
{
    struct qd_slice key = qd_command_text(command, command->body, "key");
    struct qd_slice value = qd_command_json(qd_json_get(command->body, "value"), command->arena);
    bool create = qd_json_boolean(qd_json_get(command->body, "create"));
    const struct qd_slice *old = qd_map_get(&command->state->customs, key);
    if (create && old != NULL) {
        return qd_error_set(error, QD_RESOURCE_ALREADY_EXISTS, "[%.*s] already exists", QD_SLICE_ARG(key));
    }
    if (old != NULL && qd_slice_equal(*old, value)) return QD_OK;
    qd_state_map_put(&command->state->customs, command->state->arena, key, value);
    command->changed = true;
    return QD_OK;
}

enum qd_status qd_command_delete_custom(struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "keys"));
    while (qd_json_next(&at)) {
        struct qd_slice key = qd_json_text(at.value);
        if (qd_map_get(&command->state->customs, key) == NULL) {
            return qd_error_set(error, QD_RESOURCE_NOT_FOUND, "[%.*s] missing", QD_SLICE_ARG(key));
        }
        qd_state_map_put(&command->state->customs, command->state->arena, key, (struct qd_slice){ 0 });
        command->changed = true;
    }
    return QD_OK;
}
