/* From HTTP requests to coordinator calls and back.
 *
 * Used by node (server) and the embedding API. Finds the route, decodes and checks parameters, converts
 * content types, calls the operation, renders the answer (error bodies, filter_path, pretty, YAML/CBOR/SMILE)
 * and the common headers.
 */
#ifndef QD_REST_REST_H
#define QD_REST_REST_H

#include "coordinator/coordinator.h"
#include "rest/http_server.h"

struct qd_rest;

/* Creates the layer over a coordinator. Memory: qd_rest_destroy when no call is under way. */
struct qd_rest *qd_rest_create(struct qd_coordinator *coordinator);
void qd_rest_destroy(struct qd_rest *rest);

/* Handles one request; `context` is the struct qd_rest. This is the handler to give to qd_http_server_create.
 */
void qd_rest_handle(void *context, struct qd_http_request *request);

/* The header every answer carries, for the HTTP server's own errors. */
const struct qd_http_header *qd_rest_version_header(void);

/* Calls under way. */
size_t qd_rest_calls(const struct qd_rest *rest);

/* The embedding API's way in: method, path with query string, body; done gets status, content type and body,
 * which live during the call. */
struct qd_rest_direct {
    struct qd_slice method, target, body, content_type;
    void (*done)(void *context, int status, struct qd_slice content_type, struct qd_slice body);
    void *context;
};
void qd_rest_call(struct qd_rest *rest, const struct qd_rest_direct *direct);

#endif
