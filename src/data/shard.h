/* One shard copy: its engine, its lane, and what it does by itself (refresh, flush, merge, sync).
 *
 * Used by data/ only, and by statistics. The struct is changed on the loop only; the engine is touched by
 * work items of the lane.
 */
#ifndef QD_DATA_SHARD_H
#define QD_DATA_SHARD_H

#include "data/schema.h"
#include "data/stats.h"
#include "platform/env.h"

enum qd_shard_phase {
    QD_SHARD_PHASE_OPENING,
    QD_SHARD_PHASE_STARTED,
    QD_SHARD_PHASE_FAILED,
    QD_SHARD_PHASE_CLOSING
};

/* How a shard was opened. */
struct qd_shard_recovery {
    bool existing;                   /* from what was on disk; false: the shard was made */
    int64_t start_ms;                /* wall clock when it began */
    int64_t stop_ms;                 /* and when it ended; 0: not yet */
    uint32_t file_count;             /* segment files that were opened */
    const struct qd_engine_recovered_file *files; /* files[file_count] */
    uint64_t bytes;                  /* of them all */
    uint64_t operations;             /* of the translog that were applied again */
    uint64_t index_ns;               /* time for the files */
    uint64_t translog_ns;            /* time for the translog */
};

/* Searches that named a group in their "stats". */
struct qd_search_group {
    struct qd_search_group *next;    /* by name */
    struct qd_slice name;            /* in the shard's arena */
    struct qd_search_counters counters;
};

/* Groups of a shard that are counted; names come from requests, so that there is a bound. */
#define QD_SEARCH_GROUPS_MAX 1000

/* Counters of a shard that the engine does not keep. Loop only. */
struct qd_shard_counters {
    struct qd_search_counters search;
    uint64_t query_current;          /* query phases under way */
    uint64_t fetch_current;          /* fetch phases under way */
    uint64_t idle_reactivations;     /* searches that found refreshes skipped */
    uint64_t contexts_open;          /* kept reader contexts of all kinds */
    uint64_t scroll_total;           /* scrolls that have ended */
    uint64_t scroll_ns;              /* how long they were open */
    uint64_t scroll_current;         /* open scrolls */
    uint64_t pit_total;              /* the same of points in time */
    uint64_t pit_ns;
    uint64_t pit_current;
    uint64_t get_current;            /* gets under way */
    uint64_t flush_periodic;         /* flushes because the translog had grown */
    uint64_t merge_current;          /* merges that run in the pool */
    uint64_t merge_current_docs;     /* their documents */
    uint64_t merge_current_bytes;    /* their input */
    uint64_t index_current;          /* operations under way, deletes not included */
    uint64_t delete_current;         /* deletes under way */
    uint64_t request_cache_bytes;    /* the request cache's entries of this shard, now */
    uint64_t request_cache_hits;     /* answers that it gave */
    uint64_t request_cache_misses;   /* answers that it could have given */
    uint64_t request_cache_evictions; /* entries that made room for others */
    uint64_t noop_update_total;
    uint64_t last_write_ms;          /* wall clock of the last indexing request, 0: none */
};

struct qd_data;
struct qd_write_batch; /* data/write.c: write requests that wait for the lane */

struct qd_shard {
    struct qd_env *env;
    struct qd_data *data;
    struct qd_arena *arena;          /* as long as the shard */
    struct qd_slice index_name, index_uuid, allocation_id;
    struct qd_slice path;            /* "indices/<uuid>/<n>" */
    uint32_t number;
    bool primary;
    bool index_closed;               /* the index is closed: no reads, no writes */
    int64_t primary_term;
    enum qd_shard_phase phase;
    struct qd_shard_recovery recovery; /* how it was opened last */
    struct qd_lane *lane;
    struct qd_engine *engine;        /* NULL until opened and after closing */
    struct qd_schema *schema;        /* one reference */
    struct qd_shard_counters counters;
    struct qd_search_group *groups;  /* by name; NULL: none */
    uint32_t group_count;
    uint64_t documents_owner;        /* of its documents in the document cache, for this opening */
    uint32_t jobs;                   /* jobs of this shard that are queued or run */
    uint64_t batches_done;           /* write jobs that have come back from the lane */
    uint64_t batches_visible;        /* write jobs that a refresh has made visible */
    uint64_t batches_skipped;        /* write jobs that a skipped refresh would have made visible */
    struct qd_instant searched;      /* last search or get that looks at what is visible; or the opening */
    struct qd_instant written;       /* last write job */
    struct qd_instant sealed;        /* last time that a build sealed what had been written; 0: never */
    struct qd_shard_access *search_waiters; /* searches that wait for the refresh that was skipped */
    bool unsynced;                   /* async durability: something is not synced */
    bool merging;                    /* a merge is planned, runs, or waits for being installed */
    struct qd_maintenance *waiting_merges; /* force merges that wait for it */
    bool building;                   /* a sealed buffer becomes a segment in the pool, or is installed */
    struct qd_shard_job *build_waiters; /* jobs that met a build on the lane, oldest first */
    bool maintaining;                /* a maintenance job is queued */
    bool remove_files;               /* the index was deleted: remove the directory when closed */
    struct qd_timer *refresh_timer;
    struct qd_timer *sync_timer;
    struct qd_slice failure;         /* why phase is FAILED */
    void (*opened)(struct qd_shard *shard); /* see qd_shard_open */
    struct qd_shard *next_closing;   /* the list is data's */
    struct qd_write_request *write_queue; /* waiting write requests, oldest first */
    struct qd_write_request **write_queue_end;
    bool writing;                    /* a write job is queued or runs */
    uint64_t batches;                /* write jobs that have run; touched on the lane only */
    struct qd_write_request *refresh_waiters; /* applied, to be answered after the next refresh */
    int64_t refresh_waiter_count;    /* of refresh_waiters */
    struct qd_shard_job *closing;    /* the job that closes the shard, once that was asked for */
    bool close_submitted;            /* it is in the lane */
};

