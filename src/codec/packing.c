#include "codec/packing.h"

#include <string.h>

#include "base/assert.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LANES 8
#define SLOTS (QD_PACKING_BLOCK / LANES)
#define WIDTHS 33
/* Set in a patched block's first byte when patches follow. */
#define PATCHED 0x40
#define WIDTH_MASK 0x3f

static uint32_t load32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void store32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> 8 * i);
}

static void scalar_unpack(const uint8_t *in, unsigned bits, uint32_t *out)
{
    uint32_t mask = bits == 32 ? UINT32_MAX : ((uint32_t)1 << bits) - 1;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        unsigned word = slot * bits / 32, shift = slot * bits % 32;
        for (unsigned lane = 0; lane < LANES; lane++) {
            uint64_t pair = 0;
            if (bits > 0) pair = load32(in + 4 * (LANES * word + lane));
            if (shift + bits > 32) pair |= (uint64_t)load32(in + 4 * (LANES * (word + 1) + lane)) << 32;
            out[slot * LANES + lane] = (uint32_t)(pair >> shift) & mask;
        }
    }
}

static void scalar_unpack_sum(const uint8_t *in, unsigned bits, uint32_t base, uint32_t *out)
{
    scalar_unpack(in, bits, out);
    for (size_t i = 0; i < QD_PACKING_BLOCK; i++) out[i] = base += out[i] + 1;
}

static const struct qd_packing scalar = { "scalar", scalar_unpack, scalar_unpack_sum };

#if defined(__x86_64__)

typedef uint32_t lanes __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))

/* One slot of all lanes; everything but `in` and `out` is a constant where it is used, so that only loads,
 * shifts and a mask are left. */
INLINE void unpack_slot(const uint8_t *in, uint32_t *out, unsigned bits, unsigned slot)
{
    unsigned word = slot * bits / 32, shift = slot * bits % 32;
    lanes value;
    memcpy(&value, in + 32 * word, sizeof(value));
    value >>= shift;
    if (shift + bits > 32) {
        lanes high;
        memcpy(&high, in + 32 * (word + 1), sizeof(high));
        value |= high << (32 - shift);
    }
    if (bits < 32) value &= ((uint32_t)1 << bits) - 1;
    memcpy(out + LANES * slot, &value, sizeof(value));
}

INLINE void unpack_width(const uint8_t *in, uint32_t *out, unsigned bits)
{
#define FOUR(slot)                          \
    unpack_slot(in, out, bits, (slot));     \
    unpack_slot(in, out, bits, (slot) + 1); \
    unpack_slot(in, out, bits, (slot) + 2); \
    unpack_slot(in, out, bits, (slot) + 3);
    FOUR(0) FOUR(4) FOUR(8) FOUR(12) FOUR(16) FOUR(20) FOUR(24) FOUR(28)
#undef FOUR
}

#define EACH_WIDTH(row) \
    row(1) row(2) row(3) row(4) row(5) row(6) row(7) row(8) row(9) row(10) row(11) row(12) \
    row(13) row(14) row(15) row(16) row(17) row(18) row(19) row(20) row(21) row(22) \
    row(23) row(24) row(25) row(26) row(27) row(28) row(29) \
    row(30) row(31) row(32)

typedef void (*unpacker)(const uint8_t *in, uint32_t *out);

#define DEFINE_SSE(bits)                                                                  \
    __attribute__((target("sse4.2"))) static void sse_##bits(const uint8_t *in, uint32_t *out) \
    {                                                                                     \
        unpack_width(in, out, bits);                                                      \
    }
#define DEFINE_AVX(bits)                                                                \
    __attribute__((target("avx2"))) static void avx_##bits(const uint8_t *in, uint32_t *out) \
    {                                                                                   \
        unpack_width(in, out, bits);                                                    \
    }
EACH_WIDTH(DEFINE_SSE)
EACH_WIDTH(DEFINE_AVX)

static void zeros(const uint8_t *in, uint32_t *out)
{
    (void)in;
    memset(out, 0, QD_PACKING_BLOCK * sizeof(*out));
}

#define ROW_SSE(bits) sse_##bits,
#define ROW_AVX(bits) avx_##bits,
static const unpacker sse_unpackers[WIDTHS] = { zeros, EACH_WIDTH(ROW_SSE) };
static const unpacker avx_unpackers[WIDTHS] = { zeros, EACH_WIDTH(ROW_AVX) };

static void sse_unpack(const uint8_t *in, unsigned bits, uint32_t *out)
{
    sse_unpackers[bits](in, out);
}

