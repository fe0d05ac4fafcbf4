/* A request on its way through the coordinator: parameters and body in, one JSON answer out.
 *
 * Made by rest (from HTTP) or by the embedding API; handled by one coordinator operation, which answers
 * exactly once, at any later time, on the loop.
 */
#ifndef QD_COORDINATOR_CALL_H
#define QD_COORDINATOR_CALL_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "base/map.h"
#include "base/status.h"

struct qd_call {
    struct qd_arena *arena;          /* lives until the answer was sent */
    struct qd_slice method;          /* "GET" */
    struct qd_slice path;            /* decoded path, for errors */
    struct qd_slice target; /* path and query string as they were sent */
    struct qd_map parameters;        /* path and query parameters: name -> struct qd_slice * */
    struct qd_slice body; /* JSON or NDJSON text; other content types were converted; empty: none */
    const struct qd_error
        *body_error;                 /* why the body cannot be read, where the operation tells it; or NULL */
    struct qd_slice opaque_id;       /* X-Opaque-Id; data NULL: none */
    bool human;                      /* ?human */
    bool structured;                 /* ?format or Accept names a type: cat tables answer objects, not text */
    int64_t start_ms;                /* wall clock at arrival */
    int64_t start_ns;                /* monotonic clock at arrival, for "took" */
    uint64_t task_id;                /* number in the task list, 0 before registration */
    _Atomic bool cancelled;          /* the client has gone or the task was cancelled */
    /* the answer */
    int status;                      /* HTTP status */
    struct qd_buffer response;       /* JSON text (text/plain for cat and hot_threads) */
    const char *content_type;        /* NULL: JSON; else e.g. "text/plain; charset=UTF-8" */
    struct qd_slice location;        /* Location header; data NULL: none */
    struct qd_slice *warnings;       /* deprecation texts for Warning headers */
    size_t warning_count;
    struct qd_error error;           /* set by qd_call_fail; arena is set */
    bool failed;                     /* the answer is `error` */
    void (*done)(struct qd_call *call); /* called once by qd_call_finish */
    void *context;                   /* the maker's */
};

/* The text of a parameter; data NULL when it was not given. A parameter without value ("?pretty") has size 0.
 */
struct qd_slice qd_call_parameter(const struct qd_call *call, const char *name);

/* Typed parameters. A missing one leaves *value as it is. Errors: QD_ILLEGAL_ARGUMENT with the reference's
 * text ("Failed to parse value [x] as only [true] or [false] are allowed.", "Failed to parse int parameter
 * [size] with value [x]", ...). */
QD_CHECKED enum qd_status qd_call_bool(const struct qd_call *call, const char *name, bool *value,
                                       struct qd_error *error);
QD_CHECKED enum qd_status qd_call_int(const struct qd_call *call, const char *name, int64_t *value,
                                      struct qd_error *error);
QD_CHECKED enum qd_status qd_call_time(const struct qd_call *call, const char *name, int64_t *milliseconds,
                                       struct qd_error *error);

/* Splits a comma list; empty parts are dropped. Count returned. */
size_t qd_call_list(const struct qd_call *call, const char *name, struct qd_slice **parts);

/* Parses the body as one JSON document; an empty body gives a NULL root. */
QD_CHECKED enum qd_status qd_call_body(struct qd_call *call, struct qd_json_document *document,
                                       struct qd_error *error);

/* Fails when the body, maybe the beginning of one, is none that the handler takes. */
typedef enum qd_status qd_body_checker(void *context, const struct qd_json_document *body,
                                       struct qd_error *error);

/* How a handler checks a body from its beginning, as the reference does while it reads. */
struct qd_body_check {
    qd_body_checker *check; /* NULL: what was read is never wrong */
    void *context;  /* passed to check */
    bool extra;     /* out: something follows the document, which was cut off */
    struct qd_slice extra_token; /* out: what kind of token does ("START_OBJECT"); empty: one that breaks */
    bool broken;    /* out: the error is that of the text, not of the check */
    int64_t line;   /* out, when extra or broken: where the last token began that was handed out; from 1 */
    int64_t column; /* likewise */
};

/* As qd_call_body, but a text that breaks is looked at as a reader that streams does: what follows the
 * first value is not seen, and what the check finds in the part before the break is told first. The check
 * is not called for a whole body. Errors: those of qd_call_body and of the check. */
QD_CHECKED enum qd_status qd_call_body_streamed(struct qd_call *call, struct qd_body_check *check,
                                                struct qd_json_document *document, struct qd_error *error);

/* A writer into the answer. */
static inline struct qd_json_writer qd_call_writer(struct qd_call *call)
{
    return (struct qd_json_writer){ .out = &call->response, .human = call->human };
}

/* Adds a deprecation warning. */
void qd_call_warn(struct qd_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the call with what was written to `response`. */
void qd_call_finish(struct qd_call *call, int status);

/* Ends the call with {"acknowledged":true}. */
void qd_call_acknowledge(struct qd_call *call);

/* Ends the call with call->error (already set) or with a copy of another one. */
void qd_call_fail(struct qd_call *call);
void qd_call_fail_with(struct qd_call *call, const struct qd_error *error);

#endif
