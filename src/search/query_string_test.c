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
