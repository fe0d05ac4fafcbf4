/* The actions query, fetch and free_context: searches of one shard, as work in the pool over an immutable
 * view. */
#include "aggregation/aggregation.h"
#include "base/assert.h"
#include "data/contexts.h"
#include "data/request_cache.h"
#include "data/read_messages.h"
#include "data/shards.h"
#include "data/snapshot_get.h"
#include "search/can_match.h"

/* A search on its way through the pool. */
struct query_job {
    struct qd_data *data;
    struct qd_shard_access access;
    struct qd_transport_call *call;
    struct qd_query_message message;
    struct qd_reader_context *context; /* in use; NULL: `reader` is the job's own */
    struct qd_shard_reader reader;
    struct qd_slice index_name, index_uuid;
    struct qd_slice body, alias_filter;
    const struct qd_query *alias_query; /* the filter, parsed; NULL: none */
    bool fetch_only;
    bool cacheable;                    /* the answer may be kept, as far as the message tells */
    struct qd_fetch_message fetch;
    struct qd_search_request request;
    struct qd_query_answer answer;
    struct qd_error error;
    enum qd_status status;
    bool ran;                          /* a phase was reached */
    int64_t query_ns, fetch_ns;        /* time that the phases ran */
    struct qd_instant phase_started;   /* when a timeout began to count */
    int64_t timeout_ms;                /* of the request, or what the node allows; -1: none */
};

static bool expired(const void *context)
{
    const struct query_job *job = context;
    struct qd_env *env = qd_data_env(job->data);
    int64_t elapsed = env->clock->monotonic(env).nanoseconds - job->phase_started.nanoseconds;
    return elapsed / 1000000 > job->timeout_ms;
}

/* The search's own time limit counts from when the work began. */
static void set_deadline(struct query_job *job, struct qd_shard_view *view)
{
    struct qd_env *env = qd_data_env(job->data);
    if (job->request.timeout_given) job->timeout_ms = job->request.timeout_ms;
    if (job->timeout_ms < 0) return;
    job->phase_started = env->clock->monotonic(env);
    view->expired = expired;
    view->expired_context = job;
}

static void make_view(const struct query_job *job, const struct qd_shard_reader *reader,
                      struct qd_shard_view *view)
{
    const struct qd_schema *schema = reader->schema;
    *view = (struct qd_shard_view){ .snapshot = reader->snapshot,
                                    .mapping = schema->mapping,
                                    .analysis = schema->analysis,
                                    .index_name = schema->index_name,
                                    .index_uuid = schema->index_uuid,
                                    .aliases = schema->aliases,
                                    .alias_count = schema->alias_count,
                                    .node_id = qd_data_node_id(job->data),
                                    .shard = reader->number,
                                    .shard_count = schema->shard_count,
                                    .limits = schema->limits,
                                    .now_ms = job->message.now_ms,
                                    .breaker = &qd_data_breakers(job->data)->child[QD_BREAKER_REQUEST],
                                    .fielddata = &qd_data_breakers(job->data)->child[QD_BREAKER_FIELDDATA],
                                    .documents = qd_data_documents(job->data),
                                    .documents_owner = reader->documents_owner,
                                    .cancelled = job->call->cancelled };
    if (qd_planted(qd_data_env(job->data), "documents_of_any_shard")) view->documents_owner = 1;
}

static int64_t clock_ns(const struct query_job *job)
{
    struct qd_env *env = qd_data_env(job->data);
    return env->clock->monotonic(env).nanoseconds;
}

/* Parses the body and lays the alias filter over the query. */
static enum qd_status parse_request(struct query_job *job)
{
    struct qd_arena *arena = job->call->arena;
    struct qd_json_document *document = QD_NEW(arena, struct qd_json_document);
    QD_TRY(qd_json_parse(arena, job->body, document, &job->error));
    QD_TRY(qd_search_request_parse(document, arena, &job->request, &job->error));
    if (job->alias_filter.size == 0) return QD_OK;
    struct qd_json_document *filter = QD_NEW(arena, struct qd_json_document);
    struct qd_query *parsed;
    QD_TRY(qd_json_parse(arena, job->alias_filter, filter, &job->error));
    QD_TRY(qd_query_parse(filter, filter->root, arena, &parsed, &job->error));
    const struct qd_query *query = job->request.query == NULL ? qd_query_match_all(arena)
                                                              : job->request.query;
    job->request.query = qd_query_with_filter(query, parsed, arena);
    job->alias_query = parsed;
    return QD_OK;
}

