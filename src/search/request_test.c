/* Facts of the reference about search bodies. */
#include "base/test.h"

#include "search/search.h"

/* The first error of a body as "type: reason", with line and col when it has them; "ok" when there is none.
 */
static struct qd_slice outcome(struct qd_arena *arena, const char *body)
{
    struct qd_json_document document;
    struct qd_search_request request;
    struct qd_error error;
    qd_error_init(&error, arena);
    enum qd_status status = qd_json_parse(arena, qd_slice_from_string(body), &document, &error);
    if (status == QD_OK) {
        status = qd_search_request_parse(&document, arena, &request, &error);
    }
    if (status == QD_OK) {
        return QD_SLICE("ok");
    }
    const char *type = error.type_override != NULL ? error.type_override : qd_status_type(error.status);
    struct qd_slice text = qd_arena_format(arena, "%s: %.*s", type, QD_SLICE_ARG(error.reason));
    for (const struct qd_error_field *field = error.first; field != NULL; field = field->next) {
        text = qd_arena_format(arena, "%.*s %.*s", QD_SLICE_ARG(text), QD_SLICE_ARG(field->value));
    }
    if (error.cause != NULL) {
        text = qd_arena_format(arena, "%.*s < %.*s", QD_SLICE_ARG(text), QD_SLICE_ARG(error.cause->reason));
    }
    return text;
}

