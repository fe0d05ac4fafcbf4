#include "rest/http_head.h"

#include <stdio.h>
#include <string.h>

#include "base/vector.h"

#define ILLEGAL "illegal_argument_exception"

bool qd_http_fault_set(struct qd_http_fault *fault, int status, const char *type, const char *format, ...)
{
    va_list arguments;
    fault->status = status;
    fault->type = type;
    fault->cause[0] = 0;
    va_start(arguments, format);
    vsnprintf(fault->reason, sizeof(fault->reason), format, arguments);
    va_end(arguments);
    return false;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
}

bool qd_http_equal_no_case(struct qd_slice left, const char *right)
{
    for (size_t i = 0; i < left.size; i++) {
        if (right[i] == 0 || lower(left.data[i]) != lower(right[i])) return false;
    }
    return right[left.size] == 0;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static struct qd_slice trim(struct qd_slice text)
{
    while (text.size > 0 && is_blank(text.data[0])) text = qd_slice_from(text, 1);
    while (text.size > 0 && is_blank(text.data[text.size - 1])) text.size--;
    return text;
}

bool qd_http_next_element(struct qd_slice *rest, struct qd_slice *element)
{
    if (rest->data == NULL) return false;
    size_t comma = qd_slice_find_byte(*rest, ',');
    if (comma == SIZE_MAX) {
        *element = trim(*rest);
        *rest = (struct qd_slice){ NULL, 0 };
    } else {
        *element = trim(qd_slice_sub(*rest, 0, comma));
        *rest = qd_slice_from(*rest, comma + 1);
    }
    return true;
}

/* Takes a line from the text, without its CR LF. */
static struct qd_slice next_line(struct qd_slice *text)
{
    size_t end = qd_slice_find_byte(*text, '\n');
    struct qd_slice line = qd_slice_sub(*text, 0, end - 1);
    *text = qd_slice_from(*text, end + 1);
    return line;
}

/* ---- request line ---- */

static const char *const method_names[QD_HTTP_METHOD_COUNT] = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT",
};

struct qd_slice qd_http_method_name(enum qd_http_method method)
{
    return qd_slice_from_string(method_names[method]);
}

static bool parse_method(struct qd_slice name, struct qd_http_head *head, struct qd_http_fault *fault)
{
    for (size_t i = 0; i < QD_HTTP_METHOD_COUNT; i++) {
        if (!qd_slice_is(name, method_names[i])) continue;
        head->method = (enum qd_http_method)i;
        return true;
    }
    return qd_http_fault_set(fault, 400, ILLEGAL, "Unexpected http method: %.*s", QD_SLICE_ARG(name));
}

static bool parse_version(struct qd_slice version, struct qd_http_head *head, struct qd_http_fault *fault)
{
    head->minor = qd_slice_is(version, "HTTP/1.1") ? 1 : 0;
    if (head->minor == 1 || qd_slice_is(version, "HTTP/1.0")) return true;
    return qd_http_fault_set(fault, 400, ILLEGAL, "invalid version format: %.*s", QD_SLICE_ARG(version));
}

/* Splits the target; an absolute one loses its scheme and authority. */
static bool parse_target(struct qd_slice target, struct qd_http_head *head, struct qd_http_fault *fault)
{
    for (size_t i = 0; i < target.size; i++) {
        unsigned char byte = (unsigned char)target.data[i];
        if (byte <= ' ' || byte == 0x7f) {
            return qd_http_fault_set(fault, 400, ILLEGAL, "Illegal character in request target at index %zu",
                                     i);
        }
    }
    head->target = target;
    struct qd_slice path = target;
    bool absolute = qd_slice_starts_with(path, QD_SLICE("http://"));
    absolute = absolute || qd_slice_starts_with(path, QD_SLICE("https://"));
    if (absolute) {
        path = qd_slice_from(path, qd_slice_find_byte(path, ':') + 3);
        size_t slash = 0;
        while (slash < path.size && path.data[slash] != '/' && path.data[slash] != '?') slash++;
        path = qd_slice_from(path, slash);
    }
    size_t mark = qd_slice_find_byte(path, '?');
    head->query = mark == SIZE_MAX ? (struct qd_slice){ "", 0 } : qd_slice_from(path, mark + 1);
    head->path = mark == SIZE_MAX ? path : qd_slice_sub(path, 0, mark);
    if (absolute && head->path.size == 0) head->path = QD_SLICE("/");
    return true;
}

