#include "rest/respond.h"

#include <string.h>

#include "base/filter_path.h"
#include "base/product.h"
#include "base/text.h"
#include "coordinator/operations.h"
#include "rest/http_head.h"
#include "coordinator/error_json.h"
#include "rest/rest.h"

static const struct qd_http_header version_header = { QD_SLICE_INIT("X-OpenSearch-Version"),
                                                      QD_SLICE_INIT(QD_VERSION_HEADER) };

const struct qd_http_header *qd_rest_version_header(void)
{
    return &version_header;
}

/* An option that is on when given without value, off with "false". */
static enum qd_status flag(const struct qd_call *call, const char *name, bool *value, struct qd_error *error)
{
    *value = false;
    return qd_call_bool(call, name, value, error);
}

/* A character of a token, as header names and the halves of a media type are made of. */
static bool is_token(struct qd_slice text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && (c == 0 || strchr(others, c) == NULL)) return false;
    }
    return text.size > 0;
}

static enum qd_status bad_content_type(struct qd_error *error, struct qd_slice reason)
{
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%.*s", QD_SLICE_ARG(reason));
    return qd_error_wrap(error, QD_CONTENT_TYPE_HEADER, "java.lang.IllegalArgumentException: %.*s",
                         QD_SLICE_ARG(reason));
}

/* type/subtype, maybe with parameters behind a semicolon. */
static bool is_media_type(struct qd_slice value)
{
    size_t end = qd_slice_find_byte(value, ';');
    struct qd_slice media = end == SIZE_MAX ? value : qd_trim(qd_slice_sub(value, 0, end));
    size_t slash = qd_slice_find_byte(media, '/');
    return slash != SIZE_MAX && is_token(qd_slice_sub(media, 0, slash)) &&
           is_token(qd_trim(qd_slice_from(media, slash + 1)));
}

/* There is one Content-Type at most, and it has the form of a media type. Source: RestRequest. */
static enum qd_status check_content_type(const struct qd_http_request *http, struct qd_arena *arena,
                                         struct qd_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < http->header_count; i++) {
        count += qd_http_equal_no_case(http->headers[i].name, "Content-Type") ? 1 : 0;
    }
    if (count == 0) return QD_OK;
    if (count > 1) {
        return bad_content_type(error, QD_SLICE("only one Content-Type header should be provided"));
    }
    struct qd_slice value = qd_http_header_find(http, "Content-Type");
    size_t end = qd_slice_find_byte(value, ';');
    if (end == 0 && qd_trim(qd_slice_from(value, 1)).size == 0) {
        return bad_content_type(error, QD_SLICE("empty Content-Type header"));
    }
    if (is_media_type(value)) return QD_OK;
    value = qd_arena_format(arena, "invalid Content-Type header [%.*s]", QD_SLICE_ARG(value));
    return bad_content_type(error, value);
}

enum qd_status qd_rendering_init(struct qd_rendering *rendering, struct qd_call *call,
                                 const struct qd_http_request *http, struct qd_error *error)
{
    rendering->answer_type = QD_XCONTENT_NONE;
    if (http != NULL) {
        rendering->content_type = qd_http_header_find(http, "Content-Type");
        rendering->request_id = qd_http_header_find(http, "X-Request-Id");
        rendering->head = http->method == QD_HTTP_HEAD;
        enum qd_xcontent_type accept = qd_xcontent_from_media_type(qd_http_header_find(http, "Accept"));
        if (accept != QD_XCONTENT_NONE && accept != QD_XCONTENT_NDJSON) {
            rendering->answer_type = accept;
            call->structured = true;
        }
    }
    struct qd_slice format = qd_call_parameter(call, "format");
    if (format.size > 0) {
        enum qd_xcontent_type type = qd_xcontent_from_media_type(format);
        call->structured = type != QD_XCONTENT_NONE && type != QD_XCONTENT_NDJSON;
        rendering->answer_type = call->structured ? type : QD_XCONTENT_NONE;
    }
    /* An answer whose type was not asked for has the type of the request. */
    if (rendering->answer_type == QD_XCONTENT_NONE) {
        rendering->answer_type = qd_xcontent_from_media_type(rendering->content_type);
    }
    if (rendering->answer_type == QD_XCONTENT_NONE || rendering->answer_type == QD_XCONTENT_NDJSON) {
        rendering->answer_type = QD_XCONTENT_JSON;
    }
    QD_TRY(flag(call, "pretty", &rendering->pretty, error));
    QD_TRY(flag(call, "human", &call->human, error));
    QD_TRY(flag(call, "error_trace", &rendering->error_trace, error));
    struct qd_slice filter = qd_call_parameter(call, "filter_path");
    if (filter.size > 0) rendering->filter_path = filter;
    return http == NULL ? QD_OK : check_content_type(http, call->arena, error);
}

