/* One function per kind of cluster command; rows of the table in apply.c.
 *
 * Used by master/apply.c only. Each gets a private copy of the state and changes it, or fails and the copy is
 * thrown away.
 */
#ifndef QD_MASTER_COMMANDS_H
#define QD_MASTER_COMMANDS_H

#include "master/master.h"

/* A command being applied. */
struct qd_command {
    struct qd_cluster_state *state; /* the copy to change */
    const struct qd_master_services *services;
    const struct qd_master_event *event;
    const struct qd_json *body; /* the command's JSON object */
    const struct qd_json_document *document;
    struct qd_arena *arena; /* scratch, lives until the step is over */
    bool changed;           /* the state differs from the old one */
    struct qd_slice answer; /* JSON for the submitter, or empty */
};

/* Signature of every command. */
typedef enum qd_status qd_command_function(struct qd_command *command, struct qd_error *error);

qd_command_function qd_command_create_index;
qd_command_function qd_command_delete_index;
qd_command_function qd_command_open_index;
qd_command_function qd_command_close_index;
qd_command_function qd_command_put_mapping;
qd_command_function qd_command_put_index_settings;
qd_command_function qd_command_update_aliases;
qd_command_function qd_command_put_cluster_settings;
qd_command_function qd_command_put_custom;
qd_command_function qd_command_delete_custom;
qd_command_function qd_command_add_voting_exclusions;
qd_command_function qd_command_clear_voting_exclusions;
qd_command_function qd_command_node_started;
qd_command_function qd_command_shard_started;
qd_command_function qd_command_shard_failed;
qd_command_function qd_command_reroute;
qd_command_function qd_command_reroute_by_hand;
qd_command_function qd_command_node_room;

/* Assigns unassigned copies that can be assigned to the state's data nodes: primaries first, never two copies
 * of a shard on one node. allocation ids come from the command's uuid by counting. */
void qd_allocate(struct qd_command *command, struct qd_index_metadata *index);

/* A copy of an index for changing it, already placed in the state; its version is raised. */
struct qd_index_metadata *qd_command_edit_index(struct qd_command *command, struct qd_slice name);

/* Makes the routing anew: every copy is unassigned for `reason` (static text). */
void qd_reset_routing(struct qd_index_metadata *index, const char *reason, int64_t now_ms);

/* Takes over a new number of replicas from the settings; copies that exist stay where they are. */
void qd_resize_routing(struct qd_command *command, struct qd_index_metadata *index);

/* Sets the number of replicas as index.auto_expand_replicas asks for the data nodes of now; the routing is
 * the caller's matter. True when it changed. */
bool qd_auto_expand_replicas(struct qd_command *command, struct qd_index_metadata *index);

/* Shards of an index that is open, all copies; 0 when it is closed. */
int64_t qd_open_shards(const struct qd_index_metadata *index);

/* Fails when `added` more open shards would pass the command's "max_shards_per_node" (times the data nodes).
 * Errors: QD_VALIDATION. */
QD_CHECKED enum qd_status qd_command_check_shard_limit(const struct qd_command *command, int64_t added,
                                                       struct qd_error *error);

/* Removes an index that exists. */
enum qd_status qd_command_delete_one(struct qd_command *command, struct qd_slice name,
                                     struct qd_error *error);

/* Puts an alias with the options of JSON members into an index under construction. */
void qd_command_put_alias(struct qd_command *command, struct qd_index_metadata *index, struct qd_slice name,
                          const struct qd_json *options);

/* Checks that an alias's options give at most one routing for writing. Errors: QD_ILLEGAL_ARGUMENT. */
enum qd_status qd_command_check_routing(struct qd_slice alias, const struct qd_json *options,
                                        struct qd_error *error);

/* Checks the member "filter" of an alias's options. Errors: QD_ILLEGAL_ARGUMENT "failed to parse filter for
 * alias [x]" with its cause. */
enum qd_status qd_command_check_filter(struct qd_command *command, const struct qd_index_metadata *index,
                                       struct qd_slice alias, const struct qd_json *options,
                                       struct qd_error *error);

/* Fails with the reference's index_not_found_exception. */
enum qd_status qd_command_no_index(struct qd_slice name, struct qd_error *error);

/* The text of a member, copied into the command's arena; data NULL when missing. */
struct qd_slice qd_command_text(const struct qd_command *command, const struct qd_json *node,
                                const char *name);

/* The JSON text of a node, in `arena`. */
struct qd_slice qd_command_json(const struct qd_json *node, struct qd_arena *arena);

#endif