static const char *const query_facts[][2] = {
    { "{\"query\":{\"bool\":{\"must\":[[]]}}}",
      "x_content_parse_exception: [1:27] [bool] failed to parse field [must] < expected value but g"
      "ot [START_ARRAY]" },
    { "{\"query\":{\"bool\":{\"must\":{\"query_string\":{\"query\":\"a\",\"fields\":[\"a^x\",\"b\"]}}}}}",
      "x_content_parse_exception: [1:74] [bool] failed to parse field [must] < For input string: \"x"
      "\"" },
    { "{\"query\":{\"dis_max\":{\"queries\":[[1]]}}}",
      "parsing_exception: [_na] query malformed, must start with start_object 1 33" },
    { "{\"query\":{\"combined_fields\":{\"fields\":\"t\",\"query\":1}}}",
      "x_content_parse_exception: [1:51] [combined_fields] query doesn't support values of type: VA"
      "LUE_NUMBER" },
    { "{\"query\":{\"bool\":{\"should\":[{\"multi_match\":{\"fields\":[\"a^x\"]}}]}}}",
      "x_content_parse_exception: [1:55] [bool] failed to parse field [should] < For input string: "
      "\"x\"" },
    { "{\"query\":{\"bool\":{\"must\":{\"range\":{}}}}}",
      "x_content_parse_exception: [1:36] [bool] failed to parse field [must] < field name is null o"
      "r empty" },
    { "{\"query\":{\"bool\":{\"must\":[{\"match\":{\"n\":{\"operator\":\"x\",\"boost\":[]}}}]}}}",
      "x_content_parse_exception: [1:53] [bool] failed to parse field [must] < No enum constant org"
      ".opensearch.index.query.Operator.X" },
    { "{\"query\":{\"range\":{\"n\":{\"gte\":[1]}}}}",
      "parsing_exception: invalid lower bound for [range] query 1 32" },
    { "{\"query\":{\"multi_match\":{\"query\":\"a\",\"max_expansions\":0}}}",
      "illegal_argument_exception: Max expansions must be strictly great than zero." },
    { "{\"query\":{\"simple_query_string\":{\"query\":\"a\",\"fields\":\"a^x\",\"x\":1}}}",
      "parsing_exception: [simple_query_string] unsupported field [fields] 1 55" },
    { "{\"query\":{\"match_all\":{\"boost\":\"x\"}}}",
      "parsing_exception: [1:32] [match_all] failed to parse field [boost] 1 32 < [1:32] [match_all"
      "] failed to parse field [boost]" },
    { "{\"query\":{\"match_all\":{\"x\":1}}}",
      "parsing_exception: [1:24] [match_all] unknown field [x] 1 28 < [1:24] [match_all] unknown fi"
      "eld [x]" },
    { "{\"query\":{\"match_none\":{\"x\":null}}}",
      "parsing_exception: [match_none] unknown token [VALUE_NULL] after [x] 1 29" },
    { "{\"query\":{\"ids\":{\"values\":[null]}}}",
      "parsing_exception: [1:28] [ids] failed to parse field [values] 1 28 < [1:28] [ids] failed to"
      " parse field [values]" },
    { "{\"query\":{\"bool\":{\"must\":[5]}}}",
      "x_content_parse_exception: [1:28] [bool] failed to parse field [must] < [_na] query malforme"
      "d, must start with start_object" },
    { "{\"query\":{\"bool\":{\"_name\":5}}}",
      "x_content_parse_exception: [1:27] [bool] _name doesn't support values of type: VALUE_NUMBER" },
    { "{\"query\":{\"dis_max\":{\"queries\":[]}}}",
      "parsing_exception: [_na] query malformed, must start with start_object 1 33" },
    { "{\"query\":{\"boosting\":{\"positive\":null}}}",
      "parsing_exception: [boosting] query requires 'positive' query to be set' 1 38" },
    { "{\"query\":{\"constant_score\":{\"filter\":null}}}",
      "parsing_exception: unexpected token [VALUE_NULL] 1 38" },
    { "{\"query\":{\"match\":{\"t\":\"a\",\"k\":\"b\"}}}",
      "parsing_exception: [match] query doesn't support multiple fields, found [t] and [k] 1 32" },
    { "{\"query\":{\"match\":{\"t\":{\"operator\":\"and\"}}}}",
      "parsing_exception: No text specified for text query 1 42" },
    { "{\"query\":{\"match\":{\"t\":{\"query\":\"a\",\"zero_terms_query\":5}}}}",
      "parsing_exception: Unsupported zero_terms_query value [5] 1 56" },
    { "{\"query\":{\"match\":{\"t\":{\"query\":\"a\",\"fuzziness\":-1}}}}",
      "illegal_argument_exception: Invalid fuzziness value: -1" },
    { "{\"query\":{\"multi_match\":{\"query\":\"fox\",\"fields\":null}}}",
      "parsing_exception: [multi_match] query does not support [fields] 1 49" },
    { "{\"query\":{\"query_string\":{\"query\":[]}}}",
      "parsing_exception: [query_string] query does not support [query] 1 35" },
    { "{\"query\":{\"query_string\":{\"query\":null}}}",
      "parsing_exception: [query_string] unknown token [VALUE_NULL] after [query] 1 35" },
    { "{\"query\":{\"simple_query_string\":{\"query\":\"fox\",\"x\":5}}}",
      "parsing_exception: [simple_query_string] unsupported field [x] 1 52" },
    { "{\"query\":{\"term\":{\"t\":{\"value\":\"fox\",\"boost\":{}}}}}",
      "input_coercion_exception: Current token (START_OBJECT) not numeric, cannot use numeric value"
      " accessors\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled);"
      " byte offset: #46] < Current token (START_OBJECT) not numeric, cannot use numeric value acce"
      "ssors\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); byte"
      " offset: #46]" },
    { "{\"query\":{\"function_score\":{\"random_score\":{},\"weight\":1.5}}}",
      "parsing_exception: failed to parse [function_score] query. already found function [random_sc"
      "ore], now encountering [weight]. use [functions] array if you want to define several functio"
      "ns. 1 56" },
    { "{\"query\":{\"fuzzy\":{\"t\":{\"value\":null}}}}",
      "parsing_exception: [fuzzy] unexpected token [VALUE_NULL] after [value] 1 33" },
    { "{\"query\":{\"regexp\":{\"t\":{\"value\":[]}}}}",
      "illegal_state_exception: Can't get text on a START_ARRAY at 1:34" },
    { "{\"query\":{\"range\":{\"n\":{\"gt\":1,\"gte\":2}}}}",
      "parsing_exception: invalid lower bound for [range] query 1 38" },
    { "{\"query\":{\"range\":{\"d\":{\"gte\":\"2020\",\"time_zone\":\"+25:00\"}}}}",
      "illegal_argument_exception: java.time.DateTimeException: Zone offset hours not in valid rang"
      "e: value 25 is not in the range -18 to 18 < Zone offset hours not in valid range: value 25 i"
      "s not in the range -18 to 18" },
    { "{\"query\":{\"range\":{\"d\":{\"gte\":\"2020\",\"time_zone\":\"Mars/X\"}}}}",
      "illegal_argument_exception: java.time.zone.ZoneRulesException: Unknown time-zone ID: Mars/X "
      "< Unknown time-zone ID: Mars/X" },
    { "{\"query\":{\"range\":{\"d\":{\"gte\":\"2020\",\"format\":\"nosuch\"}}}}",
      "illegal_argument_exception: Invalid format: [nosuch]: Unknown pattern letter: o < Unknown pa"
      "ttern letter: o" },
    { "{\"query\":{\"terms\":{\"k\":[\"a\"],\"t\":{}}}}",
      "parsing_exception: [terms] query does not support more than one field. Already got: [k] but "
      "also found [t] 1 34" },
    { "{\"query\":{\"function_score\":{\"functions\":[{}]}}}",
      "parsing_exception: failed to parse [function_score] query. an entry in functions list is mis"
      "sing a function. 1 43" },
    { "{\"query\":{\"function_score\":{\"functions\":[{\"weight\":1}],\"weight\":2}}}",
      "parsing_exception: failed to parse [function_score] query. [you can either define [functions"
      "] array or a single function, not both. already found [functions] array, now encountering [w"
      "eight].] 1 65" },
    { "{\"query\":{\"function_score\":{\"random_score\":{},\"gauss\":{\"n\":{\"origin\":1,\"scale\""
      ":1}}}}}",
      "parsing_exception: failed to parse [function_score] query. already found function [random_sc"
      "ore], now encountering [gauss]. use [functions] array if you want to define several function"
      "s. 1 55" },
    { "{\"query\":{\"function_score\":{\"nosuch\":{}}}}",
      "parsing_exception: unknown query [function_score] did you mean any of [random_score, script_"
      "score]? 1 38 < [1:38] unknown field [nosuch]" },
    { "{\"query\":{\"terms\":{\"k\":{\"index\":\"a\",\"id\":\"1\"}}}}",
      "illegal_argument_exception: Required [path]" },
    { "{\"query\":{\"terms\":{\"k\":{}}}}", "illegal_argument_exception: Required [index, path]" },
    { "{\"query\":{\"terms\":{\"k\":{\"index\":\"a\",\"path\":\"p\"}}}}",
      "x_content_parse_exception: Failed to build [terms_lookup] after last required field arrived < [terms] "
      "query lookup element requires specifying either the id or the query." },
    { "{\"query\":{\"terms\":{\"k\":{\"index\":\"a\",\"path\":\"p\",\"id\":\"1\"}}}}",
      "illegal_argument_exception: the lookup of [terms] is not supported by this version of Quidditch" },
    { "{\"query\":{\"simple_query_string\":{\"query\":\"x\",\"fields\":[\"a^-1\"]}}}",
      "illegal_argument_exception: negative [boost] are not allowed in [{\n  \"simple_query_string\" : {\n"
      "    \"query\" : \"x\",\n    \"flags\" : -1,\n    \"default_operator\" : \"or\",\n"
      "    \"analyze_wildcard\" : false,\n    \"auto_generate_synonyms_phrase_query\" : true,\n"
      "    \"fuzzy_prefix_length\" : 0,\n    \"fuzzy_max_expansions\" : 50,\n"
      "    \"fuzzy_transpositions\" : true,\n    \"boost\" : 1.0\n  }\n}], use a value between 0 and 1 to "
      "deboost" },
    { "{\"query\":{\"multi_match\":{\"fields\":[\"a^ \"]}}}", "number_format_exception: empty String" },
    { "{\"query\":{\"range\":{\"n\":{\"relation\":\"disjoint\"}}}}",
      "illegal_argument_exception: [range] query does not support relation [disjoint]" },
    { "{\"query\":{\"combined_fields\":{\"query\":\"a\",\"fields\":5}}}",
      "x_content_parse_exception: [1:51] [combined_fields] fields doesn't support values of "
      "type: VALUE_NUMBER" },
    { "{\"query\":{\"function_score\":{\"weight\":-1}}}",
      "illegal_argument_exception: [weight] cannot be negative for a filtering function" },
};

