/* The command that changes aliases. */
#include "base/java_order.h"
#include "master/commands.h"

void qd_command_put_alias(struct qd_command *command, struct qd_index_metadata *index, struct qd_slice name,
                          const struct qd_json *options)
{
    struct qd_alias *alias = QD_NEW(index->arena, struct qd_alias);
    const struct qd_json *filter = qd_json_get(options, "filter");
    struct qd_slice routing = qd_command_text(command, options, "routing");
    struct qd_slice index_routing = qd_command_text(command, options, "index_routing");
    struct qd_slice search_routing = qd_command_text(command, options, "search_routing");
    const struct qd_json *write = qd_json_get(options, "is_write_index");
    const struct qd_json *hidden = qd_json_get(options, "is_hidden");
    if (index_routing.data == NULL) index_routing = routing;
    if (search_routing.data == NULL) search_routing = routing;
    alias->name = qd_arena_copy(index->arena, name);
    if (filter != NULL && !qd_json_is_null(filter)) alias->filter = qd_command_json(filter, index->arena);
    if (index_routing.data != NULL) alias->index_routing = qd_arena_copy(index->arena, index_routing);
    if (search_routing.data != NULL) alias->search_routing = qd_arena_copy(index->arena, search_routing);
    if (write != NULL) alias->is_write_index = qd_json_boolean(write) ? QD_YES : QD_NO;
    if (hidden != NULL) alias->is_hidden = qd_json_boolean(hidden) ? QD_YES : QD_NO;
    struct qd_map fresh;
    bool placed = false;
    qd_map_init(&fresh, index->arena);
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        const struct qd_map_entry *entry = &index->aliases.entries[i];
        if (entry->removed || qd_slice_equal(entry->key, name)) continue;
        if (!placed && qd_slice_compare(name, entry->key) < 0) {
            qd_map_put(&fresh, name, alias);
            placed = true;
        }
        qd_map_put(&fresh, entry->key, entry->value);
    }
    if (!placed) qd_map_put(&fresh, name, alias);
    index->aliases = fresh;
}

enum qd_status qd_command_check_routing(struct qd_slice alias, const struct qd_json *options,
                                        struct qd_error *error)
{
    struct qd_slice routing = qd_json_text(qd_json_get(options, "index_routing"));
    if (routing.size == 0) routing = qd_json_text(qd_json_get(options, "routing"));
    if (qd_slice_find_byte(routing, ',') == SIZE_MAX) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "alias [%.*s] has several index routing values associated with it",
                        QD_SLICE_ARG(alias));
}

enum qd_status qd_command_check_filter(struct qd_command *command, const struct qd_index_metadata *index,
                                       struct qd_slice alias, const struct qd_json *options,
                                       struct qd_error *error)
{
    const struct qd_json *filter = qd_json_get(options, "filter");
    if (!qd_json_is_object(filter)) return QD_OK;
    enum qd_status status = command->services->check_filter(command->services->context, index,
                                                            qd_command_json(filter, command->arena), error);
    if (status == QD_OK) return QD_OK;
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "failed to parse filter for alias [%.*s]",
                         QD_SLICE_ARG(alias));
}

static enum qd_status remove_alias(struct qd_command *command, struct qd_slice name, struct qd_slice alias)
{
    const struct qd_index_metadata *old = qd_cluster_state_index(command->state, name);
    if (qd_map_get(&old->aliases, alias) == NULL) return QD_OK;
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    qd_map_remove(&index->aliases, alias);
    index->aliases_version++;
    return QD_OK;
}

static enum qd_status add_alias(struct qd_command *command, struct qd_slice name,
                                const struct qd_json *options, struct qd_error *error)
{
    struct qd_slice alias = qd_command_text(command, options, "alias");
    struct qd_index_metadata *index = qd_command_edit_index(command, name);
    QD_TRY(qd_command_check_routing(alias, options, error));
    QD_TRY(qd_command_check_filter(command, index, alias, options, error));
    qd_command_put_alias(command, index, alias, options);
    index->aliases_version++;
    return QD_OK;
}

/* An alias must not be an index of its own, and at most one index may be its write index. */
static enum qd_status check_aliases(const struct qd_cluster_state *state, struct qd_slice alias,
                                    struct qd_error *error)
{
    size_t writers = 0;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_alias *found = qd_map_get(&state->indices[i]->aliases, alias);
        if (found != NULL && found->is_write_index == QD_YES) writers++;
        if (!qd_slice_equal(state->indices[i]->name, alias)) continue;
        enum qd_status status = qd_error_set(
            error, QD_INVALID_ALIAS_NAME,
            "Invalid alias name [%.*s], an index exists with the same name as the "
            "alias",
            QD_SLICE_ARG(alias));
        qd_error_add(error, "index", alias);
        qd_error_add(error, "index_uuid", state->indices[i]->uuid);
        return status;
    }
    if (writers <= 1) return QD_OK;
    struct qd_buffer names = { 0 };
    struct qd_slice *holders = QD_NEW_ARRAY(state->arena, struct qd_slice, writers);
    size_t count = 0;
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_alias *found = qd_map_get(&state->indices[i]->aliases, alias);
        if (found == NULL || found->is_write_index != QD_YES) continue;
        holders[count++] = state->indices[i]->name;
    }
    const size_t *order = qd_java_map_order(state->arena, holders, count, 16);
    for (size_t i = 0; i < count; i++) {
        qd_buffer_format(&names, "%s%.*s", i == 0 ? "" : ",", QD_SLICE_ARG(holders[order[i]]));
    }
    enum qd_status status = qd_error_set(error, QD_ILLEGAL_STATE,
                                         "alias [%.*s] has more than one write index [%.*s]",
                                         QD_SLICE_ARG(alias), (int)names.size, names.data);
    qd_buffer_deinit(&names);
    return status;
}

enum qd_status qd_command_update_aliases(struct qd_command *command, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(qd_json_get(command->body, "actions"));
    while (qd_json_next(&at)) {
        struct qd_slice kind = qd_json_text(qd_json_get(at.value, "kind"));
        struct qd_slice name = qd_json_text(qd_json_get(at.value, "index"));
        if (qd_cluster_state_index(command->state, name) == NULL) return qd_command_no_index(name, error);
        if (qd_slice_is(kind, "remove_index")) {
            QD_TRY(qd_command_delete_one(command, name, error));
        } else if (qd_slice_is(kind, "remove")) {
            QD_TRY(remove_alias(command, name, qd_json_text(qd_json_get(at.value, "alias"))));
        } else {
            QD_TRY(add_alias(command, name, at.value, error));
        }
    }
    at = qd_json_iterate(qd_json_get(command->body, "actions"));
    while (qd_json_next(&at)) {
        if (!qd_slice_is(qd_json_text(qd_json_get(at.value, "kind")), "add")) continue;
        QD_TRY(check_aliases(command->state, qd_json_text(qd_json_get(at.value, "alias")), error));
    }
    return QD_OK;
}
