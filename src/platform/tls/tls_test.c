/* TLS over the simulation's network and over sockets: an mbedTLS client talks to a filter that echoes. */
#include "platform/tls/tls.h"

#include <mbedtls/ecp.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/test.h"
#include "platform/linux/linux_env.h"
#include "simulation/fake/fake_env.h"

#define S QD_SLICE
#define PEM_SIZE 4096

/* A certificate with its key, as PEM. */
struct identity {
    char certificate[PEM_SIZE];
    char key[PEM_SIZE];
};

struct world {
    struct qd_env *env;
    bool fake;
    struct qd_arena *arena;
    struct qd_error error;
    struct identity server;
    struct identity client;
    struct qd_tls *tls;
    struct qd_listener *listener;
    uint16_t port;
    struct qd_connection *accepted; /* newest, NULL when it has closed */
    size_t accepted_count;
    size_t closed_count;
    size_t peer_size;               /* of the certificate that the newest client has shown */
    bool pause_once;                /* the server stops reading for a while after the first piece */
};

struct client {
    struct world *world;
    struct qd_connection *connection;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config config;
    mbedtls_x509_crt authorities;
    mbedtls_x509_crt own;
    mbedtls_pk_context key;
    struct qd_buffer input;
    struct qd_buffer received;
    bool established;
    bool closed;
};

static int fill_random(void *env, unsigned char *bytes, size_t size)
{
    ((struct qd_env *)env)->random(env, bytes, size);
    return 0;
}

/* A self-signed certificate that may also sign: enough for both sides. */
static void make_identity(struct qd_env *env, const char *name, struct identity *identity)
{
    mbedtls_pk_context key;
    mbedtls_x509write_cert writer;
    unsigned char serial[] = { 1 };
    mbedtls_pk_init(&key);
    mbedtls_x509write_crt_init(&writer);
    assert_int_equal(mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)), 0);
    assert_int_equal(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), fill_random, env), 0);
    mbedtls_x509write_crt_set_subject_key(&writer, &key);
    mbedtls_x509write_crt_set_issuer_key(&writer, &key);
    mbedtls_x509write_crt_set_md_alg(&writer, MBEDTLS_MD_SHA256);
    assert_int_equal(mbedtls_x509write_crt_set_subject_name(&writer, name), 0);
    assert_int_equal(mbedtls_x509write_crt_set_issuer_name(&writer, name), 0);
    assert_int_equal(mbedtls_x509write_crt_set_serial_raw(&writer, serial, 1), 0);
    assert_int_equal(mbedtls_x509write_crt_set_validity(&writer, "20200101000000", "20991231235959"), 0);
    assert_int_equal(mbedtls_x509write_crt_set_basic_constraints(&writer, 1, -1), 0);
    unsigned char *certificate = (unsigned char *)identity->certificate;
    assert_int_equal(mbedtls_x509write_crt_pem(&writer, certificate, PEM_SIZE, fill_random, env), 0);
    assert_int_equal(mbedtls_pk_write_key_pem(&key, (unsigned char *)identity->key, PEM_SIZE), 0);
    mbedtls_x509write_crt_free(&writer);
    mbedtls_pk_free(&key);
}

static void turn(struct world *world)
{
    if (!world->fake) {
        qd_linux_env_poll(world->env, true);
    } else if (!qd_fake_env_step(world->env)) {
        fail_msg("nothing happens any more");
    }
}

/* ---- the server: echoes ---- */

static void resume_reading(void *context)
{
    struct world *world = context;
    if (world->accepted == NULL) return;
    struct qd_env *network = qd_tls_network(world->tls);
    network->network->set_reading(network, world->accepted, true);
}

static void server_data(void *context, struct qd_slice bytes)
{
    struct world *world = context;
    struct qd_env *network = qd_tls_network(world->tls);
    world->peer_size = qd_tls_peer_certificate(world->accepted).size;
    network->network->send(network, world->accepted, bytes);
    if (world->pause_once) {
        world->pause_once = false;
        network->network->set_reading(network, world->accepted, false);
        world->env->clock->timer_start(world->env, qd_duration_ms(20), resume_reading, world);
    }
    if (bytes.data[bytes.size - 1] == '.') network->network->close(network, world->accepted);
}

static void server_closed(void *context)
{
    struct world *world = context;
    world->closed_count++;
    world->accepted = NULL;
}

static const struct qd_connection_events server_events = { server_data, server_closed, NULL };

static void on_accepted(void *context, struct qd_connection *connection)
{
    struct world *world = context;
    struct qd_env *network = qd_tls_network(world->tls);
    world->accepted = connection;
    world->accepted_count++;
    network->network->attach(network, connection, &server_events, world);
}

