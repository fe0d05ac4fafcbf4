/* Fixed-size bitsets over 64-bit words.
 *
 * Used for live documents, windows of matches and sets of ordinals. Bits beyond `size` in the last word are
 * always 0. Functions that take two bitsets need equal sizes.
 */
#ifndef QD_BASE_BITSET_H
#define QD_BASE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* What qd_bitset_next gives when there is no further bit. */
#define QD_BITSET_NONE SIZE_MAX

/* `words[(size + 63) / 64]`; bit i is words[i / 64] >> (i % 64) & 1. */
struct qd_bitset {
    uint64_t *words; /* in the arena it was made from, or the caller's */
    size_t size;     /* bits */
};

/* Words that `size` bits need. */
static inline size_t qd_bitset_word_count(size_t size)
{
    return size / 64 + (size % 64 != 0);
}

/* A bitset of `size` bits, all clear. Memory: the arena's. */
struct qd_bitset qd_bitset_make(struct qd_arena *arena, size_t size);

/* A copy. Memory: the arena's. */
struct qd_bitset qd_bitset_copy(struct qd_arena *arena, const struct qd_bitset *from);

/* Bit `index`; index < size. */
static inline bool qd_bitset_get(const struct qd_bitset *bitset, size_t index)
{
    return (bitset->words[index >> 6] >> (index & 63) & 1) != 0;
}

/* Sets bit `index`; index < size. */
static inline void qd_bitset_set(struct qd_bitset *bitset, size_t index)
{
    bitset->words[index >> 6] |= (uint64_t)1 << (index & 63);
}

/* Clears bit `index`; index < size. */
static inline void qd_bitset_clear(struct qd_bitset *bitset, size_t index)
{
    bitset->words[index >> 6] &= ~((uint64_t)1 << (index & 63));
}

/* Sets or clears all bits. */
void qd_bitset_set_all(struct qd_bitset *bitset);
void qd_bitset_clear_all(struct qd_bitset *bitset);

/* Sets or clears the bits [from, to); to <= size. */
void qd_bitset_set_range(struct qd_bitset *bitset, size_t from, size_t to);
void qd_bitset_clear_range(struct qd_bitset *bitset, size_t from, size_t to);

/* How many bits are set, in all or in [from, to). */
size_t qd_bitset_count(const struct qd_bitset *bitset);
size_t qd_bitset_count_range(const struct qd_bitset *bitset, size_t from, size_t to);

/* How many bits are set in both. */
size_t qd_bitset_count_and(const struct qd_bitset *left, const struct qd_bitset *right);

/* to = to AND other, to OR other, to AND NOT other, NOT to. */
void qd_bitset_and(struct qd_bitset *to, const struct qd_bitset *other);
void qd_bitset_or(struct qd_bitset *to, const struct qd_bitset *other);
void qd_bitset_and_not(struct qd_bitset *to, const struct qd_bitset *other);
void qd_bitset_not(struct qd_bitset *to);

/* The first set bit at or after `from`, QD_BITSET_NONE when there is none; from may be size or more. */
size_t qd_bitset_next(const struct qd_bitset *bitset, size_t from);

/* The first clear bit at or after `from`, QD_BITSET_NONE when there is none. */
size_t qd_bitset_next_clear(const struct qd_bitset *bitset, size_t from);

/* The last set bit at or before `from`, QD_BITSET_NONE when there is none. */
size_t qd_bitset_previous(const struct qd_bitset *bitset, size_t from);

/* True when a bit is set in both. */
bool qd_bitset_intersects(const struct qd_bitset *left, const struct qd_bitset *right);

#endif
