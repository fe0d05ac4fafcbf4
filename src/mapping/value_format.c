#include <math.h>

#include "base/number.h"
#include "base/text.h"
#include "mapping/decimal_format.h"
#include "mapping/java_values.h"
#include "mapping/type_ip.h"
#include "mapping/type_number.h"
#include "mapping/values.h"

/* ---- which format ---- */

static enum qd_value_format_kind kind_of(const struct qd_field *field)
{
    if (field == NULL) return QD_FORMAT_RAW_LONG;
    switch ((int)field->type) {
    case QD_FIELD_UNSIGNED_LONG: return QD_FORMAT_UNSIGNED_LONG;
    case QD_FIELD_HALF_FLOAT:
    case QD_FIELD_FLOAT:
    case QD_FIELD_DOUBLE:
    case QD_FIELD_SCALED_FLOAT: return QD_FORMAT_RAW_DOUBLE;
    case QD_FIELD_BOOLEAN: return QD_FORMAT_BOOLEAN;
    case QD_FIELD_DATE:
    case QD_FIELD_DATE_NANOS: return QD_FORMAT_DATE;
    case QD_FIELD_IP: return QD_FORMAT_IP;
    case QD_FIELD_BINARY: return QD_FORMAT_BINARY;
    case QD_FIELD_BYTE:
    case QD_FIELD_SHORT:
    case QD_FIELD_INTEGER:
    case QD_FIELD_LONG:
    case QD_FIELD_TOKEN_COUNT:
    case QD_FIELD_SEQ_NO:
    case QD_FIELD_VERSION:
    case QD_FIELD_PRIMARY_TERM:
    case QD_FIELD_DOC_COUNT: return QD_FORMAT_RAW_LONG;
    default: return QD_FORMAT_TERM;
    }
}

static bool takes_decimal_pattern(enum qd_value_format_kind kind)
{
    return kind == QD_FORMAT_RAW_LONG || kind == QD_FORMAT_RAW_DOUBLE || kind == QD_FORMAT_UNSIGNED_LONG;
}

enum qd_status qd_value_format_of(const struct qd_field *field, struct qd_slice format,
                                  struct qd_slice time_zone, struct qd_arena *arena,
                                  struct qd_value_format *result, struct qd_error *error)
{
    *result = (struct qd_value_format){ .kind = kind_of(field), .field = field, .time_zone = time_zone };
    if (qd_slice_is(format, "use_field_mapping")) format.data = NULL;
    if (result->kind == QD_FORMAT_DATE) {
        result->date_format = field->print_format;
        if (format.data == NULL) return QD_OK;
        return qd_date_format_compile(arena, format, qd_slice_make(NULL, 0), &result->date_format, error);
    }
    if (result->kind == QD_FORMAT_BINARY) return QD_OK;
    const char *type = field == NULL ? "long" : field->type_name;
    struct qd_slice name = field == NULL ? QD_SLICE("") : field->name;
    if (format.data != NULL && !takes_decimal_pattern(result->kind)) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Field [%.*s] of type [%s] does not support custom formats", QD_SLICE_ARG(name),
                            type);
    }
    if (time_zone.data != NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Field [%.*s] of type [%s] does not support custom time zones",
                            QD_SLICE_ARG(name), type);
    }
    if (format.data != NULL) {
        QD_TRY(qd_decimal_format_check(format, error));
        result->kind = QD_FORMAT_DECIMAL;
        result->decimal_pattern = qd_arena_copy(arena, format);
    }
    return QD_OK;
}

/* ---- printing ---- */

