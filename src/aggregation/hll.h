/* HyperLogLog++: counting distinct values in little memory.
 *
 * Small sets keep encoded hashes of 25 bits precision (linear counting), large ones registers. Counters that
 * saw the same hashes give the same estimate as the reference's, in whatever order and however they were
 * merged. Used by the cardinality aggregation. Source: "HyperLogLog in Practice" (Heule, Nunkesser, Hall);
 * OpenSearch HyperLogLogPlusPlus.
 */
#ifndef QD_AGGREGATION_HLL_H
#define QD_AGGREGATION_HLL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"

/* A counter; zero-initialise and set the precision with qd_hll_init. */
struct qd_hll {
    uint8_t precision;   /* QD_HLL_PRECISION_MIN .. MAX */
    uint32_t *hashes;    /* hashes[hash_capacity]: a hash set, 0 free; NULL with registers */
    uint32_t hash_count;
    uint32_t hash_capacity;
    uint8_t *registers;  /* registers[1 << precision], or NULL */
};

/* The precision that counts up to `threshold` values nearly exactly. */
uint8_t qd_hll_precision(int64_t threshold);

/* An empty counter. */
static inline struct qd_hll qd_hll_make(uint8_t precision)
{
    return (struct qd_hll){ .precision = precision };
}

/* Adds a hash. Returns the bytes of memory that were taken from `arena` for it. */
size_t qd_hll_add(struct qd_hll *hll, uint64_t hash, struct qd_arena *arena);

/* Adds what `other` (of the same precision) has seen. */
void qd_hll_merge(struct qd_hll *hll, const struct qd_hll *other, struct qd_arena *arena);

/* The estimate. */
int64_t qd_hll_cardinality(const struct qd_hll *hll);

/* Bytes of a counter. A malformed one fails the reader. */
void qd_hll_write(const struct qd_hll *hll, struct qd_buffer *buffer);
void qd_hll_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_hll *hll);

/* The hash of a number: the finalizer of a 64 bit mix. */
uint64_t qd_hll_hash_number(uint64_t value);

/* The hash of bytes: the first half of MurmurHash3 x64 128 with seed 0. */
uint64_t qd_hll_hash_bytes(struct qd_slice bytes);

#endif
