/* The engine of one shard: documents in, searchable segments out, nothing acknowledged is lost.
 *
 * Used by data (shard). Owns the in-memory index buffer, segments, deletes, versions, translog and commits of
 * one shard directory. All functions that change something, and all disk work, run as work items of the
 * shard's lane, one at a time ("lane" below); a snapshot may be searched by any number of threads meanwhile.
 * Formats: spec/formats/{translog,commit}.md. Source: OpenSearch InternalEngine (versions, tombstones).
 */
#ifndef QD_INDEX_ENGINE_H
#define QD_INDEX_ENGINE_H

#include "base/arena.h"
#include "base/breaker.h"
#include "base/slice.h"
#include "base/status.h"
#include "codec/segment.h"
#include "codec/stored.h"
#include "mapping/document.h"
#include "platform/env.h"

/* seq_no and term when not assigned. */
#define QD_SEQ_NO_NONE (-2)
#define QD_TERM_NONE 0

/* Tunables; every one is drawn at random in simulation. */
struct qd_engine_options {
    bool durability_request;           /* true: an operation is acknowledged only when synced */
    enum qd_stored_codec codec;        /* index.codec */
    int codec_level;
    uint64_t flush_threshold_bytes;    /* translog size that asks for a flush */
    uint64_t buffer_bytes_max;         /* index buffer size that asks for a refresh */
    uint64_t translog_generation_bytes;/* a new translog file from here on */
    uint32_t merge_segments_per_tier;  /* 10 */
    uint32_t merge_at_once_max;        /* 10 */
    uint64_t merge_floor_bytes;        /* 16 MiB in 3.x (check) */
    uint64_t merge_segment_bytes_max;  /* 5 GiB */
    uint32_t buffer_docs_max;          /* documents in the buffer that ask for a refresh; 0: no limit */
    int64_t gc_deletes_ms;             /* tombstones are kept this long */
};

struct qd_engine;

/* Parses a document that recovery reads from the translog, by the mapping of now. `routing` data NULL: none.
 * The document lives in `arena`; views of `source` are allowed. An error ends the opening of the engine. */
struct qd_engine_parser {
    void *context; /* passed to parse */
    enum qd_status (*parse)(void *context, struct qd_slice id, struct qd_slice routing,
                            struct qd_slice source, struct qd_arena *arena,
                            struct qd_document *document, struct qd_error *error);
};

/* Opens the engine in directory `path` (created when new): newest good commit, then the translog after it,
 * then a refresh. `parser` is only used during the call. Lane or before the loop runs. Errors: QD_IO,
 * QD_CORRUPTION, QD_TRANSLOG_CORRUPTED, and what the parser returns. Memory: qd_engine_close. */
QD_CHECKED enum qd_status qd_engine_open(struct qd_env *env, struct qd_slice path,
                                         const struct qd_engine_options *options,
                                         const struct qd_engine_parser *parser, struct qd_engine **engine,
                                         struct qd_error *error);

/* Changes tunables (dynamic index settings). Lane. */
void qd_engine_set_options(struct qd_engine *engine, const struct qd_engine_options *options);

/* Why the engine has failed and refuses everything until it is closed; data NULL: it has not. Lane. */
struct qd_slice qd_engine_failure(const struct qd_engine *engine);

/* Closes files and forgets everything in memory; does not flush. Snapshots that are still held stay valid.
 * Merges that were planned must have been run or dropped and are forgotten: install must not be called any
 * more. Lane. */
void qd_engine_close(struct qd_engine *engine);

/* ---- operations ---- */
enum qd_version_type { QD_VERSION_INTERNAL, QD_VERSION_EXTERNAL, QD_VERSION_EXTERNAL_GTE };
enum qd_operation_kind { QD_OPERATION_INDEX, QD_OPERATION_CREATE, QD_OPERATION_DELETE };
enum qd_operation_result { QD_RESULT_CREATED, QD_RESULT_UPDATED, QD_RESULT_DELETED, QD_RESULT_NOT_FOUND,
                           QD_RESULT_NOOP };

