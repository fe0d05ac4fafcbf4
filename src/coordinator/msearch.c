/* Several searches in one call. */
#include "base/vector.h"
#include "coordinator/blocks.h"
#include "coordinator/cluster_service.h"
#include "coordinator/error_json.h"
#include "coordinator/machine_defaults.h"
#include "coordinator/operations.h"
#include "coordinator/search_options.h"
#include "coordinator/search_template.h"

/* One of them. */
struct part {
    struct qd_search_run run;       /* first member */
    struct multi *multi;
    struct qd_slice index;
    struct qd_indices_options options;
    struct qd_slice routing, preference, body;
    struct qd_error error;
};

struct multi {
    struct qd_coordinator *coordinator;
    struct qd_call *call;
    struct part **parts;
    size_t count;
    size_t pending;
    size_t next;                    /* the first part that was not started */
    size_t running;                 /* parts that were started and have not ended */
    size_t most;                    /* of them at a time */
    size_t searches;                /* parts that are searches: templates may fail to become one */
    struct qd_indices_options options; /* of searches whose header says nothing else */
    bool typed_keys, total_as_int;
    bool named;                     /* a search has aggregations, whose names typed_keys changes */
    bool templates;                 /* the bodies are templates */
};

static void write_part(const struct part *part, struct qd_json_writer *writer)
{
    const struct qd_error *error = part->error.status != QD_OK ? &part->error : &part->run.error;
    qd_json_begin_object(writer);
    if (error->status != QD_OK) {
        qd_json_name(writer, "error");
        qd_error_json_with_root(error, false, writer);
        qd_json_member_int(writer, "status", qd_error_http(error));
    } else {
        qd_search_run_write(&part->run, writer);
        qd_json_member_int(writer, "status", 200);
    }
    qd_json_end_object(writer);
}

static void finish(struct multi *multi)
{
    struct qd_call *call = multi->call;
    struct qd_env *env = multi->coordinator->env;
    struct qd_json_writer writer = qd_call_writer(call);
    qd_json_begin_object(&writer);
    qd_json_member_int(&writer, "took", (env->clock->monotonic(env).nanoseconds - call->start_ns) / 1000000);
    qd_json_member_array(&writer, "responses");
    for (size_t i = 0; i < multi->count; i++) write_part(multi->parts[i], &writer);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static void start_part(struct part *part);

static void start_parts(struct multi *multi)
{
    while (multi->next < multi->count && multi->running < multi->most) {
        multi->running++;
        start_part(multi->parts[multi->next++]);
    }
}

static void part_ended(void *context)
{
    struct multi *multi = context;
    multi->running--;
    if (--multi->pending == 0) {
        finish(multi);
    } else {
        start_parts(multi);
    }
}

static void part_done(struct qd_search_run *run)
{
    part_ended(((struct part *)run)->multi);
}

/* Header values may be strings, booleans or arrays; arrays are joined by commas. */
static struct qd_slice header_text(const struct qd_json *value, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    struct qd_json_iterator at = qd_json_iterate(value);
    if (!qd_json_is_array(value)) return qd_json_text(value);
    while (qd_json_next(&at)) {
        if (text.size > 0) qd_buffer_byte(&text, ',');
        qd_buffer_slice(&text, qd_json_text(at.value));
    }
    struct qd_slice joined = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return joined;
}

static enum qd_status header_member(struct part *part, const struct qd_json_iterator *at,
                                    struct qd_call *options)
{
    static const char *const others[] = { "search_type",
                                          "allow_partial_search_results",
                                          "ccs_minimize_roundtrips",
                                          "type",
                                          "types",
                                          "ignore_throttled",
                                          "cancel_after_time_interval",
                                          "search_pipeline" };
    struct qd_arena *arena = part->multi->call->arena;
    if (qd_slice_is(at->key, "request_cache")) {
        bool always = qd_slice_is(qd_json_text(at->value), "true");
        part->run.request_cache = always ? QD_REQUEST_CACHE_ALWAYS : QD_REQUEST_CACHE_NEVER;
        return QD_OK;
    }
    if (qd_slice_is(at->key, "index") || qd_slice_is(at->key, "indices")) {
        part->index = header_text(at->value, arena);
        return QD_OK;
    }
    if (qd_slice_is(at->key, "routing")) {
        part->routing = header_text(at->value, arena);
        return QD_OK;
    }
    if (qd_slice_is(at->key, "preference")) {
        part->preference = header_text(at->value, arena);
        return QD_OK;
    }
    if (qd_slice_is(at->key, "expand_wildcards") || qd_slice_is(at->key, "ignore_unavailable") ||
        qd_slice_is(at->key, "allow_no_indices")) {
        struct qd_slice *value = QD_NEW(arena, struct qd_slice);
        *value = header_text(at->value, arena);
        qd_map_put(&options->parameters, at->key, value);
        return QD_OK;
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (qd_slice_is(at->key, others[i])) return QD_OK;
    }
    return qd_error_set(&part->multi->call->error, QD_ILLEGAL_ARGUMENT,
                        "key [%.*s] is not supported in the metadata section", QD_SLICE_ARG(at->key));
}

static enum qd_status read_header(struct part *part, struct qd_slice line)
{
    struct qd_call *call = part->multi->call;
    struct qd_json_document *document = QD_NEW(call->arena, struct qd_json_document);
    struct qd_call options = { .arena = call->arena };
    qd_map_init(&options.parameters, call->arena);
    if (line.size == 0) return QD_OK;
    QD_TRY(qd_json_parse(call->arena, line, document, &call->error));
    struct qd_json_iterator at = qd_json_iterate(document->root);
    while (qd_json_next(&at)) QD_TRY(header_member(part, &at, &options));
    return qd_options_of_call(&options, &part->options, &call->error);
}

/* A template that cannot be read fails the whole call; one that cannot be rendered, or renders to no search,
 * fails only its part. */
static enum qd_status prepare_template(struct part *part, const struct qd_json_document *document)
{
    struct qd_call *call = part->multi->call;
    struct qd_search_template template;
    struct qd_slice text;
    QD_TRY(qd_search_template_parse(document, call->arena, &template, &call->error));
    if (!template.typed) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT, "Malformed search template");
    }
    enum qd_status status = qd_search_template_render(part->multi->coordinator, &template, call->arena, &text,
                                                      &part->error);
    if (status == QD_OK) status = qd_search_template_apply(&template, text, &part->run, &part->error);
    if (status != QD_OK) return QD_OK;
    part->multi->searches++;
    part->multi->named = part->multi->named || part->run.request->aggregations != NULL;
    return QD_OK;
}

