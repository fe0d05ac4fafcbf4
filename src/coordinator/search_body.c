#include "coordinator/search_body.h"

#include "base/number.h"
#include "base/text.h"
#include "coordinator/source_options.h"

/* Members of the body that a URL parameter of this call replaces, with their new JSON text. */
struct overrides {
    struct qd_map values; /* key -> struct qd_slice * */
};

static void put(struct overrides *overrides, struct qd_arena *arena, const char *key, struct qd_slice json)
{
    struct qd_slice *value = QD_NEW(arena, struct qd_slice);
    *value = json;
    qd_map_put(&overrides->values, qd_slice_from_string(key), value);
}

static struct qd_slice quoted(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_json_string(&writer, text);
    struct qd_slice json = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return json;
}

enum qd_status qd_search_uri_query(const struct qd_call *call, struct qd_slice *text, struct qd_error *error)
{
    struct qd_slice q = qd_call_parameter(call, "q");
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    struct {
        const char *parameter, *member;
    } texts[] = { { "df", "default_field" },
                  { "analyzer", "analyzer" },
                  { "default_operator", "default_operator" } };
    bool analyze_wildcard = false;
    bool lenient = false;
    *text = (struct qd_slice){ 0 };
    QD_TRY(qd_call_bool(call, "analyze_wildcard", &analyze_wildcard, error));
    QD_TRY(qd_call_bool(call, "lenient", &lenient, error));
    if (q.data == NULL) return QD_OK;
    qd_json_begin_object(&writer);
    qd_json_member_object(&writer, "query_string");
    qd_json_member_string(&writer, "query", q);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct qd_slice value = qd_call_parameter(call, texts[i].parameter);
        if (value.size > 0) qd_json_member_string(&writer, texts[i].member, value);
    }
    if (analyze_wildcard) qd_json_member_bool(&writer, "analyze_wildcard", true);
    struct qd_slice said = qd_call_parameter(call, "lenient");
    bool blank = said.size > 0 && qd_trim(said).size == 0;
    if (said.data != NULL && !blank) qd_json_member_bool(&writer, "lenient", lenient);
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    *text = qd_arena_copy(call->arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return QD_OK;
}

static enum qd_status put_flags(const struct qd_call *call, struct overrides *overrides,
                                struct qd_error *error)
{
    static const char *const flags[] = { "explain", "version", "seq_no_primary_term", "track_scores",
                                         "include_named_queries_score" };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        bool value = false;
        struct qd_slice text = qd_call_parameter(call, flags[i]);
        /* The first three are asked for with a default of nothing, which an empty text is. */
        if (text.data == NULL || (text.size == 0 && i < 3)) continue;
        QD_TRY(qd_call_bool(call, flags[i], &value, error));
        put(overrides, call->arena, flags[i], value ? QD_SLICE("true") : QD_SLICE("false"));
    }
    return QD_OK;
}

/* Only the parameter asks for the scores of named queries: the reference reads the body's member and then
 * puts the parameter's default in its place. */
static void ignore_named_scores(const struct qd_call *call, const struct qd_json_document *body,
                                struct overrides *overrides)
{
    const char *name = "include_named_queries_score";
    if (qd_call_parameter(call, name).data != NULL) return;
    if (qd_slice_is(qd_json_text(qd_json_get(body->root, name)), "true"))
        put(overrides, call->arena, name, QD_SLICE("false"));
}

static enum qd_status put_numbers(const struct qd_call *call, struct overrides *overrides,
                                  struct qd_error *error)
{
    static const char *const numbers[] = { "from", "size", "terminate_after" };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        int64_t value = 0;
        if (qd_call_parameter(call, numbers[i]).data == NULL) continue;
        QD_TRY(qd_call_int(call, numbers[i], &value, error));
        if (i == 2 && value < 0)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "terminateAfter must be > 0");
        put(overrides, call->arena, numbers[i], qd_arena_format(call->arena, "%lld", (long long)value));
    }
    return QD_OK;
}

static void put_list(const struct qd_call *call, struct overrides *overrides, const char *parameter,
                     const char *member)
{
    struct qd_slice *parts;
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    if (qd_call_parameter(call, parameter).data == NULL) return;
    size_t count = qd_call_list(call, parameter, &parts);
    qd_json_begin_array(&writer);
    for (size_t i = 0; i < count; i++) qd_json_string(&writer, parts[i]);
    qd_json_end_array(&writer);
    put(overrides, call->arena, member, qd_arena_copy(call->arena, qd_buffer_view(&buffer)));
    qd_buffer_deinit(&buffer);
}

