/* Bounds on the requests that wait for the pool: gets, searches and writes of shards.
 *
 * Used by the actions of data/, set up by node, shown by the statistics. There is one pool of workers here;
 * the reference has a pool with a queue for each of these, and refuses what finds the queue full. A gate lets
 * as many requests in as the reference's pool would have running and queued. Loop only. Source: OpenSearch
 * FixedExecutorBuilder, OpenSearchAbortPolicy.
 */
#ifndef QD_DATA_GATES_H
#define QD_DATA_GATES_H

#include <stdint.h>

#include "base/status.h"

enum qd_gate_kind {
    QD_GATE_GET,
    QD_GATE_SEARCH,
    QD_GATE_WRITE,
    QD_GATE_COUNT
};

struct qd_gate {
    const char *executor;  /* "search": the pool's name; NULL: everything is let in */
    int64_t size;          /* requests that count as running: thread_pool.<name>.size */
    int64_t queue_size;    /* requests that may wait beside them: thread_pool.<name>.queue_size; -1: any */
    int64_t inside;        /* requests that were let in and have not left */
    uint64_t completed;    /* requests that have left */
    uint64_t rejected;     /* requests that were refused */
};

struct qd_gates {
    struct qd_slice node_name;           /* for the refusals */
    struct qd_gate gate[QD_GATE_COUNT];  /* by kind */
};

/* Lets a request in; qd_gate_leave must follow. `action` names it in the refusal. Errors:
 * QD_REJECTED_EXECUTION, which is counted; nothing is to be left then. */
QD_CHECKED enum qd_status qd_gate_enter(struct qd_gates *gates, enum qd_gate_kind kind, const char *action,
                                        struct qd_error *error);

/* The pool has done its part of a request. */
void qd_gate_leave(struct qd_gates *gates, enum qd_gate_kind kind);

/* How many of the requests inside wait. */
int64_t qd_gate_queued(const struct qd_gate *gate);

#endif
