/* Operations through aliases, and bodies of updates, as a whole node answers them. */
#include "node/node_test_support.h"

static void make_index(struct world *world)
{
    assert_int_equal(
        call(world, "PUT", "/i",
             "{\"settings\":{\"number_of_shards\":5},\"mappings\":{\"properties\":{\"k\":{\"type\":"
             "\"keyword\"}}},\"aliases\":{\"r\":{\"routing\":\"x\"},\"f\":{\"filter\":{\"term\":"
             "{\"k\":\"a\"}}}}}"),
        200);
    assert_int_equal(call(world, "PUT", "/i/_doc/1?routing=x&refresh=true", "{\"k\":\"a\"}"), 201);
    assert_int_equal(call(world, "PUT", "/i/_doc/2?refresh=true", "{\"k\":\"b\"}"), 201);
}

TEST(aliases, documents_are_read_by_the_routing_of_the_alias)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "GET", "/i/_doc/1", ""), 404);
    assert_int_equal(call(&world, "GET", "/r/_doc/1", ""), 200);
    assert_int_equal(call(&world, "GET", "/r/_explain/1?q=k:a", ""), 200);
    assert_true(says(&world, "\"matched\":true"));
    assert_int_equal(call(&world, "GET", "/r/_doc/1?routing=y", ""), 400);
    assert_true(says(&world, "Alias [r] has index routing associated with it [x]"));
    stop_world(&world);
}

TEST(aliases, aggregations_over_everything_keep_to_the_filter)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    const char *body = "{\"size\":0,\"query\":{\"match_none\":{}},\"aggs\":{\"g\":{\"global\":{}}}}";
    assert_int_equal(call(&world, "POST", "/f/_search", body), 200);
    assert_true(says(&world, "\"g\":{\"doc_count\":1}"));
    assert_int_equal(call(&world, "POST", "/i/_search", body), 200);
    assert_true(says(&world, "\"g\":{\"doc_count\":2}"));
    stop_world(&world);
}

TEST(aliases, empty_lists_and_two_write_indices_are_refused)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "POST", "/_aliases",
                          "{\"actions\":[{\"remove\":{\"index\":\"i\",\"aliases\":[]}}]}"),
                     400);
    assert_true(says(&world, "[1:47] [remove] failed to parse field [aliases]"));
    assert_true(says(&world, "[aliases] can't be empty"));
    assert_int_equal(call(&world, "PUT", "/af1", "{\"aliases\":{\"w\":{\"is_write_index\":true}}}"), 200);
    assert_int_equal(call(&world, "PUT", "/af2", ""), 200);
    assert_int_equal(
        call(&world, "POST", "/_aliases",
             "{\"actions\":[{\"add\":{\"index\":\"af2\",\"alias\":\"w\",\"is_write_index\":true}}]}"),
        500);
    assert_true(says(&world, "[af2,af1]"));
    stop_world(&world);
}

TEST(aliases, blocks_on_reading_hold_for_each_search_of_several)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "PUT", "/i/_block/read", ""), 200);
    assert_int_equal(call(&world, "POST", "/_msearch", "{\"index\":\"i\"}\n{}\n"), 200);
    assert_true(says(&world, "\"type\":\"cluster_block_exception\""));
    assert_int_equal(call(&world, "POST", "/_msearch", "{}\n"), 400);
    assert_true(says(&world, "no requests added"));
    assert_int_equal(call(&world, "PUT", "/nosuch*/_block/read", ""), 200);
    assert_true(says(&world, "{\"acknowledged\":true,\"shards_acknowledged\":false"));
    stop_world(&world);
}

TEST(aliases, bodies_of_updates_have_their_shape)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "POST", "/i/_update/2", "{\"dac\":{}}"), 400);
    assert_true(says(&world, "[1:2] [UpdateRequest] unknown field [dac] did you mean [doc]?"));
    assert_int_equal(call(&world, "POST", "/i/_update/2", "{\"doc\":[1]}"), 400);
    assert_true(says(&world, "[UpdateRequest] doc doesn't support values of type: START_ARRAY"));
    assert_int_equal(call(&world, "POST", "/i/_update/2", "{\"doc\":{},\"detect_noop\":\"x\"}"), 400);
    assert_true(says(&world, "Failed to parse value [x] as only [true] or [false] are allowed."));
    assert_int_equal(
        call(&world, "POST", "/i/_update/2", "{\"doc\":{\"k\":\"b\"},\"detect_noop\":\"false\"}"), 200);
    assert_true(says(&world, "\"result\":\"updated\""));
    assert_int_equal(call(&world, "POST", "/i/_update/2?if_seq_no=0&if_primary_term=1&retry_on_conflict=1",
                          "{\"doc\":{}}"),
                     400);
    assert_true(says(&world, "compare and write operations can not be retried"));
    stop_world(&world);
}
