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

/* The state of a run. */
struct qd_run {
    struct qd_env *env;
    struct qd_node *node;               /* NULL while it is down */
    struct qd_config config;
    struct qd_arena *arena;             /* as long as the run */
    struct qd_model model;
    struct qd_run_result *result;
    enum qd_run_end end;
    bool verbose;
    bool faulty;                        /* disk errors may happen: 5xx answers are legal */
    bool damaged;                       /* a bit was flipped: detected damage is a legal end */
    uint32_t under_way;                 /* requests without answer */
    uint32_t shards;
    bool index_made;
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

/* Checks the whole index against the model: every document by get, then refreshed searches. */
void qd_check_documents(struct qd_run *run, bool settle);
void qd_check_searches(struct qd_run *run);

/* Starts one drawn operation. */
void qd_workload_step(struct qd_run *run);

#endif
