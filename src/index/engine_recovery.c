/* Opening a shard: a new one, or the newest commit and the operations after it. */
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "index/engine_internal.h"

/* Translog generations since the commit beyond which the next flush commits even without operations. */
#define TRANSLOG_CHAIN_MAX 16

static void name_history(struct qd_engine *engine)
{
    struct qd_slice text = qd_base64_url_encode(engine->arena, qd_slice_make(engine->commit.history_uuid,
                                                                             QD_COMMIT_UUID_SIZE));
    while (text.size > 0 && text.data[text.size - 1] == '=') text.size--;
    engine->history_uuid = text;
    memcpy(engine->translog.uuid, engine->commit.history_uuid, QD_TRANSLOG_UUID_SIZE);
}

/* ---- a new shard ---- */

/* Without a commit nothing was ever acknowledged, because a shard begins with one. Segments, or a translog
 * with operations, say that a commit has been lost. */
static enum qd_status check_untouched(struct qd_engine *engine, struct qd_arena *arena,
                                      struct qd_error *error)
{
    struct qd_env *env = engine->env;
    struct qd_slice *names;
    size_t count;
    QD_TRY(env->disk->list(env, engine->path, arena, &names, &count, error));
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_starts_with(names[i], QD_SLICE("seg-"))) {
            return qd_corrupt(error, names[i], 0, "there are segments but no commit");
        }
        uint64_t generation = qd_translog_generation_of(names[i]);
        if (generation == 0) continue;
        struct qd_file *file;
        uint64_t size = 0;
        QD_TRY(env->disk->open(env, qd_translog_path(arena, engine->path, generation), QD_FILE_READ, &file,
                               error));
        enum qd_status status = env->disk->size(env, file, &size, error);
        env->disk->close(env, file);
        QD_TRY(status);
        if (size > QD_TRANSLOG_HEADER_SIZE) return qd_corrupt(error, names[i], 0, "operations but no commit");
    }
    return QD_OK;
}

/* Makes the names of the shard's directory and of those above it durable. */
static enum qd_status sync_parents(struct qd_engine *engine, struct qd_error *error)
{
    struct qd_slice path = engine->path;
    for (;;) {
        size_t slash = path.size;
        while (slash > 0 && path.data[slash - 1] != '/') slash--;
        if (slash <= 1) break;
        path.size = slash - 1;
        QD_TRY(engine->env->disk->sync_directory(engine->env, path, error));
    }
    return engine->path.data[0] == '/' ? QD_OK
                                       : engine->env->disk->sync_directory(engine->env, QD_SLICE(""), error);
}

static enum qd_status create_shard(struct qd_engine *engine, struct qd_arena *arena, struct qd_error *error)
{
    QD_TRY(check_untouched(engine, arena, error));
    QD_TRY(sync_parents(engine, error));
    engine->commit = (struct qd_commit){ .max_seq_no = -1, .local_checkpoint = -1 };
    engine->env->random(engine->env, engine->commit.history_uuid, QD_COMMIT_UUID_SIZE);
    name_history(engine);
    struct qd_translog_previous none = { 0, 0 };
    QD_TRY(qd_translog_create(&engine->translog, 1, none, error));
    struct qd_engine_cover cover = { .translog_generation = engine->translog.generation, .max_seq_no = -1 };
    return qd_engine_commit(engine, &cover, error);
}

/* ---- an old shard ---- */
static enum qd_status load_live(struct qd_engine *engine, struct qd_engine_segment *segment,
                                const struct qd_commit_segment *entry, struct qd_arena *arena,
                                    struct qd_error *error)
{
    segment->live_generation = entry->live_generation;
    if (entry->live_generation == 0) {
        if (entry->live_count == entry->doc_count) return QD_OK;
        return qd_corrupt(error, engine->path, 0, "a commit with deletes but without their file");
    }
    struct qd_slice path = qd_live_path(arena, engine->path, entry->generation, entry->live_generation);
    QD_TRY(qd_live_docs_read(engine->env, path, entry->doc_count, &segment->published, error));
    if (segment->published->live_count != entry->live_count &&
        !qd_planted(engine->env, "stale_live_docs_on_flush")) {
        return qd_corrupt(error, path, 0, "live documents of another commit");
    }
    return QD_OK;
}

static enum qd_status load_segment(struct qd_engine *engine, const struct qd_commit_segment *entry,
                                   struct qd_arena *arena, struct qd_error *error)
{
    struct qd_held_segment *held;
    struct qd_slice path = qd_segment_path(arena, engine->path, entry->generation);
    QD_TRY(qd_held_segment_open_file(engine->env, entry->generation, path, &held, error));
    struct qd_engine_segment *segment = qd_engine_add_segment(engine, engine->segments.count, held);
    segment->on_disk = true;
    segment->committed = true;
    bool same = held->bytes.size == entry->size && held->doc_count == entry->doc_count &&
                qd_commit_tail_checksum(held->bytes) == entry->tail_checksum;
    if (!same && !qd_planted(engine->env, "skip_checksum_check")) {
        return qd_corrupt(error, path, 0, "the segment is not the one of the commit");
    }
    return load_live(engine, segment, entry, arena, error);
}

/* What a replay needs. */
struct replay {
    struct qd_engine *engine;
    const struct qd_engine_parser *parser;
    struct qd_arena *arena; /* reset after each operation */
    uint64_t applied;
};

