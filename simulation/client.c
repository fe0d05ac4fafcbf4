#include "simulation/client.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"

/* More events than any request needs: a request that is not answered by then hangs. */
#define EVENTS_MAX 2000000

void qd_run_fail(struct qd_run *run, const char *format, ...)
{
    va_list arguments;
    if (run->end == QD_RUN_FAILED) return;
    run->end = QD_RUN_FAILED;
    run->result->failed = true;
    va_start(arguments, format);
    vsnprintf(run->result->message, sizeof(run->result->message), format, arguments);
    va_end(arguments);
}

uint64_t qd_draw(struct qd_run *run, uint64_t bound)
{
    return qd_fake_env_draw(run->env, bound);
}

static void done(void *context, int status, struct qd_slice content_type, struct qd_slice body)
{
    struct qd_request *request = context;
    struct qd_run *run = request->run;
    (void)content_type;
    request->status = status;
    run->under_way--;
    run->result->operations++;
    if (run->verbose) {
        printf("  <- %d %.*s\n", status, body.size > 100000 ? 100000 : (int)body.size, body.data);
    }
    if (qd_json_parse(request->arena, body, &request->answer, NULL) != QD_OK) {
        qd_run_fail(run, "an answer is no JSON: %.*s", body.size > 200 ? 200 : (int)body.size, body.data);
    }
    if (request->answered == NULL) return;
    request->answered(request);
    qd_client_free(request);
}

static struct qd_request *send(struct qd_run *run, const char *method, const char *target,
                               struct qd_slice body)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_request *request = QD_NEW(arena, struct qd_request);
    request->arena = arena;
    request->run = run;
    run->under_way++;
    if (run->verbose) {
        printf("%s %s %.*s\n", method, target, body.size > 300 ? 300 : (int)body.size, body.data);
    }
    return request;
}

static void call(struct qd_request *request, const char *method, const char *target, struct qd_slice body)
{
    struct qd_rest_direct direct = { .method = qd_slice_from_string(method),
                                     .target = qd_slice_from_string(target),
                                     .body = body,
                                     .content_type = QD_SLICE("application/json"),
                                     .done = done,
                                     .context = request };
    qd_rest_call(qd_node_rest(request->run->node), &direct);
}

void qd_client_send(struct qd_run *run, const char *method, const char *target, struct qd_slice body,
                    void (*answered)(struct qd_request *request), void *context)
{
    struct qd_request *request = send(run, method, target, body);
    request->answered = answered;
    request->context = context;
    call(request, method, target, body);
}

struct qd_request *qd_client_call(struct qd_run *run, const char *method, const char *target,
                                  struct qd_slice body)
{
    struct qd_request *request = send(run, method, target, body);
    call(request, method, target, body);
    for (uint64_t events = 0; request->status == 0; events++) {
        if (!qd_fake_env_step(run->env) || events > EVENTS_MAX) {
            qd_run_fail(run, "%s %s was never answered", method, target);
            request->status = 599;
        }
    }
    return request;
}

void qd_client_free(struct qd_request *request)
{
    qd_arena_destroy(request->arena);
}

void qd_client_drain(struct qd_run *run)
{
    for (uint64_t events = 0; run->under_way > 0; events++) {
        if (qd_fake_env_step(run->env) && events < EVENTS_MAX) continue;
        qd_run_fail(run, "%u requests were never answered", run->under_way);
        return;
    }
}
