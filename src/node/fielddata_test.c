/* Field data of text fields: sorting, aggregating and showing terms, its memory, and where it is refused. */
#include "node/node_test_support.h"

static const char mapping[] =
    "{\"mappings\":{\"properties\":{\"t\":{\"type\":\"text\",\"fielddata\":true},\"p\":{\"type\":\"text\"},"
    "\"f\":{\"type\":\"text\",\"fielddata\":true,\"fielddata_frequency_filter\":{\"min\":2,\"max\":100}}}}}";

static void fill(struct world *world)
{
    assert_int_equal(call(world, "PUT", "/a", mapping), 200);
    assert_int_equal(call(world, "PUT", "/a/_doc/1", "{\"t\":\"quick brown fox\",\"f\":\"x y\"}"), 201);
    assert_int_equal(call(world, "PUT", "/a/_doc/2?refresh=true", "{\"t\":\"lazy dog\",\"f\":\"x z\"}"), 201);
    /* Another segment. */
    assert_int_equal(call(world, "PUT", "/a/_doc/3?refresh=true", "{\"t\":\"brown bear\",\"f\":\"x\"}"), 201);
    assert_int_equal(call(world, "PUT", "/a/_doc/4?refresh=true", "{\"p\":\"none\"}"), 201);
}

static void expect(const struct world *world, const char *part)
{
    bool found = memmem(world->body.data, world->body.size, part, strlen(part)) != NULL;
    if (!found) assert_slice(world->body, part);
}

