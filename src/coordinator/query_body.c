#include "coordinator/query_body.h"

#include "coordinator/search_body.h"

enum qd_status qd_query_only_body(const struct qd_call *call, struct qd_slice *body, struct qd_error *error)
{
    struct qd_json_document document;
    struct qd_query *query;
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
        QD_TRY(qd_query_parse(&document, at.value, call->arena, &query, error));
    }
    *body = document.source;
    return QD_OK;
}
