#include "data/gates.h"

#include "base/assert.h"

int64_t qd_gate_queued(const struct qd_gate *gate)
{
    return gate->inside > gate->size ? gate->inside - gate->size : 0;
}

static enum qd_status refuse(const struct qd_gates *gates, struct qd_gate *gate, const char *action,
                             struct qd_error *error)
{
    int64_t queued = qd_gate_queued(gate);
    gate->rejected++;
    return qd_error_set(error, QD_REJECTED_EXECUTION,
                        "rejected execution of %s on OpenSearchThreadPoolExecutor[name = %.*s/%s, queue "
                        "capacity = %lld, [Running, pool size = %lld, active threads = %lld, queued tasks = "
                        "%lld, completed tasks = %llu]]",
                        action, QD_SLICE_ARG(gates->node_name), gate->executor, (long long)gate->queue_size,
                        (long long)gate->size, (long long)(gate->inside - queued), (long long)queued,
                        (unsigned long long)gate->completed);
}

enum qd_status qd_gate_enter(struct qd_gates *gates, enum qd_gate_kind kind, const char *action,
                             struct qd_error *error)
{
    struct qd_gate *gate = &gates->gate[kind];
    bool bounded = gate->executor != NULL && gate->queue_size >= 0;
    if (bounded && gate->inside - gate->size >= gate->queue_size) return refuse(gates, gate, action, error);
    gate->inside++;
    return QD_OK;
}

void qd_gate_leave(struct qd_gates *gates, enum qd_gate_kind kind)
{
    struct qd_gate *gate = &gates->gate[kind];
    qd_assert(gate->inside > 0);
    gate->inside--;
    gate->completed++;
}
