#include "coordinator/error_json.h"

#define CAUSES_MAX 20

/* Types that in the reference are plain Java exceptions, not OpenSearchExceptions: a root cause is never
 * looked for below an exception whose cause is one of these. */
static const char *const plain_java[] = {
    "illegal_argument_exception",
    "number_format_exception",
    "illegal_state_exception",
    "i_o_exception",
    "json_parse_exception",
    "x_content_parse_exception",
    "json_e_o_f_exception",
    "input_coercion_exception",
    "stream_constraints_exception",
    "null_pointer_exception",
    "class_cast_exception",
    "arithmetic_exception",
    "date_time_exception",
    "date_time_parse_exception",
    "zone_rules_exception",
    "unsupported_operation_exception",
    "action_request_validation_exception",
    "too_complex_to_determinize_exception",
    "array_index_out_of_bounds_exception",
    "index_out_of_bounds_exception",
    "string_index_out_of_bounds_exception",
    "runtime_exception",
    "named_object_not_found_exception",
    "timeout_exception",
    "not_x_content_exception",
    "unexpected_end_of_input_exception",
    "too_many_clauses",
    "already_closed_exception",
    "corrupt_index_exception",
    "mustache_exception",
    "rejected_execution_exception",
};

static const char *type_of(const struct qd_error *error)
{
    return error->type_override != NULL ? error->type_override : qd_status_type(error->status);
}

static bool is_plain(const struct qd_error *error)
{
    const char *type = type_of(error);
    /* Lucene's parser has an exception of the same name as OpenSearch's. */
    if (error->status == QD_PARSE) return true;
    for (size_t i = 0; i < sizeof(plain_java) / sizeof(plain_java[0]); i++) {
        if (strcmp(type, plain_java[i]) == 0) return true;
    }
    return false;
}

/* Root causes that are plain Java exceptions come without what they suppressed. */
static void write_members(const struct qd_error *error, bool root, struct qd_json_writer *writer)
{
    qd_json_member_text(writer, "type", type_of(error));
    qd_json_name(writer, "reason");
    if (error->null_reason) {
        qd_json_null(writer);
    } else {
        qd_json_string(writer, error->reason);
    }
    for (const struct qd_error_field *field = error->first; field != NULL; field = field->next) {
        if (root && is_plain(error) && qd_slice_is(field->key, "suppressed")) continue;
        qd_json_name_slice(writer, field->key);
        if (field->raw) {
            qd_json_raw(writer, field->value);
        } else {
            qd_json_string(writer, field->value);
        }
    }
}

static void write_trace(const struct qd_error *error, struct qd_json_writer *writer)
{
    struct qd_buffer text = { 0 };
    qd_buffer_format(&text, "%s: %.*s", type_of(error), QD_SLICE_ARG(error->reason));
    qd_json_member_string(writer, "stack_trace", qd_buffer_view(&text));
    qd_buffer_deinit(&text);
}

/* The members of an error and of its causes, each with its trace when asked for. */
static void write_at(const struct qd_error *error, bool trace, struct qd_json_writer *writer, int depth)
{
    write_members(error, false, writer);
    if (error->cause != NULL && depth < CAUSES_MAX) {
        qd_json_member_object(writer, "caused_by");
        write_at(error->cause, trace, writer, depth + 1);
        qd_json_end_object(writer);
    }
    if (trace) write_trace(error, writer);
}

void qd_error_json(const struct qd_error *error, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    write_at(error, false, writer, 0);
    qd_json_end_object(writer);
}

/* The deepest OpenSearchException that is reached through OpenSearchExceptions only. A parse exception of
 * x-content is looked through when what is behind it is one of the two. */
const struct qd_error *qd_error_root(const struct qd_error *error)
{
    const struct qd_error *at = error;
    for (int depth = 0; depth < CAUSES_MAX && at->cause != NULL; depth++) {
        bool x_content = strcmp(type_of(at), "x_content_parse_exception") == 0;
        bool x_content_below = strcmp(type_of(at->cause), "x_content_parse_exception") == 0 ||
                               strcmp(type_of(at->cause), "named_object_not_found_exception") == 0;
        if (is_plain(at) && !x_content) return at;
        if (is_plain(at->cause) && !(x_content && x_content_below)) return at;
        at = at->cause;
    }
    return at;
}

