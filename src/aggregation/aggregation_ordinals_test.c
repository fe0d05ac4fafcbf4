/* terms and cardinality of keywords over several segments: the same answers without a map of ordinals, with
 * one, and in one segment. */
#include "aggregation/aggregation_test_support.h"
#include "base/prng.h"
#include "base/test.h"
#include "index/ordinal_map.h"

#define ROUNDS 12
#define SEGMENTS 5

static const char *const bodies[] = {
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"size\":7}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"km\",\"size\":1000}}}}",
    "{\"size\":0,\"query\":{\"range\":{\"l\":{\"lt\":30}}},\"aggs\":{\"x\":{\"terms\":{\"field\":\"km\"}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"size\":5,\"order\":{\"_key\":\"desc\"}}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"include\":\".*[13579]\"}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"exclude\":[\"t3\",\"term-0000004\"]}}}}",
    "{\"size\":0,\"query\":{\"range\":{\"l\":{\"lt\":9}}},\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\","
    "\"min_doc_count\":0,\"size\":1000}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"order\":{\"y\":\"desc\"}},\"aggs\":{\"y\":{"
    "\"sum\":{\"field\":\"l\"}}}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"k\",\"size\":4},\"aggs\":{\"y\":{\"terms\":{"
    "\"field\":\"km\",\"min_doc_count\":0,\"size\":40}},\"z\":{\"cardinality\":{\"field\":\"km\"}}}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":10},\"aggs\":{\"y\":{"
    "\"terms\":{\"field\":\"k\"}},\"z\":{\"cardinality\":{\"field\":\"k\"}}}}}}",
    "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"k\"}},\"y\":{\"cardinality\":{\"field\":"
    "\"km\",\"missing\":\"none\"}}}}",
};

#define BODIES (sizeof(bodies) / sizeof(bodies[0]))

static struct qd_slice random_term(struct qd_arena *arena, struct qd_prng *prng)
{
    uint32_t number = (uint32_t)qd_prng_below(prng, 40);
    if (qd_prng_below(prng, 2) == 0) return qd_arena_format(arena, "t%u", number);
    return qd_arena_format(arena, "term-%07u", number);
}

/* Documents in five segments, some without `k`, some deleted later. */
static void fill(struct search_world *shard, struct qd_prng *prng)
{
    for (uint32_t i = 0; i < SEGMENTS * 12; i++) {
        struct qd_slice first = random_term(shard->arena, prng);
        struct qd_slice second = random_term(shard->arena, prng);
        struct qd_slice with = qd_arena_format(shard->arena, "{\"l\":%u,\"k\":\"%.*s\",\"km\":[\"%.*s\"]}", i,
                                               QD_SLICE_ARG(first), QD_SLICE_ARG(second));
        struct qd_slice without = qd_arena_format(shard->arena, "{\"l\":%u,\"km\":[\"%.*s\",\"%.*s\"]}", i,
                                                  QD_SLICE_ARG(first), QD_SLICE_ARG(second));
        struct qd_slice id = qd_arena_format(shard->arena, "%u", i);
        search_world_index(shard, qd_arena_string(shard->arena, id),
                           qd_prng_below(prng, 5) == 0 ? without : with);
        if (i % 12 == 11) search_world_refresh(shard);
    }
    search_world_delete(shard, "3");
    search_world_delete(shard, "40");
    search_world_refresh(shard);
}

static bool has_map(struct search_world *shard)
{
    struct qd_ordinal_map_entry *entry;
    const struct qd_ordinal_map *map;
    assert_ok(qd_ordinal_map_get(shard->snapshot, QD_SLICE("k"), shard->view.fielddata, &entry, &map,
                                 &shard->error));
    return map != NULL;
}

/* Asks everything on a view without maps and again with them; then in one segment. */
static void check_round(uint64_t seed)
{
    struct aggregation_world world;
    struct qd_prng prng;
    struct qd_breaker breaker = { .name = "fielddata", .limit = 1000000, .overhead = 1 };
    struct qd_slice answers[BODIES];
    qd_prng_seed(&prng, seed);
    aggregation_world_open(&world, 1);
    struct search_world *shard = &world.shards[0];
    shard->view.fielddata = &breaker;
    fill(shard, &prng);
    shard->view.fielddata = &breaker;
    assert_true(shard->snapshot->segment_count == SEGMENTS);
    assert_false(has_map(shard));
    for (uint32_t turn = 0; turn < 3; turn++) {
        if (turn == 2) search_world_merge(shard);
        shard->view.fielddata = &breaker;
        for (size_t i = 0; i < BODIES; i++) {
            struct qd_slice answer = aggregation_world_run(&world, qd_slice_from_string(bodies[i]));
            if (turn == 0) answers[i] = answer;
            /* A merge drops the terms that only deleted documents had. */
            if (turn == 2 && strstr(bodies[i], "min_doc_count") != NULL) continue;
            assert_true(qd_slice_equal(answer, answers[i]));
        }
        if (turn == 0) assert_true(has_map(shard));
        if (turn == 0) assert_true(breaker.used > 0);
    }
    aggregation_world_close(&world);
    assert_int_equal(breaker.used, 0);
}

TEST(ordinals, answers_do_not_depend_on_maps)
{
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) check_round(seed);
}

TEST(ordinals, no_map_when_field_data_is_full)
{
    struct aggregation_world world;
    struct qd_prng prng;
    struct qd_breaker breaker = { .name = "fielddata", .limit = 100, .overhead = 1 };
    qd_prng_seed(&prng, 99);
    aggregation_world_open(&world, 1);
    fill(&world.shards[0], &prng);
    world.shards[0].view.fielddata = &breaker;
    struct qd_slice first = aggregation_world_run(&world, qd_slice_from_string(bodies[1]));
    struct qd_slice second = aggregation_world_run(&world, qd_slice_from_string(bodies[1]));
    (void)aggregation_world_run(&world, qd_slice_from_string(bodies[0]));
    (void)aggregation_world_run(&world, qd_slice_from_string(bodies[0]));
    assert_true(qd_slice_equal(first, second));
    assert_false(has_map(&world.shards[0]));
    assert_int_equal(breaker.used, 0);
    assert_true(breaker.trips > 0);
    aggregation_world_close(&world);
}
