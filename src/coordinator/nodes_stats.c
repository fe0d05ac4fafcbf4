/* GET _nodes/stats: what the nodes have counted. */
#include "coordinator/nodes_stats.h"

#include "base/text.h"
#include "coordinator/cluster_service.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/unrecognized.h"
#include "data/data.h"
#include "data/shard_stats.h"

enum level { LEVEL_NODE, LEVEL_INDICES, LEVEL_SHARDS, LEVEL_UNKNOWN };

/* What a request asks for. */
struct request {
    struct qd_slice *metrics;
    size_t count;            /* 0: all */
    unsigned families;       /* of the section "indices" */
    struct qd_slice *groups; /* patterns of groups of searches */
    size_t group_count;
    enum level level;
};

static bool wants(const struct request *request, const char *metric)
{
    if (request->count == 0) return true;
    for (size_t i = 0; i < request->count; i++) {
        if (qd_slice_is(request->metrics[i], metric)) return true;
    }
    return false;
}

/* ---- parameters ---- */

/* Names that are asked for and not known. */
struct bad_names {
    struct qd_slice *names;
    size_t count;
};

static enum qd_status unrecognized(const struct qd_call *call, const char *what, struct bad_names bad,
                                   struct bad_names known, struct qd_error *error)
{
    struct qd_unrecognized unknown = { .path = call->path,
                                       .what = what,
                                       .bad = bad.names,
                                       .bad_count = bad.count,
                                       .known = known.names,
                                       .known_count = known.count };
    return qd_unrecognized(&unknown, call->arena, error);
}

static enum qd_status read_metrics(const struct qd_call *call, struct request *request,
                                     struct qd_error *error)
{
    struct qd_slice *known = QD_NEW_ARRAY(call->arena, struct qd_slice, qd_node_section_count);
    struct qd_slice text = qd_call_parameter(call, "metric");
    request->count = qd_call_list(call, "metric", &request->metrics);
    for (size_t i = 0; i < qd_node_section_count; i++) {
        known[i] = qd_slice_from_string(qd_node_sections[i].metric);
    }
    struct bad_names bad = { QD_NEW_ARRAY(call->arena, struct qd_slice, request->count + 1), 0 };
    if (request->count == 1 && qd_slice_is(request->metrics[0], "_all")) request->count = 0;
    for (size_t i = 0; i < request->count; i++) {
        if (qd_slice_is(request->metrics[i], "_all")) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "request [%.*s] contains _all and individual metrics [%.*s]",
                                QD_SLICE_ARG(call->path), QD_SLICE_ARG(text));
        }
        bool found = false;
        for (size_t k = 0; k < qd_node_section_count; k++) {
            found = found || qd_slice_equal(request->metrics[i], known[k]);
        }
        if (!found) bad.names[bad.count++] = request->metrics[i];
    }
    if (bad.count == 0) return QD_OK;
    return unrecognized(call, "metric", bad, (struct bad_names){ known, qd_node_section_count }, error);
}

static enum qd_status read_families(const struct qd_call *call, struct request *request,
                                     struct qd_error *error)
{
    struct qd_slice known[QD_STATS_FAMILY_COUNT], *names;
    struct qd_slice text = qd_call_parameter(call, "index_metric");
    size_t count = qd_call_list(call, "index_metric", &names);
    /* Without metrics of indices the fields are told too, of which there are none. */
    request->families = QD_STATS_ALL | QD_STATS_FIELDDATA_FIELDS | QD_STATS_COMPLETION_FIELDS;
    if (count == 0) return QD_OK;
    if (request->count == 0 || !wants(request, "indices")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "request [%.*s] contains index metrics [%.*s] but %s", QD_SLICE_ARG(call->path),
                            QD_SLICE_ARG(text),
                            request->count == 0 ? "all stats requested" : "indices stats not requested");
    }
    if (count == 1 && qd_slice_is(names[0], "_all")) return QD_OK;
    for (unsigned f = 0; f < QD_STATS_FAMILY_COUNT; f++) {
        known[f] = qd_slice_from_string(qd_stats_family_metric((enum qd_stat_family)f));
    }
    request->families = 0;
    struct bad_names bad = { QD_NEW_ARRAY(call->arena, struct qd_slice, count), 0 };
    for (size_t i = 0; i < count; i++) {
        unsigned bit = 0;
        for (unsigned f = 0; f < QD_STATS_FAMILY_COUNT; f++) {
            if (qd_slice_equal(names[i], known[f])) bit = 1u << f;
        }
        if (bit == 0 && !qd_slice_is(names[i], "suggest")) {
            bad.names[bad.count++] = names[i];
        }
        request->families |= bit;
    }
    if (bad.count == 0) return QD_OK;
    return unrecognized(call, "index metric", bad, (struct bad_names){ known, QD_STATS_FAMILY_COUNT }, error);
}