/* A piece of work for a shard's lane. Embed it first in the caller's struct. */
struct qd_shard_job {
    struct qd_shard *shard;
    enum qd_work_class work_class; /* what the job is counted as */
    /* On the lane; may use shard->engine. Must not touch other fields of the shard except immutable ones. */
    void (*run)(struct qd_shard_job *job);
    /* On the loop, afterwards. */
    void (*done)(struct qd_shard_job *job);
    /* The schema at submission, held while the job runs. */
    struct qd_schema *schema;
    struct qd_shard_job *next;       /* in shard->build_waiters */
    /* The engine was found failed after the run: set on the lane, looked at on the loop. */
    bool engine_failed;
};

/* Queues a job. The shard must be started (engine open). */
void qd_shard_submit(struct qd_shard *shard, struct qd_shard_job *job);

/* Starts opening a shard; opened(shard) is called on the loop when phase has become STARTED or FAILED: a
 * shard that was started fails when its engine has failed, and waits for being closed from then on. */
struct qd_shard *qd_shard_open(struct qd_data *data, const struct qd_index_metadata *index,
                               const struct qd_shard_routing *routing, struct qd_schema *schema,
                               void (*opened)(struct qd_shard *shard));

/* Notes that an open shard is to be started anew, because its index was closed or opened: it goes on with the
 * files that it has. */
void qd_shard_note_reopened(struct qd_shard *shard);

/* Gives the shard a new schema (mapping or settings changed). */
void qd_shard_set_schema(struct qd_shard *shard, struct qd_schema *schema);

/* Closes the shard after the jobs that are queued; removes its files when remove_files. closed(shard) on the
 * loop; the shard is freed after it. */
void qd_shard_close(struct qd_shard *shard, bool remove_files, void (*closed)(struct qd_shard *shard));

/* Tells the shard that the first `batch` write jobs were applied: schedules refresh, sync, flush and merges
 * as settings say. */
void qd_shard_touched(struct qd_shard *shard, uint64_t batch);

/* A refresh has ended that shows the first `covers` write jobs; with `error` it has failed. Answers writes
 * that wait for it. */
void qd_shard_refreshed(struct qd_shard *shard, uint64_t covers, const struct qd_error *error);

/* Somebody who wants to look at what is visible. Embed it; it must live until ready was called. */
struct qd_shard_access {
    void (*ready)(struct qd_shard_access *access); /* on the loop; the shard may have gone meanwhile */
    uint64_t batch;                  /* what has to be visible */
    struct qd_shard_access *next;    /* in shard->search_waiters */
};

/* Calls access->ready at once, or after the refresh that was skipped while nobody searched. */
void qd_shard_await_search(struct qd_shard *shard, struct qd_shard_access *access);

/* True when the shard's scheduled refreshes may be skipped, as nobody has searched for long. */
bool qd_shard_search_idle(const struct qd_shard *shard);

/* The refresh interval has changed, or refreshes are no longer skipped: what waits for a refresh waits for a
 * new one. */
void qd_shard_reschedule(struct qd_shard *shard);

/* Refreshes now, then calls done (loop). For ?refresh, _refresh and searches that must see everything. */
struct qd_maintenance {
    struct qd_shard_job job;         /* first member; the caller frees it in done */
    bool refresh, flush, sync;
    bool force_merge;
    uint32_t max_segments;           /* force_merge: 0: only what the policy wants; else merge down to it */
    bool only_deletes;
    bool clear_fielddata;            /* drop field data first */
    struct qd_slice clear_fields;    /* of these fields, names between commas; empty: of all */
    struct qd_build *build;          /* what runs for this in the pool, or NULL */
    bool built;                      /* flush: a build has saved most of it */
    bool blocked;                    /* it met another one's build */
    bool changed;                    /* result: the refresh changed something */
    uint64_t covers;                 /* result: write jobs whose operations the refresh has made visible */
    enum qd_status status;           /* result */
    struct qd_error error;           /* result; the caller sets its arena */
    void (*done)(struct qd_maintenance *maintenance);
    struct qd_maintenance *next;     /* in shard->waiting_merges */
};
void qd_shard_maintain(struct qd_shard *shard, struct qd_maintenance *maintenance);

/* Submits a job again after the build that it met has been installed. */
void qd_shard_after_build(struct qd_shard *shard, struct qd_shard_job *job);

/* Starts the writes that were held back while a build ran (data/write.c). */
void qd_write_resume(struct qd_shard *shard);

/* The group of this name, made when it is new; NULL when there are too many. Loop only. */
struct qd_search_group *qd_shard_search_group(struct qd_shard *shard, struct qd_slice name);

/* A view for searching: snapshot and schema with references of their own. */
struct qd_shard_reader {
    struct qd_snapshot *snapshot;
    struct qd_schema *schema;
    uint32_t number;
    uint64_t documents_owner; /* of the shard's documents in the document cache */
};
void qd_shard_reader_acquire(struct qd_shard *shard, struct qd_shard_reader *reader);
void qd_shard_reader_release(struct qd_shard_reader *reader);

#endif
