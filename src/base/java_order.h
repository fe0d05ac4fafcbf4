/* The order in which a java.util.HashMap or HashSet of strings iterates.
 *
 * The reference prints many answers straight out of hash maps. Their order is fixed by String.hashCode, the
 * size of the table and the order of insertion, so it can be given again. Used by settings, field mappings
 * and lists of indices. Source: the documented hash of java.lang.String; java.util.HashMap of Java 21 (tables
 * of powers of two, load factor 0.75).
 */
#ifndef QD_BASE_JAVA_ORDER_H
#define QD_BASE_JAVA_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* String.hashCode: over UTF-16 units. */
uint32_t qd_java_string_hash(struct qd_slice text);

/* order[count], in `arena`: the places of keys[count] (given in order of insertion, all different) as a
 * HashMap iterates them. `capacity` is the initial table size that the map was made with; 16 when it was made
 * without one. */
size_t *qd_java_map_order(struct qd_arena *arena, const struct qd_slice *keys, size_t count, size_t capacity);

/* The same for keys whose hash codes are given. */
size_t *qd_java_hash_order(struct qd_arena *arena, const uint32_t *hashes, size_t count, size_t capacity);

/* The order in which the reference's CopyOnWriteHashMap of strings iterates: a trie by six bits of the hash
 * at a time, whose nodes give the keys that they hold alone before those that share a slot. Keys of one hash
 * come as they are given. */
size_t *qd_java_trie_order(struct qd_arena *arena, const struct qd_slice *keys, size_t count);

#endif
