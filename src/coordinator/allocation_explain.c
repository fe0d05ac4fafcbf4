/* GET _cluster/allocation/explain: why a copy of a shard lies where it does, or nowhere.
 *
 * Source: OpenSearch TransportClusterAllocationExplainAction, ClusterAllocationExplanation.
 */
#include "base/date.h"
#include "coordinator/cluster_state_api.h"
#include "coordinator/index_call.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/shard_reports.h"
#include "master/deciders.h"
#include "search/request_object.h"

/* A request under way. */
struct request {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    const struct qd_cluster_state *state;
    bool yes_decisions, disk_info;
    bool empty;                  /* any unassigned copy will do */
    struct qd_slice index_name;  /* data NULL: not given */
    int64_t shard;               /* -1: not given */
    enum qd_tristate primary;
    struct qd_slice current_node; /* data NULL: not given */
    const struct qd_index_metadata *index;
    const struct qd_shard_routing *copy;
    const struct qd_nodes_facts *facts; /* NULL: the disks are not asked for, or not yet known */
};

/* ---- reading ---- */

/* The members, as the reference's parser takes them. */
static enum qd_status take_index(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                 struct qd_error *error)
{
    (void)parser;
    (void)error;
    ((struct request *)target)->index_name = qd_json_text(value);
    return QD_OK;
}

static enum qd_status take_shard(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                 struct qd_error *error)
{
    return qd_object_int(parser, value, &((struct request *)target)->shard, error);
}

static enum qd_status take_primary(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                   struct qd_error *error)
{
    bool primary;
    QD_TRY(qd_object_boolean(parser, value, &primary, error));
    ((struct request *)target)->primary = primary ? QD_YES : QD_NO;
    return QD_OK;
}

static enum qd_status take_node(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                                struct qd_error *error)
{
    (void)parser;
    (void)error;
    ((struct request *)target)->current_node = qd_json_text(value);
    return QD_OK;
}

static const struct qd_object_member members[] = {
    { "index", QD_TOKEN_STRING, take_index },
    { "shard", QD_TOKENS_NUMERIC, take_shard },
    { "primary", QD_TOKENS_BOOLEAN, take_primary },
    { "current_node", QD_TOKEN_STRING, take_node },
};
static const struct qd_object_spec spec = { "cluster/allocation/explain", members,
                                            sizeof(members) / sizeof(members[0]) };

static enum qd_status check(struct request *request)
{
    struct qd_error *error = &request->call->error;
    const char *missing[3];
    size_t count = 0;
    request->empty = request->index_name.data == NULL && request->shard < 0 &&
                     request->primary == QD_UNSET && request->current_node.data == NULL;
    if (request->empty) return QD_OK;
    if (request->index_name.data == NULL) missing[count++] = "index must be specified";
    if (request->shard < 0) missing[count++] = "shard must be specified";
    if (request->primary == QD_UNSET) missing[count++] = "primary must be specified";
    if (count == 0) return QD_OK;
    struct qd_buffer text = { 0 };
    qd_buffer_text(&text, "Validation Failed: ");
    for (size_t i = 0; i < count; i++) qd_buffer_format(&text, "%zu: %s;", i + 1, missing[i]);
    enum qd_status status = qd_error_set(error, QD_ACTION_REQUEST_VALIDATION, "%.*s", (int)text.size,
                                         text.data);
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status take_members(void *context, const struct qd_json_document *body,
                                   struct qd_error *error)
{
    struct request *request = context;
    struct qd_object_parser parser = { .document = body, .arena = request->call->arena };
    return qd_object_parse(&parser, &spec, body->root, request, error);
}

static enum qd_status read_request(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_json_document body;
    struct qd_body_check members_check = { .check = take_members, .context = request };
    QD_TRY(qd_call_bool(call, "include_yes_decisions", &request->yes_decisions, &call->error));
    QD_TRY(qd_call_bool(call, "include_disk_info", &request->disk_info, &call->error));
    QD_TRY(qd_call_parser_body(call, spec.name, &members_check, &body, &call->error));
    return check(request);
}

/* ---- finding the copy ---- */

static struct qd_slice request_text(const struct request *request)
{
    struct qd_arena *arena = request->call->arena;
    const char *yes = request->yes_decisions ? "true" : "false";
    if (request->empty) {
        return qd_arena_format(arena,
                               "ClusterAllocationExplainRequest[useAnyUnassignedShard=true,"
                               "includeYesDecisions?=%s",
                               yes);
    }
    return qd_arena_format(arena,
                           "ClusterAllocationExplainRequest[index=%.*s,shard=%lld,primary?=%s,%s%.*s%s"
                           "includeYesDecisions?=%s",
                           QD_SLICE_ARG(request->index_name), (long long)request->shard,
                           request->primary == QD_YES ? "true" : "false",
                           request->current_node.data == NULL ? "" : "currentNode=",
                           QD_SLICE_ARG(request->current_node), request->current_node.data == NULL ? "" : ",",
                           yes);
}

/* Primaries before replicas, in the order of the indices. */
static void find_unassigned(struct request *request)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < request->state->index_count; i++) {
            const struct qd_index_metadata *index = request->state->indices[i];
            size_t count = (size_t)index->shard_count * (1 + index->replica_count);
            for (size_t c = 0; c < count && request->copy == NULL; c++) {
                bool wanted = index->routing[c].primary == (pass == 0);
                if (!wanted || index->routing[c].state != QD_SHARD_UNASSIGNED) continue;
                request->index = index;
                request->copy = &index->routing[c];
            }
        }
    }
}

