#include "base/json_prefix.h"

#include "base/buffer.h"
#include "base/json.h"
#include "base/test.h"

struct cut {
    const char *text, *plain, *marked; /* plain NULL: nothing to look at */
    int64_t column;
};

/* The columns are those of the reference's "Failed to parse", which tells where the last token began. */
static const struct cut cuts[] = {
    { "{\"query\":", "{}", "{\"\\u0001\":null}", 2 },
    { "{\"query\":NaN}", "{}", "{\"\\u0001\":null}", 2 },
    { "{'query':1}", "{}", "{\"\\u0001\":null}", 1 },
    { "{\"query\": \"a", "{\"query\": \"\"}", "{\"query\": \"\\u0001\",\"\\u0001\":null}", 11 },
    { "{\"query\":1,}", "{\"query\":1}", "{\"query\":1,\"\\u0001\":null}", 10 },
    { "{\"a\":{\"b\":[1,", "{\"a\":{\"b\":[1]}}",
      "{\"a\":{\"b\":[1,null],\"\\u0001\":null},\"\\u0001\":null}", 12 },
    { "{\"q\":{\"a\":{}},\"q\":{}}", "{\"q\":{\"a\":{}}}", "{\"q\":{\"a\":{}},\"\\u0001\":null}", 13 },
    { "[", "[]", "[null]", 1 },
    { "\"a", "\"\"", "\"\\u0001\"", 1 },
    { "{} {}", "{}", "{}", 4 },
    { "{\"a\":\"{\"} x", "{\"a\":\"{\"}", "{\"a\":\"{\"}", 11 },
    { "{\"a\":\"{\",\"b\"", "{\"a\":\"{\"}", "{\"a\":\"{\",\"\\u0001\":null}", 10 },
    { "garbage", NULL, NULL, 1 },
    { "}", NULL, NULL, 1 },
};

TEST(json_prefix, holds_what_was_handed_out)
{
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
        struct qd_json_prefix prefix;
        struct qd_json_document document;
        qd_json_prefix_cut(arena, qd_slice_from_string(cuts[i].text), &prefix);
        assert_int_equal(prefix.column, cuts[i].column);
        assert_true(prefix.some == (cuts[i].plain != NULL));
        if (!prefix.some) continue;
        assert_slice(prefix.plain, cuts[i].plain);
        assert_slice(prefix.marked, cuts[i].marked);
        assert_ok(qd_json_parse(arena, prefix.plain, &document, NULL));
        assert_ok(qd_json_parse(arena, prefix.marked, &document, NULL));
    }
    qd_arena_destroy(arena);
}

/* A text that is too deep is cut at the deepest container. */
TEST(json_prefix, closes_every_level)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer text = { 0 };
    struct qd_json_prefix prefix;
    struct qd_json_document document;
    for (int i = 0; i < QD_JSON_DEPTH_MAX + 1; i++) qd_buffer_text(&text, "{\"a\":");
    qd_json_prefix_cut(arena, qd_buffer_view(&text), &prefix);
    assert_true(prefix.some);
    assert_ok(qd_json_parse(arena, prefix.plain, &document, NULL));
    assert_ok(qd_json_parse(arena, prefix.marked, &document, NULL));
    qd_buffer_deinit(&text);
    qd_arena_destroy(arena);
}
