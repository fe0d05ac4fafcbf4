#include "codec/sorted.h"

#include <string.h>

#include "base/prng.h"
#include "base/test.h"

#define NUMBERS 600

/* Ascending numbers, denser or less so. Behind the end stands what must not be found. */
static uint32_t fill(struct qd_prng *prng, uint32_t *numbers, uint32_t tail)
{
    uint32_t count = (uint32_t)qd_prng_below(prng, NUMBERS), next = (uint32_t)qd_prng_below(prng, 500);
    uint32_t step = 1 + (uint32_t)qd_prng_below(prng, 40);
    for (uint32_t i = 0; i < count; i++, next += 1 + (uint32_t)qd_prng_below(prng, step)) numbers[i] = next;
    for (uint32_t i = 0; i < QD_SORTED_PADDING; i++) numbers[count + i] = tail;
    return count;
}

static bool has(const uint32_t *numbers, uint32_t count, uint32_t number, uint32_t *at)
{
    for (*at = 0; *at < count; (*at)++) {
        if (numbers[*at] == number) return true;
    }
    return false;
}

TEST(sorted, every_implementation_intersects)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 3);
    for (int round = 0; round < 1500; round++) {
        uint32_t left[NUMBERS + 8], right[NUMBERS + 8];
        uint16_t left_at[NUMBERS], right_at[NUMBERS];
        uint32_t left_count = fill(&prng, left, UINT32_MAX);
        uint32_t right_count = fill(&prng, right, round % 2 == 0 || left_count == 0 ? UINT32_MAX : left[0]);
        struct qd_sorted_pair pair = { left, left_count, right, right_count };
        for (size_t k = 0; qd_sorted_at(k) != NULL; k++) {
            uint32_t found = qd_sorted_at(k)->intersect(&pair, left_at, right_at), expected = 0, at;
            for (uint32_t i = 0; i < left_count; i++) {
                if (!has(right, right_count, left[i], &at)) continue;
                assert_true(expected < found);
                assert_int_equal(left_at[expected], i);
                assert_int_equal(right_at[expected++], at);
            }
            assert_int_equal(found, expected);
        }
    }
}

TEST(sorted, every_implementation_sums)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 4);
    for (int round = 0; round < 500; round++) {
        uint32_t values[NUMBERS + 8], sums[NUMBERS + 8];
        uint32_t count = (uint32_t)qd_prng_below(&prng, NUMBERS);
        uint32_t mask = round % 3 == 0 ? UINT32_MAX : 7, plus = (uint32_t)round % 2;
        for (uint32_t i = 0; i < NUMBERS + 8; i++) values[i] = (uint32_t)qd_prng_next(&prng) & mask;
        for (uint32_t i = count; i < NUMBERS + 8; i++) values[i] |= 0x80000000; /* not to be told of */
        for (size_t k = 0; qd_sorted_at(k) != NULL; k++) {
            uint32_t bits = qd_sorted_at(k)->sum(values, count, plus, sums), expected = 0, sum = 0;
            for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(sums[i], sum += values[i] + plus);
                expected |= values[i];
            }
            assert_int_equal(bits, expected);
        }
    }
}
