/* The count call. */
#include "base/number.h"
#include "coordinator/operations.h"
#include "coordinator/query_body.h"
#include "coordinator/search_options.h"

static void done(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_json_writer writer = qd_call_writer(call);
    if (run->error.status != QD_OK) {
        qd_search_fail(run);
        return;
    }
    qd_json_begin_object(&writer);
    if (run->request->terminate_after > 0)
        qd_json_member_bool(&writer, "terminated_early", run->terminated_early);
    qd_json_member_int(&writer, "count", (int64_t)run->total);
    qd_search_write_shards(run, &writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static enum qd_status prepare(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_error *error = &call->error;
    struct qd_json_document *document = QD_NEW(call->arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(call->arena, struct qd_search_request);
    struct qd_indices_options options = qd_options_search();
    struct qd_slice min_score = qd_call_parameter(call, "min_score");
    QD_TRY(qd_query_only_body(call, &run->body, error));
    if (min_score.size > 0) {
        float number;
        if (!qd_parse_float(min_score, &number)) {
            (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"",
                               QD_SLICE_ARG(min_score));
            return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT,
                                 "Failed to parse float parameter [min_score] with value [%.*s]",
                                 QD_SLICE_ARG(min_score));
        }
        struct qd_slice object = run->body.size == 0 ? QD_SLICE("{}") : run->body;
        run->body = qd_json_with_member(object, QD_SLICE("min_score"), min_score, call->arena);
    }
    QD_TRY(qd_json_parse(call->arena, run->body, document, error));
    QD_TRY(qd_search_request_parse(document, call->arena, request, error));
    QD_TRY(qd_call_int(call, "terminate_after", &request->terminate_after, error));
    if (request->terminate_after < 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "terminateAfter must be > 0");
    }
    request->track_total_hits = QD_TRACK_TOTAL_HITS_ACCURATE;
    run->request = request;
    run->now_ms = call->start_ms;
    run->allow_partial = true;
    QD_TRY(qd_options_of_call(call, &options, error));
    return qd_search_resolve(run, options, qd_call_parameter(call, "index"), error);
}

void qd_coordinator_count(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
    run->coordinator = coordinator;
    run->call = call;
    run->done = done;
    run->count_only = true;
    if (prepare(run) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_search_run_start(run);
}
