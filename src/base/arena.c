#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"

#if defined(__SANITIZE_ADDRESS__)
#define QD_ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define QD_ARENA_ASAN 1
#endif
#endif
#ifdef QD_ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(pointer, size) __asan_poison_memory_region((pointer), (size))
#define UNPOISON(pointer, size) __asan_unpoison_memory_region((pointer), (size))
#else
#define POISON(pointer, size) ((void)0)
#define UNPOISON(pointer, size) ((void)0)
#endif

#define ALIGNMENT 16u
#define BLOCK_SIZE_DEFAULT 4096u
#define BLOCK_SIZE_MAX ((size_t)1 << 20)

struct block {
    struct block *next; /* older block */
    size_t size;        /* bytes of `bytes` */
    size_t used;        /* bytes given out */
    size_t padding;     /* keeps `bytes` aligned */
    char bytes[];
};

struct qd_arena {
    struct block *newest;
    size_t block_size; /* of the next ordinary block; doubles up to BLOCK_SIZE_MAX */
    size_t total;      /* bytes held */
};

static void add_block(struct qd_arena *arena, size_t size)
{
    struct block *block = malloc(sizeof(*block) + size);
    if (block == NULL) qd_assert_memory_fail();
    block->next = arena->newest;
    block->size = size;
    block->used = 0;
    POISON(block->bytes, size);
    arena->newest = block;
    arena->total += sizeof(*block) + size;
}

struct qd_arena *qd_arena_create(size_t block_size)
{
    struct qd_arena *arena = calloc(1, sizeof(*arena));
    if (arena == NULL) qd_assert_memory_fail();
    arena->block_size = block_size == 0 ? BLOCK_SIZE_DEFAULT : block_size;
    return arena;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        UNPOISON(block->bytes, block->size);
        free(block);
        block = next;
    }
}

void qd_arena_destroy(struct qd_arena *arena)
{
    if (arena == NULL) return;
    free_blocks(arena->newest);
    free(arena);
}

void qd_arena_reset(struct qd_arena *arena)
{
    struct block *keep = arena->newest;
    if (keep == NULL) return;
    free_blocks(keep->next);
    keep->next = NULL;
    keep->used = 0;
    POISON(keep->bytes, keep->size);
    arena->total = sizeof(*keep) + keep->size;
}

void *qd_arena_alloc(struct qd_arena *arena, size_t size)
{
    size_t need = (size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
#ifdef QD_ARENA_MALLOC
    add_block(arena, need);
    arena->newest->used = need;
    UNPOISON(arena->newest->bytes, size);
    return arena->newest->bytes;
#else
    struct block *block = arena->newest;
    qd_assert(need >= size);
    if (block == NULL || block->size - block->used < need) {
        if (need > arena->block_size / 4 && block != NULL) {
            /* A large one gets a block of its own, behind the newest, which stays in use. */
            struct block *current = arena->newest;
            add_block(arena, need);
            struct block *own = arena->newest;
            own->used = need;
            own->next = current->next;
            current->next = own;
            arena->newest = current;
            UNPOISON(own->bytes, size);
            return own->bytes;
        }
        add_block(arena, need > arena->block_size ? need : arena->block_size);
        if (arena->block_size < BLOCK_SIZE_MAX) arena->block_size *= 2;
        block = arena->newest;
    }
    char *result = block->bytes + block->used;
    block->used += need;
    UNPOISON(result, size);
    return result;
#endif
}

void *qd_arena_zalloc(struct qd_arena *arena, size_t size)
{
    void *result = qd_arena_alloc(arena, size);
    memset(result, 0, size);
    return result;
}

void *qd_arena_grow(struct qd_arena *arena, void *old, size_t old_size, size_t new_size)
{
    struct block *block = arena->newest;
    qd_assert(new_size >= old_size);
    if (old != NULL && block != NULL) {
        size_t old_need = (old_size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
        size_t new_need = (new_size + (ALIGNMENT - 1)) & ~(size_t)(ALIGNMENT - 1);
        if ((char *)old + old_need == block->bytes + block->used &&
            block->size - block->used >= new_need - old_need) {
            block->used += new_need - old_need;
            UNPOISON(old, new_size);
            return old;
        }
    }
    void *result = qd_arena_alloc(arena, new_size);
    if (old_size > 0) memcpy(result, old, old_size);
    return result;
}

struct qd_slice qd_arena_copy(struct qd_arena *arena, struct qd_slice slice)
{
    return qd_slice_make(qd_arena_string(arena, slice), slice.size);
}

char *qd_arena_string(struct qd_arena *arena, struct qd_slice slice)
{
    char *text = qd_arena_alloc(arena, slice.size + 1);
    if (slice.size > 0) memcpy(text, slice.data, slice.size);
    text[slice.size] = 0;
    return text;
}

struct qd_slice qd_arena_vformat(struct qd_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    qd_assert(size >= 0);
    char *text = qd_arena_alloc(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return qd_slice_make(text, (size_t)size);
}

struct qd_slice qd_arena_format(struct qd_arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(arena, format, arguments);
    va_end(arguments);
    return text;
}

size_t qd_arena_size(const struct qd_arena *arena)
{
    return arena->total;
}
