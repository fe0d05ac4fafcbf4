#include "platform/tls/tls.h"

#include <mbedtls/error.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"

/* One record's plaintext. */
#define READ_SIZE ((size_t)16 << 10)
#define HANDSHAKE_TIMEOUT_MS 10000

/* Certificates and configuration; counted, so that a reload does not disturb open connections. */
struct context {
    uint64_t references;
    mbedtls_ssl_config config;
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt authorities;
    mbedtls_pk_context key;
    enum qd_tls_client_auth client_auth;
    struct qd_duration handshake_timeout;
};

struct qd_tls {
    struct qd_env network; /* first; given out */
    struct qd_env *env;    /* below */
    struct context *context;
    uint64_t connection_count;
    unsigned char *plain;  /* plain[READ_SIZE], shared by all connections of the loop */
};

struct listener {
    struct qd_tls *tls;
    struct qd_listener *below;
    void (*accepted)(void *context, struct qd_connection *connection);
    void *context;
};

struct connection {
    struct qd_tls *tls;
    struct context *context;
    struct qd_connection *below;
    const struct qd_connection_events *events;
    void *user;
    mbedtls_ssl_context ssl;
    struct qd_buffer input;  /* received, not decrypted yet */
    size_t input_used;       /* of it */
    struct qd_timer *timeout; /* of the handshake */
    bool established;
    bool reading;            /* wanted by the user */
    bool pumping;            /* guards against re-entering */
    bool blocked;            /* `send` below has returned false */
    bool pump_pending;       /* pump_later will run */
    bool closed;             /* the last event went out; freed when pump_later has run */
    bool closing;
};

static const char *const protocols[] = { "http/1.1", NULL };

/* AES-128 first: it is the fastest with AES instructions. */
static const int ciphers[] = {
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    0,
};

static struct qd_tls *tls_of(struct qd_env *env)
{
    return (struct qd_tls *)(void *)env;
}

static struct connection *connection_of(struct qd_connection *connection)
{
    return (struct connection *)(void *)connection;
}

static void *allocate(size_t size)
{
    void *memory = calloc(1, size);
    qd_assert(memory != NULL);
    return memory;
}

static int fill_random(void *env, unsigned char *bytes, size_t size)
{
    ((struct qd_env *)env)->random(env, bytes, size);
    return 0;
}

/* ---- contexts ---- */

static void context_release(struct context *context)
{
    if (--context->references > 0) return;
    mbedtls_ssl_config_free(&context->config);
    mbedtls_x509_crt_free(&context->certificate);
    mbedtls_x509_crt_free(&context->authorities);
    mbedtls_pk_free(&context->key);
    free(context);
}

static enum qd_status fail(struct qd_error *error, const char *what, int result)
{
    char text[160];
    mbedtls_strerror(result, text, sizeof(text));
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s: %s", what, text);
}

/* A copy with a 0 byte, which mbedTLS wants behind PEM text. Memory: the caller's. */
static unsigned char *terminated(struct qd_slice bytes)
{
    unsigned char *copy = allocate(bytes.size + 1);
    if (bytes.size > 0) memcpy(copy, bytes.data, bytes.size);
    return copy;
}

/* The size that mbedTLS wants to hear: PEM counts its 0 byte, DER has none. */
static size_t told_size(struct qd_slice bytes)
{
    return bytes.size + (bytes.size > 0 && bytes.data[0] != 0x30);
}

static enum qd_status parse_certificates(mbedtls_x509_crt *chain, struct qd_slice bytes, const char *what,
                                         struct qd_error *error)
{
    unsigned char *copy = terminated(bytes);
    int result = mbedtls_x509_crt_parse(chain, copy, told_size(bytes));
    free(copy);
    if (result == 0) return QD_OK;
    if (result > 0) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s: %d cannot be read", what, result);
    return fail(error, what, result);
}

static enum qd_status parse_key(struct qd_env *env, struct context *context,
                                const struct qd_tls_options *options, struct qd_error *error)
{
    unsigned char *copy = terminated(options->key);
    const unsigned char *password = (const unsigned char *)options->key_password.data;
    size_t password_size = options->key_password.size;
    int result = mbedtls_pk_parse_key(&context->key, copy, told_size(options->key),
                                      password_size == 0 ? NULL : password, password_size, fill_random, env);
    memset(copy, 0, options->key.size);
    free(copy);
    if (result != 0) return fail(error, "key", result);
    result = mbedtls_pk_check_pair(&context->certificate.pk, &context->key, fill_random, env);
    return result == 0 ? QD_OK : fail(error, "certificate and key do not belong together", result);
}

