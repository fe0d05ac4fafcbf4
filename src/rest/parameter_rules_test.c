#include "rest/parameter_rules.h"

#include "base/test.h"
#include "coordinator/operations.h"
#include "rest/cat_tables.h"
#include "rest/target.h"

static struct qd_call *call_of(struct qd_arena *arena, const char *query)
{
    struct qd_call *call = QD_NEW(arena, struct qd_call);
    struct qd_slice copy = qd_arena_copy(arena, qd_slice_from_string(query));
    call->arena = arena;
    call->path = QD_SLICE("/x");
    qd_map_init(&call->parameters, arena);
    qd_error_init(&call->error, arena);
    if (qd_target_query(arena, copy, &call->parameters, &call->error) != QD_OK) return call;
    return call;
}

/* The reason with which a route refuses a query; "" when it takes it. */
static const char *refusal(struct qd_arena *arena, const struct qd_route *route, const char *query)
{
    struct qd_call *call = call_of(arena, query);
    struct qd_route_match match = { .route = route };
    if (call->error.status == QD_OK) {
        if (qd_target_check(call, route, &match, &call->error) == QD_OK) return "";
    }
    return qd_arena_string(arena, call->error.reason);
}

TEST(parameter_rules, values_have_the_references_errors)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route search = { QD_HTTP_GET, "/x", qd_coordinator_search,
                               "ignore_unavailable local batched_reduce_size scroll search_type "
                               "track_total_hits",
                               QD_ROUTE_NONE };
    struct qd_route create = { QD_HTTP_PUT, "/x", qd_coordinator_create, "op_type wait_for_active_shards",
                               QD_ROUTE_NONE };
    assert_string_equal(refusal(arena, &search, "ignore_unavailable=x"),
                        "Could not convert [ignore_unavailable] to boolean");
    assert_string_equal(refusal(arena, &search, "local=x"),
                        "Failed to parse value [x] as only [true] or [false] are allowed.");
    assert_string_equal(refusal(arena, &search, "batched_reduce_size=1.5"),
                        "Failed to parse int parameter [batched_reduce_size] with value [1.5]");
    assert_string_equal(refusal(arena, &search, "batched_reduce_size=512"), "");
    assert_string_equal(refusal(arena, &search, "search_type=query_and_fetch"),
                        "Unsupported search type [query_and_fetch]");
    assert_string_equal(refusal(arena, &search, "search_type="), "No search type for []");
    assert_string_equal(refusal(arena, &search, "track_total_hits=false"), "");
    assert_string_equal(refusal(arena, &search, "track_total_hits="),
                        "Failed to parse int parameter [track_total_hits] with value []");
    assert_string_equal(refusal(arena, &create, "op_type=index"), "opType must be 'create', found: [index]");
    assert_string_equal(refusal(arena, &create, "wait_for_active_shards=x"),
                        "cannot parse ActiveShardCount[x]");
    assert_string_equal(refusal(arena, &create, "wait_for_active_shards=-1"),
                        "shard count cannot be a negative value");
    qd_arena_destroy(arena);
}

TEST(parameter_rules, some_are_read_beside_others_only)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route search = { QD_HTTP_GET, "/x", qd_coordinator_search, "df q", QD_ROUTE_NONE };
    struct qd_route stats = { QD_HTTP_GET, "/x", qd_coordinator_index_stats, "completion_fields metric",
                              QD_ROUTE_NONE };
    assert_string_equal(refusal(arena, &search, "df=a"),
                        "request [/x] contains unrecognized parameter: [df]");
    assert_string_equal(refusal(arena, &search, "df=a&q=b"), "");
    struct qd_route open = { QD_HTTP_POST, "/x", qd_coordinator_open_index,
                             "task_execution_timeout wait_for_completion", QD_ROUTE_NONE };
    assert_string_equal(refusal(arena, &open, "task_execution_timeout=1"),
                        "request [/x] contains unrecognized parameter: [task_execution_timeout]");
    assert_string_equal(refusal(arena, &open, "task_execution_timeout=1s&wait_for_completion=false"), "");
    assert_string_equal(refusal(arena, &stats, "completion_fields=a"), "");
    assert_string_equal(refusal(arena, &stats, "completion_fields=a&metric=completion,docs"), "");
    assert_string_equal(refusal(arena, &stats, "completion_fields=a&metric=docs"),
                        "request [/x] contains unrecognized parameter: [completion_fields]");
    qd_arena_destroy(arena);
}

