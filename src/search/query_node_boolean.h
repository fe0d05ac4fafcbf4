/* The boolean node's inside, shared by its two files.
 *
 * Used by query_node_boolean.c and query_rewrite_boolean.c. Source: Lucene 10.5 BooleanQuery, BooleanWeight.
 */
#ifndef QD_SEARCH_QUERY_NODE_BOOLEAN_H
#define QD_SEARCH_QUERY_NODE_BOOLEAN_H

#include "search/query_node.h"

struct qd_boolean_node {
    struct qd_node node;
    struct qd_clause *data; /* data[count], in the order in which they were added */
    size_t count;
    size_t capacity;
    int64_t minimum; /* should clauses that must match */
};
extern const struct qd_node_kind qd_boolean_node_kind;

/* BooleanQuery.rewrite. */
QD_CHECKED enum qd_status qd_boolean_rewrite(struct qd_node *node, struct qd_query_context *context,
                                             struct qd_node **result, struct qd_error *error);

/* The clauses of a boolean whose score is not wanted, without constants and boosts around them, must clauses
 * as filters, and without should clauses that need not match; `node` itself when nothing changes.
 * Source: BooleanQuery.rewriteNoScoring. */
struct qd_node *qd_boolean_without_scores(struct qd_node *node, struct qd_arena *arena);

#endif
