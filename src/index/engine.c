#include "index/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "index/engine_internal.h"

/* In-memory segments beyond this part of the index buffer limit ask for a flush: they bound what is replayed
 * after a crash and the memory that images take. */
#define IMAGE_PART_OF_BUFFER 4

enum qd_status qd_engine_check(const struct qd_engine *engine, struct qd_error *error)
{
    if (engine->failed == QD_OK || qd_planted(engine->env, "dead_engine_serves")) return QD_OK;
    enum qd_status status = engine->failed == QD_CRASHED ? QD_CRASHED : QD_IO;
    return qd_error_set(error, status, "engine has failed: %.*s",
                        QD_SLICE_ARG(qd_buffer_view(&engine->failure)));
}

enum qd_status qd_engine_fail(struct qd_engine *engine, enum qd_status status, const struct qd_error *error)
{
    if (engine->failed != QD_OK) return status;
    engine->failed = status;
    if (error != NULL && error->arena != NULL) {
        qd_buffer_slice(&engine->failure, error->reason);
    } else {
        qd_buffer_text(&engine->failure, qd_status_type(status));
    }
    return status;
}

struct qd_slice qd_engine_failure(const struct qd_engine *engine)
{
    if (engine->failed == QD_OK || qd_planted(engine->env, "dead_engine_serves")) {
        return (struct qd_slice){ 0 };
    }
    return qd_buffer_view(&engine->failure);
}

uint64_t qd_engine_now(const struct qd_engine *engine)
{
    return (uint64_t)engine->env->clock->monotonic(engine->env).nanoseconds;
}

/* ---- the list of segments ---- */
const struct qd_live_docs *qd_engine_live_now(const struct qd_engine_segment *segment)
{
    if (segment->pending != NULL) return segment->pending;
    return segment->sealed != NULL ? segment->sealed : segment->published;
}

struct qd_engine_segment *qd_engine_add_segment(struct qd_engine *engine, size_t index,
                                                struct qd_held_segment *held)
{
    struct qd_engine_segments *list = &engine->segments;
    qd_assert(index <= list->count);
    struct qd_engine_segment *segment = calloc(1, sizeof(*segment));
    if (segment == NULL) abort();
    segment->held = held;
    *QD_PUSH(engine->arena, list) = NULL;
    memmove(&list->data[index + 1], &list->data[index], (list->count - 1 - index) * sizeof(*list->data));
    list->data[index] = segment;
    return segment;
}

void qd_engine_drop_segment(struct qd_engine *engine, size_t index)
{
    struct qd_engine_segments *list = &engine->segments;
    struct qd_engine_segment *segment = list->data[index];
    qd_held_segment_release(segment->held);
    qd_live_docs_release(segment->published);
    qd_live_docs_release(segment->sealed);
    qd_live_docs_release(segment->pending);
    free(segment);
    list->count--;
    memmove(&list->data[index], &list->data[index + 1], (list->count - index) * sizeof(*list->data));
}

/* ---- opening and closing ---- */
void qd_engine_set_options(struct qd_engine *engine, const struct qd_engine_options *options)
{
    engine->options = *options;
    atomic_store_explicit(&engine->flush_threshold, options->flush_threshold_bytes, memory_order_relaxed);
    atomic_store_explicit(&engine->buffer_bytes_max, options->buffer_bytes_max, memory_order_relaxed);
    atomic_store_explicit(&engine->buffer_docs_max, options->buffer_docs_max, memory_order_relaxed);
}

enum qd_status qd_engine_open(struct qd_env *env, struct qd_slice path,
                              const struct qd_engine_options *options,
                              const struct qd_engine_parser *parser, struct qd_engine **engine,
                              struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(2048);
    struct qd_engine *opened = QD_NEW(arena, struct qd_engine);
    opened->env = env;
    opened->arena = arena;
    opened->path = qd_arena_copy(arena, path);
    opened->max_seq_no = -1;
    atomic_flag_clear(&opened->lock);
    qd_engine_set_options(opened, options);
    env->random(env, &opened->hash_seed, sizeof(opened->hash_seed));
    opened->translog.env = env;
    opened->translog.path = opened->path;
    enum qd_status status = qd_engine_recover(opened, parser, error);
    if (status != QD_OK) {
        qd_engine_close(opened);
        return status;
    }
    qd_engine_publish_stats(opened);
    *engine = opened;
    return QD_OK;
}

