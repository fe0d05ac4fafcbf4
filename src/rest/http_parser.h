/* Cutting a stream of bytes into HTTP/1.1 requests: a step machine.
 *
 * Used by http_server, one per connection. The head is gathered and checked by lines (http_head), then llhttp
 * reads it too, and must agree; llhttp frames the body. While a connection is idle the parser holds no heap
 * memory. Order of calls: init, then step again and again with the bytes as they come:
 *   HEAD (take head and arena) -> BODY pieces by callback -> DONE -> HEAD ... ; FAULT is final.
 */
#ifndef QD_REST_HTTP_PARSER_H
#define QD_REST_HTTP_PARSER_H

#include <llhttp.h>

#include "base/buffer.h"
#include "rest/http_head.h"

/* What a step came to. */
enum qd_http_step {
    QD_HTTP_STEP_MORE,  /* all bytes were used, more are needed */
    QD_HTTP_STEP_HEAD,  /* parser->head is complete; its arena is now the caller's */
    QD_HTTP_STEP_DONE,  /* the body is complete */
    QD_HTTP_STEP_FAULT  /* the stream cannot be understood any further */
};

/* The parser. The fields up to `body` are set by the caller before the first step. */
struct qd_http_parser {
    size_t line_size_max;                 /* of the request line, without CR LF */
    size_t header_size_max;               /* of all header lines, without CR LF */
    void (*body)(void *context, struct qd_slice piece); /* gets pieces of the body, chunks undone */
    void *body_context;                   /* for body */
    struct qd_http_head head;             /* after QD_HTTP_STEP_HEAD */
    struct qd_arena *arena;               /* of head; the caller's from QD_HTTP_STEP_HEAD on */
    struct qd_buffer text;                /* of an incomplete head */
    size_t line_start;                    /* in text: where the present line begins */
    size_t header_size;                   /* of the header lines so far */
    uint64_t body_size;                   /* of the present body so far */
    uint64_t overhead_size;               /* bytes of the present body's framing so far */
    llhttp_t llhttp;                      /* frames the body */
    bool in_body;                         /* the head is complete, the body is not */
    bool complete;                        /* llhttp has seen the end of the message */
    bool failed;                          /* a fault was given */
};

/* Makes a parser with the given limits. */
void qd_http_parser_init(struct qd_http_parser *parser, size_t line_size_max, size_t header_size_max,
                         void (*body)(void *context, struct qd_slice piece), void *body_context);

/* Gives back what it holds. */
void qd_http_parser_deinit(struct qd_http_parser *parser);

/* Uses bytes from the front of *bytes and moves it on. With FAULT, `fault` says why. */
enum qd_http_step qd_http_parser_step(struct qd_http_parser *parser, struct qd_slice *bytes,
                                      struct qd_http_fault *fault);

/* True when a request has begun and is not done. */
bool qd_http_parser_is_inside(const struct qd_http_parser *parser);

#endif
