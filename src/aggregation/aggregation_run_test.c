/* Runs: names, order, limits, memory. */
#include "aggregation/aggregation_test_support.h"
#include "base/test.h"

static void check(struct aggregation_world *world, const char *request, const char *answer)
{
    assert_slice(aggregation_world_run(world, qd_slice_from_string(request)), answer);
}

TEST(aggregation_run, siblings_come_in_the_order_of_a_java_hash_map)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, false);
    check(
        &world,
        "{\"aggs\":{\"zeta\":{\"max\":{\"field\":\"l\"}},\"alpha\":{\"max\":{\"field\":\"l\"}},\"m\":{"
        "\"max\":"
        "{\"field\":\"l\"}},\"b\":{\"max\":{\"field\":\"l\"}},\"Bar\":{\"max\":{\"field\":\"l\"}},\"x10\":{"
        "\"max\":"
        "{\"field\":\"l\"}},\"x1\":{\"max\":{\"field\":\"l\"}}}}",
        "{\"zeta\":{\"value\":10.0},\"b\":{\"value\":10.0},\"Bar\":{\"value\":10.0},\"x10\":{\"value\":10.0},"
        "\"alpha\":{\"value\":10.0},\"x1\":{\"value\":10.0},\"m\":{\"value\":10.0}}");
    aggregation_world_close(&world);
}

TEST(aggregation_run, typed_keys_name_the_kind_of_keys)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, false);
    world.typed_keys = true;
    check(
        &world,
        "{\"aggs\":{\"a\":{\"terms\":{\"field\":\"b\",\"size\":1},\"aggs\":{\"c\":{\"value_count\":{"
        "\"field\":"
        "\"l\"}}}}}}",
        "{\"lterms#a\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":1,\"buckets\":[{\"key\":1,"
        "\"key_as_string\":\"true\",\"doc_count\":2,\"value_count#c\":{\"value\":2}}]}}");
    check(&world, "{\"aggs\":{\"a\":{\"percentiles\":{\"field\":\"l\",\"percents\":[50],\"hdr\":{}}}}}",
          "{\"hdr_percentiles#a\":{\"values\":{\"50.0\":3.0009765625}}}");
    aggregation_world_close(&world);
}

TEST(aggregation_run, buckets_are_limited_on_shards_and_in_gaps)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, false);
    world.max_buckets = 2;
    check(&world, "{\"aggs\":{\"a\":{\"terms\":{\"field\":\"k\",\"size\":2}}}}",
          "error: too_many_buckets_exception: Trying to create too many buckets. Must be less than or equal "
          "to: [2] "
          "but was [3]. This limit can be set by changing the [search.max_buckets] cluster level setting.");
    world.max_buckets = 65535;
    check(
        &world, "{\"aggs\":{\"a\":{\"histogram\":{\"field\":\"l\",\"interval\":0.00001}}}}",
        "error: too_many_buckets_exception: Trying to create too many buckets. Must be less than or equal "
        "to: "
        "[65535] but was [900001]. This limit can be set by changing the [search.max_buckets] cluster level "
        "setting.");
    aggregation_world_close(&world);
}

TEST(aggregation_run, refused_memory_is_an_error_and_all_of_it_is_given_back)
{
    struct aggregation_world world;
    struct qd_breaker breaker = { .name = "request", .overhead = 1 };
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, true);
    world.shards[0].view.breaker = &breaker;
    const char *request =
        "{\"aggs\":{\"a\":{\"terms\":{\"field\":\"l\"},\"aggs\":{\"c\":{\"cardinality\":{\"field\":"
        "\"k\"}},\"p\":{\"percentiles\":{\"field\":\"d\"}}}}}}";
    int refused = 0;
    for (int64_t limit = 1; limit < 1 << 20; limit += limit / 2 + 7) {
        atomic_store(&breaker.limit, limit);
        struct qd_slice answer = aggregation_world_run(&world, qd_slice_from_string(request));
        refused += qd_slice_starts_with(answer, QD_SLICE("error: circuit_breaking_exception"));
        assert_true(atomic_load(&breaker.used) == 0);
    }
    assert_true(refused > 3);
    struct qd_slice answer = aggregation_world_run(&world, qd_slice_from_string(request));
    assert_true(qd_slice_starts_with(answer, QD_SLICE("{\"a\":{\"doc_count_error")));
    aggregation_world_close(&world);
}

