/* Bit-packing of blocks of 256 numbers.
 *
 * Used by postings. A block of width `bits` takes exactly 32 * bits bytes: number i lives in lane i % 8, slot
 * i / 8; the 32 slots of a lane are packed into `bits` little-endian words, word j of lane l at byte 4 * (8 *
 * j + l). Lanes side by side let one instruction work on 4 (SSE4.2) or 8 (AVX2) numbers. The tables are
 * constant; the scalar one is the specification.
 * Format: spec/formats/postings.md. Source: Lemire and Boytsov, "Decoding billions of integers per second"
 * (SIMD-BP128, PFor).
 */
#ifndef QD_CODEC_PACKING_H
#define QD_CODEC_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Numbers of a block. */
#define QD_PACKING_BLOCK 256
/* The most bytes that a packed block can take. */
#define QD_PACKING_BYTES_MAX (32 * 32)
/* Most numbers of a patched block that are stored beside it. */
#define QD_PACKING_PATCHES_MAX 32
/* The most bytes that a patched block can take. */
#define QD_PACKING_PATCHED_BYTES_MAX (2 + QD_PACKING_BYTES_MAX + QD_PACKING_PATCHES_MAX * 6)

/* One implementation of unpacking. */
struct qd_packing {
    const char *name; /* "scalar", "sse4.2", "avx2" */
    /* Unpacks in[32 * bits] to out[256]; bits <= 32. */
    void (*unpack)(const uint8_t *in, unsigned bits, uint32_t *out);
    /* The same, then sums: out[i] = base + the sum of (value + 1) up to i, modulo 2^32. */
    void (*unpack_sum)(const uint8_t *in, unsigned bits, uint32_t base, uint32_t *out);
};

/* The fastest implementation for this processor. Static storage. */
const struct qd_packing *qd_packing_best(void);

/* Implementation `index`, 0 is scalar; NULL past the last that this processor runs. For tests. */
const struct qd_packing *qd_packing_at(size_t index);

/* Bits that the greatest of values[256] needs, 0 to 32. */
unsigned qd_packing_width(const uint32_t *values);

/* Packs values[256], each below 2^bits, to out[32 * bits]. */
void qd_packing_pack(const uint32_t *values, unsigned bits, uint8_t *out);

/* Packs values[256] in the width that costs least, what does not fit patched in behind. Returns the bytes
 * written to out[QD_PACKING_PATCHED_BYTES_MAX]. */
size_t qd_packing_write_patched(const uint32_t *values, uint8_t *out);

/* Reads such a block to out[256]. False when the bytes are malformed or end early; out is then unspecified.
 * */
bool qd_packing_read_patched(const struct qd_packing *packing, struct qd_reader *reader, uint32_t *out);

/* Number `index` of such a block, which is not moved over. False when the bytes are malformed. */
bool qd_packing_patched_at(const struct qd_reader *block, unsigned index, uint32_t *value);

/* Sums up such a block of width 0, of which only the patches are not 0: sums[i] = the sum of (value + 1) up
 * to i. False, and the reader not moved, when the block is another one, malformed, or its sum has more than
 * 32 bits. sums[256 + 4]: the last four are scratch. */
bool qd_packing_sum_sparse(struct qd_reader *reader, uint32_t *sums);

/* Moves behind such a block. */
bool qd_packing_skip_patched(struct qd_reader *reader);

/* Reads a LEB128 number, most of which are one byte or two. Sets reader->failed at the end or when it has
 * more than 64 bits. */
static inline uint64_t qd_packing_varint(struct qd_reader *reader)
{
    if (reader->at < reader->end && *reader->at < 0x80) return *reader->at++;
    if (reader->end - reader->at >= 2 && reader->at[1] < 0x80) {
        reader->at += 2;
        return (reader->at[-2] & 0x7fu) | (uint64_t)reader->at[-1] << 7;
    }
    return qd_reader_varint(reader);
}

/* The same for a number of 32 bits; a greater one fails. */
static inline uint32_t qd_packing_varint32(struct qd_reader *reader)
{
    uint64_t value = qd_packing_varint(reader);
    if (value <= UINT32_MAX) return (uint32_t)value;
    reader->failed = true;
    return 0;
}

/* Writes a LEB128 number to out[5]; returns its bytes. */
static inline size_t qd_packing_put_varint32(uint8_t *out, uint32_t value)
{
    size_t size = 0;
    while (value >= 0x80) {
        out[size++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[size++] = (uint8_t)value;
    return size;
}

#endif
