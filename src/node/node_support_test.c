#include "node/node_test_support.h"

static void start_node(struct world *world)
{
    struct qd_error error;
    qd_error_init(&error, world->arena);
    assert_int_equal(qd_node_create(world->env, &world->config, &world->node, &error), QD_OK);
    assert_int_equal(qd_node_start(world->node, false, &error), QD_OK);
    qd_fake_env_run_until_idle(world->env, 10000); /* until the node has joined */
}

static void set_done(void *context)
{
    ((struct world *)context)->done = true;
}

static void turn_until_done(struct world *world)
{
    for (int i = 0; i < 200000 && !world->done; i++) assert_true(qd_fake_env_step(world->env));
    assert_true(world->done);
}

static void stop_node(struct world *world)
{
    world->done = false;
    qd_node_stop(world->node, set_done, world);
    turn_until_done(world);
    qd_node_destroy(world->node);
}

void start_world(struct world *world, const char *key, const char *value)
{
    struct qd_error error;
    *world = (struct world){ .env = qd_fake_env_create(7, NULL), .arena = qd_arena_create(0) };
    qd_error_init(&error, world->arena);
    qd_config_init(&world->config, world->arena);
    if (key != NULL) {
        assert_int_equal(qd_config_set(&world->config, qd_slice_from_string(key), qd_slice_from_string(value),
                                       &error),
                         QD_OK);
    }
    start_node(world);
}

void stop_world(struct world *world)
{
    stop_node(world);
    qd_arena_destroy(world->arena);
    qd_fake_env_destroy(world->env);
}

void restart_node(struct world *world)
{
    stop_node(world);
    start_node(world);
}

void pass_ms(struct world *world, int64_t ms)
{
    qd_fake_env_run_for(world->env, qd_duration_ms(ms));
}

static void answered(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct world *world = context;
    (void)content_type;
    world->status = status;
    world->body = qd_arena_copy(world->arena, body);
    world->done = true;
}

int call(struct world *world, const char *method, const char *target, const char *body)
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

bool says(const struct world *world, const char *text)
{
    return memmem(world->body.data, world->body.size, text, strlen(text)) != NULL;
}

void assert_has(const struct world *world, const char *part)
{
    if (says(world, part)) return;
    fail_msg("[%s] is not in %.*s", part, (int)world->body.size, (const char *)world->body.data);
}
