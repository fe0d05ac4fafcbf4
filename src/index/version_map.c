#include "index/version_map.h"

#include <string.h>

#include "base/map.h"

static uint32_t find_slot(const struct qd_version_map *map, struct qd_slice id, uint64_t hash)
{
    uint32_t mask = map->slot_count - 1;
    uint32_t at = (uint32_t)hash & mask;
    while (map->slots[at] != 0) {
        const struct qd_version_entry *entry = &map->entries[map->slots[at] - 1];
        if (entry->hash == hash && qd_slice_equal(entry->id, id)) break;
        at = (at + 1) & mask;
    }
    return at;
}

struct qd_version_entry *qd_version_map_find(const struct qd_version_map *map, struct qd_slice id)
{
    return map->live_count == 0 ? NULL : qd_version_map_find_hashed(map, id, qd_hash(id));
}

struct qd_version_entry *qd_version_map_find_hashed(const struct qd_version_map *map, struct qd_slice id,
                                                    uint64_t hash)
{
    if (map->live_count == 0) return NULL;
    uint32_t slot = map->slots[find_slot(map, id, hash)];
    if (slot == 0 || map->entries[slot - 1].removed) return NULL;
    return &map->entries[slot - 1];
}

static void grow(struct qd_version_map *map, uint32_t wanted)
{
    if (map->arena == NULL) map->arena = qd_arena_create(16 * 1024);
    map->entries = qd_arena_grow(map->arena, map->entries, map->entry_capacity * sizeof(*map->entries),
                                 wanted * sizeof(*map->entries));
    map->entry_capacity = wanted;
    map->slot_count = 64;
    while (map->slot_count < wanted * 2) map->slot_count *= 2;
    map->slots = qd_arena_zalloc(map->arena, map->slot_count * sizeof(*map->slots));
    for (uint32_t i = 0; i < map->entry_count; i++) {
        uint32_t at = (uint32_t)map->entries[i].hash & (map->slot_count - 1);
        while (map->slots[at] != 0) at = (at + 1) & (map->slot_count - 1);
        map->slots[at] = i + 1;
    }
}

void qd_version_map_reserve(struct qd_version_map *map, uint32_t count)
{
    if (count > map->entry_capacity) grow(map, count);
}

struct qd_version_entry *qd_version_map_put(struct qd_version_map *map, struct qd_slice id)
{
    return qd_version_map_put_hashed(map, id, qd_hash(id));
}

struct qd_version_entry *qd_version_map_put_hashed(struct qd_version_map *map, struct qd_slice id,
                                                   uint64_t hash)
{
    if (map->entry_count == map->entry_capacity) {
        grow(map, map->entry_capacity < 32 ? 32 : map->entry_capacity * 2);
    }
    uint32_t slot = find_slot(map, id, hash);
    if (map->slots[slot] != 0) {
        struct qd_version_entry *old = &map->entries[map->slots[slot] - 1];
        map->live_count += old->removed;
        *old = (struct qd_version_entry){ .id = old->id, .hash = hash };
        return old;
    }
    struct qd_version_entry *entry = &map->entries[map->entry_count++];
    *entry = (struct qd_version_entry){ .id = qd_arena_copy(map->arena, id), .hash = hash };
    map->slots[slot] = map->entry_count;
    map->live_count++;
    return entry;
}

bool qd_version_map_remove(struct qd_version_map *map, struct qd_slice id)
{
    struct qd_version_entry *entry = qd_version_map_find(map, id);
    if (entry == NULL) return false;
    entry->removed = true;
    map->live_count--;
    return true;
}

void qd_version_map_clear(struct qd_version_map *map)
{
    qd_arena_destroy(map->arena);
    *map = (struct qd_version_map){ 0 };
}

void qd_version_map_prune(struct qd_version_map *map, int64_t oldest_ms)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < map->entry_count; i++) {
        kept += !map->entries[i].removed && map->entries[i].time_ms >= oldest_ms;
    }
    if (kept == map->entry_count) return;
    struct qd_version_map fresh = { 0 };
    for (uint32_t i = 0; i < map->entry_count; i++) {
        const struct qd_version_entry *from = &map->entries[i];
        if (from->removed || from->time_ms < oldest_ms) continue;
        struct qd_version_entry *to = qd_version_map_put(&fresh, from->id);
        struct qd_slice id = to->id;
        *to = *from;
        to->id = id;
    }
    qd_version_map_clear(map);
    *map = fresh;
}

size_t qd_version_map_size(const struct qd_version_map *map)
{
    return map->arena == NULL ? 0 : qd_arena_size(map->arena);
}
