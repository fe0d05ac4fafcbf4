#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "simulation/fake/fake_internal.h"

/* ---- clock ---- */

struct qd_timer {
    struct qd_fake_event *event; /* in the queue */
    struct qd_fake_env *env;
    void (*fire)(void *context);
    void *context;
};

static struct qd_instant monotonic(struct qd_env *env)
{
    return (struct qd_instant){ qd_fake_env_of(env)->now_ns };
}

static int64_t wall_ns(struct qd_env *env)
{
    return qd_fake_env_of(env)->now_ns + qd_fake_env_of(env)->wall_offset_ns;
}

static int64_t wall_ms(struct qd_env *env)
{
    return wall_ns(env) / 1000000;
}

static void fire(void *context)
{
    struct qd_timer timer = *(struct qd_timer *)context;
    free(context);
    timer.fire(timer.context);
}

static struct qd_timer *timer_start(struct qd_env *base, struct qd_duration delay, void (*fn)(void *context),
                                    void *context)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct qd_timer *timer = qd_fake_alloc(sizeof(*timer));
    int64_t wait_ns = delay.nanoseconds < 0 ? 0 : delay.nanoseconds;
    int64_t time_ns = env->now_ns + qd_fake_draw_ns(env, env->options.faults.timer_delay_max);
    time_ns = wait_ns > INT64_MAX - time_ns ? INT64_MAX : time_ns + wait_ns;
    *timer = (struct qd_timer){ NULL, env, fn, context };
    timer->event = qd_fake_schedule(env, time_ns, fire, free, timer);
    timer->event->is_timer = true;
    env->busy_count--;
    return timer;
}

static void timer_stop(struct qd_env *env, struct qd_timer *timer)
{
    (void)env;
    /* The event stays in the heap, without effect, until its time comes. */
    timer->event->run = NULL;
    timer->event->drop = NULL;
    free(timer);
}

const struct qd_clock_operations qd_fake_clock_operations = { monotonic, wall_ms, wall_ns, timer_start,
                                                              timer_stop };

/* ---- work ---- */

struct work {
    struct work *next; /* behind this one in its lane */
    struct qd_fake_env *env;
    struct qd_lane *lane; /* or NULL */
    enum qd_work_class class;
    int64_t submitted_ns; /* virtual time of submission */
    void (*run)(void *context);
    void (*done)(void *context);
    void *context;
};

struct qd_lane {
    struct work *first;   /* waiting */
    struct work *last;
    bool busy;            /* an item is scheduled or running */
    int64_t done_time_ns; /* of the newest done event: the next one comes not earlier */
};

static void schedule_start(struct work *work);

static void finish(void *context)
{
    struct work *work = context;
    if (work->done != NULL) work->done(work->context);
    free(work);
}

/* Runs the item now. What its disk calls took moves the clock on only for itself: its end is scheduled that
 * much later, and other events may come in between. */
static void start(void *context)
{
    struct work *work = context;
    struct qd_fake_env *env = work->env;
    struct qd_lane *lane = work->lane;
    struct qd_work_counts *counts = &env->work_counts[work->class];
    int64_t begin_ns = env->now_ns;
    counts->queued--;
    counts->wait_ns += (uint64_t)(begin_ns - work->submitted_ns);
    counts->active = counts->largest = 1;
    env->in_work = true;
    work->run(work->context);
    env->in_work = false;
    counts->active = 0;
    counts->completed++;
    int64_t end_ns = env->now_ns;
    env->now_ns = begin_ns;
    int64_t done_ns = end_ns + qd_fake_draw_ns(env, env->options.faults.work_delay_max);
    if (lane == NULL) {
        qd_fake_schedule(env, done_ns, finish, free, work);
        return;
    }
    if (done_ns < lane->done_time_ns) done_ns = lane->done_time_ns;
    lane->done_time_ns = done_ns;
    qd_fake_schedule(env, done_ns, finish, free, work);
    struct work *next = lane->first;
    lane->busy = next != NULL;
    if (next == NULL) return;
    lane->first = next->next;
    env->now_ns = end_ns;
    schedule_start(next);
    env->now_ns = begin_ns;
}

/* At a restart what waits in the lane behind it goes too. */
static void drop_start(void *context)
{
    struct work *work = context;
    while (work->lane != NULL && work->lane->first != NULL) {
        struct work *waiting = work->lane->first;
        work->lane->first = waiting->next;
        work->env->work_counts[waiting->class].queued--;
        free(waiting);
    }
    if (work->lane != NULL) work->lane->busy = false;
    work->env->work_counts[work->class].queued--;
    free(work);
}

static void schedule_start(struct work *work)
{
    struct qd_fake_env *env = work->env;
    int64_t time_ns = env->now_ns + qd_fake_draw_ns(env, env->options.faults.work_delay_max);
    qd_fake_schedule(env, time_ns, start, drop_start, work);
}

static void submit(struct qd_env *base, enum qd_work_class class, struct qd_lane *lane,
                   void (*run)(void *context), void (*done)(void *context), void *context)
{
    struct work *work = qd_fake_alloc(sizeof(*work));
    *work = (struct work){ .env = qd_fake_env_of(base), .lane = lane, .class = class, .run = run,
                           .done = done, .context = context };
    work->submitted_ns = work->env->now_ns;
    work->env->work_counts[class].queued++;
    qd_assert(!work->env->in_work);
    if (lane == NULL || !lane->busy) {
        if (lane != NULL) lane->busy = true;
        schedule_start(work);
        return;
    }
    if (lane->first == NULL) {
        lane->first = work;
    } else {
        lane->last->next = work;
    }
    lane->last = work;
}

static struct qd_lane *lane_create(struct qd_env *env)
{
    (void)env;
    return qd_fake_alloc(sizeof(struct qd_lane));
}

static void lane_destroy(struct qd_env *env, struct qd_lane *lane)
{
    (void)env;
    qd_assert(!lane->busy);
    free(lane);
}

struct deferred {
    void (*fn)(void *context);
    void *context;
};

static void run_deferred(void *context)
{
    struct deferred deferred = *(struct deferred *)context;
    free(context);
    deferred.fn(deferred.context);
}

static void defer(struct qd_env *base, void (*fn)(void *context), void *context)
{
    struct qd_fake_env *env = qd_fake_env_of(base);
    struct deferred *deferred = qd_fake_alloc(sizeof(*deferred));
    *deferred = (struct deferred){ fn, context };
    qd_fake_schedule(env, env->now_ns, run_deferred, free, deferred);
}

static unsigned parallelism(struct qd_env *env)
{
    (void)env;
    return 1;
}

static unsigned read_counts(struct qd_env *env, struct qd_work_counts *counts)
{
    const struct qd_fake_env *fake = qd_fake_env_of(env);
    for (size_t i = 0; i < QD_WORK_CLASS_COUNT; i++) counts[i] = fake->work_counts[i];
    return 1;
}

const struct qd_work_operations qd_fake_work_operations = { submit, lane_create, lane_destroy, defer,
                                                            parallelism, read_counts };
