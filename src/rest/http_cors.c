/* Cross-origin requests of browsers. Source: the Fetch standard's CORS protocol; the reference's http.cors
 * settings. */
#include <stdlib.h>
#include <string.h>

#include "rest/http_internal.h"

static bool is_regex(struct qd_slice origin)
{
    return origin.size > 2 && origin.data[0] == '/' && origin.data[origin.size - 1] == '/';
}

void qd_http_cors_init(struct qd_http_server *server)
{
    struct qd_slice origin = server->settings.cors_allow_origin;
    if (!is_regex(origin)) return;
    /* The whole origin must match. */
    struct qd_slice inner = qd_slice_sub(origin, 1, origin.size - 2);
    struct qd_slice text = qd_arena_format(server->arena, "^(%.*s)$", QD_SLICE_ARG(inner));
    char *pattern = qd_arena_string(server->arena, text);
    server->has_origin_regex = regcomp(&server->origin_regex, pattern, REG_EXTENDED | REG_NOSUB) == 0;
}

void qd_http_cors_deinit(struct qd_http_server *server)
{
    if (server->has_origin_regex) regfree(&server->origin_regex);
}

static bool is_allowed(const struct qd_http_exchange *exchange, struct qd_slice origin)
{
    const struct qd_http_server *server = exchange->server;
    struct qd_slice rest = server->settings.cors_allow_origin;
    if (qd_slice_is(rest, "*")) return true;
    if (is_regex(rest)) {
        if (!server->has_origin_regex) return false;
        char *text = qd_arena_string(exchange->request.arena, origin);
        return regexec(&server->origin_regex, text, 0, NULL, 0) == 0;
    }
    struct qd_slice element;
    while (qd_http_next_element(&rest, &element)) {
        if (qd_slice_equal(element, origin)) return true;
    }
    return false;
}

/* An origin that names this very server is not foreign. */
static bool is_same_host(const struct qd_http_exchange *exchange, struct qd_slice origin)
{
    struct qd_slice host = qd_http_header_find(&exchange->request, "host");
    if (host.size == 0) return false;
    if (qd_slice_starts_with(origin, QD_SLICE("http://"))) {
        origin = qd_slice_from(origin, 7);
    } else if (qd_slice_starts_with(origin, QD_SLICE("https://"))) {
        origin = qd_slice_from(origin, 8);
    }
    return qd_slice_equal(origin, host);
}

void qd_http_cors_append(const struct qd_http_exchange *exchange, struct qd_buffer *lines)
{
    const struct qd_http_settings *settings = &exchange->server->settings;
    if (exchange->request.arena == NULL) return;
    struct qd_slice origin = qd_http_header_find(&exchange->request, "origin");
    if (origin.data == NULL) return;
    if (!is_allowed(exchange, origin) && !is_same_host(exchange, origin)) return;
    bool any = qd_slice_is(settings->cors_allow_origin, "*") && !settings->cors_allow_credentials;
    qd_http_append_header(lines, QD_SLICE("access-control-allow-origin"), any ? QD_SLICE("*") : origin);
    if (!any) qd_http_append_header(lines, QD_SLICE("vary"), QD_SLICE("origin"));
    if (!settings->cors_allow_credentials) return;
    qd_http_append_header(lines, QD_SLICE("access-control-allow-credentials"), QD_SLICE("true"));
}

static void append_list(struct qd_buffer *lines, const char *name, struct qd_slice list)
{
    struct qd_slice element;
    while (qd_http_next_element(&list, &element)) {
        if (element.size > 0) qd_http_append_header(lines, qd_slice_from_string(name), element);
    }
}

static void answer_preflight(struct qd_http_exchange *exchange)
{
    const struct qd_http_settings *settings = &exchange->server->settings;
    struct qd_buffer lines = { 0 };
    append_list(&lines, "access-control-allow-methods", settings->cors_allow_methods);
    append_list(&lines, "access-control-allow-headers", settings->cors_allow_headers);
    qd_buffer_format(&lines, "access-control-max-age: %lld\r\n", (long long)settings->cors_max_age_seconds);
    qd_http_answer_empty(exchange, 200, qd_buffer_view(&lines));
    qd_buffer_deinit(&lines);
}

bool qd_http_cors_intercept(struct qd_http_exchange *exchange)
{
    if (!exchange->server->settings.cors_enabled) return false;
    const struct qd_http_request *request = &exchange->request;
    struct qd_slice origin = qd_http_header_find(request, "origin");
    if (origin.data == NULL) return false;
    bool preflight = request->method == QD_HTTP_OPTIONS &&
                     qd_http_header_find(request, "access-control-request-method").data != NULL;
    bool allowed = is_allowed(exchange, origin);
    if (!preflight && (allowed || is_same_host(exchange, origin))) return false;
    if (preflight && allowed) {
        answer_preflight(exchange);
    } else {
        qd_http_answer_empty(exchange, 403, (struct qd_slice){ NULL, 0 });
    }
    return true;
}