static struct qd_tls_options options_of(const struct world *world, enum qd_tls_client_auth client_auth)
{
    return (struct qd_tls_options){ .certificate = qd_slice_from_string(world->server.certificate),
                                    .key = qd_slice_from_string(world->server.key),
                                    .authorities = qd_slice_from_string(world->client.certificate),
                                    .client_auth = client_auth };
}

static void start_server(struct world *world, enum qd_tls_client_auth client_auth)
{
    struct qd_tls_options options = options_of(world, client_auth);
    assert_ok(qd_tls_create(world->env, &options, &world->tls, &world->error));
    struct qd_env *network = qd_tls_network(world->tls);
    assert_ok(network->network->listen(network, S("127.0.0.1"), 0, on_accepted, world, &world->listener,
                                       &world->port, &world->error));
}

/* ---- the client ---- */

static int client_send(void *context, const unsigned char *data, size_t size)
{
    struct client *client = context;
    struct qd_env *env = client->world->env;
    if (!client->closed) env->network->send(env, client->connection, qd_slice_make(data, size));
    return (int)size;
}

static int client_receive(void *context, unsigned char *data, size_t size)
{
    struct client *client = context;
    if (client->input.size == 0) return MBEDTLS_ERR_SSL_WANT_READ;
    size_t part = size < client->input.size ? size : client->input.size;
    memcpy(data, client->input.data, part);
    client->input.size -= part;
    memmove(client->input.data, client->input.data + part, client->input.size);
    return (int)part;
}

static void client_pump(struct client *client)
{
    if (!client->established) client->established = mbedtls_ssl_handshake(&client->ssl) == 0;
    unsigned char bytes[1000];
    int size = 1;
    while (client->established && size > 0) {
        size = mbedtls_ssl_read(&client->ssl, bytes, sizeof(bytes));
        if (size == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET) fail_msg("a session ticket came");
        if (size > 0) qd_buffer_append(&client->received, bytes, (size_t)size);
    }
}

static void client_data(void *context, struct qd_slice bytes)
{
    struct client *client = context;
    qd_buffer_slice(&client->input, bytes);
    client_pump(client);
}

static void client_closed(void *context)
{
    ((struct client *)context)->closed = true;
}

static const struct qd_connection_events client_events = { client_data, client_closed, NULL };

static void client_connected(void *context, struct qd_connection *connection)
{
    struct client *client = context;
    assert_non_null(connection);
    client->connection = connection;
    client->world->env->network->attach(client->world->env, connection, &client_events, client);
    client_pump(client);
}

/* identity: shown to the server, or NULL. trusted: whose certificate the server must show. */
static void client_start(struct client *client, struct world *world, mbedtls_ssl_protocol_version version,
                         const struct identity *identity, const struct identity *trusted)
{
    *client = (struct client){ .world = world };
    mbedtls_ssl_init(&client->ssl);
    mbedtls_ssl_config_init(&client->config);
    mbedtls_x509_crt_init(&client->authorities);
    mbedtls_x509_crt_init(&client->own);
    mbedtls_pk_init(&client->key);
    mbedtls_ssl_config_defaults(&client->config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                MBEDTLS_SSL_PRESET_DEFAULT);
    const unsigned char *text = (const unsigned char *)trusted->certificate;
    assert_int_equal(mbedtls_x509_crt_parse(&client->authorities, text, strlen(trusted->certificate) + 1), 0);
    mbedtls_ssl_conf_ca_chain(&client->config, &client->authorities, NULL);
    mbedtls_ssl_conf_rng(&client->config, fill_random, world->env);
    mbedtls_ssl_conf_min_tls_version(&client->config, version);
    mbedtls_ssl_conf_max_tls_version(&client->config, version);
    static const char *protocols[] = { "h2", "http/1.1", NULL };
    assert_int_equal(mbedtls_ssl_conf_alpn_protocols(&client->config, protocols), 0);
    if (identity != NULL) {
        text = (const unsigned char *)identity->certificate;
        assert_int_equal(mbedtls_x509_crt_parse(&client->own, text, strlen(identity->certificate) + 1), 0);
        text = (const unsigned char *)identity->key;
        assert_int_equal(mbedtls_pk_parse_key(&client->key, text, strlen(identity->key) + 1, NULL, 0,
                                              fill_random, world->env),
                         0);
        mbedtls_ssl_conf_own_cert(&client->config, &client->own, &client->key);
    }
    assert_int_equal(mbedtls_ssl_setup(&client->ssl, &client->config), 0);
    assert_int_equal(mbedtls_ssl_set_hostname(&client->ssl, NULL), 0);
    mbedtls_ssl_set_bio(&client->ssl, client, client_send, client_receive, NULL);
    world->env->network->connect(world->env, S("127.0.0.1"), world->port, client_connected, client);
    while (!client->established && !client->closed) turn(world);
}

