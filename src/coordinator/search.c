/* The search call: URL and body, indices, shards, answer. */
#include "aggregation/aggregation.h"
#include "base/number.h"
#include "base/text.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/nodes_select.h"
#include "coordinator/operations.h"
#include "coordinator/preference.h"
#include "coordinator/query_body.h"
#include "coordinator/search_body.h"
#include "coordinator/search_options.h"
#include "coordinator/tasks.h"

/* pre_filter_shard_size when the request does not tell. */
#define PRE_FILTER_SHARD_SIZE 128

void qd_search_fail(struct qd_search_run *run)
{
    qd_call_fail_with(run->call, &run->error);
}

void qd_search_done(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_json_writer writer = qd_call_writer(call);
    if (run->error.status != QD_OK) {
        qd_search_fail(run);
        return;
    }
    if (run->scroll) run->scroll_id = qd_scroll_id_make(run);
    qd_json_begin_object(&writer);
    qd_search_run_write(run, &writer);
    if (run->tells_status) qd_json_member_int(&writer, "status", 200);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

/* Aggregations are read here only for their errors, which then are those of the request and not of its
 * shards. Those that stand before another error come first. */
enum qd_status qd_search_parse_request(const struct qd_json_document *document, struct qd_arena *arena,
                                       struct qd_search_request *request, struct qd_error *error)
{
    struct qd_aggregations *aggregations;
    struct qd_error found;
    qd_error_init(&found, arena);
    enum qd_status status = qd_search_request_parse(document, arena, request, &found);
    if (request->aggregations != NULL) {
        QD_TRY(qd_aggregations_parse(document, request->aggregations, arena, &aggregations, error));
    }
    if (status != QD_OK && error != NULL) qd_error_copy(error, error->arena, &found);
    return status;
}

enum qd_status qd_search_parse_body(struct qd_search_run *run, const struct qd_json_document *body,
                                    struct qd_error *error)
{
    struct qd_arena *arena = run->call->arena;
    struct qd_search_request *request = QD_NEW(arena, struct qd_search_request);
    struct qd_json_document *merged = QD_NEW(arena, struct qd_json_document);
    /* The body as sent first: positions in errors are the user's. */
    QD_TRY(qd_search_parse_request(body, arena, request, error));
    QD_TRY(qd_search_body(run->call, body, &run->body, error));
    if (run->body.data != body->source.data) {
        QD_TRY(qd_json_parse(arena, run->body, merged, error));
        QD_TRY(qd_search_request_parse(merged, arena, request, error));
    }
    run->request = request;
    run->now_ms = run->call->start_ms;
    return QD_OK;
}

enum qd_status qd_search_read_options(struct qd_search_run *run, struct qd_error *error)
{
    const struct qd_call *call = run->call;
    run->allow_partial = qd_cluster_setting_bool(run->coordinator, "search.default_allow_partial_results",
                                                 true);
    QD_TRY(qd_call_bool(call, "allow_partial_search_results", &run->allow_partial, error));
    /* The names of results are the only ones to read it, when there are any. */
    if (run->request->aggregations != NULL)
        QD_TRY(qd_call_bool(call, "typed_keys", &run->typed_keys, error));
    bool cache = false;
    QD_TRY(qd_call_bool(call, "request_cache", &cache, error));
    if (qd_call_parameter(call, "request_cache").data != NULL) {
        run->request_cache = cache ? QD_REQUEST_CACHE_ALWAYS : QD_REQUEST_CACHE_NEVER;
    }
    return qd_call_bool(call, "rest_total_hits_as_int", &run->total_as_int, error);
}

static enum qd_status at_least(const struct qd_call *call, const char *name, const char *field, int64_t least,
                               struct qd_error *error)
{
    int64_t value = least;
    QD_TRY(qd_call_int(call, name, &value, error));
    if (value >= least) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s must be >= %lld", field, (long long)least);
}

/* Parameters that change how the reference works but not what it answers are still checked. */
static enum qd_status check_parameters(struct qd_search_run *run, struct qd_error *error)
{
    const struct qd_call *call = run->call;
    bool flag = false;
    int64_t interval, shard_requests = 0;
    QD_TRY(at_least(call, "batched_reduce_size", "batchedReduceSize", 2, error));
    QD_TRY(at_least(call, "pre_filter_shard_size", "preFilterShardSize", 1, error));
    QD_TRY(at_least(call, "max_concurrent_shard_requests", "maxConcurrentShardRequests", 1, error));
    QD_TRY(qd_call_int(call, "max_concurrent_shard_requests", &shard_requests, error));
    run->shard_requests_max = (size_t)shard_requests;
    run->show_phases = qd_cluster_setting_bool(run->coordinator, "search.phase_took_enabled", false);
    QD_TRY(qd_call_bool(call, "phase_took", &run->show_phases, error));
    QD_TRY(qd_call_bool(call, "ccs_minimize_roundtrips", &flag, error));
    QD_TRY(qd_call_time(call, "cancel_after_time_interval", &interval, error));
    struct qd_slice pipeline = qd_call_parameter(call, "search_pipeline");
    if (pipeline.data != NULL && !qd_slice_is(pipeline, "_none"))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Pipeline %.*s is not defined",
                            QD_SLICE_ARG(pipeline));
    return QD_OK;
}

