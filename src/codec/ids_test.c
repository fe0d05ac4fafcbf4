#include "codec/ids.h"

#include <stdio.h>

#include "codec/test_image.h"

static qd_doc_id naive_find(const struct qd_slice *ids, uint32_t count, struct qd_slice id,
                            const uint64_t *live)
{
    for (uint32_t doc = count; doc-- > 0;) {
        bool alive = live == NULL || (live[doc / 64] >> (doc % 64) & 1) != 0;
        if (alive && qd_slice_equal(ids[doc], id)) return doc;
    }
    return QD_DOC_END;
}

static struct qd_slice make_id(struct qd_arena *arena, uint32_t number, bool fixed)
{
    return fixed ? qd_arena_format(arena, "id-%08u", number) : qd_arena_format(arena, "%u", number);
}

static void check_ids(uint32_t count, uint32_t distinct, bool fixed)
{
    struct test_image image = { 0 };
    uint64_t seed = count + 77;
    test_image_begin(&image);
    struct qd_slice *ids = QD_NEW_ARRAY(image.arena, struct qd_slice, count);
    uint64_t *live = QD_NEW_ARRAY(image.arena, uint64_t, count / 64 + 1);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = make_id(image.arena, test_below(&seed, distinct), fixed);
        if (test_below(&seed, 2) == 0) live[i / 64] |= (uint64_t)1 << (i % 64);
    }
    qd_ids_write(image.arena, image.writer, ids, count);
    test_image_open(&image);
    struct qd_ids *opened;
    assert_ok(qd_ids_open(image.arena, image.sections, count, &opened, &image.error));
    for (uint32_t i = 0; i < count; i++) assert_true(qd_slice_equal(qd_ids_at(opened, i), ids[i]));
    for (uint32_t i = 0; i < distinct + 50; i++) {
        struct qd_slice id = make_id(image.arena, i, fixed);
        assert_int_equal(qd_ids_find(opened, id, NULL), naive_find(ids, count, id, NULL));
        assert_int_equal(qd_ids_find(opened, id, live), naive_find(ids, count, id, live));
    }
    test_image_end(&image);
}

TEST(ids, find_the_newest_live_document)
{
    check_ids(0, 1, false);
    check_ids(1, 1, true);
    check_ids(500, 2000, false);
    check_ids(1000, 100, true);
    check_ids(2000, 3, false);
    check_ids(2000, 1500, true);
}

TEST(ids, empty_and_long_ids)
{
    struct test_image image = { 0 };
    char text[512];
    memset(text, 'x', sizeof(text));
    struct qd_slice ids[3] = { { text, 512 }, { NULL, 0 }, { text, 511 } };
    struct qd_ids *opened;
    test_image_begin(&image);
    qd_ids_write(image.arena, image.writer, ids, 3);
    test_image_open(&image);
    assert_ok(qd_ids_open(image.arena, image.sections, 3, &opened, &image.error));
    for (uint32_t i = 0; i < 3; i++) assert_int_equal(qd_ids_find(opened, ids[i], NULL), i);
    assert_int_equal(qd_ids_find(opened, qd_slice_make(text, 510), NULL), QD_DOC_END);
    test_image_end(&image);
}
