/* The opaque ids of scrolls and points in time: which contexts on which shards belong together.
 *
 * Used by scroll.c and pit.c. An id is url-safe base64 of a small frame with a checksum: a forged or cut one
 * is refused. Format: spec/protocols/context_ids.md.
 */
#ifndef QD_COORDINATOR_CONTEXT_IDS_H
#define QD_COORDINATOR_CONTEXT_IDS_H

#include "coordinator/search_run.h"

enum qd_context_kind { QD_CONTEXT_SCROLL = 1, QD_CONTEXT_PIT = 2 };

/* Makes an id of the contexts that the legs hold (leg->context_id, or answer.context_id). */
struct qd_slice qd_context_id_make(const struct qd_search_run *run, enum qd_context_kind kind);

/* Makes legs of an id. Errors: QD_ILLEGAL_ARGUMENT ("Cannot parse scroll id" / "invalid id: [x]"). */
QD_CHECKED enum qd_status qd_context_id_read(struct qd_search_run *run, struct qd_slice id,
                                             enum qd_context_kind kind, struct qd_error *error);

/* Frees the contexts of an id on their shards; done(context, number) tells how many there were. */
struct qd_context_release {
    struct qd_coordinator *coordinator;
    struct qd_search_run *run;   /* with legs */
    void (*done)(void *context, size_t freed);
    void *context;
    size_t pending;
    size_t freed;
    bool all;                    /* everything was asked for: nothing to free is no failure */
};
void qd_context_release_start(struct qd_context_release *release);

#endif
