/* Query and fetch phase: pages against the whole order, slices, scroll continuation, what hits show. */
#include "base/test.h"

#include <stdio.h>

#include "base/prng.h"
#include "codec/ids.h"
#include "search/search_test_support.h"

static const char mapping[] =
    "{\"properties\":{\"t\":{\"type\":\"text\"},\"k\":{\"type\":\"keyword\"},\"l\":{\"type\":\"long\"},"
    "\"i\":{\"type\":\"integer\"},\"f\":{\"type\":\"float\"},\"u\":{\"type\":\"unsigned_long\"},"
    "\"d\":{\"type\":\"date\"},\"m\":{\"type\":\"integer\",\"ignore_malformed\":true}}}";

static void fill(struct search_world *world, int docs)
{
    struct qd_prng prng;
    char source[200];
    char id[20];
    qd_prng_seed(&prng, 5);
    search_world_open(world, mapping, NULL);
    for (int i = 0; i < docs; i++) {
        unsigned a = (unsigned)(qd_prng_next(&prng) % 50);
        unsigned b = (unsigned)(qd_prng_next(&prng) % 7);
        int size = snprintf(source, sizeof(source), "{\"t\":\"w%u w%u\",\"l\":[%u,%u],\"f\":%u.5,\"u\":%u", b,
                            a, a, b, a, a);
        if (b != 3) {
            size += snprintf(source + size, sizeof(source) - (size_t)size, ",\"k\":\"k%02u\",\"i\":%u", a, a);
        }
        size += snprintf(source + size, sizeof(source) - (size_t)size, "}");
        (void)snprintf(id, sizeof(id), "%d", i);
        search_world_index(world, id, qd_slice_make(source, (size_t)size));
        if (i % (docs / 3 + 1) == docs / 3) {
            search_world_refresh(world);
        }
    }
    search_world_delete(world, "1");
    search_world_refresh(world);
}

struct run {
    struct qd_search_request request;
    struct qd_query_result result;
};

static void run_body(struct search_world *world, const char *body, const struct qd_top_doc *after,
                     struct run *run)
{
    struct qd_json_document *document = QD_NEW(world->arena, struct qd_json_document);
    assert_ok(qd_json_parse(world->arena, qd_slice_from_string(body), document, &world->error));
    assert_ok(qd_search_request_parse(document, world->arena, &run->request, &world->error));
    run->request.scroll_after = after;
    run->request.scroll = after != NULL || run->request.has_slice;
    assert_ok(
        qd_search_query_phase(&world->view, &run->request, NULL, world->arena, &run->result, &world->error));
}

static const char *const sorts[] = { "[\"l\"]",
                                     "[{\"l\":\"desc\"}]",
                                     "[\"k\"]",
                                     "[{\"k\":{\"order\":\"desc\",\"missing\":\"_first\"}}]",
                                     "[\"i\",{\"k\":\"desc\"}]",
                                     "[{\"i\":{\"missing\":\"_first\"}}]",
                                     "[{\"i\":{\"order\":\"desc\"}}]",
                                     "[{\"f\":\"desc\"},\"_id\"]",
                                     "[\"u\",\"_score\"]",
                                     "[{\"l\":{\"mode\":\"avg\"}}]",
                                     "[\"_doc\"]",
                                     "[{\"_doc\":\"desc\"}]",
                                     "[\"_score\"]" };
static const char *const queries[] = { "{\"match_all\":{}}",
                                       "{\"match\":{\"t\":\"w1 w5\"}}",
                                       "{\"range\":{\"i\":{\"gte\":5,\"lt\":40}}}",
                                       "{\"bool\":{\"filter\":[{\"range\":{\"i\":{\"gte\":5,\"lt\":40}}},"
                                       "{\"terms\":{\"t\":[\"w0\",\"w1\",\"w2\",\"w4\"]}}]}}" };