TEST(aggregation_run, zero_shards_give_the_empty_shapes)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    struct qd_json_document document;
    struct qd_aggregations *aggregations;
    struct qd_buffer out = { 0 };
    struct qd_json_writer writer = { .out = &out };
    qd_error_init(&error, arena);
    assert_ok(
        qd_json_parse(arena,
                      QD_SLICE("{\"t\":{\"terms\":{\"field\":\"k\"}},\"a\":{\"avg\":{\"field\":\"l\"}},"
                               "\"h\":{\"histogram\":{\"field\":\"l\",\"interval\":1}},\"f\":{\"filter\":"
                               "{\"match_all\":{}},\"aggs\":{\"s\":{\"sum\":{\"field\":\"l\"}}}}}"),
                      &document, &error));
    assert_ok(qd_aggregations_parse(&document, document.root, arena, &aggregations, &error));
    struct qd_aggregation_reduce reduce = { .aggregations = aggregations, .max_buckets = 10 };
    assert_ok(qd_aggregations_render(&reduce, arena, &writer, &error));
    assert_slice(qd_buffer_view(&out),
                 "{\"a\":{\"value\":null},\"t\":{\"doc_count_error_upper_bound\":0,\"sum_other_doc_count\":0,"
                 "\"buckets\":[]},\"f\":{\"doc_count\":0,\"s\":{\"value\":0.0}},\"h\":{\"buckets\":[]}}");
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
}

TEST(aggregation_run, truncated_partial_results_are_refused_and_flipped_ones_harmless)
{
    struct aggregation_world world;
    aggregation_world_open(&world, 1);
    aggregation_world_fill(&world, false);
    struct search_world *shard = &world.shards[0];
    struct qd_json_document document;
    struct qd_aggregations *aggregations;
    struct qd_aggregation_run *run;
    struct qd_buffer partial = { 0 };
    assert_ok(qd_json_parse(
        shard->arena,
        QD_SLICE("{\"t\":{\"terms\":{\"field\":\"k\"},\"aggs\":{\"p\":{\"percentiles\":{\"field\":"
                 "\"l\"}}}},\"d\":{\"date_histogram\":{\"field\":\"dt\",\"fixed_interval\":"
                 "\"1d\"}}}"),
        &document, &shard->error));
    assert_ok(qd_aggregations_parse(&document, document.root, shard->arena, &aggregations, &shard->error));
    assert_ok(qd_aggregation_run_create(aggregations, &shard->view, shard->arena, &run, &shard->error));
    assert_ok(qd_aggregation_run_finish(run, &partial, &shard->error));
    for (size_t size = 0; size < partial.size; size++) {
        struct qd_slice part = { partial.data, size };
        struct qd_buffer out = { 0 };
        struct qd_json_writer writer = { .out = &out };
        struct qd_aggregation_reduce reduce = { aggregations, &part, 1, 0, false };
        assert_int_equal(qd_aggregations_render(&reduce, shard->arena, &writer, &shard->error),
                         QD_ILLEGAL_STATE);
        qd_buffer_deinit(&out);
    }
    /* A flipped bit may give another answer or an error, and nothing worse. */
    for (size_t bit = 0; bit < partial.size * 8; bit++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_slice bytes = qd_arena_copy(arena, qd_buffer_view(&partial));
        ((char *)(uintptr_t)bytes.data)[bit / 8] ^= (char)(1 << bit % 8);
        struct qd_buffer out = { 0 };
        struct qd_json_writer writer = { .out = &out };
        struct qd_error error;
        qd_error_init(&error, arena);
        struct qd_aggregation_reduce reduce = { aggregations, &bytes, 1, 1000, false };
        (void)!qd_aggregations_render(&reduce, arena, &writer, &error);
        qd_buffer_deinit(&out);
        qd_arena_destroy(arena);
    }
    qd_buffer_deinit(&partial);
    aggregation_world_close(&world);
}
