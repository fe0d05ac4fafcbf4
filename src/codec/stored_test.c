#include "codec/stored.h"

#include <stdio.h>

#include "base/checksum.h"
#include "codec/little_endian.h"
#include "codec/stored_format.h"
#include "codec/test_image.h"

/* Enough expected documents for a dictionary, whatever the size of a record. */
#define MANY 10000000u

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
    struct qd_stored_writer *writer =
        qd_stored_writer_create(image->arena, image->writer, codec, 0, count);
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
        struct qd_stored_writer *writer =
            qd_stored_writer_create(to.arena, to.writer, codecs[i / 3], 0, 10 + 2 * PART);
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

/* ---- dictionaries ---- */

/* A short record of a kind: records of one kind have words in common, those of two kinds do not. */
static struct qd_slice make_short(struct qd_arena *arena, uint32_t kind, uint32_t number)
{
    uint64_t seed = number + 1;
    char *text = qd_arena_alloc(arena, 400);
    size_t size = (size_t)snprintf(text, 400, "{\"number\":%u,\"words\":\"", number);
    for (uint32_t i = 0; i < 12; i++) {
        uint64_t word = (kind * 1000 + test_below(&seed, 500) + 1) * (uint64_t)0x9e3779b97f4a7c15;
        size += (size_t)snprintf(text + size, 400 - size, "%llx ", (unsigned long long)word);
    }
    return qd_slice_make(text, size);
}

#define SHORT_DOCS 1500u

static struct qd_stored *write_short(struct test_image *image, enum qd_stored_codec codec, uint32_t kind,
                                     uint32_t expected)
{
    struct qd_stored *stored;
    test_image_begin(image);
    struct qd_stored_writer *writer =
        qd_stored_writer_create(image->arena, image->writer, codec, 0, expected);
    for (uint32_t i = 0; i < SHORT_DOCS; i++) qd_stored_writer_add(writer, make_short(image->arena, kind, i));
    qd_stored_writer_finish(writer);
    test_image_open(image);
    assert_ok(qd_stored_open(image->arena, image->sections, SHORT_DOCS, &stored, &image->error));
    return stored;
}

/* Checks documents `base` to base + SHORT_DOCS - 1, from the last to the first without a cache. */
static void check_short(struct test_image *image, const struct qd_stored *stored, uint32_t base,
                        uint32_t kind)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_stored_cache *cache = qd_stored_cache_create(image->arena);
    for (uint32_t i = 0; i < 2 * SHORT_DOCS; i++) {
        uint32_t doc = i < SHORT_DOCS ? i : 2 * SHORT_DOCS - 1 - i;
        struct qd_slice record;
        struct qd_slice wanted = make_short(arena, kind, doc);
        assert_ok(qd_stored_get(stored, base + doc, arena, i < SHORT_DOCS ? cache : NULL, &record,
                                &image->error));
        assert_true(qd_slice_equal(record, wanted));
        if (i % 64 == 0) qd_arena_reset(arena);
    }
    qd_arena_destroy(arena);
}

/* The number of blocks that use dictionary `wanted`. */
static uint32_t blocks_with(struct test_image *image, const struct qd_stored *stored, uint32_t wanted)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < qd_stored_block_count(stored); i++) {
        struct qd_stored_block block;
        assert_ok(qd_stored_block_read(stored, i, &block, &image->error));
        count += block.dictionary == wanted;
    }
    return count;
}

TEST(stored, a_large_segment_has_a_dictionary_and_gets_smaller)
{
    struct test_image with = { 0 };
    struct test_image without = { 0 };
    struct qd_stored *stored = write_short(&with, QD_STORED_LZ4, 1, MANY);
    struct qd_stored *plain = write_short(&without, QD_STORED_LZ4, 1, SHORT_DOCS);
    assert_int_equal(qd_stored_dictionary_count(stored), 1);
    assert_int_equal(qd_stored_dictionary(stored, 0).size, QD_STORED_LZ4_DICTIONARY_MAX);
    assert_int_equal(qd_stored_dictionary_count(plain), 0);
    assert_int_equal(blocks_with(&with, stored, 0), qd_stored_block_count(stored));
    assert_int_equal(blocks_with(&without, plain, QD_STORED_NO_DICTIONARY), qd_stored_block_count(plain));
    /* Without the dictionary itself, of which half a segment of this size would consist. */
    assert_true(with.buffer.size - QD_STORED_LZ4_DICTIONARY_MAX < without.buffer.size * 3 / 4);
    check_short(&with, stored, 0, 1);
    check_short(&without, plain, 0, 1);
    test_image_end(&with);
    test_image_end(&without);
}

