#include "coordinator/call.h"

#include "base/assert.h"
#include "base/json_prefix.h"
#include "base/number.h"
#include "base/text.h"
#include "base/units.h"
#include "base/vector.h"

struct qd_slice qd_call_parameter(const struct qd_call *call, const char *name)
{
    const struct qd_slice *value = qd_map_get(&call->parameters, qd_slice_from_string(name));
    return value == NULL ? (struct qd_slice){ 0 } : *value;
}

enum qd_status qd_call_bool(const struct qd_call *call, const char *name, bool *value, struct qd_error *error)
{
    struct qd_slice text = qd_call_parameter(call, name);
    if (text.data == NULL) return QD_OK;
    if (text.size > 0 && qd_trim(text).size == 0) return QD_OK; /* blanks say nothing */
    if (text.size == 0 || qd_slice_is(text, "true")) {
        *value = true;
        return QD_OK;
    }
    if (qd_slice_is(text, "false")) {
        *value = false;
        return QD_OK;
    }
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                        QD_SLICE_ARG(text));
}

enum qd_status qd_call_int(const struct qd_call *call, const char *name, int64_t *value,
                           struct qd_error *error)
{
    struct qd_slice text = qd_call_parameter(call, name);
    int64_t parsed;
    if (text.data == NULL) return QD_OK;
    if (qd_parse_int64(text, &parsed) && parsed >= INT32_MIN && parsed <= INT32_MAX) {
        *value = parsed;
        return QD_OK;
    }
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_ILLEGAL_ARGUMENT, "Failed to parse int parameter [%s] with value [%.*s]",
                         name, QD_SLICE_ARG(text));
}

size_t qd_call_list(const struct qd_call *call, const char *name, struct qd_slice **parts)
{
    struct qd_slice text = qd_call_parameter(call, name);
    QD_VECTOR(struct qd_slice) list = { 0 };
    while (text.size > 0) {
        size_t comma = qd_slice_find_byte(text, ',');
        size_t size = comma == SIZE_MAX ? text.size : comma;
        if (size > 0) *QD_PUSH(call->arena, &list) = qd_slice_sub(text, 0, size);
        text = qd_slice_from(text, comma == SIZE_MAX ? text.size : comma + 1);
    }
    *parts = list.data;
    return list.count;
}

enum qd_status qd_call_body(struct qd_call *call, struct qd_json_document *document, struct qd_error *error)
{
    return qd_json_parse(call->arena, call->body, document, error);
}

/* The check of a text that ends where the reading stopped; QD_OK: nothing to say. */
static enum qd_status check_prefix(struct qd_arena *arena, struct qd_slice text,
                                   const struct qd_body_check *check, struct qd_error *error)
{
    struct qd_json_document document;
    qd_error_init(error, arena);
    if (qd_json_parse(arena, text, &document, NULL) != QD_OK) return QD_OK;
    return check->check(check->context, &document, error);
}

/* Places are compared too: what is missing is missed where the text ends. */
static bool same_error(const struct qd_error *one, const struct qd_error *other)
{
    const struct qd_error_field *field = one->first;
    const struct qd_error_field *other_field = other->first;
    for (; field != NULL && other_field != NULL; field = field->next, other_field = other_field->next) {
        if (!qd_slice_equal(field->value, other_field->value)) return false;
    }
    return field == other_field && one->status == other->status &&
           qd_slice_equal(one->reason, other->reason);
}

static struct qd_slice last_word(struct qd_slice text)
{
    size_t start = text.size;
    while (start > 0 && text.data[start - 1] != ' ') start--;
    return qd_slice_from(text, start);
}

enum qd_status qd_call_body_streamed(struct qd_call *call, struct qd_body_check *check,
                                     struct qd_json_document *document, struct qd_error *error)
{
    struct qd_json_prefix prefix;
    struct qd_error plain, marked;
    check->extra = false;
    check->broken = false;
    enum qd_status status = qd_call_body(call, document, error);
    if (status == QD_OK) return QD_OK;
    qd_json_prefix_cut(call->arena, call->body, &prefix);
    check->line = prefix.line;
    check->column = prefix.column;
    if (prefix.whole) {
        check->extra = true;
        check->extra_token = status == QD_ILLEGAL_ARGUMENT ? last_word(error->reason) : QD_SLICE("");
        qd_error_init(error, call->arena);
        return qd_json_parse(call->arena, prefix.plain, document, error);
    }
    /* An error that depends on what closes the prefix is none of what was read. */
    if (prefix.some && check->check != NULL &&
        check_prefix(call->arena, prefix.plain, check, &plain) != QD_OK &&
        check_prefix(call->arena, prefix.marked, check, &marked) != QD_OK && same_error(&plain, &marked)) {
        qd_error_copy(error, call->arena, &plain);
        return plain.status;
    }
    check->broken = true;
    return status;
}

void qd_call_warn(struct qd_call *call, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice text = qd_arena_vformat(call->arena, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < call->warning_count; i++) {
        if (qd_slice_equal(call->warnings[i], text)) return;
    }
    call->warnings = qd_arena_grow(call->arena, call->warnings, call->warning_count * sizeof(text),
                                   (call->warning_count + 1) * sizeof(text));
    call->warnings[call->warning_count++] = text;
}

void qd_call_finish(struct qd_call *call, int status)
{
    call->status = status;
    call->done(call);
}

void qd_call_acknowledge(struct qd_call *call)
{
    qd_buffer_text(&call->response, "{\"acknowledged\":true}");
    qd_call_finish(call, 200);
}

void qd_call_fail(struct qd_call *call)
{
    qd_assert(call->error.status != QD_OK);
    call->failed = true;
    call->response.size = 0;
    call->status = qd_error_http(&call->error);
    call->done(call);
}

void qd_call_fail_with(struct qd_call *call, const struct qd_error *error)
{
    if (error != &call->error) {
        struct qd_error copy;
        qd_error_copy(&copy, call->arena, error);
        call->error = copy;
    }
    qd_call_fail(call);
}

enum qd_status qd_call_time(const struct qd_call *call, const char *name, int64_t *milliseconds,
                            struct qd_error *error)
{
    struct qd_slice text = qd_call_parameter(call, name);
    if (text.data == NULL) return QD_OK;
    return qd_time_parse_millis(text, name, milliseconds, error);
}
