#include "base/units.h"

#include "base/test.h"

/* What a parser answered, as text: the value, or "!reason" and " <- cause". All expectations come from the
 * reference. */
struct scene {
    struct qd_arena *arena;
    struct qd_error error;
    struct qd_buffer text;
};

static struct scene open_scene(void)
{
    struct scene scene = { .arena = qd_arena_create(0) };
    qd_error_init(&scene.error, scene.arena);
    return scene;
}

static void close_scene(struct scene *scene)
{
    qd_buffer_deinit(&scene->text);
    qd_arena_destroy(scene->arena);
}

static void put_error(struct scene *scene)
{
    qd_buffer_format(&scene->text, "!%.*s", QD_SLICE_ARG(scene->error.reason));
    if (scene->error.cause == NULL) return;
    qd_buffer_format(&scene->text, " <- %.*s", QD_SLICE_ARG(scene->error.cause->reason));
}

static void expect(struct scene *scene, const char *wanted)
{
    assert_slice(qd_buffer_view(&scene->text), wanted);
    scene->text.size = 0;
}

static void expect_time(struct scene *scene, const char *text, const char *wanted)
{
    struct qd_time_value value;
    if (qd_time_parse(qd_slice_from_string(text), "n", &value, &scene->error) != QD_OK) {
        put_error(scene);
    } else {
        qd_buffer_format(&scene->text, "%lld %lld ", (long long)qd_time_nanos(value),
                         (long long)qd_time_millis(value));
        qd_time_print(&scene->text, value);
        qd_buffer_text(&scene->text, " ");
        qd_time_print_exact(&scene->text, value);
    }
    expect(scene, wanted);
}

TEST(units, times_parse_as_the_reference)
{
    struct scene scene = open_scene();
    expect_time(&scene, "5m", "300000000000 300000 5m 5m");
    expect_time(
        &scene, "1.5h",
        "!failed to parse [1.5h], fractional time values are not supported <- For input string: \"1.5\"");
    expect_time(&scene, "-1", "-1000000 -1 -1 -1");
    expect_time(&scene, "-01", "-1000000 -1 -1 -1");
    expect_time(&scene, "000", "0 0 0s 0ms");
    expect_time(&scene, "-1s", "-1000000000 -1000 -1 -1");
    expect_time(&scene, "-2s",
                "!failed to parse setting [n] with value [-2s] as a time value: negative durations are "
                "not supported");
    expect_time(&scene, " 5 S ", "5000000000 5000 5s 5s");
    expect_time(&scene, "1M",
                "!failed to parse setting [n] with value [1M] as a time value: unit is missing or "
                "unrecognized");
    expect_time(&scene, "", "!failed to parse setting [n] with value [] as a time value: unit is missing or "
                            "unrecognized");
    expect_time(&scene, "xs", "!failed to parse [xs] <- For input string: \"x\"");
    expect_time(&scene, "106752d", "9223372036854775807 9223372800000 106751.9d 106752d");
    expect_time(&scene, "1500micros", "1500000 1 1.5ms 1500micros");
    expect_time(&scene, "7nanos", "7 0 7nanos 7nanos");
    expect_time(&scene, "90m", "5400000000000 5400000 1.5h 90m");
    close_scene(&scene);
}

TEST(units, times_print_cut_not_rounded)
{
    struct scene scene = open_scene();
    qd_time_print_millis(&scene.text, 59999);
    expect(&scene, "59.9s");
    qd_time_print_millis(&scene.text, 123456789);
    expect(&scene, "1.4d");
    qd_time_print_nanos(&scene.text, 1234);
    expect(&scene, "1.2micros");
    qd_time_print_millis(&scene.text, 0);
    expect(&scene, "0s");
    close_scene(&scene);
}

static void expect_bytes(struct scene *scene, const char *text, const char *wanted)
{
    int64_t bytes;
    if (qd_bytes_parse(qd_slice_from_string(text), "n", &bytes, &scene->error) != QD_OK) {
        put_error(scene);
    } else {
        qd_buffer_format(&scene->text, "%lld ", (long long)bytes);
        qd_bytes_print(&scene->text, bytes);
    }
    expect(scene, wanted);
}

TEST(units, sizes_parse_and_print_as_the_reference)
{
    struct scene scene = open_scene();
    expect_bytes(&scene, "1kb", "1024 1kb");
    expect_bytes(&scene, "3P", "3377699720527872 3pb");
    expect_bytes(&scene, "1127b", "1127 1.1kb");
    expect_bytes(&scene, "123456789b", "123456789 117.7mb");
    expect_bytes(&scene, "9223372036854775807b", "9223372036854775807 8192pb");
    expect_bytes(&scene, "-1", "-1 -1b");
    expect_bytes(&scene, " 2 MB", "2097152 2mb");
    expect_bytes(&scene, "0", "0 0b");
    expect_bytes(
        &scene, "1.5gb",
        "!Failed to parse bytes value [1.5gb]. Fractional bytes values have been deprecated since Legacy "
        "6.2. "
        "Use non-fractional bytes values instead: found for setting [n] <- For input string: \"1.5\"");
    expect_bytes(&scene, "-1kb",
                 "!failed to parse setting [n] with value [-1kb] as a size in bytes <- Values less than "
                 "-1 bytes are not supported: -1kb");
    expect_bytes(&scene, "-2b", "!Values less than -1 bytes are not supported: -2b");
    expect_bytes(
        &scene, "99999pb",
        "!failed to parse setting [n] with value [99999pb] as a size in bytes <- Values greater than "
        "9223372036854775807 bytes are not supported: 99999pb");
    expect_bytes(&scene, "12",
                 "!failed to parse setting [n] with value [12] as a size in bytes: unit is missing or "
                 "unrecognized");
    expect_bytes(&scene, "xb", "!For input string: \"x\"");
    expect_bytes(&scene, "xkb", "!failed to parse [xkb] <- For input string: \"x\"");
    int64_t bytes = 0;
    assert_ok(qd_bytes_or_percent_parse(QD_SLICE("30%"), "n", 1000, &bytes, &scene.error));
    assert_int_equal(bytes, 300);
    close_scene(&scene);
}

