/* Files that are written whole: new, synced, and put in the place of an old one atomically.
 *
 * Used for segments, live documents, manifests, the copy of a translog, the cluster state and the node's id.
 * A file of its own each time: after a failed sync nothing that is said about an old one can be believed, and
 * another sync of the same file may report success without having written anything. From work items or before
 * the loop starts, as all disk calls.
 */
#ifndef QD_PLATFORM_NEW_FILE_H
#define QD_PLATFORM_NEW_FILE_H

#include "platform/env.h"

/* What is to be written. */
struct qd_new_file {
    struct qd_slice path;      /* of the file, or of the one that is replaced */
    struct qd_slice head;      /* goes before the bytes; may be empty */
    struct qd_slice bytes;     /* the content */
    const char *sync_bug;      /* the planted bug that leaves the sync of the file out, or NULL */
    const char *directory_bug; /* the planted bug that leaves the sync of the directory out, or NULL */
};

/* Writes a new file in the place of whatever has its path, and syncs it (not its directory).
 * Blocks: on the disk.
 * Errors: those of the disk. The file may then be there, in part or whole; *unknown becomes true when the
 * sync failed, so that what is durable is not known, and stays as it is otherwise. */
QD_CHECKED enum qd_status qd_new_file_write(struct qd_env *env, const struct qd_new_file *file, bool *unknown,
                                            struct qd_error *error);

/* Writes the file under its path and ".tmp", renames it over the path and makes the name durable: after a
 * crash at any point the old file or the new one is there, whole.
 * Blocks: on the disk.
 * Errors: those of the disk. *unknown becomes true when a sync failed: the old file or the new one may be in
 * place then; the old one is otherwise. */
QD_CHECKED enum qd_status qd_new_file_replace(struct qd_env *env, const struct qd_new_file *file,
                                              bool *unknown, struct qd_error *error);

#endif
