#include "rest/http_connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/* Answers up to this size go out in one piece with their head; larger ones in pieces of this size. */
#define PIECE_SIZE ((size_t)64 << 10)
/* Answers from this size on are compressed in the pool. */
#define COMPRESS_INLINE_MAX ((size_t)32 << 10)
/* Room for a body is taken beforehand up to this size; what is announced need not come. */
#define RESERVE_MAX ((size_t)1 << 20)
#define HEADER_CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

static void process(struct qd_http_connection *connection, struct qd_slice bytes);
static void flush(struct qd_http_connection *connection);

static const struct qd_network_operations *network_of(const struct qd_http_connection *connection)
{
    return connection->server->network->network;
}

static bool send_bytes(struct qd_http_connection *connection, struct qd_slice bytes)
{
    connection->server->counters.bytes_out += bytes.size;
    return network_of(connection)->send(connection->server->network, connection->stream, bytes);
}

/* ---- exchanges ---- */

static struct qd_http_exchange *exchange_create(struct qd_http_connection *connection)
{
    struct qd_http_exchange *exchange = calloc(1, sizeof(*exchange));
    qd_assert(exchange != NULL);
    exchange->server = connection->server;
    exchange->connection = connection;
    exchange->request.exchange = exchange;
    exchange->server->references++;
    if (connection->first == NULL) {
        connection->first = exchange;
    } else {
        connection->last->next = exchange;
    }
    connection->last = exchange;
    connection->exchange_count++;
    return exchange;
}

static void exchange_free(struct qd_http_exchange *exchange)
{
    struct qd_http_server *server = exchange->server;
    if (exchange->counted) server->counters.bodies_bytes -= exchange->body.size;
    qd_http_inflater_destroy(exchange->inflater);
    qd_buffer_deinit(&exchange->body);
    qd_buffer_deinit(&exchange->answer_head);
    qd_buffer_deinit(&exchange->answer_body);
    qd_buffer_deinit(&exchange->answer_headers);
    qd_arena_destroy(exchange->request.arena);
    free(exchange);
    qd_http_server_release(server);
}

static struct qd_http_exchange *pop(struct qd_http_connection *connection)
{
    struct qd_http_exchange *exchange = connection->first;
    connection->first = exchange->next;
    connection->exchange_count--;
    if (exchange->counted) connection->held_size -= exchange->body.size;
    return exchange;
}

/* ---- deadlines ---- */

static enum qd_http_deadline deadline_kind(const struct qd_http_connection *connection)
{
    if (connection->closing) return QD_HTTP_DEADLINE_NONE;
    if (connection->blocked) return QD_HTTP_DEADLINE_WRITE;
    if (connection->input_done || connection->paused) return QD_HTTP_DEADLINE_NONE;
    if (connection->parser.in_body) return QD_HTTP_DEADLINE_BODY;
    if (qd_http_parser_is_inside(&connection->parser)) return QD_HTTP_DEADLINE_HEAD;
    return connection->first != NULL ? QD_HTTP_DEADLINE_NONE : QD_HTTP_DEADLINE_IDLE;
}

static void update_deadline(struct qd_http_connection *connection, bool renew)
{
    const struct qd_http_settings *settings = &connection->server->settings;
    enum qd_http_deadline kind = deadline_kind(connection);
    if (kind == connection->deadline && !renew) return;
    if (kind == QD_HTTP_DEADLINE_HEAD && connection->deadline == kind) return;
    const struct qd_duration timeouts[] = {
        [QD_HTTP_DEADLINE_NONE] = { 0 },
        [QD_HTTP_DEADLINE_IDLE] = settings->idle_timeout,
        [QD_HTTP_DEADLINE_HEAD] = settings->header_timeout,
        [QD_HTTP_DEADLINE_BODY] = settings->body_timeout,
        [QD_HTTP_DEADLINE_WRITE] = settings->write_timeout,
    };
    int64_t timeout_ns = timeouts[kind].nanoseconds;
    connection->deadline = timeout_ns <= 0 ? QD_HTTP_DEADLINE_NONE : kind;
    struct qd_env *env = connection->server->env;
    connection->deadline_ns = env->clock->monotonic(env).nanoseconds + timeout_ns;
}

