#include "coordinator/search_run.h"

#include <math.h>

#include "aggregation/aggregation.h"
#include "base/assert.h"
#include "base/text.h"
#include "base/vector.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/error_json.h"
#include "coordinator/search_options.h"

/* max_concurrent_shard_requests: more would only fill the queue of the pool. */
#define SHARD_REQUESTS_DEFAULT 5

/* ---- counting ---- */

static int64_t now_ns(const struct qd_search_run *run)
{
    return run->coordinator->env->clock->monotonic(run->coordinator->env).nanoseconds;
}

static bool is_next_page(const struct qd_search_run *run)
{
    return run->scroll && run->keep_context;
}

/* The further pages of a scroll are counted by the shards only, as in the reference. */
static bool is_counted(const struct qd_search_run *run)
{
    return !is_next_page(run);
}

/* Ends the present phase and begins the next one; TOOK: none. */
static void enter_phase(struct qd_search_run *run, enum qd_search_phase next, bool well)
{
    struct qd_phase_counter *phases = run->coordinator->counters.phases;
    int64_t now = now_ns(run);
    if (run->phase != QD_SEARCH_PHASE_TOOK) {
        run->phases_ns[run->phase] += now - run->phase_ns;
        qd_phase_end(&phases[run->phase], well, now - run->phase_ns);
    }
    if (next != QD_SEARCH_PHASE_TOOK) qd_phase_begin(&phases[next]);
    run->phase = next;
    run->phase_ns = now;
}

static void count_start(struct qd_search_run *run)
{
    if (!is_counted(run)) return;
    qd_phase_begin(&run->coordinator->counters.phases[QD_SEARCH_PHASE_TOOK]);
    run->started_ns = now_ns(run);
    if (!run->open_contexts) {
        enter_phase(run, run->pre_filter ? QD_SEARCH_PHASE_CAN_MATCH : QD_SEARCH_PHASE_QUERY, true);
    }
}

static void count_end(struct qd_search_run *run)
{
    struct qd_counters *counters = &run->coordinator->counters;
    bool well = run->error.status == QD_OK;
    if (!is_counted(run)) return;
    enter_phase(run, QD_SEARCH_PHASE_TOOK, well);
    qd_phase_end(&counters->phases[QD_SEARCH_PHASE_TOOK], well, now_ns(run) - run->started_ns);
    int status = well ? 200 : qd_error_http(&run->error);
    if (!run->open_contexts) counters->searches[qd_answer_class_of(status)]++;
}

static void finish(struct qd_search_run *run)
{
    count_end(run);
    run->done(run);
}

static void finish_later(void *context)
{
    finish(context);
}

/* ---- legs ---- */

static bool routed_here(const struct qd_index_metadata *index, uint32_t shard, struct qd_slice routing)
{
    struct qd_slice rest = routing;
    struct qd_slice part;
    while (qd_split_next(&rest, ',', &part)) {
        if (qd_route_document(index, QD_SLICE(""), part) == shard) return true;
    }
    return false;
}

static bool has_part(struct qd_slice routing, struct qd_slice wanted)
{
    struct qd_slice rest = routing;
    struct qd_slice part;
    while (qd_split_next(&rest, ',', &part)) {
        if (qd_slice_equal(part, wanted)) return true;
    }
    return false;
}

/* A request's routing keeps those of the aliases' routings that it names; when it names none of them, nothing
 * routes the search at all. */
static bool wanted(const struct qd_resolved *resolved, uint32_t shard, struct qd_slice routing)
{
    bool routed = false;
    if (resolved->routing_count == 0) {
        return routing.size == 0 || routed_here(resolved->index, shard, routing);
    }
    for (size_t i = 0; i < resolved->routing_count; i++) {
        if (routing.size > 0 && !has_part(routing, resolved->routings[i])) continue;
        if (routed_here(resolved->index, shard, resolved->routings[i])) return true;
        routed = true;
    }
    return !routed;
}

