#include "coordinator/call.h"

#include "base/test.h"

/* Takes a member "text" and wants it at the end. */
static enum qd_status check(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    struct qd_json_iterator at = qd_json_iterate(body->root);
    (void)context;
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "late")) {
            int64_t line, column;
            qd_json_position_end(body, body->root, &line, &column);
            (void)qd_error_set(error, QD_PARSING, "too late");
            qd_error_add_number(error, "col", column);
            return QD_PARSING;
        }
        if (!qd_slice_is(at.key, "text"))
            return qd_error_set(error, QD_PARSING, "unknown [%.*s]", QD_SLICE_ARG(at.key));
    }
    if (qd_json_get(body->root, "text") != NULL) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "text is missing");
}

static const struct {
    const char *body;
    enum qd_status status;
    bool broken, extra;
} scenes[] = {
    { "{\"text\":1}", QD_OK, false, false },
    { "{\"other\":1}", QD_OK, false, false }, /* a whole body is the handler's matter */
    { "{\"other\":1,}", QD_PARSING, false, false },
    { "{\"other\": \"a", QD_PARSING, false, false },
    { "{\"other\":", QD_JSON_EOF, true, false },
    { "{\"late\":1,", QD_JSON_PARSE, true, false }, /* the place is that of the end */
    { "{\"text\":1,}", QD_JSON_PARSE, true, false },
    { "{", QD_JSON_EOF, true, false }, /* what is missing may have followed */
    { "{\"text\":1} {}", QD_OK, false, true },
    { "{\"text\":1} x", QD_OK, false, true },
    { "x", QD_JSON_PARSE, true, false },
};

TEST(call, streamed_body_tells_the_first_error)
{
    struct qd_arena *arena = qd_arena_create(0);
    for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
        struct qd_call call = { .arena = arena, .body = qd_slice_from_string(scenes[i].body) };
        struct qd_body_check reader = { .check = check };
        struct qd_json_document body;
        struct qd_error error;
        qd_error_init(&error, arena);
        assert_int_equal(qd_call_body_streamed(&call, &reader, &body, &error), scenes[i].status);
        assert_true(reader.broken == scenes[i].broken);
        assert_true(reader.extra == scenes[i].extra);
        assert_true(scenes[i].status != QD_OK || qd_json_is_object(body.root));
    }
    qd_arena_destroy(arena);
}
