#include "rest/http_server.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "rest/http_connection.h"

static struct qd_slice copy(struct qd_http_server *server, struct qd_slice slice)
{
    return qd_arena_copy(server->arena, slice);
}

struct qd_http_settings qd_http_settings_default(void)
{
    return (struct qd_http_settings){
        .max_content_length = (size_t)100 << 20,
        .max_initial_line_length = 4096,
        .max_header_size = 16384,
        .pipelining_max_events = 10000,
        .max_connections = 100000,
        .compression = true,
        .compression_level = 3,
        .header_timeout = qd_duration_ms(30000),
        .body_timeout = qd_duration_ms(60000),
        .idle_timeout = qd_duration_ms(300000),
        .write_timeout = qd_duration_ms(60000),
        .cors_allow_methods = QD_SLICE("OPTIONS,HEAD,GET,POST,PUT,DELETE"),
        .cors_allow_headers = QD_SLICE("X-Requested-With,Content-Type,Content-Length"),
        .cors_max_age_seconds = 1728000,
    };
}

static void copy_settings(struct qd_http_server *server, const struct qd_http_settings *settings)
{
    server->settings = *settings;
    server->settings.cors_allow_origin = copy(server, settings->cors_allow_origin);
    server->settings.cors_allow_methods = copy(server, settings->cors_allow_methods);
    server->settings.cors_allow_headers = copy(server, settings->cors_allow_headers);
    size_t count = settings->error_header_count;
    struct qd_http_header *headers = QD_NEW_ARRAY(server->arena, struct qd_http_header, count);
    for (size_t i = 0; i < count; i++) {
        headers[i].name = copy(server, settings->error_headers[i].name);
        headers[i].value = copy(server, settings->error_headers[i].value);
    }
    server->settings.error_headers = headers;
}

/* A quarter of the shortest timeout, between 5 ms and 1 s. */
static struct qd_duration sweep_interval(const struct qd_http_settings *settings)
{
    const struct qd_duration timeouts[] = { settings->header_timeout, settings->body_timeout,
                                            settings->idle_timeout, settings->write_timeout };
    struct qd_duration interval = qd_duration_ms(1000);
    for (size_t i = 0; i < 4; i++) {
        int64_t quarter = timeouts[i].nanoseconds / 4;
        if (quarter > 0 && quarter < interval.nanoseconds) interval.nanoseconds = quarter;
    }
    struct qd_duration least = qd_duration_ms(5);
    return interval.nanoseconds < least.nanoseconds ? least : interval;
}

struct qd_http_server *qd_http_server_create(struct qd_env *env, struct qd_env *network,
                                             const struct qd_http_settings *settings,
                                             void (*handle)(void *context, struct qd_http_request *request),
                                             void *context)
{
    struct qd_http_server *server = calloc(1, sizeof(*server));
    qd_assert(server != NULL);
    server->env = env;
    server->network = network == NULL ? env : network;
    server->arena = qd_arena_create(0);
    server->handle = handle;
    server->context = context;
    server->references = 1;
    copy_settings(server, settings);
    server->sweep_interval = sweep_interval(settings);
    qd_http_cors_init(server);
    return server;
}

enum qd_status qd_http_server_listen(struct qd_http_server *server, struct qd_slice host, uint16_t port,
                                     uint16_t *bound_port, struct qd_error *error)
{
    struct qd_http_listener *listener = QD_NEW(server->arena, struct qd_http_listener);
    QD_TRY(server->network->network->listen(server->network, host, port, qd_http_connection_accept, server,
                                            &listener->listener, bound_port, error));
    listener->next = server->listeners;
    server->listeners = listener;
    return QD_OK;
}

struct qd_slice qd_http_header_find(const struct qd_http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (qd_http_equal_no_case(request->headers[i].name, name)) return request->headers[i].value;
    }
    return (struct qd_slice){ NULL, 0 };
}

struct qd_http_counters qd_http_server_counters(const struct qd_http_server *server)
{
    return server->counters;
}

void qd_http_server_release(struct qd_http_server *server)
{
    if (--server->references > 0) return;
    qd_http_cors_deinit(server);
    qd_arena_destroy(server->arena);
    free(server);
}

/* ---- deadlines ---- */

static void sweep(void *context)
{
    struct qd_http_server *server = context;
    server->sweep = NULL;
    int64_t now_ns = server->env->clock->monotonic(server->env).nanoseconds;
    struct qd_http_connection *connection = server->connections;
    while (connection != NULL) {
        struct qd_http_connection *next = connection->next;
        bool due = connection->deadline != QD_HTTP_DEADLINE_NONE && connection->deadline_ns <= now_ns;
        if (due && !connection->closing) qd_http_connection_expire(connection);
        connection = next;
    }
    qd_http_server_watch(server);
}

void qd_http_server_watch(struct qd_http_server *server)
{
    if (server->sweep != NULL || server->connections == NULL) return;
    server->sweep = server->env->clock->timer_start(server->env, server->sweep_interval, sweep, server);
}

/* ---- stopping ---- */

static void tell_stopped(void *context)
{
    struct qd_http_server *server = context;
    void (*stopped)(void *context) = server->stopped;
    void *stopped_context = server->stopped_context;
    qd_http_server_release(server);
    if (stopped != NULL) stopped(stopped_context);
}

void qd_http_server_check_stopped(struct qd_http_server *server)
{
    if (!server->stopping || server->connections != NULL) return;
    if (server->grace != NULL) server->env->clock->timer_stop(server->env, server->grace);
    if (server->sweep != NULL) server->env->clock->timer_stop(server->env, server->sweep);
    server->grace = NULL;
    server->sweep = NULL;
    server->stopping = false;
    server->env->work->defer(server->env, tell_stopped, server);
}

static void end_grace(void *context)
{
    struct qd_http_server *server = context;
    server->grace = NULL;
    for (struct qd_http_connection *at = server->connections; at != NULL; at = at->next) {
        qd_http_connection_close(at);
    }
}

void qd_http_server_stop(struct qd_http_server *server, struct qd_duration grace,
                         void (*stopped)(void *context), void *context)
{
    qd_assert(!server->stopping);
    server->stopping = true;
    server->stopped = stopped;
    server->stopped_context = context;
    for (struct qd_http_listener *at = server->listeners; at != NULL; at = at->next) {
        server->network->network->listener_close(server->network, at->listener);
    }
    server->listeners = NULL;
    server->grace = server->env->clock->timer_start(server->env, grace, end_grace, server);
    for (struct qd_http_connection *at = server->connections; at != NULL; at = at->next) {
        if (at->first == NULL) qd_http_connection_close(at);
    }
    qd_http_server_check_stopped(server);
}
