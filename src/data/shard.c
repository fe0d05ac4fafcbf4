#include "data/shard.h"

#include <stdlib.h>

#include "base/assert.h"
#include "data/data.h"
#include "data/remove_tree.h"
#include "search/document_cache.h"

/* ---- jobs ---- */

/* Closing waits until nothing else is queued or runs: a merge comes back to the lane after its part in the
 * pool. */
static void submit_close(struct qd_shard *shard)
{
    if (shard->closing == NULL || shard->close_submitted || shard->jobs > 0) return;
    shard->close_submitted = true;
    qd_shard_submit(shard, shard->closing);
}

static void job_run(void *context)
{
    struct qd_shard_job *job = context;
    job->run(job);
    const struct qd_engine *engine = job->shard->engine;
    job->engine_failed = engine != NULL && qd_engine_failure(engine).data != NULL;
}

static void stop_timers(struct qd_shard *shard)
{
    if (shard->refresh_timer != NULL) shard->env->clock->timer_stop(shard->env, shard->refresh_timer);
    if (shard->sync_timer != NULL) shard->env->clock->timer_stop(shard->env, shard->sync_timer);
    shard->refresh_timer = shard->sync_timer = NULL;
}

/* What is in the memory of a failed engine may be more than what is on disk: the shard must be closed and
 * opened again, which is up to the master. */
static void fail_shard(struct qd_shard *shard)
{
    shard->phase = QD_SHARD_PHASE_FAILED;
    shard->failure = qd_arena_format(shard->arena, "shard failure, reason [%.*s]",
                                     QD_SLICE_ARG(qd_engine_failure(shard->engine)));
    stop_timers(shard);
    shard->opened(shard);
}

static void job_done(void *context)
{
    struct qd_shard_job *job = context;
    struct qd_shard *shard = job->shard;
    bool closes = shard->closing == job && shard->close_submitted;
    shard->jobs--;
    qd_schema_release(job->schema);
    job->schema = NULL;
    if (job->engine_failed && shard->phase == QD_SHARD_PHASE_STARTED) fail_shard(shard);
    job->done(job);
    /* The closing job has freed the shard; after any other one a waiting close may have its turn. */
    if (!closes) submit_close(shard);
}

void qd_shard_submit(struct qd_shard *shard, struct qd_shard_job *job)
{
    job->shard = shard;
    job->schema = qd_schema_retain(shard->schema);
    shard->jobs++;
    shard->env->work->submit(shard->env, job->work_class, shard->lane, job_run, job_done, job);
}

/* ---- opening ---- */

struct open_job {
    struct qd_shard_job job;
    struct qd_arena *arena;
    struct qd_error error;
    enum qd_status status;
};

/* Recovery parses replayed documents by the mapping of the time of opening. */
static enum qd_status parse_replayed(void *context, struct qd_slice id, struct qd_slice routing,
                                     struct qd_slice source, struct qd_arena *arena,
                                     struct qd_document *document, struct qd_error *error)
{
    const struct qd_schema *schema = context;
    struct qd_json_document *json = QD_NEW(arena, struct qd_json_document);
    struct qd_slice update;
    QD_TRY(qd_json_parse(arena, source, json, error));
    struct qd_document_input input = { .id = id, .routing = routing, .json = json };
    return qd_document_parse(schema->mapping, &input, arena, document, &update, error);
}

static void open_run(struct qd_shard_job *job)
{
    struct open_job *open = (struct open_job *)job;
    struct qd_shard *shard = job->shard;
    struct qd_engine_parser parser = { .context = job->schema, .parse = parse_replayed };
    open->status = qd_engine_open(shard->env, shard->path, &job->schema->engine, &parser, &shard->engine,
                                  &open->error);
}

static void record_opening(struct qd_shard *shard)
{
    const struct qd_engine_recovery *engine = qd_engine_recovery(shard->engine);
    struct qd_shard_recovery *recovery = &shard->recovery;
    struct qd_engine_recovered_file *files =
        QD_NEW_ARRAY(shard->arena, struct qd_engine_recovered_file, engine->file_count);
    for (uint32_t i = 0; i < engine->file_count; i++) files[i] = engine->files[i];
    recovery->existing = engine->existing;
    recovery->files = files;
    recovery->file_count = engine->file_count;
    recovery->bytes = engine->bytes;
    recovery->operations = engine->operations;
    recovery->index_ns = engine->index_ns;
    recovery->translog_ns = engine->translog_ns;
}

