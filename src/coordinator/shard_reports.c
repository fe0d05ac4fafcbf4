#include "coordinator/shard_reports.h"

#include <stdlib.h>

#include "base/vector.h"
#include "coordinator/index_call.h"
#include "coordinator/nodes_select.h"
#include "data/actions.h"

QD_VECTOR_TYPE(uuid_list, struct qd_slice);

struct gathering {
    struct qd_node_calls calls;       /* first member */
    struct qd_shard_reports reports;  /* the result */
    struct qd_report_message message; /* to all nodes, but for the indices */
    struct uuid_list *indices;        /* by place of the node: those of the wish that it has copies of */
    bool all;                         /* indices are not named */
    qd_shard_reports_done *done;
    void *context;
};

/* ---- merging ---- */

static const struct qd_shard_routing *copy_on(const struct qd_index_metadata *index, uint32_t number,
                                              const struct qd_node_info *node)
{
    uint32_t copies = 1 + index->replica_count;
    if (number >= index->shard_count) return NULL;
    for (uint32_t c = 0; c < copies; c++) {
        const struct qd_shard_routing *routing = &index->routing[(size_t)number * copies + c];
        if (routing->node_id.data != NULL && qd_slice_equal(routing->node_id, node->id)) return routing;
    }
    return NULL;
}

/* False for a shard that the state did not know when it was asked for. */
static bool place(const struct qd_node_leg *leg, const struct qd_shard_report *report,
                  struct qd_reported_shard *shard)
{
    const struct qd_index_metadata *index = qd_cluster_state_index(leg->calls->state, report->index_name);
    if (index == NULL || !qd_slice_equal(index->uuid, report->index_uuid)) return false;
    *shard = (struct qd_reported_shard){ *report, leg->node, index,
                                         copy_on(index, report->number, leg->node) };
    return shard->routing != NULL;
}

static int compare(const void *left, const void *right)
{
    const struct qd_reported_shard *a = left;
    const struct qd_reported_shard *b = right;
    int order = qd_slice_compare(a->index->name, b->index->name);
    if (order != 0) return order;
    if (a->report.number != b->report.number) return a->report.number < b->report.number ? -1 : 1;
    return a->node == b->node ? 0 : a->node < b->node ? -1 : 1;
}

/* What one node has told. */
struct told {
    struct qd_shard_report *reports; /* reports[count] */
    size_t count;
};

static void merge(struct qd_node_calls *calls)
{
    struct gathering *gathering = (struct gathering *)calls;
    struct qd_arena *arena = calls->call->arena;
    size_t node_count = calls->state->node_count;
    struct told *told = QD_NEW_ARRAY(arena, struct told, node_count);
    size_t total = 0;
    size_t count = 0;
    for (size_t i = 0; i < node_count; i++) {
        struct qd_node_leg *leg = &calls->legs[i];
        if (!leg->asked || leg->error.status != QD_OK) continue;
        if (qd_reports_read(leg->answer, arena, &told[i].reports, &told[i].count, &leg->error) != QD_OK) {
            told[i].count = 0;
        }
        total += told[i].count;
    }
    struct qd_reported_shard *shards = QD_NEW_ARRAY(arena, struct qd_reported_shard, total);
    for (size_t i = 0; i < node_count; i++) {
        for (size_t r = 0; r < told[i].count; r++) {
            if (place(&calls->legs[i], &told[i].reports[r], &shards[count])) count++;
        }
    }
    if (count > 1) qsort(shards, count, sizeof(*shards), compare);
    gathering->reports = (struct qd_shard_reports){ .state = calls->state, .shards = shards, .count = count };
    gathering->reports.problems = qd_node_calls_problems(calls, &gathering->reports.problem_count);
    gathering->done(gathering->context, &gathering->reports);
}

/* ---- asking ---- */

static void make_request(struct gathering *gathering, size_t node)
{
    struct qd_report_message message = gathering->message;
    struct qd_node_leg *leg = &gathering->calls.legs[node];
    leg->asked = gathering->indices[node].count > 0;
    if (!leg->asked) return;
    if (!gathering->all) {
        message.indices = gathering->indices[node].data;
        message.index_count = gathering->indices[node].count;
    }
    qd_report_message_write(&message, &leg->request);
}

/* Notes an index with each node that has a copy of it. `lists`: node id -> struct uuid_list *. */
static void note_index(struct gathering *gathering, const struct qd_map *lists,
                       const struct qd_index_metadata *index)
{
    size_t copies = (size_t)index->shard_count * (1 + index->replica_count);
    for (size_t c = 0; c < copies; c++) {
        struct qd_slice node_id = index->routing[c].node_id;
        struct uuid_list *list = node_id.data == NULL ? NULL : qd_map_get(lists, node_id);
        if (list == NULL) continue;
        if (list->count > 0 && qd_slice_equal(list->data[list->count - 1], index->uuid)) continue;
        *QD_PUSH(gathering->calls.call->arena, list) = index->uuid;
    }
}

static void note_indices(struct gathering *gathering, const struct qd_report_wish *wish)
{
    const struct qd_cluster_state *state = gathering->calls.state;
    struct qd_arena *arena = gathering->calls.call->arena;
    struct qd_map lists;
    qd_map_init(&lists, arena);
    gathering->indices = QD_NEW_ARRAY(arena, struct uuid_list, state->node_count);
    for (size_t i = 0; i < state->node_count; i++) {
        if (wish->nodes == NULL || wish->nodes[i]) {
            qd_map_put(&lists, state->nodes[i].id, &gathering->indices[i]);
        }
    }
    size_t count = gathering->all ? state->index_count : wish->index_count;
    for (size_t i = 0; i < count; i++) {
        note_index(gathering, &lists, gathering->all ? state->indices[i] : wish->indices[i].index);
    }
}

