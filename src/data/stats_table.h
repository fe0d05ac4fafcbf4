/* The statistics of a shard, one row each: where they are shown in _stats, _nodes/stats and _cluster/stats.
 *
 * row(id, family, kind, name, human name). Rows are in the order of the answer. A name with '/' is inside an
 * object of that name. Kinds: COUNT a number; BYTES and MILLIS numbers that ?human also shows with a unit;
 * FALSE and ZERO are printed as false and 0.0, because nothing here throttles indexing or slices searches.
 * Source: GET _nodes/stats?human of OpenSearch 3.8.0.
 */
#ifndef QD_DATA_STATS_TABLE_H
#define QD_DATA_STATS_TABLE_H

#define QD_STAT_TABLE(row) \
    row(DOCS_COUNT, DOCS, COUNT, "count", NULL) \
    row(DOCS_DELETED, DOCS, COUNT, "deleted", NULL) \
    row(STORE_SIZE, STORE, BYTES, "size_in_bytes", "size") \
    row(STORE_RESERVED, STORE, BYTES, "reserved_in_bytes", "reserved") \
    row(INDEXING_INDEX_TOTAL, INDEXING, COUNT, "index_total", NULL) \
    row(INDEXING_INDEX_TIME, INDEXING, MILLIS, "index_time_in_millis", "index_time") \
    row(INDEXING_INDEX_CURRENT, INDEXING, COUNT, "index_current", NULL) \
    row(INDEXING_INDEX_FAILED, INDEXING, COUNT, "index_failed", NULL) \
    row(INDEXING_DELETE_TOTAL, INDEXING, COUNT, "delete_total", NULL) \
    row(INDEXING_DELETE_TIME, INDEXING, MILLIS, "delete_time_in_millis", "delete_time") \
    row(INDEXING_DELETE_CURRENT, INDEXING, COUNT, "delete_current", NULL) \
    row(INDEXING_NOOP_UPDATE_TOTAL, INDEXING, COUNT, "noop_update_total", NULL) \
    row(INDEXING_IS_THROTTLED, INDEXING, FALSE, "is_throttled", NULL) \
    row(INDEXING_THROTTLE_TIME, INDEXING, MILLIS, "throttle_time_in_millis", "throttle_time") \
    row(INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP, INDEXING, COUNT, \
        "max_last_index_request_timestamp", NULL) \
    row(GET_TOTAL, GET, COUNT, "total", NULL) \
    row(GET_TIME, GET, MILLIS, "time_in_millis", "time") \
    row(GET_EXISTS_TOTAL, GET, COUNT, "exists_total", NULL) \
    row(GET_EXISTS_TIME, GET, MILLIS, "exists_time_in_millis", "exists_time") \
    row(GET_MISSING_TOTAL, GET, COUNT, "missing_total", NULL) \
    row(GET_MISSING_TIME, GET, MILLIS, "missing_time_in_millis", "missing_time") \
    row(GET_CURRENT, GET, COUNT, "current", NULL) \
    row(SEARCH_OPEN_CONTEXTS, SEARCH, COUNT, "open_contexts", NULL) \
    row(SEARCH_QUERY_TOTAL, SEARCH, COUNT, "query_total", NULL) \
    row(SEARCH_QUERY_TIME, SEARCH, MILLIS, "query_time_in_millis", "query_time") \
    row(SEARCH_QUERY_CURRENT, SEARCH, COUNT, "query_current", NULL) \
    row(SEARCH_QUERY_FAILED, SEARCH, COUNT, "query_failed", NULL) \
    row(SEARCH_CONCURRENT_QUERY_TOTAL, SEARCH, COUNT, "concurrent_query_total", NULL) \
    row(SEARCH_CONCURRENT_QUERY_TIME, SEARCH, MILLIS, \
        "concurrent_query_time_in_millis", "concurrent_query_time") \
    row(SEARCH_CONCURRENT_QUERY_CURRENT, SEARCH, COUNT, "concurrent_query_current", NULL) \
    row(SEARCH_CONCURRENT_AVG_SLICE_COUNT, SEARCH, ZERO, "concurrent_avg_slice_count", NULL) \
    row(SEARCH_STARTREE_QUERY_TOTAL, SEARCH, COUNT, "startree_query_total", NULL) \
    row(SEARCH_STARTREE_QUERY_TIME, SEARCH, MILLIS, "startree_query_time_in_millis", "startree_query_time") \
    row(SEARCH_STARTREE_QUERY_CURRENT, SEARCH, COUNT, "startree_query_current", NULL) \
    row(SEARCH_STARTREE_QUERY_FAILED, SEARCH, COUNT, "startree_query_failed", NULL) \
    row(SEARCH_FETCH_TOTAL, SEARCH, COUNT, "fetch_total", NULL) \
    row(SEARCH_FETCH_TIME, SEARCH, MILLIS, "fetch_time_in_millis", "fetch_time") \
    row(SEARCH_FETCH_CURRENT, SEARCH, COUNT, "fetch_current", NULL) \
    row(SEARCH_SCROLL_TOTAL, SEARCH, COUNT, "scroll_total", NULL) \
    row(SEARCH_SCROLL_TIME, SEARCH, MILLIS, "scroll_time_in_millis", "scroll_time") \
    row(SEARCH_SCROLL_CURRENT, SEARCH, COUNT, "scroll_current", NULL) \
    row(SEARCH_POINT_IN_TIME_TOTAL, SEARCH, COUNT, "point_in_time_total", NULL) \
    row(SEARCH_POINT_IN_TIME_TIME, SEARCH, MILLIS, "point_in_time_time_in_millis", "point_in_time_time") \
    row(SEARCH_POINT_IN_TIME_CURRENT, SEARCH, COUNT, "point_in_time_current", NULL) \
    row(SEARCH_SUGGEST_TOTAL, SEARCH, COUNT, "suggest_total", NULL) \
    row(SEARCH_SUGGEST_TIME, SEARCH, MILLIS, "suggest_time_in_millis", "suggest_time") \
    row(SEARCH_SUGGEST_CURRENT, SEARCH, COUNT, "suggest_current", NULL) \
    row(SEARCH_SEARCH_IDLE_REACTIVATE_COUNT_TOTAL, SEARCH, COUNT, \
        "search_idle_reactivate_count_total", NULL) \
    row(MERGES_CURRENT, MERGES, COUNT, "current", NULL) \
    row(MERGES_CURRENT_DOCS, MERGES, COUNT, "current_docs", NULL) \
    row(MERGES_CURRENT_SIZE, MERGES, BYTES, "current_size_in_bytes", "current_size") \
    row(MERGES_TOTAL, MERGES, COUNT, "total", NULL) \
    row(MERGES_TOTAL_TIME, MERGES, MILLIS, "total_time_in_millis", "total_time") \
    row(MERGES_TOTAL_DOCS, MERGES, COUNT, "total_docs", NULL) \
    row(MERGES_TOTAL_SIZE, MERGES, BYTES, "total_size_in_bytes", "total_size") \
    row(MERGES_TOTAL_STOPPED_TIME, MERGES, MILLIS, "total_stopped_time_in_millis", "total_stopped_time") \
    row(MERGES_TOTAL_THROTTLED_TIME, MERGES, MILLIS, \
        "total_throttled_time_in_millis", "total_throttled_time") \
    row(MERGES_TOTAL_AUTO_THROTTLE, MERGES, BYTES, "total_auto_throttle_in_bytes", "total_auto_throttle") \
    row(MERGES_UNREFERENCED_FILE_CLEANUPS_PERFORMED, MERGES, COUNT, \
        "unreferenced_file_cleanups_performed", NULL) \
    row(MERGES_WARMER_TOTAL_INVOCATIONS_COUNT, MERGES, COUNT, "warmer/total_invocations_count", NULL) \
    row(MERGES_WARMER_TOTAL_TIME_MILLIS, MERGES, MILLIS, "warmer/total_time_millis", "total_time") \
    row(MERGES_WARMER_TOTAL_FAILURE_COUNT, MERGES, COUNT, "warmer/total_failure_count", NULL) \
    row(MERGES_WARMER_TOTAL_BYTES_SENT, MERGES, BYTES, "warmer/total_bytes_sent", "total_sent_size") \
    row(MERGES_WARMER_TOTAL_BYTES_RECEIVED, MERGES, BYTES, \
        "warmer/total_bytes_received", "total_received_size") \
    row(MERGES_WARMER_TOTAL_SEND_TIME_MILLIS, MERGES, MILLIS, \
        "warmer/total_send_time_millis", "total_send_time") \
    row(MERGES_WARMER_TOTAL_RECEIVE_TIME_MILLIS, MERGES, MILLIS, \
        "warmer/total_receive_time_millis", "total_receive_time") \
    row(MERGES_WARMER_ONGOING_COUNT, MERGES, COUNT, "warmer/ongoing_count", NULL) \
    row(REFRESH_TOTAL, REFRESH, COUNT, "total", NULL) \
    row(REFRESH_TOTAL_TIME, REFRESH, MILLIS, "total_time_in_millis", "total_time") \
    row(REFRESH_EXTERNAL_TOTAL, REFRESH, COUNT, "external_total", NULL) \
    row(REFRESH_EXTERNAL_TOTAL_TIME, REFRESH, MILLIS, \
        "external_total_time_in_millis", "external_total_time") \
    row(REFRESH_LISTENERS, REFRESH, COUNT, "listeners", NULL) \
    row(FLUSH_TOTAL, FLUSH, COUNT, "total", NULL) \
    row(FLUSH_PERIODIC, FLUSH, COUNT, "periodic", NULL) \
    row(FLUSH_TOTAL_TIME, FLUSH, MILLIS, "total_time_in_millis", "total_time") \
    row(WARMER_CURRENT, WARMER, COUNT, "current", NULL) \
    row(WARMER_TOTAL, WARMER, COUNT, "total", NULL) \
    row(WARMER_TOTAL_TIME, WARMER, MILLIS, "total_time_in_millis", "total_time") \
    row(QUERY_CACHE_MEMORY_SIZE, QUERY_CACHE, BYTES, "memory_size_in_bytes", "memory_size") \
    row(QUERY_CACHE_TOTAL_COUNT, QUERY_CACHE, COUNT, "total_count", NULL) \
    row(QUERY_CACHE_HIT_COUNT, QUERY_CACHE, COUNT, "hit_count", NULL) \
    row(QUERY_CACHE_MISS_COUNT, QUERY_CACHE, COUNT, "miss_count", NULL) \
    row(QUERY_CACHE_CACHE_SIZE, QUERY_CACHE, COUNT, "cache_size", NULL) \
    row(QUERY_CACHE_CACHE_COUNT, QUERY_CACHE, COUNT, "cache_count", NULL) \
    row(QUERY_CACHE_EVICTIONS, QUERY_CACHE, COUNT, "evictions", NULL) \
    row(FIELDDATA_MEMORY_SIZE, FIELDDATA, BYTES, "memory_size_in_bytes", "memory_size") \
    row(FIELDDATA_EVICTIONS, FIELDDATA, COUNT, "evictions", NULL) \
    row(COMPLETION_SIZE, COMPLETION, BYTES, "size_in_bytes", "size") \
    row(SEGMENTS_COUNT, SEGMENTS, COUNT, "count", NULL) \
    row(SEGMENTS_MEMORY, SEGMENTS, BYTES, "memory_in_bytes", "memory") \
    row(SEGMENTS_TERMS_MEMORY, SEGMENTS, BYTES, "terms_memory_in_bytes", "terms_memory") \
    row(SEGMENTS_STORED_FIELDS_MEMORY, SEGMENTS, BYTES, \
        "stored_fields_memory_in_bytes", "stored_fields_memory") \
    row(SEGMENTS_TERM_VECTORS_MEMORY, SEGMENTS, BYTES, \
        "term_vectors_memory_in_bytes", "term_vectors_memory") \
    row(SEGMENTS_NORMS_MEMORY, SEGMENTS, BYTES, "norms_memory_in_bytes", "norms_memory") \
    row(SEGMENTS_POINTS_MEMORY, SEGMENTS, BYTES, "points_memory_in_bytes", "points_memory") \
    row(SEGMENTS_DOC_VALUES_MEMORY, SEGMENTS, BYTES, "doc_values_memory_in_bytes", "doc_values_memory") \
    row(SEGMENTS_INDEX_WRITER_MEMORY, SEGMENTS, BYTES, \
        "index_writer_memory_in_bytes", "index_writer_memory") \
    row(SEGMENTS_VERSION_MAP_MEMORY, SEGMENTS, BYTES, "version_map_memory_in_bytes", "version_map_memory") \
    row(SEGMENTS_FIXED_BIT_SET_MEMORY, SEGMENTS, BYTES, "fixed_bit_set_memory_in_bytes", "fixed_bit_set") \
    row(SEGMENTS_MAX_UNSAFE_AUTO_ID_TIMESTAMP, SEGMENTS, COUNT, "max_unsafe_auto_id_timestamp", NULL) \
    row(TRANSLOG_OPERATIONS, TRANSLOG, COUNT, "operations", NULL) \
    row(TRANSLOG_SIZE, TRANSLOG, BYTES, "size_in_bytes", "size") \
    row(TRANSLOG_UNCOMMITTED_OPERATIONS, TRANSLOG, COUNT, "uncommitted_operations", NULL) \
    row(TRANSLOG_UNCOMMITTED_SIZE, TRANSLOG, BYTES, "uncommitted_size_in_bytes", "uncommitted_size") \
    row(TRANSLOG_EARLIEST_LAST_MODIFIED_AGE, TRANSLOG, COUNT, "earliest_last_modified_age", NULL) \
    row(REQUEST_CACHE_MEMORY_SIZE, REQUEST_CACHE, BYTES, "memory_size_in_bytes", "memory_size") \
    row(REQUEST_CACHE_EVICTIONS, REQUEST_CACHE, COUNT, "evictions", NULL) \
    row(REQUEST_CACHE_HIT_COUNT, REQUEST_CACHE, COUNT, "hit_count", NULL) \
    row(REQUEST_CACHE_MISS_COUNT, REQUEST_CACHE, COUNT, "miss_count", NULL) \
    row(RECOVERY_CURRENT_AS_SOURCE, RECOVERY, COUNT, "current_as_source", NULL) \
    row(RECOVERY_CURRENT_AS_TARGET, RECOVERY, COUNT, "current_as_target", NULL) \
    row(RECOVERY_THROTTLE_TIME, RECOVERY, MILLIS, "throttle_time_in_millis", "throttle_time")

#endif
