/* Searches whose bodies are made from templates, and the rendering alone. */
#include "coordinator/search_template.h"

#include "base/text.h"
#include "coordinator/cluster_service.h"
#include "coordinator/operations.h"
#include "coordinator/search_body.h"
#include "coordinator/search_options.h"
#include "coordinator/tasks.h"
#include "script/mustache.h"

struct reader {
    const struct qd_json_document *body;
    struct qd_arena *arena;
    struct qd_error *error;
};

static enum qd_status wrong_type(const struct reader *reader, const struct qd_json_iterator *at)
{
    int64_t line, column;
    qd_json_position(reader->body, at->value, &line, &column);
    return qd_error_set(reader->error, QD_X_CONTENT_PARSE,
                        "[%lld:%lld] [search_template] %.*s doesn't support values of type: %s",
                        (long long)line, (long long)column, QD_SLICE_ARG(at->key),
                        qd_json_token_name(at->value));
}

static enum qd_status read_flag(const struct reader *reader, const struct qd_json_iterator *at, bool *flag)
{
    int64_t line, column;
    struct qd_slice text = qd_json_text(at->value);
    if (!qd_json_is_boolean(at->value) && !qd_json_is_string(at->value)) return wrong_type(reader, at);
    *flag = qd_slice_is(text, "true");
    if (*flag || qd_slice_is(text, "false")) return QD_OK;
    qd_json_position(reader->body, at->value, &line, &column);
    (void)qd_error_set(reader->error, QD_ILLEGAL_ARGUMENT,
                       "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                       QD_SLICE_ARG(text));
    return qd_error_wrap(reader->error, QD_X_CONTENT_PARSE,
                         "[%lld:%lld] [search_template] failed to parse field [%.*s]", (long long)line,
                         (long long)column, QD_SLICE_ARG(at->key));
}

struct qd_slice qd_search_template_source(const struct qd_json *node, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    if (qd_json_is_string(node)) return qd_json_text(node);
    qd_json_node_copied(&writer, node);
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

static enum qd_status unknown(const struct reader *reader, const struct qd_json_iterator *at)
{
    const struct qd_slice known[] = { QD_SLICE("id"),     QD_SLICE("params"), QD_SLICE("explain"),
                                      QD_SLICE("profile"), QD_SLICE("source"), QD_SLICE("inline"),
                                      QD_SLICE("template") };
    int64_t line, column;
    struct qd_slice meant = qd_did_you_mean(reader->arena, at->key, known, sizeof(known) / sizeof(known[0]));
    qd_json_position(reader->body, at->name, &line, &column);
    return qd_error_set(reader->error, QD_X_CONTENT_PARSE,
                        "[%lld:%lld] [search_template] unknown field [%.*s]%.*s", (long long)line,
                        (long long)column, QD_SLICE_ARG(at->key), QD_SLICE_ARG(meant));
}

static enum qd_status read_member(const struct reader *reader, const struct qd_json_iterator *at,
                                  struct qd_search_template *template)
{
    if (qd_slice_is(at->key, "explain")) return read_flag(reader, at, &template->explain);
    if (qd_slice_is(at->key, "profile")) return read_flag(reader, at, &template->profile);
    if (qd_slice_is(at->key, "params")) {
        if (!qd_json_is_object(at->value)) return wrong_type(reader, at);
        template->params = at->value;
        return QD_OK;
    }
    bool id = qd_slice_is(at->key, "id");
    if (!id && !qd_slice_is(at->key, "source") && !qd_slice_is(at->key, "inline") &&
        !qd_slice_is(at->key, "template")) {
        return unknown(reader, at);
    }
    if (!qd_json_is_string(at->value) && (id || !qd_json_is_object(at->value))) return wrong_type(reader, at);
    template->typed = true;
    template->stored = id;
    template->text = id ? qd_json_text(at->value) : qd_search_template_source(at->value, reader->arena);
    return QD_OK;
}

enum qd_status qd_search_template_parse(const struct qd_json_document *body, struct qd_arena *arena,
                                        struct qd_search_template *template, struct qd_error *error)
{
    struct reader reader = { body, arena, error };
    *template = (struct qd_search_template){ 0 };
    if (!qd_json_is_object(body->root)) {
        int64_t line = 1, column = 0;
        const char *token = body->root == NULL ? "null" : qd_json_token_name(body->root);
        if (body->root != NULL) qd_json_position(body, body->root, &line, &column);
        return qd_error_set(error, QD_X_CONTENT_PARSE,
                            "[%lld:%lld] [search_template] Expected START_OBJECT but was: %s",
                            (long long)line, (long long)column, token);
    }
    struct qd_json_iterator at = qd_json_iterate(body->root);
    while (qd_json_next(&at)) QD_TRY(read_member(&reader, &at, template));
    return QD_OK;
}

static enum qd_status stored_source(const struct qd_coordinator *coordinator, struct qd_slice id,
                                    struct qd_arena *arena, struct qd_slice *source, struct qd_error *error)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(coordinator->cluster);
    struct qd_slice key = qd_arena_format(arena, QD_STORED_SCRIPT_PREFIX "%.*s", QD_SLICE_ARG(id));
    const struct qd_slice *found = qd_map_get(&state->customs, key);
    struct qd_json_document script;
    if (found == NULL) {
        return qd_error_set(error, QD_RESOURCE_NOT_FOUND, "unable to find script [%.*s] in cluster state",
                            QD_SLICE_ARG(id));
    }
    QD_TRY(qd_json_parse(arena, *found, &script, error));
    *source = qd_json_text(qd_json_get(script.root, "source"));
    return QD_OK;
}

enum qd_status qd_search_template_render(const struct qd_coordinator *coordinator,
                                         const struct qd_search_template *template, struct qd_arena *arena,
                                         struct qd_slice *text, struct qd_error *error)
{
    const struct qd_mustache *compiled;
    struct qd_slice source = template->text;
    struct qd_buffer out = { 0 };
    if (template->stored) QD_TRY(stored_source(coordinator, template->text, arena, &source, error));
    QD_TRY(qd_mustache_compile(arena, source, &compiled, error));
    enum qd_status status = qd_mustache_render(compiled, template->params, arena, &out, error);
    if (status == QD_OK) *text = qd_arena_copy(arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return status;
}

/* The template's own explain and profile do not count: those of the request do. */
static struct qd_slice with_flags(const struct qd_search_template *template,
                                  const struct qd_json_document *body, struct qd_arena *arena)
{
    bool own = qd_json_get(body->root, "explain") != NULL || qd_json_get(body->root, "profile") != NULL;
    struct qd_buffer text = { 0 };
    struct qd_json_writer writer = { .out = &text };
    if (!own && !template->explain && !template->profile) return body->source;
    struct qd_json_iterator at = qd_json_iterate(body->root);
    qd_json_begin_object(&writer);
    while (qd_json_next(&at)) {
        if (qd_slice_is(at.key, "explain") || qd_slice_is(at.key, "profile")) continue;
        qd_json_name_slice(&writer, at.key);
        qd_json_node(&writer, at.value);
    }
    if (template->explain) qd_json_member_bool(&writer, "explain", true);
    if (template->profile) qd_json_member_bool(&writer, "profile", true);
    qd_json_end_object(&writer);
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

/* The reference reads the text from characters: its JSON errors do not know offsets in bytes. */
static void forget_offsets(struct qd_error *error, struct qd_arena *arena)
{
    static const struct qd_slice mark = { "byte offset: #", 14 };
    for (struct qd_error *at = error; at != NULL; at = at->cause) {
        struct qd_slice reason = at->reason;
        for (size_t i = reason.size; i-- > 0;) {
            if (!qd_slice_starts_with(qd_slice_from(reason, i), mark)) continue;
            at->reason = qd_arena_format(arena, "%.*s#UNKNOWN]", (int)(i + mark.size - 1), reason.data);
            break;
        }
    }
}

enum qd_status qd_search_template_apply(const struct qd_search_template *template, struct qd_slice text,
                                        struct qd_search_run *run, struct qd_error *error)
{
    struct qd_arena *arena = run->call->arena;
    struct qd_json_document *document = QD_NEW(arena, struct qd_json_document);
    struct qd_search_request *request = QD_NEW(arena, struct qd_search_request);
    enum qd_status status = qd_json_parse(arena, text, document, error);
    if (status != QD_OK) {
        forget_offsets(error, arena);
        return status;
    }
    if (document->root == NULL) {
        (void)qd_error_set(error, QD_PARSING, "Expected [START_OBJECT] but found [null]");
        qd_error_add_number(error, "line", 1);
        qd_error_add_number(error, "col", 0);
        return QD_PARSING;
    }
    QD_TRY(qd_search_parse_request(document, arena, request, error));
    run->body = with_flags(template, document, arena);
    if (run->total_as_int && !request->track_total_hits_given) {
        run->body = qd_json_with_member(run->body, QD_SLICE("track_total_hits"), QD_SLICE("true"), arena);
    }
    if (run->body.data != document->source.data) {
        QD_TRY(qd_json_parse(arena, run->body, document, error));
        QD_TRY(qd_search_request_parse(document, arena, request, error));
    }
    run->request = request;
    return QD_OK;
}

/* The parameters that a search reads into its body: they are checked, and the template's text replaces what
 * they say. */
static enum qd_status check_parameters(const struct qd_call *call, struct qd_error *error)
{
    static const char *const numbers[] = { "from", "size" };
    struct qd_json_document empty = { 0 };
    struct qd_slice ignored;
    QD_TRY(qd_search_body(call, &empty, &ignored, error));
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        int64_t value = 0;
        QD_TRY(qd_call_int(call, numbers[i], &value, error));
        if (value < 0) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[%s] parameter cannot be negative, found [%lld]",
                                numbers[i], (long long)value);
        }
    }
    return QD_OK;
}

