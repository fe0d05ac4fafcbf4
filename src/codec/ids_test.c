#include "codec/ids.h"

#include <stdio.h>

#include "base/map.h"
#include "codec/little_endian.h"
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
    check_ids(31, 40, false);
    check_ids(32, 40, false);
    check_ids(33, 40, false);
    check_ids(1023, 5000, false);
    check_ids(1024, 5000, true);
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

/* Documents with ids of `size` bytes and less, whose sizes and first bytes all differ from their neighbours'.
 */
static struct qd_slice *ids_up_to(struct qd_arena *arena, uint32_t count, size_t size)
{
    struct qd_slice *ids = QD_NEW_ARRAY(arena, struct qd_slice, count);
    for (uint32_t i = 0; i < count; i++) {
        size_t own = i == 0 ? size : 4 + i * 37 % (size - 4);
        char *text = qd_arena_alloc(arena, own);
        memset(text, 'x', own);
        qd_store_u32(text, i);
        ids[i] = qd_slice_make(text, own);
    }
    return ids;
}

static void check_sizes(uint32_t count, size_t size, uint32_t width)
{
    struct test_image image = { 0 };
    struct qd_ids *opened;
    struct qd_slice bytes;
    test_image_begin(&image);
    struct qd_slice *ids = ids_up_to(image.arena, count, size);
    qd_ids_write(image.arena, image.writer, ids, count);
    test_image_open(&image);
    assert_ok(qd_sections_find(image.sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD, &bytes, &image.error));
    assert_int_equal(qd_load_u32(bytes.data + 24), width);
    assert_ok(qd_ids_open(image.arena, image.sections, count, &opened, &image.error));
    for (uint32_t i = 0; i < count; i++) {
        assert_true(qd_slice_equal(qd_ids_at(opened, i), ids[i]));
        assert_int_equal(qd_ids_find(opened, ids[i], NULL), i);
    }
    test_image_end(&image);
}

TEST(ids, sizes_in_bytes_or_offsets)
{
    check_sizes(300, 255, 1);
    check_sizes(300, 256, 4);
    check_sizes(3000, 512, 4);
}

/* Long ids of 255 bytes need every bit of a block's sums. */
TEST(ids, many_of_the_greatest_size)
{
    struct test_image image = { 0 };
    struct qd_slice ids[130];
    struct qd_ids *opened;
    test_image_begin(&image);
    for (uint32_t i = 0; i < 130; i++) {
        ids[i] = qd_arena_format(image.arena, "%0*u", i == 129 ? 254 : 255, i);
    }
    qd_ids_write(image.arena, image.writer, ids, 130);
    test_image_open(&image);
    assert_ok(qd_ids_open(image.arena, image.sections, 130, &opened, &image.error));
    for (uint32_t i = 0; i < 130; i++) {
        assert_true(qd_slice_equal(qd_ids_at(opened, i), ids[i]));
        assert_int_equal(qd_ids_find(opened, ids[i], NULL), i);
    }
    test_image_end(&image);
}

/* The tables of random ids take few bytes: what version 2 is for. */
TEST(ids, tables_are_small)
{
    struct test_image image = { 0 };
    struct qd_slice bytes;
    size_t text = 0;
    const uint32_t count = 50000;
    test_image_begin(&image);
    struct qd_slice *ids = QD_NEW_ARRAY(image.arena, struct qd_slice, count);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = qd_arena_format(image.arena, "package-%u", i);
        text += ids[i].size;
    }
    qd_ids_write(image.arena, image.writer, ids, count);
    test_image_open(&image);
    assert_ok(qd_sections_find(image.sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD, &bytes, &image.error));
    assert_true((bytes.size - text) * 10 < (size_t)count * 62);
    test_image_end(&image);
}

/* ---- version 1 ---- */

#define OLD_DOCS 7u
#define OLD_SLOTS 10u

/* Version 1 as spec/formats/ids.md tells it, written plainly: a filter that holds everything, slots of
 * 8 bytes, offsets of `width` bytes or none. Returns its size. */
static size_t write_old(uint8_t *out, const struct qd_slice *ids, uint32_t width)
{
    size_t at = 64;
    uint64_t offset = 0;
    uint32_t links = 0;
    memset(out, 0, at);
    memset(out + at, 0xff, 32 + OLD_SLOTS * 8);
    uint8_t *slots = out + at + 32;
    at += 32 + OLD_SLOTS * 8;
    for (uint32_t doc = 0; doc < OLD_DOCS; doc++) {
        uint64_t hash = qd_hash(ids[doc]);
        size_t slot = (size_t)((hash >> 32) * OLD_SLOTS >> 32);
        uint32_t held;
        while ((held = qd_load_u32(slots + slot * 8 + 4)) != UINT32_MAX &&
               !qd_slice_equal(ids[held], ids[doc])) {
            slot = (slot + 1) % OLD_SLOTS;
        }
        if (held != UINT32_MAX) {
            qd_store_u32(out + at, doc);
            qd_store_u32(out + at + 4, held);
            at += 8;
            links++;
        }
        qd_store_u32(slots + slot * 8, (uint32_t)hash);
        qd_store_u32(slots + slot * 8 + 4, doc);
    }
    for (uint32_t doc = 0; doc <= OLD_DOCS; doc++, at += width) {
        if (width == 4) qd_store_u32(out + at, (uint32_t)offset);
        if (width == 8) qd_store_u64(out + at, offset);
        if (doc < OLD_DOCS) offset += ids[doc].size;
    }
    for (uint32_t doc = 0; doc < OLD_DOCS; at += ids[doc++].size) {
        memcpy(out + at, ids[doc].data, ids[doc].size);
    }
    qd_store_u32(out, 1);
    qd_store_u32(out + 4, OLD_DOCS);
    qd_store_u32(out + 8, OLD_SLOTS);
    qd_store_u32(out + 12, links);
    qd_store_u32(out + 16, 1);
    qd_store_u32(out + 20, width == 0 ? (uint32_t)ids[0].size : UINT32_MAX);
    qd_store_u32(out + 24, width);
    qd_store_u64(out + 32, offset);
    return at;
}

