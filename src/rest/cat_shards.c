/* GET _cat/shards: one row for each copy of each shard. */
#include "base/date.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/nodes_select.h"
#include "coordinator/shard_reports.h"
#include "rest/cat_tables.h"

/* What the columns that are no statistics show. */
enum key {
    KEY_INDEX,
    KEY_SHARD,
    KEY_PRIREP,
    KEY_STATE,
    KEY_IP,
    KEY_ID,
    KEY_NODE,
    KEY_SYNC_ID,
    KEY_UNASSIGNED_REASON,
    KEY_UNASSIGNED_AT,
    KEY_UNASSIGNED_FOR,
    KEY_UNASSIGNED_DETAILS,
    KEY_RECOVERYSOURCE_TYPE,
    KEY_SEQ_NO_MAX,
    KEY_SEQ_NO_LOCAL_CHECKPOINT,
    KEY_SEQ_NO_GLOBAL_CHECKPOINT,
    KEY_PATH_DATA,
    KEY_PATH_STATE
};

static const struct qd_cat_column columns[] = {
    { "index", "i,idx", "index name", QD_CAT_LEFT, KEY_INDEX },
    { "shard", "s,sh", "shard name", QD_CAT_LEFT, KEY_SHARD },
    { "prirep", "p,pr,primaryOrReplica", "primary or replica", QD_CAT_LEFT, KEY_PRIREP },
    { "state", "st", "shard state", QD_CAT_LEFT, KEY_STATE },
    { "docs", "d,dc", "number of docs in shard", QD_CAT_RIGHT, QD_CAT_STAT(DOCS_COUNT) },
    { "store", "sto", "store size of shard (how much disk it uses)", QD_CAT_RIGHT, QD_CAT_STAT(STORE_SIZE) },
    { "ip", NULL, "ip of node where it lives", QD_CAT_LEFT, KEY_IP },
    { "id", NULL, "unique id of node where it lives", QD_CAT_HIDDEN, KEY_ID },
    { "node", "n", "name of node where it lives", QD_CAT_LEFT, KEY_NODE },
    { "sync_id", "sync_id", "sync id", QD_CAT_HIDDEN, KEY_SYNC_ID },
    { "unassigned.reason", "ur", "reason shard is unassigned", QD_CAT_HIDDEN, KEY_UNASSIGNED_REASON },
    { "unassigned.at", "ua", "time shard became unassigned (UTC)", QD_CAT_HIDDEN, KEY_UNASSIGNED_AT },
    { "unassigned.for", "uf", "time has been unassigned", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_UNASSIGNED_FOR },
    { "unassigned.details", "ud",
      "additional details as to why the shard became unassigned", QD_CAT_HIDDEN, KEY_UNASSIGNED_DETAILS },
    { "recoverysource.type", "rs", "recovery source type", QD_CAT_HIDDEN, KEY_RECOVERYSOURCE_TYPE },
    { "completion.size", "cs,completionSize",
      "size of completion", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(COMPLETION_SIZE) },
    { "fielddata.memory_size", "fm,fielddataMemory",
      "used fielddata cache", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(FIELDDATA_MEMORY_SIZE) },
    { "fielddata.evictions", "fe,fielddataEvictions",
      "fielddata evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(FIELDDATA_EVICTIONS) },
    { "query_cache.memory_size", "qcm,queryCacheMemory",
      "used query cache", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(QUERY_CACHE_MEMORY_SIZE) },
    { "query_cache.evictions", "qce,queryCacheEvictions",
      "query cache evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(QUERY_CACHE_EVICTIONS) },
    { "flush.total", "ft,flushTotal",
      "number of flushes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(FLUSH_TOTAL) },
    { "flush.total_time", "ftt,flushTotalTime",
      "time spent in flush", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(FLUSH_TOTAL_TIME) },
    { "get.current", "gc,getCurrent",
      "number of current get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_CURRENT) },
    { "get.time", "gti,getTime", "time spent in get", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_TIME) },
    { "get.total", "gto,getTotal",
      "number of get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_TOTAL) },
    { "get.exists_time", "geti,getExistsTime",
      "time spent in successful gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_EXISTS_TIME) },
    { "get.exists_total", "geto,getExistsTotal",
      "number of successful gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_EXISTS_TOTAL) },
    { "get.missing_time", "gmti,getMissingTime",
      "time spent in failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_MISSING_TIME) },
    { "get.missing_total", "gmto,getMissingTotal",
      "number of failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(GET_MISSING_TOTAL) },
    { "indexing.delete_current", "idc,indexingDeleteCurrent",
      "number of current deletions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_DELETE_CURRENT) },
    { "indexing.delete_time", "idti,indexingDeleteTime",
      "time spent in deletions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_DELETE_TIME) },
    { "indexing.delete_total", "idto,indexingDeleteTotal",
      "number of delete ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_DELETE_TOTAL) },
    { "indexing.index_current", "iic,indexingIndexCurrent",
      "number of current indexing ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_CURRENT) },
    { "indexing.index_time", "iiti,indexingIndexTime",
      "time spent in indexing", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_TIME) },
    { "indexing.index_total", "iito,indexingIndexTotal",
      "number of indexing ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_TOTAL) },
    { "indexing.index_failed", "iif,indexingIndexFailed",
      "number of failed indexing ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(INDEXING_INDEX_FAILED) },
    { "merges.current", "mc,mergesCurrent",
      "number of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_CURRENT) },
    { "merges.current_docs", "mcd,mergesCurrentDocs",
      "number of current merging docs", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_CURRENT_DOCS) },
    { "merges.current_size", "mcs,mergesCurrentSize",
      "size of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_CURRENT_SIZE) },
    { "merges.total", "mt,mergesTotal",
      "number of completed merge ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_TOTAL) },
    { "merges.total_docs", "mtd,mergesTotalDocs",
      "docs merged", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_TOTAL_DOCS) },
    { "merges.total_size", "mts,mergesTotalSize",
      "size merged", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_TOTAL_SIZE) },
    { "merges.total_time", "mtt,mergesTotalTime",
      "time spent in merges", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_TOTAL_TIME) },
    { "merges.warmer.total_invocations", "mswti,mergedSegmentWarmerTotalInvocations",
      "total invocations of merged segment warmer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_INVOCATIONS_COUNT) },
    { "merges.warmer.total_time", "mswtt,mergedSegmentWarmerTotalTime",
      "total wallclock time spent in the warming operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_TIME_MILLIS) },
    { "merges.warmer.ongoing_count", "mswoc,mergedSegmentWarmerOngoingCount",
      "point-in-time metric for number of in-progress warm operations",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_ONGOING_COUNT) },
    { "merges.warmer.total_bytes_received", "mswtbr,mergedSegmentWarmerTotalBytesReceived",
      "total bytes received by a replica shard during the warm operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_BYTES_RECEIVED) },
    { "merges.warmer.total_bytes_sent", "mswtbs,mergedSegmentWarmerTotalBytesSent",
      "total bytes sent by a primary shard during the warm operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_BYTES_SENT) },
    { "merges.warmer.total_receive_time", "mswtrt,mergedSegmentWarmerTotalReceiveTime",
      "total wallclock time spent receiving merged segments by a replica shard",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_RECEIVE_TIME_MILLIS) },
    { "merges.warmer.total_failure_count", "mswtfc,mergedSegmentWarmerTotalFailureCount",
      "total failures in merged segment warmer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_FAILURE_COUNT) },
    { "merges.warmer.total_send_time", "mswtst,mergedSegmentWarmerTotalSendTime",
      "total wallclock time spent sending merged segments by a primary shard",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_SEND_TIME_MILLIS) },
    { "refresh.total", "rto,refreshTotal",
      "total refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_TOTAL) },
    { "refresh.time", "rti,refreshTime",
      "time spent in refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_TOTAL_TIME) },
    { "refresh.external_total", "rto,refreshTotal",
      "total external refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_EXTERNAL_TOTAL) },
    { "refresh.external_time", "rti,refreshTime",
      "time spent in external refreshes",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_EXTERNAL_TOTAL_TIME) },
    { "refresh.listeners", "rli,refreshListeners",
      "number of pending refresh listeners", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(REFRESH_LISTENERS) },
    { "search.fetch_current", "sfc,searchFetchCurrent",
      "current fetch phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_FETCH_CURRENT) },
    { "search.fetch_time", "sfti,searchFetchTime",
      "time spent in fetch phase", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_FETCH_TIME) },
    { "search.fetch_total", "sfto,searchFetchTotal",
      "total fetch ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_FETCH_TOTAL) },
    { "search.open_contexts", "so,searchOpenContexts",
      "open search contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_OPEN_CONTEXTS) },
    { "search.query_current", "sqc,searchQueryCurrent",
      "current query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_QUERY_CURRENT) },
    { "search.query_time", "sqti,searchQueryTime",
      "time spent in query phase", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_QUERY_TIME) },
    { "search.query_total", "sqto,searchQueryTotal",
      "total query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_QUERY_TOTAL) },
    { "search.query_failed", "sqf,searchQueryFailed",
      "failed query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_QUERY_FAILED) },
    { "search.concurrent_query_current", "scqc,searchConcurrentQueryCurrent",
      "current concurrent query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_CURRENT) },
    { "search.concurrent_query_time", "scqti,searchConcurrentQueryTime",
      "time spent in concurrent query phase",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_TIME) },
    { "search.concurrent_query_total", "scqto,searchConcurrentQueryTotal",
      "total concurrent query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_TOTAL) },
    { "search.concurrent_avg_slice_count", "casc,searchConcurrentAvgSliceCount",
      "average query concurrency",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_CONCURRENT_AVG_SLICE_COUNT) },
    { "search.startree_query_current", "stqc,startreeQueryCurrent",
      "current star tree query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_CURRENT) },
    { "search.startree_query_time", "stqti,startreeQueryTime",
      "time spent in star tree queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TIME) },
    { "search.startree_query_total", "stqto,startreeQueryTotal",
      "total star tree resolved queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TOTAL) },
    { "search.startree_query_failed", "stqf,startreeQueryFailed",
      "failed star tree query ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_STARTREE_QUERY_FAILED) },
    { "search.scroll_current", "scc,searchScrollCurrent",
      "open scroll contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SCROLL_CURRENT) },
    { "search.scroll_time", "scti,searchScrollTime",
      "time scroll contexts held open", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SCROLL_TIME) },
    { "search.scroll_total", "scto,searchScrollTotal",
      "completed scroll contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SCROLL_TOTAL) },
    { "search.point_in_time_current", "spc,searchPointInTimeCurrent",
      "open point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_POINT_IN_TIME_CURRENT) },
    { "search.point_in_time_time", "spti,searchPointInTimeTime",
      "time point in time contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_POINT_IN_TIME_TIME) },
    { "search.point_in_time_total", "spto,searchPointInTimeTotal",
      "completed point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_POINT_IN_TIME_TOTAL) },
    { "search.search_idle_reactivate_count_total", "ssirct,searchSearchIdleReactivateCountTotal",
      "number of times a shard reactivated",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEARCH_SEARCH_IDLE_REACTIVATE_COUNT_TOTAL) },
    { "segments.count", "sc,segmentsCount",
      "number of segments", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_COUNT) },
    { "segments.memory", "sm,segmentsMemory",
      "memory used by segments", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_MEMORY) },
    { "segments.index_writer_memory", "siwm,segmentsIndexWriterMemory",
      "memory used by index writer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_INDEX_WRITER_MEMORY) },
    { "segments.version_map_memory", "svmm,segmentsVersionMapMemory",
      "memory used by version map", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_VERSION_MAP_MEMORY) },
    { "segments.fixed_bitset_memory", "sfbm,fixedBitsetMemory",
      "memory used by fixed bit sets for nested object field types and type filters for types "
      "referred in _parent fields",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(SEGMENTS_FIXED_BIT_SET_MEMORY) },
    { "seq_no.max", "sqm,maxSeqNo", "max sequence number", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_SEQ_NO_MAX },
    { "seq_no.local_checkpoint", "sql,localCheckpoint",
      "local checkpoint", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_SEQ_NO_LOCAL_CHECKPOINT },
    { "seq_no.global_checkpoint", "sqg,globalCheckpoint",
      "global checkpoint", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_SEQ_NO_GLOBAL_CHECKPOINT },
    { "warmer.current", "wc,warmerCurrent",
      "current warmer ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(WARMER_CURRENT) },
    { "warmer.total", "wto,warmerTotal",
      "total warmer ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(WARMER_TOTAL) },
    { "warmer.total_time", "wtt,warmerTotalTime",
      "time spent in warmers", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(WARMER_TOTAL_TIME) },
    { "path.data", "pd,dataPath", "shard data path", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_PATH_DATA },
    { "path.state", "ps,statsPath", "shard state path", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_PATH_STATE },
    { "docs.deleted", "dd,docsDeleted",
      "number of deleted docs in shard", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(DOCS_DELETED) },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* A table that waits for the shards. */
struct request {
    struct qd_cat cat;
    struct qd_coordinator *coordinator;
    struct qd_resolved *indices; /* indices[count] */
    size_t count;
};

/* What a row is made of. */
struct row {
    const struct qd_index_metadata *index;
    const struct qd_shard_routing *routing;
    const struct qd_node_info *node;   /* NULL: unassigned */
    const struct qd_shard_report *report; /* NULL: none, or the shard is not started */
    int64_t now_ms;
    struct qd_arena *arena;
};

static struct qd_cat_cell unassigned_cell(const struct row *row, enum key key)
{
    const struct qd_shard_routing *routing = row->routing;
    struct qd_cat_cell cell = { 0 };
    if (routing->unassigned_reason == NULL || routing->state == QD_SHARD_STARTED) return cell;
    if (key == KEY_UNASSIGNED_REASON) return qd_cat_string(routing->unassigned_reason);
    if (key == KEY_UNASSIGNED_DETAILS) return qd_cat_text(routing->unassigned_details);
    if (key == KEY_UNASSIGNED_FOR) return qd_cat_millis(row->now_ms - routing->unassigned_at_ms);
    struct qd_buffer text = { 0 };
    qd_date_print_iso_millis(routing->unassigned_at_ms, &text);
    cell = qd_cat_text(qd_arena_copy(row->arena, qd_buffer_view(&text)));
    qd_buffer_deinit(&text);
    return cell;
}

static struct qd_cat_cell recovery_source(const struct row *row)
{
    const struct qd_shard_routing *routing = row->routing;
    if (routing->state == QD_SHARD_STARTED || routing->state == QD_SHARD_RELOCATING) {
        return (struct qd_cat_cell){ 0 };
    }
    if (!routing->primary) return qd_cat_string("peer");
    bool fresh = routing->unassigned_reason != NULL &&
                 strcmp(routing->unassigned_reason, "INDEX_CREATED") == 0;
    return qd_cat_string(fresh ? "empty_store" : "existing_store");
}

static struct qd_cat_cell path_cell(const struct row *row)
{
    const struct qd_shard_report *report = row->report;
    if (report == NULL) return (struct qd_cat_cell){ 0 };
    return qd_cat_text(qd_arena_format(row->arena, "%.*s/%.*s", QD_SLICE_ARG(report->data_path),
                                       QD_SLICE_ARG(report->path)));
}

static struct qd_cat_cell make_cell(const struct row *row, enum key key)
{
    static const char *const states[] = { "UNASSIGNED", "INITIALIZING", "STARTED", "RELOCATING" };
    struct qd_cat_cell none = { 0 };
    switch (key) {
    case KEY_INDEX: return qd_cat_text(row->index->name);
    case KEY_SHARD: return qd_cat_number(row->routing->shard);
    case KEY_PRIREP: return qd_cat_string(row->routing->primary ? "p" : "r");
    case KEY_STATE: return qd_cat_string(states[row->routing->state]);
    case KEY_IP: return row->node == NULL ? none : qd_cat_text(row->node->ip);
    case KEY_ID: return row->node == NULL ? none : qd_cat_text(row->node->id);
    case KEY_NODE: return row->node == NULL ? none : qd_cat_text(row->node->name);
    case KEY_SYNC_ID: return none;
    case KEY_UNASSIGNED_REASON:
    case KEY_UNASSIGNED_AT:
    case KEY_UNASSIGNED_FOR:
    case KEY_UNASSIGNED_DETAILS: return unassigned_cell(row, key);
    case KEY_RECOVERYSOURCE_TYPE: return recovery_source(row);
    case KEY_SEQ_NO_MAX: return row->report == NULL ? none : qd_cat_number(row->report->commit->max_seq_no);
    case KEY_SEQ_NO_LOCAL_CHECKPOINT:
    case KEY_SEQ_NO_GLOBAL_CHECKPOINT:
        return row->report == NULL ? none : qd_cat_number(row->report->commit->local_checkpoint);
    case KEY_PATH_DATA:
    case KEY_PATH_STATE: return path_cell(row);
    }
    return none;
}

static void add_row(struct qd_cat *cat, struct row *row, const struct qd_shard_reports *reports)
{
    const struct qd_shard_report *report = qd_shard_reports_copy(reports, row->index, row->routing);
    bool told = report != NULL && report->stats != NULL && report->commit != NULL && !row->index->closed;
    row->node = row->routing->node_id.data != NULL ? qd_nodes_find(reports->state, row->routing->node_id)
                                                   : NULL;
    row->report = told ? report : NULL;
    struct qd_cat_cell *cells = qd_cat_row(cat);
    for (size_t i = 0; i < table.count; i++) {
        if (qd_cat_stat_cell(columns[i].key, told ? report->stats : NULL, NULL, &cells[i])) continue;
        cells[i] = make_cell(row, (enum key)columns[i].key);
    }
}

static size_t copies_of(const struct qd_index_metadata *index)
{
    return (size_t)index->shard_count * (1 + index->replica_count);
}

static void answer(void *context, const struct qd_shard_reports *reports)
{
    struct request *request = context;
    struct qd_env *env = request->coordinator->env;
    struct row row = { .arena = request->cat.call->arena, .now_ms = env->clock->wall_ms(env) };
    for (size_t i = 0; i < request->count; i++) {
        row.index = request->indices[i].index;
        for (size_t s = 0; s < copies_of(row.index); s++) {
            row.routing = &row.index->routing[s];
            add_row(&request->cat, &row, reports);
        }
    }
    qd_cat_finish(&request->cat);
}

static enum qd_status prepare(struct request *request)
{
    struct qd_call *call = request->cat.call;
    const struct qd_cluster_state *state = qd_cluster_service_state(request->coordinator->cluster);
    int64_t timeout = 0;
    size_t shards = 0;
    QD_TRY(qd_manager_timeout_of_call(call, &timeout, &call->error));
    /* Closed indices are there when none is named, and refused when they are. */
    bool every = qd_call_parameter(call, "index").size == 0;
    struct qd_indices_options options = every ? qd_options_open_closed() : qd_options_open();
    options.expand_hidden = true;
    options.forbid_closed = !every;
    QD_TRY(qd_resolve_metadata(call, state, options, &request->indices, &request->count));
    for (size_t i = 0; i < request->count; i++) shards += copies_of(request->indices[i].index);
    return qd_cat_check_limit(request->coordinator, "cat.shards.response.limit.number_of_shards", shards,
                              "shards", &call->error);
}

void qd_cat_shards(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct request *request = QD_NEW(call->arena, struct request);
    request->coordinator = coordinator;
    if (!qd_cat_begin(&request->cat, call, &table)) return;
    if (prepare(request) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct qd_report_wish wish = { .parts = QD_REPORT_STATS | QD_REPORT_COMMIT,
                                   .indices = request->indices,
                                   .index_count = request->count };
    qd_shard_reports_gather(coordinator, call, &wish, answer, request);
}
