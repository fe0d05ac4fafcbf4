/* How an answer is shown: content type, pretty, filter_path, headers.
 *
 * Used by rest.c. Source: OpenSearch AbstractRestChannel, DefaultRestChannel.
 */
#ifndef QD_REST_RESPOND_H
#define QD_REST_RESPOND_H

#include "base/xcontent.h"
#include "coordinator/call.h"
#include "rest/http_server.h"
#include "rest/route.h"

/* What the request asks for. Zero-initialise. */
struct qd_rendering {
    struct qd_slice content_type;       /* Content-Type of the request; data NULL: none */
    enum qd_xcontent_type request_type; /* of the body */
    enum qd_xcontent_type answer_type;
    bool has_body_type;                 /* the content type was known */
    bool pretty;
    bool error_trace;
    struct qd_slice filter_path;        /* data NULL: none */
    struct qd_slice allow;              /* Allow header of a 405; data NULL: none */
    struct qd_slice request_id;         /* X-Request-Id; data NULL: none */
    bool head;                          /* no body is sent */
};

/* A finished answer. */
struct qd_answer {
    int status;
    struct qd_http_header headers[16];
    size_t header_count;
    struct qd_buffer body;
};

/* Reads pretty, human, format, Accept, filter_path, Content-Type. `http` may be NULL (direct call). Errors:
 * QD_UNSUPPORTED_MEDIA_TYPE. */
QD_CHECKED enum qd_status qd_rendering_init(struct qd_rendering *rendering, struct qd_call *call,
                                            const struct qd_http_request *http, struct qd_error *error);

/* Takes ?source= when there is no body, checks the content type, and turns other content types of a body into
 * JSON. */
QD_CHECKED enum qd_status qd_rendering_body(struct qd_rendering *rendering, struct qd_call *call,
                                            const struct qd_route *route, struct qd_error *error);

/* Renders an ended call. Never fails: what cannot be rendered becomes a 500 with an error body. */
void qd_respond_render(struct qd_call *call, const struct qd_rendering *rendering, struct qd_answer *answer);

#endif
