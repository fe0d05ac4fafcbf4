#include "rest/target.h"

#include <stdio.h>

#include "base/text.h"
#include "base/vector.h"
#include "coordinator/operations.h"
#include "coordinator/query_body.h"
#include "coordinator/unrecognized.h"
#include "rest/parameter_rules.h"

/* Known to every route. */
static const char *const common_parameters[] = { "pretty", "human", "error_trace", "filter_path", "format" };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

struct qd_slice qd_target_clean(struct qd_arena *arena, struct qd_slice text)
{
    struct qd_buffer clean = { 0 };
    if (qd_utf8_valid(text)) return text;
    for (size_t at = 0; at < text.size;) qd_utf8_append(&clean, qd_utf8_decode(text, &at));
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&clean));
    qd_buffer_deinit(&clean);
    return copy;
}

static enum qd_status bad_escape(struct qd_error *error, const char *what, struct qd_slice text)
{
    (void)qd_error_set(error, QD_ILLEGAL_ARGUMENT, "%s: %.*s", what, QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_BAD_PARAMETER, "java.lang.IllegalArgumentException: %s: %.*s", what,
                         QD_SLICE_ARG(text));
}

/* The byte of the escape at text[*at], which is left at its last character. Two percent signs are one, as in
 * Netty's decoder. */
static enum qd_status read_escape(struct qd_slice text, size_t *at, char *byte, struct qd_error *error)
{
    size_t i = *at;
    if (i + 1 == text.size) return bad_escape(error, "unterminated escape sequence at end of string", text);
    if (text.data[i + 1] == '%') {
        *byte = '%';
        *at = i + 1;
        return QD_OK;
    }
    if (i + 2 == text.size) return bad_escape(error, "partial escape sequence at end of string", text);
    int high = hex_digit(text.data[i + 1]);
    int low = hex_digit(text.data[i + 2]);
    if (high < 0 || low < 0) {
        char what[96];
        size_t end = i;
        for (int count = 0; count < 3; count++) (void)qd_utf8_decode(text, &end);
        snprintf(what, sizeof(what), "invalid escape sequence `%.*s' at index %zu of", (int)(end - i),
                 text.data + i, i);
        return bad_escape(error, what, text);
    }
    *byte = (char)(high * 16 + low);
    *at = i + 2;
    return QD_OK;
}

static enum qd_status decode(struct qd_arena *arena, struct qd_slice text, bool plus_is_blank,
                             struct qd_slice *decoded, struct qd_error *error)
{
    char *out = qd_arena_alloc(arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '+' && plus_is_blank) c = ' ';
        if (text.data[i] == '%') QD_TRY(read_escape(text, &i, &c, error));
        out[size++] = c;
    }
    *decoded = qd_target_clean(arena, qd_slice_make(out, size));
    return QD_OK;
}

enum qd_status qd_target_decode(struct qd_arena *arena, struct qd_slice text, struct qd_slice *decoded,
                                struct qd_error *error)
{
    return decode(arena, text, false, decoded, error);
}

size_t qd_target_split(struct qd_arena *arena, struct qd_slice path, struct qd_slice *parts, size_t max)
{
    size_t count = 0;
    while (path.size > 0 && path.data[0] == '/') path = qd_slice_from(path, 1);
    while (path.size > 0 && path.data[path.size - 1] == '/') path.size--;
    while (path.size > 0) {
        size_t slash = qd_slice_find_byte(path, '/');
        size_t size = slash == SIZE_MAX ? path.size : slash;
        struct qd_slice part = qd_slice_sub(path, 0, size);
        if (count < max && decode(arena, part, false, &parts[count], NULL) != QD_OK) parts[count] = part;
        count++;
        path = qd_slice_from(path, slash == SIZE_MAX ? path.size : slash + 1);
    }
    return count;
}

enum qd_status qd_target_query(struct qd_arena *arena, struct qd_slice query, struct qd_map *parameters,
                               struct qd_error *error)
{
    while (query.size > 0) {
        size_t end = 0;
        while (end < query.size && query.data[end] != '&' && query.data[end] != ';') end++;
        struct qd_slice pair = qd_slice_sub(query, 0, end);
        /* "=a" has no name: what follows the sign is taken for one, as the reference does. */
        while (pair.size > 0 && pair.data[0] == '=') pair = qd_slice_from(pair, 1);
        size_t equals = qd_slice_find_byte(pair, '=');
        struct qd_slice name;
        struct qd_slice *value = QD_NEW(arena, struct qd_slice);
        struct qd_slice key = equals == SIZE_MAX ? pair : qd_slice_sub(pair, 0, equals);
        QD_TRY(decode(arena, key, true, &name, error));
        *value = QD_SLICE("");
        if (equals != SIZE_MAX) QD_TRY(decode(arena, qd_slice_from(pair, equals + 1), true, value, error));
        if (name.size > 0) qd_map_put(parameters, name, value);
        query = qd_slice_from(query, end < query.size ? end + 1 : end);
    }
    return QD_OK;
}

/* Splits a row's parameter text at blanks. */
static bool next_name(const char **at, struct qd_slice *name)
{
    while (**at == ' ') (*at)++;
    if (**at == 0) return false;
    const char *start = *at;
    while (**at != ' ' && **at != 0) (*at)++;
    *name = qd_slice_make(start, (size_t)(*at - start));
    return true;
}

