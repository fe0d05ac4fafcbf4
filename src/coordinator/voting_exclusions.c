/* POST and DELETE _cluster/voting_config_exclusions: nodes that are to have no vote.
 *
 * The only node of a cluster keeps its vote whatever is asked: who excludes it waits until the request's
 * timeout has passed, as in the reference. Source: OpenSearch AddVotingConfigExclusionsRequest,
 * TransportAddVotingConfigExclusionsAction.
 */
#include "coordinator/voting_exclusions.h"

#include "base/units.h"
#include "coordinator/cluster_service.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"

#define EXCLUSIONS_MAX_DEFAULT 10

static const char timeout_setting[] = "RestAddVotingConfigExclusionAction.timeout";

/* Which of the three ways of naming nodes a request takes. */
enum naming { BY_DESCRIPTION, BY_ID, BY_NAME };

/* A request under way. */
struct addition {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    enum naming naming;
    struct qd_slice text; /* the nodes as they were given */
    int64_t timeout_ms;
    bool votes; /* one of them has a vote */
};

void qd_voting_exclusions_write(const struct qd_cluster_state *state, struct qd_json_writer *writer)
{
    const struct qd_slice *list = qd_map_get(&state->customs, QD_VOTING_EXCLUSIONS_KEY);
    qd_json_raw(writer, list == NULL ? QD_SLICE("[]") : *list);
}

static void finish_empty(struct qd_call *call)
{
    qd_call_finish(call, 200);
}

/* ---- adding ---- */

static enum qd_status read_naming(const struct qd_call *call, enum naming *naming, struct qd_slice *text,
                                  struct qd_error *error)
{
    static const char *const ways[] = {
        [BY_DESCRIPTION] = "node_name", [BY_ID] = "node_ids", [BY_NAME] = "node_names"
    };
    size_t given = 0;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct qd_slice value = qd_call_parameter(call, ways[i]);
        if (value.size == 0) continue;
        *naming = (enum naming)i;
        *text = value;
        given++;
    }
    if (given == 1) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Please set node identifiers correctly. One and only one of [node_name], "
                        "[node_names] and [node_ids] has to be set");
}

static enum qd_status read_timeout(const struct qd_call *call, int64_t *milliseconds, struct qd_error *error)
{
    struct qd_slice timeout = qd_call_parameter(call, "timeout");
    if (timeout.data == NULL) return QD_OK;
    return qd_time_parse_millis(timeout, timeout_setting, milliseconds, error);
}

enum qd_status qd_voting_exclusions_check(struct qd_call *call, struct qd_error *error)
{
    enum naming naming = BY_DESCRIPTION;
    struct qd_slice text;
    int64_t timeout;
    QD_TRY(read_timeout(call, &timeout, error));
    QD_TRY(read_naming(call, &naming, &text, error));
    if (naming == BY_DESCRIPTION) {
        qd_call_warn(call, "nodeDescription is deprecated and will be removed, use nodeIds or nodeNames "
                           "instead");
    }
    return QD_OK;
}

static enum qd_status read_addition(struct addition *addition)
{
    struct qd_call *call = addition->call;
    QD_TRY(read_timeout(call, &addition->timeout_ms, &call->error));
    return read_naming(call, &addition->naming, &addition->text, &call->error);
}

static void write_exclusion(struct qd_slice id, struct qd_slice name, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "node_id", id);
    qd_json_member_string(writer, "node_name", name);
    qd_json_end_object(writer);
}

/* A node that is not there is kept by the name that was given, for when it joins. */
static void write_named(struct addition *addition, const struct qd_cluster_state *state, struct qd_slice part,
                        struct qd_json_writer *writer)
{
    const struct qd_node_info *found = NULL;
    bool by_id = addition->naming == BY_ID;
    for (size_t i = 0; i < state->node_count; i++) {
        const struct qd_node_info *node = &state->nodes[i];
        if (qd_slice_equal(by_id ? node->id : node->name, part)) found = node;
    }
    if (found == NULL) {
        write_exclusion(by_id ? part : QD_SLICE("_absent_"), by_id ? QD_SLICE("_absent_") : part, writer);
    } else if (found->cluster_manager) {
        addition->votes = true;
        write_exclusion(found->id, found->name, writer);
    }
}

