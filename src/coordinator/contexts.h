/* The points in time that were opened through this node.
 *
 * Used by pit.c and node wiring. Only the ids and times are kept here; the contexts themselves live on the
 * data nodes.
 */
#ifndef QD_COORDINATOR_CONTEXTS_H
#define QD_COORDINATOR_CONTEXTS_H

struct qd_contexts;

/* Creates and destroys the list. */
struct qd_contexts *qd_contexts_create(void);
void qd_contexts_destroy(struct qd_contexts *contexts);

#endif