static enum qd_status check_begun(void *context, const struct qd_json_document *body,
                                  struct qd_error *error)
{
    struct qd_search_template template;
    return qd_search_template_parse(body, ((struct qd_call *)context)->arena, &template, error);
}

/* The body of a call for one template; what follows it is not looked at. */
static enum qd_status read_call(struct qd_call *call, struct qd_search_template *template)
{
    struct qd_json_document *body = QD_NEW(call->arena, struct qd_json_document);
    if (call->body.size == 0) {
        return qd_error_set(&call->error, QD_OPENSEARCH_PARSE,
                            "request body or source parameter is required");
    }
    struct qd_body_check check = { .check = check_begun, .context = call };
    QD_TRY(qd_call_body_streamed(call, &check, body, &call->error));
    return qd_search_template_parse(body, call->arena, template, &call->error);
}

static enum qd_status check_given(struct qd_call *call, const struct qd_search_template *template)
{
    if (template->text.size > 0) return QD_OK;
    return qd_error_set(&call->error, QD_ACTION_REQUEST_VALIDATION,
                        "Validation Failed: 1: template is missing;%s",
                        template->typed ? "" : "2: template's script type is missing;");
}

static enum qd_status render_call(struct qd_coordinator *coordinator, struct qd_call *call,
                                  struct qd_slice *text)
{
    struct qd_search_template template;
    struct qd_slice id = qd_call_parameter(call, "id");
    QD_TRY(read_call(call, &template));
    if (id.data != NULL) {
        template.typed = template.stored = true;
        template.text = id;
    }
    QD_TRY(check_given(call, &template));
    return qd_search_template_render(coordinator, &template, call->arena, text, &call->error);
}

