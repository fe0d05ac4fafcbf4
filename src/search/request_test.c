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
    struct qd_slice text = qd_arena_format(arena, "%s: %.*s", qd_status_type(error.status),
                                           QD_SLICE_ARG(error.reason));
    for (const struct qd_error_field *field = error.first; field != NULL; field = field->next) {
        text = qd_arena_format(arena, "%.*s %.*s", QD_SLICE_ARG(text), QD_SLICE_ARG(field->value));
    }
    if (error.cause != NULL) {
        text = qd_arena_format(arena, "%.*s < %.*s", QD_SLICE_ARG(text), QD_SLICE_ARG(error.cause->reason));
    }
    return text;
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

TEST(request, coercion_errors_name_the_byte_behind_the_token)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice text = outcome(arena, "{\"size\":true}");
    assert_true(qd_slice_starts_with(
        text, QD_SLICE("input_coercion_exception: Current token (VALUE_TRUE) not numeric")));
    assert_true(memmem(text.data, text.size, "byte offset: #12]", 17) != NULL);
    qd_arena_destroy(arena);
}