void qd_shard_reports_gather(struct qd_coordinator *coordinator, struct qd_call *call,
                             const struct qd_report_wish *wish, qd_shard_reports_done *done, void *context)
{
    struct gathering *gathering = QD_NEW(call->arena, struct gathering);
    qd_node_calls_init(&gathering->calls, coordinator, call, wish->state);
    gathering->message = (struct qd_report_message){ .parts = wish->parts,
                                                     .groups = wish->groups,
                                                     .group_count = wish->group_count,
                                                     .fields = wish->fields,
                                                     .field_count = wish->field_count };
    gathering->all = wish->all;
    gathering->done = done;
    gathering->context = context;
    note_indices(gathering, wish);
    for (size_t i = 0; i < gathering->calls.state->node_count; i++) make_request(gathering, i);
    qd_node_calls_start(&gathering->calls, QD_ACTION_REPORT, merge);
}

/* ---- looking at them ---- */

/* The place of the first shard that does not come before shard `number` of an index. */
static size_t find(const struct qd_shard_reports *reports, const struct qd_index_metadata *index,
                   uint32_t number)
{
    size_t low = 0;
    size_t high = reports->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct qd_reported_shard *shard = &reports->shards[middle];
        int order = qd_slice_compare(shard->index->name, index->name);
        if (order < 0 || (order == 0 && shard->report.number < number)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t qd_shard_reports_of(const struct qd_shard_reports *reports, const struct qd_index_metadata *index,
                           const struct qd_reported_shard **first)
{
    size_t from = find(reports, index, 0);
    size_t count = 0;
    *first = &reports->shards[from];
    while (from + count < reports->count && reports->shards[from + count].index == index) count++;
    return count;
}

size_t qd_shard_reports_same(const struct qd_reported_shard *shards, size_t count)
{
    size_t same = 1;
    while (same < count && shards[same].index == shards[0].index &&
           shards[same].report.number == shards[0].report.number) {
        same++;
    }
    return same;
}

const struct qd_shard_report *qd_shard_reports_copy(const struct qd_shard_reports *reports,
                                                    const struct qd_index_metadata *index,
                                                    const struct qd_shard_routing *routing)
{
    for (size_t i = find(reports, index, routing->shard); i < reports->count; i++) {
        if (reports->shards[i].index != index || reports->shards[i].report.number != routing->shard) break;
        if (reports->shards[i].routing == routing) return &reports->shards[i].report;
    }
    return NULL;
}

static void add(const struct qd_shard_report *report, bool primaries, struct qd_stats *sum)
{
    if (report->stats != NULL && (!primaries || report->primary)) qd_stats_add(sum, report->stats);
}

void qd_shard_reports_add_index(const struct qd_shard_reports *reports, const struct qd_index_metadata *index,
                                bool primaries, struct qd_stats *sum)
{
    const struct qd_reported_shard *shards;
    size_t count = qd_shard_reports_of(reports, index, &shards);
    for (size_t i = 0; i < count; i++) add(&shards[i].report, primaries, sum);
}

void qd_shard_reports_add_node(const struct qd_shard_reports *reports, const struct qd_node_info *node,
                               bool primaries, struct qd_stats *sum)
{
    for (size_t i = 0; i < reports->count; i++) {
        if (node == NULL || qd_slice_equal(reports->shards[i].node->id, node->id)) {
            add(&reports->shards[i].report, primaries, sum);
        }
    }
}

int64_t qd_shard_report_size(const struct qd_shard_report *report)
{
    int64_t size = 0;
    if (report->segments == NULL) return 0;
    for (size_t i = 0; i < report->segments->count; i++) size += (int64_t)report->segments->list[i].size;
    return size;
}

/* ---- failures ---- */

static void write_failure(const struct qd_node_problem *problem, const struct qd_index_metadata *index,
                          uint32_t shard, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "shard", shard);
    qd_json_member_string(writer, "index", index->name);
    qd_json_member_text(writer, "status", "INTERNAL_SERVER_ERROR");
    qd_json_name(writer, "reason");
    qd_node_problem_write(problem, writer);
    qd_json_end_object(writer);
}

/* Tells of the copies on the nodes that could not answer; without a writer they are only counted. */
static uint32_t each_failure(const struct qd_shard_reports *reports, const struct qd_resolved *indices,
                             size_t count, struct qd_json_writer *writer)
{
    uint32_t failed = 0;
    for (size_t p = 0; p < reports->problem_count; p++) {
        for (size_t i = 0; i < count; i++) {
            const struct qd_index_metadata *index = indices[i].index;
            for (uint32_t n = 0; n < index->shard_count; n++) {
                if (copy_on(index, n, reports->problems[p].node) == NULL) continue;
                if (writer != NULL) write_failure(&reports->problems[p], index, n, writer);
                failed++;
            }
        }
    }
    return failed;
}

void qd_shard_reports_write_header(const struct qd_shard_reports *reports, const struct qd_resolved *indices,
                                   size_t count, struct qd_json_writer *writer)
{
    uint32_t total, assigned;
    uint32_t failed = each_failure(reports, indices, count, NULL);
    qd_count_copies(indices, count, &total, &assigned);
    qd_json_member_object(writer, "_shards");
    qd_json_member_int(writer, "total", total);
    qd_json_member_int(writer, "successful", (int64_t)assigned - failed);
    qd_json_member_int(writer, "failed", failed);
    if (failed > 0) {
        qd_json_member_array(writer, "failures");
        (void)each_failure(reports, indices, count, writer);
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
}