/* ---- answers out ---- */

void qd_http_connection_close(struct qd_http_connection *connection)
{
    if (connection->closing) return;
    connection->closing = true;
    network_of(connection)->close(connection->server->network, connection->stream);
    update_deadline(connection, false);
}

static struct qd_slice next_piece(const struct qd_http_exchange *exchange)
{
    size_t head_size = exchange->answer_head.size;
    if (exchange->sent < head_size) return qd_slice_from(qd_buffer_view(&exchange->answer_head),
                                                         exchange->sent);
    struct qd_slice rest = qd_slice_from(qd_buffer_view(&exchange->answer_body), exchange->sent - head_size);
    if (rest.size > PIECE_SIZE) rest.size = PIECE_SIZE;
    return rest;
}

/* Sends as much of the answer as the network takes; true when all of it was handed over. */
static bool send_answer(struct qd_http_connection *connection, struct qd_http_exchange *exchange)
{
    size_t total = exchange->answer_head.size + exchange->answer_body.size;
    if (exchange->sent == 0 && exchange->answer_body.size > 0 && total <= PIECE_SIZE) {
        qd_buffer_slice(&exchange->answer_head, qd_buffer_view(&exchange->answer_body));
        qd_buffer_deinit(&exchange->answer_body);
    }
    while (exchange->sent < total && !connection->blocked) {
        struct qd_slice piece = next_piece(exchange);
        exchange->sent += piece.size;
        connection->blocked = !send_bytes(connection, piece);
    }
    return exchange->sent == total;
}

/* 100 Continue is sent when everything before it is, and nothing of the body has come. */
static void send_continue(struct qd_http_connection *connection)
{
    struct qd_http_exchange *exchange = connection->first;
    if (exchange == NULL || !exchange->wants_continue || exchange->state != QD_HTTP_RECEIVING) return;
    exchange->wants_continue = false;
    if (connection->parser.body_size == 0) send_bytes(connection, QD_SLICE(HEADER_CONTINUE));
}

static bool is_full(const struct qd_http_connection *connection)
{
    const struct qd_http_settings *settings = &connection->server->settings;
    return connection->exchange_count >= settings->pipelining_max_events ||
           connection->held_size > settings->max_content_length;
}

/* Goes on reading when enough has been answered. */
static void resume(struct qd_http_connection *connection)
{
    if (!connection->paused || connection->processing || connection->closing || is_full(connection)) return;
    connection->paused = false;
    network_of(connection)->set_reading(connection->server->network, connection->stream, true);
    struct qd_buffer stash = connection->stash;
    connection->stash = (struct qd_buffer){ 0 };
    process(connection, qd_buffer_view(&stash));
    qd_buffer_deinit(&stash);
}

static void flush(struct qd_http_connection *connection)
{
    if (connection->flushing || connection->closing) return;
    connection->flushing = true;
    while (connection->first != NULL && connection->first->state == QD_HTTP_READY && !connection->blocked) {
        if (!send_answer(connection, connection->first)) break;
        struct qd_http_exchange *exchange = pop(connection);
        bool last = exchange->close_after;
        exchange_free(exchange);
        if (last || (connection->server->stopping && connection->first == NULL)) {
            qd_http_connection_close(connection);
            break;
        }
        send_continue(connection);
    }
    connection->flushing = false;
    update_deadline(connection, false);
    resume(connection);
}

static void compress(void *context)
{
    struct qd_http_exchange *exchange = context;
    qd_http_deflate(&exchange->answer_body, exchange->answer_coding,
                    exchange->server->settings.compression_level);
}

static void finish_compressed(struct qd_http_exchange *exchange)
{
    qd_http_answer_finish(exchange, exchange->answer_status, qd_buffer_view(&exchange->answer_headers),
                          exchange->answer_coding);
}

static void compressed(void *context)
{
    struct qd_http_exchange *exchange = context;
    struct qd_http_connection *connection = exchange->connection;
    if (connection == NULL) {
        exchange_free(exchange);
        return;
    }
    finish_compressed(exchange);
    flush(connection);
}

