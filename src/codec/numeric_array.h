/* An immutable array of longs in few bytes: constant, bit-packed with minimum and divisor, table, or
 * block-wise.
 *
 * Used by numeric, ordinal and binary columns, for values and for offsets. Written into a buffer, read in
 * place. Format: spec/formats/columns.md, "Number array".
 */
#ifndef QD_CODEC_NUMERIC_ARRAY_H
#define QD_CODEC_NUMERIC_ARRAY_H

#include "base/arena.h"
#include "base/buffer.h"
#include "codec/numeric_kernels.h"

/* Numbers of a block of the block-wise encoding. */
#define QD_NUMERIC_ARRAY_BLOCK ((uint64_t)16384)
#define QD_NUMERIC_ARRAY_TABLE_MAX 256

enum qd_numeric_array_mode {
    QD_NUMERIC_ARRAY_CONSTANT, /* base */
    QD_NUMERIC_ARRAY_PACKED,   /* base + gcd * packed number */
    QD_NUMERIC_ARRAY_TABLE,    /* table[packed number] */
    QD_NUMERIC_ARRAY_BLOCKS,   /* base of the block + gcd * packed number, width of the block */
    QD_NUMERIC_ARRAY_MODES
};

/* An opened array; embed it by value. Fields are private. */
struct qd_numeric_array {
    enum qd_numeric_array_mode mode;
    unsigned width;                           /* bits of a packed number */
    uint64_t count;                           /* numbers */
    int64_t base;                             /* smallest number */
    uint64_t gcd;                             /* what all differences from base are multiples of */
    const int64_t *table;                     /* table[QD_NUMERIC_ARRAY_TABLE_MAX], zero past table_count */
    uint32_t table_count;                     /* entries that are in use, ascending */
    const uint8_t *blocks;                    /* rows of the blocks */
    const uint8_t *data;                      /* packed numbers */
    const struct qd_numeric_kernels *kernels; /* loops for this processor */
};

/* Bits for packed numbers up to `highest`, rounded up to a width that is fast where that is cheap; 0 for 0.
 */
unsigned qd_numeric_width(uint64_t highest);

/* Appends values[count], each of `width` bits, to `out` and fills the last byte up. Whoever reads them with
 * the kernels needs 8 bytes behind the last run. */
void qd_numeric_pack(struct qd_buffer *out, const uint64_t *values, size_t count, unsigned width);

/* The least and the greatest of values[count], count > 0. */
void qd_numeric_bounds(const int64_t *values, uint64_t count, int64_t *min, int64_t *max);

/* Appends values[count] to `out`. */
void qd_numeric_array_write(struct qd_buffer *out, const int64_t *values, uint64_t count);

/* Opens an array of `count` numbers at the start of `bytes`, which may go on behind it. False: the bytes are
 * no such array. Memory: a table goes to `arena`. */
bool qd_numeric_array_open(struct qd_arena *arena, struct qd_slice bytes, uint64_t count,
                           struct qd_numeric_array *array);

/* Number i; i < count. */
int64_t qd_numeric_array_at(const struct qd_numeric_array *array, uint64_t i);

/* Numbers first .. first + count - 1 to out[count]. */
void qd_numeric_array_range(const struct qd_numeric_array *array, uint64_t first, size_t count, int64_t *out);

/* Numbers indexes[count], in any order, to out[count]. */
void qd_numeric_array_gather(const struct qd_numeric_array *array, const uint32_t *indexes, size_t count,
                             int64_t *out);

/* How often each number occurs: the count of n is the sum of counts[n], counts[lane + n],
 * counts[2 * lane + n] and counts[3 * lane + n]; lane 0: it is counts[n]. */
struct qd_numeric_tally {
    uint32_t *counts; /* counts[qd_numeric_array_tally_size()], times four with lanes of at least that size */
    size_t lane;      /* 0, or where the next lane begins */
    uint64_t highest; /* the greatest number that counts; what damaged bytes say beyond it does not matter */
};
/* Entries that `counts` of one lane needs for numbers up to `highest`. */
uint64_t qd_numeric_array_tally_size(const struct qd_numeric_array *array, uint64_t highest);

/* Adds the numbers first + i for the bits i of words[word_count] that are set; all are inside the array. */
void qd_numeric_array_tally(const struct qd_numeric_array *array, uint64_t first, const uint64_t *words,
                            size_t word_count, const struct qd_numeric_tally *tally);

/* words[(count + 63) / 64]: bit i tells whether number first + i lies in [lower, upper]; bits past count are
 * 0. */
void qd_numeric_array_match(const struct qd_numeric_array *array, uint64_t first, size_t count, int64_t lower,
                            int64_t upper, uint64_t *words);

#endif
