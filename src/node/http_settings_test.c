#include "base/test.h"
#include "node/http_settings.h"
#include "simulation/fake/fake_env.h"

/* One setting and what reading the settings of HTTP says about it. */
struct reading {
    struct qd_arena *arena;
    struct qd_config config;
    struct qd_error error;
};

static void begin(struct reading *reading, const char *key, const char *value)
{
    reading->arena = qd_arena_create(0);
    qd_error_init(&reading->error, reading->arena);
    qd_config_init(&reading->config, reading->arena);
    assert_ok(qd_config_set(&reading->config, qd_slice_from_string(key), qd_slice_from_string(value),
                            &reading->error));
}

static void assert_ports(const char *text, int first, int last)
{
    struct reading reading;
    uint16_t from = 1, to = 1;
    begin(&reading, "http.port", text);
    enum qd_status status = qd_http_port_read(&reading.config, &from, &to, &reading.error);
    assert_int_equal(status, first < 0 ? QD_ILLEGAL_ARGUMENT : QD_OK);
    if (first >= 0) {
        assert_int_equal(from, first);
        assert_int_equal(to, last);
    }
    qd_arena_destroy(reading.arena);
}

TEST(http_settings, a_port_is_a_number_or_a_range)
{
    assert_ports("9205", 9205, 9205);
    assert_ports("0", 0, 0);
    assert_ports("9205-9210", 9205, 9210);
    assert_ports("9205-9205", 9205, 9205);
    assert_ports("65535-65535", 65535, 65535);
    assert_ports("9210-9205", -1, -1);
    assert_ports("65536", -1, -1);
    assert_ports("-1", -1, -1);
    assert_ports("9205-", -1, -1);
    assert_ports("x", -1, -1);
}

static void assert_refused(const char *key, const char *value, const char *reason)
{
    struct reading reading;
    struct qd_http_settings settings;
    begin(&reading, key, value);
    assert_int_equal(qd_http_settings_read(&reading.config, &settings, &reading.error), QD_ILLEGAL_ARGUMENT);
    assert_slice(reading.error.reason, reason);
    qd_arena_destroy(reading.arena);
}

TEST(http_settings, numbers_have_bounds)
{
    assert_refused("http.compression_level", "10",
                   "Failed to parse value [10] for setting [http.compression_level] must be <= 9");
    assert_refused("http.compression_level", "-1",
                   "Failed to parse value [-1] for setting [http.compression_level] must be >= 0");
    assert_refused("http.pipelining.max_events", "0",
                   "Failed to parse value [0] for setting [http.pipelining.max_events] must be >= 1");
}

TEST(http_settings, https_wants_a_certificate_and_a_key)
{
    struct reading reading;
    struct qd_node_tls *tls;
    struct qd_env *network, *env = qd_fake_env_create(1, NULL);
    begin(&reading, "plugins.security.ssl.http.enabled", "true");
    assert_int_equal(qd_node_tls_create(env, &reading.config, reading.arena, &tls, &network, &reading.error),
                     QD_ILLEGAL_ARGUMENT);
    assert_slice(reading.error.reason, "[plugins.security.ssl.http.pemcert_filepath] must be set when "
                                       "[plugins.security.ssl.http.enabled] is true");
    qd_arena_destroy(reading.arena);
    qd_fake_env_destroy(env);
}
