/* A node: all roles wired together over one environment.
 *
 * Used by main.c (Linux environment), the simulation (fake environment) and the embedding API. Order of
 * calls: create, start, (loop runs), stop, destroy.
 */
#ifndef QD_NODE_NODE_H
#define QD_NODE_NODE_H

#include "coordinator/coordinator.h"
#include "node/config.h"
#include "platform/env.h"
#include "rest/http_server.h"
#include "rest/rest.h"

struct qd_node;

/* Makes a node and loads its cluster state and identity. Blocking: before the loop runs. `config` must live
 * as long. Errors: QD_IO, QD_CORRUPTION, QD_ILLEGAL_ARGUMENT (settings). Memory: qd_node_destroy. */
QD_CHECKED enum qd_status qd_node_create(struct qd_env *env, const struct qd_config *config,
                                         struct qd_node **node, struct qd_error *error);

/* Joins (a cluster of one): shards begin to open. With `http` the HTTP server listens first. Errors: QD_IO
 * when the port is taken. */
QD_CHECKED enum qd_status qd_node_start(struct qd_node *node, bool http, struct qd_error *error);

/* Stops taking requests, lets those under way end, closes shards; stopped(context) on the loop when all is
 * closed. */
void qd_node_stop(struct qd_node *node, void (*stopped)(void *context), void *context);

/* Gives everything back; only after stopped was called, or when start was never called. */
void qd_node_destroy(struct qd_node *node);

/* The rest layer, for direct calls. */
struct qd_rest *qd_node_rest(struct qd_node *node);

/* The port that HTTP is bound to; 0 when it is not. */
uint16_t qd_node_http_port(const struct qd_node *node);

/* The data role, for tests and checks. */
struct qd_data *qd_node_data(struct qd_node *node);

#endif
