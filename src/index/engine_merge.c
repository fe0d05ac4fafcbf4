/* Merges of the engine: plan on the lane, run anywhere, install on the lane. */
#include <string.h>

#include "base/assert.h"
#include "index/engine_internal.h"
#include "index/merge.h"
#include "index/merge_policy.h"

/* Results larger than this go to a file even when all inputs are in memory. */
#define IMAGE_BYTES_MAX ((uint64_t)32 << 20)
/* Bytes collected before a file is appended to. */
#define SINK_BUFFER ((size_t)256 << 10)

struct qd_merge {
    struct qd_merge *next;            /* of the engine's running merges */
    struct qd_env *env;
    struct qd_arena *arena;           /* this struct */
    struct qd_merge_input *inputs;    /* inputs[count], with references */
    uint32_t count;
    uint32_t live_count;              /* documents of the result */
    uint64_t input_bytes;
    uint64_t generation;              /* of the result */
    bool to_file;
    struct qd_slice path;             /* of the file */
    struct qd_image_options options;
    struct qd_held_segment *result;   /* NULL: not run, failed, or no live document */
    bool sync_failed;
    uint64_t nanoseconds;             /* that the run took */
};

void qd_merge_size(const struct qd_merge *merge, uint64_t *docs, uint64_t *bytes)
{
    *docs = merge->live_count;
    *bytes = merge->input_bytes;
}

bool qd_engine_merge_writes(const struct qd_engine *engine, uint64_t generation)
{
    for (const struct qd_merge *merge = engine->merges; merge != NULL; merge = merge->next) {
        if (merge->generation == generation) return true;
    }
    return false;
}

static void destroy(struct qd_merge *merge)
{
    for (uint32_t i = 0; i < merge->count; i++) {
        qd_held_segment_release(merge->inputs[i].held);
        qd_live_docs_release(merge->inputs[i].live);
    }
    qd_held_segment_release(merge->result);
    qd_arena_destroy(merge->arena);
}

void qd_engine_forget_merges(struct qd_engine *engine)
{
    while (engine->merges != NULL) {
        struct qd_merge *merge = engine->merges;
        engine->merges = merge->next;
        destroy(merge);
    }
}

/* ---- planning ---- */
static struct qd_merge *make_merge(struct qd_engine *engine, const size_t *chosen, size_t count)
{
    struct qd_arena *arena = qd_arena_create(1024);
    struct qd_merge *merge = QD_NEW(arena, struct qd_merge);
    merge->env = engine->env;
    merge->arena = arena;
    merge->inputs = QD_NEW_ARRAY(arena, struct qd_merge_input, count);
    merge->count = (uint32_t)count;
    merge->generation = engine->next_segment_generation++;
    merge->options = (struct qd_image_options){ engine->options.codec, engine->options.codec_level };
    for (size_t i = 0; i < count; i++) {
        struct qd_engine_segment *segment = engine->segments.data[chosen[i]];
        struct qd_merge_input *input = &merge->inputs[i];
        segment->merging = true;
        input->held = segment->held;
        input->live = segment->published;
        input->live_count = input->live == NULL ? segment->held->doc_count : input->live->live_count;
        qd_held_segment_retain(input->held);
        qd_live_docs_retain(input->live);
        merge->live_count += input->live_count;
        merge->input_bytes += segment->held->bytes.size;
        merge->to_file = merge->to_file || segment->on_disk;
    }
    merge->to_file = merge->to_file || merge->input_bytes > IMAGE_BYTES_MAX;
    merge->path = qd_segment_path(arena, engine->path, merge->generation);
    merge->next = engine->merges;
    engine->merges = merge;
    return merge;
}

