/* MurmurHash3 of 32 bits, by which the reference spreads terms, identifiers and routing values.
 *
 * Used by slices, the partitions of terms aggregations and the routing of documents. Source: Appleby's
 * MurmurHash3 (x86, 32 bits), Lucene StringHelper.murmurhash3_x86_32.
 */
#ifndef QD_BASE_MURMUR3_H
#define QD_BASE_MURMUR3_H

#include <stdint.h>

#include "base/slice.h"

/* The hash of `bytes`, begun with `seed`. */
uint32_t qd_murmur3_32(struct qd_slice bytes, uint32_t seed);

#endif
