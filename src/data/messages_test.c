#include "base/test.h"
#include "data/read_messages.h"
#include "data/update_source.h"
#include "data/write_request.h"

TEST(messages, write_request_round_trip_and_every_cut_is_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_write_item items[2] = {
        { .kind = QD_WRITE_INDEX,
          .id = QD_SLICE("a"),
          .source = QD_SLICE("{}"),
          .version = -3,
          .if_seq_no = 5,
          .if_primary_term = 1 },
        { .kind = QD_WRITE_UPDATE,
          .id = QD_SLICE("b"),
          .routing = QD_SLICE(""),
          .source = QD_SLICE("{\"doc\":{}}"),
          .version = 7,
          .version_type = QD_VERSION_EXTERNAL,
          .if_seq_no = QD_SEQ_NO_NONE,
          .want_source = true },
    };
    struct qd_write_message message = { QD_SLICE("uuid"), 3, QD_REFRESH_WAIT_UNTIL, items, 2 };
    struct qd_write_message read;
    struct qd_slice sources[2] = { items[0].source, items[1].source };
    qd_write_message_write(&message, &buffer);
    struct qd_write_frame frame = { qd_buffer_view(&buffer), sources, 2 };
    assert_ok(qd_write_message_read(&frame, arena, &read, NULL));
    assert_int_equal(read.count, 2);
    assert_slice(read.items[1].source, "{\"doc\":{}}");
    assert_int_equal(read.refresh, QD_REFRESH_WAIT_UNTIL);
    assert_null(read.items[0].routing.data);
    assert_non_null(read.items[1].routing.data);
    assert_int_equal(read.items[0].if_seq_no, 5);
    assert_int_equal(read.items[1].version_type, QD_VERSION_EXTERNAL);
    assert_true(read.items[1].want_source);
    for (size_t cut = 0; cut < buffer.size; cut++) {
        frame.bytes.size = cut;
        assert_int_equal(qd_write_message_read(&frame, arena, &read, NULL), QD_ILLEGAL_STATE);
    }
    frame = (struct qd_write_frame){ qd_buffer_view(&buffer), sources, 1 };
    assert_int_equal(qd_write_message_read(&frame, arena, &read, NULL), QD_ILLEGAL_STATE);
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}

TEST(messages, write_outcomes_carry_errors_and_results)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_write_outcome outcomes[2] = {
        { .result = QD_RESULT_CREATED, .version = 1, .seq_no = 9, .term = 2 }
    };
    struct qd_write_outcome *read;
    size_t count;
    bool refreshed;
    qd_error_init(&outcomes[1].error, arena);
    outcomes[1].status = qd_error_set(&outcomes[1].error, QD_VERSION_CONFLICT, "[1]: version conflict");
    qd_write_outcomes_write(outcomes, 2, true, &buffer);
    assert_ok(qd_write_outcomes_read(qd_buffer_view(&buffer), arena, &read, &count, &refreshed, NULL));
    assert_int_equal(count, 2);
    assert_true(refreshed);
    assert_int_equal(read[0].seq_no, 9);
    assert_int_equal(read[1].status, QD_VERSION_CONFLICT);
    assert_slice(read[1].error.reason, "[1]: version conflict");
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}

TEST(messages, query_request_round_trip)
{
    struct qd_buffer buffer = { 0 };
    struct qd_query_message message = { .index_uuid = QD_SLICE("u"), .shard = 2, .mode = QD_QUERY_AND_FETCH,
                                        .body = QD_SLICE("{\"size\":1}"), .context_id = 77, .scroll = true,
                                        .keep_alive_ms = 60000, .now_ms = 123 };
    struct qd_query_message read;
    qd_query_message_write(&message, &buffer);
    assert_ok(qd_query_message_read(qd_buffer_view(&buffer), &read, NULL));
    assert_slice(read.body, "{\"size\":1}");
    assert_int_equal(read.context_id, 77);
    assert_true(read.scroll);
    assert_false(read.keep_context);
    for (size_t cut = 0; cut < buffer.size; cut++) {
        assert_int_equal(qd_query_message_read(qd_slice_make(buffer.data, cut), &read, NULL),
                         QD_ILLEGAL_STATE);
    }
    qd_buffer_deinit(&buffer);
}

static struct qd_update_plan plan(struct qd_arena *arena, const char *body, const char *old)
{
    struct qd_update_input input = { .body = qd_slice_from_string(body), .old = qd_slice_from_string(old),
                                     .index = QD_SLICE("i"), .id = QD_SLICE("1") };
    struct qd_update_plan made;
    assert_ok(qd_update_plan_make(&input, arena, &made, NULL));
    return made;
}

TEST(update_source, objects_merge_and_everything_else_is_replaced)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_update_plan made = plan(arena, "{\"doc\":{\"a\":{\"y\":2},\"b\":[3],\"c\":null}}",
                                      "{\"a\":{\"x\":1},\"b\":[1,2],\"d\":4}");
    assert_int_equal(made.action, QD_UPDATE_INDEX);
    assert_slice(made.source, "{\"a\":{\"x\":1,\"y\":2},\"b\":[3],\"d\":4,\"c\":null}");
    qd_arena_destroy(arena);
}

TEST(update_source, equal_values_are_a_noop_unless_it_is_not_detected)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_int_equal(plan(arena, "{\"doc\":{\"a\":1.0}}", "{\"a\":1.00}").action, QD_UPDATE_NOOP);
    assert_int_equal(plan(arena, "{\"doc\":{\"a\":1}}", "{\"a\":1.0}").action, QD_UPDATE_INDEX);
    assert_int_equal(plan(arena, "{\"doc\":{\"a\":1},\"detect_noop\":false}", "{\"a\":1}").action,
                     QD_UPDATE_INDEX);
    qd_arena_destroy(arena);
}

TEST(update_source, missing_document_needs_an_upsert)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_update_input input = { .body = QD_SLICE("{\"doc\":{\"a\":1}}"), .index = QD_SLICE("i"),
                                     .id = QD_SLICE("1") };
    struct qd_update_plan made;
    struct qd_error error;
    qd_error_init(&error, arena);
    assert_int_equal(qd_update_plan_make(&input, arena, &made, &error), QD_DOCUMENT_MISSING);
    assert_slice(error.reason, "[1]: document missing");
    assert_slice(plan(arena, "{\"doc\":{\"a\":1},\"doc_as_upsert\":true}", NULL).source, "{\"a\":1}");
    assert_slice(plan(arena, "{\"doc\":{\"a\":1},\"upsert\":{\"b\":2}}", NULL).source, "{\"b\":2}");
    qd_arena_destroy(arena);
}
