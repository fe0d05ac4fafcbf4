#include "analysis/affixes.h"
#include "base/test.h"

static const struct qd_stem_rule mends[] = { { "č", 0, "c" }, { "pj", 0, "p" }, { NULL, 0, NULL } };
static const struct qd_affix_row endings[] = { { "s es ness", 2, NULL, NULL },
                                               { "ē", 2, "aō", mends },
                                               { "less", 4, NULL, NULL } };
static const struct qd_affix_row beginnings[] = { { "un", 3, NULL, NULL }, { "u", 1, NULL, NULL } };
static const struct qd_affix_step steps[] = { { true, beginnings, 2 }, { false, endings, 3 } };

static void assert_stem(const char *word, const char *stem)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_stem_word read = qd_stem_word_read(arena, qd_slice_from_string(word));
    qd_affixes_strip(&read, steps, 2);
    assert_slice(qd_stem_word_write(arena, &read), stem);
    qd_arena_destroy(arena);
}

TEST(affixes, the_longest_that_leaves_enough_goes)
{
    assert_stem("kindness", "kind");
    assert_stem("boxes", "box");
    assert_stem("cats", "cat");
    /* "ness" and "es" would leave too little. */
    assert_stem("ness", "nes");
    assert_stem("s", "s");
    assert_stem("", "");
    /* A longer one in a later row, and what is tried when it leaves too little. */
    assert_stem("careless", "care");
    assert_stem("less", "les");
}

TEST(affixes, both_sides_are_steps_of_their_own)
{
    assert_stem("unkindness", "kind");
    assert_stem("unit", "nit");
    assert_stem("u", "u");
}

TEST(affixes, a_vowel_stays_and_the_stem_is_mended)
{
    assert_stem("lačē", "lac");
    assert_stem("lōpjē", "lōp");
    assert_stem("lačs", "lač");
    assert_stem("lkčē", "lkčē");
}
