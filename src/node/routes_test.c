/* What the routes of a whole node answer to requests that are wrong, and to those about names. */
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "node/node.h"
#include "simulation/fake/fake_env.h"

/* A node without HTTP in a simulated world, and the answer to its last request. */
struct world {
    struct qd_env *env;
    struct qd_arena *arena;
    struct qd_config config;
    struct qd_node *node;
    int status;
    struct qd_slice body; /* in arena */
    bool done;
};

static void start_world(struct world *world)
{
    struct qd_error error;
    *world = (struct world){ .env = qd_fake_env_create(7, NULL), .arena = qd_arena_create(0) };
    qd_error_init(&error, world->arena);
    qd_config_init(&world->config, world->arena);
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

static void stop_world(struct world *world)
{
    world->done = false;
    qd_node_stop(world->node, set_done, world);
    turn_until_done(world);
    qd_node_destroy(world->node);
    qd_arena_destroy(world->arena);
    qd_fake_env_destroy(world->env);
}

static void answered(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct world *world = context;
    (void)content_type;
    world->status = status;
    world->body = qd_arena_copy(world->arena, body);
    world->done = true;
}

static int call(struct world *world, const char *method, const char *target, const char *body)
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

static void expect(struct world *world, const char *target, int status, const char *body)
{
    assert_int_equal(call(world, "GET", target, ""), status);
    assert_string_equal(qd_arena_string(world->arena, world->body), body);
}

static bool says(struct world *world, const char *text)
{
    return strstr(qd_arena_string(world->arena, world->body), text) != NULL;
}

TEST(routes, what_has_no_route)
{
    struct world world;
    start_world(&world);
    expect(&world, "/_cat/nosuch?v", 400,
           "{\"error\":\"no handler found for uri [/_cat/nosuch] and method [GET]\"}");
    expect(&world, "/_nosuch/%zz/a", 400, "{\"error\":\"invalid uri has been requested\"}");
    /* A literal path hides /{index} for all methods. */
    assert_int_equal(call(&world, "PUT", "/_search", ""), 405);
    assert_true(says(&world, "allowed: [GET, POST]"));
    assert_int_equal(call(&world, "PUT", "/books", ""), 200);
    stop_world(&world);
}

TEST(routes, errors_are_not_filtered_and_have_traces_when_asked)
{
    struct world world;
    start_world(&world);
    assert_int_equal(call(&world, "GET", "/missing?filter_path=nothing", ""), 404);
    assert_true(says(&world, "no such index [missing]"));
    assert_false(says(&world, "stack_trace"));
    assert_int_equal(call(&world, "GET", "/missing?error_trace=true", ""), 404);
    assert_true(says(&world, "\"stack_trace\":\"index_not_found_exception: no such index [missing]\""));
    assert_int_equal(call(&world, "GET", "/missing/_doc/1", ""), 404);
    assert_true(says(&world, "\"resource.type\":\"index_expression\""));
    assert_int_equal(call(&world, "POST", "/_search/scroll", "{\"scroll_id\":\"audit\"}"), 400);
    assert_true(says(&world, "Last unit does not have enough valid bits"));
    stop_world(&world);
}

TEST(routes, names_are_resolved_to_indices_and_aliases)
{
    struct world world;
    start_world(&world);
    assert_int_equal(call(&world, "PUT", "/r1", "{\"aliases\":{\"a\":{},\"b1\":{}}}"), 200);
    assert_int_equal(call(&world, "PUT", "/r2",
                          "{\"settings\":{\"index.hidden\":true},\"aliases\":{\"a\":{}}}"),
                     200);
    assert_int_equal(call(&world, "PUT", "/r3", ""), 200);
    assert_int_equal(call(&world, "POST", "/r3/_close", ""), 200);
    expect(&world, "/_resolve/index/r*,none", 200,
           "{\"indices\":[{\"name\":\"r1\",\"aliases\":[\"a\",\"b1\"],\"attributes\":[\"open\"]}],"
           "\"aliases\":[],\"data_streams\":[]}");
    expect(&world, "/_resolve/index/r2,r3,b*", 200,
           "{\"indices\":[{\"name\":\"r2\",\"aliases\":[\"a\"],\"attributes\":[\"hidden\",\"open\"]},"
           "{\"name\":\"r3\",\"attributes\":[\"closed\"]}],"
           "\"aliases\":[{\"name\":\"b1\",\"indices\":[\"r1\"]}],\"data_streams\":[]}");
    expect(&world, "/_resolve/index/*,-r1,-b1", 200,
           "{\"indices\":[],\"aliases\":[{\"name\":\"a\",\"indices\":[\"r1\",\"r2\"]}],\"data_streams\":[]}");
    stop_world(&world);
}

/* Bodies and statuses were recorded from the reference. */
TEST(routes, templates_are_stored_rendered_and_searched_with)
{
    struct world world;
    start_world(&world);
    assert_int_equal(call(&world, "PUT", "/t/_doc/1?refresh=true", "{\"t\":\"hello\"}"), 201);
    expect(&world, "/_scripts/s", 404, "{\"_id\":\"s\",\"found\":false}");
    assert_int_equal(call(&world, "PUT", "/_scripts/s",
                          "{\"script\":{\"lang\":\"mustache\","
                          "\"source\":{\"query\":{\"match\":{\"t\":\"{{x}}\"}}}}}"),
                     200);
    expect(&world, "/_scripts/s", 200,
           "{\"_id\":\"s\",\"found\":true,\"script\":{\"lang\":\"mustache\","
           "\"source\":\"{\\\"query\\\":{\\\"match\\\":{\\\"t\\\":\\\"{{x}}\\\"}}}\","
           "\"options\":{\"content_type\":\"application/json; charset=UTF-8\"}}}");
    assert_int_equal(call(&world, "POST", "/_render/template/s", "{\"params\":{\"x\":\"a\\\"b\"}}"), 200);
    assert_true(says(&world, "{\"template_output\":{\"query\":{\"match\":{\"t\":\"a\\\"b\"}}}}"));
    assert_int_equal(call(&world, "POST", "/t/_search/template",
                          "{\"id\":\"s\",\"params\":{\"x\":\"hello\"}}"),
                     200);
    assert_true(says(&world, "\"hits\":{\"total\":{\"value\":1,"));
    assert_true(says(&world, "]},\"status\":200}"));
    assert_int_equal(call(&world, "POST", "/t/_search/template", "{\"source\":\"{{#x}}\"}"), 400);
    assert_true(says(&world, "\"Failed to close 'x' tag @[query-template:1]\",\"script_stack\":[]"));
    assert_int_equal(call(&world, "POST", "/_msearch/template",
                          "{\"index\":\"t\"}\n{\"id\":\"s\",\"params\":{\"x\":\"hello\"}}\n"
                          "{}\n{\"id\":\"none\"}\n"),
                     200);
    assert_true(says(&world, "\"value\":1,"));
    assert_true(says(&world, "\"unable to find script [none] in cluster state\"},\"status\":404}"));
    assert_int_equal(call(&world, "PUT", "/_scripts/u",
                          "{\"script\":{\"lang\":\"bogus\",\"source\":\"x\"}}"),
                     400);
    assert_true(says(&world, "unable to put stored script with unsupported lang [bogus]"));
    assert_int_equal(call(&world, "DELETE", "/_scripts/s", ""), 200);
    assert_int_equal(call(&world, "DELETE", "/_scripts/s", ""), 404);
    assert_true(says(&world, "stored script [s] does not exist and cannot be deleted"));
    stop_world(&world);
}
