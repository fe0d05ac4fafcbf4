/* Highlighting: marked fragments of a hit's fields.
 *
 * Used by the fetch phase. Types plain and unified (default). Source: OpenSearch HighlightBuilder, Lucene
 * UnifiedHighlighter, Highlighter.
 */
#ifndef QD_SEARCH_HIGHLIGHT_H
#define QD_SEARCH_HIGHLIGHT_H

#include "base/json_writer.h"
#include "search/query.h"

struct qd_highlighter;

/* Parses the `highlight` object of a request and prepares it for a shard. Errors: the reference's for unknown
 * keys and bad values. */
QD_CHECKED enum qd_status qd_highlight_create(const struct qd_json_document *document,
                                              const struct qd_json *json, const struct qd_shard_view *view,
                                              struct qd_prepared *query, struct qd_arena *arena,
                                              struct qd_highlighter **highlighter, struct qd_error *error);

/* Checks the object without a shard (coordinator). */
QD_CHECKED enum qd_status qd_highlight_check(const struct qd_json_document *document,
                                             const struct qd_json *json, struct qd_arena *arena,
                                             struct qd_error *error);

/* What the reference refuses on a shard before it looks for documents: limits of the analysed text, and
 * queries of highlighting that fit no mapping. Memory: `arena`. */
QD_CHECKED enum qd_status qd_highlight_check_shard(const struct qd_json_document *document,
                                                   const struct qd_json *json,
                                                   const struct qd_shard_view *view, struct qd_arena *arena,
                                                   struct qd_error *error);

/* Writes {"field":["fragment",..],..} of one document as one JSON value when something was found; *written
 * tells. `source` is the parsed _source. */
QD_CHECKED enum qd_status qd_highlight_write(struct qd_highlighter *highlighter, uint32_t segment,
                                             qd_doc_id doc, const struct qd_json *source,
                                             struct qd_arena *arena, struct qd_json_writer *writer,
                                             bool *written, struct qd_error *error);

#endif
