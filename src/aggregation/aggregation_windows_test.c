/* Windows and whole segments against batches: a search for hits, too, is collected in batches, so that the
 * same aggregations must come out with and without hits. */
#include <stdio.h>

#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

enum { DOCUMENTS = 9000 };

static unsigned below(uint64_t *seed, unsigned bound)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*seed >> 33) % bound;
}

/* Documents with dense and sparse, single and multiple, ordered and random values. */
static struct qd_slice document(struct aggregation_world *world, unsigned i, uint64_t *seed)
{
    struct qd_arena *arena = world->shards[0].arena;
    struct qd_slice sparse = QD_SLICE("");
    unsigned number = below(seed, 1000);
    if (i % 3 == 0) {
        sparse = qd_arena_format(arena, ",\"b\":%s,\"m\":[%u,%u],\"km\":[\"t%u\",\"t%u\"],\"hf\":%u.5",
                                 i % 2 == 0 ? "true" : "false", number, number / 2, number % 70, i % 7,
                                 number % 50);
    }
    return qd_arena_format(arena,
                           "{\"k\":\"w%u\",\"t\":\"%s\",\"l\":%d,\"i\":%u,\"d\":%d.25,\"ip\":\"10.0.%u.%u\","
                           "\"dt\":%llu,\"sf\":%u.25,\"ul\":%u%.*s}",
                           number % 60, i % 4 == 0 ? "some words" : "words", (int)number - 500, i,
                           (int)number - 300, number % 4, number % 256,
                           1577836800000ull + (i % 5 == 0 ? number * 86400000ull : i * 600000ull), number,
                           number, QD_SLICE_ARG(sparse));
}

static void fill(struct aggregation_world *world)
{
    uint64_t seed = 11;
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%u", i);
        search_world_index(&world->shards[0], id, document(world, i, &seed));
        if (i == DOCUMENTS - 500) search_world_refresh(&world->shards[0]);
    }
    search_world_refresh(&world->shards[0]);
}

static const char *const queries[] = {
    "{\"match_all\":{}}",
    "{\"range\":{\"l\":{\"gte\":-100}}}",
    "{\"range\":{\"i\":{\"lt\":4500}}}",
    "{\"term\":{\"t\":\"some\"}}",
    "{\"term\":{\"k\":\"w7\"}}",
    "{\"bool\":{\"filter\":[{\"term\":{\"t\":\"some\"}},{\"range\":{\"l\":{\"gte\":0}}}]}}",
};

#define TERMS(field) "{\"terms\":{\"field\":\"" field "\",\"size\":50}}"
#define BY(kind, field) "{\"" kind "\":{\"field\":\"" field "\"}}"
#define WITHIN(field, ranges) "{\"range\":{\"field\":\"" field "\",\"ranges\":[" ranges "]}}"
#define THREE "{\"to\":-10.5},{\"from\":-10.5,\"to\":99.25},{\"from\":50}"

static const char *const aggregations[] = {
    TERMS("k"),
    TERMS("km"),
    TERMS("l"),
    TERMS("b"),
    TERMS("ip"),
    "{\"terms\":{\"field\":\"k\",\"include\":\"w1.*\",\"missing\":\"none\"}}",
    "{\"terms\":{\"field\":\"k\"},\"aggs\":{\"x\":{\"avg\":{\"field\":\"l\"}}}}",
    "{\"terms\":{\"field\":\"k\"},\"aggs\":{\"x\":" TERMS("b") "}}",
    "{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\"}}",
    "{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":\"1d\",\"time_zone\":\"Europe/Berlin\"}}",
    "{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"week\",\"hard_bounds\":{\"min\":\"2020-02-"
    "01\"}}}",
    "{\"date_histogram\":{\"field\":\"dt\",\"calendar_interval\":\"month\"},\"aggs\":{\"x\":" TERMS("k") "}}",
    "{\"histogram\":{\"field\":\"l\",\"interval\":50}}",
    WITHIN("l", THREE),
    WITHIN("d", THREE),
    WITHIN("sf", THREE),
    WITHIN("hf", THREE),
    WITHIN("m", THREE),
    WITHIN("ul", THREE),
    "{\"range\":{\"field\":\"l\",\"ranges\":[" THREE "]},\"aggs\":{\"x\":{\"sum\":{\"field\":\"d\"}}}}",
    "{\"range\":{\"field\":\"hf\",\"missing\":7,\"ranges\":[" THREE "]}}",
    BY("min", "l"),
    BY("max", "d"),
    BY("min", "m"),
    BY("max", "hf"),
    BY("sum", "l"),
    BY("sum", "d"),
    BY("avg", "i"),
    BY("avg", "m"),
    BY("stats", "l"),
    BY("stats", "b"),
    BY("extended_stats", "l"),
    BY("value_count", "k"),
    BY("value_count", "m"),
    BY("cardinality", "k"),
    BY("cardinality", "km"),
    BY("cardinality", "l"),
    BY("missing", "b"),
    "{\"missing\":{\"field\":\"hf\"},\"aggs\":{\"x\":" TERMS("k") "}}",
    "{\"filter\":{\"term\":{\"t\":\"some\"}}}",
    "{\"filter\":{\"term\":{\"t\":\"some\"}},\"aggs\":{\"x\":" TERMS("k") "}}",
    "{\"filters\":{\"other_bucket\":true,\"filters\":{\"a\":{\"term\":{\"t\":\"some\"}},\"b\":{\"range\":{"
    "\"l\":{\"lt\":0}}}}},\"aggs\":{\"x\":" BY("max", "i") "}}",
    "{\"global\":{},\"aggs\":{\"x\":" TERMS("k") ",\"y\":" BY("min", "l") "}}",
};

