/* Writing documents: the way that index, create, update, delete and bulk share.
 *
 * Used by coordinator/documents.c and bulk.c. Creates missing indices, resolves targets, routes to shards,
 * waits for primaries, fans out, and collects one outcome for each item. Source: OpenSearch
 * TransportBulkAction.
 */
#ifndef QD_COORDINATOR_WRITE_DOCUMENTS_H
#define QD_COORDINATOR_WRITE_DOCUMENTS_H

#include "coordinator/coordinator.h"
#include "data/write_request.h"

/* One document to write and what became of it. */
struct qd_document_write {
    /* in */
    struct qd_slice target;          /* index, alias or date math name */
    struct qd_write_item item;       /* id empty: one is made up (INDEX and CREATE only) */
    bool require_alias;
    struct qd_slice pipeline;        /* ingest pipeline that is asked for; empty or "_none": none */
    /* out */
    struct qd_write_outcome outcome;
    struct qd_slice index;           /* concrete name; the target when there is none */
    uint32_t copies;                 /* of the shard: 1 + replicas */
    bool forced_refresh;
    /* private */
    struct qd_slice index_uuid_;
    uint32_t shard_;
    bool routed_;
};

/* A set of writes under way. */
struct qd_document_writes {
    struct qd_coordinator *coordinator;
    struct qd_call *call;            /* arena, cancellation */
    struct qd_document_write *writes; /* writes[count] */
    size_t count;
    enum qd_refresh_policy refresh;
    int64_t timeout_ms;              /* for missing primaries: 60000 by default */
    int64_t active_shards;           /* copies that must be active before: qd_call_active_shards */
    void (*done)(struct qd_document_writes *writes);
    void *context;
    /* out */
    bool rejected;                   /* by indexing pressure: every outcome is that error */
    /* private */
    size_t pending_;
    int64_t bytes_;                  /* reserved for it */
};

/* Starts the writes; done is called once, later. The struct and its arrays live in the call's arena. */
void qd_write_documents(struct qd_document_writes *writes);

/* "created", "updated", "deleted", "not_found", "noop". */
const char *qd_result_name(enum qd_operation_result result);

/* The HTTP status of an outcome: 201, 200, 404 or the error's. */
int qd_outcome_http(const struct qd_write_outcome *outcome);

/* The wait_for_active_shards parameter of a call; QD_ACTIVE_SHARDS_DEFAULT when it is not there. Errors:
 * QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_call_active_shards(const struct qd_call *call, int64_t *wanted,
                                                struct qd_error *error);

/* The refresh parameter of a call: "", "true", "false", "wait_for". Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_call_refresh(const struct qd_call *call, enum qd_refresh_policy *policy,
                                          struct qd_error *error);

#endif
