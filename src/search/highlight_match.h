/* Which tokens of a value a query stands on.
 *
 * Used by the highlighters. A value is analysed as when it was indexed; terms and automata match wherever
 * they occur, the terms of a phrase only where the phrase does. Source: Lucene PhraseHelper,
 * WeightedSpanTermExtractor.
 */
#ifndef QD_SEARCH_HIGHLIGHT_MATCH_H
#define QD_SEARCH_HIGHLIGHT_MATCH_H

#include "base/vector.h"
#include "search/query.h"

#define QD_HIGHLIGHT_NO_TERM UINT32_MAX

/* A leaf of a query, and which of its terms are marked where it is found: those of the field at hand. */
struct qd_highlight_leaf {
    struct qd_query_leaf query; /* the leaf */
    size_t from, to;            /* terms [from, to) of it are marked */
};

/* Leaves of a query. */
QD_VECTOR_TYPE(qd_highlight_leaves, struct qd_highlight_leaf);

/* Where a phrase occurs: positions of its first and last token. */
struct qd_highlight_span {
    uint32_t start, end; /* inclusive */
    uint32_t leaf;       /* index among the leaves */
};
/* Spans in order of their leaves, then positions. */
QD_VECTOR_TYPE(qd_highlight_spans, struct qd_highlight_span);

/* One token of a value. Offsets are UTF-16 units. */
struct qd_highlight_token {
    uint32_t start, end;  /* [start, end) */
    uint32_t position;    /* from 0 in its value */
    uint32_t term;        /* what it matches: equal numbers for equal terms; QD_HIGHLIGHT_NO_TERM: nothing */
    float weight;         /* boost of what it matches, else 0 */
    struct qd_slice text; /* the term */
};

/* A value, analysed and matched. */
struct qd_highlight_value {
    struct qd_slice text;              /* as it stands in the source */
    const uint16_t *units;             /* units[unit_count]: the text in UTF-16 */
    size_t unit_count;                 /* UTF-16 length */
    struct qd_highlight_token *tokens; /* tokens[token_count], in order of the analysis */
    size_t token_count;                /* tokens kept */
    struct qd_highlight_spans spans;   /* of phrases */
};

/* The leaves of a query that concern a field; with `any_field` all of them. Memory: `arena`; the leaves' own
 * texts are the query's. */
struct qd_highlight_leaves qd_highlight_leaves_of(const struct qd_prepared *query,
                                                  const struct qd_field *field, bool any_field,
                                                  struct qd_arena *arena);

/* Leaves as the unified highlighter sees them: of a phrase prefix below a function score only the whole
 * words, and each by itself; of words before kept prefixes each by itself too, unless any field will do.
 * Source: OpenSearch MultiPhrasePrefixQuery.visit, CustomUnifiedHighlighter. */
void qd_highlight_leaves_visited(struct qd_highlight_leaves *leaves);

/* What values of a field are matched against. */
struct qd_highlight_matcher {
    const struct qd_field *field;      /* whose analyzer is used */
    struct qd_highlight_leaves leaves; /* see qd_highlight_leaves_of */
    size_t limit;                      /* tokens that begin behind so many units are left out */
};

/* Analyses `text` and finds what matches. Memory: `arena`. Errors: the analyzer's. */
QD_CHECKED enum qd_status qd_highlight_value_make(const struct qd_highlight_matcher *matcher,
                                                  struct qd_slice text, struct qd_arena *arena,
                                                  struct qd_highlight_value *value, struct qd_error *error);

#endif