/* A date in nanoseconds of a date_nanos column, else in milliseconds. */
static struct qd_slice date_text(const struct qd_value_format *format, struct qd_date date,
                                 struct qd_arena *arena)
{
    const struct qd_zone *zone = NULL;
    struct qd_buffer buffer = { 0 };
    if (format->time_zone.data != NULL && qd_zone_parse(arena, format->time_zone, &zone, NULL) != QD_OK)
        zone = NULL;
    if (format->date_format != NULL)
        qd_date_print(format->date_format, date, zone, &buffer);
    else
        qd_date_print_iso_millis(qd_date_to_millis(date), &buffer);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

static struct qd_date column_date(const struct qd_value_format *format, int64_t number)
{
    bool nanos = format->field != NULL && format->field->type == QD_FIELD_DATE_NANOS;
    return nanos ? qd_date_from_nanos(number) : qd_date_from_millis(number);
}

struct qd_slice qd_value_number_text(const struct qd_value_format *format, int64_t number,
                                     struct qd_arena *arena)
{
    switch ((int)format->kind) {
    case QD_FORMAT_DATE: return date_text(format, column_date(format, number), arena);
    case QD_FORMAT_BOOLEAN: return number != 0 ? QD_SLICE("true") : QD_SLICE("false");
    case QD_FORMAT_UNSIGNED_LONG: return qd_number_text(QD_FIELD_UNSIGNED_LONG, 1, number, arena);
    case QD_FORMAT_DECIMAL:
        if (qd_value_is_integral(format->field)) {
            bool flipped = format->field != NULL && format->field->type == QD_FIELD_UNSIGNED_LONG;
            enum qd_field_type type = flipped ? QD_FIELD_UNSIGNED_LONG : QD_FIELD_LONG;
            return qd_decimal_format_whole(format->decimal_pattern, qd_number_text(type, 1, number, arena),
                                           arena);
        }
        return qd_decimal_format(format->decimal_pattern, qd_value_double(format->field, number), arena);
    case QD_FORMAT_RAW_DOUBLE: {
        double value =
            format->field == NULL ? qd_double_from_sortable(number) : qd_value_double(format->field, number);
        return qd_number_text(QD_FIELD_DOUBLE, 1, qd_double_to_sortable(value), arena);
    }
    default: return qd_number_text(QD_FIELD_LONG, 1, number, arena);
    }
}

struct qd_slice qd_value_double_text(const struct qd_value_format *format, double value,
                                     struct qd_arena *arena)
{
    switch ((int)format->kind) {
    case QD_FORMAT_DATE:
        return date_text(format, qd_date_from_millis(qd_value_from_double(NULL, value)), arena);
    case QD_FORMAT_BOOLEAN: return value != 0 ? QD_SLICE("true") : QD_SLICE("false");
    case QD_FORMAT_DECIMAL: return qd_decimal_format(format->decimal_pattern, value, arena);
    default: {
        char text[QD_NUMBER_TEXT_MAX];
        size_t size = qd_double_to_text(value, text);
        return qd_arena_copy(arena, qd_slice_make(text, size));
    }
    }
}

struct qd_slice qd_value_bytes_text(const struct qd_value_format *format, struct qd_slice bytes,
                                    struct qd_arena *arena)
{
    if (format->kind == QD_FORMAT_IP && bytes.size == 16) {
        return qd_ip_print((const uint8_t *)bytes.data, arena);
    }
    if (format->kind == QD_FORMAT_IP && bytes.size == 4) {
        /* What sorting takes a text of four bytes for. */
        const uint8_t *parts = (const uint8_t *)bytes.data;
        return qd_arena_format(arena, "%u.%u.%u.%u", parts[0], parts[1], parts[2], parts[3]);
    }
    if (format->kind == QD_FORMAT_BINARY) {
        struct qd_slice text = qd_base64_encode(arena, bytes);
        while (text.size > 0 && text.data[text.size - 1] == '=') text.size--;
        return text;
    }
    return bytes;
}

void qd_value_write_number(const struct qd_value_format *format, int64_t number,
                           struct qd_json_writer *writer)
{
    switch ((int)format->kind) {
    case QD_FORMAT_RAW_LONG: qd_json_int(writer, number); return;
    case QD_FORMAT_UNSIGNED_LONG: qd_json_uint(writer, qd_unsigned_from_column(number)); return;
    case QD_FORMAT_BOOLEAN: qd_json_bool(writer, number != 0); return;
    case QD_FORMAT_RAW_DOUBLE:
        qd_json_double_value(writer, format->field == NULL ? qd_double_from_sortable(number)
                                                           : qd_value_double(format->field, number));
        return;
    default: {
        struct qd_arena *arena = qd_arena_create(0);
        qd_json_string(writer, qd_value_number_text(format, number, arena));
        qd_arena_destroy(arena);
        return;
    }
    }
}

void qd_value_write_bytes(const struct qd_value_format *format, struct qd_slice bytes,
                          struct qd_json_writer *writer)
{
    struct qd_arena *arena = qd_arena_create(0);
    qd_json_string(writer, qd_value_bytes_text(format, bytes, arena));
    qd_arena_destroy(arena);
}

/* ---- reading ---- */

static enum qd_status parse_date(const struct qd_value_format *format, struct qd_slice text, int64_t now_ms,
                                 int64_t *number, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_date_options options = { .now_ms = now_ms };
    struct qd_date date = { 0 };
    enum qd_status status = QD_OK;
    if (format->time_zone.data != NULL)
        status = qd_zone_parse(arena, format->time_zone, &options.zone, error);
    if (status == QD_OK) status = qd_date_parse_math(format->date_format, text, &options, &date, error);
    qd_arena_destroy(arena);
    QD_TRY(status);
    if (format->field != NULL && format->field->type == QD_FIELD_DATE_NANOS) {
        return qd_date_to_nanos(date, number, error);
    }
    *number = qd_date_to_millis(date);
    return QD_OK;
}

/* Long.parseLong, else the double rounded down. */
static enum qd_status parse_long(struct qd_slice text, int64_t *number, struct qd_error *error)
{
    double real = 0;
    if (qd_parse_int64(text, number)) return QD_OK;
    QD_TRY(qd_text_to_double(text, &real, error));
    *number = qd_java_round(floor(real));
    return QD_OK;
}

enum qd_status qd_value_parse_number(const struct qd_value_format *format, const struct qd_json *value,
                                     int64_t now_ms, int64_t *number, struct qd_error *error)
{
    struct qd_slice text = qd_json_text(value);
    double real = 0;
    uint64_t whole = 0;
    switch ((int)format->kind) {
    case QD_FORMAT_DATE: return parse_date(format, text, now_ms, number, error);
    case QD_FORMAT_BOOLEAN:
        *number = qd_slice_is(text, "true");
        if (*number != 0 || qd_slice_is(text, "false")) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot parse boolean [%.*s], expected either [true] or [false]",
                            QD_SLICE_ARG(text));
    case QD_FORMAT_UNSIGNED_LONG:
        QD_TRY(qd_text_to_unsigned(text, true, &whole, error));
        *number = qd_unsigned_to_column(whole);
        return QD_OK;
    case QD_FORMAT_DECIMAL:
        if (!qd_decimal_unformat(format->decimal_pattern, text, &real)) {
            (void)qd_error_set(error, QD_PARSE, "Unparseable number: \"%.*s\"", QD_SLICE_ARG(text));
            return qd_error_wrap(error, QD_RUNTIME,
                                 "java.text.ParseException: Unparseable number: \"%.*s\"",
                                 QD_SLICE_ARG(text));
        }
        *number = qd_value_is_integral(format->field) ? qd_java_round(floor(real))
                                                      : qd_value_from_double(format->field, real);
        return QD_OK;
    case QD_FORMAT_RAW_DOUBLE:
        QD_TRY(qd_number_double(value, &real, error));
        *number =
            format->field == NULL ? qd_double_to_sortable(real) : qd_value_from_double(format->field, real);
        return QD_OK;
    default: return parse_long(text, number, error);
    }
}

