/* Norms: one byte per document that encodes the field's length in tokens.
 *
 * Used by scoring and exists queries. The byte is Lucene's SmallFloat.intToByte4(length); a document without
 * the field has no norm. Format: spec/formats/norms.md.
 */
#ifndef QD_CODEC_NORMS_H
#define QD_CODEC_NORMS_H

#include "base/arena.h"
#include "base/status.h"
#include "codec/segment.h"

/* Encodes and decodes a length as Lucene's SmallFloat does (lengths below 24 are exact). */
uint8_t qd_norm_encode(uint32_t length);
uint32_t qd_norm_decode(uint8_t norm);

/* Writes norms[doc_count]; `present` (bitset words over doc_count documents, or NULL: all) tells who has the
 * field. */
void qd_norms_write(struct qd_sections_writer *sections, uint32_t field, uint32_t doc_count,
                    const uint8_t *norms, const uint64_t *present);

/* Opens a field's norms. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_norms_open(struct qd_arena *arena, const struct qd_sections *sections,
                                        uint32_t field, uint32_t doc_count, struct qd_norms **norms,
                                        struct qd_error *error);

/* The bytes, norms[doc_count]; 0 for documents without the field. */
const uint8_t *qd_norms_bytes(const struct qd_norms *norms);

/* Which documents have the field: bitset words, or NULL when all have. */
const uint64_t *qd_norms_present(const struct qd_norms *norms);

#endif
