#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "simulation/fake/fake_internal.h"

#define WINDOW_SIZE_MAX (256 << 10)

struct qd_listener {
    struct qd_listener *next;
    struct qd_fake_env *env;
    uint16_t port;
    void (*accepted)(void *context, struct qd_connection *connection);
    void *context;
};

/* One end of a connection. */
struct qd_connection {
    struct qd_connection *next; /* in the world's list */
    struct qd_connection *other; /* the other end; NULL when it is gone */
    struct qd_fake_env *env;
    const struct qd_connection_events *events;
    void *context;
    struct qd_buffer inbox;     /* bytes on their way to this end */
    size_t window;              /* `send` of the other end answers false from here on */
    uint32_t pending;           /* events in the queue that point here */
    bool delivering;            /* one of them delivers */
    bool reading;
    bool want_drained;          /* this end's `send` has returned false */
    bool closing;               /* this end has called close */
    bool finished;              /* the other end has called close: closed follows the last byte */
    bool told_closed;           /* the last event went out */
    char peer[32];
};

static void free_end(struct qd_connection *end)
{
    struct qd_connection **at = &end->env->connections;
    while (*at != end) at = &(*at)->next;
    *at = end->next;
    if (end->other != NULL) end->other->other = NULL;
    qd_buffer_deinit(&end->inbox);
    free(end);
}

/* Gives an end back when nobody can reach it any more. */
static void release(struct qd_connection *end)
{
    if (end->told_closed && end->pending == 0) free_end(end);
}

static void tell_closed(struct qd_connection *end)
{
    if (end->told_closed) return;
    end->told_closed = true;
    qd_fake_trace(end->env, 'x', 0);
    end->events->closed(end->context);
}

static void schedule(struct qd_connection *end, void (*run)(void *context))
{
    int64_t delay_ns = qd_fake_draw_ns(end->env, end->env->options.faults.network_delay_max);
    end->pending++;
    qd_fake_schedule(end->env, end->env->now_ns + delay_ns, run, NULL, end);
}

static void on_closed(void *context)
{
    struct qd_connection *end = context;
    end->pending--;
    tell_closed(end);
    release(end);
}

static void on_drained(void *context)
{
    struct qd_connection *end = context;
    end->pending--;
    if (!end->closing && !end->told_closed
        && end->events->drained != NULL) end->events->drained(end->context);
    release(end);
}

static void deliver(void *context);

static void schedule_delivery(struct qd_connection *end)
{
    if (end->delivering || end->told_closed || end->closing || !end->reading) return;
    if (end->inbox.size == 0 && !end->finished) return;
    end->delivering = true;
    schedule(end, deliver);
}

/* The connection breaks: what was under way is lost, both ends are told. */
static void break_connection(struct qd_connection *end)
{
    qd_fake_trace(end->env, 'k', 0);
    schedule(end, on_closed);
    end->closing = true;
    if (end->other == NULL) return;
    schedule(end->other, on_closed);
    end->other->closing = true;
}

/* Hands over a piece of drawn size: often all, sometimes byte by byte. */
static void deliver_piece(struct qd_connection *end)
{
    struct qd_fake_env *env = end->env;
    size_t size = end->inbox.size;
    if (qd_fake_draw(env, 2) == 0) size = 1 + (size_t)qd_fake_draw(env, size);
    char *piece = qd_fake_alloc(size);
    memcpy(piece, end->inbox.data, size);
    end->inbox.size -= size;
    memmove(end->inbox.data, end->inbox.data + size, end->inbox.size);
    qd_fake_trace_bytes(env, size, qd_slice_make(piece, size));
    struct qd_connection *other = end->other;
    if (end->inbox.size == 0 && other != NULL && other->want_drained) {
        other->want_drained = false;
        schedule(other, on_drained);
    }
    end->events->data(end->context, qd_slice_make(piece, size));
    free(piece);
}

static void deliver(void *context)
{
    struct qd_connection *end = context;
    end->pending--;
    end->delivering = false;
    if (!end->told_closed && !end->closing && end->reading) {
        if (end->inbox.size == 0) {
            if (end->finished) tell_closed(end);
        } else if (qd_fake_chance(end->env, end->env->options.faults.disconnect)) {
            break_connection(end);
        } else {
            deliver_piece(end);
        }
        schedule_delivery(end);
    }
    release(end);
}

