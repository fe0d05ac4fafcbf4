/* What the files of the engine share. Not for others.
 *
 * engine.c: open, close, statistics; engine_lookup.c: id look-ups and gets; engine_apply.c: operations;
 * engine_refresh.c: refresh and snapshots; engine_build.c: building outside the lane; engine_flush.c:
 * commits; engine_recovery.c: opening; engine_merge.c: planning and installing.
 */
#ifndef QD_INDEX_ENGINE_INTERNAL_H
#define QD_INDEX_ENGINE_INTERNAL_H

#include <stdatomic.h>

#include "base/vector.h"
#include "index/buffer.h"
#include "index/commit.h"
#include "index/engine.h"
#include "index/held_segment.h"
#include "index/image.h"
#include "index/translog.h"
#include "index/version_map.h"

/* Index buffer bytes at which an operation refreshes by itself: postings are addressed by 32 bits. */
#define QD_ENGINE_BUFFER_HARD_MAX ((size_t)1 << 30)

/* A segment of the shard as it is now. */
struct qd_engine_segment {
    struct qd_held_segment *held;    /* a reference */
    struct qd_ids *ids;              /* of held, opened on first use */
    struct qd_live_docs *published;  /* what searches see; NULL: all live */
    struct qd_live_docs *sealed;     /* deletes that the running build will show; NULL: none */
    struct qd_live_docs *pending;    /* deletes since the last refresh or seal, not shared; NULL: none */
    bool on_disk;                    /* the file is written and synced */
    bool committed;                  /* named by the newest commit */
    bool live_dirty;                 /* `published` differs from what the newest commit has */
    bool merging;                    /* input of a running merge */
    uint64_t live_generation;        /* of the newest commit's file of live documents; 0: none */
};

/* What a commit covers: the segments hold what was applied before a translog generation was begun. */
struct qd_engine_cover {
    bool holds;                   /* of a build: what searches see is what was sealed */
    uint64_t translog_generation; /* that has the rest */
    int64_t max_seq_no;           /* greatest before it; -1: none */
    uint64_t operations;          /* of the generations before it, since the commit */
    uint64_t bytes;               /* of those generations */
};

/* A sealed buffer on its way to a segment. */
struct qd_build {
    struct qd_env *env;                  /* disk and clock */
    struct qd_arena *arena;              /* this struct */
    struct qd_slice directory;           /* of the shard */
    struct qd_index_buffer *buffer;      /* or NULL; the lane clears live bits only */
    struct qd_version_map recent;        /* ids of its live documents; lane only */
    uint64_t bytes;                      /* of the buffer when it was sealed */
    uint32_t deleted_count;              /* when it was sealed */
    struct qd_live_docs *live;           /* likewise; NULL: all */
    uint64_t generation;                 /* of the segment */
    struct qd_image_options options;     /* how stored fields are compressed */
    struct qd_held_segment *result;      /* NULL: none */
    bool save;                           /* write to files */
    bool saved;                          /* the result is a file, synced */
    struct qd_held_segment **images;     /* images[image_count], with references: to be saved too */
    struct qd_held_segment **files;      /* files[image_count]: the same as files; NULL: not written */
    uint32_t image_count;                /* images to save */
    struct qd_engine_cover cover;        /* of a build that saves; holds is set when it is installed */
    bool sync_failed;                    /* what is durable is not known */
    uint64_t nanoseconds;                /* that sealing and running took */
};

QD_VECTOR_TYPE(qd_engine_segments, struct qd_engine_segment *);

/* In a run the statistics are shown to others after so many operations. */
#define QD_ENGINE_PUBLISH_EVERY 64u

/* Operations that follow each other; see engine_run.h. */
struct qd_engine_run {
    bool running;                        /* one is under way */
    uint64_t start_ns;                   /* when it began */
    uint64_t indexed;                    /* stats.index_total then */
    uint64_t deleted;                    /* stats.delete_total then */
    unsigned unpublished;                /* operations since statistics were shown */
};

struct qd_engine {
    struct qd_env *env;
    struct qd_arena *arena;              /* this struct, path; lists that grow */
    struct qd_slice path;
    struct qd_engine_options options;
    struct qd_engine_segments segments;  /* oldest first; entries are malloc'ed */
    struct qd_index_buffer *buffer;      /* NULL: empty */
    struct qd_buffer_shape *shape;       /* of the buffer before; NULL: none, or a small one */
    uint64_t hash_seed;
    struct qd_version_map recent;        /* ids of live buffer documents */
    struct qd_version_map tombstones;    /* ids of deleted documents; an id is in one of both at most */
    struct qd_translog translog;
    struct qd_commit commit;             /* the newest; its segments are not kept */
    uint64_t next_segment_generation;
    int64_t max_seq_no;                  /* -1: none */
    bool changed;                        /* something was applied since the last refresh */
    bool dirty;                          /* something is newer than the commit */
    uint64_t earlier_operations;         /* of translog generations before the open one, since the commit */
    uint64_t earlier_bytes;
    int64_t earlier_modified_ms;         /* wall clock of the last write to the first of them; 0: none */
    struct qd_engine_recovery recovery;  /* how it was opened */
    struct qd_merge *merges;             /* running ones */
    struct qd_build *build;              /* running, or NULL */
    struct qd_engine_cover cover;        /* of the build installed last, until something else is shown */
    enum qd_status failed;               /* not QD_OK: the engine has failed */
    struct qd_buffer failure;            /* why */
    atomic_flag lock;                    /* guards `snapshot` and `shown*`; held for a few instructions */
    struct qd_snapshot *snapshot;        /* the newest */
    uint64_t snapshot_version;
    struct qd_engine_stats stats;        /* lane only */
    struct qd_engine_run run;            /* of operations, when one is under way */
    struct qd_engine_stats shown;        /* copy for other threads */
    uint8_t shown_commit_id[QD_COMMIT_UUID_SIZE];
    struct qd_slice history_uuid;        /* text of commit.history_uuid */
    _Atomic uint64_t buffer_bytes;       /* for hints */
    _Atomic uint32_t buffer_docs;
    _Atomic uint64_t translog_bytes;     /* uncommitted; 0 without operations */
    _Atomic uint64_t image_bytes;        /* segments that are only in memory */
    _Atomic uint64_t flush_threshold;
    _Atomic uint64_t buffer_bytes_max;
    _Atomic uint32_t buffer_docs_max;
};

