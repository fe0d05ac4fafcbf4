/* Stored fields: what a document gives back (source, routing, stored values), in compressed blocks.
 *
 * Used by get, fetch and merges. A document's record is opaque here: bytes in, bytes out. Blocks of about 16
 * KiB (lz4; 8 KiB with a dictionary) or 128 KiB (zstd) carry a checksum each; a large segment has a
 * dictionary. Format: spec/formats/stored.md.
 */
#ifndef QD_CODEC_STORED_H
#define QD_CODEC_STORED_H

#include "base/arena.h"
#include "base/status.h"
#include "codec/segment.h"

enum qd_stored_codec { QD_STORED_LZ4, QD_STORED_ZSTD, QD_STORED_ZSTD_NO_DICTIONARY };

struct qd_stored_writer;

/* Starts the section; documents come in order of doc id. level 0: the codec's default.
 * docs_expected: about how many documents will come, added or copied; a dictionary does not pay for few. */
struct qd_stored_writer *qd_stored_writer_create(struct qd_arena *arena, struct qd_sections_writer *sections,
                                                 enum qd_stored_codec codec, int level,
                                                 uint32_t docs_expected);

/* Makes the dictionary from all records[count] of the section, where they are at hand before the first is
 * added. Without this call it comes from the records that are added first. */
void qd_stored_writer_sample(struct qd_stored_writer *writer, const struct qd_slice *records, uint32_t count);

/* Adds the record of the next document. */
void qd_stored_writer_add(struct qd_stored_writer *writer, struct qd_slice record);

/* Appends all documents of another segment without decompressing where the block borders and codec allow. */
QD_CHECKED enum qd_status qd_stored_writer_copy(struct qd_stored_writer *writer, struct qd_stored *from,
                                                struct qd_error *error);

/* Ends the sections. */
void qd_stored_writer_finish(struct qd_stored_writer *writer);

/* Opens the sections. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_stored_open(struct qd_arena *arena, const struct qd_sections *sections,
                                         uint32_t doc_count, struct qd_stored **stored,
                                         struct qd_error *error);

/* The record of `doc`, decompressed into `arena`. A cache (from qd_stored_cache_create, or NULL) keeps the
 * last block for neighbouring documents. Errors: QD_CORRUPTION when the block's checksum is wrong. */
struct qd_stored_cache;
struct qd_stored_cache *qd_stored_cache_create(struct qd_arena *arena);
QD_CHECKED enum qd_status qd_stored_get(const struct qd_stored *stored, qd_doc_id doc, struct qd_arena *arena,
                                        struct qd_stored_cache *cache, struct qd_slice *record,
                                        struct qd_error *error);

#endif