static enum qd_status no_shard(const struct request *request, struct qd_error *error)
{
    enum qd_status status = qd_error_set(error, QD_SHARD_NOT_FOUND, "no such shard");
    qd_error_add(error, "index", request->index->name);
    qd_error_add(error, "shard", qd_arena_format(request->call->arena, "%lld", (long long)request->shard));
    qd_error_add(error, "index_uuid", request->index->uuid);
    return status;
}

/* The copy that is named; a replica that is nowhere comes before one that has a place. */
static enum qd_status find_named(struct request *request)
{
    struct qd_error *error = &request->call->error;
    request->index = qd_cluster_state_index(request->state, request->index_name);
    if (request->index == NULL) {
        enum qd_status status = qd_error_set(error, QD_INDEX_NOT_FOUND, "no such index [%.*s]",
                                             QD_SLICE_ARG(request->index_name));
        qd_error_add(error, "index", request->index_name);
        qd_error_add(error, "index_uuid", QD_SLICE("_na_"));
        return status;
    }
    if (request->shard >= request->index->shard_count) return no_shard(request, error);
    uint32_t copies = 1 + request->index->replica_count;
    const struct qd_shard_routing *first = &request->index->routing[request->shard * copies];
    if (request->primary == QD_YES) {
        request->copy = first;
        return QD_OK;
    }
    for (uint32_t c = 1; c < copies; c++) {
        if (request->copy == NULL || first[c].state == QD_SHARD_UNASSIGNED) request->copy = &first[c];
    }
    return QD_OK;
}

static enum qd_status check_current_node(const struct request *request)
{
    if (request->current_node.data == NULL) return QD_OK;
    struct qd_node_filter filter = { request->state, request->current_node,
                                     request->coordinator->local_node->id };
    bool *wanted = qd_nodes_select(&filter, request->call->arena);
    for (size_t i = 0; i < request->state->node_count; i++) {
        if (wanted[i]) return QD_OK;
    }
    return qd_error_set(&request->call->error, QD_ILLEGAL_ARGUMENT,
                        "failed to resolve [%.*s], no matching nodes", QD_SLICE_ARG(request->current_node));
}

static enum qd_status find_copy(struct request *request)
{
    if (request->empty) {
        find_unassigned(request);
    } else {
        QD_TRY(find_named(request));
        QD_TRY(check_current_node(request));
    }
    if (request->copy != NULL) return QD_OK;
    struct qd_slice text = request_text(request);
    return qd_error_set(&request->call->error, QD_ILLEGAL_ARGUMENT,
                        request->empty ? "unable to find any unassigned shards to explain [%.*s]"
                                       : "unable to find any shards to explain [%.*s] in the routing table",
                        QD_SLICE_ARG(text));
}

/* ---- answering ---- */

