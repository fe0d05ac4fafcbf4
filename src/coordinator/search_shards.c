/* GET _search_shards: on which copies of which shards a search would run.
 *
 * Source: OpenSearch TransportClusterSearchShardsAction, ClusterSearchShardsResponse, SliceBuilder.
 */
#include "base/vector.h"
#include "base/wildcard.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_state_api.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/query_body.h"
#include "coordinator/search_options.h"
#include "coordinator/search_run.h"
#include "search/request_object.h"
#include "search/search.h"

/* A request under way. */
struct request {
    struct qd_call *call;
    const struct qd_cluster_state *state;
    struct qd_search_run run; /* its legs are the shards */
    struct qd_resolved *indices;
    size_t count;
    struct qd_search_request body; /* only its slice is used */
};

/* ---- filters ---- */

static void write_term(const struct qd_json *term, struct qd_json_writer *writer)
{
    struct qd_json_iterator field = qd_json_iterate(term);
    if (!qd_json_next(&field)) return;
    bool full = qd_json_is_object(field.value);
    const struct qd_json *boost = full ? qd_json_get(field.value, "boost") : NULL;
    double number = 1;
    (void)qd_json_double(boost, &number);
    qd_json_member_object(writer, "term");
    qd_json_name_slice(writer, field.key);
    qd_json_begin_object(writer);
    qd_json_name(writer, "value");
    qd_json_node(writer, full ? qd_json_get(field.value, "value") : field.value);
    qd_json_name(writer, "boost");
    qd_json_float_value(writer, (float)number);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static void write_bound(const struct qd_json *range, const char *name, const char *inclusive,
                        const char *exclusive, struct qd_json_writer *writer)
{
    const struct qd_json *bound = qd_json_get(range, inclusive);
    if (bound == NULL) bound = qd_json_get(range, exclusive);
    qd_json_name(writer, name);
    if (bound == NULL) qd_json_null(writer);
    else qd_json_node(writer, bound);
}

/* False when it has options that only the reference's own text would show right. */
static bool write_range(const struct qd_json *range, struct qd_json_writer *writer)
{
    static const char *const plain[] = { "gte", "gt", "lte", "lt" };
    struct qd_json_iterator field = qd_json_iterate(range);
    if (!qd_json_next(&field) || !qd_json_is_object(field.value)) return false;
    struct qd_json_iterator at = qd_json_iterate(field.value);
    while (qd_json_next(&at)) {
        bool known = false;
        for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
            known = known || qd_slice_is(at.key, plain[i]);
        }
        if (!known) return false;
    }
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "range");
    qd_json_name_slice(writer, field.key);
    qd_json_begin_object(writer);
    write_bound(field.value, "from", "gte", "gt", writer);
    write_bound(field.value, "to", "lte", "lt", writer);
    qd_json_member_bool(writer, "include_lower", qd_json_get(field.value, "gt") == NULL);
    qd_json_member_bool(writer, "include_upper", qd_json_get(field.value, "lt") == NULL);
    qd_json_name(writer, "boost");
    qd_json_float_value(writer, 1);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    return true;
}

/* A filter as the reference prints the query it has read: terms and ranges with all their members. Other
 * queries are shown as they were given. */
static void write_filter(const struct qd_json *filter, struct qd_json_writer *writer)
{
    const struct qd_json *term = qd_json_get(filter, "term");
    const struct qd_json *range = qd_json_get(filter, "range");
    bool single = qd_json_size(filter) == 1;
    if (single && range != NULL && write_range(range, writer)) return;
    if (!single || !qd_json_is_object(term) || qd_json_size(term) != 1) {
        qd_json_node(writer, filter);
        return;
    }
    qd_json_begin_object(writer);
    write_term(term, writer);
    qd_json_end_object(writer);
}

static void write_filters(const struct qd_json *filters, size_t count, struct qd_json_writer *writer)
{
    struct qd_json_iterator at = qd_json_iterate(filters);
    qd_json_name(writer, "filter");
    if (count == 1 && qd_json_next(&at)) {
        write_filter(at.value, writer);
        return;
    }
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "bool");
    qd_json_member_array(writer, "should");
    while (qd_json_next(&at)) write_filter(at.value, writer);
    qd_json_end_array(writer);
    qd_json_member_bool(writer, "adjust_pure_negative", true);
    qd_json_name(writer, "boost");
    qd_json_float_value(writer, 1);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* ---- indices ---- */

static bool names_index(const struct request *request, struct qd_slice name)
{
    struct qd_slice *parts;
    size_t count = qd_call_list(request->call, "index", &parts);
    if (count == 0) return true;
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_is(parts[i], "_all") || qd_slice_equal(parts[i], name)) return true;
        if (qd_is_simple_pattern(parts[i]) && qd_simple_match(parts[i], name)) return true;
    }
    return false;
}