static void check_old(const struct qd_slice *ids, uint32_t width)
{
    struct test_image image = { 0 };
    struct qd_ids *opened;
    uint8_t bytes[1024];
    size_t size = write_old(bytes, ids, width);
    test_image_begin(&image);
    qd_sections_begin(image.writer, QD_SECTION_IDS, QD_SECTION_NO_FIELD);
    qd_sections_append(image.writer, bytes, size);
    qd_sections_end(image.writer);
    test_image_open(&image);
    assert_ok(qd_ids_open(image.arena, image.sections, OLD_DOCS, &opened, &image.error));
    const uint64_t live = 0x0f;
    for (uint32_t i = 0; i < OLD_DOCS; i++) {
        assert_true(qd_slice_equal(qd_ids_at(opened, i), ids[i]));
        assert_int_equal(qd_ids_find(opened, ids[i], NULL), naive_find(ids, OLD_DOCS, ids[i], NULL));
        assert_int_equal(qd_ids_find(opened, ids[i], &live), naive_find(ids, OLD_DOCS, ids[i], &live));
    }
    assert_int_equal(qd_ids_find(opened, QD_SLICE("nobody"), NULL), QD_DOC_END);
    test_image_end(&image);
}

TEST(ids, version_1_is_read)
{
    const struct qd_slice mixed[OLD_DOCS] = { QD_SLICE("a"), QD_SLICE("bcd"), QD_SLICE(""),   QD_SLICE("a"),
                                              QD_SLICE("e"), QD_SLICE("a"),   QD_SLICE("last") };
    const struct qd_slice same[OLD_DOCS] = { QD_SLICE("aa"), QD_SLICE("bb"), QD_SLICE("cc"), QD_SLICE("aa"),
                                             QD_SLICE("dd"), QD_SLICE("cc"), QD_SLICE("ee") };
    check_old(mixed, 4);
    check_old(mixed, 8);
    check_old(same, 0);
}

/* ---- malformed ---- */

/* The section with one u32 of its header changed. */
static enum qd_status open_changed(uint32_t at, uint32_t value)
{
    struct test_image good = { 0 };
    struct test_image bad = { 0 };
    struct qd_slice bytes;
    struct qd_ids *opened;
    test_image_begin(&good);
    test_image_begin(&bad);
    struct qd_slice *ids = ids_up_to(good.arena, 50, 100);
    qd_ids_write(good.arena, good.writer, ids, 50);
    test_image_open(&good);
    assert_ok(qd_sections_find(good.sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD, &bytes, &good.error));
    char *changed = qd_arena_alloc(bad.arena, bytes.size);
    memcpy(changed, bytes.data, bytes.size);
    qd_store_u32(changed + at, value);
    qd_sections_begin(bad.writer, QD_SECTION_IDS, QD_SECTION_NO_FIELD);
    qd_sections_append(bad.writer, changed, bytes.size);
    qd_sections_end(bad.writer);
    test_image_open(&bad);
    enum qd_status status = qd_ids_open(bad.arena, bad.sections, 50, &opened, &bad.error);
    for (uint32_t i = 0; status == QD_OK && i < 50; i++) {
        qd_doc_id found = qd_ids_find(opened, ids[i], NULL);
        assert_true(found == QD_DOC_END || found < 50);
        assert_true(qd_ids_at(opened, i).size <= 255);
    }
    test_image_end(&good);
    test_image_end(&bad);
    return status;
}

TEST(ids, malformed_headers)
{
    assert_int_equal(open_changed(0, 2), QD_OK);
    assert_int_equal(open_changed(0, 0), QD_CORRUPTION);
    assert_int_equal(open_changed(0, 1), QD_CORRUPTION);
    assert_int_equal(open_changed(0, 3), QD_CORRUPTION);
    assert_int_equal(open_changed(4, 49), QD_CORRUPTION);
    assert_int_equal(open_changed(8, UINT32_MAX), QD_CORRUPTION);
    assert_int_equal(open_changed(24, 2), QD_CORRUPTION);
    assert_int_equal(open_changed(28, 0), QD_CORRUPTION);
    assert_int_equal(open_changed(28, 33), QD_CORRUPTION);
    assert_int_equal(open_changed(40, 25), QD_CORRUPTION);
    assert_int_equal(open_changed(40, UINT32_MAX), QD_CORRUPTION);
}

/* What a table tells wrongly is a miss or a cut id, never out of bounds: each byte behind the filter at 255.
 */
TEST(ids, malformed_tables)
{
    struct test_image good = { 0 };
    struct qd_slice bytes;
    test_image_begin(&good);
    qd_ids_write(good.arena, good.writer, ids_up_to(good.arena, 50, 100), 50);
    test_image_open(&good);
    assert_ok(qd_sections_find(good.sections, QD_SECTION_IDS, QD_SECTION_NO_FIELD, &bytes, &good.error));
    uint32_t tables = (uint32_t)(bytes.size - qd_load_u64(bytes.data + 32));
    for (uint32_t at = 64; at + 4 <= tables; at += 2) {
        assert_int_equal(open_changed(at, UINT32_MAX), QD_OK);
    }
    test_image_end(&good);
}
