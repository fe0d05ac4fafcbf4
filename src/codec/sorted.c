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

static uint32_t scalar_sum(const uint32_t *values, uint32_t count, uint32_t plus, uint32_t *sums)
{
    uint32_t sum = 0, bits = 0;
    for (uint32_t i = 0; i < count; i++) {
        bits |= values[i];
        sums[i] = sum += values[i] + plus;
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

/* Notes the numbers in `lanes` of left[i ..], which are among right[k ..]. Those behind the end of right[]
 * are not. */
__attribute__((target("avx2"))) static inline uint32_t note_lanes(const struct qd_sorted_pair *pair,
                                                                   uint32_t i, uint32_t k, unsigned lanes,
                                                                   uint16_t *left_at, uint16_t *right_at)
{
    uint32_t count = 0;
    __m256i right = _mm256_loadu_si256((const __m256i *)(const void *)(pair->right + k));
    for (; lanes != 0; lanes &= lanes - 1) {
        uint32_t lane = (uint32_t)__builtin_ctz(lanes);
        __m256i same = _mm256_cmpeq_epi32(_mm256_set1_epi32((int)pair->left[i + lane]), right);
        uint32_t at = (uint32_t)__builtin_ctz((unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(same)));
        left_at[count] = (uint16_t)(i + lane);
        right_at[count] = (uint16_t)(k + at);
        count += k + at < pair->right_count;
    }
    return count;
}

/* Eight numbers of either side at a time; the side whose eight end first goes on. */
__attribute__((target("avx2"))) static uint32_t avx_intersect(const struct qd_sorted_pair *pair,
                                                               uint16_t *left_at, uint16_t *right_at)
{
    const uint32_t *left = pair->left, *right = pair->right;
    uint32_t count = 0, i = 0, k = 0;
    while (i + 8 <= pair->left_count && k + 8 <= pair->right_count) {
        unsigned lanes = match_lanes(_mm256_loadu_si256((const __m256i *)(const void *)(left + i)),
                                     _mm256_loadu_si256((const __m256i *)(const void *)(right + k)));
        if (lanes != 0) count += note_lanes(pair, i, k, lanes, left_at + count, right_at + count);
        uint32_t left_last = left[i + 7], right_last = right[k + 7];
        i += left_last <= right_last ? 8 : 0;
        k += right_last <= left_last ? 8 : 0;
    }
    while (i < pair->left_count && k < pair->right_count) {
        unsigned lanes = match_lanes(_mm256_loadu_si256((const __m256i *)(const void *)(left + i)),
                                     _mm256_loadu_si256((const __m256i *)(const void *)(right + k)));
        uint32_t left_left = pair->left_count - i, right_left = pair->right_count - k;
        if (left_left < 8) lanes &= (1u << left_left) - 1;
        count += note_lanes(pair, i, k, lanes, left_at + count, right_at + count);
        uint32_t left_last = left[left_left > 8 ? i + 7 : pair->left_count - 1];
        uint32_t right_last = right[right_left > 8 ? k + 7 : pair->right_count - 1];
        i += left_last <= right_last ? 8 : 0;
        k += right_last <= left_last ? 8 : 0;
    }
    return count;
}

__attribute__((target("avx2"))) static uint32_t avx_sum(const uint32_t *values, uint32_t count,
                                                         uint32_t plus, uint32_t *sums)
{
    uint32_t done = 0, sum = 0, bits = 0, lanes[8];
    __m256i carry = _mm256_setzero_si256(), all = _mm256_setzero_si256();
    const __m256i third = _mm256_set1_epi32(3), last = _mm256_set1_epi32(7);
    const __m256i added = _mm256_set1_epi32((int)plus);
    for (; count - done >= 8; done += 8) {
        __m256i value = _mm256_loadu_si256((const __m256i *)(const void *)(values + done));
        all = _mm256_or_si256(all, value);
        value = _mm256_add_epi32(value, added);
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
        bits |= values[done];
        sums[done] = sum += values[done] + plus;
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
