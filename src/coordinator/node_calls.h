/* One request to each of several nodes, all at the same time; it ends when all have answered or failed.
 *
 * Used by shard_reports.c and node_facts.c. Order of calls: init, fill the legs, start. Loop only.
 * Source: OpenSearch TransportNodesAction, TransportBroadcastByNodeAction.
 */
#ifndef QD_COORDINATOR_NODE_CALLS_H
#define QD_COORDINATOR_NODE_CALLS_H

#include "coordinator/cluster_service.h"
#include "coordinator/coordinator.h"

struct qd_node_calls;

/* One node. */
struct qd_node_leg {
    struct qd_node_calls *calls;     /* the family */
    const struct qd_node_info *node; /* of the state */
    bool asked;                      /* set before the start: the node gets a request */
    struct qd_buffer request;        /* what it gets; taken by the start */
    struct qd_slice answer;          /* what came back; in the call's arena */
    struct qd_error error;           /* status QD_OK: none. Whoever cannot read the answer may set it */
};

/* All of them. Embed it. */
struct qd_node_calls {
    struct qd_coordinator *coordinator; /* of this node */
    struct qd_call *call;               /* that all this is for */
    struct qd_cluster_state *state;     /* a reference until `done` has returned */
    struct qd_node_leg *legs;           /* legs[state->node_count], in the order of the state's nodes */
    const char *action;                 /* what is asked for */
    uint32_t pending;                   /* private */
    void (*done)(struct qd_node_calls *calls); /* called once, later; it may end the call */
};

/* A node that could not answer. */
struct qd_node_problem {
    const struct qd_node_info *node; /* which */
    struct qd_error error;           /* why */
};

/* Makes a leg for each node of a state (NULL: the one of now), none of which is asked yet. */
void qd_node_calls_init(struct qd_node_calls *calls, struct qd_coordinator *coordinator, struct qd_call *call,
                        struct qd_cluster_state *state);

/* Sends the requests of the legs that are asked. `done` is never called from inside this function. */
void qd_node_calls_start(struct qd_node_calls *calls, const char *action,
                         void (*done)(struct qd_node_calls *calls));

/* The legs that failed: problems[*count], in the order of the state's nodes. In the call's arena. */
const struct qd_node_problem *qd_node_calls_problems(const struct qd_node_calls *calls, size_t *count);

/* Writes a problem as an object value: failed_node_exception with its cause. */
void qd_node_problem_write(const struct qd_node_problem *problem, struct qd_json_writer *writer);

/* Writes {"total":..,"successful":..,"failed":..} as member "_nodes", with "failures" when some of the nodes
 * could not answer, and "cluster_name". `wanted`: by place in the state's nodes, which were asked for; a
 * problem of another node is not told. */
struct qd_node_outcome {
    const struct qd_cluster_state *state;   /* the state */
    const bool *wanted;                     /* wanted[state->node_count] */
    const struct qd_node_problem *problems; /* problems[count], each of another node */
    size_t count;                           /* of problems */
};
void qd_node_outcome_write(const struct qd_node_outcome *outcome, struct qd_json_writer *writer);

#endif
