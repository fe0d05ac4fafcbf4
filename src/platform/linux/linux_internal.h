/* What the files of platform/linux share. Not for anybody else.
 *
 * Everything but the fields behind `mutex` belongs to the thread that runs the loop.
 */
#ifndef QD_PLATFORM_LINUX_INTERNAL_H
#define QD_PLATFORM_LINUX_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "platform/env.h"
#include "platform/linux/linux_env.h"

/* Bytes that one read from a socket brings at most; the buffer is shared by all connections of the loop. */
#define QD_LINUX_READ_SIZE ((size_t)64 << 10)

/* One submitted work item. */
struct qd_linux_work {
    struct qd_linux_work *next;     /* in whichever queue it is */
    struct qd_lane *lane;           /* or NULL */
    enum qd_work_class class;       /* what it is counted as */
    int64_t submitted_ns;           /* monotonic time of submission */
    void (*run)(void *context);     /* in the pool */
    void (*done)(void *context);    /* on the loop */
    void *context;                  /* for both */
};

/* A first-in first-out list of work items. */
struct qd_linux_queue {
    struct qd_linux_work *first; /* oldest, or NULL */
    struct qd_linux_work *last;  /* newest; undefined when first is NULL */
};

/* Work that shares a number of threads. */
struct qd_linux_share {
    struct qd_linux_queue ready; /* items whose turn has come */
    unsigned active;             /* threads that run such an item */
    unsigned max;                /* never more */
};

/* The pool. Threads are started when there is work and nobody idle. Merges may take seconds: they have
 * threads besides those of everything else, so that no search or write waits until one ends; the system
 * shares the processors among them. */
struct qd_linux_pool {
    pthread_mutex_t mutex;          /* guards everything below and all lanes */
    pthread_cond_t wake;            /* an item may run, or stopping */
    struct qd_linux_share prompt;   /* all work but merges */
    struct qd_linux_share merges;   /* the rest */
    struct qd_linux_queue finished; /* done() is still to be called */
    pthread_t *threads;             /* threads[thread_count] */
    unsigned thread_count;          /* started */
    unsigned thread_max;            /* never more */
    unsigned idle;                  /* threads waiting for work */
    bool stopping;                  /* threads shall end */
    bool kept_memory;               /* work has run since freed memory was given back last */
    struct qd_work_counts counts[QD_WORK_CLASS_COUNT]; /* by class */
};

/* A deferred call. */
struct qd_linux_deferred {
    struct qd_linux_deferred *next; /* the one deferred after this */
    void (*fn)(void *context);
    void *context;
};

/* The environment; `base` first, so that a `struct qd_env *` can be turned into it. */
struct qd_linux_env {
    struct qd_env base;
    uv_loop_t loop;
    uv_async_t wake;                          /* finished work, or stop */
    uv_idle_t deferring;                      /* active while something is deferred */
    uv_signal_t signals[2];                   /* SIGTERM, SIGINT; active only with a handler */
    atomic_bool stop;                         /* run shall return */
    struct qd_linux_pool pool;
    struct qd_linux_deferred *deferred_first; /* oldest, or NULL */
    struct qd_linux_deferred *deferred_last;  /* newest */
    char *read_buffer;                        /* read_buffer[QD_LINUX_READ_SIZE] */
    int data_directory;                       /* descriptor, for the *at calls */
    int log_descriptor;
    void (*signal)(void *context, int number);
    void *signal_context;
    pthread_mutex_t facts_mutex;              /* guards the fields of the last measurement */
    int64_t facts_wall_ns;                    /* monotonic time of the last measurement, 0: none */
    int64_t facts_process_ns;                 /* processor time of the process then */
    uint64_t facts_busy;                      /* busy and total ticks of the machine then */
    uint64_t facts_total;
    uint32_t facts_threads_peak;              /* most threads seen by a measurement */
    bool facts_device_known;                  /* facts_device is filled */
    struct qd_device_facts facts_device;      /* what the device had done at the first measurement */
};

/* The environment behind the seam's pointer. */
static inline struct qd_linux_env *qd_linux_env_of(struct qd_env *env)
{
    return (struct qd_linux_env *)(void *)env;
}

/* Memory that cannot fail, zeroed. */
void *qd_linux_alloc(size_t size);

/* The tables of operations. */
extern const struct qd_clock_operations qd_linux_clock_operations;
extern const struct qd_work_operations qd_linux_work_operations;
extern const struct qd_disk_operations qd_linux_disk_operations;
extern const struct qd_network_operations qd_linux_network_operations;

/* See struct qd_env. */
void qd_linux_machine_read(struct qd_env *env, struct qd_machine_facts *facts);

/* Prepares the pool, and ends its threads and drops what has not run. */
void qd_linux_pool_init(struct qd_linux_pool *pool, unsigned threads);
void qd_linux_pool_deinit(struct qd_linux_pool *pool);

/* Calls done() of everything that has finished; on the loop. */
void qd_linux_pool_finish(struct qd_linux_env *env);

/* Closes a timer's, connection's or listener's handle when the environment ends; nobody is told. */
void qd_linux_timer_drop(uv_handle_t *handle);
void qd_linux_socket_drop(uv_handle_t *handle);

#endif
