#include <string.h>

#include "base/json_writer.h"
#include "rest/http_internal.h"

const char *qd_http_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        { 100, "Continue" },
        { 200, "OK" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 203, "Non-Authoritative Information" },
        { 204, "No Content" },
        { 207, "Multi-Status" },
        { 301, "Moved Permanently" },
        { 302, "Found" },
        { 304, "Not Modified" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 406, "Not Acceptable" },
        { 408, "Request Timeout" },
        { 409, "Conflict" },
        { 410, "Gone" },
        { 411, "Length Required" },
        { 412, "Precondition Failed" },
        { 413, "Request Entity Too Large" },
        { 414, "Request-URI Too Long" },
        { 415, "Unsupported Media Type" },
        { 416, "Requested Range Not Satisfiable" },
        { 417, "Expectation Failed" },
        { 422, "Unprocessable Entity" },
        { 423, "Locked" },
        { 424, "Failed Dependency" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 502, "Bad Gateway" },
        { 503, "Service Unavailable" },
        { 504, "Gateway Timeout" },
        { 505, "HTTP Version Not Supported" },
        { 507, "Insufficient Storage" },
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++) {
        if (reasons[i].status == status) return reasons[i].reason;
    }
    return "Unknown Status";
}

static void append_clean(struct qd_buffer *out, struct qd_slice text)
{
    char *to = qd_buffer_reserve(out, text.size);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        to[i] = byte < ' ' || byte == 0x7f ? ' ' : text.data[i];
    }
    out->size += text.size;
}

void qd_http_append_header(struct qd_buffer *lines, struct qd_slice name, struct qd_slice value)
{
    append_clean(lines, name);
    qd_buffer_text(lines, ": ");
    append_clean(lines, value);
    qd_buffer_text(lines, "\r\n");
}

void qd_http_answer_finish(struct qd_http_exchange *exchange, int status, struct qd_slice header_lines,
                           enum qd_http_coding coding)
{
    struct qd_buffer *head = &exchange->answer_head;
    /* A request that could not be read at all is answered as HTTP/1.1. */
    unsigned minor = exchange->request.arena == NULL ? 1 : exchange->head.minor;
    qd_buffer_format(head, "HTTP/1.%u %d %s\r\n", minor, status, qd_http_reason(status));
    qd_buffer_slice(head, header_lines);
    if (coding == QD_HTTP_GZIP) qd_buffer_text(head, "content-encoding: gzip\r\n");
    if (coding == QD_HTTP_DEFLATE) qd_buffer_text(head, "content-encoding: deflate\r\n");
    qd_buffer_format(head, "content-length: %zu\r\n", exchange->answer_body.size);
    if (exchange->server->settings.cors_enabled) qd_http_cors_append(exchange, head);
    bool expected_to_stay = minor == 1 && (exchange->request.arena == NULL || exchange->head.keep_alive);
    if (exchange->close_after && expected_to_stay) qd_buffer_text(head, "connection: close\r\n");
    qd_buffer_text(head, "\r\n");
    if (exchange->request.method == QD_HTTP_HEAD) qd_buffer_deinit(&exchange->answer_body);
    exchange->state = QD_HTTP_READY;
}

void qd_http_answer_empty(struct qd_http_exchange *exchange, int status, struct qd_slice header_lines)
{
    qd_buffer_deinit(&exchange->answer_body);
    qd_http_answer_finish(exchange, status, header_lines, QD_HTTP_IDENTITY);
}

static void write_error(struct qd_json_writer *writer, const struct qd_http_fault *fault)
{
    qd_json_member_text(writer, "type", fault->type);
    qd_json_member_text(writer, "reason", fault->reason);
}

/* A reason may hold any byte that the client sent: what is not ASCII is read as Latin-1, as the reference
 * does. */
static void make_text(char *to, size_t size, const char *from)
{
    size_t used = 0;
    for (; *from != 0 && used + 3 < size; from++) {
        unsigned char byte = (unsigned char)*from;
        if (byte >= 0x80) to[used++] = (char)(0xc0 | byte >> 6);
        to[used++] = byte < 0x80 ? (char)byte : (char)(0x80 | (byte & 0x3f));
    }
    to[used] = 0;
}

void qd_http_answer_fault(struct qd_http_exchange *exchange, const struct qd_http_fault *fault)
{
    const struct qd_http_settings *settings = &exchange->server->settings;
    struct qd_buffer lines = { 0 };
    if (fault->type == NULL) {
        qd_http_answer_empty(exchange, fault->status, qd_buffer_view(&lines));
        return;
    }
    for (size_t i = 0; i < settings->error_header_count; i++) {
        qd_http_append_header(&lines, settings->error_headers[i].name, settings->error_headers[i].value);
    }
    qd_http_append_header(&lines, QD_SLICE("content-type"), QD_SLICE("application/json; charset=UTF-8"));
    struct qd_http_fault clean = *fault;
    make_text(clean.reason, sizeof(clean.reason), fault->reason);
    struct qd_json_writer writer = { .out = &exchange->answer_body };
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "error");
    qd_json_member_array(&writer, "root_cause");
    qd_json_begin_object(&writer);
    write_error(&writer, &clean);
    qd_json_end_object(&writer);
    qd_json_end_array(&writer);
    write_error(&writer, &clean);
    if (clean.cause[0] != 0) {
        qd_json_member_object(&writer, "caused_by");
        qd_json_member_text(&writer, "type", "illegal_argument_exception");
        qd_json_member_text(&writer, "reason", clean.cause);
        qd_json_end_object(&writer);
    }
    qd_json_end_object(&writer);
    qd_json_member_int(&writer, "status", clean.status);
    qd_json_end_object(&writer);
    qd_http_answer_finish(exchange, clean.status, qd_buffer_view(&lines), QD_HTTP_IDENTITY);
    qd_buffer_deinit(&lines);
}
