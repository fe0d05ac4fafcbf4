#include "codec/numeric_kernels.h"

#include <immintrin.h>
#include <string.h>

/* ---- scalar ---- */

static void unpack_scalar(const uint8_t *data, unsigned width, uint64_t first, size_t count, uint64_t *out)
{
    switch (width) {
    case 8:
        for (size_t i = 0; i < count; i++) out[i] = data[first + i];
        return;
    case 16:
        for (size_t i = 0; i < count; i++) out[i] = qd_load_u16(data + (first + i) * 2);
        return;
    case 32:
        for (size_t i = 0; i < count; i++) out[i] = qd_load_u32(data + (first + i) * 4);
        return;
    case 64:
        if (count != 0) memcpy(out, data + first * 8, count * 8);
        return;
    default:
        for (size_t i = 0; i < count; i++) out[i] = qd_numeric_unpack_one(data, width, first + i);
    }
}

static void gather_scalar(const uint8_t *data, unsigned width, const uint32_t *indexes, size_t count,
                          uint64_t *out)
{
    switch (width) {
    case 8:
        for (size_t i = 0; i < count; i++) out[i] = data[indexes[i]];
        return;
    case 16:
        for (size_t i = 0; i < count; i++) out[i] = qd_load_u16(data + (size_t)indexes[i] * 2);
        return;
    case 32:
        for (size_t i = 0; i < count; i++) out[i] = qd_load_u32(data + (size_t)indexes[i] * 4);
        return;
    case 64:
        for (size_t i = 0; i < count; i++) out[i] = qd_load_u64(data + (size_t)indexes[i] * 8);
        return;
    default:
        for (size_t i = 0; i < count; i++) out[i] = qd_numeric_unpack_one(data, width, indexes[i]);
    }
}

/* Body of the match loops: one word at a time, `load` reads number i. */
#define MATCH_LOOP(load)                                              \
    for (size_t start = 0; start < count; start += 64) {              \
        size_t end = count - start < 64 ? count - start : 64;         \
        uint64_t word = 0;                                            \
        for (size_t j = 0; j < end; j++) {                            \
            size_t i = start + j;                                     \
            word |= (uint64_t)((load) >= low && (load) <= high) << j; \
        }                                                             \
        words[start / 64] = word;                                     \
    }

static void match_scalar(const uint64_t *values, size_t count, uint64_t low, uint64_t high, uint64_t *words)
{
    MATCH_LOOP(values[i])
}

static void match8_scalar(const uint8_t *data, size_t count, uint8_t low, uint8_t high, uint64_t *words)
{
    MATCH_LOOP(data[i])
}

static void match16_scalar(const uint8_t *data, size_t count, uint16_t low, uint16_t high, uint64_t *words)
{
    MATCH_LOOP(qd_load_u16(data + i * 2))
}

static void match32_scalar(const uint8_t *data, size_t count, uint32_t low, uint32_t high, uint64_t *words)
{
    MATCH_LOOP(qd_load_u32(data + i * 4))
}

static void scale_scalar(uint64_t *values, size_t count, uint64_t base, uint64_t factor)
{
    for (size_t i = 0; i < count; i++) values[i] = base + factor * values[i];
}

static uint64_t inside_scalar(const int64_t *values, int64_t low, int64_t high)
{
    uint64_t word = 0;
    for (size_t i = 0; i < 64; i++) word |= (uint64_t)(values[i] >= low && values[i] <= high) << i;
    return word;
}

const struct qd_numeric_kernels qd_numeric_kernels_scalar = { unpack_scalar, gather_scalar,  match_scalar,
                                                              match8_scalar, match16_scalar, match32_scalar,
                                                              scale_scalar,  inside_scalar };

/* ---- AVX2 ---- */

#define AVX2 __attribute__((target("avx2")))

AVX2 static __m256i load256(const void *at)
{
    __m256i value;
    memcpy(&value, at, sizeof(value));
    return value;
}

AVX2 static void store256(void *at, __m256i value)
{
    memcpy(at, &value, sizeof(value));
}

/* Four numbers whose first bits are `bits`. */
AVX2 static __m256i pick(const uint8_t *data, __m256i bits, __m256i mask)
{
    __m256i bytes = _mm256_srli_epi64(bits, 3);
    __m256i words = _mm256_i64gather_epi64((const long long *)(const void *)data, bytes, 1);
    return _mm256_and_si256(_mm256_srlv_epi64(words, _mm256_and_si256(bits, _mm256_set1_epi64x(7))), mask);
}

