/* What a node's file and command line may set. */
#include "node/config.h"

#include <string.h>

#include "base/test.h"
#include "coordinator/cluster_settings_table.h"
#include "node/node_test_support.h"

/* What a setting is refused for; data NULL: it is taken. */
static struct qd_slice refusal(struct qd_arena *arena, const char *key, const char *value)
{
    struct qd_config config;
    struct qd_error error;
    qd_error_init(&error, arena);
    qd_config_init(&config, arena);
    enum qd_status status = qd_config_set(&config, qd_slice_from_string(key), qd_slice_from_string(value),
                                          &error);
    if (status == QD_OK) status = qd_config_check(&config, &error);
    return status == QD_OK ? (struct qd_slice){ 0 } : error.reason;
}

/* Texts of the reference's refusals to start. */
TEST(config, refuses_values_with_the_words_of_the_reference)
{
    static const struct {
        const char *key;
        const char *value;
        const char *reason;
    } cases[] = {
        { "search.max_buckets", "abc", "Failed to parse value [abc] for setting [search.max_buckets]" },
        { "cluster.routing.allocation.disk.watermark.low", "abc",
          "failed to parse setting [cluster.routing.allocation.disk.watermark.low] with value [abc] as a "
          "size in bytes: unit is missing or unrecognized" },
        { "cluster.routing.allocation.disk.watermark.low", "99%",
          "low disk watermark [99%] more than high disk watermark [90%]" },
        { "action.destructive_requires_name", "maybe",
          "Failed to parse value [maybe] as only [true] or [false] are allowed." },
        { "search.default_keep_alive", "3d",
          "Default keep alive setting for request [search.default_keep_alive] should be smaller than max "
          "keep alive [search.max_keep_alive], was (3d > 1d)" },
        { "bootstrap.memory_lock", "x", "Failed to parse value [x] as only [true] or [false] are allowed." },
        { "monitor.os.refresh_interval", "7",
          "failed to parse setting [monitor.os.refresh_interval] with value [7] as a time value: unit is "
          "missing or unrecognized" },
        { "http.max_chunk_size", "5",
          "failed to parse setting [http.max_chunk_size] with value [5] as a size in bytes: unit is missing "
          "or unrecognized" },
        { "node.id.seed", "wrong", "Failed to parse value [wrong] for setting [node.id.seed]" },
        { "http.tcp.keep_idle", "301",
          "Failed to parse value [301] for setting [http.tcp.keep_idle] must be <= 300" },
        { "http.tcp.keep_idle", "3000000000",
          "Failed to parse value [3000000000] for setting [http.tcp.keep_idle]" },
        { "cache.recycler.page.weight.ints", "-0.5",
          "Failed to parse value [-0.5] for setting [cache.recycler.page.weight.ints] must be >= 0.0" },
        { "cluster.election.max_timeout", "100ms",
          "failed to parse value [100ms] for setting [cluster.election.max_timeout], must be >= [200ms]" },
        { "cluster.routing.allocation.enable", "foo", "Illegal allocation.enable value [FOO]" },
        { "nope.x", "1",
          "unknown setting [nope.x] please check that any required plugins are installed, or check the "
          "breaking changes documentation for removed settings" },
        { "cluster.metadata.x", "1",
          "unknown setting [cluster.metadata.x] please check that any required plugins are installed, or "
          "check the breaking changes documentation for removed settings" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct qd_slice reason = refusal(arena, cases[i].key, cases[i].value);
        assert_non_null(reason.data);
        assert_true(qd_slice_is(reason, cases[i].reason));
    }
    qd_arena_destroy(arena);
}

/* The types that are read from defaults must take them. */
TEST(config, takes_the_defaults_of_static_settings)
{
    struct qd_arena *arena = qd_arena_create(0);
    size_t checked = 0;
    for (size_t i = 0; i < qd_cluster_settings_row_count; i++) {
        const struct qd_cluster_setting_row *row = &qd_cluster_settings_rows[i];
        struct qd_slice text = qd_slice_from_string(row->fallback);
        if (row->type != QD_SETTING_STATIC || text.data[0] != '"') continue;
        const char *value = qd_arena_string(arena, qd_slice_sub(text, 1, text.size - 2));
        if (refusal(arena, row->key, value).data != NULL) fail_msg("%s: %s", row->key, value);
        checked++;
    }
    assert_true(checked > 100);
    qd_arena_destroy(arena);
}

TEST(config, takes_right_values_and_names_of_the_user)
{
    static const char *const pairs[][2] = { { "search.max_buckets", "10" },
                                            { "cluster.routing.allocation.disk.watermark.low", "0.5" },
                                            { "search.default_keep_alive", "2h" },
                                            { "node.attr.rack", "a" },
                                            { "logger.x", "debug" },
                                            { "cluster.routing.allocation.enable", "primaries" },
                                            { "quidditch.http.idle_timeout", "1s" } };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_null(refusal(arena, pairs[i][0], pairs[i][1]).data);
    }
    qd_arena_destroy(arena);
}

/* With a low watermark of 50 % in its file, a high one of 40 % does not fit; a reset of a transient one lets
 * the persistent one count, and with neither the file's. */
TEST(config, a_reset_setting_falls_back_to_the_next_place)
{
    struct world world;
    start_world(&world, "cluster.routing.allocation.disk.watermark.low", "50%");
#define MARK(kind, name, value)                                                                              \
    "{\"" kind "\":{\"cluster.routing.allocation.disk.watermark." name "\":" value "}}"
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("transient", "high", "\"40%\"")), 400);
    assert_non_null(memmem(world.body.data, world.body.size, "low disk watermark [50%]", 24));
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("transient", "low", "\"30%\"")), 200);
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("persistent", "low", "\"60%\"")), 200);
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("transient", "high", "\"55%\"")), 200);
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("transient", "low", "null")), 400);
    assert_non_null(memmem(world.body.data, world.body.size, "low disk watermark [60%]", 24));
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("persistent", "low", "null")), 200);
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("transient", "low", "null")), 200);
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", MARK("transient", "high", "\"45%\"")), 400);
#undef MARK
    stop_world(&world);
}
