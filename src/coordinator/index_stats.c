/* Statistics of indices: sums over all, per index and per shard. */
#include "base/text.h"
#include "base/vector.h"
#include "coordinator/blocks.h"
#include "coordinator/index_call.h"
#include "coordinator/operations.h"
#include "coordinator/shard_reports.h"
#include "coordinator/stats_json.h"
#include "coordinator/unrecognized.h"

QD_VECTOR_TYPE(name_list, struct qd_slice);

enum level { LEVEL_CLUSTER, LEVEL_INDICES, LEVEL_SHARDS };

struct request {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct qd_resolved *indices;
    size_t count;
    unsigned families; /* as qd_stats_write takes them */
    struct qd_slice *groups; /* patterns; groups[group_count] */
    size_t group_count;
    struct qd_slice *fields; /* patterns of fields with field data; fields[field_count] */
    size_t field_count;
    bool unloaded;           /* segments of closed indices count too */
    enum level level;
    const struct qd_shard_reports *reports; /* once they are there */
};

/* What shards have told, summed up. */
struct sums {
    struct qd_stats stats;
    struct qd_stats_group_list groups;
    struct qd_stats_field_list fields;
};

/* ---- parameters ---- */

static enum qd_status unknown_metrics(const struct request *request, struct name_list *bad)
{
    struct qd_slice names[QD_STATS_FAMILY_COUNT];
    for (size_t i = 0; i < QD_STATS_FAMILY_COUNT; i++) {
        names[i] = qd_slice_from_string(qd_stats_family_metric((enum qd_stat_family)i));
    }
    struct qd_unrecognized unknown = { .path = request->call->path,
                                       .what = "metric",
                                       .bad = bad->data,
                                       .bad_count = bad->count,
                                       .known = names,
                                       .known_count = QD_STATS_FAMILY_COUNT };
    return qd_unrecognized(&unknown, request->call->arena, &request->call->error);
}

static enum qd_status read_metrics(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_slice *names;
    struct name_list bad = { 0 };
    bool all = false;
    size_t count = qd_call_list(call, "metric", &names);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (unsigned f = 0; f < QD_STATS_FAMILY_COUNT; f++) {
            if (!qd_slice_is(names[i], qd_stats_family_metric((enum qd_stat_family)f))) continue;
            request->families |= 1u << f;
            known = true;
        }
        if (qd_slice_is(names[i], "_all")) {
            all = true;
        } else if (!known) {
            *QD_PUSH(call->arena, &bad) = names[i];
        }
    }
    if (all && count > 1) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                            "request [%.*s] contains _all and individual metrics [%.*s]",
                            QD_SLICE_ARG(call->path), QD_SLICE_ARG(qd_call_parameter(call, "metric")));
    }
    if (bad.count > 0) return unknown_metrics(request, &bad);
    if (all || count == 0) request->families = QD_STATS_ALL;
    return QD_OK;
}

static enum qd_status read_level(struct request *request)
{
    struct qd_slice level = qd_call_parameter(request->call, "level");
    request->level = LEVEL_INDICES;
    if (level.data == NULL || qd_slice_is(level, "indices")) return QD_OK;
    if (qd_slice_is(level, "cluster")) {
        request->level = LEVEL_CLUSTER;
    } else if (qd_slice_is(level, "shards")) {
        request->level = LEVEL_SHARDS;
    } else {
        return qd_error_set(
            &request->call->error, QD_ILLEGAL_ARGUMENT,
            "level parameter must be one of [cluster] or [indices] or [shards] but was [%.*s]",
            QD_SLICE_ARG(level));
    }
    return QD_OK;
}