enum qd_status qd_search_check_total(const struct qd_search_run *run, struct qd_error *error)
{
    const struct qd_search_request *request = run->request;
    if (run->total_as_int && request->track_total_hits != QD_TRACK_TOTAL_HITS_ACCURATE &&
        request->track_total_hits != QD_TRACK_TOTAL_HITS_DISABLED && request->track_total_hits_given) {
        return qd_error_set(
            error, QD_ILLEGAL_ARGUMENT,
            "[rest_total_hits_as_int] cannot be used if the tracking of total hits is not accurate, "
            "got %lld",
            (long long)request->track_total_hits);
    }
    return QD_OK;
}

enum qd_status qd_search_check_request(struct qd_search_run *run, struct qd_error *error)
{
    struct qd_slice type = qd_call_parameter(run->call, "search_type");
    if (type.size > 0 && !qd_slice_is(type, "query_then_fetch") &&
        !qd_slice_is(type, "dfs_query_then_fetch")) {
        bool retired = qd_slice_is(type, "query_and_fetch") || qd_slice_is(type, "dfs_query_and_fetch");
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            retired ? "Unsupported search type [%.*s]" : "No search type for [%.*s]",
                            QD_SLICE_ARG(type));
    }
    QD_TRY(check_parameters(run, error));
    return qd_search_check_total(run, error);
}

/* The request with another value for a member, which may be a new one. */
static enum qd_status replace_member(struct qd_search_run *run, const char *name, struct qd_slice value,
                                     struct qd_error *error)
{
    struct qd_arena *arena = run->call->arena;
    struct qd_json_document *document = QD_NEW(arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(arena, struct qd_search_request);
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    QD_TRY(qd_json_parse(arena, run->body, document, error));
    struct qd_json_iterator at = qd_json_iterate(document->root);
    qd_json_begin_object(&writer);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, name)) continue;
        qd_json_name_slice(&writer, at.key);
        qd_json_node(&writer, at.value);
    }
    qd_json_name(&writer, name);
    qd_json_raw(&writer, value);
    qd_json_end_object(&writer);
    run->body = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    QD_TRY(qd_json_parse(arena, run->body, document, error));
    QD_TRY(qd_search_request_parse(document, arena, request, error));
    run->request = request;
    return QD_OK;
}

/* rest_total_hits_as_int makes the count exact: a member of the body that shards see. */
static enum qd_status make_total_exact(struct qd_search_run *run, struct qd_error *error)
{
    if (!run->total_as_int || run->request->track_total_hits_given) return QD_OK;
    return replace_member(run, "track_total_hits", QD_SLICE("true"), error);
}

/* The names in indices_boost are resolved as those of the search are: shards know their indices' names
 * only. */
