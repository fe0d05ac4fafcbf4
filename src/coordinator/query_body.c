#include "coordinator/query_body.h"

#include "base/number.h"
#include "coordinator/search_body.h"
#include "coordinator/search_options.h"
#include "search/request_object.h"

/* "... at 1:36", "[1:36] ...": where the parser stood, when the text tells. */
static void place_of_text(struct qd_slice reason, int64_t *line, int64_t *column)
{
    size_t end = reason.size;
    size_t from = 0;
    if (end > 0 && reason.data[0] == '[') {
        from = 1;
        end = qd_slice_find_byte(reason, ']');
    } else {
        if (end > 0 && reason.data[end - 1] == ']') end--;
        for (from = end; from > 0 && reason.data[from - 1] != ' ' && reason.data[from - 1] != '[';) from--;
    }
    if (end > reason.size || from >= end) return;
    struct qd_slice place = qd_slice_sub(reason, from, end - from);
    size_t colon = qd_slice_find_byte(place, ':');
    int64_t found;
    if (colon >= place.size || !qd_parse_int64(qd_slice_sub(place, 0, colon), &found)) return;
    if (qd_parse_int64(qd_slice_from(place, colon + 1), column)) *line = found;
}

/* Unlike a search, these bodies report all but parsing errors as one of their own. */
static enum qd_status parse_query(const struct qd_json_document *document, const struct qd_json *node,
                                  struct qd_arena *arena, struct qd_error *error)
{
    int64_t line;
    int64_t column;
    enum qd_status status = qd_query_parse_placed(document, node, arena, &line, &column, error);
    if (status == QD_OK || status == QD_PARSING || error == NULL || error->arena == NULL) return status;
    place_of_text(error->reason, &line, &column);
    status = qd_error_wrap(error, QD_PARSING, "Failed to parse");
    if (line > 0) qd_error_add_number(error, "line", line);
    if (line > 0) qd_error_add_number(error, "col", column);
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
    return qd_search_parse_request(body, call->arena, request, error);
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

enum qd_status qd_query_search_body_check(struct qd_call *call, struct qd_error *error)
{
    struct qd_json_document *document = QD_NEW(call->arena, struct qd_json_document);
    QD_TRY(qd_query_search_body(call, document, error));
    return document->root == NULL ? QD_OK : check_search(call, document, error);
}
