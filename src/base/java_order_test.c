#include "base/java_order.h"

#include "base/test.h"

TEST(java_order, hash_is_that_of_java_strings)
{
    assert_int_equal(qd_java_string_hash(QD_SLICE("")), 0);
    assert_int_equal(qd_java_string_hash(QD_SLICE("hello")), 99162322);
    /* "\xF0\x9F\x98\x80" is two units: 0xD83D, 0xDE00. */
    assert_int_equal(qd_java_string_hash(QD_SLICE("\xF0\x9F\x98\x80")), 0xD83D * 31 + 0xDE00);
}

/* Recorded from the reference: GET /x/_mapping/field/ * of a fresh mapping. */
TEST(java_order, metadata_fields_come_as_the_reference_lists_them)
{
    static const char *const names[] = { "_id",      "_index", "_source", "_routing", "_seq_no",
                                         "_version", "n",      "o.k",     "t" };
    static const char *const expected[] = { "_routing", "_index",  "o.k", "n",       "_seq_no",
                                            "t",        "_source", "_id", "_version" };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice keys[9];
    for (size_t i = 0; i < 9; i++) keys[i] = qd_slice_from_string(names[i]);
    size_t *order = qd_java_map_order(arena, keys, 9, 32);
    for (size_t i = 0; i < 9; i++) assert_string_equal(names[order[i]], expected[i]);
    qd_arena_destroy(arena);
}

/* "al" and "k" share a slot at first, "t" and "pd" as well; the latter differ at the next depth. */
TEST(java_order, tries_give_lone_keys_first)
{
    static const char *const names[] = { "al", "k", "m", "pd", "po", "t", "b" };
    static const char *const expected[] = { "b", "m", "po", "k", "al", "t", "pd" };
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice keys[7];
    for (size_t i = 0; i < 7; i++) keys[i] = qd_slice_from_string(names[i]);
    size_t *order = qd_java_trie_order(arena, keys, 7);
    for (size_t i = 0; i < 7; i++) assert_string_equal(names[order[i]], expected[i]);
    qd_arena_destroy(arena);
}