void qd_engine_close(struct qd_engine *engine)
{
    qd_engine_forget_merges(engine);
    qd_engine_forget_build(engine);
    while (engine->segments.count > 0) qd_engine_drop_segment(engine, engine->segments.count - 1);
    qd_snapshot_release(engine->snapshot);
    qd_index_buffer_destroy(engine->buffer);
    qd_buffer_shape_destroy(engine->shape);
    qd_version_map_clear(&engine->recent);
    qd_version_map_clear(&engine->tombstones);
    qd_translog_close(&engine->translog);
    qd_buffer_deinit(&engine->failure);
    qd_arena_destroy(engine->arena);
}

/* ---- statistics and hints ---- */
static void count_segments(struct qd_engine *engine)
{
    struct qd_engine_stats *stats = &engine->stats;
    uint64_t images = 0;
    stats->store_bytes = 0;
    for (size_t i = 0; i < engine->segments.count; i++) {
        const struct qd_engine_segment *segment = engine->segments.data[i];
        stats->store_bytes += segment->held->bytes.size;
        if (!segment->on_disk) images += segment->held->bytes.size;
    }
    atomic_store_explicit(&engine->image_bytes, images, memory_order_relaxed);
    stats->segment_count = (uint32_t)engine->segments.count;
    const struct qd_snapshot *snapshot = engine->snapshot;
    stats->docs = snapshot == NULL ? 0 : snapshot->live_count;
    stats->docs_deleted = snapshot == NULL ? 0 : snapshot->doc_count - snapshot->live_count;
}

static void lock(struct qd_engine *engine)
{
    while (atomic_flag_test_and_set_explicit(&engine->lock, memory_order_acquire)) {
    }
}

static void unlock(struct qd_engine *engine)
{
    atomic_flag_clear_explicit(&engine->lock, memory_order_release);
}

void qd_engine_publish_stats(struct qd_engine *engine)
{
    struct qd_engine_stats *stats = &engine->stats;
    stats->translog_uncommitted_operations = engine->earlier_operations + engine->translog.operations;
    stats->translog_uncommitted_bytes = engine->earlier_bytes + engine->translog.size;
    stats->translog_operations = stats->translog_uncommitted_operations;
    stats->translog_bytes = stats->translog_uncommitted_bytes;
    stats->buffer_bytes = engine->buffer == NULL ? 0 : qd_index_buffer_size(engine->buffer);
    uint64_t open_bytes = stats->buffer_bytes;
    if (engine->build != NULL) {
        stats->buffer_bytes += engine->build->bytes;
    }
    stats->version_map_bytes =
        qd_version_map_size(&engine->recent) + qd_version_map_size(&engine->tombstones);
    stats->max_seq_no = engine->max_seq_no;
    stats->local_checkpoint = engine->max_seq_no;
    stats->commit_generation = engine->commit.generation;
    stats->commit_max_seq_no = engine->commit.max_seq_no;
    stats->commit_local_checkpoint = engine->commit.local_checkpoint;
    stats->translog_modified_ms = engine->earlier_modified_ms != 0 ? engine->earlier_modified_ms
                                                                   : engine->translog.modified_ms;
    atomic_store_explicit(&engine->buffer_bytes, open_bytes, memory_order_relaxed);
    uint32_t docs = engine->buffer == NULL ? 0 : engine->buffer->doc_count;
    atomic_store_explicit(&engine->buffer_docs, docs, memory_order_relaxed);
    uint64_t bytes = stats->translog_uncommitted_operations == 0 ? 0 : stats->translog_uncommitted_bytes;
    atomic_store_explicit(&engine->translog_bytes, bytes, memory_order_relaxed);
    lock(engine);
    engine->shown = *stats;
    memcpy(engine->shown_commit_id, engine->commit.id, sizeof(engine->shown_commit_id));
    unlock(engine);
}

