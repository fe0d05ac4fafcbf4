/* The node's view of the cluster: runs the master's state machine, keeps the state on disk, tells appliers,
 * lets calls wait.
 *
 * Used by coordinator operations (submit, wait) and data (applier). Loop only; disk work runs in a lane of
 * its own. The state is the file `_state/cluster-state` below the data directory:
 * spec/formats/cluster_state.md.
 */
#ifndef QD_COORDINATOR_CLUSTER_SERVICE_H
#define QD_COORDINATOR_CLUSTER_SERVICE_H

#include "base/json_writer.h"
#include "master/master.h"
#include "platform/env.h"

struct qd_cluster_service;

/* Creates the service. `services` must live as long. Memory: qd_cluster_service_destroy. */
struct qd_cluster_service *qd_cluster_service_create(struct qd_env *env,
                                                     const struct qd_master_services *services);
void qd_cluster_service_destroy(struct qd_cluster_service *service);

/* Reads the state from disk, or makes the first one. Blocking: before the loop runs. Errors: QD_IO,
 * QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_cluster_service_load(struct qd_cluster_service *service,
                                                  struct qd_slice cluster_name, struct qd_error *error);

/* The state as applied on this node; valid until the next turn of the loop unless retained. */
struct qd_cluster_state *qd_cluster_service_state(const struct qd_cluster_service *service);

/* Calls apply(context, old, new) for every new state, in the order in which appliers were added, before
 * submitters hear. */
void qd_cluster_service_add_applier(struct qd_cluster_service *service,
                                    void (*apply)(void *context, const struct qd_cluster_state *old,
                                                  struct qd_cluster_state *state),
                                    void *context);

/* What a submitter is told. Lives during the callback. */
struct qd_command_outcome {
    const struct qd_error *error; /* NULL: done */
    bool changed;                 /* the state changed */
    struct qd_slice result;       /* JSON text of the command, or empty */
};

/* Submits a command (JSON text taken out of `command`, see master/master.h). done is called exactly once,
 * later, after the new state was applied here. */
struct qd_command_request {
    enum qd_priority priority;
    struct qd_slice source;       /* for pending tasks; copied */
    void (*done)(void *context, const struct qd_command_outcome *outcome); /* NULL: nobody wants to know */
    void *context;                /* for done */
    bool bounded;                 /* the command may not wait for its turn longer than timeout_ms */
    int64_t timeout_ms;           /* when bounded: then it fails with QD_PROCESS_CLUSTER_EVENT_TIMEOUT */
};
void qd_cluster_service_submit(struct qd_cluster_service *service, const struct qd_command_request *request,
                               struct qd_buffer *command);

/* Calls done(context, false) as soon as holds(context, state) is true (perhaps at once, but never from inside
 * this function), or done(context, true) when timeout_ms have passed. */
struct qd_state_wait {
    bool (*holds)(void *context, const struct qd_cluster_state *state);
    void (*done)(void *context, bool timed_out);
    void *context;
    int64_t timeout_ms;
};
void qd_cluster_service_wait(struct qd_cluster_service *service, const struct qd_state_wait *wait);

/* Commands that wait or run. In `arena`. */
size_t qd_cluster_service_pending(const struct qd_cluster_service *service, struct qd_arena *arena,
                                  struct qd_pending_task **tasks);

/* What the service has done since it was made. */
struct qd_cluster_counters {
    uint64_t published; /* states */
    uint64_t failed;    /* states that could not be kept on disk */
    uint64_t waiting;   /* states that are being kept on disk now */
    uint64_t ns;        /* from the beginning of keeping a state to the end of applying it, summed up */
};
struct qd_cluster_counters qd_cluster_service_counters(const struct qd_cluster_service *service);

/* Makes a random uuid as OpenSearch's: 22 characters of url-safe base64, into text[23] with a 0 at the end.
 */
void qd_random_uuid(struct qd_env *env, char *text);

/* True when nothing is being written and no command waits: the service may be destroyed. */
bool qd_cluster_service_idle(const struct qd_cluster_service *service);

#endif