static enum qd_status run_phases(struct query_job *job, const struct qd_shard_view *view)
{
    struct qd_arena *arena = job->call->arena;
    struct qd_aggregations *aggregations;
    struct qd_aggregation_run *run = NULL;
    struct qd_hit_collector collector;
    struct qd_buffer partial = { 0 };
    if (job->request.aggregations != NULL) {
        QD_TRY(qd_aggregations_parse(job->request.document, job->request.aggregations, arena, &aggregations,
                                     &job->error));
        struct qd_error refused;
        qd_error_init(&refused, arena);
        enum qd_status created = qd_aggregation_run_create(aggregations, view, arena, &run, &refused);
        if (created != QD_OK) {
            /* What is wrong with the query or the sort is told before what is wrong with aggregations. */
            QD_TRY(qd_search_query_check(view, &job->request, arena, &job->error));
            qd_error_copy(&job->error, arena, &refused);
            return created;
        }
        if (job->alias_query != NULL) {
            enum qd_status limited = qd_aggregation_run_limit(run, job->alias_query, &job->error);
            if (limited != QD_OK) {
                qd_aggregation_run_release(run);
                return limited;
            }
        }
        collector = qd_aggregation_run_collector(run);
    }
    enum qd_status searched = qd_search_query_phase(view, &job->request, run == NULL ? NULL : &collector,
                                                    arena, &job->answer.result, &job->error);
    if (searched != QD_OK) {
        qd_aggregation_run_release(run);
        return searched;
    }
    if (run != NULL) {
        enum qd_status status = qd_aggregation_run_finish(run, &partial, &job->error);
        job->answer.result.aggregations = qd_arena_copy(arena, qd_buffer_view(&partial));
        qd_buffer_deinit(&partial);
        if (status != QD_OK) return status;
    }
    if (job->message.mode != QD_QUERY_AND_FETCH) return QD_OK;
    int64_t start_ns = clock_ns(job);
    job->answer.hits = QD_NEW_ARRAY(arena, struct qd_slice, job->answer.result.doc_count);
    /* Nothing of it is shown, and what would be wrong with showing it is not told. */
    if ((int64_t)job->answer.result.doc_count <= job->request.from) return QD_OK;
    enum qd_status status = qd_search_fetch_phase(view, &job->request, job->answer.result.docs,
                                                  job->answer.result.doc_count, arena, job->answer.hits,
                                                  &job->error);
    job->fetch_ns = clock_ns(job) - start_ns;
    return status;
}

static enum qd_status run_explain(struct query_job *job, const struct qd_shard_view *view,
                                  struct qd_prepared *prepared)
{
    struct qd_arena *arena = job->call->arena;
    struct qd_buffer explanation = { 0 };
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &explanation };
    uint32_t segment = 0;
    qd_doc_id doc;
    bool matched = false;
    QD_TRY(qd_snapshot_find(view->snapshot, job->message.explain_id, &segment, &doc, &job->error));
    enum qd_status status = QD_OK;
    if (doc != QD_DOC_END) {
        status = qd_prepared_explain(prepared, segment, doc, arena, &writer, &matched, &job->error);
    }
    if (status == QD_OK) {
        writer = (struct qd_json_writer){ .out = &text };
        qd_json_begin_object(&writer);
        qd_json_member_bool(&writer, "found", doc != QD_DOC_END);
        qd_json_member_bool(&writer, "matched", matched);
        if (doc != QD_DOC_END) {
            qd_json_name(&writer, "explanation");
            qd_json_raw(&writer, qd_buffer_view(&explanation));
        }
        qd_json_end_object(&writer);
        job->answer.text = qd_arena_copy(arena, qd_buffer_view(&text));
    }
    qd_buffer_deinit(&explanation);
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status run_can_match(struct query_job *job, const struct qd_shard_view *view)
{
    struct qd_arena *arena = job->call->arena;
    struct qd_aggregations *aggregations;
    bool by_query = true;
    bool can = true;
    if (job->request.aggregations != NULL) {
        QD_TRY(qd_aggregations_parse(job->request.document, job->request.aggregations, arena, &aggregations,
                                     &job->error));
        by_query = !qd_aggregations_visit_all(aggregations);
    }
    QD_TRY(qd_search_can_match(view, &job->request, by_query, arena, &can, &job->error));
    job->answer.result.total = can;
    return QD_OK;
}

