#include "base/checksum.h"

#include "base/prng.h"
#include "base/test.h"

TEST(checksum, has_the_check_value)
{
    assert_int_equal(qd_crc32c("123456789", 9), 0xe3069283);
    assert_int_equal(qd_crc32c("", 0), 0);
}

TEST(checksum, table_and_instruction_agree_at_every_split)
{
    uint8_t bytes[257];
    struct qd_prng prng;
    qd_prng_seed(&prng, 1);
    qd_prng_bytes(&prng, bytes, sizeof(bytes));
    for (size_t size = 0; size < sizeof(bytes); size++) {
        uint32_t whole = qd_crc32c_extend_table(0, bytes, size);
        assert_int_equal(qd_crc32c(bytes, size), whole);
        size_t cut = (size_t)qd_prng_below(&prng, size + 1);
        assert_int_equal(qd_crc32c_extend(qd_crc32c(bytes, cut), bytes + cut, size - cut), whole);
    }
}

TEST(checksum, lanes_side_by_side_give_the_same)
{
    uint8_t bytes[5000];
    struct qd_prng prng;
    qd_prng_seed(&prng, 2);
    qd_prng_bytes(&prng, bytes, sizeof(bytes));
    for (size_t size = 760; size < sizeof(bytes); size += 1 + (size_t)qd_prng_below(&prng, 40)) {
        size_t from = (size_t)qd_prng_below(&prng, sizeof(bytes) - size + 1);
        uint32_t before = (uint32_t)qd_prng_next(&prng);
        assert_int_equal(qd_crc32c_extend(before, bytes + from, size),
                         qd_crc32c_extend_table(before, bytes + from, size));
    }
}