static enum qd_status replay_operation(void *context, const struct qd_translog_operation *operation,
                                       struct qd_error *error)
{
    struct replay *replay = context;
    struct qd_engine *engine = replay->engine;
    if (operation->seq_no <= engine->commit.local_checkpoint) return QD_OK;
    struct qd_document document;
    bool is_index = operation->kind == QD_TRANSLOG_INDEX;
    if (is_index) {
        QD_TRY(replay->parser->parse(replay->parser->context, operation->id, operation->routing,
                                     operation->source, replay->arena, &document, error));
    }
    QD_TRY(qd_engine_replay(engine, operation, is_index ? &document : NULL, error));
    replay->applied++;
    qd_arena_reset(replay->arena);
    uint64_t limit = engine->options.buffer_bytes_max > 0 ? engine->options.buffer_bytes_max : UINT64_MAX;
    size_t held = engine->buffer == NULL ? 0 : qd_index_buffer_size(engine->buffer);
    if (held < limit && held < QD_ENGINE_BUFFER_HARD_MAX) return QD_OK;
    bool changed;
    return qd_engine_refresh(engine, &changed, error);
}

static enum qd_status replay_translog(struct qd_engine *engine, const struct qd_engine_parser *parser,
                                      struct qd_error *error)
{
    struct replay replay = { engine, parser, qd_arena_create(64 * 1024), 0 };
    struct qd_translog_visitor visitor = { &replay, replay_operation };
    struct qd_translog_recovered recovered;
    enum qd_status status =
        qd_translog_replay(&engine->translog, engine->commit.translog_generation, &visitor, &recovered,
                           error);
    qd_arena_destroy(replay.arena);
    QD_TRY(status);
    struct qd_translog_previous previous = { recovered.last_generation, recovered.last_size };
    QD_TRY(qd_translog_create(&engine->translog, recovered.highest_file + 1, previous, error));
    engine->earlier_operations = recovered.operations;
    engine->earlier_bytes = recovered.bytes;
    /* When the old files were written is not known: their age counts from now. */
    engine->earlier_modified_ms = engine->translog.modified_ms;
    engine->recovery.operations = replay.applied;
    /* A long chain of generations left by restarts is worth a commit of its own. */
    uint64_t chain = engine->translog.generation - engine->commit.translog_generation;
    engine->dirty = recovered.operations > 0 || chain >= TRANSLOG_CHAIN_MAX;
    return QD_OK;
}

/* For the record of the recovery. */
static void remember_files(struct qd_engine *engine, const struct qd_commit *commit)
{
    struct qd_engine_recovery *recovery = &engine->recovery;
    struct qd_engine_recovered_file *files =
        QD_NEW_ARRAY(engine->arena, struct qd_engine_recovered_file, commit->segment_count);
    for (uint32_t i = 0; i < commit->segment_count; i++) {
        files[i] = (struct qd_engine_recovered_file){ commit->segments[i].generation,
                                                      commit->segments[i].size };
        recovery->bytes += files[i].size;
    }
    recovery->files = files;
    recovery->file_count = commit->segment_count;
}

static enum qd_status load_shard(struct qd_engine *engine, const struct qd_commit *commit,
                                 const struct qd_engine_parser *parser, struct qd_arena *arena,
                                     struct qd_error *error)
{
    uint64_t start = qd_engine_now(engine);
    engine->commit = *commit;
    engine->commit.segments = NULL;
    engine->recovery.existing = true;
    engine->next_segment_generation = commit->next_segment_generation;
    engine->max_seq_no = commit->max_seq_no;
    name_history(engine);
    for (uint32_t i = 0; i < commit->segment_count; i++) {
        QD_TRY(load_segment(engine, &commit->segments[i], arena, error));
        engine->stats.commit_docs += commit->segments[i].live_count;
    }
    remember_files(engine, commit);
    engine->recovery.index_ns = qd_engine_now(engine) - start;
    QD_TRY(replay_translog(engine, parser, error));
    /* Starting the translog has synced the directory: the manifest is durable even when the process died
     * before it was, and what it does not name can go. */
    qd_engine_clean(engine);
    return QD_OK;
}

enum qd_status qd_engine_recover(struct qd_engine *engine, const struct qd_engine_parser *parser,
                                 struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(4096);
    struct qd_commit commit;
    bool found = false;
    uint64_t start = qd_engine_now(engine);
    enum qd_status status = engine->env->disk->make_directory(engine->env, engine->path, error);
    if (status == QD_OK) {
        status = qd_commit_read_newest(engine->env, engine->path, arena, &commit, &found, error);
    }
    if (status == QD_OK) {
        status = found ? load_shard(engine, &commit, parser, arena, error)
            : create_shard(engine, arena, error);
    }
    qd_arena_destroy(arena);
    QD_TRY(status);
    if (!found) engine->recovery.index_ns = qd_engine_now(engine) - start;
    engine->changed = true;
    bool changed;
    QD_TRY(qd_engine_refresh(engine, &changed, error));
    engine->recovery.translog_ns = qd_engine_now(engine) - start - engine->recovery.index_ns;
    engine->stats = (struct qd_engine_stats){ .docs = engine->stats.docs,
                                              .docs_deleted = engine->stats.docs_deleted,
                                              .store_bytes = engine->stats.store_bytes,
                                              .commit_docs = engine->stats.commit_docs,
                                              .segment_count = engine->stats.segment_count };
    return QD_OK;
}
