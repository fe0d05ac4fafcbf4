#include "master/cluster_state.h"

#include "base/assert.h"
#include "base/number.h"

#define STATE_ARENA_BLOCK 8192

struct qd_cluster_state *qd_cluster_state_retain(struct qd_cluster_state *state)
{
    qd_assert(state->references > 0);
    state->references++;
    return state;
}

void qd_cluster_state_release(struct qd_cluster_state *state)
{
    if (state == NULL) return;
    qd_assert(state->references > 0);
    if (--state->references > 0) return;
    for (size_t i = 0; i < state->index_count; i++) qd_index_metadata_release(state->indices[i]);
    qd_arena_destroy(state->arena);
}

void qd_index_metadata_retain(struct qd_index_metadata *index)
{
    qd_assert(index->references > 0);
    index->references++;
}

void qd_index_metadata_release(struct qd_index_metadata *index)
{
    if (index == NULL) return;
    qd_assert(index->references > 0);
    if (--index->references == 0) qd_arena_destroy(index->arena);
}

static struct qd_cluster_state *new_state(void)
{
    struct qd_arena *arena = qd_arena_create(STATE_ARENA_BLOCK);
    struct qd_cluster_state *state = QD_NEW(arena, struct qd_cluster_state);
    state->arena = arena;
    state->references = 1;
    qd_map_init(&state->persistent_settings, arena);
    qd_map_init(&state->transient_settings, arena);
    qd_map_init(&state->customs, arena);
    return state;
}

struct qd_cluster_state *qd_cluster_state_create(struct qd_slice cluster_name, struct qd_slice cluster_uuid)
{
    struct qd_cluster_state *state = new_state();
    state->cluster_name = qd_arena_copy(state->arena, cluster_name);
    state->cluster_uuid = qd_arena_copy(state->arena, cluster_uuid);
    return state;
}

static void copy_map(struct qd_map *to, struct qd_arena *arena, const struct qd_map *from)
{
    qd_map_init(to, arena);
    for (size_t i = 0; i < from->entry_count; i++) {
        const struct qd_map_entry *entry = &from->entries[i];
        if (entry->removed) continue;
        struct qd_slice *value = QD_NEW(arena, struct qd_slice);
        *value = qd_arena_copy(arena, *(const struct qd_slice *)entry->value);
        qd_map_put(to, entry->key, value);
    }
}

static struct qd_slice copy_text(struct qd_arena *arena, struct qd_slice text)
{
    return text.data == NULL ? text : qd_arena_copy(arena, text);
}

static void copy_nodes(struct qd_cluster_state *to, const struct qd_cluster_state *from)
{
    struct qd_arena *arena = to->arena;
    to->node_count = from->node_count;
    to->nodes = QD_NEW_ARRAY(arena, struct qd_node_info, from->node_count);
    for (size_t i = 0; i < from->node_count; i++) {
        const struct qd_node_info *node = &from->nodes[i];
        struct qd_slice *attributes = QD_NEW_ARRAY(arena, struct qd_slice, node->attribute_count * 2);
        to->nodes[i] = *node;
        to->nodes[i].id = copy_text(arena, node->id);
        to->nodes[i].ephemeral_id = copy_text(arena, node->ephemeral_id);
        to->nodes[i].name = copy_text(arena, node->name);
        to->nodes[i].host = copy_text(arena, node->host);
        to->nodes[i].ip = copy_text(arena, node->ip);
        to->nodes[i].transport_address = copy_text(arena, node->transport_address);
        to->nodes[i].http_address = copy_text(arena, node->http_address);
        to->nodes[i].room_reason = copy_text(arena, node->room_reason);
        for (size_t a = 0; a < node->attribute_count * 2; a++) {
            attributes[a] = copy_text(arena, node->attributes[a]);
        }
        to->nodes[i].attributes = attributes;
    }
}

struct qd_cluster_state *qd_cluster_state_copy(const struct qd_cluster_state *state,
                                               struct qd_slice state_uuid)
{
    struct qd_cluster_state *copy = new_state();
    struct qd_arena *arena = copy->arena;
    copy->cluster_name = copy_text(arena, state->cluster_name);
    copy->cluster_uuid = copy_text(arena, state->cluster_uuid);
    copy->state_uuid = copy_text(arena, state_uuid);
    copy->version = state->version + 1;
    copy->term = state->term;
    copy->master_node_id = copy_text(arena, state->master_node_id);
    copy->recovered = state->recovered;
    copy_nodes(copy, state);
    copy->index_count = state->index_count;
    copy->indices = QD_NEW_ARRAY(arena, struct qd_index_metadata *, state->index_count + 1);
    for (size_t i = 0; i < state->index_count; i++) {
        copy->indices[i] = state->indices[i];
        qd_index_metadata_retain(copy->indices[i]);
    }
    copy_map(&copy->persistent_settings, arena, &state->persistent_settings);
    copy_map(&copy->transient_settings, arena, &state->transient_settings);
    copy_map(&copy->customs, arena, &state->customs);
    return copy;
}

static void copy_aliases(struct qd_index_metadata *to, const struct qd_index_metadata *from)
{
    qd_map_init(&to->aliases, to->arena);
    for (size_t i = 0; i < from->aliases.entry_count; i++) {
        if (from->aliases.entries[i].removed) continue;
        const struct qd_alias *old = from->aliases.entries[i].value;
        struct qd_alias *alias = QD_NEW(to->arena, struct qd_alias);
        *alias = *old;
        alias->name = copy_text(to->arena, old->name);
        alias->filter = copy_text(to->arena, old->filter);
        alias->index_routing = copy_text(to->arena, old->index_routing);
        alias->search_routing = copy_text(to->arena, old->search_routing);
        qd_map_put(&to->aliases, alias->name, alias);
    }
}

