/* What a shard does by itself or when it is asked to: refresh, sync, flush, merge. */
#include <stdlib.h>

#include "base/assert.h"
#include "data/actions.h"
#include "data/data.h"
#include "data/shard.h"
#include "index/fielddata.h"

/* ---- merging: planned on the lane, run in the pool, installed on the lane ---- */

struct merge_job {
    struct qd_shard_job job;
    struct qd_arena *arena;
    struct qd_merge *merge;
    struct qd_error error;
    enum qd_status status;
    bool blocked;                 /* the installation met a build */
    uint32_t max_segments;
    bool only_deletes;
    struct qd_maintenance *asked; /* a force merge that waits for the end, or NULL */
};

static void merge_start(struct qd_shard *shard, struct qd_maintenance *asked);

static void merge_end(struct merge_job *merge)
{
    struct qd_shard *shard = merge->job.shard;
    struct qd_maintenance *asked = merge->asked;
    bool again = merge->merge != NULL && merge->status == QD_OK && shard->phase == QD_SHARD_PHASE_STARTED;
    shard->merging = false;
    if (asked != NULL && !again) {
        asked->status = merge->status;
        if (merge->status != QD_OK) qd_error_copy(&asked->error, asked->error.arena, &merge->error);
    }
    qd_arena_destroy(merge->arena);
    if (again) {
        merge_start(shard, asked);
        return;
    }
    struct qd_maintenance *next = shard->waiting_merges;
    if (next != NULL) {
        shard->waiting_merges = next->next;
        merge_start(shard, next);
    }
    if (asked != NULL) asked->done(asked);
}

static void install_run(struct qd_shard_job *job)
{
    struct merge_job *merge = (struct merge_job *)job;
    bool failed = merge->status != QD_OK;
    merge->blocked = qd_engine_building(job->shard->engine);
    if (merge->blocked) return;
    enum qd_status status = qd_engine_merge_install(job->shard->engine, merge->merge, failed,
                                                    failed ? NULL : &merge->error);
    if (!failed) merge->status = status;
}

static void install_done(struct qd_shard_job *job)
{
    struct merge_job *merge = (struct merge_job *)job;
    if (merge->blocked) {
        qd_shard_after_build(job->shard, job);
    } else {
        merge_end(merge);
    }
}

static void count_merge(const struct merge_job *merge, bool begins)
{
    struct qd_shard_counters *counters = &merge->job.shard->counters;
    uint64_t docs, bytes;
    qd_merge_size(merge->merge, &docs, &bytes);
    /* There is one at a time. */
    counters->merge_current = begins;
    counters->merge_current_docs = begins ? docs : 0;
    counters->merge_current_bytes = begins ? bytes : 0;
}

static void pool_run(void *context)
{
    struct merge_job *merge = context;
    merge->status = qd_merge_run(merge->merge, &merge->error);
}

static void pool_done(void *context)
{
    struct merge_job *merge = context;
    struct qd_shard *shard = merge->job.shard;
    count_merge(merge, false);
    /* The shard counts this as a job of its own, so that it is not closed meanwhile. */
    shard->jobs--;
    merge->job.run = install_run;
    merge->job.done = install_done;
    qd_shard_submit(shard, &merge->job);
}

static void plan_run(struct qd_shard_job *job)
{
    struct merge_job *merge = (struct merge_job *)job;
    merge->merge = qd_engine_merge_plan(job->shard->engine, merge->max_segments, merge->only_deletes);
}

static void plan_done(struct qd_shard_job *job)
{
    struct merge_job *merge = (struct merge_job *)job;
    if (merge->merge == NULL) {
        merge_end(merge);
        return;
    }
    job->shard->jobs++;
    count_merge(merge, true);
    job->shard->env->work->submit(job->shard->env, job->work_class, NULL, pool_run, pool_done, merge);
}

static void merge_start(struct qd_shard *shard, struct qd_maintenance *asked)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct merge_job *merge = QD_NEW(arena, struct merge_job);
    merge->arena = arena;
    merge->asked = asked;
    if (asked != NULL) {
        merge->max_segments = asked->max_segments;
        merge->only_deletes = asked->only_deletes;
    }
    merge->job.work_class = asked != NULL ? QD_WORK_FORCE_MERGE : QD_WORK_MERGE;
    merge->job.run = plan_run;
    merge->job.done = plan_done;
    qd_error_init(&merge->error, arena);
    shard->merging = true;
    qd_shard_submit(shard, &merge->job);
}

