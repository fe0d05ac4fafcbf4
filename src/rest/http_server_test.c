/* The HTTP server over the simulation's network: raw bytes in, raw bytes out. */
#include "rest/http_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "rest/http_compress.h"
#include "simulation/fake/fake_env.h"

#define S QD_SLICE
#define PENDING_MAX 64

/* A server, a handler that answers as told, and one client. */
struct bench {
    struct qd_env *env;
    struct qd_http_server *server;
    struct qd_http_settings settings;
    uint16_t port;
    struct qd_connection *client;
    struct qd_buffer received;
    bool closed;
    bool stopped;
    bool hold;                                    /* requests are kept in pending */
    struct qd_http_request *pending[PENDING_MAX];
    size_t pending_count;
    size_t handled;
    size_t gone;
    const char *answer;                           /* NULL: echo of method, path, query and body */
    size_t answer_repeat;
};

static void respond(struct bench *bench, struct qd_http_request *request)
{
    struct qd_http_header headers[] = { { S("X-First"), S("1\r\nEvil: 2") },
                                        { S("content-type"), S("text/plain") } };
    struct qd_buffer body = { 0 };
    if (bench->answer != NULL) {
        for (size_t i = 0; i <= bench->answer_repeat; i++) qd_buffer_text(&body, bench->answer);
    } else {
        struct qd_slice method = qd_http_method_name(request->method);
        qd_buffer_format(&body, "%.*s %.*s?%.*s ", QD_SLICE_ARG(method), QD_SLICE_ARG(request->path),
                         QD_SLICE_ARG(request->query));
        qd_buffer_slice(&body, request->body);
    }
    qd_http_respond(request, 200, headers, 2, &body);
    assert_null(body.data);
}

static void on_gone(void *context, struct qd_http_request *request)
{
    ((struct bench *)context)->gone++;
    assert_true(request->method == QD_HTTP_GET);
}

static void handle(void *context, struct qd_http_request *request)
{
    struct bench *bench = context;
    bench->handled++;
    request->gone = on_gone;
    request->gone_context = bench;
    if (!bench->hold) {
        respond(bench, request);
        return;
    }
    assert_true(bench->pending_count < PENDING_MAX);
    bench->pending[bench->pending_count++] = request;
}

static void client_data(void *context, struct qd_slice bytes)
{
    qd_buffer_slice(&((struct bench *)context)->received, bytes);
}

static void client_closed(void *context)
{
    ((struct bench *)context)->closed = true;
}

static const struct qd_connection_events client_events = { client_data, client_closed, NULL };

static void client_connected(void *context, struct qd_connection *connection)
{
    struct bench *bench = context;
    assert_non_null(connection);
    bench->client = connection;
    bench->env->network->attach(bench->env, connection, &client_events, bench);
}

static void run(struct bench *bench, int64_t milliseconds)
{
    qd_fake_env_run_for(bench->env, qd_duration_ms(milliseconds));
}

static void connect_client(struct bench *bench)
{
    bench->closed = false;
    bench->received.size = 0;
    bench->env->network->connect(bench->env, S("127.0.0.1"), bench->port, client_connected, bench);
    run(bench, 50);
    assert_non_null(bench->client);
}

static void bench_init(struct bench *bench, uint64_t seed)
{
    struct qd_fake_options options = { 0 };
    if (seed > 0) {
        options.faults.network_delay_max = qd_duration_ms(2);
        options.faults.work_delay_max = qd_duration_ms(2);
    }
    bench->env = qd_fake_env_create(seed, &options);
    if (bench->settings.max_content_length == 0) bench->settings = qd_http_settings_default();
    static const struct qd_http_header version = { QD_SLICE_INIT("X-Version"), QD_SLICE_INIT("9") };
    bench->settings.error_headers = &version;
    bench->settings.error_header_count = 1;
    bench->server = qd_http_server_create(bench->env, NULL, &bench->settings, handle, bench);
    assert_ok(qd_http_server_listen(bench->server, S("127.0.0.1"), 0, &bench->port, NULL));
    connect_client(bench);
}