/* count, explain, validate: they need the prepared query and no phase. */
static enum qd_status run_prepared(struct query_job *job, const struct qd_shard_view *view)
{
    struct qd_arena *arena = job->call->arena;
    const struct qd_query *query = job->request.query == NULL ? qd_query_match_all(arena)
                                                              : job->request.query;
    struct qd_prepared *prepared;
    if (job->message.mode == QD_QUERY_CAN_MATCH) return run_can_match(job, view);
    bool rewritten = job->message.mode == QD_QUERY_VALIDATE_REWRITTEN;
    bool validates = job->message.mode == QD_QUERY_VALIDATE || rewritten;
    bool scores = job->message.mode == QD_QUERY_EXPLAIN || validates;
    if (job->message.mode == QD_QUERY_EXPLAIN) {
        /* A document that does not exist is told of before what is wrong with the query. */
        uint32_t segment;
        qd_doc_id doc;
        QD_TRY(qd_snapshot_find(view->snapshot, job->message.explain_id, &segment, &doc, &job->error));
        if (doc == QD_DOC_END) return run_explain(job, view, NULL);
    }
    QD_TRY(qd_query_prepare(query, view, scores, arena, &prepared, &job->error));
    if (job->message.mode == QD_QUERY_EXPLAIN) return run_explain(job, view, prepared);
    if (validates) {
        job->answer.text = rewritten ? qd_prepared_rewritten_text(prepared, arena)
                                     : qd_prepared_text(prepared, arena);
        return QD_OK;
    }
    return qd_prepared_count(prepared, arena, UINT64_MAX, &job->answer.result.total, &job->error);
}

static void run_fetch(struct query_job *job, const struct qd_shard_view *view)
{
    int64_t start_ns = clock_ns(job);
    job->answer.hits = QD_NEW_ARRAY(job->call->arena, struct qd_slice, job->fetch.docs.doc_count);
    job->status = qd_search_fetch_phase(view, &job->request, job->fetch.docs.docs, job->fetch.docs.doc_count,
                                        job->call->arena, job->answer.hits, &job->error);
    job->fetch_ns = clock_ns(job) - start_ns;
}

static void query_run(void *argument)
{
    struct query_job *job = argument;
    struct qd_shard_view view;
    make_view(job, job->context != NULL ? &job->context->reader : &job->reader, &view);
    job->status = parse_request(job);
    if (job->status != QD_OK) return;
    job->ran = true;
    if (job->fetch_only) {
        run_fetch(job, &view);
        return;
    }
    int64_t start_ns = clock_ns(job);
    job->request.scroll = job->message.scroll;
    if (job->context != NULL && job->context->has_last) job->request.scroll_after = &job->context->last;
    bool phases = job->message.mode == QD_QUERY_ONLY || job->message.mode == QD_QUERY_AND_FETCH;
    if (phases) set_deadline(job, &view);
    job->status = phases ? run_phases(job, &view) : run_prepared(job, &view);
    job->query_ns = clock_ns(job) - start_ns - job->fetch_ns;
}

/* ---- the loop's part ---- */

static struct qd_shard *job_shard(const struct query_job *job)
{
    return qd_data_shard(job->data, job->message.index_uuid, job->message.shard);
}

/* Searches and counts are counted; explaining, validating and opening contexts are not. */
static bool is_search(const struct query_job *job)
{
    const struct qd_query_message *message = &job->message;
    if (message->mode == QD_QUERY_COUNT) return !message->keep_context;
    return message->mode == QD_QUERY_ONLY || message->mode == QD_QUERY_AND_FETCH;
}

static void count_start(struct query_job *job)
{
    struct qd_shard *shard = job_shard(job);
    if (shard == NULL) return;
    if (job->fetch_only) {
        shard->counters.fetch_current++;
    } else if (is_search(job)) {
        shard->counters.query_current++;
    }
}

static void count_phases(const struct query_job *job, struct qd_search_counters *counters)
{
    bool well = job->status == QD_OK;
    bool fetches = job->fetch_only || job->message.mode == QD_QUERY_AND_FETCH;
    /* A request that is wrong is refused before its phase runs. */
    bool refused = !well && qd_error_http(&job->error) < 500;
    if (!job->fetch_only && !well && !refused) counters->query_failed++;
    if (!job->fetch_only && well) {
        counters->query_total++;
        counters->query_ns += (uint64_t)job->query_ns;
    }
    if (fetches && well) {
        counters->fetch_total++;
        counters->fetch_ns += (uint64_t)job->fetch_ns;
    }
}

