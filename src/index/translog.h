/* The translog: every operation since the last commit, durable before it is acknowledged.
 *
 * Used by the engine. Operations are appended to a buffer in user space, qd_translog_sync writes and syncs
 * them all at once. Files `translog-<generation>` form a chain: each header names the generation before it
 * and its valid size. Recovery takes the longest valid prefix of the newest file (what was never synced may
 * be torn); damage to what was surely synced is QD_TRANSLOG_CORRUPTED. Format: spec/formats/translog.md.
 * Source: OpenSearch Translog (idea).
 */
#ifndef QD_INDEX_TRANSLOG_H
#define QD_INDEX_TRANSLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "platform/env.h"

/* Bytes of a history uuid. */
#define QD_TRANSLOG_UUID_SIZE 16
/* Buffered bytes at which an append writes through (without a sync). */
#define QD_TRANSLOG_BUFFER_MAX ((size_t)1 << 20)

enum qd_translog_kind {
    QD_TRANSLOG_INDEX = 1,
    QD_TRANSLOG_DELETE = 2,
    QD_TRANSLOG_NOOP = 3 /* a seq_no whose operation failed */
};

/* One operation. */
struct qd_translog_operation {
    enum qd_translog_kind kind;
    int64_t seq_no;
    int64_t primary_term;
    int64_t version;         /* the version that the document got */
    struct qd_slice id;      /* empty for noops */
    struct qd_slice routing; /* data NULL: none */
    struct qd_slice source;  /* index operations: the document as it was sent */
};

/* The newest generation, open for appending. */
struct qd_translog {
    struct qd_env *env;
    struct qd_slice path;      /* the shard's directory; the owner's memory */
    uint8_t uuid[QD_TRANSLOG_UUID_SIZE];
    struct qd_file *file;      /* NULL: not open */
    uint64_t generation;
    uint64_t size;             /* bytes of the file, buffered ones included */
    uint64_t synced_size;      /* bytes known to be durable */
    uint64_t operations;       /* in this generation */
    struct qd_buffer buffer;   /* not written yet */
    bool unmarked;             /* a sync has ended since the last marker record */
    int64_t modified_ms;       /* wall clock of the last write to the file, or of its creation */
    bool failed;               /* a write or sync failed: nothing may be added any more */
};

/* The generation before a new one. */
struct qd_translog_previous {
    uint64_t generation; /* 0: none */
    uint64_t size;       /* its valid bytes, all durable */
};

/* Starts `generation` with a durable header. On failure no file is open. Errors: QD_IO, QD_NO_SPACE. */
QD_CHECKED enum qd_status qd_translog_create(struct qd_translog *translog, uint64_t generation,
                                             struct qd_translog_previous previous, struct qd_error *error);

/* Appends an operation. Not durable before qd_translog_sync. Errors: QD_IO, QD_NO_SPACE; the translog has
 * failed then. */
QD_CHECKED enum qd_status qd_translog_append(struct qd_translog *translog,
                                             const struct qd_translog_operation *operation,
                                             struct qd_error *error);

/* Makes everything appended durable. Errors: QD_IO, QD_NO_SPACE; the translog has failed then. */
QD_CHECKED enum qd_status qd_translog_sync(struct qd_translog *translog, struct qd_error *error);

/* Syncs and goes on in a new generation. When the new file cannot be made the old one stays in use, unless
 * its sync failed. */
QD_CHECKED enum qd_status qd_translog_roll(struct qd_translog *translog, struct qd_error *error);

/* Closes the file without writing what is buffered. */
void qd_translog_close(struct qd_translog *translog);

/* Path of a generation's file, in `arena`. */
struct qd_slice qd_translog_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation);

/* The generation of a file name ("translog-7"), or 0 when it is none. */
uint64_t qd_translog_generation_of(struct qd_slice name);

/* ---- reading ---- */

/* Gets each operation of the chain in order. */
struct qd_translog_visitor {
    void *context;
    enum qd_status (*visit)(void *context, const struct qd_translog_operation *operation,
                            struct qd_error *error);
};

/* What a replay found. */
struct qd_translog_recovered {
    uint64_t last_generation; /* of the chain */
    uint64_t last_size;       /* its valid bytes; made durable by the replay */
    uint64_t highest_file;    /* greatest generation number of any file, also torn ones */
    uint64_t operations;
    uint64_t bytes;           /* of all files of the chain */
};

/* Reads all operations of generation `from` and later. `translog` gives env, path and uuid and is not open.
 * Operations are views that are valid during the call of visit. Errors: QD_TRANSLOG_CORRUPTED, QD_IO, and
 * what visit returns. */
QD_CHECKED enum qd_status qd_translog_replay(const struct qd_translog *translog, uint64_t from,
                                             const struct qd_translog_visitor *visitor,
                                             struct qd_translog_recovered *recovered, struct qd_error *error);

/* Parses the bytes of one file; for replay, tests and fuzzing. `proven`: bytes known to be durable (SIZE_MAX:
 * all of them). *valid gets the length of the valid prefix. Errors: QD_TRANSLOG_CORRUPTED, and what visit
 * returns. */
struct qd_translog_file {
    struct qd_slice name;
    struct qd_slice bytes;
    const uint8_t *uuid;      /* uuid[QD_TRANSLOG_UUID_SIZE] */
    uint64_t generation;
    uint64_t proven;
    struct qd_env *env;       /* for planted bugs; may be NULL */
};
QD_CHECKED enum qd_status qd_translog_parse(const struct qd_translog_file *file,
                                            const struct qd_translog_visitor *visitor, uint64_t *valid,
                                            uint64_t *operations, struct qd_error *error);

/* Reads a header: false when it is damaged or of another shard. */
bool qd_translog_parse_header(const struct qd_translog_file *file, struct qd_translog_previous *previous);

#define QD_TRANSLOG_HEADER_SIZE 56
#define QD_TRANSLOG_RECORD_HEADER 8

/* Checksum of a record's payload at `offset`; for writer and reader. */
uint32_t qd_translog_checksum(uint64_t generation, uint64_t offset, struct qd_slice payload);

/* Payload of a marker: kind, magic, synced size. */
#define QD_TRANSLOG_MARKER 9
#define QD_TRANSLOG_MARKER_MAGIC 0x6b72616d73676c74u
#define QD_TRANSLOG_MARKER_SIZE 17
#define QD_TRANSLOG_MAGIC 0x474c4e4152544451u
#define QD_TRANSLOG_VERSION 1

#endif