enum qd_status qd_nodes_stats_check(const struct qd_call *call, struct qd_error *error)
{
    struct request request;
    QD_TRY(read_metrics(call, &request, error));
    return read_families(call, &request, error);
}

static enum qd_status read_request(struct qd_call *call, struct request *request)
{
    struct qd_slice level = qd_call_parameter(call, "level");
    QD_TRY(read_metrics(call, request, &call->error));
    QD_TRY(read_families(call, request, &call->error));
    request->group_count = qd_call_list(call, "groups", &request->groups);
    request->level = level.size == 0 || qd_slice_is(level, "node") ? LEVEL_NODE
                     : qd_slice_is(level, "indices")               ? LEVEL_INDICES
                     : qd_slice_is(level, "shards")                ? LEVEL_SHARDS
                                                                   : LEVEL_UNKNOWN;
    return QD_OK;
}

/* ---- indices ---- */

static void write_shard(const struct qd_node_sections *node, const struct qd_shard *shard, unsigned families,
                        struct qd_json_writer *writer)
{
    struct qd_stats stats;
    qd_stats_init(&stats);
    qd_shard_stats_add(&stats, shard, node->facts->now_ms);
    qd_json_begin_object(writer);
    qd_json_name_slice(writer, qd_arena_format(node->arena, "%u", shard->number));
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "routing");
    qd_json_member_text(writer, "state", shard->phase == QD_SHARD_PHASE_STARTED ? "STARTED" : "INITIALIZING");
    qd_json_member_bool(writer, "primary", shard->primary);
    qd_json_member_string(writer, "node", node->node->id);
    qd_json_name(writer, "relocating_node");
    qd_json_null(writer);
    qd_json_end_object(writer);
    struct qd_stats_writing writing = { .wanted = families };
    qd_stats_write(&stats, &writing, writer);
    if (shard->engine != NULL) qd_stats_write_shard(shard, node->arena, writer);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

static bool is_here(const struct qd_data *data, const struct qd_index_metadata *index)
{
    for (size_t i = 0; i < qd_data_shard_count(data); i++) {
        if (qd_slice_equal(qd_data_shard_at(data, i)->index_uuid, index->uuid)) return true;
    }
    return false;
}

static void write_by_index(const struct qd_node_sections *node, const struct request *request,
                           struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(node->coordinator->cluster);
    const struct qd_data *data = node->coordinator->data;
    bool shards = request->level == LEVEL_SHARDS;
    qd_json_member_object(writer, shards ? "shards" : "indices");
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        if (!is_here(data, index)) continue;
        qd_json_name_slice(writer, index->name);
        if (!shards) {
            struct qd_stats stats;
            qd_stats_init(&stats);
            qd_stats_add_index(&stats, data, index->uuid, false, node->facts->now_ms);
            qd_json_begin_object(writer);
            struct qd_stats_writing writing = { .wanted = request->families };
            qd_stats_write(&stats, &writing, writer);
            qd_json_end_object(writer);
            continue;
        }
        qd_json_begin_array(writer);
        for (size_t s = 0; s < qd_data_shard_count(data); s++) {
            const struct qd_shard *shard = qd_data_shard_at(data, s);
            if (qd_slice_equal(shard->index_uuid, index->uuid)) {
                write_shard(node, shard, request->families, writer);
            }
        }
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
}

static void write_classes(const char *name, const uint64_t *counts, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, name);
    qd_json_member_int(writer, "success", (int64_t)counts[QD_ANSWER_SUCCESS]);
    qd_json_member_int(writer, "user_error", (int64_t)counts[QD_ANSWER_USER_ERROR]);
    qd_json_member_int(writer, "system_failure", (int64_t)counts[QD_ANSWER_SYSTEM_FAILURE]);
    qd_json_end_object(writer);
}

static void write_indices(const struct qd_node_sections *node, const struct request *request,
                          struct qd_json_writer *writer)
{
    struct qd_stats stats;
    qd_stats_init(&stats);
    qd_stats_add_index(&stats, node->coordinator->data, (struct qd_slice){ 0 }, false, node->facts->now_ms);
    qd_json_member_object(writer, "indices");
    struct qd_stats_groups groups = { request->groups, request->group_count, { 0 } };
    for (size_t i = 0; i < qd_data_shard_count(node->coordinator->data); i++) {
        qd_stats_add_groups(&groups, qd_data_shard_at(node->coordinator->data, i), node->arena);
    }
    const struct qd_counters *counters = &node->coordinator->counters;
    struct qd_stats_writing writing = { request->families, counters, &groups };
    qd_stats_write(&stats, &writing, writer);
    qd_json_member_object(writer, "status_counter");
    write_classes("doc_status", counters->documents, writer);
    write_classes("search_response_status", counters->searches, writer);
    qd_json_end_object(writer);
    if (request->level != LEVEL_NODE) write_by_index(node, request, writer);
    qd_json_end_object(writer);
}