const struct qd_error *qd_error_root_as_cause(const struct qd_error *error, struct qd_arena *arena)
{
    const struct qd_error *root = qd_error_root(error);
    if (!is_plain(root)) return root;
    struct qd_error *wrapper = QD_NEW(arena, struct qd_error);
    struct qd_error *inner = QD_NEW(arena, struct qd_error);
    *inner = *error;
    inner->next_root = NULL;
    *wrapper = (struct qd_error){ .arena = arena,
                                  .status = root->status,
                                  .reason = root->reason,
                                  .type_override = root->type_override,
                                  .null_reason = root->null_reason,
                                  .cause = inner };
    return wrapper;
}

static void write_root(const struct qd_error *error, bool trace, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    write_members(qd_error_root(error), true, writer);
    if (trace) write_trace(qd_error_root(error), writer);
    qd_json_end_object(writer);
}

void qd_error_json_with_root(const struct qd_error *error, bool trace, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_member_array(writer, "root_cause");
    if (error->next_root != NULL) {
        for (const struct qd_error *root = error->next_root; root != NULL; root = root->next_root) {
            write_root(root, trace, writer);
        }
    } else if (!error->no_root) {
        write_root(error, trace, writer);
    }
    qd_json_end_array(writer);
    write_at(error, trace, writer, 0);
    qd_json_end_object(writer);
}

/* ---- as Java prints it ---- */

/* Packages of plain exceptions; those of Java's own language are not listed. */
static const struct {
    const char *type, *package;
} packages[] = {
    { "date_time_exception", "java.time" },
    { "date_time_parse_exception", "java.time.format" },
    { "i_o_exception", "java.io" },
    { "x_content_parse_exception", "org.opensearch.core.xcontent" },
    { "named_object_not_found_exception", "org.opensearch.core.xcontent" },
    { "parse_exception", "org.apache.lucene.queryparser.classic" },
    { "too_complex_to_determinize_exception", "org.apache.lucene.util.automaton" },
};

/* "number_format_exception" is NumberFormatException. */
static void write_class(const struct qd_error *error, struct qd_buffer *out)
{
    const char *type = type_of(error);
    bool parse = strcmp(type, "parse_exception") == 0 && !is_plain(error);
    if (parse || strcmp(type, "exception") == 0) qd_buffer_text(out, "OpenSearch");
    bool up = true;
    for (; *type != '\0'; type++) {
        if (*type != '_') qd_buffer_byte(out, (uint8_t)(up ? *type - 'a' + 'A' : *type));
        up = *type == '_';
    }
}

static struct qd_slice member_of(const struct qd_error *error, const char *key)
{
    for (const struct qd_error_field *field = error->first; field != NULL; field = field->next) {
        if (qd_slice_is(field->key, key)) return field->value;
    }
    return (struct qd_slice){ 0 };
}

static void write_plain(const struct qd_error *error, struct qd_buffer *out)
{
    const char *package = "java.lang";
    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        if (strcmp(type_of(error), packages[i].type) == 0) package = packages[i].package;
    }
    qd_buffer_text(out, package);
    qd_buffer_byte(out, '.');
    write_class(error, out);
    if (error->null_reason) return;
    qd_buffer_text(out, ": ");
    qd_buffer_slice(out, error->reason);
}

static void write_java(const struct qd_error *error, struct qd_buffer *out, int depth)
{
    if (is_plain(error)) {
        write_plain(error, out);
        return;
    }
    struct qd_slice index = member_of(error, "index");
    struct qd_slice uuid = member_of(error, "index_uuid");
    if (index.size > 0) {
        qd_buffer_byte(out, '[');
        qd_buffer_slice(out, index);
        if (uuid.size > 0) qd_buffer_byte(out, '/');
        qd_buffer_slice(out, uuid);
        qd_buffer_text(out, "] ");
    }
    int shown = depth;
    for (const struct qd_error *at = error; at != NULL && shown < CAUSES_MAX; at = at->cause, shown++) {
        if (at != error) qd_buffer_text(out, "; nested: ");
        write_class(at, out);
        if (!at->null_reason) qd_buffer_format(out, "[%.*s]", QD_SLICE_ARG(at->reason));
    }
    if (error->cause == NULL || depth >= CAUSES_MAX) return;
    qd_buffer_text(out, ";; ");
    write_java(error->cause, out, depth + 1);
}

struct qd_slice qd_error_java_text(const struct qd_error *error, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    write_java(error, &text, 0);
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}
