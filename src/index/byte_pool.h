/* Byte streams that grow by linked slices in shared blocks: the postings of an index buffer.
 *
 * Used by the inverter, which keeps one stream per term. A stream starts with 8 bytes and each further slice
 * is twice as long, up to 4096. When a slice is full its last four bytes move to the next one and make room
 * for its address. Source: Lucene ByteBlockPool (idea).
 */
#ifndef QD_INDEX_BYTE_POOL_H
#define QD_INDEX_BYTE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

#define QD_BYTE_POOL_BLOCK_BITS 15
#define QD_BYTE_POOL_BLOCK ((uint32_t)1 << QD_BYTE_POOL_BLOCK_BITS)
/* Bytes a pool can address; the engine refreshes long before. */
#define QD_BYTE_POOL_MAX ((uint64_t)1 << 32)

/* Blocks of QD_BYTE_POOL_BLOCK bytes; an address is block << QD_BYTE_POOL_BLOCK_BITS | offset. */
struct qd_byte_pool {
    struct qd_arena *arena;  /* holds the blocks */
    uint8_t **blocks;        /* blocks[block_count] */
    uint32_t block_count;
    uint32_t block_capacity;
    uint32_t used;           /* bytes given out of the newest block */
};

/* One stream; all zero is an empty one. */
struct qd_byte_stream {
    uint32_t start; /* address of the first slice */
    uint32_t at;    /* address of the next byte */
    uint16_t left;  /* free bytes of the newest slice */
    uint16_t level; /* of the newest slice, 1 + n: its size is 8 << n */
};

/* An empty pool. Memory: `arena`. */
void qd_byte_pool_init(struct qd_byte_pool *pool, struct qd_arena *arena);

/* Gives the stream a further slice; for qd_byte_stream_put only. */
void qd_byte_stream_extend(struct qd_byte_pool *pool, struct qd_byte_stream *stream);

/* Asks the memory for where the next byte goes. */
static inline void qd_byte_stream_prefetch(const struct qd_byte_pool *pool,
                                           const struct qd_byte_stream *stream)
{
    if (stream->left == 0) return;
    __builtin_prefetch(
        pool->blocks[stream->at >> QD_BYTE_POOL_BLOCK_BITS] + (stream->at & (QD_BYTE_POOL_BLOCK - 1)), 1);
}

/* Appends a byte. */
static inline void qd_byte_stream_put(struct qd_byte_pool *pool, struct qd_byte_stream *stream, uint8_t byte)
{
    if (stream->left == 0) qd_byte_stream_extend(pool, stream);
    pool->blocks[stream->at >> QD_BYTE_POOL_BLOCK_BITS][stream->at & (QD_BYTE_POOL_BLOCK - 1)] = byte;
    stream->at++;
    stream->left--;
}

/* Appends the low `size` bytes of `bytes`, 1 to 8, lowest first. */
static inline void qd_byte_stream_put_few(struct qd_byte_pool *pool, struct qd_byte_stream *stream,
                                          uint64_t bytes, unsigned size)
{
    if (stream->left < size) {
        for (; size > 0; size--, bytes >>= 8) qd_byte_stream_put(pool, stream, (uint8_t)bytes);
        return;
    }
    uint8_t *block = pool->blocks[stream->at >> QD_BYTE_POOL_BLOCK_BITS];
    uint8_t *to = block + (stream->at & (QD_BYTE_POOL_BLOCK - 1));
    stream->at += size;
    stream->left = (uint16_t)(stream->left - size);
    for (unsigned i = 0; i < size; i++) to[i] = (uint8_t)(bytes >> (8 * i));
}

/* Appends an unsigned LEB128 number. */
static inline void qd_byte_stream_varint(struct qd_byte_pool *pool, struct qd_byte_stream *stream,
                                         uint32_t value)
{
    while (value >= 0x80) {
        qd_byte_stream_put(pool, stream, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    qd_byte_stream_put(pool, stream, (uint8_t)value);
}

/* Where the first byte of a stream that is not empty lies. */
static inline const uint8_t *qd_byte_stream_first(const struct qd_byte_pool *pool,
                                                  const struct qd_byte_stream *stream)
{
    return pool->blocks[stream->start >> QD_BYTE_POOL_BLOCK_BITS] +
        (stream->start & (QD_BYTE_POOL_BLOCK - 1));
}

/* Bytes from which a stream can be read in one run. */
struct qd_byte_scratch {
    uint8_t *data;
    size_t capacity;
};

/* The stream's bytes in order: a view of the pool when it has one slice, else copied to `scratch` (grown in
 * `arena`). Memory: valid until the next call with this scratch. */
struct qd_slice qd_byte_stream_view(const struct qd_byte_pool *pool, const struct qd_byte_stream *stream,
                                    struct qd_arena *arena, struct qd_byte_scratch *scratch);

#endif
