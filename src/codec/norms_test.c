#include "codec/norms.h"
#include "codec/test_image.h"

/* Known pairs of Lucene's SmallFloat.intToByte4 and byte4ToInt. */
TEST(norms, encode_as_small_float_does)
{
    for (uint32_t i = 0; i <= 40; i++) assert_int_equal(qd_norm_decode(qd_norm_encode(i)), i);
    assert_int_equal(qd_norm_encode(41), 40);
    assert_int_equal(qd_norm_decode(qd_norm_encode(41)), 40);
    assert_int_equal(qd_norm_decode(qd_norm_encode(100)), 96);
    assert_int_equal(qd_norm_decode(qd_norm_encode(1000)), 984);
    assert_int_equal(qd_norm_encode(INT32_MAX), 255);
    assert_int_equal(qd_norm_decode(255), 2013265944);
    for (uint32_t i = 1; i < 256; i++) {
        assert_true(qd_norm_decode((uint8_t)i) > qd_norm_decode((uint8_t)(i - 1)));
        assert_int_equal(qd_norm_encode(qd_norm_decode((uint8_t)i)), i);
    }
}

static void check_norms(uint32_t doc_count, bool sparse, bool constant, uint64_t seed)
{
    struct test_image image = { 0 };
    uint8_t norms[2000];
    uint64_t present[32] = { 0 };
    for (uint32_t i = 0; i < doc_count; i++) {
        norms[i] = constant ? 17 : (uint8_t)test_below(&seed, 256);
        if (test_below(&seed, 3) == 0) present[i / 64] |= (uint64_t)1 << (i % 64);
    }
    test_image_begin(&image);
    qd_norms_write(image.writer, 7, doc_count, norms, sparse ? present : NULL);
    test_image_open(&image);
    struct qd_norms *opened;
    assert_ok(qd_norms_open(image.arena, image.sections, 7, doc_count, &opened, &image.error));
    const uint64_t *bits = qd_norms_present(opened);
    assert_int_equal(bits != NULL, sparse && doc_count > 0);
    for (uint32_t i = 0; i < doc_count; i++) {
        bool there = !sparse || (present[i / 64] >> (i % 64) & 1) != 0;
        if (bits != NULL) assert_int_equal(bits[i / 64] >> (i % 64) & 1, there);
        assert_int_equal(qd_norms_bytes(opened)[i], there ? norms[i] : 0);
    }
    if (constant && !sparse) {
        assert_int_equal(qd_sections_size(image.sections, QD_SECTION_NORMS, 7), 8);
    }
    assert_int_equal(qd_norms_open(image.arena, image.sections, 7, doc_count + 1, &opened, &image.error),
                     QD_CORRUPTION);
    test_image_end(&image);
}

TEST(norms, give_back_what_was_written)
{
    static const uint32_t counts[] = { 0, 1, 63, 64, 65, 1000, 1999 };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        for (unsigned kind = 0; kind < 4; kind++)
            check_norms(counts[i], (kind & 1) != 0, (kind & 2) != 0, i + 1);
    }
}
