/* Facts about nodes, each about its process, its machine and what it has counted, read for a request.
 *
 * Used by nodes stats, nodes info, cluster stats and the cat tables. The nodes are asked over the link of the
 * transport, as each can tell of itself only; reading blocks, so that a node does it in a work item. There is
 * no heap: what the reference calls heap is the memory of the process, and its maximum what the parent
 * breaker allows (compat-tests/differences.md). Source: OpenSearch TransportNodesStatsAction.
 */
#ifndef QD_COORDINATOR_NODE_FACTS_H
#define QD_COORDINATOR_NODE_FACTS_H

#include "base/breaker.h"
#include "coordinator/node_calls.h"
#include "coordinator/thread_pools.h"
#include "data/gates.h"
#include "data/indexing_pressure.h"
#include "data/request_cache.h"

/* The action that tells them. */
#define QD_ACTION_NODE_FACTS "cluster:monitor/nodes/stats[n]"

/* A breaker. */
struct qd_breaker_facts {
    struct qd_slice name; /* "request", ... */
    int64_t limit;        /* bytes; -1: none */
    int64_t used;         /* bytes */
    int64_t trips;        /* refusals so far */
    double overhead;      /* what estimates are multiplied by */
};

/* A setting of the node itself, from its file or command line. */
struct qd_setting_fact {
    struct qd_slice key;  /* flat */
    struct qd_slice text; /* as it was given */
};

/* One node. */
struct qd_node_facts {
    struct qd_machine_facts machine;     /* as the environment told it */
    uint64_t disk_total, disk_available; /* bytes; 0: not known */
    unsigned workers;                    /* threads of the work pool now */
    unsigned parallelism;                /* most of them */
    struct qd_work_counts work[QD_WORK_CLASS_COUNT]; /* what they have done, by class */
    struct qd_gates gates;               /* requests that wait for them, and those that were refused */
    struct qd_thread_pools pools;        /* what the pools are called and sized */
    int64_t now_ms;                      /* wall clock of the reading */
    int64_t started_ms;                  /* wall clock when the node started */
    int64_t uptime_ms;                   /* since then */
    int64_t heap_used, heap_max;         /* bytes, see above */
    int heap_percent;                    /* of one in the other */
    uint64_t memory_used;                /* of the machine */
    int memory_used_percent;             /* likewise */
    const struct qd_setting_fact *settings; /* settings[setting_count], in the order of the node's map */
    size_t setting_count;                /* of settings */
    struct qd_breaker_facts breakers[QD_BREAKER_COUNT]; /* by enum qd_breaker_kind */
    struct qd_breaker_facts parent;      /* of them */
    struct qd_transport_stats transport; /* calls between nodes */
    uint64_t http_open, http_opened;     /* connections now and ever */
    struct qd_cluster_counters states;   /* cluster states */
    struct qd_indexing_pressure pressure; /* bytes of writes under way */
    struct qd_request_cache_facts request_cache; /* answers that are kept */
    struct qd_counters counters;         /* requests that the node has coordinated */
};

/* What was told. */
struct qd_nodes_facts {
    struct qd_cluster_state *state;      /* as it was when the nodes were asked */
    const struct qd_node_facts *
        *facts; /* by place in state->nodes; NULL: not asked, or it could not answer */
    const struct qd_node_problem *problems; /* problems[problem_count], in the order of the state's nodes */
    size_t problem_count;                /* nodes that could not answer */
};

/* Asks the nodes whose place in the state's nodes is set in `nodes` (NULL: all), then calls done(coordinator,
 * call, facts) on the loop; never from inside this function. The facts live in the call's arena, the state
 * until done has returned. */
typedef void qd_nodes_facts_done(struct qd_coordinator *coordinator, struct qd_call *call,
                                 const struct qd_nodes_facts *facts);
void qd_nodes_facts_gather(struct qd_coordinator *coordinator, struct qd_call *call, const bool *nodes,
                           qd_nodes_facts_done *done);

/* Lets a node answer the action. `coordinator` is that of the node and lives as long as its transport. */
void qd_node_facts_register(struct qd_coordinator *coordinator);

/* The text of a setting of the node itself; data NULL when it was not given. */
struct qd_slice qd_node_facts_setting(const struct qd_node_facts *facts, const char *key);

/* Part of a whole in percent, rounded down; 0 of nothing. */
int qd_node_facts_percent(uint64_t part, uint64_t whole);

/* The answer of the action. Memory of what is read: `arena` and the frame. Errors: QD_ILLEGAL_STATE. */
void qd_node_facts_write(const struct qd_node_facts *facts, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_node_facts_read(struct qd_slice bytes, struct qd_arena *arena,
                                             struct qd_node_facts *facts, struct qd_error *error);

#endif
