/* Removing a directory with everything below it.
 *
 * Used when an index is deleted. Blocks: work items only.
 */
#ifndef QD_DATA_REMOVE_TREE_H
#define QD_DATA_REMOVE_TREE_H

#include "platform/env.h"

/* Directories below the given one that are followed. */
#define QD_REMOVE_DEPTH_MAX 8

/* Removes the files and directories below `path` and `path` itself. Missing: QD_OK. Errors: QD_IO; what could
 * be removed is gone then. */
QD_CHECKED enum qd_status qd_remove_tree(struct qd_env *env, struct qd_slice path, struct qd_error *error);

#endif
