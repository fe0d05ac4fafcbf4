/* GET _list/wlm_stats: searches by group of work, page by page. There is one group, and one page. */
#include "base/text.h"
#include "coordinator/cluster_service.h"
#include "coordinator/nodes_select.h"
#include "rest/cat_tables.h"

#define PAGE_SIZE_MAX 100

static const struct qd_cat_column columns[] = {
    { "NODE_ID", NULL, "id of the node", QD_CAT_LEFT, 0 },
    { "|", NULL, "", QD_CAT_LEFT, 0 },
    { "WORKLOAD_GROUP_ID", NULL, "id of the group", QD_CAT_LEFT, 0 },
    { "|", NULL, "", QD_CAT_LEFT, 0 },
    { "TOTAL_COMPLETIONS", NULL, "searches that have ended", QD_CAT_LEFT, 0 },
    { "|", NULL, "", QD_CAT_LEFT, 0 },
    { "TOTAL_REJECTIONS", NULL, "searches that were refused", QD_CAT_LEFT, 0 },
    { "|", NULL, "", QD_CAT_LEFT, 0 },
    { "TOTAL_CANCELLATIONS", NULL, "searches that were cancelled", QD_CAT_LEFT, 0 },
    { "|", NULL, "", QD_CAT_LEFT, 0 },
    { "CPU_USAGE", NULL, "part of the processors", QD_CAT_LEFT, 0 },
    { "|", NULL, "", QD_CAT_LEFT, 0 },
    { "MEMORY_USAGE", NULL, "part of the memory", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* The same without bars, which would all be members of one name in an object. */
static const struct qd_cat_column plain_columns[] = {
    { "NODE_ID", NULL, "id of the node", QD_CAT_LEFT, 0 },
    { "WORKLOAD_GROUP_ID", NULL, "id of the group", QD_CAT_LEFT, 0 },
    { "TOTAL_COMPLETIONS", NULL, "searches that have ended", QD_CAT_LEFT, 0 },
    { "TOTAL_REJECTIONS", NULL, "searches that were refused", QD_CAT_LEFT, 0 },
    { "TOTAL_CANCELLATIONS", NULL, "searches that were cancelled", QD_CAT_LEFT, 0 },
    { "CPU_USAGE", NULL, "part of the processors", QD_CAT_LEFT, 0 },
    { "MEMORY_USAGE", NULL, "part of the memory", QD_CAT_LEFT, 0 },
};
static const struct qd_cat_table plain_table = QD_CAT_TABLE(plain_columns);

static enum qd_status refuse(struct qd_call *call, const char *name, const char *allowed, const char *cause)
{
    struct qd_slice given = qd_call_parameter(call, name);
    if (cause == NULL) {
        return qd_error_set(&call->error, QD_OPENSEARCH_PARSE, "Invalid value for '%s'. Allowed%s", name,
                            allowed);
    }
    (void)qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "Invalid sort %s: %.*s. Allowed values: %s",
                       name[0] == 's' ? "field" : "order", QD_SLICE_ARG(given), cause);
    struct qd_error *inner = QD_NEW(call->arena, struct qd_error);
    *inner = call->error;
    call->error = (struct qd_error){ .arena = call->error.arena };
    (void)qd_error_set(&call->error, QD_OPENSEARCH_PARSE, "Invalid value for '%s'. Allowed%s", name, allowed);
    call->error.cause = inner;
    call->error.next_root = NULL;
    return call->error.status;
}

static enum qd_status check(struct qd_call *call)
{
    struct qd_slice sort = qd_call_parameter(call, "sort"), order = qd_call_parameter(call, "order");
    int64_t size = PAGE_SIZE_MAX;
    QD_TRY(qd_call_int(call, "size", &size, &call->error));
    if (size < 1 || size > PAGE_SIZE_MAX) return refuse(call, "size", " range: 1 to 100", NULL);
    if (sort.data != NULL && !qd_slice_is(sort, "node_id") && !qd_slice_is(sort, "workload_group")) {
        return refuse(call, "sort", ": 'node_id', 'workload_group'", "workload_group, node_id");
    }
    if (order.data != NULL && !qd_slice_is(order, "asc") && !qd_slice_is(order, "desc")) {
        return refuse(call, "order", ": 'asc', 'desc'", "asc, desc");
    }
    return QD_OK;
}

static const char *token_fault(struct qd_call *call)
{
    struct qd_slice bytes;
    if (qd_base64_decode(call->arena, qd_call_parameter(call, "next_token"), &bytes)) {
        return "Invalid pagination token format";
    }
    return "Parameter [next_token] has been tainted and is incorrect. Please provide a valid [next_token].";
}

/* Nobody was ever given a token. What is not even Base64 was tampered with. */
static void refuse_token(struct qd_call *call)
{
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "error",
                        "Pagination state has changed (e.g., new workload groups added or removed). Please "
                        "restart pagination from the beginning by omitting the 'next_token' parameter.");
    qd_json_member_text(&writer, "details", token_fault(call));
    qd_json_end_object(&writer);
    qd_call_finish(call, 400);
}

static void fill_row(struct qd_cat *cat, const struct qd_cat_cell *cells)
{
    struct qd_cat_cell *row = qd_cat_row(cat);
    size_t step = cat->table == &table ? 2 : 1;
    for (size_t i = 0; i < cat->table->count; i++) {
        row[i] = i % step == 0 ? cells[i / step] : qd_cat_string("|");
    }
}

/* Whether the only row is one of those that are asked for. */
static bool is_wanted(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_slice group = qd_call_parameter(call, "workloadGroupId");
    struct qd_node_filter filter = { state, qd_call_parameter(call, "nodeId"), coordinator->local_node->id };
    bool *wanted = qd_nodes_select(&filter, call->arena);
    if (group.size > 0 && !qd_slice_is(group, "DEFAULT_WORKLOAD_GROUP")) return false;
    for (size_t i = 0; i < state->node_count; i++) {
        if (qd_slice_equal(state->nodes[i].id, coordinator->local_node->id)) return wanted[i];
    }
    return false;
}

void qd_list_wlm_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const uint64_t *searches = coordinator->counters.searches;
    struct qd_cat cat;
    if (check(call) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (qd_call_parameter(call, "next_token").size > 0) {
        refuse_token(call);
        return;
    }
    if (!qd_cat_begin(&cat, call, call->structured ? &plain_table : &table)) return;
    uint64_t completed = 0;
    for (size_t i = 0; i < QD_ANSWER_CLASS_COUNT; i++) completed += searches[i];
    const struct qd_cat_cell node[] = { qd_cat_text(coordinator->local_node->id),
                                        qd_cat_string("DEFAULT_WORKLOAD_GROUP"),
                                        qd_cat_number((int64_t)completed),
                                        qd_cat_number(0),
                                        qd_cat_number(0),
                                        qd_cat_string("0.0"),
                                        qd_cat_string("0.0") };
    struct qd_cat_cell end[sizeof(node) / sizeof(node[0])];
    for (size_t i = 0; i < sizeof(end) / sizeof(end[0]); i++) end[i] = qd_cat_string("-");
    end[0] = qd_cat_string("No more pages available");
    if (is_wanted(coordinator, call)) fill_row(&cat, node);
    fill_row(&cat, end);
    qd_cat_finish(&cat);
}
