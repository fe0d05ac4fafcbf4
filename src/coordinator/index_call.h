/* What the operations about indices share: the manager's timeout, commands over several indices, work on all
 * their shards.
 *
 * Used by delete_index.c, open_close.c, mapping.c, settings.c, aliases.c, index_maintenance.c and their like.
 * Source: OpenSearch ClusterManagerNodeRequest, TransportBroadcastByNodeAction,
 * TransportBroadcastReplicationAction.
 */
#ifndef QD_COORDINATOR_INDEX_CALL_H
#define QD_COORDINATOR_INDEX_CALL_H

#include "coordinator/cluster_service.h"
#include "coordinator/coordinator.h"
#include "coordinator/resolve.h"
#include "data/read_messages.h"

/* Checks ?cluster_manager_timeout, ?master_timeout (with its deprecation warning) and ?timeout. Errors:
 * QD_ILLEGAL_ARGUMENT, QD_OPENSEARCH_PARSE when both are given. */
QD_CHECKED enum qd_status qd_call_manager_timeouts(struct qd_call *call, struct qd_error *error);

/* Parses a body that must be an object; an empty one gives a NULL root. Errors: QD_NOT_X_CONTENT for anything
 * else than an object, as the reference's detection of compressed bodies says it; those of qd_call_body. */
QD_CHECKED enum qd_status qd_call_object_body(struct qd_call *call, struct qd_json_document *document,
                                              struct qd_error *error);

/* Parses a body of settings: what follows its first value is not read, and anything but an object changes
 * no setting. Errors: those of the text; QD_ACTION_REQUEST_VALIDATION. */
QD_CHECKED enum qd_status qd_call_settings_body(struct qd_call *call, struct qd_json_document *document,
                                                struct qd_error *error);

/* Parses a body that one of the reference's object parsers, called `name`, reads: it is checked from its
 * beginning, and what follows its first value is not read. `check` is called with objects only, maybe with
 * the beginning of one and more than once. A missing body gives a NULL root. Errors: QD_X_CONTENT_PARSE for
 * anything else than an object; those of `check` and of the text. */
QD_CHECKED enum qd_status qd_call_parser_body(struct qd_call *call, const char *name,
                                              const struct qd_body_check *check,
                                              struct qd_json_document *document, struct qd_error *error);

/* Whether a body may have such a member. */
typedef bool qd_context_member(struct qd_slice name, const struct qd_json *value);

/* Parses a body that lists ids of contexts (scroll, clear scroll, delete PIT); an empty one gives a NULL
 * root. Errors: QD_ILLEGAL_ARGUMENT "Malformed content, must start with an object", "Failed to parse
 * request body" with the cause, or the name of a member that is not `known`. */
QD_CHECKED enum qd_status qd_call_context_body(struct qd_call *call, qd_context_member *known,
                                               struct qd_json_document *document, struct qd_error *error);

/* Begins a command: opens its object and writes "type" and, when `count` > 0, "indices". The caller closes
 * the object. */
void qd_index_command_begin(struct qd_json_writer *writer, const char *type,
                            const struct qd_resolved *indices, size_t count);

/* Writes the member "max_shards_per_node" of commands that add shards: cluster.max_shards_per_node as it
 * holds here. */
void qd_index_command_shard_limit(const struct qd_coordinator *coordinator, struct qd_json_writer *writer);

/* Submits a command and answers the call with {"acknowledged":true} or the command's error. `source` is what
 * pending tasks show. */
void qd_index_command_acknowledge(struct qd_coordinator *coordinator, struct qd_call *call,
                                  struct qd_slice source, struct qd_buffer *command);

/* The names of indices as the reference prints a list of them: "[a, b]". In `arena`. */
struct qd_slice qd_index_list_text(const struct qd_resolved *indices, size_t count, struct qd_arena *arena);

/* resolved[count] in the order in which a Java map of their names iterates. In `arena`. */
struct qd_resolved *qd_index_java_order(const struct qd_resolved *indices, size_t count,
                                        struct qd_arena *arena);

/* A shard that could not do what it was asked. */
struct qd_shard_problem {
    struct qd_slice index;
    uint32_t shard;
    struct qd_error error;
};

/* One request to all copies of all shards of some indices. Zero-initialise, set the first part, start. */
struct qd_broadcast {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    const struct qd_resolved *indices; /* indices[count]; used during start only */
    size_t count;
    struct qd_maintain_message message; /* index and shard are filled in for each copy */
    bool primaries_only;               /* replicas are neither asked nor counted */
    void (*done)(struct qd_broadcast *broadcast);
    /* results */
    uint32_t total, successful, failed; /* copies; total counts unassigned ones too */
    struct qd_shard_problem *problems;  /* problems[failed] */
    uint32_t pending;                   /* private */
};

/* Starts it; done is called once, later. */
void qd_broadcast_start(struct qd_broadcast *broadcast);

/* Writes {"total":..,"successful":..,"failed":..,"failures":[..]} as member "_shards". */
void qd_broadcast_write(const struct qd_broadcast *broadcast, struct qd_json_writer *writer);

/* Copies of all shards of some indices, and those that are assigned, as "_shards" counts them. */
void qd_count_copies(const struct qd_resolved *indices, size_t count, uint32_t *total, uint32_t *assigned);

#endif
