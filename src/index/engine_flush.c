/* Flush: segments and deletes to files, then the commit, then what is no longer needed goes. */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "index/engine_internal.h"
#include "platform/new_file.h"

enum qd_status qd_engine_write_segment(struct qd_env *env, struct qd_slice path, struct qd_slice image,
                                       bool *unknown, struct qd_error *error)
{
    struct qd_new_file file = { .path = path, .bytes = image, .sync_bug = "skip_segment_sync" };
    return qd_new_file_write(env, &file, unknown, error);
}

/* Writes an image to its file and goes on with the file: its memory is given back with the last snapshot that
 * uses it. */
static enum qd_status write_segment(struct qd_engine *engine, struct qd_engine_segment *segment,
                                    struct qd_arena *arena, bool *unknown, struct qd_error *error)
{
    struct qd_slice path = qd_segment_path(arena, engine->path, segment->held->generation);
    struct qd_held_segment *file;
    QD_TRY(qd_engine_write_segment(engine->env, path, segment->held->bytes, unknown, error));
    QD_TRY(qd_held_segment_open_file(engine->env, segment->held->generation, path, &file, error));
    qd_held_segment_release(segment->held);
    segment->held = file;
    segment->ids = NULL;
    segment->on_disk = true;
    return QD_OK;
}

static enum qd_status write_live(struct qd_engine *engine, const struct qd_engine_segment *segment,
                                 struct qd_commit_segment *entry, struct qd_arena *arena, bool *unknown,
                                 struct qd_error *error)
{
    entry->live_generation = segment->live_generation;
    if (segment->published == NULL || !segment->live_dirty) return QD_OK;
    if (qd_planted(engine->env, "stale_live_docs_on_flush") && segment->live_generation != 0) return QD_OK;
    entry->live_generation = engine->commit.generation + 1;
    struct qd_slice path =
        qd_live_path(arena, engine->path, segment->held->generation, entry->live_generation);
    return qd_live_docs_write(engine->env, path, segment->published, unknown, error);
}

static enum qd_status write_files(struct qd_engine *engine, struct qd_commit_segment *entries,
                                  struct qd_arena *arena, bool *unknown, struct qd_error *error)
{
    for (size_t i = 0; i < engine->segments.count; i++) {
        struct qd_engine_segment *segment = engine->segments.data[i];
        if (!segment->on_disk) QD_TRY(write_segment(engine, segment, arena, unknown, error));
        QD_TRY(write_live(engine, segment, &entries[i], arena, unknown, error));
        entries[i].generation = segment->held->generation;
        entries[i].size = segment->held->bytes.size;
        entries[i].tail_checksum = qd_commit_tail_checksum(segment->held->bytes);
        entries[i].doc_count = segment->held->doc_count;
        entries[i].live_count =
            segment->published == NULL ? segment->held->doc_count : segment->published->live_count;
    }
    enum qd_status status = engine->env->disk->sync_directory(engine->env, engine->path, error);
    *unknown = *unknown || status != QD_OK;
    return status;
}

static enum qd_status write_commit(struct qd_engine *engine, const struct qd_commit_segment *entries,
                                   const struct qd_engine_cover *cover, bool *unknown,
                                   struct qd_error *error)
{
    struct qd_commit next = engine->commit;
    next.generation++;
    engine->env->random(engine->env, next.id, sizeof(next.id));
    next.translog_generation = cover->translog_generation;
    next.next_segment_generation = engine->next_segment_generation;
    next.max_seq_no = next.local_checkpoint = cover->max_seq_no;
    next.segments = entries;
    next.segment_count = (uint32_t)engine->segments.count;
    QD_TRY(qd_commit_write(engine->env, engine->path, &next, unknown, error));
    next.segments = NULL;
    engine->commit = next;
    engine->stats.commit_docs = 0;
    for (size_t i = 0; i < engine->segments.count; i++) {
        struct qd_engine_segment *segment = engine->segments.data[i];
        segment->committed = true;
        segment->live_dirty = false;
        segment->live_generation = entries[i].live_generation;
        engine->stats.commit_docs += entries[i].live_count;
    }
    return QD_OK;
}

enum qd_status qd_engine_commit(struct qd_engine *engine, const struct qd_engine_cover *cover,
                                struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(4096);
    struct qd_commit_segment *entries =
        QD_NEW_ARRAY(arena, struct qd_commit_segment, engine->segments.count + 1);
    bool unknown = false;
    enum qd_status status = write_files(engine, entries, arena, &unknown, error);
    if (status == QD_OK) status = write_commit(engine, entries, cover, &unknown, error);
    qd_arena_destroy(arena);
    if (unknown || status == QD_CRASHED) qd_engine_fail(engine, status, error);
    return status;
}

/* ---- cleaning ---- */
static bool keeps_segment(const struct qd_engine *engine, uint64_t generation)
{
    for (size_t i = 0; i < engine->segments.count; i++) {
        if (engine->segments.data[i]->held->generation == generation) return true;
    }
    return qd_engine_merge_writes(engine, generation);
}