/* The parameter of a family comes before the one for both. */
static void read_fields(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_slice *ignored;
    const char *both = "fields";
    bool own = qd_call_parameter(call, "fielddata_fields").data != NULL;
    request->field_count = qd_call_list(call, own ? "fielddata_fields" : both, &request->fields);
    own = qd_call_parameter(call, "completion_fields").data != NULL;
    size_t completion = qd_call_list(call, own ? "completion_fields" : both, &ignored);
    if (request->field_count > 0) request->families |= QD_STATS_FIELDDATA_FIELDS;
    if (completion > 0) request->families |= QD_STATS_COMPLETION_FIELDS;
}

static enum qd_status prepare(struct request *request)
{
    struct qd_call *call = request->call;
    struct qd_error *error = &call->error;
    struct qd_indices_options options = qd_options_search();
    bool forbid_closed = true;
    bool flag = false;
    QD_TRY(qd_call_bool(call, "forbid_closed_indices", &forbid_closed, error));
    QD_TRY(qd_call_bool(call, "include_segment_file_sizes", &flag, error));
    QD_TRY(qd_call_bool(call, "include_unloaded_segments", &request->unloaded, error));
    if (!forbid_closed) options = qd_options_open();
    QD_TRY(read_metrics(request));
    QD_TRY(read_level(request));
    read_fields(request);
    request->group_count = qd_call_list(call, "groups", &request->groups);
    const struct qd_cluster_state *state = qd_cluster_service_state(request->coordinator->cluster);
    QD_TRY(qd_resolve_call(call, state, options, &request->indices, &request->count));
    QD_TRY(qd_check_all_blocks(request->indices, request->count, QD_BLOCK_METADATA_READ, call->arena, error));
    return QD_OK;
}

/* ---- answer ---- */

static bool is_counted(const struct qd_reported_shard *shard)
{
    return shard->report.started && shard->report.open && shard->report.stats != NULL;
}

static void add_shard(const struct request *request, const struct qd_reported_shard *shard, struct sums *sums)
{
    struct qd_stats stats = *shard->report.stats;
    if (shard->index->closed && !request->unloaded) qd_stats_clear(&stats, QD_STATS_SEGMENTS);
    qd_stats_add(&sums->stats, &stats);
    qd_stats_add_groups(&sums->groups, &shard->report, request->call->arena);
    qd_stats_add_fields(&sums->fields, &shard->report, request->call->arena);
}

/* Adds the copies of an index; false when none can be counted. */
static bool add_index(const struct request *request, const struct qd_index_metadata *index, bool primaries,
                      struct sums *sums)
{
    const struct qd_reported_shard *shards;
    size_t count = qd_shard_reports_of(request->reports, index, &shards);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_counted(&shards[i])) continue;
        if (!primaries || shards[i].report.primary) add_shard(request, &shards[i], sums);
        any = true;
    }
    return any;
}

static void write_families(const struct request *request, const struct sums *sums,
                           struct qd_json_writer *writer)
{
    struct qd_stats_writing writing = { .wanted = request->families,
                                        .groups = &sums->groups,
                                        .fields = &sums->fields };
    qd_stats_write(&sums->stats, &writing, writer);
}

/* "primaries" and "total" of one index, or of all when it is NULL; without any shard they are empty. */
static void write_sums(const struct request *request, const struct qd_index_metadata *index,
                       struct qd_json_writer *writer)
{
    for (int primaries = 1; primaries >= 0; primaries--) {
        struct sums sums = { 0 };
        qd_stats_init(&sums.stats);
        bool any = false;
        if (index != NULL) any = add_index(request, index, primaries == 1, &sums);
        for (size_t i = 0; index == NULL && i < request->count; i++) {
            any = add_index(request, request->indices[i].index, primaries == 1, &sums) || any;
        }
        qd_json_member_object(writer, primaries == 1 ? "primaries" : "total");
        if (any) write_families(request, &sums, writer);
        qd_json_end_object(writer);
    }
}