static void add_leg(struct qd_search_run *run, const struct qd_resolved *resolved, uint32_t shard)
{
    struct qd_arena *arena = run->call->arena;
    const struct qd_index_metadata *index = resolved->index;
    struct qd_search_leg *leg = &run->legs[run->leg_count];
    const struct qd_shard_routing *primary = &index->routing[shard * (1 + index->replica_count)];
    *leg = (struct qd_search_leg){ .run = run,
                                   .place = (uint32_t)run->leg_count,
                                   .index_name = qd_arena_copy(arena, index->name),
                                   .index_uuid = qd_arena_copy(arena, index->uuid),
                                   .shard = shard };
    if (primary->node_id.data != NULL) leg->node_id = qd_arena_copy(arena, primary->node_id);
    if (resolved->filter.data != NULL) leg->alias_filter = qd_arena_copy(arena, resolved->filter);
    run->leg_count++;
}

/* The first shards of all indices come before the second ones: so equal hits of several indices are in the
 * reference's order. */
void qd_search_legs(struct qd_search_run *run, const struct qd_resolved *resolved, size_t count,
                    struct qd_slice routing)
{
    size_t total = 0;
    uint32_t most = 0;
    for (size_t i = 0; i < count; i++) {
        total += resolved[i].index->shard_count;
        if (resolved[i].index->shard_count > most) most = resolved[i].index->shard_count;
    }
    run->legs = QD_NEW_ARRAY(run->call->arena, struct qd_search_leg, total);
    for (uint32_t shard = 0; shard < most; shard++) {
        for (size_t i = 0; i < count; i++) {
            if (shard >= resolved[i].index->shard_count) continue;
            if (wanted(&resolved[i], shard, routing)) add_leg(run, &resolved[i], shard);
        }
    }
}

/* ---- failures ---- */

static void fail_leg(struct qd_search_leg *leg, const struct qd_error *error)
{
    leg->failed = true;
    qd_error_copy(&leg->error, leg->run->call->arena, error);
    leg->run->failed_count++;
}

/* A shard that is not there is counted, but not told as a failure. */
static bool is_unavailable(const struct qd_search_leg *leg)
{
    static const enum qd_status absent[] = { QD_NO_SHARD_AVAILABLE, QD_SHARD_NOT_FOUND, QD_ENGINE_CLOSED,
                                             QD_UNAVAILABLE_SHARDS };
    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        if (leg->error.status == absent[i]) return true;
    }
    return false;
}

static bool is_told(const struct qd_search_leg *leg)
{
    return leg->failed && !is_unavailable(leg);
}

static size_t told_count(const struct qd_search_run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->leg_count; i++) count += is_told(&run->legs[i]);
    return count;
}

static void write_failure(const struct qd_search_leg *leg, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_int(writer, "shard", leg->shard);
    qd_json_member_string(writer, "index", leg->index_name);
    qd_json_name(writer, "node");
    if (leg->node_id.data == NULL) {
        qd_json_null(writer);
    } else {
        qd_json_string(writer, leg->node_id);
    }
    qd_json_name(writer, "reason");
    qd_error_json(&leg->error, writer);
    qd_json_end_object(writer);
}

static bool same_error(const struct qd_search_leg *left, const struct qd_search_leg *right)
{
    return left->error.status == right->error.status &&
           qd_slice_equal(left->error.reason, right->error.reason) &&
           qd_slice_equal(left->index_name, right->index_name);
}

/* Failures that say the same of one index are told once. */
static void write_failures(const struct qd_search_run *run, struct qd_json_writer *writer)
{
    for (size_t i = 0; i < run->leg_count; i++) {
        bool again = false;
        if (!is_told(&run->legs[i])) continue;
        for (size_t j = 0; j < i; j++) {
            if (run->legs[j].failed && same_error(&run->legs[j], &run->legs[i])) again = true;
        }
        if (!again) write_failure(&run->legs[i], writer);
    }
}

/* The whole search fails: search_phase_execution_exception with the distinct failures as root causes and
 * failed_shards. */
