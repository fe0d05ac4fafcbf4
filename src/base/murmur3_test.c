#include "base/murmur3.h"
#include "base/test.h"

TEST(murmur3, known_hashes)
{
    /* The reference vectors of MurmurHash3_x86_32: every length of the tail, and a seed. */
    assert_int_equal(qd_murmur3_32(QD_SLICE(""), 0), 0);
    assert_int_equal(qd_murmur3_32(QD_SLICE(""), 1), 0x514e28b7);
    assert_int_equal(qd_murmur3_32(QD_SLICE("a"), 0x9747b28c), 0x7fa09ea6);
    assert_int_equal(qd_murmur3_32(QD_SLICE("aa"), 0x9747b28c), 0x5d211726);
    assert_int_equal(qd_murmur3_32(QD_SLICE("aaa"), 0x9747b28c), 0x283e0130);
    assert_int_equal(qd_murmur3_32(QD_SLICE("aaaa"), 0x9747b28c), 0x5a97808a);
    assert_int_equal(qd_murmur3_32(QD_SLICE("Hello, world!"), 0x9747b28c), 0x24884cba);
}
