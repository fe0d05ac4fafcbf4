#include "coordinator/stats_gather.h"

#include "base/units.h"
#include "data/contexts.h"
#include "data/data.h"

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

/* The coordinator's phases are not measured one by one. */
static const char request_phases[] =
    "\"request\":{\"took\":{\"time_in_millis\":0,\"current\":0,\"total\":0},\"dfs_pre_query\":{\"time_in_"
    "millis\":0,"
    "\"current\":0,\"total\":0},\"query\":{\"time_in_millis\":0,\"current\":0,\"total\":0},\"fetch\":{"
    "\"time_in_millis\":0,\"current\":0,\"total\":0},\"dfs_query\":{\"time_in_millis\":0,\"current\":0,"
    "\"total\":0},"
    "\"expand\":{\"time_in_millis\":0,\"current\":0,\"total\":0},\"can_match\":{\"time_in_millis\":0,"
    "\"current\":0,"
    "\"total\":0}}";

void qd_stats_init(struct qd_stats *stats)
{
    *stats = (struct qd_stats){ 0 };
    stats->value[QD_STAT_SEGMENTS_MAX_UNSAFE_AUTO_ID_TIMESTAMP] = -1;
}

static bool is_latest(enum qd_stat stat)
{
    return stat == QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP ||
           stat == QD_STAT_SEGMENTS_MAX_UNSAFE_AUTO_ID_TIMESTAMP;
}

void qd_stats_add(struct qd_stats *sum, const struct qd_stats *other)
{
    for (size_t i = 0; i < QD_STAT_COUNT; i++) {
        if (!is_latest((enum qd_stat)i)) {
            sum->value[i] += other->value[i];
        } else if (other->value[i] > sum->value[i]) {
            sum->value[i] = other->value[i];
        }
    }
}

static int64_t millis(uint64_t nanos)
{
    return (int64_t)(nanos / 1000000);
}

static void read_engine(struct qd_stats *one, const struct qd_engine_stats *engine)
{
    int64_t *v = one->value;
    v[QD_STAT_DOCS_COUNT] = (int64_t)engine->docs;
    v[QD_STAT_DOCS_DELETED] = (int64_t)engine->docs_deleted;
    v[QD_STAT_STORE_SIZE] = (int64_t)engine->store_bytes;
    v[QD_STAT_INDEXING_INDEX_TOTAL] = (int64_t)engine->index_total;
    v[QD_STAT_INDEXING_INDEX_TIME] = millis(engine->index_ns);
    v[QD_STAT_INDEXING_INDEX_FAILED] = (int64_t)engine->index_failed;
    v[QD_STAT_INDEXING_DELETE_TOTAL] = (int64_t)engine->delete_total;
    v[QD_STAT_INDEXING_DELETE_TIME] = millis(engine->delete_ns);
    v[QD_STAT_GET_TOTAL] = (int64_t)engine->get_total;
    v[QD_STAT_GET_TIME] = v[QD_STAT_GET_EXISTS_TIME] = millis(engine->get_ns);
    v[QD_STAT_GET_EXISTS_TOTAL] = (int64_t)engine->get_found;
    v[QD_STAT_GET_MISSING_TOTAL] = (int64_t)(engine->get_total - engine->get_found);
    v[QD_STAT_MERGES_TOTAL] = (int64_t)engine->merge_total;
    v[QD_STAT_MERGES_TOTAL_TIME] = millis(engine->merge_ns);
    v[QD_STAT_MERGES_TOTAL_DOCS] = (int64_t)engine->merge_docs;
    v[QD_STAT_MERGES_TOTAL_SIZE] = (int64_t)engine->merge_bytes;
    v[QD_STAT_REFRESH_TOTAL] = (int64_t)engine->refresh_total;
    v[QD_STAT_REFRESH_TOTAL_TIME] = v[QD_STAT_REFRESH_EXTERNAL_TOTAL_TIME] = millis(engine->refresh_ns);
    v[QD_STAT_REFRESH_EXTERNAL_TOTAL] = (int64_t)engine->refresh_total;
    v[QD_STAT_FLUSH_TOTAL] = (int64_t)engine->flush_total;
    v[QD_STAT_FLUSH_TOTAL_TIME] = millis(engine->flush_ns);
    v[QD_STAT_SEGMENTS_COUNT] = engine->segment_count;
    v[QD_STAT_SEGMENTS_INDEX_WRITER_MEMORY] = (int64_t)engine->buffer_bytes;
    v[QD_STAT_SEGMENTS_VERSION_MAP_MEMORY] = (int64_t)engine->version_map_bytes;
    v[QD_STAT_TRANSLOG_OPERATIONS] = (int64_t)engine->translog_operations;
    v[QD_STAT_TRANSLOG_SIZE] = (int64_t)engine->translog_bytes;
    v[QD_STAT_TRANSLOG_UNCOMMITTED_OPERATIONS] = (int64_t)engine->translog_uncommitted_operations;
    v[QD_STAT_TRANSLOG_UNCOMMITTED_SIZE] = (int64_t)engine->translog_uncommitted_bytes;
}

