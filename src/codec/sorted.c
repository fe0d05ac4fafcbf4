#include "codec/sorted.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint32_t scalar_intersect(const struct qd_sorted_pair *pair, uint16_t *left_at, uint16_t *right_at)
{
    uint32_t count = 0, i = 0, k = 0;
    while (i < pair->left_count && k < pair->right_count) {
        uint32_t left = pair->left[i], right = pair->right[k];
        if (left == right) {
            left_at[count] = (uint16_t)i;
            right_at[count++] = (uint16_t)k;
        }
        i += left <= right;
        k += right <= left;
    }
    return count;
}

static uint32_t scalar_sum(const uint32_t *values, uint32_t count, uint32_t *sums)
{
    uint32_t sum = 0, bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        sums[i] = sum += values[i];
        bits |= values[i];
    }
    return bits;
}

static const struct qd_sorted scalar = { "scalar", scalar_intersect, scalar_sum };

#if defined(__x86_64__)

/* The lanes of `left` that equal any lane of `right`. */
__attribute__((target("avx2"))) static inline unsigned match_lanes(__m256i left, __m256i right)
{
    /* Each half of `right` against its four rotations, then with its halves swapped. */
    __m256i swapped = _mm256_permute2x128_si256(right, right, 0x01);
    __m256i first = _mm256_or_si256(_mm256_cmpeq_epi32(left, right), _mm256_cmpeq_epi32(left, swapped));
    __m256i second = _mm256_or_si256(_mm256_cmpeq_epi32(left, _mm256_shuffle_epi32(right, 0x39)),
                                     _mm256_cmpeq_epi32(left, _mm256_shuffle_epi32(swapped, 0x39)));
    __m256i third = _mm256_or_si256(_mm256_cmpeq_epi32(left, _mm256_shuffle_epi32(right, 0x4e)),
                                    _mm256_cmpeq_epi32(left, _mm256_shuffle_epi32(swapped, 0x4e)));
    __m256i fourth = _mm256_or_si256(_mm256_cmpeq_epi32(left, _mm256_shuffle_epi32(right, 0x93)),
                                     _mm256_cmpeq_epi32(left, _mm256_shuffle_epi32(swapped, 0x93)));
    __m256i any = _mm256_or_si256(_mm256_or_si256(first, second), _mm256_or_si256(third, fourth));
    return (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(any));
}

/* Eight numbers of either side at a time; the side whose eight end first goes on. */
__attribute__((target("avx2"))) static uint32_t avx_intersect(const struct qd_sorted_pair *pair,
                                                               uint16_t *left_at, uint16_t *right_at)
{
    uint32_t count = 0, i = 0, k = 0;
    while (i < pair->left_count && k < pair->right_count) {
        __m256i left = _mm256_loadu_si256((const __m256i *)(const void *)(pair->left + i));
        __m256i right = _mm256_loadu_si256((const __m256i *)(const void *)(pair->right + k));
        unsigned lanes = match_lanes(left, right);
        uint32_t left_left = pair->left_count - i, right_left = pair->right_count - k;
        if (left_left < 8) lanes &= (1u << left_left) - 1;
        for (; lanes != 0; lanes &= lanes - 1) {
            uint32_t lane = (uint32_t)__builtin_ctz(lanes);
            __m256i wanted = _mm256_set1_epi32((int)pair->left[i + lane]);
            __m256i same = _mm256_cmpeq_epi32(wanted, right);
            uint32_t at = (uint32_t)__builtin_ctz((unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(same)));
            if (at >= right_left) continue; /* equals what lies behind the end */
            left_at[count] = (uint16_t)(i + lane);
            right_at[count++] = (uint16_t)(k + at);
        }
        uint32_t left_last = left_left > 8 ? pair->left[i + 7] : pair->left[pair->left_count - 1];
        uint32_t right_last = right_left > 8 ? pair->right[k + 7] : pair->right[pair->right_count - 1];
        i += left_last <= right_last ? 8 : 0;
        k += right_last <= left_last ? 8 : 0;
    }
    return count;
}

__attribute__((target("avx2"))) static uint32_t avx_sum(const uint32_t *values, uint32_t count,
                                                         uint32_t *sums)
{
    uint32_t done = 0, sum = 0, bits = 0, lanes[8];
    __m256i carry = _mm256_setzero_si256(), all = _mm256_setzero_si256();
    const __m256i third = _mm256_set1_epi32(3), last = _mm256_set1_epi32(7);
    for (; count - done >= 8; done += 8) {
        __m256i value = _mm256_loadu_si256((const __m256i *)(const void *)(values + done));
        all = _mm256_or_si256(all, value);
        value = _mm256_add_epi32(value, _mm256_slli_si256(value, 4));
        value = _mm256_add_epi32(value, _mm256_slli_si256(value, 8));
        /* The carry joins last, so that one addition and one permutation are on the path between steps. */
        __m256i lower = _mm256_permutevar8x32_epi32(value, third);
        value = _mm256_add_epi32(value, _mm256_blend_epi32(_mm256_setzero_si256(), lower, 0xf0));
        value = _mm256_add_epi32(value, carry);
        _mm256_storeu_si256((__m256i *)(void *)(sums + done), value);
        carry = _mm256_permutevar8x32_epi32(value, last);
    }
    _mm256_storeu_si256((__m256i *)(void *)lanes, all);
    for (int i = 0; i < 8; i++) bits |= lanes[i];
    if (done > 0) sum = sums[done - 1];
    for (; done < count; done++) {
        sums[done] = sum += values[done];
        bits |= values[done];
    }
    return bits;
}

static const struct qd_sorted avx = { "avx2", avx_intersect, avx_sum };

const struct qd_sorted *qd_sorted_at(size_t index)
{
    if (index == 0) return &scalar;
    return index == 1 && __builtin_cpu_supports("avx2") ? &avx : NULL;
}

#else

const struct qd_sorted *qd_sorted_at(size_t index) { return index == 0 ? &scalar : NULL; }

#endif

const struct qd_sorted *qd_sorted_best(void)
{
    const struct qd_sorted *better = qd_sorted_at(1);
    return better != NULL ? better : qd_sorted_at(0);
}