static void count_end(struct query_job *job)
{
    struct qd_shard *shard = job_shard(job);
    if (shard == NULL || !(job->fetch_only || is_search(job))) return;
    uint64_t *current = job->fetch_only ? &shard->counters.fetch_current : &shard->counters.query_current;
    /* A shard that was closed and opened meanwhile has begun to count anew. */
    if (*current > 0) --*current;
    if (!job->ran) return;
    count_phases(job, &shard->counters.search);
    struct qd_json_iterator at = qd_json_iterate(job->request.stats);
    while (job->request.stats != NULL && qd_json_next(&at)) {
        struct qd_search_group *group = qd_shard_search_group(shard, qd_json_text(at.value));
        if (group != NULL) count_phases(job, &group->counters);
    }
}

/* Remembers where a scroll's page ended on this shard, so that the next one goes on behind it: the last
 * document that the coordinator has used, not the last one that this shard has offered. */
static void advance_cursor(const struct query_job *job, const struct qd_query_result *result)
{
    struct qd_reader_context *context = job->context;
    if (result->doc_count == 0) return;
    if (qd_planted(qd_data_env(job->data), "scroll_cursor_stays") && context->has_last) return;
    const struct qd_top_doc *last = &result->docs[result->doc_count - 1];
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_sort_value *values = QD_NEW_ARRAY(arena, struct qd_sort_value, result->sort_count + 1);
    for (size_t i = 0; last->sort_values != NULL && i < result->sort_count; i++) {
        values[i] = last->sort_values[i];
        if (values[i].kind == QD_SORT_VALUE_BYTES) values[i].bytes = qd_arena_copy(arena, values[i].bytes);
    }
    context->last = *last;
    context->last.sort_values = last->sort_values == NULL ? NULL : values;
    context->last_sort_count = result->sort_count;
    qd_arena_destroy(context->cursor_arena);
    context->cursor_arena = arena;
    context->has_last = true;
}

static void keep_context(struct query_job *job)
{
    int64_t keep_alive_ms = job->message.keep_alive_ms > 0
                                ? job->message.keep_alive_ms
                                : qd_data_limits(job->data)->default_keep_alive_ms;
    struct qd_reader_context *context = qd_reader_context_add(qd_data_contexts(job->data), &job->reader,
                                                              keep_alive_ms);
    context->index_name = qd_arena_copy(context->arena, context->reader.schema->index_name);
    context->index_uuid = qd_arena_copy(context->arena, context->reader.schema->index_uuid);
    context->shard = context->reader.number;
    context->body = qd_arena_copy(context->arena, job->body);
    context->alias_filter = qd_arena_copy(context->arena, job->alias_filter);
    context->now_ms = job->message.now_ms;
    context->for_scroll = job->message.scroll;
    context->for_pit = job->message.keep_context && !job->message.scroll;
    qd_reader_context_opened(context);
    job->context = context;
}

/* Keeps the answer when the shard still has the view that it came from. */
static void keep_answer(struct query_job *job, struct qd_slice answer)
{
    struct qd_shard *shard = job_shard(job);
    struct qd_shard_reader now;
    const struct qd_query_result *result = &job->answer.result;
    bool no_hits = job->message.mode == QD_QUERY_COUNT || job->request.size == 0;
    if (!job->cacheable || shard == NULL || result->timed_out || job->request.stats != NULL) return;
    if (job->answer.context_id != 0 || (!no_hits && job->message.cache != QD_REQUEST_CACHE_ALWAYS)) return;
    qd_shard_reader_acquire(shard, &now);
    if (now.snapshot == job->reader.snapshot && now.schema == job->reader.schema) {
        const struct qd_request_key key = { shard, &job->reader, &job->message };
        qd_request_cache_put(qd_data_request_cache(job->data), &key, answer);
    }
    qd_shard_reader_release(&now);
}

