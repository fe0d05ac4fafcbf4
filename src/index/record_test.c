#include "base/test.h"
#include "index/record.h"

TEST(record, everything_comes_back)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_field field = { .name = QD_SLICE("a.b") };
    struct qd_slice values[2] = { QD_SLICE("\"x\""), QD_SLICE("12") };
    struct qd_document_field fields[2] = { { .field = &field }, { .field = &field, .stored = values,
                                                                  .stored_count = 2 } };
    struct qd_document document =
        { .id = QD_SLICE("1"), .routing = QD_SLICE("r"), .source = QD_SLICE("{\"a\":1}"),
                                    .fields = fields, .field_count = 2 };
    struct qd_buffer scratch = { 0 };
    struct qd_record record;
    struct qd_slice bytes = qd_record_make(&document, arena, &scratch);
    assert_ok(qd_record_parse(bytes, arena, &record, NULL));
    assert_slice(record.source, "{\"a\":1}");
    assert_slice(record.routing, "r");
    assert_int_equal(record.field_count, 1);
    assert_slice(record.fields[0].name, "a.b");
    assert_int_equal(record.fields[0].value_count, 2);
    assert_slice(record.fields[0].values[1], "12");
    for (size_t size = 0; size < bytes.size; size++) {
        assert_int_equal(qd_record_parse(qd_slice_make(bytes.data, size), arena, &record, NULL),
                         QD_CORRUPTION);
    }
    qd_buffer_deinit(&scratch);
    qd_arena_destroy(arena);
}

TEST(record, a_disabled_source_differs_from_an_empty_one)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_document document = { .id = QD_SLICE("1") };
    struct qd_buffer scratch = { 0 };
    struct qd_record record;
    struct qd_slice bytes = qd_record_make(&document, arena, &scratch);
    assert_ok(qd_record_parse(bytes, arena, &record, NULL));
    assert_null(record.source.data);
    assert_null(record.routing.data);
    document.source = QD_SLICE("");
    bytes = qd_record_make(&document, arena, &scratch);
    assert_ok(qd_record_parse(bytes, arena, &record, NULL));
    assert_non_null(record.source.data);
    qd_buffer_deinit(&scratch);
    qd_arena_destroy(arena);
}
