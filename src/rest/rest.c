#include "rest/rest.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/breaker.h"
#include "base/text.h"
#include "base/vector.h"
#include "coordinator/error_json.h"
#include "coordinator/operations.h"
#include "coordinator/tasks.h"
#include "coordinator/voting_exclusions.h"
#include "rest/cat_tables.h"
#include "rest/respond.h"
#include "rest/route.h"
#include "rest/target.h"

struct qd_rest {
    struct qd_coordinator *coordinator;
    struct qd_arena *arena;          /* router */
    struct qd_router *router;
    size_t calls;
};

/* One call and where its answer goes: an HTTP request, or a direct call. */
struct exchange {
    struct qd_call call;
    struct qd_rest *rest;
    struct qd_http_request *http;    /* or NULL */
    struct qd_rest_direct direct;    /* when http is NULL */
    struct qd_arena *own_arena;      /* direct calls only */
    enum qd_http_method method;
    const struct qd_route *route;
    struct qd_rendering rendering;
    int64_t reserved;                /* bytes of the body, from the breaker of requests in flight */
};

struct qd_rest *qd_rest_create(struct qd_coordinator *coordinator)
{
    struct qd_rest *rest = calloc(1, sizeof(*rest));
    qd_assert(rest != NULL);
    rest->coordinator = coordinator;
    rest->arena = qd_arena_create(0);
    rest->router = qd_router_create(rest->arena);
    return rest;
}

void qd_rest_destroy(struct qd_rest *rest)
{
    if (rest == NULL) return;
    qd_assert(rest->calls == 0);
    qd_arena_destroy(rest->arena);
    free(rest);
}

size_t qd_rest_calls(const struct qd_rest *rest)
{
    return rest->calls;
}

/* ---- answering ---- */

static void send_direct(struct exchange *exchange, struct qd_answer *answer)
{
    struct qd_slice content_type = { 0 };
    for (size_t i = 0; i < answer->header_count; i++) {
        if (qd_slice_is(answer->headers[i].name, "content-type")) content_type = answer->headers[i].value;
    }
    exchange->direct.done(exchange->direct.context, answer->status, content_type,
                          qd_buffer_view(&answer->body));
    qd_buffer_deinit(&answer->body);
    qd_arena_destroy(exchange->own_arena);
}

/* ---- memory ---- */

static struct qd_breaker *in_flight(const struct exchange *exchange)
{
    struct qd_breakers *breakers = exchange->rest->coordinator->breakers;
    return breakers == NULL ? NULL : &breakers->child[QD_BREAKER_IN_FLIGHT_REQUESTS];
}

/* The body is in memory already: what is refused is to work on it, which would take as much again. */
static enum qd_status reserve(struct exchange *exchange, size_t body_size, struct qd_error *error)
{
    int64_t bytes = (int64_t)body_size;
    if ((exchange->route->flags & QD_ROUTE_NO_BREAKER) != 0) {
        qd_breaker_add(in_flight(exchange), bytes);
    } else {
        QD_TRY(qd_breaker_reserve(in_flight(exchange), bytes, "<http_request>", error));
    }
    exchange->reserved = bytes;
    return QD_OK;
}

static void release(struct exchange *exchange)
{
    qd_breaker_release(in_flight(exchange), exchange->reserved);
    exchange->reserved = 0;
}

static void call_done(struct qd_call *call)
{
    struct exchange *exchange = (struct exchange *)call;
    struct qd_answer answer;
    exchange->rest->calls--;
    release(exchange);
    qd_tasks_remove(exchange->rest->coordinator->tasks, call);
    qd_respond_render(call, &exchange->rendering, &answer);
    qd_buffer_deinit(&call->response);
    if (exchange->http == NULL) {
        send_direct(exchange, &answer);
        return;
    }
    qd_http_respond(exchange->http, answer.status, answer.headers, answer.header_count, &answer.body);
}

static void fail(struct exchange *exchange, enum qd_status status)
{
    qd_assert(status != QD_OK);
    qd_call_fail(&exchange->call);
}

static void client_gone(void *context, struct qd_http_request *request)
{
    struct exchange *exchange = context;
    (void)request;
    atomic_store(&exchange->call.cancelled, true);
}

/* ---- routing ---- */

