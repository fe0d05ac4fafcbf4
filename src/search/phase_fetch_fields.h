/* The "fields" of a hit: stored_fields, docvalue_fields and fields.
 *
 * Used by phase_fetch.c. Source: OpenSearch FetchPhase, FetchDocValuesPhase, FetchFieldsPhase, FieldFetcher,
 * SourceValueFetcher.
 */
#ifndef QD_SEARCH_PHASE_FETCH_FIELDS_H
#define QD_SEARCH_PHASE_FETCH_FIELDS_H

#include "base/json_writer.h"
#include "index/record.h"
#include "mapping/values.h"
#include "search/search.h"

struct qd_fetch_fields;

/* One document, as the fields read it. */
struct qd_fetch_document {
    struct qd_segment *segment;
    qd_doc_id doc;
    const struct qd_record *record;
    const struct qd_json *source;   /* parsed; NULL: none */
    const struct qd_slice *ignored; /* ignored[ignored_count]: names in _ignored */
    size_t ignored_count;
};

/* Resolves names, patterns and formats against the mapping; *fields is NULL when the request asks for none.
 * Errors: the reference's for fields without doc values, formats that a type does not have, objects among
 * stored_fields. Memory: `arena`. */
QD_CHECKED enum qd_status qd_fetch_fields_create(const struct qd_shard_view *view,
                                                 const struct qd_search_request *request,
                                                 struct qd_arena *arena, struct qd_fetch_fields **fields,
                                                 struct qd_error *error);

/* True when the source must be parsed for them. */
bool qd_fetch_fields_need_source(const struct qd_fetch_fields *fields);

/* Writes the member "fields" of a document when there is anything to show. */
QD_CHECKED enum qd_status qd_fetch_fields_write(struct qd_fetch_fields *fields,
                                                const struct qd_fetch_document *document,
                                                struct qd_arena *arena, struct qd_json_writer *writer,
                                                struct qd_error *error);

#endif
