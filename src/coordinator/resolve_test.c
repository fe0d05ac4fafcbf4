#include "coordinator/resolve.h"

#include "base/test.h"

struct fixture {
    struct qd_arena *arena;
    struct qd_cluster_state *state;
    struct qd_error error;
};

static struct qd_index_metadata *add_index(struct fixture *fixture, const char *name, bool closed,
                                           bool hidden)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_index_metadata *index = QD_NEW(arena, struct qd_index_metadata);
    index->arena = arena;
    index->references = 1;
    index->name = qd_arena_copy(arena, qd_slice_from_string(name));
    index->uuid = index->name;
    index->closed = closed;
    index->hidden = hidden;
    index->shard_count = 1;
    index->routing_shard_count = 1024;
    qd_map_init(&index->settings, arena);
    qd_map_init(&index->aliases, arena);
    qd_cluster_state_put_index(fixture->state, index);
    return index;
}

static void add_alias(struct qd_index_metadata *index, const char *name, const char *filter,
                      const char *routing)
{
    struct qd_alias *alias = QD_NEW(index->arena, struct qd_alias);
    alias->name = qd_slice_from_string(name);
    alias->filter = qd_slice_from_string(filter);
    alias->search_routing = qd_slice_from_string(routing);
    qd_map_put(&index->aliases, alias->name, alias);
}

static void set_up(struct fixture *fixture)
{
    fixture->arena = qd_arena_create(0);
    fixture->state = qd_cluster_state_create(QD_SLICE("c"), QD_SLICE("u"));
    struct qd_index_metadata *logs1 = add_index(fixture, "logs-1", false, false);
    struct qd_index_metadata *logs2 = add_index(fixture, "logs-2", false, false);
    (void)add_index(fixture, "logs-3", true, false);
    (void)add_index(fixture, ".hidden", false, true);
    (void)add_index(fixture, "secret", false, true);
    add_alias(logs1, "logs", "{\"a\":1}", "r1");
    add_alias(logs2, "logs", NULL, NULL);
    add_alias(logs1, "one", "{\"b\":1}", "r1,r2");
    add_alias(logs1, "two", "{\"c\":1}", "r3");
}

static void tear_down(struct fixture *fixture)
{
    qd_cluster_state_release(fixture->state);
    qd_arena_destroy(fixture->arena);
}

