#include "aggregation/aggregation_format.h"

#include <math.h>
#include <string.h>

#include "mapping/decimal_format.h"
#include "mapping/type_number.h"

void qd_format_write(const struct qd_aggregation_format *format, struct qd_buffer *buffer)
{
    qd_buffer_byte(buffer, (uint8_t)format->kind);
    if (format->kind == QD_FORMAT_DATE || format->kind == QD_FORMAT_DECIMAL) {
        qd_buffer_sized(buffer, format->pattern);
        qd_buffer_sized(buffer, format->zone_id);
    }
}

void qd_format_read(struct qd_reader *reader, struct qd_arena *arena, const struct qd_known_zone *known,
                    struct qd_aggregation_format *format)
{
    *format = (struct qd_aggregation_format){ 0 };
    uint8_t kind = qd_reader_byte(reader);
    if (kind > QD_FORMAT_DECIMAL) {
        reader->failed = true;
        return;
    }
    format->kind = (enum qd_value_format_kind)kind;
    if (format->kind != QD_FORMAT_DATE && format->kind != QD_FORMAT_DECIMAL) return;
    format->pattern = qd_arena_copy(arena, qd_reader_sized(reader));
    format->zone_id = qd_arena_copy(arena, qd_reader_sized(reader));
    if (reader->failed || format->kind != QD_FORMAT_DATE) return;
    struct qd_error error;
    qd_error_init(&error, arena);
    struct qd_slice root = { NULL, 0 };
    if (qd_date_format_compile(arena, format->pattern, root, &format->date, &error) != QD_OK) {
        reader->failed = true;
    }
    if (format->zone_id.size > 0 && qd_slice_equal(format->zone_id, known->text)) {
        format->zone = known->zone;
        return;
    }
    if (format->zone_id.size > 0 && qd_zone_parse(arena, format->zone_id, &format->zone, &error) != QD_OK) {
        reader->failed = true;
    }
}

static struct qd_slice date_text(const struct qd_aggregation_format *format, int64_t millis,
                                 struct qd_arena *arena)
{
    struct qd_buffer buffer = { 0 };
    qd_date_print_millis(format->date, millis, format->zone, &buffer);
    struct qd_slice text = qd_arena_copy(arena, qd_buffer_view(&buffer));
    qd_buffer_deinit(&buffer);
    return text;
}

static struct qd_value_format plain(const struct qd_aggregation_format *format)
{
    return (struct qd_value_format){ .kind = format->kind, .decimal_pattern = format->pattern };
}

struct qd_slice qd_format_number(const struct qd_aggregation_format *format, int64_t number,
                                 struct qd_arena *arena)
{
    if (format->kind == QD_FORMAT_DATE) return date_text(format, number, arena);
    struct qd_value_format value = plain(format);
    return qd_value_number_text(&value, number, arena);
}

int64_t qd_format_long(double value)
{
    if (isnan(value)) return 0;
    if (value >= 9223372036854775807.0) return INT64_MAX;
    if (value <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)value;
}

struct qd_slice qd_format_real(const struct qd_aggregation_format *format, double value,
                               struct qd_arena *arena)
{
    if (format->kind == QD_FORMAT_DATE) return date_text(format, qd_format_long(value), arena);
    struct qd_value_format plain_format = plain(format);
    return qd_value_double_text(&plain_format, value, arena);
}

struct qd_slice qd_format_bytes(const struct qd_aggregation_format *format, struct qd_slice bytes,
                                struct qd_arena *arena)
{
    struct qd_value_format value = plain(format);
    return qd_value_bytes_text(&value, bytes, arena);
}

enum qd_status qd_format_parse_date(const struct qd_aggregation_format *format, struct qd_slice text,
                                    int64_t now_ms, int64_t *millis, struct qd_error *error)
{
    struct qd_date_options options = { .zone = format->zone, .now_ms = now_ms };
    struct qd_date date;
    QD_TRY(qd_date_parse_math(format->date, text, &options, &date, error));
    *millis = qd_date_to_millis(date);
    return QD_OK;
}

static enum qd_status parse_decimal(struct qd_slice pattern, struct qd_slice text, double *real,
                                    struct qd_error *error)
{
    if (qd_decimal_unformat(pattern, text, real)) return QD_OK;
    (void)qd_error_set(error, QD_PARSE, "Unparseable number: \"%.*s\"", QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_RUNTIME, "java.text.ParseException: Unparseable number: \"%.*s\"",
                         QD_SLICE_ARG(text));
}

enum qd_status qd_format_parse_real(const struct qd_aggregation_format *format, struct qd_slice text,
                                    int64_t now_ms, double *real, struct qd_error *error)
{
    int64_t millis = 0;
    switch ((int)format->kind) {
    case QD_FORMAT_DATE:
        QD_TRY(qd_format_parse_date(format, text, now_ms, &millis, error));
        *real = (double)millis;
        return QD_OK;
    case QD_FORMAT_BOOLEAN:
        *real = qd_slice_is(text, "true");
        if (*real != 0 || qd_slice_is(text, "false")) return QD_OK;
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Cannot parse boolean [%.*s], expected either [true] or [false]",
                            QD_SLICE_ARG(text));
    case QD_FORMAT_DECIMAL: return parse_decimal(format->pattern, text, real, error);
    default: return qd_text_to_double(text, real, error);
    }
}
