/* Voting configuration exclusions: one custom that lists them in the order in which they were added. */
#include "master/commands.h"

static bool same_member(const struct qd_json *left, const struct qd_json *right, const char *name)
{
    return qd_slice_equal(qd_json_text(qd_json_get(left, name)), qd_json_text(qd_json_get(right, name)));
}

static bool contains(const struct qd_json *list, const struct qd_json *exclusion)
{
    struct qd_json_iterator at = qd_json_iterate(list);
    while (qd_json_next(&at)) {
        if (same_member(at.value, exclusion, "node_id") && same_member(at.value, exclusion, "node_name")) {
            return true;
        }
    }
    return false;
}

/* Appends to a JSON array that is open those of `list` that `known` has not; how many they are. */
static size_t append_new(struct qd_json_writer *writer, const struct qd_json *list,
                         const struct qd_json *known)
{
    struct qd_json_iterator at = qd_json_iterate(list);
    size_t count = 0;
    while (qd_json_next(&at)) {
        if (contains(known, at.value)) continue;
        qd_json_node(writer, at.value);
        count++;
    }
    return count;
}

static enum qd_status too_many(const struct qd_command *command, size_t added, size_t existing, int64_t most,
                               struct qd_error *error)
{
    struct qd_slice names = qd_json_text(qd_json_get(command->body, "names"));
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "add voting config exclusions request for [%.*s] would add [%zu] exclusions to the "
                        "existing [%zu] which would exceed the maximum of [%lld] set by "
                        "[cluster.max_voting_config_exclusions]",
                        QD_SLICE_ARG(names), added, existing, (long long)most);
}

enum qd_status qd_command_add_voting_exclusions(struct qd_command *command, struct qd_error *error)
{
    const struct qd_slice *old = qd_map_get(&command->state->customs, QD_VOTING_EXCLUSIONS_KEY);
    const struct qd_json *wanted = qd_json_get(command->body, "exclusions");
    struct qd_json_document document = { 0 };
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    int64_t most = INT64_MAX;
    (void)qd_json_int64(qd_json_get(command->body, "most"), &most);
    QD_TRY(qd_json_parse(command->arena, old == NULL ? QD_SLICE("[]") : *old, &document, error));
    qd_json_begin_array(&writer);
    size_t existing = append_new(&writer, document.root, NULL);
    size_t added = append_new(&writer, wanted, document.root);
    qd_json_end_array(&writer);
    if (added > 0 && (int64_t)(existing + added) > most) {
        qd_buffer_deinit(&text);
        return too_many(command, added, existing, most, error);
    }
    command->changed = added > 0;
    if (added > 0) {
        qd_state_map_put(&command->state->customs, command->state->arena, QD_VOTING_EXCLUSIONS_KEY,
                         qd_buffer_view(&text));
    }
    qd_buffer_deinit(&text);
    return QD_OK;
}

enum qd_status qd_command_clear_voting_exclusions(struct qd_command *command, struct qd_error *error)
{
    (void)error;
    if (qd_map_get(&command->state->customs, QD_VOTING_EXCLUSIONS_KEY) == NULL) return QD_OK;
    qd_state_map_put(&command->state->customs, command->state->arena, QD_VOTING_EXCLUSIONS_KEY,
                     (struct qd_slice){ 0 });
    command->changed = true;
    return QD_OK;
}
