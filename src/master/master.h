/* The elected cluster manager's state machine: commands in, new cluster states out.
 *
 * Used by coordinator/cluster_service.c, which executes the actions (write to disk, publish, answer). Pure:
 * no clock, disk or randomness; what a command needs of these (time, uuids) is inside the command, so that a
 * log of commands replays to the same state. One command is in flight at a time; the others wait in order of
 * priority, then arrival. Commands are JSON objects: {"type":"create_index", ...};
 * spec/protocols/cluster_commands.md lists them.
 */
#ifndef QD_MASTER_MASTER_H
#define QD_MASTER_MASTER_H

#include "master/cluster_state.h"

#define QD_MASTER_QUEUE_MAX 10000

/* What the machine asks of layers it may not include. All pure. */
struct qd_master_services {
    void *context;
    /* Merges a mapping update into `old_mapping` (JSON texts) under the index's settings; the result is JSON
     * text in `arena`. While the index is being created its own mapping is not set (data NULL): errors are
     * then those of a new mapping. */
    enum qd_status (*merge_mapping)(void *context, const struct qd_index_metadata *index,
                                    struct qd_slice old_mapping, struct qd_slice update,
                                    struct qd_arena *arena, struct qd_slice *result, struct qd_error *error);
    /* Checks that a settings map (flat) makes a working index: analysis, similarity, limits. */
    enum qd_status (*check_settings)(void *context, const struct qd_map *settings, struct qd_error *error);
    /* Checks an alias filter (a query as JSON text) against an index. */
    enum qd_status (*check_filter)(void *context, const struct qd_index_metadata *index,
                                   struct qd_slice filter, struct qd_error *error);
};

struct qd_master;

/* Urgency of a command, as OpenSearch's Priority. */
enum qd_priority {
    QD_PRIORITY_IMMEDIATE,
    QD_PRIORITY_URGENT,
    QD_PRIORITY_HIGH,
    QD_PRIORITY_NORMAL,
    QD_PRIORITY_LOW,
    QD_PRIORITY_LANGUID
};

/* A command that waits or runs, for _cluster/pending_tasks. */
struct qd_pending_task {
    uint64_t insert_order;
    enum qd_priority priority;
    struct qd_slice source;   /* "create-index [x], cause [api]" */
    int64_t submitted_ms;
    bool executing;
};

/* Creates the machine with its first state (its reference is taken). Memory: qd_master_destroy. */
struct qd_master *qd_master_create(struct qd_cluster_state *state, const struct qd_master_services *services);
void qd_master_destroy(struct qd_master *master);

/* The newest state that was made durable and may be published. */
struct qd_cluster_state *qd_master_state(const struct qd_master *master);

/* Events: a command arrives; the state written last is durable (or could not be written). */
enum qd_master_event_kind {
    QD_MASTER_COMMAND,
    QD_MASTER_PERSISTED,
    QD_MASTER_PERSIST_FAILED,
    QD_MASTER_WITHDRAW /* a command has waited too long: unless it has begun, it fails */
};
struct qd_master_event {
    enum qd_master_event_kind kind;
    uint64_t command_id;          /* COMMAND: chosen by the caller, unique */
    enum qd_priority priority;
    struct qd_slice source;
    struct qd_slice command;      /* JSON text, copied */
    struct qd_slice state_uuid;   /* COMMAND: uuid that the new state will get */
    int64_t now_ms;
    const struct qd_error *error; /* PERSIST_FAILED */
    int64_t timeout_ms;           /* WITHDRAW: how long it may have waited, for the error */
};

/* Actions, in the order in which they must be carried out. */
enum qd_master_action_kind {
    QD_MASTER_PERSIST, /* write `state` durably, then send PERSISTED */
    QD_MASTER_PUBLISH, /* `state` is now the state; apply it */
    QD_MASTER_RESPOND  /* command_id has ended: error (status QD_OK: done). changed tells whether the state
                          changed */
};
struct qd_master_action {
    enum qd_master_action_kind kind;
    struct qd_cluster_state *state; /* PERSIST, PUBLISH; valid while the machine or the caller holds it */
    uint64_t command_id;
    struct qd_error error;          /* in the arena given to step */
    bool changed;
    struct qd_slice result;         /* RESPOND: JSON text of what the command made (may be empty) */
};
struct qd_master_actions {
    struct qd_master_action *data;
    size_t count;
    size_t capacity;
};

/* Feeds one event; actions are appended (memory: `arena`). */
void qd_master_step(struct qd_master *master, const struct qd_master_event *event, struct qd_arena *arena,
                    struct qd_master_actions *actions);

/* Waiting and running commands in order. In `arena`. */
size_t qd_master_pending(const struct qd_master *master, struct qd_arena *arena,
                         struct qd_pending_task **tasks);

/* The time from which on a copy that has failed may be assigned again, so that a full disk is not tried in a
 * tight loop; INT64_MIN: at once, INT64_MAX: never by itself, because it has failed too often. */
int64_t qd_allocation_due_ms(const struct qd_index_metadata *index, const struct qd_shard_routing *shard);

/* Applies one command to a state: the pure heart of the machine. *result (one reference) is NULL when nothing
 * changed. */
QD_CHECKED enum qd_status qd_master_apply(const struct qd_cluster_state *state,
                                          const struct qd_master_services *services,
                                          const struct qd_master_event *event, struct qd_arena *arena,
                                          struct qd_cluster_state **result, struct qd_slice *answer,
                                          struct qd_error *error);

#endif
