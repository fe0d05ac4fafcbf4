#include "codec/sections.h"
#include "codec/test_image.h"

static void write_sample(struct test_image *image, const char *big, size_t big_size)
{
    test_image_begin(image);
    qd_sections_begin(image->writer, QD_SECTION_TERMS, 3);
    qd_sections_append(image->writer, "one", 3);
    qd_sections_append(image->writer, "two", 3);
    qd_sections_end(image->writer);
    qd_sections_begin(image->writer, QD_SECTION_NUMERIC, 1);
    qd_sections_append(image->writer, big, 5000);
    qd_sections_append(image->writer, big + 5000, big_size - 5000);
    qd_sections_end(image->writer);
    qd_sections_begin(image->writer, QD_SECTION_FIELDS, QD_SECTION_NO_FIELD);
    qd_sections_end(image->writer);
    qd_sections_begin(image->writer, QD_SECTION_NORMS, 2);
    for (int i = 0; i < 4096; i++) qd_sections_append(image->writer, "x", 1);
    qd_sections_end(image->writer);
}

TEST(sections, gives_back_what_was_written)
{
    struct test_image image = { 0 };
    char big[9000];
    for (size_t i = 0; i < sizeof(big); i++) big[i] = (char)(i * 7);
    write_sample(&image, big, sizeof(big));
    test_image_open(&image);
    struct qd_slice bytes;
    assert_ok(qd_sections_find(image.sections, QD_SECTION_TERMS, 3, &bytes, &image.error));
    assert_slice(bytes, "onetwo");
    assert_ok(qd_sections_find(image.sections, QD_SECTION_NUMERIC, 1, &bytes, &image.error));
    assert_int_equal(bytes.size, sizeof(big));
    assert_memory_equal(bytes.data, big, sizeof(big));
    assert_int_equal((size_t)(bytes.data - image.buffer.data) % 4096, 0);
    assert_ok(qd_sections_find(image.sections, QD_SECTION_NORMS, 2, &bytes, &image.error));
    assert_int_equal(bytes.size, 4096);
    assert_int_equal((size_t)(bytes.data - image.buffer.data) % 4096, 0);
    assert_ok(qd_sections_find(image.sections, QD_SECTION_FIELDS, QD_SECTION_NO_FIELD, &bytes, &image.error));
    assert_int_equal(bytes.size, 0);
    assert_ok(qd_sections_find(image.sections, QD_SECTION_TERMS, 4, &bytes, &image.error));
    assert_int_equal(bytes.size, 0);
    assert_int_equal(qd_sections_size(image.sections, QD_SECTION_NUMERIC, 1), sizeof(big));
    assert_int_equal(qd_sections_size(image.sections, QD_SECTION_NUMERIC, 2), 0);
    assert_ok(qd_sections_verify(image.sections, &image.error));
    test_image_end(&image);
}

static bool flip_is_detected(struct test_image *image)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_sections *sections;
    enum qd_status status =
        qd_sections_open(arena, QD_SLICE("test"), qd_buffer_view(&image->buffer), &sections, NULL);
    if (status == QD_OK) status = qd_sections_verify(sections, NULL);
    qd_arena_destroy(arena);
    return status == QD_CORRUPTION;
}

TEST(sections, any_flipped_bit_is_detected)
{
    struct test_image image = { 0 };
    char big[9000] = { 0 };
    write_sample(&image, big, sizeof(big));
    test_image_open(&image);
    for (size_t i = 0; i < image.buffer.size; i++) {
        char bit = (char)(1 << (i % 8));
        image.buffer.data[i] ^= bit;
        assert_true(flip_is_detected(&image));
        image.buffer.data[i] ^= bit;
    }
    assert_false(flip_is_detected(&image));
    test_image_end(&image);
}

TEST(sections, a_flipped_bit_fails_only_its_section)
{
    struct test_image image = { 0 };
    char big[9000] = { 0 };
    write_sample(&image, big, sizeof(big));
    test_image_open(&image);
    struct qd_slice bytes;
    image.buffer.data[4096 + 17] ^= 4;
    assert_int_equal(qd_sections_find(image.sections, QD_SECTION_NUMERIC, 1, &bytes, &image.error),
                     QD_CORRUPTION);
    assert_ok(qd_sections_find(image.sections, QD_SECTION_TERMS, 3, &bytes, &image.error));
    test_image_end(&image);
}

TEST(sections, cut_off_containers_are_corrupt)
{
    struct test_image image = { 0 };
    char big[9000] = { 0 };
    write_sample(&image, big, sizeof(big));
    test_image_open(&image);
    for (size_t size = 0; size < image.buffer.size; size += 61) {
        struct qd_slice cut = { image.buffer.data, size };
        struct qd_sections *sections;
        assert_int_equal(qd_sections_open(image.arena, QD_SLICE("test"), cut, &sections, &image.error),
                         QD_CORRUPTION);
    }
    test_image_end(&image);
}

static enum qd_status fail_third(void *context, const void *data, size_t size, struct qd_error *error)
{
    int *calls = context;
    (void)data;
    (void)size;
    return ++*calls < 3 ? QD_OK : qd_error_set(error, QD_NO_SPACE, "disk full at call %d", *calls);
}

TEST(sections, the_first_error_of_the_sink_comes_out_of_finish)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_error error;
    int calls = 0;
    char big[9000] = { 0 };
    qd_error_init(&error, arena);
    struct qd_sections_writer *writer =
        qd_sections_writer_create(arena, (struct qd_sink){ &calls, fail_third });
    for (uint32_t i = 0; i < 5; i++) {
        qd_sections_begin(writer, QD_SECTION_NUMERIC, i);
        qd_sections_append(writer, big, sizeof(big));
        qd_sections_end(writer);
    }
    assert_int_equal(qd_sections_finish(writer, NULL, &error), QD_NO_SPACE);
    assert_slice(error.reason, "disk full at call 3");
    assert_int_equal(calls, 3);
    qd_arena_destroy(arena);
}
