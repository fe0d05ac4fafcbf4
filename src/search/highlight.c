#include "search/highlight.h"

enum qd_status qd_highlight_create(const struct qd_json_document *document, const struct qd_json *json,
                                   const struct qd_shard_view *view, struct qd_prepared *query, struct qd_arena *arena,
                                   struct qd_highlighter **highlighter, struct qd_error *error)
{
    (void)document, (void)json, (void)view, (void)query, (void)arena, (void)highlighter;
    return qd_error_set(error, QD_NOT_IMPLEMENTED, "highlighting is not supported");
}

enum qd_status qd_highlight_check(const struct qd_json_document *document, const struct qd_json *json,
                                  struct qd_arena *arena, struct qd_error *error)
{
    (void)document, (void)json, (void)arena;
    return qd_error_set(error, QD_NOT_IMPLEMENTED, "highlighting is not supported");
}

enum qd_status qd_highlight_write(struct qd_highlighter *highlighter, uint32_t segment, qd_doc_id doc,
                                  const struct qd_json *source, struct qd_arena *arena, struct qd_json_writer *writer,
                                  bool *written, struct qd_error *error)
{
    (void)highlighter, (void)segment, (void)doc, (void)source, (void)arena, (void)writer;
    *written = false;
    return qd_error_set(error, QD_NOT_IMPLEMENTED, "highlighting is not supported");
}