static void compare(struct aggregation_world *world, const char *query, const char *aggregation)
{
    struct qd_arena *arena = world->shards[0].arena;
    static const char format[] = "{\"size\":%d,\"query\":%s,"
                                 "\"aggs\":{\"a\":%s,\"b\":{\"max\":{\"field\":\"i\"}}}}";
    struct qd_slice bits = qd_arena_format(arena, format, 0, query, aggregation);
    struct qd_slice list = qd_arena_format(arena, format, 1, query, aggregation);
    struct qd_slice windows = aggregation_world_run(world, bits);
    struct qd_slice batches = aggregation_world_run(world, list);
    assert_true(batches.size > 10 && batches.data[0] == '{');
    if (!qd_slice_equal(windows, batches)) print_error("%s\n%s\n", query, aggregation);
    assert_slice(windows, qd_arena_string(arena, batches));
}

static void compare_all(struct aggregation_world *world)
{
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        for (size_t j = 0; j < sizeof(aggregations) / sizeof(aggregations[0]); j++) {
            compare(world, queries[i], aggregations[j]);
        }
    }
}

TEST(aggregation_windows, give_what_batches_give)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    fill(&world);
    compare_all(&world);
    for (unsigned i = 3; i < DOCUMENTS; i += 41) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%u", i);
        search_world_delete(&world.shards[0], id);
    }
    search_world_refresh(&world.shards[0]);
    compare_all(&world);
    aggregation_world_close(&world);
}

/* A collector that counts how it was called. */
struct counter {
    unsigned batches, windows, segments;
    uint64_t docs;
};

static enum qd_status begin(void *context, uint32_t segment, struct qd_error *error)
{
    (void)context, (void)segment, (void)error;
    return QD_OK;
}

static enum qd_status take_batch(void *context, const qd_doc_id *docs, const float *scores, size_t count,
                                 struct qd_error *error)
{
    (void)docs, (void)scores, (void)error;
    ((struct counter *)context)->batches++;
    ((struct counter *)context)->docs += count;
    return QD_OK;
}

static enum qd_status take_window(void *context, const struct qd_hit_window *window, struct qd_error *error)
{
    (void)error;
    ((struct counter *)context)->windows++;
    ((struct counter *)context)->docs += window->count;
    return QD_OK;
}

static enum qd_status take_segment(void *context, struct qd_error *error)
{
    (void)error;
    ((struct counter *)context)->segments++;
    return QD_OK;
}

