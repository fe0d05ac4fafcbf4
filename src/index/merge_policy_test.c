#include "base/test.h"
#include "index/merge_policy.h"

#define MIB ((uint64_t)1 << 20)

static const struct qd_merge_policy policy = { 10, 10, 16 * MIB, 5120 * MIB };

TEST(merge_policy, few_segments_stay)
{
    struct qd_merge_candidate candidates[10];
    size_t chosen[10];
    for (int i = 0; i < 10; i++) candidates[i] = (struct qd_merge_candidate){ 20 * MIB, 100, 100, false };
    assert_int_equal(qd_merge_policy_natural(&policy, candidates, 10, chosen), 0);
}

TEST(merge_policy, one_tier_of_tiny_segments_stays)
{
    struct qd_merge_candidate candidates[11];
    size_t chosen[11];
    for (int i = 0; i < 11; i++) candidates[i] = (struct qd_merge_candidate){ 1000, 100, 100, false };
    assert_int_equal(qd_merge_policy_natural(&policy, candidates, 10, chosen), 0);
    assert_int_equal(qd_merge_policy_natural(&policy, candidates, 11, chosen), 10);
}

TEST(merge_policy, equal_small_segments_are_merged_ten_at_once)
{
    struct qd_merge_candidate candidates[12];
    size_t chosen[12];
    for (int i = 0; i < 12; i++) candidates[i] = (struct qd_merge_candidate){ 20 * MIB, 100, 100, i == 3 };
    candidates[11].bytes = 4000 * MIB;
    assert_int_equal(qd_merge_policy_natural(&policy, candidates, 12, chosen), 0);
    struct qd_merge_candidate many[30];
    size_t chosen_many[30];
    for (int i = 0; i < 30; i++) many[i] = (struct qd_merge_candidate){ 20 * MIB, 100, 100, i == 3 };
    assert_int_equal(qd_merge_policy_natural(&policy, many, 30, chosen_many), 10);
    for (int i = 0; i < 10; i++) {
        assert_true(chosen_many[i] != 3);
        assert_true(i == 0 || chosen_many[i] > chosen_many[i - 1]);
    }
}

TEST(merge_policy, no_natural_merge_exceeds_the_largest_size)
{
    struct qd_merge_candidate candidates[40];
    size_t chosen[40];
    for (int i = 0; i < 40; i++) candidates[i] = (struct qd_merge_candidate){ 2000 * MIB, 100, 100, false };
    size_t count = qd_merge_policy_natural(&policy, candidates, 40, chosen);
    assert_int_equal(count, 2);
}

TEST(merge_policy, forced_merges_take_the_smallest)
{
    struct qd_merge_candidate candidates[4] = {
        { 500, 10, 10, false }, { 100, 10, 10, false }, { 50, 10, 10, false }, { 900, 10, 10, false }
    };
    size_t chosen[4];
    assert_int_equal(qd_merge_policy_forced(candidates, 4, 3, chosen), 2);
    assert_int_equal(chosen[0], 1);
    assert_int_equal(chosen[1], 2);
    assert_int_equal(qd_merge_policy_forced(candidates, 4, 1, chosen), 4);
    assert_int_equal(qd_merge_policy_forced(candidates, 1, 1, chosen), 0);
    candidates[0].live_count = 9;
    assert_int_equal(qd_merge_policy_forced(candidates, 1, 1, chosen), 1);
}

TEST(merge_policy, only_deletes_takes_what_has_many)
{
    struct qd_merge_candidate candidates[3] =
        { { 500, 100, 91, false }, { 100, 100, 89, false }, { 50, 10, 0, true } };
    size_t chosen[3];
    assert_int_equal(qd_merge_policy_deletes(&policy, candidates, 3, chosen), 1);
    assert_int_equal(chosen[0], 1);
}
