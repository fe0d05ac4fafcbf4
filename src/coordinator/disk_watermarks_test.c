#include "coordinator/disk_watermarks.h"

#include <string.h>

#include "base/test.h"

static struct qd_watermark parsed(const char *text)
{
    struct qd_watermark mark;
    assert_ok(qd_watermark_parse(qd_slice_from_string(text), "k", &mark, NULL));
    return mark;
}

TEST(disk_watermarks, shares_and_sizes_are_passed_when_less_is_free)
{
    struct qd_watermark share = parsed("95%"), ratio = parsed("0.95"), size = parsed("10b"),
                        off = parsed("0b");
    assert_false(qd_watermark_passed(&share, 1000, 50));
    assert_true(qd_watermark_passed(&share, 1000, 49));
    assert_true(qd_watermark_passed(&ratio, 1000, 49));
    assert_false(qd_watermark_passed(&ratio, 1000, 51));
    assert_true(qd_watermark_passed(&size, 1000, 9));
    assert_false(qd_watermark_passed(&size, 1000, 10));
    assert_false(qd_watermark_passed(&off, 1000, 0));
    assert_false(qd_watermark_passed(&share, 0, 0));
}

TEST(disk_watermarks, three_are_of_one_kind_and_rise)
{
    static const struct {
        const char *marks[3];
        const char *reason; /* NULL: fine */
    } cases[] = {
        { { "85%", "90%", "95%" }, NULL },
        { { "0.5", "90%", "95%" }, NULL },
        { { "10gb", "5gb", "1gb" }, NULL },
        { { "96%", "90%", "95%" }, "low disk watermark [96%] more than high disk watermark [90%]" },
        { { "85%", "90%", "80%" }, "high disk watermark [90%] more than flood stage disk watermark [80%]" },
        { { "10gb", "5gb", "6gb" }, "high disk watermark [5gb] less than flood stage disk watermark [6gb]" },
        { { "10gb", "90%", "95%" },
          "unable to consistently parse [cluster.routing.allocation.disk.watermark.low=10gb], "
          "[cluster.routing.allocation.disk.watermark.high=90%], and "
          "[cluster.routing.allocation.disk.watermark.flood_stage=95%] as percentage or bytes" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct qd_watermark marks[QD_WATERMARK_COUNT];
        struct qd_error error;
        qd_error_init(&error, arena);
        for (size_t k = 0; k < QD_WATERMARK_COUNT; k++) marks[k] = parsed(cases[i].marks[k]);
        enum qd_status status = qd_watermarks_check(marks, &error);
        assert_int_equal(status, cases[i].reason == NULL ? QD_OK : QD_ILLEGAL_ARGUMENT);
        if (cases[i].reason != NULL) assert_slice(error.reason, cases[i].reason);
    }
    qd_arena_destroy(arena);
}