static enum qd_status listen_on(struct qd_env *base, struct qd_slice host, uint16_t port,
                                void (*accepted)(void *context, struct qd_connection *connection),
                                void *context, struct qd_listener **out, uint16_t *bound_port,
                                struct qd_error *error)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    if (port == 0) port = env->next_port++;
    for (struct qd_listener *other = env->listeners; other != NULL; other = other->next) {
        if (other->port != port) continue;
        return qd_error_set(error, QD_IO, "listen [%.*s:%u]: address already in use", QD_SLICE_ARG(host),
                            (unsigned)port);
    }
    struct qd_listener *listener = qd_fake_alloc(sizeof(*listener));
    *listener = (struct qd_listener){ env->listeners, env, port, accepted, context };
    env->listeners = listener;
    *bound_port = port;
    *out = listener;
    return QD_OK;
}

static void listener_close(struct qd_env *base, struct qd_listener *listener)
{
    struct qd_listener **at = &qd_fake_env_of(base)->listeners;
    while (*at != listener) at = &(*at)->next;
    *at = listener->next;
    free(listener);
}

struct connecting {
    struct qd_fake_env *env;
    uint16_t port;
    void (*connected)(void *context, struct qd_connection *connection);
    void *context;
};

static struct qd_connection *make_end(struct qd_fake_env *env, unsigned port)
{
    struct qd_connection *end = qd_fake_alloc(sizeof(*end));
    end->env = env;
    end->reading = true;
    end->window = 1 + (size_t)qd_fake_draw(env, WINDOW_SIZE_MAX);
    snprintf(end->peer, sizeof(end->peer), "127.0.0.1:%u", port);
    end->next = env->connections;
    env->connections = end;
    return end;
}

static void on_connect(void *context)
{
    struct connecting connecting = *(struct connecting *)context;
    struct qd_fake_env *env = connecting.env;
    free(context);
    struct qd_listener *listener = env->listeners;
    while (listener != NULL && listener->port != connecting.port) listener = listener->next;
    if (listener == NULL) {
        connecting.connected(connecting.context, NULL);
        return;
    }
    struct qd_connection *client = make_end(env, listener->port);
    struct qd_connection *server = make_end(env, env->next_port++);
    client->other = server;
    server->other = client;
    listener->accepted(listener->context, server);
    qd_assert(server->events != NULL);
    connecting.connected(connecting.context, client);
    qd_assert(client->events != NULL);
    schedule_delivery(client);
}

static void connect_to(struct qd_env *base, struct qd_slice host, uint16_t port,
                       void (*connected)(void *context, struct qd_connection *connection), void *context)
{
    (void)host;
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct connecting *connecting = qd_fake_alloc(sizeof(*connecting));
    *connecting = (struct connecting){ env, port, connected, context };
    int64_t delay_ns = qd_fake_draw_ns(env, env->options.faults.network_delay_max);
    qd_fake_schedule(env, env->now_ns + delay_ns, on_connect, free, connecting);
}

static void attach(struct qd_env *env, struct qd_connection *connection,
                   const struct qd_connection_events *events, void *context)
{
    (void)env;
    connection->events = events;
    connection->context = context;
}

static bool send_bytes(struct qd_env *base, struct qd_connection *connection, struct qd_slice bytes)
{
    struct qd_connection *other = connection->other;
    if (connection->closing || connection->told_closed || qd_fake_env_of(base)->crashed) return true;
    if (other == NULL || other->closing || other->told_closed) return true;
    qd_buffer_slice(&other->inbox, bytes);
    if (other->events != NULL) schedule_delivery(other);
    if (other->inbox.size >= other->window) connection->want_drained = true;
    return !connection->want_drained;
}

static void set_reading(struct qd_env *env, struct qd_connection *connection, bool reading)
{
    (void)env;
    connection->reading = reading;
    schedule_delivery(connection);
}

static void close_connection(struct qd_env *env, struct qd_connection *connection)
{
    (void)env;
    if (connection->closing || connection->told_closed) return;
    connection->closing = true;
    schedule(connection, on_closed);
    if (connection->other == NULL) return;
    connection->other->finished = true;
    if (connection->other->events != NULL) schedule_delivery(connection->other);
}

static struct qd_slice peer(struct qd_env *env, struct qd_connection *connection)
{
    (void)env;
    return qd_slice_from_string(connection->peer);
}

void qd_fake_network_deinit(struct qd_fake_env *env)
{
    while (env->connections != NULL) free_end(env->connections);
    while (env->listeners != NULL) listener_close(&env->base, env->listeners);
}

const struct qd_network_operations qd_fake_network_operations = {
    .listen = listen_on,
    .listener_close = listener_close,
    .connect = connect_to,
    .attach = attach,
    .send = send_bytes,
    .set_reading = set_reading,
    .close = close_connection,
    .peer = peer,
};