static enum qd_status put_source(const struct qd_call *call, struct overrides *overrides,
                                 struct qd_error *error)
{
    struct qd_source_filter filter;
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    QD_TRY(qd_source_filter_of_call(call, &filter, error));
    if (!filter.given) return QD_OK;
    if (!filter.fetch) {
        put(overrides, call->arena, "_source", QD_SLICE("false"));
        return QD_OK;
    }
    qd_json_begin_object(&writer);
    qd_json_member_array(&writer, "includes");
    for (size_t i = 0; i < filter.include_count; i++) qd_json_string(&writer, filter.includes[i]);
    qd_json_end_array(&writer);
    qd_json_member_array(&writer, "excludes");
    for (size_t i = 0; i < filter.exclude_count; i++) qd_json_string(&writer, filter.excludes[i]);
    qd_json_end_array(&writer);
    qd_json_end_object(&writer);
    put(overrides, call->arena, "_source", qd_arena_copy(call->arena, qd_buffer_view(&buffer)));
    qd_buffer_deinit(&buffer);
    return QD_OK;
}

/* "a:desc,b" becomes [{"a":"desc"},"b"]. */
static void put_sort(const struct qd_call *call, struct overrides *overrides)
{
    struct qd_slice rest = qd_call_parameter(call, "sort");
    struct qd_slice part;
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    if (rest.size == 0) return;
    qd_json_begin_array(&writer);
    while (qd_split_next(&rest, ',', &part)) {
        size_t colon = SIZE_MAX;
        for (size_t b = 0; b < part.size; b++) {
            if (part.data[b] == ':') colon = b;
        }
        if (colon == SIZE_MAX) {
            qd_json_string(&writer, part);
            continue;
        }
        struct qd_slice order = qd_slice_from(part, colon + 1);
        /* The reference drops a key whose order it does not know. */
        if (!qd_slice_is(order, "asc") && !qd_slice_is(order, "desc")) continue;
        qd_json_begin_object(&writer);
        qd_json_name_slice(&writer, qd_slice_sub(part, 0, colon));
        qd_json_string(&writer, order);
        qd_json_end_object(&writer);
    }
    qd_json_end_array(&writer);
    if (buffer.size > 2)
        put(overrides, call->arena, "sort", qd_arena_copy(call->arena, qd_buffer_view(&buffer)));
    qd_buffer_deinit(&buffer);
}

static enum qd_status put_rest(const struct qd_call *call, struct overrides *overrides,
                               struct qd_error *error)
{
    struct qd_slice timeout = qd_call_parameter(call, "timeout");
    struct qd_slice total = qd_call_parameter(call, "track_total_hits");
    int64_t limit;
    if (timeout.size > 0) put(overrides, call->arena, "timeout", quoted(call->arena, timeout));
    if (total.data != NULL) {
        if (total.size == 0 || qd_slice_is(total, "true") || qd_slice_is(total, "false")) {
            put(overrides, call->arena, "track_total_hits", total.size == 0 ? QD_SLICE("true") : total);
        } else {
            QD_TRY(qd_call_int(call, "track_total_hits", &limit, error));
            if (limit < -1)
                return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                    "[track_total_hits] parameter must be positive or equals to -1, got %lld",
                                    (long long)limit);
            put(overrides, call->arena, "track_total_hits", total);
        }
    }
    put_list(call, overrides, "stored_fields", "stored_fields");
    put_list(call, overrides, "docvalue_fields", "docvalue_fields");
    put_list(call, overrides, "stats", "stats");
    return QD_OK;
}

enum qd_status qd_search_body(const struct qd_call *call, const struct qd_json_document *body,
                              struct qd_slice *text, struct qd_error *error)
{
    struct overrides overrides;
    struct qd_slice query;
    struct qd_buffer buffer = { 0 };
    struct qd_json_writer writer = { .out = &buffer };
    qd_map_init(&overrides.values, call->arena);
    QD_TRY(qd_search_uri_query(call, &query, error));
    if (query.data != NULL) put(&overrides, call->arena, "query", query);
    QD_TRY(put_numbers(call, &overrides, error));
    QD_TRY(put_flags(call, &overrides, error));
    ignore_named_scores(call, body, &overrides);
    QD_TRY(put_source(call, &overrides, error));
    put_sort(call, &overrides);
    QD_TRY(put_rest(call, &overrides, error));
    *text = body->source;
    if (overrides.values.live_count == 0) return QD_OK;
    struct qd_json_iterator at = qd_json_iterate(body->root);
    qd_json_begin_object(&writer);
    while (qd_json_next(&at)) {
        if (qd_map_get(&overrides.values, at.key) != NULL) continue;
        qd_json_name_slice(&writer, at.key);
        qd_json_node(&writer, at.value);
    }
    for (size_t i = 0; i < overrides.values.entry_count; i++) {
        qd_json_name_slice(&writer, overrides.values.entries[i].key);
        qd_json_raw(&writer, *(const struct qd_slice *)overrides.values.entries[i].value);
    }
    qd_json_end_object(&writer);
    *text = qd_arena_copy(call->arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return QD_OK;
}