static void read_counters(struct qd_stats *one, const struct qd_shard_counters *counters, int64_t now_ms)
{
    int64_t *v = one->value;
    v[QD_STAT_INDEXING_INDEX_CURRENT] = (int64_t)counters->index_current;
    v[QD_STAT_INDEXING_NOOP_UPDATE_TOTAL] = (int64_t)counters->noop_update_total;
    v[QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP] = (int64_t)counters->last_write_ms;
    v[QD_STAT_SEARCH_QUERY_TOTAL] = (int64_t)counters->query_total;
    v[QD_STAT_SEARCH_QUERY_TIME] = millis(counters->query_ns);
    v[QD_STAT_SEARCH_QUERY_CURRENT] = (int64_t)counters->query_current;
    v[QD_STAT_SEARCH_FETCH_TOTAL] = (int64_t)counters->fetch_total;
    v[QD_STAT_SEARCH_FETCH_TIME] = millis(counters->fetch_ns);
    v[QD_STAT_SEARCH_FETCH_CURRENT] = (int64_t)counters->fetch_current;
    v[QD_STAT_SEARCH_SCROLL_TOTAL] = (int64_t)counters->scroll_total;
    v[QD_STAT_SEARCH_SCROLL_TIME] = millis(counters->scroll_ns);
    v[QD_STAT_SEARCH_SCROLL_CURRENT] = (int64_t)counters->scroll_current;
    v[QD_STAT_SEARCH_POINT_IN_TIME_TOTAL] = (int64_t)counters->pit_total;
    v[QD_STAT_SEARCH_POINT_IN_TIME_TIME] = millis(counters->pit_ns);
    v[QD_STAT_SEARCH_POINT_IN_TIME_CURRENT] = (int64_t)counters->pit_current;
    v[QD_STAT_SEARCH_OPEN_CONTEXTS] = (int64_t)(counters->scroll_current + counters->pit_current);
    if (counters->last_write_ms > 0 && v[QD_STAT_TRANSLOG_OPERATIONS] > 0) {
        int64_t age = now_ms - (int64_t)counters->last_write_ms;
        v[QD_STAT_TRANSLOG_EARLIEST_LAST_MODIFIED_AGE] = age < 0 ? 0 : age;
    }
}

void qd_stats_add_shard(struct qd_stats *stats, const struct qd_shard *shard, int64_t now_ms)
{
    struct qd_engine_stats engine;
    struct qd_stats one;
    if (shard->engine == NULL || shard->phase != QD_SHARD_PHASE_STARTED) return;
    qd_engine_stats(shard->engine, &engine);
    qd_stats_init(&one);
    read_engine(&one, &engine);
    read_counters(&one, &shard->counters, now_ms);
    qd_stats_add(stats, &one);
}

void qd_stats_add_index(struct qd_stats *stats, const struct qd_data *data, struct qd_slice index_uuid,
                        bool primaries, int64_t now_ms)
{
    size_t count = qd_data_shard_count(data);
    for (size_t i = 0; i < count; i++) {
        const struct qd_shard *shard = qd_data_shard_at(data, i);
        if (index_uuid.data != NULL && !qd_slice_equal(shard->index_uuid, index_uuid)) continue;
        if (!primaries || shard->primary) qd_stats_add_shard(stats, shard, now_ms);
    }
}

const char *qd_stats_family_name(enum qd_stat_family family)
{
    return families[family].name;
}

const char *qd_stats_family_metric(enum qd_stat_family family)
{
    return families[family].metric;
}

enum qd_stat_kind qd_stats_kind(enum qd_stat stat)
{
    return rows[stat].kind;
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

/* Appends finished members to an open object that has members already. */
static void write_members(struct qd_json_writer *writer, const char *members)
{
    qd_buffer_byte(writer->out, ',');
    qd_buffer_text(writer->out, members);
}

static bool wants_fields(enum qd_stat_family family, unsigned wanted)
{
    return (family == QD_STATS_FIELDDATA && (wanted & QD_STATS_FIELDDATA_FIELDS) != 0) ||
           (family == QD_STATS_COMPLETION && (wanted & QD_STATS_COMPLETION_FIELDS) != 0);
}

static void write_family(const struct qd_stats *stats, enum qd_stat_family family, unsigned wanted,
                         bool node_level, struct qd_json_writer *writer)
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
    if (wants_fields(family, wanted)) write_members(writer, "\"fields\":{}");
    if (node_level && family == QD_STATS_SEARCH) write_members(writer, request_phases);
    qd_json_end_object(writer);
}

void qd_stats_write(const struct qd_stats *stats, unsigned wanted, bool node_level,
                    struct qd_json_writer *writer)
{
    for (unsigned f = 0; f < QD_STATS_FAMILY_COUNT; f++) {
        if ((wanted & (1u << f)) != 0) {
            write_family(stats, (enum qd_stat_family)f, wanted, node_level, writer);
        }
    }
}
