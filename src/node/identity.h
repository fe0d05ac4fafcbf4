/* Who a node is: its id survives restarts in the data directory, and a lock keeps two processes out of one
 * directory.
 *
 * Used by node.c. The file `_state/node-id` holds the 22 characters of the id.
 */
#ifndef QD_NODE_IDENTITY_H
#define QD_NODE_IDENTITY_H

#include "platform/env.h"

/* Reads the node's id, or makes and keeps a new one. id[23] gets it 0-terminated. Blocking. Errors: QD_IO,
 * QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_identity_load(struct qd_env *env, char *id, struct qd_error *error);

#endif
