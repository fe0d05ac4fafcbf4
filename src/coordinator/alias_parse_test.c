#include "base/test.h"
#include "coordinator/alias_actions.h"

static enum qd_status parse(struct qd_arena *arena, const char *text, struct qd_alias_action **actions,
                            struct qd_error *error)
{
    struct qd_json_document body;
    size_t count;
    qd_error_init(error, arena);
    assert_int_equal(qd_json_parse(arena, qd_slice_from_string(text), &body, error), QD_OK);
    return qd_alias_actions_parse(&body, arena, actions, &count, error);
}

TEST(alias_parse, reads_every_option)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_alias_action *actions;
    struct qd_error error;
    assert_int_equal(parse(arena,
                           "{\"actions\":[{\"add\":{\"indices\":[\"a\",\"b\"],\"alias\":\"x\",\"routing\":1,"
                           "\"search-routing\":\"s\",\"is_write_index\":false,\"filter\":{\"term\":{}}}}]}",
                           &actions, &error),
                     QD_OK);
    assert_int_equal(actions[0].kind, QD_ALIAS_ADD);
    assert_int_equal(actions[0].index_count, 2);
    assert_true(qd_slice_is(actions[0].aliases[0], "x"));
    assert_true(qd_slice_is(actions[0].routing, "1"));
    assert_true(qd_slice_is(actions[0].search_routing, "s"));
    assert_int_equal(actions[0].is_write_index, QD_NO);
    assert_int_equal(actions[0].must_exist, QD_UNSET);
    assert_true(qd_slice_is(actions[0].filter, "{\"term\":{}}"));
    qd_arena_destroy(arena);
}

/* Positions as the reference gives them for the same bodies. */
TEST(alias_parse, errors_name_the_place)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_alias_action *actions;
    struct qd_error error;
    assert_int_equal(parse(arena, "{\"actions\":[{\"add\":{\"alias\":\"indices-x\",\"foo\":\"indices-b\"}}]}",
                           &actions, &error),
                     QD_X_CONTENT_PARSE);
    assert_true(qd_slice_is(error.reason, "[1:47] [aliases] failed to parse field [actions]"));
    assert_true(qd_slice_is(error.cause->cause->reason, "[1:41] [add] unknown field [foo]"));
    assert_int_equal(parse(arena, "{\"actions\":[{\"add\":{\"index\":\"indices-b\"}}]}", &actions, &error),
                     QD_X_CONTENT_PARSE);
    assert_true(qd_slice_is(error.reason, "[1:42] [aliases] failed to parse field [actions]"));
    assert_int_equal(
        parse(arena, "{\"actions\":[{\"add\":{\"index\":\"\",\"alias\":\"x\"}}]}", &actions, &error),
        QD_X_CONTENT_PARSE);
    assert_true(qd_slice_is(error.cause->cause->cause->reason, "[index] can't be empty string"));
    assert_int_equal(parse(arena, " ", &actions, &error), QD_X_CONTENT_PARSE);
    assert_true(qd_slice_is(error.reason, "[1:0] [aliases] Expected START_OBJECT but was: null"));
    const char *empty = "{\"actions\":[{},{\"add\":{\"index\":\"a\",\"alias\":\"x\"}}]}";
    assert_int_equal(parse(arena, empty, &actions, &error), QD_X_CONTENT_PARSE);
    assert_slice(error.reason, "[1:49] [aliases] failed to parse field [actions]");
    assert_int_equal(error.cause->status, QD_NULL_POINTER);
    assert_int_equal(parse(arena, "{\"actions\":[]}", &actions, &error), QD_ILLEGAL_ARGUMENT);
    qd_arena_destroy(arena);
}
