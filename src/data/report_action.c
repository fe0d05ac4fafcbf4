/* The action report: what the shards of this node are and have counted. It only looks, on the loop. */
#include "base/wildcard.h"
#include "data/actions.h"
#include "data/report_messages.h"
#include "data/shard_stats.h"
#include "data/shards.h"
#include "index/fielddata.h"

struct reporting {
    struct qd_data *data;
    struct qd_arena *arena; /* of the call */
    struct qd_report_message message;
    struct qd_slice data_path;
    int64_t now_ms;         /* wall clock */
};

static bool wants(const struct reporting *reporting, enum qd_report_part part)
{
    return (reporting->message.parts & (unsigned)part) != 0;
}

static const struct qd_stats *stats_of(const struct reporting *reporting, const struct qd_shard *shard)
{
    struct qd_stats *stats = QD_NEW(reporting->arena, struct qd_stats);
    qd_stats_init(stats);
    qd_shard_stats_add(stats, shard, reporting->now_ms);
    return stats;
}

static bool wants_group(const struct qd_report_message *message, struct qd_slice name)
{
    bool all = message->group_count == 1 && qd_slice_is(message->groups[0], "_all");
    return all || qd_simple_match_any(message->groups, message->group_count, name);
}

static void add_groups(const struct reporting *reporting, const struct qd_shard *shard,
                       struct qd_shard_report *report)
{
    struct qd_report_group *list = QD_NEW_ARRAY(reporting->arena, struct qd_report_group, shard->group_count);
    for (const struct qd_search_group *group = shard->groups; group != NULL; group = group->next) {
        if (!wants_group(&reporting->message, group->name)) continue;
        list[report->group_count++] = (struct qd_report_group){ group->name, group->counters };
    }
    report->groups = list;
}

static const struct qd_report_commit *commit_of(const struct reporting *reporting,
                                                const struct qd_shard *shard)
{
    struct qd_report_commit *commit = QD_NEW(reporting->arena, struct qd_report_commit);
    struct qd_engine_stats stats;
    qd_engine_stats(shard->engine, &stats);
    commit->id = qd_engine_commit_id(shard->engine, reporting->arena);
    commit->history_uuid = qd_engine_history_uuid(shard->engine);
    commit->generation = stats.commit_generation;
    commit->docs = stats.commit_docs;
    commit->commit_max_seq_no = stats.commit_max_seq_no;
    commit->commit_local_checkpoint = stats.commit_local_checkpoint;
    commit->max_seq_no = stats.max_seq_no;
    commit->local_checkpoint = stats.local_checkpoint;
    return commit;
}

static const struct qd_report_segments *segments_of(const struct reporting *reporting,
                                                    const struct qd_shard *shard,
                                                    const struct qd_snapshot *snapshot)
{
    struct qd_report_segments *segments = QD_NEW(reporting->arena, struct qd_report_segments);
    struct qd_report_segment *list = QD_NEW_ARRAY(reporting->arena, struct qd_report_segment,
                                                  snapshot->segment_count);
    for (uint32_t i = 0; i < snapshot->segment_count; i++) {
        const struct qd_snapshot_segment *segment = &snapshot->segments[i];
        list[i] = (struct qd_report_segment){ .generation = segment->generation,
                                              .size = qd_segment_size(segment->segment),
                                              .docs = qd_segment_doc_count(segment->segment),
                                              .live = segment->live_count,
                                              .committed = segment->committed };
    }
    segments->best_compression = shard->schema->engine.codec != QD_STORED_LZ4;
    segments->list = list;
    segments->count = snapshot->segment_count;
    return segments;
}

static const struct qd_report_recovery *recovery_of(const struct reporting *reporting,
                                                    const struct qd_shard *shard)
{
    const struct qd_shard_recovery *from = &shard->recovery;
    struct qd_report_recovery *recovery = QD_NEW(reporting->arena, struct qd_report_recovery);
    struct qd_report_file *files = QD_NEW_ARRAY(reporting->arena, struct qd_report_file, from->file_count);
    for (uint32_t i = 0; i < from->file_count; i++) {
        files[i] = (struct qd_report_file){ from->files[i].generation, from->files[i].size };
    }
    int64_t time_ms = (from->stop_ms != 0 ? from->stop_ms : reporting->now_ms) - from->start_ms;
    *recovery = (struct qd_report_recovery){ .existing = from->existing,
                                             .start_ms = from->start_ms,
                                             .stop_ms = from->stop_ms,
                                             .time_ms = time_ms < 0 ? 0 : time_ms,
                                             .bytes = from->bytes,
                                             .operations = from->operations,
                                             .index_ns = from->index_ns,
                                             .translog_ns = from->translog_ns,
                                             .files = files,
                                             .file_count = from->file_count };
    return recovery;
}

