/* Statistics of a whole node: the numbers move when the thing happens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coordinator/tasks.h"
#include "node/node_test_support.h"

/* Asks for statistics and expects parts of the answer. */
static void expect(struct world *world, const char *target, const char *part)
{
    assert_int_equal(call(world, "GET", target, ""), 200);
    assert_has(world, part);
}

TEST(statistics, outcomes_of_documents)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "POST", "/a/_bulk",
                          "{\"create\":{\"_id\":\"1\"}}\n{\"n\":1}\n{\"create\":{\"_id\":\"2\"}}\n{\"n\":2}\n"
                          "{\"create\":{\"_id\":\"1\"}}\n{\"n\":3}\n"),
                     200);
    expect(&world, "/_nodes/stats/indices/docs",
           "\"doc_status\":{\"success\":2,\"user_error\":1,\"system_failure\":0}");
    expect(&world, "/a/_stats/indexing", "\"index_total\":2");
    assert_has(&world, "\"index_failed\":1");
    stop_world(&world);
}

TEST(statistics, searches_and_their_groups)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1?refresh=true", "{\"n\":1}"), 201);
    assert_int_equal(call(&world, "GET", "/a/_search", "{\"stats\":[\"red\",\"blue\"]}"), 200);
    assert_int_equal(call(&world, "GET", "/a/_search", "{\"stats\":[\"red\"]}"), 200);
    assert_int_equal(call(&world, "GET", "/missing/_search", ""), 404);
    expect(&world, "/a/_stats/search", "\"query_total\":2");
    assert_true(memmem(world.body.data, world.body.size, "groups", 6) == NULL);
    expect(&world, "/a/_stats/search?groups=r*&filter_path=_all.total.search.groups.*.query_total",
           "{\"_all\":{\"total\":{\"search\":{\"groups\":{\"red\":{\"query_total\":2}}}}}}");
    expect(&world, "/a/_stats/search?groups=_all&filter_path=_all.total.search.groups.*.fetch_total",
           "\"groups\":{\"blue\":{\"fetch_total\":1},\"red\":{\"fetch_total\":2}}");
    expect(&world, "/_nodes/stats/indices/search",
           "\"search_response_status\":{\"success\":2,\"user_error\":1,\"system_failure\":0}");
    expect(&world, "/_nodes/stats/indices/search?filter_path=nodes.*.indices.search.request.*.total",
           "\"took\":{\"total\":2},\"dfs_pre_query\":{\"total\":0},\"query\":{\"total\":2}");
    stop_world(&world);
}

TEST(statistics, refreshes_are_skipped_until_somebody_searches)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a",
                          "{\"settings\":{\"number_of_replicas\":0,\"search.idle.after\":\"5s\"}}"),
                     200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    pass_ms(&world, 4000);
    expect(&world, "/a/_stats/docs?filter_path=_all.total.docs.count", "\"count\":1");
    pass_ms(&world, 4000);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 201);
    pass_ms(&world, 4000);
    expect(&world, "/a/_stats/docs?filter_path=_all.total.docs.count", "\"count\":1");
    expect(&world, "/a/_doc/2", "\"found\":true");
    expect(&world, "/a/_count", "\"count\":2");
    expect(&world, "/a/_stats/search", "\"search_idle_reactivate_count_total\":1");
    pass_ms(&world, 6000);
    assert_int_equal(call(&world, "PUT", "/a/_doc/3", "{\"n\":3}"), 201);
    pass_ms(&world, 2000);
    expect(&world, "/a/_doc/3?realtime=false", "\"found\":true");
    assert_int_equal(call(&world, "PUT", "/a/_doc/4?refresh=wait_for", "{\"n\":4}"), 201);
    pass_ms(&world, 6000);
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"index.refresh_interval\":\"1s\"}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/5", "{\"n\":5}"), 201);
    pass_ms(&world, 2000);
    expect(&world, "/a/_stats/docs?filter_path=_all.total.docs.count", "\"count\":5");
    stop_world(&world);
}