/* A segment of two kinds, one after the other: the dictionary has something of both, so that blocks of the
 * second are smaller than with the first records as dictionary. */
TEST(stored, samples_are_drawn_from_all_records)
{
    size_t sizes[2];
    uint32_t count = 24000;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice *records = qd_arena_alloc(arena, count * sizeof(*records));
    for (uint32_t i = 0; i < count; i++) records[i] = make_short(arena, i < count / 2 ? 1 : 2, i);
    for (size_t i = 0; i < 2; i++) {
        struct test_image image = { 0 };
        struct qd_stored *stored;
        test_image_begin(&image);
        struct qd_stored_writer *writer =
            qd_stored_writer_create(image.arena, image.writer, QD_STORED_LZ4, 0, count);
        if (i == 1) qd_stored_writer_sample(writer, records, count);
        for (uint32_t k = 0; k < count; k++) qd_stored_writer_add(writer, records[k]);
        qd_stored_writer_finish(writer);
        test_image_open(&image);
        assert_ok(qd_stored_open(image.arena, image.sections, count, &stored, &image.error));
        assert_int_equal(qd_stored_dictionary_count(stored), 1);
        assert_int_equal(blocks_with(&image, stored, 0), qd_stored_block_count(stored));
        for (uint32_t k = 0; k < count; k += 97) {
            struct qd_slice record;
            assert_ok(qd_stored_get(stored, k, image.arena, NULL, &record, &image.error));
            assert_true(qd_slice_equal(record, records[k]));
        }
        sizes[i] = image.buffer.size;
        test_image_end(&image);
    }
    assert_true(sizes[1] < sizes[0] - sizes[0] / 20);
    qd_arena_destroy(arena);
}

TEST(stored, samples_of_a_small_segment_are_no_dictionary)
{
    for (size_t i = 0; i < 3; i++) {
        struct test_image image = { 0 };
        struct qd_stored *stored;
        test_image_begin(&image);
        struct qd_stored_writer *writer =
            qd_stored_writer_create(image.arena, image.writer, codecs[i], 0, MANY);
        struct qd_slice records[100];
        for (uint32_t k = 0; k < 100; k++) records[k] = make_short(image.arena, 1, k);
        qd_stored_writer_sample(writer, records, 100);
        for (uint32_t k = 0; k < 100; k++) qd_stored_writer_add(writer, records[k]);
        qd_stored_writer_finish(writer);
        test_image_open(&image);
        assert_ok(qd_stored_open(image.arena, image.sections, 100, &stored, &image.error));
        assert_int_equal(qd_stored_dictionary_count(stored), 0);
        test_image_end(&image);
    }
}

#define SOURCES 20u

/* Merges SOURCES segments of kinds 0 to `kinds` - 1; the result has `dictionaries`. */
static void check_merge(enum qd_stored_codec codec, uint32_t kinds, uint32_t dictionaries)
{
    struct test_image to = { 0 };
    struct qd_stored *merged;
    test_image_begin(&to);
    struct qd_stored_writer *writer = qd_stored_writer_create(to.arena, to.writer, codec, 0, MANY);
    for (uint32_t i = 0; i < SOURCES; i++) {
        struct test_image from = { 0 };
        struct qd_stored *stored = write_short(&from, codec, i % kinds, MANY);
        assert_ok(qd_stored_writer_copy(writer, stored, &to.error));
        test_image_end(&from);
    }
    qd_stored_writer_finish(writer);
    test_image_open(&to);
    assert_ok(qd_stored_open(to.arena, to.sections, SOURCES * SHORT_DOCS, &merged, &to.error));
    assert_int_equal(qd_stored_dictionary_count(merged), dictionaries);
    assert_int_equal(blocks_with(&to, merged, QD_STORED_NO_DICTIONARY), 0);
    for (uint32_t i = 1; i < dictionaries; i++) {
        assert_true(blocks_with(&to, merged, 0) >= blocks_with(&to, merged, i));
        assert_true(blocks_with(&to, merged, i) > 0);
    }
    for (uint32_t i = 0; i < SOURCES; i++) check_short(&to, merged, i * SHORT_DOCS, i % kinds);
    test_image_end(&to);
}

