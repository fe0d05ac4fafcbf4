/* Segments and live-docs bitsets that are shared by reference counts, and the snapshots made of them.
 *
 * Used by the engine. A held segment owns its bytes: an image in memory or a mapped file. It goes away with
 * its last reference, which may be on any thread (env->disk->unmap is then called there).
 */
#ifndef QD_INDEX_HELD_SEGMENT_H
#define QD_INDEX_HELD_SEGMENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/status.h"
#include "codec/segment.h"
#include "index/engine.h"
#include "platform/env.h"

/* A held segment as snapshots see it: with field data that may be dropped while older snapshots use it. */
struct qd_shown_segment {
    _Atomic uint32_t references; /* the held segment's, as long as it is the newest, and one a snapshot */
    struct qd_arena *arena;      /* this struct and the twin */
    struct qd_segment *segment;  /* a twin of the held segment's */
};

/* A segment with its bytes. Immutable but for the count and what it shows. */
struct qd_held_segment {
    _Atomic uint32_t references;
    struct qd_env *env;
    struct qd_arena *arena;             /* this struct and the segment's readers */
    struct qd_segment *segment;         /* without field data */
    struct qd_shown_segment *shown;     /* what the next snapshot gets; changed on the lane */
    struct qd_buffer image;             /* bytes in memory, or */
    struct qd_mapping_handle *mapping;  /* a mapped file */
    struct qd_slice bytes;
    uint64_t generation;
    uint32_t doc_count;
};

/* Opens an image and takes its memory (also on failure). Errors: QD_CORRUPTION. Reference: the caller's. */
QD_CHECKED enum qd_status qd_held_segment_open_image(struct qd_env *env, uint64_t generation,
                                                     struct qd_buffer *image,
                                                     struct qd_held_segment **held, struct qd_error *error);

/* Maps and opens a file. Errors: QD_IO, QD_CORRUPTION. Reference: the caller's. */
QD_CHECKED enum qd_status qd_held_segment_open_file(struct qd_env *env, uint64_t generation,
                                                    struct qd_slice path,
                                                    struct qd_held_segment **held, struct qd_error *error);

/* Drops field data for the snapshots to come: of the fields named between commas, of all when there are none
 * (lane). */
void qd_held_segment_drop_fielddata(struct qd_held_segment *held, struct qd_slice fields);

void qd_held_segment_retain(struct qd_held_segment *held);
void qd_held_segment_release(struct qd_held_segment *held);

/* Which documents of a segment are live. Immutable once shared. */
struct qd_live_docs {
    _Atomic uint32_t references;
    struct qd_arena *arena; /* this struct */
    uint32_t doc_count;
    uint32_t live_count;
    uint64_t words[];       /* bits beyond doc_count are 0 */
};

/* A copy of `from`, or with NULL all `doc_count` documents live. Reference: the caller's. */
struct qd_live_docs *qd_live_docs_create(uint32_t doc_count, const struct qd_live_docs *from);
/* A copy of bitset words. */
struct qd_live_docs *qd_live_docs_from_words(uint32_t doc_count, const uint64_t *words);
void qd_live_docs_retain(struct qd_live_docs *live); /* NULL: nothing */
void qd_live_docs_release(struct qd_live_docs *live);

/* Clears a document's bit; false when it was clear already. Only while not shared. */
bool qd_live_docs_clear(struct qd_live_docs *live, uint32_t doc);

static inline bool qd_live_docs_get(const struct qd_live_docs *live, uint32_t doc)
{
    return live == NULL || (live->words[doc / 64] >> (doc % 64) & 1) != 0;
}

/* What a snapshot takes of one segment; it retains both. */
struct qd_snapshot_part {
    struct qd_held_segment *held;
    struct qd_live_docs *live; /* or NULL */
    bool committed;
};

/* A snapshot of parts[count]. Reference: the caller's. */
struct qd_snapshot *qd_snapshot_create(const struct qd_snapshot_part *parts, uint32_t count,
                                       uint64_t version);

#endif