static struct qd_slice allowed_methods(struct qd_arena *arena, unsigned methods, const char *separator)
{
    struct qd_buffer text = { 0 };
    for (unsigned m = 0; m < QD_HTTP_METHOD_COUNT; m++) {
        if ((methods & (1u << m)) == 0) continue;
        if (text.size > 0) qd_buffer_text(&text, separator);
        qd_buffer_slice(&text, qd_http_method_name((enum qd_http_method)m));
    }
    struct qd_slice result = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return result;
}

/* The path has an escape that cannot be read. The reference notices while it looks for a route. */
static void bad_path(struct exchange *exchange, const struct qd_route_match *match)
{
    struct qd_call *call = &exchange->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_slice text = QD_SLICE("invalid uri has been requested");
    int status = 400;
    if (match->path_exists) {
        status = 405;
        exchange->rendering.allow = allowed_methods(call->arena, match->methods, ",");
        text = qd_arena_format(call->arena, "Unexpected HTTP method, allowed: [%.*s]",
                               QD_SLICE_ARG(allowed_methods(call->arena, match->methods, ", ")));
    }
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "error", text);
    if (status == 405) qd_json_member_int(&writer, "status", status);
    qd_json_end_object(&writer);
    qd_call_finish(call, status);
}

/* No row fits: 405 when the path is known, else 400, both with a plain text as "error". */
static void no_route(struct exchange *exchange, const struct qd_route_match *match, struct qd_slice target)
{
    struct qd_call *call = &exchange->call;
    struct qd_json_writer writer = qd_call_writer(call);
    struct qd_slice method = qd_http_method_name(exchange->method);
    struct qd_slice text;
    int status = 400;
    if (exchange->method == QD_HTTP_OPTIONS) {
        if (match->path_exists) exchange->rendering.allow = allowed_methods(call->arena, match->methods, ",");
        call->content_type = "text/plain; charset=UTF-8";
        qd_call_finish(call, 200);
        return;
    }
    if (match->path_exists) {
        struct qd_slice allowed = allowed_methods(call->arena, match->methods, ", ");
        exchange->rendering.allow = allowed_methods(call->arena, match->methods, ",");
        status = 405;
        text = qd_arena_format(call->arena,
                               "Incorrect HTTP method for uri [%.*s] and method [%.*s], allowed: [%.*s]",
                               QD_SLICE_ARG(target), QD_SLICE_ARG(method), QD_SLICE_ARG(allowed));
    } else {
        text = qd_arena_format(call->arena, "no handler found for uri [%.*s] and method [%.*s]",
                               QD_SLICE_ARG(call->path), QD_SLICE_ARG(method));
    }
    qd_json_begin_object(&writer);
    qd_json_member_string(&writer, "error", text);
    if (status == 405) qd_json_member_int(&writer, "status", status);
    qd_json_end_object(&writer);
    qd_call_finish(call, status);
}

/* Deprecations that are told as soon as the body can be read, so that most errors have them too. */
static void warn_of_route(struct qd_call *call, const struct qd_route *route)
{
    struct qd_slice path = qd_slice_from_string(route->path);
    bool local = qd_call_parameter(call, "local").data != NULL;
    if (local && route->handler == qd_cat_nodes) {
        qd_call_warn(
            call, "Deprecated parameter [local] used. This parameter does not cause this API to act locally, "
                  "and should not be used. It will be unsupported in version 8.0.");
    }
    if (local && route->handler == qd_coordinator_get_field_mapping) {
        qd_call_warn(call, "Use [local] in get field mapping requests is deprecated. The parameter will be "
                           "removed in the next major version");
    }
    if (qd_slice_is(path, "/_cat/master")) {
        qd_call_warn(call, "[GET /_cat/master] is deprecated! Use [GET /_cat/cluster_manager] instead.");
    }
    if (path.size >= 14 && qd_slice_is(qd_slice_from(path, path.size - 14), "/_flush/synced")) {
        qd_call_warn(call, "Synced flush was removed and a normal flush was performed instead. This "
                           "transition will be removed in a future version.");
    }
}

