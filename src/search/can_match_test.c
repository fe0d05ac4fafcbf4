/* Which queries and search_after values rule a shard out. Facts: the reference, by _shards.skipped. */
#include "base/test.h"
#include "search/can_match.h"
#include "search/search_test_support.h"

static const char mapping[] =
    "{\"properties\":{\"d\":{\"type\":\"date\"},\"n\":{\"type\":\"integer\"},\"k\":{\"type\":\"keyword\"},"
    "\"f\":{\"type\":\"double\"},\"s\":{\"type\":\"integer\",\"index\":false}}}";

static struct qd_slice other_names[] = { QD_SLICE_INIT("other") };

static void open_world(struct search_world *world)
{
    search_world_open(world, mapping, NULL);
    search_world_index(world, "1", QD_SLICE("{\"d\":\"2020-01-01\",\"n\":3,\"k\":\"b\",\"f\":0.5,\"s\":3}"));
    search_world_refresh(world);
    search_world_index(world, "2", QD_SLICE("{\"d\":\"2021-01-01\",\"n\":7,\"k\":\"d\",\"f\":1.5,\"s\":7}"));
    search_world_refresh(world);
    world->view.aliases = other_names;
    world->view.alias_count = 1;
}

/* 1: it can; 0: it cannot; -1: an error. */
static int can_match(struct search_world *world, const char *body, bool by_query)
{
    struct qd_json_document *document = QD_NEW(world->arena, struct qd_json_document);
    struct qd_search_request request;
    bool can = false;
    assert_ok(qd_json_parse(world->arena, qd_slice_from_string(body), document, &world->error));
    assert_ok(qd_search_request_parse(document, world->arena, &request, &world->error));
    enum qd_status status = qd_search_can_match(&world->view, &request, by_query, world->arena, &can,
                                                &world->error);
    return status == QD_OK ? can : -1;
}

TEST(can_match, queries_that_become_match_none)
{
    static const struct {
        const char *query;
        int can;
    } facts[] = {
        { "{\"range\":{\"d\":{\"gte\":\"2021-01-01\"}}}", 1 },
        { "{\"range\":{\"d\":{\"gt\":\"2021-01-01||+1d\"}}}", 0 },
        { "{\"range\":{\"n\":{\"gte\":100}}}", 1 }, /* only dates are compared with what the shard has */
        { "{\"range\":{\"nosuch\":{\"gte\":1}}}", 0 },
        { "{\"exists\":{\"field\":\"nosuch\"}}", 0 },
        { "{\"fuzzy\":{\"nosuch\":\"a\"}}", 0 },
        { "{\"regexp\":{\"nosuch\":\"a\"}}", 1 },
        { "{\"match\":{\"nosuch\":\"a\"}}", 1 },
        { "{\"bool\":{\"filter\":[{\"match_all\":{}},{\"range\":{\"d\":{\"lt\":\"2019-01-01\"}}}]}}", 0 },
        { "{\"bool\":{\"must_not\":[{\"match_all\":{}}]}}", 1 },
        { "{\"term\":{\"_index\":\"nosuch\"}}", 0 },
        { "{\"term\":{\"_index\":\"oth*\"}}", 1 },
        { "{\"term\":{\"_index\":\"OTHER\"}}", 0 },
        { "{\"term\":{\"_index\":{\"value\":\"OTHER\",\"case_insensitive\":true}}}", 1 },
        { "{\"terms\":{\"_index\":[\"a\",\"other\"]}}", 1 },
        { "{\"prefix\":{\"_index\":\"oth\"}}", 1 },
        { "{\"prefix\":{\"_index\":\"the\"}}", 0 },
        { "{\"wildcard\":{\"_index\":\"?ther\"}}", 0 },
        { "{\"range\":{\"d\":{\"gte\":\"bad\"}}}", -1 },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", facts[i].query);
        assert_int_equal(can_match(&world, body.data, true), facts[i].can);
        assert_int_equal(can_match(&world, body.data, false), 1);
    }
    search_world_close(&world);
}

TEST(can_match, what_comes_before_search_after)
{
    static const struct {
        const char *body;
        int can;
    } facts[] = {
        { "\"sort\":[\"n\"],\"search_after\":[7]", 1 },
        { "\"sort\":[\"n\"],\"search_after\":[8]", 0 },
        { "\"sort\":[{\"n\":\"desc\"}],\"search_after\":[3]", 1 },
        { "\"sort\":[{\"n\":\"desc\"}],\"search_after\":[2]", 0 },
        { "\"sort\":[\"n\",\"k\"],\"search_after\":[8,\"a\"]", 0 },
        { "\"sort\":[{\"n\":{\"missing\":\"_last\"}}],\"search_after\":[8]", 1 },
        { "\"sort\":[\"s\"],\"search_after\":[8]", 1 }, /* not indexed: its ends are not known */
        { "\"sort\":[\"f\"],\"search_after\":[1.5]", 1 },
        { "\"sort\":[\"f\"],\"search_after\":[1.6]", 0 },
        { "\"sort\":[\"k\"],\"search_after\":[\"d\"]", 1 },
        { "\"sort\":[\"k\"],\"search_after\":[\"e\"]", 0 },
        { "\"sort\":[{\"k\":\"desc\"}],\"search_after\":[\"a\"]", 0 },
        { "\"sort\":[\"d\"],\"search_after\":[\"2022-01-01\"]", 0 },
        { "\"sort\":[\"nosuch\"],\"search_after\":[1]", -1 },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"track_total_hits\":false,%s}", facts[i].body);
        assert_int_equal(can_match(&world, body.data, true), facts[i].can);
        if (facts[i].can < 0) continue;
        body = qd_arena_format(world.arena, "{%s}", facts[i].body);
        assert_int_equal(can_match(&world, body.data, true), 1);
    }
    search_world_close(&world);
}
