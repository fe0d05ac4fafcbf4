/* Sorting: parsing of sort keys, values of documents, comparing.
 *
 * Used by request.c, phase_query.c, phase_fetch.c. Source: OpenSearch FieldSortBuilder, MultiValueMode, Lucene FieldComparator.
 */
#ifndef QD_SEARCH_SORT_H
#define QD_SEARCH_SORT_H

#include "codec/columns.h"
#include "mapping/values.h"
#include "search/search.h"

/* Parses a `sort` value: a string, an object or an array of these. */
QD_CHECKED enum qd_status qd_sort_parse(const struct qd_json_document *document, const struct qd_json *json,
                                        struct qd_arena *arena, struct qd_search_request *request,
                                        struct qd_error *error);

/* One sort key on a shard. */
struct qd_sort_key {
    struct qd_sort sort;
    const struct qd_field *field;      /* NULL: unmapped, _score, _doc */
    bool bytes;                        /* values are bytes, else numbers */
    bool real;                         /* numbers are doubles */
    bool missing_first;
    struct qd_sort_value missing;      /* what documents without a value get */
    struct qd_value_format format;     /* of shown values when `formatted` */
    bool formatted;
    /* the current segment */
    struct qd_numeric_column *numbers;
    struct qd_ordinal_column *ordinals;
};

/* All keys of a request. */
struct qd_sort_plan {
    struct qd_sort_key *keys;
    size_t count;
    bool needs_scores;
};

/* Resolves the request's sorts on a shard. Errors: QD_QUERY_SHARD "No mapping found for [x] in order to sort on", ... */
QD_CHECKED enum qd_status qd_sort_plan_make(const struct qd_shard_view *view, const struct qd_search_request *request,
                                            struct qd_arena *arena, struct qd_sort_plan *plan, struct qd_error *error);

/* Moves to a segment. */
QD_CHECKED enum qd_status qd_sort_plan_segment(struct qd_sort_plan *plan, struct qd_segment *segment,
                                               struct qd_error *error);

/* The value of key `i` for a document. Bytes are views of the column or live in `arena`. */
struct qd_sort_value qd_sort_value_of(const struct qd_sort_plan *plan, size_t i, qd_doc_id doc, qd_doc_id global_doc,
                                      float score, struct qd_arena *arena);

/* Compares two values of one key in the order wanted: negative when left comes first. */
int qd_sort_compare(const struct qd_sort *sort, const struct qd_sort_value *left, const struct qd_sort_value *right);

/* Reads search_after (an array of scalars) into values[plan->count]. */
QD_CHECKED enum qd_status qd_sort_after(const struct qd_shard_view *view, const struct qd_sort_plan *plan,
                                        const struct qd_json *after, struct qd_arena *arena,
                                        struct qd_sort_value **values, struct qd_error *error);

/* Writes a value of key `i` as hits show it. */
void qd_sort_write(const struct qd_sort_plan *plan, size_t i, const struct qd_sort_value *value,
                   struct qd_json_writer *writer);

#endif