static void write_disk(const char *name, const struct qd_node_facts *facts, struct qd_json_writer *writer)
{
    struct qd_slice path = qd_node_facts_setting(facts, "path.data");
    uint64_t used = facts->disk_total - facts->disk_available;
    double percent = facts->disk_total == 0 ? 0 : 1000.0 * (double)used / (double)facts->disk_total;
    double rounded = (double)(int64_t)(percent + 0.5);
    qd_json_member_object(writer, name);
    if (path.data != NULL) qd_json_member_string(writer, "path", path);
    qd_json_member_int(writer, "total_bytes", (int64_t)facts->disk_total);
    qd_json_member_int(writer, "used_bytes", (int64_t)used);
    qd_json_member_int(writer, "free_bytes", (int64_t)facts->disk_available);
    qd_json_member_double(writer, "free_disk_percent", (1000 - rounded) / 10);
    qd_json_member_double(writer, "used_disk_percent", rounded / 10);
    qd_json_end_object(writer);
}

static void write_sizes(const struct request *request, const struct qd_shard_reports *reports,
                        struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "shard_sizes");
    for (size_t i = 0; i < reports->count; i++) {
        const struct qd_shard_report *report = &reports->shards[i].report;
        if (report->segments == NULL) continue;
        qd_json_name_slice(writer, qd_arena_format(request->call->arena, "[%.*s][%u][%s]_bytes",
                                                   QD_SLICE_ARG(report->index_name), report->number,
                                                   report->primary ? "p" : "r"));
        qd_json_int(writer, qd_shard_report_size(report));
    }
    qd_json_end_object(writer);
}

static void write_cluster_info(const struct request *request, const struct qd_shard_reports *reports,
                               struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "cluster_info");
    qd_json_member_object(writer, "nodes");
    for (size_t i = 0; i < request->state->node_count; i++) {
        const struct qd_node_info *node = &request->state->nodes[i];
        if (!node->data || request->facts->facts[i] == NULL) continue;
        qd_json_name_slice(writer, node->id);
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "node_name", node->name);
        write_disk("least_available", request->facts->facts[i], writer);
        write_disk("most_available", request->facts->facts[i], writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
    write_sizes(request, reports, writer);
    qd_json_end_object(writer);
}

static void write_current_node(const struct qd_node_info *node, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "current_node");
    qd_json_member_string(writer, "id", node->id);
    qd_json_member_string(writer, "name", node->name);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_state_write_attributes(node, "attributes", writer);
    qd_json_member_int(writer, "weight_ranking", 1);
    qd_json_end_object(writer);
}

static void write_unassigned_info(const struct qd_shard_routing *copy, struct qd_json_writer *writer)
{
    struct qd_buffer at = { 0 };
    if (copy->unassigned_reason == NULL) return;
    qd_date_print_iso_millis(copy->unassigned_at_ms, &at);
    qd_json_member_object(writer, "unassigned_info");
    qd_json_member_text(writer, "reason", copy->unassigned_reason);
    qd_json_member_string(writer, "at", qd_buffer_view(&at));
    if (copy->failed_allocations > 0) {
        qd_json_member_int(writer, "failed_allocation_attempts", copy->failed_allocations);
    }
    if (copy->unassigned_details.data != NULL) {
        qd_json_member_string(writer, "details", copy->unassigned_details);
    }
    qd_json_member_text(writer, "last_allocation_status", qd_shard_found_no_room(copy) ? "no" : "no_attempt");
    qd_json_end_object(writer);
    qd_buffer_deinit(&at);
}

static bool any_unassigned(const struct qd_cluster_state *state)
{
    for (size_t i = 0; i < state->index_count; i++) {
        struct qd_shard_counts counts = { 0 };
        (void)qd_index_health(state->indices[i], &counts);
        if (counts.unassigned > 0) return true;
    }
    return false;
}

/* A copy that has a place stays there: there is one data node, and thus none that would be better. */
static void write_placed(const struct request *request, struct qd_json_writer *writer)
{
    bool waiting = any_unassigned(request->state);
    qd_json_member_text(writer, "can_remain_on_current_node", "yes");
    qd_json_member_text(writer, "can_rebalance_cluster", waiting ? "no" : "yes");
    if (waiting) {
        qd_json_name(writer, "can_rebalance_cluster_decisions");
        qd_json_raw(writer,
                    QD_SLICE("[{\"decider\":\"cluster_rebalance\",\"decision\":\"NO\",\"explanation\":"
                             "\"the cluster has unassigned shards and cluster setting "
                             "[cluster.routing.allocation.allow_rebalance] is set to "
                             "[indices_all_active]\"}]"));
    }
    qd_json_member_text(writer, "can_rebalance_to_other_node", "no");
    qd_json_member_text(writer, "rebalance_explanation",
                        waiting ? "rebalancing is not allowed"
                                : "cannot rebalance as no target node exists that can both allocate this "
                                  "shard and improve the cluster balance");
}