/* ---- _source values as `fields` shows them ---- */

static bool write_number(const struct qd_field *field, const struct qd_json *value,
                         struct qd_json_writer *writer)
{
    int64_t number = 0;
    double real = 0;
    if (qd_json_is_string(value) && qd_json_text(value).size == 0) return false;
    struct qd_arena *arena = qd_arena_create(0);
    bool fine = false;
    if (field->type == QD_FIELD_SCALED_FLOAT) {
        fine = qd_number_double(value, &real, NULL) == QD_OK && isfinite(real);
        if (fine) number = qd_scaled_round(real, field->scaling_factor);
    } else {
        fine = qd_number_parse(field->type, value, field->coerce, &number, NULL) == QD_OK;
    }
    /* Half floats are shown as the float that was read, not as what fits into the column. */
    if (fine && field->type == QD_FIELD_HALF_FLOAT && qd_json_double(value, &real)) {
        qd_json_float_value(writer, (float)real);
    } else if (fine) {
        qd_json_raw(writer, qd_number_text(field->type, field->scaling_factor, number, arena));
    }
    qd_arena_destroy(arena);
    return fine;
}

static bool write_date(const struct qd_field *field, const struct qd_json *value,
                       const struct qd_value_format *format, struct qd_json_writer *writer)
{
    int64_t number = 0;
    struct qd_slice text = qd_json_text(value);
    enum qd_status status = field->type == QD_FIELD_DATE
                                ? qd_date_parse_millis(field->format, text, &number, NULL)
                                : qd_date_parse_nanos(field->format, text, &number, NULL);
    if (status != QD_OK) return false;
    struct qd_value_format shown = { .kind = QD_FORMAT_DATE,
                                     .field = field,
                                     .date_format = field->print_format };
    if (format != NULL && format->kind == QD_FORMAT_DATE) shown = *format;
    shown.field = field;
    qd_value_write_number(&shown, number, writer);
    return true;
}