/* One change of one document. Inputs above the line, results below. */
struct qd_operation {
    enum qd_operation_kind kind;
    struct qd_slice id;
    const struct qd_document *document; /* parsed by the current mapping; NULL for deletes */
    struct qd_slice source;             /* as it was sent, for the translog; data NULL: document->source */
    int64_t version;                    /* given by the caller with external types; -1: none */
    enum qd_version_type version_type;
    int64_t if_seq_no;                  /* QD_SEQ_NO_NONE: no condition */
    int64_t if_primary_term;            /* QD_TERM_NONE: no condition */
    uint64_t id_hash;                   /* what qd_engine_expect gave, or 0 */
    bool auto_id;                       /* the id was generated for this request: it cannot exist yet */
    int64_t primary_term;               /* of the shard now */
    /* results */
    enum qd_operation_result result;
    int64_t seq_no;
    int64_t term;                       /* primary term of the operation */
    int64_t result_version;
    enum qd_status status;              /* QD_OK, QD_VERSION_CONFLICT, ... */
    struct qd_error error;              /* when status is not QD_OK; the caller sets its arena */
};

/* Applies one operation: version check, seq_no, index buffer, translog. A document that the index cannot take
 * (an immense term) uses up a seq_no, as in the reference; a conflict does not. With `request` durability the
 * caller must call qd_engine_sync before it acknowledges (one sync for many operations). A refused operation
 * changes nothing. Lane. Returns QD_OK also when the operation itself was refused (operation->status);
 * another status means that the engine has failed. */
QD_CHECKED enum qd_status qd_engine_apply(struct qd_engine *engine, struct qd_operation *operation,
                                          struct qd_error *error);

/* Makes every applied operation durable. Lane. */
QD_CHECKED enum qd_status qd_engine_sync(struct qd_engine *engine, struct qd_error *error);

/* A document as it is now, whether refreshed or not. */
struct qd_get_result {
    bool found;
    int64_t version;
    int64_t seq_no;
    int64_t term;
    struct qd_slice source;  /* JSON text as it was sent; empty when _source is disabled */
    struct qd_slice routing; /* data NULL: none */
    struct qd_slice record;  /* the stored record, see qd_record_parse in index/record.h */
};

/* Realtime get (lane). */
QD_CHECKED enum qd_status qd_engine_get(struct qd_engine *engine, struct qd_slice id, struct qd_arena *arena,
                                        struct qd_get_result *result, struct qd_error *error);

/* ---- snapshots ---- */
/* One segment of a snapshot. */
struct qd_snapshot_segment {
    struct qd_segment *segment;
    const uint64_t *live;    /* bitset of live documents, or NULL: all live */
    uint32_t live_count;
    uint32_t doc_base;       /* sum of doc counts of the segments before it */
    bool committed;          /* on disk and in the commit */
    uint64_t generation;     /* 0.. : names it in _segments and _cat/segments ("_0", base 36) */
};

/* An immutable view for searching. Reference counted atomically: acquire on the lane or from a held one,
 * release from any thread. */
struct qd_snapshot {
    struct qd_snapshot_segment *segments; /* segments[segment_count] */
    uint32_t segment_count;
    uint32_t doc_count;   /* deleted ones included */
    uint32_t live_count;
    uint64_t version;     /* rises with every refresh that changed something */
    struct qd_ordinal_maps *ordinal_maps; /* computed when asked for; index/ordinal_map.h */
};

/* The newest refreshed view, with a reference of its own. Any thread. */
struct qd_snapshot *qd_engine_acquire(struct qd_engine *engine);
void qd_snapshot_retain(struct qd_snapshot *snapshot);
void qd_snapshot_release(struct qd_snapshot *snapshot);

/* Makes everything applied so far searchable. *changed tells whether there was something. Lane. */
QD_CHECKED enum qd_status qd_engine_refresh(struct qd_engine *engine, bool *changed, struct qd_error *error);

/* Refreshes, writes all segments, deletes and the commit, and trims the translog. Lane. */
QD_CHECKED enum qd_status qd_engine_flush(struct qd_engine *engine, struct qd_error *error);

/* ---- building outside the lane ---- What the lane does in one go in qd_engine_refresh and qd_engine_flush
 * can be done in three steps: the buffer is sealed on the lane, turned into a segment anywhere, and put in
 * place on the lane, which goes on applying operations meanwhile. From seal to install nothing else may
 * refresh, flush or install a merge. */
struct qd_build;

/* Seals what was applied so far: the installed build makes just that searchable. With `save` the build also
 * writes segments that are only in memory to files, so that a flush after it has little left to write. NULL:
 * there is nothing to build; a refresh has at most deletes to show. Lane. */
struct qd_build *qd_engine_seal(struct qd_engine *engine, bool save);

/* Builds the segment, writes files. Work, any thread; does not touch the engine's state. */
QD_CHECKED enum qd_status qd_build_run(struct qd_build *build, struct qd_error *error);