static enum qd_status load_files(struct qd_env *env, struct context *context,
                                 const struct qd_tls_options *options, struct qd_error *error)
{
    QD_TRY(parse_certificates(&context->certificate, options->certificate, "certificate", error));
    QD_TRY(parse_key(env, context, options, error));
    if (options->client_auth == QD_TLS_CLIENT_NONE) return QD_OK;
    return parse_certificates(&context->authorities, options->authorities, "authorities", error);
}

static enum qd_status configure(struct qd_env *env, struct context *context,
                                const struct qd_tls_options *options, struct qd_error *error)
{
    static const int modes[] = { [QD_TLS_CLIENT_NONE] = MBEDTLS_SSL_VERIFY_NONE,
                                 [QD_TLS_CLIENT_OPTIONAL] = MBEDTLS_SSL_VERIFY_OPTIONAL,
                                 [QD_TLS_CLIENT_REQUIRE] = MBEDTLS_SSL_VERIFY_REQUIRED };
    mbedtls_ssl_config *config = &context->config;
    int result = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                             MBEDTLS_SSL_PRESET_DEFAULT);
    if (result == 0) result = mbedtls_ssl_conf_own_cert(config, &context->certificate, &context->key);
    /* The library keeps the pointer and does not write through it, but its declaration lacks the const. */
    if (result == 0) result = mbedtls_ssl_conf_alpn_protocols(config, (const char **)(uintptr_t)protocols);
    if (result != 0) return fail(error, "configuration", result);
    mbedtls_ssl_conf_rng(config, fill_random, env);
    mbedtls_ssl_conf_ciphersuites(config, ciphers);
    mbedtls_ssl_conf_min_tls_version(config, options->only_tls_1_3 ? MBEDTLS_SSL_VERSION_TLS1_3
                                                                   : MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_authmode(config, modes[options->client_auth]);
    if (options->client_auth != QD_TLS_CLIENT_NONE) mbedtls_ssl_conf_ca_chain(config, &context->authorities,
                                                                              NULL);
    return QD_OK;
}

static enum qd_status context_create(struct qd_env *env, const struct qd_tls_options *options,
                                     struct context **out, struct qd_error *error)
{
    if (psa_crypto_init() != PSA_SUCCESS) return qd_error_set(error, QD_ILLEGAL_STATE,
                                                              "psa_crypto_init failed");
    struct context *context = allocate(sizeof(*context));
    context->references = 1;
    context->client_auth = options->client_auth;
    bool given = options->handshake_timeout.nanoseconds > 0;
    context->handshake_timeout = given ? options->handshake_timeout : qd_duration_ms(HANDSHAKE_TIMEOUT_MS);
    mbedtls_ssl_config_init(&context->config);
    mbedtls_x509_crt_init(&context->certificate);
    mbedtls_x509_crt_init(&context->authorities);
    mbedtls_pk_init(&context->key);
    enum qd_status status = load_files(env, context, options, error);
    if (status == QD_OK) status = configure(env, context, options, error);
    if (status != QD_OK) {
        context_release(context);
        return status;
    }
    *out = context;
    return QD_OK;
}

/* ---- bytes between mbedTLS and the network below ---- */

static int send_below(void *argument, const unsigned char *data, size_t size)
{
    struct connection *connection = argument;
    struct qd_env *env = connection->tls->env;
    if (!env->network->send(env, connection->below, qd_slice_make(data, size))) connection->blocked = true;
    return (int)size;
}

static int receive_below(void *argument, unsigned char *data, size_t size)
{
    struct connection *connection = argument;
    size_t left = connection->input.size - connection->input_used;
    if (left == 0) return MBEDTLS_ERR_SSL_WANT_READ;
    size_t part = size < left ? size : left;
    memcpy(data, connection->input.data + connection->input_used, part);
    connection->input_used += part;
    if (connection->input_used == connection->input.size) {
        qd_buffer_deinit(&connection->input);
        connection->input_used = 0;
    }
    return (int)part;
}

