/* Filling templates. Values are looked up and printed as Java's collections do it. */
#include "base/json_writer.h"
#include "base/java_order.h"
#include "base/number.h"
#include "base/text.h"
#include "script/mustache_internal.h"

struct renderer {
    struct qd_arena *arena;
    struct qd_error *error;
    struct qd_buffer *out;
    size_t written;                                          /* bytes in buffers that are put aside */
    uint64_t steps;
    const struct qd_json *scopes[QD_MUSTACHE_DEPTH_MAX + 2]; /* innermost last */
    size_t scope_count;
    size_t line;                                             /* of the tag at hand */
};

static enum qd_status charge(struct renderer *renderer, size_t steps)
{
    renderer->steps += steps;
    if (renderer->steps <= QD_MUSTACHE_STEPS_MAX &&
        renderer->out->size + renderer->written <= QD_MUSTACHE_OUTPUT_MAX) {
        return QD_OK;
    }
    return qd_error_set(renderer->error, QD_CIRCUIT_BREAKING, "[template] is too large to be rendered");
}

/* The exception of the template language, around what the error holds. */
static enum qd_status fail(struct renderer *renderer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum qd_status fail(struct renderer *renderer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice reason = qd_arena_vformat(renderer->arena, format, arguments);
    va_end(arguments);
    enum qd_status status = qd_error_wrap(renderer->error, QD_RUNTIME, "%.*s @[query-template:%zu]",
                                          QD_SLICE_ARG(reason), renderer->line);
    if (renderer->error != NULL) renderer->error->type_override = "mustache_exception";
    return status;
}

/* What the template asks about a value, as a node. */
static enum qd_status make_node(struct renderer *renderer, struct qd_slice json, const struct qd_json **found)
{
    struct qd_json_document document;
    QD_TRY(charge(renderer, 1000));
    QD_TRY(qd_json_parse(renderer->arena, json, &document, renderer->error));
    *found = document.root;
    return QD_OK;
}

static enum qd_status make_number(struct renderer *renderer, size_t value, const struct qd_json **found)
{
    char text[QD_NUMBER_TEXT_MAX];
    size_t size = qd_int64_to_text((int64_t)value, text);
    return make_node(renderer, qd_slice_make(text, size), found);
}

static enum qd_status element(struct renderer *renderer, const struct qd_json *array, int64_t index,
                              const struct qd_json **found)
{
    if (index < 0) {
        (void)qd_error_set(renderer->error, QD_ILLEGAL_ARGUMENT, "position >= 0");
        return fail(renderer, "position >= 0");
    }
    if ((uint64_t)index >= qd_json_size(array)) {
        (void)qd_error_set(renderer->error, QD_RUNTIME, "%lld", (long long)index);
        if (renderer->error != NULL) renderer->error->type_override = "index_out_of_bounds_exception";
        return fail(renderer, "%lld", (long long)index);
    }
    QD_TRY(charge(renderer, (size_t)index));
    struct qd_json_iterator at = qd_json_iterate(array);
    for (int64_t i = 0; i <= index; i++) (void)qd_json_next(&at);
    if (!qd_json_is_null(at.value)) *found = at.value;
    return QD_OK;
}

/* One name in one value; *found stays NULL when it is not there. */
static enum qd_status member(struct renderer *renderer, const struct qd_json *scope, struct qd_slice name,
                             const struct qd_json **found)
{
    int64_t index;
    if (qd_json_is_object(scope)) {
        *found = qd_json_get_slice(scope, name);
        return charge(renderer, qd_json_size(scope));
    }
    if (qd_json_is_array(scope)) {
        if (qd_slice_is(name, "size")) return make_number(renderer, qd_json_size(scope), found);
        if (!qd_parse_int64(name, &index) || index > INT32_MAX || index < INT32_MIN) return QD_OK;
        return element(renderer, scope, index, found);
    }
    if (!qd_json_is_string(scope)) return QD_OK;
    struct qd_slice text = qd_json_text(scope);
    if (qd_slice_is(name, "length")) return make_number(renderer, qd_utf16_length(text), found);
    if (!qd_slice_is(name, "isEmpty") && !qd_slice_is(name, "empty")) return QD_OK;
    return make_node(renderer, text.size == 0 ? QD_SLICE("true") : QD_SLICE("false"), found);
}

/* A name in one scope: as a whole, then part by part. `*ends`: outer scopes are not asked. */
static enum qd_status find_in(struct renderer *renderer, const struct qd_json *scope, struct qd_slice name,
                              const struct qd_json **found, bool *ends)
{
    struct qd_slice rest = name;
    QD_TRY(member(renderer, scope, name, found));
    *ends = *found != NULL;
    for (size_t dot; *found == NULL && (dot = qd_slice_find_byte(rest, '.')) != SIZE_MAX;) {
        const struct qd_json *inner = NULL;
        QD_TRY(member(renderer, scope, qd_slice_sub(rest, 0, dot), &inner));
        if (inner == NULL || qd_json_is_null(inner)) return QD_OK;
        *ends = true;
        scope = inner;
        rest = qd_slice_from(rest, dot + 1);
        if (qd_slice_find_byte(rest, '.') != SIZE_MAX) continue;
        return member(renderer, scope, rest, found);
    }
    return QD_OK;
}

/* The value of a name; NULL: none. JSON's null is a value that is found and is none. */
static enum qd_status find(struct renderer *renderer, struct qd_slice name, const struct qd_json **found)
{
    *found = NULL;
    if (name.data == NULL) return QD_OK;
    if (qd_slice_is(name, ".")) {
        if (renderer->scope_count > 0) *found = renderer->scopes[renderer->scope_count - 1];
        return QD_OK;
    }
    for (size_t i = renderer->scope_count; i-- > 0;) {
        bool ends = false;
        QD_TRY(charge(renderer, 1));
        QD_TRY(find_in(renderer, renderer->scopes[i], name, found, &ends));
        if (ends) break;
    }
    if (*found != NULL && qd_json_is_null(*found)) *found = NULL;
    return QD_OK;
}

/* The places of an object's members as a HashMap has them. */
static size_t *members_in_order(struct renderer *renderer, const struct qd_json *object,
                                struct qd_json_iterator **members)
{
    size_t count = qd_json_size(object);
    struct qd_slice *keys = QD_NEW_ARRAY(renderer->arena, struct qd_slice, count + 1);
    *members = QD_NEW_ARRAY(renderer->arena, struct qd_json_iterator, count + 1);
    struct qd_json_iterator at = qd_json_iterate(object);
    for (size_t i = 0; qd_json_next(&at); i++) {
        (*members)[i] = at;
        keys[i] = at.key;
    }
    return qd_java_map_order(renderer->arena, keys, count, 16);
}

/* Collections print as Java's toString: `json` false; or as JSON. Depth is bounded by the parser's. */
static enum qd_status print(struct renderer *renderer, const struct qd_json *node, bool json, bool indexed)
{
    struct qd_buffer *out = renderer->out;
    bool object = qd_json_is_object(node), array = qd_json_is_array(node);
    size_t count = qd_json_size(node);
    QD_TRY(charge(renderer, 1 + (object ? 8 * count : count)));
    if (!object && !array) {
        struct qd_json_writer writer = { .out = out };
        if (json || qd_json_is_number(node)) qd_json_node_copied(&writer, node);
        else qd_buffer_slice(out, qd_json_text(node));
        return QD_OK;
    }
    struct qd_json_iterator *members = NULL;
    size_t *order = object ? members_in_order(renderer, node, &members) : NULL;
    struct qd_json_iterator at = qd_json_iterate(node);
    qd_buffer_byte(out, object || indexed ? '{' : '[');
    for (size_t i = 0; i < count && qd_json_next(&at); i++) {
        const struct qd_json_iterator *it = object ? &members[order[i]] : &at;
        struct qd_json_writer writer = { .out = out };
        if (i > 0) qd_buffer_text(out, json ? "," : ", ");
        if (object && json) qd_json_name_slice(&writer, it->key);
        if (object && !json) qd_buffer_format(out, "%.*s=", QD_SLICE_ARG(it->key));
        if (indexed) qd_buffer_format(out, "%zu=", i);
        QD_TRY(print(renderer, it->value, json, false));
    }
    qd_buffer_byte(out, object || indexed ? '}' : ']');
    return charge(renderer, 0);
}

/* Output goes to `to` until it is put back. */
static struct qd_buffer *redirect(struct renderer *renderer, struct qd_buffer *to)
{
    struct qd_buffer *from = renderer->out;
    renderer->written += from->size;
    renderer->out = to;
    return from;
}

static void put_back(struct renderer *renderer, struct qd_buffer *from)
{
    renderer->out = from;
    renderer->written -= from->size;
}

static void append_escaped(struct qd_buffer *out, struct qd_slice text)
{
    struct qd_buffer quoted = { 0 };
    struct qd_json_writer writer = { .out = &quoted };
    qd_json_string(&writer, text);
    qd_buffer_append(out, quoted.data + 1, quoted.size - 2);
    qd_buffer_deinit(&quoted);
}

static enum qd_status value(struct renderer *renderer, const struct qd_mustache_node *node)
{
    const struct qd_json *found;
    enum qd_status status = find(renderer, node->text, &found);
    if (status == QD_RUNTIME) {
        return fail(renderer, "Failed to get value for %.*s", QD_SLICE_ARG(node->text));
    }
    if (status != QD_OK || found == NULL) return status;
    if (node->kind == QD_MUSTACHE_RAW) return print(renderer, found, false, qd_json_is_array(found));
    struct qd_buffer text = { 0 };
    struct qd_buffer *from = redirect(renderer, &text);
    status = print(renderer, found, false, qd_json_is_array(found));
    put_back(renderer, from);
    append_escaped(renderer->out, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status render_list(struct renderer *renderer, const struct qd_mustache_node *first);

/* The content once, with `scope` (null: none) on top. */
static enum qd_status inside(struct renderer *renderer, const struct qd_mustache_node *node,
                             const struct qd_json *scope)
{
    size_t count = renderer->scope_count;
    if (!qd_json_is_null(scope)) renderer->scopes[renderer->scope_count++] = scope;
    enum qd_status status = render_list(renderer, node->first);
    renderer->scope_count = count;
    return status;
}

/* Nothing, false, an empty text and an empty array leave a section out. */
static bool is_empty(const struct qd_json *node)
{
    if (node == NULL) return true;
    if (qd_json_is_boolean(node)) return !qd_json_boolean(node);
    if (qd_json_is_string(node)) return qd_json_text(node).size == 0;
    return qd_json_is_array(node) && qd_json_size(node) == 0;
}

static enum qd_status section(struct renderer *renderer, const struct qd_mustache_node *node)
{
    const struct qd_json *found;
    QD_TRY(find(renderer, node->text, &found));
    if (node->kind == QD_MUSTACHE_INVERTED) {
        return is_empty(found) ? render_list(renderer, node->first) : QD_OK;
    }
    if (is_empty(found)) return QD_OK;
    if (!qd_json_is_array(found)) return inside(renderer, node, found);
    struct qd_json_iterator at = qd_json_iterate(found);
    while (qd_json_next(&at)) {
        QD_TRY(charge(renderer, 1));
        renderer->line = node->line;
        QD_TRY(inside(renderer, node, at.value));
    }
    return QD_OK;
}

static enum qd_status join(struct renderer *renderer, const struct qd_mustache_node *node)
{
    const struct qd_json *found;
    QD_TRY(find(renderer, node->name, &found));
    if (!qd_json_is_array(found)) return render_list(renderer, node->first);
    struct qd_json_iterator at = qd_json_iterate(found);
    for (bool later = false; qd_json_next(&at); later = true) {
        if (later) qd_buffer_slice(renderer->out, node->text);
        if (qd_json_is_null(at.value)) {
            (void)qd_error_set(renderer->error, QD_NULL_POINTER,
                               "Cannot invoke \"Object.toString()\" because \"object\" is null");
            return fail(renderer, "Function failure");
        }
        QD_TRY(print(renderer, at.value, false, false));
    }
    return QD_OK;
}

static enum qd_status to_json(struct renderer *renderer, const struct qd_mustache_node *node)
{
    const struct qd_json *found;
    QD_TRY(find(renderer, node->name, &found));
    if (found == NULL) return QD_OK;
    return print(renderer, found, qd_json_is_object(found) || qd_json_is_array(found), false);
}

/* Java's URLEncoder. */
static void append_url(struct qd_buffer *out, struct qd_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool plain = letter || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.' ||
                     byte == '*';
        if (plain) qd_buffer_byte(out, byte);
        else if (byte == ' ') qd_buffer_byte(out, '+');
        else qd_buffer_format(out, "%%%02X", byte);
    }
}

static enum qd_status url(struct renderer *renderer, const struct qd_mustache_node *node)
{
    struct qd_buffer text = { 0 };
    struct qd_buffer *from = redirect(renderer, &text);
    enum qd_status status = render_list(renderer, node->first);
    put_back(renderer, from);
    append_url(renderer->out, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return status;
}

static enum qd_status render_node(struct renderer *renderer, const struct qd_mustache_node *node)
{
    QD_TRY(charge(renderer, 1));
    renderer->line = node->line;
    switch (node->kind) {
    case QD_MUSTACHE_TEXT:
        qd_buffer_slice(renderer->out, node->text);
        return charge(renderer, 0);
    case QD_MUSTACHE_VALUE:
    case QD_MUSTACHE_RAW:
        return value(renderer, node);
    case QD_MUSTACHE_SECTION:
    case QD_MUSTACHE_INVERTED:
        return section(renderer, node);
    case QD_MUSTACHE_BLOCK:
        return render_list(renderer, node->first);
    case QD_MUSTACHE_TO_JSON:
        return to_json(renderer, node);
    case QD_MUSTACHE_JOIN:
        return join(renderer, node);
    case QD_MUSTACHE_URL:
        return url(renderer, node);
    }
    return QD_OK;
}

/* Recursion is bounded by QD_MUSTACHE_DEPTH_MAX, which compiling enforces. */
static enum qd_status render_list(struct renderer *renderer, const struct qd_mustache_node *first)
{
    for (const struct qd_mustache_node *node = first; node != NULL; node = node->next) {
        QD_TRY(render_node(renderer, node));
    }
    return QD_OK;
}

enum qd_status qd_mustache_render(const struct qd_mustache *template, const struct qd_json *params,
                                  struct qd_arena *arena, struct qd_buffer *out, struct qd_error *error)
{
    struct renderer renderer = { .arena = arena, .error = error, .out = out, .line = 1 };
    if (params != NULL) renderer.scopes[renderer.scope_count++] = params;
    return render_list(&renderer, template->first);
}