struct qd_index_metadata *qd_index_metadata_copy(const struct qd_index_metadata *index)
{
    struct qd_arena *arena = qd_arena_create(STATE_ARENA_BLOCK);
    struct qd_index_metadata *copy = QD_NEW(arena, struct qd_index_metadata);
    size_t routing_count = (size_t)index->shard_count * (1 + index->replica_count);
    *copy = *index;
    copy->arena = arena;
    copy->references = 1;
    copy->name = copy_text(arena, index->name);
    copy->uuid = copy_text(arena, index->uuid);
    copy->mapping = copy_text(arena, index->mapping);
    copy_map(&copy->settings, arena, &index->settings);
    copy_aliases(copy, index);
    copy->primary_terms = QD_NEW_ARRAY(arena, int64_t, index->shard_count);
    memcpy(copy->primary_terms, index->primary_terms, sizeof(int64_t) * index->shard_count);
    copy->routing = QD_NEW_ARRAY(arena, struct qd_shard_routing, routing_count);
    for (size_t i = 0; i < routing_count; i++) {
        copy->routing[i] = index->routing[i];
        copy->routing[i].node_id = copy_text(arena, index->routing[i].node_id);
        copy->routing[i].allocation_id = copy_text(arena, index->routing[i].allocation_id);
        copy->routing[i].unassigned_details = copy_text(arena, index->routing[i].unassigned_details);
    }
    return copy;
}

/* The place of `name`, or where it belongs. */
static size_t index_place(const struct qd_cluster_state *state, struct qd_slice name, bool *found)
{
    size_t low = 0;
    size_t high = state->index_count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = qd_slice_compare(state->indices[middle]->name, name);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct qd_index_metadata *qd_cluster_state_index(const struct qd_cluster_state *state, struct qd_slice name)
{
    bool found;
    size_t place = index_place(state, name, &found);
    return found ? state->indices[place] : NULL;
}

void qd_cluster_state_put_index(struct qd_cluster_state *state, struct qd_index_metadata *index)
{
    bool found;
    size_t place = index_place(state, index->name, &found);
    if (found) {
        qd_index_metadata_release(state->indices[place]);
        state->indices[place] = index;
        return;
    }
    struct qd_index_metadata **grown = QD_NEW_ARRAY(state->arena, struct qd_index_metadata *,
                                                    state->index_count + 1);
    for (size_t i = 0; i < place; i++) grown[i] = state->indices[i];
    grown[place] = index;
    for (size_t i = place; i < state->index_count; i++) grown[i + 1] = state->indices[i];
    state->indices = grown;
    state->index_count++;
}

void qd_cluster_state_remove_index(struct qd_cluster_state *state, struct qd_slice name)
{
    bool found;
    size_t place = index_place(state, name, &found);
    qd_assert(found);
    qd_index_metadata_release(state->indices[place]);
    for (size_t i = place; i + 1 < state->index_count; i++) state->indices[i] = state->indices[i + 1];
    state->index_count--;
}

void qd_state_map_put(struct qd_map *map, struct qd_arena *arena, struct qd_slice key, struct qd_slice json)
{
    struct qd_map fresh;
    bool placed = json.data == NULL;
    struct qd_slice *value = NULL;
    qd_map_init(&fresh, arena);
    if (!placed) {
        value = QD_NEW(arena, struct qd_slice);
        *value = qd_arena_copy(arena, json);
    }
    if (!placed && qd_map_find(map, key) != NULL) {
        qd_map_put(map, key, value);
        return;
    }
    for (size_t i = 0; i < map->entry_count; i++) {
        const struct qd_map_entry *entry = &map->entries[i];
        if (entry->removed || qd_slice_equal(entry->key, key)) continue;
        if (!placed && qd_slice_compare(key, entry->key) < 0) {
            qd_map_put(&fresh, key, value);
            placed = true;
        }
        qd_map_put(&fresh, entry->key, entry->value);
    }
    if (!placed) qd_map_put(&fresh, key, value);
    *map = fresh;
}

bool qd_shard_found_no_room(const struct qd_shard_routing *shard)
{
    return shard->primary && shard->state == QD_SHARD_UNASSIGNED && shard->allocation_id.data == NULL;
}

int qd_index_health(const struct qd_index_metadata *index, struct qd_shard_counts *counts)
{
    int health = 0;
    size_t count = (size_t)index->shard_count * (1 + index->replica_count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_shard_routing *shard = &index->routing[i];
        bool active = shard->state == QD_SHARD_STARTED || shard->state == QD_SHARD_RELOCATING;
        if (active) {
            counts->active++;
            if (shard->primary) counts->active_primary++;
            if (shard->state == QD_SHARD_RELOCATING) counts->relocating++;
            continue;
        }
        if (shard->state == QD_SHARD_INITIALIZING) {
            counts->initializing++;
        } else {
            counts->unassigned++;
        }
        if (shard->primary) {
            /* A primary that never was started makes the index yellow while it is being created, red when it
             * has no place or was lost. */
            bool fresh = shard->unassigned_reason != NULL &&
                         strcmp(shard->unassigned_reason, "INDEX_CREATED") == 0;
            int primary_health = fresh && !qd_shard_found_no_room(shard) ? 1 : 2;
            if (primary_health > health) health = primary_health;
        } else if (health < 1) {
            health = 1;
        }
    }
    return health;
}
