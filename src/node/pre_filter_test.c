/* Shards that cannot match: _shards.skipped of searches, the indices of _field_caps, slices over shards. */
#include "node/node_test_support.h"

static void start(struct world *world)
{
    static const char index[] = "{\"mappings\":{\"properties\":{\"d\":{\"type\":\"date\"},"
                                "\"n\":{\"type\":\"integer\"},\"k\":{\"type\":\"keyword\"}}}}";
    start_world(world, NULL, NULL);
    assert_int_equal(call(world, "PUT", "/a", index), 200);
    assert_int_equal(call(world, "PUT", "/b", index), 200);
    assert_int_equal(
        call(world, "PUT", "/a/_doc/1?refresh=true", "{\"d\":\"2020-01-01\",\"n\":1,\"k\":\"x\"}"), 201);
    assert_int_equal(
        call(world, "PUT", "/b/_doc/2?refresh=true", "{\"d\":\"2021-01-01\",\"n\":2,\"k\":\"y\"}"), 201);
}

static void expect(const struct world *world, const char *part)
{
    if (memmem(world->body.data, world->body.size, part, strlen(part)) == NULL) {
        assert_slice(world->body, part);
    }
}

TEST(pre_filter, shards_that_cannot_match_are_skipped)
{
    static const char *const facts[][3] = {
        { "?pre_filter_shard_size=1", "{\"query\":{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}}}",
          "\"total\":2,\"successful\":2,\"skipped\":1,\"failed\":0" },
        { "", "{\"query\":{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}}}", "\"skipped\":0" },
        { "", "{\"query\":{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}},\"sort\":[\"n\"]}", "\"skipped\":1" },
        { "?pre_filter_shard_size=2", "{\"query\":{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}}}",
          "\"skipped\":0" },
        { "?pre_filter_shard_size=1&search_type=dfs_query_then_fetch",
          "{\"query\":{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}}}", "\"skipped\":0" },
        /* One shard says how empty aggregations look. */
        { "?pre_filter_shard_size=1",
          "{\"query\":{\"match_none\":{}},\"aggs\":{\"t\":{\"terms\":{\"field\":\"k\"}}}}",
          "\"skipped\":1,\"failed\":0},\"hits\":{\"total\":{\"value\":0,\"relation\":\"eq\"},"
          "\"max_score\":null,\"hits\":[]},\"aggregations\":{\"t\":{\"doc_count_error_upper_bound\":0" },
        { "?pre_filter_shard_size=1", "{\"query\":{\"match_none\":{}},\"aggs\":{\"g\":{\"global\":{}}}}",
          "\"skipped\":0" },
        { "?pre_filter_shard_size=1", "{\"query\":{\"range\":{\"d\":{\"gte\":\"bad\"}}}}",
          "\"phase\":\"can_match\"" },
        { "", "{\"sort\":[\"n\"],\"search_after\":[2],\"track_total_hits\":false}", "\"skipped\":1" },
    };
    struct world world;
    start(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice target = qd_arena_format(world.arena, "/a,b/_search%s", facts[i][0]);
        (void)call(&world, "POST", target.data, facts[i][1]);
        expect(&world, facts[i][2]);
    }
    stop_world(&world);
}

TEST(pre_filter, index_filter_leaves_indices_out)
{
    static const char *const facts[][2] = {
        { "{\"index_filter\":{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}}}", "{\"indices\":[\"b\"]" },
        { "{\"index_filter\":{\"term\":{\"_index\":\"a\"}}}", "{\"indices\":[\"a\"]" },
        { "{\"index_filter\":{\"match_all\":{}}}", "{\"indices\":[\"a\",\"b\"]" },
        { "{\"index_filter\":{\"match_none\":{}}}", "{\"indices\":[],\"fields\":{}}" },
        { "{\"index_filter\":{\"range\":{\"d\":{\"gte\":\"bad\"}}}}", "{\"indices\":[],\"fields\":{}}" },
        { "{}", "{\"indices\":[\"a\",\"b\"]" },
    };
    struct world world;
    start(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        assert_int_equal(call(&world, "POST", "/a,b/_field_caps?fields=n", facts[i][0]), 200);
        expect(&world, facts[i][1]);
    }
    stop_world(&world);
}

TEST(pre_filter, queries_on_the_index_name_see_new_aliases)
{
    struct world world;
    start(&world);
    static const char body[] = "{\"query\":{\"term\":{\"_index\":\"late\"}}}";
    assert_int_equal(call(&world, "POST", "/a,b/_search", body), 200);
    expect(&world, "\"value\":0");
    assert_int_equal(call(&world, "PUT", "/a/_alias/late", NULL), 200);
    assert_int_equal(call(&world, "POST", "/a,b/_search", body), 200);
    expect(&world, "\"value\":1");
    stop_world(&world);
}

