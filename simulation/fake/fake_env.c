#include "simulation/fake/fake_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/map.h"
#include "simulation/fake/fake_internal.h"

/* The wall clock at virtual time 0: any fixed moment. */
#define WALL_START_NS INT64_C(1700000000000000000)
#define DISK_SIZE_DEFAULT (UINT64_C(1) << 40)

void *qd_fake_alloc(size_t size)
{
    return memset(qd_fake_grow(NULL, size), 0, size);
}

void *qd_fake_grow(void *old, size_t size)
{
    void *memory = realloc(old, size == 0 ? 1 : size);
    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        abort();
    }
    return memory;
}

/* Splitmix64: small, good enough, the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = *state;
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint64_t qd_fake_draw(struct qd_fake_env *env, uint64_t bound)
{
    return bound == 0 ? 0 : next_random(&env->random_state) % bound;
}

bool qd_fake_chance(struct qd_fake_env *env, uint32_t millionths)
{
    return millionths != 0 && qd_fake_draw(env, 1000000) < millionths;
}

int64_t qd_fake_draw_ns(struct qd_fake_env *env, struct qd_duration max)
{
    if (max.nanoseconds <= 0) return 0;
    return (int64_t)qd_fake_draw(env, (uint64_t)max.nanoseconds + 1);
}

void qd_fake_trace(struct qd_fake_env *env, uint64_t kind, uint64_t value)
{
    env->trace = (env->trace ^ kind) * UINT64_C(0x9e3779b97f4a7c15);
    env->trace = (env->trace ^ (env->trace >> 29) ^ value) * UINT64_C(0xbf58476d1ce4e5b9);
    env->trace ^= env->trace >> 32;
}

void qd_fake_trace_bytes(struct qd_fake_env *env, uint64_t kind, struct qd_slice bytes)
{
    qd_fake_trace(env, kind, bytes.size == 0 ? 0 : qd_hash(bytes));
}

/* ---- events ---- */

static bool comes_before(const struct qd_fake_event *left, const struct qd_fake_event *right)
{
    if (left->time_ns != right->time_ns) return left->time_ns < right->time_ns;
    return left->number < right->number;
}

static void sift_up(struct qd_fake_env *env, size_t index)
{
    struct qd_fake_event *event = env->events[index];
    while (index > 0 && comes_before(event, env->events[(index - 1) / 2])) {
        env->events[index] = env->events[(index - 1) / 2];
        index = (index - 1) / 2;
    }
    env->events[index] = event;
}

static void sift_down(struct qd_fake_env *env, size_t index)
{
    struct qd_fake_event *event = env->events[index];
    for (;;) {
        size_t child = index * 2 + 1;
        if (child >= env->event_count) break;
        if (child + 1 < env->event_count && comes_before(env->events[child + 1], env->events[child])) child++;
        if (!comes_before(env->events[child], event)) break;
        env->events[index] = env->events[child];
        index = child;
    }
    env->events[index] = event;
}

struct qd_fake_event *qd_fake_schedule(struct qd_fake_env *env, int64_t time_ns, void (*run)(void *context),
                                       void (*drop)(void *context), void *context)
{
    if (env->event_count == env->event_capacity) {
        env->event_capacity = env->event_capacity == 0 ? 64 : env->event_capacity * 2;
        env->events = qd_fake_grow(env->events, env->event_capacity * sizeof(*env->events));
    }
    struct qd_fake_event *event = qd_fake_alloc(sizeof(*event));
    *event = (struct qd_fake_event){ time_ns, env->event_number++, run, drop, context, false };
    env->events[env->event_count] = event;
    sift_up(env, env->event_count++);
    env->busy_count++;
    return event;
}

static struct qd_fake_event *take_first(struct qd_fake_env *env)
{
    struct qd_fake_event *event = env->events[0];
    env->events[0] = env->events[--env->event_count];
    if (env->event_count > 0) sift_down(env, 0);
    if (!event->is_timer) env->busy_count--;
    return event;
}

static void drop_cancelled(struct qd_fake_env *env)
{
    while (env->event_count > 0 && env->events[0]->run == NULL) free(take_first(env));
}

bool qd_fake_env_step(struct qd_env *base)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    qd_assert(!env->in_event);
    drop_cancelled(env);
    if (env->event_count == 0) return false;
    struct qd_fake_event *event = take_first(env);
    if (event->time_ns > env->now_ns) env->now_ns = event->time_ns;
    qd_fake_trace(env, event->number, (uint64_t)env->now_ns);
    env->in_event = true;
    event->run(event->context);
    env->in_event = false;
    free(event);
    return true;
}

uint64_t qd_fake_env_run_until_idle(struct qd_env *env, uint64_t events_max)
{
    uint64_t count = 0;
    while (count < events_max && qd_fake_env_step(env)) count++;
    return count;
}

void qd_fake_env_run_for(struct qd_env *base, struct qd_duration duration)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    int64_t end_ns = env->now_ns + duration.nanoseconds;
    for (;;) {
        drop_cancelled(env);
        if (env->event_count == 0 || env->events[0]->time_ns > end_ns) break;
        qd_fake_env_step(base);
    }
    if (env->now_ns < end_ns) env->now_ns = end_ns;
}