void qd_coordinator_render_template(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_slice text;
    struct qd_json_writer writer = qd_call_writer(call);
    if (render_call(coordinator, call, &text) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_json_begin_object(&writer);
    qd_json_name(&writer, "template_output");
    qd_json_raw(&writer, text);
    qd_json_end_object(&writer);
    qd_call_finish(call, 200);
}

static enum qd_status prepare(struct qd_search_run *run)
{
    struct qd_call *call = run->call;
    struct qd_error *error = &call->error;
    struct qd_search_template template;
    struct qd_indices_options options = qd_options_search();
    struct qd_slice text, scroll = qd_call_parameter(call, "scroll");
    QD_TRY(check_parameters(call, error));
    QD_TRY(read_call(call, &template));
    QD_TRY(check_given(call, &template));
    QD_TRY(qd_options_of_call(call, &options, error));
    QD_TRY(qd_call_bool(call, "rest_total_hits_as_int", &run->total_as_int, error));
    QD_TRY(qd_search_template_render(run->coordinator, &template, call->arena, &text, error));
    QD_TRY(qd_search_template_apply(&template, text, run, error));
    QD_TRY(qd_search_read_options(run, error));
    QD_TRY(qd_search_check_request(run, error));
    run->now_ms = call->start_ms;
    if (scroll.size > 0) QD_TRY(qd_search_open_scroll(run, scroll, error));
    QD_TRY(qd_search_check_window(run, error));
    if (run->request->pit != NULL) return qd_search_use_pit(run, error);
    return qd_search_resolve(run, options, qd_call_parameter(call, "index"), error);
}

void qd_coordinator_search_template(struct qd_coordinator *coordinator, struct qd_call *call)
{
    struct qd_search_run *run = QD_NEW(call->arena, struct qd_search_run);
    run->coordinator = coordinator;
    run->call = call;
    run->done = qd_search_done;
    run->tells_status = true;
    if (prepare(run) != QD_OK) {
        qd_call_fail(call);
        return;
    }
    qd_tasks_describe(coordinator->tasks, call, "indices:data/read/search/template", true,
                      (struct qd_slice){ 0 });
    qd_search_run_start(run);
}
