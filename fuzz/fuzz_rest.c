/* Sequences of requests to a complete node over the fake environment: whatever is asked, the node answers
 * every request, never with a 500, and every JSON answer is JSON that says what an error is.
 *
 * The input's text form: request_mutator.h. Every input begins with a fresh node and the prelude below. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/request_mutator.h"
#include "node/node.h"
#include "simulation/fake/fake_env.h"

/* More events than any request needs: a request that is not answered by then hangs. */
#define EVENTS_MAX 1000000

static const char prelude[] =
    "PUT "
    "/i\n{\"settings\":{\"number_of_shards\":2},\"aliases\":{\"a\":{\"filter\":{\"range\":{\"n\":{\"gte\":"
    "1}}}}},\"mappings\":{\"properties\":{\"t\":{\"type\":\"text\",\"fields\":{\"raw\":{\"type\":\"keyword\"}"
    "}},"
    "\"k\":{\"type\":\"keyword\"},\"n\":{\"type\":\"long\"},\"f\":{\"type\":\"float\"},\"d\":{\"type\":"
    "\"date\"},"
    "\"b\":{\"type\":\"boolean\"},\"ip\":{\"type\":\"ip\"},\"o\":{\"properties\":{\"x\":{\"type\":"
    "\"integer\"}}}}}}\n"
    "PUT /j\n{\"mappings\":{\"properties\":{\"n\":{\"type\":\"keyword\"}}}}\n"
    "POST /_bulk?refresh=true\n{\"index\":{\"_index\":\"i\",\"_id\":\"1\"}}\n"
    "{\"t\":\"The quick fox jumps\",\"k\":[\"a\",\"b\"],\"n\":1,\"f\":1.5,\"d\":\"2020-01-31\",\"b\":true}\n"
    "{\"index\":{\"_index\":\"i\",\"_id\":\"2\"}}\n"
    "{\"t\":\"lazy dog fox\",\"k\":\"c\",\"n\":[2,3],\"ip\":\"10.0.0.1\",\"o\":{\"x\":7}}\n"
    "{\"index\":{\"_index\":\"i\",\"_id\":\"3\"}}\n{\"t\":\"\",\"n\":-9223372036854775808,\"x\":{\"y\":0.5}}"
    "\n"
    "{\"index\":{\"_index\":\"j\",\"_id\":\"1\"}}\n{\"n\":\"z\"}\n";

/* A node and the request that it answers now. */
struct world {
    struct qd_env *env;
    struct qd_node *node;
    struct qd_arena *arena;         /* of the configuration */
    struct qd_config config;
    const struct qd_fuzz_request *request;
    bool fuzzed;                    /* the request is one of the input's */
    int status;                     /* 0 until it is answered */
};

static void refuse(const struct world *world, const char *what, struct qd_slice body)
{
    fprintf(stderr, "%s: %.*s %.*s\n%.*s\nstatus %d: %.*s\n", what, QD_SLICE_ARG(world->request->method),
            QD_SLICE_ARG(world->request->target), QD_SLICE_ARG(world->request->body), world->status,
            QD_SLICE_ARG(body));
    abort();
}

/* An error has a type, its causes and the status that was answered. */
static void check_error(const struct world *world, const struct qd_json *root, struct qd_slice body)
{
    const struct qd_json *error = qd_json_get(root, "error");
    int64_t status = -1;
    if (!qd_json_is_object(error)) return;
    qd_json_int64(qd_json_get(root, "status"), &status);
    if (status != world->status) refuse(world, "status missing or wrong", body);
    if (!qd_json_is_string(qd_json_get(error, "type"))) refuse(world, "error without type", body);
    if (!qd_json_is_array(qd_json_get(error, "root_cause"))) refuse(world, "error without causes", body);
}

/* Errors of the reference that are 500 there too, for bad requests. */
static bool known_500(const struct qd_json *root)
{
    static const char *const types[] = { "unsupported_operation_exception", "json_parse_exception",
                                         "class_cast_exception" };
    const struct qd_json *error = qd_json_get(root, "error");
    struct qd_slice type = qd_json_text(qd_json_get(error, "type"));
    struct qd_slice reason = qd_json_text(qd_json_get(error, "reason"));
    if (qd_slice_starts_with(reason, QD_SLICE("Can't get text on a "))) return true;
    if (qd_slice_starts_with(reason, QD_SLICE("The engine does not support HTTP streaming"))) return true;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (qd_slice_is(type, types[i])) return true;
    }
    return false;
}

