/* A hash map from byte strings to pointers that iterates in insertion order.
 *
 * Used for names: fields, indices, settings, parameters. All memory lives in the arena given at creation,
 * keys are copied into it. Iteration order never depends on the hash, so output is deterministic.
 */
#ifndef QD_BASE_MAP_H
#define QD_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* One entry; `value` may be changed by the caller. */
struct qd_map_entry {
    struct qd_slice key; /* in the map's arena */
    void *value;         /* the caller's; NULL after qd_map_remove */
    uint64_t hash;       /* of the key */
    bool removed;        /* skip this one when iterating */
};

/* Iterate with: for (size_t i = 0; i < map.entry_count; i++) if (!map.entries[i].removed) ... */
struct qd_map {
    struct qd_arena *arena;
    struct qd_map_entry *entries; /* entries[entry_count], in order of insertion */
    size_t entry_count;           /* including removed ones */
    size_t entry_capacity;
    uint32_t *slots;              /* slots[slot_count], 1 + entry index, 0 free */
    size_t slot_count;            /* a power of two, or 0 */
    size_t live_count;            /* entries that are not removed */
};

/* Makes an empty map; no memory is taken before the first put. */
static inline void qd_map_init(struct qd_map *map, struct qd_arena *arena)
{
    *map = (struct qd_map){ .arena = arena };
}

/* The value of `key`, or NULL. */
void *qd_map_get(const struct qd_map *map, struct qd_slice key);

/* The entry of `key`, or NULL; tells a NULL value from a missing key. */
struct qd_map_entry *qd_map_find(const struct qd_map *map, struct qd_slice key);

/* Sets `key` to `value`; an old value is replaced in its old place. Returns the entry. */
struct qd_map_entry *qd_map_put(struct qd_map *map, struct qd_slice key, void *value);

/* Removes `key`; true when it was there. */
bool qd_map_remove(struct qd_map *map, struct qd_slice key);

/* 64-bit hash of bytes (XXH3), the same on every machine and in every run. */
uint64_t qd_hash(struct qd_slice bytes);

#endif