/* Whatever is skipped, a page is a cut of the whole order; a scroll gives every document once. */
TEST(phase_query, pages_are_cuts_of_the_whole_order)
{
    struct search_world world;
    char body[300];
    fill(&world, 9000);
    for (size_t q = 0; q < sizeof(queries) / sizeof(queries[0]); q++) {
        for (size_t s = 0; s < sizeof(sorts) / sizeof(sorts[0]); s++) {
            struct run whole;
            struct run page;
            (void)snprintf(body, sizeof(body),
                           "{\"query\":%s,\"sort\":%s,\"size\":10000,\"track_total_hits\":true}", queries[q],
                           sorts[s]);
            run_body(&world, body, NULL, &whole);
            assert_int_equal(whole.result.total, whole.result.doc_count);
            for (uint32_t i = 1; i < whole.result.doc_count; i++) {
                assert_true(
                    qd_top_doc_compare(&whole.request, &whole.result.docs[i - 1], &whole.result.docs[i]) < 0);
            }
            (void)snprintf(body, sizeof(body),
                           "{\"query\":%s,\"sort\":%s,\"size\":37,\"track_total_hits\":50}", queries[q],
                           sorts[s]);
            const struct qd_top_doc *after = NULL;
            for (uint32_t at = 0; at < 111; at += 37) {
                run_body(&world, body, after, &page);
                assert_int_equal(page.result.doc_count, 37);
                assert_int_equal(page.result.total, 50);
                assert_true(page.result.total_is_lower_bound);
                for (uint32_t i = 0; i < 37; i++) {
                    assert_int_equal(page.result.docs[i].segment, whole.result.docs[at + i].segment);
                    assert_int_equal(page.result.docs[i].doc, whole.result.docs[at + i].doc);
                }
                after = &page.result.docs[36];
            }
        }
    }
    search_world_close(&world);
}

/* A page behind a document is the same cut, whichever way the points of the first key are walked. */
TEST(phase_query, search_after_goes_on_behind_a_document)
{
    static const char *const keys[] = { "{\"i\":\"asc\"}", "{\"i\":\"desc\"}",
                                        "{\"i\":{\"order\":\"desc\",\"missing\":\"_first\"}}",
                                        "{\"i\":{\"missing\":20}}" };
    struct search_world world;
    char body[400];
    fill(&world, 6000);
    for (size_t q = 0; q < sizeof(queries) / sizeof(queries[0]); q++) {
        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
            struct run whole;
            struct run page;
            (void)snprintf(body, sizeof(body), "{\"query\":%s,\"sort\":[%s,\"_doc\"],\"size\":9000}",
                           queries[q], keys[k]);
            run_body(&world, body, NULL, &whole);
            for (uint32_t at = 0; at + 21 < whole.result.doc_count; at += 97) {
                const struct qd_sort_value *values = whole.result.docs[at].sort_values;
                (void)snprintf(body, sizeof(body),
                               "{\"query\":%s,\"sort\":[%s,\"_doc\"],\"size\":20,\"track_total_hits\":false,"
                               "\"search_after\":[%lld,%lld]}",
                               queries[q], keys[k], (long long)values[0].number, (long long)values[1].number);
                run_body(&world, body, NULL, &page);
                assert_int_equal(page.result.doc_count, 20);
                for (uint32_t i = 0; i < 20; i++) {
                    assert_int_equal(page.result.docs[i].segment, whole.result.docs[at + 1 + i].segment);
                    assert_int_equal(page.result.docs[i].doc, whole.result.docs[at + 1 + i].doc);
                }
            }
        }
    }
    search_world_close(&world);
}

TEST(phase_query, slices_are_disjoint_and_complete)
{
    static const char *const fields[] = { "_id", "i", "u" };
    struct search_world world;
    char body[200];
    fill(&world, 300);
    for (uint32_t shards = 1; shards <= 3; shards++) {
        for (size_t f = 0; f < sizeof(fields) / sizeof(fields[0]); f++) {
            uint64_t total = 0;
            world.view.shard_count = shards;
            for (uint32_t shard = 0; shard < shards; shard++) {
                for (int id = 0; id < 5; id++) {
                    struct run run;
                    world.view.shard = shard;
                    (void)snprintf(body, sizeof(body),
                                   "{\"slice\":{\"id\":%d,\"max\":5,\"field\":\"%s\"},\"size\":1000}", id,
                                   fields[f]);
                    run_body(&world, body, NULL, &run);
                    assert_int_equal(run.result.total, run.result.doc_count);
                    total += run.result.total;
                }
            }
            assert_int_equal(total, 299 * shards);
        }
    }
    search_world_close(&world);
}

