#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "platform/linux/linux_internal.h"

/* Sanitizers make frames several times larger. Memory of a stack is resident only as far as it was used. */
#ifdef QD_DEBUG
#define STACK_SIZE ((size_t)8 << 20)
#else
#define STACK_SIZE ((size_t)1 << 20)
#endif

/* So long without work, and freed memory goes back. */
#define IDLE_SECONDS 2

struct qd_lane {
    struct qd_linux_queue waiting; /* behind the one that is ready or running */
    bool busy;                     /* one of its items is ready or running */
};

static void push(struct qd_linux_queue *queue, struct qd_linux_work *work)
{
    work->next = NULL;
    if (queue->first == NULL) {
        queue->first = work;
    } else {
        queue->last->next = work;
    }
    queue->last = work;
}

static struct qd_linux_work *pop(struct qd_linux_queue *queue)
{
    struct qd_linux_work *work = queue->first;
    if (work != NULL) queue->first = work->next;
    return work;
}

/* The share of the threads that runs work of a class. */
static struct qd_linux_share *share_of(struct qd_linux_pool *pool, enum qd_work_class class)
{
    return class == QD_WORK_MERGE || class == QD_WORK_FORCE_MERGE ? &pool->merges : &pool->prompt;
}

static bool may_run(const struct qd_linux_share *share)
{
    return share->ready.first != NULL && share->active < share->max;
}

/* The next item that may run, or NULL. The mutex is held. */
static struct qd_linux_work *pop_ready(struct qd_linux_pool *pool)
{
    if (may_run(&pool->prompt)) return pop(&pool->prompt.ready);
    return may_run(&pool->merges) ? pop(&pool->merges.ready) : NULL;
}

/* The mutex is held. */
static void count_start(struct qd_linux_env *env, const struct qd_linux_work *work)
{
    struct qd_work_counts *counts = &env->pool.counts[work->class];
    int64_t now_ns = env->base.clock->monotonic(&env->base).nanoseconds;
    counts->queued--;
    counts->active++;
    if (counts->active > counts->largest) counts->largest = counts->active;
    counts->wait_ns += (uint64_t)(now_ns - work->submitted_ns);
}

static void *thread_main(void *argument);

static void start_thread(struct qd_linux_env *env)
{
    struct qd_linux_pool *pool = &env->pool;
    pthread_attr_t attributes;
    qd_assert(pthread_attr_init(&attributes) == 0);
    qd_assert(pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0);
    int failed = pthread_create(&pool->threads[pool->thread_count], &attributes, thread_main, env);
    pthread_attr_destroy(&attributes);
    /* With fewer threads than wished the work is done all the same. */
    if (failed == 0) pool->thread_count++;
    qd_assert(pool->thread_count > 0);
}

/* Runs one item; the mutex is held before and after. */
static void run_one(struct qd_linux_env *env, struct qd_linux_work *work)
{
    struct qd_linux_pool *pool = &env->pool;
    struct qd_work_counts *counts = &pool->counts[work->class];
    struct qd_linux_share *share = share_of(pool, work->class);
    share->active++;
    pool->kept_memory = true;
    /* A thread that was woken counts as idle until it runs: several items may have relied on this one. */
    if (may_run(&pool->prompt) || may_run(&pool->merges)) {
        if (pool->idle > 0) pthread_cond_signal(&pool->wake);
        else if (pool->thread_count < pool->thread_max) start_thread(env);
    }
    count_start(env, work);
    pthread_mutex_unlock(&pool->mutex);
    work->run(work->context);
    pthread_mutex_lock(&pool->mutex);
    share->active--;
    counts->active--;
    counts->completed++;
    struct qd_lane *lane = work->lane;
    if (lane != NULL) {
        struct qd_linux_work *next = pop(&lane->waiting);
        lane->busy = next != NULL;
        if (next != NULL) push(&share_of(pool, next->class)->ready, next);
    }
    bool first = pool->finished.first == NULL;
    push(&pool->finished, work);
    if (!first) return;
    /* The loop wants the mutex as soon as it wakes. */
    pthread_mutex_unlock(&pool->mutex);
    uv_async_send(&env->wake);
    pthread_mutex_lock(&pool->mutex);
}

/* Waits for work; the mutex is held. When there is none for a while, the memory that heaps have kept of freed
 * requests goes back to the system, once for each busy time. */
