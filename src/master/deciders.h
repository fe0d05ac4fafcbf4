/* Why a copy of a shard may or may not be placed on a node, in the reference's words.
 *
 * Used by reroute's commands and by _cluster/allocation/explain. The rules that are known here are those of
 * qd_allocate: no second copy of a shard on a node, replicas after their primary, a limit of attempts. The
 * others are told as the reference tells them where the setting behind them has its default. Pure.
 * Source: OpenSearch AllocationDeciders and their classes.
 */
#ifndef QD_MASTER_DECIDERS_H
#define QD_MASTER_DECIDERS_H

#include "master/cluster_state.h"

/* The rules that are asked, in the reference's order. */
#define QD_DECIDER_COUNT 17

/* What one rule says. */
struct qd_decision {
    const char *decider;          /* "same_shard" */
    bool yes;                     /* the copy may be placed */
    struct qd_slice explanation;  /* a sentence */
};

/* What is asked: this copy on this node. */
struct qd_placement {
    const struct qd_index_metadata *index; /* of the copy */
    const struct qd_shard_routing *shard;  /* the copy */
    const struct qd_node_info *node;       /* where it would go */
    bool by_hand;                          /* a command asks, which switches of allocation do not bind */
};

/* Asks every rule: decisions[QD_DECIDER_COUNT]; texts in `arena`. True when all say yes. */
bool qd_decide(const struct qd_placement *placement, struct qd_arena *arena, struct qd_decision *decisions);

/* Writes the rules' answers as an array value; those that say yes only when `all`. */
void qd_decisions_write(const struct qd_decision *decisions, bool all, struct qd_json_writer *writer);

/* "[YES(...)][NO(...)]", in `arena`. */
struct qd_slice qd_decisions_text(const struct qd_decision *decisions, struct qd_arena *arena);

/* "{name}{id}{ephemeral id}{host}{address}{roles}{attributes}", in `arena`. */
struct qd_slice qd_decider_node_text(const struct qd_node_info *node, struct qd_arena *arena);

#endif
