/* Refresh: the index buffer becomes a searchable segment in memory, deletes become visible. */
#include "base/assert.h"
#include "index/engine_internal.h"
#include "index/image.h"

static enum qd_status buffer_to_segment(struct qd_engine *engine, struct qd_error *error)
{
    struct qd_index_buffer *buffer = engine->buffer;
    if (buffer->deleted_count == buffer->doc_count) return QD_OK;
    struct qd_image_options options = { engine->options.codec, engine->options.codec_level };
    struct qd_buffer image = { 0 };
    struct qd_held_segment *held;
    enum qd_status status = qd_image_build(buffer, &options, &image, error);
    if (status != QD_OK) {
        qd_buffer_deinit(&image);
        return status;
    }
    QD_TRY(qd_held_segment_open_image(engine->env, engine->next_segment_generation, &image, &held, error));
    engine->next_segment_generation++;
    struct qd_engine_segment *added = qd_engine_add_segment(engine, engine->segments.count, held);
    if (buffer->deleted_count > 0) {
        added->published = qd_live_docs_from_words(buffer->doc_count, buffer->live);
        added->live_dirty = true;
    }
    return QD_OK;
}

void qd_engine_show_deletes(struct qd_engine *engine, struct qd_engine_segment *segment,
                            struct qd_live_docs *fresh)
{
    (void)engine;
    if (fresh == NULL) return;
    if (qd_planted(engine->env, "delete_lost_in_refresh") && segment->published != NULL) {
        qd_live_docs_release(fresh);
        return;
    }
    qd_live_docs_release(segment->published);
    segment->published = fresh;
    segment->live_dirty = true;
}

static void publish_deletes(struct qd_engine *engine)
{
    for (size_t i = 0; i < engine->segments.count; i++) {
        struct qd_engine_segment *segment = engine->segments.data[i];
        struct qd_live_docs *pending = segment->pending;
        segment->pending = NULL;
        qd_engine_show_deletes(engine, segment, pending);
    }
}

void qd_engine_drop_dead(struct qd_engine *engine)
{
    for (size_t i = engine->segments.count; i > 0; i--) {
        const struct qd_engine_segment *segment = engine->segments.data[i - 1];
        bool dead = segment->published != NULL && segment->published->live_count == 0;
        if (dead && !segment->merging) qd_engine_drop_segment(engine, i - 1);
    }
}

static void empty_buffer(struct qd_engine *engine)
{
    qd_index_buffer_destroy(engine->buffer);
    engine->buffer = NULL;
    qd_version_map_clear(&engine->recent);
}

enum qd_status qd_engine_refresh(struct qd_engine *engine, bool *changed, struct qd_error *error)
{
    QD_TRY(qd_engine_check(engine, error));
    qd_assert(engine->build == NULL);
    uint64_t start = qd_engine_now(engine);
    *changed = engine->changed;
    engine->stats.refresh_total++;
    if (engine->changed) {
        engine->cover.holds = false;
        if (engine->buffer != NULL) {
            enum qd_status status = buffer_to_segment(engine, error);
            if (status != QD_OK) return qd_engine_fail(engine, status, error);
            empty_buffer(engine);
        }
        publish_deletes(engine);
        qd_engine_drop_dead(engine);
        engine->changed = false;
        qd_engine_publish_snapshot(engine);
    }
    int64_t now_ms = (int64_t)(qd_engine_now(engine) / 1000000);
    qd_version_map_prune(&engine->tombstones, now_ms - engine->options.gc_deletes_ms);
    engine->stats.refresh_ns += qd_engine_now(engine) - start;
    qd_engine_publish_stats(engine);
    return QD_OK;
}