static enum qd_status source_parameter(struct qd_rendering *rendering, struct qd_call *call,
                                       struct qd_error *error)
{
    struct qd_slice source = qd_call_parameter(call, "source");
    struct qd_slice type = qd_call_parameter(call, "source_content_type");
    if (source.data == NULL || call->body.size > 0) return QD_OK;
    if (type.data == NULL) {
        return qd_error_set(error, QD_ILLEGAL_STATE,
                            "source and source_content_type parameters are required");
    }
    if (!is_media_type(type)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "invalid Content-Type header [%.*s]",
                            QD_SLICE_ARG(type));
    }
    call->body = source;
    rendering->content_type = type;
    return QD_OK;
}

static enum qd_status unsupported(const struct qd_rendering *rendering, struct qd_error *error)
{
    if (rendering->content_type.data == NULL) {
        return qd_error_set(error, QD_UNSUPPORTED_MEDIA_TYPE, "Content-Type header [] is not supported");
    }
    return qd_error_set(error, QD_UNSUPPORTED_MEDIA_TYPE, "Content-Type header [%.*s] is not supported",
                        QD_SLICE_ARG(rendering->content_type));
}

/* SMILE documents end with 0xff; what is behind the last of them has no line feed at its end either. */
static enum qd_status smile_lines(struct qd_call *call, struct qd_error *error)
{
    struct qd_buffer lines = { 0 };
    struct qd_slice rest = call->body, json;
    enum qd_status status = QD_OK;
    while (status == QD_OK && rest.size > 0) {
        size_t end = qd_slice_find_byte(rest, '\xff');
        bool ended = end != SIZE_MAX;
        struct qd_slice piece = ended ? qd_slice_sub(rest, 0, end) : rest;
        rest = ended ? qd_slice_from(rest, end + 1) : QD_SLICE("");
        if (!ended) {
            qd_buffer_byte(&lines, ' ');
            break;
        }
        status = piece.size == 0 ? QD_OK
                                 : qd_xcontent_to_json(call->arena, QD_XCONTENT_SMILE, piece, &json, error);
        if (status == QD_OK && piece.size > 0) qd_buffer_slice(&lines, json);
        qd_buffer_byte(&lines, '\n');
    }
    if (status == QD_OK) call->body = qd_arena_copy(call->arena, qd_buffer_view(&lines));
    qd_buffer_deinit(&lines);
    return status;
}

/* The lines of a bulk or of several searches in another form. */
static enum qd_status stream_to_json(const struct qd_rendering *rendering, struct qd_call *call,
                                     struct qd_error *error)
{
    if (rendering->request_type == QD_XCONTENT_SMILE) return smile_lines(call, error);
    return qd_error_set(error, QD_UNSUPPORTED_MEDIA_TYPE,
                        "Content-Type [%s] does not support stream parsing. Use JSON or SMILE instead",
                        rendering->request_type == QD_XCONTENT_YAML ? "YAML" : "CBOR");
}

/* A binary body that is one text, cut off, reads as an empty one: most operations ask of which kind it is and
 * no more. Putting an alias reads it to its end. */
static enum qd_status check_text_whole(const struct qd_route *route, struct qd_slice bytes,
                                       struct qd_slice json, struct qd_error *error)
{
    size_t empty = qd_slice_starts_with(bytes, QD_SLICE(":)\n")) ? 5 : 1;
    bool cut = qd_slice_is(json, "\"\"") && bytes.size > empty;
    if (!cut || route->handler != qd_coordinator_put_alias) return QD_OK;
    return qd_error_set(error, QD_JSON_EOF, "Unexpected end-of-input in VALUE_STRING");
}

