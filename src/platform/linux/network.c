#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "platform/linux/linux_internal.h"

#define BACKLOG 4096
/* `send` answers false from here on; a caller that minds it queues at most one more piece. */
#define QUEUE_SIZE_HIGH ((size_t)256 << 10)
/* A closed connection gets this long to take what is queued and to close its own side. Closing while the peer
 * still sends would make the kernel throw away the answer that is under way. */
#define FLUSH_MS 30000
#define LINGER_MS 2000
#define PEER_SIZE 56

struct qd_listener {
    uv_tcp_t handle;
    struct qd_linux_env *env;
    void (*accepted)(void *context, struct qd_connection *connection);
    void *context;
};

enum connection_state {
    CONNECTION_OPEN,      /* events flow */
    CONNECTION_FLUSHING,  /* close was called: what is queued goes out */
    CONNECTION_LINGERING, /* everything went out; waits for the peer to close */
    CONNECTION_CLOSED     /* uv_close was called */
};

struct qd_connection {
    uv_tcp_t handle;
    struct qd_linux_env *env;
    const struct qd_connection_events *events;
    void *context;
    struct qd_timer *deadline;   /* while flushing or lingering */
    enum connection_state state;
    bool reading;                /* wanted by the owner */
    bool want_drained;           /* send has returned false */
    bool told_closed;            /* the closed event went out */
    char peer[PEER_SIZE];        /* empty until somebody asks */
};

struct write {
    uv_write_t request; /* first: freed as the write */
    char data[];
};

struct connecting {
    uv_connect_t request;
    struct qd_connection *connection;
    void (*connected)(void *context, struct qd_connection *connection);
    void *context;
};

static uv_stream_t *stream_of(struct qd_connection *connection)
{
    return (uv_stream_t *)&connection->handle;
}

static void free_socket(uv_handle_t *handle)
{
    free(handle->data);
}

void qd_linux_socket_drop(uv_handle_t *handle)
{
    uv_close(handle, free_socket);
}

static void tell_closed(struct qd_connection *connection)
{
    if (connection->told_closed) return;
    connection->told_closed = true;
    if (connection->events != NULL) connection->events->closed(connection->context);
}

/* Called when nobody uses the handle any more. */
static void on_closed(uv_handle_t *handle)
{
    struct qd_connection *connection = handle->data;
    tell_closed(connection);
    free(connection);
}

static void close_now(struct qd_connection *connection)
{
    if (connection->state == CONNECTION_CLOSED) return;
    connection->state = CONNECTION_CLOSED;
    if (connection->deadline != NULL) {
        connection->env->base.clock->timer_stop(&connection->env->base, connection->deadline);
        connection->deadline = NULL;
    }
    uv_close((uv_handle_t *)&connection->handle, on_closed);
}

static void on_deadline(void *context)
{
    struct qd_connection *connection = context;
    connection->deadline = NULL;
    close_now(connection);
}

static void set_deadline(struct qd_connection *connection, int64_t milliseconds)
{
    const struct qd_clock_operations *clock = connection->env->base.clock;
    if (connection->deadline != NULL) clock->timer_stop(&connection->env->base, connection->deadline);
    connection->deadline =
        clock->timer_start(&connection->env->base, qd_duration_ms(milliseconds), on_deadline, connection);
}

/* All connections of the loop read into one buffer, so that an idle one costs no read memory. */
static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    (void)suggested;
    struct qd_connection *connection = handle->data;
    *buffer = uv_buf_init(connection->env->read_buffer, (unsigned)QD_LINUX_READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
    struct qd_connection *connection = stream->data;
    if (size < 0) {
        close_now(connection);
        return;
    }
    if (size == 0 || connection->state != CONNECTION_OPEN) return;
    connection->events->data(connection->context, qd_slice_make(buffer->base, (size_t)size));
}

static struct qd_connection *new_connection(struct qd_linux_env *env)
{
    struct qd_connection *connection = qd_linux_alloc(sizeof(*connection));
    connection->env = env;
    qd_assert(uv_tcp_init(&env->loop, &connection->handle) == 0);
    connection->handle.data = connection;
    return connection;
}

static void start(struct qd_connection *connection)
{
    uv_tcp_nodelay(&connection->handle, 1);
    connection->reading = true;
    if (uv_read_start(stream_of(connection), give_buffer, on_read) != 0) close_now(connection);
}

