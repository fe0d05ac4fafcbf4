/* The HTTP server: any bytes, cut anywhere by the simulation's network. What it takes for requests is read by
 * http-parser as a second opinion: that may refuse, but must never see another sequence of methods, targets
 * and bodies. Link with FUZZ_EXTRA_LIBS=-lhttp_parser. */
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include <http_parser.h>

#include "base/assert.h"
#include "rest/http_server.h"
#include "simulation/fake/fake_env.h"

#define MESSAGES_MAX 64

/* One message as a reader saw it: method, target and body. Compressed ones are left out, since the server may
 * refuse their bodies. */
struct reading {
    struct qd_buffer messages[MESSAGES_MAX];
    size_t count;
};

/* What http-parser has gathered of the present message. */
struct second {
    struct reading reading;
    struct qd_buffer target;
    struct qd_buffer body;
    struct qd_buffer field;
    struct qd_buffer value;
    bool compressed;
    bool in_value;
};

struct world {
    struct qd_env *env;
    struct reading reading;
    uint16_t port;
    struct qd_connection *client;
    bool closed;
};

static void record(struct reading *reading, const char *method, struct qd_slice target, struct qd_slice body)
{
    if (reading->count == MESSAGES_MAX) return;
    struct qd_buffer *message = &reading->messages[reading->count++];
    qd_buffer_format(message, "%s ", method);
    qd_buffer_slice(message, target);
    qd_buffer_byte(message, 0);
    qd_buffer_slice(message, body);
}

static void reading_deinit(struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) qd_buffer_deinit(&reading->messages[i]);
}

static bool is_compressed(struct qd_slice value)
{
    static const char *const names[] = { "gzip", "x-gzip", "deflate", "x-deflate" };
    for (size_t i = 0; i < 4; i++) {
        if (value.size == strlen(names[i]) && strncasecmp(value.data, names[i], value.size) == 0) return true;
    }
    return false;
}

/* ---- the server ---- */

static void handle(void *context, struct qd_http_request *request)
{
    struct world *world = context;
    bool compressed = false;
    for (size_t i = 0; i < request->header_count; i++) {
        if (request->headers[i].name.size != 16) continue;
        if (strncasecmp(request->headers[i].name.data, "content-encoding", 16) != 0) continue;
        compressed = compressed || is_compressed(request->headers[i].value);
    }
    const char *method = qd_http_method_name(request->method).data;
    if (!compressed) record(&world->reading, method, request->target, request->body);
    struct qd_buffer body = { 0 };
    qd_buffer_text(&body, "answer");
    qd_http_respond(request, 200, NULL, 0, &body);
}

static void client_data(void *context, struct qd_slice bytes)
{
    (void)context;
    (void)bytes;
}

static void client_closed(void *context)
{
    ((struct world *)context)->closed = true;
}

static const struct qd_connection_events client_events = { client_data, client_closed, NULL };

static void client_connected(void *context, struct qd_connection *connection)
{
    struct world *world = context;
    world->client = connection;
    world->env->network->attach(world->env, connection, &client_events, world);
}

/* In some runs the server answers preflight requests itself: then the readings are not compared. */
static bool answers_origins(uint64_t seed)
{
    return seed % 4 == 0;
}

static void run_server(struct world *world, struct qd_slice input, uint64_t seed)
{
    world->env = qd_fake_env_create(seed, NULL);
    struct qd_http_settings settings = qd_http_settings_default();
    settings.max_content_length = 1 << 20;
    settings.cors_enabled = answers_origins(seed);
    settings.cors_allow_origin = QD_SLICE("*");
    struct qd_http_server *server = qd_http_server_create(world->env, NULL, &settings, handle, world);
    qd_assert(qd_http_server_listen(server, QD_SLICE("::1"), 0, &world->port, NULL) == QD_OK);
    world->env->network->connect(world->env, QD_SLICE("::1"), world->port, client_connected, world);
    qd_fake_env_run_for(world->env, qd_duration_ms(1));
    world->env->network->send(world->env, world->client, input);
    qd_fake_env_run_for(world->env, qd_duration_ms(1000));
    qd_http_server_stop(server, qd_duration_ms(1), NULL, NULL);
    qd_fake_env_run_until_idle(world->env, 1000000);
    qd_fake_env_destroy(world->env);
}

/* ---- http-parser ---- */

static void end_header(struct second *second)
{
    bool coding = second->field.size == 16 && strncasecmp(second->field.data, "content-encoding", 16) == 0;
    struct qd_slice value = qd_buffer_view(&second->value);
    while (value.size > 0 && strchr(" \t", value.data[value.size - 1]) != NULL) value.size--;
    second->compressed = second->compressed || (coding && is_compressed(value));
    second->field.size = 0;
    second->value.size = 0;
    second->in_value = false;
}

static int on_begin(http_parser *parser)
{
    struct second *second = parser->data;
    second->target.size = second->body.size = second->field.size = second->value.size = 0;
    second->compressed = second->in_value = false;
    return 0;
}

static int on_url(http_parser *parser, const char *at, size_t size)
{
    qd_buffer_append(&((struct second *)parser->data)->target, at, size);
    return 0;
}

static int on_field(http_parser *parser, const char *at, size_t size)
{
    struct second *second = parser->data;
    if (second->in_value) end_header(second);
    qd_buffer_append(&second->field, at, size);
    return 0;
}

static int on_value(http_parser *parser, const char *at, size_t size)
{
    struct second *second = parser->data;
    second->in_value = true;
    qd_buffer_append(&second->value, at, size);
    return 0;
}

static int on_headers(http_parser *parser)
{
    end_header(parser->data);
    return 0;
}

static int on_body(http_parser *parser, const char *at, size_t size)
{
    qd_buffer_append(&((struct second *)parser->data)->body, at, size);
    return 0;
}

static int on_complete(http_parser *parser)
{
    struct second *second = parser->data;
    if (second->compressed) return 0;
    const char *method = http_method_str((enum http_method)parser->method);
    record(&second->reading, method, qd_buffer_view(&second->target), qd_buffer_view(&second->body));
    return 0;
}

static const http_parser_settings callbacks = {
    .on_message_begin = on_begin,
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_headers,
    .on_body = on_body,
    .on_message_complete = on_complete,
};

/* True when it read all bytes without an error. */
static bool run_second(struct second *second, struct qd_slice input)
{
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = second;
    size_t used = http_parser_execute(&parser, &callbacks, input.data, input.size);
    return used == input.size && parser.http_errno == HPE_OK && !parser.upgrade;
}

static void compare(const struct reading *ours, const struct reading *theirs, bool complete)
{
    size_t count = ours->count < theirs->count ? ours->count : theirs->count;
    for (size_t i = 0; i < count; i++) {
        qd_assert(qd_slice_equal(qd_buffer_view(&ours->messages[i]), qd_buffer_view(&theirs->messages[i])));
    }
    if (complete) qd_assert(theirs->count >= ours->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 20000) return 0;
    struct qd_slice input = qd_slice_make(data + 1, size - 1);
    struct world world = { 0 };
    struct second second = { 0 };
    run_server(&world, input, data[0]);
    bool complete = run_second(&second, input);
    if (!answers_origins(data[0])) compare(&world.reading, &second.reading, complete);
    reading_deinit(&world.reading);
    reading_deinit(&second.reading);
    qd_buffer_deinit(&second.target);
    qd_buffer_deinit(&second.body);
    qd_buffer_deinit(&second.field);
    qd_buffer_deinit(&second.value);
    return 0;
}
