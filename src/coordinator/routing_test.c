#include "base/test.h"
#include "coordinator/resolve.h"

/* Shards as the reference's _search_shards?routing= tells them, for 5 and 3 shards. */
TEST(routing, shard_of_a_routing_value_is_the_references)
{
    static const struct {
        const char *routing;
        uint32_t of_five, of_three;
    } cases[] = {
        { "1", 4, 2 },          { "2", 3, 1 },
        { "abc", 4, 0 },        { "hello", 4, 2 },
        { "with space", 1, 2 }, { "\xc3\xbcmlaut", 1, 0 },
        { "\xf0\x9f\x98\x80", 2, 0 }, { "0123456789012345678901", 1, 1 },
    };
    struct qd_index_metadata five = { .shard_count = 5,
                                      .routing_shard_count = 640,
                                      .routing_partition_size = 1 };
    struct qd_index_metadata three = { .shard_count = 3,
                                       .routing_shard_count = 768,
                                       .routing_partition_size = 1 };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct qd_slice routing = qd_slice_from_string(cases[i].routing);
        assert_int_equal(qd_route_document(&five, QD_SLICE("x"), routing), cases[i].of_five);
        assert_int_equal(qd_route_document(&three, QD_SLICE("x"), routing), cases[i].of_three);
    }
}

TEST(routing, id_stands_in_for_a_missing_routing)
{
    struct qd_index_metadata five = { .shard_count = 5,
                                      .routing_shard_count = 640,
                                      .routing_partition_size = 1 };
    assert_int_equal(qd_route_document(&five, QD_SLICE("abc"), (struct qd_slice){ 0 }), 4);
}