static enum qd_http_coding answer_coding(const struct qd_http_exchange *exchange, int status,
                                         const struct qd_http_header *headers, size_t count)
{
    const struct qd_http_request *request = &exchange->request;
    bool plain = !exchange->server->settings.compression || exchange->head.minor == 0;
    plain = plain || request->method == QD_HTTP_HEAD || exchange->answer_body.size == 0;
    plain = plain || status == 204 || status == 304;
    if (plain) return QD_HTTP_IDENTITY;
    for (size_t i = 0; i < count; i++) {
        if (qd_http_equal_no_case(headers[i].name, "content-encoding")) return QD_HTTP_IDENTITY;
    }
    return qd_http_choose_coding(qd_http_header_find(request, "accept-encoding"));
}

void qd_http_respond(struct qd_http_request *request, int status, const struct qd_http_header *headers,
                     size_t count, struct qd_buffer *body)
{
    struct qd_http_exchange *exchange = request->exchange;
    struct qd_http_connection *connection = exchange->connection;
    qd_assert(exchange->state == QD_HTTP_HANDLING);
    if (body != NULL) {
        exchange->answer_body = *body;
        *body = (struct qd_buffer){ 0 };
    }
    if (connection == NULL) {
        exchange_free(exchange);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        qd_http_append_header(&exchange->answer_headers, headers[i].name, headers[i].value);
    }
    exchange->answer_status = status;
    exchange->answer_coding = answer_coding(exchange, status, headers, count);
    if (exchange->answer_coding != QD_HTTP_IDENTITY && exchange->answer_body.size > COMPRESS_INLINE_MAX) {
        struct qd_env *env = exchange->server->env;
        exchange->state = QD_HTTP_COMPRESSING;
        env->work->submit(env, QD_WORK_GENERIC, NULL, compress, compressed, exchange);
        return;
    }
    if (exchange->answer_coding != QD_HTTP_IDENTITY) compress(exchange);
    finish_compressed(exchange);
    flush(connection);
}

/* ---- requests in ---- */

/* Answers here instead of the handler. stop: nothing more is read from this client. */
static void refuse(struct qd_http_connection *connection, struct qd_http_exchange *exchange,
                   const struct qd_http_fault *fault, bool stop)
{
    connection->server->counters.refused++;
    connection->receiving = NULL;
    if (stop) {
        exchange->close_after = true;
        connection->input_done = true;
        network_of(connection)->set_reading(connection->server->network, connection->stream, false);
    }
    qd_http_answer_fault(exchange, fault);
    flush(connection);
}

/* Decides from the head alone what becomes of the request; true: its body is wanted. */
static bool admit(struct qd_http_connection *connection, struct qd_http_exchange *exchange)
{
    const struct qd_http_head *head = &exchange->head;
    struct qd_http_fault fault = { .status = 413 };
    if (head->content_length > connection->server->settings.max_content_length) {
        /* A client that waits for 100 may now send the body or not: where the next request begins is in
         * doubt. */
        refuse(connection, exchange, &fault, head->expect_continue || !head->keep_alive);
        return false;
    }
    if (!head->expect_unknown) return true;
    fault.status = 417;
    refuse(connection, exchange, &fault, true);
    return false;
}

static void begin_request(struct qd_http_connection *connection)
{
    struct qd_http_exchange *exchange = exchange_create(connection);
    struct qd_http_request *request = &exchange->request;
    exchange->head = connection->parser.head;
    request->arena = connection->parser.arena;
    connection->parser.arena = NULL;
    connection->deadline = QD_HTTP_DEADLINE_NONE;
    connection->body_fault = QD_HTTP_BODY_FINE;
    request->method = exchange->head.method;
    request->target = exchange->head.target;
    request->path = exchange->head.path;
    request->query = exchange->head.query;
    request->headers = exchange->head.headers;
    request->header_count = exchange->head.header_count;
    exchange->close_after = !exchange->head.keep_alive;
    if (!admit(connection, exchange)) return;
    connection->receiving = exchange;
    exchange->wants_continue = exchange->head.expect_continue;
    enum qd_http_coding coding = exchange->head.coding;
    if (coding != QD_HTTP_IDENTITY) exchange->inflater = qd_http_inflater_create(coding);
    uint64_t length = exchange->head.content_length;
    if (length > 0) qd_buffer_reserve(&exchange->body, length < RESERVE_MAX ? (size_t)length : RESERVE_MAX);
    send_continue(connection);
}

