#include "coordinator/stats_json.h"

#include "base/units.h"

/* A row of the table. */
struct stat_row {
    enum qd_stat_family family;
    enum qd_stat_kind kind;
    const char *name;
    const char *human;
};

static const struct stat_row rows[QD_STAT_COUNT] = {
#define STAT_ROW(id, family, kind, name, human) { QD_STATS_##family, QD_STAT_KIND_##kind, name, human },
    QD_STAT_TABLE(STAT_ROW)
#undef STAT_ROW
};

/* A family's name in answers, its metric in paths, and what follows its rows: parts that are about features
 * this program does not have, so that the numbers are 0 by definition. */
static const struct {
    const char *name;
    const char *metric;
    const char *tail;
} families[QD_STATS_FAMILY_COUNT] = {
    [QD_STATS_DOCS] = { "docs", "docs", NULL },
    [QD_STATS_STORE] = { "store", "store", NULL },
    [QD_STATS_INDEXING] = { "indexing", "indexing", NULL },
    [QD_STATS_GET] = { "get", "get", NULL },
    [QD_STATS_SEARCH] = { "search", "search", NULL },
    [QD_STATS_MERGES] = { "merges", "merge", NULL },
    [QD_STATS_REFRESH] = { "refresh", "refresh", NULL },
    [QD_STATS_FLUSH] = { "flush", "flush", NULL },
    [QD_STATS_WARMER] = { "warmer", "warmer", NULL },
    [QD_STATS_QUERY_CACHE] = { "query_cache", "query_cache", NULL },
    [QD_STATS_FIELDDATA] = { "fielddata", "fielddata", NULL },
    [QD_STATS_COMPLETION] = { "completion", "completion", NULL },
    [QD_STATS_SEGMENTS] = { "segments", "segments",
                            "\"remote_store\":{\"upload\":{\"total_upload_size\":{\"started_bytes\":0,"
                            "\"succeeded_bytes\":0,\"failed_bytes\":0},\"refresh_size_lag\":{\"total_bytes\":"
                            "0,"
                            "\"max_bytes\":0},\"max_refresh_time_lag_in_millis\":0,\"total_time_spent_in_"
                            "millis\":0,"
                            "\"pressure\":{\"total_rejections\":0}},\"download\":{\"total_download_size\":{"
                            "\"started_bytes\":0,\"succeeded_bytes\":0,\"failed_bytes\":0},"
                            "\"total_time_spent_in_millis\":0}},\"segment_replication\":{\"max_bytes_"
                            "behind\":0,"
                            "\"total_bytes_behind\":0,\"max_replication_lag\":0},\"file_sizes\":{}" },
    [QD_STATS_TRANSLOG] = { "translog", "translog",
                            "\"remote_store\":{\"upload\":{\"total_uploads\":{\"started\":0,\"failed\":0,"
                            "\"succeeded\":0},\"total_upload_size\":{\"started_bytes\":0,\"failed_bytes\":0,"
                            "\"succeeded_bytes\":0}}}" },
    [QD_STATS_REQUEST_CACHE] = { "request_cache", "request_cache", NULL },
    [QD_STATS_RECOVERY] = { "recovery", "recovery", NULL },
};

static int64_t millis(uint64_t nanos)
{
    return (int64_t)(nanos / 1000000);
}

const char *qd_stats_family_metric(enum qd_stat_family family)
{
    return families[family].metric;
}

enum qd_stat_kind qd_stats_kind(enum qd_stat stat)
{
    return rows[stat].kind;
}

/* ---- groups of searches, fields ---- */

static struct qd_stats *group_of(struct qd_stats_group_list *groups, struct qd_slice name,
                                 struct qd_arena *arena)
{
    size_t place = 0;
    int order = -1;
    while (place < groups->count && (order = qd_slice_compare(groups->data[place].name, name)) < 0) place++;
    if (place < groups->count && order == 0) return &groups->data[place].stats;
    (void)QD_PUSH(arena, groups);
    struct qd_stats_group *list = groups->data;
    memmove(&list[place + 1], &list[place], (groups->count - 1 - place) * sizeof(*list));
    list[place].name = name;
    qd_stats_init(&list[place].stats);
    return &list[place].stats;
}

void qd_stats_add_groups(struct qd_stats_group_list *groups, const struct qd_shard_report *report,
                         struct qd_arena *arena)
{
    for (size_t i = 0; i < report->group_count; i++) {
        struct qd_stats one;
        qd_stats_init(&one);
        qd_stats_set_searches(&one, &report->groups[i].counters);
        qd_stats_add(group_of(groups, report->groups[i].name, arena), &one);
    }
}