static void close_below(struct connection *connection)
{
    if (connection->closing) return;
    connection->closing = true;
    connection->tls->env->network->close(connection->tls->env, connection->below);
}

static void stop_timeout(struct connection *connection)
{
    struct qd_env *env = connection->tls->env;
    if (connection->timeout != NULL) env->clock->timer_stop(env, connection->timeout);
    connection->timeout = NULL;
}

static void on_timeout(void *context)
{
    struct connection *connection = context;
    connection->timeout = NULL;
    close_below(connection);
}

/* With OPTIONAL mbedTLS lets a bad certificate pass: it must be looked at here. */
static bool is_peer_acceptable(const struct connection *connection)
{
    if (connection->context->client_auth != QD_TLS_CLIENT_OPTIONAL) return true;
    if (mbedtls_ssl_get_peer_cert(&connection->ssl) == NULL) return true;
    return mbedtls_ssl_get_verify_result(&connection->ssl) == 0;
}

/* True when the handshake is over. mbedTLS has sent an alert when it fails. */
static bool shake_hands(struct connection *connection)
{
    int result = mbedtls_ssl_handshake(&connection->ssl);
    if (result == MBEDTLS_ERR_SSL_WANT_READ) return false;
    if (result != 0 || !is_peer_acceptable(connection)) {
        close_below(connection);
        return false;
    }
    stop_timeout(connection);
    connection->established = true;
    return true;
}

/* Decrypts what has come and hands it up, as long as the user reads. */
static void pump(struct connection *connection)
{
    if (connection->pumping) return;
    connection->pumping = true;
    unsigned char *plain = connection->tls->plain;
    while (!connection->closing && (connection->established || shake_hands(connection))
           && connection->reading) {
        int result = mbedtls_ssl_read(&connection->ssl, plain, READ_SIZE);
        if (result == MBEDTLS_ERR_SSL_WANT_READ) break;
        if (result <= 0) {
            close_below(connection);
            break;
        }
        connection->events->data(connection->user, qd_slice_make(plain, (size_t)result));
    }
    connection->pumping = false;
}

static void on_data(void *context, struct qd_slice bytes)
{
    struct connection *connection = context;
    if (connection->closing) return;
    qd_buffer_slice(&connection->input, bytes);
    pump(connection);
}

static void on_drained(void *context)
{
    struct connection *connection = context;
    connection->blocked = false;
    if (connection->established
        && connection->events->drained != NULL) connection->events->drained(connection->user);
}

static void on_closed(void *context)
{
    struct connection *connection = context;
    connection->closing = true;
    stop_timeout(connection);
    connection->events->closed(connection->user);
    connection->tls->connection_count--;
    mbedtls_ssl_free(&connection->ssl);
    context_release(connection->context);
    qd_buffer_deinit(&connection->input);
    connection->closed = true;
    if (!connection->pump_pending) free(connection);
}

static const struct qd_connection_events events_below = { on_data, on_closed, on_drained };

/* ---- the network operations given out ---- */

static void on_accepted(void *argument, struct qd_connection *below)
{
    struct listener *listener = argument;
    struct qd_tls *tls = listener->tls;
    struct connection *connection = allocate(sizeof(*connection));
    connection->tls = tls;
    connection->context = tls->context;
    connection->context->references++;
    connection->below = below;
    connection->reading = true;
    tls->connection_count++;
    tls->env->network->attach(tls->env, below, &events_below, connection);
    mbedtls_ssl_init(&connection->ssl);
    /* It fails only when memory is short. */
    qd_assert(mbedtls_ssl_setup(&connection->ssl, &connection->context->config) == 0);
    mbedtls_ssl_set_bio(&connection->ssl, connection, send_below, receive_below, NULL);
    struct qd_duration timeout = connection->context->handshake_timeout;
    connection->timeout = tls->env->clock->timer_start(tls->env, timeout, on_timeout, connection);
    listener->accepted(listener->context, (struct qd_connection *)(void *)connection);
    qd_assert(connection->events != NULL);
}