static void on_body(void *context, struct qd_slice piece)
{
    struct qd_http_connection *connection = context;
    struct qd_http_exchange *exchange = connection->receiving;
    if (exchange == NULL || connection->body_fault != QD_HTTP_BODY_FINE) return;
    size_t size_max = connection->server->settings.max_content_length;
    if (exchange->inflater == NULL) {
        if (piece.size > size_max - exchange->body.size) {
            connection->body_fault = QD_HTTP_BODY_TOO_LARGE;
        } else {
            qd_buffer_slice(&exchange->body, piece);
        }
        return;
    }
    switch (qd_http_inflater_feed(exchange->inflater, piece, &exchange->body, size_max)) {
    case QD_HTTP_INFLATE_OK: break;
    case QD_HTTP_INFLATE_BAD: connection->body_fault = QD_HTTP_BODY_BAD; break;
    case QD_HTTP_INFLATE_TOO_LARGE: connection->body_fault = QD_HTTP_BODY_TOO_LARGE; break;
    }
}

/* A body that is too large or cannot be decompressed is answered at once; what still comes of it is thrown
 * away when its end is known, else the connection is closed. */
static void check_body(struct qd_http_connection *connection)
{
    struct qd_http_exchange *exchange = connection->receiving;
    if (exchange == NULL || connection->body_fault == QD_HTTP_BODY_FINE) return;
    struct qd_http_fault fault = { .status = 413 };
    if (connection->body_fault == QD_HTTP_BODY_BAD) {
        qd_http_fault_set(&fault, 400, "illegal_argument_exception",
                          "the request body cannot be decompressed");
    }
    bool endless = exchange->head.chunked && !connection->parser.complete && connection->parser.in_body;
    refuse(connection, exchange, &fault, endless || exchange->wants_continue || exchange->close_after);
}

static void finish_request(struct qd_http_connection *connection)
{
    struct qd_http_exchange *exchange = connection->receiving;
    struct qd_http_server *server = connection->server;
    if (exchange == NULL) return;
    if (exchange->inflater != NULL && connection->parser.body_size > 0 &&
        !qd_http_inflater_is_complete(exchange->inflater)) {
        connection->body_fault = QD_HTTP_BODY_BAD;
        check_body(connection);
        return;
    }
    connection->receiving = NULL;
    qd_http_inflater_destroy(exchange->inflater);
    exchange->inflater = NULL;
    struct qd_http_request *request = &exchange->request;
    request->body = qd_buffer_view(&exchange->body);
    request->arrived = server->env->clock->monotonic(server->env);
    request->id = ++server->next_id;
    struct qd_slice peer = network_of(connection)->peer(server->network, connection->stream);
    request->peer = qd_arena_copy(request->arena, peer);
    exchange->counted = true;
    server->counters.bodies_bytes += exchange->body.size;
    connection->held_size += exchange->body.size;
    if (exchange->close_after) connection->input_done = true;
    if (qd_http_cors_intercept(exchange)) {
        flush(connection);
        return;
    }
    server->counters.requests++;
    exchange->state = QD_HTTP_HANDLING;
    server->handle(server->context, request);
}

static void pause_reading(struct qd_http_connection *connection, struct qd_slice bytes)
{
    connection->paused = true;
    qd_buffer_slice(&connection->stash, bytes);
    network_of(connection)->set_reading(connection->server->network, connection->stream, false);
}

