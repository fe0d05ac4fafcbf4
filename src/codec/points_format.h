/* What writer and reader of points share. Format: spec/formats/points.md.
 *
 * Used by points_writer.c and points_reader.c only.
 */
#ifndef QD_CODEC_POINTS_FORMAT_H
#define QD_CODEC_POINTS_FORMAT_H

#include <string.h>

#include "codec/points.h"

#define QD_POINTS_VERSION 1u
/* Header: u32 version, u8 dimensions, u8 bytes, u16 0, u32 points, u32 documents with a point, u32 leaves,
 * u32 0, u64 offsets of the leaf table and of the leaves. Then the boxes of the nodes in preorder: min and
 * max each. */
#define QD_POINTS_HEADER ((size_t)40)
/* Points of every leaf but the last. */
#define QD_POINTS_LEAF 512u
/* Packed numbers are read by whole words: bytes that follow the last leaf. */
#define QD_POINTS_PADDING ((size_t)8)

/* How the documents of a leaf are written. */
enum qd_points_docs {
    QD_POINTS_DOCS_RUN,    /* u32 first; each next one is one more */
    QD_POINTS_DOCS_BITS,   /* u32 first document, a multiple of 64, u32 words, the words */
    QD_POINTS_DOCS_PACKED, /* u32 smallest, then packed distances from it */
    QD_POINTS_DOCS_MODES
};

/* A value of up to 8 big-endian bytes as a number, and back. */
static inline uint64_t qd_points_load(const uint8_t *value, size_t bytes)
{
    uint64_t number = 0;
    if (bytes == 8) {
        memcpy(&number, value, sizeof(number));
        return __builtin_bswap64(number);
    }
    for (size_t i = 0; i < bytes; i++) number = number << 8 | value[i];
    return number;
}

/* See qd_points_load. */
static inline void qd_points_store(uint8_t *value, size_t bytes, uint64_t number)
{
    for (size_t i = bytes; i-- > 0; number >>= 8) value[i] = (uint8_t)number;
}

#endif
