#include "base/wildcard.h"

#include "base/prng.h"
#include "base/test.h"

/* The definition itself, exponential. */
static bool naive(const char *pattern, const char *text)
{
    if (*pattern == 0) return *text == 0;
    if (*pattern == '*') return naive(pattern + 1, text) || (*text != 0 && naive(pattern, text + 1));
    if (*text == 0) return false;
    if (*pattern == '?') return naive(pattern + 1, text + 1);
    return *pattern == *text && naive(pattern + 1, text + 1);
}

TEST(wildcard, equals_the_definition)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 4);
    int matched = 0;
    for (int i = 0; i < 20000; i++) {
        char pattern[8] = { 0 }, text[10] = { 0 };
        for (uint64_t j = qd_prng_below(&prng, 7); j > 0; j--)
            pattern[j - 1] = "ab**?"[qd_prng_below(&prng, 5)];
        for (uint64_t j = qd_prng_below(&prng, 9); j > 0; j--) text[j - 1] = "ab"[qd_prng_below(&prng, 2)];
        bool wanted = naive(pattern, text);
        matched += wanted;
        assert_int_equal(qd_wildcard_match(qd_slice_from_string(pattern), qd_slice_from_string(text)),
                         wanted);
    }
    assert_in_range(matched, 1000, 19000);
}

TEST(wildcard, question_mark_is_one_code_point_and_backslash_escapes)
{
    assert_true(qd_wildcard_match(QD_SLICE("a?c"), QD_SLICE("a\xc3\xa9" "c")));
    assert_false(qd_wildcard_match(QD_SLICE("a??c"), QD_SLICE("a\xc3\xa9" "c")));
    assert_true(qd_wildcard_match(QD_SLICE("a\\*"), QD_SLICE("a*")));
    assert_false(qd_wildcard_match(QD_SLICE("a\\*"), QD_SLICE("ab")));
    assert_true(qd_wildcard_match(QD_SLICE("a\\"), QD_SLICE("a\\")));
}

TEST(wildcard, simple_match_knows_the_star_only)
{
    assert_true(qd_simple_match(QD_SLICE("logs-*-?"), QD_SLICE("logs-x-?")));
    assert_false(qd_simple_match(QD_SLICE("logs-?"), QD_SLICE("logs-x")));
    assert_false(qd_simple_match(QD_SLICE("A*"), QD_SLICE("ab")));
    assert_true(qd_simple_match_ignore_case(QD_SLICE("A*"), QD_SLICE("ab")));
    const struct qd_slice patterns[] = { QD_SLICE_INIT("x*"), QD_SLICE_INIT("*b") };
    assert_true(qd_simple_match_any(patterns, 2, QD_SLICE("ab")));
    assert_false(qd_simple_match_any(patterns, 2, QD_SLICE("ac")));
}
