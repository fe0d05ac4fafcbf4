#include "codec/segment.h"

#include <stdio.h>

#include "codec/columns.h"
#include "codec/ids.h"
#include "codec/norms.h"
#include "codec/points.h"
#include "codec/stored.h"
#include "codec/test_image.h"

#define DOCS 10u

static const struct qd_segment_field fields[] = {
    { .name = QD_SLICE_INIT("a.binary"), .column = QD_COLUMN_BINARY },
    { .name = QD_SLICE_INIT("a.number"),
      .column = QD_COLUMN_NUMERIC,
      .point_dimensions = 1,
      .point_bytes = 8 },
    { .name = QD_SLICE_INIT("b.empty"), .column = QD_COLUMN_NUMERIC, .index_options = QD_INDEX_DOCS },
    { .name = QD_SLICE_INIT("keyword"), .column = QD_COLUMN_ORDINALS },
    { .name = QD_SLICE_INIT("text"), .has_norms = true },
};

static const qd_doc_id docs[3] = { 1, 4, 9 };
static const int64_t numbers[3] = { 1, 0, 2 };
static const struct qd_slice terms[3] = { QD_SLICE_INIT("alpha"), QD_SLICE_INIT("beta"),
                                          QD_SLICE_INIT("gamma") };

static void write_field(struct qd_arena *arena, struct qd_sections_writer *sections, uint32_t number)
{
    struct qd_numeric_input numeric = { docs, NULL, numbers, 3 };
    struct qd_ordinal_input ordinal = { numeric, terms, 3 };
    struct qd_binary_input binary = { docs, NULL, terms, 3 };
    uint8_t values[8] = { 0, 0, 0, 0, 0, 0, 0, 7 };
    qd_doc_id doc = 6;
    struct qd_points_input points = { values, &doc, 1, 1, 8 };
    uint8_t norms[DOCS] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
    if (number == 0) qd_binary_write(arena, sections, number, DOCS, &binary);
    if (number == 1) qd_numeric_write(arena, sections, number, DOCS, &numeric);
    if (number == 1) qd_points_write(arena, sections, number, &points);
    if (number == 3) qd_ordinal_write(arena, sections, number, DOCS, &ordinal);
    if (number == 4) qd_norms_write(sections, number, DOCS, norms, NULL);
}

static void write_segment(struct test_image *image)
{
    image->arena = qd_arena_create(0);
    qd_error_init(&image->error, image->arena);
    struct qd_sink sink = { &image->buffer, test_image_append };
    struct qd_segment_writer *writer = qd_segment_writer_create(image->arena, sink, DOCS);
    struct qd_sections_writer *sections = qd_segment_writer_sections(writer);
    for (uint32_t i = 0; i < 5; i++) {
        uint32_t number = qd_segment_writer_begin_field(writer, &fields[i]);
        assert_int_equal(number, i);
        write_field(image->arena, sections, number);
    }
    struct qd_slice ids[DOCS];
    struct qd_stored_writer *stored = qd_stored_writer_create(image->arena, sections, QD_STORED_LZ4, 0, DOCS);
    for (uint32_t i = 0; i < DOCS; i++) {
        ids[i] = qd_arena_format(image->arena, "id%u", i);
        qd_stored_writer_add(stored, ids[i]);
    }
    qd_stored_writer_finish(stored);
    qd_ids_write(image->arena, sections, ids, DOCS);
    uint64_t size;
    assert_ok(qd_segment_writer_finish(writer, &size, &image->error));
    assert_int_equal(size, image->buffer.size);
}

static struct qd_segment *open_segment(struct test_image *image)
{
    struct qd_segment *segment;
    assert_ok(qd_segment_open(image->arena, QD_SLICE("_7"), qd_buffer_view(&image->buffer), &segment,
                              &image->error));
    return segment;
}

TEST(segment, knows_its_fields)
{
    struct test_image image = { 0 };
    write_segment(&image);
    struct qd_segment *segment = open_segment(&image);
    assert_slice(qd_segment_name(segment), "_7");
    assert_int_equal(qd_segment_doc_count(segment), DOCS);
    assert_int_equal(qd_segment_size(segment), image.buffer.size);
    assert_int_equal(qd_segment_field_count(segment), 5);
    for (uint32_t i = 0; i < 5; i++) {
        const struct qd_segment_field *field = qd_segment_field(segment, fields[i].name);
        assert_ptr_equal(field, qd_segment_field_at(segment, i));
        assert_int_equal(field->number, i);
        assert_int_equal(field->column, fields[i].column);
        assert_int_equal(field->has_norms, fields[i].has_norms);
        assert_int_equal(field->index_options, fields[i].index_options);
        assert_int_equal(field->point_dimensions, fields[i].point_dimensions);
        assert_int_equal(field->point_bytes, fields[i].point_bytes);
    }
    assert_null(qd_segment_field(segment, QD_SLICE("a.numbe")));
    assert_null(qd_segment_field(segment, QD_SLICE("zzz")));
    test_image_end(&image);
}