static bool contains(const struct qd_slice *names, size_t count, struct qd_slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (qd_slice_equal(names[i], name)) return true;
    }
    return false;
}

static bool is_given(const struct qd_call *call, struct qd_slice name)
{
    for (size_t i = 0; i < call->parameters.entry_count; i++) {
        if (qd_slice_equal(call->parameters.entries[i].key, name)) return true;
    }
    return false;
}

/* The parameters that the request may have; `all` or only those of them that it has. */
static size_t known_names(const struct qd_call *call, const struct qd_route *route,
                          const struct qd_route_match *match, bool all, struct qd_slice **names)
{
    struct qd_arena *arena = call->arena;
    QD_VECTOR(struct qd_slice) list = { 0 };
    const char *at = route->parameters == NULL ? "" : route->parameters;
    struct qd_slice name;
    while (next_name(&at, &name)) {
        if (!all && !is_given(call, name)) continue;
        if (qd_parameter_is_read(call, route, name)) *QD_PUSH(arena, &list) = name;
    }
    for (size_t i = 0; i < match->parameter_count; i++) {
        name = match->names[i];
        if (contains(list.data, list.count, name) || !qd_parameter_is_read(call, route, name)) continue;
        *QD_PUSH(arena, &list) = name;
    }
    if ((route->flags & QD_ROUTE_SOURCE) != 0) {
        *QD_PUSH(arena, &list) = QD_SLICE("source");
        *QD_PUSH(arena, &list) = QD_SLICE("source_content_type");
    }
    for (size_t i = 0; i < sizeof(common_parameters) / sizeof(common_parameters[0]); i++) {
        name = qd_slice_from_string(common_parameters[i]);
        if (!contains(list.data, list.count, name)) *QD_PUSH(arena, &list) = name;
    }
    *names = list.data;
    return list.count;
}

/* Handlers of the reference that look for a body before anyone counts the parameters that were read. */
static enum qd_status check_body_given(const struct qd_call *call, const struct qd_route *route,
                                       struct qd_error *error)
{
    static const struct {
        qd_operation_handler *handler;
        const char *reason;
    } rows[] = {
        { qd_coordinator_index, "request body is required" },
        { qd_coordinator_create, "request body is required" },
        { qd_coordinator_bulk, "request body is required" },
        { qd_coordinator_put_mapping, "request body is required" },
        { qd_coordinator_put_settings, "request body is required" },
        { qd_coordinator_put_cluster_settings, "request body is required" },
        { qd_coordinator_put_script, "request body is required" },
        { qd_coordinator_update_aliases, "request body is required" },
        { qd_coordinator_mget, "request body or source parameter is required" },
        { qd_coordinator_analyze, "request body or source parameter is required" },
        { qd_coordinator_msearch, "request body or source parameter is required" },
        { qd_coordinator_msearch_template, "request body or source parameter is required" },
        { qd_coordinator_render_template, "request body or source parameter is required" },
        { qd_coordinator_search_template, "request body or source parameter is required" },
    };
    if (call->body.size > 0) return QD_OK;
    if (route->handler == qd_coordinator_put_alias && qd_call_parameter(call, "name").size == 0) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "[alias] can't be empty string");
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].handler == route->handler)
            return qd_error_set(error, QD_OPENSEARCH_PARSE, "%s", rows[i].reason);
    }
    return QD_OK;
}

static enum qd_status check_parameters(const struct qd_call *call, const struct qd_route *route,
                                       const struct qd_route_match *match, struct qd_error *error)
{
    struct qd_slice *names;
    QD_VECTOR(struct qd_slice) bad = { 0 };
    if ((route->flags & QD_ROUTE_ANY_PARAMETER) != 0) return QD_OK;
    size_t count = known_names(call, route, match, false, &names);
    /* A document is asked for before the parameters that say how to write it. */
    if (route->handler == qd_coordinator_index && qd_call_parameter(call, "pipeline").data == NULL) {
        QD_TRY(check_body_given(call, route, error));
    }
    QD_TRY(qd_parameters_check(call, route, names, count, error));
    for (size_t i = 0; i < call->parameters.entry_count; i++) {
        struct qd_slice name = call->parameters.entries[i].key;
        if (!contains(names, count, name)) *QD_PUSH(call->arena, &bad) = name;
    }
    if (bad.count == 0) return QD_OK;
    QD_TRY(check_body_given(call, route, error));
    size_t hints = 0;
    count = known_names(call, route, match, true, &names);
    for (size_t i = 0; i < count; i++) {
        if (qd_parameter_is_hint(call, route, names[i])) names[hints++] = names[i];
    }
    count = hints;
    struct qd_unrecognized unknown = {
        .path = call->path, .what = "parameter", .bad = bad.data, .bad_count = bad.count, .known = names,
        .known_count = count
    };
    return qd_unrecognized(&unknown, call->arena, error);
}

enum qd_status qd_target_check(struct qd_call *call, const struct qd_route *route,
                               const struct qd_route_match *match, struct qd_error *error)
{
    enum qd_status status = check_parameters(call, route, match, error);
    if (status == QD_OK || route->handler != qd_coordinator_search) return status;
    /* A search reads its body before its parameters. */
    struct qd_error of_body;
    qd_error_init(&of_body, call->arena);
    enum qd_status body = qd_query_search_body_check(call, &of_body);
    if (body == QD_OK) return status;
    if (error != NULL) *error = of_body;
    return body;
}
