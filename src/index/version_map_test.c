#include <stdio.h>

#include "base/test.h"
#include "index/version_map.h"

TEST(version_map, finds_what_was_put_and_nothing_else)
{
    struct qd_version_map map = { 0 };
    char name[16];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "id-%d", i);
        qd_version_map_put(&map, qd_slice_from_string(name))->version = i;
    }
    for (int i = 0; i < 1000; i += 2) {
        snprintf(name, sizeof(name), "id-%d", i);
        assert_true(qd_version_map_remove(&map, qd_slice_from_string(name)));
        assert_false(qd_version_map_remove(&map, qd_slice_from_string(name)));
    }
    qd_version_map_put(&map, QD_SLICE("id-4"))->version = 44;
    assert_int_equal(map.live_count, 501);
    for (int i = 0; i < 1001; i++) {
        snprintf(name, sizeof(name), "id-%d", i);
        const struct qd_version_entry *entry = qd_version_map_find(&map, qd_slice_from_string(name));
        bool there = (i % 2 == 1 && i < 1000) || i == 4;
        assert_int_equal(entry != NULL, there);
        if (there) assert_int_equal(entry->version, i == 4 ? 44 : i);
    }
    qd_version_map_clear(&map);
    assert_null(qd_version_map_find(&map, QD_SLICE("id-4")));
}

TEST(version_map, prune_keeps_young_entries)
{
    struct qd_version_map map = { 0 };
    char name[16];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "%d", i);
        qd_version_map_put(&map, qd_slice_from_string(name))->time_ms = i;
    }
    qd_version_map_remove(&map, QD_SLICE("99"));
    qd_version_map_prune(&map, 50);
    assert_int_equal(map.live_count, 49);
    assert_int_equal(map.entry_count, 49);
    assert_null(qd_version_map_find(&map, QD_SLICE("49")));
    assert_int_equal(qd_version_map_find(&map, QD_SLICE("50"))->time_ms, 50);
    assert_null(qd_version_map_find(&map, QD_SLICE("99")));
    qd_version_map_clear(&map);
}

TEST(version_map, room_made_before_changes_nothing)
{
    struct qd_version_map map = { 0 };
    struct qd_arena *arena = qd_arena_create(0);
    qd_version_map_reserve(&map, 100);
    size_t size = qd_version_map_size(&map);
    for (int i = 0; i < 100; i++) {
        qd_version_map_put(&map, qd_arena_format(arena, "%d", i))->version = i;
    }
    assert_int_equal(map.entry_capacity, 100);
    for (int i = 100; i < 400; i++) {
        qd_version_map_put(&map, qd_arena_format(arena, "%d", i))->version = i;
    }
    assert_true(qd_version_map_size(&map) > size);
    for (int i = 0; i < 400; i++) {
        assert_int_equal(qd_version_map_find(&map, qd_arena_format(arena, "%d", i))->version, i);
    }
    assert_null(qd_version_map_find(&map, QD_SLICE("400")));
    qd_version_map_clear(&map);
    qd_arena_destroy(arena);
}