TEST(parameter_rules, a_missing_body_is_told_before_unknown_names)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route bulk = { QD_HTTP_POST, "/x", qd_coordinator_bulk, NULL, QD_ROUTE_NDJSON };
    struct qd_route count = { QD_HTTP_POST, "/x", qd_coordinator_count, NULL, QD_ROUTE_NONE };
    struct qd_route_match match = { .route = &bulk };
    struct qd_route index = { QD_HTTP_POST, "/x", qd_coordinator_index, "op_type", QD_ROUTE_NONE };
    assert_string_equal(refusal(arena, &index, "op_type="), "request body is required");
    assert_string_equal(refusal(arena, &bulk, "bogus=1"), "request body is required");
    assert_string_equal(refusal(arena, &count, "bogus=1"),
                        "request [/x] contains unrecognized parameter: [bogus]");
    struct qd_call *call = call_of(arena, "bogus=1");
    call->body = QD_SLICE("{}");
    assert_int_equal(qd_target_check(call, &bulk, &match, &call->error), QD_ILLEGAL_ARGUMENT);
    assert_slice(call->error.reason, "request [/x] contains unrecognized parameter: [bogus]");
    qd_arena_destroy(arena);
}

TEST(parameter_rules, a_search_tells_what_it_reads_first)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route search = { QD_HTTP_GET, "/x", qd_coordinator_search,
                               "q default_operator from size version timeout terminate_after",
                               QD_ROUTE_NONE };
    struct qd_route_match match = { .route = &search };
    assert_string_equal(refusal(arena, &search, "size=x&from=-1"),
                        "[from] parameter cannot be negative, found [-1]");
    assert_string_equal(refusal(arena, &search, "default_operator=x&terminate_after=-1"),
                        "terminateAfter must be > 0");
    assert_string_equal(refusal(arena, &search, "terminate_after=-1&timeout=x&version=x"),
                        "Failed to parse value [x] as only [true] or [false] are allowed.");
    assert_string_equal(refusal(arena, &search, "version=+"), "");
    assert_string_equal(refusal(arena, &search, "q=a&from=-1&default_operator=x"),
                        "No enum constant org.opensearch.index.query.Operator.X");
    struct qd_call *call = call_of(arena, "from=-1");
    call->body = QD_SLICE("{\"nosuch\":1}");
    assert_int_equal(qd_target_check(call, &search, &match, &call->error), QD_PARSING);
    qd_arena_destroy(arena);
}

TEST(parameter_rules, what_is_read_when_given_only_is_no_hint)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route get = { QD_HTTP_GET, "/x", qd_coordinator_get, "version version_type", QD_ROUTE_NONE };
    assert_string_equal(refusal(arena, &get, "versiox=1"),
                        "request [/x] contains unrecognized parameter: [versiox]");
    assert_string_equal(refusal(arena, &get, "versiox=1&version=1"),
                        "request [/x] contains unrecognized parameter: [versiox] -> did you mean [version]?");
    qd_arena_destroy(arena);
}

TEST(parameter_rules, help_of_a_table_reads_no_path)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route table = { QD_HTTP_GET, "/x", qd_cat_indices, "help index", QD_ROUTE_TEXT };
    assert_string_equal(refusal(arena, &table, "index=a"), "");
    assert_string_equal(refusal(arena, &table, "index=a&help"),
                        "request [/x] contains unrecognized parameter: [index]");
    qd_arena_destroy(arena);
}

TEST(parameter_rules, escapes_that_cannot_be_read)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_route any = { QD_HTTP_GET, "/x", qd_coordinator_info, "a b%", QD_ROUTE_NONE };
    assert_string_equal(refusal(arena, &any, "a=%4"),
                        "java.lang.IllegalArgumentException: partial escape sequence at end of string: %4");
    assert_string_equal(refusal(arena, &any, "a=%"),
                        "java.lang.IllegalArgumentException: "
                        "unterminated escape sequence at end of string: %");
    assert_string_equal(refusal(arena, &any, "a=x%zz"),
                        "java.lang.IllegalArgumentException: "
                        "invalid escape sequence `%zz' at index 1 of: x%zz");
    assert_string_equal(refusal(arena, &any, "b%%=1"), "");
    assert_string_equal(refusal(arena, &any, "=c"), "request [/x] contains unrecognized parameter: [c]");
    qd_arena_destroy(arena);
}