static bool parse_request_line(struct qd_slice line, struct qd_http_head *head, struct qd_http_fault *fault)
{
    size_t first = qd_slice_find_byte(line, ' ');
    struct qd_slice rest = first == SIZE_MAX ? (struct qd_slice){ "", 0 } : qd_slice_from(line, first + 1);
    size_t second = qd_slice_find_byte(rest, ' ');
    if (first == SIZE_MAX || second == SIZE_MAX) {
        return qd_http_fault_set(fault, 400, ILLEGAL, "text is empty (possibly HTTP/0.9)");
    }
    if (second == 0) return qd_http_fault_set(fault, 400, ILLEGAL, "request target is empty");
    return parse_method(qd_slice_sub(line, 0, first), head, fault) &&
           parse_version(qd_slice_from(rest, second + 1), head, fault) &&
           parse_target(qd_slice_sub(rest, 0, second), head, fault);
}

/* ---- header lines ---- */

static bool is_token(char byte)
{
    if ((byte >= '0' && byte <= '9') || (lower(byte) >= 'a' && lower(byte) <= 'z')) return true;
    return byte != 0 && strchr("!#$%&'*+-.^_`|~", byte) != NULL;
}

static bool parse_header(struct qd_slice line, struct qd_http_header *header, struct qd_http_fault *fault)
{
    size_t colon = qd_slice_find_byte(line, ':');
    if (colon == SIZE_MAX) return qd_http_fault_set(fault, 400, ILLEGAL, "No colon found");
    if (colon == 0) return qd_http_fault_set(fault, 400, ILLEGAL, "empty headers are not allowed []");
    header->name = qd_slice_sub(line, 0, colon);
    header->value = trim(qd_slice_from(line, colon + 1));
    for (size_t i = 0; i < colon; i++) {
        if (is_token(line.data[i])) continue;
        return qd_http_fault_set(fault, 400, ILLEGAL,
                                 "a header name can only contain \"token\" characters, but found invalid "
                                 "character 0x%x at index %zu of header '%.*s'.",
                                 (unsigned)(unsigned char)line.data[i], i, QD_SLICE_ARG(header->name));
    }
    for (size_t i = 0; i < header->value.size; i++) {
        unsigned char byte = (unsigned char)header->value.data[i];
        if ((byte >= ' ' && byte != 0x7f) || byte == '\t') continue;
        qd_http_fault_set(fault, 400, ILLEGAL, "Validation failed for header '%.*s'",
                          QD_SLICE_ARG(header->name));
        snprintf(fault->cause, sizeof(fault->cause),
                 "a header value contains prohibited character 0x%x at index %zu.", (unsigned)byte, i);
        return false;
    }
    return true;
}

/* ---- what the headers mean ---- */

/* The fields that frame a message, gathered over all header lines. */
struct framing {
    unsigned lengths;       /* how many Content-Length values there are */
    struct qd_slice length; /* the first */
    unsigned codings;       /* how many transfer codings there are */
    struct qd_slice coding; /* the first */
    bool close;
    bool stay;
};

static void read_lengths(struct framing *framing, struct qd_slice value, char *all, size_t size)
{
    struct qd_slice element;
    while (qd_http_next_element(&value, &element)) {
        size_t used = strlen(all);
        if (framing->lengths++ == 0) framing->length = element;
        snprintf(all + used, size - used, "%s%.*s", used == 0 ? "" : ", ", QD_SLICE_ARG(element));
    }
}

static void read_list(struct framing *framing, struct qd_slice value, bool transfer)
{
    struct qd_slice element;
    while (qd_http_next_element(&value, &element)) {
        if (transfer) {
            if (framing->codings++ == 0) framing->coding = element;
        } else {
            framing->close = framing->close || qd_http_equal_no_case(element, "close");
            framing->stay = framing->stay || qd_http_equal_no_case(element, "keep-alive");
        }
    }
}

static bool parse_length(const struct framing *framing, struct qd_http_head *head,
                         struct qd_http_fault *fault)
{
    struct qd_slice text = framing->length;
    bool number = text.size > 0 && text.size <= 18;
    for (size_t i = 0; number && i < text.size; i++) {
        number = text.data[i] >= '0' && text.data[i] <= '9';
        head->content_length = head->content_length * 10 + (uint64_t)(text.data[i] - '0');
    }
    if (number) return true;
    return qd_http_fault_set(fault, 400, ILLEGAL, "Content-Length value is not a number: %.*s",
                             QD_SLICE_ARG(text));
}