void qd_shard_note_reopened(struct qd_shard *shard)
{
    struct qd_snapshot *snapshot = qd_engine_acquire(shard->engine);
    int64_t now_ms = shard->env->clock->wall_ms(shard->env);
    struct qd_shard_recovery recovery = { .existing = true, .start_ms = now_ms, .stop_ms = now_ms };
    /* Lists of earlier times stay in the arena: closing and opening is rare and the lists are short. */
    struct qd_engine_recovered_file *files =
        QD_NEW_ARRAY(shard->arena, struct qd_engine_recovered_file, snapshot->segment_count);
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        const struct qd_snapshot_segment *segment = &snapshot->segments[i];
        if (!segment->committed) continue;
        files[recovery.file_count].generation = segment->generation;
        files[recovery.file_count++].size = qd_segment_size(segment->segment);
        recovery.bytes += qd_segment_size(segment->segment);
    }
    recovery.files = files;
    shard->recovery = recovery;
    qd_snapshot_release(snapshot);
}

static void open_done(struct qd_shard_job *job)
{
    struct open_job *open = (struct open_job *)job;
    struct qd_shard *shard = job->shard;
    shard->recovery.stop_ms = shard->env->clock->wall_ms(shard->env);
    if (open->status == QD_OK) {
        record_opening(shard);
        shard->phase = QD_SHARD_PHASE_STARTED;
    } else {
        shard->phase = QD_SHARD_PHASE_FAILED;
        shard->failure = qd_arena_format(shard->arena, "failed recovery, failure [%.*s]",
                                         QD_SLICE_ARG(open->error.reason));
    }
    qd_arena_destroy(open->arena);
    shard->opened(shard);
}

struct qd_shard *qd_shard_open(struct qd_data *data, const struct qd_index_metadata *index,
                               const struct qd_shard_routing *routing, struct qd_schema *schema,
                               void (*opened)(struct qd_shard *shard))
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_shard *shard = QD_NEW(arena, struct qd_shard);
    shard->arena = arena;
    shard->env = qd_data_env(data);
    shard->data = data;
    shard->index_name = qd_arena_copy(arena, index->name);
    shard->index_uuid = qd_arena_copy(arena, index->uuid);
    shard->allocation_id = qd_arena_copy(arena, routing->allocation_id);
    shard->number = routing->shard;
    shard->primary = routing->primary;
    shard->index_closed = index->closed;
    shard->primary_term = index->primary_terms[routing->shard];
    shard->path = qd_arena_format(arena, "indices/%.*s/%u", QD_SLICE_ARG(index->uuid), routing->shard);
    shard->schema = qd_schema_retain(schema);
    shard->lane = shard->env->work->lane_create(shard->env);
    shard->write_queue_end = &shard->write_queue;
    shard->opened = opened;
    shard->documents_owner = qd_document_cache_owner(qd_data_documents(data));
    shard->recovery.start_ms = shard->env->clock->wall_ms(shard->env);
    shard->searched = shard->written = shard->env->clock->monotonic(shard->env);
    struct qd_arena *job_arena = qd_arena_create(0);
    struct open_job *open = QD_NEW(job_arena, struct open_job);
    open->arena = job_arena;
    open->job.run = open_run;
    open->job.done = open_done;
    qd_error_init(&open->error, job_arena);
    qd_shard_submit(shard, &open->job);
    return shard;
}

/* ---- closing ---- */

struct close_job {
    struct qd_shard_job job;
    struct qd_arena *arena;
    bool remove_files;
    void (*closed)(struct qd_shard *shard);
};

