#include <stdlib.h>
#include <time.h>

#include "base/assert.h"
#include "platform/linux/linux_internal.h"

struct qd_timer {
    uv_timer_t handle; /* first: the handle is freed as the timer */
    void (*fire)(void *context);
    void *context;
};

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    qd_assert(clock_gettime(id, &now) == 0);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct qd_instant monotonic(struct qd_env *env)
{
    (void)env;
    return (struct qd_instant){ read_clock(CLOCK_MONOTONIC) };
}

static int64_t wall_ns(struct qd_env *env)
{
    (void)env;
    return read_clock(CLOCK_REALTIME);
}

static int64_t wall_ms(struct qd_env *env)
{
    return wall_ns(env) / 1000000;
}

static void free_handle(uv_handle_t *handle)
{
    free(handle);
}

void qd_linux_timer_drop(uv_handle_t *handle)
{
    uv_close(handle, free_handle);
}

static void on_fire(uv_timer_t *handle)
{
    struct qd_timer *timer = (struct qd_timer *)handle->data;
    void (*fire)(void *context) = timer->fire;
    void *context = timer->context;
    uv_close((uv_handle_t *)handle, free_handle);
    fire(context);
}

static struct qd_timer *timer_start(struct qd_env *base, struct qd_duration delay,
                                    void (*fire)(void *context), void *context)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    struct qd_timer *timer = qd_linux_alloc(sizeof(*timer));
    timer->fire = fire;
    timer->context = context;
    qd_assert(uv_timer_init(&env->loop, &timer->handle) == 0);
    timer->handle.data = timer;
    /* The loop's time is cached and truncated to milliseconds: refreshed, and one millisecond is added, so
     * that the timer never fires early. */
    uv_update_time(&env->loop);
    uint64_t milliseconds = delay.nanoseconds <= 0 ? 0 : (uint64_t)delay.nanoseconds / 1000000 + 2;
    qd_assert(uv_timer_start(&timer->handle, on_fire, milliseconds, 0) == 0);
    return timer;
}

static void timer_stop(struct qd_env *env, struct qd_timer *timer)
{
    (void)env;
    uv_timer_stop(&timer->handle);
    uv_close((uv_handle_t *)&timer->handle, free_handle);
}

const struct qd_clock_operations qd_linux_clock_operations = { monotonic, wall_ms, wall_ns, timer_start,
                                                               timer_stop };
