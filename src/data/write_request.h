/* Writing documents of one shard: what the coordinator sends and gets back.
 *
 * Used by coordinator (bulk, index, delete, update) and data/write.c. Action "indices:data/write/bulk[s]".
 * Format: spec/protocols/actions.md.
 */
#ifndef QD_DATA_WRITE_REQUEST_H
#define QD_DATA_WRITE_REQUEST_H

#include "base/buffer.h"
#include "index/engine.h"

#define QD_ACTION_WRITE "indices:data/write/bulk[s]"

enum qd_write_kind { QD_WRITE_INDEX, QD_WRITE_CREATE, QD_WRITE_DELETE, QD_WRITE_UPDATE };
enum qd_refresh_policy { QD_REFRESH_NONE, QD_REFRESH_IMMEDIATE, QD_REFRESH_WAIT_UNTIL };

/* One operation. */
struct qd_write_item {
    enum qd_write_kind kind;
    struct qd_slice id;          /* never empty: the coordinator has made one up when there was none */
    bool auto_id;                /* made up for this request */
    struct qd_slice routing;     /* data NULL: none */
    struct qd_slice source; /* the document; for UPDATE the body of the update request; empty for DELETE */
    int64_t version;             /* -3 (Versions.MATCH_ANY): none */
    enum qd_version_type version_type;
    int64_t if_seq_no;           /* QD_SEQ_NO_NONE: none */
    int64_t if_primary_term;     /* QD_TERM_NONE: none */
    bool want_source;            /* UPDATE: the answer needs the new source */
    int64_t retry_on_conflict;   /* UPDATE; conflicts cannot happen inside a lane, but if_seq_no can fail */
};

/* The outcome of one operation. */
struct qd_write_outcome {
    enum qd_status status;       /* QD_OK, or error is set */
    struct qd_error error;
    enum qd_operation_result result;
    int64_t version, seq_no, term;
    struct qd_slice source;      /* UPDATE with want_source: the document as it is now; data NULL: none */
};

/* A request to one shard. */
struct qd_write_message {
    struct qd_slice index_uuid;
    uint32_t shard;
    enum qd_refresh_policy refresh;
    struct qd_write_item *items; /* items[count] */
    size_t count;
};

/* A message as it travels: its bytes, and the sources of its items, one part each in their order. */
struct qd_write_frame {
    struct qd_slice bytes;        /* the payload of the call */
    const struct qd_slice *parts; /* parts[part_count] */
    size_t part_count;            /* as many as the message has items */
};

/* Encodes everything but the sources, which travel as parts; decodes into `arena` (slices point into the
 * frame). Errors: QD_ILLEGAL_STATE for malformed frames. */
void qd_write_message_write(const struct qd_write_message *message, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_write_message_read(const struct qd_write_frame *frame, struct qd_arena *arena,
                                                struct qd_write_message *message, struct qd_error *error);

/* The answer: outcomes[count] in the order of the items; forced_refresh tells that a refresh was made. */
void qd_write_outcomes_write(const struct qd_write_outcome *outcomes, size_t count, bool forced_refresh,
                             struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_write_outcomes_read(struct qd_slice bytes, struct qd_arena *arena,
                                                 struct qd_write_outcome **outcomes, size_t *count,
                                                 bool *forced_refresh, struct qd_error *error);

#endif
