/* GET _cat/snapshots/{repository}: snapshots of a repository. */
#include "coordinator/cluster_service.h"
#include "coordinator/manager_timeout.h"
#include "rest/cat_tables.h"

static const struct qd_cat_column columns[] = {
    { "id", "id,snapshot", "unique snapshot", QD_CAT_LEFT, 0 },
    { "status", "s,status", "snapshot name", QD_CAT_RIGHT, 0 },
    { "start_epoch", "ste,startEpoch", "start time in seconds since 1970-01-01 00:00:00", QD_CAT_LEFT, 0 },
    { "start_time", "sti,startTime", "start time in HH:MM:SS", QD_CAT_LEFT, 0 },
    { "end_epoch", "ete,endEpoch", "end time in seconds since 1970-01-01 00:00:00", QD_CAT_LEFT, 0 },
    { "end_time", "eti,endTime", "end time in HH:MM:SS", QD_CAT_LEFT, 0 },
    { "duration", "dur,duration", "duration", QD_CAT_RIGHT, 0 },
    { "indices", "i,indices", "number of indices", QD_CAT_RIGHT, 0 },
    { "successful_shards", "ss,successful_shards", "number of successful shards", QD_CAT_RIGHT, 0 },
    { "failed_shards", "fs,failed_shards", "number of failed shards", QD_CAT_RIGHT, 0 },
    { "total_shards", "ts,total_shards", "number of total shards", QD_CAT_RIGHT, 0 },
    { "reason", "r,reason", "reason for failures", QD_CAT_HIDDEN, 0 },
};
static const struct qd_cat_table table = QD_CAT_TABLE(columns);

void qd_cat_snapshots(struct qd_coordinator *coordinator, struct qd_call *call)
{
    const struct qd_map *customs = &qd_cluster_service_state(coordinator->cluster)->customs;
    struct qd_slice repository = qd_call_parameter(call, "repository");
    struct qd_cat cat;
    if (!qd_cat_begin(&cat, call, &table)) return;
    int64_t timeout = 0;
    if (qd_manager_timeout_of_call(call, &timeout, &call->error) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    if (repository.data == NULL) {
        (void)qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                           "Validation Failed: 1: repository is missing;");
        qd_call_fail(call);
        return;
    }
    struct qd_slice key = qd_arena_format(call->arena, "repository/%.*s", QD_SLICE_ARG(repository));
    if (qd_map_get(customs, key) == NULL) {
        (void)qd_error_set(&call->error, QD_RESOURCE_NOT_FOUND, "[%.*s] missing", QD_SLICE_ARG(repository));
        call->error.type_override = "repository_missing_exception";
        qd_call_fail(call);
        return;
    }
    qd_cat_finish(&cat);
}
