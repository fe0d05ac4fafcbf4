/* GET _cat/indices: one row for each index, with the statistics of all copies and of the primaries. */
#include "coordinator/blocks.h"
#include "coordinator/health.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/shard_reports.h"
#include "coordinator/stats_json.h"
#include "rest/cat_tables.h"

/* What the columns that are no statistics show. */
enum key {
    KEY_HEALTH,
    KEY_STATUS,
    KEY_INDEX,
    KEY_UUID,
    KEY_PRI,
    KEY_REP,
    KEY_CREATION_DATE,
    KEY_CREATION_DATE_STRING,
    KEY_MEMORY_TOTAL,
    KEY_PRI_MEMORY_TOTAL,
    KEY_SEARCH_THROTTLED,
    KEY_LAST_INDEX_REQUEST_TIMESTAMP,
    KEY_LAST_INDEX_REQUEST_TIMESTAMP_STRING
};

/* A statistic of all copies and its twin of the primaries. */
#define PAIR(name, aliases, description, stat)                                                               \
    { name, aliases, description, QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(stat) },         \
    { "pri." name, NULL, description, QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(stat) }

static const struct qd_cat_column columns[] = {
    { "health", "h", "current health status", QD_CAT_LEFT, KEY_HEALTH },
    { "status", "s", "open/close status", QD_CAT_LEFT, KEY_STATUS },
    { "index", "i,idx", "index name", QD_CAT_LEFT, KEY_INDEX },
    { "uuid", "id,uuid", "index uuid", QD_CAT_LEFT, KEY_UUID },
    { "pri", "p,shards.primary,shardsPrimary", "number of primary shards", QD_CAT_RIGHT, KEY_PRI },
    { "rep", "r,shards.replica,shardsReplica", "number of replica shards", QD_CAT_RIGHT, KEY_REP },
    { "docs.count", "dc,docsCount", "available docs", QD_CAT_RIGHT, QD_CAT_STAT(DOCS_COUNT) },
    { "docs.deleted", "dd,docsDeleted", "deleted docs", QD_CAT_RIGHT, QD_CAT_STAT(DOCS_DELETED) },
    { "creation.date", "cd", "index creation date (millisecond value)", QD_CAT_HIDDEN, KEY_CREATION_DATE },
    { "creation.date.string", "cds", "index creation date (as string)", QD_CAT_HIDDEN,
      KEY_CREATION_DATE_STRING },
    { "store.size", "ss,storeSize", "store size of primaries & replicas", QD_CAT_RIGHT | QD_CAT_PAIRED,
      QD_CAT_STAT(STORE_SIZE) },
    { "pri.store.size", NULL, "store size of primaries", QD_CAT_RIGHT, QD_CAT_PRIMARY_STAT(STORE_SIZE) },
    PAIR("completion.size", "cs,completionSize", "size of completion", COMPLETION_SIZE),
    PAIR("fielddata.memory_size", "fm,fielddataMemory", "used fielddata cache", FIELDDATA_MEMORY_SIZE),
    PAIR("fielddata.evictions", "fe,fielddataEvictions", "fielddata evictions", FIELDDATA_EVICTIONS),
    PAIR("query_cache.memory_size", "qcm,queryCacheMemory", "used query cache", QUERY_CACHE_MEMORY_SIZE),
    PAIR("query_cache.evictions", "qce,queryCacheEvictions", "query cache evictions",
         QUERY_CACHE_EVICTIONS),
    PAIR("request_cache.memory_size", "rcm,requestCacheMemory", "used request cache",
         REQUEST_CACHE_MEMORY_SIZE),
    PAIR("request_cache.evictions", "rce,requestCacheEvictions", "request cache evictions",
         REQUEST_CACHE_EVICTIONS),
    PAIR("request_cache.hit_count", "rchc,requestCacheHitCount", "request cache hit count",
         REQUEST_CACHE_HIT_COUNT),
    PAIR("request_cache.miss_count", "rcmc,requestCacheMissCount", "request cache miss count",
         REQUEST_CACHE_MISS_COUNT),
    PAIR("flush.total", "ft,flushTotal", "number of flushes", FLUSH_TOTAL),
    PAIR("flush.total_time", "ftt,flushTotalTime", "time spent in flush", FLUSH_TOTAL_TIME),
    PAIR("get.current", "gc,getCurrent", "number of current get ops", GET_CURRENT),
    PAIR("get.time", "gti,getTime", "time spent in get", GET_TIME),
    PAIR("get.total", "gto,getTotal", "number of get ops", GET_TOTAL),
    PAIR("get.exists_time", "geti,getExistsTime", "time spent in successful gets", GET_EXISTS_TIME),
    PAIR("get.exists_total", "geto,getExistsTotal", "number of successful gets", GET_EXISTS_TOTAL),
    PAIR("get.missing_time", "gmti,getMissingTime", "time spent in failed gets", GET_MISSING_TIME),
    PAIR("get.missing_total", "gmto,getMissingTotal", "number of failed gets", GET_MISSING_TOTAL),
    PAIR("indexing.delete_current", "idc,indexingDeleteCurrent", "number of current deletions",
         INDEXING_DELETE_CURRENT),
    PAIR("indexing.delete_time", "idti,indexingDeleteTime", "time spent in deletions",
         INDEXING_DELETE_TIME),
    PAIR("indexing.delete_total", "idto,indexingDeleteTotal", "number of delete ops",
         INDEXING_DELETE_TOTAL),
    PAIR("indexing.index_current", "iic,indexingIndexCurrent", "number of current indexing ops",
         INDEXING_INDEX_CURRENT),
    PAIR("indexing.index_time", "iiti,indexingIndexTime", "time spent in indexing", INDEXING_INDEX_TIME),
    PAIR("indexing.index_total", "iito,indexingIndexTotal", "number of indexing ops", INDEXING_INDEX_TOTAL),
    PAIR("indexing.index_failed", "iif,indexingIndexFailed", "number of failed indexing ops",
         INDEXING_INDEX_FAILED),
    PAIR("merges.current", "mc,mergesCurrent", "number of current merges", MERGES_CURRENT),
    PAIR("merges.current_docs", "mcd,mergesCurrentDocs", "number of current merging docs",
         MERGES_CURRENT_DOCS),
    PAIR("merges.current_size", "mcs,mergesCurrentSize", "size of current merges", MERGES_CURRENT_SIZE),
    PAIR("merges.total", "mt,mergesTotal", "number of completed merge ops", MERGES_TOTAL),
    PAIR("merges.total_docs", "mtd,mergesTotalDocs", "docs merged", MERGES_TOTAL_DOCS),
    PAIR("merges.total_size", "mts,mergesTotalSize", "size merged", MERGES_TOTAL_SIZE),
    PAIR("merges.total_time", "mtt,mergesTotalTime", "time spent in merges", MERGES_TOTAL_TIME),
    PAIR("merges.warmer.total_invocations", "mswti,mergedSegmentWarmerTotalInvocations",
         "total invocations of merged segment warmer", MERGES_WARMER_TOTAL_INVOCATIONS_COUNT),
    PAIR("merges.warmer.total_time", "mswtt,mergedSegmentWarmerTotalTime",
         "total wallclock time spent in the warming operation", MERGES_WARMER_TOTAL_TIME_MILLIS),
    PAIR("merges.warmer.ongoing_count", "mswoc,mergedSegmentWarmerOngoingCount",
         "point-in-time metric for number of in-progress warm operations", MERGES_WARMER_ONGOING_COUNT),
    PAIR("merges.warmer.total_bytes_received", "mswtbr,mergedSegmentWarmerTotalBytesReceived",
         "total bytes received by a replica shard during the warm operation",
         MERGES_WARMER_TOTAL_BYTES_RECEIVED),
    PAIR("merges.warmer.total_bytes_sent", "mswtbs,mergedSegmentWarmerTotalBytesSent",
         "total bytes sent by a primary shard during the warm operation", MERGES_WARMER_TOTAL_BYTES_SENT),
    PAIR("merges.warmer.total_receive_time", "mswtrt,mergedSegmentWarmerTotalReceiveTime",
         "total wallclock time spent receiving merged segments by a replica shard",
         MERGES_WARMER_TOTAL_RECEIVE_TIME_MILLIS),
    PAIR("merges.warmer.total_failure_count", "mswtfc,mergedSegmentWarmerTotalFailureCount",
         "total failures in merged segment warmer", MERGES_WARMER_TOTAL_FAILURE_COUNT),
    PAIR("merges.warmer.total_send_time", "mswtst,mergedSegmentWarmerTotalSendTime",
         "total wallclock time spent sending merged segments by a primary shard",
         MERGES_WARMER_TOTAL_SEND_TIME_MILLIS),
    PAIR("refresh.total", "rto,refreshTotal", "total refreshes", REFRESH_TOTAL),
    PAIR("refresh.time", "rti,refreshTime", "time spent in refreshes", REFRESH_TOTAL_TIME),
    PAIR("refresh.external_total", "rto,refreshTotal", "total external refreshes", REFRESH_EXTERNAL_TOTAL),
    PAIR("refresh.external_time", "rti,refreshTime", "time spent in external refreshes",
         REFRESH_EXTERNAL_TOTAL_TIME),
    PAIR("refresh.listeners", "rli,refreshListeners", "number of pending refresh listeners",
         REFRESH_LISTENERS),
    PAIR("search.fetch_current", "sfc,searchFetchCurrent", "current fetch phase ops", SEARCH_FETCH_CURRENT),
    PAIR("search.fetch_time", "sfti,searchFetchTime", "time spent in fetch phase", SEARCH_FETCH_TIME),
    PAIR("search.fetch_total", "sfto,searchFetchTotal", "total fetch ops", SEARCH_FETCH_TOTAL),
    PAIR("search.open_contexts", "so,searchOpenContexts", "open search contexts", SEARCH_OPEN_CONTEXTS),
    PAIR("search.query_current", "sqc,searchQueryCurrent", "current query phase ops", SEARCH_QUERY_CURRENT),
    PAIR("search.query_time", "sqti,searchQueryTime", "time spent in query phase", SEARCH_QUERY_TIME),
    PAIR("search.query_total", "sqto,searchQueryTotal", "total query phase ops", SEARCH_QUERY_TOTAL),
    PAIR("search.query_failed", "sqf,searchQueryFailed", "failed query phase ops", SEARCH_QUERY_FAILED),
    PAIR("search.concurrent_query_current", "scqc,searchConcurrentQueryCurrent",
         "current concurrent query phase ops", SEARCH_CONCURRENT_QUERY_CURRENT),
    PAIR("search.concurrent_query_time", "scqti,searchConcurrentQueryTime",
         "time spent in concurrent query phase", SEARCH_CONCURRENT_QUERY_TIME),
    PAIR("search.concurrent_query_total", "scqto,searchConcurrentQueryTotal", "total query phase ops",
         SEARCH_CONCURRENT_QUERY_TOTAL),
    PAIR("search.concurrent_avg_slice_count", "casc,searchConcurrentAvgSliceCount",
         "average query concurrency", SEARCH_CONCURRENT_AVG_SLICE_COUNT),
    { "search.startree_query_current", "stqc,startreeQueryCurrent", "current star tree query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_CURRENT) },
    { "pri.search.startree.query_current", NULL, "current star tree query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_CURRENT) },
    { "search.startree_query_time", "stqti,startreeQueryTime", "time spent in star tree queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TIME) },
    { "pri.search.startree.query_time", NULL, "time spent in star tree queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_TIME) },
    PAIR("search.startree_query_failed", "stqf,startreeQueryFailed", "failed star tree query phase ops",
         SEARCH_STARTREE_QUERY_FAILED),
    { "search.startree_query_total", "stqto,startreeQueryCurrent", "total star tree resolved queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TOTAL) },
    { "pri.search.startree.query_total", NULL, "total star tree resolved queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_TOTAL) },
    PAIR("search.scroll_current", "scc,searchScrollCurrent", "open scroll contexts", SEARCH_SCROLL_CURRENT),
    PAIR("search.scroll_time", "scti,searchScrollTime", "time scroll contexts held open",
         SEARCH_SCROLL_TIME),
    PAIR("search.scroll_total", "scto,searchScrollTotal", "completed scroll contexts", SEARCH_SCROLL_TOTAL),
    PAIR("search.point_in_time_current", "scc,searchPointInTimeCurrent", "open point in time contexts",
         SEARCH_POINT_IN_TIME_CURRENT),
    PAIR("search.point_in_time_time", "scti,searchPointInTimeTime",
         "time point in time contexts held open", SEARCH_POINT_IN_TIME_TIME),
    PAIR("search.point_in_time_total", "scto,searchPointInTimeTotal", "completed point in time contexts",
         SEARCH_POINT_IN_TIME_TOTAL),
    PAIR("segments.count", "sc,segmentsCount", "number of segments", SEGMENTS_COUNT),
    PAIR("segments.memory", "sm,segmentsMemory", "memory used by segments", SEGMENTS_MEMORY),
    PAIR("segments.index_writer_memory", "siwm,segmentsIndexWriterMemory", "memory used by index writer",
         SEGMENTS_INDEX_WRITER_MEMORY),
    PAIR("segments.version_map_memory", "svmm,segmentsVersionMapMemory", "memory used by version map",
         SEGMENTS_VERSION_MAP_MEMORY),
    PAIR("segments.fixed_bitset_memory", "sfbm,fixedBitsetMemory",
         "memory used by fixed bit sets for nested object field types and type filters for types "
         "referred in _parent fields", SEGMENTS_FIXED_BIT_SET_MEMORY),
    PAIR("warmer.current", "wc,warmerCurrent", "current warmer ops", WARMER_CURRENT),
    PAIR("warmer.total", "wto,warmerTotal", "total warmer ops", WARMER_TOTAL),
    PAIR("warmer.total_time", "wtt,warmerTotalTime", "time spent in warmers", WARMER_TOTAL_TIME),
    PAIR("suggest.current", "suc,suggestCurrent", "number of current suggest ops", SEARCH_SUGGEST_CURRENT),
    PAIR("suggest.time", "suti,suggestTime", "time spend in suggest", SEARCH_SUGGEST_TIME),
    PAIR("suggest.total", "suto,suggestTotal", "number of suggest ops", SEARCH_SUGGEST_TOTAL),
    { "memory.total", "tm,memoryTotal", "total used memory", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED,
      KEY_MEMORY_TOTAL },
    { "pri.memory.total", NULL, "total user memory", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_PRI_MEMORY_TOTAL },
    { "search.throttled", "sth", "indicates if the index is search throttled", QD_CAT_HIDDEN,
      KEY_SEARCH_THROTTLED },
    { "last_index_request_timestamp", "last_index_ts,lastIndexRequestTimestamp",
      "timestamp of the last processed index request (epoch millis)", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_LAST_INDEX_REQUEST_TIMESTAMP },
    { "last_index_request_timestamp_string", "last_index_ts_string,lastIndexRequestTimestampString",
      "timestamp of the last processed index request (ISO8601 string)", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_LAST_INDEX_REQUEST_TIMESTAMP_STRING },
};
#undef PAIR
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* What a row is made of. */
struct row {
    const struct qd_index_metadata *index;
    int health;                  /* as qd_index_health */
    struct qd_stats total, primaries;
    bool counted;                /* the index is open: there are statistics */
};

static int64_t memory(const struct qd_stats *stats)
{
    return stats->value[QD_STAT_COMPLETION_SIZE] + stats->value[QD_STAT_FIELDDATA_MEMORY_SIZE] +
           stats->value[QD_STAT_QUERY_CACHE_MEMORY_SIZE] + stats->value[QD_STAT_REQUEST_CACHE_MEMORY_SIZE] +
           stats->value[QD_STAT_SEGMENTS_MEMORY] + stats->value[QD_STAT_SEGMENTS_INDEX_WRITER_MEMORY] +
           stats->value[QD_STAT_SEGMENTS_VERSION_MAP_MEMORY];
}

static struct qd_cat_cell make_cell(const struct row *row, enum key key, struct qd_arena *arena)
{
    const struct qd_index_metadata *index = row->index;
    struct qd_cat_cell none = { 0 };
    int64_t last = row->total.value[QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP];
    switch (key) {
    case KEY_HEALTH: return qd_cat_string(qd_health_name(row->health));
    case KEY_STATUS: return qd_cat_string(index->closed ? "close" : "open");
    case KEY_INDEX: return qd_cat_text(index->name);
    case KEY_UUID: return qd_cat_text(index->uuid);
    case KEY_PRI: return qd_cat_number(index->shard_count);
    case KEY_REP: return qd_cat_number(index->replica_count);
    case KEY_CREATION_DATE: return qd_cat_number(index->creation_date_ms);
    case KEY_CREATION_DATE_STRING: return qd_cat_date(index->creation_date_ms, arena);
    case KEY_MEMORY_TOTAL: return row->counted ? qd_cat_bytes(memory(&row->total)) : none;
    case KEY_PRI_MEMORY_TOTAL: return row->counted ? qd_cat_bytes(memory(&row->primaries)) : none;
    case KEY_SEARCH_THROTTLED:
        return qd_cat_string(qd_settings_bool(&index->settings, "index.search.throttled", false) ? "true"
                                                                                                 : "false");
    case KEY_LAST_INDEX_REQUEST_TIMESTAMP: return row->counted ? qd_cat_number(last) : none;
    case KEY_LAST_INDEX_REQUEST_TIMESTAMP_STRING: return row->counted ? qd_cat_date(last, arena) : none;
    }
    return none;
}

static void add_row(struct qd_cat *cat, const struct row *row)
{
    struct qd_cat_cell *cells = qd_cat_row(cat);
    for (size_t i = 0; i < table.count; i++) {
        const struct qd_stats *total = row->counted ? &row->total : NULL;
        const struct qd_stats *primaries = row->counted ? &row->primaries : NULL;
        if (qd_cat_stat_cell(columns[i].key, total, primaries, &cells[i])) continue;
        cells[i] = make_cell(row, (enum key)columns[i].key, cat->call->arena);
    }
}

static enum qd_status read_health(struct qd_call *call, int *health)
{
    struct qd_slice text = qd_call_parameter(call, "health");
    *health = -1;
    if (text.data == NULL) return QD_OK;
    for (int i = 0; i < 3; i++) {
        if (qd_slice_is(text, qd_health_name(i))) *health = i;
    }
    if (*health >= 0) return QD_OK;
    return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "unknown cluster health status [%.*s]",
                        QD_SLICE_ARG(text));
}

static enum qd_status resolve(struct qd_coordinator *coordinator, struct qd_call *call,
                              struct qd_resolved **indices, size_t *count)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    int64_t timeout = 0;
    QD_TRY(qd_manager_timeout_of_call(call, &timeout, &call->error));
    QD_TRY(qd_resolve_metadata(call, state, qd_options_open_closed(), indices, count));
    return qd_cat_check_limit(coordinator, "cat.indices.response.limit.number_of_indices", *count, "indices",
                              &call->error);
}

/* A table that waits for the shards. */
struct request {
    struct qd_cat cat;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
    int health;                  /* that is asked for; -1: any */
};

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    for (size_t i = 0; i < request->count; i++) {
        struct qd_shard_counts counts = { 0 };
        struct row row = { .index = request->indices[i].index };
        row.health = qd_index_health(row.index, &counts);
        row.counted = !row.index->closed;
        if (request->health >= 0 && row.health != request->health) continue;
        qd_stats_init(&row.total);
        qd_stats_init(&row.primaries);
        qd_shard_reports_add_index(reports, row.index, false, &row.total);
        qd_shard_reports_add_index(reports, row.index, true, &row.primaries);
        add_row(&request->cat, &row);
    }
    qd_cat_finish(&request->cat);
}

void qd_cat_indices(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request *request = QD_NEW(call->arena, struct request);
    if (!qd_cat_begin(&request->cat, call, &table)) return;
    if (read_health(call, &request->health) != QD_OK ||
        resolve(coordinator, call, &request->indices, &request->count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_STATS,
                                   .indices = request->indices,
                                   .index_count = request->count };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}
