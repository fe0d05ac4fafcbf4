#include "script/mustache.h"

#include "base/test.h"

/* What a template gives: its text, or "!reason" and " <- cause". All expectations were recorded from the
 * reference. */
struct example {
    const char *source, *params, *expected;
};

static void put_error(const struct qd_error *error, struct qd_buffer *out)
{
    out->size = 0;
    qd_buffer_format(out, "!%s: %.*s", error->type_override, QD_SLICE_ARG(error->reason));
    for (const struct qd_error *at = error->cause; at != NULL; at = at->cause) {
        qd_buffer_format(out, " <- %.*s", QD_SLICE_ARG(at->reason));
    }
}

static void check(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_json_document params;
        struct qd_error error;
        struct qd_buffer out = { 0 };
        const struct qd_mustache *template;
        struct qd_slice source = qd_slice_from_string(examples[i].source);
        qd_error_init(&error, arena);
        assert_int_equal(qd_json_parse(arena, qd_slice_from_string(examples[i].params), &params, &error), 0);
        enum qd_status status = qd_mustache_compile(arena, source, &template, &error);
        if (status == QD_OK) status = qd_mustache_render(template, params.root, arena, &out, &error);
        if (status != QD_OK) put_error(&error, &out);
        assert_slice(qd_buffer_view(&out), examples[i].expected);
        qd_buffer_deinit(&out);
        qd_arena_destroy(arena);
    }
}

#define CHECK(examples) check((examples), sizeof(examples) / sizeof((examples)[0]))

TEST(mustache, values_print_as_the_reference)
{
    static const struct example examples[] = {
        { "{{x}}", "{\"x\":\"q\\\"u\\\\/<&>\\n\\u0001\\u007f\"}", "q\\\"u\\\\/<&>\\n\\u0001\x7f" },
        { "{{{x}}} {{&x}} {{ x }}", "{\"x\":\"\\\"<\"}", "\"< \"< \\\"<" },
        { "{{f}} {{g}} {{h}} {{i}} {{e}} {{b}}",
          "{\"f\":0.10,\"g\":1e7,\"h\":123456789012345678901,\"i\":1.0,\"e\":1e30,\"b\":false}",
          "0.1 1.0E7 123456789012345678901 1.0 1.0E30 false" },
        { "[{{n}}{{miss}}{{x.miss.y}}{{x y}}]", "{\"n\":null}", "[]" },
        { "{{l}} {{x}}",
          "{\"l\":[\"a\",2,null,{\"k\":1}],\"x\":{\"y\":1.50,\"l\":[\"p\",null,{\"x\":6}],\"n\":null}}",
          "{0=a, 1=2, 2=null, 3={k=1}} {y=1.5, l=[p, null, {x=6}], n=null}" },
        { "{{o}}", "{\"o\":{\"n\":1,\"a\":2,\"zeta\":3}}", "{zeta=3, a=2, n=1}" },
        { "{{l.0.x}}{{l.01}}{{l.size}}{{s.length}}{{s.isEmpty}}{{l.length}}",
          "{\"l\":[{\"x\":2},1],\"s\":\"abc\"}",
          "2123false" },
        { "{{a.b}}{{#a}}{{b.c}}{{/a}}", "{\"a.b\":1,\"a\":{\"b\":{\"c\":\"d\"}}}", "1d" },
        { "{{#i}}{{p.q}}{{/i}}", "{\"i\":{\"p\":{\"r\":1}},\"p\":{\"q\":9}}", "" },
        { "a}}b{c}{{{{x}}}}", "{\"x\":1}", "a}}b{c}}" },
        { "{{x\n}}y", "{\"x\":1}", "1y" },
    };
    CHECK(examples);
}