TEST(fielddata, terms_of_documents)
{
    static const char *const facts[][2] = {
        { "{\"sort\":[\"t\"],\"_source\":false}",
          "\"_id\":\"3\",\"_score\":null,\"sort\":[\"bear\"]},{\"_index\":\"a\",\"_id\":\"1\","
          "\"_score\":null,\"sort\":[\"brown\"]},{\"_index\":\"a\",\"_id\":\"2\",\"_score\":null,"
          "\"sort\":[\"dog\"]},{\"_index\":\"a\",\"_id\":\"4\",\"_score\":null,\"sort\":[null]}" },
        { "{\"sort\":[{\"t\":\"desc\"}],\"size\":1}", "\"sort\":[\"quick\"]" },
        { "{\"size\":0,\"aggs\":{\"a\":{\"terms\":{\"field\":\"t\",\"size\":2}}}}",
          "\"sum_other_doc_count\":4,\"buckets\":[{\"key\":\"brown\",\"doc_count\":2},"
          "{\"key\":\"bear\",\"doc_count\":1}]" },
        { "{\"size\":0,\"aggs\":{\"a\":{\"cardinality\":{\"field\":\"t\"}}}}", "{\"a\":{\"value\":6}}" },
        { "{\"size\":0,\"aggs\":{\"a\":{\"missing\":{\"field\":\"t\"}}}}", "{\"a\":{\"doc_count\":1}}" },
        { "{\"docvalue_fields\":[\"t\"],\"_source\":false,\"query\":{\"match\":{\"t\":\"fox\"}}}",
          "\"fields\":{\"t\":[\"brown\",\"fox\",\"quick\"]}" },
        { "{\"sort\":[{\"t\":{\"mode\":\"avg\"}}]}",
          "we only support AVG, MEDIAN and SUM on number based fields" },
        { "{\"sort\":[\"p\"]}", "Text fields are not optimised for operations" },
        /* The filter counts the documents of each segment by itself: x is rare in the second. */
        { "{\"size\":0,\"aggs\":{\"a\":{\"terms\":{\"field\":\"f\"},\"aggs\":{\"v\":{\"value_count\":"
          "{\"field\":\"t\"}}}}}}",
          "\"buckets\":[{\"key\":\"x\",\"doc_count\":2,\"v\":{\"value\":5}}]" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    fill(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        (void)call(&world, "POST", "/a/_search", facts[i][0]);
        expect(&world, facts[i][1]);
    }
    stop_world(&world);
}

TEST(fielddata, memory_is_shown_and_given_back)
{
    static const char sizes[] = "/_nodes/stats/breaker?filter_path=nodes.*.breakers.fielddata."
                                "estimated_size_in_bytes";
    struct world world;
    start_world(&world, NULL, NULL);
    fill(&world);
    assert_int_equal(call(&world, "GET", "/_cat/fielddata", NULL), 200);
    assert_slice(world.body, "");
    assert_int_equal(call(&world, "POST", "/a/_search", "{\"sort\":[\"t\"]}"), 200);
    assert_int_equal(call(&world, "GET", "/_cat/fielddata?h=field", NULL), 200);
    assert_slice(world.body, "t\n");
    assert_int_equal(call(&world, "GET", "/_cat/fielddata/f*?h=field", NULL), 200);
    assert_slice(world.body, "");
    assert_int_equal(call(&world, "GET", sizes, NULL), 200);
    assert_true(memmem(world.body.data, world.body.size, "bytes\":0}", 9) == NULL);
    assert_int_equal(call(&world, "DELETE", "/a", NULL), 200);
    assert_int_equal(call(&world, "GET", sizes, NULL), 200);
    expect(&world, "bytes\":0}");
    stop_world(&world);
}

/* Which parts of a request to clear caches drop field data, by what _cat/fielddata shows afterwards. */
TEST(fielddata, clearing_caches_drops_it)
{
    static const char *const facts[][2] = {
        { "fields=t", "f\n" },        { "fields=t,x,f", "" }, { "fields=t*", "f\nt\n" }, { "", "" },
        { "query=true", "f\nt\n" },   { "request=true", "" }, { "file=true", "" },
        { "fielddata=true", "" },      { "fielddata=false", "" },
        { "query=true&fields=t", "f\nt\n" }, { "query=true&fielddata=true&fields=t", "f\n" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    fill(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice target = qd_arena_format(world.arena, "/a/_cache/clear?%s", facts[i][0]);
        assert_int_equal(call(&world, "POST", "/a/_search", "{\"sort\":[\"t\",\"f\"]}"), 200);
        assert_int_equal(call(&world, "POST", target.data, NULL), 200);
        expect(&world, "\"successful\":1,\"failed\":0}");
        assert_int_equal(call(&world, "GET", "/_cat/fielddata?h=field&s=field", NULL), 200);
        assert_slice(world.body, facts[i][1]);
    }
    assert_int_equal(call(&world, "POST", "/_cache/clear", NULL), 200);
    assert_int_equal(call(&world, "GET", "/_nodes/stats/breaker", NULL), 200);
    expect(&world, "\"estimated_size_in_bytes\":0,\"estimated_size\":\"0b\",\"overhead\":1.03");
    stop_world(&world);
}

TEST(fielddata, statistics_tell_of_the_fields_that_are_named)
{
    static const char *const facts[][2] = {
        { "/a/_stats/fielddata?fields=t*", "\"evictions\":0,\"fields\":{\"t\":{\"memory_size_in_bytes\":" },
        { "/a/_stats/fielddata?fielddata_fields=f&fields=t", "\"fields\":{\"f\":{\"memory_size_in_bytes\":" },
        { "/a/_stats/fielddata?fields=none", "\"evictions\":0,\"fields\":{}}" },
        { "/a/_stats/fielddata?fields=", "\"evictions\":0}" },
        { "/_nodes/stats/indices/fielddata?fields=f", "\"fields\":{\"f\":{\"memory_size_in_bytes\":" },
        { "/_nodes/stats/indices/fielddata", "\"evictions\":0}" },
        { "/_nodes/stats/indices", "\"evictions\":0,\"fields\":{}}" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    fill(&world);
    assert_int_equal(call(&world, "POST", "/a/_search", "{\"sort\":[\"t\",\"f\"]}"), 200);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        assert_int_equal(call(&world, "GET", facts[i][0], NULL), 200);
        expect(&world, facts[i][1]);
    }
    stop_world(&world);
}

TEST(fielddata, a_full_breaker_refuses)
{
    struct world world;
    start_world(&world, "indices.breaker.fielddata.limit", "50b");
    fill(&world);
    assert_int_equal(call(&world, "POST", "/a/_search", "{\"sort\":[\"t\"]}"), 429);
    expect(&world, "circuit_breaking_exception");
    assert_int_equal(call(&world, "POST", "/a/_search", "{\"sort\":[\"_doc\"]}"), 200);
    stop_world(&world);
}

/* What docvalue_fields shows of fields that take no format, or ignore it. */
TEST(fielddata, formats_of_columns)
{
    static const char *const facts[][2] = {
        { "{\"field\":\"u\",\"format\":\"use_field_mapping\"}", "{\"u\":[18446744073709551615]}" },
        { "{\"field\":\"b\"}", "{\"b\":[\"AQID\"]}" },
        { "{\"field\":\"b\",\"format\":\"#.0\"}", "{\"b\":[\"AQID\"]}" },
        { "{\"field\":\"p\",\"format\":\"#.0\"}",
          "Field [p] of type [text] does not support custom formats" },
        { "{\"field\":\"_seq_no\",\"format\":\"#.0\"}",
          "Field [_seq_no] of type [_seq_no] does not support custom formats" },
    };
    struct world world;
    start_world(&world, NULL, NULL);
    assert_int_equal(call(&world, "PUT", "/a",
                          "{\"mappings\":{\"properties\":{\"u\":{\"type\":\"unsigned_long\"},"
                          "\"p\":{\"type\":\"text\"},\"b\":{\"type\":\"binary\",\"doc_values\":true}}}}"),
                     200);
    assert_int_equal(call(&world, "PUT", "/a/_doc/1?refresh=true",
                          "{\"u\":18446744073709551615,\"b\":\"AQID\",\"p\":\"x\"}"),
                     201);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"docvalue_fields\":[%s]}", facts[i][0]);
        (void)call(&world, "POST", "/a/_search", body.data);
        expect(&world, facts[i][1]);
    }
    stop_world(&world);
}
