#include "coordinator/node_calls.h"

#include "coordinator/error_json.h"

void qd_node_calls_init(struct qd_node_calls *calls, struct qd_coordinator *coordinator, struct qd_call *call,
                        struct qd_cluster_state *state)
{
    if (state == NULL) state = qd_cluster_service_state(coordinator->cluster);
    calls->coordinator = coordinator;
    calls->call = call;
    calls->state = qd_cluster_state_retain(state);
    calls->legs = QD_NEW_ARRAY(call->arena, struct qd_node_leg, state->node_count);
    for (size_t i = 0; i < state->node_count; i++) {
        calls->legs[i].calls = calls;
        calls->legs[i].node = &state->nodes[i];
        qd_error_init(&calls->legs[i].error, call->arena);
    }
}

static void ended(struct qd_node_calls *calls)
{
    struct qd_cluster_state *state = calls->state;
    if (--calls->pending > 0) return;
    /* It ends the call, and everything here goes with the call. */
    calls->done(calls);
    qd_cluster_state_release(state);
}

static void ended_later(void *context)
{
    ended(context);
}

static void replied(void *context, const struct qd_transport_reply *reply)
{
    struct qd_node_leg *leg = context;
    struct qd_arena *arena = leg->calls->call->arena;
    if (reply->status != QD_OK) {
        qd_error_copy(&leg->error, arena, reply->error);
    } else {
        leg->answer = qd_arena_copy(arena, reply->payload);
    }
    ended(leg->calls);
}

void qd_node_calls_start(struct qd_node_calls *calls, const char *action,
                         void (*done)(struct qd_node_calls *calls))
{
    struct qd_env *env = calls->coordinator->env;
    calls->action = action;
    calls->done = done;
    calls->pending = 1;
    for (size_t i = 0; i < calls->state->node_count; i++) {
        struct qd_node_leg *leg = &calls->legs[i];
        struct qd_transport_target target = { .node_id = leg->node->id,
                                              .action = action,
                                              .cancelled = &calls->call->cancelled };
        if (!leg->asked) continue;
        calls->pending++;
        qd_transport_send(calls->coordinator->transport, &target, &leg->request, replied, leg);
    }
    env->work->defer(env, ended_later, calls);
}

const struct qd_node_problem *qd_node_calls_problems(const struct qd_node_calls *calls, size_t *count)
{
    size_t node_count = calls->state->node_count;
    struct qd_node_problem *problems = QD_NEW_ARRAY(calls->call->arena, struct qd_node_problem, node_count);
    *count = 0;
    for (size_t i = 0; i < node_count; i++) {
        const struct qd_node_leg *leg = &calls->legs[i];
        if (leg->error.status != QD_OK) {
            problems[(*count)++] = (struct qd_node_problem){ leg->node, leg->error };
        }
    }
    return problems;
}

void qd_node_problem_write(const struct qd_node_problem *problem, struct qd_json_writer *writer)
{
    const struct qd_node_info *node = problem->node;
    struct qd_buffer reason = { 0 };
    qd_buffer_format(&reason, "Failed node [%.*s]", QD_SLICE_ARG(node->id));
    qd_json_begin_object(writer);
    qd_json_member_text(writer, "type", "failed_node_exception");
    qd_json_member_string(writer, "reason", qd_buffer_view(&reason));
    qd_json_member_string(writer, "node_id", node->id);
    qd_json_name(writer, "caused_by");
    qd_error_json(&problem->error, writer);
    qd_json_end_object(writer);
    qd_buffer_deinit(&reason);
}

void qd_node_outcome_write(const struct qd_node_outcome *outcome, struct qd_json_writer *writer)
{
    const struct qd_cluster_state *state = outcome->state;
    int64_t total = 0;
    int64_t failed = 0;
    for (size_t i = 0; i < state->node_count; i++) total += outcome->wanted[i];
    for (size_t i = 0; i < outcome->count; i++) {
        failed += outcome->wanted[outcome->problems[i].node - state->nodes];
    }
    qd_json_member_object(writer, "_nodes");
    qd_json_member_int(writer, "total", total);
    qd_json_member_int(writer, "successful", total - failed);
    qd_json_member_int(writer, "failed", failed);
    if (failed > 0) qd_json_member_array(writer, "failures");
    for (size_t i = 0; i < outcome->count; i++) {
        const struct qd_node_problem *problem = &outcome->problems[i];
        if (outcome->wanted[problem->node - state->nodes]) qd_node_problem_write(problem, writer);
    }
    if (failed > 0) qd_json_end_array(writer);
    qd_json_end_object(writer);
    qd_json_member_string(writer, "cluster_name", state->cluster_name);
}
