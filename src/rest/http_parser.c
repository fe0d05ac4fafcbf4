#include "rest/http_parser.h"

#include <string.h>

#include "base/assert.h"

/* Framing (chunk sizes, extensions, trailers) may cost this many bytes per byte of body, and header_size_max
 * on top: chunks of one byte are allowed, endless extensions and trailers are not. */
#define OVERHEAD_PER_BYTE 16

static int on_headers_complete(llhttp_t *llhttp)
{
    /* No protocol is ever switched: what follows the head is a body. */
    llhttp->upgrade = 0;
    return HPE_OK;
}

static int on_body(llhttp_t *llhttp, const char *data, size_t size)
{
    struct qd_http_parser *parser = llhttp->data;
    parser->body_size += size;
    parser->body(parser->body_context, qd_slice_make(data, size));
    return HPE_OK;
}

static int on_message_complete(llhttp_t *llhttp)
{
    struct qd_http_parser *parser = llhttp->data;
    parser->complete = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t callbacks = {
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

void qd_http_parser_init(struct qd_http_parser *parser, size_t line_size_max, size_t header_size_max,
                         void (*body)(void *context, struct qd_slice piece), void *body_context)
{
    *parser = (struct qd_http_parser){ .line_size_max = line_size_max,
                                       .header_size_max = header_size_max,
                                       .body = body,
                                       .body_context = body_context };
}

void qd_http_parser_deinit(struct qd_http_parser *parser)
{
    qd_buffer_deinit(&parser->text);
    qd_arena_destroy(parser->arena);
    parser->arena = NULL;
}

bool qd_http_parser_is_inside(const struct qd_http_parser *parser)
{
    return parser->in_body || parser->text.size > 0;
}

static enum qd_http_step failed(struct qd_http_parser *parser)
{
    parser->failed = true;
    qd_http_parser_deinit(parser);
    return QD_HTTP_STEP_FAULT;
}

/* ---- head ---- */

/* Checks the line that is being gathered. ended: its LF is there (size counts CR and LF then). */
static bool check_line(struct qd_http_parser *parser, size_t size, bool ended, struct qd_http_fault *fault)
{
    const char *line = parser->text.data + parser->line_start;
    if (ended && (size < 2 || line[size - 2] != '\r')) {
        return qd_http_fault_set(fault, 400, "invalid_line_separator_exception",
                                 "Line Feed must be preceded by Carriage Return when terminating HTTP start- "
                                 "and header field-lines");
    }
    bool first = parser->line_start == 0;
    /* The CR of an unfinished line does not count. */
    size_t length = ended ? size - 2 : size - (size > 0 && line[size - 1] == '\r');
    if (first && length > parser->line_size_max) {
        return qd_http_fault_set(fault, 400, "too_long_http_line_exception",
                                 "An HTTP line is larger than %zu bytes.", parser->line_size_max);
    }
    if (!first && parser->header_size + length > parser->header_size_max) {
        return qd_http_fault_set(fault, 400, "too_long_http_header_exception",
                                 "HTTP header is larger than %zu bytes.", parser->header_size_max);
    }
    return true;
}

/* llhttp reads the head as well. Bytes from 0x80 on, which the reference allows in a target, are hidden from
 * it. */
static bool llhttp_agrees(struct qd_http_parser *parser, struct qd_slice text, struct qd_http_fault *fault)
{
    char *copy = qd_arena_string(parser->arena, text);
    size_t line_end = qd_slice_find_byte(text, '\r');
    for (size_t i = 0; i < line_end; i++) {
        if ((unsigned char)copy[i] >= 0x80) copy[i] = 'x';
    }
    llhttp_init(&parser->llhttp, HTTP_REQUEST, &callbacks);
    parser->llhttp.data = parser;
    parser->complete = false;
    enum llhttp_errno result = llhttp_execute(&parser->llhttp, copy, text.size);
    if (result == HPE_PAUSED && parser->complete) {
        /* A message without body ends exactly with its head. */
        qd_assert(llhttp_get_error_pos(&parser->llhttp) == copy + text.size);
        return true;
    }
    if (result == HPE_OK && !parser->complete) return true;
    const char *reason = llhttp_get_error_reason(&parser->llhttp);
    return qd_http_fault_set(fault, 400, "illegal_argument_exception", "%s", reason == NULL
                             ? "invalid request" : reason);
}

static enum qd_http_step finish_head(struct qd_http_parser *parser, struct qd_http_fault *fault)
{
    parser->arena = qd_arena_create(0);
    struct qd_slice text = qd_arena_copy(parser->arena, qd_buffer_view(&parser->text));
    qd_buffer_deinit(&parser->text);
    parser->line_start = 0;
    parser->header_size = 0;
    parser->body_size = 0;
    parser->overhead_size = 0;
    if (!qd_http_head_parse(text, parser->arena, &parser->head, fault)) return failed(parser);
    if (!llhttp_agrees(parser, text, fault)) return failed(parser);
    bool no_body = !parser->head.chunked && parser->head.content_length == 0;
    if (no_body != parser->complete) {
        qd_http_fault_set(fault, 400, "illegal_argument_exception", "the end of the request is in doubt");
        return failed(parser);
    }
    parser->in_body = true;
    return QD_HTTP_STEP_HEAD;
}

static enum qd_http_step step_head(struct qd_http_parser *parser, struct qd_slice *bytes,
                                   struct qd_http_fault *fault)
{
    while (bytes->size > 0) {
        size_t end = qd_slice_find_byte(*bytes, '\n');
        bool ended = end != SIZE_MAX;
        size_t size = ended ? end + 1 : bytes->size;
        /* One byte more than can be right is enough to see that a line is too long. */
        size_t most = parser->line_size_max + parser->header_size_max + 4;
        if (size > most) {
            size = most;
            ended = false;
        }
        qd_buffer_append(&parser->text, bytes->data, size);
        *bytes = qd_slice_from(*bytes, size);
        size_t line_size = parser->text.size - parser->line_start;
        if (!check_line(parser, line_size, ended, fault)) return failed(parser);
        if (!ended) continue;
        if (line_size == 2 && parser->line_start == 0) {
            /* An empty line before a request is skipped. */
            parser->text.size = 0;
            continue;
        }
        if (parser->line_start > 0) parser->header_size += line_size - 2;
        parser->line_start = parser->text.size;
        if (line_size == 2) return finish_head(parser, fault);
    }
    if (parser->text.size == 0) qd_buffer_deinit(&parser->text);
    return QD_HTTP_STEP_MORE;
}

/* ---- body ---- */

static enum qd_http_step done(struct qd_http_parser *parser)
{
    parser->in_body = false;
    parser->complete = false;
    return QD_HTTP_STEP_DONE;
}

static enum qd_http_step chunk_fault(struct qd_http_parser *parser, enum llhttp_errno result,
                                     struct qd_http_fault *fault)
{
    const char *reason = llhttp_get_error_reason(&parser->llhttp);
    bool size = result == HPE_INVALID_CHUNK_SIZE;
    qd_http_fault_set(fault, 400, size ? "number_format_exception" : "illegal_argument_exception", "%s",
                      size || reason == NULL ? "Invalid character in chunk size" : reason);
    return failed(parser);
}

static enum qd_http_step step_body(struct qd_http_parser *parser, struct qd_slice *bytes,
                                   struct qd_http_fault *fault)
{
    if (parser->complete) return done(parser);
    if (bytes->size == 0) return QD_HTTP_STEP_MORE;
    uint64_t body_before = parser->body_size;
    enum llhttp_errno result = llhttp_execute(&parser->llhttp, bytes->data, bytes->size);
    size_t used = bytes->size;
    if (result == HPE_PAUSED && parser->complete) {
        used = (size_t)(llhttp_get_error_pos(&parser->llhttp) - bytes->data);
    } else if (result != HPE_OK) {
        return chunk_fault(parser, result, fault);
    }
    *bytes = qd_slice_from(*bytes, used);
    parser->overhead_size += used - (parser->body_size - body_before);
    if (parser->overhead_size > parser->header_size_max + parser->body_size * OVERHEAD_PER_BYTE) {
        qd_http_fault_set(fault, 400, "too_long_http_header_exception",
                          "HTTP header is larger than %zu bytes.", parser->header_size_max);
        return failed(parser);
    }
    return parser->complete ? done(parser) : QD_HTTP_STEP_MORE;
}

enum qd_http_step qd_http_parser_step(struct qd_http_parser *parser, struct qd_slice *bytes,
                                      struct qd_http_fault *fault)
{
    qd_assert(!parser->failed);
    if (parser->in_body) return step_body(parser, bytes, fault);
    return step_head(parser, bytes, fault);
}