static void client_write(struct client *client, const char *data, size_t size)
{
    while (size > 0) {
        int written = mbedtls_ssl_write(&client->ssl, (const unsigned char *)data, size);
        assert_true(written > 0);
        data += written;
        size -= (size_t)written;
    }
}

/* Closes, and waits until the server's side has closed too. */
static void client_end(struct client *client)
{
    struct world *world = client->world;
    if (!client->closed) world->env->network->close(world->env, client->connection);
    while (!client->closed || world->closed_count < world->accepted_count) turn(world);
    mbedtls_ssl_free(&client->ssl);
    mbedtls_ssl_config_free(&client->config);
    mbedtls_x509_crt_free(&client->authorities);
    mbedtls_x509_crt_free(&client->own);
    mbedtls_pk_free(&client->key);
    qd_buffer_deinit(&client->input);
    qd_buffer_deinit(&client->received);
}

static void stop_server(struct world *world)
{
    struct qd_env *network = qd_tls_network(world->tls);
    network->network->listener_close(network, world->listener);
    qd_tls_destroy(world->tls);
}

static void run(bool fake, uint64_t seed, void (*body)(struct world *world))
{
    struct world world = { .fake = fake, .arena = qd_arena_create(0) };
    qd_error_init(&world.error, world.arena);
    if (fake) {
        struct qd_fake_options options = { 0 };
        options.faults.network_delay_max = qd_duration_ms(seed == 0 ? 0 : 3);
        world.env = qd_fake_env_create(seed, &options);
    } else {
        struct qd_linux_env_options options = { .data_directory = S("/tmp"), .threads = 1 };
        assert_ok(qd_linux_env_create(&options, &world.env, &world.error));
    }
    make_identity(world.env, "CN=server", &world.server);
    make_identity(world.env, "CN=client", &world.client);
    body(&world);
    if (fake) {
        qd_fake_env_destroy(world.env);
    } else {
        qd_linux_env_destroy(world.env);
    }
    qd_arena_destroy(world.arena);
}