static int64_t *bytes_of(struct qd_stats_field_list *fields, struct qd_slice name, struct qd_arena *arena)
{
    size_t place = 0;
    int order = -1;
    while (place < fields->count && (order = qd_slice_compare(fields->data[place].name, name)) < 0) place++;
    if (place < fields->count && order == 0) return &fields->data[place].bytes;
    (void)QD_PUSH(arena, fields);
    struct qd_report_field *list = fields->data;
    memmove(&list[place + 1], &list[place], (fields->count - 1 - place) * sizeof(*list));
    list[place] = (struct qd_report_field){ name, 0 };
    return &list[place].bytes;
}

void qd_stats_add_fields(struct qd_stats_field_list *fields, const struct qd_shard_report *report,
                         struct qd_arena *arena)
{
    for (size_t i = 0; i < report->field_count; i++) {
        *bytes_of(fields, report->fields[i].name, arena) += report->fields[i].bytes;
    }
}

/* ---- writing ---- */

void qd_json_member_bytes(struct qd_json_writer *writer, const char *name, const char *human, int64_t bytes)
{
    if (writer->human && human != NULL) {
        struct qd_buffer text = { 0 };
        qd_bytes_print(&text, bytes);
        qd_json_member_string(writer, human, qd_buffer_view(&text));
        qd_buffer_deinit(&text);
    }
    qd_json_member_int(writer, name, bytes);
}