static enum qd_status listen_on(struct qd_env *env, struct qd_slice host, uint16_t port,
                                void (*accepted)(void *context,
                                                 struct qd_connection *connection), void *context,
                                struct qd_listener **out, uint16_t *bound_port, struct qd_error *error)
{
    struct qd_tls *tls = tls_of(env);
    struct listener *listener = allocate(sizeof(*listener));
    *listener = (struct listener){ tls, NULL, accepted, context };
    enum qd_status status = tls->env->network->listen(tls->env, host, port, on_accepted, listener,
                                                      &listener->below, bound_port, error);
    if (status != QD_OK) {
        free(listener);
        return status;
    }
    *out = (struct qd_listener *)(void *)listener;
    return QD_OK;
}

static void listener_close(struct qd_env *env, struct qd_listener *given)
{
    struct listener *listener = (struct listener *)(void *)given;
    tls_of(env)->env->network->listener_close(tls_of(env)->env, listener->below);
    free(listener);
}

static void attach(struct qd_env *env, struct qd_connection *given, const struct qd_connection_events *events,
                   void *context)
{
    (void)env;
    connection_of(given)->events = events;
    connection_of(given)->user = context;
}

static bool send_plain(struct qd_env *env, struct qd_connection *given, struct qd_slice bytes)
{
    (void)env;
    struct connection *connection = connection_of(given);
    /* A server speaks only when it was spoken to, which is after the handshake. */
    while (bytes.size > 0 && connection->established && !connection->closing) {
        int result = mbedtls_ssl_write(&connection->ssl, (const unsigned char *)bytes.data, bytes.size);
        if (result <= 0) {
            close_below(connection);
            break;
        }
        bytes = qd_slice_from(bytes, (size_t)result);
    }
    return !connection->blocked || connection->closing;
}

static void pump_later(void *context)
{
    struct connection *connection = context;
    connection->pump_pending = false;
    if (connection->closed) {
        free(connection);
    } else {
        pump(connection);
    }
}

/* What was received before is handed over later, never from within this call. */
static void set_reading(struct qd_env *env, struct qd_connection *given, bool reading)
{
    struct connection *connection = connection_of(given);
    struct qd_env *below = tls_of(env)->env;
    if (connection->closing || connection->reading == reading) return;
    connection->reading = reading;
    below->network->set_reading(below, connection->below, reading || !connection->established);
    if (!reading || connection->pump_pending) return;
    connection->pump_pending = true;
    below->work->defer(below, pump_later, connection);
}

static void close_connection(struct qd_env *env, struct qd_connection *given)
{
    (void)env;
    struct connection *connection = connection_of(given);
    if (connection->closing) return;
    if (connection->established) mbedtls_ssl_close_notify(&connection->ssl);
    close_below(connection);
}

static struct qd_slice peer(struct qd_env *env, struct qd_connection *given)
{
    return tls_of(env)->env->network->peer(tls_of(env)->env, connection_of(given)->below);
}

static const struct qd_network_operations operations = {
    .listen = listen_on,
    .listener_close = listener_close,
    .attach = attach,
    .send = send_plain,
    .set_reading = set_reading,
    .close = close_connection,
    .peer = peer,
};

enum qd_status qd_tls_create(struct qd_env *env, const struct qd_tls_options *options, struct qd_tls **out,
                             struct qd_error *error)
{
    struct context *context = NULL;
    QD_TRY(context_create(env, options, &context, error));
    struct qd_tls *tls = allocate(sizeof(*tls));
    tls->network.network = &operations;
    tls->env = env;
    tls->context = context;
    tls->plain = allocate(READ_SIZE);
    *out = tls;
    return QD_OK;
}

struct qd_env *qd_tls_network(struct qd_tls *tls)
{
    return &tls->network;
}

enum qd_status qd_tls_reload(struct qd_tls *tls, const struct qd_tls_options *options, struct qd_error *error)
{
    struct context *context = NULL;
    QD_TRY(context_create(tls->env, options, &context, error));
    context_release(tls->context);
    tls->context = context;
    return QD_OK;
}

struct qd_slice qd_tls_peer_certificate(struct qd_connection *given)
{
    const mbedtls_x509_crt *certificate = mbedtls_ssl_get_peer_cert(&connection_of(given)->ssl);
    if (certificate == NULL) return (struct qd_slice){ NULL, 0 };
    return qd_slice_make(certificate->raw.p, certificate->raw.len);
}

void qd_tls_destroy(struct qd_tls *tls)
{
    if (tls == NULL) return;
    qd_assert(tls->connection_count == 0);
    context_release(tls->context);
    free(tls->plain);
    free(tls);
}