void qd_engine_stats(const struct qd_engine *engine, struct qd_engine_stats *stats)
{
    /* The lock is the only thing that changes: the engine is const to the caller. */
    struct qd_engine *locked = (struct qd_engine *)(uintptr_t)engine;
    lock(locked);
    *stats = locked->shown;
    unlock(locked);
}

const struct qd_engine_recovery *qd_engine_recovery(const struct qd_engine *engine)
{
    return &engine->recovery;
}

bool qd_engine_wants_refresh(const struct qd_engine *engine)
{
    uint64_t bytes_max = atomic_load_explicit(&engine->buffer_bytes_max, memory_order_relaxed);
    uint32_t docs_max = atomic_load_explicit(&engine->buffer_docs_max, memory_order_relaxed);
    if (bytes_max > 0 && atomic_load_explicit(&engine->buffer_bytes, memory_order_relaxed) >= bytes_max) {
        return true;
    }
    return docs_max > 0 && atomic_load_explicit(&engine->buffer_docs, memory_order_relaxed) >= docs_max;
}

static bool images_beyond(const struct qd_engine *engine, uint64_t part)
{
    uint64_t buffer_max = atomic_load_explicit(&engine->buffer_bytes_max, memory_order_relaxed);
    uint64_t images = atomic_load_explicit(&engine->image_bytes, memory_order_relaxed);
    return buffer_max > 0 && images >= buffer_max / part;
}

bool qd_engine_wants_flush(const struct qd_engine *engine)
{
    return qd_engine_needs_flush(engine) || images_beyond(engine, IMAGE_PART_OF_BUFFER);
}

bool qd_engine_needs_flush(const struct qd_engine *engine)
{
    uint64_t threshold = atomic_load_explicit(&engine->flush_threshold, memory_order_relaxed);
    uint64_t bytes = atomic_load_explicit(&engine->translog_bytes, memory_order_relaxed);
    return (bytes > 0 && bytes >= threshold) || images_beyond(engine, 1);
}

/* ---- snapshots ---- */
struct qd_snapshot *qd_engine_acquire(struct qd_engine *engine)
{
    lock(engine);
    struct qd_snapshot *snapshot = engine->snapshot;
    qd_snapshot_retain(snapshot);
    unlock(engine);
    return snapshot;
}

void qd_engine_publish_again(struct qd_engine *engine)
{
    struct qd_arena *arena = qd_arena_create(1024);
    size_t count = engine->segments.count;
    struct qd_snapshot_part *parts = QD_NEW_ARRAY(arena, struct qd_snapshot_part, count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_engine_segment *segment = engine->segments.data[i];
        parts[i] = (struct qd_snapshot_part){ segment->held, segment->published, segment->committed };
    }
    struct qd_snapshot *fresh = qd_snapshot_create(parts, (uint32_t)count, engine->snapshot_version);
    qd_arena_destroy(arena);
    lock(engine);
    struct qd_snapshot *old = engine->snapshot;
    engine->snapshot = fresh;
    unlock(engine);
    qd_snapshot_release(old);
    count_segments(engine);
}

void qd_engine_publish_snapshot(struct qd_engine *engine)
{
    engine->snapshot_version++;
    qd_engine_publish_again(engine);
}

/* ---- names ---- */
struct qd_slice qd_engine_commit_id(const struct qd_engine *engine, struct qd_arena *arena)
{
    struct qd_engine *locked = (struct qd_engine *)(uintptr_t)engine;
    char id[QD_COMMIT_UUID_SIZE];
    lock(locked);
    memcpy(id, engine->shown_commit_id, sizeof(id));
    unlock(locked);
    return qd_base64_encode(arena, qd_slice_make(id, sizeof(id)));
}

struct qd_slice qd_engine_history_uuid(const struct qd_engine *engine)
{
    return engine->history_uuid;
}
