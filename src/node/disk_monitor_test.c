/* The disk monitor in a whole node over a fake disk that fills up. */
#include <string.h>

#include "node/node_test_support.h"

#define WATERMARKS                                                                                           \
    "{\"transient\":{\"cluster.routing.allocation.disk.watermark\":{\"low\":\"%s\",\"high\":\"%s\","         \
    "\"flood_stage\":\"%s\"}}}"

TEST(disk_monitor, flood_stage_blocks_writes_until_there_is_room)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    /* The fake disk has 1 TiB: more than that must be free. */
    struct qd_slice full = qd_arena_format(world.arena, WATERMARKS, "4tb", "3tb", "2tb");
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", full.data), 200);
    pass_ms(&world, 31000);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 429);
    assert_non_null(
        memmem(world.body.data, world.body.size, "disk usage exceeded flood-stage watermark", 41));
    assert_int_equal(call(&world, "GET", "/a/_doc/1", ""), 200);
    /* Between flood stage and high watermark the block stays. */
    struct qd_slice high = qd_arena_format(world.arena, WATERMARKS, "4tb", "3tb", "1gb");
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", high.data), 200);
    pass_ms(&world, 31000);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 429);
    struct qd_slice room = qd_arena_format(world.arena, WATERMARKS, "3gb", "2gb", "1gb");
    assert_int_equal(call(&world, "PUT", "/_cluster/settings", room.data), 200);
    pass_ms(&world, 31000);
    assert_int_equal(call(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 201);
    stop_world(&world);
}

static void set_marks(struct world *world, const char *low, const char *high)
{
    struct qd_slice marks = qd_arena_format(world->arena, WATERMARKS "%c", low, high, "1b", 0);
    assert_int_equal(call(world, "PUT", "/_cluster/settings", marks.data), 200);
}

static void expect(struct world *world, const char *target, const char *part)
{
    assert_int_equal(call(world, "GET", target, ""), 200);
    assert_has(world, part);
}

TEST(disk_monitor, new_shards_wait_above_the_high_watermark)
{
    static const char one[] = "{\"settings\":{\"number_of_replicas\":0}}";
    static const char routing[] = "/_cluster/state/routing_table/late";
    struct world world;
    start_world(&world, "cluster.routing.allocation.disk.watermark.enable_for_single_data_node", "true");
    assert_int_equal(call(&world, "PUT", "/early", one), 200);
    pass_ms(&world, 31000);
    /* Above the low watermark primaries that begin empty are still assigned. */
    set_marks(&world, "4tb", "1gb");
    assert_int_equal(call(&world, "PUT", "/low", one), 200);
    expect(&world, "/_cluster/health", "\"status\":\"green\"");
    set_marks(&world, "4tb", "3tb");
    assert_int_equal(call(&world, "PUT", "/late?timeout=1s", one), 200);
    assert_slice(world.body, "{\"acknowledged\":true,\"shards_acknowledged\":false,\"index\":\"late\"}");
    expect(&world, "/_cluster/health/late", "\"status\":\"red\"");
    expect(&world, routing, "\"recovery_source\":{\"type\":\"EMPTY_STORE\"}");
    expect(&world, routing, "\"delayed\":false,\"allocation_status\":\"deciders_no\"");
    assert_int_equal(call(&world, "POST", "/_cluster/allocation/explain",
                          "{\"index\":\"late\",\"shard\":0,\"primary\":true}"),
                     200);
    assert_has(&world, "\"deciders\":[{\"decider\":\"disk_threshold\",\"decision\":\"NO\",");
    assert_has(&world, "\"explanation\":\"the node is above the high watermark cluster setting "
                       "[cluster.routing.allocation.disk.watermark.high=3tb], having less than the minimum "
                       "required [3tb] free space, actual free: [");
    assert_int_equal(call(&world, "PUT", "/late/_doc/1?timeout=1s", "{}"), 503);
    /* What is there stays, and comes back when it is closed and opened or the node starts anew. */
    assert_int_equal(call(&world, "POST", "/early/_close", ""), 200);
    assert_int_equal(call(&world, "POST", "/early/_open", ""), 200);
    assert_int_equal(call(&world, "PUT", "/early/_doc/1", "{}"), 201);
    restart_node(&world);
    pass_ms(&world, 1000);
    assert_int_equal(call(&world, "GET", "/early/_doc/1", ""), 200);
    set_marks(&world, "4tb", "1gb");
    pass_ms(&world, 1000);
    expect(&world, "/_cluster/health", "\"status\":\"green\"");
    assert_int_equal(call(&world, "PUT", "/late/_doc/1", "{}"), 201);
    stop_world(&world);
}

TEST(disk_monitor, the_only_data_node_is_not_held_back_by_itself)
{
    struct world world;
    start_world(&world, NULL, NULL);
    set_marks(&world, "4tb", "3tb");
    pass_ms(&world, 31000);
    assert_int_equal(call(&world, "PUT", "/a", "{\"settings\":{\"number_of_replicas\":0}}"), 200);
    expect(&world, "/_cluster/health", "\"status\":\"green\"");
    stop_world(&world);
}
