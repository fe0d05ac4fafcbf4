/* What the files of the HTTP server share. Not for anybody else. */
#ifndef QD_REST_HTTP_INTERNAL_H
#define QD_REST_HTTP_INTERNAL_H

#include <regex.h>

#include "rest/http_compress.h"
#include "rest/http_parser.h"
#include "rest/http_server.h"

/* Where an exchange is. */
enum qd_http_exchange_state {
    QD_HTTP_RECEIVING,   /* the body is arriving */
    QD_HTTP_HANDLING,    /* the handler has it */
    QD_HTTP_COMPRESSING, /* the answer is being compressed in the pool */
    QD_HTTP_READY        /* the answer may be sent when its turn comes */
};

/* A request and its answer. */
struct qd_http_exchange {
    struct qd_http_request request;      /* what the handler sees */
    struct qd_http_server *server;
    struct qd_http_connection *connection; /* NULL: the client has gone */
    struct qd_http_exchange *next;       /* the following request of the connection */
    struct qd_http_head head;            /* in request.arena */
    struct qd_buffer body;               /* of the request, decoded */
    struct qd_http_inflater *inflater;   /* while a compressed body arrives, or NULL */
    struct qd_buffer answer_head;        /* status line and headers */
    struct qd_buffer answer_body;
    enum qd_http_coding answer_coding;   /* while compressing */
    struct qd_buffer answer_headers;     /* header lines given by the handler, while compressing */
    int answer_status;
    size_t sent;                         /* bytes of head and body handed to the network */
    enum qd_http_exchange_state state;
    bool wants_continue;                 /* 100 Continue is still to be sent */
    bool close_after;                    /* the connection is closed after the answer */
    bool counted;                        /* body is part of counters.bodies_bytes */
};

/* What a connection's deadline is for. */
enum qd_http_deadline {
    QD_HTTP_DEADLINE_NONE,
    QD_HTTP_DEADLINE_IDLE,
    QD_HTTP_DEADLINE_HEAD,
    QD_HTTP_DEADLINE_BODY,
    QD_HTTP_DEADLINE_WRITE
};

/* What went wrong with a body while it arrived. */
enum qd_http_body_fault { QD_HTTP_BODY_FINE, QD_HTTP_BODY_TOO_LARGE, QD_HTTP_BODY_BAD };

/* A client's connection. */
struct qd_http_connection {
    struct qd_http_server *server;
    struct qd_connection *stream;
    struct qd_http_connection *previous; /* in the server's list */
    struct qd_http_connection *next;
    struct qd_http_parser parser;
    struct qd_http_exchange *first;      /* oldest that is not sent; in the order of arrival */
    struct qd_http_exchange *last;       /* newest; undefined when first is NULL */
    struct qd_http_exchange *receiving;  /* whose body arrives; NULL: it is thrown away */
    struct qd_buffer stash;              /* bytes that wait while the connection is paused */
    size_t exchange_count;               /* in the list */
    size_t held_size;                    /* bytes of their request bodies */
    int64_t deadline_ns;                 /* monotonic; see deadline */
    enum qd_http_deadline deadline;
    enum qd_http_body_fault body_fault;
    bool closing;                        /* close was called */
    bool input_done;                     /* nothing more is read from the client */
    bool paused;                         /* too much is pending: reading is off */
    bool blocked;                        /* the network wants to drain first */
    bool processing;                     /* guards against re-entering */
    bool flushing;                       /* the same for sending */
};

/* A listening address. */
struct qd_http_listener {
    struct qd_http_listener *next;
    struct qd_listener *listener;
};

/* The server. */
struct qd_http_server {
    struct qd_env *env;
    struct qd_env *network;              /* whose network operations are used */
    struct qd_http_settings settings;    /* slices in arena */
    struct qd_arena *arena;              /* as long as the server */
    void (*handle)(void *context, struct qd_http_request *request);
    void *context;
    struct qd_http_listener *listeners;
    struct qd_http_connection *connections;
    struct qd_timer *sweep;              /* checks deadlines while there are connections */
    struct qd_duration sweep_interval;
    struct qd_http_counters counters;
    uint64_t next_id;
    uint64_t references;                 /* the owner's and one per exchange */
    regex_t origin_regex;                /* of cors_allow_origin when that is "/regex/" */
    bool has_origin_regex;
    bool stopping;
    struct qd_timer *grace;              /* of the stop */
    void (*stopped)(void *context);
    void *stopped_context;
};

/* ---- http_answer.c ---- */

/* Fills answer_head from a status, finished header lines and the body's size. */
void qd_http_answer_finish(struct qd_http_exchange *exchange, int status, struct qd_slice header_lines,
                           enum qd_http_coding coding);

/* Appends "name: value" and CR LF; bytes that would end the line become blanks. */
void qd_http_append_header(struct qd_buffer *lines, struct qd_slice name, struct qd_slice value);

/* Makes the answer to a fault: the reference's error body, or none. */
void qd_http_answer_fault(struct qd_http_exchange *exchange, const struct qd_http_fault *fault);

/* Makes an answer without a body. */
void qd_http_answer_empty(struct qd_http_exchange *exchange, int status, struct qd_slice header_lines);

/* ---- http_cors.c ---- */

/* Prepares the matching of origins. */
void qd_http_cors_init(struct qd_http_server *server);
void qd_http_cors_deinit(struct qd_http_server *server);

/* Answers a preflight request or refuses a foreign origin; false: the request goes to the handler. */
bool qd_http_cors_intercept(struct qd_http_exchange *exchange);

/* Appends the header lines that a browser wants to an answer. */
void qd_http_cors_append(const struct qd_http_exchange *exchange, struct qd_buffer *lines);

#endif
