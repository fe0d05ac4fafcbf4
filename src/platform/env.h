/* The seam: everything that is not a pure function of its arguments goes through `struct qd_env`.
 *
 * Used by every layer above, handed down from node. platform/linux implements it with libuv and a thread
 * pool, simulation/fake deterministically in one thread. The same contract tests run against both.
 * Rules:
 * - One loop per node owns all changing state. Callbacks of timers, network and finished work run on it.
 * - Work is submitted from the loop and runs in the pool; it touches only what it was given. Work of one lane
 *   runs one item at a time, in the order of submission.
 * - Disk calls block. They are made from work items (and before the loop starts), never from loop callbacks:
 *   that is how disk operations are asynchronous to the loop. What is durable when is said at each call.
 */
#ifndef QD_PLATFORM_ENV_H
#define QD_PLATFORM_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "platform/machine.h"

/* A point of the monotonic clock. */
struct qd_instant {
    int64_t nanoseconds; /* since an arbitrary start */
};

/* A span of time. */
struct qd_duration {
    int64_t nanoseconds; /* may be negative */
};

/* Makes a span of milliseconds. */
static inline struct qd_duration qd_duration_ms(int64_t milliseconds)
{
    return (struct qd_duration){ milliseconds * 1000000 };
}

/* later - earlier. */
static inline struct qd_duration qd_instant_since(struct qd_instant later, struct qd_instant earlier)
{
    return (struct qd_duration){ later.nanoseconds - earlier.nanoseconds };
}

struct qd_env;
struct qd_timer;      /* a pending timer */
struct qd_lane;       /* a queue of work that runs in order */
struct qd_file;       /* an open file for appending or reading */
struct qd_mapping_handle; /* a mapped file */
struct qd_listener;   /* a listening socket */
struct qd_connection; /* a connected stream */

/* ---- clock ---- */
struct qd_clock_operations {
    struct qd_instant (*monotonic)(struct qd_env *env);
    int64_t (*wall_ms)(struct qd_env *env);  /* milliseconds since 1970 */
    int64_t (*wall_ns)(struct qd_env *env);  /* nanoseconds since 1970 */
    /* Calls fire(context) on the loop once, not earlier than delay from now. The timer is gone when it has
     * fired. */
    struct qd_timer *(*timer_start)(struct qd_env *env, struct qd_duration delay, void (*fire)(void *context),
                                    void *context);
    /* Stops a pending timer; it will not fire. */
    void (*timer_stop)(struct qd_env *env, struct qd_timer *timer);
};

/* ---- work ---- */
/* What a work item is for. Items are counted by class; statistics show the classes under the names of the
 * reference's thread pools. */
enum qd_work_class {
    QD_WORK_GENERIC,       /* whatever has no class of its own: opening and closing shards, cluster state */
    QD_WORK_FLUSH,
    QD_WORK_FORCE_MERGE,
    QD_WORK_GET,
    QD_WORK_MANAGEMENT,    /* statistics */
    QD_WORK_MERGE,
    QD_WORK_REFRESH,
    QD_WORK_SEARCH,
    QD_WORK_TRANSLOG_SYNC,
    QD_WORK_WRITE,
    QD_WORK_CLASS_COUNT
};

/* What was counted of one class since the environment was made. */
struct qd_work_counts {
    uint64_t queued;    /* items that wait now */
    uint64_t active;    /* items that run now */
    uint64_t largest;   /* most that ran at once */
    uint64_t completed; /* items whose run() has returned */
    uint64_t wait_ns;   /* from submission to start, of all that have started */
};

struct qd_work_operations {
    /* Runs run(context) in the pool and then done(context) on the loop. lane NULL: any order, in parallel. A
     * full queue is not an error here: callers bound what they submit. */
    void (*submit)(struct qd_env *env, enum qd_work_class class, struct qd_lane *lane,
                   void (*run)(void *context), void (*done)(void *context), void *context);
    /* Creates and destroys a lane; destroying one with work in it is a bug. */
    struct qd_lane *(*lane_create)(struct qd_env *env);
    void (*lane_destroy)(struct qd_env *env, struct qd_lane *lane);
    /* Runs fn(context) on the loop soon, after the present callback has returned. Loop only. */
    void (*defer)(struct qd_env *env, void (*fn)(void *context), void *context);
    /* Threads of the pool (1 in simulation). */
    unsigned (*parallelism)(struct qd_env *env);
    /* Copies the counts of all classes to counts[QD_WORK_CLASS_COUNT]; returns how many threads the pool has
     * now (1 in simulation). Loop or work. */
    unsigned (*counts)(struct qd_env *env, struct qd_work_counts *counts);
};

/* ---- disk ---- Paths are relative to the node's data directory unless they begin with '/'. All calls: QD_IO
 * with the system's text, QD_NO_SPACE when the disk is full, QD_CRASHED in a simulated crash. */
