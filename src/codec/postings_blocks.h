/* Postings by a table of their blocks: going to any of them, and looking single documents up.
 *
 * Used by term scorers, which ask for the bounds of blocks before they decode any. A cursor from
 * codec/postings.h without positions; qd_postings_blocks comes first. Format: spec/formats/postings.md.
 */
#ifndef QD_CODEC_POSTINGS_BLOCKS_H
#define QD_CODEC_POSTINGS_BLOCKS_H

#include "codec/postings.h"

/* A block of a term, without its documents. */
struct qd_postings_block {
    const uint8_t *impacts; /* as qd_impacts_read takes them; NULL: none, `freq_max` with norm 1 stands */
    const uint8_t *docs;    /* where impacts end and encoded documents begin */
    uint32_t size;          /* bytes from `docs` on */
    uint32_t freq_max;      /* see impacts */
    qd_doc_id last;         /* its last document; QD_DOC_END - 1 when that is not known */
};

/* Points a cursor before the first document of its term again. */
void qd_postings_rewind(struct qd_postings *postings);

/* All blocks of the term, ascending, in cursor memory; from now on the cursor goes to any of them at once.
 * For cursors without positions. NULL: the term has one document, or the bytes are malformed from the
 * start. */
const struct qd_postings_block *qd_postings_blocks(struct qd_postings *postings, size_t *count);

/* Looks docs[count] up, ascending and not before the current document: freqs[i] becomes the frequency of
 * docs[i] (with_freqs false: 1), 0 where the term has no such document; count is below 2^16 and
 * qd_postings_blocks has given a table. The cursor may move, but not beyond the first document >= docs[count
 * - 1]. False when the list ended in malformed bytes. */
bool qd_postings_freqs_of(struct qd_postings *postings, const qd_doc_id *docs, size_t count, bool with_freqs,
                        uint32_t *freqs);

#endif