TEST(units, booleans_are_true_and_false_only)
{
    struct scene scene = open_scene();
    bool value = false;
    assert_ok(qd_boolean_parse(QD_SLICE("true"), &value, &scene.error));
    assert_true(value);
    assert_ok(qd_boolean_parse(QD_SLICE("false"), &value, &scene.error));
    assert_false(value);
    assert_int_equal(qd_boolean_parse(QD_SLICE("True"), &value, &scene.error), QD_ILLEGAL_ARGUMENT);
    assert_slice(scene.error.reason, "Failed to parse value [True] as only [true] or [false] are allowed.");
    close_scene(&scene);
}

static void expect_fuzziness(struct scene *scene, const char *text, const char *wanted)
{
    struct qd_fuzziness value;
    if (qd_fuzziness_parse(qd_slice_from_string(text), &value, &scene->error) != QD_OK) {
        put_error(scene);
    } else {
        qd_fuzziness_print(&scene->text, &value);
        qd_buffer_format(&scene->text, " %d%d%d", qd_fuzziness_edits(&value, 1),
                         qd_fuzziness_edits(&value, 4), qd_fuzziness_edits(&value, 8));
    }
    expect(scene, wanted);
}

TEST(units, fuzziness_parses_as_the_reference)
{
    struct scene scene = open_scene();
    expect_fuzziness(&scene, "auto", "AUTO 012");
    expect_fuzziness(&scene, "auto:2,+5", "AUTO:2,5 012");
    expect_fuzziness(&scene, "AUTO:0,0", "AUTO:0,0 222");
    expect_fuzziness(&scene, "AUTO:2", "!failed to find low and high distance values");
    expect_fuzziness(&scene, "AUTO:1,2,3", "!failed to find low and high distance values");
    expect_fuzziness(&scene, "AUTO:5,2",
                     "!fuzziness wrongly configured, must be: lowDistance > 0, highDistance > 0 and "
                     "lowDistance <= highDistance ");
    expect_fuzziness(&scene, "AUTO:a,b",
                     "!failed to parse [AUTO:a,b] as a \"auto:int,int\" <- For input string: \"a\"");
    expect_fuzziness(&scene, "1.9", "1.9 111");
    expect_fuzziness(&scene, "3", "3 222");
    expect_fuzziness(&scene, "", "!fuzziness can't be null!");
    close_scene(&scene);
}

static void expect_minimum(struct scene *scene, int count, const char *spec, const char *wanted)
{
    int required;
    if (qd_minimum_should_match(count, qd_slice_from_string(spec), &required, &scene->error) != QD_OK)
        put_error(scene);
    else qd_buffer_format(&scene->text, "%d", required);
    expect(scene, wanted);
}

TEST(units, minimum_should_match_counts_as_the_reference)
{
    struct scene scene = open_scene();
    expect_minimum(&scene, 4, "-1", "3");
    expect_minimum(&scene, 4, "75%", "3");
    expect_minimum(&scene, 3, "33%", "0");
    expect_minimum(&scene, 4, "-25%", "3");
    expect_minimum(&scene, 2, "2<75%", "2");
    expect_minimum(&scene, 12, "2<75% 9<-3", "9");
    expect_minimum(&scene, 4, "3 < 2", "2");
    expect_minimum(&scene, 4, "10", "10");
    expect_minimum(&scene, 4, "-10", "0");
    expect_minimum(&scene, 4, "150%", "6");
    expect_minimum(&scene, 4, "2.5", "!For input string: \"2.5\"");
    expect_minimum(&scene, 4, "2<", "!Index 1 out of bounds for length 1");
    expect_minimum(&scene, 4, "<2", "!For input string: \"\"");
    expect_minimum(&scene, 4, "3<2 x", "!For input string: \"x\"");
    close_scene(&scene);
}

TEST(units, distances_become_metres)
{
    struct scene scene = open_scene();
    double metres = 0;
    assert_ok(qd_distance_parse(QD_SLICE("5mi"), &metres, &scene.error));
    assert_true(metres == 8046.72);
    assert_ok(qd_distance_parse(QD_SLICE("1.5nmi"), &metres, &scene.error));
    assert_true(metres == 2778.0);
    assert_ok(qd_distance_parse(QD_SLICE("3 km"), &metres, &scene.error));
    assert_true(metres == 3000.0);
    assert_ok(qd_distance_parse(QD_SLICE("3in"), &metres, &scene.error));
    assert_true(metres == 0.07619999999999999);
    assert_int_equal(qd_distance_parse(QD_SLICE("3x"), &metres, &scene.error), QD_NUMBER_FORMAT);
    assert_slice(scene.error.reason, "For input string: \"3x\"");
    close_scene(&scene);
}

TEST(units, fuzziness_never_asks_for_more_than_two_edits)
{
    struct qd_fuzziness value = { .edits = 5 };
    assert_int_equal(qd_fuzziness_edits(&value, 10), 2);
    value.edits = -1;
    assert_int_equal(qd_fuzziness_edits(&value, 10), 0);
}
