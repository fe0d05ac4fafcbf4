/* The route table: which operation answers which method and path, and which parameters it knows.
 *
 * One row per route; help, `spec/api/routes.md` and parameter checks come from the rows. Tables:
 * rest/routes_<area>.c.
 */
#ifndef QD_REST_ROUTE_H
#define QD_REST_ROUTE_H

#include "coordinator/coordinator.h"
#include "rest/http_server.h"

enum qd_route_flags {
    QD_ROUTE_NONE = 0,
    QD_ROUTE_NDJSON = 1,      /* the body is NDJSON: it is not parsed or converted as one document */
    QD_ROUTE_SOURCE = 2,      /* ?source= and ?source_content_type= may stand for the body */
    QD_ROUTE_PRETTY = 4,      /* the answer is laid out for people unless ?pretty=false */
    QD_ROUTE_TEXT = 8,        /* answers text/plain */
    QD_ROUTE_ANY_PARAMETER = 16, /* parameters are checked by the handler */
    QD_ROUTE_NO_BREAKER = 32, /* answered however much memory is in use: it is needed to find out why */
    QD_ROUTE_BODY = 64,          /* the operation reads a body; the others never look at theirs */
    QD_ROUTE_TELLS_BODY = 128    /* the operation itself tells why its body cannot be read */
};

/* A row. */
struct qd_route {
    enum qd_http_method method;
    const char *path;              /* "/{index}/_search": parts in braces become parameters */
    qd_operation_handler *handler;
    const char
        *parameters; /* names of query parameters, separated by blanks; NULL: none but the common ones */
    unsigned flags;                /* enum qd_route_flags */
};

/* A table of rows. */
struct qd_route_table {
    const struct qd_route *rows;
    size_t count;
};

/* The tables, one for each area. */
extern const struct qd_route_table qd_routes_documents;
extern const struct qd_route_table qd_routes_indices;
extern const struct qd_route_table qd_routes_search;
extern const struct qd_route_table qd_routes_cluster;
extern const struct qd_route_table qd_routes_cat;

/* The handler of /favicon.ico. */
void qd_favicon(struct qd_coordinator *coordinator, struct qd_call *call);

struct qd_router;

/* Builds the router of all tables. Memory: `arena`. Two equal routes are a bug and end the process. */
struct qd_router *qd_router_create(struct qd_arena *arena);

/* Finds the row of a decoded, split path. Literal parts win over parameters. */
struct qd_route_match {
    const struct qd_route *route;  /* NULL: none */
    bool path_exists;              /* the path exists with other methods */
    unsigned methods;              /* bit per enum qd_http_method that the path has */
    struct qd_slice names[8];      /* parameters of the path */
    struct qd_slice values[8];
    size_t parameter_count;
};
void qd_router_find(const struct qd_router *router, enum qd_http_method method, const struct qd_slice *parts,
                    size_t count, struct qd_route_match *match);

/* Path parts that are looked at; longer paths have no route. */
#define QD_PATH_PARTS_MAX 16

#endif
