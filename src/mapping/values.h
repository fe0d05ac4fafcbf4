/* Values of fields: from query JSON to index terms and numbers, and from stored numbers and bytes back to
 * text.
 *
 * Used by queries (term, terms, range), sorting (search_after), aggregations (keys), docvalue_fields and
 * `fields`. Source: OpenSearch MappedFieldType.termQuery/rangeQuery and DocValueFormat of each type.
 */
#ifndef QD_MAPPING_VALUES_H
#define QD_MAPPING_VALUES_H

#include "mapping/mapping.h"

/* What a value of a query means in a field's index. */
struct qd_term_value {
    bool none;             /* nothing can match (e.g. 1.5 in an integer field) */
    bool is_number;        /* number holds it, else bytes; booleans fill both (bytes: "T" or "F") */
    int64_t number;        /* sortable long as in the column */
    struct qd_slice bytes; /* term bytes (normalised), 16 bytes for ip */
    bool is_range;         /* ip with a mask: [lower, upper] */
    struct qd_slice lower, upper; /* 16 bytes each */
};

/* A scalar of a query for exact matching. Errors: the reference's (number_format_exception "For input string:
 * ..." and so on). `value` is a JSON scalar. */
QD_CHECKED enum qd_status qd_value_term(const struct qd_field *field, const struct qd_json *value,
                                        int64_t now_ms, struct qd_arena *arena, struct qd_term_value *term,
                                        struct qd_error *error);

/* A range. NULL bounds are open. */
struct qd_range_input {
    const struct qd_json *lower, *upper;
    bool include_lower, include_upper;
    const struct qd_date_format *format; /* overrides the field's, or NULL */
    struct qd_slice time_zone; /* data NULL: UTC */
    int64_t now_ms;
};
struct qd_range_value {
    bool none; /* nothing can match */
    bool is_number; /* [lower_number, upper_number], both inclusive; else bytes with the flags */
    int64_t lower_number, upper_number;
    struct qd_slice lower, upper; /* data NULL: open */
    bool include_lower, include_upper;
};
QD_CHECKED enum qd_status qd_value_range(const struct qd_field *field, const struct qd_range_input *input,
                                         struct qd_arena *arena, struct qd_range_value *range,
                                         struct qd_error *error);

/* How a column's values are shown: OpenSearch's DocValueFormat. */
enum qd_value_format_kind {
    QD_FORMAT_RAW_LONG,
    QD_FORMAT_RAW_DOUBLE,
    QD_FORMAT_UNSIGNED_LONG,
    QD_FORMAT_BOOLEAN,
    QD_FORMAT_DATE,
    QD_FORMAT_IP,
    QD_FORMAT_TERM,
    QD_FORMAT_BINARY,
    QD_FORMAT_DECIMAL
};
struct qd_value_format {
    enum qd_value_format_kind kind;
    const struct qd_field
        *field; /* whose values; decides how numbers decode; NULL: longs/doubles as they are */
    const struct qd_date_format *date_format; /* QD_FORMAT_DATE */
    struct qd_slice time_zone; /* QD_FORMAT_DATE; data NULL: UTC */
    struct qd_slice decimal_pattern; /* QD_FORMAT_DECIMAL: java DecimalFormat such as "0.00" */
};

/* The format of a field, or the one that `format` (docvalue_fields, aggregations; data NULL: default) asks
 * for. Errors: the reference's. */
QD_CHECKED enum qd_status qd_value_format_of(const struct qd_field *field, struct qd_slice format,
                                             struct qd_slice time_zone, struct qd_arena *arena,
                                             struct qd_value_format *result, struct qd_error *error);

/* A column's number as the double that metrics and keys calculate with (dates: milliseconds; scaled_float:
 * divided; booleans 0/1). */
double qd_value_double(const struct qd_field *field, int64_t number);

/* The same for fields of whole numbers: byte .. long, dates, booleans: the long itself. True when the field's
 * values are whole. */
bool qd_value_is_integral(const struct qd_field *field);

/* A double back to the column's number (for histogram bounds, search_after), rounding towards zero where the
 * type is whole. */
int64_t qd_value_from_double(const struct qd_field *field, double value);

/* Writes a column's number / bytes as one JSON value in `format` (docvalue_fields). */
void qd_value_write_number(const struct qd_value_format *format, int64_t number,
                           struct qd_json_writer *writer);
void qd_value_write_bytes(const struct qd_value_format *format, struct qd_slice bytes,
                          struct qd_json_writer *writer);

/* The text of a number / of a double result / of bytes in `format` (key_as_string, value_as_string). In
 * `arena`. */
struct qd_slice qd_value_number_text(const struct qd_value_format *format, int64_t number,
                                     struct qd_arena *arena);
struct qd_slice qd_value_double_text(const struct qd_value_format *format, double value,
                                     struct qd_arena *arena);
struct qd_slice qd_value_bytes_text(const struct qd_value_format *format, struct qd_slice bytes,
                                    struct qd_arena *arena);

/* Reads a JSON scalar in `format` into a column's number (search_after, missing, date bounds). Errors: the
 * reference's. */
QD_CHECKED enum qd_status qd_value_parse_number(const struct qd_value_format *format,
                                                const struct qd_json *value, int64_t now_ms, int64_t *number,
                                                struct qd_error *error);

/* Rewrites one value of _source as the `fields` option shows it (dates in `format`, numbers coerced, ...):
 * JSON value(s) into writer. False when the value is malformed for the field and is left out. */
bool qd_value_write_source(const struct qd_field *field, const struct qd_json *value,
                           const struct qd_value_format *format, struct qd_json_writer *writer);

#endif