static void fail_run(struct qd_search_run *run, const char *phase)
{
    struct qd_arena *arena = run->call->arena;
    struct qd_buffer failures = { 0 };
    struct qd_json_writer writer = { .out = &failures };
    struct qd_error *last = NULL;
    enum qd_status worst = QD_OK;
    qd_error_init(&run->error, arena);
    (void)qd_error_set(&run->error, QD_SEARCH_PHASE_EXECUTION, run->failed_count == run->leg_count
                                                                   ? "all shards failed"
                                                                   : "Partial shards failure");
    qd_error_add(&run->error, "phase", qd_slice_from_string(phase));
    qd_error_add_raw(&run->error, "grouped", QD_SLICE("true"));
    qd_json_begin_array(&writer);
    write_failures(run, &writer);
    qd_json_end_array(&writer);
    qd_error_add_raw(&run->error, "failed_shards", qd_buffer_view(&failures));
    qd_buffer_deinit(&failures);
    for (size_t i = 0; i < run->leg_count; i++) {
        struct qd_search_leg *leg = &run->legs[i];
        bool again = false;
        if (!is_told(leg)) continue;
        for (size_t j = 0; j < i; j++) {
            if (run->legs[j].failed && same_error(&run->legs[j], leg)) again = true;
        }
        if (worst == QD_OK || qd_status_http(leg->error.status) > qd_status_http(worst)) {
            worst = leg->error.status;
        }
        if (again) continue;
        struct qd_error *root = QD_NEW(arena, struct qd_error);
        qd_error_copy(root, arena, &leg->error);
        root->next_root = NULL;
        if (last == NULL) {
            run->error.next_root = root;
        } else {
            last->next_root = root;
        }
        last = root;
    }
    if (worst == QD_OK) {
        run->error.no_root = true;
        return;
    }
    run->error.http_override = qd_status_http(worst);
    qd_error_attach_cause(&run->error, qd_error_root_as_cause(run->error.next_root, arena));
}

/* What fails while the shards' answers are merged is the fault of none of them. */
static void fail_reduce(struct qd_search_run *run)
{
    struct qd_error cause = run->error;
    qd_error_init(&run->error, run->call->arena);
    (void)qd_error_set(&run->error, QD_SEARCH_PHASE_EXECUTION, "%s", "");
    qd_error_add(&run->error, "phase", QD_SLICE("fetch"));
    qd_error_add_raw(&run->error, "grouped", QD_SLICE("true"));
    qd_error_add_raw(&run->error, "failed_shards", QD_SLICE("[]"));
    run->error.http_override = qd_error_http(&cause);
    run->error.no_root = true;
    qd_error_attach_cause(&run->error, &cause);
}

/* Shards are missing, and what the others have found is not wanted. */
static void refuse_partial(struct qd_search_run *run)
{
    struct qd_slice phase = run->open_contexts ? QD_SLICE("create_pit") : QD_SLICE("query");
    struct qd_buffer missing = { 0 };
    struct qd_error *errors[2];
    for (size_t i = 0; i < run->leg_count; i++) {
        if (!run->legs[i].failed) continue;
        qd_buffer_format(&missing, "%s[%.*s][%u]", missing.size > 0 ? ", " : "",
                         QD_SLICE_ARG(run->legs[i].index_name), run->legs[i].shard);
    }
    struct qd_error cause;
    qd_error_init(&cause, run->call->arena);
    qd_error_init(&run->error, run->call->arena);
    (void)qd_error_set(&run->error, QD_SEARCH_PHASE_EXECUTION, "%s", "");
    (void)qd_error_set(&cause, QD_SEARCH_PHASE_EXECUTION,
                       "Search rejected due to missing shards [%.*s]. Consider using "
                       "`allow_partial_search_results` setting to bypass this error.",
                       (int)missing.size, missing.data);
    qd_buffer_deinit(&missing);
    errors[0] = &run->error;
    errors[1] = &cause;
    for (size_t i = 0; i < 2; i++) {
        qd_error_add(errors[i], "phase", phase);
        qd_error_add_raw(errors[i], "grouped", QD_SLICE("true"));
        qd_error_add_raw(errors[i], "failed_shards", QD_SLICE("[]"));
    }
    run->error.no_root = true;
    qd_error_attach_cause(&run->error, &cause);
}

