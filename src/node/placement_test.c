/* Where copies of shards lie, and who votes, as a whole node tells it. */
#include <stdio.h>
#include <string.h>

#include "node/node_test_support.h"

static void make_index(struct world *world)
{
    assert_int_equal(call(world, "PUT", "/p",
                          "{\"settings\":{\"number_of_shards\":3,\"number_of_replicas\":1},\"aliases\":"
                          "{\"f\":{\"filter\":{\"term\":{\"a\":1}}},\"r\":{\"routing\":\"x\"}}}"),
                     200);
}

TEST(placement, reroute_shows_the_state_and_carries_out_commands)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "POST", "/_cluster/reroute", ""), 200);
    assert_true(says(&world, "\"routing_table\""));
    assert_false(says(&world, "\"metadata\""));
    assert_int_equal(call(&world, "POST", "/_cluster/reroute?metric=none&explain=true&dry_run=true",
                          "{\"commands\":[{\"cancel\":{\"index\":\"p\",\"shard\":0,\"node\":\"_local\","
                          "\"allow_primary\":true}}]}"),
                     200);
    assert_true(says(&world, "can be cancelled"));
    assert_int_equal(call(&world, "POST", "/_cluster/reroute?metric=none",
                          "{\"commands\":[{\"cancel\":{\"index\":\"p\",\"shard\":0,\"node\":\"_local\","
                          "\"allow_primary\":true}}]}"),
                     200);
    pass_ms(&world, 100);
    assert_int_equal(call(&world, "GET", "/_cat/shards/p?h=shard,prirep,state&s=shard,prirep", ""), 200);
    assert_true(says(&world, "0 p STARTED"));
    assert_int_equal(call(&world, "PUT", "/p/_doc/1?routing=x", "{\"a\":1}"), 201);
    stop_world(&world);
}

TEST(placement, reroute_tells_where_a_command_is_wrong)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "POST", "/_cluster/reroute", "{\"commands\":[{\"cancel\":{}}]}"), 400);
    assert_true(says(&world, "[1:25] [cluster_reroute] failed to parse field [commands]"));
    assert_true(says(&world, "[cancel] command missing the index parameter"));
    assert_int_equal(call(&world, "POST", "/_cluster/reroute", "{\"commands\":[{\"nosuch\":{}}]}"), 400);
    assert_true(says(&world, "\"type\":\"named_object_not_found_exception\",\"reason\":\"[1:24]"));
    stop_world(&world);
}

TEST(placement, allocation_is_explained)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "GET", "/_cluster/allocation/explain", ""), 400);
    assert_true(says(&world, "unable to find any unassigned shards to explain"));
    make_index(&world);
    assert_int_equal(call(&world, "GET", "/_cluster/allocation/explain", ""), 200);
    assert_true(says(&world, "\"current_state\":\"unassigned\""));
    assert_true(says(&world, "\"decider\":\"same_shard\",\"decision\":\"NO\""));
    assert_false(says(&world, "\"decision\":\"YES\""));
    assert_int_equal(call(&world, "GET", "/_cluster/allocation/explain?include_disk_info=true",
                          "{\"index\":\"p\",\"shard\":1,\"primary\":true}"),
                     200);
    assert_true(says(&world, "\"can_remain_on_current_node\":\"yes\""));
    assert_true(says(&world, "\"shard_sizes\":{\"[p][0][p]_bytes\":"));
    stop_world(&world);
}

TEST(placement, voting_exclusions_live_in_the_cluster_state)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "POST", "/_cluster/voting_config_exclusions?node_names=a,a", ""), 200);
    restart_node(&world);
    assert_int_equal(call(&world, "GET", "/_cluster/state/metadata", ""), 200);
    assert_true(
        says(&world, "\"voting_config_exclusions\":[{\"node_id\":\"_absent_\",\"node_name\":\"a\"}]"));
    assert_int_equal(call(&world, "DELETE", "/_cluster/voting_config_exclusions", ""), 200);
    assert_int_equal(call(&world, "GET", "/_cluster/state/metadata", ""), 200);
    assert_true(says(&world, "\"voting_config_exclusions\":[]"));
    assert_int_equal(
        call(&world, "POST", "/_cluster/voting_config_exclusions?node_name=_local&timeout=1s", ""), 504);
    assert_int_equal(call(&world, "POST", "/_cluster/voting_config_exclusions", ""), 400);
    stop_world(&world);
}

