/* Defaults of settings that follow from the machine: processors, memory.
 *
 * Used by get cluster settings and get index settings, set up by node. The tables of settings hold what was
 * recorded from some machine; these rows are told anew. Source: OpenSearch OpenSearchExecutors,
 * MergeSchedulerConfig, ThreadPool.
 */
#ifndef QD_COORDINATOR_MACHINE_DEFAULTS_H
#define QD_COORDINATOR_MACHINE_DEFAULTS_H

#include "base/arena.h"
#include "coordinator/thread_pools.h"

/* What defaults follow from. */
struct qd_machine_size {
    unsigned processors;          /* that the node works with: node.processors, else those of the machine */
    unsigned online_processors;   /* of the machine */
    int64_t memory_bytes;         /* of the machine */
    int64_t heap_bytes;           /* what stands for the heap: the limit of the parent breaker */
};

/* The default of a cluster setting as JSON text; false when it does not follow from the machine. The sizes of
 * `pools` are those of the node. Memory: `arena`. */
bool qd_machine_default(const struct qd_machine_size *machine, const struct qd_thread_pools *pools,
                        struct qd_slice key, struct qd_arena *arena, struct qd_slice *json);

/* The same for a setting of an index, on a node with so many processors to work with. */
bool qd_machine_index_default(unsigned processors, struct qd_slice key, struct qd_arena *arena,
                              struct qd_slice *json);

#endif
