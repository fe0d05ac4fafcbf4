/* Odd corners of queries: their texts, explanations and answers as the reference gave them. */
#include "base/test.h"
#include "search/search_test_support.h"

static const char mapping[] =
    "{\"properties\":{\"t\":{\"type\":\"text\"},\"u\":{\"type\":\"text\"},\"c\":{\"type\":\"keyword"
      "\",\"index\":false},\"k\":{\"type\":\"keyword\"},\"l\":{\"type\":\"unsigned_long\"},\"h\":{\""
      "type\":\"keyword\",\"doc_values\":false},\"b\":{\"type\":\"text\",\"index\":false},\"n\":{\"t"
      "ype\":\"integer\"}}}";

static void expect_in(struct qd_slice text, const char *part)
{
    if (memmem(text.data, text.size, part, strlen(part)) == NULL) assert_slice(text, part);
}

static void open_world(struct search_world *world)
{
    search_world_open(world, mapping, NULL);
    search_world_index(world, "1", QD_SLICE("{\"t\":\"quick fox\",\"u\":\"quick\",\"c\":\"red\",\"k"
      "\":\"\",\"l\":1,\"h\":\"x\",\"n\":-1}"));
    search_world_refresh(world);
}

static struct qd_slice query_of(struct search_world *world, const char *query)
{
    return qd_arena_format(world->arena, "{\"query\":%s}", query);
}