/* ---- refresh, sync, flush: the lane seals the index buffer, the pool makes a segment of it, the lane puts
 * it in place; a flush then finds little left to write ---- */

void qd_shard_after_build(struct qd_shard *shard, struct qd_shard_job *job)
{
    if (!shard->building) {
        qd_shard_submit(shard, job);
        return;
    }
    struct qd_shard_job **end = &shard->build_waiters;
    while (*end != NULL) end = &(*end)->next;
    job->next = NULL;
    *end = job;
}

static void maintain_run(struct qd_shard_job *job)
{
    struct qd_maintenance *asked = (struct qd_maintenance *)job;
    struct qd_engine *engine = job->shard->engine;
    asked->status = QD_OK;
    asked->build = NULL;
    if (asked->clear_fielddata) qd_fielddata_drop(engine, asked->clear_fields);
    asked->clear_fielddata = false;
    asked->blocked = (asked->refresh || asked->flush) && qd_engine_building(engine);
    if (asked->blocked) return;
    if (asked->sync) asked->status = qd_engine_sync(engine, &asked->error);
    if (asked->status == QD_OK && (asked->refresh || asked->flush)) {
        if (!asked->built) {
            asked->covers = job->shard->batches;
            asked->build = qd_engine_seal(engine, asked->flush);
        }
        if (asked->build != NULL) return;
    }
    /* What a build has shown need not be shown again; what came meanwhile waits for the next refresh. */
    if (asked->status == QD_OK && asked->refresh && !asked->built) {
        asked->status = qd_engine_refresh(engine, &asked->changed, &asked->error);
    }
    if (asked->status == QD_OK && asked->flush) asked->status = qd_engine_flush(engine, &asked->error);
}

static void maintain_end(struct qd_maintenance *asked)
{
    struct qd_shard *shard = asked->job.shard;
    if (asked->refresh || asked->flush) {
        qd_shard_refreshed(shard, asked->covers, asked->status == QD_OK ? NULL : &asked->error);
    }
    if (shard->phase == QD_SHARD_PHASE_STARTED && asked->status == QD_OK) {
        if (asked->force_merge && shard->merging) {
            asked->next = shard->waiting_merges;
            shard->waiting_merges = asked;
            return;
        }
        if (asked->force_merge) {
            merge_start(shard, asked);
            return;
        }
        if ((asked->refresh || asked->flush) && !shard->merging) merge_start(shard, NULL);
    }
    asked->done(asked);
}

static void build_install_run(struct qd_shard_job *job)
{
    struct qd_maintenance *asked = (struct qd_maintenance *)job;
    bool failed = asked->status != QD_OK;
    asked->status = qd_engine_build_install(job->shard->engine, asked->build, failed, &asked->error);
    asked->changed = asked->status == QD_OK;
}

static void maintain_done(struct qd_shard_job *job);

static void build_installed(struct qd_shard_job *job)
{
    struct qd_maintenance *asked = (struct qd_maintenance *)job;
    struct qd_shard *shard = job->shard;
    struct qd_shard_job *waiting = shard->build_waiters;
    bool goes_on = asked->flush && asked->status == QD_OK;
    shard->building = false;
    shard->build_waiters = NULL;
    /* A flush goes on before others seal again: then it has just what its build has saved to commit. */
    if (goes_on) {
        asked->built = true;
        job->run = maintain_run;
        job->done = maintain_done;
        qd_shard_submit(shard, job);
    }
    while (waiting != NULL) {
        struct qd_shard_job *next = waiting->next;
        qd_shard_submit(shard, waiting);
        waiting = next;
    }
    qd_write_resume(shard);
    if (!goes_on) maintain_end(asked);
}

static void build_run(void *context)
{
    struct qd_maintenance *asked = context;
    asked->status = qd_build_run(asked->build, &asked->error);
}

static void build_done(void *context)
{
    struct qd_maintenance *asked = context;
    struct qd_shard *shard = asked->job.shard;
    /* The lane counts it as a job of its own, so that the shard is not closed meanwhile. */
    shard->jobs--;
    asked->job.run = build_install_run;
    asked->job.done = build_installed;
    qd_shard_submit(shard, &asked->job);
}

