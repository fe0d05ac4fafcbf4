#include <quidditch/quidditch.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "node/node.h"
#include "platform/linux/linux_env.h"

struct quidditch_node {
    struct qd_arena *arena; /* of the configuration */
    struct qd_config config;
    struct qd_env *env;
    struct qd_node *node;
    int lock;               /* of the data directory; -1: not held */
    bool stopped;
};

/* A call under way. */
struct embedded_call {
    struct quidditch_answer *answer;
    bool done;
};

static void give_back(struct quidditch_node *node)
{
    qd_node_destroy(node->node);
    if (node->env != NULL) qd_linux_env_destroy(node->env);
    if (node->lock >= 0) qd_linux_unlock(node->lock);
    qd_arena_destroy(node->arena);
    free(node);
}

static enum qd_status open_node(struct quidditch_node *node, const struct quidditch_setting *settings,
                                size_t count, struct qd_error *error)
{
    unsigned threads;
    qd_config_init(&node->config, node->arena);
    for (size_t i = 0; i < count; i++) {
        QD_TRY(qd_config_set(&node->config,
                             qd_arena_copy(node->arena, qd_slice_from_string(settings[i].key)),
                             qd_arena_copy(node->arena, qd_slice_from_string(settings[i].value)), error));
    }
    struct qd_slice data = qd_config_get(&node->config, "path.data", "data");
    QD_TRY(qd_config_threads(&node->config, &threads, error));
    struct qd_linux_env_options options = { .data_directory = data, .threads = threads };
    QD_TRY(qd_linux_env_create(&options, &node->env, error));
    QD_TRY(qd_linux_lock_directory(data, &node->lock, error));
    QD_TRY(qd_node_create(node->env, &node->config, &node->node, error));
    return qd_node_start(node->node, false, error);
}

int quidditch_open(const struct quidditch_setting *settings, size_t count, struct quidditch_node **node,
                   char *message, size_t message_size)
{
    struct quidditch_node *made = calloc(1, sizeof(*made));
    struct qd_error error;
    qd_assert(made != NULL);
    made->lock = -1;
    made->arena = qd_arena_create(0);
    qd_error_init(&error, made->arena);
    *node = NULL;
    if (open_node(made, settings, count, &error) == QD_OK) {
        *node = made;
        return 0;
    }
    if (message_size > 0) snprintf(message, message_size, "%.*s", QD_SLICE_ARG(error.reason));
    give_back(made);
    return -1;
}

static char *copy(struct qd_slice from)
{
    char *text = malloc(from.size + 1);
    qd_assert(text != NULL);
    if (from.size > 0) memcpy(text, from.data, from.size);
    text[from.size] = 0;
    return text;
}

static void answered(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct embedded_call *call = context;
    call->answer->status = status;
    call->answer->content_type = copy(content_type);
    call->answer->body = copy(body);
    call->answer->body_size = body.size;
    call->done = true;
}

static bool method_exists(struct qd_slice name)
{
    for (unsigned m = 0; m < QD_HTTP_METHOD_COUNT; m++) {
        if (qd_slice_equal(name, qd_http_method_name((enum qd_http_method)m))) return true;
    }
    return false;
}

void quidditch_call(struct quidditch_node *node, const struct quidditch_request *request,
                    struct quidditch_answer *answer)
{
    struct embedded_call call = { .answer = answer };
    const char *type = request->content_type == NULL ? "application/json" : request->content_type;
    struct qd_rest_direct direct = { .method = qd_slice_from_string(request->method),
                                     .target = qd_slice_from_string(request->target),
                                     .body = qd_slice_make(request->body, request->body_size),
                                     .content_type = qd_slice_from_string(type),
                                     .done = answered,
                                     .context = &call };
    if (!method_exists(direct.method)) {
        answered(&call, 405, QD_SLICE("application/json; charset=UTF-8"),
                 QD_SLICE("{\"error\":\"Unexpected HTTP method\",\"status\":405}"));
        return;
    }
    qd_rest_call(qd_node_rest(node->node), &direct);
    while (!call.done) qd_linux_env_poll(node->env, true);
}

void quidditch_answer_free(struct quidditch_answer *answer)
{
    free(answer->content_type);
    free(answer->body);
    *answer = (struct quidditch_answer){ 0 };
}

void quidditch_poll(struct quidditch_node *node, int wait)
{
    qd_linux_env_poll(node->env, wait != 0);
}

static void node_stopped(void *context)
{
    struct quidditch_node *node = context;
    node->stopped = true;
}

void quidditch_close(struct quidditch_node *node)
{
    if (node == NULL) return;
    qd_node_stop(node->node, node_stopped, node);
    while (!node->stopped) qd_linux_env_poll(node->env, true);
    give_back(node);
}
