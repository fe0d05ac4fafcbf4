#include "coordinator/index_call.h"

#include "base/test.h"

/* Wants members that are called "a". */
static enum qd_status check(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(body->root);
    (void)context;
    while (qd_json_next(&at)) {
        if (!qd_slice_is(at.key, "a")) return qd_error_set(error, QD_X_CONTENT_PARSE, "not a");
    }
    return QD_OK;
}

/* `reason` NULL: the body is taken. */
static const struct {
    const char *body, *reason;
} scenes[] = {
    { "", NULL },
    { "{}", NULL },
    { "{\"a\":1}", NULL },
    { "{\"a\":1} {\"b\":2}", NULL }, /* what follows is not read */
    { " ", "[1:0] [parser] Expected START_OBJECT but was: null" },
    { "[", "[1:1] [parser] Expected START_OBJECT but was: START_ARRAY" },
    { "[1]", "[1:1] [parser] Expected START_OBJECT but was: START_ARRAY" },
    { "{\"b\":1}", "not a" },
    { "{\"b\":\"x", "not a" }, /* told before the text breaks */
};

TEST(index_call, parsers_read_from_the_beginning)
{
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
        struct qd_call call = { .arena = arena, .body = qd_slice_from_string(scenes[i].body) };
        struct qd_body_check reader = { .check = check };
        struct qd_json_document body;
        struct qd_error error;
        qd_error_init(&error, arena);
        enum qd_status status = qd_call_parser_body(&call, "parser", &reader, &body, &error);
        assert_int_equal(status, scenes[i].reason == NULL ? QD_OK : QD_X_CONTENT_PARSE);
        if (scenes[i].reason != NULL) assert_slice(error.reason, scenes[i].reason);
    }
    qd_arena_destroy(arena);
}
