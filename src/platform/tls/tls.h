/* TLS below the network operations: what listens here looks like a plain network to its user.
 *
 * Used by node for the HTTP port: `qd_http_server_create(env, qd_tls_network(tls), ...)`. Server side, TLS
 * 1.2 and 1.3, ALPN "http/1.1" only, AEAD ciphers with forward secrecy, no session tickets (a resumed TLS 1.3
 * session would have lost the client's certificate). Everything on the loop. Source: RFC 8446, RFC 5246, RFC
 * 7301; mbedTLS 3.6.
 */
#ifndef QD_PLATFORM_TLS_H
#define QD_PLATFORM_TLS_H

#include "platform/env.h"

struct qd_tls;

/* What is asked of the client. */
enum qd_tls_client_auth {
    QD_TLS_CLIENT_NONE,     /* no certificate */
    QD_TLS_CLIENT_OPTIONAL, /* a certificate may be missing, but a bad one is refused */
    QD_TLS_CLIENT_REQUIRE   /* a good certificate */
};

/* Certificates and keys as PEM or DER. The slices are used only during the call. */
struct qd_tls_options {
    struct qd_slice certificate;         /* the server's, then intermediate ones */
    struct qd_slice key;                 /* of the certificate */
    struct qd_slice key_password;        /* empty: the key is not encrypted */
    struct qd_slice authorities;         /* who may sign client certificates; needed unless CLIENT_NONE */
    enum qd_tls_client_auth client_auth;
    bool only_tls_1_3;                   /* refuse TLS 1.2 */
    struct qd_duration handshake_timeout; /* 0: 10 s */
};

/* Makes a TLS filter over env's network. Errors: QD_ILLEGAL_ARGUMENT when certificate, key or authorities
 * cannot be used or do not belong together. Memory: the caller's, qd_tls_destroy. */
QD_CHECKED enum qd_status qd_tls_create(struct qd_env *env, const struct qd_tls_options *options,
                                        struct qd_tls **tls, struct qd_error *error);

/* An env of which only `network` may be used; it has no `connect`. Memory: the filter's. */
struct qd_env *qd_tls_network(struct qd_tls *tls);

/* New connections use the new options, open ones keep the old. Errors: as at creation; nothing has changed
 * then. */
QD_CHECKED enum qd_status qd_tls_reload(struct qd_tls *tls, const struct qd_tls_options *options,
                                        struct qd_error *error);

/* The DER bytes of the client's certificate, empty when it has shown none; a connection of qd_tls_network.
 * Memory: the connection's. */
struct qd_slice qd_tls_peer_certificate(struct qd_connection *connection);

/* Gives the filter back; its listeners and connections must be closed before. */
void qd_tls_destroy(struct qd_tls *tls);

#endif