/* Every index tells by which aliases it is meant, whether they filter or not. */
static enum qd_status write_index(const struct request *request, const struct qd_resolved *resolved,
                                  struct qd_json_writer *writer, struct qd_error *error)
{
    const struct qd_map *aliases = &resolved->index->aliases;
    struct qd_json_document document;
    struct qd_buffer filters = { 0 };
    size_t filter_count = 0;
    bool open = false;
    bool unfiltered = resolved->filter.data == NULL;
    qd_json_name_slice(writer, resolved->index->name);
    qd_json_begin_object(writer);
    qd_buffer_byte(&filters, '[');
    for (size_t i = 0; i < aliases->entry_count; i++) {
        const struct qd_alias *alias = aliases->entries[i].value;
        if (aliases->entries[i].removed || !names_index(request, alias->name)) continue;
        if (qd_call_parameter(request->call, "index").size == 0) continue;
        if (!open) qd_json_member_array(writer, "aliases");
        open = true;
        qd_json_string(writer, alias->name);
        if (unfiltered || alias->filter.data == NULL) continue;
        if (filter_count++ > 0) qd_buffer_byte(&filters, ',');
        qd_buffer_slice(&filters, alias->filter);
    }
    if (open) qd_json_end_array(writer);
    qd_buffer_byte(&filters, ']');
    struct qd_slice text = qd_arena_copy(request->call->arena, qd_buffer_view(&filters));
    qd_buffer_deinit(&filters);
    QD_TRY(qd_json_parse(request->call->arena, text, &document, error));
    if (filter_count > 0) write_filters(document.root, filter_count, writer);
    qd_json_end_object(writer);
    return QD_OK;
}

/* ---- shards ---- */

static void write_copies(const struct request *request, const struct qd_search_leg *leg,
                         struct qd_json_writer *writer)
{
    const struct qd_index_metadata *index = qd_cluster_state_index(request->state, leg->index_name);
    const struct qd_shard_routing *copies = &index->routing[leg->shard * (1 + index->replica_count)];
    qd_json_begin_array(writer);
    for (uint32_t c = 0; c <= index->replica_count; c++) {
        bool active = copies[c].state == QD_SHARD_STARTED || copies[c].state == QD_SHARD_RELOCATING;
        if (active && leg->node_id.data != NULL) qd_state_write_copy(index, &copies[c], writer);
    }
    qd_json_end_array(writer);
}

static bool node_is_used(const struct request *request, const struct qd_node_info *node)
{
    for (size_t i = 0; i < request->run.leg_count; i++) {
        struct qd_slice id = request->run.legs[i].node_id;
        if (id.data != NULL && qd_slice_equal(id, node->id)) return true;
    }
    return false;
}

/* ---- the request ---- */

static enum qd_status read_body(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_json_document document;
    QD_TRY(qd_query_search_body(call, &document, &call->error));
    if (document.root == NULL) return QD_OK;
    return qd_search_parse_request(&document, call->arena, &request->body, &call->error);
}

static enum qd_status prepare(struct qd_coordinator *coordinator, struct request *request)
{
    struct qd_call *call = request->call;
    bool local = false;
    request->run = (struct qd_search_run){ .coordinator = coordinator, .call = call };
    QD_TRY(qd_call_bool(call, "local", &local, &call->error));
    QD_TRY(read_body(request));
    QD_TRY(qd_resolve_metadata(call, request->state, qd_options_lenient(), &request->indices,
                               &request->count));
    qd_search_legs(&request->run, request->indices, request->count, qd_call_parameter(call, "routing"));
    QD_TRY(qd_search_prefer(&request->run, qd_call_parameter(call, "preference"), &call->error));
    request->run.request = &request->body;
    qd_search_keep_sliced(&request->run);
    return QD_OK;
}

static enum qd_status write_answer(struct request *request, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "nodes");
    for (size_t i = 0; i < request->state->node_count; i++) {
        const struct qd_node_info *node = &request->state->nodes[i];
        if (node_is_used(request, node)) qd_state_write_node(node, writer);
    }
    qd_json_end_object(writer);
    qd_json_member_object(writer, "indices");
    for (size_t i = 0; i < request->count; i++) {
        QD_TRY(write_index(request, &request->indices[i], writer, &request->call->error));
    }
    qd_json_end_object(writer);
    qd_json_member_array(writer, "shards");
    for (size_t i = 0; i < request->run.leg_count; i++) {
        write_copies(request, &request->run.legs[i], writer);
    }
    qd_json_end_array(writer);
    qd_json_end_object(writer);
    return QD_OK;
}

void qd_coordinator_search_shards(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request *request = QD_NEW(call->arena, struct request);
    struct qd_json_writer writer = qd_call_writer(call);
    *request = (struct request){ .call = call, .state = qd_cluster_service_state(coordinator->cluster) };
    if (prepare(coordinator, request) != QD_OK || write_answer(request, &writer) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_call_finish(call, 200);
}