static void on_accept(uv_stream_t *server, int status)
{
    struct qd_listener *listener = server->data;
    if (status < 0) return;
    struct qd_connection *connection = new_connection(listener->env);
    if (uv_accept(server, stream_of(connection)) != 0) {
        close_now(connection);
        return;
    }
    listener->accepted(listener->context, connection);
    qd_assert(connection->events != NULL);
    if (connection->state == CONNECTION_OPEN) start(connection);
}

static int make_address(struct qd_slice host, uint16_t port, struct sockaddr_storage *address)
{
    char text[INET6_ADDRSTRLEN + 1];
    if (qd_slice_is(host, "localhost")) host = QD_SLICE("127.0.0.1");
    if (host.size >= sizeof(text)) return UV_EINVAL;
    memcpy(text, host.data, host.size);
    text[host.size] = 0;
    if (uv_ip4_addr(text, port, (struct sockaddr_in *)(void *)address) == 0) return 0;
    return uv_ip6_addr(text, port, (struct sockaddr_in6 *)(void *)address);
}

static int bind_and_listen(struct qd_listener *listener, const struct sockaddr_storage *address)
{
    int failed = uv_tcp_bind(&listener->handle, (const struct sockaddr *)(const void *)address, 0);
    if (failed != 0) return failed;
    return uv_listen((uv_stream_t *)&listener->handle, BACKLOG, on_accept);
}

static uint16_t port_of(const struct sockaddr_storage *address)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
    return ntohs(address->ss_family == AF_INET6 ? six->sin6_port : four->sin_port);
}

static enum qd_status listen_on(struct qd_env *base, struct qd_slice host, uint16_t port,
                                void (*accepted)(void *context, struct qd_connection *connection),
                                void *context, struct qd_listener **out, uint16_t *bound_port,
                                struct qd_error *error)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    struct sockaddr_storage address = { 0 };
    int failed = make_address(host, port, &address);
    if (failed != 0) {
        return qd_error_set(error, QD_IO, "listen [%.*s:%u]: not an address", QD_SLICE_ARG(host),
                            (unsigned)port);
    }
    struct qd_listener *listener = qd_linux_alloc(sizeof(*listener));
    *listener = (struct qd_listener){ .env = env, .accepted = accepted, .context = context };
    qd_assert(uv_tcp_init(&env->loop, &listener->handle) == 0);
    listener->handle.data = listener;
    failed = bind_and_listen(listener, &address);
    if (failed != 0) {
        uv_close((uv_handle_t *)&listener->handle, free_socket);
        return qd_error_set(error, QD_IO, "listen [%.*s:%u]: %s", QD_SLICE_ARG(host), (unsigned)port,
                            uv_strerror(failed));
    }
    int size = (int)sizeof(address);
    uv_tcp_getsockname(&listener->handle, (struct sockaddr *)(void *)&address, &size);
    *bound_port = port_of(&address);
    *out = listener;
    return QD_OK;
}

static void listener_close(struct qd_env *env, struct qd_listener *listener)
{
    (void)env;
    uv_close((uv_handle_t *)&listener->handle, free_socket);
}

static void finish_connecting(struct connecting *connecting, int status)
{
    struct qd_connection *connection = connecting->connection;
    if (status == UV_ECANCELED) {
        /* The environment ends. */
    } else if (status != 0) {
        connection->told_closed = true;
        close_now(connection);
        connecting->connected(connecting->context, NULL);
    } else {
        connecting->connected(connecting->context, connection);
        qd_assert(connection->events != NULL);
        if (connection->state == CONNECTION_OPEN) start(connection);
    }
    free(connecting);
}

static void on_connected(uv_connect_t *request, int status)
{
    finish_connecting((struct connecting *)(void *)request, status);
}

static void connect_failed(void *context)
{
    finish_connecting(context, UV_ECONNREFUSED);
}

static void connect_to(struct qd_env *base, struct qd_slice host, uint16_t port,
                       void (*connected)(void *context, struct qd_connection *connection), void *context)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    struct connecting *connecting = qd_linux_alloc(sizeof(*connecting));
    connecting->connection = new_connection(env);
    connecting->connected = connected;
    connecting->context = context;
    struct sockaddr_storage address = { 0 };
    int failed = make_address(host, port, &address);
    if (failed == 0) {
        failed = uv_tcp_connect(&connecting->request, &connecting->connection->handle,
                                (const struct sockaddr *)(const void *)&address, on_connected);
    }
    if (failed != 0) base->work->defer(base, connect_failed, connecting);
}

