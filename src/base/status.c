#include "base/status.h"

#include "base/assert.h"

struct row {
    int http;
    const char *type;
};

static const struct row rows[QD_STATUS_COUNT] = {
#define ROW(code, http, type) { http, type },
    QD_STATUS_TABLE(ROW)
#undef ROW
};

int qd_status_http(enum qd_status status)
{
    qd_assert((unsigned)status < QD_STATUS_COUNT);
    return rows[status].http;
}

const char *qd_status_type(enum qd_status status)
{
    qd_assert((unsigned)status < QD_STATUS_COUNT);
    return rows[status].type;
}

__attribute__((format(printf, 3, 0))) static void fill(struct qd_error *error, enum qd_status status,
                                                       const char *format, va_list arguments)
{
    struct qd_arena *arena = error->arena;
    *error = (struct qd_error){ .arena = arena, .status = status };
    if (arena != NULL) error->reason = qd_arena_vformat(arena, format, arguments);
}

enum qd_status qd_error_set(struct qd_error *error, enum qd_status status, const char *format, ...)
{
    qd_assert(status != QD_OK);
    if (error == NULL) return status;
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, format, arguments);
    va_end(arguments);
    return status;
}

enum qd_status qd_error_wrap(struct qd_error *error, enum qd_status status, const char *format, ...)
{
    qd_assert(status != QD_OK);
    if (error == NULL) return status;
    struct qd_error *cause = NULL;
    if (error->arena != NULL && error->status != QD_OK) {
        cause = QD_NEW(error->arena, struct qd_error);
        *cause = *error;
    }
    va_list arguments;
    va_start(arguments, format);
    fill(error, status, format, arguments);
    va_end(arguments);
    error->cause = cause;
    return status;
}

static void add_field(struct qd_error *error, const char *key, struct qd_slice value, bool raw)
{
    if (error == NULL || error->arena == NULL) return;
    struct qd_error_field **at = &error->first;
    while (*at != NULL) at = &(*at)->next;
    struct qd_error_field *field = QD_NEW(error->arena, struct qd_error_field);
    field->key = qd_arena_copy(error->arena, qd_slice_from_string(key));
    field->value = qd_arena_copy(error->arena, value);
    field->raw = raw;
    *at = field;
}

void qd_error_add(struct qd_error *error, const char *key, struct qd_slice value)
{
    add_field(error, key, value, false);
}

void qd_error_add_number(struct qd_error *error, const char *key, int64_t value)
{
    if (error == NULL || error->arena == NULL) return;
    add_field(error, key, qd_arena_format(error->arena, "%lld", (long long)value), true);
}

void qd_error_add_raw(struct qd_error *error, const char *key, struct qd_slice json)
{
    add_field(error, key, json, true);
}

void qd_error_copy(struct qd_error *to, struct qd_arena *arena, const struct qd_error *from)
{
    *to = (struct qd_error){ .arena = arena,
                             .status = from->status,
                             .type_override = from->type_override,
                             .null_reason = from->null_reason,
                             .no_root = from->no_root,
                             .http_override = from->http_override };
    if (arena == NULL) return;
    to->reason = qd_arena_copy(arena, from->reason);
    for (const struct qd_error_field *field = from->first; field != NULL; field = field->next) {
        add_field(to, qd_arena_string(arena, field->key), field->value, field->raw);
    }
    if (from->cause != NULL) {
        to->cause = QD_NEW(arena, struct qd_error);
        qd_error_copy(to->cause, arena, from->cause);
    }
    if (from->next_root != NULL) {
        to->next_root = QD_NEW(arena, struct qd_error);
        qd_error_copy(to->next_root, arena, from->next_root);
    }
}

enum qd_status qd_error_corrupt(struct qd_error *error, struct qd_slice file, uint64_t offset,
                                const char *what, const char *source_file, int source_line)
{
    return qd_error_set(error, QD_CORRUPTION, "%s (file [%.*s], offset [%llu], found at %s:%d)", what,
                        QD_SLICE_ARG(file), (unsigned long long)offset, source_file, source_line);
}

int qd_error_http(const struct qd_error *error)
{
    return error->http_override != 0 ? error->http_override : qd_status_http(error->status);
}

void qd_error_attach_cause(struct qd_error *error, const struct qd_error *cause)
{
    if (error == NULL || error->arena == NULL || cause == NULL) return;
    struct qd_error single = *cause;
    single.next_root = NULL;
    error->cause = QD_NEW(error->arena, struct qd_error);
    qd_error_copy(error->cause, error->arena, &single);
}
