#include "rest/target.h"

#include "base/test.h"

static struct qd_slice decoded(struct qd_arena *arena, const char *text)
{
    struct qd_slice out = { 0 };
    assert_int_equal(qd_target_decode(arena, qd_slice_from_string(text), &out, NULL), QD_OK);
    return out;
}

TEST(target, bytes_that_are_no_text_are_replaced)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_true(qd_slice_is(decoded(arena, "a%FFb"), "a\xef\xbf\xbd" "b"));
    assert_true(qd_slice_is(decoded(arena, "a%C3%28"), "a\xef\xbf\xbd("));
    assert_true(qd_slice_is(decoded(arena, "%C3%A9"), "\xc3\xa9"));
    assert_true(qd_slice_is(qd_target_clean(arena, QD_SLICE("/x\xfe")), "/x\xef\xbf\xbd"));
    qd_arena_destroy(arena);
}

TEST(target, broken_escapes_are_told_as_text)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice out;
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(qd_target_decode(arena, QD_SLICE("%z\xe2\x82\xac!"), &out, &error), QD_BAD_PARAMETER);
    assert_true(qd_slice_is(error.cause->reason, "invalid escape sequence `%z\xe2\x82\xac' at index 0 of: "
                                          "%z\xe2\x82\xac!"));
    qd_arena_destroy(arena);
}
