/* Circuit breakers: memory is reserved before it is taken.
 *
 * A node has one `struct qd_breakers`; every thread may reserve and release. The children's sum is bounded
 * by the parent's limit. Source: OpenSearch ChildMemoryCircuitBreaker, HierarchyCircuitBreakerService.
 */
#ifndef QD_BASE_BREAKER_H
#define QD_BASE_BREAKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

/* The children, in the order in which messages and stats list them. */
enum qd_breaker_kind {
    QD_BREAKER_REQUEST,
    QD_BREAKER_FIELDDATA,
    QD_BREAKER_IN_FLIGHT_REQUESTS,
    QD_BREAKER_ACCOUNTING,
    QD_BREAKER_COUNT
};

struct qd_breakers;

/* One child. */
struct qd_breaker {
    const char *name;            /* "request", ... */
    _Atomic int64_t used;        /* bytes reserved now */
    _Atomic int64_t limit;       /* bytes; -1: no limit; 0: everything is refused */
    double overhead;             /* estimates are multiplied by this before they are compared */
    _Atomic int64_t trips;       /* refusals so far */
    bool permanent;              /* durability in errors: PERMANENT, else TRANSIENT */
    struct qd_breakers *parent;  /* the family it belongs to; NULL: alone, without a total */
};

/* All breakers of a node. */
struct qd_breakers {
    struct qd_breaker child[QD_BREAKER_COUNT];
    _Atomic int64_t limit;  /* of the parent: bytes; -1: none */
    _Atomic int64_t trips;  /* refusals of the parent */
};

/* The limits that a node starts with for `total_bytes` of memory: parent 95 %, request 60 %, fielddata 40 %,
 * in flight 100 %, accounting 100 %; overheads 1, 1.03, 2, 1. */
void qd_breakers_init(struct qd_breakers *breakers, int64_t total_bytes);

/* Reserves `bytes` for what `label` names ("<http_request>", "<agg [x]>"); `breaker` NULL: nothing
 * happens, QD_OK. Errors: QD_CIRCUIT_BREAKING with bytes_wanted, bytes_limit, durability; nothing is
 * reserved then. */
QD_CHECKED enum qd_status qd_breaker_reserve(struct qd_breaker *breaker, int64_t bytes, const char *label,
                                             struct qd_error *error);

/* Adds without a check (negative: gives back); for what exists already. */
void qd_breaker_add(struct qd_breaker *breaker, int64_t bytes);

/* Gives back what was reserved. */
void qd_breaker_release(struct qd_breaker *breaker, int64_t bytes);

/* Bytes reserved in all children. */
int64_t qd_breakers_used(const struct qd_breakers *breakers);

#endif