TEST(stored, merges_take_dictionaries_over_as_far_as_there_is_room)
{
    for (size_t i = 0; i < 2; i++) {
        check_merge(codecs[i], 1, 1);
        check_merge(codecs[i], 5, 5);
        check_merge(codecs[i], SOURCES, QD_STORED_DICTIONARIES_MAX);
    }
}

/* Small segments first, so that nothing has a dictionary until records are written anew. */
TEST(stored, a_merge_that_writes_records_anew_makes_a_dictionary)
{
    struct test_image small = { 0 };
    struct test_image other = { 0 };
    struct test_image to = { 0 };
    struct qd_stored *merged;
    struct qd_stored *plain = write_short(&small, QD_STORED_LZ4, 1, SHORT_DOCS);
    struct qd_stored *zstd = write_short(&other, QD_STORED_ZSTD, 2, SHORT_DOCS);
    test_image_begin(&to);
    struct qd_stored_writer *writer = qd_stored_writer_create(to.arena, to.writer, QD_STORED_LZ4, 0, MANY);
    assert_ok(qd_stored_writer_copy(writer, plain, &to.error));
    assert_ok(qd_stored_writer_copy(writer, zstd, &to.error));
    qd_stored_writer_finish(writer);
    test_image_open(&to);
    assert_ok(qd_stored_open(to.arena, to.sections, 2 * SHORT_DOCS, &merged, &to.error));
    assert_int_equal(qd_stored_dictionary_count(merged), 1);
    assert_int_equal(blocks_with(&to, merged, QD_STORED_NO_DICTIONARY), qd_stored_block_count(plain));
    check_short(&to, merged, 0, 1);
    check_short(&to, merged, SHORT_DOCS, 2);
    test_image_end(&small);
    test_image_end(&other);
    test_image_end(&to);
}

/* A copy of the sections of an image, for changes; the checksums of the container are made anew. */
static void copy_sections(struct test_image *from, struct test_image *to, struct qd_slice *blocks,
                          struct qd_slice *index)
{
    test_image_begin(to);
    assert_ok(
        qd_sections_find(from->sections, QD_SECTION_STORED, QD_SECTION_NO_FIELD, blocks, &from->error));
    assert_ok(
        qd_sections_find(from->sections, QD_SECTION_STORED_INDEX, QD_SECTION_NO_FIELD, index, &from->error));
    *blocks = qd_arena_copy(to->arena, *blocks);
    *index = qd_arena_copy(to->arena, *index);
}

static enum qd_status open_sections(struct test_image *to, struct qd_slice blocks, struct qd_slice index,
                                    struct qd_stored **stored)
{
    qd_sections_begin(to->writer, QD_SECTION_STORED, QD_SECTION_NO_FIELD);
    qd_sections_append(to->writer, blocks.data, blocks.size);
    qd_sections_end(to->writer);
    qd_sections_begin(to->writer, QD_SECTION_STORED_INDEX, QD_SECTION_NO_FIELD);
    qd_sections_append(to->writer, index.data, index.size);
    qd_sections_end(to->writer);
    test_image_open(to);
    return qd_stored_open(to->arena, to->sections, SHORT_DOCS, stored, &to->error);
}

