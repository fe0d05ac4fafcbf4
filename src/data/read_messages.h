/* Messages of the shard actions that read: get, query, fetch, maintain.
 *
 * Used by coordinator (writes requests, reads answers) and data (the other way round). Every read function
 * copies nothing: slices point into `bytes`, which must live as long. Format: spec/protocols/actions.md.
 * Errors of the read functions: QD_ILLEGAL_STATE for malformed frames.
 */
#ifndef QD_DATA_READ_MESSAGES_H
#define QD_DATA_READ_MESSAGES_H

#include "base/buffer.h"
#include "data/actions.h"
#include "index/engine.h"
#include "search/search.h"

/* ---- get ---- Several documents of one shard. */
struct qd_get_message {
    struct qd_slice index_uuid;
    uint32_t shard;
    bool realtime;      /* false: only what is refreshed */
    bool refresh;       /* refresh first */
    struct qd_slice *ids;
    size_t count;
};
void qd_get_message_write(const struct qd_get_message *message, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_get_message_read(struct qd_slice bytes, struct qd_arena *arena,
                                              struct qd_get_message *message, struct qd_error *error);

/* The answer: results[count]; record as in struct qd_get_result. */
void qd_get_results_write(const struct qd_get_result *results, size_t count, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_get_results_read(struct qd_slice bytes, struct qd_arena *arena,
                                              struct qd_get_result **results, size_t *count,
                                              struct qd_error *error);

/* Whether an answer is kept for equal requests; by default when no hits are wanted and the index allows it.
 */
enum qd_request_cache_wish { QD_REQUEST_CACHE_DEFAULT, QD_REQUEST_CACHE_NEVER, QD_REQUEST_CACHE_ALWAYS };

/* ---- query ---- */
enum qd_query_mode {
    QD_QUERY_ONLY,      /* top documents; the reader is kept as a context for the fetch phase */
    QD_QUERY_AND_FETCH, /* hits too */
    QD_QUERY_COUNT,     /* only the number of matching documents */
    QD_QUERY_EXPLAIN,   /* explain one document: explain_id */
    QD_QUERY_VALIDATE,  /* whether the query can be prepared; answer: its text */
    QD_QUERY_CAN_MATCH, /* 1 or 0 */
    QD_QUERY_VALIDATE_REWRITTEN /* as VALIDATE; the text is that of the query as it runs on the shard */
};
struct qd_query_message {
    struct qd_slice index_uuid;
    uint32_t shard;
    enum qd_query_mode mode;
    struct qd_slice body; /* the request as JSON (URL parameters already merged in); empty: match_all */
    struct qd_slice alias_filter; /* JSON text of a query that all hits must also match; empty: none */
    uint64_t context_id;          /* 0: a new view; else a kept one (scroll, point in time) */
    bool keep_context;            /* keep the reader: scroll (with its cursor) or point in time */
    bool scroll;                  /* the context continues where the last page ended */
    int64_t keep_alive_ms;        /* of the kept context */
    int64_t now_ms;               /* the coordinator's clock, for date math */
    struct qd_slice explain_id;
    struct qd_slice node_id;      /* of the answering node, for errors */
    enum qd_request_cache_wish cache; /* request_cache */
};
void qd_query_message_write(const struct qd_query_message *message, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_query_message_read(struct qd_slice bytes, struct qd_query_message *message,
                                                struct qd_error *error);

/* The answer. */
struct qd_query_answer {
    uint64_t context_id;            /* 0: nothing was kept */
    struct qd_query_result result;  /* for COUNT only total */
    struct qd_slice *hits;          /* QUERY_AND_FETCH: hits[result.doc_count], JSON objects */
    struct qd_slice text; /* EXPLAIN: {"matched":..,"explanation":..,"found":..}; VALIDATE: the query's text;
                             of a scroll's further page: the search that has opened it */
};
void qd_query_answer_write(const struct qd_query_answer *answer, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_query_answer_read(struct qd_slice bytes, struct qd_arena *arena,
                                               struct qd_query_answer *answer, struct qd_error *error);

/* ---- fetch ---- Hits for top documents of a kept context. */
struct qd_fetch_message {
    uint64_t context_id;
    bool free_context;            /* the context is not needed afterwards */
    struct qd_slice body;         /* the search; empty: the one that made the context */
    int64_t now_ms;               /* its clock, when there is a body */
    struct qd_query_result docs;  /* only docs, doc_count and sort_count are used */
};
void qd_fetch_message_write(const struct qd_fetch_message *message, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_fetch_message_read(struct qd_slice bytes, struct qd_arena *arena,
                                                struct qd_fetch_message *message, struct qd_error *error);
void qd_hits_write(const struct qd_slice *hits, size_t count, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_hits_read(struct qd_slice bytes, struct qd_arena *arena, struct qd_slice **hits,
                                       size_t *count, struct qd_error *error);

/* ---- maintain ---- Refresh, flush, force merge, forgetting caches of one shard; the answer is empty. */
struct qd_maintain_message {
    struct qd_slice index_uuid;
    uint32_t shard;
    bool refresh, flush, force_merge, only_deletes;
    bool clear_requests;          /* forget the shard's entries of the request cache */
    bool clear_fielddata;         /* drop field data */
    struct qd_slice clear_fields; /* of these fields, names between commas; empty: of all */
    uint32_t max_segments;
};
void qd_maintain_message_write(const struct qd_maintain_message *message, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_maintain_message_read(struct qd_slice bytes, struct qd_maintain_message *message,
                                                   struct qd_error *error);

#endif