static struct qd_query_result search(struct aggregation_world *world, const char *body,
                                     struct counter *counter)
{
    struct search_world *shard = &world->shards[0];
    struct qd_json_document *document = QD_NEW(shard->arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(shard->arena, struct qd_search_request);
    struct qd_query_result result;
    struct qd_hit_collector collector = { .context = counter,
                                          .begin_segment = begin,
                                          .collect = take_batch,
                                          .collect_window = take_window,
                                          .collect_segment = take_segment };
    qd_error_init(&shard->error, shard->arena);
    *counter = (struct counter){ 0 };
    assert_int_equal(qd_json_parse(shard->arena, qd_slice_from_string(body), document, &shard->error), QD_OK);
    assert_int_equal(qd_search_request_parse(document, shard->arena, request, &shard->error), QD_OK);
    assert_int_equal(qd_search_query_phase(&shard->view, request, &collector, shard->arena, &result,
                                           &shard->error),
                     QD_OK);
    return result;
}

TEST(aggregation_windows, are_taken_where_only_the_number_of_hits_matters)
{
    struct aggregation_world world;
    struct counter counter;
    aggregation_world_open(&world, 1);
    fill(&world);
    struct qd_query_result result = search(&world, "{\"size\":0}", &counter);
    assert_int_equal(counter.segments, 2);
    assert_int_equal(counter.windows + counter.batches, 0);
    assert_int_equal(result.total, DOCUMENTS);
    result = search(&world, "{\"size\":0,\"query\":{\"range\":{\"i\":{\"lt\":4500}}}}", &counter);
    assert_int_equal(counter.windows, 2);
    assert_int_equal(counter.batches, 0);
    assert_int_equal(counter.docs, 4500);
    assert_int_equal(result.total, 4500);
    result = search(&world,
                    "{\"size\":0,\"query\":{\"range\":{\"i\":{\"lt\":4500}}},"
                    "\"post_filter\":{\"range\":{\"i\":{\"gte\":4400}}}}",
                    &counter);
    assert_int_equal(counter.docs, 4500);
    assert_int_equal(result.total, 100);
    (void)search(&world, "{\"size\":1}", &counter);
    assert_int_equal(counter.segments + counter.windows, 0);
    assert_int_equal(counter.docs, DOCUMENTS);
    (void)search(&world, "{\"size\":0,\"min_score\":0.5}", &counter);
    assert_int_equal(counter.segments + counter.windows, 0);
    aggregation_world_close(&world);
}

/* What the reference answered, for a shard with documents. */
TEST(aggregation_windows, counting_ends_early_when_the_number_is_known_or_reached)
{
    static const struct {
        const char *body;
        bool early;
    } cases[] = {
        { "{\"size\":0}", true },
        { "{\"size\":1}", false },
        { "{\"size\":0,\"query\":{\"term\":{\"k\":\"w1\"}}}", true },
        { "{\"size\":0,\"query\":{\"term\":{\"k\":\"nothing\"}}}", true },
        { "{\"size\":0,\"query\":{\"match_none\":{}}}", false },
        { "{\"size\":0,\"query\":{\"exists\":{\"field\":\"b\"}}}", true },
        { "{\"size\":0,\"query\":{\"range\":{\"l\":{\"gte\":0}}}}", false },
        { "{\"size\":0,\"query\":{\"range\":{\"l\":{\"gte\":-600}}}}", false },
        { "{\"size\":0,\"track_total_hits\":10,\"query\":{\"range\":{\"l\":{\"gte\":0}}}}", false },
        { "{\"size\":0,\"track_total_hits\":false,\"query\":{\"range\":{\"l\":{\"gte\":0}}}}", true },
        { "{\"size\":0,\"query\":{\"terms\":{\"k\":[\"w1\",\"w2\"]}}}", false },
        { "{\"size\":0,\"track_total_hits\":10,\"query\":{\"terms\":{\"k\":[\"w1\",\"w2\"]}}}", true },
        { "{\"size\":0,\"track_total_hits\":true,\"query\":{\"terms\":{\"k\":[\"w1\",\"w2\"]}}}", false },
        { "{\"size\":0,\"track_total_hits\":10,\"post_filter\":{\"term\":{\"k\":\"w1\"}}}", true },
        { "{\"size\":0,\"post_filter\":{\"term\":{\"k\":\"w1\"}}}", false },
        { "{\"size\":0,\"min_score\":0.5}", false },
        { "{\"size\":0,\"track_total_hits\":10,\"min_score\":0.5}", true },
        { "{\"size\":0,\"track_total_hits\":10,\"query\":{\"bool\":{\"filter\":[{\"term\":{\"k\":\"w1\"}},{"
          "\"term\":{\"t\":\"words\"}}]}}}",
          false },
        { "{\"size\":0,\"track_total_hits\":10,\"query\":{\"bool\":{\"filter\":[{\"term\":{\"k\":\"w1\"}},{"
          "\"term\":{\"t\":\"some\"}}]}}}",
          true },
        { "{\"size\":0,\"terminate_after\":100000}", false },
        { "{\"size\":0,\"terminate_after\":1}", true },
    };
    struct aggregation_world world;
    struct counter counter;
    aggregation_world_open(&world, 1);
    search_world_refresh(&world.shards[0]);
    assert_false(search(&world, "{\"size\":0}", &counter).terminated_early);
    fill(&world);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool early = search(&world, cases[i].body, &counter).terminated_early;
        if (early != cases[i].early) print_error("%s\n", cases[i].body);
        assert_int_equal(early, cases[i].early);
    }
    search_world_delete(&world.shards[0], "5");
    search_world_refresh(&world.shards[0]);
    assert_false(search(&world, cases[2].body, &counter).terminated_early);
    assert_true(search(&world, cases[8].body, &counter).terminated_early);
    aggregation_world_close(&world);
}
