/* Queries and aggregations over metadata fields, and what the reference says where it has none. */
#include "node/node_test_support.h"

struct fact {
    const char *body;
    const char *part;
};

static const struct fact facts[] = {
    { "{\"query\":{\"term\":{\"_seq_no\":1}}}", "\"_id\":\"2\"" },
    { "{\"query\":{\"range\":{\"_seq_no\":{\"gte\":1}}}}", "\"total\":{\"value\":2," },
    { "{\"query\":{\"query_string\":{\"query\":\"_routing:r*\"}}}", "\"total\":{\"value\":2," },
    { "{\"query\":{\"query_string\":{\"query\":\"_routing:/r1/\"}}}", "\"total\":{\"value\":1," },
    { "{\"query\":{\"simple_query_string\":{\"query\":\"r*\",\"fields\":[\"_routing\"]}}}",
      "\"total\":{\"value\":2," },
    { "{\"query\":{\"exists\":{\"field\":\"_routing\"}}}", "\"total\":{\"value\":2," },
    { "{\"query\":{\"exists\":{\"field\":\"_source\"}}}", "The _source field is not searchable" },
    { "{\"query\":{\"exists\":{\"field\":\"*\"}}}",
      "failed to create query: Cannot run exists query on [_feature]" },
    { "{\"query\":{\"exists\":{\"field\":\"_n*\"}}}",
      "Cannot run exists() query against the nested field path" },
    { "{\"query\":{\"term\":{\"_version\":1}}}", "The _version field is not searchable" },
    { "{\"query\":{\"terms\":{\"_doc_count\":[1]}}}",
      "Field [_doc_count] of type [_doc_count] is not searchable" },
    { "{\"query\":{\"range\":{\"_version\":{\"gt\":0}}}}",
      "Field [_version] of type [_version] does not support range queries" },
    { "{\"query\":{\"term\":{\"l\":{\"value\":\"1\",\"case_insensitive\":true}}}}",
      "[l] field which is of type [long], does not support case insensitive term queries" },
    { "{\"query\":{\"term\":{\"_id\":{\"value\":\"1\",\"case_insensitive\":true}}}}",
      "\"total\":{\"value\":0," },
    { "{\"aggs\":{\"a\":{\"terms\":{\"field\":\"_routing\"}}}}",
      "Fielddata is not supported on field [_routing] of type [_routing]" },
    { "{\"aggs\":{\"a\":{\"max\":{\"field\":\"_version\"}}}}",
      "Fielddata is not supported on field [_version] of type [_version]" },
    { "{\"aggs\":{\"a\":{\"max\":{\"field\":\"_seq_no\"}}}}", "{\"a\":{\"value\":2.0}}" },
    { "{\"query\":{\"function_score\":{\"field_value_factor\":{\"field\":\"_doc_count\"}}}}",
      "Fielddata is not supported on field [_doc_count] of type [_doc_count]" },
    { "{\"query\":{\"function_score\":{\"random_score\":{\"field\":\"_version\",\"seed\":3}}}}",
      "Fielddata is not supported on field [_version] of type [_version]" },
    { "{\"query\":{\"function_score\":{\"field_value_factor\":{\"field\":\"_index\"}}}}",
      "class org.opensearch.index.fielddata.plain.ConstantIndexFieldData cannot be cast to class" },
    /* A text without terms is found by its norm, and not counted. */
    { "{\"query\":{\"exists\":{\"field\":\"t\"}}}", "\"total\":{\"value\":1,\"relation\":\"eq\"}" },
    { "{\"query\":{\"exists\":{\"field\":\"t\"}}}", "\"_id\":\"2\"" },
    { "{\"query\":{\"exists\":{\"field\":\"t\"}},\"aggs\":{\"a\":{\"value_count\":{\"field\":\"l\"}}}}",
      "\"total\":{\"value\":1,\"relation\":\"eq\"}" },
    { "{\"query\":{\"bool\":{\"must_not\":[{\"exists\":{\"field\":\"t\"}}]}}}", "\"total\":{\"value\":1," },
    { "{\"size\":0,\"terminate_after\":1,\"query\":{\"exists\":{\"field\":\"l\"}}}",
      "\"total\":{\"value\":2," },
    { "{\"query\":{\"match\":{\"h\":\"long\"}},\"highlight\":{\"fields\":{\"h\":{}}}}",
      "The length of [h] field of [0] doc of [a] index has exceeded [5] - maximum allowed to be analyzed" },
    { "{\"query\":{\"match\":{\"h\":\"long\"}},\"highlight\":{\"type\":\"plain\",\"fields\":{\"h\":{}}}}",
      "The length of [h] field of [1] doc of [a] index has exceeded [5] - maximum" },
    { "{\"query\":{\"match\":{\"o\":\"long\"}},\"highlight\":{\"fields\":{\"o\":{}}}}",
      "<em>long</em> text" },
};

static void fill(struct world *world)
{
    assert_int_equal(call(world, "PUT", "/a",
                          "{\"settings\":{\"index.highlight.max_analyzed_offset\":5},"
                          "\"mappings\":{\"properties\":{"
                          "\"t\":{\"type\":\"text\"},\"h\":{\"type\":\"text\"},\"l\":{\"type\":\"long\"},"
                          "\"o\":{\"type\":\"text\",\"index_options\":\"offsets\"}}}}"),
                     200);
    const char *first = "{\"t\":\"x\",\"l\":1,\"h\":\"long text\",\"o\":\"long text\"}";
    assert_int_equal(call(world, "PUT", "/a/_doc/1?routing=r1", first), 201);
    assert_int_equal(call(world, "PUT", "/a/_doc/2?routing=r2", "{\"t\":\"\",\"l\":2}"), 201);
    assert_int_equal(call(world, "PUT", "/a/_doc/3?refresh=true", "{}"), 201);
}

TEST(metadata_queries, answers)
{
    struct world world;
    start_world(&world, NULL, NULL);
    fill(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        (void)call(&world, "POST", "/a/_search", facts[i].body);
        bool found = memmem(world.body.data, world.body.size, facts[i].part, strlen(facts[i].part)) != NULL;
        if (!found) assert_slice(world.body, facts[i].part);
    }
    assert_int_equal(call(&world, "POST", "/a/_count", "{\"query\":{\"exists\":{\"field\":\"t\"}}}"), 200);
    assert_true(memmem(world.body.data, world.body.size, "\"count\":1,", 10) != NULL);
    stop_world(&world);
}
