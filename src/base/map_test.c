#include "base/map.h"

#include "base/test.h"

TEST(map, keeps_insertion_order_and_finds_every_key)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_map map;
    int values[1000];
    qd_map_init(&map, arena);
    for (int i = 0; i < 1000; i++) qd_map_put(&map, qd_arena_format(arena, "key%d", i), &values[i]);
    for (int i = 0; i < 1000; i += 2) assert_true(qd_map_remove(&map, qd_arena_format(arena, "key%d", i)));
    assert_int_equal(map.live_count, 500);
    for (int i = 0; i < 1000; i++) {
        void *found = qd_map_get(&map, qd_arena_format(arena, "key%d", i));
        assert_ptr_equal(found, i % 2 == 0 ? NULL : &values[i]);
    }
    int previous = -1;
    for (size_t e = 0; e < map.entry_count; e++) {
        if (map.entries[e].removed) continue;
        int at = (int)((int *)map.entries[e].value - values);
        assert_true(at > previous);
        previous = at;
    }
    qd_arena_destroy(arena);
}
