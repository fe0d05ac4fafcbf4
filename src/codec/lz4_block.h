/* Packs small blocks in the LZ4 block format.
 *
 * Used by the writer of stored fields; liblz4 reads the result. Blocks of documents are short and full of
 * long repeats (member names, paths, phrases): looking for seven bytes that repeat instead of four finds
 * fewer and longer ones, so that packing takes less time and unpacking has less to do.
 * Source: LZ4 block format description (end-of-block rules), liblz4 (idea of the search).
 */
#ifndef QD_CODEC_LZ4_BLOCK_H
#define QD_CODEC_LZ4_BLOCK_H

#include <stddef.h>
#include <stdint.h>

/* Larger blocks are for liblz4: places of matches are kept in 16 bits. */
#define QD_LZ4_BLOCK_MAX ((size_t)65536)

#define QD_LZ4_TABLE_BITS 12
/* Where a hash was seen last; contents do not matter before or after a call. */
struct qd_lz4_table {
    uint16_t places[1 << QD_LZ4_TABLE_BITS]; /* from the block's start */
};

/* Bytes that packing `size` bytes may write. */
size_t qd_lz4_block_bound(size_t size);

/* Packs from[size], size <= QD_LZ4_BLOCK_MAX, to `to`, which has room for qd_lz4_block_bound(size). Returns
 * the bytes of the result. Equal inputs give equal results. */
size_t qd_lz4_block_pack(const void *from, size_t size, void *to, struct qd_lz4_table *table);

#endif