/* ---- reducing ---- */

static int compare_docs(const struct qd_search_run *run, const struct qd_top_doc *left,
                        const struct qd_top_doc *right)
{
    return qd_top_doc_compare(run->request, left, right);
}

/* Merges the shards' sorted lists: heads are compared until the page is full. */
static void merge_docs(struct qd_search_run *run, size_t from, size_t size)
{
    struct qd_arena *arena = run->call->arena;
    size_t *heads = QD_NEW_ARRAY(arena, size_t, run->leg_count);
    run->docs = QD_NEW_ARRAY(arena, struct qd_top_doc, size);
    for (size_t rank = 0; rank < from + size; rank++) {
        const struct qd_top_doc *best = NULL;
        size_t best_leg = 0;
        for (size_t i = 0; i < run->leg_count; i++) {
            const struct qd_query_result *result = &run->legs[i].answer.result;
            if (run->legs[i].failed || heads[i] >= result->doc_count) continue;
            const struct qd_top_doc *head = &result->docs[heads[i]];
            if (best == NULL || compare_docs(run, head, best) < 0) {
                best = head;
                best_leg = i;
            }
        }
        if (best == NULL) return;
        heads[best_leg]++;
        if (rank >= from) run->docs[run->doc_count++] = *best;
    }
}

/* A count ends on each shard by itself when it has seen terminate_after documents. */
static uint64_t shard_total(struct qd_search_run *run, const struct qd_query_result *result)
{
    int64_t limit = run->count_only ? run->request->terminate_after : 0;
    if (limit <= 0 || result->total < (uint64_t)limit) return result->total;
    run->terminated_early = true;
    return (uint64_t)limit;
}

static void sum_totals(struct qd_search_run *run)
{
    run->max_score = NAN;
    for (size_t i = 0; i < run->leg_count; i++) {
        const struct qd_query_result *result = &run->legs[i].answer.result;
        if (run->legs[i].failed) continue;
        run->total += shard_total(run, result);
        if (result->total_is_lower_bound) run->total_is_lower_bound = true;
        if (result->timed_out) run->timed_out = true;
        if (result->terminated_early) run->terminated_early = true;
        if (!isnan(result->max_score) && (isnan(run->max_score) || result->max_score > run->max_score)) {
            run->max_score = result->max_score;
        }
    }
    int64_t limit = run->request->track_total_hits;
    bool counts = limit != QD_TRACK_TOTAL_HITS_ACCURATE && limit >= 0;
    if (counts && run->total > (uint64_t)limit) {
        run->total = (uint64_t)limit;
        run->total_is_lower_bound = true;
    }
}

static enum qd_status reduce_aggregations(struct qd_search_run *run)
{
    struct qd_arena *arena = run->call->arena;
    struct qd_aggregations *aggregations;
    struct qd_slice *partials = QD_NEW_ARRAY(arena, struct qd_slice, run->leg_count);
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    size_t count = 0;
    if (run->request->aggregations == NULL || run->count_only) return QD_OK;
    QD_TRY(qd_aggregations_parse(run->request->document, run->request->aggregations, arena, &aggregations,
                                 &run->error));
    for (size_t i = 0; i < run->leg_count; i++) {
        if (run->legs[i].failed || run->legs[i].skipped) continue;
        partials[count++] = run->legs[i].answer.result.aggregations;
    }
    struct qd_aggregation_reduce reduce = {
        .aggregations = aggregations,
        .partials = partials,
        .count = count,
        .max_buckets = qd_cluster_setting_int(run->coordinator, "search.max_buckets", 65535),
        .typed_keys = run->typed_keys,
    };
    enum qd_status status = qd_aggregations_render(&reduce, arena, &writer, &run->error);
    if (status == QD_OK) run->aggregations = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return status;
}

/* ---- fetching ---- */

static void free_replied(void *context, const struct qd_transport_reply *reply)
{
    (void)context;
    (void)reply;
}

