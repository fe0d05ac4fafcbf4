/* The sections of _nodes/stats, one function each.
 *
 * Used by coordinator/nodes_stats.c; coordinator/nodes_stats_sections.c writes them. Source: OpenSearch
 * NodeStats.
 */
#ifndef QD_COORDINATOR_NODES_STATS_H
#define QD_COORDINATOR_NODES_STATS_H

#include "coordinator/node_facts.h"
#include "coordinator/shard_reports.h"
#include "coordinator/stats_json.h"

/* What a section is written from. */
struct qd_node_sections {
    const struct qd_node_info *node;    /* whose section it is */
    const struct qd_node_facts *facts;  /* that it told */
    const struct qd_shard_reports *reports; /* what shards told, when the section "indices" is asked for */
    struct qd_arena *arena;             /* of the call */
};

/* A section: the metric that asks for it and the writer of its member. */
struct qd_node_section {
    const char *metric; /* as paths name it */
    void (*write)(const struct qd_node_sections *node, struct qd_json_writer *writer); /* NULL: see below */
    const char *absent; /* the section of a feature that there is not; NULL too: the section "indices" */
};

/* All in the order of the answer. */
extern const struct qd_node_section qd_node_sections[];
extern const size_t qd_node_section_count;

/* Checks that the metrics of a request are known and fit each other. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_nodes_stats_check(const struct qd_call *call, struct qd_error *error);

#endif