TEST(pre_filter, a_slice_of_a_scroll_asks_its_shards_only)
{
    struct world world;
    start(&world);
    assert_int_equal(call(&world, "PUT", "/c", "{\"settings\":{\"number_of_shards\":3}}"), 200);
    assert_int_equal(call(&world, "POST", "/a,c/_search?scroll=1m", "{\"slice\":{\"id\":1,\"max\":2}}"), 200);
    expect(&world, "\"_shards\":{\"total\":2,");
    assert_int_equal(call(&world, "POST", "/a,c/_search?scroll=1m", "{\"slice\":{\"id\":0,\"max\":2}}"), 200);
    expect(&world, "\"_shards\":{\"total\":3,");
    stop_world(&world);
}

TEST(pre_filter, preferences_leave_shards_out)
{
    static const struct {
        const char *preference;
        int status;
        const char *part;
    } facts[] = {
        { "_shards:0", 200, "\"total\":2," },
        { "_shards:1", 200, "\"total\":0," },
        { "_shards:", 200, "\"total\":0," },
        { "_shards:0%7C_local", 200, "\"total\":2," },
        { "_shards:0%7C_x", 400, "no Preference for [_x]" },
        { "_only_nodes:*", 200, "\"total\":2," },
        { "_only_nodes:x", 400, "no data nodes with criteria [x] found for shard: [a][0]" },
        { "_shards:0%7C_only_nodes:x", 400, "no data nodes with criteria [x] found for shard: [a][0]" },
        { "_shards:0%7Cx", 400, "no Preference for [x]" },
        { "_shards:0%7C_shards:0", 400, "unknown preference [SHARDS]" },
        { "_shards:1%7C_x", 200, "\"total\":0," },
        { "_only_nodes:x,y", 400, "no data nodes with criterion [x,y] found for shard: [a][0]" },
        { "_only_local", 200, "\"total\":2," },
        { "_primary", 200, "\"total\":2," },
        { "_replica", 503, "\"reason\":\"all shards failed\",\"phase\":\"query\",\"grouped\":true," },
        { "_shards", 400, "no Preference for [_shards]" },
    };
    struct world world;
    start(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice target = qd_arena_format(world.arena, "/a,b/_search?preference=%s",
                                                 facts[i].preference);
        assert_int_equal(call(&world, "GET", target.data, NULL), facts[i].status);
        expect(&world, facts[i].part);
    }
    stop_world(&world);
}

/* Where a preference leaves no copy to ask. */
TEST(pre_filter, preferences_of_other_requests)
{
    static const struct {
        const char *method, *target, *body;
        int status;
        const char *part;
    } facts[] = {
        { "GET", "/a/_doc/1?preference=_replica", NULL, 503,
          "No shard available for [get [a][1]: routing [null]]" },
        { "GET", "/a/_doc/1?preference=_only_nodes:x", NULL, 400,
          "no data nodes with criteria [x] found for shard: [a][0]" },
        { "GET", "/a/_source/1?preference=_nope", NULL, 400, "no Preference for [_nope]" },
        { "POST", "/a/_mget?preference=_nope", "{\"ids\":[\"1\"]}", 200, "no Preference for [_nope]" },
        { "GET", "/a/_explain/1?preference=_replica", "{\"query\":{\"match_all\":{}}}", 503,
          "No shard available for [" },
        { "GET", "/a/_search_shards?preference=_replica", NULL, 200,
          "{\"nodes\":{},\"indices\":{\"a\":{}},\"shards\":[[]]}" },
        { "POST", "/_msearch", "{\"index\":\"a\",\"preference\":\"_replica\"}\n{}\n", 200,
          "all shards failed" },
        { "GET", "/zz/_search?preference=_nope", NULL, 404, "index_not_found_exception" },
    };
    struct world world;
    start(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        assert_int_equal(call(&world, facts[i].method, facts[i].target, facts[i].body), facts[i].status);
        expect(&world, facts[i].part);
    }
    stop_world(&world);
}

TEST(pre_filter, validating_tells_of_shards_and_of_the_rewritten_query)
{
    static const char *const facts[][3] = {
        { "?all_shards=true", "{\"query\":{\"term\":{\"k\":\"x\"}}}",
          "\"explanations\":[{\"index\":\"a\",\"shard\":0,\"valid\":true,\"explanation\":"
          "\"ConstantScore(k:x)\"}]" },
        { "?rewrite=true", "{\"query\":{\"bool\":{\"must_not\":[{\"term\":{\"k\":\"x\"}}]}}}",
          "\"explanation\":\"-k:x #*:*\"" },
        { "?explain=true", "{\"query\":{\"bool\":{\"must_not\":[{\"term\":{\"k\":\"x\"}}]}}}",
          "\"explanation\":\"-ConstantScore(k:x) #*:*\"" },
        { "?rewrite=true", "{\"query\":{\"match_all\":{}}}",
          "\"ApproximateScoreQuery(originalQuery=*:*, approximationQuery=Approximate(*:*))\"" },
        { "?explain=true", "{\"query\":{}}",
          "ParsingException[Failed to parse]; nested: IllegalArgumentException[query malformed, empty "
          "clause" },
    };
    struct world world;
    start(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice target = qd_arena_format(world.arena, "/a/_validate/query%s", facts[i][0]);
        assert_int_equal(call(&world, "POST", target.data, facts[i][1]), 200);
        expect(&world, facts[i][2]);
    }
    stop_world(&world);
}