/* Contexts that nobody will ask again are given back. */
static void free_unused(struct qd_search_run *run)
{
    if (run->keep_context || run->scroll) return;
    for (size_t i = 0; i < run->leg_count; i++) {
        struct qd_search_leg *leg = &run->legs[i];
        if (leg->failed || leg->answer.context_id == 0 || leg->wanted_count > 0) continue;
        struct qd_buffer buffer = { 0 };
        qd_buffer_varint(&buffer, leg->answer.context_id);
        struct qd_transport_target target = { .node_id = leg->node_id, .action = QD_ACTION_FREE_CONTEXT };
        qd_transport_send(run->coordinator->transport, &target, &buffer, free_replied, NULL);
    }
}

static void fetched(void *context, const struct qd_transport_reply *reply)
{
    struct qd_search_leg *leg = context;
    struct qd_search_run *run = leg->run;
    struct qd_slice *hits = NULL;
    size_t count = 0;
    struct qd_error error;
    qd_error_init(&error, run->call->arena);
    enum qd_status status = reply->status;
    if (status == QD_OK) {
        struct qd_slice payload = qd_arena_copy(run->call->arena, reply->payload);
        status = qd_hits_read(payload, run->call->arena, &hits, &count, &error);
        qd_assert(status != QD_OK || count == leg->wanted_count);
    } else {
        qd_error_copy(&error, run->call->arena, reply->error);
    }
    if (status != QD_OK) fail_leg(leg, &error);
    for (size_t i = 0; status == QD_OK && i < count; i++) run->hits[leg->wanted_places[i]] = hits[i];
    if (--run->pending > 0) return;
    if (run->failed_count == run->leg_count) fail_run(run, "fetch");
    finish(run);
}

static void send_fetch(struct qd_search_leg *leg)
{
    struct qd_search_run *run = leg->run;
    struct qd_buffer buffer = { 0 };
    struct qd_fetch_message message = { .context_id = leg->answer.context_id,
                                        .free_context = !run->keep_context && !run->scroll,
                                        .docs = { .docs = leg->wanted,
                                                  .doc_count = (uint32_t)leg->wanted_count,
                                                  .max_score = NAN,
                                                  .sort_count = leg->answer.result.sort_count } };
    /* A point in time was made without this search. */
    if (run->keep_context && !run->scroll && !qd_planted(run->coordinator->env, "pit_fetch_forgets_search")) {
        message.body = run->body;
        message.now_ms = run->now_ms;
    }
    qd_fetch_message_write(&message, &buffer);
    struct qd_transport_target target = { .node_id = leg->node_id, .action = QD_ACTION_FETCH,
                                          .cancelled = &run->call->cancelled };
    qd_transport_send(run->coordinator->transport, &target, &buffer, fetched, leg);
}

static void fetch(struct qd_search_run *run)
{
    struct qd_arena *arena = run->call->arena;
    run->hits = QD_NEW_ARRAY(arena, struct qd_slice, run->doc_count);
    for (size_t i = 0; i < run->doc_count; i++) {
        struct qd_search_leg *leg = &run->legs[run->docs[i].shard_index];
        if (leg->wanted == NULL) {
            leg->wanted = qd_arena_alloc(arena, sizeof(*leg->wanted) * run->doc_count);
            leg->wanted_places = qd_arena_alloc(arena, sizeof(size_t) * run->doc_count);
        }
        leg->wanted_places[leg->wanted_count] = i;
        leg->wanted[leg->wanted_count++] = run->docs[i];
    }
    free_unused(run);
    for (size_t i = 0; i < run->leg_count; i++) {
        if (run->legs[i].wanted_count > 0) run->pending++;
    }
    if (run->pending == 0) {
        finish(run);
        return;
    }
    for (size_t i = 0; i < run->leg_count; i++) {
        if (run->legs[i].wanted_count > 0) send_fetch(&run->legs[i]);
    }
}

static size_t page_size(const struct qd_search_request *request)
{
    return request->size < 0 ? 10 : (size_t)request->size;
}

