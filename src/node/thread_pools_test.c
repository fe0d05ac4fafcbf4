/* Requests beyond a pool's queue are refused: many at once in a world whose pool has not run yet. */
#include <stdio.h>
#include <string.h>

#include "node/node_test_support.h"

#define REQUESTS 8

/* Requests that are under way together. */
struct flood {
    struct world *world;
    unsigned answered;
    unsigned ok;       /* with a status below 300 */
    unsigned refused;  /* with 429 */
    unsigned other;
    struct qd_slice refusal; /* the last refused answer, or the last answer with a failure in it */
};

static bool has(struct qd_slice text, const char *part)
{
    return memmem(text.data, text.size, part, strlen(part)) != NULL;
}

static void count_answer(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct flood *flood = context;
    (void)content_type;
    flood->answered++;
    if (status < 300) {
        flood->ok++;
    } else if (status == 429) {
        flood->refused++;
    } else {
        flood->other++;
    }
    if (has(body, "rejected_execution_exception")) flood->refusal = qd_arena_copy(flood->world->arena, body);
}

static struct flood send_all(struct world *world, const char *method, const char *target, const char *body)
{
    struct flood flood = { .world = world };
    for (int i = 0; i < REQUESTS; i++) {
        struct qd_rest_direct direct = { .method = qd_slice_from_string(method),
                                         .target = qd_slice_from_string(target),
                                         .body = qd_slice_from_string(body),
                                         .content_type = QD_SLICE("application/json"),
                                         .done = count_answer,
                                         .context = &flood };
        qd_rest_call(qd_node_rest(world->node), &direct);
    }
    pass_ms(world, 5000);
    assert_int_equal(flood.answered, REQUESTS);
    assert_int_equal(flood.other, 0);
    return flood;
}

/* The queue of a pool is empty again and has refused so many. */
static void assert_pool(struct world *world, const char *pool, unsigned rejected)
{
    char target[64], text[64];
    snprintf(target, sizeof(target), "/_cat/thread_pool/%s?h=name,queue,active,rejected", pool);
    snprintf(text, sizeof(text), "%s 0 0 %u\n", pool, rejected);
    assert_int_equal(call(world, "GET", target, ""), 200);
    assert_slice(world->body, text);
    snprintf(target, sizeof(target), "/_nodes/stats/thread_pool?filter_path=**.%s.rejected", pool);
    snprintf(text, sizeof(text), "{\"%s\":{\"rejected\":%u}}", pool, rejected);
    assert_int_equal(call(world, "GET", target, ""), 200);
    assert_true(has(world->body, text));
}

static void make_index(struct world *world, int shards)
{
    char body[96];
    snprintf(body, sizeof(body), "{\"settings\":{\"number_of_replicas\":0,\"number_of_shards\":%d}}", shards);
    assert_int_equal(call(world, "PUT", "/a", body), 200);
    assert_int_equal(call(world, "PUT", "/a/_doc/1?refresh=true", "{\"n\":1}"), 201);
}

TEST(thread_pools, writes_beyond_the_queue_are_refused)
{
    struct world world;
    start_world(&world, "thread_pool.write.queue_size", "3");
    make_index(&world, 1);
    struct flood flood = send_all(&world, "PUT", "/a/_doc/1", "{\"n\":2}");
    /* One processor: one runs, three wait. */
    assert_int_equal(flood.ok, 4);
    assert_int_equal(flood.refused, 4);
    assert_true(has(flood.refusal, "\"type\":\"rejected_execution_exception\",\"reason\":\"rejected "
                                   "execution of indices:data/write/bulk[s] on OpenSearchThreadPoolExecutor["
                                   "name = "));
    assert_true(has(flood.refusal, "/write, queue capacity = 3, [Running, pool size = 1, active threads = 1, "
                                   "queued tasks = 3, completed tasks = 1]]"));
    assert_pool(&world, "write", 4);
    assert_int_equal(send_all(&world, "PUT", "/a/_doc/1", "{\"n\":3}").refused, 4);
    assert_pool(&world, "write", 8);
    stop_world(&world);
}

TEST(thread_pools, refused_items_of_a_bulk_tell_each)
{
    struct world world;
    start_world(&world, "thread_pool.write.queue_size", "0");
    make_index(&world, 1);
    struct flood flood = send_all(&world, "POST", "/a/_bulk",
                                  "{\"index\":{\"_id\":\"1\"}}\n{\"n\":1}\n{\"delete\":{\"_id\":\"2\"}}\n");
    assert_int_equal(flood.ok, REQUESTS);
    assert_true(has(flood.refusal, "\"errors\":true"));
    assert_true(has(flood.refusal, "{\"index\":{\"_index\":\"a\",\"_id\":\"1\",\"status\":429,\"error\":{"
                                   "\"type\":\"rejected_execution_exception\",\"reason\":\""));
    assert_true(has(flood.refusal, "{\"delete\":{\"_index\":\"a\",\"_id\":\"2\",\"status\":429,\"error\":{"));
    assert_pool(&world, "write", REQUESTS - 1);
    stop_world(&world);
}

