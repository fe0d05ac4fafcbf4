#include "data/shard_stats.h"

#include "index/fielddata.h"

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
    v[QD_STAT_GET_TIME] = millis(engine->get_ns);
    v[QD_STAT_GET_EXISTS_TIME] = millis(engine->get_found_ns);
    v[QD_STAT_GET_MISSING_TIME] = millis(engine->get_ns - engine->get_found_ns);
    v[QD_STAT_GET_EXISTS_TOTAL] = (int64_t)engine->get_found;
    v[QD_STAT_GET_MISSING_TOTAL] = (int64_t)(engine->get_total - engine->get_found);
    v[QD_STAT_MERGES_TOTAL] = (int64_t)engine->merge_total;
    v[QD_STAT_MERGES_TOTAL_TIME] = millis(engine->merge_ns);
    v[QD_STAT_MERGES_TOTAL_DOCS] = (int64_t)engine->merge_docs;
    v[QD_STAT_MERGES_TOTAL_SIZE] = (int64_t)engine->merge_bytes;
    v[QD_STAT_REFRESH_TOTAL] = (int64_t)engine->refresh_total;
    v[QD_STAT_REFRESH_TOTAL_TIME] = v[QD_STAT_REFRESH_EXTERNAL_TOTAL_TIME] = millis(engine->refresh_ns);
    /* Every refresh is one that searches see: there is no reader of its own for gets. */
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

static void read_counters(struct qd_stats *one, const struct qd_shard_counters *counters)
{
    int64_t *v = one->value;
    qd_stats_set_searches(one, &counters->search);
    v[QD_STAT_INDEXING_INDEX_CURRENT] = (int64_t)counters->index_current;
    v[QD_STAT_INDEXING_DELETE_CURRENT] = (int64_t)counters->delete_current;
    v[QD_STAT_INDEXING_NOOP_UPDATE_TOTAL] = (int64_t)counters->noop_update_total;
    v[QD_STAT_INDEXING_MAX_LAST_INDEX_REQUEST_TIMESTAMP] = (int64_t)counters->last_write_ms;
    v[QD_STAT_GET_CURRENT] = (int64_t)counters->get_current;
    v[QD_STAT_SEARCH_QUERY_CURRENT] = (int64_t)counters->query_current;
    v[QD_STAT_SEARCH_FETCH_CURRENT] = (int64_t)counters->fetch_current;
    v[QD_STAT_SEARCH_SCROLL_TOTAL] = (int64_t)counters->scroll_total;
    v[QD_STAT_SEARCH_SCROLL_TIME] = millis(counters->scroll_ns);
    v[QD_STAT_SEARCH_SCROLL_CURRENT] = (int64_t)counters->scroll_current;
    v[QD_STAT_SEARCH_POINT_IN_TIME_TOTAL] = (int64_t)counters->pit_total;
    v[QD_STAT_SEARCH_POINT_IN_TIME_TIME] = millis(counters->pit_ns);
    v[QD_STAT_SEARCH_POINT_IN_TIME_CURRENT] = (int64_t)counters->pit_current;
    v[QD_STAT_SEARCH_SEARCH_IDLE_REACTIVATE_COUNT_TOTAL] = (int64_t)counters->idle_reactivations;
    v[QD_STAT_SEARCH_OPEN_CONTEXTS] = (int64_t)counters->contexts_open;
    v[QD_STAT_MERGES_CURRENT] = (int64_t)counters->merge_current;
    v[QD_STAT_MERGES_CURRENT_DOCS] = (int64_t)counters->merge_current_docs;
    v[QD_STAT_MERGES_CURRENT_SIZE] = (int64_t)counters->merge_current_bytes;
    v[QD_STAT_FLUSH_PERIODIC] = (int64_t)counters->flush_periodic;
    v[QD_STAT_REQUEST_CACHE_MEMORY_SIZE] = (int64_t)counters->request_cache_bytes;
    v[QD_STAT_REQUEST_CACHE_EVICTIONS] = (int64_t)counters->request_cache_evictions;
    v[QD_STAT_REQUEST_CACHE_HIT_COUNT] = (int64_t)counters->request_cache_hits;
    v[QD_STAT_REQUEST_CACHE_MISS_COUNT] = (int64_t)counters->request_cache_misses;
}

void qd_shard_stats_add(struct qd_stats *stats, const struct qd_shard *shard, int64_t now_ms)
{
    struct qd_engine_stats engine;
    struct qd_stats one;
    if (shard->engine == NULL || shard->phase != QD_SHARD_PHASE_STARTED) return;
    qd_engine_stats(shard->engine, &engine);
    qd_stats_init(&one);
    read_engine(&one, &engine);
    read_counters(&one, &shard->counters);
    int64_t age_ms = now_ms - engine.translog_modified_ms;
    one.value[QD_STAT_TRANSLOG_EARLIEST_LAST_MODIFIED_AGE] = age_ms < 0 ? 0 : age_ms;
    struct qd_snapshot *snapshot = qd_engine_acquire(shard->engine);
    one.value[QD_STAT_FIELDDATA_MEMORY_SIZE] = qd_fielddata_bytes(snapshot);
    qd_snapshot_release(snapshot);
    qd_stats_add(stats, &one);
}
