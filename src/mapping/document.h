/* A document as the index takes it: what parsing by a mapping gives.
 *
 * Made by mapping (qd_document_parse), consumed by the engine's index buffer.
 */
#ifndef QD_MAPPING_DOCUMENT_H
#define QD_MAPPING_DOCUMENT_H

#include "analysis/analysis.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/slice.h"
#include "base/status.h"
#include "mapping/mapping.h"

/* All values of one leaf field in one document. Which arrays are filled follows from the field:
 * inverted text: token_lists; other inverted fields: terms; numeric columns: numbers (with points when the
 * field has them); ordinal and binary columns and ip points: terms. */
struct qd_document_field {
    const struct qd_field *field;            /* of the mapping */
    const struct qd_token_list *token_lists; /* token_lists[token_list_count], one per value, in order */
    const struct qd_slice
        *terms;            /* terms[term_count]: bytes to index and/or to keep as doc value; may repeat */
    const int64_t *numbers; /* numbers[number_count]: sortable longs, in document order; may repeat */
    const struct qd_slice *stored; /* stored[stored_count]: each value as JSON text, for `store: true` */
    uint32_t token_list_count; /* values of inverted text */
    uint32_t term_count;       /* terms */
    uint32_t number_count;     /* numbers */
    uint32_t stored_count;     /* stored values */
    int64_t one_number;       /* where `numbers` points to when the parser found one only */
    struct qd_slice one_term; /* the same for `terms` */
};

/* A parsed document. Lives in the arena of qd_document_parse; slices may point into the request. */
struct qd_document {
    struct qd_slice id;
    struct qd_slice routing; /* data NULL: none */
    struct qd_slice source; /* what is kept as _source (after includes and excludes); data NULL: disabled */
    const struct qd_document_field
        *fields; /* fields[field_count]: ascending by name, each at most once; metadata fields that are
                    inverted (_routing, _ignored, _field_names, _doc_count ...) are among them */
    uint32_t field_count;
    bool terms_fit; /* every term and value is known to be no longer than QD_TERM_SIZE_MAX */
};

/* What the documents of one request have in common: names of members and words, so that neither is looked up
 * or analysed anew for each of them. Parsing gives the same with and without. */
struct qd_parse_memo;

/* An empty memo for about so many documents; NULL when they are too few to gain by it. Memory: `arena`, which
 * must be that of all parsing with it. */
struct qd_parse_memo *qd_parse_memo_create(struct qd_arena *arena, size_t document_count);

/* What is to be parsed. */
struct qd_document_input {
    struct qd_slice id;
    struct qd_slice routing; /* data NULL: none */
    const struct qd_json_document *json; /* the source, parsed; json->source is its text */
    int64_t now_ms; /* for date math in null_value and the like */
    struct qd_arena *scratch; /* for what the parser alone needs; may be reset after it; NULL: none */
    struct qd_parse_memo *memo; /* NULL: none */
};

/* Parses a document. When it has fields that the mapping does not know and may add, *dynamic_update gets the
 * mapping update as JSON text ({"properties":...}) and the document must be parsed again after the update was
 * put through the cluster state; it is empty otherwise. Errors: QD_MAPPER_PARSING, QD_STRICT_DYNAMIC_MAPPING,
 * QD_ILLEGAL_ARGUMENT, QD_ROUTING_MISSING..., with the reference's texts. */
QD_CHECKED enum qd_status qd_document_parse(const struct qd_mapping *mapping,
                                            const struct qd_document_input *input, struct qd_arena *arena,
                                            struct qd_document *document, struct qd_slice *dynamic_update,
                                            struct qd_error *error);

#endif