/* Which of two slices the reference has a document in. */
TEST(phase_query, slices_hash_as_the_reference_does)
{
    static const struct {
        const char *id;
        int by_id, by_number;
    } facts[] = {
        { "leftovers-a-0", 1, 0 },
        { "leftovers-a-1", 0, 1 },
        { "leftovers-a-2", 1, 1 },
        { "leftovers-a-3", 1, 0 },
    };
    struct search_world world;
    char body[200];
    search_world_open(&world, mapping, NULL);
    for (int i = 0; i < 4; i++) {
        int size = snprintf(body, sizeof(body), "{\"i\":%d}", i);
        search_world_index(&world, facts[i].id, qd_slice_make(body, (size_t)size));
    }
    search_world_refresh(&world);
    for (int slice = 0; slice < 2; slice++) {
        int wanted[2] = { 0, 0 };
        struct run run;
        for (int i = 0; i < 4; i++) {
            wanted[0] += facts[i].by_id == slice;
            wanted[1] += facts[i].by_number == slice;
        }
        (void)snprintf(body, sizeof(body), "{\"slice\":{\"id\":%d,\"max\":2}}", slice);
        run_body(&world, body, NULL, &run);
        assert_int_equal(run.result.total, wanted[0]);
        (void)snprintf(body, sizeof(body), "{\"slice\":{\"id\":%d,\"max\":2,\"field\":\"i\"}}", slice);
        run_body(&world, body, NULL, &run);
        assert_int_equal(run.result.total, wanted[1]);
        for (uint32_t d = 0; d < run.result.doc_count; d++) {
            assert_int_equal(facts[run.result.docs[d].doc].by_number, slice);
        }
    }
    search_world_close(&world);
}

TEST(phase_query, terminate_after_counts_what_post_filter_lets_through)
{
    struct search_world world;
    struct run run;
    fill(&world, 300);
    run_body(&world, "{\"terminate_after\":10}", NULL, &run);
    assert_int_equal(run.result.total, 10);
    assert_true(run.result.terminated_early);
    run_body(&world, "{\"terminate_after\":299}", NULL, &run);
    assert_false(run.result.terminated_early);
    run_body(&world, "{\"terminate_after\":1,\"post_filter\":{\"term\":{\"k\":\"none\"}}}", NULL, &run);
    assert_int_equal(run.result.total, 0);
    assert_false(run.result.terminated_early);
    search_world_close(&world);
}

/* Counts how often it is asked; the time is over at the second question. */
static bool over_soon(const void *context)
{
    int *asked = *(int *const *)context;
    return ++*asked > 1;
}

TEST(phase_query, a_search_whose_time_is_over_tells_what_it_has)
{
    struct search_world world;
    struct run run;
    int asked = 0;
    int *counter = &asked;
    fill(&world, 9000);
    run_body(&world, "{\"track_total_hits\":true,\"min_score\":0.5}", NULL, &run);
    uint64_t whole = run.result.total;
    assert_false(run.result.timed_out);
    world.view.expired = over_soon;
    world.view.expired_context = &counter;
    run_body(&world, "{\"track_total_hits\":true,\"min_score\":0.5}", NULL, &run);
    assert_true(run.result.timed_out);
    assert_true(run.result.total > 0 && run.result.total < whole);
    assert_true(run.result.doc_count > 0);
    search_world_close(&world);
}

TEST(phase_query, functions_refuse_scores_as_the_reference_does)
{
    static const char *const facts[][2] = {
        { "{\"field\":\"l\",\"factor\":-1,\"modifier\":\"none\"}",
          "\"reason\":\"field value function must not produce negative scores, but got: [" },
        { "{\"field\":\"nosuch\",\"missing\":-1,\"modifier\":\"ln\"}",
          "\"reason\":\"function score query returned an invalid score: NaN for doc: 0\"" },
    };
    struct search_world world;
    fill(&world, 300);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        char body[300];
        (void)snprintf(body, sizeof(body),
                       "{\"query\":{\"function_score\":{\"field_value_factor\":%s}}}", facts[i][0]);
        struct qd_slice answer = search_world_search(&world, qd_slice_from_string(body));
        if (memmem(answer.data, answer.size, facts[i][1], strlen(facts[i][1])) == NULL)
            assert_slice(answer, facts[i][1]);
    }
    search_world_close(&world);
}