static void write_node_decision(const struct request *request, const struct qd_node_info *node, bool yes,
                                const struct qd_decision *decisions, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "node_id", node->id);
    qd_json_member_string(writer, "node_name", node->name);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_state_write_attributes(node, "node_attributes", writer);
    qd_json_member_text(writer, "node_decision", yes ? "yes" : "no");
    qd_json_member_int(writer, "weight_ranking", 1);
    if (!yes || request->yes_decisions) {
        qd_json_name(writer, "deciders");
        qd_decisions_write(decisions, request->yes_decisions, writer);
    }
    qd_json_end_object(writer);
}

static void write_unplaced(const struct request *request, struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = request->state;
    struct qd_arena *arena = request->call->arena;
    struct qd_decision *decisions = QD_NEW_ARRAY(arena, struct qd_decision,
                                                 state->node_count * QD_DECIDER_COUNT);
    bool *yes = QD_NEW_ARRAY(arena, bool, state->node_count);
    bool any = false;
    for (size_t i = 0; i < state->node_count; i++) {
        struct qd_placement placement = { request->index, request->copy, &state->nodes[i], false };
        yes[i] = qd_decide(&placement, arena, &decisions[i * QD_DECIDER_COUNT]);
        any = any || yes[i];
    }
    qd_json_member_text(writer, "can_allocate", any ? "yes" : "no");
    qd_json_member_text(writer, "allocate_explanation",
                        any ? "can allocate the shard"
                            : "cannot allocate because allocation is not permitted to any of the nodes");
    qd_json_member_array(writer, "node_allocation_decisions");
    for (size_t i = 0; i < state->node_count; i++) {
        if (!state->nodes[i].data) continue;
        write_node_decision(request, &state->nodes[i], yes[i], &decisions[i * QD_DECIDER_COUNT], writer);
    }
    qd_json_end_array(writer);
}

/* `reports` NULL: the disks are not asked for. */
static void write_answer(const struct request *request, const struct qd_shard_reports *reports,
                         struct qd_json_writer *writer)
{
    static const char *const states[] = { "unassigned", "initializing", "started", "relocating" };
    const struct qd_shard_routing *copy = request->copy;
    qd_json_begin_object(writer);
    qd_json_member_string(writer, "index", request->index->name);
    qd_json_member_int(writer, "shard", copy->shard);
    qd_json_member_bool(writer, "primary", copy->primary);
    qd_json_member_text(writer, "current_state", states[copy->state]);
    if (copy->state == QD_SHARD_UNASSIGNED) write_unassigned_info(copy, writer);
    const struct qd_node_info *node =
        copy->node_id.data == NULL ? NULL : qd_nodes_find(request->state, copy->node_id);
    if (node != NULL) write_current_node(node, writer);
    if (reports != NULL) write_cluster_info(request, reports, writer);
    if (copy->state == QD_SHARD_STARTED) write_placed(request, writer);
    if (copy->state == QD_SHARD_UNASSIGNED) write_unplaced(request, writer);
    qd_json_end_object(writer);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    struct qd_json_writer writer = qd_call_writer(request->call);
    write_answer(request, reports, &writer);
    qd_call_finish(request->call, 200);
}

/* `facts` NULL: the disks are not asked for, or not yet known. */
static void explain(struct qd_coordinator *coordinator, struct qd_call *call,
                    const struct qd_nodes_facts *facts)
{
    struct request *request = QD_NEW(call->arena, struct request);
    *request = (struct request){ .coordinator = coordinator,
                                 .call = call,
                                 .state = facts == NULL ? qd_cluster_service_state(coordinator->cluster)
                                                        : facts->state,
                                 .shard = -1,
                                 .facts = facts };
    if (read_request(request) != QD_OK || find_copy(request) != QD_OK) {
        qd_call_fail(call);
    } else if (!request->disk_info) {
        answer(request, NULL);
    } else if (facts == NULL) {
        qd_nodes_facts_gather(coordinator, call, NULL, explain);
    } else {
        struct qd_report_wish wish = { .state = facts->state, .parts = QD_REPORT_SEGMENTS, .all = true };
        qd_shard_reports_gather(coordinator, call, &wish, answer, request);
    }
}

void qd_coordinator_allocation_explain(struct qd_coordinator *coordinator, struct qd_call *call)
{
    explain(coordinator, call, NULL);
}