static void attach(struct qd_env *env, struct qd_connection *connection,
                   const struct qd_connection_events *events, void *context)
{
    (void)env;
    connection->events = events;
    connection->context = context;
}

static void on_shutdown(uv_shutdown_t *request, int status)
{
    struct qd_connection *connection = request->handle->data;
    free(request);
    if (status == UV_ECANCELED || connection->state != CONNECTION_FLUSHING) return;
    connection->state = CONNECTION_LINGERING;
    set_deadline(connection, LINGER_MS);
    tell_closed(connection);
}

static void on_written(uv_write_t *request, int status)
{
    struct qd_connection *connection = request->handle->data;
    free(request);
    if (status != 0) {
        if (status != UV_ECANCELED) close_now(connection);
        return;
    }
    if (connection->state != CONNECTION_OPEN) return;
    if (!connection->want_drained || stream_of(connection)->write_queue_size > 0) return;
    connection->want_drained = false;
    if (connection->events->drained != NULL) connection->events->drained(connection->context);
}

static bool send_bytes(struct qd_env *env, struct qd_connection *connection, struct qd_slice bytes)
{
    (void)env;
    uv_stream_t *stream = stream_of(connection);
    if (connection->state != CONNECTION_OPEN || bytes.size == 0) return true;
    if (stream->write_queue_size == 0) {
        size_t first = bytes.size < ((size_t)1 << 30) ? bytes.size : (size_t)1 << 30;
        uv_buf_t now = { (char *)(uintptr_t)bytes.data, first };
        int written = uv_try_write(stream, &now, 1);
        if (written > 0) bytes = qd_slice_from(bytes, (size_t)written);
        if (bytes.size == 0) return true;
    }
    struct write *write = qd_linux_alloc(sizeof(*write) + bytes.size);
    memcpy(write->data, bytes.data, bytes.size);
    uv_buf_t buffer = { write->data, bytes.size };
    if (uv_write(&write->request, stream, &buffer, 1, on_written) != 0) {
        free(write);
        close_now(connection);
        return true;
    }
    connection->want_drained = connection->want_drained || stream->write_queue_size >= QUEUE_SIZE_HIGH;
    return !connection->want_drained;
}

static void set_reading(struct qd_env *env, struct qd_connection *connection, bool reading)
{
    (void)env;
    if (connection->state != CONNECTION_OPEN || connection->reading == reading) return;
    connection->reading = reading;
    if (!reading) {
        uv_read_stop(stream_of(connection));
    } else if (uv_read_start(stream_of(connection), give_buffer, on_read) != 0) {
        close_now(connection);
    }
}

static void close_connection(struct qd_env *env, struct qd_connection *connection)
{
    (void)env;
    if (connection->state != CONNECTION_OPEN) return;
    connection->state = CONNECTION_FLUSHING;
    uv_shutdown_t *request = qd_linux_alloc(sizeof(*request));
    if (uv_shutdown(request, stream_of(connection), on_shutdown) != 0) {
        free(request);
        close_now(connection);
        return;
    }
    set_deadline(connection, FLUSH_MS);
    uv_read_start(stream_of(connection), give_buffer, on_read);
}

static struct qd_slice peer(struct qd_env *env, struct qd_connection *connection)
{
    (void)env;
    struct sockaddr_storage address = { 0 };
    int size = (int)sizeof(address);
    if (connection->peer[0] == 0 &&
        uv_tcp_getpeername(&connection->handle, (struct sockaddr *)(void *)&address, &size) == 0) {
        char text[INET6_ADDRSTRLEN] = "";
        bool six = address.ss_family == AF_INET6;
        if (six) {
            uv_ip6_name((const struct sockaddr_in6 *)(const void *)&address, text, sizeof(text));
        } else {
            uv_ip4_name((const struct sockaddr_in *)(const void *)&address, text, sizeof(text));
        }
        snprintf(connection->peer, sizeof(connection->peer), six ? "[%s]:%u" : "%s:%u", text,
                 (unsigned)port_of(&address));
    }
    return qd_slice_from_string(connection->peer);
}

const struct qd_network_operations qd_linux_network_operations = {
    .listen = listen_on,
    .listener_close = listener_close,
    .connect = connect_to,
    .attach = attach,
    .send = send_bytes,
    .set_reading = set_reading,
    .close = close_connection,
    .peer = peer,
};