struct qd_merge *qd_engine_merge_plan(struct qd_engine *engine, uint32_t force_max_segments,
                                      bool only_deletes)
{
    size_t count = engine->segments.count;
    if (engine->failed != QD_OK || count == 0) return NULL;
    struct qd_arena *arena = qd_arena_create(1024);
    struct qd_merge_candidate *candidates = QD_NEW_ARRAY(arena, struct qd_merge_candidate, count);
    size_t *chosen = QD_NEW_ARRAY(arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct qd_engine_segment *segment = engine->segments.data[i];
        uint32_t docs = segment->held->doc_count;
        uint32_t live = segment->published == NULL ? docs : segment->published->live_count;
        candidates[i] =
            (struct qd_merge_candidate){ segment->held->bytes.size, docs, live, segment->merging };
    }
    const struct qd_engine_options *options = &engine->options;
    struct qd_merge_policy policy =
        { options->merge_segments_per_tier < 2 ? 2 : options->merge_segments_per_tier,
                                      options->merge_at_once_max < 2 ? 2 : options->merge_at_once_max,
                                      options->merge_floor_bytes == 0 ? 1 : options->merge_floor_bytes,
                                      options->merge_segment_bytes_max };
    size_t taken;
    if (only_deletes) {
        taken = qd_merge_policy_deletes(&policy, candidates, count, chosen);
    } else if (force_max_segments > 0) {
        taken = qd_merge_policy_forced(candidates, count, force_max_segments, chosen);
    } else {
        taken = qd_merge_policy_natural(&policy, candidates, count, chosen);
    }
    struct qd_merge *merge = taken == 0 ? NULL : make_merge(engine, chosen, taken);
    qd_arena_destroy(arena);
    return merge;
}

/* ---- running ---- */

/* Collects small writes for a file. */
struct file_sink {
    struct qd_env *env;
    struct qd_file *file;
    struct qd_buffer buffer;
};

static enum qd_status flush_sink(struct file_sink *sink, struct qd_error *error)
{
    if (sink->buffer.size == 0) return QD_OK;
    enum qd_status status =
        sink->env->disk->append(sink->env, sink->file, sink->buffer.data, sink->buffer.size, error);
    sink->buffer.size = 0;
    return status;
}

static enum qd_status append_file(void *context, const void *data, size_t size, struct qd_error *error)
{
    struct file_sink *sink = context;
    if (sink->buffer.size + size > SINK_BUFFER) QD_TRY(flush_sink(sink, error));
    if (size > SINK_BUFFER) return sink->env->disk->append(sink->env, sink->file, data, size, error);
    qd_buffer_append(&sink->buffer, data, size);
    return QD_OK;
}

