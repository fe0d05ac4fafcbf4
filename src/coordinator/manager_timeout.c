#include "coordinator/manager_timeout.h"

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