#define TLS_TEST(name)                                                       \
    static void tls_##name(struct world *world);                             \
    TEST(tls, name)                                                          \
    {                                                                        \
        for (uint64_t seed = 0; seed < 4; seed++) run(true, seed, tls_##name); \
    }                                                                        \
    TEST(tls_sockets, name) { run(false, 0, tls_##name); }                   \
    static void tls_##name(struct world *world)

static const mbedtls_ssl_protocol_version versions[] = { MBEDTLS_SSL_VERSION_TLS1_2,
                                                         MBEDTLS_SSL_VERSION_TLS1_3 };

TLS_TEST(bytes_go_both_ways)
{
    enum { LARGE = 300000 };
    start_server(world, QD_TLS_CLIENT_NONE);
    char *bytes = malloc(LARGE);
    for (size_t i = 0; i < LARGE; i++) bytes[i] = (char)('a' + i % 23);
    for (size_t i = 0; i < 2; i++) {
        struct client client;
        client_start(&client, world, versions[i], NULL, &world->server);
        assert_true(client.established);
        assert_string_equal(mbedtls_ssl_get_alpn_protocol(&client.ssl), "http/1.1");
        world->pause_once = true;
        client_write(&client, bytes, LARGE);
        while (client.received.size < LARGE) turn(world);
        assert_memory_equal(client.received.data, bytes, LARGE);
        assert_int_equal(world->peer_size, 0);
        client_write(&client, "end.", 4);
        while (client.received.size < LARGE + 4 || !client.closed) turn(world);
        client_end(&client);
    }
    free(bytes);
    stop_server(world);
}

TLS_TEST(client_certificates_are_demanded)
{
    start_server(world, QD_TLS_CLIENT_REQUIRE);
    struct identity stranger;
    make_identity(world->env, "CN=client", &stranger);
    for (size_t i = 0; i < 2; i++) {
        struct client client;
        client_start(&client, world, versions[i], &world->client, &world->server);
        client_write(&client, "x", 1);
        while (client.received.size < 1) turn(world);
        assert_true(world->peer_size > 100);
        client_end(&client);
        const struct identity *bad[] = { NULL, &stranger };
        for (size_t j = 0; j < 2; j++) {
            client_start(&client, world, versions[i], bad[j], &world->server);
            if (client.established) client_write(&client, "x", 1);
            while (!client.closed) turn(world);
            assert_int_equal(client.received.size, 0);
            client_end(&client);
        }
    }
    stop_server(world);
}

TLS_TEST(optional_certificates_are_still_checked)
{
    start_server(world, QD_TLS_CLIENT_OPTIONAL);
    struct identity stranger;
    make_identity(world->env, "CN=client", &stranger);
    const struct identity *shown[] = { NULL, &world->client, &stranger };
    for (size_t i = 0; i < 6; i++) {
        struct client client;
        bool good = i % 3 < 2;
        client_start(&client, world, versions[i / 3], shown[i % 3], &world->server);
        if (client.established) client_write(&client, "x", 1);
        while (!client.closed && client.received.size == 0) turn(world);
        assert_int_equal(client.received.size, good ? 1 : 0);
        client_end(&client);
    }
    stop_server(world);
}

TLS_TEST(a_reload_changes_new_connections_only)
{
    start_server(world, QD_TLS_CLIENT_NONE);
    struct client old;
    struct identity before = world->server;
    client_start(&old, world, MBEDTLS_SSL_VERSION_TLS1_3, NULL, &before);
    struct qd_connection *old_end = world->accepted;
    make_identity(world->env, "CN=server", &world->server);
    struct qd_tls_options options = options_of(world, QD_TLS_CLIENT_NONE);
    options.key = qd_slice_from_string(before.key);
    assert_int_equal(qd_tls_reload(world->tls, &options, &world->error), QD_ILLEGAL_ARGUMENT);
    options = options_of(world, QD_TLS_CLIENT_NONE);
    assert_ok(qd_tls_reload(world->tls, &options, &world->error));
    client_write(&old, "y", 1);
    while (old.received.size < 1) turn(world);
    struct client new;
    world->closed_count++; /* the old one stays open meanwhile */
    client_start(&new, world, MBEDTLS_SSL_VERSION_TLS1_3, NULL, &world->server);
    assert_true(new.established);
    client_end(&new);
    client_start(&new, world, MBEDTLS_SSL_VERSION_TLS1_3, NULL, &before);
    assert_false(new.established);
    client_end(&new);
    world->accepted = old_end;
    world->closed_count--;
    client_end(&old);
    stop_server(world);
}

struct plain {
    struct world *world;
    struct qd_buffer received;
    bool closed;
};

static void plain_data(void *context, struct qd_slice bytes)
{
    qd_buffer_slice(&((struct plain *)context)->received, bytes);
}

static void plain_closed(void *context)
{
    ((struct plain *)context)->closed = true;
}

static const struct qd_connection_events plain_events = { plain_data, plain_closed, NULL };

static void plain_connected(void *context, struct qd_connection *connection)
{
    struct plain *plain = context;
    struct qd_env *env = plain->world->env;
    env->network->attach(env, connection, &plain_events, plain);
    env->network->send(env, connection, S("GET / HTTP/1.1\r\n\r\n"));
}

TLS_TEST(plain_text_is_refused)
{
    start_server(world, QD_TLS_CLIENT_NONE);
    struct plain plain = { .world = world };
    world->env->network->connect(world->env, S("127.0.0.1"), world->port, plain_connected, &plain);
    while (!plain.closed || world->closed_count < 1) turn(world);
    assert_int_equal(world->peer_size, 0);
    qd_buffer_deinit(&plain.received);
    stop_server(world);
}

static void silent_connected(void *context, struct qd_connection *connection)
{
    struct plain *plain = context;
    plain->world->env->network->attach(plain->world->env, connection, &plain_events, plain);
}

TLS_TEST(silence_ends_the_handshake)
{
    struct qd_tls_options options = options_of(world, QD_TLS_CLIENT_NONE);
    options.handshake_timeout = qd_duration_ms(30);
    assert_ok(qd_tls_create(world->env, &options, &world->tls, &world->error));
    struct qd_env *network = qd_tls_network(world->tls);
    assert_ok(network->network->listen(network, S("127.0.0.1"), 0, on_accepted, world, &world->listener,
                                       &world->port, &world->error));
    struct plain plain = { .world = world };
    world->env->network->connect(world->env, S("127.0.0.1"), world->port, silent_connected, &plain);
    while (!plain.closed || world->closed_count < 1) turn(world);
    stop_server(world);
}

TLS_TEST(unusable_files_are_refused)
{
    struct qd_tls_options options = options_of(world, QD_TLS_CLIENT_NONE);
    options.certificate = S("-----BEGIN nonsense");
    assert_int_equal(qd_tls_create(world->env, &options, &world->tls, &world->error), QD_ILLEGAL_ARGUMENT);
    options = options_of(world, QD_TLS_CLIENT_NONE);
    options.key = qd_slice_from_string(world->client.key);
    assert_int_equal(qd_tls_create(world->env, &options, &world->tls, &world->error), QD_ILLEGAL_ARGUMENT);
    assert_true(qd_slice_starts_with(world->error.reason, S("certificate and key do not belong together")));
    options = options_of(world, QD_TLS_CLIENT_REQUIRE);
    options.authorities = S("");
    assert_int_equal(qd_tls_create(world->env, &options, &world->tls, &world->error), QD_ILLEGAL_ARGUMENT);
}
