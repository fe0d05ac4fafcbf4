/* The simulated client: requests into a node and their answers, over the direct way into the rest layer.
 *
 * Used by simulation/run.c and its parts. Answers arrive while the world is stepped.
 */
#ifndef QD_SIMULATION_CLIENT_H
#define QD_SIMULATION_CLIENT_H

#include "node/node.h"
#include "simulation/fake/fake_env.h"
#include "simulation/model.h"
#include "simulation/run.h"

/* Why a run is at an end. */
enum qd_run_end { QD_RUN_GOES_ON, QD_RUN_FAILED, QD_RUN_DETECTED };

/* What an index may be; several bits at once when that is not certain. */
enum qd_sim_state { QD_SIM_MISSING = 1, QD_SIM_OPEN = 2, QD_SIM_CLOSED = 4 };

#define QD_SIM_INDICES 2
#define QD_SIM_ALIASES 2
#define QD_SIM_FIELDS 5      /* fields y0 .. y4 that mapping updates add */
#define QD_SIM_CANDIDATES 16 /* uncertain outcomes that are kept for a setting or the aliases */

/* A value that changes by calls whose outcome may be uncertain: what it may be now. */
struct qd_sim_value {
    int64_t candidates[QD_SIM_CANDIDATES]; /* candidates[count] */
    uint32_t count;                        /* 1 when it is certain */
};

/* One index as it must be. */
struct qd_sim_index {
    const char *name;              /* as in requests */
    struct qd_model model;         /* its documents */
    uint32_t ids;                  /* documents 0 .. ids - 1 are used */
    uint32_t shards;               /* of the last creation */
    uint32_t states;               /* bits of enum qd_sim_state */
    uint64_t epoch;                /* raised when a change of the state begins and when it ends */
    uint64_t generation;           /* raised when the index was deleted */
    uint64_t endings;              /* raised when it was closed or deleted: views of it are gone */
    bool changing;                 /* a creation, deletion, opening or closing is under way */
    bool setting;                  /* a settings update is under way */
    uint32_t fields;               /* bit i: field y<i> is mapped */
    uint32_t fields_maybe;         /* bit i: it may be mapped */
    struct qd_sim_value interval;  /* refresh_interval in ms */
};

struct qd_sim_reader;
#define QD_SIM_READERS 3

/* The state of a run. */
struct qd_run {
    struct qd_env *env;                 /* the simulated world */
    struct qd_node *node;               /* NULL while it is down */
    struct qd_config config;            /* of the node, for every start */
    struct qd_arena *arena;             /* as long as the run */
    struct qd_sim_index indices[QD_SIM_INDICES];
    struct qd_sim_value aliases;        /* bit alias * QD_SIM_INDICES + index: it is a member */
    bool aliasing;                      /* a change of aliases is under way */
    struct qd_sim_reader *readers[QD_SIM_READERS]; /* NULL: none */
    struct qd_run_result *result;       /* what the seed gave so far */
    enum qd_run_end end;                /* whether the run goes on */
    bool verbose;                       /* print every request and answer */
    bool faulty;                        /* disk errors may happen: 5xx answers are legal */
    bool damaged;                       /* a bit was flipped: detected damage is a legal end */
    bool narrow;                        /* few writes may wait: 429 answers are legal and change nothing */
    uint32_t under_way;                 /* requests without answer */
};

/* One request. The answer's body is parsed; status 0 until it came. */
struct qd_request {
    struct qd_run *run;
    struct qd_arena *arena;             /* of this request */
    int status;
    struct qd_json_document answer;
    void (*answered)(struct qd_request *request); /* may be NULL */
    void *context;
};

/* Ends the run as failed, once. */
void qd_run_fail(struct qd_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sends a request; `answered` is called when the answer came, and the request is freed after it. */
void qd_client_send(struct qd_run *run, const char *method, const char *target, struct qd_slice body,
                    void (*answered)(struct qd_request *request), void *context);

/* Sends and steps the world until the answer is there. The caller gives the request back with qd_client_free.
 */
struct qd_request *qd_client_call(struct qd_run *run, const char *method, const char *target,
                                  struct qd_slice body);
void qd_client_free(struct qd_request *request);

/* Steps the world until no request is under way. */
void qd_client_drain(struct qd_run *run);

/* A number below `bound`. */
uint64_t qd_draw(struct qd_run *run, uint64_t bound);

/* True when an error is no surprise: faults are on, something was damaged, or the node has crashed. */
bool qd_run_excused(const struct qd_run *run);

/* Errors are legal only when they are excused; then nothing can be compared. False: do not compare. */
bool qd_client_usable(struct qd_run *run, const struct qd_request *request, const char *what);

/* True when the index is open for certain. */
bool qd_sim_is_open(const struct qd_sim_index *index);

/* Draws a set of indices that are open for certain and writes it as an expression (names, alias or wildcard)
 * of at most `size` bytes. 0: there is none. */
uint32_t qd_sim_draw_indices(struct qd_run *run, char *expression, size_t size);

/* The place of an index in run->indices by name; QD_SIM_INDICES: no such index. */
uint32_t qd_sim_index_named(struct qd_slice name);

/* Checks all open indices against the model: every document by get, then refreshed searches. */
void qd_check_documents(struct qd_run *run, bool settle);
void qd_check_searches(struct qd_run *run);

/* Sets up the model of an empty node. */
void qd_indices_init(struct qd_run *run);

/* Creates index `place` and waits for the answer. */
void qd_indices_make(struct qd_run *run, uint32_t place);

/* Starts a drawn change: create, delete, open, close, aliases, settings, mapping. */
void qd_indices_change(struct qd_run *run);

/* Checks which indices, aliases, settings and mappings there are. After a restart (`settle`) what is seen is
 * certain from now on. */
void qd_indices_check(struct qd_run *run, bool settle);

/* Opens, continues or frees a scroll or a point in time. */
void qd_readers_step(struct qd_run *run);

/* The node has restarted: contexts must be gone, and forgotten. */
void qd_readers_restarted(struct qd_run *run);

/* Gives the memory of all readers back. */
void qd_readers_free(struct qd_run *run);

/* Starts one drawn operation. */
void qd_workload_step(struct qd_run *run);

#endif