TEST(query_odd, texts_are_those_of_the_reference)
{
    static const char *const facts[][2] = {
        { "{\"range\":{\"h\":{}}}",
          "ConstantScore(_field_names:h)" },
        { "{\"exists\":{\"field\":\"b\"}}",
          "ConstantScore(FieldExistsQuery [field=b])" },
        { "{\"match\":{\"t\":{\"query\":\"!?\",\"boost\":3}}}",
          "MatchNoDocsQuery(\"Matching no documents because no terms present\")" },
        { "{\"query_string\":{\"query\":\"fox\",\"fields\":[\"t^2\",\"t\"]}}",
          "(t:fox)^2.0" },
        { "{\"simple_query_string\":{\"query\":\"fox\",\"fields\":[\"t^2\",\"t\"]}}",
          "(t:fox)^2.0" },
        { "{\"multi_match\":{\"query\":\"fox\",\"fields\":[\"t^2\",\"t\"]}}",
          "t:fox" },
        { "{\"terms\":{\"l\":[0,1]}}",
          "dvQuery=: [0, 1]" },
        { "{\"terms\":{\"l\":[60,9,1,7]}}",
          "IndexOrDocValuesQuery(indexQuery=l:{1 7 9 60}, dvQuery=: [1, 9, 60, 7])" },
        { "{\"regexp\":{\"nosuch\":\"a\"}}",
          "nosuch:/a/" },
        { "{\"query_string\":{\"query\":\"fo?\",\"default_field\":\"nosuch\"}}",
          "MatchNoDocsQuery(\"unmapped fields [fo?]\")" },
        { "{\"ids\":{\"values\":[\"true\",\"12\",\"zz==\"]}}",
          "_id:([b6 bb 9e] [fe 12] [ff 7a 7a 3d 3d])" },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        expect_in(search_world_text(&world, query_of(&world, facts[i][0])), facts[i][1]);
    search_world_close(&world);
}

TEST(query_odd, explanations_are_those_of_the_reference)
{
    static const char *const facts[][2] = {
        { "{\"wildcard\":{\"c\":\"r*\"}}",
          "\"description\":\"ConstantScore(c:r*)\"" },
        { "{\"terms\":{\"c\":[\"red\",\"blue\"]}}",
          "\"description\":\"ConstantScore(c:(blue red))\"" },
        { "{\"function_score\":{\"query\":{\"exists\":{\"field\":\"n\",\"_name\":\"q\"}},\"functions"
          "\":[]}}",
          "\"description\":\"ConstantScore(*:*) (_name: q)\"" },
        { "{\"bool\":{\"boost\":2.5,\"must_not\":{\"match\":{\"t\":\"zzz\"}}}}",
          "{\"value\":1.0,\"description\":\"*:*\"" },
        { "{\"combined_fields\":{\"query\":\"quick\",\"fields\":[\"t^1.3\",\"u^1.3\"]}}",
          "{\"value\":0.18243253,\"description\":\"weight(CombinedFieldQuery((t^1.3 u^1.3)(quick)) in 0)" },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        expect_in(search_world_explain(&world, query_of(&world, facts[i][0]), "1"), facts[i][1]);
    search_world_close(&world);
}

TEST(query_odd, answers_are_those_of_the_reference)
{
    static const char *const facts[][2] = {
        { "{\"fuzzy\":{\"k\":{\"value\":\"x\",\"fuzziness\":1,\"rewrite\":\"scoring_boolean\"}}}",
          "boost must be a positive float, got -Infinity" },
        { "{\"fuzzy\":{\"t\":{\"value\":\"\",\"fuzziness\":2}}}",
          "{\"total\":0" },
        { "{\"bool\":{\"must\":[{\"match_all\":{}}],\"filter\":[{\"exists\":{\"field\":\"n\"}}],\"mi"
          "nimum_should_match\":1}}",
          "{\"total\":0" },
        { "{\"wildcard\":{\"c\":{\"value\":\"R*\",\"case_insensitive\":true}}}",
          "{\"total\":0" },
        { "{\"regexp\":{\"t\":{\"value\":\"quick@\",\"flags\":\"ALL\",\"flags_value\":0}}}",
          "{\"total\":0" },
        { "{\"regexp\":{\"t\":{\"value\":\"quick@\",\"flags_value\":0,\"flags\":\"ALL\"}}}",
          "{\"total\":1" },
        { "{\"combined_fields\":{\"query\":1,\"fields\":[\"t\"]}}",
          "[combined_fields] query doesn't support values of type: VALUE_NUMBER" },
        { "{\"boosting\":{\"positive\":{\"match_all\":{}},\"negative\":{\"match_all\":{}},\"negative"
          "_boost\":[0.5]}}",
          "{\"total\":1" },
        { "{\"match\":{\"t\":{\"query\":\"fox\",\"boost\":\"NaN\"}}}",
          "failed to create query: boost must be a positive float, got NaN" },
        { "{\"match\":{\"_source\":\"!?\"}}",
          "{\"total\":0" },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        expect_in(search_world_search(&world, query_of(&world, facts[i][0])), facts[i][1]);
    search_world_close(&world);
}

/* Scores of decays and of chance, and how many should clauses are asked for. */
TEST(query_odd, functions_score_as_in_the_reference)
{
    static const char *const facts[][2] = {
        { "{\"linear\":{\"n\":{\"origin\":10,\"scale\":20}}}", "\"max_score\":0.725," },
        { "{\"linear\":{\"n\":{\"origin\":10,\"scale\":20,\"decay\":0.33,\"offset\":2}}}",
          "\"max_score\":0.6985," },
        { "{\"gauss\":{\"n\":{\"origin\":10,\"scale\":20}}}", "\"max_score\":0.8108461," },
        { "{\"gauss\":{\"n\":{\"origin\":10,\"scale\":20,\"decay\":0.33,\"offset\":2}}}",
          "\"max_score\":0.7989122," },
        { "{\"exp\":{\"n\":{\"origin\":10,\"scale\":20}}}", "\"max_score\":0.6830201," },
        { "{\"exp\":{\"n\":{\"origin\":10,\"scale\":20,\"decay\":0.33,\"offset\":2}}}",
          "\"max_score\":0.6071993," },
        { "{\"field_value_factor\":{\"field\":\"n\"},\"min_score\":1}",
          "must not produce negative scores" },
    };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice query = qd_arena_format(world.arena, "{\"function_score\":%s}", facts[i][0]);
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%.*s}", QD_SLICE_ARG(query));
        expect_in(search_world_search(&world, body), facts[i][1]);
    }
    /* Without hits the function's complaint is told, too. */
    expect_in(search_world_search(&world, QD_SLICE("{\"size\":0,\"query\":{\"function_score\":{"
                         "\"min_score\":1,"
                                                   "\"field_value_factor\":{\"field\":\"n\"}}}}")),
              "must not produce negative scores");
    search_world_close(&world);
}

TEST(query_odd, as_many_should_clauses_are_needed_as_asked_for)
{
    static const char *const facts[][2] = { { "2", "{\"total\":1" },      { "3", "{\"total\":0" },
                                            { "\"-1\"", "{\"total\":1" }, { "\"2<50%\"", "{\"total\":1" },
                                            { "\"67%\"", "{\"total\":1" }, { "\"-34%\"", "{\"total\":1" },
                                            { "\"100%\"", "{\"total\":0" } };
    struct search_world world;
    open_world(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body = qd_arena_format(
            world.arena, "{\"query\":{\"bool\":{\"minimum_should_match\":%s,\"should\":[{\"match"
                         "\":{\"t\":\"quick\"}},"
                         "{\"match\":{\"u\":\"fox\"}},{\"match\":{\"t\":\"fox\"}}]}}}", facts[i][0]);
        expect_in(search_world_search(&world, body), facts[i][1]);
    }
    search_world_close(&world);
}
