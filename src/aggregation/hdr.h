/* A histogram of high dynamic range: values in bins whose width is a fixed part of the value.
 *
 * A bin is the exponent of a double with the first bits of its mantissa. Used by percentiles and
 * percentile_ranks with `hdr`. Source: HdrHistogram DoubleHistogram (the values that it answers).
 */
#ifndef QD_AGGREGATION_HDR_H
#define QD_AGGREGATION_HDR_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buffer.h"

/* Counts per bin. */
struct qd_hdr {
    uint8_t digits;      /* significant ones, 0 .. 5 */
    uint8_t bits;        /* of the mantissa in a bin */
    bool sorted;         /* keys ascend */
    uint64_t *keys;      /* keys[count] */
    uint64_t *counts;    /* counts[count] */
    uint32_t *slots;     /* hash of keys: 1 + place, 0 free */
    uint32_t count;
    uint32_t capacity;   /* of keys and counts; slots has twice as many */
    uint64_t total;
};

/* An empty histogram. */
struct qd_hdr qd_hdr_make(uint8_t digits);

/* Adds a value >= 0, `count` times. Returns the bytes taken from the arena. False results: negative values
 * and those that are no numbers are not taken; check with qd_hdr_accepts. */
size_t qd_hdr_add(struct qd_hdr *hdr, double value, uint64_t count, struct qd_arena *arena);
bool qd_hdr_accepts(double value);

/* Adds the counts of another histogram with as many digits. */
void qd_hdr_merge(struct qd_hdr *hdr, const struct qd_hdr *other, struct qd_arena *arena);

/* The value at a percentile (0 .. 100); NaN when empty. */
double qd_hdr_percentile(struct qd_hdr *hdr, double percentile);

/* The percentage of values in bins up to that of `value`; NaN when empty. */
double qd_hdr_rank(struct qd_hdr *hdr, double value);

/* Bytes; a malformed histogram fails the reader. */
void qd_hdr_write(struct qd_hdr *hdr, struct qd_buffer *buffer);
void qd_hdr_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_hdr *hdr);

#endif
