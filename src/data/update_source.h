/* What an update request makes of a document.
 *
 * Used by data/write.c on the shard's lane, between getting the old document and indexing the new one. Pure.
 * Source: OpenSearch UpdateHelper, XContentHelper.update.
 */
#ifndef QD_DATA_UPDATE_SOURCE_H
#define QD_DATA_UPDATE_SOURCE_H

#include "base/json.h"
#include "base/status.h"

enum qd_update_action {
    QD_UPDATE_INDEX,  /* index `source` over the old document */
    QD_UPDATE_CREATE, /* there was no document: index `source` */
    QD_UPDATE_NOOP    /* nothing would change */
};

/* The plan. */
struct qd_update_plan {
    enum qd_update_action action;
    struct qd_slice source; /* in `arena` */
};

/* Decides what the update body (already checked by the coordinator) does. `old` is the present source, data
 * NULL when there is no document. `index` and `id` are for errors. Errors: QD_DOCUMENT_MISSING ("[1]:
 * document missing"), QD_JSON_PARSE. */
struct qd_update_input {
    struct qd_slice body;
    struct qd_slice old;
    struct qd_slice index, index_uuid, id;
    uint32_t shard;
};
QD_CHECKED enum qd_status qd_update_plan_make(const struct qd_update_input *input, struct qd_arena *arena,
                                              struct qd_update_plan *plan, struct qd_error *error);

#endif