static size_t write_list(struct addition *addition, const struct qd_cluster_state *state,
                         struct qd_json_writer *writer)
{
    struct qd_slice *parts;
    struct qd_map seen;
    const char *const names[] = { "node_name", "node_ids", "node_names" };
    size_t count = qd_call_list(addition->call, names[addition->naming], &parts);
    size_t written = 0;
    qd_map_init(&seen, addition->call->arena);
    for (size_t i = 0; i < count && addition->naming != BY_DESCRIPTION; i++) {
        if (qd_map_find(&seen, parts[i]) != NULL) continue;
        qd_map_put(&seen, parts[i], NULL);
        write_named(addition, state, parts[i], writer);
        written++;
    }
    if (addition->naming != BY_DESCRIPTION) return written;
    struct qd_node_filter filter = { state, addition->text, addition->coordinator->local_node->id };
    bool *wanted = qd_nodes_select(&filter, addition->call->arena);
    for (size_t i = 0; i < state->node_count; i++) {
        if (!wanted[i] || !state->nodes[i].cluster_manager) continue;
        addition->votes = true;
        write_exclusion(state->nodes[i].id, state->nodes[i].name, writer);
        written++;
    }
    return written;
}

static bool never(void *context, const struct qd_cluster_state *state)
{
    (void)context;
    (void)state;
    return false;
}

static void gave_up(void *context, bool timed_out)
{
    struct addition *addition = context;
    (void)timed_out;
    const struct qd_node_info *node = addition->coordinator->local_node;
    (void)qd_error_set(&addition->call->error, QD_TIMEOUT,
                       "timed out waiting for voting config exclusions [{%.*s}{%.*s}] to take effect",
                       QD_SLICE_ARG(node->name), QD_SLICE_ARG(node->id));
    qd_call_fail(addition->call);
}

static void added(void *context, const struct qd_command_outcome *outcome)
{
    struct addition *addition = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(addition->call, outcome->error);
        return;
    }
    if (!addition->votes) {
        finish_empty(addition->call);
        return;
    }
    struct qd_state_wait wait = {
        .holds = never, .done = gave_up, .context = addition, .timeout_ms = addition->timeout_ms
    };
    qd_cluster_service_wait(addition->coordinator->cluster, &wait);
}

static void submit(struct addition *addition, struct qd_buffer *command)
{
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT,
                                          .source = QD_SLICE("add-voting-config-exclusions"),
                                          .done = added,
                                          .context = addition };
    qd_cluster_service_submit(addition->coordinator->cluster, &request, command);
}

static void fail_without_nodes(struct qd_call *call)
{
    struct qd_slice *parts;
    size_t count = qd_call_list(call, "node_name", &parts);
    struct qd_buffer text = { 0 };
    for (size_t i = 0; i < count; i++) {
        qd_buffer_format(&text, "%s%.*s", i == 0 ? "" : ", ", QD_SLICE_ARG(parts[i]));
    }
    (void)qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                       "add voting config exclusions request for [%.*s] matched no "
                       "cluster-manager-eligible nodes",
                       QD_SLICE_ARG(qd_buffer_view(&text)));
    qd_buffer_deinit(&text);
    qd_call_fail(call);
}

void qd_coordinator_add_voting_exclusions(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct addition *addition = QD_NEW(call->arena, struct addition);
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    *addition = (struct addition){ .coordinator = coordinator, .call = call, .timeout_ms = 30000 };
    if (read_addition(addition) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "add_voting_exclusions");
    qd_json_member_string(&writer, "names",
                          addition->naming == BY_DESCRIPTION ? addition->text : QD_SLICE(""));
    qd_json_member_int(&writer, "most",
                       qd_cluster_setting_int(coordinator, "cluster.max_voting_config_exclusions",
                                              EXCLUSIONS_MAX_DEFAULT));
    qd_json_member_array(&writer, "exclusions");
    size_t count = write_list(addition, state, &writer);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    if (count == 0) {
        qd_buffer_deinit(&command);
        fail_without_nodes(call);
        return;
    }
    submit(addition, &command);
}

/* ---- clearing ---- */

static void cleared(void *context, const struct qd_command_outcome *outcome)
{
    struct qd_call *call = context;
    if (outcome->error != NULL) {
        qd_call_fail_with(call, outcome->error);
    } else {
        finish_empty(call);
    }
}

void qd_coordinator_clear_voting_exclusions(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_buffer command = { 0 };
    bool wait = true;
    enum qd_status status = qd_call_bool(call, "wait_for_removal", &wait, &call->error);
    if (status != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT,
                                          .source = QD_SLICE("clear-voting-config-exclusions"),
                                          .done = cleared,
                                          .context = call };
    qd_buffer_text(&command, "{\"type\":\"clear_voting_exclusions\"}");
    qd_cluster_service_submit(coordinator->cluster, &request, &command);
}