enum qd_file_mode {
    QD_FILE_READ,   /* must exist */
    QD_FILE_APPEND, /* created when missing, writes go to the end */
    QD_FILE_CREATE  /* created, an old one is emptied */
};
struct qd_disk_operations {
    /* Creates a directory and its parents. Durable after sync_directory of the parent. Existing: QD_OK. */
    enum qd_status (*make_directory)(struct qd_env *env, struct qd_slice path, struct qd_error *error);
    /* Names in a directory, sorted by bytes, without "." and "..", in `arena`. A missing directory gives 0
     * names. */
    enum qd_status (*list)(struct qd_env *env, struct qd_slice path, struct qd_arena *arena,
                           struct qd_slice **names, size_t *count, struct qd_error *error);
    enum qd_status (*open)(struct qd_env *env, struct qd_slice path, enum qd_file_mode mode,
                           struct qd_file **file, struct qd_error *error);
    /* Writes at the end of the file. Not durable before sync. A short write is an error; how much arrived is
     * unknown. */
    enum qd_status (*append)(struct qd_env *env, struct qd_file *file, const void *data, size_t size,
                             struct qd_error *error);
    /* Makes all appended bytes durable (the name becomes durable with sync_directory). After an error nothing
     * is known about unsynced bytes: the file must not be used again. */
    enum qd_status (*sync)(struct qd_env *env, struct qd_file *file, struct qd_error *error);
    /* Reads `size` bytes at `offset` into `data`; *read gets how many there were. */
    enum qd_status (*read)(struct qd_env *env, struct qd_file *file, uint64_t offset, void *data, size_t size,
                           size_t *read, struct qd_error *error);
    enum qd_status (*size)(struct qd_env *env, struct qd_file *file, uint64_t *size, struct qd_error *error);
    enum qd_status (*truncate)(struct qd_env *env, struct qd_file *file, uint64_t size,
                               struct qd_error *error);
    void (*close)(struct qd_env *env, struct qd_file *file);
    /* Maps a whole file that nobody writes any more; reads of the slice may be made from any thread. */
    enum qd_status (*map)(struct qd_env *env, struct qd_slice path, struct qd_mapping_handle **handle,
                          struct qd_slice *bytes, struct qd_error *error);
    void (*unmap)(struct qd_env *env, struct qd_mapping_handle *handle);
    /* Renames within one directory, replacing the target atomically. Durable after sync_directory. */
    enum qd_status (*rename)(struct qd_env *env, struct qd_slice from, struct qd_slice to,
                             struct qd_error *error);
    /* Removes a file, or an empty directory. Missing: QD_OK. */
    enum qd_status (*remove)(struct qd_env *env, struct qd_slice path, struct qd_error *error);
    /* Makes creations, renames and removals in a directory durable. */
    enum qd_status (*sync_directory)(struct qd_env *env, struct qd_slice path, struct qd_error *error);
    /* Bytes of the file system that holds the data directory. */
    enum qd_status (*space)(struct qd_env *env, uint64_t *total, uint64_t *available, struct qd_error *error);
};

/* ---- network ---- Bytes out, events in; all on the loop. */
struct qd_connection_events {
    /* Bytes arrived; they are the callee's only during the call. */
    void (*data)(void *context, struct qd_slice bytes);
    /* The peer closed, or the connection failed, or qd close was called: last event, exactly once. */
    void (*closed)(void *context);
    /* The send queue ran empty after `send` had returned false. */
    void (*drained)(void *context);
};
struct qd_network_operations {
    /* Listens on host:port (port 0: any); accepted(context, connection) is called for each new connection and
     * must call attach before it returns. *bound_port gets the port. */
    enum qd_status (*listen)(struct qd_env *env, struct qd_slice host, uint16_t port,
                             void (*accepted)(void *context, struct qd_connection *connection), void *context,
                             struct qd_listener **listener, uint16_t *bound_port, struct qd_error *error);
    void (*listener_close)(struct qd_env *env, struct qd_listener *listener);
    /* Connects to host:port (host is an address, not a name). connected(context, connection) is called later,
     * once, and must call attach before it returns; connection is NULL when it failed. */
    void (*connect)(struct qd_env *env, struct qd_slice host, uint16_t port,
                    void (*connected)(void *context, struct qd_connection *connection), void *context);
    /* Says who gets a connection's events. */
    void (*attach)(struct qd_env *env, struct qd_connection *connection,
                   const struct qd_connection_events *events, void *context);
    /* Sends a copy of the bytes, in order. False: much is queued, wait for `drained` before sending more. */
    bool (*send)(struct qd_env *env, struct qd_connection *connection, struct qd_slice bytes);
    /* Stops and starts reading (back pressure). */
    void (*set_reading)(struct qd_env *env, struct qd_connection *connection, bool reading);
    /* Sends what is queued, then closes; `closed` follows in a later callback. No other call may be made on
     * the connection afterwards. */
    void (*close)(struct qd_env *env, struct qd_connection *connection);
    /* Peer address as text ("127.0.0.1:4242"), valid as long as the connection. */
    struct qd_slice (*peer)(struct qd_env *env, struct qd_connection *connection);
};

/* One node's world. */
struct qd_env {
    const struct qd_clock_operations *clock;
    const struct qd_work_operations *work;
    const struct qd_disk_operations *disk;
    const struct qd_network_operations *network;
    /* Fills bytes[size] with random bytes: from the system in production, from the seed in simulation. */
    void (*random)(struct qd_env *env, void *bytes, size_t size);
    /* Writes one finished log line (without newline) to the node's log. Any thread. */
    void (*log)(struct qd_env *env, struct qd_slice line);
    /* Reads the machine's facts. Loop or work. */
    void (*machine)(struct qd_env *env, struct qd_machine_facts *facts);
    /* Planted bugs for mutation testing of the simulation: true when bug `name` is on. Always false in
     * production builds (see qd_planted). */
    bool (*planted)(struct qd_env *env, const char *name);
    /* Absolute path of the directory of configuration files that analyzers may read; empty: there is none. */
    struct qd_slice config_directory;
};

/* True when the named bug is planted. Compiled out unless QD_PLANTED_BUGS is defined. */
#ifdef QD_PLANTED_BUGS
#define qd_planted(env, name) ((env)->planted != NULL && (env)->planted((env), (name)))
#else
#define qd_planted(env, name) (false)
#endif

#endif
