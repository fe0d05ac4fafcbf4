/* A deterministic world for one node: virtual clock, event queue, disk that forgets, network in the process.
 *
 * Used by the simulation and by tests. Everything runs in the calling thread; the same seed and the same
 * calls give the same run, event by event. Order of calls: create, (disk calls before the loop), step...,
 * [crash, step..., restart, step...], destroy.
 * After a crash every disk call gives QD_CRASHED and changes nothing. The owner then steps until its work
 * items have ended, destroys its objects as at a shutdown, and calls restart, which decides what the disk
 * kept. Disk model: a file's bytes are durable after sync, its name after sync_directory of its directory. At
 * a restart unsynced bytes are kept, lost, cut at a multiple of 512 bytes or scrambled by sectors; of
 * unsynced names either a prefix of the changes or any subset of them happened; a rename happens wholly or
 * not at all.
 */
#ifndef QD_SIMULATION_FAKE_ENV_H
#define QD_SIMULATION_FAKE_ENV_H

#include "platform/env.h"

/* What goes wrong by chance, in millionths per disk call or network event, and how long things take. */
struct qd_fake_faults {
    uint32_t read_error;                  /* read, map, list, size: QD_IO */
    uint32_t write_error;                 /* append, truncate, rename, remove, make_directory, open: QD_IO */
    uint32_t no_space;                    /* append, open for writing: QD_NO_SPACE, nothing is written */
    uint32_t short_append;                /* append: a prefix is written, then QD_IO or QD_NO_SPACE */
    uint32_t sync_error;                  /* sync, sync_directory: QD_IO; later ones may lie */
    uint32_t bit_flip;                    /* open for reading, map: a bit has turned, for ever */
    uint32_t crash;                       /* any disk call: the process crashes there */
    uint32_t disconnect;                  /* a delivery: the connection breaks instead */
    struct qd_duration disk_latency_max;  /* of one call */
    struct qd_duration work_delay_max;    /* from submission to start, and from end to done */
    struct qd_duration network_delay_max; /* of one delivery */
    struct qd_duration timer_delay_max;   /* how much later than asked a timer fires */
};

/* How the world is set up. Zero-initialised: no faults, no delays, no bound. */
struct qd_fake_options {
    struct qd_fake_faults faults;      /* at the beginning */
    uint64_t disk_size;                /* bytes that fit; 0: 1 TiB */
    uint64_t crash_at_call;            /* the disk call with this number (from 1) crashes; 0: none */
    uint64_t fail_at_call;             /* the disk call with this number fails; 0: none */
    enum qd_status fail_status;        /* with QD_IO (also when QD_OK is given here) or QD_NO_SPACE */
    bool fail_for_ever;                /* and all calls after it */
    bool disk_on_loop;                 /* loop callbacks may call the disk: checked otherwise */
    const char *planted;               /* name of the planted bug that is on, or NULL */
    /* Gets log lines; NULL drops them. */
    void (*log)(void *context, struct qd_slice line);
    void *log_context;                 /* for log */
};

/* Makes a world at time 0. Memory: the caller's, qd_fake_env_destroy. */
struct qd_env *qd_fake_env_create(uint64_t seed, const struct qd_fake_options *options);

/* Gives everything back; files still open and events still pending are dropped. */
void qd_fake_env_destroy(struct qd_env *env);

/* Advances the clock to the next event and runs it. False: there was none. */
bool qd_fake_env_step(struct qd_env *env);

/* Runs events until there is none left or `events_max` have run; returns how many ran. */
uint64_t qd_fake_env_run_until_idle(struct qd_env *env, uint64_t events_max);

/* Runs the events of the next `duration` and advances the clock by it. */
void qd_fake_env_run_for(struct qd_env *env, struct qd_duration duration);

/* True when an event other than a timer is pending. */
bool qd_fake_env_is_busy(const struct qd_env *env);

/* Crashes the process: from now on disk calls give QD_CRASHED. */
void qd_fake_env_crash(struct qd_env *env);

/* True between a crash and the restart. */
bool qd_fake_env_crashed(const struct qd_env *env);

/* Drops all events, connections and listeners without telling anyone, decides what the disk kept, ends the
 * crash. Files that are still open stay unusable: calls give QD_CRASHED, they may only be closed. Works
 * without a crash too: then it is a clean power cut. `faults.crash` and crash_at_call are switched off. */
void qd_fake_env_restart(struct qd_env *env);

/* Changes the faults from now on. */
void qd_fake_env_set_faults(struct qd_env *env, const struct qd_fake_faults *faults);

/* Sets crash_at_call and fail_at_call relative to the calls made so far: 1 is the next one; 0 none. */
void qd_fake_env_crash_after(struct qd_env *env, uint64_t calls);
void qd_fake_env_fail_after(struct qd_env *env, uint64_t calls, enum qd_status status, bool for_ever);

/* Disk calls made so far. */
uint64_t qd_fake_env_disk_calls(const struct qd_env *env);

/* Turns one drawn bit of a file, in memory and at rest. False: no such file, or it is empty. */
bool qd_fake_env_flip_bit(struct qd_env *env, struct qd_slice path);

/* A number that depends on every event, disk call and network byte count so far, and on log lines. */
uint64_t qd_fake_env_trace_hash(const struct qd_env *env);

/* A drawn number below `bound` (> 0) for the simulation's own choices; part of the same seed. */
uint64_t qd_fake_env_draw(struct qd_env *env, uint64_t bound);

/* The wall clock jumps by `step` (forwards or backwards); the monotonic one does not. */
void qd_fake_env_jump_wall_clock(struct qd_env *env, struct qd_duration step);

#endif
