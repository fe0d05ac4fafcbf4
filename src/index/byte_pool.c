#include "index/byte_pool.h"

#include <string.h>

#include "base/assert.h"

#define LEVEL_MAX 10u
#define FORWARD 4u

static uint32_t slice_size(uint32_t level)
{
    return 4u << level;
}

static uint8_t *at_address(const struct qd_byte_pool *pool, uint32_t address)
{
    return pool->blocks[address >> QD_BYTE_POOL_BLOCK_BITS] + (address & (QD_BYTE_POOL_BLOCK - 1));
}

void qd_byte_pool_init(struct qd_byte_pool *pool, struct qd_arena *arena)
{
    *pool = (struct qd_byte_pool){ .arena = arena, .used = QD_BYTE_POOL_BLOCK };
}

static uint32_t take(struct qd_byte_pool *pool, uint32_t size)
{
    if (QD_BYTE_POOL_BLOCK - pool->used < size) {
        qd_assert((uint64_t)(pool->block_count + 1) * QD_BYTE_POOL_BLOCK <= QD_BYTE_POOL_MAX);
        if (pool->block_count == pool->block_capacity) {
            uint32_t wanted = pool->block_capacity == 0 ? 16 : pool->block_capacity * 2;
            pool->blocks =
                qd_arena_grow(pool->arena, pool->blocks, pool->block_capacity * sizeof(*pool->blocks),
                                         wanted * sizeof(*pool->blocks));
            pool->block_capacity = wanted;
        }
        pool->blocks[pool->block_count++] = qd_arena_alloc(pool->arena, QD_BYTE_POOL_BLOCK);
        pool->used = 0;
    }
    uint32_t address = ((pool->block_count - 1) << QD_BYTE_POOL_BLOCK_BITS) + pool->used;
    pool->used += size;
    return address;
}

void qd_byte_stream_extend(struct qd_byte_pool *pool, struct qd_byte_stream *stream)
{
    if (stream->level == 0) {
        stream->level = 1;
        stream->start = stream->at = take(pool, slice_size(1));
        stream->left = (uint16_t)slice_size(1);
        return;
    }
    uint32_t level = stream->level < LEVEL_MAX ? stream->level + 1u : LEVEL_MAX;
    uint32_t next = take(pool, slice_size(level));
    uint8_t *tail = at_address(pool, stream->at - FORWARD);
    memcpy(at_address(pool, next), tail, FORWARD);
    memcpy(tail, &next, FORWARD);
    stream->level = (uint16_t)level;
    stream->at = next + FORWARD;
    stream->left = (uint16_t)(slice_size(level) - FORWARD);
}

static void scratch_reserve(struct qd_arena *arena, struct qd_byte_scratch *scratch, size_t used,
                            size_t extra)
{
    if (scratch->capacity - used >= extra) return;
    size_t wanted = scratch->capacity * 2 > used + extra ? scratch->capacity * 2 : used + extra + 4096;
    scratch->data = qd_arena_grow(arena, scratch->data, scratch->capacity, wanted);
    scratch->capacity = wanted;
}

struct qd_slice qd_byte_stream_view(const struct qd_byte_pool *pool, const struct qd_byte_stream *stream,
                                    struct qd_arena *arena, struct qd_byte_scratch *scratch)
{
    if (stream->level == 0) return (struct qd_slice){ NULL, 0 };
    if (stream->level == 1) return qd_slice_make(at_address(pool, stream->start), stream->at - stream->start);
    size_t used = 0;
    uint32_t address = stream->start;
    /* The newest slice is known by where it ends: slices of the highest level repeat. */
    uint32_t last = stream->at + stream->left - slice_size(stream->level);
    for (uint32_t level = 1; address != last; level += level < LEVEL_MAX) {
        uint32_t size = slice_size(level) - FORWARD;
        scratch_reserve(arena, scratch, used, size);
        const uint8_t *bytes = at_address(pool, address);
        memcpy(scratch->data + used, bytes, size);
        used += size;
        memcpy(&address, bytes + size, FORWARD);
    }
    uint32_t size = stream->at - address;
    scratch_reserve(arena, scratch, used, size);
    memcpy(scratch->data + used, at_address(pool, address), size);
    return qd_slice_make(scratch->data, used + size);
}