/* The names that an expression gives, joined by blanks; an error gives its reason. */
static struct qd_slice names_of(struct fixture *fixture, const char *text, struct qd_indices_options options)
{
    struct qd_expression expression = { .state = fixture->state,
                                        .text = qd_slice_from_string(text),
                                        .options = options,
                                        .now_ms = 1795265588370 };
    struct qd_resolved *found;
    size_t count;
    struct qd_buffer out = { 0 };
    qd_error_init(&fixture->error, fixture->arena);
    if (qd_resolve(&expression, fixture->arena, &found, &count, &fixture->error) != QD_OK) {
        return fixture->error.reason;
    }
    for (size_t i = 0; i < count; i++) {
        qd_buffer_format(&out, "%s%.*s", i == 0 ? "" : " ", QD_SLICE_ARG(found[i].index->name));
    }
    struct qd_slice names = qd_arena_copy(fixture->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return names;
}

#define EXPECT(text, options, wanted) assert_true(qd_slice_is(names_of(&fixture, text, options), wanted))

TEST(resolve, wildcards_lists_and_exclusions)
{
    struct fixture fixture;
    set_up(&fixture);
    EXPECT("", qd_options_open(), "logs-1 logs-2");
    EXPECT("_all", qd_options_open_closed(), "logs-1 logs-2 logs-3");
    EXPECT("logs-*,-logs-1", qd_options_open(), "logs-2");
    EXPECT("logs-*,-logs-*,logs-1", qd_options_open(), "logs-1");
    EXPECT("logs-2,logs-1,logs-2", qd_options_open(), "logs-1 logs-2");
    EXPECT(".hid*", qd_options_open(), ".hidden");
    EXPECT("*", qd_options_open(), "logs-1 logs-2");
    EXPECT("sec*", qd_options_open(), "");
    struct qd_indices_options hidden = qd_options_open();
    hidden.expand_hidden = true;
    EXPECT("s*", hidden, "secret");
    EXPECT("secret", qd_options_open(), "secret");
    tear_down(&fixture);
}

TEST(resolve, what_is_missing_closed_or_an_alias)
{
    struct fixture fixture;
    set_up(&fixture);
    EXPECT("nope", qd_options_open(), "no such index [nope]");
    EXPECT("nope", qd_options_lenient(), "");
    EXPECT("nope*", qd_options_open(), "");
    struct qd_indices_options strict = qd_options_open();
    strict.allow_no_indices = false;
    EXPECT("nope*", strict, "no such index [nope*]");
    EXPECT("logs-3", qd_options_search(), "closed");
    assert_int_equal(fixture.error.status, QD_INDEX_CLOSED);
    EXPECT("logs-3", qd_options_open(), "logs-3");
    EXPECT("logs", qd_options_single(),
           "alias [logs] has more than one index associated with it [logs-1, logs-2], can't execute a single "
           "index op");
    EXPECT("logs-1,logs-2", qd_options_single(), "no such index [logs-1,logs-2]");
    EXPECT("_x", qd_options_single(), "no such index [_x]");
    EXPECT("logs-3", qd_options_single(), "closed");
    strict.forbid_aliases = true;
    EXPECT("one", strict,
           "The provided expression [one] matches an alias, specify the corresponding concrete indices "
           "instead.");
    EXPECT("*,-", qd_options_open(), "no such index []");
    EXPECT("_x", qd_options_open(), "Invalid index name [_x], must not start with '_'.");
    tear_down(&fixture);
}

/* Filters of several aliases are alternatives; an index reached without one is not filtered at all. */
TEST(resolve, aliases_bring_filters_and_routings)
{
    struct fixture fixture;
    struct qd_resolved *found;
    size_t count;
    set_up(&fixture);
    struct qd_expression expression = { .state = fixture.state,
                                        .text = QD_SLICE("one,two"),
                                        .options = qd_options_search() };
    assert_int_equal(qd_resolve(&expression, fixture.arena, &found, &count, NULL), QD_OK);
    assert_int_equal(count, 1);
    assert_true(qd_slice_is(found[0].filter, "{\"bool\":{\"should\":[{\"b\":1},{\"c\":1}]}}"));
    assert_int_equal(found[0].routing_count, 3);
    expression.text = QD_SLICE("one,logs-1");
    assert_int_equal(qd_resolve(&expression, fixture.arena, &found, &count, NULL), QD_OK);
    assert_null(found[0].filter.data);
    assert_int_equal(found[0].routing_count, 0);
    tear_down(&fixture);
}

static struct qd_slice date_name(struct fixture *fixture, const char *text)
{
    struct qd_slice name;
    qd_error_init(&fixture->error, fixture->arena);
    if (qd_resolve_date_math(qd_slice_from_string(text), 1795265588370, fixture->arena, &name,
                             &fixture->error) != QD_OK) {
        return fixture->error.reason;
    }
    return name;
}

/* Recorded from the reference on the day that the clock above names. */
TEST(resolve, date_math_in_names)
{
    struct fixture fixture;
    set_up(&fixture);
    assert_true(qd_slice_is(date_name(&fixture, "<indices-{now/d}>"), "indices-2026.11.21"));
    assert_true(qd_slice_is(date_name(&fixture, "<a-{now/M{uuuu.MM}}-b>"), "a-2026.11-b"));
    assert_true(qd_slice_is(date_name(&fixture, "plain{"), "plain{"));
    assert_true(
        qd_slice_starts_with(date_name(&fixture, "<indices-}>"),
                             QD_SLICE("invalid dynamic name expression [indices-}>]. invalid character at "
                                      "position [9]. `{` and `}` are reserved characters")));
    tear_down(&fixture);
}

TEST(resolve, names_that_are_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(qd_check_index_name(QD_SLICE("ok-1"), &error), QD_OK);
    assert_int_equal(qd_check_index_name(QD_SLICE("Big"), &error), QD_INVALID_INDEX_NAME);
    assert_true(qd_slice_is(error.reason, "Invalid index name [Big], must be lowercase"));
    assert_int_equal(qd_check_alias_name(QD_SLICE("Big"), &error), QD_OK);
    assert_int_equal(qd_check_alias_name(QD_SLICE("_x"), &error), QD_INVALID_ALIAS_NAME);
    assert_true(qd_slice_is(error.reason, "Invalid alias name [_x]: must not start with '_', '-', or '+'"));
    assert_null(error.first);
    qd_arena_destroy(arena);
}
