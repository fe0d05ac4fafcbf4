#include "codec/automaton.h"

#include <stdio.h>
#include <string.h>

#include "base/prng.h"
#include "base/test.h"
#include "base/text.h"
#include "base/wildcard.h"

static struct qd_automaton *regexp(struct qd_arena *arena, const char *pattern, unsigned flags,
                                   bool case_insensitive)
{
    struct qd_regexp_options options = { flags, case_insensitive, QD_AUTOMATON_WORK_DEFAULT };
    struct qd_automaton *automaton = NULL;
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_ok(qd_automaton_regexp(arena, qd_slice_from_string(pattern), &options, &automaton, &error));
    return automaton;
}

static bool matches(const char *pattern, const char *text)
{
    struct qd_arena *arena = qd_arena_create(0);
    bool found = qd_automaton_matches(regexp(arena, pattern, QD_REGEXP_ALL, false),
                                      qd_slice_from_string(text));
    qd_arena_destroy(arena);
    return found;
}

TEST(automaton, regexp_syntax_is_lucenes)
{
    static const struct {
        const char *pattern, *text;
        bool match;
    } rows[] = {
        { "abc", "abc", true },       { "abc", "abcd", false },      { "a|b", "b", true },
        { "", "", true },             { "", "a", false },            { "()", "", true },
        { "a?", "", true },           { "a*b", "aaab", true },       { "a+", "", false },
        { "a{2}", "aa", true },       { "a{2}", "aaa", false },      { "a{2,}", "aaaaa", true },
        { "a{1,3}", "aaa", true },    { "a{1,3}", "aaaa", false },   { "a{0,2}b", "b", true },
        { "(ab){2}", "abab", true },  { "[abc]+", "cab", true },     { "[^abc]", "d", true },
        { "[^abc]", "a", false },     { "[a-cx]", "b", true },       { "[]]", "]", true },
        { "\\d+", "0129", true },     { "\\D", "5", false },         { "\\w*", "aZ_9", true },
        { "\\s", "\t", true },        { "\\S", " ", false },         { "[\\d-]+", "1-2", true },
        { "\\.", ".", true },         { "\\.", "a", false },         { "\\\\", "\\", true },
        { ".", "\xc3\xa9", true },    { ".", "\xf0\x9f\x98\x80", true }, { "..", "\xc3\xa9", false },
        { "\"a.b\"", "a.b", true },   { "\"a.b\"", "axb", false },   { "@", "anything", true },
        { "#", "", false },           { "a#", "a", false },          { "a.*&.*b", "axb", true },
        { "a.*&.*b", "axc", false },  { "<1-10>", "7", true },       { "<1-10>", "11", false },
        { "<1-10>", "007", true },    { "<01-10>", "7", false },     { "<01-10>", "07", true },
        { "<10-1>", "10", true },     { "<0-10>", "00", true },       { "<98-1203>", "1203", true },
        { "<98-1203>", "97", false }, { "<98-1203>", "1204", false }, { "~a", "~a", true },
        { "#*", "", false },          { "#?", "", true },            { "#{0,2}", "", true },
        { "(a|b)*c", "abbac", true }, { "a||b", "|b", true },       { "a||b", "b", false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (matches(rows[i].pattern, rows[i].text) != rows[i].match) {
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
        }
    }
}

TEST(automaton, regexp_flags_switch_operators_on)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_automaton *plain = regexp(arena, "a&b<1-2>@#~", QD_REGEXP_NONE, false);
    assert_true(qd_automaton_matches(plain, QD_SLICE("a&b<1-2>@#~")));
    struct qd_automaton *complement = regexp(arena, "~(ab)", QD_REGEXP_COMPLEMENT, false);
    assert_true(qd_automaton_matches(complement, QD_SLICE("a")));
    assert_true(qd_automaton_matches(complement, QD_SLICE("")));
    assert_true(qd_automaton_matches(complement, QD_SLICE("abc")));
    assert_false(qd_automaton_matches(complement, QD_SLICE("ab")));
    qd_arena_destroy(arena);
}

TEST(automaton, regexp_ignores_case_of_single_characters)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_automaton *automaton = regexp(arena, "\xc3\xa9k[x][p-r]", QD_REGEXP_ALL, true);
    assert_true(qd_automaton_matches(automaton, QD_SLICE("\xc3\x89KXq")));
    /* The Kelvin sign is a k. */
    assert_true(qd_automaton_matches(automaton, QD_SLICE("\xc3\xa9\xe2\x84\xaaxp")));
    assert_false(qd_automaton_matches(automaton, QD_SLICE("\xc3\xa9kxQ")));
    qd_arena_destroy(arena);
}

