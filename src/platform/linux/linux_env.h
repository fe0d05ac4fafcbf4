/* The production implementation of the seam: libuv loop, POSIX files, a pool of threads.
 *
 * Used by node and by benchmarks. Order of calls: create, (disk calls before the loop), run, destroy. All
 * functions are called by the thread that runs the loop, except qd_linux_env_stop.
 */
#ifndef QD_PLATFORM_LINUX_ENV_H
#define QD_PLATFORM_LINUX_ENV_H

#include "platform/env.h"

/* How the environment is set up. Zero-initialised: the defaults. */
struct qd_linux_env_options {
    struct qd_slice data_directory;  /* relative paths start here; created when missing; empty: "." */
    struct qd_slice config_directory; /* qd_env.config_directory; must live as long as the environment */
    unsigned threads;                /* of the work pool; 0: one per online processor */
    int log_descriptor;              /* where log lines go; 0: standard error */
    /* SIGTERM or SIGINT arrived (on the loop). NULL: the signals keep their default effect. SIGPIPE is
     * ignored. */
    void (*signal)(void *context, int number);
    void *signal_context;            /* for signal */
};

/* Makes an environment; starts no thread before the first work item. Errors: QD_IO when the data directory
 * cannot be made. Memory: the caller's, qd_linux_env_destroy. */
QD_CHECKED enum qd_status qd_linux_env_create(const struct qd_linux_env_options *options, struct qd_env **env,
                                              struct qd_error *error);

/* Locks a data directory, in which two processes would destroy each other's work; *lock is given back with
 * qd_linux_unlock, or by the end of the process. Errors: QD_IO when it is locked or cannot be written. */
QD_CHECKED enum qd_status qd_linux_lock_directory(struct qd_slice directory, int *lock,
                                                  struct qd_error *error);
void qd_linux_unlock(int lock);

/* Runs the loop until qd_linux_env_stop. Blocks: yes. */
void qd_linux_env_run(struct qd_env *env);

/* Runs the loop's pending events once. wait: blocks for one event when there is none. For tests. */
void qd_linux_env_poll(struct qd_env *env, bool wait);

/* Makes qd_linux_env_run return soon. Any thread. */
void qd_linux_env_stop(struct qd_env *env);

/* Waits for running work, drops work that has not begun, closes sockets and timers without telling anyone,
 * and gives everything back. */
void qd_linux_env_destroy(struct qd_env *env);

#endif