static enum qd_status read_body(struct qd_rendering *rendering, struct qd_call *call,
                                const struct qd_route *route, struct qd_error *error)
{
    if ((route->flags & QD_ROUTE_SOURCE) != 0) QD_TRY(source_parameter(rendering, call, error));
    rendering->request_type = qd_xcontent_from_media_type(rendering->content_type);
    if (call->body.size == 0) return QD_OK;
    bool is_read = (route->flags & (QD_ROUTE_SOURCE | QD_ROUTE_NDJSON | QD_ROUTE_BODY)) != 0;
    switch (rendering->request_type) {
    case QD_XCONTENT_JSON:
    case QD_XCONTENT_NDJSON: return QD_OK;
    case QD_XCONTENT_YAML:
    case QD_XCONTENT_CBOR:
    case QD_XCONTENT_SMILE:
        if (!is_read) return QD_OK;
        break;
    case QD_XCONTENT_NONE: return unsupported(rendering, error);
    }
    if ((route->flags & QD_ROUTE_NDJSON) != 0) return stream_to_json(rendering, call, error);
    struct qd_slice bytes = call->body;
    QD_TRY(qd_xcontent_to_json(call->arena, rendering->request_type, bytes, &call->body, error));
    if (rendering->request_type == QD_XCONTENT_YAML) return QD_OK;
    return check_text_whole(route, bytes, call->body, error);
}

enum qd_status qd_rendering_body(struct qd_rendering *rendering, struct qd_call *call,
                                 const struct qd_route *route, struct qd_error *error)
{
    enum qd_status status = read_body(rendering, call, route, error);
    bool tells = (route->flags & QD_ROUTE_TELLS_BODY) != 0;
    if (status == QD_OK || status == QD_UNSUPPORTED_MEDIA_TYPE || !tells) return status;
    struct qd_error *kept = QD_NEW(call->arena, struct qd_error);
    *kept = *error;
    qd_error_init(error, error->arena);
    call->body_error = kept;
    return QD_OK;
}

/* ---- the answer ---- */

static void add_header(struct qd_answer *answer, const char *name, struct qd_slice value)
{
    if (answer->header_count == sizeof(answer->headers) / sizeof(answer->headers[0])) return;
    answer->headers[answer->header_count].name = qd_slice_from_string(name);
    answer->headers[answer->header_count++].value = value;
}

/* "[3:7] [terms] unknown ..." */
static bool has_position(struct qd_slice reason, size_t *end)
{
    size_t at = 1;
    if (reason.size == 0 || reason.data[0] != '[') return false;
    while (at < reason.size &&
           (reason.data[at] == ':' || (reason.data[at] >= '0' && reason.data[at] <= '9'))) {
        at++;
    }
    *end = at;
    return at > 3 && at < reason.size && reason.data[at] == ']' &&
           memchr(reason.data, ':', at) != NULL;
}

/* Binary bodies have no lines and columns. */
static void forget_positions(struct qd_error *error, struct qd_arena *arena)
{
    size_t end;
    for (struct qd_error *at = error; at != NULL; at = at->cause) {
        struct qd_error_field **link = &at->first;
        while (*link != NULL) {
            bool position = qd_slice_is((*link)->key, "line") || qd_slice_is((*link)->key, "col");
            if (position) *link = (*link)->next;
            else link = &(*link)->next;
        }
        if (has_position(at->reason, &end)) {
            at->reason = qd_arena_format(arena, "[-1:0%.*s", QD_SLICE_ARG(qd_slice_from(at->reason, end)));
        }
    }
}