/* Answers from the cache; false: the search must run. */
static bool answer_from_cache(struct query_job *job, struct qd_shard *shard)
{
    const struct qd_request_key key = { shard, &job->reader, &job->message };
    struct qd_slice found;
    struct qd_buffer buffer = { 0 };
    job->cacheable = qd_request_cache_allows(&key);
    if (!job->cacheable || !qd_request_cache_find(qd_data_request_cache(job->data), &key, &found)) {
        return false;
    }
    count_phases(job, &shard->counters.search);
    qd_buffer_append(&buffer, found.data, found.size);
    qd_shard_reader_release(&job->reader);
    qd_transport_answer(job->call, &buffer);
    return true;
}

/* The reference explains in the pool of its gets. */
static enum qd_gate_kind gate_of(const struct query_job *job)
{
    return !job->fetch_only && job->message.mode == QD_QUERY_EXPLAIN ? QD_GATE_GET : QD_GATE_SEARCH;
}

/* Asking whether a shard can match is no work for a queue in the reference. */
static bool is_gated(const struct query_job *job)
{
    return job->fetch_only || job->message.mode != QD_QUERY_CAN_MATCH;
}

static void leave_context(struct query_job *job)
{
    if (job->context != NULL) {
        /* A fetch that has failed is not sent again: what it was the last to use must not stay. */
        if (job->fetch_only && job->fetch.free_context) {
            qd_reader_context_free(qd_data_contexts(job->data), job->context->id);
        }
        qd_reader_context_unuse(job->context);
    }
    qd_shard_reader_release(&job->reader);
}

static void fail_job(struct query_job *job)
{
    leave_context(job);
    qd_transport_fail(job->call, &job->error);
}

static void query_done(void *argument)
{
    struct query_job *job = argument;
    bool keep = job->message.keep_context ||
                (job->message.mode == QD_QUERY_ONLY && job->answer.result.doc_count > 0);
    struct qd_buffer buffer = { 0 };
    count_end(job);
    if (is_gated(job)) qd_gate_leave(qd_data_gates(job->data), gate_of(job));
    if (job->status != QD_OK) {
        fail_job(job);
        return;
    }
    if (job->fetch_only) {
        qd_hits_write(job->answer.hits, job->fetch.docs.doc_count, &buffer);
        if (job->context->for_scroll) advance_cursor(job, &job->fetch.docs);
    } else {
        if (job->context == NULL && keep) keep_context(job);
        if (job->context != NULL) {
            job->answer.context_id = job->context->id;
            if (job->message.scroll && job->message.mode == QD_QUERY_AND_FETCH) {
                advance_cursor(job, &job->answer.result);
            }
        }
        if (job->message.scroll && job->message.context_id != 0) job->answer.text = job->body;
        qd_query_answer_write(&job->answer, &buffer);
        keep_answer(job, qd_buffer_view(&buffer));
    }
    leave_context(job);
    qd_transport_answer(job->call, &buffer);
}

static void start(struct query_job *job)
{
    struct qd_env *env = qd_data_env(job->data);
    const char *action = job->fetch_only ? QD_ACTION_FETCH : QD_ACTION_QUERY;
    if (is_gated(job) &&
        qd_gate_enter(qd_data_gates(job->data), gate_of(job), action, &job->error) != QD_OK) {
        fail_job(job);
        return;
    }
    job->timeout_ms = qd_data_limits(job->data)->search_timeout_ms;
    count_start(job);
    env->work->submit(env, QD_WORK_SEARCH, NULL, query_run, query_done, job);
}

static void no_context(struct qd_transport_call *call, uint64_t id, struct qd_error *error)
{
    (void)qd_error_set(error, QD_SEARCH_CONTEXT_MISSING, "No search context found for id [%llu]",
                       (unsigned long long)id);
    qd_transport_fail(call, error);
}

static bool use_context(struct query_job *job, uint64_t id, int64_t keep_alive_ms)
{
    job->context = qd_reader_context_use(qd_data_contexts(job->data), id, keep_alive_ms);
    if (job->context == NULL) {
        no_context(job->call, id, &job->error);
        return false;
    }
    job->message.index_uuid = job->context->index_uuid;
    job->message.shard = job->context->shard;
    struct qd_shard *shard = job_shard(job);
    if (qd_planted(qd_data_env(job->data), "context_sees_refresh") && shard != NULL &&
        job->context->users == 1) {
        qd_shard_reader_release(&job->context->reader);
        qd_shard_reader_acquire(shard, &job->context->reader);
    }
    return true;
}