AVX2 static void unpack_any(const uint8_t *data, unsigned width, uint64_t first, size_t count, uint64_t *out)
{
    __m256i mask = _mm256_set1_epi64x((long long)(((uint64_t)1 << width) - 1));
    long long start = (long long)(first * width);
    long long step = (long long)width;
    __m256i bits = _mm256_setr_epi64x(start, start + step, start + 2 * step, start + 3 * step);
    __m256i four = _mm256_set1_epi64x(4 * step);
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
        store256(out + i, pick(data, bits, mask));
        bits = _mm256_add_epi64(bits, four);
    }
    unpack_scalar(data, width, first + i, count - i, out + i);
}

AVX2 static void unpack_avx2(const uint8_t *data, unsigned width, uint64_t first, size_t count, uint64_t *out)
{
    size_t i = 0;
    switch (width) {
    case 8:
        for (; i + 4 <= count; i += 4) {
            __m128i four = _mm_cvtsi32_si128((int)qd_load_u32(data + first + i));
            store256(out + i, _mm256_cvtepu8_epi64(four));
        }
        break;
    case 16:
        for (; i + 4 <= count; i += 4) {
            __m128i four = _mm_cvtsi64_si128((long long)qd_load_u64(data + (first + i) * 2));
            store256(out + i, _mm256_cvtepu16_epi64(four));
        }
        break;
    case 32:
        for (; i + 4 <= count; i += 4) {
            __m128i four;
            memcpy(&four, data + (first + i) * 4, sizeof(four));
            store256(out + i, _mm256_cvtepu32_epi64(four));
        }
        break;
    case 64: break;
    default: unpack_any(data, width, first, count, out); return;
    }
    unpack_scalar(data, width, first + i, count - i, out + i);
}

AVX2 static void gather_avx2(const uint8_t *data, unsigned width, const uint32_t *indexes, size_t count,
                             uint64_t *out)
{
    size_t i = 0;
    if (width != 8 && width != 16 && width != 32 && width != 64) {
        __m256i mask = _mm256_set1_epi64x((long long)(((uint64_t)1 << width) - 1));
        __m256i step = _mm256_set1_epi64x((long long)width);
        for (; i + 4 <= count; i += 4) {
            __m128i four;
            memcpy(&four, indexes + i, sizeof(four));
            /* The width and the index each fit in 32 bits, their product in 64. */
            store256(out + i, pick(data, _mm256_mul_epu32(_mm256_cvtepu32_epi64(four), step), mask));
        }
    }
    gather_scalar(data, width, indexes + i, count - i, out + i);
}

/* 32 bits: byte i of `at` lies in [low, high]. */
AVX2 static uint32_t match8_32(const uint8_t *at, __m256i low, __m256i high)
{
    __m256i value = load256(at);
    __m256i inside = _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_max_epu8(value, low), value),
                                      _mm256_cmpeq_epi8(_mm256_min_epu8(value, high), value));
    return (uint32_t)_mm256_movemask_epi8(inside);
}

AVX2 static void match8_avx2(const uint8_t *data, size_t count, uint8_t low, uint8_t high, uint64_t *words)
{
    __m256i lows = _mm256_set1_epi8((char)low);
    __m256i highs = _mm256_set1_epi8((char)high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        words[i / 64] = match8_32(data + i, lows, highs) | (uint64_t)match8_32(data + i + 32, lows, highs)
                                                               << 32;
    }
    match8_scalar(data + i, count - i, low, high, words + i / 64);
}

AVX2 static __m256i inside16(const uint8_t *at, __m256i low, __m256i high)
{
    __m256i value = load256(at);
    return _mm256_and_si256(_mm256_cmpeq_epi16(_mm256_max_epu16(value, low), value),
                            _mm256_cmpeq_epi16(_mm256_min_epu16(value, high), value));
}

/* 32 bits: 16-bit number i of `at` lies in [low, high]. */
AVX2 static uint32_t match16_32(const uint8_t *at, __m256i low, __m256i high)
{
    __m256i packed = _mm256_packs_epi16(inside16(at, low, high), inside16(at + 32, low, high));
    return (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(packed, 0xd8));
}

AVX2 static void match16_avx2(const uint8_t *data, size_t count, uint16_t low, uint16_t high, uint64_t *words)
{
    __m256i lows = _mm256_set1_epi16((short)low);
    __m256i highs = _mm256_set1_epi16((short)high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        words[i / 64] = match16_32(data + i * 2, lows, highs) |
                        (uint64_t)match16_32(data + i * 2 + 64, lows, highs) << 32;
    }
    match16_scalar(data + i * 2, count - i, low, high, words + i / 64);
}