TEST(thread_pools, refused_shards_of_a_search_are_failures)
{
    struct world world;
    start_world(&world, "thread_pool.search.queue_size", "1");
    make_index(&world, 5);
    /* One processor: two run, one waits, and two of the five shards are refused. */
    assert_int_equal(call(&world, "GET", "/a/_search", "{\"size\":0}"), 200);
    assert_true(has(world.body, "\"total\":5,\"successful\":3,\"skipped\":0,\"failed\":2,\"failures\":"));
    assert_true(has(world.body, "\"reason\":{\"type\":\"rejected_execution_exception\",\"reason\":\"rejected "
                                "execution of indices:data/read/search[phase/query] on "));
    assert_pool(&world, "search", 2);
    struct flood flood = send_all(&world, "GET", "/a/_search?allow_partial_search_results=false", "");
    assert_int_equal(flood.refused, REQUESTS);
    assert_true(has(flood.refusal, "\"type\":\"search_phase_execution_exception\""));
    stop_world(&world);
}

TEST(thread_pools, gets_beyond_the_queue_are_refused)
{
    struct world world;
    start_world(&world, "thread_pool.get.queue_size", "2");
    make_index(&world, 1);
    struct flood flood = send_all(&world, "GET", "/a/_doc/1", "");
    assert_int_equal(flood.ok, 3);
    assert_int_equal(flood.refused, REQUESTS - 3);
    flood = send_all(&world, "GET", "/a/_explain/1", "{\"query\":{\"match_all\":{}}}");
    assert_true(flood.refused > 0);
    flood = send_all(&world, "POST", "/a/_mget", "{\"ids\":[\"1\"]}");
    assert_int_equal(flood.ok, REQUESTS);
    assert_true(has(flood.refusal, "{\"docs\":[{\"_index\":\"a\",\"_id\":\"1\",\"error\":{\"root_cause\":"
                                   "[{\"type\":\"rejected_execution_exception\""));
    stop_world(&world);
}

/* One request asks for so much at a time that it alone fills no queue. */
TEST(thread_pools, one_request_does_not_fill_the_queue)
{
    struct world world;
    struct qd_buffer many = { 0 }, ids = { 0 };
    start_world(&world, "thread_pool.search.queue_size", "8");
    make_index(&world, 30);
    assert_int_equal(call(&world, "GET", "/a/_search", "{\"size\":0}"), 200);
    assert_true(has(world.body, "\"_shards\":{\"total\":30,\"successful\":30,\"skipped\":0,\"failed\":0}"));
    for (int i = 0; i < 50; i++) qd_buffer_text(&many, "{\"index\":\"a\"}\n{\"size\":0}\n");
    qd_buffer_byte(&many, 0);
    assert_int_equal(call(&world, "POST", "/_msearch", many.data), 200);
    assert_false(has(world.body, "rejected_execution_exception"));
    assert_pool(&world, "search", 0);
    /* One that asks for more may be refused. */
    const char *wide = "/a/_search?max_concurrent_shard_requests=30&request_cache=false";
    assert_int_equal(call(&world, "GET", wide, "{\"size\":0}"), 200);
    assert_true(has(world.body, "\"successful\":10,\"skipped\":0,\"failed\":20,"));
    stop_world(&world);
    start_world(&world, "thread_pool.get.queue_size", "1");
    make_index(&world, 2);
    qd_buffer_text(&ids, "{\"ids\":[\"1\"");
    for (int i = 2; i < 60; i++) qd_buffer_format(&ids, ",\"%d\"", i);
    qd_buffer_append(&ids, "]}", 3);
    assert_int_equal(call(&world, "POST", "/a/_mget", ids.data), 200);
    assert_true(has(world.body, "{\"docs\":[{\"_index\":\"a\",\"_id\":\"1\",\"_version\":1,"));
    assert_true(has(world.body, "{\"_index\":\"a\",\"_id\":\"59\",\"found\":false}]}"));
    assert_pool(&world, "get", 0);
    stop_world(&world);
    qd_buffer_deinit(&many);
    qd_buffer_deinit(&ids);
}

TEST(thread_pools, a_refused_fetch_keeps_no_context)
{
    struct world world;
    start_world(&world, "thread_pool.search.queue_size", "0");
    make_index(&world, 2);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2?refresh=true", "{\"n\":1}"), 201);
    assert_int_equal(call(&world, "PUT", "/a/_doc/3?refresh=true", "{\"n\":1}"), 201);
    (void)send_all(&world, "GET", "/a/_search", "{\"sort\":[\"n\"]}");
    const char *open = "/a/_stats/search?filter_path=_all.total.search.open_contexts";
    assert_int_equal(call(&world, "GET", open, ""), 200);
    assert_slice(world.body, "{\"_all\":{\"total\":{\"search\":{\"open_contexts\":0}}}}");
    stop_world(&world);
}

