/* Commits: the manifest that says which segments and deletes make up a shard, and where its translog goes on.
 *
 * Used by the engine. A manifest `commit-<n>` is written to a temporary file, synced, renamed and made
 * durable with the directory; the newest good one counts. Live documents of a segment are in files
 * `live-<segment>-<n>`. Formats: spec/formats/commit.md.
 */
#ifndef QD_INDEX_COMMIT_H
#define QD_INDEX_COMMIT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "index/held_segment.h"
#include "platform/env.h"

#define QD_COMMIT_UUID_SIZE 16

/* One segment of a commit. */
struct qd_commit_segment {
    uint64_t generation;      /* file seg-<generation> */
    uint64_t size;            /* bytes of the file */
    /* CRC32C of its last QD_COMMIT_TAIL bytes, which hold the checksums of the rest */
    uint32_t tail_checksum;
    uint32_t doc_count;
    uint32_t live_count;
    uint64_t live_generation; /* file live-<generation>-<live_generation>; 0: all documents are live */
};

/* Bytes at a segment's end that a commit knows. */
#define QD_COMMIT_TAIL 64

struct qd_commit {
    uint64_t generation;              /* file commit-<generation>, 1 and up */
    uint8_t id[QD_COMMIT_UUID_SIZE];  /* random, new for every commit */
    uint8_t history_uuid[QD_COMMIT_UUID_SIZE];
    uint64_t translog_generation;     /* replay begins here */
    uint64_t next_segment_generation;
    int64_t max_seq_no;               /* -1: none */
    int64_t local_checkpoint;
    const struct qd_commit_segment *segments; /* segments[segment_count], in order of search */
    uint32_t segment_count;
};

/* Names in a shard's directory, in `arena`. */
struct qd_slice qd_commit_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation);
struct qd_slice qd_segment_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation);
struct qd_slice qd_live_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation,
                             uint64_t live_generation);

/* Reads the number of a name "<prefix><number>"; false when it is none. */
bool qd_commit_name_number(struct qd_slice name, const char *prefix, uint64_t *number);

/* The tail checksum of a segment's bytes. */
uint32_t qd_commit_tail_checksum(struct qd_slice bytes);

/* Writes a manifest durably. Errors: QD_IO, QD_NO_SPACE: the commit may or may not exist; *unknown tells when
 * a sync has failed, so that the disk cannot be trusted any more. */
QD_CHECKED enum qd_status qd_commit_write(struct qd_env *env, struct qd_slice directory,
                                          const struct qd_commit *commit,
                                          bool *unknown, struct qd_error *error);

/* Parses a manifest. Memory: `arena`. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_commit_parse(struct qd_slice name, struct qd_slice bytes, struct qd_arena *arena,
                                          struct qd_commit *commit, struct qd_error *error);

/* Reads the newest good manifest among names[count]; *found false when there is none at all.
 * Errors: QD_IO; QD_CORRUPTION when there are manifests but none is good. */
QD_CHECKED enum qd_status qd_commit_read_newest(struct qd_env *env, struct qd_slice directory,
                                                struct qd_arena *arena, struct qd_commit *commit, bool *found,
                                                struct qd_error *error);

/* Writes and reads live documents. Writing syncs the file, not the directory. */
QD_CHECKED enum qd_status qd_live_docs_write(struct qd_env *env, struct qd_slice path,
                                             const struct qd_live_docs *live,
                                             bool *unknown, struct qd_error *error);
QD_CHECKED enum qd_status qd_live_docs_read(struct qd_env *env, struct qd_slice path, uint32_t doc_count,
                                            struct qd_live_docs **live, struct qd_error *error);

/* Reads a whole file of at most `size_max` bytes into `arena`. Errors: QD_IO, QD_CORRUPTION (too large). */
QD_CHECKED enum qd_status qd_commit_read_file(struct qd_env *env, struct qd_slice path, uint64_t size_max,
                                              struct qd_arena *arena, struct qd_slice *bytes,
                                                  struct qd_error *error);

#endif
