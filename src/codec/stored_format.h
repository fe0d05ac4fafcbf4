/* What writer and reader of stored fields share: block layout and bounds. Format: spec/formats/stored.md.
 *
 * Used by stored_writer.c and stored_reader.c only.
 */
#ifndef QD_CODEC_STORED_FORMAT_H
#define QD_CODEC_STORED_FORMAT_H

#include "codec/stored.h"

/* Of the index: with QD_STORED_VERSION_LZ4 the dictionaries are for lz4 blocks, else for zstd blocks. */
#define QD_STORED_VERSION 1u
#define QD_STORED_VERSION_LZ4 2u
/* A block: u32 CRC32C of what follows, u8 codec, u8 dictionary, u16 0, u32 raw size, u32 documents, then the
 * payload. */
#define QD_STORED_BLOCK_HEADER ((size_t)16)
/* The index: u32 version, u32 documents, u32 blocks, u32 dictionaries. Then u32 sizes of the dictionaries,
 * block rows and the dictionaries themselves. */
#define QD_STORED_INDEX_HEADER ((size_t)16)
/* A row of the index: u64 offset, u32 size, u32 first document. */
#define QD_STORED_ROW ((size_t)16)
#define QD_STORED_DICTIONARIES_MAX 16u
#define QD_STORED_NO_DICTIONARY 255u
/* The largest dictionary of lz4 blocks: no match is further back. */
#define QD_STORED_LZ4_DICTIONARY_MAX ((size_t)64 << 10)
/* The most bytes that the size of a record takes in front of a block: a varint of a number below 2^31. */
#define QD_STORED_SIZE_BYTES_MAX ((size_t)5)
/* The largest block, raw: what LZ4 can take. */
#define QD_STORED_RAW_MAX ((size_t)0x7e000000)

/* How the payload of a block is compressed. */
enum qd_stored_block_codec {
    QD_STORED_BLOCK_RAW,
    QD_STORED_BLOCK_LZ4,
    QD_STORED_BLOCK_ZSTD,
    QD_STORED_BLOCK_CODECS
};

/* A compressed block, after its checksum was found right. */
struct qd_stored_block {
    struct qd_slice bytes; /* header and payload */
    struct qd_slice payload;
    uint8_t codec;      /* enum qd_stored_block_codec */
    uint8_t dictionary; /* index into the dictionaries; QD_STORED_NO_DICTIONARY, always with raw blocks */
    uint32_t raw_size;  /* of the decompressed block */
    uint32_t doc_count;
};

/* Blocks of an opened section, its dictionaries, and one block: for copying. Errors: QD_CORRUPTION. */
uint32_t qd_stored_block_count(const struct qd_stored *stored);
uint32_t qd_stored_dictionary_count(const struct qd_stored *stored);
struct qd_slice qd_stored_dictionary(const struct qd_stored *stored, uint32_t i);
QD_CHECKED enum qd_status qd_stored_block_read(const struct qd_stored *stored, uint32_t i,
                                               struct qd_stored_block *block, struct qd_error *error);

/* Documents of an opened section. */
uint32_t qd_stored_doc_count(const struct qd_stored *stored);

#endif