/* ---- engine.c ---- */
/* Refuses when the engine has failed. */
QD_CHECKED enum qd_status qd_engine_check(const struct qd_engine *engine, struct qd_error *error);
/* Marks the engine as failed because of `status`; returns it. Conflicts and bad documents never come here. */
enum qd_status qd_engine_fail(struct qd_engine *engine, enum qd_status status, const struct qd_error *error);
/* Recounts and publishes statistics and hints. */
void qd_engine_publish_stats(struct qd_engine *engine);
/* Monotonic nanoseconds. */
uint64_t qd_engine_now(const struct qd_engine *engine);
/* A new entry at the end / at `index` of the list; takes the reference. */
struct qd_engine_segment *qd_engine_add_segment(struct qd_engine *engine, size_t index,
                                                struct qd_held_segment *held);
/* Removes an entry and releases what it holds. */
void qd_engine_drop_segment(struct qd_engine *engine, size_t index);
/* Live documents of an entry as of now, pending deletes included; NULL: all. */
const struct qd_live_docs *qd_engine_live_now(const struct qd_engine_segment *segment);

/* ---- engine_lookup.c ---- */
enum qd_found_place {
    QD_FOUND_NOWHERE,   /* never seen, or forgotten */
    QD_FOUND_TOMBSTONE, /* deleted */
    QD_FOUND_BUFFER,    /* in the index buffer */
    QD_FOUND_SEALED,    /* in the buffer of the running build */
    QD_FOUND_SEGMENT    /* in a segment */
};

/* What is known of an id. */
struct qd_found {
    enum qd_found_place place;
    int64_t version;                    /* place NOWHERE: nothing below is set */
    int64_t seq_no;
    int64_t term;
    qd_doc_id doc;                      /* BUFFER, SEALED, SEGMENT */
    struct qd_engine_segment *segment;  /* SEGMENT */
};

/* Looks an id up. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_engine_find(struct qd_engine *engine, struct qd_slice id, struct qd_found *found,
                                         struct qd_error *error);
/* The same with the id's qd_hash. */
QD_CHECKED enum qd_status qd_engine_find_hashed(struct qd_engine *engine, struct qd_slice id, uint64_t hash,
                                                struct qd_found *found, struct qd_error *error);
/* Marks the document with this id, which was found so, as deleted. */
void qd_engine_delete_found(struct qd_engine *engine, struct qd_slice id, const struct qd_found *found);

/* ---- engine_apply.c ---- */
/* Applies an operation of the translog. */
QD_CHECKED enum qd_status qd_engine_replay(struct qd_engine *engine,
                                           const struct qd_translog_operation *operation,
                                           const struct qd_document *document, struct qd_error *error);

/* ---- engine_refresh.c ---- */
/* Makes the present published state the newest snapshot. */
void qd_engine_publish_snapshot(struct qd_engine *engine);

/* Makes the state that the newest snapshot has a snapshot again, of the same version. */
void qd_engine_publish_again(struct qd_engine *engine);
/* Shows the bitset `fresh` (its reference is taken; NULL: as before) as a segment's live documents. */
void qd_engine_show_deletes(struct qd_engine *engine, struct qd_engine_segment *segment,
                            struct qd_live_docs *fresh);
/* Drops segments without a live document; one that is being merged goes with its merge. */
void qd_engine_drop_dead(struct qd_engine *engine);

/* ---- engine_build.c ---- */
/* Frees a build that is not installed. */
void qd_engine_forget_build(struct qd_engine *engine);

/* ---- engine_flush.c ---- */
/* Writes segments, live documents and a commit that goes on at the translog generation of `cover`. */
QD_CHECKED enum qd_status qd_engine_commit(struct qd_engine *engine, const struct qd_engine_cover *cover,
                                           struct qd_error *error);
/* Goes on in a new translog generation and tells what those before it cover. An error does not end the engine
 * unless translog.failed is set. */
QD_CHECKED enum qd_status qd_engine_roll(struct qd_engine *engine, struct qd_engine_cover *cover,
                                         struct qd_error *error);
/* Writes a segment's image to a new file and syncs it. *unknown: what is durable is not known, after a failed
 * sync. */
QD_CHECKED enum qd_status qd_engine_write_segment(struct qd_env *env, struct qd_slice path,
                                                  struct qd_slice image, bool *unknown,
                                                  struct qd_error *error);
/* Removes files that neither the newest commit nor a running merge needs. */
void qd_engine_clean(struct qd_engine *engine);

/* ---- engine_recovery.c ---- */
/* Loads or creates the shard in engine->path. */
QD_CHECKED enum qd_status qd_engine_recover(struct qd_engine *engine, const struct qd_engine_parser *parser,
                                            struct qd_error *error);

/* ---- engine_merge.c ---- */
/* Frees merges that were planned and not installed; their runs must have ended. */
void qd_engine_forget_merges(struct qd_engine *engine);
/* True when a running merge writes the segment file of this generation. */
bool qd_engine_merge_writes(const struct qd_engine *engine, uint64_t generation);

#endif