__attribute__((target("sse4.2"))) static void sse_unpack_sum(const uint8_t *in, unsigned bits, uint32_t base,
                                                              uint32_t *out)
{
    sse_unpackers[bits](in, out);
    __m128i carry = _mm_set1_epi32((int)base);
    const __m128i counting = _mm_setr_epi32(1, 2, 3, 4);
    for (size_t i = 0; i < QD_PACKING_BLOCK; i += 4) {
        __m128i *at = (__m128i *)(void *)(out + i);
        __m128i value = _mm_loadu_si128(at);
        value = _mm_add_epi32(value, _mm_slli_si128(value, 4));
        value = _mm_add_epi32(value, _mm_slli_si128(value, 8));
        value = _mm_add_epi32(_mm_add_epi32(value, counting), carry);
        _mm_storeu_si128(at, value);
        carry = _mm_shuffle_epi32(value, 0xff);
    }
}

static void avx_unpack(const uint8_t *in, unsigned bits, uint32_t *out)
{
    avx_unpackers[bits](in, out);
}

__attribute__((target("avx2"))) static void avx_unpack_sum(const uint8_t *in, unsigned bits, uint32_t base,
                                                            uint32_t *out)
{
    avx_unpackers[bits](in, out);
    __m256i carry = _mm256_set1_epi32((int)base);
    const __m256i counting = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8);
    const __m256i third = _mm256_set1_epi32(3), last = _mm256_set1_epi32(7);
    for (size_t i = 0; i < QD_PACKING_BLOCK; i += 8) {
        __m256i *at = (__m256i *)(void *)(out + i);
        __m256i value = _mm256_loadu_si256(at);
        value = _mm256_add_epi32(value, _mm256_slli_si256(value, 4));
        value = _mm256_add_epi32(value, _mm256_slli_si256(value, 8));
        /* The sum of the lower half is added to the upper one; the carry joins last, so that only one
         * addition and one permutation are on the path from step to step. */
        __m256i lower = _mm256_permutevar8x32_epi32(value, third);
        value = _mm256_add_epi32(value, _mm256_blend_epi32(_mm256_setzero_si256(), lower, 0xf0));
        value = _mm256_add_epi32(_mm256_add_epi32(value, counting), carry);
        _mm256_storeu_si256(at, value);
        carry = _mm256_permutevar8x32_epi32(value, last);
    }
}

static const struct qd_packing sse = { "sse4.2", sse_unpack, sse_unpack_sum };
static const struct qd_packing avx = { "avx2", avx_unpack, avx_unpack_sum };

const struct qd_packing *qd_packing_at(size_t index)
{
    if (index == 0) return &scalar;
    if (index == 1 && __builtin_cpu_supports("sse4.2")) return &sse;
    if (index == 2 && __builtin_cpu_supports("avx2")) return &avx;
    return NULL;
}

#else

const struct qd_packing *qd_packing_at(size_t index)
{
    return index == 0 ? &scalar : NULL;
}

#endif

const struct qd_packing *qd_packing_best(void)
{
    const struct qd_packing *best = &scalar;
    for (size_t i = 1; i < 3; i++) {
        const struct qd_packing *better = qd_packing_at(i);
        if (better != NULL) best = better;
    }
    return best;
}

static unsigned width_of(uint32_t value)
{
    return value == 0 ? 0 : 32 - (unsigned)__builtin_clz(value);
}

unsigned qd_packing_width(const uint32_t *values)
{
    uint32_t all = 0;
    for (size_t i = 0; i < QD_PACKING_BLOCK; i++) all |= values[i];
    return width_of(all);
}

void qd_packing_pack(const uint32_t *values, unsigned bits, uint8_t *out)
{
    qd_assert(bits <= 32);
    if (bits == 0) return;
    uint32_t words[LANES] = { 0 };
    unsigned used = 0;
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        const uint32_t *from = values + slot * LANES;
        for (unsigned lane = 0; lane < LANES; lane++) words[lane] |= from[lane] << used;
        used += bits;
        if (used < 32) continue;
        for (unsigned lane = 0; lane < LANES; lane++) store32(out + 4 * lane, words[lane]);
        out += 4 * LANES;
        used -= 32;
        unsigned done = bits - used;
        for (unsigned lane = 0; lane < LANES; lane++) words[lane] = used == 0 ? 0 : from[lane] >> done;
    }
}

/* The width of least cost for numbers of which counts[w] need w bits each. */
static unsigned choose_width(const unsigned *counts, unsigned greatest)
{
    unsigned best = greatest, best_cost = 32 * greatest, patches = 0;
    for (unsigned bits = greatest; bits-- > 0;) {
        patches += counts[bits + 1];
        if (patches > QD_PACKING_PATCHES_MAX) break;
        unsigned cost = 32 * bits + 1 + patches;
        for (unsigned wider = bits + 1; wider <= greatest; wider++) {
            cost += counts[wider] * ((wider - bits + 6) / 7);
        }
        if (cost >= best_cost) continue;
        best = bits;
        best_cost = cost;
    }
    return best;
}

