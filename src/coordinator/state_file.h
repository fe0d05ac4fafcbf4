/* The cluster state on disk: one file, replaced atomically.
 *
 * Used by coordinator/cluster_service.c. Format: spec/formats/cluster_state.md.
 */
#ifndef QD_COORDINATOR_STATE_FILE_H
#define QD_COORDINATOR_STATE_FILE_H

#include "master/cluster_state.h"
#include "platform/env.h"

/* Writes the encoded state: temporary file, sync, rename, directory sync. When it returns QD_OK the state is
 * durable; otherwise the old one is still there. Blocks. Errors: QD_IO, QD_NO_SPACE. */
QD_CHECKED enum qd_status qd_state_file_write(struct qd_env *env, struct qd_slice encoded,
                                              struct qd_error *error);

/* Reads the state; *state is NULL when there is none yet. Blocks. Errors: QD_IO, QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_state_file_read(struct qd_env *env, struct qd_cluster_state **state,
                                             struct qd_error *error);

#endif