static size_t page_from(const struct qd_search_run *run)
{
    return run->request->from < 0 || run->scroll ? 0 : (size_t)run->request->from;
}

static void queried(struct qd_search_run *run)
{
    bool all = run->leg_count > 0 && run->failed_count == run->leg_count;
    if (all && (run->allow_partial || told_count(run) > 0)) {
        fail_run(run, run->open_contexts ? "create_pit" : "query");
        finish(run);
        return;
    }
    if (run->failed_count > 0 && !run->allow_partial) {
        if (told_count(run) == 0) refuse_partial(run);
        else fail_run(run, run->open_contexts ? "create_pit" : "query");
        finish(run);
        return;
    }
    if (is_next_page(run) && qd_scroll_read_search(run, &run->error) != QD_OK) {
        fail_reduce(run);
        finish(run);
        return;
    }
    sum_totals(run);
    if (run->phase == QD_SEARCH_PHASE_QUERY) enter_phase(run, QD_SEARCH_PHASE_FETCH, true);
    if (run->count_only) {
        finish(run);
        return;
    }
    if (reduce_aggregations(run) != QD_OK) {
        fail_reduce(run);
        finish(run);
        return;
    }
    merge_docs(run, page_from(run), page_size(run->request));
    /* One shard has sent the hits with the query phase. */
    if (run->leg_count == 1 && !run->legs[0].failed && run->legs[0].answer.hits != NULL) {
        size_t from = page_from(run);
        run->hits = run->doc_count == 0 ? NULL : run->legs[0].answer.hits + from;
        finish(run);
        return;
    }
    fetch(run);
}

static void send_next_query(struct qd_search_run *run);

static void query_replied(void *context, const struct qd_transport_reply *reply)
{
    struct qd_search_leg *leg = context;
    struct qd_search_run *run = leg->run;
    struct qd_error error;
    qd_error_init(&error, run->call->arena);
    enum qd_status status = reply->status;
    if (status == QD_OK) {
        struct qd_slice payload = qd_arena_copy(run->call->arena, reply->payload);
        status = qd_query_answer_read(payload, run->call->arena, &leg->answer, &error);
    } else {
        qd_error_copy(&error, run->call->arena, reply->error);
    }
    if (status == QD_OK && leg->answer.result.timed_out && !run->allow_partial) {
        status = qd_error_set(&error, QD_EXCEPTION, "Time exceeded");
        error.type_override = "query_phase_execution_exception";
    }
    if (status != QD_OK) fail_leg(leg, &error);
    for (uint32_t i = 0; status == QD_OK && i < leg->answer.result.doc_count; i++) {
        leg->answer.result.docs[i].shard_index = leg->place;
    }
    if (--run->pending == 0) {
        queried(run);
    } else {
        send_next_query(run);
    }
}

static void send_query(struct qd_search_leg *leg)
{
    struct qd_search_run *run = leg->run;
    struct qd_buffer buffer = { 0 };
    struct qd_query_message message = { .index_uuid = leg->index_uuid,
                                        .shard = leg->shard,
                                        .mode = run->count_only       ? QD_QUERY_COUNT
                                                : run->leg_count == 1 ? QD_QUERY_AND_FETCH
                                                                      : QD_QUERY_ONLY,
                                        .body = run->body,
                                        .alias_filter = leg->alias_filter,
                                        .context_id = leg->context_id,
                                        .keep_context = (run->scroll || run->open_contexts) &&
                                                        leg->context_id == 0,
                                        .scroll = run->scroll,
                                        .keep_alive_ms = run->keep_alive_ms,
                                        .now_ms = run->now_ms,
                                        .cache = run->request_cache };
    qd_query_message_write(&message, &buffer);
    struct qd_transport_target target = { .node_id = leg->node_id, .action = QD_ACTION_QUERY,
                                          .cancelled = &run->call->cancelled };
    qd_transport_send(run->coordinator->transport, &target, &buffer, query_replied, leg);
}

