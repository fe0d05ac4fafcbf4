/* Drawn queries, as the body that is sent and as the naive decision about one document.
 *
 * Used by simulation/checks.c and readers.c.
 */
#ifndef QD_SIMULATION_QUERY_H
#define QD_SIMULATION_QUERY_H

#include "simulation/client.h"

/* A drawn query over the fields n, k and t. */
struct qd_sim_query {
    int kind;                  /* 0..6, see qd_sim_query_matches */
    uint32_t key;              /* of k */
    uint32_t word, other_word; /* of t */
    int64_t low, high;         /* bounds of n, both included */
};

/* Draws a query. */
struct qd_sim_query qd_sim_query_draw(struct qd_run *run);

/* What the index must decide about a document. */
bool qd_sim_query_matches(const struct qd_sim_query *query, const struct qd_model_document *document);

/* Writes the query as JSON. */
void qd_sim_query_write(const struct qd_sim_query *query, struct qd_buffer *out);

#endif
