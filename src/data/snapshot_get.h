/* Getting a document out of a view: what is refreshed, not what is newest.
 *
 * Used by get with realtime=false and by point in time reads. Work; pure over the snapshot.
 */
#ifndef QD_DATA_SNAPSHOT_GET_H
#define QD_DATA_SNAPSHOT_GET_H

#include "index/engine.h"

/* Finds the live document with an id: its segment number and document; *doc is QD_DOC_END when there is none.
 * Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_snapshot_find(const struct qd_snapshot *snapshot, struct qd_slice id,
                                           uint32_t *segment, qd_doc_id *doc, struct qd_error *error);

/* Reads a document of the view. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_snapshot_get(const struct qd_snapshot *snapshot, struct qd_slice id,
                                          struct qd_arena *arena, struct qd_get_result *result,
                                          struct qd_error *error);

#endif