static void check_error(const char *pattern, unsigned flags, int64_t work_max, enum qd_status status,
                        const char *reason)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_regexp_options options = { flags, false, work_max };
    struct qd_automaton *automaton = NULL;
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(qd_automaton_regexp(arena, qd_slice_from_string(pattern), &options, &automaton, &error),
                     status);
    assert_slice(error.reason, reason);
    qd_arena_destroy(arena);
}

/* All asked from the reference server. */
TEST(automaton, regexp_errors_are_the_references)
{
    static const struct {
        const char *pattern, *reason;
        enum qd_status status;
    } rows[] = {
        { "a{3", "expected '}' at position 3", QD_ILLEGAL_ARGUMENT },
        { "a)", "end-of-string expected at position 1", QD_ILLEGAL_ARGUMENT },
        { "[b-a]", "invalid range: from (98) cannot be > to (97)", QD_ILLEGAL_ARGUMENT },
        { "\\q", "invalid character class \\113", QD_ILLEGAL_ARGUMENT },
        { "<1-x>", "interval syntax error at position 4", QD_ILLEGAL_ARGUMENT },
        { "(a|b", "expected ')' at position 4", QD_ILLEGAL_ARGUMENT },
        { "<foo>", "'foo' not found", QD_ILLEGAL_ARGUMENT },
        { "a{,3}", "integer expected at position 2", QD_ILLEGAL_ARGUMENT },
        { "a{99999999999}", "For input string: \"99999999999\"", QD_NUMBER_FORMAT },
        { "abc\\", "unexpected end-of-string", QD_ILLEGAL_ARGUMENT },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_error(rows[i].pattern, QD_REGEXP_ALL | QD_REGEXP_AUTOMATON, QD_AUTOMATON_WORK_DEFAULT,
                    rows[i].status,
                    rows[i].reason);
    }
}

/* The sizes that the reference server names when it refuses a pattern. */
TEST(automaton, determinizing_is_refused_with_the_references_numbers)
{
    static const struct {
        const char *pattern;
        int work_max, states, transitions;
    } rows[] = {
        { "(.*a.{12})", 50, 14, 14 },      { ".*a.{20}", 10000, 22, 22 }, { "(ab|ac)+d.*", 0, 9, 14 },
        { "a?b?c?.*x", 0, 6, 16 },         { "(foo|bar){2,4}.*z", 0, 23, 32 }, { "[a-c]*(x|yz)?.", 0, 4, 6 },
        { "(a|a|ab)*.*", 0, 3, 5 },        { "(.a|b.)*", 0, 3, 4 },       { "((a|b)c*)*.a", 0, 5, 9 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char reason[200];
        (void)snprintf(reason, sizeof(reason),
                       "Determinizing automaton with %d states and %d transitions would require more "
                       "than %d effort.",
                       rows[i].states, rows[i].transitions, rows[i].work_max);
        check_error(rows[i].pattern, QD_REGEXP_ALL, rows[i].work_max, QD_TOO_COMPLEX_TO_DETERMINIZE, reason);
    }
    assert_true(matches("(a|b)*c", "c"));
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_automaton *automaton = NULL;
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(qd_automaton_wildcard(arena, QD_SLICE("*a????????????????????"), false, &automaton,
                                           &error),
                     QD_TOO_COMPLEX_TO_DETERMINIZE);
    assert_slice(error.reason,
                 "Determinizing automaton with 22 states and 22 transitions would require more "
                 "than 10000 effort.");
    qd_arena_destroy(arena);
}

/* Random text over few letters, some of them of two and four bytes. */
static struct qd_slice random_text(struct qd_arena *arena, struct qd_prng *prng, const char *const *letters,
                                   size_t letter_count, size_t size_max)
{
    char *bytes = qd_arena_alloc(arena, 4 * size_max + 1);
    size_t size = 0, count = qd_prng_below(prng, size_max + 1);
    for (size_t i = 0; i < count; i++) {
        const char *letter = letters[qd_prng_below(prng, letter_count)];
        memcpy(bytes + size, letter, strlen(letter));
        size += strlen(letter);
    }
    return qd_slice_make(bytes, size);
}

TEST(automaton, wildcards_match_the_naive_matcher)
{
    static const char *const letters[] = { "a", "b", "\xc3\xa9", "\xf0\x9f\x98\x80", "*", "?", "*", "\\" };
    struct qd_prng prng;
    qd_prng_seed(&prng, 5);
    for (int round = 0; round < 400; round++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_automaton *automaton = NULL;
        struct qd_slice pattern = random_text(arena, &prng, letters, 8, 7);
        assert_ok(qd_automaton_wildcard(arena, pattern, false, &automaton, NULL));
        for (int i = 0; i < 60; i++) {
            struct qd_slice text = random_text(arena, &prng, letters, 6, 8);
            if (qd_automaton_matches(automaton, text) != qd_wildcard_match(pattern, text)) {
                fail_msg("%.*s on %.*s", QD_SLICE_ARG(pattern), QD_SLICE_ARG(text));
            }
        }
        qd_arena_destroy(arena);
    }
}

TEST(automaton, prefix_and_term_fold_ascii_only)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_automaton *automaton = NULL;
    assert_ok(qd_automaton_prefix(arena, QD_SLICE("ab"), false, &automaton, NULL));
    assert_slice(qd_automaton_prefix_of(automaton), "ab");
    assert_true(qd_automaton_matches(automaton, QD_SLICE("abc")));
    assert_false(qd_automaton_matches(automaton, QD_SLICE("aBc")));
    assert_ok(qd_automaton_prefix(arena, QD_SLICE("a\xc3\xa9"), true, &automaton, NULL));
    assert_true(qd_automaton_matches(automaton, QD_SLICE("A\xc3\xa9x")));
    assert_false(qd_automaton_matches(automaton, QD_SLICE("A\xc3\x89x")));
    assert_ok(qd_automaton_term(arena, QD_SLICE("aZ1"), true, &automaton, NULL));
    assert_true(qd_automaton_matches(automaton, QD_SLICE("Az1")));
    assert_false(qd_automaton_matches(automaton, QD_SLICE("Az12")));
    assert_int_equal(qd_automaton_next_byte(automaton, 0, 0), 'A');
    assert_int_equal(qd_automaton_next_byte(automaton, 0, 'B'), 'a');
    assert_int_equal(qd_automaton_next_byte(automaton, 0, 'b'), -1);
    qd_arena_destroy(arena);
}