static void close_run(struct qd_shard_job *job)
{
    struct close_job *close = (struct close_job *)job;
    struct qd_shard *shard = job->shard;
    if (shard->engine != NULL) {
        /* What async durability has not synced yet is synced on a clean close; a failure here loses what was
         * never promised. */
        if (!close->remove_files && qd_engine_sync(shard->engine, NULL) != QD_OK) {
            shard->env->log(shard->env, QD_SLICE("closing a shard: the translog could not be synced"));
        }
        qd_engine_close(shard->engine);
        shard->engine = NULL;
    }
    if (close->remove_files && qd_remove_tree(shard->env, shard->path, NULL) != QD_OK) {
        shard->env->log(shard->env, QD_SLICE("deleting a shard: some files could not be removed"));
    }
}

static void close_done(struct qd_shard_job *job)
{
    struct close_job *close = (struct close_job *)job;
    struct qd_shard *shard = job->shard;
    void (*closed)(struct qd_shard *) = close->closed;
    qd_arena_destroy(close->arena);
    qd_assert(shard->jobs == 0);
    shard->env->work->lane_destroy(shard->env, shard->lane);
    qd_schema_release(shard->schema);
    closed(shard);
    qd_arena_destroy(shard->arena);
}

void qd_shard_close(struct qd_shard *shard, bool remove_files, void (*closed)(struct qd_shard *shard))
{
    struct qd_arena *arena = qd_arena_create(0);
    struct close_job *close = QD_NEW(arena, struct close_job);
    shard->phase = QD_SHARD_PHASE_CLOSING;
    stop_timers(shard);
    close->arena = arena;
    close->remove_files = remove_files;
    close->closed = closed;
    close->job.run = close_run;
    close->job.done = close_done;
    shard->closing = &close->job;
    submit_close(shard);
}

/* ---- schema ---- */

struct options_job {
    struct qd_shard_job job;
    struct qd_arena *arena;
};

static void options_run(struct qd_shard_job *job)
{
    if (job->shard->engine != NULL) qd_engine_set_options(job->shard->engine, &job->schema->engine);
}

static void options_done(struct qd_shard_job *job)
{
    qd_arena_destroy(((struct options_job *)job)->arena);
}

void qd_shard_set_schema(struct qd_shard *shard, struct qd_schema *schema)
{
    bool settings_changed = schema->settings_version != shard->schema->settings_version;
    bool interval_changed = schema->refresh_interval_ms != shard->schema->refresh_interval_ms ||
                            schema->refresh_interval_explicit != shard->schema->refresh_interval_explicit ||
                            schema->search_idle_after_ms != shard->schema->search_idle_after_ms;
    qd_schema_retain(schema);
    qd_schema_release(shard->schema);
    shard->schema = schema;
    if (!settings_changed || shard->phase == QD_SHARD_PHASE_CLOSING) return;
    if (interval_changed) qd_shard_reschedule(shard);
    struct qd_arena *arena = qd_arena_create(0);
    struct options_job *options = QD_NEW(arena, struct options_job);
    options->arena = arena;
    options->job.run = options_run;
    options->job.done = options_done;
    qd_shard_submit(shard, &options->job);
}

/* ---- groups of searches ---- */

struct qd_search_group *qd_shard_search_group(struct qd_shard *shard, struct qd_slice name)
{
    struct qd_search_group **at = &shard->groups;
    int order = -1;
    while (*at != NULL && (order = qd_slice_compare((*at)->name, name)) < 0) at = &(*at)->next;
    if (*at != NULL && order == 0) return *at;
    if (shard->group_count >= QD_SEARCH_GROUPS_MAX) return NULL;
    struct qd_search_group *group = QD_NEW(shard->arena, struct qd_search_group);
    group->name = qd_arena_copy(shard->arena, name);
    group->next = *at;
    *at = group;
    shard->group_count++;
    return group;
}

/* ---- readers ---- */

void qd_shard_reader_acquire(struct qd_shard *shard, struct qd_shard_reader *reader)
{
    qd_assert(shard->phase == QD_SHARD_PHASE_STARTED);
    reader->snapshot = qd_engine_acquire(shard->engine);
    reader->schema = qd_schema_retain(shard->schema);
    reader->number = shard->number;
    reader->documents_owner = shard->documents_owner;
}

void qd_shard_reader_release(struct qd_shard_reader *reader)
{
    if (reader->snapshot == NULL) return;
    qd_snapshot_release(reader->snapshot);
    qd_schema_release(reader->schema);
    reader->snapshot = NULL;
}
