/* The coordinator role of a node: operations that requests call.
 *
 * Used by rest (route table) and the embedding API. One file per operation (src/coordinator/<operation>.c);
 * each handler checks its parameters, resolves indices against the cluster state, routes or fans out through
 * the transport, reduces, and answers the call.
 */
#ifndef QD_COORDINATOR_COORDINATOR_H
#define QD_COORDINATOR_COORDINATOR_H

#include "coordinator/call.h"
#include "coordinator/counters.h"
#include "master/cluster_state.h"
#include "platform/env.h"
#include "transport/transport.h"

struct qd_cluster_service; /* coordinator/cluster_service.h: master commands, applied state, waiting for
                              states */
struct qd_tasks;           /* coordinator/tasks.h: running calls */
struct qd_breakers;        /* the node's breakers, base/breaker.h */
struct qd_data;            /* data/data.h: this node's shards */
struct qd_contexts;        /* coordinator/contexts.h: scroll and point-in-time */

/* What every operation gets. Owned by the node. */
struct qd_coordinator {
    struct qd_env *env;
    struct qd_transport *transport;
    struct qd_cluster_service *cluster;
    struct qd_tasks *tasks;
    struct qd_breakers *breakers;
    struct qd_data *data;
    struct qd_contexts *contexts;
    const struct qd_thread_pools *thread_pools; /* of this node */
    const struct qd_machine_size *machine;      /* what defaults of settings follow from */
    const struct qd_node_info *local_node;
    const struct qd_map *node_settings;  /* flat key -> struct qd_slice *: text from file and -E */
    int64_t started_ms;                  /* wall clock at node start */
    struct qd_counters counters;         /* of the requests that this node has coordinated */
    /* Connections of the HTTP server now and ever; NULL without one. */
    void (*http_connections)(void *context, uint64_t *open, uint64_t *opened);
    void *http_context;                  /* for http_connections */
};

/* The handler of one operation, as the route table lists it. */
typedef void qd_operation_handler(struct qd_coordinator *coordinator, struct qd_call *call);

#endif
