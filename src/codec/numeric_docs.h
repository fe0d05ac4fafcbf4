/* Which documents have a value: all, a bitset with ranks, or a short list.
 *
 * Used by numeric, ordinal and binary columns to turn a document into the index of its values.
 * Format: spec/formats/columns.md, "Document set".
 */
#ifndef QD_CODEC_NUMERIC_DOCS_H
#define QD_CODEC_NUMERIC_DOCS_H

#include "base/buffer.h"
#include "codec/segment.h"

enum qd_numeric_docs_mode {
    QD_NUMERIC_DOCS_ALL,
    QD_NUMERIC_DOCS_BITS,
    QD_NUMERIC_DOCS_LIST,
    QD_NUMERIC_DOCS_MODES
};

/* An opened set; embed it by value. Fields are private. */
struct qd_numeric_docs {
    enum qd_numeric_docs_mode mode;
    uint32_t doc_count;   /* documents of the segment */
    uint32_t count;       /* documents in the set */
    const uint8_t *words; /* BITS: u64 words over all documents */
    const uint8_t *ranks; /* BITS: u32 documents of the set before each run of 512 documents */
    const uint8_t *list;  /* LIST: u32 documents, ascending */
};

/* Appends the set docs[count] (ascending, each < doc_count) to `out`. */
void qd_numeric_docs_write(struct qd_buffer *out, const qd_doc_id *docs, uint32_t count, uint32_t doc_count);

/* Opens a set at the start of `bytes`, which may go on behind it. False: the bytes are no such set. */
bool qd_numeric_docs_open(struct qd_slice bytes, uint32_t count, uint32_t doc_count,
                          struct qd_numeric_docs *docs);

/* True when `doc` (< doc_count) is in the set; *index gets its place. */
bool qd_numeric_docs_find(const struct qd_numeric_docs *docs, qd_doc_id doc, uint32_t *index);

/* How many documents of the set are smaller than `doc` (<= doc_count). */
uint32_t qd_numeric_docs_rank(const struct qd_numeric_docs *docs, qd_doc_id doc);

/* Sets bits[doc - from] for documents of the set in [from, to). */
void qd_numeric_docs_bits(const struct qd_numeric_docs *docs, qd_doc_id from, qd_doc_id to, uint64_t *words);

/* Sets bits[doc - from] for those documents of the set in [from, to) whose bit is set in `bits`: bit i is
 * that of the i-th document of the set from `from` on. */
void qd_numeric_docs_spread(const struct qd_numeric_docs *docs, qd_doc_id from, qd_doc_id to,
                            const uint64_t *bits, uint64_t *words);

/* Finds many: indexes[i] is the place of wanted[i] (ascending), 0 when it is not in the set; has[i] tells.
 * Returns whether all are in it. */
bool qd_numeric_docs_find_all(const struct qd_numeric_docs *docs, const qd_doc_id *wanted, size_t count,
                              uint32_t *indexes, bool *has);

/* A walk over the documents of the set, ascending. */
struct qd_numeric_docs_walk {
    const struct qd_numeric_docs *docs;
    qd_doc_id at; /* ALL and BITS: the next document to look at; LIST: the next place */
};

/* Starts at the first document of the set that is >= from. */
struct qd_numeric_docs_walk qd_numeric_docs_walk_from(const struct qd_numeric_docs *docs, qd_doc_id from);

/* The next document, or QD_DOC_END. */
qd_doc_id qd_numeric_docs_next(struct qd_numeric_docs_walk *walk);

#endif
