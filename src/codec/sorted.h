/* Work on short ascending arrays of numbers, several numbers at a time where the processor can.
 *
 * Used by positions and by phrases, for the documents of postings blocks. The plain loops are the
 * specification. Source: Schlegel, Willhalm and Lehner, "Fast sorted-set intersection using SIMD
 * instructions" (idea).
 */
#ifndef QD_CODEC_SORTED_H
#define QD_CODEC_SORTED_H

#include <stddef.h>
#include <stdint.h>

/* Numbers that can be read behind the end of every array. */
#define QD_SORTED_PADDING 8

/* Two strictly ascending arrays, at most 65,536 numbers each. */
struct qd_sorted_pair {
    const uint32_t *left;  /* left[left_count + QD_SORTED_PADDING] */
    uint32_t left_count;   /* numbers in left[] */
    const uint32_t *right; /* right[right_count + QD_SORTED_PADDING] */
    uint32_t right_count;  /* numbers in right[] */
};

/* One implementation. */
struct qd_sorted {
    const char *name; /* "scalar", "avx2" */
    /* Finds the numbers that are in both arrays: the k-th is left[left_at[k]] and right[right_at[k]]. Returns
     * how many. Both results have room for the shorter array. */
    uint32_t (*intersect)(const struct qd_sorted_pair *pair, uint16_t *left_at, uint16_t *right_at);
    /* sums[i] = values[0] + .. + values[i] + (i + 1) * plus, modulo 2^32; returns the bits that any of
     * values[count] has. Both arrays have room for QD_SORTED_PADDING more; they may be the same. */
    uint32_t (*sum)(const uint32_t *values, uint32_t count, uint32_t plus, uint32_t *sums);
};

/* The fastest implementation for this processor. Static storage. */
const struct qd_sorted *qd_sorted_best(void);

/* Implementation `index`, 0 is scalar; NULL past the last that this processor runs. For tests. */
const struct qd_sorted *qd_sorted_at(size_t index);

#endif
