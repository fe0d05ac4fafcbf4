/* Running one search over the shards of its indices: fan out, reduce, fetch, render.
 *
 * Used by search, msearch, scroll and count. Source: OpenSearch TransportSearchAction, SearchPhaseController.
 */
#ifndef QD_COORDINATOR_SEARCH_RUN_H
#define QD_COORDINATOR_SEARCH_RUN_H

#include "coordinator/coordinator.h"
#include "coordinator/resolve.h"
#include "data/read_messages.h"

/* A shard that takes part. */
struct qd_search_leg {
    struct qd_search_run *run;
    uint32_t place;                   /* index in run->legs, the shard_index of its documents */
    struct qd_slice index_name, index_uuid, node_id;
    uint32_t shard;
    struct qd_slice alias_filter;
    uint64_t context_id;              /* given (scroll, point in time) or kept by the query phase; 0: none */
    bool failed;
    bool skipped;                     /* it cannot match, and was not asked */
    bool unknown;                     /* it could not tell whether it can match: `error` */
    struct qd_error error;
    struct qd_query_answer answer;
    struct qd_top_doc *wanted;        /* documents to fetch from this shard */
    size_t *wanted_places;            /* their places in the answer */
    size_t wanted_count;
};

/* A search under way. Zero-initialise, fill "in", start. Lives in the call's arena. */
struct qd_search_run {
    /* in */
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_slice body;             /* final JSON text */
    const struct qd_search_request *request; /* parsed from body */
    struct qd_search_leg *legs;
    size_t leg_count;
    bool count_only;                  /* _count: only run->total is wanted */
    bool open_contexts;               /* with count_only: each shard keeps a context (point in time) */
    bool scroll;                      /* contexts are kept for the next page */
    bool keep_context;                /* legs have contexts that must not be freed (point in time, scroll) */
    int64_t keep_alive_ms;
    int64_t now_ms;
    bool typed_keys;
    enum qd_request_cache_wish request_cache; /* what the request says about keeping answers */
    bool show_phases;                 /* the answer tells how long each phase took */
    bool total_as_int;                /* rest_total_hits_as_int */
    bool tells_status;                /* the answer ends with its status: of templates */
    bool allow_partial;               /* allow_partial_search_results */
    bool pre_filter;                  /* shards are asked first whether they can match */
    int64_t skipped;                  /* shards that cannot */
    void (*done)(struct qd_search_run *run);
    void *context;
    /* out */
    struct qd_error error;            /* status QD_OK: a response can be written */
    uint64_t total;
    bool total_is_lower_bound;
    size_t failed_count;
    struct qd_slice scroll_id;        /* set by the caller before rendering; data NULL: none */
    struct qd_slice pit_id;
    /* private */
    struct qd_top_doc *docs;          /* the page, best first */
    struct qd_slice *hits;            /* one JSON object each */
    size_t doc_count;
    float max_score;
    bool timed_out, terminated_early;
    struct qd_slice aggregations;     /* rendered JSON; data NULL: none */
    size_t pending;
    size_t next_leg;                 /* private: the first one that was not asked yet */
    size_t shard_requests_max;       /* legs that are asked at a time; 0: five, as in the reference */
    size_t reduce_phases;
    enum qd_search_phase phase;       /* under way and counted as such; TOOK: none */
    int64_t started_ns, phase_ns;     /* monotonic time when the search and its phase began */
    int64_t phases_ns[QD_SEARCH_PHASE_COUNT]; /* how long each phase took */
};

/* Starts the search; done is called once, later. */
void qd_search_run_start(struct qd_search_run *run);

/* Writes the answer's members into an open object ("took" .. "aggregations"). */
void qd_search_run_write(const struct qd_search_run *run, struct qd_json_writer *writer);

/* Makes legs for all shards of resolved indices, restricted by `routing` (data NULL: none) and the aliases'
 * routings. */
void qd_search_legs(struct qd_search_run *run, const struct qd_resolved *resolved, size_t count,
                    struct qd_slice routing);

/* "_shards" with failures. */
void qd_search_write_shards(const struct qd_search_run *run, struct qd_json_writer *writer);

#endif
