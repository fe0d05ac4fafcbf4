/* What the files of simulation/fake share. Not for anybody else. */
#ifndef QD_SIMULATION_FAKE_INTERNAL_H
#define QD_SIMULATION_FAKE_INTERNAL_H

#include "simulation/fake/fake_env.h"

/* An event in the queue. The order is by time, then by number. */
struct qd_fake_event {
    int64_t time_ns;                /* when it runs */
    uint64_t number;                /* ascending over all events */
    void (*run)(void *context);     /* NULL: cancelled */
    void (*drop)(void *context);    /* gives the context back at a restart; NULL: nothing to give back */
    void *context;                  /* for both */
    bool is_timer;                  /* does not count as busy */
};

struct qd_fake_node;     /* a file or directory */
struct qd_fake_listener; /* a listening address */

/* The world; `base` first. */
struct qd_fake_env {
    struct qd_env base;
    struct qd_fake_options options;
    uint64_t random_state;           /* of everything that the world draws */
    uint64_t user_random_state;      /* of env->random */
    uint64_t trace;                  /* hash so far */
    int64_t now_ns;                  /* virtual time */
    int64_t wall_offset_ns;          /* wall clock - virtual time */
    struct qd_fake_event **events;   /* events[event_count], a binary heap */
    size_t event_count;
    size_t event_capacity;
    size_t busy_count;               /* events that are not timers */
    uint64_t event_number;           /* of the next event */
    bool in_event;                   /* a loop callback is running */
    bool in_work;                    /* a work item is running */
    struct qd_work_counts work_counts[QD_WORK_CLASS_COUNT]; /* by class */
    bool crashed;
    uint64_t generation;             /* counts restarts; older files and connections are unusable */
    uint64_t disk_calls;             /* made so far */
    uint64_t disk_used;              /* bytes of all files */
    struct qd_fake_node *root;       /* of the disk */
    struct qd_fake_node **nodes;     /* nodes[node_count], all that exist, in order of creation */
    size_t node_count;
    size_t node_capacity;
    struct qd_listener *listeners;   /* list */
    struct qd_connection *connections; /* list of both ends */
    uint16_t next_port;              /* for port 0 */
};

/* The world behind the seam's pointer. */
static inline struct qd_fake_env *qd_fake_env_of(const struct qd_env *env)
{
    return (struct qd_fake_env *)(uintptr_t)env;
}

/* Memory that cannot fail, zeroed; and grown. */
void *qd_fake_alloc(size_t size);
void *qd_fake_grow(void *old, size_t size);

/* A drawn number below `bound`; 0 when bound is 0. */
uint64_t qd_fake_draw(struct qd_fake_env *env, uint64_t bound);

/* True in `millionths` of a million cases; draws nothing when 0. */
bool qd_fake_chance(struct qd_fake_env *env, uint32_t millionths);

/* A drawn span of 0 to `max`. */
int64_t qd_fake_draw_ns(struct qd_fake_env *env, struct qd_duration max);

/* Makes numbers, or bytes, a part of the trace. */
void qd_fake_trace(struct qd_fake_env *env, uint64_t kind, uint64_t value);
void qd_fake_trace_bytes(struct qd_fake_env *env, uint64_t kind, struct qd_slice bytes);

/* Puts an event into the queue. Returns it; valid until it runs or is dropped. */
struct qd_fake_event *qd_fake_schedule(struct qd_fake_env *env, int64_t time_ns, void (*run)(void *context),
                                       void (*drop)(void *context), void *context);

/* The tables of operations. */
extern const struct qd_clock_operations qd_fake_clock_operations;
extern const struct qd_work_operations qd_fake_work_operations;
extern const struct qd_disk_operations qd_fake_disk_operations;
extern const struct qd_network_operations qd_fake_network_operations;

/* Makes an empty disk; forgets what was not durable; gives everything back. */
void qd_fake_disk_init(struct qd_fake_env *env);
void qd_fake_disk_restart(struct qd_fake_env *env);
void qd_fake_disk_deinit(struct qd_fake_env *env);

/* Frees all connections and listeners. */
void qd_fake_network_deinit(struct qd_fake_env *env);

#endif