static size_t count_of(struct world *world, const char *text)
{
    size_t count = 0;
    const char *at = qd_arena_string(world->arena, world->body);
    while ((at = strstr(at, text)) != NULL) {
        count++;
        at++;
    }
    return count;
}

TEST(placement, shards_of_a_search_are_chosen_by_routing_slice_and_preference)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "GET", "/f/_search_shards", ""), 200);
    assert_true(
        says(&world, "{\"aliases\":[\"f\"],\"filter\":{\"term\":{\"a\":{\"value\":1,\"boost\":1.0}}}}"));
    assert_int_equal((int)count_of(&world, "STARTED"), 3);
    assert_int_equal(call(&world, "GET", "/r/_search_shards", ""), 200);
    assert_int_equal((int)count_of(&world, "STARTED"), 1);
    /* A routing that the alias does not have routes nothing. */
    assert_int_equal(call(&world, "GET", "/r/_search_shards?routing=other", ""), 200);
    assert_int_equal((int)count_of(&world, "STARTED"), 3);
    assert_int_equal(call(&world, "GET", "/p/_search_shards", "{\"slice\":{\"id\":0,\"max\":2}}"), 200);
    assert_int_equal((int)count_of(&world, "STARTED"), 2);
    assert_int_equal(call(&world, "GET", "/p/_search_shards?preference=_shards:1", ""), 200);
    assert_int_equal((int)count_of(&world, "STARTED"), 1);
    assert_int_equal(call(&world, "GET", "/p/_search_shards", "{\"query\":{}}"), 400);
    stop_world(&world);
}

TEST(placement, equal_hits_come_shard_by_shard_over_all_indices)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "PUT", "/q", "{\"settings\":{\"number_of_shards\":1}}"), 200);
    for (int i = 0; i < 6; i++) {
        char target[64];
        snprintf(target, sizeof(target), "/p/_doc/%d?refresh=true", i);
        assert_int_equal(call(&world, "PUT", target, "{}"), 201);
    }
    assert_int_equal(call(&world, "PUT", "/q/_doc/q?refresh=true", "{}"), 201);
    assert_int_equal(call(&world, "GET", "/p,q/_search?filter_path=hits.hits._index", ""), 200);
    const char *text = qd_arena_string(world.arena, world.body);
    const char *other = strstr(text, "\"q\"");
    assert_non_null(other);
    assert_non_null(strstr(other, "\"p\""));
    stop_world(&world);
}

TEST(placement, stores_upgrades_and_secure_settings)
{
    struct world world;
    start_world(&world, NULL, NULL);
    make_index(&world);
    assert_int_equal(call(&world, "GET", "/p/_shard_stores?status=green", ""), 200);
    assert_true(says(&world, "{\"indices\":{}}"));
    assert_int_equal(call(&world, "GET", "/p/_shard_stores", ""), 200);
    assert_int_equal((int)count_of(&world, "\"allocation\":\"primary\""), 3);
    assert_int_equal(call(&world, "GET", "/p/_shard_stores?status=x", ""), 400);
    assert_int_equal(call(&world, "POST", "/p/_upgrade", ""), 200);
    assert_true(says(&world, "{\"p\":{\"upgrade_version\":"));
    assert_int_equal(call(&world, "GET", "/p/_upgrade", ""), 200);
    assert_true(says(&world, "\"size_to_upgrade_in_bytes\":0"));
    assert_int_equal(call(&world, "POST", "/p/_forcemerge?primary_only=true", ""), 200);
    assert_true(says(&world, "\"total\":3"));
    assert_int_equal(call(&world, "POST", "/_nodes/reload_secure_settings",
                          "{\"secure_settings_password\":\"x\"}"),
                     200);
    assert_true(says(&world, "Provided keystore password was incorrect"));
    assert_int_equal(call(&world, "GET", "/_list/wlm_stats", ""), 200);
    assert_true(says(&world, "| DEFAULT_WORKLOAD_GROUP |"));
    assert_int_equal(call(&world, "GET", "/_list/wlm_stats?size=0", ""), 400);
    stop_world(&world);
}