static void wait_for_work(struct qd_linux_pool *pool)
{
    bool trims = pool->kept_memory && pool->prompt.active + pool->merges.active == 0;
    struct timespec until;
    pool->idle++;
    if (!trims) {
        pthread_cond_wait(&pool->wake, &pool->mutex);
        pool->idle--;
        return;
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += IDLE_SECONDS;
    int result = pthread_cond_timedwait(&pool->wake, &pool->mutex, &until);
    pool->idle--;
    if (result != ETIMEDOUT || pool->stopping || !pool->kept_memory) return;
    if (pool->prompt.active + pool->merges.active > 0) return;
    pool->kept_memory = false;
    pthread_mutex_unlock(&pool->mutex);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    pthread_mutex_lock(&pool->mutex);
}

static void *thread_main(void *argument)
{
    struct qd_linux_env *env = argument;
    struct qd_linux_pool *pool = &env->pool;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopping) {
        struct qd_linux_work *work = pop_ready(pool);
        if (work != NULL) {
            run_one(env, work);
            continue;
        }
        wait_for_work(pool);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

static void submit(struct qd_env *base, enum qd_work_class class, struct qd_lane *lane,
                   void (*run)(void *context), void (*done)(void *context), void *context)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    struct qd_linux_pool *pool = &env->pool;
    struct qd_linux_work *work = qd_linux_alloc(sizeof(*work));
    *work = (struct qd_linux_work){ .lane = lane, .class = class, .run = run, .done = done,
                                    .context = context };
    work->submitted_ns = base->clock->monotonic(base).nanoseconds;
    pthread_mutex_lock(&pool->mutex);
    pool->counts[class].queued++;
    bool ready = lane == NULL || !lane->busy;
    if (ready) {
        if (lane != NULL) lane->busy = true;
        push(&share_of(pool, class)->ready, work);
        if (pool->idle == 0 && pool->thread_count < pool->thread_max) start_thread(env);
    } else {
        push(&lane->waiting, work);
    }
    pthread_mutex_unlock(&pool->mutex);
    /* Behind the unlocking: the thread that wakes wants the mutex first of all. */
    if (ready) pthread_cond_signal(&pool->wake);
}

static struct qd_lane *lane_create(struct qd_env *env)
{
    (void)env;
    return qd_linux_alloc(sizeof(struct qd_lane));
}

static void lane_destroy(struct qd_env *base, struct qd_lane *lane)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    pthread_mutex_lock(&env->pool.mutex);
    qd_assert(!lane->busy || env->pool.stopping);
    pthread_mutex_unlock(&env->pool.mutex);
    free(lane);
}

void qd_linux_pool_finish(struct qd_linux_env *env)
{
    pthread_mutex_lock(&env->pool.mutex);
    struct qd_linux_work *work = env->pool.finished.first;
    env->pool.finished.first = NULL;
    pthread_mutex_unlock(&env->pool.mutex);
    while (work != NULL) {
        struct qd_linux_work *next = work->next;
        if (work->done != NULL) work->done(work->context);
        free(work);
        work = next;
    }
}

static void run_deferred(uv_idle_t *handle)
{
    struct qd_linux_env *env = handle->data;
    struct qd_linux_deferred *deferred = env->deferred_first;
    env->deferred_first = NULL;
    uv_idle_stop(handle);
    while (deferred != NULL) {
        struct qd_linux_deferred *next = deferred->next;
        deferred->fn(deferred->context);
        free(deferred);
        deferred = next;
    }
}

static void defer(struct qd_env *base, void (*fn)(void *context), void *context)
{
    struct qd_linux_env *env = qd_linux_env_of(base);
    struct qd_linux_deferred *deferred = qd_linux_alloc(sizeof(*deferred));
    *deferred = (struct qd_linux_deferred){ NULL, fn, context };
    if (env->deferred_first == NULL) {
        env->deferred_first = deferred;
        uv_idle_start(&env->deferring, run_deferred);
    } else {
        env->deferred_last->next = deferred;
    }
    env->deferred_last = deferred;
}

static unsigned parallelism(struct qd_env *env)
{
    return qd_linux_env_of(env)->pool.prompt.max;
}

static unsigned read_counts(struct qd_env *base, struct qd_work_counts *counts)
{
    struct qd_linux_pool *pool = &qd_linux_env_of(base)->pool;
    pthread_mutex_lock(&pool->mutex);
    memcpy(counts, pool->counts, sizeof(pool->counts));
    unsigned threads = pool->thread_count;
    pthread_mutex_unlock(&pool->mutex);
    return threads;
}

void qd_linux_pool_init(struct qd_linux_pool *pool, unsigned threads)
{
    qd_assert(pthread_mutex_init(&pool->mutex, NULL) == 0);
    pthread_condattr_t attributes;
    qd_assert(pthread_condattr_init(&attributes) == 0);
    qd_assert(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    qd_assert(pthread_cond_init(&pool->wake, &attributes) == 0);
    pthread_condattr_destroy(&attributes);
    pool->prompt.max = threads;
    pool->merges.max = threads / 2 > 0 ? threads / 2 : 1;
    pool->thread_max = pool->prompt.max + pool->merges.max;
    pool->threads = qd_linux_alloc(sizeof(*pool->threads) * pool->thread_max);
}

static void drop(struct qd_linux_queue *queue)
{
    struct qd_linux_work *work;
    while ((work = pop(queue)) != NULL) {
        /* What waits behind it in its lane is reachable only from here. */
        if (work->lane != NULL) drop(&work->lane->waiting);
        free(work);
    }
}

void qd_linux_pool_deinit(struct qd_linux_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
    for (unsigned i = 0; i < pool->thread_count; i++) pthread_join(pool->threads[i], NULL);
    drop(&pool->prompt.ready);
    drop(&pool->merges.ready);
    struct qd_linux_work *work;
    while ((work = pop(&pool->finished)) != NULL) free(work);
    free(pool->threads);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->mutex);
}

const struct qd_work_operations qd_linux_work_operations = { submit, lane_create, lane_destroy, defer,
                                                             parallelism, read_counts };