static enum qd_status resolve_boosted(struct qd_search_run *run, const struct qd_cluster_state *state,
                                      struct qd_indices_options options, struct qd_error *error)
{
    const struct qd_json *boosts = run->request->indices_boost;
    bool list = qd_json_is_array(boosts);
    struct qd_json_iterator outer = qd_json_iterate(boosts);
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    if (boosts == NULL) return QD_OK;
    qd_json_begin_array(&writer);
    while (qd_json_next(&outer)) {
        struct qd_json_iterator inner = qd_json_iterate(outer.value);
        if (list && !qd_json_next(&inner)) continue;
        struct qd_expression expression = {
            .state = state, .text = list ? inner.key : outer.key, .options = options, .now_ms = run->now_ms
        };
        struct qd_resolved *resolved;
        size_t count = 0;
        enum qd_status status = qd_resolve(&expression, run->call->arena, &resolved, &count, error);
        if (status != QD_OK) qd_buffer_deinit(&text);
        QD_TRY(status);
        for (size_t i = 0; i < count; i++) {
            qd_json_begin_object(&writer);
            qd_json_name_slice(&writer, resolved[i].index->name);
            qd_json_node(&writer, list ? inner.value : outer.value);
            qd_json_end_object(&writer);
        }
    }
    qd_json_end_array(&writer);
    struct qd_slice concrete = qd_arena_copy(run->call->arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return replace_member(run, "indices_boost", concrete, error);
}

enum qd_status qd_search_prefer(struct qd_search_run *run, struct qd_slice text, struct qd_error *error)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(run->coordinator->cluster);
    struct qd_preference preference = { run->coordinator, run->call->arena, text };
    size_t kept = 0;
    if (text.size == 0) return QD_OK;
    for (size_t i = 0; i < run->leg_count; i++) {
        struct qd_search_leg *leg = &run->legs[i];
        const struct qd_index_metadata *index = qd_cluster_state_index(state, leg->index_name);
        struct qd_preferred preferred;
        QD_TRY(qd_preference_choose(&preference, index, leg->shard, &preferred, error));
        if (preferred.left_out) continue;
        leg->node_id = (struct qd_slice){ 0 };
        if (preferred.node_id.data != NULL) {
            leg->node_id = qd_arena_copy(run->call->arena, preferred.node_id);
        }
        run->legs[kept] = *leg;
        run->legs[kept].place = (uint32_t)kept;
        kept++;
    }
    run->leg_count = kept;
    return QD_OK;
}

/* How many shards of one index take part, and how many of them were seen. */
struct index_shards {
    int64_t count, seen;
};

void qd_search_keep_sliced(struct qd_search_run *run)
{
    const struct qd_search_request *request = run->request;
    struct qd_map indices;
    size_t kept = 0;
    if (!request->has_slice) return;
    qd_map_init(&indices, run->call->arena);
    for (size_t i = 0; i < run->leg_count; i++) {
        struct index_shards *shards = qd_map_get(&indices, run->legs[i].index_uuid);
        if (shards == NULL) {
            shards = QD_NEW(run->call->arena, struct index_shards);
            qd_map_put(&indices, run->legs[i].index_uuid, shards);
        }
        shards->count++;
    }
    for (size_t i = 0; i < run->leg_count; i++) {
        struct index_shards *shards = qd_map_get(&indices, run->legs[i].index_uuid);
        int64_t ordinal = shards->seen++;
        bool wanted = request->slice_max >= shards->count
                          ? request->slice_id % shards->count == ordinal
                          : ordinal % request->slice_max == request->slice_id;
        if (!wanted) continue;
        run->legs[kept] = run->legs[i];
        run->legs[kept].place = (uint32_t)kept;
        kept++;
    }
    run->leg_count = kept;
}

enum qd_status qd_search_resolve(struct qd_search_run *run, struct qd_indices_options options,
                                 struct qd_slice text, struct qd_error *error)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(run->coordinator->cluster);
    struct qd_expression expression = {
        .state = state, .text = text, .options = options, .now_ms = run->now_ms
    };
    struct qd_resolved *resolved;
    size_t count;
    enum qd_status status = qd_resolve(&expression, run->call->arena, &resolved, &count, error);
    for (size_t i = 0; status == QD_OK && i < count; i++) {
        status = qd_check_blocks(resolved[i].index, QD_BLOCK_READ, error);
    }
    if (status == QD_OK) status = resolve_boosted(run, state, options, error);
    if (status != QD_OK) {
        run->coordinator->counters.searches[qd_answer_class_of(qd_error_http(error))]++;
        return status;
    }
    qd_search_legs(run, resolved, count, qd_call_parameter(run->call, "routing"));
    QD_TRY(qd_search_prefer(run, qd_call_parameter(run->call, "preference"), error));
    qd_search_keep_sliced(run);
    return QD_OK;
}

