/* Nodes whose matches of a segment are found as a whole, as a bitset: ranges, sets, exists, ids, multi-term
 * queries.
 *
 * Used by src/search. Their score is constant. Source: Lucene 10.5 PointRangeQuery, PointInSetQuery,
 * TermInSetQuery, FieldExistsQuery, IndexOrDocValuesQuery (texts).
 */
#ifndef QD_SEARCH_QUERY_NODE_BITS_H
#define QD_SEARCH_QUERY_NODE_BITS_H

#include "codec/automaton.h"
#include "mapping/values.h"
#include "search/query_node.h"

/* Fills words (zeroed, doc_count bits) with the matches of a segment. */
typedef enum qd_status qd_bits_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                    uint64_t *words, struct qd_error *error);

/* The scorer of a node from its fill function. */
QD_CHECKED enum qd_status qd_bits_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                         qd_bits_fill *fill, struct qd_scorer **scorer,
                                         struct qd_error *error);

/* Appends a stored number as a field of its type prints it; `raw`: as the number that it is stored as. */
void qd_node_number_text(const struct qd_field *field, int64_t number, bool raw, struct qd_buffer *out);

/* A stored number as the 8 bytes of a point, which sort as the numbers do. */
void qd_node_point_bytes(int64_t number, uint8_t *bytes);

/* A range over numbers or fixed-width bytes (ip), [lower, upper] inclusive, or over terms of a column without
 * an index. */
struct qd_node *qd_node_range(struct qd_arena *arena, const struct qd_field *field,
                              const struct qd_range_value *range);

/* Any of numbers[count] (ascending, distinct) in a numeric field. */
struct qd_node *qd_node_number_set(struct qd_arena *arena, const struct qd_field *field,
                                   const int64_t *numbers, size_t count);
/* Any of terms[count] in an inverted field, or in a column of ordinals when `field` is not indexed. Sorted by
 * the maker. */
struct qd_node *qd_node_term_set(struct qd_arena *arena, const struct qd_field *field, struct qd_slice *terms,
                                 size_t count);
/* One value of a column of ordinals, which prints as the range from it to itself. */
struct qd_node *qd_node_exact(struct qd_arena *arena, const struct qd_field *field, struct qd_slice term);
/* Any of ids[count]. */
struct qd_node *qd_node_ids(struct qd_arena *arena, struct qd_slice *ids, size_t count);

/* Documents with a value of `field`, by doc values or norms. */
struct qd_node *qd_node_exists(struct qd_arena *arena, const struct qd_field *field);
/* The field of such a node, NULL when it is another kind. */
const struct qd_field *qd_node_exists_field(const struct qd_node *node);
/* How many documents of a snapshot, deleted ones included, have the indexed field of such a node by its terms
 * or points; false: it is another kind, or the field is not indexed. */
bool qd_node_exists_shortcut(const struct qd_node *node, const struct qd_snapshot *snapshot, uint64_t *count);

/* ---- multi-term nodes ---- */
enum qd_multi_term_kind {
    QD_MULTI_PREFIX,
    QD_MULTI_WILDCARD,
    QD_MULTI_REGEXP,
    QD_MULTI_FUZZY,
    QD_MULTI_TERM_RANGE,
    QD_MULTI_AUTOMATON
};
/* How the terms found become a query. */
enum qd_rewrite_method {
    QD_REWRITE_CONSTANT_SCORE,
    QD_REWRITE_CONSTANT_SCORE_BOOLEAN,
    QD_REWRITE_SCORING_BOOLEAN,
    QD_REWRITE_TOP_TERMS,
    QD_REWRITE_TOP_TERMS_BOOST,
    QD_REWRITE_TOP_TERMS_BLENDED
};
struct qd_multi_term {
    enum qd_multi_term_kind kind;
    const struct qd_field *field;
    struct qd_slice field_name;     /* where the terms are */
    struct qd_slice pattern;        /* as it prints */
    struct qd_automaton *automaton; /* all but TERM_RANGE */
    struct qd_slice lower, upper;   /* TERM_RANGE; data NULL: open */
    bool include_lower, include_upper;
    int edits, prefix_length; /* FUZZY */
    bool transpositions;      /* FUZZY */
    enum qd_rewrite_method rewrite;
    int64_t top_terms; /* of the top_terms_N methods */
    bool index_only;   /* a column without an index is not asked: it has no terms */
    struct qd_slice shown; /* printed for it; data NULL: field and pattern are */
};
struct qd_node *qd_node_multi_term(struct qd_arena *arena, const struct qd_multi_term *term);

#endif
