/* The stored record of a document: source, routing and stored field values.
 *
 * Made by the index buffer, read by get and fetch. Version, seq_no and primary term are not in it: they are
 * numeric columns. Format: spec/formats/record.md.
 */
#ifndef QD_INDEX_RECORD_H
#define QD_INDEX_RECORD_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "mapping/document.h"

/* The record of `document` in `arena`; `scratch` may be used. The source, which is nearly all of it, is
 * copied once. */
struct qd_slice qd_record_make(const struct qd_document *document, struct qd_arena *arena,
                               struct qd_buffer *scratch);

/* Values of one stored field. */
struct qd_record_field {
    struct qd_slice name;          /* full path */
    const struct qd_slice *values; /* values[value_count]: JSON text each */
    uint32_t value_count;
};

/* A parsed record: views of its bytes. */
struct qd_record {
    struct qd_slice source;  /* data NULL: _source is disabled */
    struct qd_slice routing; /* data NULL: none */
    const struct qd_record_field *fields; /* fields[field_count], in the order of the document */
    uint32_t field_count;
};

/* Parses a record. Memory: arrays in `arena`, text is a view of `bytes`. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_record_parse(struct qd_slice bytes, struct qd_arena *arena,
                                          struct qd_record *record, struct qd_error *error);

#endif