TEST(statistics, skipped_refreshes_come_when_writing_has_ended)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a",
                          "{\"settings\":{\"number_of_replicas\":0,\"search.idle.after\":\"0ms\"}}"),
                     200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    pass_ms(&world, 200000);
    expect(&world, "/a/_stats/docs?filter_path=_all.total.docs.count", "\"count\":0");
    pass_ms(&world, 110000);
    expect(&world, "/a/_stats/docs?filter_path=_all.total.docs.count", "\"count\":1");
    stop_world(&world);
}

TEST(statistics, contexts_are_counted_while_open_and_when_closed)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1?refresh=true", "{\"n\":1}"), 201);
    assert_int_equal(call(&world, "POST", "/a/_search?scroll=1m", ""), 200);
    expect(&world, "/a/_stats/search", "\"open_contexts\":1");
    assert_has(&world, "\"scroll_current\":1");
    assert_has(&world, "\"scroll_total\":0");
    assert_int_equal(call(&world, "DELETE", "/_search/scroll/_all", ""), 200);
    expect(&world, "/a/_stats/search", "\"open_contexts\":0");
    assert_has(&world, "\"scroll_total\":1");
    assert_int_equal(call(&world, "POST", "/a/_search/point_in_time?keep_alive=1m", ""), 200);
    expect(&world, "/a/_stats/search", "\"point_in_time_current\":1");
    assert_int_equal(call(&world, "DELETE", "/_search/point_in_time/_all", ""), 200);
    expect(&world, "/a/_stats/search", "\"point_in_time_total\":1");
    assert_has(&world, "\"point_in_time_current\":0");
    stop_world(&world);
}

TEST(statistics, gets_that_find_and_miss)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    assert_int_equal(call(&world, "GET", "/a/_doc/1", ""), 200);
    assert_int_equal(call(&world, "GET", "/a/_doc/2", ""), 404);
    expect(&world, "/a/_stats/get", "\"exists_total\":1");
    assert_has(&world, "\"missing_total\":1");
    assert_has(&world, "\"current\":0");
    stop_world(&world);
}

TEST(statistics, writes_beyond_the_indexing_pressure_are_refused)
{
    struct world world;
    start_world(&world, "indexing_pressure.memory.limit", "2kb");
    char body[4096];
    memset(body, 'x', sizeof(body));
    memcpy(body, "{\"n\":\"", 6);
    memcpy(body + sizeof(body) - 3, "\"}", 3);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    expect(&world, "/_nodes/stats/indexing_pressure", "\"coordinating_rejections\":0");
    assert_int_equal(call(&world, "PUT", "/a/_doc/2", body), 429);
    assert_has(&world, "rejected_execution_exception");
    assert_has(&world, "rejected execution of coordinating operation [coordinating_and_primary_bytes=0, ");
    assert_has(&world, "max_coordinating_and_primary_bytes=2048]");
    expect(&world, "/_nodes/stats/indexing_pressure", "\"coordinating_rejections\":1");
    assert_has(&world, "\"coordinating_in_bytes\":0");
    assert_has(&world, "\"limit_in_bytes\":2048");
    assert_int_equal(call(&world, "GET", "/a/_doc/2", ""), 404);
    stop_world(&world);
}

TEST(statistics, bodies_are_reserved_from_the_breaker)
{
    struct world world;
    start_world(&world, "network.breaker.inflight_requests.limit", "100b");
    const char *body = "{\"text\":\"more than fifty bytes, which the overhead of 2 makes more than 100\"}";
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", body), 429);
    assert_has(&world, "[in_flight_requests] Data too large, data for [<http_request>] would be [");
    assert_has(&world, "\"durability\":\"TRANSIENT\"");
    /* What tells about the node is answered all the same. */
    expect(&world, "/_nodes/stats/breaker?filter_path=nodes.*.breakers.in_flight_requests.*",
           "\"estimated_size_in_bytes\":0");
    assert_has(&world, "\"tripped\":1");
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    stop_world(&world);
}

