/* The thread pools that the reference has, with the sizes that it gives them.
 *
 * Used by node, nodes info, nodes stats, the defaults of settings and _cat/thread_pool. This program has one
 * pool of workers and one lane for each shard instead. Work items have a class, and the classes are shown
 * under the names of the reference's pools; a name without a class is about work that does not exist here or
 * is done by the loop (compat-tests/differences.md). Source: OpenSearch ThreadPool.
 */
#ifndef QD_COORDINATOR_THREAD_POOLS_H
#define QD_COORDINATOR_THREAD_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "data/gates.h"
#include "platform/env.h"

struct qd_node_facts; /* coordinator/node_facts.h */

struct qd_thread_pool {
    const char *name;       /* "search" */
    const char *type;       /* "fixed", "scaling", "resizable" */
    int core, max;          /* scaling; -1 otherwise */
    int size;               /* fixed and resizable; -1 otherwise */
    int queue_size;         /* -1: without limit */
    struct qd_slice keep_alive; /* scaling: "5m", "30s"; else data NULL */
    bool measured;          /* its waiting time is a statistic */
    int work_class;         /* enum qd_work_class of the items that it counts; -1: none */
    int gate;               /* enum qd_gate_kind that bounds its queue; -1: none */
};

/* What a pool has done. */
struct qd_thread_pool_counts {
    uint64_t threads;                /* that may run its items: the workers, or 0 without a class */
    struct qd_work_counts work;      /* of its class, or zeros */
    uint64_t rejected;               /* requests that its gate has refused */
};

/* Pools of a node, in order of their names. */
struct qd_thread_pools {
    const struct qd_thread_pool *pools; /* pools[count] */
    size_t count;                       /* of pools */
};

/* The pools of a node with so many processors of its own, changed by its settings thread_pool.<name>.<what>
 * (flat key -> struct qd_slice *; NULL: none). Memory: `arena`, also of the texts in the settings. Errors:
 * QD_ILLEGAL_ARGUMENT for a value that is no number or out of bounds. */
QD_CHECKED enum qd_status qd_thread_pools_resolve(const struct qd_map *settings, unsigned processors,
                                                  struct qd_arena *arena, struct qd_thread_pools *pools,
                                                  struct qd_error *error);

/* What the gates of the data role let in, by the sizes of the pools. */
struct qd_gates qd_thread_pools_gates(const struct qd_thread_pools *pools, struct qd_slice node_name);

/* What a pool has done by the facts of a node. */
struct qd_thread_pool_counts qd_thread_pools_counts(const struct qd_thread_pool *pool,
                                                    const struct qd_node_facts *facts);

#endif