size_t qd_packing_write_patched(const uint32_t *values, uint8_t *out)
{
    unsigned counts[WIDTHS] = { 0 };
    for (size_t i = 0; i < QD_PACKING_BLOCK; i++) counts[width_of(values[i])]++;
    unsigned greatest = 32;
    while (greatest > 0 && counts[greatest] == 0) greatest--;
    unsigned bits = choose_width(counts, greatest);
    if (bits == greatest) {
        out[0] = (uint8_t)bits;
        qd_packing_pack(values, bits, out + 1);
        return 1 + 32 * (size_t)bits;
    }
    uint32_t low[QD_PACKING_BLOCK];
    uint32_t mask = ((uint32_t)1 << bits) - 1;
    size_t size = 2;
    for (size_t i = 0; i < QD_PACKING_BLOCK; i++) {
        low[i] = values[i] & mask;
        if (values[i] >> bits == 0) continue;
        out[size++] = (uint8_t)i;
        size += qd_packing_put_varint32(out + size, values[i] >> bits);
    }
    out[0] = (uint8_t)(bits | PATCHED);
    out[1] = (uint8_t)(size - 2);
    qd_packing_pack(low, bits, out + size);
    return size + 32 * (size_t)bits;
}

/* Splits a patched block into its width, its patches and its packed bytes. */
static bool split_patched(struct qd_reader *reader, unsigned *bits, struct qd_reader *patches,
                          const uint8_t **packed)
{
    if (qd_reader_left(reader) < 1) return false;
    uint8_t first = *reader->at++;
    *bits = first & WIDTH_MASK;
    *patches = (struct qd_reader){ reader->at, reader->at, false };
    if (*bits > 32 || first >= 0x80) return false;
    if ((first & PATCHED) != 0) {
        if (*bits == 32 || qd_reader_left(reader) < 1) return false;
        size_t size = *reader->at++;
        if (qd_reader_left(reader) < size) return false;
        *patches = (struct qd_reader){ reader->at, reader->at + size, false };
        reader->at += size;
    }
    if (qd_reader_left(reader) < 32 * (size_t)*bits) return false;
    *packed = reader->at;
    reader->at += 32 * (size_t)*bits;
    return true;
}

bool qd_packing_read_patched(const struct qd_packing *packing, struct qd_reader *reader, uint32_t *out)
{
    unsigned bits;
    struct qd_reader patches;
    const uint8_t *packed;
    if (!split_patched(reader, &bits, &patches, &packed)) return false;
    packing->unpack(packed, bits, out);
    while (patches.at < patches.end) {
        uint8_t index = *patches.at++;
        uint32_t high = qd_packing_varint32(&patches);
        if (patches.failed) return false;
        out[index] |= high << bits;
    }
    return true;
}

bool qd_packing_patched_at(const struct qd_reader *block, unsigned index, uint32_t *value)
{
    struct qd_reader reader = *block, patches;
    unsigned bits;
    const uint8_t *packed;
    if (!split_patched(&reader, &bits, &patches, &packed)) return false;
    *value = 0;
    if (bits > 0) {
        unsigned first = index / LANES * bits, shift = first % 32;
        const uint8_t *at = packed + 4 * ((size_t)LANES * (first / 32) + index % LANES);
        uint64_t pair = load32(at);
        if (shift + bits > 32) pair |= (uint64_t)load32(at + 4 * (size_t)LANES) << 32;
        *value = (uint32_t)((pair >> shift) & (((uint64_t)1 << bits) - 1));
    }
    while (patches.at < patches.end) {
        uint8_t patched = *patches.at++;
        uint32_t high = qd_packing_varint32(&patches);
        if (patches.failed) return false;
        if (patched == index) *value |= high << bits;
    }
    return true;
}

/* sums[from .. to) = number + base; writes up to three more. */
static void count_up(uint32_t *sums, uint32_t from, uint32_t to, uint32_t base)
{
    typedef uint32_t quad __attribute__((vector_size(16)));
    quad four = { 0, 1, 2, 3 };
    four += from + base;
    for (; from < to; from += 4, four += 4) memcpy(sums + from, &four, sizeof(four));
}

bool qd_packing_sum_sparse(struct qd_reader *reader, uint32_t *sums)
{
    struct qd_reader block = *reader, patches;
    const uint8_t *packed;
    unsigned bits;
    uint64_t base = 1;
    uint32_t done = 0;
    if (qd_reader_left(reader) < 1 || (*reader->at & WIDTH_MASK) != 0) return false;
    if (!split_patched(&block, &bits, &patches, &packed)) return false;
    while (patches.at < patches.end) {
        uint32_t index = *patches.at++;
        uint32_t value = qd_packing_varint32(&patches);
        if (patches.failed || index < done) return false;
        count_up(sums, done, index, (uint32_t)base);
        done = index;
        base += value;
        if (base + QD_PACKING_BLOCK > UINT32_MAX) return false;
    }
    count_up(sums, done, QD_PACKING_BLOCK, (uint32_t)base);
    *reader = block;
    return true;
}

bool qd_packing_skip_patched(struct qd_reader *reader)
{
    unsigned bits;
    struct qd_reader patches;
    const uint8_t *packed;
    return split_patched(reader, &bits, &patches, &packed);
}