static bool decide_length(const struct framing *framing, const char *lengths, struct qd_http_head *head,
                           struct qd_http_fault *fault)
{
    if (framing->codings > 0 && framing->lengths > 0) {
        return qd_http_fault_set(fault, 400, "content_length_not_allowed_exception",
                                 "Content-Length are not allowed in HTTP/1.1 messages that contains a "
                                 "Transfer-Encoding header.");
    }
    if (framing->codings > 0 && head->minor == 0) {
        return qd_http_fault_set(fault, 400, "transfer_encoding_not_allowed_exception",
                                 "The Transfer-Encoding header is only allowed in HTTP/1.1 or newer");
    }
    if (framing->codings > 0) {
        head->chunked = framing->codings == 1 && qd_http_equal_no_case(framing->coding, "chunked");
        return head->chunked || qd_http_fault_set(fault, 400, ILLEGAL,
                                                  "Transfer-Encoding other than chunked");
    }
    if (framing->lengths > 1) {
        return qd_http_fault_set(fault, 400, ILLEGAL, "Multiple Content-Length values found: [%s]", lengths);
    }
    return framing->lengths == 0 || parse_length(framing, head, fault);
}

/* Some readers take what follows a CONNECT for the tunnel's bytes, whatever length it announces. */
static bool decide_framing(const struct framing *framing, const char *lengths, struct qd_http_head *head,
                           struct qd_http_fault *fault)
{
    if (!decide_length(framing, lengths, head, fault)) return false;
    if (head->method != QD_HTTP_CONNECT || (!head->chunked && head->content_length == 0)) return true;
    return qd_http_fault_set(fault, 400, ILLEGAL, "a CONNECT request has no body");
}

static void read_coding(struct qd_http_head *head, struct qd_slice value)
{
    bool identity = value.size == 0 || qd_http_equal_no_case(value, "identity");
    if (qd_http_equal_no_case(value, "gzip") || qd_http_equal_no_case(value,
                                                                      "x-gzip")) head->coding = QD_HTTP_GZIP;
    if (qd_http_equal_no_case(value, "deflate") || qd_http_equal_no_case(value, "x-deflate")) {
        head->coding = QD_HTTP_DEFLATE;
    }
    head->has_coding = !identity && head->coding == QD_HTTP_IDENTITY;
}

static bool read_headers(struct qd_http_head *head, struct qd_http_fault *fault)
{
    struct framing framing = { 0 };
    char lengths[256] = "";
    unsigned hosts = 0;
    for (size_t i = 0; i < head->header_count; i++) {
        struct qd_slice name = head->headers[i].name;
        struct qd_slice value = head->headers[i].value;
        if (qd_http_equal_no_case(name, "content-length")) read_lengths(&framing, value, lengths,
                                                                        sizeof(lengths));
        if (qd_http_equal_no_case(name, "transfer-encoding")) read_list(&framing, value, true);
        if (qd_http_equal_no_case(name, "connection")) read_list(&framing, value, false);
        if (qd_http_equal_no_case(name, "content-encoding")) read_coding(head, value);
        if (qd_http_equal_no_case(name, "host")) hosts++;
        if (qd_http_equal_no_case(name, "expect") && head->minor > 0) {
            head->expect_continue = qd_http_equal_no_case(value, "100-continue");
            head->expect_unknown = !head->expect_continue;
        }
    }
    if (hosts > 1) return qd_http_fault_set(fault, 400, ILLEGAL, "more than one Host header");
    /* A tunnel is never made, so that what follows a CONNECT is in doubt. */
    head->keep_alive = !framing.close && (head->minor > 0 || framing.stay) && head->method != QD_HTTP_CONNECT;
    return decide_framing(&framing, lengths, head, fault);
}

bool qd_http_head_parse(struct qd_slice text, struct qd_arena *arena, struct qd_http_head *head,
                        struct qd_http_fault *fault)
{
    QD_VECTOR(struct qd_http_header) headers = { 0 };
    *head = (struct qd_http_head){ 0 };
    if (!parse_request_line(next_line(&text), head, fault)) return false;
    for (struct qd_slice line = next_line(&text); line.size > 0; line = next_line(&text)) {
        if (!parse_header(line, QD_PUSH(arena, &headers), fault)) return false;
    }
    head->headers = headers.data;
    head->header_count = headers.count;
    return read_headers(head, fault);
}