static void on_stopped(void *context)
{
    ((struct bench *)context)->stopped = true;
}

static void bench_deinit(struct bench *bench)
{
    qd_http_server_stop(bench->server, qd_duration_ms(10), on_stopped, bench);
    for (size_t i = 0; i < bench->pending_count; i++) respond(bench, bench->pending[i]);
    qd_fake_env_run_until_idle(bench->env, 1000000);
    assert_true(bench->stopped);
    qd_fake_env_destroy(bench->env);
    qd_buffer_deinit(&bench->received);
}

static void send_text(struct bench *bench, const char *text)
{
    bench->env->network->send(bench->env, bench->client, qd_slice_from_string(text));
    run(bench, 100);
}

/* Sends and compares everything that comes back. */
static void assert_exchange(struct bench *bench, const char *request, const char *answer)
{
    bench->received.size = 0;
    send_text(bench, request);
    assert_slice(qd_buffer_view(&bench->received), answer);
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nX-First: 1  Evil: 2\r\ncontent-type: text/plain\r\n"

TEST(http_server, answers_and_keeps_the_connection)
{
    struct bench bench = { 0 };
    bench_init(&bench, 0);
    assert_exchange(&bench, "GET /a%20b/c?x=y&z HTTP/1.1\r\nHost: h\r\n\r\n",
                    OK_HEAD "content-length: 19\r\n\r\nGET /a%20b/c?x=y&z ");
    bench.answer = "";
    bench_deinit(&bench);
}

TEST(http_server, head_has_a_length_but_no_body)
{
    struct bench bench = { .answer = "12345" };
    bench_init(&bench, 0);
    assert_exchange(&bench, "HEAD / HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n",
                    OK_HEAD "content-length: 5\r\n\r\n");
    assert_exchange(&bench, "GET / HTTP/1.0\r\nConnection: keep-alive\r\nAccept-Encoding: gzip\r\n\r\n",
                    "HTTP/1.0 200 OK\r\nX-First: 1  Evil: 2\r\ncontent-type: text/plain\r\n"
                    "content-length: 5\r\n\r\n12345");
    assert_false(bench.closed);
    assert_exchange(&bench, "GET / HTTP/1.1\r\nConnection: foo, close\r\n\r\nGET /ignored HTTP/1.1\r\n\r\n",
                    OK_HEAD "content-length: 5\r\n\r\n12345");
    assert_true(bench.closed);
    connect_client(&bench);
    assert_exchange(&bench, "GET / HTTP/1.0\r\n\r\n",
                    "HTTP/1.0 200 OK\r\nX-First: 1  Evil: 2\r\ncontent-type: text/plain\r\n"
                    "content-length: 5\r\n\r\n12345");
    assert_true(bench.closed);
    bench_deinit(&bench);
}

TEST(http_server, pipelined_answers_keep_the_order_of_requests)
{
    struct bench bench = { .hold = true };
    bench_init(&bench, 0);
    send_text(&bench,
              "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\n"
              "abGET /3 HTTP/1.1\r\n\r\n");
    assert_int_equal(bench.pending_count, 3);
    respond(&bench, bench.pending[2]);
    respond(&bench, bench.pending[1]);
    run(&bench, 10);
    assert_int_equal(bench.received.size, 0);
    respond(&bench, bench.pending[0]);
    bench.pending_count = 0;
    run(&bench, 10);
    assert_slice(qd_buffer_view(&bench.received),
                 OK_HEAD "content-length: 8\r\n\r\nGET /1? " OK_HEAD "content-length: 11\r\n\r\n"
                 "POST /2? ab" OK_HEAD "content-length: 8\r\n\r\nGET /3? ");
    bench_deinit(&bench);
}

TEST(http_server, pipelining_is_bounded)
{
    struct bench bench = { .hold = true, .settings = qd_http_settings_default() };
    bench.settings.pipelining_max_events = 2;
    bench_init(&bench, 0);
    for (int i = 0; i < 5; i++) send_text(&bench, "GET / HTTP/1.1\r\n\r\n");
    assert_int_equal(bench.pending_count, 2);
    bench.hold = false;
    respond(&bench, bench.pending[0]);
    respond(&bench, bench.pending[1]);
    bench.pending_count = 0;
    run(&bench, 10);
    assert_int_equal(bench.handled, 5);
    bench_deinit(&bench);
}

TEST(http_server, chunked_bodies_are_joined)
{
    struct bench bench = { 0 };
    bench_init(&bench, 0);
    assert_exchange(&bench,
                    "POST /p HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n"
                    "T: x\r\n\r\n",
                    OK_HEAD "content-length: 13\r\n\r\nPOST /p? abcd");
    assert_exchange(&bench, "\r\n\r\nPOST http://host/p HTTP/1.1\r\nContent-Length:  1 \r\n\r\nx",
                    OK_HEAD "content-length: 10\r\n\r\nPOST /p? x");
    bench_deinit(&bench);
}

TEST(http_server, faults_are_answered_as_the_reference_does)
{
    static const struct {
        const char *request;
        const char *type;
        const char *reason;
    } cases[] = {
        { "GARBAGE\r\n\r\n", "illegal_argument_exception", "text is empty (possibly HTTP/0.9)" },
        { "GET / HTTP/9.9\r\n\r\n", "illegal_argument_exception", "invalid version format: HTTP/9.9" },
        { "FOO / HTTP/1.1\r\n\r\n", "illegal_argument_exception", "Unexpected http method: FOO" },
        { "GET / HTTP/1.1\nHost: x\n\n", "invalid_line_separator_exception",
          "Line Feed must be preceded by Carriage Return when terminating HTTP start- "
          "and header field-lines" },
        { "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "illegal_argument_exception",
          "a header name can only contain \\\"token\\\" characters, but found invalid character "
          "0x20 at index 4 of "
          "header 'Host '." },
        { "GET / HTTP/1.1\r\n Host: x\r\n\r\n", "illegal_argument_exception",
          "a header name can only contain \\\"token\\\" characters, but found invalid character "
          "0x20 at index 0 of "
          "header ' Host'." },
        { "GET / HTTP/1.1\r\nfoo\r\n\r\n", "illegal_argument_exception", "No colon found" },
        { "GET / HTTP/1.1\r\n: x\r\n\r\n", "illegal_argument_exception", "empty headers are not allowed []" },
        { "POST / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 2\r\n\r\n", "illegal_argument_exception",
          "Multiple Content-Length values found: [0, 2]" },
        { "POST / HTTP/1.1\r\nContent-Length: +2\r\n\r\n", "illegal_argument_exception",
          "Content-Length value is not a number: +2" },
        { "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
          "content_length_not_allowed_exception",
          "Content-Length are not allowed in HTTP/1.1 messages that contains a Transfer-Encoding header." },
        { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer_encoding_not_allowed_exception",
          "The Transfer-Encoding header is only allowed in HTTP/1.1 or newer" },
        { "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "illegal_argument_exception",
          "Transfer-Encoding other than chunked" },
        { "CONNECT a:1 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", "illegal_argument_exception",
          "a CONNECT request has no body" },
        { "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "number_format_exception",
          "Invalid character in chunk size" },
        { "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", "illegal_argument_exception", "No colon found" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct bench bench = { 0 };
        char body[1024];
        char answer[2048];
        bench_init(&bench, 0);
        int size = snprintf(body, sizeof(body),
                            "{\"error\":{\"root_cause\":[{\"type\":\"%s\",\"reason\":\"%s\"}],"
                            "\"type\":\"%s\",\"reason\":\"%s\"},\"status\":400}",
                            cases[i].type, cases[i].reason, cases[i].type, cases[i].reason);
        snprintf(answer, sizeof(answer),
                 "HTTP/1.%d 400 Bad Request\r\nX-Version: 9\r\ncontent-type: application/json; "
                 "charset=UTF-8\r\n"
                 "content-length: %d\r\nconnection: close\r\n\r\n%s",
                 1, size, body);
        assert_exchange(&bench, cases[i].request, answer);
        assert_true(bench.closed);
        assert_int_equal(bench.handled, 0);
        bench_deinit(&bench);
    }
}

TEST(http_server, lines_and_heads_are_bounded)
{
    char request[20000];
    char letters[17000];
    memset(letters, 'a', sizeof(letters));
    for (int over = 0; over < 2; over++) {
        struct bench bench = { .answer = "" };
        bench_init(&bench, 1);
        snprintf(request, sizeof(request), "GET /%.*s HTTP/1.1\r\n\r\n", 4096 - 14 + over, letters);
        send_text(&bench, request);
        assert_int_equal(bench.handled, over == 0);
        assert_int_equal(bench.closed, over == 1);
        bench_deinit(&bench);
        bench = (struct bench){ .answer = "" };
        bench_init(&bench, 1);
        snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nA: %.*s\r\n\r\n", 16384 - 3 + over, letters);
        send_text(&bench, request);
        assert_int_equal(bench.handled, over == 0);
        assert_int_equal(bench.closed, over == 1);
        bench_deinit(&bench);
    }
}

TEST(http_server, large_bodies_are_refused_and_skipped)
{
    struct bench bench = { .settings = qd_http_settings_default() };
    bench.settings.max_content_length = 4;
    bench_init(&bench, 0);
    assert_exchange(&bench, "POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
                    "HTTP/1.1 413 Request Entity Too Large\r\ncontent-length: 0\r\n\r\n");
    assert_exchange(&bench, "12345GET / HTTP/1.1\r\n\r\n", OK_HEAD "content-length: 7\r\n\r\nGET /? ");
    assert_exchange(&bench, "POST /p HTTP/1.1\r\nContent-Length: 4\r\n\r\n1234",
                    OK_HEAD "content-length: 13\r\n\r\nPOST /p? 1234");
    assert_exchange(&bench, "POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n123\r\n2\r\n45",
                    "HTTP/1.1 413 Request Entity Too Large\r\ncontent-length: 0\r\n"
                    "connection: close\r\n\r\n");
    assert_true(bench.closed);
    bench_deinit(&bench);
}

TEST(http_server, expect_continue_is_answered_in_turn)
{
    struct bench bench = { .hold = true };
    bench_init(&bench, 0);
    assert_exchange(&bench,
                    "GET / HTTP/1.1\r\n\r\nPOST /p HTTP/1.1\r\nExpect: 100-continue\r\n"
                    "Content-Length: 1\r\n\r\n", "");
    respond(&bench, bench.pending[0]);
    run(&bench, 10);
    assert_slice(qd_buffer_view(&bench.received),
                 OK_HEAD "content-length: 7\r\n\r\nGET /? HTTP/1.1 100 Continue\r\n\r\n");
    bench.hold = false;
    bench.pending_count = 0;
    assert_exchange(&bench, "x", OK_HEAD "content-length: 10\r\n\r\nPOST /p? x");
    assert_exchange(&bench, "POST /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\ny",
                    "HTTP/1.1 100 Continue\r\n\r\n" OK_HEAD "content-length: 10\r\n\r\nPOST /p? y");
    assert_exchange(&bench, "POST /p HTTP/1.1\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n",
                    "HTTP/1.1 417 Expectation Failed\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    assert_true(bench.closed);
    bench_deinit(&bench);
}

static void send_compressed(struct bench *bench, const char *coding, struct qd_buffer *body)
{
    char head[128];
    snprintf(head, sizeof(head), "POST /p HTTP/1.1\r\nContent-Encoding: %s\r\nContent-Length: %zu\r\n\r\n",
             coding, body->size);
    bench->received.size = 0;
    bench->env->network->send(bench->env, bench->client, qd_slice_from_string(head));
    bench->env->network->send(bench->env, bench->client, qd_buffer_view(body));
    run(bench, 200);
    qd_buffer_deinit(body);
}

TEST(http_server, compressed_bodies_are_undone)
{
    struct bench bench = { 0 };
    bench_init(&bench, 3);
    const enum qd_http_coding codings[] = { QD_HTTP_GZIP, QD_HTTP_DEFLATE, QD_HTTP_DEFLATE };
    for (size_t i = 0; i < 3; i++) {
        struct qd_buffer body = { 0 };
        qd_buffer_text(&body, "hello hello hello");
        qd_http_deflate(&body, codings[i], 6);
        if (i == 2) {
            /* The raw form: without zlib's two bytes in front and four behind. */
            memmove(body.data, body.data + 2, body.size - 6);
            body.size -= 6;
        }
        send_compressed(&bench, i == 0 ? "gzip" : "Deflate", &body);
        assert_slice(qd_buffer_view(&bench.received),
                     OK_HEAD "content-length: 26\r\n\r\nPOST /p? hello hello hello");
    }
    struct qd_buffer bad = { 0 };
    qd_buffer_text(&bad, "{}");
    send_compressed(&bench, "gzip", &bad);
    assert_true(qd_slice_starts_with(qd_buffer_view(&bench.received), S("HTTP/1.1 400 ")));
    qd_buffer_text(&bad, "hello");
    qd_http_deflate(&bad, QD_HTTP_GZIP, 6);
    bad.size -= 3;
    send_compressed(&bench, "gzip", &bad);
    assert_true(qd_slice_starts_with(qd_buffer_view(&bench.received), S("HTTP/1.1 400 ")));
    assert_int_equal(bench.handled, 3);
    bench_deinit(&bench);
}

TEST(http_server, a_bomb_is_refused)
{
    struct bench bench = { .settings = qd_http_settings_default() };
    bench.settings.max_content_length = 100000;
    bench_init(&bench, 0);
    struct qd_buffer bomb = { 0 };
    memset(qd_buffer_reserve(&bomb, 1 << 20), 'b', 1 << 20);
    bomb.size = 1 << 20;
    qd_http_deflate(&bomb, QD_HTTP_GZIP, 9);
    assert_true(bomb.size < 5000);
    send_compressed(&bench, "gzip", &bomb);
    assert_slice(qd_buffer_view(&bench.received),
                 "HTTP/1.1 413 Request Entity Too Large\r\ncontent-length: 0\r\n\r\n");
    assert_exchange(&bench, "GET / HTTP/1.1\r\n\r\n", OK_HEAD "content-length: 7\r\n\r\nGET /? ");
    bench_deinit(&bench);
}

/* Checks one compressed answer of `size` bytes. */
static void assert_compressed(struct bench *bench, const char *accept, const char *name,
                              enum qd_http_coding coding, size_t size)
{
    char request[128];
    char head[256];
    snprintf(request, sizeof(request), "GET / HTTP/1.1\r\nAccept-Encoding: %s\r\n\r\n", accept);
    bench->received.size = 0;
    send_text(bench, request);
    run(bench, 1000);
    struct qd_slice answer = qd_buffer_view(&bench->received);
    int head_size = snprintf(head, sizeof(head), OK_HEAD "content-encoding: %s\r\ncontent-length: ", name);
    assert_true(qd_slice_starts_with(answer, qd_slice_make(head, (size_t)head_size)));
    size_t length = strtoul(answer.data + head_size, NULL, 10);
    assert_true(length < size);
    struct qd_buffer plain = { 0 };
    struct qd_http_inflater *inflater = qd_http_inflater_create(coding);
    struct qd_slice body = qd_slice_from(answer, answer.size - length);
    assert_int_equal(qd_http_inflater_feed(inflater, body, &plain, 10 << 20), QD_HTTP_INFLATE_OK);
    assert_true(qd_http_inflater_is_complete(inflater));
    assert_int_equal(plain.size, size);
    qd_http_inflater_destroy(inflater);
    qd_buffer_deinit(&plain);
}

TEST(http_server, answers_are_compressed_when_asked)
{
    struct bench bench = { .answer = "0123456789", .answer_repeat = 99 };
    bench_init(&bench, 2);
    assert_compressed(&bench, "br, gzip", "gzip", QD_HTTP_GZIP, 1000);
    assert_compressed(&bench, "deflate;q=0.5, gzip;q=0", "deflate", QD_HTTP_DEFLATE, 1000);
    /* The one that is wanted more; gzip of two that are wanted alike. */
    assert_compressed(&bench, "deflate, gzip;q=0.9", "deflate", QD_HTTP_DEFLATE, 1000);
    assert_compressed(&bench, "deflate;q=0.2, gzip;q=0.2", "gzip", QD_HTTP_GZIP, 1000);
    assert_compressed(&bench, "gzip;q=0, *;q=0.1", "deflate", QD_HTTP_DEFLATE, 1000);
    assert_compressed(&bench, "x-deflate", "deflate", QD_HTTP_DEFLATE, 1000);
    bench.answer_repeat = 99999;
    assert_compressed(&bench, "*", "gzip", QD_HTTP_GZIP, 1000000);
    bench.answer_repeat = 0;
    assert_exchange(&bench, "GET / HTTP/1.1\r\nAccept-Encoding: gzip;q=0.0, br\r\n\r\n",
                    OK_HEAD "content-length: 10\r\n\r\n0123456789");
    bench_deinit(&bench);
}

TEST(http_server, large_answers_wait_for_a_slow_client)
{
    struct bench bench = { .answer = "0123456789", .answer_repeat = 499999 };
    bench_init(&bench, 5);
    bench.env->network->set_reading(bench.env, bench.client, false);
    send_text(&bench, "GET / HTTP/1.1\r\n\r\n");
    run(&bench, 1000);
    struct qd_http_counters counters = qd_http_server_counters(bench.server);
    assert_true(counters.bytes_out < 1 << 20);
    bench.env->network->set_reading(bench.env, bench.client, true);
    run(&bench, 60000);
    assert_int_equal(bench.received.size, strlen(OK_HEAD "content-length: 5000000\r\n\r\n") + 5000000);
    bench_deinit(&bench);
}

TEST(http_server, slow_clients_are_cut_off)
{
    struct bench bench = { 0 };
    bench_init(&bench, 0);
    send_text(&bench, "GET / HTT");
    run(&bench, 29000);
    assert_int_equal(bench.received.size, 0);
    run(&bench, 3000);
    assert_slice(qd_buffer_view(&bench.received),
                 "HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    assert_true(bench.closed);
    connect_client(&bench);
    send_text(&bench, "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n");
    for (int i = 0; i < 4; i++) {
        run(&bench, 50000);
        assert_int_equal(bench.received.size, 0);
        send_text(&bench, "x");
    }
    run(&bench, 62000);
    assert_true(qd_slice_starts_with(qd_buffer_view(&bench.received), S("HTTP/1.1 408 ")));
    assert_true(bench.closed);
    connect_client(&bench);
    run(&bench, 299000);
    assert_false(bench.closed);
    run(&bench, 3000);
    assert_true(bench.closed);
    assert_int_equal(bench.received.size, 0);
    bench.answer = "0123456789";
    bench.answer_repeat = 999999;
    connect_client(&bench);
    send_text(&bench, "");
    bench.env->network->set_reading(bench.env, bench.client, false);
    send_text(&bench, "GET / HTTP/1.1\r\n\r\n");
    run(&bench, 70000);
    assert_int_equal(qd_http_server_counters(bench.server).current_open, 0);
    bench_deinit(&bench);
}

TEST(http_server, the_handler_learns_that_the_client_has_gone)
{
    struct bench bench = { .hold = true };
    bench_init(&bench, 0);
    send_text(&bench,
              "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nPOST /3 HTTP/1.1\r\nContent-Length: 9\r\n\r\nx");
    assert_int_equal(bench.pending_count, 2);
    respond(&bench, bench.pending[1]);
    bench.pending_count = 1;
    bench.env->network->close(bench.env, bench.client);
    run(&bench, 100);
    assert_int_equal(bench.gone, 1);
    assert_int_equal(qd_http_server_counters(bench.server).current_open, 0);
    bench_deinit(&bench);
}

TEST(http_server, cross_origin_requests_follow_the_settings)
{
    struct bench bench = { .answer = "", .settings = qd_http_settings_default() };
    bench.settings.cors_enabled = true;
    bench.settings.cors_allow_origin = S("http://a, /x/");
    bench.settings.cors_allow_methods = S("GET, PUT");
    bench.settings.cors_allow_headers = S("X-A");
    bench_init(&bench, 0);
    assert_exchange(&bench, "GET / HTTP/1.1\r\nOrigin: http://a\r\n\r\n",
                    OK_HEAD "content-length: 0\r\naccess-control-allow-origin: http://a\r\n"
                            "vary: origin\r\n\r\n");
    assert_exchange(&bench, "GET / HTTP/1.1\r\nOrigin: http://b\r\n\r\n",
                    "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    assert_exchange(&bench, "GET / HTTP/1.1\r\nHost: b:1\r\nOrigin: http://b:1\r\n\r\n",
                    OK_HEAD "content-length: 0\r\naccess-control-allow-origin: http://b:1\r\n"
                            "vary: origin\r\n\r\n");
    assert_exchange(&bench,
                    "OPTIONS / HTTP/1.1\r\nOrigin: http://a\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
                    "HTTP/1.1 200 OK\r\naccess-control-allow-methods: GET\r\n"
                    "access-control-allow-methods: PUT\r\n"
                    "access-control-allow-headers: X-A\r\naccess-control-max-age: 1728000\r\n"
                    "content-length: 0\r\n"
                    "access-control-allow-origin: http://a\r\nvary: origin\r\n\r\n");
    assert_int_equal(bench.handled, 2);
    bench_deinit(&bench);
    bench = (struct bench){ .answer = "", .settings = qd_http_settings_default() };
    bench.settings.cors_enabled = true;
    bench.settings.cors_allow_credentials = true;
    bench.settings.cors_allow_origin = S("/https?:\\/\\/(a|b)(:[0-9]+)?/");
    bench_init(&bench, 0);
    assert_exchange(&bench, "GET / HTTP/1.1\r\nOrigin: https://b:9200\r\n\r\n",
                    OK_HEAD "content-length: 0\r\naccess-control-allow-origin: https://b:9200\r\n"
                            "vary: origin\r\n"
                            "access-control-allow-credentials: true\r\n\r\n");
    assert_exchange(&bench, "GET / HTTP/1.1\r\nOrigin: https://b.evil\r\n\r\n",
                    "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    bench_deinit(&bench);
}

TEST(http_server, a_stop_lets_answers_out)
{
    struct bench bench = { .hold = true, .answer = "done" };
    bench_init(&bench, 1);
    send_text(&bench, "GET / HTTP/1.1\r\n\r\n");
    qd_http_server_stop(bench.server, qd_duration_ms(5000), on_stopped, &bench);
    run(&bench, 1000);
    assert_false(bench.stopped);
    respond(&bench, bench.pending[0]);
    run(&bench, 1000);
    assert_true(bench.stopped);
    assert_true(bench.closed);
    assert_slice(qd_buffer_view(&bench.received), OK_HEAD "content-length: 4\r\n\r\ndone");
    qd_fake_env_destroy(bench.env);
    qd_buffer_deinit(&bench.received);
}

TEST(http_server, a_stop_ends_with_its_grace)
{
    struct bench bench = { .hold = true };
    bench_init(&bench, 1);
    send_text(&bench, "GET / HTTP/1.1\r\n\r\n");
    qd_http_server_stop(bench.server, qd_duration_ms(500), on_stopped, &bench);
    run(&bench, 1000);
    assert_true(bench.stopped);
    assert_int_equal(bench.gone, 1);
    respond(&bench, bench.pending[0]);
    qd_fake_env_destroy(bench.env);
    qd_buffer_deinit(&bench.received);
}

/* Random requests in random forms, pipelined, answered at random times: the answers must be the echoes, in
 * order. */
static void append_random_request(struct bench *bench, struct qd_buffer *out, struct qd_buffer *expected,
                                  int number)
{
    struct qd_env *env = bench->env;
    struct qd_buffer body = { 0 };
    size_t size = (size_t)qd_fake_env_draw(env, 3) == 0 ? (size_t)qd_fake_env_draw(env, 3000) : 0;
    for (size_t i = 0; i < size; i++) qd_buffer_byte(&body, (uint8_t)qd_fake_env_draw(env, 256));
    qd_buffer_format(expected, OK_HEAD "content-length: %zu\r\n\r\n", 13 + size);
    qd_buffer_format(expected, "PUT /%06d? ", number);
    qd_buffer_slice(expected, qd_buffer_view(&body));
    qd_buffer_format(out, "PUT /%06d HTTP/1.1\r\n", number);
    if (size > 0 && qd_fake_env_draw(env, 2) == 0) {
        qd_http_deflate(&body, QD_HTTP_GZIP, 1);
        qd_buffer_text(out, "Content-Encoding: gzip\r\n");
    }
    if (qd_fake_env_draw(env, 2) == 0) {
        qd_buffer_format(out, "Content-Length: %zu\r\n\r\n", body.size);
        qd_buffer_slice(out, qd_buffer_view(&body));
        qd_buffer_deinit(&body);
        return;
    }
    qd_buffer_text(out, "Transfer-Encoding: chunked\r\n\r\n");
    for (size_t at = 0; at < body.size;) {
        size_t part = 1 + (size_t)qd_fake_env_draw(env, body.size - at);
        qd_buffer_format(out, "%zx\r\n", part);
        qd_buffer_append(out, body.data + at, part);
        qd_buffer_text(out, "\r\n");
        at += part;
    }
    qd_buffer_text(out, "0\r\n\r\n");
    qd_buffer_deinit(&body);
}

TEST(http_server, random_streams_are_echoed)
{
    for (uint64_t seed = 1; seed < 40; seed++) {
        struct bench bench = { .hold = true };
        bench_init(&bench, seed);
        struct qd_buffer out = { 0 };
        struct qd_buffer expected = { 0 };
        for (int i = 0; i < 40; i++) append_random_request(&bench, &out, &expected, i);
        size_t sent = 0;
        while (bench.received.size < expected.size) {
            size_t part = (size_t)qd_fake_env_draw(bench.env, out.size - sent + 1);
            if (qd_fake_env_draw(bench.env, 2) == 0 && part > 5) part = (size_t)qd_fake_env_draw(bench.env,
                                                                                                 5);
            bench.env->network->send(bench.env, bench.client, qd_slice_make(out.data + sent, part));
            sent += part;
            run(&bench, (int64_t)qd_fake_env_draw(bench.env, 5));
            while (bench.pending_count > 0 && qd_fake_env_draw(bench.env, 4) != 0) {
                size_t pick = (size_t)qd_fake_env_draw(bench.env, bench.pending_count);
                struct qd_http_request *request = bench.pending[pick];
                bench.pending[pick] = bench.pending[--bench.pending_count];
                respond(&bench, request);
            }
            assert_false(bench.closed);
        }
        assert_int_equal(bench.received.size, expected.size);
        assert_memory_equal(bench.received.data, expected.data, expected.size);
        qd_buffer_deinit(&out);
        qd_buffer_deinit(&expected);
        bench_deinit(&bench);
    }
}

TEST(http_server, broken_connections_leave_nothing_behind)
{
    size_t gone = 0;
    for (uint64_t seed = 1; seed < 60; seed++) {
        struct bench bench = { .hold = true };
        bench_init(&bench, seed);
        struct qd_fake_faults faults = { .disconnect = 100000, .network_delay_max = qd_duration_ms(2) };
        qd_fake_env_set_faults(bench.env, &faults);
        for (int i = 0; i < 20 && !bench.closed; i++) {
            send_text(&bench, "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\nGET /x HT");
            if (!bench.closed) send_text(&bench, "TP/1.1\r\n\r\n");
            bench.answer = "0123456789";
            bench.answer_repeat = 4000;
            if (bench.pending_count > 2) respond(&bench, bench.pending[--bench.pending_count]);
        }
        while (bench.pending_count > 0) respond(&bench, bench.pending[--bench.pending_count]);
        run(&bench, 1000);
        if (bench.closed) assert_int_equal(qd_http_server_counters(bench.server).current_open, 0);
        gone += bench.gone;
        bench_deinit(&bench);
    }
    assert_true(gone > 20);
}