TEST(request, queries_are_refused_with_the_references_texts)
{
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(query_facts) / sizeof(query_facts[0]); i++) {
        assert_slice(outcome(arena, query_facts[i][0]), query_facts[i][1]);
    }
    qd_arena_destroy(arena);
}

TEST(request, errors_are_the_references)
{
    static const char *const facts[][2] = {
        { "{\"foo\":1}", "parsing_exception: Unknown key for a VALUE_NUMBER in [foo]. 1 8" },
        { "{\"size\":null}", "parsing_exception: Unknown key for a VALUE_NULL in [size]. 1 9" },
        { "{\"from\":-1}", "illegal_argument_exception: [from] parameter cannot be negative, found [-1]" },
        { "{\"size\":\"x\"}", "number_format_exception: For input string: \"x\"" },
        { "{\"size\":\"\"}", "number_format_exception: empty String" },
        { "{\"from\":\"3000000000\"}",
          "illegal_argument_exception: Value [3000000000] is out of range for an integer" },
        { "{\"_source\":1}",
          "parsing_exception: Expected one of [VALUE_BOOLEAN, VALUE_STRING, START_ARRAY, START_OBJECT] "
          "but found [VALUE_NUMBER] 1 12" },
        { "{\"_source\":[1]}", "parsing_exception: Unknown key for a VALUE_NUMBER in [null]. 1 13" },
        { "{\"stored_fields\":[\"_none_\",\"t\"]}",
          "illegal_argument_exception: cannot combine _none_ with other fields" },
        { "{\"docvalue_fields\":[{}]}", "illegal_argument_exception: Required [field]" },
        { "{\"docvalue_fields\":[{\"field\":\"k\",\"foo\":1}]}",
          "x_content_parse_exception: [1:34] [docvalues_field] unknown field [foo]" },
        { "{\"slice\":{\"id\":0,\"max\":1}}", "x_content_parse_exception: [1:24] [slice] failed to parse "
                                              "field [max] < max must be greater than 1" },
        { "{\"slice\":{\"id\":0,\"max\":2,\"foo\":1}}",
          "x_content_parse_exception: [1:26] [slice] unknown field [foo]" },
        { "{\"sort\":{\"l\":1}}",
          "x_content_parse_exception: [1:15] [field_sort] Expected START_OBJECT but was: END_OBJECT" },
        { "{\"sort\":{\"l\":{\"ordr\":\"x\"}}}",
          "x_content_parse_exception: [1:15] [field_sort] unknown field [ordr] did you mean [order]?" },
        { "{\"sort\":{\"l\":\"x\"}}",
          "illegal_argument_exception: No enum constant org.opensearch.search.sort.SortOrder.X" },
        { "{\"search_after\":[]}", "illegal_argument_exception: Values must contains at least one value." },
        { "{\"rescore\":{\"query\":{}}}",
          "illegal_argument_exception: [rescore] is not supported by this version of Quidditch" },
        { "{\"profile\":false,\"script_fields\":{},\"rescore\":[]}", "ok" },
        { "{\"indices_boost\":[{\"a\":2,\"b\":1}]}",
          "parsing_exception: Expected [END_OBJECT] in [indices_boost] but found [FIELD_NAME] 1 26" },
        { "{\"highlight\":{\"fields\":{\"t\":{\"foo\":1}}}}",
          "x_content_parse_exception: [1:36] [highlight] failed to parse field [fields] < [1:36] [fields] "
          "failed to "
          "parse field [t]" },
        { "[]", "parsing_exception: Expected [START_OBJECT] but found [START_ARRAY] 1 1" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        assert_slice(outcome(arena, facts[i][0]), facts[i][1]);
    }
    qd_arena_destroy(arena);
}

TEST(request, wrapped_queries_are_strict_base64)
{
    static const char *const facts[][3] = {
        { "\"@@@\"", "Illegal character '@' (code 0x40) in base64 content", "#33]" },
        { "\"abc\"", "Unexpected end of base64-encoded String", "#35]" },
        { "\"ab c\"", "Illegal white space character (code 0x20) as character #3 of 4-char", "#35]" },
        { "\"a===\"", "Unexpected padding character ('=') as character #2", "#34]" },
        { "\"ab=\"", "Illegal character '\"' (code 0x22) in base64 content", "#36]" },
        { "5", "Current token (VALUE_NUMBER_INT) not VALUE_STRING or VALUE_EMBEDDED_OBJECT", "#32]" },
        { "1.5", "Current token (VALUE_NUMBER_FLOAT) not VALUE_STRING", "#34]" },
        { "true", "Current token (VALUE_TRUE) not VALUE_STRING", "#35]" },
    };
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct qd_slice body =
            qd_arena_format(arena, "{\"query\":{\"wrapper\": {\"query\": %s}}}", facts[i][0]);
        struct qd_slice text = outcome(arena, (const char *)body.data);
        assert_true(qd_slice_starts_with(text, QD_SLICE("json_parse_exception: ")));
        assert_true(memmem(text.data, text.size, facts[i][1], strlen(facts[i][1])) != NULL);
        if (memmem(text.data, text.size, facts[i][2], strlen(facts[i][2])) == NULL)
            assert_slice(text, facts[i][2]);
    }
    assert_slice(outcome(arena, "{\"query\":{\"wrapper\":{\"query\":\"eyJtYXRjaF9hbGwiOnt9fQ== \"}}}"), "ok");
    qd_arena_destroy(arena);
}

TEST(request, coercion_errors_name_the_byte_behind_the_token)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice text = outcome(arena, "{\"size\":true}");
    assert_true(qd_slice_starts_with(
        text, QD_SLICE("input_coercion_exception: Current token (VALUE_TRUE) not numeric")));
    assert_true(memmem(text.data, text.size, "byte offset: #12]", 17) != NULL);
    qd_arena_destroy(arena);
}