/* Contexts that clients keep are bounded: scrolls and points in time, each by a setting of its own. */
static bool room_for_context(struct query_job *job)
{
    const struct qd_data_limits *limits = qd_data_limits(job->data);
    bool scroll = job->message.scroll;
    int64_t max = scroll ? limits->scroll_contexts : limits->pit_contexts;
    if (!scroll && !job->message.keep_context) return true;
    if ((int64_t)qd_reader_contexts_count(qd_data_contexts(job->data), scroll, !scroll) < max) return true;
    (void)qd_error_set(
        &job->error, QD_REJECTED_EXECUTION,
        "Trying to create too many %s contexts. Must be less than or equal to: [%lld]. This limit "
        "can be set by changing the [%s] setting.",
        scroll ? "scroll" : "Point In Time", (long long)max,
        scroll ? "search.max_open_scroll_context" : "search.max_open_pit_context");
    qd_transport_fail(job->call, &job->error);
    return false;
}

static bool keep_alive_fits(struct query_job *job)
{
    const struct qd_data_limits *limits = qd_data_limits(job->data);
    bool scroll = job->message.scroll;
    if (qd_keep_alive_check(job->message.keep_alive_ms,
                            scroll ? limits->max_keep_alive_ms : limits->pit_max_keep_alive_ms,
                            scroll ? "search.max_keep_alive" : "point_in_time.max_keep_alive",
                            &job->error) == QD_OK) {
        return true;
    }
    qd_transport_fail(job->call, &job->error);
    return false;
}

/* The shard shows what the search has to see. */
static void query_ready(struct qd_shard_access *access)
{
    struct query_job *job = (struct query_job *)(void *)((char *)access - offsetof(struct query_job, access));
    struct qd_shard *shard = qd_action_shard(job->data, job->call, job->message.index_uuid,
                                             job->message.shard);
    if (shard == NULL) return;
    qd_shard_reader_acquire(shard, &job->reader);
    if (!answer_from_cache(job, shard)) start(job);
}

void qd_action_query(void *context, struct qd_transport_call *call)
{
    struct query_job *job = QD_NEW(call->arena, struct query_job);
    job->data = context;
    job->call = call;
    qd_error_init(&job->error, call->arena);
    if (qd_query_message_read(call->payload, &job->message, &job->error) != QD_OK) {
        qd_transport_fail(call, &job->error);
        return;
    }
    job->body = job->message.body;
    job->alias_filter = job->message.alias_filter;
    if (!keep_alive_fits(job)) return;
    if (job->message.context_id != 0) {
        if (!use_context(job, job->message.context_id, job->message.keep_alive_ms)) return;
        job->alias_filter = job->context->alias_filter;
        if (job->message.scroll) {
            job->body = job->context->body;
            job->message.now_ms = job->context->now_ms;
        }
    } else {
        struct qd_shard *shard = qd_action_shard(job->data, call, job->message.index_uuid,
                                                 job->message.shard);
        if (shard == NULL || !room_for_context(job)) return;
        job->access.ready = query_ready;
        qd_shard_await_search(shard, &job->access);
        return;
    }
    start(job);
}

void qd_action_fetch(void *context, struct qd_transport_call *call)
{
    struct query_job *job = QD_NEW(call->arena, struct query_job);
    job->data = context;
    job->call = call;
    job->fetch_only = true;
    qd_error_init(&job->error, call->arena);
    if (qd_fetch_message_read(call->payload, call->arena, &job->fetch, &job->error) != QD_OK) {
        qd_transport_fail(call, &job->error);
        return;
    }
    if (!use_context(job, job->fetch.context_id, 0)) return;
    bool own_body = job->fetch.body.size > 0;
    job->body = own_body ? job->fetch.body : job->context->body;
    job->alias_filter = job->context->alias_filter;
    job->message.now_ms = own_body ? job->fetch.now_ms : job->context->now_ms;
    start(job);
}

/* The payload is a context id, 0 for all scrolls; the answer is how many were freed. */
void qd_action_free_context(void *context, struct qd_transport_call *call)
{
    struct qd_reader reader = qd_reader_make(call->payload);
    struct qd_buffer buffer = { 0 };
    uint64_t id = qd_reader_varint(&reader);
    if (id == 0) {
        qd_buffer_varint(&buffer, qd_reader_contexts_free_scrolls(qd_data_contexts(context)));
    } else {
        qd_buffer_varint(&buffer, qd_reader_context_free(qd_data_contexts(context), id) ? 1 : 0);
    }
    qd_transport_answer(call, &buffer);
}
