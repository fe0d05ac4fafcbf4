#include "simulation/run.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "data/shards.h"
#include "simulation/client.h"

#define EVENTS_MAX 2000000
#define LIVES_MAX 5

/* ---- starting and stopping the node ---- */

static bool start_node(struct qd_run *run)
{
    struct qd_error error;
    struct qd_arena *arena = qd_arena_create(0);
    qd_error_init(&error, arena);
    enum qd_status status = qd_node_create(run->env, &run->config, &run->node, &error);
    if (status == QD_OK) {
        status = qd_node_start(run->node, false, &error);
        qd_assert(status == QD_OK);
    } else {
        run->node = NULL;
        if (run->damaged) {
            run->end = QD_RUN_DETECTED;
        } else if (!run->faulty && status != QD_CRASHED) {
            qd_run_fail(run, "the node does not start: %.*s", QD_SLICE_ARG(error.reason));
        }
    }
    qd_arena_destroy(arena);
    return status == QD_OK;
}

static void stopped(void *context)
{
    *(bool *)context = true;
}

/* Takes the node down, after a crash or cleanly: requests end, shards close, memory is given back. */
static void stop_node(struct qd_run *run)
{
    bool down = false;
    if (run->node == NULL) return;
    qd_node_stop(run->node, stopped, &down);
    for (uint64_t events = 0; !down; events++) {
        if (qd_fake_env_step(run->env) && events < EVENTS_MAX) continue;
        qd_run_fail(run, "the node does not stop");
        return;
    }
    qd_node_destroy(run->node);
    run->node = NULL;
}

static uint32_t expected_shards(const struct qd_run *run)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < QD_SIM_INDICES; i++) {
        if (run->indices[i].states != QD_SIM_MISSING) count += run->indices[i].shards;
    }
    return count;
}

/* Waits until every shard is started. A shard that reports damage ends a damaged run. */
static void wait_for_shards(struct qd_run *run)
{
    struct qd_data *data = qd_node_data(run->node);
    for (uint64_t events = 0; events < EVENTS_MAX && run->end == QD_RUN_GOES_ON; events++) {
        uint32_t ready = 0;
        for (size_t i = 0; i < qd_data_shard_count(data); i++) {
            const struct qd_shard *shard = qd_data_shard_at(data, i);
            if (shard->phase == QD_SHARD_PHASE_STARTED) ready++;
            if (shard->phase != QD_SHARD_PHASE_FAILED) continue;
            if (run->damaged || run->faulty || qd_fake_env_crashed(run->env)) {
                run->end = run->damaged ? QD_RUN_DETECTED : run->end;
                return;
            }
            qd_run_fail(run, "a shard does not open: %.*s", QD_SLICE_ARG(shard->failure));
            return;
        }
        if (ready == expected_shards(run) || qd_fake_env_crashed(run->env)) return;
        if (!qd_fake_env_step(run->env)) break;
    }
    if (run->end == QD_RUN_GOES_ON) qd_run_fail(run, "shards do not start");
}

/* The master hears of a started shard a little later than the shard itself. */
static void wait_for_health(struct qd_run *run)
{
    struct qd_request *request = qd_client_call(
        run, "GET", "/_cluster/health?wait_for_no_initializing_shards=true&timeout=60s",
        (struct qd_slice){ 0 });
    if (request->status != 200 && !qd_run_excused(run)) {
        qd_run_fail(run, "shards are not active: status %d", request->status);
    }
    qd_client_free(request);
}

/* ---- one life ---- */

static void draw_faults(struct qd_run *run, struct qd_fake_faults *faults)
{
    *faults = (struct qd_fake_faults){
        .disk_latency_max = { (int64_t)qd_draw(run, 5000000) },
        .work_delay_max = { (int64_t)qd_draw(run, 3000000) },
        .timer_delay_max = { (int64_t)qd_draw(run, 50000000) },
    };
    run->faulty = false;
    if (qd_draw(run, 4) != 0) return;
    run->faulty = true;
    if (qd_draw(run, 2) == 0) faults->read_error = (uint32_t)qd_draw(run, 20000);
    if (qd_draw(run, 2) == 0) faults->write_error = (uint32_t)qd_draw(run, 20000);
    if (qd_draw(run, 2) == 0) faults->no_space = (uint32_t)qd_draw(run, 50000);
    if (qd_draw(run, 2) == 0) faults->short_append = (uint32_t)qd_draw(run, 20000);
    if (qd_draw(run, 2) == 0) faults->sync_error = (uint32_t)qd_draw(run, 20000);
}