static void maintain_done(struct qd_shard_job *job)
{
    struct qd_maintenance *asked = (struct qd_maintenance *)job;
    struct qd_shard *shard = job->shard;
    if (asked->blocked) {
        qd_shard_after_build(shard, job);
    } else if (asked->build != NULL) {
        shard->building = true;
        shard->sealed = shard->env->clock->monotonic(shard->env);
        shard->jobs++;
        shard->env->work->submit(shard->env, job->work_class, NULL, build_run, build_done, asked);
    } else {
        maintain_end(asked);
    }
}

/* A job of several parts is counted as the part that costs most. */
static enum qd_work_class class_of(const struct qd_maintenance *maintenance)
{
    if (maintenance->flush) return QD_WORK_FLUSH;
    if (maintenance->refresh) return QD_WORK_REFRESH;
    return maintenance->force_merge ? QD_WORK_FORCE_MERGE : QD_WORK_TRANSLOG_SYNC;
}

void qd_shard_maintain(struct qd_shard *shard, struct qd_maintenance *maintenance)
{
    maintenance->job.work_class = class_of(maintenance);
    maintenance->job.run = maintain_run;
    maintenance->job.done = maintain_done;
    qd_shard_submit(shard, &maintenance->job);
}

/* ---- by itself ---- */

/* A shard without writes for this long shows what it has, though nobody searches. Source:
 * indices.memory.shard_inactive_time. */
#define INACTIVE_MS 300000

static void refresh_fired(void *context);

static void own_done(struct qd_maintenance *maintenance)
{
    struct qd_shard *shard = maintenance->job.shard;
    shard->maintaining = false;
    shard->counters.flush_periodic += maintenance->flush && maintenance->status == QD_OK;
    if (maintenance->status != QD_OK && maintenance->status != QD_CRASHED) {
        shard->env->log(shard->env, maintenance->error.reason);
    }
    qd_arena_destroy(maintenance->error.arena);
}

static void maintain_itself(struct qd_shard *shard, bool refresh, bool sync)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_maintenance *maintenance = QD_NEW(arena, struct qd_maintenance);
    qd_error_init(&maintenance->error, arena);
    maintenance->refresh = refresh;
    maintenance->sync = sync;
    maintenance->flush = qd_engine_wants_flush(shard->engine);
    maintenance->done = own_done;
    shard->maintaining = true;
    qd_shard_maintain(shard, maintenance);
}

void qd_shard_refreshed(struct qd_shard *shard, uint64_t covers, const struct qd_error *error)
{
    if (error == NULL && covers > shard->batches_visible) shard->batches_visible = covers;
    qd_write_refreshed(shard, covers, error);
}

static bool dirty(const struct qd_shard *shard)
{
    return shard->batches_done > shard->batches_visible;
}

static int64_t since_ms(const struct qd_shard *shard, struct qd_instant earlier)
{
    return qd_instant_since(shard->env->clock->monotonic(shard->env), earlier).nanoseconds / 1000000;
}

bool qd_shard_search_idle(const struct qd_shard *shard)
{
    const struct qd_schema *schema = shard->schema;
    return !schema->refresh_interval_explicit &&
           since_ms(shard, shard->searched) >= schema->search_idle_after_ms;
}

/* Nobody looks at what a refresh would show: it waits for a search, or for the end of the writing. */
static bool skip_refresh(struct qd_shard *shard)
{
    int64_t quiet_ms = since_ms(shard, shard->written);
    if (!qd_shard_search_idle(shard) || shard->refresh_waiters != NULL) return false;
    if (quiet_ms >= INACTIVE_MS) return false;
    shard->batches_skipped = shard->batches_done;
    shard->refresh_timer = shard->env->clock->timer_start(shard->env, qd_duration_ms(INACTIVE_MS - quiet_ms),
                                                          refresh_fired, shard);
    return true;
}

/* What a build has not shown is younger than its sealing: it is due an interval after that. A shard that
 * fills one buffer after the other then makes no small segments in between. */
static bool postpone_refresh(struct qd_shard *shard)
{
    int64_t age_ms = since_ms(shard, shard->sealed);
    int64_t interval_ms = shard->schema->refresh_interval_ms;
    if (age_ms < 0 || age_ms >= interval_ms) return false;
    shard->refresh_timer = shard->env->clock->timer_start(
        shard->env, qd_duration_ms(interval_ms - age_ms), refresh_fired, shard);
    return true;
}

