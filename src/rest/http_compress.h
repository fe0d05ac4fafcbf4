/* gzip and deflate of HTTP bodies, both ways.
 *
 * Used by http_server. Source: RFC 9110 section 8.4.1; RFC 1950 to 1952 by zlib.
 */
#ifndef QD_REST_HTTP_COMPRESS_H
#define QD_REST_HTTP_COMPRESS_H

#include "base/buffer.h"
#include "rest/http_head.h"

struct qd_http_inflater;

/* What inflating a piece came to. */
enum qd_http_inflate { QD_HTTP_INFLATE_OK, QD_HTTP_INFLATE_BAD, QD_HTTP_INFLATE_TOO_LARGE };

/* Makes an inflater for a coding other than identity; a raw deflate stream is recognised too. Memory: the
 * caller's. */
struct qd_http_inflater *qd_http_inflater_create(enum qd_http_coding coding);

/* Gives it back; NULL does nothing. */
void qd_http_inflater_destroy(struct qd_http_inflater *inflater);

/* Undoes the compression of the next piece and appends the result to `out`, which never grows beyond
 * size_max. */
enum qd_http_inflate qd_http_inflater_feed(struct qd_http_inflater *inflater, struct qd_slice piece,
                                           struct qd_buffer *out, size_t size_max);

/* True when the stream has come to its end: otherwise the body was cut. */
bool qd_http_inflater_is_complete(const struct qd_http_inflater *inflater);

/* The coding that an Accept-Encoding value asks for, of those that exist here: gzip before deflate. */
enum qd_http_coding qd_http_choose_coding(struct qd_slice accept_encoding);

/* Replaces `body` by its compressed form. level: 1 to 9. Any thread. */
void qd_http_deflate(struct qd_buffer *body, enum qd_http_coding coding, int level);

#endif
