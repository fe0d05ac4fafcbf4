#include "base/text.h"

#include "base/prng.h"
#include "base/test.h"

TEST(text, every_code_point_survives_utf8_and_utf16)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer all = { 0 };
    size_t units = 0, count = 0;
    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x3000 ? 1 : 997) {
        if (c >= 0xd800 && c < 0xe000) continue;
        char bytes[4];
        size_t size = qd_utf8_encode(c, bytes);
        struct qd_slice one = qd_slice_make(bytes, size);
        size_t at = 0;
        assert_int_equal(qd_utf8_decode(one, &at), c);
        assert_int_equal(at, size);
        assert_int_equal(qd_utf8_decode_back(one, &at), c);
        assert_int_equal(at, 0);
        qd_utf8_append(&all, c);
        units += c < 0x10000 ? 1 : 2;
        count++;
    }
    struct qd_slice text = qd_buffer_view(&all);
    assert_true(qd_utf8_valid(text));
    assert_int_equal(qd_utf8_count(text), count);
    assert_int_equal(qd_utf16_length(text), units);
    size_t unit_count;
    const uint16_t *utf16 = qd_utf16_from_utf8(arena, text, &unit_count);
    assert_int_equal(unit_count, units);
    assert_true(qd_slice_equal(qd_utf16_to_utf8(arena, utf16, unit_count), text));
    qd_buffer_deinit(&all);
    qd_arena_destroy(arena);
}

TEST(text, malformed_bytes_are_seen)
{
    assert_false(qd_utf8_valid(QD_SLICE("\xc0\x80")));
    assert_false(qd_utf8_valid(QD_SLICE("\xed\xa0\x80")));
    assert_false(qd_utf8_valid(QD_SLICE("\xf4\x90\x80\x80")));
    assert_false(qd_utf8_valid(QD_SLICE("a\xe2\x82")));
    assert_int_equal(qd_utf8_count(QD_SLICE("a\xe2\x82" "b")), 4);
}

TEST(text, utf16_offsets_point_into_bytes)
{
    struct qd_slice text = QD_SLICE("a\xc3\xa9\xf0\x9f\x98\x80z");
    assert_int_equal(qd_utf16_to_byte(text, 2), 3);
    assert_int_equal(qd_utf16_to_byte(text, 3), 3);
    assert_int_equal(qd_utf16_to_byte(text, 4), 7);
    assert_int_equal(qd_utf16_to_byte(text, 99), 8);
    assert_true(qd_utf16_compare(QD_SLICE("\xf0\x9f\x98\x80"), QD_SLICE("\xef\xbf\xbd")) < 0);
    assert_true(qd_utf16_compare(QD_SLICE("ab"), QD_SLICE("a")) > 0);
}

TEST(text, case_mapping_is_javas)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(qd_lowercase(arena, QD_SLICE("ABC z")), "abc z");
    assert_slice(qd_lowercase(arena, QD_SLICE("\xc3\x89" "A\xce\xa3")), "\xc3\xa9" "a\xcf\x82");
    assert_slice(qd_uppercase(arena, QD_SLICE("stra\xc3\x9f" "e")), "STRASSE");
    assert_int_equal(qd_lowercase_code_point(0x130), 'i');
    assert_int_equal(qd_uppercase_code_point(0xe9), 0xc9);
    assert_true(qd_equal_ignore_case(QD_SLICE("AbC"), QD_SLICE("aBc")));
    assert_false(qd_equal_ignore_case(QD_SLICE("ab"), QD_SLICE("abc")));
    assert_slice(qd_trim(QD_SLICE(" \t a b\n")), "a b");
    qd_arena_destroy(arena);
}

TEST(text, splitting_keeps_empty_parts)
{
    struct qd_slice rest = QD_SLICE("a,,b"), part;
    assert_true(qd_split_next(&rest, ',', &part));
    assert_slice(part, "a");
    assert_true(qd_split_next(&rest, ',', &part));
    assert_slice(part, "");
    assert_true(qd_split_next(&rest, ',', &part));
    assert_slice(part, "b");
    assert_false(qd_split_next(&rest, ',', &part));
    assert_slice(qd_utf8_truncate(QD_SLICE("a\xc3\xa9"), 2), "a");
}

TEST(text, base64_round_trips_and_refuses_what_java_refuses)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_prng prng;
    qd_prng_seed(&prng, 5);
    for (size_t size = 0; size < 100; size++) {
        char bytes[100];
        qd_prng_bytes(&prng, bytes, size);
        struct qd_slice in = qd_slice_make(bytes, size), out;
        assert_true(qd_base64_decode(arena, qd_base64_encode(arena, in), &out));
        assert_true(qd_slice_equal(in, out));
        assert_true(qd_base64_url_decode(arena, qd_base64_url_encode(arena, in), &out));
        assert_true(qd_slice_equal(in, out));
    }
    assert_slice(qd_base64_encode(arena, QD_SLICE("a")), "YQ==");
    assert_slice(qd_base64_url_encode(arena, QD_SLICE("\xff\xfe")), "__4");
    struct qd_slice out;
    assert_false(qd_base64_decode(arena, QD_SLICE("YQ="), &out));
    assert_false(qd_base64_decode(arena, QD_SLICE("Y"), &out));
    assert_false(qd_base64_decode(arena, QD_SLICE("Y_=="), &out));
    assert_true(qd_base64_decode(arena, QD_SLICE("YQ"), &out));
    qd_arena_destroy(arena);
}

TEST(text, names_are_suggested_as_the_reference_does)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_true(qd_levenshtein_score(arena, QD_SLICE("kitten"), QD_SLICE("sitting")) == 1.0f - 3.0f / 7.0f);
    const struct qd_slice names[] = { QD_SLICE_INIT("pretty"), QD_SLICE_INIT("petty"),
                                      QD_SLICE_INIT("human") };
    assert_slice(qd_did_you_mean(arena, QD_SLICE("prety"), names, 3),
                 " did you mean any of [pretty, petty]?");
    assert_slice(qd_did_you_mean(arena, QD_SLICE("humn"), names, 3), " did you mean [human]?");
    assert_slice(qd_did_you_mean(arena, QD_SLICE("zzz"), names, 3), "");
    qd_arena_destroy(arena);
}