TEST(mustache, sections_walk_values)
{
    static const struct example examples[] = {
        { "{{#e}}E{{/e}}{{#z}}Z{{/z}}{{#s}}S{{.}}{{/s}}{{#el}}L{{/el}}{{#o}}O{{/o}}{{#f}}F{{/f}}",
          "{\"e\":\"\",\"z\":0,\"s\":\"s\",\"el\":[],\"o\":{},\"f\":false}", "ZSsO" },
        { "{{^e}}E{{/e}}{{^z}}Z{{/z}}{{^s}}S{{/s}}{{^el}}L{{/el}}{{^o}}O{{/o}}{{^m}}M{{/m}}",
          "{\"e\":\"\",\"z\":0,\"s\":\"s\",\"el\":[],\"o\":{}}", "ELM" },
        { "{{#l}}[{{a}}{{#b}}{{.}}{{/b}}]{{/l}}", "{\"l\":[{\"a\":1,\"b\":[1,2]},{\"a\":2}]}", "[112][2]" },
        { "{{#l}}[{{x}}]{{/l}}", "{\"x\":5,\"l\":[\"p\",null,{\"x\":6}]}", "[5][5][6]" },
        { "{{#m}}{{#.}}{{.}}{{/.}};{{/m}}", "{\"m\":[[1,2],[3]]}", "12;3;" },
        { "{{$b}}def{{/b}}{{%foo}}{{!c}}", "{}", "def" },
    };
    CHECK(examples);
}

TEST(mustache, functions_of_the_reference)
{
    static const struct example examples[] = {
        { "{{#toJson}}l{{/toJson}}",
          "{\"l\":[1,\"a\",{\"b\":null,\"c\":1.50}]}", "[1,\"a\",{\"b\":null,\"c\":1.5}]" },
        { "{{#toJson}}o.s{{/toJson}} {{#TOJSON}}o{{/TOJSON}} {{#toJson}} o {{/toJson}}",
          "{\"o\":{\"s\":\"x\\\"y\"}}", "x\"y {\"s\":\"x\\\"y\"} " },
        { "{{#join}}l{{/join}}-{{#join}}s{{/join}}",
          "{\"l\":[1,\"a\\\"\",2.50,{\"a\":1},[1,2]],\"s\":\"str\"}",
          "1,a\",2.5,{a=1},[1, 2]-s" },
        { "{{#join delimiter=' and '}}l{{/join delimiter=' and '}}", "{\"l\":[\"a b\",\"c\"]}", "a b and c" },
        { "{{#url}}{{s}}{{/url}}",
          "{\"s\":\"\\\"az-_.*~ +%/\\n\xc3\xa9\"}", "%5C%22az-_.*%7E+%2B%25%2F%5Cn%C3%A9" },
        { "{{#url}}{{#join}}l{{/join}}{{/url}}", "{\"l\":[\"a b\",\"c\"]}", "a+b%2Cc" },
        { "{{^join}}l{{/join}}", "{\"l\":[1]}", "l" },
    };
    CHECK(examples);
}

TEST(mustache, lines_of_tags_vanish)
{
    static const struct example examples[] = {
        { "a\r\nb\n  {{#x}}  \n  in {{x}}\n  {{/x}}  \nend\n{{! c }}\n z {{!c}} y", "{\"x\":1}",
          "a\r\nb\n    in 1\n  end\n\n z  y" },
        { "\n{{#x}}\n\n{{/x}}\n{{^x}}\nno\n{{/x}}\nend", "{\"x\":1}", "\n\nend" },
        { " {{#x}} a\n{{/x}} b\n\t{{!c}}\nq", "{\"x\":1}", " a\n b\n\t\nq" },
        { "{{#x}}\n  {{y}}\n{{/x}}", "{\"x\":[{\"y\":1},{\"y\":2}]}", "  1\n  2\n" },
        { "|{{#l}}{{.}}\nZ{{/l}}|{{#x}} {{/x}}|", "{\"l\":[1,2],\"x\":1}", "|1Z2Z| |" },
    };
    CHECK(examples);
}

TEST(mustache, delimiters_change)
{
    static const struct example examples[] = {
        { "{{=<% %>=}}<%x%> {{x}}", "{\"x\":1}", "1 {{x}}" },
        { "{{= | | =}}|x|", "{\"x\":1}", "1" },
        { "{{=<% %>}}x", "{}", "" },
        { "{{=<%%>=}}x", "{}",
          "!script_exception: Invalid delimiter string: <%%> @[query-template:1] <- "
          "Invalid delimiter string: <%%> @[query-template:1]" },
    };
    CHECK(examples);
}