static void write_copy(const struct request *request, const struct qd_reported_shard *shard,
                       struct qd_json_writer *writer)
{
    const struct qd_shard_routing *routing = shard->routing;
    struct sums sums = { 0 };
    qd_stats_init(&sums.stats);
    add_shard(request, shard, &sums);
    qd_json_begin_object(writer);
    qd_json_member_object(writer, "routing");
    qd_json_member_text(writer, "state", routing->state == QD_SHARD_STARTED ? "STARTED" : "INITIALIZING");
    qd_json_member_bool(writer, "primary", routing->primary);
    qd_json_member_string(writer, "node", routing->node_id);
    qd_json_name(writer, "relocating_node");
    qd_json_null(writer);
    qd_json_end_object(writer);
    write_families(request, &sums, writer);
    if (shard->report.commit != NULL) qd_stats_write_shard(&shard->report, request->call->arena, writer);
    qd_json_end_object(writer);
}

/* The copies of one shard; it is left out when none can be counted. */
static void write_copies(const struct request *request, const struct qd_reported_shard *copies, size_t count,
                         struct qd_json_writer *writer)
{
    bool begun = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_counted(&copies[i])) continue;
        if (!begun) {
            qd_json_name_slice(writer, qd_arena_format(request->call->arena, "%u", copies[i].report.number));
            qd_json_begin_array(writer);
        }
        begun = true;
        write_copy(request, &copies[i], writer);
    }
    if (begun) qd_json_end_array(writer);
}

static void write_shards(const struct request *request, const struct qd_index_metadata *index,
                         struct qd_json_writer *writer)
{
    const struct qd_reported_shard *shards;
    size_t count = qd_shard_reports_of(request->reports, index, &shards);
    size_t same;
    qd_json_member_object(writer, "shards");
    for (size_t i = 0; i < count; i += same) {
        same = qd_shard_reports_same(&shards[i], count - i);
        write_copies(request, &shards[i], same, writer);
    }
    qd_json_end_object(writer);
}

static bool has_shards(const struct request *request, const struct qd_index_metadata *index)
{
    const struct qd_reported_shard *shards;
    size_t count = qd_shard_reports_of(request->reports, index, &shards);
    for (size_t i = 0; i < count; i++) {
        if (is_counted(&shards[i])) return true;
    }
    return false;
}

static void write_indices(const struct request *request, struct qd_json_writer *writer)
{
    struct qd_resolved *indices = qd_index_java_order(request->indices, request->count, request->call->arena);
    qd_json_member_object(writer, "indices");
    for (size_t i = 0; i < request->count; i++) {
        const struct qd_index_metadata *index = indices[i].index;
        if (!has_shards(request, index)) continue;
        qd_json_name_slice(writer, index->name);
        qd_json_begin_object(writer);
        qd_json_member_string(writer, "uuid", index->uuid);
        write_sums(request, index, writer);
        if (request->level == LEVEL_SHARDS) write_shards(request, index, writer);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    struct qd_call *call = request->call;
    struct qd_json_writer writer = qd_call_writer(call);
    request->reports = reports;
    qd_json_begin_object(&writer);
    qd_shard_reports_write_header(reports, request->indices, request->count, &writer);
    qd_json_member_object(&writer, "_all");
    write_sums(request, NULL, &writer);
    qd_json_end_object(&writer);
    if (request->level != LEVEL_CLUSTER) write_indices(request, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

void qd_coordinator_index_stats(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request *request = QD_NEW(call->arena, struct request);
    request->coordinator = coordinator;
    request->call = call;
    if (prepare(request) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_STATS,
                                   .indices = request->indices,
                                   .index_count = request->count,
                                   .groups = request->groups,
                                   .group_count = request->group_count,
                                   .fields = request->fields,
                                   .field_count = request->field_count };
    if (request->group_count > 0) wish.parts |= QD_REPORT_GROUPS;
    if (request->field_count > 0) wish.parts |= QD_REPORT_FIELDDATA;
    if (request->level == LEVEL_SHARDS) wish.parts |= QD_REPORT_COMMIT;
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}