static void add_fields(const struct reporting *reporting, const struct qd_snapshot *snapshot,
                       struct qd_shard_report *report)
{
    const struct qd_report_message *message = &reporting->message;
    struct qd_fielddata_uses uses = { .arena = reporting->arena };
    qd_fielddata_uses_add(&uses, snapshot);
    struct qd_report_field *list = QD_NEW_ARRAY(reporting->arena, struct qd_report_field, uses.count);
    for (size_t i = 0; i < uses.count; i++) {
        struct qd_slice name = uses.data[i].field;
        bool wanted = message->field_count == 0 ||
                      qd_simple_match_any(message->fields, message->field_count, name);
        if (wanted) list[report->field_count++] = (struct qd_report_field){ name, uses.data[i].bytes };
    }
    report->fields = list;
}

static void add_visible(const struct reporting *reporting, const struct qd_shard *shard,
                        struct qd_shard_report *report)
{
    bool fields = wants(reporting, QD_REPORT_FIELDDATA) && report->started;
    if (!fields && !wants(reporting, QD_REPORT_SEGMENTS)) return;
    struct qd_snapshot *snapshot = qd_engine_acquire(shard->engine);
    if (wants(reporting, QD_REPORT_SEGMENTS)) report->segments = segments_of(reporting, shard, snapshot);
    if (fields) add_fields(reporting, snapshot, report);
    qd_snapshot_release(snapshot);
}

static void report_shard(const struct reporting *reporting, const struct qd_shard *shard,
                         struct qd_shard_report *report)
{
    *report = (struct qd_shard_report){ .index_uuid = shard->index_uuid,
                                        .index_name = shard->index_name,
                                        .allocation_id = shard->allocation_id,
                                        .path = shard->path,
                                        .data_path = reporting->data_path,
                                        .number = shard->number,
                                        .primary = shard->primary,
                                        .index_closed = shard->index_closed,
                                        .started = shard->phase == QD_SHARD_PHASE_STARTED,
                                        .open = shard->engine != NULL,
                                        .primary_term = shard->primary_term };
    if (wants(reporting, QD_REPORT_GROUPS)) add_groups(reporting, shard, report);
    if (wants(reporting, QD_REPORT_RECOVERY)) report->recovery = recovery_of(reporting, shard);
    if (!report->open) return;
    if (wants(reporting, QD_REPORT_STATS) && report->started) report->stats = stats_of(reporting, shard);
    if (wants(reporting, QD_REPORT_COMMIT)) report->commit = commit_of(reporting, shard);
    add_visible(reporting, shard, report);
}

static void answer(const struct reporting *reporting, struct qd_transport_call *call)
{
    const struct qd_report_message *message = &reporting->message;
    size_t shard_count = qd_data_shard_count(reporting->data);
    struct qd_shard_report *reports = QD_NEW_ARRAY(call->arena, struct qd_shard_report, shard_count);
    struct qd_buffer buffer = { 0 };
    struct qd_map wanted;
    size_t count = 0;
    qd_map_init(&wanted, call->arena);
    for (size_t i = 0; i < message->index_count; i++) qd_map_put(&wanted, message->indices[i], &wanted);
    for (size_t i = 0; i < shard_count; i++) {
        const struct qd_shard *shard = qd_data_shard_at(reporting->data, i);
        if (message->index_count > 0 && qd_map_get(&wanted, shard->index_uuid) == NULL) continue;
        report_shard(reporting, shard, &reports[count++]);
    }
    qd_reports_write(reports, count, &buffer);
    qd_transport_answer(call, &buffer);
}

void qd_action_report(void *context, struct qd_transport_call *call)
{
    struct qd_env *env = qd_data_env(context);
    struct reporting reporting = { .data = context, .arena = call->arena };
    const struct qd_map *settings = qd_data_settings(context);
    const struct qd_slice *path = settings == NULL ? NULL : qd_map_get(settings, QD_SLICE("path.data"));
    struct qd_error error;
    qd_error_init(&error, call->arena);
    if (qd_report_message_read(call->payload, call->arena, &reporting.message, &error) != QD_OK) {
        qd_transport_fail(call, &error);
        return;
    }
    reporting.data_path = path == NULL ? QD_SLICE("data") : *path;
    reporting.now_ms = env->clock->wall_ms(env);
    answer(&reporting, call);
}