static bool going(const struct qd_run *run)
{
    return run->end == QD_RUN_GOES_ON && !qd_fake_env_crashed(run->env);
}

static void work(struct qd_run *run)
{
    uint64_t steps = 30 + qd_draw(run, 200);
    uint32_t parallel = 1 + (uint32_t)qd_draw(run, 8);
    for (uint64_t i = 0; i < steps && going(run); i++) {
        qd_workload_step(run);
        while (run->under_way >= parallel && going(run)) {
            if (!qd_fake_env_step(run->env)) qd_run_fail(run, "requests are under way and nothing happens");
        }
        if (qd_draw(run, 10) == 0) qd_fake_env_run_for(run->env, qd_duration_ms((int64_t)qd_draw(run, 3000)));
    }
}

static bool some_shard_failed(const struct qd_run *run)
{
    const struct qd_data *data = qd_node_data(run->node);
    for (size_t i = 0; i < qd_data_shard_count(data); i++) {
        if (qd_data_shard_at(data, i)->phase == QD_SHARD_PHASE_FAILED) return true;
    }
    return false;
}

/* The disk is well again: every shard must be started again before long, with all that was acknowledged. */
static void recover(struct qd_run *run)
{
    struct qd_fake_faults calm = { 0 };
    if (!run->faulty || run->damaged) return;
    qd_client_drain(run);
    if (!going(run)) return;
    qd_fake_env_set_faults(run->env, &calm);
    /* Work that met a fault before may still be on its way to the loop: what it tells is no new fault. */
    qd_fake_env_run_for(run->env, qd_duration_ms(5000));
    run->faulty = false;
    /* The master is as green as before until it has heard of the failure. */
    for (int seconds = 0; some_shard_failed(run) && going(run); seconds++) {
        if (seconds == 60) qd_run_fail(run, "a failed shard is not given up");
        qd_fake_env_run_for(run->env, qd_duration_ms(1000));
    }
    struct qd_request *request = qd_client_call(
        run, "GET", "/_cluster/health?wait_for_status=green&timeout=120s", (struct qd_slice){ 0 });
    if (request->status != 200 && !qd_run_excused(run)) {
        qd_run_fail(run, "shards are not started again after the faults: status %d", request->status);
    }
    qd_client_free(request);
    if (going(run)) qd_indices_check(run, false);
    if (going(run)) qd_check_documents(run, false);
    if (going(run)) qd_check_searches(run);
    if (going(run) && qd_draw(run, 2) == 0) work(run);
}

/* From start to crash or clean stop. */
static void live(struct qd_run *run, bool last)
{
    struct qd_fake_faults calm = { 0 };
    struct qd_fake_faults faults;
    run->faulty = false;
    qd_fake_env_set_faults(run->env, &calm);
    if (!start_node(run)) return;
    qd_readers_restarted(run);
    qd_indices_check(run, true);
    for (uint32_t i = 0; i < QD_SIM_INDICES && run->result->restarts == 0; i++) {
        if (run->end == QD_RUN_GOES_ON) qd_indices_make(run, i);
    }
    if (run->end == QD_RUN_GOES_ON) wait_for_shards(run);
    if (run->end == QD_RUN_GOES_ON) wait_for_health(run);
    if (run->end == QD_RUN_GOES_ON) qd_check_documents(run, true);
    if (run->end == QD_RUN_GOES_ON) qd_check_searches(run);
    if (last || run->end != QD_RUN_GOES_ON) {
        stop_node(run);
        return;
    }
    draw_faults(run, &faults);
    qd_fake_env_set_faults(run->env, &faults);
    bool crash = qd_draw(run, 4) != 0;
    /* Half of the crashes come early, when little has been flushed. */
    if (crash) qd_fake_env_crash_after(run->env, 1 + qd_draw(run, qd_draw(run, 2) == 0 ? 60 : 500));
    work(run);
    if (going(run)) recover(run);
    if (run->end == QD_RUN_GOES_ON && crash && !qd_fake_env_crashed(run->env)) qd_fake_env_crash(run->env);
    if (qd_fake_env_crashed(run->env)) run->result->crashes++;
    if (run->end != QD_RUN_FAILED) qd_client_drain(run);
    stop_node(run);
}

