/* Calls between nodes: an action name, bytes there, bytes back.
 *
 * Used by coordinator (caller) and data (handler). A node calls itself over an in-memory link that takes the
 * same way as a socket would: encoded frames, delivered by a later turn of the loop. Loop only. Frames:
 * spec/protocols/transport.md.
 */
#ifndef QD_TRANSPORT_TRANSPORT_H
#define QD_TRANSPORT_TRANSPORT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "platform/env.h"

struct qd_transport;

/* A call that arrived. Answer exactly once, at any later time. */
struct qd_transport_call {
    struct qd_slice payload;  /* valid until the call is answered */
    const struct qd_slice *parts; /* parts[part_count]: large pieces that came beside it; valid as long */
    size_t part_count;
    struct qd_arena *arena;   /* lives until the call is answered */
    const _Atomic bool *cancelled; /* the caller gave up */
};

/* Answers a call with bytes, which are taken out of `buffer` (it is empty afterwards). */
void qd_transport_answer(struct qd_transport_call *call, struct qd_buffer *buffer);

/* Answers a call with an error. */
void qd_transport_fail(struct qd_transport_call *call, const struct qd_error *error);

/* What the caller gets: QD_OK and payload, or an error. Payload and error live during the callback only. */
struct qd_transport_reply {
    enum qd_status status;
    struct qd_slice payload;
    const struct qd_error *error;
};

/* Creates the transport of a node. Memory: qd_transport_destroy; calls under way must have ended. */
struct qd_transport *qd_transport_create(struct qd_env *env, struct qd_slice node_id);
void qd_transport_destroy(struct qd_transport *transport);

/* Sets the handler of an action; names are static strings such as "indices:data/write/bulk[s]". */
void qd_transport_register(struct qd_transport *transport, const char *action,
                           void (*handle)(void *context, struct qd_transport_call *call), void *context);

/* Calls `action` on a node. The payload is taken out of `buffer`. reply is called exactly once, on the loop,
 * never from inside this function. An unknown node or action gives an error reply. Parts are what would be
 * costly to copy into the payload (sources of documents): the in-memory link hands them over as they lie. */
struct qd_transport_target {
    struct qd_slice node_id;
    const char *action;
    const _Atomic bool *cancelled;  /* may be NULL; must live until the reply */
    const struct qd_slice *parts;   /* parts[part_count] and their bytes must live until the reply */
    size_t part_count;              /* 0: none */
};
void qd_transport_send(struct qd_transport *transport, const struct qd_transport_target *target,
                       struct qd_buffer *buffer,
                       void (*reply)(void *context, const struct qd_transport_reply *reply), void *context);

/* Calls under way, and counters for _nodes/stats. */
struct qd_transport_stats {
    uint64_t rx_count, rx_bytes, tx_count, tx_bytes;
    uint32_t in_flight;
};
void qd_transport_stats(const struct qd_transport *transport, struct qd_transport_stats *stats);


#endif
