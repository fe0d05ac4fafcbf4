#include "index/buffer.h"

#include <stdlib.h>

#include "base/test.h"
#include "codec/points.h"
#include "codec/postings.h"
#include "index/held_segment.h"
#include "index/image.h"

static const struct qd_field key_field = { .name = QD_SLICE_INIT("key"),
                                           .index_options = QD_INDEX_DOCS,
                                           .column = QD_COLUMN_ORDINALS };
static const struct qd_field number_field = { .name = QD_SLICE_INIT("number"),
                                              .column = QD_COLUMN_NUMERIC,
                                              .point_bytes = 8 };
static const struct qd_field text_field = { .name = QD_SLICE_INIT("text"),
                                            .index_options = QD_INDEX_POSITIONS,
                                            .has_norms = true,
                                            .similarity = { .discount_overlaps = true } };
static const struct qd_field blob_field = { .name = QD_SLICE_INIT("blob"), .column = QD_COLUMN_BINARY };

static void add(struct qd_index_buffer *buffer, struct qd_arena *arena, uint32_t doc)
{
    struct qd_slice id = qd_arena_format(arena, "id%u", doc);
    struct qd_slice terms[] = { id, qd_arena_format(arena, "group %u of a few", doc % 7) };
    int64_t numbers[] = { doc, (int64_t)doc * 1000 };
    struct qd_token tokens[] = { { .term = terms[0], .position_increment = 1 },
                                 { .term = QD_SLICE("word"), .position_increment = 1 } };
    struct qd_token_list list = { .data = tokens, .count = 2, .capacity = 2 };
    struct qd_document_field fields[] = {
        { .field = &key_field, .terms = terms, .term_count = 1 + doc % 2 },
        { .field = &number_field, .numbers = numbers, .number_count = 1 + doc % 2 },
        { .field = &text_field, .token_lists = &list, .token_list_count = 1 },
        { .field = &blob_field, .terms = terms, .term_count = 1 },
    };
    /* Some documents have less. */
    struct qd_document document = { .id = id, .source = id, .fields = fields, .field_count = 4 - doc % 3 };
    struct qd_buffer_facts facts = { 1, doc, 1 };
    assert_int_equal(qd_index_buffer_add(buffer, &document, &facts), doc);
}

static struct qd_index_buffer *fill(const struct qd_buffer_shape *shape, uint32_t count)
{
    struct qd_index_buffer *buffer = qd_index_buffer_create(5, shape);
    struct qd_arena *arena = qd_arena_create(0);
    for (uint32_t doc = 0; doc < count; doc++) add(buffer, arena, doc);
    qd_arena_destroy(arena);
    return buffer;
}

static void assert_same_image(struct qd_index_buffer *left, struct qd_index_buffer *right)
{
    struct qd_image_options options = { QD_STORED_LZ4, 0 };
    struct qd_buffer images[2] = { { 0 }, { 0 } };
    assert_ok(qd_image_build(left, &options, &images[0], NULL));
    assert_ok(qd_image_build(right, &options, &images[1], NULL));
    assert_true(qd_slice_equal(qd_buffer_view(&images[0]), qd_buffer_view(&images[1])));
    qd_buffer_deinit(&images[0]);
    qd_buffer_deinit(&images[1]);
}

TEST(buffer, what_was_expected_changes_the_memory_only)
{
    struct qd_index_buffer *first = fill(NULL, 3000);
    struct qd_buffer_shape *shape = qd_index_buffer_shape(first);
    assert_non_null(shape);
    assert_int_equal(shape->doc_count, 3000);
    static const uint32_t counts[] = { 1, 64, 3000, 3500, 9000 };
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
        struct qd_index_buffer *plain = fill(NULL, counts[i]);
        struct qd_index_buffer *shaped = fill(shape, counts[i]);
        if (counts[i] == 3000) assert_true(qd_index_buffer_size(shaped) < qd_index_buffer_size(plain));
        assert_same_image(plain, shaped);
        qd_index_buffer_destroy(plain);
        qd_index_buffer_destroy(shaped);
    }
    qd_buffer_shape_destroy(shape);
    qd_index_buffer_destroy(first);
}

TEST(buffer, a_small_one_has_no_shape)
{
    struct qd_index_buffer *buffer = fill(NULL, 1000);
    assert_null(qd_index_buffer_shape(buffer));
    qd_index_buffer_destroy(buffer);
}

/* ---- what a column stands for ---- */

