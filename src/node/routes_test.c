/* What the routes of a whole node answer to requests that are wrong, and to those about names. */
#include <stdlib.h>

#include "node/node_test_support.h"

static void expect(struct world *world, const char *target, int status, const char *body)
{
    assert_int_equal(call(world, "GET", target, ""), status);
    assert_string_equal(qd_arena_string(world->arena, world->body), body);
}

TEST(routes, what_has_no_route)
{
    struct world world;
    start_world(&world, NULL, NULL);
    expect(&world, "/_cat/nosuch?v", 400,
           "{\"error\":\"no handler found for uri [/_cat/nosuch] and method [GET]\"}");
    expect(&world, "/_nosuch/%zz/a", 400, "{\"error\":\"invalid uri has been requested\"}");
    /* A literal path hides /{index} for all methods. */
    assert_int_equal(call(&world, "PUT", "/_search", ""), 405);
    assert_true(says(&world, "allowed: [GET, POST]"));
    assert_int_equal(call(&world, "PUT", "/books", ""), 200);
    stop_world(&world);
}

TEST(routes, slashes_and_pages_of_browsers)
{
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a//", ""), 200);
    assert_int_equal(call(&world, "GET", "/a/_search//", ""), 200);
    expect(&world, "/a//_search", 400,
           "{\"error\":\"no handler found for uri [/a//_search] and method [GET]\"}");
    assert_int_equal(call(&world, "GET", "/_nodes//stats/breaker", ""), 200);
    assert_true(says(&world, "\"breakers\":{"));
    assert_int_equal(call(&world, "OPTIONS", "/a//_search", ""), 200);
    assert_slice(world.body, "");
    assert_int_equal(call(&world, "GET", "/favicon.ico", ""), 200);
    assert_int_equal(world.body.size, 6 + 16 + 40 + 2 * 4 + 2 * 16 * 4);
    assert_int_equal(call(&world, "HEAD", "/favicon.ico", ""), 405);
    assert_int_equal(call(&world, "GET", "/", ""), 200);
    assert_true(says(&world, "{\n  \"name\" : "));
    assert_int_equal(call(&world, "GET", "/?pretty=false", ""), 200);
    assert_true(says(&world, "{\"name\":"));
    stop_world(&world);
}

TEST(routes, errors_are_not_filtered_and_have_traces_when_asked)
{
    struct world world;
    start_world(&world, NULL, NULL);
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
    start_world(&world, NULL, NULL);
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
    start_world(&world, NULL, NULL);
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