TEST(thread_pools, sizes_follow_the_settings)
{
    struct world world;
    start_world(&world, "thread_pool.search.size", "9");
    const char *target = "/_nodes/thread_pool?filter_path=nodes.*.thread_pool.search";
    assert_int_equal(call(&world, "GET", target, ""), 200);
    assert_true(has(world.body, "{\"search\":{\"type\":\"resizable\",\"size\":9,\"queue_size\":1000}}"));
    const char *defaults = "/_cluster/settings?include_defaults&flat_settings&filter_path="
                           "defaults.thread_pool*write*size,defaults.node*processors";
    assert_int_equal(call(&world, "GET", defaults, ""), 200);
    assert_slice(world.body, "{\"defaults\":{\"node.processors\":\"1\","
                             "\"thread_pool.system_write.queue_size\":\"1000\","
                             "\"thread_pool.system_write.size\":\"1\","
                             "\"thread_pool.write.queue_size\":\"10000\","
                             "\"thread_pool.write.size\":\"1\"}}");
    stop_world(&world);
}

static void assert_refused_config(const char *key, const char *value, const char *reason)
{
    struct qd_env *env = qd_fake_env_create(7, NULL);
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_config config;
    struct qd_error error;
    struct qd_node *node = NULL;
    qd_error_init(&error, arena);
    qd_config_init(&config, arena);
    assert_ok(qd_config_set(&config, qd_slice_from_string(key), qd_slice_from_string(value), &error));
    assert_int_equal(qd_node_create(env, &config, &node, &error), QD_ILLEGAL_ARGUMENT);
    assert_slice(error.reason, reason);
    qd_arena_destroy(arena);
    qd_fake_env_destroy(env);
}

TEST(thread_pools, wrong_sizes_are_told)
{
    assert_refused_config("thread_pool.search.size", "0",
                          "Failed to parse value [0] for setting [thread_pool.search.size] must be >= 1");
    assert_refused_config("thread_pool.write.size", "3",
                          "Failed to parse value [3] for setting [thread_pool.write.size] must be <= 2");
    assert_refused_config("thread_pool.get.queue_size", "many",
                          "Failed to parse value [many] for setting [thread_pool.get.queue_size]");
}

static unsigned refused_searches(struct world *world, const char *size)
{
    struct qd_slice body = qd_arena_format(
        world->arena, "{\"transient\":{\"cluster.thread_pool.search.size\":%s}}", size);
    assert_int_equal(call(world, "PUT", "/_cluster/settings", body.data), 200);
    return send_all(world, "POST", "/a/_search", "{}").refused;
}

/* The cluster's settings change what a gate lets in; a reset goes back to what the node started with. */
TEST(thread_pools, sizes_change_while_the_node_runs)
{
    struct world world;
    start_world(&world, "thread_pool.search.queue_size", "1");
    assert_int_equal(call(&world, "PUT", "/a", "{}"), 200);
    assert_int_equal(refused_searches(&world, "2"), REQUESTS - 3);
    assert_int_equal(refused_searches(&world, "5"), REQUESTS - 6);
    unsigned first = refused_searches(&world, "null");
    assert_int_equal(refused_searches(&world, "\"100\""), 0);
    assert_int_equal(refused_searches(&world, "null"), first);
    stop_world(&world);
}

TEST(thread_pools, wrong_sizes_are_refused)
{
    static const char *const facts[][2] = {
        { "\"cluster.thread_pool.search.size\":0",
          "\"type\":\"illegal_argument_exception\",\"reason\":\"illegal value can't update "
          "[cluster.thread_pool.] from [{\\\"write.size\\\":\\\"2\\\"}] to "
          "[{\\\"search.size\\\":\\\"0\\\",\\\"write.size\\\":\\\"2\\\"}]\",\"caused_by\":"
          "{\"type\":\"illegal_argument_exception\",\"reason\":\"illegal value for "
          "[cluster.thread_pool.search], has to be positive value\"}}" },
        { "\"cluster.thread_pool.search.size\":\"x\"",
          "{\"type\":\"settings_exception\",\"reason\":\"Failed to parse int setting [size] with value "
          "[x]\",\"caused_by\":{\"type\":\"number_format_exception\",\"reason\":\"For input string: "
          "\\\"x\\\"\"}}" },
        { "\"cluster.thread_pool.generic.max\":1", "core threadpool size cannot be greater than max" },
        { "\"cluster.thread_pool.nope.size\":1", "illegal thread_pool name : nope" },
        { "\"cluster.thread_pool.search\":{\"queue_size\":5,\"size\":1}",
          "illegal thread_pool config : [queue_size, size] should only have [size]" },
        { "\"cluster.thread_pool.flush.size\":2",
          "illegal thread_pool config : [size] should only have [core, max]" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/_cluster/settings",
                          "{\"persistent\":{\"cluster.thread_pool.write.size\":2}}"),
                     200);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"transient\":{%s}}", facts[i][0]);
        assert_int_equal(call(&world, "PUT", "/_cluster/settings", body.data), 400);
        if (!has(world.body, facts[i][1])) assert_slice(world.body, facts[i][1]);
    }
    stop_world(&world);
}
