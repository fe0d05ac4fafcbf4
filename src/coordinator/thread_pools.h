/* The thread pools that the reference has, with the sizes that it gives them.
 *
 * Used by nodes info, nodes stats and _cat/thread_pool. This program has one pool of workers and one lane for
 * each shard instead; it answers for each of these names that nothing waits in it
 * (compat-tests/differences.md). Source: OpenSearch ThreadPool.
 */
#ifndef QD_COORDINATOR_THREAD_POOLS_H
#define QD_COORDINATOR_THREAD_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qd_thread_pool {
    const char *name;
    const char *type;       /* "fixed", "scaling", "resizable" */
    int core, max;          /* scaling; -1 otherwise */
    int size;               /* fixed and resizable; -1 otherwise */
    int queue_size;         /* -1: without limit */
    const char *keep_alive; /* scaling: "5m", "30s"; else NULL */
    bool measured;          /* its waiting time is a statistic */
};

/* Pools in order of their names. */
size_t qd_thread_pools_count(void);

/* The pool at a position, for a machine with `processors`. */
struct qd_thread_pool qd_thread_pools_at(size_t position, uint32_t processors);

#endif