TEST(phase_query, function_scores_explain_themselves)
{
    static const char *const parts[] = {
        "{\"value\":4.5,\"description\":\"max of:\",\"details\":[{\"value\":1.0,\"description\":\"*:*\"",
        "{\"value\":4.5,\"description\":\"function score, score mode [sum]\",\"details\":[{\"value\":3.0,",
        "{\"value\":1.0,\"description\":\"match filter: ",
        "{\"value\":1.0,\"description\":\"constant score 1.0 - no function provided\",\"details\":[]}",
        "{\"value\":1.5,\"description\":\"weight\",\"details\":[]}",
        "\"description\":\"maxBoost\",\"details\":[]}]}]}",
    };
    struct search_world world;
    fill(&world, 300);
    struct qd_slice answer = search_world_explain(
        &world,
        QD_SLICE("{\"query\":{\"function_score\":{\"functions\":[{\"filter\":{\"bool\":{\"must\":"
                 "{\"match_all\":{}}}},\"weight\":3},{\"weight\":1.5}],\"score_mode\":\"sum\","
                 "\"boost_mode\":\"max\"}}}"),
        "2");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (memmem(answer.data, answer.size, parts[i], strlen(parts[i])) == NULL)
            assert_slice(answer, parts[i]);
    }
    search_world_close(&world);
}

TEST(phase_query, results_survive_the_wire)
{
    struct search_world world;
    struct run run;
    struct qd_buffer bytes = { 0 };
    struct qd_query_result read;
    fill(&world, 300);
    run_body(&world, "{\"sort\":[\"k\",\"f\",\"l\",\"_score\"],\"size\":50}", NULL, &run);
    qd_query_result_write(&run.result, &bytes);
    assert_ok(qd_query_result_read(qd_buffer_view(&bytes), world.arena, &read, &world.error));
    assert_int_equal(read.doc_count, 50);
    for (uint32_t i = 0; i < read.doc_count; i++) {
        assert_int_equal(qd_top_doc_compare(&run.request, &read.docs[i], &run.result.docs[i]), 0);
    }
    for (size_t size = 0; size < bytes.size; size++) {
        assert_true(qd_query_result_read(qd_slice_make(bytes.data, size), world.arena, &read, &world.error) !=
                    QD_OK);
    }
    qd_buffer_deinit(&bytes);
    search_world_close(&world);
}

static void expect(struct search_world *world, const char *body, const char *part)
{
    struct qd_slice answer = search_world_search(world, qd_slice_from_string(body));
    if (memmem(answer.data, answer.size, part, strlen(part)) == NULL) {
        assert_slice(answer, part);
    }
}

