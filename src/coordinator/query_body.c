#include "coordinator/query_body.h"

#include "base/number.h"
#include "coordinator/search_body.h"

/* "... at 1:36": where the parser stood, when the text tells. */
static void add_place(struct qd_slice reason, struct qd_error *error)
{
    size_t colon = reason.size;
    size_t blank = reason.size;
    int64_t line;
    int64_t column;
    while (colon > 0 && reason.data[colon - 1] != ':') colon--;
    while (blank > 0 && reason.data[blank - 1] != ' ') blank--;
    if (blank == 0 || colon <= blank) return;
    if (!qd_parse_int64(qd_slice_sub(reason, blank, colon - 1 - blank), &line)) return;
    if (!qd_parse_int64(qd_slice_from(reason, colon), &column)) return;
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
}

/* Unlike a search, these bodies report what the parser itself refuses as a parsing error of their own. */
static enum qd_status parse_query(const struct qd_json_document *document, const struct qd_json *node,
                                  struct qd_arena *arena, struct qd_error *error)
{
    struct qd_query *query;
    enum qd_status status = qd_query_parse(document, node, arena, &query, error);
    if (status != QD_ILLEGAL_STATE) return status;
    struct qd_slice reason = error->reason;
    status = qd_error_wrap(error, QD_PARSING, "Failed to parse");
    add_place(reason, error);
    return status;
}

enum qd_status qd_query_only_body(const struct qd_call *call, struct qd_slice *body, struct qd_error *error)
{
    struct qd_json_document document;
    struct qd_slice uri;
    QD_TRY(qd_search_uri_query(call, &uri, error));
    *body = (struct qd_slice){ 0 };
    if (call->body.size == 0) {
        if (uri.data != NULL) *body = qd_arena_format(call->arena, "{\"query\":%.*s}", QD_SLICE_ARG(uri));
        return QD_OK;
    }
    QD_TRY(qd_json_parse(call->arena, call->body, &document, error));
    struct qd_json_iterator at = qd_json_iterate(document.root);
    while (qd_json_next(&at)) {
        if (!qd_slice_is(at.key, "query")) {
            int64_t line;
            int64_t column;
            qd_json_position(&document, at.name, &line, &column);
            enum qd_status status = qd_error_set(error, QD_PARSING, "request does not support [%.*s]",
                                                 QD_SLICE_ARG(at.key));
            qd_error_add_number(error, "line", line);
            qd_error_add_number(error, "col", column);
            return status;
        }
        QD_TRY(parse_query(&document, at.value, call->arena, error));
    }
    *body = document.source;
    return QD_OK;
}
