#include "transport/wire_error.h"

#include "base/test.h"

TEST(wire_error, round_trip_keeps_causes_and_fields)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_error error;
    struct qd_error copy;
    qd_error_init(&error, arena);
    assert_int_equal(qd_error_set(&error, QD_NUMBER_FORMAT, "For input string: \"%s\"", "x"),
                     QD_NUMBER_FORMAT);
    assert_int_equal(qd_error_wrap(&error, QD_QUERY_SHARD, "failed to create query"), QD_QUERY_SHARD);
    qd_error_add(&error, "index", QD_SLICE("logs"));
    qd_error_add_number(&error, "shard", 3);
    qd_error_write(&error, &buffer);
    struct qd_reader reader = qd_reader_make(qd_buffer_view(&buffer));
    qd_error_read(&reader, arena, &copy);
    assert_false(reader.failed);
    assert_int_equal(copy.status, QD_QUERY_SHARD);
    assert_slice(copy.first->value, "logs");
    assert_true(copy.first->next->raw);
    assert_slice(copy.cause->reason, "For input string: \"x\"");
    for (size_t cut = 0; cut < buffer.size; cut++) {
        reader = qd_reader_make(qd_slice_make(buffer.data, cut));
        qd_error_read(&reader, arena, &copy);
        assert_true(reader.failed);
        assert_int_not_equal(copy.status, QD_OK);
    }
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}