/* Facts of the reference. */
TEST(phase_fetch, hits_show_what_the_reference_shows)
{
    struct search_world world;
    search_world_open(&world, mapping, NULL);
    search_world_index(&world, "1",
                       QD_SLICE("{\"k\":[\"b\",\"a\"],\"l\":5,\"f\":0.1,\"u\":18446744073709551615,"
                                "\"d\":\"2020-01-01\",\"m\":\"bad\"}"));
    search_world_index(&world, "2", QD_SLICE("{\"t\":\"x\"}"));
    search_world_refresh(&world);
    expect(&world, "{\"sort\":[\"l\",\"i\",\"f\",\"u\",\"d\",\"k\"],\"_source\":false,\"from\":1}",
           "{\"_index\":\"search-test\",\"_id\":\"2\",\"_score\":null,\"sort\":[9223372036854775807,"
           "2147483647,\"Infinity\","
           "18446744073709551615,9223372036854775807,null]}");
    expect(&world,
           "{\"query\":{\"ids\":{\"values\":[\"1\"]}},\"_source\":[\"l\"],\"docvalue_fields\":[\"k\",\"f\","
           "\"_id\"],"
           "\"fields\":[\"m\",\"d\"]}",
           "\"_score\":1.0,\"_ignored\":[\"m\"],\"_source\":{\"l\":5},\"fields\":{"
           "\"d\":[\"2020-01-01T00:00:00.000Z\"],\"f\":[0.10000000149011612],\"k\":[\"a\",\"b\"],"
           "\"_id\":[\"1\"]}}");
    expect(&world, "{\"stored_fields\":\"_none_\",\"size\":1}",
           "[{\"_index\":\"search-test\",\"_score\":1.0}]");
    expect(&world, "{\"query\":{\"term\":{\"k\":{\"value\":\"a\",\"_name\":\"n\"}}},\"_source\":false}",
           "\"matched_queries\":[\"n\"]");
    expect(&world, "{\"sort\":\"t\"}",
           "Text fields are not optimised for operations that require per-document field data");
    expect(&world, "{\"sort\":\"none\"}", "No mapping found for [none] in order to sort on");
    expect(&world, "{\"sort\":\"l\",\"search_after\":[1,2]}", "search_after has 2 value(s) but sort has 1.");
    expect(&world, "{\"search_after\":[1]}", "Sort must contain at least one field.");
    expect(&world, "{\"sort\":\"l\",\"search_after\":[\"x\"]}",
           "Failed to parse search_after value for field [l].");
    expect(&world, "{\"from\":9991}", "must be less than or equal to: [10000] but was [10001]");
    expect(&world, "{\"indices_boost\":{\"search*\":2}}", "\"max_score\":2.0");
    expect(&world, "{\"size\":0,\"track_total_hits\":1}",
           "{\"total\":1,\"relation\":\"gte\",\"max_score\":null,\"hits\":[]}");
    search_world_close(&world);
}

/* The order of documents that the reference gives. */
TEST(phase_query, sorts_by_averages_as_the_reference_does)
{
    static const char *const facts[][2] = {
        { "{\"sort\":[{\"u\":{\"mode\":\"avg\"}}]}", "\"_id\":\"1\",\"_score\":null" },
        { "{\"sort\":[{\"u\":{\"mode\":\"median\"}}]}", "\"_id\":\"1\",\"_score\":null" },
        { "{\"sort\":[{\"u\":{\"mode\":\"sum\"}}]}", "\"_id\":\"1\",\"_score\":null" },
        { "{\"sort\":[{\"l\":{\"mode\":\"median\"}}]}", "\"_id\":\"2\",\"_score\":null" },
        { "{\"sort\":[{\"l\":{\"nested_filter\":{\"match_all\":{}}}}]}",
          "\"_id\":\"1\",\"_score\":null" },
        { "{\"sort\":[{\"l\":{\"nested\":{\"path\":\"p\",\"filter\":{\"match_all\":{}}}}}]}",
          "[nested] failed to find nested object under path [p]" },
        { "{\"sort\":[\"u\"],\"search_after\":[1e18]}", "{\"total\":2,\"relation\":\"eq\",\"max_score\":null,"
          "\"hits\":[]}" },
    };
    struct search_world world;
    search_world_open(&world, mapping, NULL);
    /* 2^64 - 1 and 1 are -1 and 1 there: 0 on average. */
    search_world_index(&world, "1",
                       QD_SLICE("{\"u\":[18446744073709551615,1],\"l\":[1,9223372036854775807]}"));
    search_world_index(&world, "2", QD_SLICE("{\"u\":5,\"l\":4}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice answer = search_world_search(&world, qd_slice_from_string(facts[i][0]));
        const char *first = memmem(answer.data, answer.size, "\"_id\"", 5);
        struct qd_slice shown = answer;
        if (first != NULL) shown.size = (size_t)(first - answer.data) + strlen(facts[i][1]);
        if (memmem(shown.data, shown.size, facts[i][1], strlen(facts[i][1])) == NULL) {
            assert_slice(answer, facts[i][1]);
        }
    }
    search_world_close(&world);
}

TEST(phase_query, nothing_is_after_the_last_nanosecond)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"d\":{\"type\":\"date_nanos\"}}}", NULL);
    search_world_index(&world, "1", QD_SLICE("{\"d\":\"2262-04-11T23:47:16.854775807Z\"}"));
    search_world_refresh(&world);
    expect(&world, "{\"query\":{\"range\":{\"d\":{\"gte\":\"2262-04-11T23:47:16.854775807Z\"}}}}",
           "{\"total\":1,");
    expect(&world, "{\"query\":{\"range\":{\"d\":{\"gt\":\"2262-04-11T23:47:16.854775807Z\"}}}}",
           "{\"total\":0,");
    search_world_close(&world);
}

