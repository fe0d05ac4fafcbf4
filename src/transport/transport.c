#include "transport/transport.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/map.h"
#include "transport/wire_error.h"

/* One action and who answers it. */
struct action {
    void (*handle)(void *context, struct qd_transport_call *call);
    void *context;
};

/* A call over the link: request there, reply back. `call` comes first so that answers find the rest. */
struct link_call {
    struct qd_transport_call call;
    struct qd_transport *transport;
    struct qd_slice action;
    struct qd_buffer request;
    struct qd_buffer response;
    struct qd_error error;
    enum qd_status status;
    void (*reply)(void *context, const struct qd_transport_reply *reply);
    void *context;
};

struct qd_transport {
    struct qd_env *env;
    struct qd_arena *arena;
    struct qd_slice node_id;
    struct qd_map actions; /* name -> struct action * */
    struct qd_transport_stats stats;
};

struct qd_transport *qd_transport_create(struct qd_env *env, struct qd_slice node_id)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_transport *transport = QD_NEW(arena, struct qd_transport);
    transport->env = env;
    transport->arena = arena;
    transport->node_id = qd_arena_copy(arena, node_id);
    qd_map_init(&transport->actions, arena);
    return transport;
}

void qd_transport_destroy(struct qd_transport *transport)
{
    if (transport == NULL) return;
    qd_assert(transport->stats.in_flight == 0);
    qd_arena_destroy(transport->arena);
}

void qd_transport_register(struct qd_transport *transport, const char *action,
                           void (*handle)(void *context, struct qd_transport_call *call), void *context)
{
    struct action *entry = QD_NEW(transport->arena, struct action);
    *entry = (struct action){ handle, context };
    qd_assert(qd_map_get(&transport->actions, qd_slice_from_string(action)) == NULL);
    qd_map_put(&transport->actions, qd_slice_from_string(action), entry);
}

static void deliver_reply(void *context)
{
    struct link_call *link = context;
    struct qd_transport *transport = link->transport;
    struct qd_transport_reply reply = { .status = link->status, .payload = qd_buffer_view(&link->response) };
    transport->stats.rx_count++;
    transport->stats.rx_bytes += link->response.size;
    transport->stats.in_flight--;
    if (link->status != QD_OK) reply.error = &link->error;
    link->reply(link->context, &reply);
    qd_buffer_deinit(&link->response);
    qd_buffer_deinit(&link->request);
    qd_arena_destroy(link->call.arena);
}

void qd_transport_answer(struct qd_transport_call *call, struct qd_buffer *buffer)
{
    struct link_call *link = (struct link_call *)call;
    link->response = *buffer;
    *buffer = (struct qd_buffer){ 0 };
    link->status = QD_OK;
    link->transport->env->work->defer(link->transport->env, deliver_reply, link);
}

void qd_transport_fail(struct qd_transport_call *call, const struct qd_error *error)
{
    struct link_call *link = (struct link_call *)call;
    struct qd_buffer frame = { 0 };
    qd_assert(error->status != QD_OK);
    qd_error_write(error, &frame);
    struct qd_reader reader = qd_reader_make(qd_buffer_view(&frame));
    qd_error_read(&reader, call->arena, &link->error);
    qd_buffer_deinit(&frame);
    link->status = link->error.status;
    link->transport->env->work->defer(link->transport->env, deliver_reply, link);
}

static void deliver_request(void *context)
{
    struct link_call *link = context;
    struct qd_transport *transport = link->transport;
    struct action *action = qd_map_get(&transport->actions, link->action);
    if (action == NULL) {
        struct qd_error error;
        qd_error_init(&error, link->call.arena);
        (void)qd_error_set(&error, QD_ILLEGAL_STATE, "No handler for action [%.*s]",
                           QD_SLICE_ARG(link->action));
        qd_transport_fail(&link->call, &error);
        return;
    }
    link->call.payload = qd_buffer_view(&link->request);
    action->handle(action->context, &link->call);
}

static void deliver_no_node(void *context)
{
    struct link_call *link = context;
    struct qd_error error;
    qd_error_init(&error, link->call.arena);
    (void)qd_error_set(&error, QD_NO_SHARD_AVAILABLE, "node is not connected");
    qd_transport_fail(&link->call, &error);
}

void qd_transport_send(struct qd_transport *transport, const struct qd_transport_target *target,
                       struct qd_buffer *buffer,
                       void (*reply)(void *context, const struct qd_transport_reply *reply), void *context)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct link_call *link = QD_NEW(arena, struct link_call);
    link->call.arena = arena;
    link->call.cancelled = target->cancelled;
    link->call.parts = target->parts;
    link->call.part_count = target->part_count;
    link->transport = transport;
    link->action = qd_slice_from_string(target->action);
    link->request = *buffer;
    *buffer = (struct qd_buffer){ 0 };
    link->reply = reply;
    link->context = context;
    transport->stats.tx_count++;
    transport->stats.tx_bytes += link->request.size;
    for (size_t i = 0; i < target->part_count; i++) transport->stats.tx_bytes += target->parts[i].size;
    transport->stats.in_flight++;
    bool local = qd_slice_equal(target->node_id, transport->node_id);
    transport->env->work->defer(transport->env, local ? deliver_request : deliver_no_node, link);
}

void qd_transport_stats(const struct qd_transport *transport, struct qd_transport_stats *stats)
{
    *stats = transport->stats;
}
