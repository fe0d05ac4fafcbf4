#include "codec/packing.h"

#include <string.h>

#include "base/prng.h"
#include "base/test.h"

/* Random numbers below 2^bits, at least one of full width. */
static void fill(struct qd_prng *prng, uint32_t *values, unsigned bits)
{
    for (size_t i = 0; i < QD_PACKING_BLOCK; i++) {
        values[i] = bits == 0 ? 0 : (uint32_t)(qd_prng_next(prng) >> (64 - bits));
    }
    if (bits > 0) values[qd_prng_below(prng, QD_PACKING_BLOCK)] |= (uint32_t)1 << (bits - 1);
}

TEST(packing, every_implementation_gives_back_what_was_packed)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 1);
    for (unsigned bits = 0; bits <= 32; bits++) {
        uint32_t values[QD_PACKING_BLOCK], out[QD_PACKING_BLOCK], sums[QD_PACKING_BLOCK];
        uint8_t packed[QD_PACKING_BYTES_MAX + 1];
        fill(&prng, values, bits);
        assert_int_equal(qd_packing_width(values), bits);
        packed[32 * bits] = 0xa5;
        qd_packing_pack(values, bits, packed);
        assert_int_equal(packed[32 * bits], 0xa5);
        uint32_t base = (uint32_t)qd_prng_next(&prng), sum = base;
        for (size_t i = 0; i < QD_PACKING_BLOCK; i++) sums[i] = sum += values[i] + 1;
        for (size_t k = 0; qd_packing_at(k) != NULL; k++) {
            memset(out, 0xff, sizeof(out));
            qd_packing_at(k)->unpack(packed, bits, out);
            assert_memory_equal(out, values, sizeof(values));
            qd_packing_at(k)->unpack_sum(packed, bits, base, out);
            assert_memory_equal(out, sums, sizeof(sums));
        }
    }
    assert_non_null(qd_packing_best());
}

TEST(packing, layout_is_the_documented_one)
{
    uint32_t values[QD_PACKING_BLOCK] = { 0 };
    uint8_t packed[32 * 3];
    values[9] = 5; /* Lane 1, slot 1: bits 3 to 5 of word 0 of lane 1. */
    qd_packing_pack(values, 3, packed);
    assert_int_equal(packed[4], 5 << 3);
    packed[4] = 0;
    for (size_t i = 0; i < sizeof(packed); i++) assert_int_equal(packed[i], 0);
}

/* Only blocks of width 0 are summed so; the others are left for those who unpack them. */
TEST(packing, sparse_blocks_are_summed)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 5);
    unsigned sparse = 0;
    for (int round = 0; round < 2000; round++) {
        uint32_t values[QD_PACKING_BLOCK] = { 0 }, sums[QD_PACKING_BLOCK + 4], sum = 0;
        uint8_t bytes[QD_PACKING_PATCHED_BYTES_MAX];
        uint64_t limit = (uint64_t)(round % 9) * 900 + 2;
        for (uint64_t left = qd_prng_below(&prng, 40); left > 0; left--)
            values[qd_prng_below(&prng, QD_PACKING_BLOCK)] = (uint32_t)qd_prng_below(&prng, limit);
        size_t size = qd_packing_write_patched(values, bytes);
        struct qd_reader reader = qd_reader_make(qd_slice_make(bytes, size));
        bool summed = qd_packing_sum_sparse(&reader, sums);
        assert_int_equal(summed, (bytes[0] & 0x3f) == 0);
        assert_int_equal(qd_reader_left(&reader), summed ? 0 : size);
        for (size_t i = 0; summed && i < QD_PACKING_BLOCK; i++) {
            sum += values[i] + 1;
            assert_int_equal(sums[i], sum);
        }
        sparse += summed;
    }
    assert_true(sparse > 500 && sparse < 2000);
    /* Two patches that together have more than 32 bits, and patches out of order. */
    static const uint8_t bad[][14] = {
        { 0x40, 12, 1, 0xff, 0xff, 0xff, 0xff, 15, 2, 0xff, 0xff, 0xff, 0xff, 15 }, { 0x40, 4, 9, 1, 7, 1 }
    };
    for (size_t i = 0; i < 2; i++) {
        uint32_t sums[QD_PACKING_BLOCK + 4];
        struct qd_reader reader = qd_reader_make(qd_slice_make(bad[i], 2 + (size_t)bad[i][1]));
        assert_false(qd_packing_sum_sparse(&reader, sums));
        assert_int_equal(qd_reader_left(&reader), 2 + (size_t)bad[i][1]);
    }
}

TEST(packing, patched_blocks_round_trip_and_cost_less)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 2);
    for (int round = 0; round < 2000; round++) {
        uint32_t values[QD_PACKING_BLOCK], out[QD_PACKING_BLOCK];
        uint8_t bytes[QD_PACKING_PATCHED_BYTES_MAX];
        unsigned bits = (unsigned)qd_prng_below(&prng, 33);
        fill(&prng, values, bits);
        size_t outliers = qd_prng_below(&prng, 40);
        for (size_t i = 0; i < outliers; i++) {
            values[qd_prng_below(&prng, QD_PACKING_BLOCK)] = (uint32_t)qd_prng_next(&prng);
        }
        size_t size = qd_packing_write_patched(values, bytes);
        assert_true(size <= 1 + 32 * (size_t)qd_packing_width(values));
        struct qd_reader reader = { bytes, bytes + size, false };
        assert_true(qd_packing_read_patched(qd_packing_best(), &reader, out));
        assert_true(reader.at == bytes + size);
        assert_memory_equal(out, values, sizeof(values));
        reader.at = bytes;
        for (unsigned i = 0; i < QD_PACKING_BLOCK; i++) {
            uint32_t value;
            assert_true(qd_packing_patched_at(&reader, i, &value));
            assert_int_equal(value, values[i]);
        }
        assert_true(qd_packing_skip_patched(&reader));
        assert_true(reader.at == bytes + size);
        reader = (struct qd_reader){ bytes, bytes + size - 1, false };
        assert_false(qd_packing_read_patched(qd_packing_best(), &reader, out));
    }
}
