/* Sorting: parsing of sort keys, values of documents, comparing.
 *
 * Used by request.c, phase_query.c, phase_fetch.c. sort_parse.c reads requests, sort_plan.c resolves keys on
 * a shard, sort.c takes values of documents and compares, sort_after.c reads search_after. Source: OpenSearch
 * FieldSortBuilder, MultiValueMode, Lucene FieldComparator.
 */
#ifndef QD_SEARCH_SORT_H
#define QD_SEARCH_SORT_H

#include "codec/columns.h"
#include "codec/ids.h"
#include "mapping/values.h"
#include "search/search.h"

/* Parses a `sort` value: a string, an object or an array of these. */
QD_CHECKED enum qd_status qd_sort_parse(const struct qd_json_document *document, const struct qd_json *json,
                                        struct qd_arena *arena, struct qd_search_request *request,
                                        struct qd_error *error);

/* What a key compares and prints: Lucene's SortField types. */
enum qd_sort_type {
    QD_SORT_TYPE_LONG,     /* also _doc */
    QD_SORT_TYPE_INT,      /* byte, short, integer, boolean: missing values are an int's extremes */
    QD_SORT_TYPE_UNSIGNED, /* numbers have their top bit flipped, as in the column */
    QD_SORT_TYPE_FLOAT,    /* also _score */
    QD_SORT_TYPE_DOUBLE,
    QD_SORT_TYPE_BYTES /* keyword, ip, _id, _index */
};

/* How a number of the column becomes a number of `type`. */
enum qd_sort_scale {
    QD_SORT_SCALE_NONE,
    QD_SORT_SCALE_TO_NANOS,
    QD_SORT_SCALE_TO_MILLIS,
    QD_SORT_SCALE_SIGNED /* unsigned_long as another type: ordered by its bits as a signed number */
};

/* One sort key on a shard. */
struct qd_sort_key {
    struct qd_sort sort;
    const struct qd_field *field; /* NULL: unmapped, _score, _doc */
    enum qd_field_type unmapped;  /* the type that unmapped_type gives such a field */
    enum qd_sort_type type;
    enum qd_sort_scale scale;
    bool missing_first;
    struct qd_sort_value missing;  /* what documents without a value get */
    int64_t *refused; /* SCALE_TO_NANOS: a date that nanoseconds do not hold, or 0; see qd_sort_plan_check */
    struct qd_value_format format; /* of shown values, when `formatted` */
    bool formatted;
    struct qd_slice constant; /* _index: the value of every document; data NULL: none */
    uint32_t shard;           /* _shard_doc: upper half of the value */
    /* the current segment */
    struct qd_numeric_column *numbers;
    struct qd_ordinal_column *ordinals;
    struct qd_ids *ids; /* _id */
};

/* All keys of a request. */
struct qd_sort_plan {
    struct qd_sort_key *keys;
    size_t count;
    bool needs_scores;
    bool compares; /* documents are wanted: search_after must be comparable */
    struct qd_error late; /* of a wrong `missing` of a computed key, see qd_sort_plan_late */
};

/* Resolves the request's sorts on a shard. Errors: QD_QUERY_SHARD "No mapping found for [x] in order to sort
 * on", ... */
QD_CHECKED enum qd_status qd_sort_plan_make(const struct qd_shard_view *view,
                                            const struct qd_search_request *request, struct qd_arena *arena,
                                            struct qd_sort_plan *plan, struct qd_error *error);

/* Tells of what the reference finds only where it begins to compare, after everything else was looked at. */
QD_CHECKED enum qd_status qd_sort_plan_late(const struct qd_sort_plan *plan, struct qd_arena *arena,
                                            struct qd_error *error);

/* Moves to a segment. */
QD_CHECKED enum qd_status qd_sort_plan_segment(struct qd_sort_plan *plan, struct qd_segment *segment,
                                               struct qd_error *error);

/* Whether all values that were read since qd_sort_plan_make could be. Errors: QD_ILLEGAL_ARGUMENT for a date
 * before 1970 or after 2262 where nanoseconds are wanted. */
QD_CHECKED enum qd_status qd_sort_plan_check(const struct qd_sort_plan *plan, struct qd_error *error);

/* The value of key `i` for a document. Bytes are views of the column or live in `arena`. */
struct qd_sort_value qd_sort_value_of(const struct qd_sort_plan *plan, size_t i, qd_doc_id doc,
                                      qd_doc_id global_doc, float score, struct qd_arena *arena);

/* The column's numbers (or ordinals) with which a document of the current segment can come before, or be
 * equal to, a document whose first key has `bottom`: outside [*lower, *upper] it cannot. False: no such
 * bounds are known, every document must be looked at. Documents without a value are never outside. `strict`:
 * equal first keys lose too. */
bool qd_sort_bounds(const struct qd_sort_plan *plan, const struct qd_sort_value *bottom, bool strict,
                    int64_t *lower, int64_t *upper);

/* The column that qd_sort_bounds speaks of. */
const struct qd_numeric_column *qd_sort_first_column(const struct qd_sort_plan *plan);

/* True when documents without a value of the first key can come before `bottom`. */
bool qd_sort_missing_competes(const struct qd_sort_plan *plan, const struct qd_sort_value *bottom,
                              bool strict);

/* Compares two values of one key in the order wanted: negative when left comes first. */
int qd_sort_compare(const struct qd_sort *sort, const struct qd_sort_value *left,
                    const struct qd_sort_value *right);

/* Reads search_after (an array of scalars) into values[plan->count]. */
QD_CHECKED enum qd_status qd_sort_after(const struct qd_shard_view *view, const struct qd_sort_plan *plan,
                                        const struct qd_json *after, struct qd_arena *arena,
                                        struct qd_sort_value **values, struct qd_error *error);

/* Whether a value of key `i` can be shown. Errors: QD_ILLEGAL_ARGUMENT for an address that `missing` gives
 * and that has not the length of one. */
QD_CHECKED enum qd_status qd_sort_check_shown(const struct qd_sort_plan *plan, size_t i,
                                              const struct qd_sort_value *value, struct qd_error *error);

/* Writes a value of key `i` as hits show it. */
void qd_sort_write(const struct qd_sort_plan *plan, size_t i, const struct qd_sort_value *value,
                   struct qd_json_writer *writer);

/* Field data of a field that has none: the reference's error for sorting and docvalue_fields. */
enum qd_status qd_sort_no_field_data(const struct qd_field *field, struct qd_error *error);

/* Java's narrowing of a double to a long. */
int64_t qd_sort_narrowed(double real);

#endif