/* A failed call's body. Media type errors are the reference's old plain form. */
static void write_error(struct qd_call *call, bool trace)
{
    struct qd_json_writer writer = qd_call_writer(call);
    call->response.size = 0;
    qd_json_begin_object(&writer);
    qd_json_name(&writer, "error");
    if (call->error.status == QD_UNSUPPORTED_MEDIA_TYPE) {
        qd_json_string(&writer, call->error.reason);
    } else {
        qd_error_json_with_root(&call->error, trace, &writer);
    }
    qd_json_member_int(&writer, "status", call->status);
    qd_json_end_object(&writer);
}

static enum qd_status filter(struct qd_call *call, const struct qd_rendering *rendering,
                             struct qd_error *error)
{
    struct qd_json_document document;
    struct qd_buffer filtered = { 0 };
    struct qd_json_writer writer = { .out = &filtered };
    QD_TRY(qd_json_parse(call->arena, qd_buffer_view(&call->response), &document, error));
    qd_filter_path_write(qd_filter_path_parse(call->arena, rendering->filter_path), document.root, &writer);
    qd_buffer_deinit(&call->response);
    call->response = filtered;
    return QD_OK;
}

static enum qd_status render_json(struct qd_call *call, const struct qd_rendering *rendering,
                                  struct qd_answer *answer, struct qd_error *error)
{
    /* Errors are told whole: the reference filters answers only. */
    bool empty = call->response.size == 0;
    bool filtered = rendering->filter_path.data != NULL && !call->failed && !empty;
    if (filtered) QD_TRY(filter(call, rendering, error));
    add_header(answer, "content-type", qd_slice_from_string(qd_xcontent_media_type(rendering->answer_type)));
    if (empty || (rendering->answer_type == QD_XCONTENT_JSON && !rendering->pretty)) {
        answer->body = call->response;
        call->response = (struct qd_buffer){ 0 };
        return QD_OK;
    }
    return qd_xcontent_from_json(qd_buffer_view(&call->response), rendering->answer_type, rendering->pretty,
                                 &answer->body, error);
}

static void add_warnings(const struct qd_call *call, struct qd_answer *answer)
{
    for (size_t i = 0; i < call->warning_count; i++) {
        struct qd_buffer text = { 0 };
        qd_buffer_text(&text, "299 OpenSearch-" QD_OPENSEARCH_VERSION "-" QD_OPENSEARCH_BUILD_HASH " \"");
        for (size_t b = 0; b < call->warnings[i].size; b++) {
            char c = call->warnings[i].data[b];
            if (c == '"' || c == '\\') qd_buffer_byte(&text, '\\');
            qd_buffer_byte(&text, (uint8_t)c);
        }
        qd_buffer_text(&text, "\"");
        add_header(answer, "Warning", qd_arena_copy(call->arena, qd_buffer_view(&text)));
        qd_buffer_deinit(&text);
    }
}

void qd_respond_render(struct qd_call *call, const struct qd_rendering *rendering, struct qd_answer *answer)
{
    *answer = (struct qd_answer){ .status = call->status };
    if (call->failed) {
        bool binary = rendering->request_type == QD_XCONTENT_CBOR ||
                      rendering->request_type == QD_XCONTENT_SMILE;
        call->content_type = NULL;
        if (binary) forget_positions(&call->error, call->arena);
        write_error(call, rendering->error_trace);
    }
    answer->headers[answer->header_count++] = version_header;
    if (call->opaque_id.data != NULL) add_header(answer, "X-Opaque-Id", call->opaque_id);
    if (rendering->request_id.data != NULL) add_header(answer, "X-Request-Id", rendering->request_id);
    if (call->location.data != NULL) add_header(answer, "Location", call->location);
    if (rendering->allow.data != NULL) add_header(answer, "Allow", rendering->allow);
    add_warnings(call, answer);
    if (call->content_type != NULL) {
        add_header(answer, "content-type", qd_slice_from_string(call->content_type));
        answer->body = call->response;
        call->response = (struct qd_buffer){ 0 };
        return;
    }
    struct qd_error error;
    qd_error_init(&error, call->arena);
    if (render_json(call, rendering, answer, &error) != QD_OK) {
        answer->status = 500;
        qd_buffer_deinit(&answer->body);
        call->error = error;
        write_error(call, false);
        answer->body = call->response;
        call->response = (struct qd_buffer){ 0 };
    }
}