#define WORD_MAX 10

/* Edits between two words by the textbook's table; with `swaps` an exchange of neighbours is one. */
static int distance(const uint32_t *left, size_t left_size, const uint32_t *right, size_t right_size,
                    bool swaps)
{
    int table[WORD_MAX + 1][WORD_MAX + 1];
    for (size_t i = 0; i <= left_size; i++) {
        for (size_t k = 0; k <= right_size; k++) {
            int best = (int)(i + k);
            if (i > 0 && table[i - 1][k] + 1 < best) best = table[i - 1][k] + 1;
            if (k > 0 && table[i][k - 1] + 1 < best) best = table[i][k - 1] + 1;
            if (i > 0 && k > 0) {
                int same = table[i - 1][k - 1] + (left[i - 1] != right[k - 1]);
                if (same < best) best = same;
            }
            bool swapped = swaps && i > 1 && k > 1 && left[i - 1] == right[k - 2] &&
                left[i - 2] == right[k - 1];
            if (swapped && table[i - 2][k - 2] + 1 < best) best = table[i - 2][k - 2] + 1;
            table[i][k] = best;
        }
    }
    return table[left_size][right_size];
}

static size_t decode(struct qd_slice text, uint32_t *out)
{
    size_t count = 0;
    for (size_t at = 0; at < text.size;) out[count++] = qd_utf8_decode(text, &at);
    return count;
}

TEST(automaton, fuzzy_matches_the_edit_table)
{
    static const char *const letters[] = { "a", "b", "c", "\xc3\xa9" };
    struct qd_prng prng;
    qd_prng_seed(&prng, 6);
    for (int round = 0; round < 300; round++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_slice term = random_text(arena, &prng, letters, 4, 7);
        struct qd_fuzzy_options options = { (int)qd_prng_below(&prng, 3), (int)qd_prng_below(&prng, 3),
                                            round % 2 == 0 };
        struct qd_automaton *automaton = NULL;
        uint32_t left[WORD_MAX], right[WORD_MAX];
        assert_ok(qd_automaton_fuzzy(arena, term, &options, &automaton, NULL));
        size_t left_size = decode(term, left);
        size_t prefix = (size_t)options.prefix_length < left_size ? (size_t)options.prefix_length : left_size;
        for (int i = 0; i < 200; i++) {
            struct qd_slice text = random_text(arena, &prng, letters, 4, 8);
            size_t right_size = decode(text, right);
            bool wanted = right_size >= prefix && memcmp(left, right, prefix * sizeof(*left)) == 0 &&
                          distance(left + prefix, left_size - prefix, right + prefix, right_size - prefix,
                                   options.transpositions) <= options.edits;
            if (left_size == 0) wanted = right_size == 0; /* nothing is like nothing only */
            if (qd_automaton_matches(automaton, text) != wanted) {
                fail_msg("%.*s on %.*s: %d", QD_SLICE_ARG(term), QD_SLICE_ARG(text), options.edits);
            }
        }
        qd_arena_destroy(arena);
    }
}
