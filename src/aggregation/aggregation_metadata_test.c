/* _id and _index as sources, filters that a shard rewrites, bounds in the wrong order: as the reference
 * answers over the five documents of aggregation_support_test.c on one shard. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static const struct aggregation_case cases[] = {
    { "{\"size\":0,\"aggs\":{\"x\":{\"terms\":{\"field\":\"_id\",\"size\":2,\"order\":{\"_key\":\"desc\"}},"
      "\"aggs\":{\"y\":{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":3,\"buckets\":[{\"key\":\"4\",\"doc_"
      "count\":1,\"y\":{\"value\":10.0}},{\"key\":\"3\",\"doc_count\":1,\"y\":{\"value\":10.0}}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"_id\"}},\"y\":{\"value_count\":{\"field\":"
      "\"_id\"}},\"z\":{\"missing\":{\"field\":\"_id\"}}}}",
      "{\"x\":{\"value\":5},\"y\":{\"value\":5},\"z\":{\"doc_count\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"cardinality\":{\"field\":\"_index\"}},\"y\":{\"value_count\":{"
      "\"field\":"
      "\"_index\"}},\"z\":{\"missing\":{\"field\":\"_index\"}}}}",
      "{\"x\":{\"value\":1},\"y\":{\"value\":5},\"z\":{\"doc_count\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"term\":{\"nope\":1}}}}}",
      "{\"x\":{\"meta\":{},\"doc_count\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"term\":{\"nope\":1}},\"meta\":{\"a\":1}}}}",
      "{\"x\":{\"meta\":{\"a\":1},\"doc_count\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"term\":{\"k\":\"a\"}}}}}", "{\"x\":{\"doc_count\":2}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filters\":{\"filters\":{\"p\":{\"match_all\":{}},\"q\":{\"bool\":{"
      "\"must_not\":[{\"exists\":{\"field\":\"nope\"}}]}}}}}}}",
      "{\"x\":{\"meta\":{},\"buckets\":{\"p\":{\"doc_count\":5},\"q\":{\"doc_count\":5}}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"missing\":{\"field\":\"k\"},\"aggs\":{\"y\":{\"filter\":{\"terms\":{"
      "\"boost\":1,\"nope\":[1]}}},\"z\":{\"max\":{\"field\":\"l\"}}}}}}",
      "{\"x\":{\"meta\":{},\"doc_count\":1,\"y\":{\"meta\":{},\"doc_count\":0},\"z\":{\"value\":10.0}}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"match\":{\"nope\":1}}}}}", "{\"x\":{\"doc_count\":0}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"filter\":{\"bool\":{}}}}}", "{\"x\":{\"meta\":{},\"doc_count\":5}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"to\":10.5},{\"from\":10.5}]}}}"
      "}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-10.5\",\"to\":10.5,\"doc_count\":3},{\"key\":\"10.5-*\",\"from\":10."
      "5,"
      "\"doc_count\":2}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"range\":{\"field\":\"l\",\"ranges\":[{\"to\":10.5},{\"from\":10.2}]}}}"
      "}",
      "{\"x\":{\"buckets\":[{\"key\":\"*-10.5\",\"to\":10.5,\"doc_count\":5},{\"key\":\"10.2-*\",\"from\":10."
      "2,"
      "\"doc_count\":0}]}}" },
    { "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,\"extended_bounds\":{"
      "\"min\":5,\"max\":5}}}}}",
      "{\"x\":{\"buckets\":[{\"key\":0.0,\"doc_count\":3},{\"key\":5.0,\"doc_count\":0},{\"key\":10.0,\"doc_"
      "count\":2}]}}" },
};

TEST(metadata, as_recorded)
{
    for (unsigned segments = 0; segments < 2; segments++) {
        struct aggregation_world world;
        aggregation_world_open(&world, 1);
        aggregation_world_fill(&world, segments == 1);
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            assert_slice(aggregation_world_run(&world, qd_slice_from_string(cases[i].request)),
                         cases[i].answer);
        }
        aggregation_world_close(&world);
    }
}

/* The causes of an error, the reason of each but the one that has none. */
static void check_bounds(struct aggregation_world *world, const char *request)
{
    static const char *const reasons[] = {
        "failed to parse field [hard_bounds]",
        "[double_bounds] failed to parse field [max]",
        "Failed to build [double_bounds] after last required field arrived",
        "Cannot instantiate an object of org.opensearch.search.aggregations.bucket.histogram.DoubleBounds",
        NULL,
        "max bound [1.5] must be greater than min bound [10.0]",
    };
    (void)aggregation_world_run(world, qd_slice_from_string(request));
    const struct qd_error *error = &world->shards[0].error;
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        assert_non_null(error);
        assert_int_equal(error->null_reason, reasons[i] == NULL);
        if (reasons[i] == NULL) assert_string_equal(error->type_override, "invocation_target_exception");
        else assert_non_null(strstr(qd_arena_string(world->shards[0].arena, error->reason), reasons[i]));
        error = error->cause;
    }
    assert_null(error);
}

TEST(metadata, bounds_in_the_wrong_order)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, false);
    check_bounds(&world, "{\"size\":0,\"aggs\":{\"x\":{\"histogram\":{\"field\":\"l\",\"interval\":5,"
                         "\"hard_bounds\":{\"min\":10,\"max\":1.5}}}}}");
    aggregation_world_close(&world);
}
