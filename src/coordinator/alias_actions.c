#include "coordinator/alias_actions.h"

#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/blocks.h"

QD_VECTOR_TYPE(name_list, struct qd_slice);

struct submission {
    struct qd_call *call;
    const struct qd_cluster_state *state;
    struct qd_json_writer writer;
    size_t written;         /* final actions */
    bool allow_none;        /* no action at all is no error: must_exist is false */
    struct name_list asked; /* all names that were asked for */
};

static void write_optional(struct qd_json_writer *writer, const char *name, struct qd_slice value)
{
    if (value.data != NULL) qd_json_member_string(writer, name, value);
}

static void write_action(struct submission *submission, const struct qd_alias_action *action,
                         const struct qd_index_metadata *index, struct qd_slice alias)
{
    static const char *const kinds[] = { "add", "remove", "remove_index" };
    struct qd_json_writer *writer = &submission->writer;
    submission->written++;
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "kind", kinds[action->kind]);
    qd_json_member_string(writer, "index", index->name);
    write_optional(writer, "alias", alias);
    if (action->filter.data != NULL) {
        qd_json_name(writer, "filter");
        qd_json_raw(writer, action->filter);
    }
    write_optional(writer, "routing", action->routing);
    write_optional(writer, "index_routing", action->index_routing);
    write_optional(writer, "search_routing", action->search_routing);
    if (action->is_write_index != QD_UNSET) {
        qd_json_member_bool(writer, "is_write_index", action->is_write_index == QD_YES);
    }
    if (action->is_hidden != QD_UNSET) qd_json_member_bool(writer, "is_hidden", action->is_hidden == QD_YES);
    if (action->must_exist != QD_UNSET) {
        qd_json_member_bool(writer, "must_exist", action->must_exist == QD_YES);
    }
    qd_json_end_object(writer);
}

static bool wanted(const struct qd_alias_action *action, struct qd_slice alias)
{
    bool matched = false;
    for (size_t i = 0; i < action->alias_count; i++) {
        struct qd_slice name = action->aliases[i];
        if (name.size > 0 && name.data[0] == '-') {
            if (matched) matched = !qd_simple_match(qd_slice_from(name, 1), alias);
        } else if (!matched) {
            matched = qd_slice_is(name, "_all") || qd_simple_match(name, alias);
        }
    }
    return matched;
}

static struct qd_slice join(const struct qd_slice *parts, size_t count, const char *comma,
                            struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < count; i++) {
        qd_buffer_format(&text, "%s%.*s", i == 0 ? "" : comma, QD_SLICE_ARG(parts[i]));
    }
    struct qd_slice joined = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return joined;
}

static enum qd_status none_found(struct submission *submission)
{
    struct qd_call *call = submission->call;
    struct qd_slice names = join(submission->asked.data, submission->asked.count, ", ", call->arena);
    enum qd_status status = qd_error_set(&call->error, QD_ALIASES_NOT_FOUND, "aliases [%.*s] missing",
                                         QD_SLICE_ARG(names));
    if (submission->asked.count == 1) {
        qd_error_add(&call->error, "resource.id", names);
    } else {
        struct qd_buffer list = { 0 };
        struct qd_json_writer writer = { .out = &list };
        qd_json_begin_array(&writer);
        for (size_t i = 0; i < submission->asked.count; i++) {
            qd_json_string(&writer, submission->asked.data[i]);
        }
        qd_json_end_array(&writer);
        qd_error_add_raw(&call->error, "resource.id", qd_buffer_view(&list));
        qd_buffer_deinit(&list);
    }
    qd_error_add(&call->error, "resource.type", QD_SLICE("aliases"));
    return status;
}

static enum qd_status on_index(struct submission *submission, const struct qd_alias_action *action,
                               const struct qd_index_metadata *index)
{
    if (action->kind == QD_ALIAS_REMOVE_INDEX) {
        QD_TRY(qd_check_delete_block(index, &submission->call->error));
        write_action(submission, action, index, (struct qd_slice){ 0 });
        return QD_OK;
    }
    QD_TRY(qd_check_blocks(index, QD_BLOCK_METADATA_WRITE, &submission->call->error));
    if (action->kind == QD_ALIAS_ADD) {
        for (size_t i = 0; i < action->alias_count; i++) {
            write_action(submission, action, index, action->aliases[i]);
        }
        return QD_OK;
    }
    bool any = false;
    for (size_t i = 0; i < index->aliases.entry_count; i++) {
        const struct qd_map_entry *entry = &index->aliases.entries[i];
        if (entry->removed || !wanted(action, entry->key)) continue;
        write_action(submission, action, index, entry->key);
        any = true;
    }
    if (any || action->must_exist != QD_YES) return QD_OK;
    submission->asked.count = 0;
    for (size_t i = 0; i < action->alias_count; i++) {
        *QD_PUSH(submission->call->arena, &submission->asked) = action->aliases[i];
    }
    return none_found(submission);
}

static enum qd_status one_action(struct submission *submission, const struct qd_alias_action *action)
{
    struct qd_call *call = submission->call;
    struct qd_resolved *indices;
    size_t count;
    struct qd_indices_options options = { .expand_open = true, .forbid_aliases = true };
    struct qd_expression expression = { .state = submission->state,
                                        .text = join(action->indices, action->index_count, ",", call->arena),
                                        .options = options,
                                        .now_ms = call->start_ms };
    for (size_t i = 0; i < action->alias_count; i++) {
        *QD_PUSH(call->arena, &submission->asked) = action->aliases[i];
        if (action->kind == QD_ALIAS_ADD) QD_TRY(qd_check_alias_name(action->aliases[i], &call->error));
    }
    QD_TRY(qd_resolve(&expression, call->arena, &indices, &count, &call->error));
    if (action->must_exist == QD_NO) submission->allow_none = true;
    for (size_t i = 0; i < count; i++) QD_TRY(on_index(submission, action, indices[i].index));
    return QD_OK;
}

static enum qd_status all_actions(struct submission *submission, const struct qd_alias_action *actions,
                                  size_t count)
{
    qd_json_begin_object(&submission->writer);
    qd_json_member_text(&submission->writer, "type", "update_aliases");
    qd_json_member_array(&submission->writer, "actions");
    for (size_t i = 0; i < count; i++) QD_TRY(one_action(submission, &actions[i]));
    qd_json_end_array(&submission->writer);
    qd_json_end_object(&submission->writer);
    return submission->written == 0 && !submission->allow_none ? none_found(submission) : QD_OK;
}

void qd_alias_actions_submit(struct qd_coordinator *coordinator, struct qd_call *call,
                             const struct qd_alias_action *actions, size_t count)
{
    struct qd_buffer command = { 0 };
    struct submission submission = { .call = call,
                                     .writer = { .out = &command },
                                     .state = qd_cluster_service_state(coordinator->cluster) };
    if (all_actions(&submission, actions, count) != QD_OK) {
        qd_buffer_deinit(&command);
        qd_call_fail(call);
        return;
    }
    if (submission.written == 0) {
        qd_buffer_deinit(&command);
        qd_call_acknowledge(call);
        return;
    }
    qd_index_command_acknowledge(coordinator, call, QD_SLICE("index-aliases"), &command);
}
