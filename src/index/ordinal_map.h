/* Ordinals of a keyword column that hold for a whole snapshot.
 *
 * Every segment numbers its own terms. A map merges the dictionaries of all segments of a snapshot once: it
 * gives each distinct term one number, in byte order, so that counts of segments can be added by number and a
 * term's bytes are read only for the few that are shown. Building one reads every term of every segment,
 * which pays for requests that meet many terms and not for those that meet few. So a map is only built when
 * requests on this snapshot have looked up as many terms by their bytes as building costs.
 *
 * Used by aggregations. Call order: qd_ordinal_map_get() at the start of a request; without a map,
 * qd_ordinal_map_spent() at its end. Any thread. Memory: a map lives as long as its snapshot. Source:
 * OpenSearch GlobalOrdinalsBuilder, Lucene OrdinalMap.
 */
#ifndef QD_INDEX_ORDINAL_MAP_H
#define QD_INDEX_ORDINAL_MAP_H

#include "base/breaker.h"
#include "codec/columns.h"
#include "index/engine.h"

/* Fields of one snapshot that can have a map; the others do without. */
#define QD_ORDINAL_MAP_FIELDS_MAX 64

/* The maps of a snapshot. Opaque. */
struct qd_ordinal_maps;

/* Where a number's term is read. */
struct qd_ordinal_place {
    uint32_t segment; /* of the snapshot */
    uint32_t ordinal; /* in its column */
};

/* One map. Immutable. */
struct qd_ordinal_map {
    uint32_t term_count;                           /* distinct terms; a number is less */
    const uint32_t *const *numbers;                /* numbers[segment][ordinal], ascending; NULL: no column */
    const struct qd_ordinal_place *places;         /* places[term_count] */
    const struct qd_ordinal_column *const *columns; /* columns[segment]; NULL: none */
};

/* What a request asked for, by which it tells what it spent. Opaque. */
struct qd_ordinal_map_entry;

/* The map of `field`, built when it is due; *map NULL: there is none (now). *entry NULL: there will not be
 * one. `breaker` is the one of field data, which outlives the snapshot; when it refuses, there is no map.
 * Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_ordinal_map_get(const struct qd_snapshot *snapshot, struct qd_slice field,
                                             struct qd_breaker *breaker, struct qd_ordinal_map_entry **entry,
                                             const struct qd_ordinal_map **map, struct qd_error *error);

/* Adds terms that a request has looked up by their bytes. */
void qd_ordinal_map_spent(struct qd_ordinal_map_entry *entry, uint64_t terms);

/* The term of a number, decoded into `arena` or a view of the column. */
struct qd_slice qd_ordinal_map_term(const struct qd_ordinal_map *map, uint32_t number,
                                    struct qd_arena *arena);

/* No maps yet, in the snapshot's arena; gives back all that was built. For held_segment.c. */
struct qd_ordinal_maps *qd_ordinal_maps_create(struct qd_arena *arena);
void qd_ordinal_maps_release(struct qd_ordinal_maps *maps);

#endif