bool qd_fake_env_is_busy(const struct qd_env *env)
{
    return qd_fake_env_of(env)->busy_count > 0;
}

static void drop_events(struct qd_fake_env *env)
{
    while (env->event_count > 0) {
        struct qd_fake_event *event = take_first(env);
        if (event->drop != NULL) event->drop(event->context);
        free(event);
    }
}

/* ---- the rest of the seam ---- */

static void fill_random(struct qd_env *base, void *bytes, size_t size)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    char *at = bytes;
    while (size > 0) {
        uint64_t value = next_random(&env->user_random_state);
        size_t part = size < sizeof(value) ? size : sizeof(value);
        memcpy(at, &value, part);
        at += part;
        size -= part;
    }
}

static void write_log(struct qd_env *base, struct qd_slice line)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    qd_fake_trace_bytes(env, 'l', line);
    if (env->options.log != NULL) env->options.log(env->options.log_context, line);
}

static void read_machine(struct qd_env *base, struct qd_machine_facts *facts)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    *facts = (struct qd_machine_facts){
        .resident_bytes = 8 << 20,
        .virtual_bytes = 64 << 20,
        .memory_total_bytes = UINT64_C(4) << 30,
        .memory_free_bytes = UINT64_C(2) << 30,
        .threads = 1,
        .threads_peak = 1,
        .open_files = 10,
        .open_files_max = 65536,
        .process_cpu_ms = env->now_ns / 1000000,
        .process_cpu_percent = 1,
        .system_cpu_percent = 1,
        .load_average = { 0.5, 0.5, 0.5 },
        .processors = 1,
        .process_id = 1,
        .os_name = "Linux",
        .os_pretty_name = "Simulation",
        .os_version = "0",
        .host_name = "simulation",
        .volume = { .free_bytes = env->disk_used > env->options.disk_size
                                      ? 0
                                      : env->options.disk_size - env->disk_used,
                    .mount = "simulation",
                    .type = "simulation" },
    };
}

static bool is_planted(struct qd_env *env, const char *name)
{
    const char *planted = qd_fake_env_of(env)->options.planted;
    return planted != NULL && strcmp(planted, name) == 0;
}

struct qd_env *qd_fake_env_create(uint64_t seed, const struct qd_fake_options *options)
{
    struct qd_fake_env *env = qd_fake_alloc(sizeof(*env));
    env->base = (struct qd_env){
        .clock = &qd_fake_clock_operations,
        .work = &qd_fake_work_operations,
        .disk = &qd_fake_disk_operations,
        .network = &qd_fake_network_operations,
        .random = fill_random,
        .log = write_log,
        .machine = read_machine,
        .planted = is_planted,
    };
    if (options != NULL) env->options = *options;
    if (env->options.disk_size == 0) env->options.disk_size = DISK_SIZE_DEFAULT;
    env->random_state = seed;
    env->user_random_state = seed ^ UINT64_C(0x5555555555555555);
    env->wall_offset_ns = WALL_START_NS;
    env->next_port = 20000;
    qd_fake_disk_init(env);
    return &env->base;
}

void qd_fake_env_destroy(struct qd_env *base)
{
    if (base == NULL) return;
    struct qd_fake_env *env = qd_fake_env_of(base);
    drop_events(env);
    qd_fake_network_deinit(env);
    qd_fake_disk_deinit(env);
    free(env->events);
    free(env);
}

void qd_fake_env_crash(struct qd_env *base)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    qd_fake_trace(env, 'c', env->disk_calls);
    env->crashed = true;
}

bool qd_fake_env_crashed(const struct qd_env *env)
{
    return qd_fake_env_of(env)->crashed;
}

void qd_fake_env_restart(struct qd_env *base)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    qd_assert(!env->in_event);
    drop_events(env);
    qd_fake_network_deinit(env);
    qd_fake_disk_restart(env);
    env->generation++;
    env->crashed = false;
    env->options.crash_at_call = 0;
    env->options.faults.crash = 0;
    qd_fake_trace(env, 'r', (uint64_t)env->now_ns);
}

void qd_fake_env_set_faults(struct qd_env *env, const struct qd_fake_faults *faults)
{
    qd_fake_env_of(env)->options.faults = *faults;
}

void qd_fake_env_crash_after(struct qd_env *base, uint64_t calls)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    env->options.crash_at_call = calls == 0 ? 0 : env->disk_calls + calls;
}

void qd_fake_env_fail_after(struct qd_env *base, uint64_t calls, enum qd_status status, bool for_ever)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    env->options.fail_at_call = calls == 0 ? 0 : env->disk_calls + calls;
    env->options.fail_status = status;
    env->options.fail_for_ever = for_ever;
}

uint64_t qd_fake_env_disk_calls(const struct qd_env *env)
{
    return qd_fake_env_of(env)->disk_calls;
}

uint64_t qd_fake_env_trace_hash(const struct qd_env *env)
{
    return qd_fake_env_of(env)->trace;
}

uint64_t qd_fake_env_draw(struct qd_env *env, uint64_t bound)
{
    return qd_fake_draw(qd_fake_env_of(env), bound);
}

void qd_fake_env_jump_wall_clock(struct qd_env *env, struct qd_duration step)
{
    qd_fake_env_of(env)->wall_offset_ns += step.nanoseconds;
}
