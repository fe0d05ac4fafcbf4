#include "base/test.h"
#include "coordinator/stats_json.h"

static void expect(const struct qd_stats *stats, unsigned families, bool human, const char *text)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out, .human = human };
    qd_json_begin_object(&writer);
    struct qd_stats_writing writing = { .wanted = families };
    qd_stats_write(stats, &writing, &writer);
    qd_json_end_object(&writer);
    qd_buffer_byte(&out, 0);
    assert_string_equal(out.data, text);
    qd_buffer_deinit(&out);
}

TEST(stats_json, writes_families_with_their_human_twins_and_inner_objects)
{
    struct qd_stats stats;
    qd_stats_init(&stats);
    stats.value[QD_STAT_STORE_SIZE] = 2048;
    stats.value[QD_STAT_GET_TIME] = 1500;
    expect(&stats, 1u << QD_STATS_STORE, false,
           "{\"store\":{\"size_in_bytes\":2048,\"reserved_in_bytes\":0}}");
    expect(
        &stats, 1u << QD_STATS_STORE, true,
        "{\"store\":{\"size\":\"2kb\",\"size_in_bytes\":2048,\"reserved\":\"0b\",\"reserved_in_bytes\":0}}");
    expect(&stats, 1u << QD_STATS_GET, false,
           "{\"get\":{\"total\":0,\"getTime\":\"1.5s\",\"time_in_millis\":1500,\"exists_total\":0,"
           "\"exists_time_in_millis\":0,\"missing_total\":0,\"missing_time_in_millis\":0,\"current\":0}}");
    expect(
        &stats, 1u << QD_STATS_RECOVERY | 1u << QD_STATS_DOCS, false,
        "{\"docs\":{\"count\":0,\"deleted\":0},\"recovery\":{\"current_as_source\":0,\"current_as_target\":0,"
        "\"throttle_time_in_millis\":0}}");
}

TEST(stats_json, nests_the_merge_warmer)
{
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    struct qd_stats stats;
    qd_stats_init(&stats);
    qd_json_begin_object(&writer);
    struct qd_stats_writing writing = { .wanted = 1u << QD_STATS_MERGES };
    qd_stats_write(&stats, &writing, &writer);
    qd_json_end_object(&writer);
    qd_buffer_byte(&out, 0);
    assert_non_null(strstr(out.data, "\"warmer\":{\"total_invocations_count\":0,"));
    assert_non_null(strstr(out.data, "\"ongoing_count\":0}}}"));
    qd_buffer_deinit(&out);
}

TEST(stats_json, zeros_get_their_human_twins)
{
    struct qd_buffer out = { 0 };
    const char *json = "{\"a\":{\"size_in_bytes\":0,\"n\":0,\"time_in_millis\":0},\"max_bytes\":0,\"x\":[]}";
    qd_zeros_write(json, false, &out);
    qd_buffer_byte(&out, 0);
    assert_string_equal((const char *)out.data, json);
    out.size = 0;
    qd_zeros_write(json, true, &out);
    qd_buffer_byte(&out, 0);
    assert_string_equal((const char *)out.data,
                        "{\"a\":{\"size\":\"0b\",\"size_in_bytes\":0,\"n\":0,\"time\":\"0s\","
                        "\"time_in_millis\":0},"
                        "\"max\":\"0b\",\"max_bytes\":0,\"x\":[]}");
    qd_buffer_deinit(&out);
}
