/* Changes of aliases: from requests to a cluster command.
 *
 * Used by put, delete and update aliases. Source: OpenSearch IndicesAliasesRequest,
 * TransportIndicesAliasesAction.
 */
#ifndef QD_COORDINATOR_ALIAS_ACTIONS_H
#define QD_COORDINATOR_ALIAS_ACTIONS_H

#include "coordinator/index_call.h"

/* Actions that one request may hold. */
#define QD_ALIAS_ACTIONS_MAX 10000

enum qd_alias_action_kind { QD_ALIAS_ADD, QD_ALIAS_REMOVE, QD_ALIAS_REMOVE_INDEX };

/* One action as it was asked for; data NULL: not given. */
struct qd_alias_action {
    enum qd_alias_action_kind kind;
    const struct qd_slice *indices; /* indices[index_count]: expressions */
    size_t index_count;
    const struct qd_slice *aliases; /* aliases[alias_count]: names; patterns when removing */
    size_t alias_count;
    struct qd_slice filter; /* JSON text */
    struct qd_slice routing, index_routing, search_routing;
    enum qd_tristate is_write_index, is_hidden, must_exist;
};

/* Reads the body of POST /_aliases. Errors: QD_X_CONTENT_PARSE with positions, QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_alias_actions_parse(const struct qd_json_document *body, struct qd_arena *arena,
                                                 struct qd_alias_action **actions, size_t *count,
                                                 struct qd_error *error);

/* Resolves the actions, submits the command and answers the call. */
void qd_alias_actions_submit(struct qd_coordinator *coordinator, struct qd_call *call,
                             const struct qd_alias_action *actions, size_t count);

#endif
