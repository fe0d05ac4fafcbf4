/* The HTTP/1.1 server: connections, framing, pipelining, compression, CORS, timeouts.
 *
 * Used by the rest layer, which gets whole requests and answers each at any later time on the loop. It runs
 * over any `qd_network_operations`: plain TCP, TLS (platform/tls) or the simulation's network.
 * Order of calls: qd_http_server_create, qd_http_server_listen, then for each request handed to `handle`
 * exactly one qd_http_respond, then qd_http_server_stop. Everything on the loop.
 * Answers are sent in the order of the requests, whatever the order of qd_http_respond. Requests whose
 * framing is in doubt are answered here (400 with the reference's error body) and the connection is closed;
 * the rest layer never sees them. Source: RFC 9110, RFC 9112; Netty4HttpServerTransport's settings of
 * OpenSearch 3.8.0.
 */
#ifndef QD_REST_HTTP_SERVER_H
#define QD_REST_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"
#include "platform/env.h"

struct qd_http_server;
struct qd_http_exchange; /* the server's own part of a request */

/* Methods that the reference knows; requests with others are refused before the rest layer. */
enum qd_http_method {
    QD_HTTP_GET,
    QD_HTTP_HEAD,
    QD_HTTP_POST,
    QD_HTTP_PUT,
    QD_HTTP_DELETE,
    QD_HTTP_OPTIONS,
    QD_HTTP_PATCH,
    QD_HTTP_TRACE,
    QD_HTTP_CONNECT,
    QD_HTTP_METHOD_COUNT
};

/* The name of a method in capitals, static storage. */
struct qd_slice qd_http_method_name(enum qd_http_method method);

/* One header line. */
struct qd_http_header {
    struct qd_slice name;  /* as sent; compare without case */
    struct qd_slice value; /* without surrounding blanks */
};

/* One whole request. Memory: everything in it lives in `arena` (the body in its own buffer), until
 * qd_http_respond. */
struct qd_http_request {
    struct qd_arena *arena;               /* for this request; the handler may allocate from it */
    enum qd_http_method method;
    struct qd_slice target;               /* as sent: "/a%20b/_search?q=x" */
    struct qd_slice path;                 /* target up to '?', still percent-encoded */
    struct qd_slice query;                /* after '?', still percent-encoded; empty when there is none */
    const struct qd_http_header *headers; /* headers[header_count], in the order sent */
    size_t header_count;
    struct qd_slice body;                 /* chunks joined, decompressed; size 0: none */
    struct qd_slice peer;                 /* "127.0.0.1:4242" */
    struct qd_instant arrived;            /* when the last byte of the request came */
    uint64_t id;                          /* unique within the server, ascending */
    void *user;                           /* the handler's own; NULL at first */
    /* Set by the handler when it wants to know: called on the loop when the client has gone before the
     * answer. The answer must still be given by qd_http_respond; it is then dropped. */
    void (*gone)(void *context, struct qd_http_request *request);
    void *gone_context;                   /* for gone */
    struct qd_http_exchange *exchange;    /* the server's */
};

/* The value of the first header of that name (no case), or an empty slice with data NULL. */
struct qd_slice qd_http_header_find(const struct qd_http_request *request, const char *name);

/* Settings, named like the reference's. A duration of 0 switches that timeout off. */
struct qd_http_settings {
    size_t max_content_length;          /* http.max_content_length, bytes, of the decoded body too */
    size_t max_initial_line_length;     /* http.max_initial_line_length, bytes */
    size_t max_header_size;             /* http.max_header_size, bytes of all header lines */
    size_t pipelining_max_events;       /* http.pipelining.max_events: not answered yet, per connection */
    size_t max_connections;             /* more are closed at once */
    bool compression;                   /* http.compression */
    int compression_level;              /* http.compression_level, 1 to 9 */
    struct qd_duration header_timeout;  /* first byte of a request to the end of its headers */
    struct qd_duration body_timeout;    /* without any byte of the body arriving */
    struct qd_duration idle_timeout;    /* between two requests */
    struct qd_duration write_timeout;   /* without the client taking any byte of an answer */
    bool cors_enabled;                  /* http.cors.enabled */
    struct qd_slice cors_allow_origin;  /* http.cors.allow-origin: "*", "a,b" or "/regex/" */
    struct qd_slice cors_allow_methods; /* http.cors.allow-methods */
    struct qd_slice cors_allow_headers; /* http.cors.allow-headers */
    bool cors_allow_credentials;        /* http.cors.allow-credentials */
    int64_t cors_max_age_seconds;       /* http.cors.max-age */
    const struct qd_http_header *error_headers; /* sent with the server's own errors: the version */
    size_t error_header_count;
};

/* The reference's defaults; timeouts: header 30 s, body 60 s, idle 300 s, write 60 s. */
struct qd_http_settings qd_http_settings_default(void);

/* What the server counts, for `_nodes/stats/http`. */
struct qd_http_counters {
    uint64_t current_open;    /* connections now */
    uint64_t total_opened;    /* connections ever */
    uint64_t requests;        /* requests handed to the handler */
    uint64_t refused;         /* requests answered here with an error */
    uint64_t bytes_in;        /* received */
    uint64_t bytes_out;       /* queued for sending */
    uint64_t bodies_bytes;    /* decoded bodies held now */
};

/* Creates a server that calls handle(context, request) for each request; it listens nowhere yet.
 * network: whose network operations to use: NULL for env itself, or qd_tls_network. settings: copied, its
 * slices too. Memory: the server's own, until qd_http_server_stop has called `stopped`. */
struct qd_http_server *qd_http_server_create(struct qd_env *env, struct qd_env *network,
                                             const struct qd_http_settings *settings,
                                             void (*handle)(void *context, struct qd_http_request *request),
                                             void *context);

/* Listens on host:port (port 0: any); may be called for several addresses. *bound_port gets the port.
 * Errors: QD_IO when the address cannot be bound. */
QD_CHECKED enum qd_status qd_http_server_listen(struct qd_http_server *server, struct qd_slice host,
                                                uint16_t port, uint16_t *bound_port, struct qd_error *error);

/* Answers a request; the request and its arena are gone afterwards. headers[count] are sent first and in that
 * order; content-encoding (when compressed) and content-length follow. body: taken (its memory is given back
 * by the server) and left empty; NULL for none. A HEAD request gets the length but not the bytes. */
void qd_http_respond(struct qd_http_request *request, int status, const struct qd_http_header *headers,
                     size_t count, struct qd_buffer *body);

/* Reason phrase of a status code as the reference sends it, static storage. */
const char *qd_http_reason(int status);

/* What was counted so far. */
struct qd_http_counters qd_http_server_counters(const struct qd_http_server *server);

/* Stops listening, closes idle connections, and lets requests under way be answered; calls stopped(context)
 * when no connection is left, but after `grace` at the latest: open ones are then closed and `gone` told. The
 * server's memory is gone after `stopped`; requests not answered yet must still get their qd_http_respond,
 * before or after. */
void qd_http_server_stop(struct qd_http_server *server, struct qd_duration grace,
                         void (*stopped)(void *context), void *context);

#endif