/* Each answer is what the reference gives for these documents: identifiers with their sort values. */
TEST(phase_query, numeric_type_says_what_values_are_compared_as)
{
    static const char *const facts[][2] = {
        { "{\"n\":{\"order\":\"asc\",\"numeric_type\":\"double\"}}", "1[1.0] 2[2.0] 3[10.0] " },
        { "{\"r\":{\"order\":\"asc\",\"numeric_type\":\"long\"}}", "2[-1] 3[0] 1[1] " },
        { "{\"dn\":{\"order\":\"desc\",\"numeric_type\":\"date\"}}",
          "2[1584230400000] 1[1579046400000] 3[0] " },
        { "{\"dn\":{\"order\":\"asc\",\"numeric_type\":\"double\"}}",
          "3[0.0] 1[1.5790464E12] 2[1.5842304E12] " },
        { "{\"dt\":{\"order\":\"asc\",\"numeric_type\":\"long\"}}",
          "3[-14256000000] 1[1579046400000] 2[1584230400000] " },
        { "{\"dt\":{\"order\":\"asc\",\"numeric_type\":\"date_nanos\"}}", "" },
    };
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"n\":{\"type\":\"long\"},\"r\":{\"type\":\"double\"},"
                      "\"dt\":{\"type\":\"date\"},\"dn\":{\"type\":\"date_nanos\"}}}",
                      NULL);
    search_world_index(&world, "1",
                       QD_SLICE("{\"n\":1,\"r\":1.5,\"dt\":\"2020-01-15\","
                                "\"dn\":\"2020-01-15T00:00:00.000000001Z\"}"));
    search_world_index(&world, "2",
                       QD_SLICE("{\"n\":2,\"r\":-1.5,\"dt\":\"2020-03-15\",\"dn\":\"2020-03-15\"}"));
    search_world_index(&world, "3",
                       QD_SLICE("{\"n\":10,\"r\":0.0,\"dt\":\"1969-07-20\",\"dn\":\"1970-01-01\"}"));
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"_source\":false,\"sort\":[%s]}", facts[i][0]);
        struct qd_slice answer = search_world_search(&world, body);
        struct qd_json_document document;
        struct qd_buffer shown = { 0 };
        assert_int_equal(qd_json_parse(world.arena, answer, &document, NULL), QD_OK);
        struct qd_json_iterator at = qd_json_iterate(qd_json_get(document.root, "hits"));
        while (qd_json_next(&at)) {
            struct qd_json_iterator value = qd_json_iterate(qd_json_get(at.value, "sort"));
            (void)qd_json_next(&value);
            qd_buffer_format(&shown, "%.*s[%.*s] ", QD_SLICE_ARG(qd_json_text(qd_json_get(at.value, "_id"))),
                             QD_SLICE_ARG(qd_json_text(value.value)));
        }
        struct qd_slice text = qd_arena_copy(world.arena, qd_buffer_view(&shown));
        qd_buffer_deinit(&shown);
        assert_slice(text, facts[i][1]);
    }
    search_world_close(&world);
}

/* The names of ignored fields stand in the order of Java's set. */
TEST(phase_fetch, ignored_fields_in_the_order_of_a_set)
{
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"k\":{\"type\":\"integer\",\"ignore_malformed\":true},"
                      "\"k2\":{\"type\":\"integer\",\"ignore_malformed\":true}}}",
                      NULL);
    search_world_index(&world, "1", QD_SLICE("{\"k\":\"x\",\"k2\":\"x\"}"));
    search_world_refresh(&world);
    expect(&world, "{\"_source\":false}", "\"_ignored\":[\"k2\",\"k\"]");
    search_world_close(&world);
}