/* A filtered answer may lack anything. */
static bool whole(const struct world *world)
{
    static const char filter[] = "filter";
    struct qd_slice target = world->request->target;
    for (size_t i = 0; i + sizeof(filter) < target.size; i++) {
        if (memcmp(target.data + i, filter, sizeof(filter) - 1) == 0) return false;
    }
    return qd_slice_find_byte(target, '%') == SIZE_MAX;
}

static void answered(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct world *world = context;
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_json_document document;
    world->status = status;
    if (status < 100 || status > 599) refuse(world, "unexpected status", body);
    if (!world->fuzzed && status != 200) refuse(world, "the prelude fails", body);
    if (body.size > 0 && qd_slice_starts_with(content_type, QD_SLICE("application/json"))) {
        if (qd_json_parse(arena, body, &document, NULL) != QD_OK) refuse(world, "no JSON", body);
        if (status >= 400 && whole(world)) check_error(world, document.root, body);
        if (status == 500 && whole(world) && !known_500(document.root)) refuse(world, "a 500", body);
    }
    qd_arena_destroy(arena);
}

static void call(struct world *world, const struct qd_fuzz_request *request)
{
    struct qd_rest_direct direct = { .method = request->method,
                                     .target = request->target,
                                     .body = request->body,
                                     .content_type = QD_SLICE("application/json"),
                                     .done = answered,
                                     .context = world };
    struct qd_buffer lines = { 0 };
    /* Lines of a bulk end with a newline, the last one too. */
    if (request->body.size > 0) {
        qd_buffer_slice(&lines, request->body);
        qd_buffer_text(&lines, "\n");
        direct.body = qd_buffer_view(&lines);
    }
    world->request = request;
    world->status = 0;
    qd_rest_call(qd_node_rest(world->node), &direct);
    for (uint32_t events = 0; world->status == 0; events++) {
        if (!qd_fake_env_step(world->env) || events > EVENTS_MAX) {
            refuse(world, "never answered", (struct qd_slice){ 0 });
        }
    }
    qd_buffer_deinit(&lines);
}

static void run(struct world *world, struct qd_slice text, bool fuzzed)
{
    struct qd_fuzz_request requests[QD_FUZZ_REQUESTS_MAX];
    size_t count = qd_fuzz_requests_read(text, requests);
    world->fuzzed = fuzzed;
    for (size_t i = 0; i < count; i++) call(world, &requests[i]);
}

static void open_world(struct world *world)
{
    struct qd_fake_options options = { 0 };
    *world = (struct world){ .env = qd_fake_env_create(1, &options), .arena = qd_arena_create(0) };
    qd_config_init(&world->config, world->arena);
    /* Some shards are as good as a thousand. */
    if (qd_config_set(&world->config, QD_SLICE("cluster.max_shards_per_node"), QD_SLICE("12"), NULL) !=
            QD_OK ||
        qd_node_create(world->env, &world->config, &world->node, NULL) != QD_OK ||
        qd_node_start(world->node, false, NULL) != QD_OK) {
        abort();
    }
}

static void stopped(void *context)
{
    *(bool *)context = true;
}

static void close_world(struct world *world)
{
    bool down = false;
    uint32_t events = 0;
    qd_node_stop(world->node, stopped, &down);
    while (!down) {
        if (!qd_fake_env_step(world->env) || events++ > EVENTS_MAX) abort();
    }
    qd_node_destroy(world->node);
    qd_fake_env_destroy(world->env);
    qd_arena_destroy(world->arena);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    return qd_fuzz_requests_mutate(data, size, size_max, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world world;
    open_world(&world);
    run(&world, qd_slice_from_string(prelude), false);
    run(&world, qd_slice_make((const char *)data, size), true);
    close_world(&world);
    return 0;
}
