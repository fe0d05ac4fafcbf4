#include "base/assert.h"
#include "master/commands.h"

/* The only list of commands. */
static const struct {
    const char *type;
    qd_command_function *apply;
} commands[] = {
    { "create_index", qd_command_create_index },
    { "delete_index", qd_command_delete_index },
    { "open_index", qd_command_open_index },
    { "close_index", qd_command_close_index },
    { "put_mapping", qd_command_put_mapping },
    { "put_index_settings", qd_command_put_index_settings },
    { "update_aliases", qd_command_update_aliases },
    { "put_cluster_settings", qd_command_put_cluster_settings },
    { "put_custom", qd_command_put_custom },
    { "delete_custom", qd_command_delete_custom },
    { "add_voting_exclusions", qd_command_add_voting_exclusions },
    { "clear_voting_exclusions", qd_command_clear_voting_exclusions },
    { "node_started", qd_command_node_started },
    { "shard_started", qd_command_shard_started },
    { "shard_failed", qd_command_shard_failed },
    { "reroute", qd_command_reroute },
    { "reroute_by_hand", qd_command_reroute_by_hand },
    { "node_room", qd_command_node_room },
};

struct qd_slice qd_command_text(const struct qd_command *command, const struct qd_json *node,
                                const char *name)
{
    const struct qd_json *value = qd_json_get(node, name);
    if (value == NULL || qd_json_is_null(value)) return (struct qd_slice){ 0 };
    return qd_arena_copy(command->arena, qd_json_text(value));
}

struct qd_slice qd_command_json(const struct qd_json *node, struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    if (node == NULL) return (struct qd_slice){ 0 };
    qd_json_node(&writer, node);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

struct qd_index_metadata *qd_command_edit_index(struct qd_command *command, struct qd_slice name)
{
    struct qd_index_metadata *old = qd_cluster_state_index(command->state, name);
    qd_assert(old != NULL);
    struct qd_index_metadata *copy = qd_index_metadata_copy(old);
    copy->version++;
    qd_cluster_state_put_index(command->state, copy);
    command->changed = true;
    return copy;
}

enum qd_status qd_command_no_index(struct qd_slice name, struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_INDEX_NOT_FOUND, "no such index [%.*s]",
                                         QD_SLICE_ARG(name));
    qd_error_add(error, "index", name);
    qd_error_add(error, "resource.id", name);
    qd_error_add(error, "resource.type", QD_SLICE("index_or_alias"));
    qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
    return status;
}

enum qd_status qd_master_apply(const struct qd_cluster_state *state,
                               const struct qd_master_services *services, const struct qd_master_event *event,
                               struct qd_arena *arena, struct qd_cluster_state **result,
                               struct qd_slice *answer, struct qd_error *error)
{
    struct qd_json_document document;
    qd_command_function *apply = NULL;
    *result = NULL;
    QD_TRY(qd_json_parse(arena, event->command, &document, error));
    struct qd_slice type = qd_json_text(qd_json_get(document.root, "type"));
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (qd_slice_is(type, commands[i].type)) apply = commands[i].apply;
    }
    if (apply == NULL) {
        return qd_error_set(error, QD_ILLEGAL_STATE, "unknown cluster command [%.*s]", QD_SLICE_ARG(type));
    }
    struct qd_command command = { .state = qd_cluster_state_copy(state, event->state_uuid),
                                  .services = services,
                                  .event = event,
                                  .body = document.root,
                                  .document = &document,
                                  .arena = arena };
    enum qd_status status = apply(&command, error);
    if (status != QD_OK || !command.changed) {
        qd_cluster_state_release(command.state);
    } else {
        *result = command.state;
    }
    *answer = command.answer;
    return status;
}
