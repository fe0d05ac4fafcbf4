/* A numeric column inside a section: what its writer and reader, ordinal and binary columns share.
 *
 * Used by the column files of src/codec only. Format: spec/formats/columns.md.
 */
#ifndef QD_CODEC_NUMERIC_FORMAT_H
#define QD_CODEC_NUMERIC_FORMAT_H

#include "base/buffer.h"
#include "codec/columns.h"
#include "codec/numeric_array.h"
#include "codec/numeric_docs.h"

#define QD_NUMERIC_VERSION 1u
/* Header: u32 version, u32 documents, u32 documents with a value, u32 0, u64 values, i64 min, i64 max, u64
 * offsets of the document set, the starts (0: single), the values, the skip entries. */
#define QD_NUMERIC_HEADER ((size_t)72)
/* Skip entry: i64 min, i64 max, u32 documents with a value, u32 0. */
#define QD_NUMERIC_SKIP ((size_t)24)

/* Which documents have values, and which values are whose; embedded by value in columns. */
struct qd_numeric_place {
    struct qd_numeric_docs docs;    /* documents with a value */
    struct qd_numeric_array starts; /* starts[docs.count + 1] of their values, unless single */
    bool single;                    /* each has exactly one */
    uint64_t value_count;           /* values of all documents */
};

/* The values of the document at place `index` of the set: [*start, *end), inside value_count whatever the
 * bytes say. */
void qd_numeric_place_values(const struct qd_numeric_place *place, uint32_t index, uint64_t *start,
                             uint64_t *end);

/* Values of a document: their count (0: none), the first one in *start. */
uint32_t qd_numeric_place_find(const struct qd_numeric_place *place, qd_doc_id doc, uint64_t *start);

/* Appends a column to `out`, whose present size is where the column's offsets count from. */
void qd_numeric_encode(struct qd_arena *scratch, struct qd_buffer *out, uint32_t doc_count,
                       const struct qd_numeric_input *input);

/* True when no document has more than one value. */
bool qd_numeric_starts_are_single(const uint32_t *starts, uint32_t count);

/* Appends starts[count + 1] as a number array. */
void qd_numeric_starts_write(struct qd_arena *scratch, struct qd_buffer *out, const uint32_t *starts,
                             uint32_t count);

/* Opens a column over `bytes`. `value_bound`: every value is below it (0: no bound), larger ones are lowered
 * when they are read. False: the bytes are no column. */
QD_CHECKED bool qd_numeric_decode(struct qd_arena *arena, struct qd_slice bytes, uint32_t doc_count,
                                  uint32_t value_bound, struct qd_numeric_column **column);

#endif
