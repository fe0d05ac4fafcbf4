/* Sketches against numbers that the reference's libraries gave for the same input. */
#include <math.h>

#include "aggregation/hdr.h"
#include "aggregation/hll.h"
#include "aggregation/tdigest.h"
#include "base/test.h"

TEST(hll, hashes_are_the_reference_s)
{
    /* MurmurHash3 x64 128 of "" and of texts of several lengths; the finalizer of numbers. */
    assert_true(qd_hll_hash_bytes(QD_SLICE("")) == 0);
    assert_true(qd_hll_hash_number(0) == 0);
    assert_true(qd_hll_hash_bytes(QD_SLICE("hello")) == UINT64_C(0xcbd8a7b341bd9b02));
    assert_true(qd_hll_hash_bytes(QD_SLICE("The quick brown fox jumps over the lazy dog")) ==
                UINT64_C(0xe34bbc7bbc071b6c));
}

TEST(hll, counts_well_at_every_precision_and_merges_exactly)
{
    for (int64_t threshold = 0; threshold <= 40000; threshold = threshold * 3 + 10) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_hll whole = qd_hll_make(qd_hll_precision(threshold));
        struct qd_hll parts[2] = { whole, whole };
        for (uint64_t i = 0; i < 20000; i++) {
            (void)qd_hll_add(&whole, qd_hll_hash_number(i * 7919), arena);
            (void)qd_hll_add(&parts[i % 3 == 0], qd_hll_hash_number(i * 7919), arena);
        }
        struct qd_hll merged = qd_hll_make(whole.precision);
        for (int i = 0; i < 2; i++) {
            struct qd_buffer bytes = { 0 };
            struct qd_hll copy;
            qd_hll_write(&parts[i], &bytes);
            struct qd_reader reader = qd_reader_make(qd_buffer_view(&bytes));
            qd_hll_read(&reader, arena, &copy);
            assert_false(reader.failed);
            qd_hll_merge(&merged, &copy, arena);
            qd_buffer_deinit(&bytes);
        }
        double estimate = (double)qd_hll_cardinality(&whole);
        double tolerance = 20000 * 4 * 1.04 / sqrt((double)(1 << whole.precision));
        assert_true(fabs(estimate - 20000) < tolerance);
        assert_true(qd_hll_cardinality(&merged) == qd_hll_cardinality(&whole));
        qd_arena_destroy(arena);
    }
}

/* A fixed sequence, the same in the program that recorded the expectations. */
static double sequence(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 44);
}

TEST(tdigest, quantiles_are_the_reference_s)
{
    static const struct {
        int count;
        double first, median, rank;
    } recorded[] = {
        { 1, 443766.0, 443766.0, 1.0 },
        { 2, 443766.0, 534152.0, 0.5 },
        { 7, 401461.0, 534152.0, 0.2857142857142857 },
        { 100, 13870.0, 540576.5, 0.4628080732104802 },
        { 1049, 8913.0, 531316.8666666666, 0.4696531157738551 },
        { 1050, 8913.0, 531808.7461538462, 0.46920582709216574 },
        { 3000, 9442.6875, 532663.1773741886, 0.4707626796117163 },
        { 40000, 9875.266046942857, 525426.1798424076, 0.4755213998932238 },
    };
    for (size_t i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_tdigest *digest = qd_tdigest_create(arena, 100);
        uint64_t state = 1;
        for (int j = 0; j < recorded[i].count; j++) qd_tdigest_add(digest, sequence(&state), 1);
        assert_true(qd_tdigest_quantile(digest, 0.01) == recorded[i].first);
        assert_true(qd_tdigest_quantile(digest, 0.5) == recorded[i].median);
        assert_true(qd_tdigest_cdf(digest, 500000) == recorded[i].rank);
        qd_arena_destroy(arena);
    }
}

TEST(tdigest, a_digest_read_back_answers_the_same)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_tdigest *digest = qd_tdigest_create(arena, 50);
    struct qd_buffer bytes = { 0 };
    uint64_t state = 5;
    for (int i = 0; i < 5000; i++) qd_tdigest_add(digest, sequence(&state), 1);
    qd_tdigest_write(digest, &bytes);
    struct qd_reader reader = qd_reader_make(qd_buffer_view(&bytes));
    struct qd_tdigest *copy = qd_tdigest_read(&reader, arena);
    assert_false(reader.failed);
    for (double q = 0; q <= 1; q += 0.05) {
        assert_true(qd_tdigest_quantile(copy, q) == qd_tdigest_quantile(digest, q));
    }
    qd_buffer_deinit(&bytes);
    qd_arena_destroy(arena);
}

TEST(hdr, values_are_the_reference_s_in_any_order)
{
    for (int backwards = 0; backwards < 2; backwards++) {
        struct qd_arena *arena = qd_arena_create(0);
        struct qd_hdr hdr = qd_hdr_make(3);
        static const double values[] = { 1, 2, 3, 10, 10 };
        for (int i = 0; i < 5; i++) (void)qd_hdr_add(&hdr, values[backwards ? 4 - i : i], 1, arena);
        assert_true(qd_hdr_percentile(&hdr, 1) == 1.0);
        assert_true(qd_hdr_percentile(&hdr, 25) == 2.0009765625);
        assert_true(qd_hdr_percentile(&hdr, 50) == 3.0009765625);
        assert_true(qd_hdr_percentile(&hdr, 99) == 10.0068359375);
        assert_true(qd_hdr_rank(&hdr, 1) == 20);
        assert_true(qd_hdr_rank(&hdr, 9.5) == 60);
        qd_arena_destroy(arena);
    }
}
