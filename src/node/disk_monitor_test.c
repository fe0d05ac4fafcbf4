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
