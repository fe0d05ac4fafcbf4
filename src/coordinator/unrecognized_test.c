#include "coordinator/unrecognized.h"

#include "base/test.h"

TEST(unrecognized, names_are_sorted_told_once_and_have_hints)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice bad[] = { QD_SLICE("zeta"), QD_SLICE("prety"), QD_SLICE("zeta") };
    const struct qd_slice known[] = { QD_SLICE("pretty"), QD_SLICE("human") };
    struct qd_unrecognized names = { .path = QD_SLICE("/x"),
                                     .what = "parameter",
                                     .bad = bad,
                                     .bad_count = 3,
                                     .known = known,
                                     .known_count = 2 };
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(qd_unrecognized(&names, arena, &error), QD_ILLEGAL_ARGUMENT);
    assert_true(qd_slice_is(error.reason, "request [/x] contains unrecognized parameters: [prety] -> did you "
                                          "mean [pretty]?, [zeta]"));
    names.bad_count = 1;
    bad[0] = QD_SLICE("zeta");
    assert_int_equal(qd_unrecognized(&names, arena, &error), QD_ILLEGAL_ARGUMENT);
    assert_true(qd_slice_is(error.reason, "request [/x] contains unrecognized parameter: [zeta]"));
    qd_arena_destroy(arena);
}