static bool keeps_live(const struct qd_engine *engine, struct qd_slice name)
{
    char text[64];
    for (size_t i = 0; i < engine->segments.count; i++) {
        const struct qd_engine_segment *segment = engine->segments.data[i];
        if (segment->live_generation == 0) continue;
        snprintf(text, sizeof(text), "live-%llu-%llu", (unsigned long long)segment->held->generation,
                 (unsigned long long)segment->live_generation);
        if (qd_slice_is(name, text)) return true;
    }
    return false;
}

static bool is_garbage(const struct qd_engine *engine, struct qd_slice name)
{
    uint64_t number = 0;
    if (qd_commit_name_number(name, "seg-", &number)) return !keeps_segment(engine, number);
    if (qd_commit_name_number(name, "commit-", &number)) return number != engine->commit.generation;
    if (qd_slice_starts_with(name, QD_SLICE("live-"))) return !keeps_live(engine, name);
    bool temporary = qd_slice_ends_with(name, QD_SLICE(".tmp"));
    if (qd_slice_starts_with(name, QD_SLICE("translog-")) && temporary) return true;
    if (qd_slice_starts_with(name, QD_SLICE("commit-"))) return temporary;
    number = qd_translog_generation_of(name);
    return number != 0 &&
        (number < engine->commit.translog_generation || number > engine->translog.generation);
}

void qd_engine_clean(struct qd_engine *engine)
{
    struct qd_arena *arena = qd_arena_create(4096);
    struct qd_env *env = engine->env;
    struct qd_slice *names;
    size_t count = 0;
    /* What stays behind after an error is found again by the next cleaning. */
    if (env->disk->list(env, engine->path, arena, &names, &count, NULL) != QD_OK) count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_garbage(engine, names[i])) continue;
        struct qd_slice path =
            qd_arena_format(arena, "%.*s/%.*s", QD_SLICE_ARG(engine->path), QD_SLICE_ARG(names[i]));
        if (env->disk->remove(env, path, NULL) != QD_OK) break;
    }
    qd_arena_destroy(arena);
}

/* ---- flush ---- */
enum qd_status qd_engine_roll(struct qd_engine *engine, struct qd_engine_cover *cover, struct qd_error *error)
{
    uint64_t operations = engine->translog.operations;
    uint64_t bytes = engine->translog.size;
    int64_t modified_ms = engine->translog.modified_ms;
    QD_TRY(qd_translog_roll(&engine->translog, error));
    engine->earlier_operations += operations;
    engine->earlier_bytes += bytes;
    if (engine->earlier_modified_ms == 0) engine->earlier_modified_ms = modified_ms;
    *cover = (struct qd_engine_cover){ .translog_generation = engine->translog.generation,
                                       .max_seq_no = engine->max_seq_no,
                                       .operations = engine->earlier_operations,
                                       .bytes = engine->earlier_bytes };
    return QD_OK;
}

/* Makes everything visible and finds out what the commit covers. What came since a build that saves was
 * sealed stays in the buffer and in the translog: a segment of its own would be small, and every operation
 * would wait for it. *nothing: the newest commit has it all. */
static enum qd_status find_cover(struct qd_engine *engine, struct qd_engine_cover *cover, bool *nothing,
                                 struct qd_error *error)
{
    bool changed;
    *nothing = false;
    if (engine->cover.holds) {
        *cover = engine->cover;
        return QD_OK;
    }
    QD_TRY(qd_engine_refresh(engine, &changed, error));
    *nothing = !engine->dirty;
    if (*nothing) return QD_OK;
    enum qd_status status = qd_engine_roll(engine, cover, error);
    return engine->translog.failed ? qd_engine_fail(engine, status, error) : status;
}

static enum qd_status flush(struct qd_engine *engine, struct qd_error *error)
{
    struct qd_engine_cover cover;
    bool nothing;
    QD_TRY(find_cover(engine, &cover, &nothing, error));
    if (nothing) return QD_OK;
    if (qd_planted(engine->env, "translog_trim_too_early")) {
        engine->commit.translog_generation = engine->translog.generation;
        qd_engine_clean(engine);
    }
    QD_TRY(qd_engine_commit(engine, &cover, error));
    engine->earlier_operations -= cover.operations;
    engine->earlier_bytes -= cover.bytes;
    /* The oldest generation that is kept is younger than it was. */
    engine->earlier_modified_ms = 0;
    engine->dirty = engine->changed;
    engine->cover.holds = false;
    qd_engine_publish_snapshot(engine);
    qd_engine_clean(engine);
    return QD_OK;
}

enum qd_status qd_engine_flush(struct qd_engine *engine, struct qd_error *error)
{
    QD_TRY(qd_engine_check(engine, error));
    uint64_t start = qd_engine_now(engine);
    enum qd_status status = flush(engine, error);
    if (status == QD_OK) {
        engine->stats.flush_total++;
        engine->stats.flush_ns += qd_engine_now(engine) - start;
    }
    qd_engine_publish_stats(engine);
    return status;
}