/* Puts the result in place and shows it; frees the build. After a run that `failed`, with the reason in
 * `error`, the engine has failed. Lane. */
QD_CHECKED enum qd_status qd_engine_build_install(struct qd_engine *engine, struct qd_build *build,
                                                  bool failed, struct qd_error *error);

/* True from seal to install. Lane. */
bool qd_engine_building(const struct qd_engine *engine);
/* True when buffer or translog have passed their thresholds. Lane or loop (a hint). */
bool qd_engine_wants_refresh(const struct qd_engine *engine);
bool qd_engine_wants_flush(const struct qd_engine *engine);
/* True when a flush should not wait for the next refresh: a flush seals the buffer however little it holds,
 * and small segments make merges dear. Lane or loop (a hint). */
bool qd_engine_needs_flush(const struct qd_engine *engine);

/* ---- merges ---- A merge is planned on the lane, run anywhere (pure work over immutable segments), and
 * installed on the lane. */
struct qd_merge;

/* Lane. Picks segments, or NULL. force_max_segments > 0: as _forcemerge asks; only_deletes: expunge. */
struct qd_merge *qd_engine_merge_plan(struct qd_engine *engine, uint32_t force_max_segments,
                                      bool only_deletes);

/* Builds the merged segment. Work, any thread; does not touch the engine's state. */
QD_CHECKED enum qd_status qd_merge_run(struct qd_merge *merge, struct qd_error *error);

/* Lane. Puts the result in place with the deletes made meanwhile, or drops it when `failed`; frees it. */
QD_CHECKED enum qd_status qd_engine_merge_install(struct qd_engine *engine, struct qd_merge *merge,
                                                  bool failed, struct qd_error *error);

/* ---- statistics ---- All counted since the engine was opened unless said otherwise. Any thread. */
struct qd_engine_stats {
    uint64_t docs, docs_deleted;      /* of the newest snapshot */
    uint64_t store_bytes;             /* segments (in memory ones too) */
    uint64_t translog_operations, translog_bytes, translog_uncommitted_operations, translog_uncommitted_bytes;
    uint64_t index_total, index_failed, delete_total, noop_total;
    uint64_t index_ns, delete_ns;
    uint64_t refresh_total, refresh_ns, flush_total, flush_ns;
    uint64_t merge_total, merge_ns, merge_docs, merge_bytes;
    uint64_t get_total, get_found, get_ns;
    uint64_t get_found_ns;            /* of get_ns, that of the gets that found something */
    uint64_t buffer_bytes;            /* index buffer now */
    uint64_t version_map_bytes;
    uint32_t segment_count;
    int64_t max_seq_no, local_checkpoint;
    uint64_t commit_generation;
    uint64_t commit_docs;             /* live documents of the newest commit */
    int64_t commit_max_seq_no, commit_local_checkpoint; /* that it has */
    int64_t translog_modified_ms;     /* wall clock of the last write to the oldest generation that is kept */
};
void qd_engine_stats(const struct qd_engine *engine, struct qd_engine_stats *stats);

/* How the engine was opened: what was there and what it took. */
struct qd_engine_recovery {
    bool existing;                    /* there was a commit; false: the shard was made */
    uint32_t file_count;              /* segments of the commit */
    const struct qd_engine_recovered_file *files; /* files[file_count] */
    uint64_t bytes;                   /* of them all */
    uint64_t operations;              /* of the translog that were applied again */
    uint64_t index_ns;                /* time to open commit and segments, or to make the first ones */
    uint64_t translog_ns;             /* time to read the translog and apply it */
};
struct qd_engine_recovered_file {
    uint64_t generation;              /* file seg-<generation> */
    uint64_t size;                    /* bytes */
};

/* Never changes after the opening; the engine's memory. Any thread. */
const struct qd_engine_recovery *qd_engine_recovery(const struct qd_engine *engine);

/* What a planned merge works on: live documents and bytes of its input. Any thread until it is installed. */
void qd_merge_size(const struct qd_merge *merge, uint64_t *docs, uint64_t *bytes);

/* Commit id and user data as _stats level=shards shows them: base64 id text in `arena`. Any thread. */
struct qd_slice qd_engine_commit_id(const struct qd_engine *engine, struct qd_arena *arena);

/* The history uuid of this shard copy; the engine's memory. Any thread. */
struct qd_slice qd_engine_history_uuid(const struct qd_engine *engine);

#endif
