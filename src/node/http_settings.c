#include "node/http_settings.h"

#include "base/number.h"
#include "base/units.h"
#include "platform/tls/tls.h"

#define FILE_SIZE_MAX ((uint64_t)1 << 20)

struct qd_node_tls {
    struct qd_tls *tls;
};

static enum qd_status read_size(const struct qd_config *config, const char *key, size_t *size,
                                struct qd_error *error)
{
    struct qd_slice text = qd_config_get(config, key, NULL);
    int64_t bytes;
    if (text.data == NULL) return QD_OK;
    QD_TRY(qd_bytes_parse(text, key, &bytes, error));
    if (bytes < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "failed to parse value [%.*s] for setting [%s], must be >= [0b]",
                            QD_SLICE_ARG(text), key);
    }
    *size = (size_t)bytes;
    return QD_OK;
}

static enum qd_status read_time(const struct qd_config *config, const char *key, struct qd_duration *duration,
                                struct qd_error *error)
{
    struct qd_slice text = qd_config_get(config, key, NULL);
    int64_t ms;
    if (text.data == NULL) return QD_OK;
    QD_TRY(qd_time_parse_millis(text, key, &ms, error));
    *duration = qd_duration_ms(ms < 0 ? 0 : ms);
    return QD_OK;
}

/* *number is the default before. */
static enum qd_status read_number(const struct qd_config *config, const char *key, int64_t least,
                                  int64_t most, int64_t *number, struct qd_error *error)
{
    QD_TRY(qd_config_int(config, key, *number, number, error));
    if (*number >= least && *number <= most) return QD_OK;
    bool low = *number < least;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Failed to parse value [%lld] for setting [%s] must be %s %lld", (long long)*number,
                        key, low ? ">=" : "<=", (long long)(low ? least : most));
}

enum qd_status qd_http_settings_read(const struct qd_config *config, struct qd_http_settings *settings,
                                     struct qd_error *error)
{
    int64_t number;
    *settings = qd_http_settings_default();
    QD_TRY(read_size(config, "http.max_content_length", &settings->max_content_length, error));
    QD_TRY(read_size(config, "http.max_initial_line_length", &settings->max_initial_line_length, error));
    QD_TRY(read_size(config, "http.max_header_size", &settings->max_header_size, error));
    number = (int64_t)settings->pipelining_max_events;
    QD_TRY(read_number(config, "http.pipelining.max_events", 1, INT32_MAX, &number, error));
    settings->pipelining_max_events = (size_t)number;
    QD_TRY(qd_config_bool(config, "http.compression", settings->compression, &settings->compression, error));
    number = settings->compression_level;
    QD_TRY(read_number(config, "http.compression_level", 0, 9, &number, error));
    settings->compression_level = (int)number;
    QD_TRY(read_time(config, "http.read_timeout", &settings->body_timeout, error));
    QD_TRY(read_time(config, "quidditch.http.header_timeout", &settings->header_timeout, error));
    QD_TRY(read_time(config, "quidditch.http.body_timeout", &settings->body_timeout, error));
    QD_TRY(read_time(config, "quidditch.http.idle_timeout", &settings->idle_timeout, error));
    QD_TRY(read_time(config, "quidditch.http.write_timeout", &settings->write_timeout, error));
    QD_TRY(qd_config_bool(config, "http.cors.enabled", false, &settings->cors_enabled, error));
    QD_TRY(qd_config_bool(config, "http.cors.allow-credentials", false, &settings->cors_allow_credentials,
                          error));
    QD_TRY(qd_config_int(config, "http.cors.max-age", settings->cors_max_age_seconds,
                         &settings->cors_max_age_seconds, error));
    struct qd_slice text = qd_config_get(config, "http.cors.allow-origin", NULL);
    if (text.data != NULL) settings->cors_allow_origin = text;
    text = qd_config_get(config, "http.cors.allow-methods", NULL);
    if (text.data != NULL) settings->cors_allow_methods = text;
    text = qd_config_get(config, "http.cors.allow-headers", NULL);
    if (text.data != NULL) settings->cors_allow_headers = text;
    return QD_OK;
}

static bool parse_port(struct qd_slice text, uint16_t *port)
{
    int64_t number;
    if (!qd_parse_int64(text, &number) || number < 0 || number > UINT16_MAX) return false;
    *port = (uint16_t)number;
    return true;
}

