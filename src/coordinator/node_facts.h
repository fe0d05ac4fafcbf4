/* Facts about this process and its machine, read once for a request.
 *
 * Used by nodes stats, nodes info, cluster stats and the cat tables. Reading blocks, so that it is done by a
 * work item. There is no heap: what the reference calls heap is the memory of the process, and its maximum
 * what the parent breaker allows (compat-tests/differences.md).
 */
#ifndef QD_COORDINATOR_NODE_FACTS_H
#define QD_COORDINATOR_NODE_FACTS_H

#include "coordinator/coordinator.h"
#include "data/gates.h"

struct qd_node_facts {
    struct qd_machine_facts machine;     /* as the environment told it */
    uint64_t disk_total, disk_available; /* bytes; 0: not known */
    unsigned workers;                    /* threads of the work pool now */
    struct qd_work_counts work[QD_WORK_CLASS_COUNT]; /* what they have done, by class */
    struct qd_gates gates;               /* requests that wait for them, and those that were refused */
    int64_t now_ms;                      /* wall clock of the reading */
    int64_t uptime_ms;                   /* since the node started */
    int64_t heap_used, heap_max;         /* bytes, see above */
    int heap_percent;                    /* of one in the other */
    uint64_t memory_used;                /* of the machine */
    int memory_used_percent;             /* likewise */
};

/* Reads the facts, then calls done(coordinator, call, facts) on the loop; never from inside this function.
 * The facts live in the call's arena. */
typedef void qd_node_facts_done(struct qd_coordinator *coordinator, struct qd_call *call,
                                const struct qd_node_facts *facts);
void qd_node_facts_gather(struct qd_coordinator *coordinator, struct qd_call *call, qd_node_facts_done *done);

/* Part of a whole in percent, rounded down; 0 of nothing. */
int qd_node_facts_percent(uint64_t part, uint64_t whole);

#endif
