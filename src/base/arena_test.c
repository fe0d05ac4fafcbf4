#include "base/arena.h"

#include "base/test.h"

TEST(arena, grow_keeps_old_bytes_across_blocks)
{
    struct qd_arena *arena = qd_arena_create(64);
    char *bytes = qd_arena_alloc(arena, 10);
    memcpy(bytes, "0123456789", 10);
    qd_arena_alloc(arena, 1);
    bytes = qd_arena_grow(arena, bytes, 10, 5000);
    assert_memory_equal(bytes, "0123456789", 10);
    qd_arena_destroy(arena);
}

TEST(arena, large_allocation_leaves_the_current_block_in_use)
{
    struct qd_arena *arena = qd_arena_create(256);
    char *first = qd_arena_alloc(arena, 16);
    char *large = qd_arena_alloc(arena, 10000);
    char *second = qd_arena_alloc(arena, 16);
    memset(large, 1, 10000);
    assert_ptr_equal(second, first + 16);
    qd_arena_destroy(arena);
}

TEST(arena, format_gives_the_text)
{
    struct qd_arena *arena = qd_arena_create(0);
    assert_slice(qd_arena_format(arena, "%d %s", 7, "seas"), "7 seas");
    qd_arena_destroy(arena);
}
