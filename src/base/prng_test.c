#include "base/prng.h"

#include "base/test.h"

TEST(prng, is_the_same_sequence_everywhere)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 0);
    assert_true(prng.state[0] == 0xe220a8397b1dcdafu);
    assert_true(qd_prng_next(&prng) == 0x99ec5f36cb75f2b4u);
}

TEST(prng, below_stays_below_and_reaches_all)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 3);
    unsigned seen[7] = { 0 };
    for (int i = 0; i < 7000; i++) seen[qd_prng_below(&prng, 7)]++;
    for (int i = 0; i < 7; i++) assert_in_range(seen[i], 850, 1150);
    for (int i = 0; i < 1000; i++) {
        int64_t value = qd_prng_between(&prng, -3, 3);
        assert_true(value >= -3 && value <= 3);
        double unit = qd_prng_double(&prng);
        assert_true(unit >= 0 && unit < 1);
    }
    (void)qd_prng_between(&prng, INT64_MIN, INT64_MAX);
}