static bool write_keyword(const struct qd_field *field, const struct qd_json *value,
                          struct qd_json_writer *writer)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_slice text = qd_java_text(arena, value);
    bool fine = (int64_t)qd_utf16_length(text) <= field->ignore_above;
    if (fine && field->normalizer != NULL) text = qd_analyzer_normalize(field->normalizer, arena, text);
    if (fine) qd_json_string(writer, text);
    qd_arena_destroy(arena);
    return fine;
}

static bool write_ip(const struct qd_json *value, struct qd_json_writer *writer)
{
    uint8_t bytes[16];
    if (!qd_ip_parse(qd_json_text(value), bytes)) return false;
    struct qd_arena *arena = qd_arena_create(0);
    qd_json_string(writer, qd_ip_print(bytes, arena));
    qd_arena_destroy(arena);
    return true;
}

bool qd_value_write_source(const struct qd_field *field, const struct qd_json *value,
                           const struct qd_value_format *format, struct qd_json_writer *writer)
{
    if (qd_json_is_null(value) || qd_json_type_of(value) == QD_JSON_MISSING) return false;
    switch (kind_of(field)) {
    case QD_FORMAT_RAW_LONG:
    case QD_FORMAT_RAW_DOUBLE:
    case QD_FORMAT_UNSIGNED_LONG:
        if (field->type == QD_FIELD_TOKEN_COUNT) return false;
        return write_number(field, value, writer);
    case QD_FORMAT_BOOLEAN: {
        struct qd_slice text = qd_json_text(value);
        bool yes = qd_slice_is(text, "true");
        if (!yes && !qd_slice_is(text, "false") && text.size > 0) return false;
        qd_json_bool(writer, yes);
        return true;
    }
    case QD_FORMAT_DATE: return write_date(field, value, format, writer);
    case QD_FORMAT_IP: return write_ip(value, writer);
    case QD_FORMAT_TERM:
    case QD_FORMAT_BINARY:
    case QD_FORMAT_DECIMAL:
    default: return write_keyword(field, value, writer);
    }
}
