/* Changes of an index's settings and what searches see of its names, as a whole node tells it. */
#include "node/node_test_support.h"

TEST(index_updates, archived_settings_are_told_apart)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"archived.x\":1}}"), 400);
    assert_true(says(&world, "unknown setting [archived.x]"));
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"archived.*\":null}"), 400);
    assert_true(says(&world, "Can't update non dynamic settings [[archived.*]] for open indices"));
    assert_int_equal(call(&world, "POST", "/a/_close", ""), 200);
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"archived.*\":null}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"archived.x\":1}"), 400);
    assert_true(says(&world, "a setting [archived.x], not recognized"));
    stop_world(&world);
}

TEST(index_updates, writes_wait_for_no_more_copies_than_there_are)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    assert_int_equal(call(&world, "PUT", "/a/_settings", "{\"index.write.wait_for_active_shards\":2}"), 400);
    assert_true(says(&world, "invalid index.write.wait_for_active_shards[2]: cannot be greater than number "
                             "of shard copies [1]"));
    assert_int_equal(call(&world, "PUT", "/a/_settings",
                          "{\"index.write.wait_for_active_shards\":2,\"number_of_replicas\":1}"),
                     200);
    stop_world(&world);
}

TEST(index_updates, boosts_and_defaults_reach_every_name)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a",
                          "{\"settings\":{\"number_of_replicas\":0},\"aliases\":{\"f\":{}},\"mappings\":"
                          "{\"properties\":{\"k\":{\"type\":\"keyword\",\"fields\":{\"sub\":"
                          "{\"type\":\"keyword\"}}}}}}"),
                     200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1?refresh=true", "{\"k\":\"x\"}"), 201);
    assert_int_equal(call(&world, "POST", "/a/_search", "{\"indices_boost\":[{\"f\":2.5},{\"a\":3}]}"), 200);
    assert_true(says(&world, "\"max_score\":2.5"));
    assert_int_equal(call(&world, "GET", "/a/_mapping/field/k?include_defaults=true", ""), 200);
    assert_true(says(&world, "\"fields\":{\"sub\":{\"type\":\"keyword\",\"index\":true"));
    stop_world(&world);
}