TEST(segment, opens_each_structure_once)
{
    struct test_image image = { 0 };
    struct qd_numeric_column *numeric;
    struct qd_numeric_column *again;
    struct qd_ordinal_column *ordinals;
    struct qd_binary_column *binary;
    struct qd_norms *norms;
    struct qd_points *points;
    struct qd_stored *stored;
    struct qd_ids *ids;
    struct qd_slice record;
    write_segment(&image);
    struct qd_segment *segment = open_segment(&image);
    assert_ok(qd_segment_numeric(segment, QD_SLICE("a.number"), &numeric, &image.error));
    assert_int_equal(qd_numeric_at(numeric, 9, 0), 2);
    assert_ok(qd_segment_numeric(segment, QD_SLICE("a.number"), &again, &image.error));
    assert_ptr_equal(numeric, again);
    assert_ok(qd_segment_ordinals(segment, QD_SLICE("keyword"), &ordinals, &image.error));
    assert_slice(qd_ordinal_term(ordinals, 2, image.arena), "gamma");
    assert_ok(qd_segment_binary(segment, QD_SLICE("a.binary"), &binary, &image.error));
    assert_slice(qd_binary_at(binary, 4, 0), "beta");
    assert_ok(qd_segment_norms(segment, QD_SLICE("text"), &norms, &image.error));
    assert_int_equal(qd_norms_bytes(norms)[9], 10);
    assert_ok(qd_segment_points(segment, QD_SLICE("a.number"), &points, &image.error));
    assert_int_equal(qd_points_count(points), 1);
    assert_ok(qd_segment_stored(segment, &stored, &image.error));
    assert_ok(qd_stored_get(stored, 7, image.arena, NULL, &record, &image.error));
    assert_slice(record, "id7");
    assert_ok(qd_segment_ids(segment, &ids, &image.error));
    assert_int_equal(qd_ids_find(ids, QD_SLICE("id5"), NULL), 5);
    assert_ok(qd_sections_verify(qd_segment_sections(segment), &image.error));
    test_image_end(&image);
}

TEST(segment, missing_structures_are_null)
{
    struct test_image image = { 0 };
    struct qd_numeric_column *numeric = (struct qd_numeric_column *)1;
    struct qd_ordinal_column *ordinals = (struct qd_ordinal_column *)1;
    struct qd_norms *norms = (struct qd_norms *)1;
    write_segment(&image);
    struct qd_segment *segment = open_segment(&image);
    assert_ok(qd_segment_numeric(segment, QD_SLICE("b.empty"), &numeric, &image.error));
    assert_null(numeric);
    assert_ok(qd_segment_ordinals(segment, QD_SLICE("a.number"), &ordinals, &image.error));
    assert_null(ordinals);
    assert_ok(qd_segment_norms(segment, QD_SLICE("no such field"), &norms, &image.error));
    assert_null(norms);
    test_image_end(&image);
}

TEST(segment, a_corrupt_structure_stays_corrupt_and_others_open)
{
    struct test_image image = { 0 };
    struct qd_numeric_column *numeric;
    struct qd_ids *ids;
    struct qd_slice bytes;
    write_segment(&image);
    struct qd_segment *segment = open_segment(&image);
    assert_ok(qd_sections_find(qd_segment_sections(segment), QD_SECTION_NUMERIC, 1, &bytes, &image.error));
    /* After its checksum was seen to be right, so that the reader itself has to notice. */
    image.buffer.data[bytes.data - image.buffer.data] ^= 1;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(qd_segment_numeric(segment, QD_SLICE("a.number"), &numeric, &image.error),
                         QD_CORRUPTION);
    }
    assert_ok(qd_segment_ids(segment, &ids, &image.error));
    test_image_end(&image);
}

static void add_loaded(struct qd_segment *segment, const char *field, struct qd_breaker *breaker)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_loaded_column *loaded = QD_NEW(arena, struct qd_loaded_column);
    loaded->arena = arena;
    loaded->field = qd_arena_copy(arena, qd_slice_from_string(field));
    loaded->breaker = breaker;
    loaded->bytes = 100;
    qd_segment_add_loaded(segment, loaded);
}

/* A dropped column stays where it is in use, and its memory is given back with the last use. */
TEST(segment, twins_share_loaded_columns_but_the_dropped)
{
    struct test_image image = { 0 };
    struct qd_breaker breaker = { .name = "fielddata", .overhead = 1.0 };
    struct qd_numeric_column *column, *same;
    write_segment(&image);
    struct qd_segment *segment = open_segment(&image);
    struct qd_segment *old = qd_segment_twin(image.arena, segment, QD_SLICE(""));
    add_loaded(old, "text", &breaker);
    add_loaded(old, "text", &breaker);
    add_loaded(old, "texts", &breaker);
    assert_int_equal(breaker.used, 200);
    assert_null(qd_segment_loaded(segment, QD_SLICE("text")));
    struct qd_segment *fresh = qd_segment_twin(image.arena, old, QD_SLICE("other,text"));
    assert_null(qd_segment_loaded(fresh, QD_SLICE("text")));
    assert_ptr_equal(qd_segment_loaded(fresh, QD_SLICE("texts")), qd_segment_loaded(old, QD_SLICE("texts")));
    assert_non_null(qd_segment_loaded(old, QD_SLICE("text")));
    assert_ok(qd_segment_numeric(segment, QD_SLICE("a.number"), &column, &image.error));
    assert_ok(qd_segment_numeric(fresh, QD_SLICE("a.number"), &same, &image.error));
    assert_ptr_equal(column, same);
    qd_segment_release_loaded(old);
    assert_int_equal(breaker.used, 100);
    qd_segment_release_loaded(fresh);
    assert_int_equal(breaker.used, 0);
    test_image_end(&image);
}