static enum qd_status append_memory(void *context, const void *data, size_t size, struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

static enum qd_status run_to_file(struct qd_merge *merge, struct qd_error *error)
{
    struct qd_env *env = merge->env;
    struct file_sink sink = { .env = env };
    /* A file of its own: after a failed sync nothing that is said about an old one can be believed. */
    QD_TRY(env->disk->remove(env, merge->path, error));
    QD_TRY(env->disk->open(env, merge->path, QD_FILE_CREATE, &sink.file, error));
    struct qd_sink to = { &sink, append_file };
    enum qd_status status = qd_merge_write(merge->inputs, merge->count, &merge->options, to, error);
    if (status == QD_OK) status = flush_sink(&sink, error);
    if (status == QD_OK && !qd_planted(env, "skip_segment_sync")) {
        status = env->disk->sync(env, sink.file, error);
        merge->sync_failed = status != QD_OK;
    }
    env->disk->close(env, sink.file);
    qd_buffer_deinit(&sink.buffer);
    QD_TRY(status);
    return qd_held_segment_open_file(env, merge->generation, merge->path, &merge->result, error);
}

static enum qd_status run_to_memory(struct qd_merge *merge, struct qd_error *error)
{
    struct qd_buffer image = { 0 };
    struct qd_sink to = { &image, append_memory };
    enum qd_status status = qd_merge_write(merge->inputs, merge->count, &merge->options, to, error);
    if (status != QD_OK) {
        qd_buffer_deinit(&image);
        return status;
    }
    return qd_held_segment_open_image(merge->env, merge->generation, &image, &merge->result, error);
}

enum qd_status qd_merge_run(struct qd_merge *merge, struct qd_error *error)
{
    int64_t start = merge->env->clock->monotonic(merge->env).nanoseconds;
    enum qd_status status = QD_OK;
    if (merge->live_count > 0) {
        status = merge->to_file ? run_to_file(merge, error) : run_to_memory(merge, error);
    }
    merge->nanoseconds = (uint64_t)(merge->env->clock->monotonic(merge->env).nanoseconds - start);
    return status;
}

/* ---- installing ---- */
static size_t find_input(const struct qd_engine *engine, const struct qd_merge_input *input)
{
    for (size_t i = 0; i < engine->segments.count; i++) {
        if (engine->segments.data[i]->held->generation == input->held->generation) return i;
    }
    qd_unreachable();
}

/* Clears in *to what was live when the merge was planned and is not in `now`. The bitset is made when it is
 * needed first. */
static void carry(struct qd_live_docs **to, uint32_t doc_count, const struct qd_merge_input *input,
                  uint32_t base, const struct qd_live_docs *now)
{
    if (now == NULL || now == input->live) return;
    for (uint32_t doc = 0, target = base; doc < input->held->doc_count; doc++) {
        if (!qd_live_docs_get(input->live, doc)) continue;
        if (!qd_live_docs_get(now, doc)) {
            if (*to == NULL) *to = qd_live_docs_create(doc_count, NULL);
            (void)qd_live_docs_clear(*to, target);
        }
        target++;
    }
}

/* Deletes that happened during the merge: those that searches see already, and those that wait for a
 * refresh. */
static void carry_deletes(const struct qd_engine *engine, const struct qd_merge *merge,
                          struct qd_engine_segment *merged)
{
    if (qd_planted(engine->env, "delete_lost_in_merge")) return;
    uint32_t doc_count = merged->held->doc_count;
    uint32_t base = 0;
    bool waits = false;
    for (uint32_t i = 0; i < merge->count; i++) {
        const struct qd_engine_segment *from = engine->segments.data[find_input(engine, &merge->inputs[i])];
        carry(&merged->published, doc_count, &merge->inputs[i], base, from->published);
        waits = waits || from->pending != NULL;
        base += merge->inputs[i].live_count;
    }
    if (merged->published != NULL) merged->live_dirty = true;
    if (!waits) return;
    base = 0;
    merged->pending = qd_live_docs_create(doc_count, merged->published);
    for (uint32_t i = 0; i < merge->count; i++) {
        const struct qd_engine_segment *from = engine->segments.data[find_input(engine, &merge->inputs[i])];
        carry(&merged->pending, doc_count, &merge->inputs[i], base, from->pending);
        base += merge->inputs[i].live_count;
    }
}

static void replace_inputs(struct qd_engine *engine, struct qd_merge *merge)
{
    size_t place = engine->segments.count;
    for (uint32_t i = 0; i < merge->count; i++) {
        size_t at = find_input(engine, &merge->inputs[i]);
        if (at < place) place = at;
    }
    if (merge->result != NULL) {
        struct qd_engine_segment *merged = qd_engine_add_segment(engine, place, merge->result);
        merge->result = NULL;
        merged->on_disk = merge->to_file;
        carry_deletes(engine, merge, merged);
    }
    for (uint32_t i = 0; i < merge->count; i++) {
        qd_engine_drop_segment(engine, find_input(engine, &merge->inputs[i]));
    }
}

static void unlink_merge(struct qd_engine *engine, struct qd_merge *merge)
{
    struct qd_merge **at = &engine->merges;
    while (*at != merge) at = &(*at)->next;
    *at = merge->next;
}

static void give_up(struct qd_engine *engine, struct qd_merge *merge)
{
    for (uint32_t i = 0; i < merge->count; i++) {
        engine->segments.data[find_input(engine, &merge->inputs[i])]->merging = false;
    }
    /* What cannot be removed now is found by the next cleaning. */
    if (merge->to_file) (void)!engine->env->disk->remove(engine->env, merge->path, NULL);
}

enum qd_status qd_engine_merge_install(struct qd_engine *engine, struct qd_merge *merge, bool failed,
                                       struct qd_error *error)
{
    qd_assert(engine->build == NULL);
    unlink_merge(engine, merge);
    enum qd_status status = qd_engine_check(engine, error);
    if (status == QD_OK && merge->sync_failed) {
        status = qd_error_set(error, QD_IO, "a merged segment could not be synced");
        qd_engine_fail(engine, status, error);
    }
    if (failed || status != QD_OK || (merge->live_count > 0 && merge->result == NULL)) {
        give_up(engine, merge);
        destroy(merge);
        return status;
    }
    replace_inputs(engine, merge);
    engine->dirty = true;
    engine->stats.merge_total++;
    engine->stats.merge_ns += merge->nanoseconds;
    engine->stats.merge_docs += merge->live_count;
    engine->stats.merge_bytes += merge->input_bytes;
    destroy(merge);
    qd_engine_publish_snapshot(engine);
    qd_engine_publish_stats(engine);
    return QD_OK;
}
