#include "coordinator/query_body.h"

#include "base/number.h"
#include "coordinator/search_body.h"
#include "coordinator/search_options.h"
#include "search/request_object.h"

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

static enum qd_status placed(struct qd_error *error, const struct qd_json_document *document,
                             const struct qd_json *node)
{
    int64_t line;
    int64_t column;
    qd_json_position(document, node, &line, &column);
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}

struct only {
    const char *name; /* of the only member */
    struct qd_arena *arena;
};

static enum qd_status check_members(void *context, const struct qd_json_document *document,
                                    struct qd_error *error)
{
    const struct only *only = context;
    if (document->root == NULL) return QD_OK;
    if (!qd_json_is_object(document->root)) {
        (void)qd_error_set(error, QD_PARSING, "Expected [START_OBJECT] but found [%s]",
                           qd_json_token_name(document->root));
        return placed(error, document, document->root);
    }
    struct qd_json_iterator at = qd_json_iterate(document->root);
    while (qd_json_next(&at)) {
        if (!qd_slice_is(at.key, only->name)) {
            (void)qd_error_set(error, QD_PARSING, "request does not support [%.*s]", QD_SLICE_ARG(at.key));
            return placed(error, document, at.name);
        }
        if (!qd_json_is_object(at.value)) {
            (void)qd_error_set(error, QD_PARSING, "[_na] query malformed, must start with start_object");
            return placed(error, document, at.value);
        }
        QD_TRY(parse_query(document, at.value, only->arena, error));
    }
    return QD_OK;
}

enum qd_status qd_query_member_body(struct qd_call *call, const char *name, struct qd_json_document *document,
                                    struct qd_error *error)
{
    struct only only = { name, call->arena };
    struct qd_body_check check = { .check = check_members, .context = &only };
    enum qd_status status = qd_call_body_streamed(call, &check, document, error);
    if (status == QD_OK) return check_members(&only, document, error);
    if (!check.broken) return status;
    status = qd_error_wrap(error, QD_PARSING, "Failed to parse");
    qd_error_add_number(error, "line", check.line);
    qd_error_add_number(error, "col", check.column);
    return status;
}

enum qd_status qd_query_only_body(struct qd_call *call, struct qd_slice *body, struct qd_error *error)
{
    struct qd_json_document document;
    struct qd_slice uri;
    QD_TRY(qd_search_uri_query(call, &uri, error));
    *body = (struct qd_slice){ 0 };
    if (call->body.size == 0) {
        if (uri.data != NULL) *body = qd_arena_format(call->arena, "{\"query\":%.*s}", QD_SLICE_ARG(uri));
        return QD_OK;
    }
    QD_TRY(qd_query_member_body(call, "query", &document, error));
    *body = document.source;
    return QD_OK;
}

static enum qd_status check_search(void *context, const struct qd_json_document *body, struct qd_error *error)
{
    struct qd_call *call = context;
    struct qd_search_request *request = QD_NEW(call->arena, struct qd_search_request);
    QD_TRY(qd_search_request_parse(body, call->arena, request, error));
    return qd_search_check_aggregations(request, call->arena, error);
}

enum qd_status qd_query_search_body(struct qd_call *call, struct qd_json_document *document,
                                    struct qd_error *error)
{
    struct qd_body_check check = { .check = check_search, .context = call };
    int64_t line = 1, column = 0;
    QD_TRY(qd_call_body_streamed(call, &check, document, error));
    if (document->root == NULL && call->body.size > 0) {
        (void)qd_error_set(error, QD_PARSING, "Expected [START_OBJECT] but found [null]");
    } else if (check.extra) {
        QD_TRY(check_search(call, document, error));
        if (check.extra_token.size == 0) return qd_call_body(call, document, error);
        line = check.line;
        column = check.column;
        (void)qd_error_set(error, QD_PARSING, "Unexpected token [%.*s] found after the main object.",
                           QD_SLICE_ARG(check.extra_token));
    } else {
        return QD_OK;
    }
    qd_error_add_number(error, "line", line);
    qd_error_add_number(error, "col", column);
    return QD_PARSING;
}
