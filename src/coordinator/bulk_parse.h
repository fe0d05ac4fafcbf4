/* Reading bulk bodies.
 *
 * Used by coordinator/bulk.c and the fuzz target. Lines are scanned as bytes: sources are not parsed here.
 * Source: OpenSearch BulkRequestParser.
 */
#ifndef QD_COORDINATOR_BULK_PARSE_H
#define QD_COORDINATOR_BULK_PARSE_H

#include "coordinator/write_documents.h"
#include "search/search.h"

/* What the URL says for all items. */
struct qd_bulk_defaults {
    struct qd_slice index;      /* data NULL: none */
    struct qd_slice routing;    /* data NULL: none */
    bool require_alias;
    struct qd_slice pipeline;   /* data NULL: none */
    struct qd_source_filter source;
};

/* What an action line says besides the write. */
struct qd_bulk_line {
    enum qd_write_kind kind;
    struct qd_source_filter source; /* update: what of the new source is wanted */
};

/* Reads all lines. lines[*count] and writes[*count] are in `arena`; slices point into `body`. Errors:
 * QD_ILLEGAL_ARGUMENT with the reference's texts ("Malformed action/metadata line [1], expected START_OBJECT
 * but found [VALUE_STRING]", "The bulk request must be terminated by a newline
 * [\n]", ...), QD_JSON_PARSE. */
QD_CHECKED enum qd_status qd_bulk_parse(struct qd_slice body, const struct qd_bulk_defaults *defaults,
                                        struct qd_arena *arena, struct qd_bulk_line **lines,
                                        struct qd_document_write **writes, size_t *count,
                                        struct qd_error *error);

#endif
