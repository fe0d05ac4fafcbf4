/* Dates as text: formats, date math, time zones and rounding, as OpenSearch has them over java.time.
 *
 * Used by date fields, range queries, date aggregations and index names. Everything compiled (format, zone,
 * rounding) is immutable afterwards, lives in the arena given and may be used by any number of threads. A
 * date as a number is an int64 in UTC with its unit in the name.
 * Source: OpenSearch DateFormatters, JavaDateMathParser, DateUtils, Rounding; java.time.
 */
#ifndef QD_BASE_DATE_H
#define QD_BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

/* What OpenSearch uses where nothing else was asked for. */
#define QD_DATE_FORMAT_DEFAULT "strict_date_optional_time||epoch_millis"

/* A point of time with all digits that java.time.Instant has. */
struct qd_date {
    int64_t second; /* since 1970-01-01T00:00:00Z, may be negative */
    int32_t nano;   /* 0 .. 999999999 */
};

/* ---- time zones ---- */

/* A zone with its transitions; immutable. NULL stands for UTC in every function below. */
struct qd_zone;

/* Compiles a zone: "Z", "UTC", "+02:00", "-8", "UTC+1", "Europe/Paris". Memory: the arena's. Errors:
 * QD_ILLEGAL_ARGUMENT with java.time's text ("Unknown time-zone ID: x") and its type
 * (zone_rules_exception, date_time_exception) as type_override; queries and aggregations wrap it. */
QD_CHECKED enum qd_status qd_zone_parse(struct qd_arena *arena, struct qd_slice text,
                                        const struct qd_zone **zone, struct qd_error *error);

/* Zone.getId(). */
struct qd_slice qd_zone_id(const struct qd_zone *zone);

/* True when the offset never changes. */
bool qd_zone_is_fixed(const struct qd_zone *zone);

/* Seconds to add to UTC to get local time at `utc_second`. */
int32_t qd_zone_offset(const struct qd_zone *zone, int64_t utc_second);

/* The UTC second of a local one. In an overlap the earlier offset holds, in a gap the time moves on by the
 * gap's length, as ZonedDateTime.ofLocal does. */
int64_t qd_zone_to_utc(const struct qd_zone *zone, int64_t local_second);

/* The first transition after `utc_second`; false when there is none. */
bool qd_zone_next_transition(const struct qd_zone *zone, int64_t utc_second, int64_t *transition_second);

/* ---- formats ---- */

/* A compiled format list ("a||b"); immutable. */
struct qd_date_format;

/* Compiles names, patterns of java.time and `||` lists. `locale`: data NULL means root. Memory: the arena's.
 * Errors: QD_ILLEGAL_ARGUMENT "Invalid format: [x]: ..." with its cause. */
QD_CHECKED enum qd_status qd_date_format_compile(struct qd_arena *arena, struct qd_slice pattern,
                                                 struct qd_slice locale, const struct qd_date_format **format,
                                                 struct qd_error *error);

/* The pattern as given. */
struct qd_slice qd_date_format_pattern(const struct qd_date_format *format);

/* How a text without all parts and without a zone is read. */
struct qd_date_options {
    const struct qd_zone *zone; /* for texts without a zone; NULL: UTC */
    int64_t now_ms;             /* what `now` means */
    bool round_up;              /* missing parts become the last instant, and so does `/d` (lte, gt) */
};

/* Parses a plain date, no date math: document values. Missing parts take their first value. Errors:
 * QD_ILLEGAL_ARGUMENT "failed to parse date field [x] with format [y]", caused by
 * date_time_parse_exception. */
QD_CHECKED enum qd_status qd_date_parse(const struct qd_date_format *format, struct qd_slice text,
                                        struct qd_date *date, struct qd_error *error);

/* The same in milliseconds (DateFieldMapper date). Errors: also java.lang.ArithmeticException's as
 * QD_ARITHMETIC. */
