/* Building outside the lane: the sealed buffer becomes a segment while a new buffer takes operations. */
#include "base/assert.h"
#include "index/engine_internal.h"

bool qd_engine_building(const struct qd_engine *engine)
{
    return engine->build != NULL;
}

/* ---- sealing ---- */
static void seal_buffer(struct qd_engine *engine, struct qd_build *build)
{
    struct qd_index_buffer *buffer = engine->buffer;
    build->buffer = buffer;
    build->recent = engine->recent;
    engine->buffer = NULL;
    engine->recent = (struct qd_version_map){ 0 };
    if (buffer == NULL) return;
    struct qd_buffer_shape *shape = qd_index_buffer_shape(buffer);
    qd_buffer_shape_destroy(engine->shape);
    engine->shape = shape;
    build->bytes = qd_index_buffer_size(buffer);
    build->deleted_count = buffer->deleted_count;
    build->generation = engine->next_segment_generation++;
    if (buffer->deleted_count > 0) build->live = qd_live_docs_from_words(buffer->doc_count, buffer->live);
}

static void take_images(const struct qd_engine *engine, struct qd_build *build)
{
    size_t count = engine->segments.count;
    build->images = QD_NEW_ARRAY(build->arena, struct qd_held_segment *, count + 1);
    build->files = QD_NEW_ARRAY(build->arena, struct qd_held_segment *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct qd_engine_segment *segment = engine->segments.data[i];
        if (segment->on_disk || segment->merging) continue;
        qd_held_segment_retain(segment->held);
        build->images[build->image_count++] = segment->held;
    }
}

/* What comes from now on goes to a translog generation of its own. When that cannot be begun the flush covers
 * everything. */
static struct qd_engine_cover begin_cover(struct qd_engine *engine)
{
    struct qd_engine_cover cover = { 0 };
    enum qd_status status = qd_engine_roll(engine, &cover, NULL);
    cover.holds = status == QD_OK;
    if (engine->translog.failed) qd_engine_fail(engine, status, NULL);
    return cover;
}

struct qd_build *qd_engine_seal(struct qd_engine *engine, bool save)
{
    qd_assert(engine->build == NULL);
    if (engine->failed != QD_OK) return NULL;
    if (engine->buffer == NULL && (!save || !engine->dirty)) return NULL;
    uint64_t start = qd_engine_now(engine);
    struct qd_engine_cover cover = { 0 };
    engine->cover.holds = false;
    if (save) cover = begin_cover(engine);
    if (engine->failed != QD_OK) return NULL;
    struct qd_arena *arena = qd_arena_create(1024);
    struct qd_build *build = QD_NEW(arena, struct qd_build);
    build->env = engine->env;
    build->arena = arena;
    build->directory = engine->path;
    build->save = save;
    build->cover = cover;
    build->options = (struct qd_image_options){ engine->options.codec, engine->options.codec_level };
    if (save) take_images(engine, build);
    seal_buffer(engine, build);
    for (size_t i = 0; i < engine->segments.count; i++) {
        struct qd_engine_segment *segment = engine->segments.data[i];
        segment->sealed = segment->pending;
        segment->pending = NULL;
    }
    engine->changed = false;
    engine->build = build;
    build->nanoseconds = qd_engine_now(engine) - start;
    qd_engine_publish_stats(engine);
    return build;
}

/* ---- running ---- */

/* A file that cannot be written is no failure here: the flush that follows tries again and tells. */
static struct qd_held_segment *write_image(struct qd_build *build, const struct qd_held_segment *image)
{
    struct qd_held_segment *file = NULL;
    struct qd_slice path = qd_segment_path(build->arena, build->directory, image->generation);
    enum qd_status status =
        qd_engine_write_segment(build->env, path, image->bytes, &build->sync_failed, NULL);
    if (status == QD_OK) {
        status = qd_held_segment_open_file(build->env, image->generation, path, &file, NULL);
    }
    return status == QD_OK ? file : NULL;
}

static enum qd_status build_segment(struct qd_build *build, struct qd_error *error)
{
    struct qd_index_buffer *buffer = build->buffer;
    struct qd_buffer image = { 0 };
    if (buffer == NULL || build->deleted_count == buffer->doc_count) return QD_OK;
    enum qd_status status = qd_image_build(buffer, &build->options, &image, error);
    if (status != QD_OK) {
        qd_buffer_deinit(&image);
        return status;
    }
    return qd_held_segment_open_image(build->env, build->generation, &image, &build->result, error);
}