#define TWICE(text) "!script_exception: " text " <- " text

TEST(mustache, templates_with_errors_are_refused)
{
    static const struct example examples[] = {
        { "a\n\n{{#x", "{}", TWICE("Failed to close 'x' tag @[query-template:3]") },
        { "{{#x}}\n\n{{/y}}", "{}",
          TWICE("Mismatched start/end tags: x != y in query-template:3 @[query-template:3]") },
        { "{{/x}}",
          "{}", TWICE("Mismatched start/end tags: null != x in query-template:1 @[query-template:1]") },
        { "a\nbcd {{x", "{}", TWICE("Improperly closed variable @[query-template:2]") },
        { "ab\ncd{{x}}{{{x}}", "{}",
          TWICE("Improperly closed variable: x in query-template:2@12 @[query-template:2]") },
        { "{{}}", "{}", TWICE("Empty mustache @[query-template:1]") },
        { "{{>part}}", "{}",
          TWICE("Partial templates are not supported in OpenSearch Mustache scripts: [part]") },
        { "{{#toJson}}l{{x}}{{/toJson}}", "{}",
          TWICE("Mustache function [toJson] must contain one and only one identifier") },
        { "{{#join}}{{/join}}", "{}",
          TWICE("Mustache function [join] must contain one and only one identifier") },
    };
    CHECK(examples);
}

TEST(mustache, values_that_are_not_there_fail_by_index)
{
    static const struct example examples[] = {
        { "{{l.9}}", "{\"l\":[1]}",
          "!mustache_exception: Failed to get value for l.9 @[query-template:1] <- 9 @[query-template:1] "
          "<- 9" },
        { "{{#l.5}}a{{/l.5}}", "{\"l\":[1]}", "!mustache_exception: 5 @[query-template:1] <- 5" },
        { "\n{{l.-1}}", "{\"l\":[1]}",
          "!mustache_exception: Failed to get value for l.-1 @[query-template:2] <- position >= 0 "
          "@[query-template:2] <- position >= 0" },
        { "{{#join}}l{{/join}}", "{\"l\":[1,null]}",
          "!mustache_exception: Function failure @[query-template:1] <- Cannot invoke \"Object.toString()\" "
          "because \"object\" is null" },
    };
    CHECK(examples);
}

/* Depth, work and output are bounded: these are this program's own limits. */
static enum qd_status status_of(struct qd_slice source, struct qd_slice json)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document params;
    struct qd_error error;
    struct qd_buffer out = { 0 };
    const struct qd_mustache *template;
    qd_error_init(&error, arena);
    assert_int_equal(qd_json_parse(arena, json, &params, &error), 0);
    enum qd_status status = qd_mustache_compile(arena, source, &template, &error);
    if (status == QD_OK) status = qd_mustache_render(template, params.root, arena, &out, &error);
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
    return status;
}

static struct qd_slice nested(struct qd_buffer *text, int depth, const char *inside)
{
    text->size = 0;
    for (int i = 0; i < depth; i++) qd_buffer_text(text, "{{#l}}");
    qd_buffer_text(text, inside);
    for (int i = 0; i < depth; i++) qd_buffer_text(text, "{{/l}}");
    return qd_buffer_view(text);
}

TEST(mustache, depth_and_work_are_bounded)
{
    struct qd_buffer text = { 0 };
    struct qd_slice ten = QD_SLICE("{\"l\":[0,0,0,0,0,0,0,0,0,0]}"), one = QD_SLICE("{\"l\":[1]}");
    assert_int_equal(status_of(nested(&text, QD_MUSTACHE_DEPTH_MAX, "x"), one), QD_OK);
    assert_int_equal(status_of(nested(&text, QD_MUSTACHE_DEPTH_MAX + 1, "x"), one), QD_ILLEGAL_ARGUMENT);
    assert_int_equal(status_of(nested(&text, 3, "x"), ten), QD_OK);
    assert_int_equal(status_of(nested(&text, 20, ""), ten), QD_CIRCUIT_BREAKING);
    qd_buffer_deinit(&text);
}