static void send_next_query(struct qd_search_run *run)
{
    while (run->next_leg < run->leg_count && run->legs[run->next_leg].skipped) run->next_leg++;
    if (run->next_leg < run->leg_count) send_query(&run->legs[run->next_leg++]);
}

static void send_queries(struct qd_search_run *run)
{
    if (run->phase == QD_SEARCH_PHASE_CAN_MATCH) enter_phase(run, QD_SEARCH_PHASE_QUERY, true);
    run->pending = run->leg_count - (size_t)run->skipped;
    run->next_leg = 0;
    size_t most = run->shard_requests_max == 0 ? SHARD_REQUESTS_DEFAULT : run->shard_requests_max;
    for (size_t i = 0; i < most; i++) send_next_query(run);
}

/* ---- which shards can match ---- */

/* All shards have told. One is searched in any case: aggregations need somebody who says how they look. */
static void filtered(struct qd_search_run *run)
{
    size_t unknown = 0;
    size_t skipped = 0;
    for (size_t i = 0; i < run->leg_count; i++) {
        unknown += run->legs[i].unknown;
        skipped += run->legs[i].skipped;
    }
    if (unknown == run->leg_count) {
        for (size_t i = 0; i < run->leg_count; i++) run->legs[i].failed = true;
        run->failed_count = run->leg_count;
        fail_run(run, "can_match");
        finish(run);
        return;
    }
    if (skipped == run->leg_count) {
        run->legs[0].skipped = false;
        skipped--;
    }
    run->skipped = (int64_t)skipped;
    for (size_t i = 0; i < run->leg_count; i++) run->legs[i].answer.result.max_score = NAN;
    send_queries(run);
}

static void filter_replied(void *context, const struct qd_transport_reply *reply)
{
    struct qd_search_leg *leg = context;
    struct qd_search_run *run = leg->run;
    struct qd_arena *arena = run->call->arena;
    struct qd_query_answer answer = { 0 };
    enum qd_status status = reply->status;
    qd_error_init(&leg->error, arena);
    if (status == QD_OK) {
        status = qd_query_answer_read(qd_arena_copy(arena, reply->payload), arena, &answer, &leg->error);
    } else {
        qd_error_copy(&leg->error, arena, reply->error);
    }
    leg->unknown = status != QD_OK;
    leg->skipped = status == QD_OK && answer.result.total == 0;
    if (--run->pending == 0) filtered(run);
}

static void send_filter(struct qd_search_leg *leg)
{
    struct qd_search_run *run = leg->run;
    struct qd_buffer buffer = { 0 };
    struct qd_query_message message = { .index_uuid = leg->index_uuid,
                                        .shard = leg->shard,
                                        .mode = QD_QUERY_CAN_MATCH,
                                        .body = run->body,
                                        .alias_filter = leg->alias_filter,
                                        .context_id = leg->context_id,
                                        .keep_alive_ms = run->keep_alive_ms,
                                        .now_ms = run->now_ms };
    qd_query_message_write(&message, &buffer);
    struct qd_transport_target target = { .node_id = leg->node_id, .action = QD_ACTION_QUERY,
                                          .cancelled = &run->call->cancelled };
    qd_transport_send(run->coordinator->transport, &target, &buffer, filter_replied, leg);
}

static bool few_enough_shards(struct qd_search_run *run)
{
    int64_t limit = qd_cluster_setting_int(run->coordinator, "action.search.shard_count.limit", INT64_MAX);
    if ((int64_t)run->leg_count <= limit) return true;
    (void)qd_error_set(
        &run->error, QD_ILLEGAL_ARGUMENT,
        "Trying to query %zu shards, which is over the limit of %lld. This limit exists because querying "
        "many "
        "shards at the same time can make the job of the coordinating node very CPU and/or memory intensive. "
        "It is usually a better idea to have a smaller number of larger shards. Update "
        "[action.search.shard_count.limit] to a greater value if you really want to query that many shards "
        "at "
        "the same time.",
        run->leg_count, (long long)limit);
    return false;
}