static void refresh_fired(void *context)
{
    struct qd_shard *shard = context;
    shard->refresh_timer = NULL;
    if (shard->phase != QD_SHARD_PHASE_STARTED || !dirty(shard) || skip_refresh(shard)) return;
    if (!postpone_refresh(shard)) maintain_itself(shard, true, false);
}

static void sync_fired(void *context)
{
    struct qd_shard *shard = context;
    shard->sync_timer = NULL;
    if (shard->phase != QD_SHARD_PHASE_STARTED || !shard->unsynced) return;
    shard->unsynced = false;
    maintain_itself(shard, false, true);
}

static void schedule_refresh(struct qd_shard *shard)
{
    const struct qd_schema *schema = shard->schema;
    if (shard->refresh_timer != NULL || schema->refresh_interval_ms < 0) return;
    shard->refresh_timer = shard->env->clock->timer_start(
        shard->env, qd_duration_ms(schema->refresh_interval_ms), refresh_fired, shard);
}

void qd_shard_reschedule(struct qd_shard *shard)
{
    if (shard->refresh_timer != NULL) shard->env->clock->timer_stop(shard->env, shard->refresh_timer);
    shard->refresh_timer = NULL;
    if (shard->phase == QD_SHARD_PHASE_STARTED && dirty(shard)) schedule_refresh(shard);
}

void qd_shard_touched(struct qd_shard *shard, uint64_t batch)
{
    const struct qd_schema *schema = shard->schema;
    shard->batches_done = batch;
    shard->written = shard->env->clock->monotonic(shard->env);
    if (shard->phase != QD_SHARD_PHASE_STARTED) return;
    if (dirty(shard)) schedule_refresh(shard);
    if (!schema->engine.durability_request) {
        shard->unsynced = true;
        if (shard->sync_timer == NULL) {
            shard->sync_timer = shard->env->clock->timer_start(
                shard->env, qd_duration_ms(schema->sync_interval_ms), sync_fired, shard);
        }
    }
    if (shard->maintaining) return;
    bool refresh = qd_engine_wants_refresh(shard->engine);
    if (refresh || qd_engine_needs_flush(shard->engine)) maintain_itself(shard, refresh, false);
}

/* ---- searches that find refreshes skipped ---- */

static void start_awaited(struct qd_shard *shard);

/* Those that see what they have to see go on; the others have come later and wait for another refresh. */
static void awaited_done(struct qd_maintenance *maintenance)
{
    struct qd_shard *shard = maintenance->job.shard;
    bool all = maintenance->status != QD_OK || shard->phase != QD_SHARD_PHASE_STARTED;
    struct qd_shard_access *waiting = shard->search_waiters;
    struct qd_shard_access **keep = &shard->search_waiters;
    struct qd_shard_access *ready = NULL;
    struct qd_shard_access **ready_end = &ready;
    for (; waiting != NULL; waiting = waiting->next) {
        bool goes = all || waiting->batch <= shard->batches_visible;
        *(goes ? ready_end : keep) = waiting;
        if (goes) ready_end = &waiting->next;
        else keep = &waiting->next;
    }
    *keep = *ready_end = NULL;
    if (shard->search_waiters != NULL) start_awaited(shard);
    qd_arena_destroy(maintenance->error.arena);
    while (ready != NULL) {
        struct qd_shard_access *next = ready->next;
        ready->ready(ready);
        ready = next;
    }
}

static void start_awaited(struct qd_shard *shard)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_maintenance *maintenance = QD_NEW(arena, struct qd_maintenance);
    qd_error_init(&maintenance->error, arena);
    maintenance->refresh = true;
    maintenance->done = awaited_done;
    qd_shard_maintain(shard, maintenance);
}

void qd_shard_await_search(struct qd_shard *shard, struct qd_shard_access *access)
{
    bool idle = qd_shard_search_idle(shard);
    bool waits = shard->batches_skipped > shard->batches_visible;
    shard->searched = shard->env->clock->monotonic(shard->env);
    if (idle) qd_shard_reschedule(shard);
    if (!waits) {
        access->ready(access);
        return;
    }
    shard->counters.idle_reactivations += idle;
    access->batch = shard->batches_skipped;
    access->next = NULL;
    struct qd_shard_access **end = &shard->search_waiters;
    bool first = *end == NULL;
    while (*end != NULL) end = &(*end)->next;
    *end = access;
    if (first) start_awaited(shard);
}
