/* Putting, deleting and updating aliases. */
#include "coordinator/alias_actions.h"
#include "coordinator/operations.h"

static struct qd_slice *one_name(struct qd_call *call, struct qd_slice name)
{
    struct qd_slice *names = QD_NEW(call->arena, struct qd_slice);
    *names = name;
    return names;
}

static enum qd_status put_field(struct qd_call *call, struct qd_alias_action *action,
                                const struct qd_json_iterator *at, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(at->value);
    bool flag = qd_json_is_boolean(at->value) ? qd_json_boolean(at->value) : qd_slice_is(text, "true");
    if (qd_json_is_object(at->value) && !qd_slice_is(at->key, "filter")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "unknown field [%.*s]", QD_SLICE_ARG(at->key));
    }
    if (qd_slice_is(at->key, "index")) {
        action->indices = one_name(call, text);
        action->index_count = 1;
    } else if (qd_slice_is(at->key, "alias")) {
        action->aliases = one_name(call, text);
        action->alias_count = 1;
    } else if (qd_slice_is(at->key, "routing")) {
        action->routing = text;
    } else if (qd_slice_is(at->key, "indexRouting") || qd_slice_is(at->key, "index-routing") ||
               qd_slice_is(at->key, "index_routing")) {
        action->index_routing = text;
    } else if (qd_slice_is(at->key, "searchRouting") || qd_slice_is(at->key, "search-routing") ||
               qd_slice_is(at->key, "search_routing")) {
        action->search_routing = text;
    } else if (qd_slice_is(at->key, "is_write_index")) {
        action->is_write_index = flag ? QD_YES : QD_NO;
    } else if (qd_slice_is(at->key, "is_hidden")) {
        action->is_hidden = flag ? QD_YES : QD_NO;
    } else if (qd_slice_is(at->key, "filter") && qd_json_is_object(at->value)) {
        if (qd_json_size(at->value) > 0) action->filter = qd_json_node_text(at->value, call->arena);
    } else {
        struct qd_slice name = at->name == NULL ? QD_SLICE("null") : at->key;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "unknown field [%.*s]", QD_SLICE_ARG(name));
    }
    return QD_OK;
}

struct put {
    struct qd_call *call;
    struct qd_alias_action *action;
};

static enum qd_status read_put(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    const struct put *put = context;
    struct qd_json_iterator at = qd_json_iterate(body->root);
    while (qd_json_next(&at)) QD_TRY(put_field(put->call, put->action, &at, error));
    return QD_OK;
}

static enum qd_status prepare_put(struct qd_call *call, struct qd_alias_action *action)
{
    struct qd_json_document body;
    struct qd_slice *indices;
    struct qd_slice name = qd_call_parameter(call, "name");
    QD_TRY(qd_call_manager_timeouts(call, &call->error));
    action->index_count = qd_call_list(call, "index", &indices);
    action->indices = indices;
    if (name.data != NULL) {
        action->aliases = one_name(call, name);
        action->alias_count = 1;
    }
    struct put put = { call, action };
    struct qd_body_check check = { .check = read_put, .context = &put };
    const struct qd_alias_action named = *action;
    QD_TRY(qd_call_body_streamed(call, &check, &body, &call->error));
    *action = named;
    if (body.root == NULL && call->body.size > 0)
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "No index alias is specified");
    if (check.extra && qd_json_size(body.root) == 0)
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "unknown field [null]");
    QD_TRY(read_put(&put, &body, &call->error));
    if (action->index_count == 0) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "[indices] can't be empty");
    }
    if (action->alias_count == 0) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "[alias] can't be empty string");
    }
    return QD_OK;
}

void qd_coordinator_put_alias(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_alias_action action = { .kind = QD_ALIAS_ADD };
    if (prepare_put(call, &action) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_alias_actions_submit(coordinator, call, &action, 1);
}

void qd_coordinator_delete_alias(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_alias_action action = { .kind = QD_ALIAS_REMOVE };
    struct qd_slice *indices;
    struct qd_slice *aliases;
    if (qd_call_manager_timeouts(call, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    action.index_count = qd_call_list(call, "index", &indices);
    action.indices = indices;
    action.alias_count = qd_call_list(call, "name", &aliases);
    action.aliases = aliases;
    if (action.index_count == 0) {
        (void)qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "[indices] can't be empty");
        qd_call_fail(call);
        return;
    }
    qd_alias_actions_submit(coordinator, call, &action, 1);
}

static enum qd_status check_actions(void *context, const struct qd_json_document *body,
                                    struct qd_error *error)
{
    struct qd_call *call = context;
    struct qd_alias_action *actions;
    size_t count;
    return qd_alias_actions_parse(body, call->arena, &actions, &count, error);
}

void qd_coordinator_update_aliases(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_json_document body;
    struct qd_alias_action *actions;
    size_t count;
    struct qd_body_check check = { .check = check_actions, .context = call };
    enum qd_status status = qd_call_manager_timeouts(call, &call->error);
    if (status == QD_OK && call->body.size == 0)
        status = qd_error_set(&call->error, QD_OPENSEARCH_PARSE, "request body is required");
    if (status == QD_OK) status = qd_call_body_streamed(call, &check, &body, &call->error);
    if (status == QD_OK) status = qd_alias_actions_parse(&body, call->arena, &actions, &count, &call->error);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_alias_actions_submit(coordinator, call, actions, count);
}