/* ---- the answer ---- */

static void write_absent(const struct qd_node_section *section, struct qd_arena *arena,
                         struct qd_json_writer *writer)
{
    struct qd_buffer text = { 0 };
    qd_zeros_write(section->absent, writer->human, &text);
    qd_json_name(writer, section->metric);
    qd_json_raw(writer, qd_arena_copy(arena, qd_buffer_view(&text)));
    qd_buffer_deinit(&text);
}

static void write_node(const struct qd_node_sections *section, const struct request *request,
                       struct qd_json_writer *writer)
{
    const struct qd_node_info *node = section->node;
    qd_json_name_slice(writer, node->id);
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "timestamp", section->facts->now_ms);
    qd_json_member_string(writer, "name", node->name);
    qd_json_member_string(writer, "transport_address", node->transport_address);
    qd_json_member_string(writer, "host", node->host);
    qd_json_member_string(writer, "ip", node->transport_address);
    qd_json_name(writer, "roles");
    qd_nodes_write_roles(node, writer);
    if (node->attribute_count > 0) {
        qd_json_member_object(writer, "attributes");
        for (size_t i = 0; i < node->attribute_count; i++) {
            qd_json_name_slice(writer, node->attributes[2 * i]);
            qd_json_string(writer, node->attributes[2 * i + 1]);
        }
        qd_json_end_object(writer);
    }
    for (size_t i = 0; i < qd_node_section_count; i++) {
        bool always = strcmp(qd_node_sections[i].metric, "native_memory") == 0;
        if (!always && !wants(request, qd_node_sections[i].metric)) continue;
        if (qd_node_sections[i].write != NULL) {
            qd_node_sections[i].write(section, writer);
        } else if (qd_node_sections[i].absent != NULL) {
            write_absent(&qd_node_sections[i], section->arena, writer);
        } else {
            write_indices(section, request, writer);
        }
    }
    qd_json_end_object(writer);
}

/* The reference finds out on each node that it does not know the level. */
static void write_level_failure(const struct qd_cluster_state *state, const struct qd_node_info *node,
                                struct qd_arena *arena, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "_nodes");
    qd_json_member_int(writer, "total", 1);
    qd_json_member_int(writer, "successful", 0);
    qd_json_member_int(writer, "failed", 1);
    qd_json_member_array(writer, "failures");
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "type", "failed_node_exception");
    qd_json_member_string(writer, "reason",
                          qd_arena_format(arena, "Failed node [%.*s]", QD_SLICE_ARG(node->id)));
    qd_json_member_string(writer, "node_id", node->id);
    qd_json_member_object(writer, "caused_by");
    qd_json_member_text(writer, "type", "illegal_argument_exception");
    qd_json_member_text(writer, "reason", "Level provided is not supported by NodeIndicesStats");
    qd_json_end_object(writer);
    qd_json_end_object(writer);
    qd_json_end_array(writer);
    qd_json_end_object(writer);
    qd_json_member_string(writer, "cluster_name", state->cluster_name);
    qd_json_member_object(writer, "nodes");
    qd_json_end_object(writer);
}

static void answer(struct qd_coordinator *coordinator, struct qd_call *call,
                   const struct qd_node_facts *facts)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodeId"),
                                     .local_id = coordinator->local_node->id };
    struct qd_node_sections section = { .coordinator = coordinator, .facts = facts, .arena = call->arena };
    struct request request;
    size_t count = 0;
    if (read_request(call, &request) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    bool *wanted = qd_nodes_select(&filter, call->arena);
    for (size_t i = 0; i < state->node_count; i++) count += wanted[i];
    qd_json_begin_object(&writer);
    if (request.level == LEVEL_UNKNOWN && !wants(&request, "indices")) request.level = LEVEL_NODE;
    if (request.level == LEVEL_UNKNOWN && count > 0) {
        write_level_failure(state, coordinator->local_node, call->arena, &writer);
        count = 0;
    } else {
        qd_nodes_write_header(state, count, &writer);
        qd_json_member_object(&writer, "nodes");
        for (size_t i = 0; i < state->node_count; i++) {
            section.node = &state->nodes[i];
            if (wanted[i]) write_node(&section, &request, &writer);
        }
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

void qd_coordinator_nodes_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    qd_node_facts_gather(coordinator, call, answer);
}
