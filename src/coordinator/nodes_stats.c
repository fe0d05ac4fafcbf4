/* GET _nodes/stats: what the nodes have counted. */
#include "coordinator/nodes_stats.h"

#include "base/text.h"
#include "coordinator/cluster_service.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/unrecognized.h"

enum level { LEVEL_NODE, LEVEL_INDICES, LEVEL_SHARDS, LEVEL_UNKNOWN };

/* What a request asks for. */
struct request {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    const struct qd_nodes_facts *facts;
    const bool *nodes;       /* by place in the state's nodes: which are asked for */
    struct qd_slice *metrics;
    size_t count;            /* 0: all */
    unsigned families;       /* of the section "indices" */
    struct qd_slice *groups; /* patterns of groups of searches */
    size_t group_count;
    struct qd_slice *fields; /* patterns of fields with field data */
    size_t field_count;
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
    request->families = QD_STATS_ALL;
    if (count == 0) return QD_OK;
    /* An empty part of the path asks for no metrics at all. */
    bool all = request->count == 0 && qd_call_parameter(call, "metric").size > 0;
    if (request->count == 0 || !wants(request, "indices")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "request [%.*s] contains index metrics [%.*s] but %s", QD_SLICE_ARG(call->path),
                            QD_SLICE_ARG(text),
                            all ? "all stats requested" : "indices stats not requested");
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

/* Patterns of fields. Without metrics of indices their object is told even when none is named. */
static size_t read_fields(struct request *request, const char *own, unsigned bit, struct qd_slice **patterns)
{
    struct qd_call *call = request->call;
    const char *name = qd_call_parameter(call, own).data != NULL ? own : "fields";
    bool every = qd_call_parameter(call, name).data == NULL &&
                 (request->families & QD_STATS_ALL) == QD_STATS_ALL;
    size_t count = qd_call_list(call, name, patterns);
    if (every || count > 0) request->families |= bit;
    return count;
}

static enum qd_status read_request(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_slice *ignored;
    struct qd_slice level = qd_call_parameter(call, "level");
    QD_TRY(read_metrics(call, request, &call->error));
    QD_TRY(read_families(call, request, &call->error));
    request->group_count = qd_call_list(call, "groups", &request->groups);
    request->field_count = read_fields(request, "fielddata_fields", QD_STATS_FIELDDATA_FIELDS,
                                       &request->fields);
    (void)read_fields(request, "completion_fields", QD_STATS_COMPLETION_FIELDS, &ignored);
    request->level = level.size == 0 || qd_slice_is(level, "node") ? LEVEL_NODE
                     : qd_slice_is(level, "indices")               ? LEVEL_INDICES
                     : qd_slice_is(level, "shards")                ? LEVEL_SHARDS
                                                                   : LEVEL_UNKNOWN;
    return QD_OK;
}

/* ---- indices ---- */

/* What shards have told, summed up. Groups are told of whole nodes only. */
struct sums {
    struct qd_stats stats;
    struct qd_stats_group_list groups;
    struct qd_stats_field_list fields;
};

static void sums_init(struct sums *sums)
{
    *sums = (struct sums){ 0 };
    qd_stats_init(&sums->stats);
}

static void sums_add(struct sums *sums, const struct qd_shard_report *report, struct qd_arena *arena)
{
    if (report->stats != NULL) qd_stats_add(&sums->stats, report->stats);
    qd_stats_add_fields(&sums->fields, report, arena);
}

static void sums_write(const struct sums *sums, const struct request *request,
                       const struct qd_counters *counters, struct qd_json_writer *writer)
{
    bool named = request->field_count > 0;
    struct qd_stats_writing writing = { request->families, counters, &sums->groups,
                                        named ? &sums->fields : NULL };
    qd_stats_write(&sums->stats, &writing, writer);
}

static bool is_on(const struct qd_reported_shard *shard, const struct qd_node_info *node)
{
    return qd_slice_equal(shard->node->id, node->id);
}

static void write_shard(const struct qd_node_sections *node, const struct request *request,
                        const struct qd_shard_report *report, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_name_slice(writer, qd_arena_format(node->arena, "%u", report->number));
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "routing");
    qd_json_member_text(writer, "state", report->started ? "STARTED" : "INITIALIZING");
    qd_json_member_bool(writer, "primary", report->primary);
    qd_json_member_string(writer, "node", node->node->id);
    qd_json_name(writer, "relocating_node");
    qd_json_null(writer);
    qd_json_end_object(writer);
    struct sums sums;
    sums_init(&sums);
    sums_add(&sums, report, node->arena);
    sums_write(&sums, request, NULL, writer);
    if (report->commit != NULL) qd_stats_write_shard(report, node->arena, writer);
    qd_json_end_object(writer);
    qd_json_end_object(writer);
}