/* Searches of fewer shards are not worth asking first, unless they are sorted by a field or some index
 * cannot be written. */
static int64_t pre_filter_size(const struct qd_search_run *run, bool by_field)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(run->coordinator->cluster);
    if (by_field) return 1;
    for (size_t i = 0; i < run->leg_count; i++) {
        const struct qd_index_metadata *index = qd_cluster_state_index(state, run->legs[i].index_name);
        struct qd_error blocked;
        qd_error_init(&blocked, run->call->arena);
        if (index != NULL && qd_check_blocks(index, QD_BLOCK_WRITE, &blocked) != QD_OK) return 1;
    }
    return PRE_FILTER_SHARD_SIZE;
}

enum qd_status qd_search_choose_pre_filter(struct qd_search_run *run, struct qd_error *error)
{
    const struct qd_search_request *request = run->request;
    struct qd_slice type = qd_call_parameter(run->call, "search_type");
    bool plain = type.size == 0 || qd_slice_is(type, "query_then_fetch");
    bool by_field = request->sort_count > 0 && request->sorts[0].kind != QD_SORT_SCORE &&
                    request->sorts[0].kind != QD_SORT_SHARD_DOC;
    bool after = by_field && request->search_after != NULL && request->sorts[0].missing == NULL &&
                 request->track_total_hits == QD_TRACK_TOTAL_HITS_DISABLED;
    if (!plain || run->leg_count < 2 || (request->query == NULL && !after)) return QD_OK;
    int64_t least = pre_filter_size(run, by_field);
    QD_TRY(qd_call_int(run->call, "pre_filter_shard_size", &least, error));
    if (least >= (int64_t)run->leg_count) return QD_OK;
    bool by_query = request->query != NULL;
    if (by_query && request->aggregations != NULL) {
        struct qd_aggregations *aggregations;
        QD_TRY(qd_aggregations_parse(request->document, request->aggregations, run->call->arena,
                                     &aggregations, error));
        by_query = !qd_aggregations_visit_all(aggregations);
    }
    run->pre_filter = by_query || after;
    return QD_OK;
}

/* There are no search pipelines whose steps could be told. */
static enum qd_status check_verbose(const struct qd_call *call, struct qd_error *error)
{
    bool verbose = false;
    QD_TRY(qd_call_bool(call, "verbose_pipeline", &verbose, error));
    if (!verbose) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "The 'verbose pipeline' option requires a search pipeline to be defined.");
}

static enum qd_status prepare(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_error *error = &call->error;
    /* The request keeps the document: aggregations are parsed again when the shards have answered. */
    struct qd_json_document *body = QD_NEW(call->arena, struct qd_json_document);
    struct qd_indices_options options = qd_options_search();
    struct qd_slice scroll = qd_call_parameter(call, "scroll");
    QD_TRY(qd_query_search_body(call, body, error));
    QD_TRY(qd_search_parse_body(run, body, error));
    QD_TRY(qd_search_read_options(run, error));
    QD_TRY(qd_search_check_request(run, error));
    QD_TRY(check_verbose(call, error));
    QD_TRY(make_total_exact(run, error));
    QD_TRY(qd_options_of_call(call, &options, error));
    if (scroll.size > 0) QD_TRY(qd_search_open_scroll(run, scroll, error));
    QD_TRY(qd_search_check_window(run, error));
    if (run->request->pit != NULL) QD_TRY(qd_search_use_pit(run, error));
    else QD_TRY(qd_search_resolve(run, options, qd_call_parameter(call, "index"), error));
    return qd_search_choose_pre_filter(run, error);
}

void qd_coordinator_search(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
    run->coordinator = coordinator;
    run->call = call;
    run->done = qd_search_done;
    if (prepare(run) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_tasks_describe(coordinator->tasks, call, "indices:data/read/search", true, (struct qd_slice){ 0 });
    qd_search_run_start(run);
}