TEST(statistics, states_are_counted)
{
    struct world world;
    start_world(&world, NULL, NULL);
    expect(&world, "/_nodes/stats/discovery", "\"full_states\":1");
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "GET", "/_cluster/health?wait_for_status=green", ""), 200);
    expect(&world, "/_nodes/stats/discovery", "\"full_states\":3");
    stop_world(&world);
}

TEST(statistics, recoveries_tell_what_was_there)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    expect(&world, "/a/_recovery", "\"type\":\"EMPTY_STORE\",\"stage\":\"DONE\",\"primary\":true");
    assert_has(&world, "\"source\":{}");
    assert_has(&world, "\"files\":{\"total\":0,\"reused\":0,\"recovered\":0,\"percent\":\"0.0%\"}");
    assert_int_equal(call(&world, "POST", "/a/_flush", ""), 200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 201);
    assert_int_equal(call(&world, "PUT", "/a/_doc/3", "{\"n\":3}"), 201);
    restart_node(&world);
    expect(&world, "/a/_recovery?detailed=true", "\"type\":\"EXISTING_STORE\"");
    assert_has(&world, "\"files\":{\"total\":1,\"reused\":1,\"recovered\":0,\"percent\":\"100.0%\"");
    assert_has(&world, "\"details\":[{\"name\":\"seg-");
    assert_has(&world, "\"translog\":{\"recovered\":2,\"total\":2,\"percent\":\"100.0%\",");
    expect(&world, "/_cat/recovery?h=type,files_total,translog_ops", "existing_store 1 2\n");
    expect(&world, "/a/_recovery?active_only=true", "{}");
    assert_int_equal(call(&world, "POST", "/a/_close", ""), 200);
    expect(&world, "/_cat/recovery?h=type,translog_ops", "existing_store 0\n");
    assert_int_equal(call(&world, "GET", "/missing/_recovery", ""), 404);
    stop_world(&world);
}

TEST(statistics, commits_tell_what_they_have)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    assert_int_equal(call(&world, "POST", "/a/_flush", ""), 200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2?refresh=true", "{\"n\":2}"), 201);
    expect(&world, "/a/_stats?level=shards", "\"max_seq_no\":\"0\"");
    assert_has(&world, "\"num_docs\":1}");
    assert_has(&world, "\"seq_no\":{\"max_seq_no\":1,");
    expect(&world, "/_nodes/stats/indices?level=shards", "\"num_docs\":1}");
    stop_world(&world);
}

TEST(statistics, work_is_shown_as_thread_pools)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1?refresh=true", "{\"n\":1}"), 201);
    expect(&world, "/_cat/thread_pool/search?h=name,completed", "search 0\n");
    assert_int_equal(call(&world, "GET", "/a/_search", ""), 200);
    assert_int_equal(call(&world, "GET", "/a/_search", ""), 200);
    expect(&world, "/_cat/thread_pool/search?h=name,completed", "search 2\n");
    expect(&world, "/_nodes/stats/thread_pool?filter_path=nodes.*.thread_pool.search.completed",
           "\"completed\":2");
    stop_world(&world);
}

TEST(statistics, closing_flushes_and_unloads_segments)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    expect(&world, "/a/_stats/translog", "\"uncommitted_operations\":1");
    assert_int_equal(call(&world, "POST", "/a/_close", ""), 200);
    expect(&world, "/a/_stats?expand_wildcards=all&forbid_closed_indices=false",
           "\"uncommitted_operations\":0");
    assert_has(&world, "\"segments\":{\"count\":0,");
    expect(&world, "/a/_stats?include_unloaded_segments=true&forbid_closed_indices=false",
           "\"segments\":{\"count\":1,");
    stop_world(&world);
}

/* A search for numbers alone, and what the cache counted afterwards: hits and misses. */
static void search_cached(struct world *world, const char *target, const char *body, unsigned hits,
                          unsigned misses)
{
    char part[96];
    assert_int_equal(call(world, "POST", target, body), 200);
    struct qd_slice answer = world->body;
    (void)snprintf(part, sizeof(part), "\"hit_count\":%u,\"miss_count\":%u}", hits, misses);
    expect(world, "/a/_stats/request_cache?filter_path=_all.total", part);
    world->body = answer;
}