enum qd_status qd_build_run(struct qd_build *build, struct qd_error *error)
{
    int64_t start = build->env->clock->monotonic(build->env).nanoseconds;
    QD_TRY(build_segment(build, error));
    if (build->save && build->result != NULL) {
        struct qd_held_segment *file = write_image(build, build->result);
        build->saved = file != NULL;
        if (file != NULL) {
            qd_held_segment_release(build->result);
            build->result = file;
        }
    }
    for (uint32_t i = 0; i < build->image_count && !build->sync_failed; i++) {
        build->files[i] = write_image(build, build->images[i]);
    }
    build->nanoseconds += (uint64_t)(build->env->clock->monotonic(build->env).nanoseconds - start);
    return QD_OK;
}

/* ---- installing ---- */
static void destroy(struct qd_build *build)
{
    for (uint32_t i = 0; i < build->image_count; i++) {
        qd_held_segment_release(build->images[i]);
        qd_held_segment_release(build->files[i]);
    }
    qd_held_segment_release(build->result);
    qd_live_docs_release(build->live);
    qd_index_buffer_destroy(build->buffer);
    qd_version_map_clear(&build->recent);
    qd_arena_destroy(build->arena);
}

void qd_engine_forget_build(struct qd_engine *engine)
{
    if (engine->build != NULL) destroy(engine->build);
    engine->build = NULL;
}

/* The segment of the sealed buffer; what was deleted since it was sealed waits for the next refresh. */
static void add_result(struct qd_engine *engine, struct qd_build *build)
{
    const struct qd_index_buffer *buffer = build->buffer;
    struct qd_engine_segment *added = qd_engine_add_segment(engine, engine->segments.count, build->result);
    build->result = NULL;
    added->on_disk = build->saved;
    added->published = build->live;
    added->live_dirty = build->live != NULL;
    build->live = NULL;
    if (buffer->deleted_count > build->deleted_count) {
        added->pending = qd_live_docs_from_words(buffer->doc_count, buffer->live);
    }
}

/* Goes on with the files of images that were saved; memory is given back with the last snapshot that uses
 * it. */
static void use_files(struct qd_engine *engine, struct qd_build *build)
{
    for (uint32_t i = 0; i < build->image_count; i++) {
        for (size_t k = 0; k < engine->segments.count && build->files[i] != NULL; k++) {
            struct qd_engine_segment *segment = engine->segments.data[k];
            if (segment->held != build->images[i]) continue;
            qd_held_segment_release(segment->held);
            segment->held = build->files[i];
            segment->ids = NULL;
            segment->on_disk = true;
            build->files[i] = NULL;
        }
    }
}

enum qd_status qd_engine_build_install(struct qd_engine *engine, struct qd_build *build, bool failed,
                                       struct qd_error *error)
{
    qd_assert(engine->build == build);
    uint64_t start = qd_engine_now(engine);
    enum qd_status status = QD_OK;
    engine->build = NULL;
    if (build->sync_failed && !failed) {
        status = qd_error_set(error, QD_IO, "a segment could not be synced");
        failed = true;
    } else if (failed) {
        status = error->status;
    }
    if (failed) {
        destroy(build);
        return qd_engine_fail(engine, status, error);
    }
    engine->cover = build->cover;
    use_files(engine, build);
    for (size_t i = 0; i < engine->segments.count; i++) {
        struct qd_engine_segment *segment = engine->segments.data[i];
        struct qd_live_docs *sealed = segment->sealed;
        segment->sealed = NULL;
        qd_engine_show_deletes(engine, segment, sealed);
    }
    if (build->result != NULL) add_result(engine, build);
    qd_engine_drop_dead(engine);
    qd_engine_publish_snapshot(engine);
    int64_t now_ms = (int64_t)(qd_engine_now(engine) / 1000000);
    qd_version_map_prune(&engine->tombstones, now_ms - engine->options.gc_deletes_ms);
    engine->stats.refresh_total++;
    engine->stats.refresh_ns += build->nanoseconds + (qd_engine_now(engine) - start);
    destroy(build);
    qd_engine_publish_stats(engine);
    return QD_OK;
}
