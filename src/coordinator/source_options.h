/* Options of document requests: _source filters, versions, update bodies.
 *
 * Used by documents.c, get.c and bulk.c. Source: FetchSourceContext, VersionType, UpdateRequest,
 * DocWriteRequest of OpenSearch.
 */
#ifndef QD_COORDINATOR_SOURCE_OPTIONS_H
#define QD_COORDINATOR_SOURCE_OPTIONS_H

#include "coordinator/call.h"
#include "coordinator/write_documents.h"
#include "search/search.h"

/* ?_source, ?_source_includes, ?_source_excludes; filter->given tells whether any was there. */
QD_CHECKED enum qd_status qd_source_filter_of_call(const struct qd_call *call,
                                                   struct qd_source_filter *filter, struct qd_error *error);

/* The JSON form: true, false, "a.*", ["a","b"], {"includes":..,"excludes":..}. */
QD_CHECKED enum qd_status qd_source_filter_of_json(const struct qd_json_document *document,
                                                   const struct qd_json *json, struct qd_arena *arena,
                                                   struct qd_source_filter *filter, struct qd_error *error);

/* "internal", "external", "external_gte", "external_gt"; empty: internal. Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_parse_version_type(struct qd_slice text, enum qd_version_type *type,
                                                struct qd_error *error);

/* A long parameter; a missing one (data NULL) leaves *value. */
QD_CHECKED enum qd_status qd_parse_long_parameter(const char *name, struct qd_slice text, int64_t *value,
                                                  struct qd_error *error);

/* An item of a kind with nothing said about it. */
void qd_write_item_init(struct qd_write_item *item, enum qd_write_kind kind);

/* Checks that go together (versions with op types, ids, if_seq_no with if_primary_term). Errors:
 * QD_ACTION_REQUEST_VALIDATION, QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_write_item_validate(const struct qd_write_item *item, struct qd_error *error);

/* What an update body says besides the change itself. */
struct qd_update_options {
    struct qd_source_filter source;
    int64_t if_seq_no, if_primary_term;
    bool has_doc, has_upsert, doc_as_upsert, has_script;
};

/* Checks the body of an update request. Errors: QD_X_CONTENT_PARSE for unknown fields, QD_ILLEGAL_ARGUMENT
 * for scripts (not supported). */
QD_CHECKED enum qd_status qd_update_check_body(const struct qd_json_document *body, struct qd_arena *arena,
                                               struct qd_update_options *options, struct qd_error *error);
QD_CHECKED enum qd_status qd_update_validate(const struct qd_write_item *item,
                                             const struct qd_update_options *options, struct qd_error *error);

/* Where an answer holds what differs between answers to writes that are alike: [start, end) of its bytes. */
struct qd_result_places {
    size_t id_start;     /* first byte of the quoted id */
    size_t id_end;       /* one past its last */
    size_t seq_no_start; /* first digit of the sequence number */
    size_t seq_no_end;   /* one past its last */
};

/* Members of an answer to one write ("_index", "_id", "_version", "result", "_shards", "_seq_no",
 * "_primary_term") into an open object. `places` is NULL when the write is not part of a bulk request. */
void qd_write_document_result(const struct qd_document_write *write, struct qd_json_writer *writer,
                              struct qd_result_places *places);

/* The member "get" of an update's answer. */
void qd_write_update_get(const struct qd_document_write *write, const struct qd_source_filter *filter,
                         struct qd_arena *arena, struct qd_json_writer *writer);

#endif
