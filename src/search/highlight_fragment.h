/* The two highlighters: values in, marked fragments out.
 *
 * Used by highlight.c; highlight_unified.c and highlight_plain.c implement one function each.
 */
#ifndef QD_SEARCH_HIGHLIGHT_FRAGMENT_H
#define QD_SEARCH_HIGHLIGHT_FRAGMENT_H

#include "search/highlight_match.h"
#include "search/highlight_options.h"

/* Marked fragments, in the order of the answer. */
QD_VECTOR_TYPE(qd_fragments, struct qd_slice);

/* What a highlighter works on. */
struct qd_highlight_input {
    const struct qd_highlight_options *options; /* of the field */
    const struct qd_field *field;               /* whose values they are */
    const struct qd_highlight_value *values;    /* values[value_count] of the field in one document */
    size_t value_count;                         /* values kept */
    bool html;                                  /* encode <, >, &, ", ' and / */
    struct qd_arena *arena;                     /* of fragments and work space */
};

/* Passages of sentences or words, scored by BM25. Source: Lucene FieldHighlighter, PassageScorer; OpenSearch
 * CustomUnifiedHighlighter, BoundedBreakIteratorScanner. */
QD_CHECKED enum qd_status qd_highlight_unified(const struct qd_highlight_input *input,
                                               struct qd_fragments *fragments, struct qd_error *error);

/* Fragments of equal size, scored by the terms in them. Source: Lucene Highlighter, SimpleSpanFragmenter,
 * QueryScorer. */
QD_CHECKED enum qd_status qd_highlight_plain(const struct qd_highlight_input *input,
                                             struct qd_fragments *fragments, struct qd_error *error);

/* Appends units [start, end) of a value as UTF-8, encoded for HTML when `html`. */
void qd_highlight_append(struct qd_buffer *out, const struct qd_highlight_value *value, size_t start,
                         size_t end, bool html);

/* Without Java's trim characters at both ends, in `arena`. */
struct qd_slice qd_highlight_take(struct qd_buffer *out, bool trim, struct qd_arena *arena);

#endif
