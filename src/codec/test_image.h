/* For tests: a container built in memory, and random numbers that are the same in every run. */
#ifndef QD_CODEC_TEST_IMAGE_H
#define QD_CODEC_TEST_IMAGE_H

#include <stdlib.h>

#include "base/buffer.h"
#include "base/test.h"
#include "codec/sections.h"

/* A container being written and then opened; `{ 0 }` and test_image_begin start it. */
struct test_image {
    struct qd_arena *arena;  /* of everything in the test */
    struct qd_buffer buffer; /* the container's bytes */
    struct qd_sections_writer *writer;
    struct qd_sections *sections; /* after test_image_open */
    struct qd_error error;
};

static inline enum qd_status test_image_append(void *context, const void *data, size_t size,
                                               struct qd_error *error)
{
    (void)error;
    qd_buffer_append(context, data, size);
    return QD_OK;
}

static inline void test_image_begin(struct test_image *image)
{
    image->arena = qd_arena_create(0);
    qd_error_init(&image->error, image->arena);
    struct qd_sink sink = { &image->buffer, test_image_append };
    image->writer = qd_sections_writer_create(image->arena, sink);
}

static inline void test_image_open(struct test_image *image)
{
    assert_ok(qd_sections_finish(image->writer, NULL, &image->error));
    assert_ok(qd_sections_open(image->arena, QD_SLICE("test"), qd_buffer_view(&image->buffer),
                               &image->sections, &image->error));
}

static inline void test_image_end(struct test_image *image)
{
    qd_buffer_deinit(&image->buffer);
    qd_arena_destroy(image->arena);
}

/* The next random number (xorshift64*). */
static inline uint64_t test_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1du;
}

/* A random number below `bound`. */
static inline uint32_t test_below(uint64_t *state, uint32_t bound)
{
    return (uint32_t)((test_random(state) >> 32) * bound >> 32);
}

#endif
