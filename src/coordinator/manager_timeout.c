#include "coordinator/manager_timeout.h"

/* Of `timeout` and `cluster_manager_timeout`. */
#define DEFAULT_TIMEOUT_MS 30000

enum qd_status qd_manager_timeout_of_call(struct qd_call *call, int64_t *milliseconds, struct qd_error *error)
{
    QD_TRY(qd_call_time(call, "cluster_manager_timeout", milliseconds, error));
    if (qd_call_parameter(call, "master_timeout").data == NULL) return QD_OK;
    qd_call_warn(call,
                 "Parameter [master_timeout] is deprecated and will be removed in 3.0. To support inclusive "
                 "language, please use [cluster_manager_timeout] instead.");
    if (qd_call_parameter(call, "cluster_manager_timeout").data != NULL) {
        return qd_error_set(error, QD_PARSE, "Please only use one of the request parameters [master_timeout, "
                                             "cluster_manager_timeout].");
    }
    return qd_call_time(call, "master_timeout", milliseconds, error);
}

void qd_manager_submit(struct qd_coordinator *coordinator, const struct qd_call *call,
                       struct qd_command_request *request, struct qd_buffer *command)
{
    int64_t timeout_ms = DEFAULT_TIMEOUT_MS;
    (void)!qd_call_time(call, "cluster_manager_timeout", &timeout_ms, NULL);
    (void)!qd_call_time(call, "master_timeout", &timeout_ms, NULL);
    request->bounded = timeout_ms >= 0;
    request->timeout_ms = timeout_ms;
    qd_cluster_service_submit(coordinator->cluster, request, command);
}

bool qd_manager_acknowledges(const struct qd_coordinator *coordinator, const struct qd_call *call,
                             const struct qd_command_outcome *outcome)
{
    struct qd_env *env = coordinator->env;
    int64_t timeout_ms = DEFAULT_TIMEOUT_MS;
    int64_t elapsed_ns = env->clock->monotonic(env).nanoseconds - call->start_ns;
    (void)!qd_call_time(call, "timeout", &timeout_ms, NULL);
    return !outcome->changed || elapsed_ns / 1000000 < timeout_ms;
}