static const struct qd_field plain_field = { .name = QD_SLICE_INIT("plain"),
                                             .index_options = QD_INDEX_DOCS };

static struct qd_held_segment *open_image(struct qd_index_buffer *buffer)
{
    struct qd_image_options options = { QD_STORED_LZ4, 0 };
    struct qd_buffer image = { 0 };
    struct qd_held_segment *held;
    assert_ok(qd_image_build(buffer, &options, &image, NULL));
    assert_ok(qd_held_segment_open_image(NULL, 1, &image, &held, NULL));
    return held;
}

/* The next document of both is the same until both have none. */
static void assert_same_documents(struct qd_arena *arena, struct qd_terms *const terms[2],
                                  const struct qd_term_info infos[2])
{
    struct qd_postings postings[2];
    for (int i = 0; i < 2; i++) qd_postings_init(&postings[i], arena, terms[i], &infos[i], 0);
    qd_doc_id doc;
    do {
        doc = qd_postings_next(&postings[0]);
        assert_int_equal(qd_postings_next(&postings[1]), doc);
    } while (doc != QD_DOC_END);
}

TEST(buffer, ordinals_give_the_postings_of_the_same_terms)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_index_buffer *buffer = qd_index_buffer_create(5, NULL);
    for (uint32_t doc = 0; doc < 2000; doc++) {
        struct qd_slice id = qd_arena_format(arena, "id%u", doc);
        struct qd_slice often = qd_arena_format(arena, "often %u", doc % 3);
        /* A value may come twice, and some documents have none. */
        struct qd_slice terms[] = { often, id, qd_arena_format(arena, "%u", doc % 40), often };
        uint32_t count = doc % 5;
        struct qd_document_field fields[] = {
            { .field = &key_field, .terms = terms, .term_count = count },
            { .field = &plain_field, .terms = terms, .term_count = count },
        };
        struct qd_document document = { .id = id, .source = id, .fields = fields,
                                        .field_count = count > 0 ? 2 : 0 };
        struct qd_buffer_facts facts = { 1, doc, 1 };
        (void)qd_index_buffer_add(buffer, &document, &facts);
    }
    struct qd_held_segment *held = open_image(buffer);
    struct qd_terms *terms[2];
    struct qd_terms_iterator *iterators[2];
    const struct qd_field *fields[2] = { &key_field, &plain_field };
    for (int i = 0; i < 2; i++) {
        assert_ok(qd_segment_terms(held->segment, fields[i]->name, &terms[i], NULL));
        iterators[i] = qd_terms_iterate(arena, terms[i], (struct qd_slice){ NULL, 0 });
    }
    struct qd_slice term[2];
    struct qd_term_info infos[2];
    uint32_t seen = 0;
    while (qd_terms_next(iterators[0], &term[0], &infos[0])) {
        assert_true(qd_terms_next(iterators[1], &term[1], &infos[1]));
        assert_true(qd_slice_equal(term[0], term[1]));
        assert_same_documents(arena, terms, infos);
        seen++;
    }
    assert_false(qd_terms_next(iterators[1], &term[1], &infos[1]));
    assert_true(seen > 1000);
    qd_held_segment_release(held);
    qd_index_buffer_destroy(buffer);
    qd_arena_destroy(arena);
}

TEST(buffer, a_column_of_numbers_gives_their_points)
{
    struct qd_index_buffer *buffer = fill(NULL, 3000);
    struct qd_held_segment *held = open_image(buffer);
    struct qd_points *points;
    uint64_t words[3008 / 64];
    assert_ok(qd_segment_points(held->segment, number_field.name, &points, NULL));
    for (uint32_t doc = 0; doc < 3000; doc++) {
        uint64_t sortable = __builtin_bswap64((uint64_t)doc ^ ((uint64_t)1 << 63));
        memset(words, 0, sizeof(words));
        (void)qd_points_range(points, (const uint8_t *)&sortable, (const uint8_t *)&sortable, words);
        assert_true((words[doc / 64] >> (doc % 64) & 1) != 0);
        /* An odd one's second number. */
        sortable = __builtin_bswap64((uint64_t)doc * 1000 ^ ((uint64_t)1 << 63));
        memset(words, 0, sizeof(words));
        (void)qd_points_range(points, (const uint8_t *)&sortable, (const uint8_t *)&sortable, words);
        if (doc % 2 == 1) assert_true((words[doc / 64] >> (doc % 64) & 1) != 0);
    }
    qd_held_segment_release(held);
    qd_index_buffer_destroy(buffer);
}
