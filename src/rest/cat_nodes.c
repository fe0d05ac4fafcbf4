/* GET _cat/nodes: one row for each node. */
#include "base/product.h"
#include "base/text.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/node_facts.h"
#include "coordinator/nodes_select.h"
#include "coordinator/shard_reports.h"
#include "rest/cat_tables.h"

/* What the columns that are no statistics show. */
enum key {
    KEY_ID,
    KEY_PID,
    KEY_IP,
    KEY_PORT,
    KEY_HTTP_ADDRESS,
    KEY_VERSION,
    KEY_TYPE,
    KEY_BUILD,
    KEY_JDK,
    KEY_DISK_TOTAL,
    KEY_DISK_USED,
    KEY_DISK_AVAIL,
    KEY_DISK_USED_PERCENT,
    KEY_HEAP_CURRENT,
    KEY_HEAP_PERCENT,
    KEY_HEAP_MAX,
    KEY_RAM_CURRENT,
    KEY_RAM_PERCENT,
    KEY_RAM_MAX,
    KEY_FILE_DESC_CURRENT,
    KEY_FILE_DESC_PERCENT,
    KEY_FILE_DESC_MAX,
    KEY_CPU,
    KEY_LOAD_1M,
    KEY_LOAD_5M,
    KEY_LOAD_15M,
    KEY_UPTIME,
    KEY_NODE_ROLE,
    KEY_NODE_ROLES,
    KEY_CLUSTER_MANAGER,
    KEY_NAME,
    KEY_SCRIPT_COMPILATIONS,
    KEY_SCRIPT_CACHE_EVICTIONS,
    KEY_SCRIPT_COMPILATION_LIMIT_TRIGGERED
};