/* 8 bits: 32-bit number i of `at` lies in [low, high]. */
AVX2 static uint64_t match32_8(const uint8_t *at, __m256i low, __m256i high)
{
    __m256i value = load256(at);
    __m256i inside = _mm256_and_si256(_mm256_cmpeq_epi32(_mm256_max_epu32(value, low), value),
                                      _mm256_cmpeq_epi32(_mm256_min_epu32(value, high), value));
    return (uint64_t)(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(inside));
}

AVX2 static void match32_avx2(const uint8_t *data, size_t count, uint32_t low, uint32_t high, uint64_t *words)
{
    __m256i lows = _mm256_set1_epi32((int)low);
    __m256i highs = _mm256_set1_epi32((int)high);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (size_t j = 0; j < 64; j += 8) word |= match32_8(data + (i + j) * 4, lows, highs) << j;
        words[i / 64] = word;
    }
    match32_scalar(data + i * 4, count - i, low, high, words + i / 64);
}

/* Signed compares of unsigned numbers need their highest bits flipped. */
AVX2 static uint64_t outside64_4(const uint64_t *at, __m256i low, __m256i high, __m256i flip)
{
    __m256i value = _mm256_xor_si256(load256(at), flip);
    __m256i outside = _mm256_or_si256(_mm256_cmpgt_epi64(low, value), _mm256_cmpgt_epi64(value, high));
    return (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(outside));
}

AVX2 static void match_avx2(const uint64_t *values, size_t count, uint64_t low, uint64_t high,
                            uint64_t *words)
{
    __m256i flip = _mm256_set1_epi64x(INT64_MIN);
    __m256i lows = _mm256_xor_si256(_mm256_set1_epi64x((long long)low), flip);
    __m256i highs = _mm256_xor_si256(_mm256_set1_epi64x((long long)high), flip);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        uint64_t word = 0;
        for (size_t j = 0; j < 64; j += 4) word |= outside64_4(values + i + j, lows, highs, flip) << j;
        words[i / 64] = ~word;
    }
    match_scalar(values + i, count - i, low, high, words + i / 64);
}

/* A product of 64 bits is made of two that multiply 32 by 32 bits. */
AVX2 static void scale_avx2(uint64_t *values, size_t count, uint64_t base, uint64_t factor)
{
    __m256i bases = _mm256_set1_epi64x((long long)base);
    __m256i factors = _mm256_set1_epi64x((long long)factor);
    size_t i = 0;
    if (factor > UINT32_MAX) {
        scale_scalar(values, count, base, factor);
        return;
    }
    for (; factor == 1 && i + 4 <= count; i += 4) {
        store256(values + i, _mm256_add_epi64(load256(values + i), bases));
    }
    for (; i + 4 <= count; i += 4) {
        __m256i value = load256(values + i);
        __m256i low = _mm256_add_epi64(_mm256_mul_epu32(value, factors), bases);
        __m256i high = _mm256_mul_epu32(_mm256_srli_epi64(value, 32), factors);
        store256(values + i, _mm256_add_epi64(low, _mm256_slli_epi64(high, 32)));
    }
    scale_scalar(values + i, count - i, base, factor);
}

AVX2 static uint64_t inside_avx2(const int64_t *values, int64_t low, int64_t high)
{
    __m256i lows = _mm256_set1_epi64x((long long)low);
    __m256i highs = _mm256_set1_epi64x((long long)high);
    uint64_t outside = 0;
    for (size_t i = 0; i < 64; i += 4) {
        __m256i value = load256(values + i);
        __m256i out = _mm256_or_si256(_mm256_cmpgt_epi64(lows, value), _mm256_cmpgt_epi64(value, highs));
        outside |= (uint64_t)(uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(out)) << i;
    }
    return ~outside;
}

static const struct qd_numeric_kernels kernels_avx2 = { unpack_avx2, gather_avx2,  match_avx2,
                                                        match8_avx2, match16_avx2, match32_avx2,
                                                        scale_avx2,  inside_avx2 };

const struct qd_numeric_kernels *qd_numeric_kernels_best(void)
{
    return __builtin_cpu_supports("avx2") ? &kernels_avx2 : &qd_numeric_kernels_scalar;
}
