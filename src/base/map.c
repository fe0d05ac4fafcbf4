#include "base/map.h"

#include <xxhash.h>

#include "base/assert.h"

uint64_t qd_hash(struct qd_slice bytes)
{
    return XXH3_64bits(bytes.size == 0 ? "" : bytes.data, bytes.size);
}

struct qd_map_entry *qd_map_find(const struct qd_map *map, struct qd_slice key)
{
    if (map->slot_count == 0) return NULL;
    uint64_t hash = qd_hash(key);
    size_t mask = map->slot_count - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        uint32_t slot = map->slots[i];
        if (slot == 0) return NULL;
        struct qd_map_entry *entry = &map->entries[slot - 1];
        if (!entry->removed && entry->hash == hash && qd_slice_equal(entry->key, key)) return entry;
    }
}

void *qd_map_get(const struct qd_map *map, struct qd_slice key)
{
    struct qd_map_entry *entry = qd_map_find(map, key);
    return entry == NULL ? NULL : entry->value;
}

static void rehash(struct qd_map *map)
{
    size_t wanted = map->slot_count == 0 ? 16 : map->slot_count * 2;
    map->slots = QD_NEW_ARRAY(map->arena, uint32_t, wanted);
    map->slot_count = wanted;
    for (size_t e = 0; e < map->entry_count; e++) {
        size_t i = (size_t)map->entries[e].hash & (wanted - 1);
        if (map->entries[e].removed) continue;
        while (map->slots[i] != 0) i = (i + 1) & (wanted - 1);
        map->slots[i] = (uint32_t)e + 1;
    }
}

struct qd_map_entry *qd_map_put(struct qd_map *map, struct qd_slice key, void *value)
{
    struct qd_map_entry *entry = qd_map_find(map, key);
    if (entry != NULL) {
        entry->value = value;
        return entry;
    }
    if ((map->entry_count + 1) * 4 > map->slot_count * 3) rehash(map);
    if (map->entry_count == map->entry_capacity) {
        size_t wanted = map->entry_capacity == 0 ? 8 : map->entry_capacity * 2;
        map->entries = qd_arena_grow(map->arena, map->entries, map->entry_capacity * sizeof(*map->entries),
                                     wanted * sizeof(*map->entries));
        map->entry_capacity = wanted;
    }
    qd_assert(map->entry_count < UINT32_MAX);
    entry = &map->entries[map->entry_count++];
    *entry =
        (struct qd_map_entry){ .key = qd_arena_copy(map->arena, key), .value = value, .hash = qd_hash(key) };
    size_t i = (size_t)entry->hash & (map->slot_count - 1);
    while (map->slots[i] != 0) i = (i + 1) & (map->slot_count - 1);
    map->slots[i] = (uint32_t)map->entry_count;
    map->live_count++;
    return entry;
}

bool qd_map_remove(struct qd_map *map, struct qd_slice key)
{
    struct qd_map_entry *entry = qd_map_find(map, key);
    if (entry == NULL) return false;
    entry->removed = true;
    entry->value = NULL;
    map->live_count--;
    return true;
}