/* The search's own checks fail the whole call when they concern its text, and only this part when they
 * concern indices. */
static enum qd_status prepare_part(struct part *part)
{
    struct qd_call *call = part->multi->call;
    struct qd_json_document *document = QD_NEW(call->arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(call->arena, struct qd_search_request);
    struct qd_search_run *run = &part->run;
    qd_error_init(&part->error, call->arena);
    run->coordinator = part->multi->coordinator;
    run->call = call;
    run->done = part_done;
    run->allow_partial = true;
    run->total_as_int = part->multi->total_as_int;
    run->now_ms = call->start_ms;
    QD_TRY(qd_json_parse(call->arena, part->body, document, &call->error));
    if (part->multi->templates) return prepare_template(part, document);
    QD_TRY(qd_search_parse_request(document, call->arena, request, &call->error));
    part->multi->named = part->multi->named || request->aggregations != NULL;
    run->body = document->source;
    if (run->total_as_int && !request->track_total_hits_given) {
        run->body = qd_json_with_member(run->body, QD_SLICE("track_total_hits"), QD_SLICE("true"),
                                        call->arena);
        QD_TRY(qd_json_parse(call->arena, run->body, document, &call->error));
        QD_TRY(qd_search_request_parse(document, call->arena, request, &call->error));
    }
    run->request = request;
    return qd_search_check_total(run, &call->error);
}

static void start_part(struct part *part)
{
    struct multi *multi = part->multi;
    struct qd_search_run *run = &part->run;
    const struct qd_cluster_state *state = qd_cluster_service_state(multi->coordinator->cluster);
    struct qd_expression expression = { .state = state, .text = part->index, .options = part->options,
                                        .now_ms = run->now_ms };
    struct qd_resolved *resolved;
    size_t count;
    enum qd_status status = part->error.status;
    if (status != QD_OK) {
        multi->coordinator->env->work->defer(multi->coordinator->env, part_ended, multi);
        return;
    }
    if (run->request->pit != NULL) {
        status = qd_search_use_pit(run, &part->error);
    } else {
        status = qd_resolve(&expression, multi->call->arena, &resolved, &count, &part->error);
        for (size_t i = 0; status == QD_OK && i < count; i++) {
            status = qd_check_blocks(resolved[i].index, QD_BLOCK_READ, &part->error);
        }
        if (status == QD_OK) qd_search_legs(run, resolved, count, part->routing);
        if (status == QD_OK) status = qd_search_prefer(run, part->preference, &part->error);
    }
    if (status == QD_OK) status = qd_search_choose_pre_filter(run, &part->error);
    if (status != QD_OK) {
        multi->coordinator->counters.searches[qd_answer_class_of(qd_error_http(&part->error))]++;
        multi->coordinator->env->work->defer(multi->coordinator->env, part_ended, multi);
        return;
    }
    qd_search_run_start(run);
}

static bool next_line(struct qd_slice *rest, struct qd_slice *line)
{
    size_t end = qd_slice_find_byte(*rest, '\n');
    if (end == SIZE_MAX) return false;
    *line = qd_slice_sub(*rest, 0, end);
    if (line->size > 0 && line->data[line->size - 1] == '\r') line->size--;
    *rest = qd_slice_from(*rest, end + 1);
    return true;
}

static enum qd_status read_parts(struct multi *multi)
{
    struct qd_call *call = multi->call;
    struct qd_slice rest = call->body;
    QD_VECTOR(struct part *) parts = { 0 };
    if (rest.size == 0) {
        return qd_error_set(&call->error, QD_PARSE, "request body or source parameter is required");
    }
    /* An empty first line is no header, other empty ones are. */
    if (rest.data[0] == '\n') rest = qd_slice_from(rest, 1);
    while (rest.size > 0) {
        struct qd_slice header;
        struct part *part = QD_NEW(call->arena, struct part);
        part->multi = multi;
        part->index = qd_call_parameter(call, "index");
        part->routing = qd_call_parameter(call, "routing");
        part->options = multi->options;
        if (!next_line(&rest, &header)) {
            return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                                "The msearch request must be terminated by a newline [\n]");
        }
        /* A header that nothing follows is no search. */
        if (rest.size == 0) break;
        QD_TRY(read_header(part, header));
        if (!next_line(&rest, &part->body)) {
            return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                                "The msearch request must be terminated by a newline [\n]");
        }
        QD_TRY(prepare_part(part));
        *QD_PUSH(call->arena, &parts) = part;
    }
    multi->parts = parts.data;
    multi->count = parts.count;
    if (parts.count > 0 && (!multi->templates || multi->searches > 0)) return QD_OK;
    return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                        "Validation Failed: 1: no requests added;");
}

