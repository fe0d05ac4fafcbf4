/* What the shards of the cluster tell about themselves: asks each node that has wanted shards once, all at
 * the same time, and goes on when all have answered.
 *
 * Used by the operations that show statistics, segments and recoveries. Loop only. Source: OpenSearch
 * TransportBroadcastByNodeAction.
 */
#ifndef QD_COORDINATOR_SHARD_REPORTS_H
#define QD_COORDINATOR_SHARD_REPORTS_H

#include "coordinator/node_calls.h"
#include "coordinator/resolve.h"
#include "data/report_messages.h"

/* What is wanted. */
struct qd_report_wish {
    struct qd_cluster_state *state;    /* in which the shards are looked for; NULL: the one of now */
    unsigned parts;                    /* a mask of enum qd_report_part */
    bool all;                          /* shards of all indices are */
    const struct qd_resolved *indices; /* else those of indices[index_count], of that state */
    size_t index_count;                /* of `indices` */
    const bool *nodes;                 /* by place in the state's nodes: which are asked; NULL: all */
    const struct qd_slice *groups;     /* patterns of groups of searches: groups[group_count] */
    size_t group_count;                /* of `groups` */
    const struct qd_slice *fields;     /* patterns of fields with field data: fields[field_count] */
    size_t field_count;                /* 0: all fields */
};

/* A shard copy, where it is and what it told. */
struct qd_reported_shard {
    struct qd_shard_report report;          /* as its node answered */
    const struct qd_node_info *node;        /* that has it */
    const struct qd_index_metadata *index;  /* its index */
    const struct qd_shard_routing *routing; /* the copy as the state has it */
};

/* What was told. */
struct qd_shard_reports {
    const struct qd_cluster_state *state;    /* as it was when the nodes were asked */
    const struct qd_reported_shard *shards;  /* shards[count], by index name, number and place of the node */
    size_t count;                            /* of shards */
    const struct qd_node_problem *problems; /* problems[problem_count], in the order of the state's nodes */
    size_t problem_count;                    /* nodes that could not answer */
};

/* Asks the nodes, then calls done(context, reports) on the loop, never from inside this function. The reports
 * live in the call's arena; the state, and the indices of the wish with it, are valid until done returns. */
typedef void qd_shard_reports_done(void *context, const struct qd_shard_reports *reports);
void qd_shard_reports_gather(struct qd_coordinator *coordinator, struct qd_call *call,
                             const struct qd_report_wish *wish, qd_shard_reports_done *done, void *context);

/* The shards of an index that were told of: first[result]. */
size_t qd_shard_reports_of(const struct qd_shard_reports *reports, const struct qd_index_metadata *index,
                           const struct qd_reported_shard **first);

/* How many of shards[count], count > 0, follow each other as copies of the same shard as the first. */
size_t qd_shard_reports_same(const struct qd_reported_shard *shards, size_t count);

/* What was told of one copy; NULL: nothing. */
const struct qd_shard_report *qd_shard_reports_copy(const struct qd_shard_reports *reports,
                                                    const struct qd_index_metadata *index,
                                                    const struct qd_shard_routing *routing);

/* Adds the statistics of an index's copies, or of its primaries only. */
void qd_shard_reports_add_index(const struct qd_shard_reports *reports, const struct qd_index_metadata *index,
                                bool primaries, struct qd_stats *sum);

/* Adds the statistics of all copies on a node (NULL: on all nodes), or of the primaries only. */
void qd_shard_reports_add_node(const struct qd_shard_reports *reports, const struct qd_node_info *node,
                               bool primaries, struct qd_stats *sum);

/* The size of a shard's segments in bytes; needs QD_REPORT_SEGMENTS. */
int64_t qd_shard_report_size(const struct qd_shard_report *report);

/* Writes {"total":..,"successful":..,"failed":..} as member "_shards", with "failures": one for each copy of
 * indices[count] on a node that could not answer. */
void qd_shard_reports_write_header(const struct qd_shard_reports *reports, const struct qd_resolved *indices,
                                   size_t count, struct qd_json_writer *writer);

#endif
