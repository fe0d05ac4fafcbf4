/* The head of an HTTP/1.1 request: request line and header lines, checked strictly.
 *
 * Used by http_parser. Pure functions over bytes. What it refuses and with which words follows the reference
 * where that refuses too; beyond it, everything is refused whose framing two readers could understand
 * differently (folded lines, blanks before a colon, more than one length, other transfer codings than
 * chunked). Source: RFC 9112 sections 3, 5, 6.
 */
#ifndef QD_REST_HTTP_HEAD_H
#define QD_REST_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "rest/http_server.h"

/* Why a request was refused. */
struct qd_http_fault {
    int status;        /* HTTP code of the answer */
    const char *type;  /* exception type; NULL: an answer without body */
    char reason[512];  /* the sentence; cut when it is longer */
    char cause[128];   /* reason of the illegal_argument_exception that caused it; empty: none */
};

/* How a body is compressed. */
enum qd_http_coding { QD_HTTP_IDENTITY, QD_HTTP_GZIP, QD_HTTP_DEFLATE };

/* A request's head. Memory: the arena given to qd_http_head_parse. */
struct qd_http_head {
    enum qd_http_method method;
    struct qd_slice target;         /* as sent */
    struct qd_slice path;           /* of the target, without scheme and authority */
    struct qd_slice query;          /* of the target */
    struct qd_http_header *headers; /* headers[header_count] */
    size_t header_count;
    unsigned minor;                 /* HTTP/1.minor, 0 or 1 */
    bool keep_alive;                /* the connection may stay open after the answer */
    bool chunked;                   /* the body comes in chunks */
    uint64_t content_length;        /* of the body as sent; 0 with chunked */
    bool expect_continue;           /* the client waits for 100 */
    bool expect_unknown;            /* it expects something else */
    enum qd_http_coding coding;     /* of the body */
    bool has_coding;                /* the body has a coding that is not undone here */
};

/* Parses `text`: the request line, header lines and the empty line, each ended by CR LF; text lies in
 * `arena`. Errors: false, with the fault filled. */
QD_CHECKED bool qd_http_head_parse(struct qd_slice text, struct qd_arena *arena, struct qd_http_head *head,
                                   struct qd_http_fault *fault);

/* Fills a fault; returns false. */
bool qd_http_fault_set(struct qd_http_fault *fault, int status, const char *type, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* True when both are equal but for the case of ASCII letters. */
bool qd_http_equal_no_case(struct qd_slice left, const char *right);

/* Takes the next element of a comma-separated header value, without blanks around it; false at the end. */
bool qd_http_next_element(struct qd_slice *rest, struct qd_slice *element);

#endif
