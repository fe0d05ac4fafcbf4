#include "base/test.h"
#include "data/report_messages.h"

TEST(report_messages, request_round_trip_and_every_cut_is_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_slice indices[2] = { QD_SLICE("uuid-1"), QD_SLICE("uuid-2") };
    struct qd_slice groups[1] = { QD_SLICE("g*") };
    struct qd_slice fields[1] = { QD_SLICE("title") };
    struct qd_report_message message = { QD_REPORT_STATS | QD_REPORT_FIELDDATA, indices, 2, groups, 1,
                                         fields, 1 };
    struct qd_report_message read;
    qd_report_message_write(&message, &buffer);
    assert_ok(qd_report_message_read(qd_buffer_view(&buffer), arena, &read, NULL));
    assert_int_equal(read.parts, QD_REPORT_STATS | QD_REPORT_FIELDDATA);
    assert_int_equal(read.index_count, 2);
    assert_slice(read.indices[1], "uuid-2");
    assert_slice(read.groups[0], "g*");
    assert_slice(read.fields[0], "title");
    for (size_t cut = 0; cut < buffer.size; cut++) {
        assert_int_equal(qd_report_message_read(qd_slice_make(buffer.data, cut), arena, &read, NULL),
                         QD_ILLEGAL_STATE);
    }
    buffer.data[0] = 64;
    assert_int_equal(qd_report_message_read(qd_buffer_view(&buffer), arena, &read, NULL), QD_ILLEGAL_STATE);
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}

static void write_two(const struct qd_stats *stats, struct qd_buffer *buffer)
{
    const struct qd_report_segment segments[2] = { { 3, 100, 10, 7, true }, { 4, 50, 2, 2, false } };
    const struct qd_report_file files[1] = { { 3, 100 } };
    const struct qd_report_field fields[1] = { { QD_SLICE("title"), 1234 } };
    const struct qd_report_group groups[1] = { { QD_SLICE("g"), { 1, 2, 3, 4, 5 } } };
    const struct qd_report_commit commit = { QD_SLICE("id"), QD_SLICE("history"), 5, 9, 8, -1, 11, 10 };
    const struct qd_report_segments segment_list = { true, segments, 2 };
    const struct qd_report_recovery recovery = { true, 1000, 1010, 10, 100, 6, 7, 8, files, 1 };
    struct qd_shard_report reports[2] = {
        { .index_uuid = QD_SLICE("uuid"),
          .index_name = QD_SLICE("books"),
          .allocation_id = QD_SLICE("copy"),
          .path = QD_SLICE("indices/uuid/1"),
          .data_path = QD_SLICE("data"),
          .number = 1,
          .primary = true,
          .started = true,
          .open = true,
          .primary_term = 2,
          .stats = stats,
          .groups = groups,
          .group_count = 1,
          .commit = &commit,
          .segments = &segment_list,
          .recovery = &recovery,
          .fields = fields,
          .field_count = 1 },
        { .index_uuid = QD_SLICE("other"), .index_closed = true, .recovery = &recovery },
    };
    qd_reports_write(reports, 2, buffer);
}

TEST(report_messages, answer_keeps_every_part_and_every_cut_is_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_shard_report *read;
    struct qd_stats stats;
    size_t count;
    qd_stats_init(&stats);
    stats.value[QD_STAT_DOCS_COUNT] = 77;
    write_two(&stats, &buffer);
    assert_ok(qd_reports_read(qd_buffer_view(&buffer), arena, &read, &count, NULL));
    assert_int_equal(count, 2);
    assert_slice(read[0].index_name, "books");
    assert_slice(read[0].path, "indices/uuid/1");
    assert_true(read[0].primary && read[0].started && read[0].open && !read[0].index_closed);
    assert_memory_equal(read[0].stats, &stats, sizeof(stats));
    assert_slice(read[0].groups[0].name, "g");
    assert_int_equal(read[0].groups[0].counters.query_failed, 3);
    assert_int_equal(read[0].groups[0].counters.fetch_ns, 5);
    assert_int_equal(read[0].commit->commit_local_checkpoint, -1);
    assert_int_equal(read[0].commit->local_checkpoint, 10);
    assert_true(read[0].segments->best_compression);
    assert_int_equal(read[0].segments->count, 2);
    assert_int_equal(read[0].segments->list[0].live, 7);
    assert_false(read[0].segments->list[1].committed);
    assert_int_equal(read[0].recovery->files[0].size, 100);
    assert_int_equal(read[0].recovery->translog_ns, 8);
    assert_slice(read[0].fields[0].name, "title");
    assert_int_equal(read[0].fields[0].bytes, 1234);
    assert_true(read[1].index_closed && !read[1].open && !read[1].started && !read[1].primary);
    assert_null(read[1].stats);
    assert_null(read[1].commit);
    assert_null(read[1].segments);
    assert_int_equal(read[1].field_count, 0);
    for (size_t cut = 0; cut < buffer.size; cut++) {
        assert_int_equal(qd_reports_read(qd_slice_make(buffer.data, cut), arena, &read, &count, NULL),
                         QD_ILLEGAL_STATE);
    }
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}

TEST(report_messages, a_node_that_counts_other_things_is_refused)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer buffer = { 0 };
    struct qd_shard_report *read;
    size_t count;
    struct qd_shard_report report = { .number = 1 };
    qd_reports_write(&report, 1, &buffer);
    buffer.data[buffer.size - 1] = QD_REPORT_STATS;
    qd_buffer_varint(&buffer, QD_STAT_COUNT + 1);
    for (size_t i = 0; i <= QD_STAT_COUNT; i++) qd_buffer_zigzag(&buffer, 1);
    assert_int_equal(qd_reports_read(qd_buffer_view(&buffer), arena, &read, &count, NULL), QD_ILLEGAL_STATE);
    qd_buffer_deinit(&buffer);
    qd_arena_destroy(arena);
}
