/* Which tokens of a value a query stands on.
 *
 * Used by the highlighters. A value is analysed as when it was indexed; terms and automata match wherever they occur, the terms of a phrase
 * only where the phrase does. Source: Lucene PhraseHelper, WeightedSpanTermExtractor.
 */
#ifndef QD_SEARCH_HIGHLIGHT_MATCH_H
#define QD_SEARCH_HIGHLIGHT_MATCH_H

#include "base/vector.h"
#include "search/query.h"

#define QD_HIGHLIGHT_NO_TERM UINT32_MAX

QD_VECTOR_TYPE(qd_highlight_leaves, struct qd_query_leaf);

/* Where a phrase occurs: positions of its first and last token. */
struct qd_highlight_span {
    uint32_t start, end;
    uint32_t leaf; /* index among the leaves */
};
QD_VECTOR_TYPE(qd_highlight_spans, struct qd_highlight_span);

/* One token of a value. Offsets are UTF-16 units. */
struct qd_highlight_token {
    uint32_t start, end;
    uint32_t position;
    uint32_t term; /* what it matches: equal numbers for equal terms; QD_HIGHLIGHT_NO_TERM: nothing */
    float weight;  /* boost of what it matches, else 0 */
    struct qd_slice text;
};

/* A value, analysed and matched. */
struct qd_highlight_value {
    struct qd_slice text;
    const uint16_t *units; /* units[unit_count]: the text in UTF-16 */
    size_t unit_count;
    struct qd_highlight_token *tokens; /* tokens[token_count], in order of the analysis */
    size_t token_count;
    struct qd_highlight_spans spans;
};

/* The leaves of a query that concern a field; with `any_field` all of them. Memory: `arena`; the leaves' own texts are the query's. */
struct qd_highlight_leaves qd_highlight_leaves_of(const struct qd_prepared *query, const struct qd_field *field,
                                                  bool any_field, struct qd_arena *arena);

/* Analyses `text` and finds what matches. Tokens that begin behind `limit` units are left out. */
QD_CHECKED enum qd_status qd_highlight_value_make(const struct qd_highlight_leaves *leaves, const struct qd_field *field,
                                                  struct qd_slice text, size_t limit, struct qd_arena *arena,
                                                  struct qd_highlight_value *value, struct qd_error *error);

#endif
