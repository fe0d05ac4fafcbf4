/* The disk monitor in a whole node over a fake disk that fills up. */
#include <string.h>

#include "base/test.h"
#include "node/node.h"
#include "simulation/fake/fake_env.h"

struct disk_world {
    struct qd_env *env;
    struct qd_arena *arena;
    struct qd_config config;
    struct qd_node *node;
    int status;           /* of the last answer */
    struct qd_slice body; /* of the last answer, in arena */
    bool done;
};

static void answered(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct disk_world *world = context;
    (void)content_type;
    world->status = status;
    world->body = qd_arena_copy(world->arena, body);
    world->done = true;
}

static void stopped(void *context)
{
    ((struct disk_world *)context)->done = true;
}

static void turn_until_done(struct disk_world *world)
{
    for (int i = 0; i < 200000 && !world->done; i++) assert_true(qd_fake_env_step(world->env));
    assert_true(world->done);
}

static int ask(struct disk_world *world, const char *method, const char *target, const char *body)
{
    struct qd_rest_direct direct = { .method = qd_slice_from_string(method),
                                     .target = qd_slice_from_string(target),
                                     .body = qd_slice_from_string(body),
                                     .content_type = QD_SLICE("application/json"),
                                     .done = answered,
                                     .context = world };
    world->done = false;
    qd_rest_call(qd_node_rest(world->node), &direct);
    turn_until_done(world);
    return world->status;
}

static void pass(void *context)
{
    ((struct disk_world *)context)->done = true;
}

static void wait_ms(struct disk_world *world, int64_t ms)
{
    world->done = false;
    world->env->clock->timer_start(world->env, qd_duration_ms(ms), pass, world);
    turn_until_done(world);
}

#define WATERMARKS                                                                                           \
    "{\"transient\":{\"cluster.routing.allocation.disk.watermark\":{\"low\":\"%s\",\"high\":\"%s\","         \
    "\"flood_stage\":\"%s\"}}}"

TEST(disk_monitor, flood_stage_blocks_writes_until_there_is_room)
{
    struct disk_world world = { .env = qd_fake_env_create(3, NULL), .arena = qd_arena_create(0) };
    struct qd_error error;
    qd_error_init(&error, world.arena);
    qd_config_init(&world.config, world.arena);
    assert_ok(qd_node_create(world.env, &world.config, &world.node, &error));
    assert_ok(qd_node_start(world.node, false, &error));
    qd_fake_env_run_until_idle(world.env, 10000);
    assert_int_equal(ask(&world, "PUT", "/a/_doc/1", "{\"n\":1}"), 201);
    /* The fake disk has 1 TiB: more than that must be free. */
    struct qd_slice full = qd_arena_format(world.arena, WATERMARKS, "4tb", "3tb", "2tb");
    assert_int_equal(ask(&world, "PUT", "/_cluster/settings", full.data), 200);
    wait_ms(&world, 31000);
    assert_int_equal(ask(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 429);
    assert_non_null(
        memmem(world.body.data, world.body.size, "disk usage exceeded flood-stage watermark", 41));
    assert_int_equal(ask(&world, "GET", "/a/_doc/1", ""), 200);
    /* Between flood stage and high watermark the block stays. */
    struct qd_slice high = qd_arena_format(world.arena, WATERMARKS, "4tb", "3tb", "1gb");
    assert_int_equal(ask(&world, "PUT", "/_cluster/settings", high.data), 200);
    wait_ms(&world, 31000);
    assert_int_equal(ask(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 429);
    struct qd_slice room = qd_arena_format(world.arena, WATERMARKS, "3gb", "2gb", "1gb");
    assert_int_equal(ask(&world, "PUT", "/_cluster/settings", room.data), 200);
    wait_ms(&world, 31000);
    assert_int_equal(ask(&world, "PUT", "/a/_doc/2", "{\"n\":2}"), 201);
    world.done = false;
    qd_node_stop(world.node, stopped, &world);
    turn_until_done(&world);
    qd_node_destroy(world.node);
    qd_arena_destroy(world.arena);
    qd_fake_env_destroy(world.env);
}