QD_CHECKED enum qd_status qd_date_parse_millis(const struct qd_date_format *format, struct qd_slice text,
                                               int64_t *millis, struct qd_error *error);

/* The same in nanoseconds (date_nanos). Errors: also dates before 1970 or after 2262. */
QD_CHECKED enum qd_status qd_date_parse_nanos(const struct qd_date_format *format, struct qd_slice text,
                                              int64_t *nanos, struct qd_error *error);

/* Parses a date with date math ("now-1d/d", "2015-01-01||+1M/d"): queries.
 * Errors: QD_OPENSEARCH_PARSE "failed to parse date field [x] with format [y]: [...]" with its cause. */
QD_CHECKED enum qd_status qd_date_parse_math(const struct qd_date_format *format, struct qd_slice text,
                                             const struct qd_date_options *options, struct qd_date *date,
                                             struct qd_error *error);

/* Conversions: millis rounds down; nanos fails as DateUtils.toLong does; clamping as
 * DateUtils.clampToNanosRange. */
int64_t qd_date_to_millis(struct qd_date date);
struct qd_date qd_date_from_millis(int64_t millis);
QD_CHECKED enum qd_status qd_date_to_nanos(struct qd_date date, int64_t *nanos, struct qd_error *error);
int64_t qd_date_to_nanos_clamped(struct qd_date date);
struct qd_date qd_date_from_nanos(int64_t nanos);

/* Prints with the first format of the list, in `zone`. */
void qd_date_print(const struct qd_date_format *format, struct qd_date date, const struct qd_zone *zone,
                   struct qd_buffer *buffer);
void qd_date_print_millis(const struct qd_date_format *format, int64_t millis, const struct qd_zone *zone,
                          struct qd_buffer *buffer);
void qd_date_print_nanos(const struct qd_date_format *format, int64_t nanos, const struct qd_zone *zone,
                         struct qd_buffer *buffer);

/* Prints as strict_date_optional_time in UTC with milliseconds ("2015-01-01T00:00:00.000Z"): answers of
 * APIs. */
void qd_date_print_iso_millis(int64_t millis, struct qd_buffer *buffer);

/* ---- calendar ---- */

/* Days since 1970-01-01 of a date of the proleptic ISO calendar; month 1 .. 12, day may be out of range. */
int64_t qd_days_from_civil(int64_t year, int month, int day);

/* The reverse. */
void qd_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

/* ---- rounding (date_histogram) ---- */

enum qd_date_unit {
    QD_UNIT_SECOND,
    QD_UNIT_MINUTE,
    QD_UNIT_HOUR,
    QD_UNIT_DAY,
    QD_UNIT_WEEK,
    QD_UNIT_MONTH,
    QD_UNIT_QUARTER,
    QD_UNIT_YEAR
};

/* A compiled rounding; immutable. */
struct qd_rounding;

/* The unit of "1d", "day", "1w", "month" ...; false when it is none (calendar_interval). */
bool qd_date_unit_parse(struct qd_slice text, enum qd_date_unit *unit);

/* Rounds down to calendar units in `zone`, moved by `offset_ms`. Memory: the arena's. */
const struct qd_rounding *qd_rounding_unit(struct qd_arena *arena, enum qd_date_unit unit,
                                           const struct qd_zone *zone, int64_t offset_ms);

/* Rounds down to multiples of `interval_ms` (> 0) of local time in `zone`, moved by `offset_ms`. */
const struct qd_rounding *qd_rounding_interval(struct qd_arena *arena, int64_t interval_ms,
                                               const struct qd_zone *zone, int64_t offset_ms);

/* The start, in UTC milliseconds, of the bucket that holds `utc_ms`. */
int64_t qd_rounding_round(const struct qd_rounding *rounding, int64_t utc_ms);

/* The start of the next bucket after the one that starts at `utc_ms` (a result of qd_rounding_round). */
int64_t qd_rounding_next(const struct qd_rounding *rounding, int64_t utc_ms);

#endif
