/* The thread pools that the reference has, with the sizes that it gives them.
 *
 * Used by nodes info, nodes stats and _cat/thread_pool. This program has one pool of workers and one lane for
 * each shard instead. Work items have a class, and the classes are shown under the names of the reference's
 * pools; a name without a class is about work that does not exist here or is done by the loop
 * (compat-tests/differences.md). Source: OpenSearch ThreadPool.
 */
#ifndef QD_COORDINATOR_THREAD_POOLS_H
#define QD_COORDINATOR_THREAD_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coordinator/node_facts.h"

struct qd_thread_pool {
    const char *name;       /* "search" */
    const char *type;       /* "fixed", "scaling", "resizable" */
    int core, max;          /* scaling; -1 otherwise */
    int size;               /* fixed and resizable; -1 otherwise */
    int queue_size;         /* -1: without limit */
    const char *keep_alive; /* scaling: "5m", "30s"; else NULL */
    bool measured;          /* its waiting time is a statistic */
    int work_class;         /* enum qd_work_class of the items that it counts; -1: none */
};

/* What a pool has done. */
struct qd_thread_pool_counts {
    uint64_t threads;                /* that may run its items: the workers, or 0 without a class */
    struct qd_work_counts work;      /* of its class, or zeros */
};

/* Pools in order of their names. */
size_t qd_thread_pools_count(void);

/* The pool at a position, for a machine with `processors`. */
struct qd_thread_pool qd_thread_pools_at(size_t position, uint32_t processors);

/* What a pool has done by the facts of a node. */
struct qd_thread_pool_counts qd_thread_pools_counts(const struct qd_thread_pool *pool,
                                                    const struct qd_node_facts *facts);

#endif