/* Counts as the reference gave them for the same calls. */
TEST(statistics, request_cache_keeps_what_has_not_changed)
{
    static const char sum[] = "{\"size\":0,\"aggs\":{\"s\":{\"sum\":{\"field\":\"n\"}}}}";
    static const char clock[] = "{\"size\":0,\"query\":{\"range\":{\"d\":{\"gte\":\"now-1d\"}}}}";
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1?refresh=true", "{\"n\":1}"), 201);
    search_cached(&world, "/a/_search", sum, 0, 1);
    search_cached(&world, "/a/_search", sum, 1, 1);
    assert_has(&world, "\"value\":1.0");
    search_cached(&world, "/a/_search?request_cache=false", sum, 1, 1);
    search_cached(&world, "/a/_search", "{\"size\":1}", 1, 1);
    search_cached(&world, "/a/_search?request_cache=true", "{\"size\":1}", 1, 2);
    search_cached(&world, "/a/_search?request_cache=true", "{\"size\":1}", 2, 2);
    assert_has(&world, "\"_id\":\"1\"");
    search_cached(&world, "/a/_search", clock, 2, 2);
    search_cached(&world, "/a/_count", "", 2, 3);
    search_cached(&world, "/a/_count", "", 3, 3);
    expect(&world, "/a/_stats/search", "\"query_total\":9");
    /* A write is seen from the next refresh on. */
    assert_int_equal(call(&world, "PUT", "/a/_doc/2?refresh=true", "{\"n\":5}"), 201);
    search_cached(&world, "/a/_search", sum, 3, 4);
    assert_has(&world, "\"value\":6.0");
    assert_int_equal(call(&world, "POST", "/a/_cache/clear?query=true", ""), 200);
    search_cached(&world, "/a/_search", sum, 4, 4);
    assert_int_equal(call(&world, "POST", "/a/_cache/clear", ""), 200);
    expect(&world, "/a/_stats/request_cache?filter_path=_all.total",
           "{\"memory_size_in_bytes\":0,\"evictions\":0,");
    search_cached(&world, "/a/_search", sum, 4, 5);
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"index.requests.cache.enable\":false}"), 200);
    search_cached(&world, "/a/_search", sum, 4, 5);
    stop_world(&world);
}

TEST(statistics, request_cache_has_a_limit)
{
    struct world world;
    char body[200];
    start_world(&world, "indices.requests.cache.size", "4kb");
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    for (int i = 0; i < 40; i++) {
        (void)snprintf(body, sizeof(body), "{\"size\":0,\"query\":{\"term\":{\"n\":%d}}}", i);
        assert_int_equal(call(&world, "POST", "/a/_search", body), 200);
    }
    expect(&world, "/a/_stats/request_cache?filter_path=_all.total", "\"hit_count\":0,\"miss_count\":40}");
    assert_true(memmem(world.body.data, world.body.size, "\"evictions\":0", 13) == NULL);
    expect(&world, "/_nodes/stats/caches?filter_path=nodes.*.caches",
           "\"hit_count\":0,\"miss_count\":40,\"item_count\":");
    /* The newest is still there, the oldest is not. */
    search_cached(&world, "/a/_search", body, 1, 40);
    search_cached(&world, "/a/_search", "{\"size\":0,\"query\":{\"term\":{\"n\":0}}}", 1, 41);
    stop_world(&world);
}