/* In some seeds next to no write may wait for the pool. */
static void narrow_queue(struct qd_run *run, uint64_t seed)
{
    char size[2] = { (char)('0' + seed / 8 % 4), 0 };
    run->narrow = seed % 8 == 5;
    if (!run->narrow) return;
    enum qd_status status = qd_config_set(&run->config, QD_SLICE("thread_pool.write.queue_size"),
                                          qd_slice_from_string(size), NULL);
    qd_assert(status == QD_OK);
}

/* No documents are kept, so few that they drive each other out, or all. */
static void bound_documents(struct qd_run *run, uint64_t seed)
{
    static const char *const sizes[] = { "0b", "16kb", "64kb", "1mb" };
    enum qd_status status = qd_config_set(&run->config, QD_SLICE("quidditch.documents.cache.size"),
                                          qd_slice_from_string(sizes[seed / 3 % 4]), NULL);
    qd_assert(status == QD_OK);
}

static void make_config(struct qd_run *run, uint64_t seed)
{
    qd_config_init(&run->config, run->arena);
    enum qd_status status = qd_config_set(&run->config, QD_SLICE("node.name"), QD_SLICE("simulated"), NULL);
    qd_assert(status == QD_OK);
    /* A write to an index that was deleted must not make it anew. */
    status = qd_config_set(&run->config, QD_SLICE("action.auto_create_index"), QD_SLICE("false"), NULL);
    qd_assert(status == QD_OK);
    narrow_queue(run, seed);
    bound_documents(run, seed);
}

static void log_line(void *context, struct qd_slice line)
{
    const struct qd_run *run = context;
    if (run->verbose) printf("  log: %.*s\n", QD_SLICE_ARG(line));
}

/* A bit of some file of the data directory turns while the node is down. */
static void damage(struct qd_run *run)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice directory = QD_SLICE("indices");
    for (int depth = 0; depth < 3; depth++) {
        struct qd_slice *names;
        size_t count = 0;
        enum qd_status status = run->env->disk->list(run->env, directory, arena, &names, &count, NULL);
        if (status != QD_OK || count == 0) break;
        directory = qd_arena_format(arena, "%.*s/%.*s", QD_SLICE_ARG(directory),
                                    QD_SLICE_ARG(names[qd_draw(run, count)]));
    }
    if (qd_fake_env_flip_bit(run->env, directory)) run->damaged = true;
    if (run->verbose && run->damaged) printf("bit flipped in %.*s\n", QD_SLICE_ARG(directory));
    qd_arena_destroy(arena);
}

void qd_run_seed(uint64_t seed, const char *planted, bool verbose, struct qd_run_result *result)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_run *run = QD_NEW(arena, struct qd_run);
    struct qd_fake_options options = { .planted = planted, .log = log_line, .log_context = run };
    *result = (struct qd_run_result){ 0 };
    run->arena = arena;
    run->result = result;
    run->verbose = verbose;
    run->env = qd_fake_env_create(seed, &options);
    qd_indices_init(run);
    make_config(run, seed);
    uint64_t lives = 2 + qd_draw(run, LIVES_MAX - 1);
    bool flips = qd_draw(run, 8) == 0;
    for (uint64_t life = 0; life < lives && run->end == QD_RUN_GOES_ON; life++) {
        if (life > 0) {
            qd_fake_env_restart(run->env);
            result->restarts++;
            if (verbose) printf("---- restart\n");
            if (flips && life + 1 == lives) damage(run);
        }
        live(run, life + 1 == lives);
    }
    if (run->end == QD_RUN_DETECTED) result->detected++;
    if (run->end != QD_RUN_FAILED) result->trace_hash = qd_fake_env_trace_hash(run->env);
    qd_readers_free(run);
    qd_fake_env_destroy(run->env);
    qd_arena_destroy(arena);
}
