/* How results are shown, in a form that travels with partial results.
 *
 * The coordinator has no mapping, so a format carries its pattern and zone as text. Source: OpenSearch
 * DocValueFormat.
 */
#ifndef QD_AGGREGATION_AGGREGATION_FORMAT_H
#define QD_AGGREGATION_AGGREGATION_FORMAT_H

#include "base/buffer.h"
#include "base/date.h"
#include "base/json_writer.h"
#include "mapping/values.h"

struct qd_aggregation_format {
    enum qd_value_format_kind kind;
    struct qd_slice pattern;           /* DATE: format; DECIMAL: pattern */
    struct qd_slice zone_id;           /* DATE; data NULL: UTC */
    const struct qd_date_format *date; /* DATE, compiled */
    const struct qd_zone *zone;        /* DATE; NULL: UTC */
};

/* True when values are shown as they are, without a text beside them. */
static inline bool qd_format_is_raw(const struct qd_aggregation_format *format)
{
    return format->kind == QD_FORMAT_RAW_LONG || format->kind == QD_FORMAT_RAW_DOUBLE ||
           format->kind == QD_FORMAT_TERM;
}

/* A zone that was compiled already: compiling one takes long. */
struct qd_known_zone {
    struct qd_slice text;       /* as it was given; data NULL: none */
    const struct qd_zone *zone; /* NULL: UTC */
};

/* Writes a format and reads it back; `known` is taken when the format has its zone. A pattern or zone that
 * does not compile fails the reader. */
void qd_format_write(const struct qd_aggregation_format *format, struct qd_buffer *buffer);
void qd_format_read(struct qd_reader *reader, struct qd_arena *arena, const struct qd_known_zone *known,
                    struct qd_aggregation_format *format);

/* The text of a whole number (dates: milliseconds; unsigned: as in the column), a double, and bytes. */
struct qd_slice qd_format_number(const struct qd_aggregation_format *format, int64_t number,
                                 struct qd_arena *arena);
struct qd_slice qd_format_real(const struct qd_aggregation_format *format, double value,
                               struct qd_arena *arena);
struct qd_slice qd_format_bytes(const struct qd_aggregation_format *format, struct qd_slice bytes,
                                struct qd_arena *arena);

/* Java's cast of a double to a long: cut, saturated, NaN is 0. */
int64_t qd_format_long(double value);

/* A date as milliseconds from a text or number of a request, with date math. Errors: as qd_date_parse_math.
 */
QD_CHECKED enum qd_status qd_format_parse_date(const struct qd_aggregation_format *format,
                                               struct qd_slice text, int64_t now_ms, int64_t *millis,
                                               struct qd_error *error);

/* A number as a text of a request means it in `format`: a date in milliseconds, "true" and "false" as 1 and
 * 0, decimal patterns as they print, else a double. Errors: as qd_format_parse_date; QD_NUMBER_FORMAT,
 * QD_ILLEGAL_ARGUMENT, and QD_RUNTIME for a text that the pattern does not print. */
QD_CHECKED enum qd_status qd_format_parse_real(const struct qd_aggregation_format *format,
                                               struct qd_slice text, int64_t now_ms, double *real,
                                               struct qd_error *error);

#endif
