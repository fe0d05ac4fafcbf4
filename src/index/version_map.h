/* Versions of recent ids: a hash table from _id to what the engine must know of it.
 *
 * Used by the engine twice: for documents of the index buffer, and for tombstones (deletes that are kept for
 * gc_deletes). Lane only. Source: OpenSearch LiveVersionMap (idea).
 */
#ifndef QD_INDEX_VERSION_MAP_H
#define QD_INDEX_VERSION_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* One id. */
struct qd_version_entry {
    struct qd_slice id;  /* in the map's arena */
    uint64_t hash;       /* of the id */
    int64_t version;
    int64_t seq_no;
    int64_t term;
    int64_t time_ms;     /* tombstones: when it was deleted (monotonic) */
    uint32_t doc;        /* buffer document; not used by tombstones */
    bool removed;        /* the id is not in the map any more */
};

struct qd_version_map {
    struct qd_arena *arena;           /* the map's own; NULL before the first put */
    struct qd_version_entry *entries; /* entries[entry_count], in order of insertion, removed ones too */
    uint32_t entry_count;
    uint32_t entry_capacity;
    uint32_t *slots;                  /* 1 + entry, 0 free */
    uint32_t slot_count;
    uint32_t live_count;
};

/* The entry of `id`, or NULL. Valid until the next put. */
struct qd_version_entry *qd_version_map_find(const struct qd_version_map *map, struct qd_slice id);

/* The entry of `id`, added when new (fields zero but id and hash). Valid until the next put. */
struct qd_version_entry *qd_version_map_put(struct qd_version_map *map, struct qd_slice id);

/* The same two with the id's qd_hash. */
struct qd_version_entry *qd_version_map_find_hashed(const struct qd_version_map *map, struct qd_slice id,
                                                    uint64_t hash);
struct qd_version_entry *qd_version_map_put_hashed(struct qd_version_map *map, struct qd_slice id,
                                                   uint64_t hash);

/* Asks the memory for what a look-up of this hash reads first. */
static inline void qd_version_map_expect(const struct qd_version_map *map, uint64_t hash)
{
    if (map->slot_count > 0) __builtin_prefetch(&map->slots[(uint32_t)hash & (map->slot_count - 1)]);
}

/* Room for `count` ids in a map that is empty yet. */
void qd_version_map_reserve(struct qd_version_map *map, uint32_t count);

/* Removes `id`; true when it was there. */
bool qd_version_map_remove(struct qd_version_map *map, struct qd_slice id);

/* Forgets everything and gives the memory back. */
void qd_version_map_clear(struct qd_version_map *map);

/* Drops entries with time_ms < oldest_ms and the space of removed ones. */
void qd_version_map_prune(struct qd_version_map *map, int64_t oldest_ms);

/* Bytes held. */
size_t qd_version_map_size(const struct qd_version_map *map);

#endif
