/* The HTTP part of a node's configuration, and its TLS.
 *
 * Used by node.c. Keys: http.*, and plugins.security.ssl.http.* as the security plugin of OpenSearch names
 * them.
 */
#ifndef QD_NODE_HTTP_SETTINGS_H
#define QD_NODE_HTTP_SETTINGS_H

#include "node/config.h"
#include "platform/env.h"
#include "rest/http_server.h"

/* Reads http.max_content_length, http.cors.enabled, ... Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_http_settings_read(const struct qd_config *config,
                                                struct qd_http_settings *settings, struct qd_error *error);

/* http.port: a number, or a range of which the first free one is taken ("9200-9300" when nothing is said).
 * Errors: QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_http_port_read(const struct qd_config *config, uint16_t *first, uint16_t *last,
                                            struct qd_error *error);

struct qd_node_tls;

/* Makes the TLS filter when plugins.security.ssl.http.enabled is true: *network gets its network, else NULL
 * (plain). Files are read now: before the loop runs. Errors: QD_IO, QD_ILLEGAL_ARGUMENT. */
QD_CHECKED enum qd_status qd_node_tls_create(struct qd_env *env, const struct qd_config *config,
                                             struct qd_arena *arena, struct qd_node_tls **tls,
                                             struct qd_env **network, struct qd_error *error);

/* Gives the filter back; NULL does nothing. */
void qd_node_tls_destroy(struct qd_node_tls *tls);

#endif
