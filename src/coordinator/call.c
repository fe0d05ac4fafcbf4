#include "coordinator/call.h"

#include "base/assert.h"
#include "base/number.h"
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