/* shards[count] of one index on the node. */
static void write_index(const struct qd_node_sections *node, const struct request *request,
                        const struct qd_reported_shard *shards, size_t count, struct qd_json_writer *writer)
{
    struct sums sums;
    sums_init(&sums);
    bool begun = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_on(&shards[i], node->node)) continue;
        if (!begun) {
            qd_json_name_slice(writer, shards[i].index->name);
            if (request->level == LEVEL_SHARDS) qd_json_begin_array(writer);
        }
        begun = true;
        if (request->level == LEVEL_SHARDS) write_shard(node, request, &shards[i].report, writer);
        sums_add(&sums, &shards[i].report, node->arena);
    }
    if (!begun) return;
    if (request->level == LEVEL_SHARDS) {
        qd_json_end_array(writer);
    } else {
        qd_json_begin_object(writer);
        sums_write(&sums, request, NULL, writer);
        qd_json_end_object(writer);
    }
}

static void write_by_index(const struct qd_node_sections *node, const struct request *request,
                           struct qd_json_writer *writer)
{
    const struct qd_shard_reports *reports = node->reports;
    qd_json_member_object(writer, request->level == LEVEL_SHARDS ? "shards" : "indices");
    for (size_t i = 0; i < reports->state->index_count; i++) {
        const struct qd_reported_shard *shards;
        size_t count = qd_shard_reports_of(reports, reports->state->indices[i], &shards);
        write_index(node, request, shards, count, writer);
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
    const struct qd_shard_reports *reports = node->reports;
    const struct qd_counters *counters = &node->facts->counters;
    struct sums sums;
    sums_init(&sums);
    for (size_t i = 0; i < reports->count; i++) {
        const struct qd_reported_shard *shard = &reports->shards[i];
        if (!is_on(shard, node->node)) continue;
        sums_add(&sums, &shard->report, node->arena);
        qd_stats_add_groups(&sums.groups, &shard->report, node->arena);
    }
    qd_json_member_object(writer, "indices");
    sums_write(&sums, request, counters, writer);
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

static const bool *wanted_nodes(const struct qd_coordinator *coordinator, const struct qd_call *call,
                                const struct qd_cluster_state *state)
{
    struct qd_node_filter filter = { .state = state, .text = qd_call_parameter(call, "nodeId"),
                                     .local_id = coordinator->local_node->id };
    return qd_nodes_select(&filter, call->arena);
}

/* The problems of both rounds; a node that failed in the first was not asked in the second. */
static struct qd_node_problem *all_problems(const struct qd_nodes_facts *facts,
                                            const struct qd_shard_reports *reports, struct qd_arena *arena,
                                            size_t *count)
{
    size_t first = facts->problem_count;
    size_t second = reports == NULL ? 0 : reports->problem_count;
    struct qd_node_problem *problems = QD_NEW_ARRAY(arena, struct qd_node_problem, first + second);
    for (size_t i = 0; i < first; i++) problems[i] = facts->problems[i];
    for (size_t i = 0; i < second; i++) problems[first + i] = reports->problems[i];
    *count = first + second;
    return problems;
}

static void write_nodes(const struct request *request, const struct qd_shard_reports *reports,
                        const struct qd_node_outcome *outcome, struct qd_json_writer *writer)
{
    struct qd_arena *arena = request->call->arena;
    struct qd_node_sections section = { .reports = reports, .arena = arena };
    bool *told = QD_NEW_ARRAY(arena, bool, outcome->state->node_count);
    for (size_t i = 0; i < outcome->state->node_count; i++) told[i] = request->nodes[i];
    for (size_t i = 0; i < outcome->count; i++) {
        told[outcome->problems[i].node - outcome->state->nodes] = false;
    }
    qd_json_member_object(writer, "nodes");
    for (size_t i = 0; i < outcome->state->node_count; i++) {
        section.node = &outcome->state->nodes[i];
        section.facts = request->facts->facts[i];
        if (told[i]) write_node(&section, request, writer);
    }
    qd_json_end_object(writer);
}

/* `reports` NULL: shards are not asked for. */
static void finish(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    struct qd_call *call = request->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_node_outcome outcome = { .state = request->facts->state, .wanted = request->nodes };
    outcome.problems = all_problems(request->facts, reports, call->arena, &outcome.count);
    qd_json_begin_object(&writer);
    qd_node_outcome_write(&outcome, &writer);
    write_nodes(request, reports, &outcome, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* The reference finds out on each node that it does not know the level. */
static void finish_unknown_level(struct request *request)
{
    struct qd_arena *arena = request->call->arena;
    const struct qd_cluster_state *state = request->facts->state;
    struct qd_node_problem *problems = QD_NEW_ARRAY(arena, struct qd_node_problem, state->node_count);
    struct qd_nodes_facts *facts = QD_NEW(arena, struct qd_nodes_facts);
    *facts = *request->facts;
    facts->problems = problems;
    facts->problem_count = 0;
    for (size_t i = 0; i < state->node_count; i++) {
        if (!request->nodes[i]) continue;
        struct qd_node_problem *problem = &problems[facts->problem_count++];
        problem->node = &state->nodes[i];
        qd_error_init(&problem->error, arena);
        (void)qd_error_set(&problem->error, QD_ILLEGAL_ARGUMENT,
                           "Level provided is not supported by NodeIndicesStats");
    }
    request->facts = facts;
    finish(request, NULL);
}

static void ask_shards(struct request *request)
{
    const struct qd_nodes_facts *facts = request->facts;
    bool *nodes = QD_NEW_ARRAY(request->call->arena, bool, facts->state->node_count);
    for (size_t i = 0; i < facts->state->node_count; i++) nodes[i] = facts->facts[i] != NULL;
    struct qd_report_wish wish = { .state = facts->state,
                                   .parts = QD_REPORT_STATS,
                                   .all = true,
                                   .nodes = nodes,
                                   .groups = request->groups,
                                   .group_count = request->group_count,
                                   .fields = request->fields,
                                   .field_count = request->field_count };
    if (request->group_count > 0) wish.parts |= QD_REPORT_GROUPS;
    if (request->field_count > 0) wish.parts |= QD_REPORT_FIELDDATA;
    if (request->level == LEVEL_SHARDS) wish.parts |= QD_REPORT_COMMIT;
    qd_shard_reports_gather(request->coordinator, request->call, &wish, finish, request);
}

static void told(struct qd_coordinator *coordinator, struct qd_call *call, const struct qd_nodes_facts *facts)
{
    struct request *request = QD_NEW(call->arena, struct request);
    *request = (struct request){ .coordinator = coordinator, .call = call, .facts = facts };
    request->nodes = wanted_nodes(coordinator, call, facts->state);
    if (read_request(request) != QD_OK) {
        qd_call_fail(call);
    } else if (!wants(request, "indices")) {
        finish(request, NULL);
    } else if (request->level == LEVEL_UNKNOWN) {
        finish_unknown_level(request);
    } else {
        ask_shards(request);
    }
}

void qd_coordinator_nodes_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    qd_nodes_facts_gather(coordinator, call, wanted_nodes(coordinator, call, state), told);
}
