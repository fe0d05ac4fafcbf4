/* What the reference says of query strings that its grammar does not take. */
#include "base/json_writer.h"
#include "base/test.h"

#include "search/search_test_support.h"

static const struct {
    const char *query;
    const char *reason; /* of the parser, behind "Cannot parse '..': " */
} facts[] = {
    { "fox^", "Encountered \"<EOF>\" at line 1, column 4.\nWas expecting:\n    <NUMBER> ...\n    " },
    { "[a b]", "Encountered \" <RANGE_GOOP> \"b \"\" at line 1, column 3.\nWas expecting:\n"
               "    \"TO\" ...\n    " },
    { "[a TO", "Encountered \"<EOF>\" at line 1, column 5.\nWas expecting one of:\n    \"TO\" ...\n"
               "    <RANGE_QUOTED> ...\n    <RANGE_GOOP> ...\n    " },
    { "[a TO b", "Encountered \"<EOF>\" at line 1, column 7.\nWas expecting one of:\n    \"]\" ...\n"
                 "    \"}\" ...\n    " },
    { "t:", "Encountered \"<EOF>\" at line 1, column 2.\nWas expecting one of:\n    <BAREOPER> ...\n"
            "    \"(\" ...\n    \"*\" ...\n    <QUOTED> ...\n    <TERM> ...\n    <PREFIXTERM> ...\n"
            "    <WILDTERM> ...\n    <REGEXPTERM> ...\n    \"[\" ...\n    \"{\" ...\n"
            "    <NUMBER> ...\n    " },
    { "a NOT NOT b", "Encountered \" <NOT> \"NOT \"\" at line 1, column 6.\nWas expecting one of:\n"
                     "    <BAREOPER> ...\n    \"(\" ...\n    \"*\" ...\n    <QUOTED> ...\n    <TERM> ...\n"
                     "    <PREFIXTERM> ...\n    <WILDTERM> ...\n    <REGEXPTERM> ...\n    \"[\" ...\n"
                     "    \"{\" ...\n    <NUMBER> ...\n    <TERM> ...\n    \"*\" ...\n    " },
    { "(a~1", "Encountered \"<EOF>\" at line 1, column 4.\nWas expecting one of:\n    <AND> ...\n"
              "    <OR> ...\n    <NOT> ...\n    \"+\" ...\n    \"-\" ...\n    <BAREOPER> ...\n"
              "    \"(\" ...\n    \")\" ...\n    \"*\" ...\n    \"^\" ...\n    <QUOTED> ...\n    <TERM> ...\n"
              "    <PREFIXTERM> ...\n    <WILDTERM> ...\n    <REGEXPTERM> ...\n    \"[\" ...\n    \"{\" ...\n"
              "    <NUMBER> ...\n    " },
    { "a \"b c", "Lexical error at line 1, column 7.  Encountered: <EOF> after prefix \"\\\"b c\" "
                 "(in lexical state 2)" },
    { "\xc3\xbc]x", "Lexical error at line 1, column 2.  Encountered: '93' (93), (in lexical state 2)" },
    { "\\u12", "Truncated Unicode escape sequence." },
};

TEST(query_string, syntax_errors_are_the_references)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_buffer body = { 0 };
        struct qd_json_writer writer = { .out = &body };
        qd_buffer_text(&body, "{\"query\":{\"query_string\":{\"query\":");
        qd_json_string(&writer, qd_slice_from_string(facts[i].query));
        qd_buffer_text(&body, ",\"default_field\":\"t\"}}}");
        (void)search_world_text(&world, qd_arena_copy(world.arena, qd_buffer_view(&body)));
        qd_buffer_deinit(&body);
        const struct qd_error *cause = world.error.cause;
        assert_non_null(cause);
        char *whole = qd_arena_string(world.arena, qd_arena_format(world.arena, "Cannot parse '%s': %s",
                                                                   facts[i].query, facts[i].reason));
        assert_slice(cause->reason, whole);
        assert_slice(cause->cause->reason, facts[i].reason);
    }
    search_world_close(&world);
}

/* Texts of the reference: what stands behind "~", what "*" means in several fields, fields that are not
 * there. */
TEST(query_string, marks_and_fields)
{
    static const char *const texts[][2] = {
        { "{\"query_string\":{\"query\":\"*\",\"fields\":[\"t^2\",\"u\"]}}",
          "((ConstantScore(FieldExistsQuery [field=t]))^2.0 | ConstantScore(FieldExistsQuery [field=u]))" },
        { "{\"query_string\":{\"query\":\"a~x\",\"default_field\":\"t\"}}",
          "error: query_shard_exception: failed to create query: For input string: \"X\"" },
        { "{\"query_string\":{\"query\":\"a\",\"default_field\":\"nosuch\"}}",
          "MatchNoDocsQuery(\"unmapped fields [nosuch]\")" },
        { "{\"query_string\":{\"query\":\"a\",\"fields\":[\"t^x\"]}}",
          "error: number_format_exception: For input string: \"x\"" },
        { "{\"query_string\":{\"query\":\"n:a\",\"default_field\":\"t\"}}",
          "error: query_shard_exception: failed to create query: Cannot search on field [n] since it is not "
          "indexed." },
        { "{\"simple_query_string\":{\"query\":\"ab~x cd~0.5 ef~9 gh~\",\"fields\":[\"t\"]}}",
          "t:ab t:cd t:ef~2 t:gh~2" },
        { "{\"simple_query_string\":{\"query\":\"-a\",\"fields\":[\"nosuch\"]}}",
          "-MatchNoDocsQuery(\"unmapped fields []\") *:*" },
        { "{\"simple_query_string\":{\"query\":\"\\\"a b\\\"\",\"fields\":[\"t\"],"
          "\"quote_field_suffix\":\".q\"}}",
          "t.q:\"a b\"" },
        /* Shingles are not a graph. */
        { "{\"match\":{\"s\":\"a b\"}}", "Synonym(s:a s:a b) s:b" },
    };
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"t\":{\"type\":\"text\",\"fields\":{\"q\":{\"type\":\"text\"}}},"
                      "\"u\":{\"type\":\"text\"},\"n\":{\"type\":\"text\",\"index\":false},"
                      "\"s\":{\"type\":\"text\",\"analyzer\":\"pairs\"}}}",
                      "{\"analyzer\":{\"pairs\":{\"tokenizer\":\"standard\",\"filter\":[\"shingle\"]}}}");
    search_world_refresh(&world);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct qd_slice body = qd_arena_format(world.arena, "{\"query\":%s}", texts[i][0]);
        assert_slice(search_world_text(&world, body), texts[i][1]);
    }
    search_world_close(&world);
}

TEST(query_string, edits_beyond_a_words_length_are_worth_nothing)
{
    struct search_world world;
    search_world_open(&world, "{\"properties\":{\"t\":{\"type\":\"text\"}}}", NULL);
    search_world_index(&world, "1", QD_SLICE("{\"t\":\"x foo\"}"));
    search_world_index(&world, "2", QD_SLICE("{\"t\":\"x\"}"));
    search_world_refresh(&world);
    struct qd_slice answer = search_world_search(
        &world, QD_SLICE("{\"query\":{\"fuzzy\":{\"t\":{\"value\":\"fox\",\"fuzziness\":2}}}}"));
    /* The word of one letter is found, and adds 0 to the score of the other one. */
    assert_true(memmem(answer.data, answer.size, "\"_id\":\"2\",\"_score\":0.0", 20) != NULL);
    assert_true(memmem(answer.data, answer.size, "\"_score\":-", 10) == NULL);
    search_world_close(&world);
}