TEST(stored, a_wrong_number_of_a_dictionary_is_an_error)
{
    static const struct {
        uint8_t codec, dictionary;
        enum qd_status status;
    } cases[] = {
        { QD_STORED_BLOCK_LZ4, 0, QD_OK },          { QD_STORED_BLOCK_LZ4, 1, QD_CORRUPTION },
        { QD_STORED_BLOCK_LZ4, 16, QD_CORRUPTION }, { QD_STORED_BLOCK_LZ4, 254, QD_CORRUPTION },
        { QD_STORED_BLOCK_ZSTD, 0, QD_CORRUPTION }, { QD_STORED_BLOCK_RAW, 0, QD_CORRUPTION },
        { QD_STORED_BLOCK_LZ4, QD_STORED_NO_DICTIONARY, QD_CORRUPTION },
    };
    struct test_image from = { 0 };
    (void)write_short(&from, QD_STORED_LZ4, 1, MANY);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct test_image to = { 0 };
        struct qd_stored *stored;
        struct qd_slice blocks;
        struct qd_slice index;
        struct qd_slice record;
        copy_sections(&from, &to, &blocks, &index);
        char *block = (char *)blocks.data;
        /* The only dictionary's size is in front of the first row. */
        uint32_t size = qd_load_u32(index.data + QD_STORED_INDEX_HEADER + 4 + 8);
        block[4] = (char)cases[i].codec;
        block[5] = (char)cases[i].dictionary;
        qd_store_u32(block, qd_crc32c(block + 4, size - 4));
        assert_ok(open_sections(&to, blocks, index, &stored));
        struct qd_stored_cache *cache = qd_stored_cache_create(to.arena);
        assert_int_equal(qd_stored_get(stored, 3, to.arena, NULL, &record, &to.error), cases[i].status);
        assert_int_equal(qd_stored_get(stored, 3, to.arena, cache, &record, &to.error), cases[i].status);
        test_image_end(&to);
    }
    test_image_end(&from);
}

TEST(stored, a_wrong_size_of_a_dictionary_is_an_error)
{
    static const uint32_t sizes[] = { 0, 1, 65535, 65537, UINT32_MAX };
    struct test_image from = { 0 };
    struct qd_stored *stored;
    struct qd_slice blocks;
    struct qd_slice index;
    (void)write_short(&from, QD_STORED_LZ4, 1, MANY);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct test_image to = { 0 };
        copy_sections(&from, &to, &blocks, &index);
        qd_store_u32((char *)index.data + QD_STORED_INDEX_HEADER, sizes[i]);
        assert_int_equal(open_sections(&to, blocks, index, &stored), QD_CORRUPTION);
        test_image_end(&to);
    }
    /* Sizes that the bytes are there for, but that lz4 cannot use. */
    for (size_t i = 0; i < 2; i++) {
        struct test_image to = { 0 };
        copy_sections(&from, &to, &blocks, &index);
        size_t rows = index.size - QD_STORED_LZ4_DICTIONARY_MAX;
        size_t size = i == 0 ? 0 : QD_STORED_LZ4_DICTIONARY_MAX + 1;
        char *other = qd_arena_zalloc(to.arena, rows + size);
        memcpy(other, index.data, rows);
        qd_store_u32(other + QD_STORED_INDEX_HEADER, (uint32_t)size);
        assert_int_equal(open_sections(&to, blocks, qd_slice_make(other, rows + size), &stored),
                         QD_CORRUPTION);
        test_image_end(&to);
    }
    /* An index of a version that does not exist, and that of zstd with a dictionary for lz4. */
    for (uint32_t version = 0; version < 4; version++) {
        struct test_image to = { 0 };
        struct qd_slice record;
        copy_sections(&from, &to, &blocks, &index);
        qd_store_u32((char *)index.data, version);
        enum qd_status status = open_sections(&to, blocks, index, &stored);
        if (status == QD_OK) status = qd_stored_get(stored, 3, to.arena, NULL, &record, &to.error);
        assert_int_equal(status, version == QD_STORED_VERSION_LZ4 ? QD_OK : QD_CORRUPTION);
        test_image_end(&to);
    }
    test_image_end(&from);
}