TEST(shard_failure, full_disk_takes_a_shard_away_until_there_is_room)
{
    struct world world;
    struct qd_fake_faults full = { .no_space = 1000000 };
    struct qd_fake_faults calm = { 0 };
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/i", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "PUT", "/i/_doc/1?refresh", "{\"a\":1}"), 201);
    qd_fake_env_set_faults(world.env, &full);
    assert_int_equal(call(&world, "PUT", "/i/_doc/2", "{\"a\":2}"), 500);
    assert_int_equal(call(&world, "GET", "/i/_search", ""), 503);
    assert_has(&world, "{\"error\":{\"root_cause\":[],\"type\":\"search_phase_execution_exception\"");
    assert_int_equal(call(&world, "GET", "/i/_search?allow_partial_search_results=false", ""), 503);
    assert_has(&world, "Search rejected due to missing shards [[i][0]]");
    assert_int_equal(call(&world, "GET", "/i/_doc/1", ""), 503);
    assert_has(&world, "\"No shard available for [get [i][1]: routing [null]]\"");
    expect(&world, "/i/_validate/query", "{\"_shards\":{\"total\":1,\"successful\":0,\"failed\":0}");
    qd_fake_env_set_faults(world.env, &calm);
    qd_fake_env_run_for(world.env, qd_duration_ms(1050));
    expect(&world, "/_cluster/health", "\"status\":\"red\"");
    expect(&world, "/_cluster/state/routing_table", "\"failed_attempts\":1,");
    assert_int_equal(call(&world, "PUT", "/i/_doc/3?timeout=10ms", "{\"a\":3}"), 503);
    assert_has(&world, "[i][0] primary shard is not active Timeout: [10ms]");
    qd_fake_env_run_for(world.env, qd_duration_ms(1000));
    expect(&world, "/_cluster/health", "\"status\":\"green\"");
    expect(&world, "/i/_search", "\"total\":{\"value\":1,");
    assert_int_equal(call(&world, "PUT", "/i/_doc/2", "{\"a\":2}"), 201);
    assert_has(&world, "\"_primary_term\":2");
    stop_world(&world);
}

/* The id of the task that the last answer names, as a path. */
static const char *task_path(struct world *world, const char *end)
{
    static const char start[] = "{\"task\":\"";
    assert_has(world, start);
    size_t size = world->body.size - (sizeof(start) - 1) - 2;
    struct qd_slice id = qd_slice_sub(world->body, sizeof(start) - 1, size);
    return (const char *)qd_arena_format(world->arena, "/_tasks/%.*s%s%c", QD_SLICE_ARG(id), end, 0).data;
}

TEST(background, force_merge_leaves_its_result)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/i", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call(&world, "POST", "/i/_doc?refresh=true", "{\"a\":1}"), 201);
    }
    assert_int_equal(call(&world, "POST", "/i/_forcemerge?wait_for_completion=false&max_num_segments=1", ""),
                     200);
    const char *target = task_path(&world, "");
    const char *waiting = task_path(&world, "?wait_for_completion=true");
    expect(&world, target, "{\"completed\":false,\"task\":{");
    expect(&world, waiting,
           "\"headers\":{}},\"response\":{\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0}}}");
    expect(&world, target,
           "\"action\":\"indices:admin/forcemerge\",\"description\":\"Force-merge indices [i], "
           "maxSegments[1], onlyExpungeDeletes[false], flush[true], primaryOnly[false]\"");
    assert_int_equal(call(&world, "POST", "/none/_forcemerge?wait_for_completion=false", ""), 200);
    expect(&world, task_path(&world, ""), "\"error\":{\"type\":\"index_not_found_exception\",");
    /* Every further result pushes the oldest one out in the end. */
    for (int i = 0; i < QD_TASK_RESULTS_MAX; i++) {
        assert_int_equal(call(&world, "POST", "/none/_forcemerge?wait_for_completion=false", ""), 200);
    }
    assert_int_equal(call(&world, "GET", target, ""), 404);
    stop_world(&world);
}

TEST(timeouts, changes_that_come_too_late_are_not_acknowledged)
{
    static const char mapping[] = "{\"properties\":{\"a\":{\"type\":\"keyword\"}}}";
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/i", ""), 200);
    assert_int_equal(call(&world, "PUT", "/i/_mapping?timeout=0s", mapping), 200);
    assert_has(&world, "{\"acknowledged\":false}");
    /* It was made all the same: there is nothing left to change. */
    assert_int_equal(call(&world, "PUT", "/i/_mapping?timeout=0s", mapping), 200);
    assert_has(&world, "{\"acknowledged\":true}");
    stop_world(&world);
}
