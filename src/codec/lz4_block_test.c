#include "codec/lz4_block.h"

#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "base/test.h"

/* Bytes that repeat: `letters` different ones, with runs copied from earlier on. */
static void fill(struct qd_prng *prng, uint8_t *bytes, size_t size, uint64_t letters, unsigned percent)
{
    for (size_t at = 0; at < size;) {
        size_t length = 1 + (size_t)qd_prng_below(prng, 40);
        if (length > size - at) length = size - at;
        bool copied = at > 0 && qd_prng_percent(prng, percent);
        size_t from = copied ? (size_t)qd_prng_below(prng, at) : 0;
        for (size_t i = 0; i < length; i++, at++) {
            bytes[at] = copied ? bytes[from + i] : (uint8_t)qd_prng_below(prng, letters);
        }
    }
}

/* Packs from and to memory of just the size that is asked for: the sanitizer sees every step beyond. */
static size_t check(const uint8_t *bytes, size_t size)
{
    uint8_t *from = malloc(size + 1);
    uint8_t *to = malloc(qd_lz4_block_bound(size));
    uint8_t *back = malloc(size + 1);
    struct qd_lz4_table *table = malloc(sizeof(*table));
    from = realloc(from, size == 0 ? 1 : size);
    if (size > 0) memcpy(from, bytes, size);
    memset(table, 0xa5, sizeof(*table));
    size_t packed = qd_lz4_block_pack(from, size, to, table);
    assert_true(packed <= qd_lz4_block_bound(size));
    int got = LZ4_decompress_safe((const char *)to, (char *)back, (int)packed, (int)size);
    assert_int_equal(got, size);
    assert_memory_equal(back, from, size);
    free(from);
    free(to);
    free(back);
    free(table);
    return packed;
}

TEST(lz4_block, gives_back_blocks_of_every_small_size)
{
    uint8_t bytes[600];
    struct qd_prng prng;
    qd_prng_seed(&prng, 1);
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        fill(&prng, bytes, size, 1 + qd_prng_below(&prng, 4), 60);
        check(bytes, size);
        memset(bytes, 'a', size);
        check(bytes, size);
    }
}

TEST(lz4_block, gives_back_large_blocks)
{
    uint8_t *bytes = malloc(QD_LZ4_BLOCK_MAX);
    struct qd_prng prng;
    qd_prng_seed(&prng, 2);
    for (unsigned i = 0; i < 200; i++) {
        size_t size = i < 4 ? QD_LZ4_BLOCK_MAX - i : (size_t)qd_prng_below(&prng, QD_LZ4_BLOCK_MAX);
        fill(&prng, bytes, size, i % 3 == 0 ? 256 : 1 + qd_prng_below(&prng, 60), i % 101);
        check(bytes, size);
    }
    memset(bytes, 0, QD_LZ4_BLOCK_MAX);
    assert_true(check(bytes, QD_LZ4_BLOCK_MAX) < QD_LZ4_BLOCK_MAX / 200);
    free(bytes);
}

TEST(lz4_block, documents_get_about_as_small_as_with_the_library)
{
    char bytes[16384];
    char packed[20000];
    size_t size = 0;
    for (unsigned i = 0; size < sizeof(bytes) - 200; i++) {
        size += (size_t)snprintf(bytes + size, sizeof(bytes) - size,
                                 "{\"name\":\"package-%u\",\"section\":\"libdevel\",\"installed_size\":%u,"
                                 "\"description\":\"development files number %u\"}",
                                 i * 7919 % 1000, i * 104729 % 100000, i % 13);
    }
    int library = LZ4_compress_default(bytes, packed, (int)size, (int)sizeof(packed));
    size_t own = check((const uint8_t *)bytes, size);
    assert_true(own * 100 <= (size_t)library * 103);
}