enum qd_status qd_http_port_read(const struct qd_config *config, uint16_t *first, uint16_t *last,
                                 struct qd_error *error)
{
    struct qd_slice text = qd_config_get(config, "http.port", "9200-9300");
    size_t dash = qd_slice_find_byte(text, '-');
    bool range = dash != SIZE_MAX && dash > 0;
    bool good = parse_port(range ? qd_slice_sub(text, 0, dash) : text, first);
    *last = *first;
    if (good && range) good = parse_port(qd_slice_from(text, dash + 1), last) && *first <= *last;
    if (good) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to parse value [%.*s] for setting [http.port]",
                        QD_SLICE_ARG(text));
}

static enum qd_status read_file(struct qd_env *env, const struct qd_config *config, const char *key,
                                struct qd_arena *arena, struct qd_slice *bytes, struct qd_error *error)
{
    struct qd_slice path = qd_config_get(config, key, NULL);
    struct qd_file *file;
    uint64_t size;
    size_t got = 0;
    *bytes = (struct qd_slice){ 0 };
    if (path.data == NULL) return QD_OK;
    QD_TRY(env->disk->open(env, path, QD_FILE_READ, &file, error));
    enum qd_status status = env->disk->size(env, file, &size, error);
    if (status == QD_OK && size > FILE_SIZE_MAX) {
        status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "the file of [%s] is too large", key);
    }
    if (status == QD_OK) {
        char *data = qd_arena_alloc(arena, (size_t)size + 1);
        status = env->disk->read(env, file, 0, data, (size_t)size, &got, error);
        data[got] = 0;
        *bytes = qd_slice_make(data, got);
    }
    env->disk->close(env, file);
    return status;
}

#define TLS_KEY "plugins.security.ssl.http."

/* A mode that is not known must not end in fewer checks than were asked for. */
static enum qd_status read_client_auth(struct qd_slice mode, struct qd_tls_options *options,
                                       struct qd_error *error)
{
    options->client_auth = QD_TLS_CLIENT_NONE;
    if (qd_slice_is(mode, "REQUIRE")) {
        options->client_auth = QD_TLS_CLIENT_REQUIRE;
    } else if (qd_slice_is(mode, "OPTIONAL")) {
        if (options->authorities.size > 0) options->client_auth = QD_TLS_CLIENT_OPTIONAL;
    } else if (!qd_slice_is(mode, "NONE")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[" TLS_KEY "clientauth_mode] must be NONE, OPTIONAL or REQUIRE, not [%.*s]",
                            QD_SLICE_ARG(mode));
    }
    return QD_OK;
}

static enum qd_status check_given(const struct qd_config *config, const char *key, struct qd_error *error)
{
    if (qd_config_get(config, key, NULL).size > 0) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] must be set when [" TLS_KEY "enabled] is true",
                        key);
}

enum qd_status qd_node_tls_create(struct qd_env *env, const struct qd_config *config, struct qd_arena *arena,
                                  struct qd_node_tls **tls, struct qd_env **network, struct qd_error *error)
{
    struct qd_tls_options options = { 0 };
    bool enabled;
    *network = NULL;
    *tls = NULL;
    QD_TRY(qd_config_bool(config, TLS_KEY "enabled", false, &enabled, error));
    if (!enabled) return QD_OK;
    QD_TRY(check_given(config, TLS_KEY "pemcert_filepath", error));
    QD_TRY(check_given(config, TLS_KEY "pemkey_filepath", error));
    QD_TRY(read_file(env, config, TLS_KEY "pemcert_filepath", arena, &options.certificate, error));
    QD_TRY(read_file(env, config, TLS_KEY "pemkey_filepath", arena, &options.key, error));
    QD_TRY(read_file(env, config, TLS_KEY "pemtrustedcas_filepath", arena, &options.authorities, error));
    options.key_password = qd_config_get(config, TLS_KEY "pemkey_password", NULL);
    struct qd_slice auth = qd_config_get(config, TLS_KEY "clientauth_mode", "OPTIONAL");
    QD_TRY(read_client_auth(auth, &options, error));
    struct qd_node_tls *made = QD_NEW(arena, struct qd_node_tls);
    QD_TRY(qd_tls_create(env, &options, &made->tls, error));
    *network = qd_tls_network(made->tls);
    *tls = made;
    return QD_OK;
}

void qd_node_tls_destroy(struct qd_node_tls *tls)
{
    if (tls != NULL) qd_tls_destroy(tls->tls);
}
