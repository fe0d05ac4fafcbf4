#include "codec/stored.h"

#include <stdio.h>

#include "codec/test_image.h"

/* A record that looks like a document; its size is drawn by its number. */
static struct qd_slice make_record(struct qd_arena *arena, uint32_t number)
{
    uint64_t seed = (number + 1) * (uint64_t)7919;
    uint32_t kind = test_below(&seed, 200);
    if (kind == 0) return (struct qd_slice){ NULL, 0 };
    size_t size = kind == 1 ? 60000 : kind == 2 ? 300000 : test_below(&seed, 400);
    char *text = qd_arena_alloc(arena, size + 100);
    int head = snprintf(text, 100, "{\"user\":\"user-%u\",\"message\":\"a text that repeats\",\"x\":\"",
                        number % 50);
    for (size_t i = 0; i < size; i++) text[(size_t)head + i] = (char)('a' + test_below(&seed, 26));
    return qd_slice_make(text, (size_t)head + size);
}

static void check_all(struct test_image *image, uint32_t count, uint32_t (*number)(uint32_t doc))
{
    struct qd_stored *stored;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_stored_cache *cache = qd_stored_cache_create(image->arena);
    uint64_t seed = 5;
    assert_ok(qd_stored_open(image->arena, image->sections, count, &stored, &image->error));
    for (uint32_t i = 0; i < count; i++) {
        struct qd_slice record;
        uint32_t doc = i % 3 == 0 ? test_below(&seed, count) : i;
        struct qd_slice wanted = make_record(arena, number(doc));
        assert_ok(qd_stored_get(stored, doc, arena, i % 7 == 0 ? NULL : cache, &record, &image->error));
        assert_int_equal(record.size, wanted.size);
        if (wanted.size != 0) assert_memory_equal(record.data, wanted.data, wanted.size);
        if (i % 16 == 0) qd_arena_reset(arena);
    }
    qd_arena_destroy(arena);
}

static uint32_t same(uint32_t doc)
{
    return doc;
}

static void write_records(struct test_image *image, enum qd_stored_codec codec, uint32_t count)
{
    struct qd_arena *arena = qd_arena_create(0);
    test_image_begin(image);
    struct qd_stored_writer *writer = qd_stored_writer_create(image->arena, image->writer, codec, 0);
    for (uint32_t i = 0; i < count; i++) {
        qd_stored_writer_add(writer, make_record(arena, i));
        qd_arena_reset(arena);
    }
    qd_stored_writer_finish(writer);
    test_image_open(image);
    qd_arena_destroy(arena);
}

static const enum qd_stored_codec codecs[] = { QD_STORED_LZ4, QD_STORED_ZSTD, QD_STORED_ZSTD_NO_DICTIONARY };

TEST(stored, gives_back_every_record)
{
    for (size_t i = 0; i < 3; i++) {
        struct test_image image = { 0 };
        write_records(&image, codecs[i], 3000);
        check_all(&image, 3000, same);
        test_image_end(&image);
        struct test_image empty = { 0 };
        write_records(&empty, codecs[i], 0);
        check_all(&empty, 0, same);
        test_image_end(&empty);
    }
}

#define PART 3000u

static uint32_t copied(uint32_t doc)
{
    return doc < 10 ? doc : (doc - 10) % PART;
}

/* A merge of segments written with other codecs: blocks are copied or written anew, the records are the same.
 */
TEST(stored, copies_of_segments_hold_their_records)
{
    for (size_t i = 0; i < 9; i++) {
        struct test_image from = { 0 };
        struct test_image to = { 0 };
        struct qd_stored *stored;
        struct qd_arena *arena = qd_arena_create(0);
        write_records(&from, codecs[i % 3], PART);
        assert_ok(qd_stored_open(from.arena, from.sections, PART, &stored, &from.error));
        test_image_begin(&to);
        struct qd_stored_writer *writer = qd_stored_writer_create(to.arena, to.writer, codecs[i / 3], 0);
        for (uint32_t doc = 0; doc < 10; doc++) qd_stored_writer_add(writer, make_record(arena, doc));
        assert_ok(qd_stored_writer_copy(writer, stored, &to.error));
        assert_ok(qd_stored_writer_copy(writer, stored, &to.error));
        qd_stored_writer_finish(writer);
        test_image_open(&to);
        check_all(&to, 10 + 2 * PART, copied);
        test_image_end(&from);
        test_image_end(&to);
        qd_arena_destroy(arena);
    }
}

TEST(stored, a_flipped_bit_in_a_block_is_an_error)
{
    struct test_image image = { 0 };
    struct qd_stored *stored;
    struct qd_slice blocks;
    struct qd_slice record;
    write_records(&image, QD_STORED_LZ4, 100);
    assert_ok(
        qd_sections_find(image.sections, QD_SECTION_STORED, QD_SECTION_NO_FIELD, &blocks, &image.error));
    size_t start = (size_t)(blocks.data - image.buffer.data);
    assert_ok(qd_stored_open(image.arena, image.sections, 100, &stored, &image.error));
    for (size_t i = 0; i < 200; i++) {
        image.buffer.data[start + i] ^= 1;
        assert_int_equal(qd_stored_get(stored, 0, image.arena, NULL, &record, &image.error), QD_CORRUPTION);
        image.buffer.data[start + i] ^= 1;
    }
    assert_ok(qd_stored_get(stored, 0, image.arena, NULL, &record, &image.error));
    test_image_end(&image);
}
