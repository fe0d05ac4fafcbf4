/* Loops over bit-packed numbers: unpack, gather, compare. Scalar twins and AVX2 ones give the same results.
 *
 * Used by numeric_array.c only. Number i of `width` bits begins at bit i * width; widths are 1 to 57 and 64,
 * and 8 readable bytes follow the last number.
 */
#ifndef QD_CODEC_NUMERIC_KERNELS_H
#define QD_CODEC_NUMERIC_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/little_endian.h"

/* One set of loops. */
struct qd_numeric_kernels {
    /* Numbers first .. first + count - 1 to out[count]. */
    void (*unpack)(const uint8_t *data, unsigned width, uint64_t first, size_t count, uint64_t *out);
    /* Numbers indexes[count] to out[count]. */
    void (*gather)(const uint8_t *data, unsigned width, const uint32_t *indexes, size_t count, uint64_t *out);
    /* words[(count + 63) / 64]: bit i tells whether values[i] lies in [low, high]; bits past count are 0. */
    void (*match)(const uint64_t *values, size_t count, uint64_t low, uint64_t high, uint64_t *words);
    /* The same for count bytes, 16-bit and 32-bit numbers at `data`. */
    void (*match8)(const uint8_t *data, size_t count, uint8_t low, uint8_t high, uint64_t *words);
    void (*match16)(const uint8_t *data, size_t count, uint16_t low, uint16_t high, uint64_t *words);
    void (*match32)(const uint8_t *data, size_t count, uint32_t low, uint32_t high, uint64_t *words);
    /* values[i] becomes base + factor * values[i], without a look at overflows. */
    void (*scale)(uint64_t *values, size_t count, uint64_t base, uint64_t factor);
    /* Bit i tells whether values[i] of values[64] lies in [low, high]. */
    uint64_t (*inside)(const int64_t *values, int64_t low, int64_t high);
};

/* The reference. */
extern const struct qd_numeric_kernels qd_numeric_kernels_scalar;

/* The fastest set that this processor runs. */
const struct qd_numeric_kernels *qd_numeric_kernels_best(void);

/* One number. */
static inline uint64_t qd_numeric_unpack_one(const uint8_t *data, unsigned width, uint64_t index)
{
    uint64_t bit = index * width;
    uint64_t word = qd_load_u64(data + (bit >> 3));
    return width == 64 ? word : (word >> (bit & 7)) & (((uint64_t)1 << width) - 1);
}

#endif