static void process(struct qd_http_connection *connection, struct qd_slice bytes)
{
    connection->processing = true;
    while (!connection->closing && !connection->input_done) {
        if (bytes.size > 0 && !qd_http_parser_is_inside(&connection->parser) && is_full(connection)) {
            pause_reading(connection, bytes);
            break;
        }
        struct qd_http_fault fault = { 0 };
        enum qd_http_step step = qd_http_parser_step(&connection->parser, &bytes, &fault);
        check_body(connection);
        if (step == QD_HTTP_STEP_MORE) break;
        if (step == QD_HTTP_STEP_HEAD) begin_request(connection);
        if (step == QD_HTTP_STEP_DONE) finish_request(connection);
        if (step == QD_HTTP_STEP_FAULT && !connection->input_done) {
            struct qd_http_exchange *exchange = connection->receiving;
            refuse(connection, exchange == NULL ? exchange_create(connection) : exchange, &fault, true);
        }
    }
    connection->processing = false;
}

static void on_data(void *context, struct qd_slice bytes)
{
    struct qd_http_connection *connection = context;
    connection->server->counters.bytes_in += bytes.size;
    if (connection->closing || connection->input_done) return;
    if (connection->paused) {
        qd_buffer_slice(&connection->stash, bytes);
        return;
    }
    process(connection, bytes);
    update_deadline(connection, true);
    resume(connection);
}

void qd_http_connection_expire(struct qd_http_connection *connection)
{
    struct qd_http_fault fault = { .status = 408 };
    bool head = connection->deadline == QD_HTTP_DEADLINE_HEAD;
    bool body = connection->deadline == QD_HTTP_DEADLINE_BODY && connection->receiving != NULL;
    if (!head && !body) {
        qd_http_connection_close(connection);
        return;
    }
    refuse(connection, head ? exchange_create(connection) : connection->receiving, &fault, true);
}

/* ---- the network's events ---- */

static void on_drained(void *context)
{
    struct qd_http_connection *connection = context;
    connection->blocked = false;
    flush(connection);
}

/* The handler is told of every request that it has not answered; the answer then only frees the exchange. */
static void drop_exchanges(struct qd_http_connection *connection)
{
    while (connection->first != NULL) {
        struct qd_http_exchange *exchange = pop(connection);
        exchange->connection = NULL;
        if (exchange->state == QD_HTTP_RECEIVING || exchange->state == QD_HTTP_READY) {
            exchange_free(exchange);
        } else if (exchange->state == QD_HTTP_HANDLING && exchange->request.gone != NULL) {
            exchange->request.gone(exchange->request.gone_context, &exchange->request);
        }
    }
}

static void on_closed(void *context)
{
    struct qd_http_connection *connection = context;
    struct qd_http_server *server = connection->server;
    connection->closing = true;
    drop_exchanges(connection);
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        server->connections = connection->next;
    }
    if (connection->next != NULL) connection->next->previous = connection->previous;
    server->counters.current_open--;
    qd_http_parser_deinit(&connection->parser);
    qd_buffer_deinit(&connection->stash);
    free(connection);
    qd_http_server_check_stopped(server);
}

static const struct qd_connection_events events = { on_data, on_closed, on_drained };

static void ignore_data(void *context, struct qd_slice bytes)
{
    (void)context;
    (void)bytes;
}

static void ignore_closed(void *context)
{
    (void)context;
}

static const struct qd_connection_events no_events = { ignore_data, ignore_closed, NULL };

void qd_http_connection_accept(void *context, struct qd_connection *stream)
{
    struct qd_http_server *server = context;
    const struct qd_network_operations *network = server->network->network;
    if (server->counters.current_open >= server->settings.max_connections) {
        network->attach(server->network, stream, &no_events, NULL);
        network->close(server->network, stream);
        return;
    }
    struct qd_http_connection *connection = calloc(1, sizeof(*connection));
    qd_assert(connection != NULL);
    connection->server = server;
    connection->stream = stream;
    qd_http_parser_init(&connection->parser, server->settings.max_initial_line_length,
                        server->settings.max_header_size, on_body, connection);
    connection->next = server->connections;
    if (connection->next != NULL) connection->next->previous = connection;
    server->connections = connection;
    server->counters.current_open++;
    server->counters.total_opened++;
    network->attach(server->network, stream, &events, connection);
    update_deadline(connection, true);
    qd_http_server_watch(server);
}