/* As many as the pool of searches works on, at most ten, on each data node. */
static int64_t searches_default(const struct qd_coordinator *coordinator)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    int64_t nodes = 0, each = (int64_t)coordinator->machine->processors * 3 / 2 + 1;
    for (size_t i = 0; i < state->node_count; i++) nodes += state->nodes[i].data;
    return (nodes < 1 ? 1 : nodes) * (each > 10 ? 10 : each);
}

static enum qd_status read_call(struct multi *multi)
{
    struct qd_call *call = multi->call;
    int64_t searches = searches_default(multi->coordinator);
    if (!multi->templates) QD_TRY(qd_options_of_call(call, &multi->options, &call->error));
    QD_TRY(qd_call_int(call, "max_concurrent_searches", &searches, &call->error));
    if (searches < 1) {
        return qd_error_set(&call->error, QD_ILLEGAL_ARGUMENT,
                            "maxConcurrentSearchRequests must be positive");
    }
    multi->most = (size_t)searches;
    QD_TRY(qd_call_bool(call, "rest_total_hits_as_int", &multi->total_as_int, &call->error));
    QD_TRY(read_parts(multi));
    if (multi->named) QD_TRY(qd_call_bool(call, "typed_keys", &multi->typed_keys, &call->error));
    for (size_t i = 0; i < multi->count; i++) multi->parts[i]->run.typed_keys = multi->typed_keys;
    return QD_OK;
}

static void search_all(struct qd_coordinator *coordinator, struct qd_call *call, bool templates)
{
    struct multi *multi = QD_NEW(call->arena, struct multi);
    *multi = (struct multi){
        .coordinator = coordinator, .call = call, .templates = templates, .options = qd_options_search()
    };
    if (read_call(multi) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    multi->pending = multi->count;
    start_parts(multi);
}

void qd_coordinator_msearch(struct qd_coordinator *coordinator, struct qd_call *call)
{
    search_all(coordinator, call, false);
}

void qd_coordinator_msearch_template(struct qd_coordinator *coordinator, struct qd_call *call)
{
    search_all(coordinator, call, true);
}