void qd_search_run_start(struct qd_search_run *run)
{
    qd_error_init(&run->error, run->call->arena);
    count_start(run);
    if (!few_enough_shards(run)) {
        run->coordinator->env->work->defer(run->coordinator->env, finish_later, run);
        return;
    }
    run->pending = run->leg_count;
    if (run->leg_count == 0) {
        /* The reference reduces nothing here: no aggregations, and a score of 0. */
        run->max_score = 0;
        run->coordinator->env->work->defer(run->coordinator->env, finish_later, run);
        return;
    }
    if (!run->pre_filter) {
        send_queries(run);
        return;
    }
    for (size_t i = 0; i < run->leg_count; i++) send_filter(&run->legs[i]);
}

/* ---- rendering ---- */

void qd_search_write_shards(const struct qd_search_run *run, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "_shards");
    qd_json_member_int(writer, "total", (int64_t)run->leg_count);
    qd_json_member_int(writer, "successful", (int64_t)(run->leg_count - run->failed_count));
    qd_json_member_int(writer, "skipped", run->skipped);
    size_t told = told_count(run);
    qd_json_member_int(writer, "failed", (int64_t)told);
    if (told > 0) {
        qd_json_member_array(writer, "failures");
        write_failures(run, writer);
        qd_json_end_array(writer);
    }
    qd_json_end_object(writer);
}

static void write_total(const struct qd_search_run *run, struct qd_json_writer *writer)
{
    if (run->request->track_total_hits == QD_TRACK_TOTAL_HITS_DISABLED) {
        if (run->total_as_int) qd_json_member_int(writer, "total", -1);
        return;
    }
    if (run->total_as_int) {
        qd_json_member_int(writer, "total", (int64_t)run->total);
        return;
    }
    qd_json_member_object(writer, "total");
    qd_json_member_int(writer, "value", (int64_t)run->total);
    qd_json_member_text(writer, "relation", run->total_is_lower_bound ? "gte" : "eq");
    qd_json_end_object(writer);
}

static void write_phases(const struct qd_search_run *run, struct qd_json_writer *writer)
{
    qd_json_member_object(writer, "phase_took");
    for (int i = QD_SEARCH_PHASE_TOOK + 1; i < QD_SEARCH_PHASE_COUNT; i++)
        qd_json_member_int(writer, qd_search_phase_name((enum qd_search_phase)i),
                           run->phases_ns[i] / 1000000);
    qd_json_end_object(writer);
}

void qd_search_run_write(const struct qd_search_run *run, struct qd_json_writer *writer)
{
    struct qd_env *env = run->coordinator->env;
    if (run->scroll_id.data != NULL) qd_json_member_string(writer, "_scroll_id", run->scroll_id);
    if (run->pit_id.data != NULL) qd_json_member_string(writer, "pit_id", run->pit_id);
    qd_json_member_int(writer, "took",
                       (env->clock->monotonic(env).nanoseconds - run->call->start_ns) / 1000000);
    if (run->show_phases) write_phases(run, writer);
    qd_json_member_bool(writer, "timed_out", run->timed_out);
    if (run->request->terminate_after != 0 || run->terminated_early) {
        qd_json_member_bool(writer, "terminated_early", run->terminated_early);
    }
    qd_search_write_shards(run, writer);
    qd_json_member_object(writer, "hits");
    write_total(run, writer);
    qd_json_name(writer, "max_score");
    bool unasked = run->leg_count > 0 && run->doc_count == 0 && page_size(run->request) == 0;
    if (isnan(run->max_score) || unasked) {
        qd_json_null(writer);
    } else {
        qd_json_float_value(writer, run->max_score);
    }
    qd_json_member_array(writer, "hits");
    for (size_t i = 0; i < run->doc_count; i++) {
        if (run->hits[i].size > 0) qd_json_raw(writer, run->hits[i]);
    }
    qd_json_end_array(writer);
    qd_json_end_object(writer);
    if (run->aggregations.data != NULL) {
        qd_json_name(writer, "aggregations");
        qd_json_raw(writer, run->aggregations);
    }
}
