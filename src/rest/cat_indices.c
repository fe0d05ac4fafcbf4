/* GET _cat/indices: one row for each index, with the statistics of all copies and of the primaries. */
#include "base/date.h"
#include "coordinator/health.h"
#include "coordinator/manager_timeout.h"
#include "coordinator/stats_gather.h"
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
    { "creation.date.string", "cds",
      "index creation date (as string)", QD_CAT_HIDDEN, KEY_CREATION_DATE_STRING },
    { "store.size", "ss,storeSize",
      "store size of primaries & replicas", QD_CAT_RIGHT | QD_CAT_PAIRED, QD_CAT_STAT(STORE_SIZE) },
    { "pri.store.size", NULL, "store size of primaries", QD_CAT_RIGHT, QD_CAT_PRIMARY_STAT(STORE_SIZE) },
    { "completion.size", "cs,completionSize",
      "size of completion", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(COMPLETION_SIZE) },
    { "pri.completion.size", NULL,
      "size of completion", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(COMPLETION_SIZE) },
    { "fielddata.memory_size", "fm,fielddataMemory",
      "used fielddata cache",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(FIELDDATA_MEMORY_SIZE) },
    { "pri.fielddata.memory_size", NULL,
      "used fielddata cache", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(FIELDDATA_MEMORY_SIZE) },
    { "fielddata.evictions", "fe,fielddataEvictions",
      "fielddata evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(FIELDDATA_EVICTIONS) },
    { "pri.fielddata.evictions", NULL,
      "fielddata evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(FIELDDATA_EVICTIONS) },
    { "query_cache.memory_size", "qcm,queryCacheMemory",
      "used query cache",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(QUERY_CACHE_MEMORY_SIZE) },
    { "pri.query_cache.memory_size", NULL,
      "used query cache", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(QUERY_CACHE_MEMORY_SIZE) },
    { "query_cache.evictions", "qce,queryCacheEvictions",
      "query cache evictions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(QUERY_CACHE_EVICTIONS) },
    { "pri.query_cache.evictions", NULL,
      "query cache evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(QUERY_CACHE_EVICTIONS) },
    { "request_cache.memory_size", "rcm,requestCacheMemory",
      "used request cache",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REQUEST_CACHE_MEMORY_SIZE) },
    { "pri.request_cache.memory_size", NULL,
      "used request cache", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REQUEST_CACHE_MEMORY_SIZE) },
    { "request_cache.evictions", "rce,requestCacheEvictions",
      "request cache evictions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REQUEST_CACHE_EVICTIONS) },
    { "pri.request_cache.evictions", NULL,
      "request cache evictions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REQUEST_CACHE_EVICTIONS) },
    { "request_cache.hit_count", "rchc,requestCacheHitCount",
      "request cache hit count",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REQUEST_CACHE_HIT_COUNT) },
    { "pri.request_cache.hit_count", NULL,
      "request cache hit count", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REQUEST_CACHE_HIT_COUNT) },
    { "request_cache.miss_count", "rcmc,requestCacheMissCount",
      "request cache miss count",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REQUEST_CACHE_MISS_COUNT) },
    { "pri.request_cache.miss_count", NULL,
      "request cache miss count",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REQUEST_CACHE_MISS_COUNT) },
    { "flush.total", "ft,flushTotal",
      "number of flushes", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(FLUSH_TOTAL) },
    { "pri.flush.total", NULL,
      "number of flushes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(FLUSH_TOTAL) },
    { "flush.total_time", "ftt,flushTotalTime",
      "time spent in flush", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(FLUSH_TOTAL_TIME) },
    { "pri.flush.total_time", NULL,
      "time spent in flush", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(FLUSH_TOTAL_TIME) },
    { "get.current", "gc,getCurrent",
      "number of current get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_CURRENT) },
    { "pri.get.current", NULL,
      "number of current get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_CURRENT) },
    { "get.time", "gti,getTime",
      "time spent in get", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_TIME) },
    { "pri.get.time", NULL,
      "time spent in get", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_TIME) },
    { "get.total", "gto,getTotal",
      "number of get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_TOTAL) },
    { "pri.get.total", NULL,
      "number of get ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_TOTAL) },
    { "get.exists_time", "geti,getExistsTime",
      "time spent in successful gets",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_EXISTS_TIME) },
    { "pri.get.exists_time", NULL,
      "time spent in successful gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_EXISTS_TIME) },
    { "get.exists_total", "geto,getExistsTotal",
      "number of successful gets",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_EXISTS_TOTAL) },
    { "pri.get.exists_total", NULL,
      "number of successful gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_EXISTS_TOTAL) },
    { "get.missing_time", "gmti,getMissingTime",
      "time spent in failed gets",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_MISSING_TIME) },
    { "pri.get.missing_time", NULL,
      "time spent in failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_MISSING_TIME) },
    { "get.missing_total", "gmto,getMissingTotal",
      "number of failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(GET_MISSING_TOTAL) },
    { "pri.get.missing_total", NULL,
      "number of failed gets", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(GET_MISSING_TOTAL) },
    { "indexing.delete_current", "idc,indexingDeleteCurrent",
      "number of current deletions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_DELETE_CURRENT) },
    { "pri.indexing.delete_current", NULL,
      "number of current deletions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_DELETE_CURRENT) },
    { "indexing.delete_time", "idti,indexingDeleteTime",
      "time spent in deletions",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_DELETE_TIME) },
    { "pri.indexing.delete_time", NULL,
      "time spent in deletions", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_DELETE_TIME) },
    { "indexing.delete_total", "idto,indexingDeleteTotal",
      "number of delete ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_DELETE_TOTAL) },
    { "pri.indexing.delete_total", NULL,
      "number of delete ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_DELETE_TOTAL) },
    { "indexing.index_current", "iic,indexingIndexCurrent",
      "number of current indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_INDEX_CURRENT) },
    { "pri.indexing.index_current", NULL,
      "number of current indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_INDEX_CURRENT) },
    { "indexing.index_time", "iiti,indexingIndexTime",
      "time spent in indexing",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_INDEX_TIME) },
    { "pri.indexing.index_time", NULL,
      "time spent in indexing", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_INDEX_TIME) },
    { "indexing.index_total", "iito,indexingIndexTotal",
      "number of indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_INDEX_TOTAL) },
    { "pri.indexing.index_total", NULL,
      "number of indexing ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_INDEX_TOTAL) },
    { "indexing.index_failed", "iif,indexingIndexFailed",
      "number of failed indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(INDEXING_INDEX_FAILED) },
    { "pri.indexing.index_failed", NULL,
      "number of failed indexing ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(INDEXING_INDEX_FAILED) },
    { "merges.current", "mc,mergesCurrent",
      "number of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_CURRENT) },
    { "pri.merges.current", NULL,
      "number of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_CURRENT) },
    { "merges.current_docs", "mcd,mergesCurrentDocs",
      "number of current merging docs",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_CURRENT_DOCS) },
    { "pri.merges.current_docs", NULL,
      "number of current merging docs",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_CURRENT_DOCS) },
    { "merges.current_size", "mcs,mergesCurrentSize",
      "size of current merges",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_CURRENT_SIZE) },
    { "pri.merges.current_size", NULL,
      "size of current merges", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_CURRENT_SIZE) },
    { "merges.total", "mt,mergesTotal",
      "number of completed merge ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_TOTAL) },
    { "pri.merges.total", NULL,
      "number of completed merge ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_TOTAL) },
    { "merges.total_docs", "mtd,mergesTotalDocs",
      "docs merged", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_TOTAL_DOCS) },
    { "pri.merges.total_docs", NULL,
      "docs merged", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_TOTAL_DOCS) },
    { "merges.total_size", "mts,mergesTotalSize",
      "size merged", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_TOTAL_SIZE) },
    { "pri.merges.total_size", NULL,
      "size merged", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_TOTAL_SIZE) },
    { "merges.total_time", "mtt,mergesTotalTime",
      "time spent in merges", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(MERGES_TOTAL_TIME) },
    { "pri.merges.total_time", NULL,
      "time spent in merges", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_TOTAL_TIME) },
    { "merges.warmer.total_invocations", "mswti,mergedSegmentWarmerTotalInvocations",
      "total invocations of merged segment warmer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_INVOCATIONS_COUNT) },
    { "pri.merges.warmer.total_invocations", NULL,
      "total invocations of merged segment warmer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_INVOCATIONS_COUNT) },
    { "merges.warmer.total_time", "mswtt,mergedSegmentWarmerTotalTime",
      "total wallclock time spent in the warming operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_TIME_MILLIS) },
    { "pri.merges.warmer.total_time", NULL,
      "total wallclock time spent in the warming operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_TIME_MILLIS) },
    { "merges.warmer.ongoing_count", "mswoc,mergedSegmentWarmerOngoingCount",
      "point-in-time metric for number of in-progress warm operations",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_ONGOING_COUNT) },
    { "pri.merges.warmer.ongoing_count", NULL,
      "point-in-time metric for number of in-progress warm operations",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_ONGOING_COUNT) },
    { "merges.warmer.total_bytes_received", "mswtbr,mergedSegmentWarmerTotalBytesReceived",
      "total bytes received by a replica shard during the warm operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_BYTES_RECEIVED) },
    { "pri.merges.warmer.total_bytes_received", NULL,
      "total bytes received by a replica shard during the warm operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_BYTES_RECEIVED) },
    { "merges.warmer.total_bytes_sent", "mswtbs,mergedSegmentWarmerTotalBytesSent",
      "total bytes sent by a primary shard during the warm operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_BYTES_SENT) },
    { "pri.merges.warmer.total_bytes_sent", NULL,
      "total bytes sent by a primary shard during the warm operation",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_BYTES_SENT) },
    { "merges.warmer.total_receive_time", "mswtrt,mergedSegmentWarmerTotalReceiveTime",
      "total wallclock time spent receiving merged segments by a replica shard",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_RECEIVE_TIME_MILLIS) },
    { "pri.merges.warmer.total_receive_time", NULL,
      "total wallclock time spent receiving merged segments by a replica shard",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_RECEIVE_TIME_MILLIS) },
    { "merges.warmer.total_failure_count", "mswtfc,mergedSegmentWarmerTotalFailureCount",
      "total failures in merged segment warmer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_FAILURE_COUNT) },
    { "pri.merges.warmer.total_failure_count", NULL,
      "total failures in merged segment warmer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_FAILURE_COUNT) },
    { "merges.warmer.total_send_time", "mswtst,mergedSegmentWarmerTotalSendTime",
      "total wallclock time spent sending merged segments by a primary shard",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_STAT(MERGES_WARMER_TOTAL_SEND_TIME_MILLIS) },
    { "pri.merges.warmer.total_send_time", NULL,
      "total wallclock time spent sending merged segments by a primary shard",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(MERGES_WARMER_TOTAL_SEND_TIME_MILLIS) },
    { "refresh.total", "rto,refreshTotal",
      "total refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REFRESH_TOTAL) },
    { "pri.refresh.total", NULL,
      "total refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REFRESH_TOTAL) },
    { "refresh.time", "rti,refreshTime",
      "time spent in refreshes",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REFRESH_TOTAL_TIME) },
    { "pri.refresh.time", NULL,
      "time spent in refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REFRESH_TOTAL_TIME) },
    { "refresh.external_total", "rto,refreshTotal",
      "total external refreshes",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REFRESH_EXTERNAL_TOTAL) },
    { "pri.refresh.external_total", NULL,
      "total external refreshes", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REFRESH_EXTERNAL_TOTAL) },
    { "refresh.external_time", "rti,refreshTime",
      "time spent in external refreshes",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REFRESH_EXTERNAL_TOTAL_TIME) },
    { "pri.refresh.external_time", NULL,
      "time spent in external refreshes",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REFRESH_EXTERNAL_TOTAL_TIME) },
    { "refresh.listeners", "rli,refreshListeners",
      "number of pending refresh listeners",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(REFRESH_LISTENERS) },
    { "pri.refresh.listeners", NULL,
      "number of pending refresh listeners",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(REFRESH_LISTENERS) },
    { "search.fetch_current", "sfc,searchFetchCurrent",
      "current fetch phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_FETCH_CURRENT) },
    { "pri.search.fetch_current", NULL,
      "current fetch phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_FETCH_CURRENT) },
    { "search.fetch_time", "sfti,searchFetchTime",
      "time spent in fetch phase",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_FETCH_TIME) },
    { "pri.search.fetch_time", NULL,
      "time spent in fetch phase", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_FETCH_TIME) },
    { "search.fetch_total", "sfto,searchFetchTotal",
      "total fetch ops", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_FETCH_TOTAL) },
    { "pri.search.fetch_total", NULL,
      "total fetch ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_FETCH_TOTAL) },
    { "search.open_contexts", "so,searchOpenContexts",
      "open search contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_OPEN_CONTEXTS) },
    { "pri.search.open_contexts", NULL,
      "open search contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_OPEN_CONTEXTS) },
    { "search.query_current", "sqc,searchQueryCurrent",
      "current query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_QUERY_CURRENT) },
    { "pri.search.query_current", NULL,
      "current query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_QUERY_CURRENT) },
    { "search.query_time", "sqti,searchQueryTime",
      "time spent in query phase",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_QUERY_TIME) },
    { "pri.search.query_time", NULL,
      "time spent in query phase", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_QUERY_TIME) },
    { "search.query_total", "sqto,searchQueryTotal",
      "total query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_QUERY_TOTAL) },
    { "pri.search.query_total", NULL,
      "total query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_QUERY_TOTAL) },
    { "search.query_failed", "sqf,searchQueryFailed",
      "failed query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_QUERY_FAILED) },
    { "pri.search.query_failed", NULL,
      "failed query phase ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_QUERY_FAILED) },
    { "search.concurrent_query_current", "scqc,searchConcurrentQueryCurrent",
      "current concurrent query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_CURRENT) },
    { "pri.search.concurrent_query_current", NULL,
      "current concurrent query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_CONCURRENT_QUERY_CURRENT) },
    { "search.concurrent_query_time", "scqti,searchConcurrentQueryTime",
      "time spent in concurrent query phase",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_TIME) },
    { "pri.search.concurrent_query_time", NULL,
      "time spent in concurrent query phase",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_CONCURRENT_QUERY_TIME) },
    { "search.concurrent_query_total", "scqto,searchConcurrentQueryTotal",
      "total query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_CONCURRENT_QUERY_TOTAL) },
    { "pri.search.concurrent_query_total", NULL,
      "total query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_CONCURRENT_QUERY_TOTAL) },
    { "search.concurrent_avg_slice_count", "casc,searchConcurrentAvgSliceCount",
      "average query concurrency",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_CONCURRENT_AVG_SLICE_COUNT) },
    { "pri.search.concurrent_avg_slice_count", NULL,
      "average query concurrency",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_CONCURRENT_AVG_SLICE_COUNT) },
    { "search.startree_query_current", "stqc,startreeQueryCurrent",
      "current star tree query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_CURRENT) },
    { "pri.search.startree.query_current", NULL,
      "current star tree query ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_CURRENT) },
    { "search.startree_query_time", "stqti,startreeQueryTime",
      "time spent in star tree queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TIME) },
    { "pri.search.startree.query_time", NULL,
      "time spent in star tree queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_TIME) },
    { "search.startree_query_failed", "stqf,startreeQueryFailed",
      "failed star tree query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_FAILED) },
    { "pri.search.startree_query_failed", NULL,
      "failed star tree query phase ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_FAILED) },
    { "search.startree_query_total", "stqto,startreeQueryCurrent",
      "total star tree resolved queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_STARTREE_QUERY_TOTAL) },
    { "pri.search.startree.query_total", NULL,
      "total star tree resolved queries",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_STARTREE_QUERY_TOTAL) },
    { "search.scroll_current", "scc,searchScrollCurrent",
      "open scroll contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_SCROLL_CURRENT) },
    { "pri.search.scroll_current", NULL,
      "open scroll contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_SCROLL_CURRENT) },
    { "search.scroll_time", "scti,searchScrollTime",
      "time scroll contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_SCROLL_TIME) },
    { "pri.search.scroll_time", NULL,
      "time scroll contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_SCROLL_TIME) },
    { "search.scroll_total", "scto,searchScrollTotal",
      "completed scroll contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_SCROLL_TOTAL) },
    { "pri.search.scroll_total", NULL,
      "completed scroll contexts", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_SCROLL_TOTAL) },
    { "search.point_in_time_current", "scc,searchPointInTimeCurrent",
      "open point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_POINT_IN_TIME_CURRENT) },
    { "pri.search.point_in_time_current", NULL,
      "open point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_POINT_IN_TIME_CURRENT) },
    { "search.point_in_time_time", "scti,searchPointInTimeTime",
      "time point in time contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_POINT_IN_TIME_TIME) },
    { "pri.search.point_in_time_time", NULL,
      "time point in time contexts held open",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_POINT_IN_TIME_TIME) },
    { "search.point_in_time_total", "scto,searchPointInTimeTotal",
      "completed point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_POINT_IN_TIME_TOTAL) },
    { "pri.search.point_in_time_total", NULL,
      "completed point in time contexts",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_POINT_IN_TIME_TOTAL) },
    { "segments.count", "sc,segmentsCount",
      "number of segments", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEGMENTS_COUNT) },
    { "pri.segments.count", NULL,
      "number of segments", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEGMENTS_COUNT) },
    { "segments.memory", "sm,segmentsMemory",
      "memory used by segments", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEGMENTS_MEMORY) },
    { "pri.segments.memory", NULL,
      "memory used by segments", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEGMENTS_MEMORY) },
    { "segments.index_writer_memory", "siwm,segmentsIndexWriterMemory",
      "memory used by index writer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEGMENTS_INDEX_WRITER_MEMORY) },
    { "pri.segments.index_writer_memory", NULL,
      "memory used by index writer",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEGMENTS_INDEX_WRITER_MEMORY) },
    { "segments.version_map_memory", "svmm,segmentsVersionMapMemory",
      "memory used by version map",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEGMENTS_VERSION_MAP_MEMORY) },
    { "pri.segments.version_map_memory", NULL,
      "memory used by version map",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEGMENTS_VERSION_MAP_MEMORY) },
    { "segments.fixed_bitset_memory", "sfbm,fixedBitsetMemory",
      "memory used by fixed bit sets for nested object field types and type filters for types "
      "referred in _parent fields",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEGMENTS_FIXED_BIT_SET_MEMORY) },
    { "pri.segments.fixed_bitset_memory", NULL,
      "memory used by fixed bit sets for nested object field types and type filters for types "
      "referred in _parent fields",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEGMENTS_FIXED_BIT_SET_MEMORY) },
    { "warmer.current", "wc,warmerCurrent",
      "current warmer ops", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(WARMER_CURRENT) },
    { "pri.warmer.current", NULL,
      "current warmer ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(WARMER_CURRENT) },
    { "warmer.total", "wto,warmerTotal",
      "total warmer ops", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(WARMER_TOTAL) },
    { "pri.warmer.total", NULL,
      "total warmer ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(WARMER_TOTAL) },
    { "warmer.total_time", "wtt,warmerTotalTime",
      "time spent in warmers", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(WARMER_TOTAL_TIME) },
    { "pri.warmer.total_time", NULL,
      "time spent in warmers", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(WARMER_TOTAL_TIME) },
    { "suggest.current", "suc,suggestCurrent",
      "number of current suggest ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_SUGGEST_CURRENT) },
    { "pri.suggest.current", NULL,
      "number of current suggest ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_SUGGEST_CURRENT) },
    { "suggest.time", "suti,suggestTime",
      "time spend in suggest",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_SUGGEST_TIME) },
    { "pri.suggest.time", NULL,
      "time spend in suggest", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_SUGGEST_TIME) },
    { "suggest.total", "suto,suggestTotal",
      "number of suggest ops",
      QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, QD_CAT_STAT(SEARCH_SUGGEST_TOTAL) },
    { "pri.suggest.total", NULL,
      "number of suggest ops", QD_CAT_RIGHT | QD_CAT_HIDDEN, QD_CAT_PRIMARY_STAT(SEARCH_SUGGEST_TOTAL) },
    { "memory.total", "tm,memoryTotal",
      "total used memory", QD_CAT_RIGHT | QD_CAT_HIDDEN | QD_CAT_PAIRED, KEY_MEMORY_TOTAL },
    { "pri.memory.total", NULL, "total user memory", QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_PRI_MEMORY_TOTAL },
    { "search.throttled", "sth",
      "indicates if the index is search throttled", QD_CAT_HIDDEN, KEY_SEARCH_THROTTLED },
    { "last_index_request_timestamp", "last_index_ts,lastIndexRequestTimestamp",
      "timestamp of the last processed index request (epoch millis)",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_LAST_INDEX_REQUEST_TIMESTAMP },
    { "last_index_request_timestamp_string", "last_index_ts_string,lastIndexRequestTimestampString",
      "timestamp of the last processed index request (ISO8601 string)",
      QD_CAT_RIGHT | QD_CAT_HIDDEN, KEY_LAST_INDEX_REQUEST_TIMESTAMP_STRING },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

/* What a row is made of. */
struct row {
    const struct qd_index_metadata *index;
    int health;                  /* as qd_index_health */
    struct qd_stats total, primaries;
    bool counted;                /* the index is open: there are statistics */
};

static struct qd_cat_cell date_cell(int64_t milliseconds, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_date_print_iso_millis(milliseconds, &text);
    struct qd_cat_cell cell = qd_cat_text(qd_arena_copy(arena, qd_buffer_view(&text)));
    qd_buffer_deinit(&text);
    return cell;
}

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
    case KEY_CREATION_DATE_STRING: return date_cell(index->creation_date_ms, arena);
    case KEY_MEMORY_TOTAL: return row->counted ? qd_cat_bytes(memory(&row->total)) : none;
    case KEY_PRI_MEMORY_TOTAL: return row->counted ? qd_cat_bytes(memory(&row->primaries)) : none;
    case KEY_SEARCH_THROTTLED:
        return qd_cat_string(qd_settings_bool(&index->settings, "index.search.throttled", false) ? "true"
                                                                                                 : "false");
    case KEY_LAST_INDEX_REQUEST_TIMESTAMP: return row->counted ? qd_cat_number(last) : none;
    case KEY_LAST_INDEX_REQUEST_TIMESTAMP_STRING: return row->counted ? date_cell(last, arena) : none;
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
    QD_TRY(qd_resolve_call(call, state, qd_options_open_closed(), indices, count));
    return qd_cat_check_limit(coordinator, "cat.indices.response.limit.number_of_indices", *count, "indices",
                              &call->error);
}

void qd_cat_indices(struct qd_coordinator *coordinator, struct qd_call *call)
{
    int64_t now = coordinator->env->clock->wall_ms(coordinator->env);
    struct qd_resolved *indices;
    struct qd_cat cat;
    size_t count;
    int health;
    if (!qd_cat_begin(&cat, call, &table)) return;
    if (read_health(call, &health) != QD_OK || resolve(coordinator, call, &indices, &count) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    struct row *row = QD_NEW(call->arena, struct row);
    for (size_t i = 0; i < count; i++) {
        struct qd_shard_counts counts = { 0 };
        row->index = indices[i].index;
        row->health = qd_index_health(row->index, &counts);
        row->counted = !row->index->closed;
        if (health >= 0 && row->health != health) continue;
        qd_stats_init(&row->total);
        qd_stats_init(&row->primaries);
        qd_stats_add_index(&row->total, coordinator->data, row->index->uuid, false, now);
        qd_stats_add_index(&row->primaries, coordinator->data, row->index->uuid, true, now);
        add_row(&cat, row);
    }
    qd_cat_finish(&cat);
}