static void write_time_text(struct qd_json_writer *writer, const char *human, int64_t value)
{
    struct qd_buffer text = { 0 };
    qd_time_print_millis(&text, value);
    qd_json_member_string(writer, human, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
}

void qd_json_member_millis(struct qd_json_writer *writer, const char *name, const char *human, int64_t value)
{
    if (writer->human && human != NULL) write_time_text(writer, human, value);
    qd_json_member_int(writer, name, value);
}

static void write_row(const struct stat_row *row, const char *name, int64_t value,
                      struct qd_json_writer *writer)
{
    switch (row->kind) {
    case QD_STAT_KIND_COUNT: qd_json_member_int(writer, name, value); break;
    case QD_STAT_KIND_BYTES: qd_json_member_bytes(writer, name, row->human, value); break;
    case QD_STAT_KIND_MILLIS: qd_json_member_millis(writer, name, row->human, value); break;
    case QD_STAT_KIND_FALSE: qd_json_member_bool(writer, name, false); break;
    case QD_STAT_KIND_ZERO: qd_json_member_double(writer, name, 0); break;
    }
}

/* What ?human shows of a 0, by the end of its name; the end is cut off for the twin. */
static const struct {
    const char *end, *text;
} zero_units[] = {
    { "_in_bytes", "0b" }, { "_bytes", "0b" }, { "_in_millis", "0s" }, { "_millis", "0s" }
};

/* Writes the twin of a member of this name when there is one. */
static void write_zero_twin(struct qd_buffer *out, struct qd_slice name)
{
    for (size_t i = 0; i < sizeof(zero_units) / sizeof(zero_units[0]); i++) {
        size_t end = strlen(zero_units[i].end);
        if (!qd_slice_ends_with(name, qd_slice_from_string(zero_units[i].end))) continue;
        qd_buffer_format(out, "\"%.*s\":\"%s\",", (int)(name.size - end), (const char *)name.data,
                         zero_units[i].text);
        return;
    }
}

void qd_zeros_write(const char *json, bool human, struct qd_buffer *out)
{
    while (*json != 0) {
        const char *end = *json == '"' ? strchr(json + 1, '"') : NULL;
        if (end == NULL) {
            qd_buffer_byte(out, (uint8_t)*json++);
            continue;
        }
        struct qd_slice name = qd_slice_make(json + 1, (size_t)(end - json - 1));
        if (human && end[1] == ':' && end[2] == '0') write_zero_twin(out, name);
        qd_buffer_append(out, json, (size_t)(end + 1 - json));
        json = end + 1;
    }
}

/* Appends finished members to an open object that has members already. */
static void write_members(struct qd_json_writer *writer, const char *members)
{
    qd_buffer_byte(writer->out, ',');
    qd_zeros_write(members, writer->human, writer->out);
}

static bool wants_fields(enum qd_stat_family family, unsigned wanted)
{
    return (family == QD_STATS_FIELDDATA && (wanted & QD_STATS_FIELDDATA_FIELDS) != 0) ||
           (family == QD_STATS_COMPLETION && (wanted & QD_STATS_COMPLETION_FIELDS) != 0);
}

/* The phases of searches that this node has coordinated. */
static void write_phases(const struct qd_counters *counters, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "request");
    for (unsigned i = 0; i < QD_SEARCH_PHASE_COUNT; i++) {
        const struct qd_phase_counter *phase = &counters->phases[i];
        qd_json_member_object(writer, qd_search_phase_name((enum qd_search_phase)i));
        qd_json_member_millis(writer, "time_in_millis", "time", millis(phase->ns));
        qd_json_member_int(writer, "current", (int64_t)phase->current);
        qd_json_member_int(writer, "total", (int64_t)phase->total);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

/* A group has the rows of the family but for the contexts, which belong to no group. */
static void write_groups(const struct qd_stats_group_list *groups, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "groups");
    for (size_t g = 0; g < groups->count; g++) {
        const struct qd_stats_group *group = &groups->data[g];
        qd_json_name_slice(writer, group->name);
        qd_json_begin_object(writer);
        for (size_t i = 0; i < QD_STAT_COUNT; i++) {
            if (rows[i].family != QD_STATS_SEARCH || i == QD_STAT_SEARCH_OPEN_CONTEXTS) continue;
            write_row(&rows[i], rows[i].name, group->stats.value[i], writer);
        }
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

/* `fields` NULL: there are none. */
static void write_fields(const struct qd_stats_field_list *fields, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "fields");
    for (size_t i = 0; fields != NULL && i < fields->count; i++) {
        qd_json_name_slice(writer, fields->data[i].name);
        qd_json_begin_object(writer);
        qd_json_member_bytes(writer, "memory_size_in_bytes", "memory_size", fields->data[i].bytes);
        qd_json_end_object(writer);
    }
    qd_json_end_object(writer);
}

static void write_family(const struct qd_stats *stats, enum qd_stat_family family,
                         const struct qd_stats_writing *writing, struct qd_json_writer *writer)
{
    bool nested = false;
    qd_json_member_object(writer, families[family].name);
    for (size_t i = 0; i < QD_STAT_COUNT; i++) {
        const char *slash = strchr(rows[i].name, '/');
        if (rows[i].family != family) continue;
        if (slash != NULL && !nested) {
            char group[32];
            size_t size = (size_t)(slash - rows[i].name);
            memcpy(group, rows[i].name, size);
            group[size] = 0;
            qd_json_member_object(writer, group);
            nested = true;
        }
        /* The reference prints this twin with and without ?human. */
        if (i == QD_STAT_GET_TIME) write_time_text(writer, "getTime", stats->value[i]);
        write_row(&rows[i], slash == NULL ? rows[i].name : slash + 1, stats->value[i], writer);
    }
    if (nested) qd_json_end_object(writer);
    if (families[family].tail != NULL) write_members(writer, families[family].tail);
    if (wants_fields(family, writing->wanted)) {
        write_fields(family == QD_STATS_FIELDDATA ? writing->fields : NULL, writer);
    }
    bool search = family == QD_STATS_SEARCH;
    if (search && writing->counters != NULL) write_phases(writing->counters, writer);
    if (search && writing->groups != NULL && writing->groups->count > 0) {
        write_groups(writing->groups, writer);
    }
    qd_json_end_object(writer);
}

void qd_stats_write(const struct qd_stats *stats, const struct qd_stats_writing *writing,
                    struct qd_json_writer *writer)
{
    for (unsigned f = 0; f < QD_STATS_FAMILY_COUNT; f++) {
        if ((writing->wanted & (1u << f)) != 0) write_family(stats, (enum qd_stat_family)f, writing, writer);
    }
}

static void write_commit(const struct qd_report_commit *commit, struct qd_arena *arena,
                         struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "commit");
    qd_json_member_string(writer, "id", commit->id);
    qd_json_member_int(writer, "generation", (int64_t)commit->generation);
    qd_json_member_object(writer, "user_data");
    /* The translog belongs to the history and has its uuid. */
    qd_json_member_string(writer, "translog_uuid", commit->history_uuid);
    qd_json_member_string(writer, "history_uuid", commit->history_uuid);
    qd_json_member_string(writer, "local_checkpoint",
                          qd_arena_format(arena, "%lld", (long long)commit->commit_local_checkpoint));
    qd_json_member_string(writer, "max_seq_no",
                          qd_arena_format(arena, "%lld", (long long)commit->commit_max_seq_no));
    qd_json_member_text(writer, "max_unsafe_auto_id_timestamp", "-1");
    qd_json_end_object(writer);
    qd_json_member_int(writer, "num_docs", (int64_t)commit->docs);
    qd_json_end_object(writer);
}

void qd_stats_write_shard(const struct qd_shard_report *report, struct qd_arena *arena,
                          struct qd_json_writer *writer)
{
    const struct qd_report_commit *commit = report->commit;
    write_commit(commit, arena, writer);
    qd_json_member_object(writer, "seq_no");
    qd_json_member_int(writer, "max_seq_no", commit->max_seq_no);
    qd_json_member_int(writer, "local_checkpoint", commit->local_checkpoint);
    qd_json_member_int(writer, "global_checkpoint", commit->local_checkpoint);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "retention_leases");
    qd_json_member_int(writer, "primary_term", report->primary_term);
    qd_json_member_int(writer, "version", 0);
    qd_json_member_array(writer, "leases");
    qd_json_end_array(writer);
    qd_json_end_object(writer);
    qd_json_member_object(writer, "shard_path");
    qd_json_member_string(writer, "state_path", report->path);
    qd_json_member_string(writer, "data_path", report->path);
    qd_json_member_bool(writer, "is_custom_data_path", false);
    qd_json_end_object(writer);
}
