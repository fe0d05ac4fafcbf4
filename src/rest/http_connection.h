/* One client's connection of the HTTP server: requests in, answers out in order.
 *
 * Used by http_server only.
 */
#ifndef QD_REST_HTTP_CONNECTION_H
#define QD_REST_HTTP_CONNECTION_H

#include "rest/http_internal.h"

/* The network's `accepted` callback; context is the server. */
void qd_http_connection_accept(void *context, struct qd_connection *stream);

/* Its deadline has passed: answers 408 or closes. */
void qd_http_connection_expire(struct qd_http_connection *connection);

/* Closes it; answers not handed to the network yet are not sent any more. */
void qd_http_connection_close(struct qd_http_connection *connection);

/* ---- of http_server, for http_connection ---- */

/* Starts the checking of deadlines when it does not run. */
void qd_http_server_watch(struct qd_http_server *server);

/* Gives back one reference to the server. */
void qd_http_server_release(struct qd_http_server *server);

/* Finishes a stop when no connection is left. */
void qd_http_server_check_stopped(struct qd_http_server *server);

#endif