static const struct qd_cat_column columns[] = {
    { "id", "id,nodeId", "unique node id", QD_CAT_HIDDEN, KEY_ID },
    { "pid", "p", "process id", QD_CAT_HIDDEN, KEY_PID },
    { "ip", "i", "ip address", QD_CAT_LEFT, KEY_IP },
    { "port", "po", "bound transport port", QD_CAT_HIDDEN, KEY_PORT },
    { "http_address", "http", "bound http address", QD_CAT_HIDDEN, KEY_HTTP_ADDRESS },
    { "version", "v", "os version", QD_CAT_HIDDEN, KEY_VERSION },
    { "type", "t", "os distribution type", QD_CAT_HIDDEN, KEY_TYPE },
    { "build", "b", "os build hash", QD_CAT_HIDDEN, KEY_BUILD },
    { "jdk", "j", "jdk version", QD_CAT_HIDDEN, KEY_JDK },
    { "disk.total", "dt,diskTotal", "total disk space", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_DISK_TOTAL },
    { "disk.used", "du,diskUsed", "used disk space", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_DISK_USED },
    { "disk.avail", "d,da,disk,diskAvail", "available disk space", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_DISK_AVAIL },
    { "disk.used_percent", "dup,diskUsedPercent", "used disk space percentage", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_DISK_USED_PERCENT },
    { "heap.current", "hc,heapCurrent", "used heap", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_HEAP_CURRENT },
    { "heap.percent", "hp,heapPercent", "used heap ratio", QD_CAT_RIGHT, KEY_HEAP_PERCENT },
    { "heap.max", "hm,heapMax", "max configured heap", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_HEAP_MAX },
    { "ram.current", "rc,ramCurrent", "used machine memory", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_RAM_CURRENT },
    { "ram.percent", "rp,ramPercent", "used machine memory ratio", QD_CAT_RIGHT, KEY_RAM_PERCENT },
    { "ram.max", "rm,ramMax", "total machine memory", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_RAM_MAX },
    { "file_desc.current", "fdc,fileDescriptorCurrent", "used file descriptors", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_FILE_DESC_CURRENT },
    { "file_desc.percent", "fdp,fileDescriptorPercent", "used file descriptor ratio",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_FILE_DESC_PERCENT },
    { "file_desc.max", "fdm,fileDescriptorMax", "max file descriptors", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_FILE_DESC_MAX },
    { "cpu", "cpu", "recent cpu usage", QD_CAT_RIGHT, KEY_CPU },
    { "load_1m", "l", "1m load avg", QD_CAT_RIGHT, KEY_LOAD_1M },
    { "load_5m", "l", "5m load avg", QD_CAT_RIGHT, KEY_LOAD_5M },
    { "load_15m", "l", "15m load avg", QD_CAT_RIGHT, KEY_LOAD_15M },
    { "uptime", "u", "node uptime", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_UPTIME },
    { "node.role", "r,role,nodeRole",
      "m:master eligible node, d:data node, i:ingest node, -:coordinating node only", QD_CAT_LEFT,
      KEY_NODE_ROLE },
    { "node.roles", "rs,all roles", " -:coordinating node only", QD_CAT_LEFT, KEY_NODE_ROLES },
    { "cluster_manager", "cm,m,master", "*:current cluster manager", QD_CAT_LEFT, KEY_CLUSTER_MANAGER },
    { "name", "n", "node name", QD_CAT_LEFT, KEY_NAME },
    { "completion.size", "cs,completionSize", "size of completion", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(COMPLETION_SIZE) },
    { "fielddata.memory_size", "fm,fielddataMemory", "used fielddata cache", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(FIELDDATA_MEMORY_SIZE) },
    { "fielddata.evictions", "fe,fielddataEvictions", "fielddata evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(FIELDDATA_EVICTIONS) },
    { "query_cache.memory_size", "qcm,queryCacheMemory", "used query cache", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(QUERY_CACHE_MEMORY_SIZE) },
    { "query_cache.evictions", "qce,queryCacheEvictions", "query cache evictions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(QUERY_CACHE_EVICTIONS) },
    { "query_cache.hit_count", "qchc,queryCacheHitCount", "query cache hit counts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(QUERY_CACHE_HIT_COUNT) },
    { "query_cache.miss_count", "qcmc,queryCacheMissCount", "query cache miss counts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(QUERY_CACHE_MISS_COUNT) },
    { "request_cache.memory_size", "rcm,requestCacheMemory", "used request cache",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REQUEST_CACHE_MEMORY_SIZE) },
    { "request_cache.evictions", "rce,requestCacheEvictions", "request cache evictions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REQUEST_CACHE_EVICTIONS) },
    { "request_cache.hit_count", "rchc,requestCacheHitCount", "request cache hit counts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REQUEST_CACHE_HIT_COUNT) },
    { "request_cache.miss_count", "rcmc,requestCacheMissCount", "request cache miss counts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REQUEST_CACHE_MISS_COUNT) },
    { "flush.total", "ft,flushTotal", "number of flushes", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(FLUSH_TOTAL) },
    { "flush.total_time", "ftt,flushTotalTime", "time spent in flush", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(FLUSH_TOTAL_TIME) },
    { "get.current", "gc,getCurrent", "number of current get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(GET_CURRENT) },
    { "get.time", "gti,getTime", "time spent in get", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_TIME) },
    { "get.total", "gto,getTotal", "number of get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(GET_TOTAL) },
    { "get.exists_time", "geti,getExistsTime", "time spent in successful gets", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(GET_EXISTS_TIME) },
    { "get.exists_total", "geto,getExistsTotal", "number of successful gets", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(GET_EXISTS_TOTAL) },
    { "get.missing_time", "gmti,getMissingTime", "time spent in failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(GET_MISSING_TIME) },
    { "get.missing_total", "gmto,getMissingTotal", "number of failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(GET_MISSING_TOTAL) },
    { "indexing.delete_current", "idc,indexingDeleteCurrent", "number of current deletions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_DELETE_CURRENT) },
    { "indexing.delete_time", "idti,indexingDeleteTime", "time spent in deletions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_DELETE_TIME) },
    { "indexing.delete_total", "idto,indexingDeleteTotal", "number of delete ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_DELETE_TOTAL) },
    { "indexing.index_current", "iic,indexingIndexCurrent", "number of current indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_CURRENT) },
    { "indexing.index_time", "iiti,indexingIndexTime", "time spent in indexing", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(INDEXING_INDEX_TIME) },
    { "indexing.index_total", "iito,indexingIndexTotal", "number of indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_TOTAL) },
    { "indexing.index_failed", "iif,indexingIndexFailed", "number of failed indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_FAILED) },
    { "merges.current", "mc,mergesCurrent", "number of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_CURRENT) },
    { "merges.current_docs", "mcd,mergesCurrentDocs", "number of current merging docs",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_CURRENT_DOCS) },
    { "merges.current_size", "mcs,mergesCurrentSize", "size of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_CURRENT_SIZE) },
    { "merges.total", "mt,mergesTotal", "number of completed merge ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_TOTAL) },
    { "merges.total_docs", "mtd,mergesTotalDocs", "docs merged", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_TOTAL_DOCS) },
    { "merges.total_size", "mts,mergesTotalSize", "size merged", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_TOTAL_SIZE) },
    { "merges.total_time", "mtt,mergesTotalTime", "time spent in merges", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_TOTAL_TIME) },
    { "merges.warmer.total_invocations", "mswti,mergedSegmentWarmerTotalInvocations",
      "total invocations of merged segment warmer", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_INVOCATIONS_COUNT) },
    { "merges.warmer.total_time", "mswtt,mergedSegmentWarmerTotalTime",
      "total wallclock time spent in the warming operation", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_TIME_MILLIS) },
    { "merges.warmer.ongoing_count", "mswoc,mergedSegmentWarmerOngoingCount",
      "point-in-time metric for number of in-progress warm operations", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_ONGOING_COUNT) },
    { "merges.warmer.total_bytes_received", "mswtbr,mergedSegmentWarmerTotalBytesReceived",
      "total bytes received by a replica shard during the warm operation", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_BYTES_RECEIVED) },
    { "merges.warmer.total_bytes_sent", "mswtbs,mergedSegmentWarmerTotalBytesSent",
      "total bytes sent by a primary shard during the warm operation", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_BYTES_SENT) },
    { "merges.warmer.total_receive_time", "mswtrt,mergedSegmentWarmerTotalReceiveTime",
      "total wallclock time spent receiving merged segments by a replica shard", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_RECEIVE_TIME_MILLIS) },
    { "merges.warmer.total_failure_count", "mswtfc,mergedSegmentWarmerTotalFailureCount",
      "total failures in merged segment warmer", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_FAILURE_COUNT) },
    { "merges.warmer.total_send_time", "mswtst,mergedSegmentWarmerTotalSendTime",
      "total wallclock time spent sending merged segments by a primary shard", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(MERGES_WARMER_TOTAL_SEND_TIME_MILLIS) },
    { "refresh.total", "rto,refreshTotal", "total refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(REFRESH_TOTAL) },
    { "refresh.time", "rti,refreshTime", "time spent in refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(REFRESH_TOTAL_TIME) },
    { "refresh.external_total", "rto,refreshTotal", "total external refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(REFRESH_EXTERNAL_TOTAL) },
    { "refresh.external_time", "rti,refreshTime", "time spent in external refreshes",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_EXTERNAL_TOTAL_TIME) },
    { "refresh.listeners", "rli,refreshListeners", "number of pending refresh listeners",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_LISTENERS) },
    { "script.compilations", "scrcc,scriptCompilations", "script compilations", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_SCRIPT_COMPILATIONS },
    { "script.cache_evictions", "scrce,scriptCacheEvictions", "script cache evictions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_SCRIPT_CACHE_EVICTIONS },
    { "script.compilation_limit_triggered", "scrclt,scriptCacheCompilationLimitTriggered",
      "script cache compilation limit triggered", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      KEY_SCRIPT_COMPILATION_LIMIT_TRIGGERED },
    { "search.fetch_current", "sfc,searchFetchCurrent", "current fetch phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_FETCH_CURRENT) },
    { "search.fetch_time", "sfti,searchFetchTime", "time spent in fetch phase", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_FETCH_TIME) },
    { "search.fetch_total", "sfto,searchFetchTotal", "total fetch ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_FETCH_TOTAL) },
    { "search.open_contexts", "so,searchOpenContexts", "open search contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_OPEN_CONTEXTS) },
    { "search.query_current", "sqc,searchQueryCurrent", "current query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_QUERY_CURRENT) },
    { "search.query_time", "sqti,searchQueryTime", "time spent in query phase", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_QUERY_TIME) },
    { "search.query_total", "sqto,searchQueryTotal", "total query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_QUERY_TOTAL) },
    { "search.query_failed", "sqf,searchQueryFailed", "total failed query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_QUERY_FAILED) },
    { "search.concurrent_query_current", "scqc,searchConcurrentQueryCurrent",
      "current concurrent query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_CURRENT) },
    { "search.concurrent_query_time", "scqti,searchConcurrentQueryTime",
      "time spent in concurrent query phase", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_TIME) },
    { "search.concurrent_query_total", "scqto,searchConcurrentQueryTotal", "total concurrent query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_TOTAL) },
    { "search.concurrent_avg_slice_count", "casc,searchConcurrentAvgSliceCount", "average query concurrency",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_CONCURRENT_AVG_SLICE_COUNT) },
    { "search.scroll_current", "scc,searchScrollCurrent", "open scroll contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SCROLL_CURRENT) },
    { "search.scroll_time", "scti,searchScrollTime", "time scroll contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SCROLL_TIME) },
    { "search.scroll_total", "scto,searchScrollTotal", "completed scroll contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SCROLL_TOTAL) },
    { "search.point_in_time_current", "scc,searchPointInTimeCurrent", "open point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_POINT_IN_TIME_CURRENT) },
    { "search.point_in_time_time", "scti,searchPointInTimeTime", "time point in time contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_POINT_IN_TIME_TIME) },
    { "search.point_in_time_total", "scto,searchPointInTimeTotal", "completed point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_POINT_IN_TIME_TOTAL) },
    { "search.startree_query_current", "stqc,startreeQueryCurrent", "current star tree query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_CURRENT) },
    { "search.startree_query_time", "stqti,startreeQueryTime", "time spent in star tree queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TIME) },
    { "search.startree_query_total", "stqto,startreeQueryTotal", "total star tree resolved queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TOTAL) },
    { "search.startree_query_failed", "stqf,startreeQueryFailed", "star tree failed query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_FAILED) },
    { "segments.count", "sc,segmentsCount", "number of segments", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEGMENTS_COUNT) },
    { "segments.memory", "sm,segmentsMemory", "memory used by segments", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEGMENTS_MEMORY) },
    { "segments.index_writer_memory", "siwm,segmentsIndexWriterMemory", "memory used by index writer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_INDEX_WRITER_MEMORY) },
    { "segments.version_map_memory", "svmm,segmentsVersionMapMemory", "memory used by version map",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_VERSION_MAP_MEMORY) },
    { "segments.fixed_bitset_memory", "sfbm,fixedBitsetMemory",
      "memory used by fixed bit sets for nested object field types and type filters for types "
      "referred in _parent fields",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_FIXED_BIT_SET_MEMORY) },
    { "suggest.current", "suc,suggestCurrent", "number of current suggest ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_SUGGEST_CURRENT) },
    { "suggest.time", "suti,suggestTime", "time spend in suggest", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_SUGGEST_TIME) },
    { "suggest.total", "suto,suggestTotal", "number of suggest ops", QD_CAT_RIGHT | QD_CAT_HIDDEN,
      QD_CAT_STAT(SEARCH_SUGGEST_TOTAL) },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* What a row is made of. */
struct row {
    const struct qd_node_info *node;
    const struct qd_node_facts *facts; /* NULL: the node could not answer */
    struct qd_stats stats;
    bool manager; /* the elected one */
    bool full_id;
    struct qd_arena *arena;
};

static struct qd_slice roles(const struct row *row, bool letters)
{
    const struct qd_node_info *node = row->node;
    const struct {
        bool has;
        const char *letter, *name;
    } all[] = { { node->cluster_manager, "m", "cluster_manager" },
                { node->data, "d", "data" },
                { node->ingest, "i", "ingest" },
                { node->remote_cluster_client, "r", "remote_cluster_client" } };
    /* The letters are sorted, the names are in the order of the roles. */
    static const int letter_order[] = { 1, 2, 0, 3 };
    struct qd_buffer text = { 0 };
    for (int i = 0; i < 4; i++) {
        int role = letters ? letter_order[i] : i;
        if (!all[role].has) {
            continue;
        }
        if (!letters && text.size > 0) {
            qd_buffer_byte(&text, ',');
        }
        qd_buffer_text(&text, letters ? all[role].letter : all[role].name);
    }
    struct qd_slice result = text.size == 0 ? QD_SLICE("-")
                                            : qd_arena_copy(row->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}

static struct qd_cat_cell load_cell(const struct row *row, double load)
{
    struct qd_cat_cell cell = qd_cat_text(qd_arena_format(row->arena, "%.2f", load));
    cell.ordered = true;
    cell.number = (int64_t)(load * 100);
    return cell;
}

static struct qd_cat_cell machine_cell(const struct row *row, enum key key)
{
    const struct qd_node_facts *facts = row->facts;
    if (facts == NULL) return (struct qd_cat_cell){ 0 };
    const struct qd_machine_facts *machine = &facts->machine;
    uint64_t used = facts->disk_total - facts->disk_available;
    double percent = facts->disk_total == 0 ? 0 : 100.0 * (double)used / (double)facts->disk_total;
    if (key == KEY_DISK_TOTAL) {
        return qd_cat_bytes((int64_t)facts->disk_total);
    }
    if (key == KEY_DISK_USED) {
        return qd_cat_bytes((int64_t)used);
    }
    if (key == KEY_DISK_AVAIL) {
        return qd_cat_bytes((int64_t)facts->disk_available);
    }
    if (key == KEY_DISK_USED_PERCENT) {
        return load_cell(row, percent);
    }
    if (key == KEY_HEAP_CURRENT) {
        return qd_cat_bytes(facts->heap_used);
    }
    if (key == KEY_HEAP_PERCENT) {
        return qd_cat_number(facts->heap_percent);
    }
    if (key == KEY_HEAP_MAX) {
        return qd_cat_bytes(facts->heap_max);
    }
    if (key == KEY_RAM_CURRENT) {
        return qd_cat_bytes((int64_t)facts->memory_used);
    }
    if (key == KEY_RAM_PERCENT) {
        return qd_cat_number(facts->memory_used_percent);
    }
    if (key == KEY_RAM_MAX) {
        return qd_cat_bytes((int64_t)machine->memory_total_bytes);
    }
    if (key == KEY_FILE_DESC_CURRENT) {
        return qd_cat_number((int64_t)machine->open_files);
    }
    if (key == KEY_FILE_DESC_MAX) {
        return qd_cat_number((int64_t)machine->open_files_max);
    }
    if (key == KEY_FILE_DESC_PERCENT) {
        return qd_cat_number(qd_node_facts_percent(machine->open_files, machine->open_files_max));
    }
    if (key == KEY_CPU) {
        return qd_cat_number(machine->system_cpu_percent);
    }
    if (key == KEY_LOAD_1M) {
        return load_cell(row, machine->load_average[0]);
    }
    if (key == KEY_LOAD_5M) {
        return load_cell(row, machine->load_average[1]);
    }
    if (key == KEY_LOAD_15M) {
        return load_cell(row, machine->load_average[2]);
    }
    return qd_cat_millis(facts->uptime_ms);
}

static struct qd_cat_cell node_cell(const struct row *row, enum key key)
{
    const struct qd_node_info *node = row->node;
    struct qd_slice id = row->full_id || node->id.size < 4 ? node->id : qd_slice_sub(node->id, 0, 4);
    if (key == KEY_ID) {
        return qd_cat_text(id);
    }
    if (key == KEY_PID) {
        return row->facts == NULL ? (struct qd_cat_cell){ 0 }
                                  : qd_cat_number(row->facts->machine.process_id);
    }
    if (key == KEY_IP) {
        return qd_cat_text(node->ip);
    }
    if (key == KEY_PORT) {
        return qd_cat_text(qd_nodes_port(node->transport_address));
    }
    if (key == KEY_HTTP_ADDRESS) {
        return node->http_address.size == 0 ? qd_cat_string("-") : qd_cat_text(node->http_address);
    }
    if (key == KEY_VERSION) {
        return qd_cat_string(QD_OPENSEARCH_VERSION);
    }
    if (key == KEY_TYPE) {
        return qd_cat_string(QD_OPENSEARCH_BUILD_TYPE);
    }
    if (key == KEY_BUILD) {
        return qd_cat_string(QD_OPENSEARCH_BUILD_HASH);
    }
    if (key == KEY_JDK) {
        return qd_cat_string("-");
    }
    if (key == KEY_NODE_ROLE) {
        return qd_cat_text(roles(row, true));
    }
    if (key == KEY_NODE_ROLES) {
        return qd_cat_text(roles(row, false));
    }
    if (key == KEY_CLUSTER_MANAGER) {
        return qd_cat_string(row->manager ? "*" : "-");
    }
    if (key == KEY_NAME) {
        return qd_cat_text(node->name);
    }
    return qd_cat_number(0); /* script.*: counted nowhere */
}

static void add_row(struct qd_cat *cat, const struct row *row)
{
    struct qd_cat_cell *cells = qd_cat_row(cat);
    for (size_t i = 0; i < table.count; i++) {
        int key = columns[i].key;
        if (qd_cat_stat_cell(key, &row->stats, NULL, &cells[i])) {
            continue;
        }
        bool machine = key >= KEY_DISK_TOTAL && key <= KEY_UPTIME;
        cells[i] = machine ? machine_cell(row, (enum key)key) : node_cell(row, (enum key)key);
    }
}

/* A table that waits for the shards. */
struct request {
    struct qd_cat cat;
    const struct qd_nodes_facts *facts;
    bool full_id;
};

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    const struct qd_cluster_state *state = reports->state;
    for (size_t i = 0; i < state->node_count; i++) {
        struct row row = { .facts = request->facts->facts[i], .full_id = request->full_id };
        row.arena = request->cat.call->arena;
        row.node = &state->nodes[i];
        row.manager = qd_slice_equal(row.node->id, state->master_node_id);
        qd_stats_init(&row.stats);
        qd_shard_reports_add_node(reports, row.node, false, &row.stats);
        add_row(&request->cat, &row);
    }
    qd_cat_finish(&request->cat);
}

static void ask_shards(struct qd_coordinator *coordinator, struct qd_call *call,
                       const struct qd_nodes_facts *facts)
{
    struct request *request = QD_NEW(call->arena, struct request);
    struct qd_report_wish wish = { .state = facts->state, .parts = QD_REPORT_STATS, .all = true };
    if (!qd_cat_begin(&request->cat, call, &table)) return;
    request->facts = facts;
    if (qd_call_bool(call, "full_id", &request->full_id, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}

void qd_cat_nodes(struct qd_coordinator *coordinator, struct qd_call *call)
{
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_nodes_facts_gather(coordinator, call, NULL, ask_shards);
}