static void dispatch(struct exchange *exchange, struct qd_slice path, struct qd_slice query,
                     struct qd_slice target)
{
    struct qd_call *call = &exchange->call;
    struct qd_slice parts[QD_PATH_PARTS_MAX + 1];
    struct qd_route_match match;
    struct qd_slice decoded;
    path = qd_target_clean(call->arena, path);
    query = qd_target_clean(call->arena, query);
    target = qd_target_clean(call->arena, target);
    bool is_readable = qd_target_decode(call->arena, path, &decoded, &call->error) == QD_OK;
    size_t count = qd_target_split(call->arena, path, parts, QD_PATH_PARTS_MAX + 1);
    call->path = is_readable ? decoded : path;
    call->target = target;
    enum qd_status status = qd_target_query(call->arena, query, &call->parameters, &call->error);
    if (status == QD_OK) status = qd_rendering_init(&exchange->rendering, call, exchange->http, &call->error);
    if (status != QD_OK) {
        fail(exchange, status);
        return;
    }
    qd_router_find(exchange->rest->router, exchange->method, parts, count, &match);
    if (!is_readable) {
        bad_path(exchange, &match);
        return;
    }
    if (match.route == NULL) {
        no_route(exchange, &match, target);
        return;
    }
    exchange->route = match.route;
    if ((match.route->flags & QD_ROUTE_PRETTY) != 0 && qd_call_parameter(call, "pretty").data == NULL) {
        exchange->rendering.pretty = true;
    }
    for (size_t i = 0; i < match.parameter_count; i++) {
        struct qd_slice *value = QD_NEW(call->arena, struct qd_slice);
        *value = match.values[i];
        qd_map_put(&call->parameters, match.names[i], value);
    }
    status = reserve(exchange, call->body.size, &call->error);
    if (status == QD_OK) {
        status = qd_rendering_body(&exchange->rendering, call, match.route, &call->error);
    }
    if (status != QD_UNSUPPORTED_MEDIA_TYPE) warn_of_route(call, match.route);
    if (status == QD_OK && match.route->handler == qd_coordinator_add_voting_exclusions) {
        status = qd_voting_exclusions_check(call, &call->error);
    }
    if (status == QD_OK) status = qd_target_check(call, match.route, &match, &call->error);
    if (status != QD_OK) {
        fail(exchange, status);
        return;
    }
    qd_tasks_add(exchange->rest->coordinator->tasks, call, exchange->route->path);
    match.route->handler(exchange->rest->coordinator, call);
}

static void init_call(struct exchange *exchange, struct qd_rest *rest, struct qd_arena *arena)
{
    struct qd_env *env = rest->coordinator->env;
    struct qd_call *call = &exchange->call;
    exchange->rest = rest;
    call->arena = arena;
    call->start_ms = env->clock->wall_ms(env);
    call->start_ns = env->clock->monotonic(env).nanoseconds;
    call->done = call_done;
    atomic_init(&call->cancelled, false);
    qd_map_init(&call->parameters, arena);
    qd_error_init(&call->error, arena);
    rest->calls++;
}

void qd_rest_handle(void *context, struct qd_http_request *request)
{
    struct exchange *exchange = QD_NEW(request->arena, struct exchange);
    init_call(exchange, context, request->arena);
    exchange->http = request;
    exchange->method = request->method;
    exchange->call.method = qd_http_method_name(request->method);
    exchange->call.body = request->body;
    exchange->call.opaque_id = qd_http_header_find(request, "X-Opaque-Id");
    request->gone = client_gone;
    request->gone_context = exchange;
    dispatch(exchange, request->path, request->query, request->target);
}

void qd_rest_call(struct qd_rest *rest, const struct qd_rest_direct *direct)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct exchange *exchange = QD_NEW(arena, struct exchange);
    struct qd_slice target = qd_arena_copy(arena, direct->target);
    size_t mark = qd_slice_find_byte(target, '?');
    init_call(exchange, rest, arena);
    exchange->own_arena = arena;
    exchange->direct = *direct;
    exchange->method = QD_HTTP_GET;
    for (unsigned m = 0; m < QD_HTTP_METHOD_COUNT; m++) {
        if (qd_slice_equal(direct->method, qd_http_method_name((enum qd_http_method)m))) {
            exchange->method = (enum qd_http_method)m;
        }
    }
    exchange->call.method = qd_http_method_name(exchange->method);
    exchange->call.body = qd_arena_copy(arena, direct->body);
    exchange->rendering.content_type = qd_arena_copy(arena, direct->content_type);
    struct qd_slice query = mark == SIZE_MAX ? (struct qd_slice){ 0 } : qd_slice_from(target, mark + 1);
    dispatch(exchange, mark == SIZE_MAX ? target : qd_slice_sub(target, 0, mark), query, target);
}
