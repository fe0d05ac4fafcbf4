/* Numbers of all widths: from JSON and text to the column's form and back.
 *
 * The column's form is a long whose order is the number's: byte to long as they are, unsigned_long with its
 * top bit flipped, half_float, float and double as Lucene's sortable bits, scaled_float multiplied and
 * rounded, token_count as it is. Used by the field types, queries (values.c) and parameters. Source:
 * OpenSearch NumberFieldMapper.NumberType, ScaledFloatFieldMapper, Numbers, AbstractXContentParser.
 */
#ifndef QD_MAPPING_TYPE_NUMBER_H
#define QD_MAPPING_TYPE_NUMBER_H

#include "mapping/mapper.h"

/* unsigned_long: top bit flipped, so that signed order is unsigned order. */
static inline int64_t qd_unsigned_to_column(uint64_t value) { return (int64_t)(value ^ (UINT64_C(1) << 63)); }
static inline uint64_t qd_unsigned_from_column(int64_t value)
{
    return (uint64_t)value ^ (UINT64_C(1) << 63);
}

/* Reads a scalar the way NumberType.parse(Object, coerce) does (queries, null_value): a number node or text.
 * Errors: "For input string", "Value [x] has a decimal part", "Value [x] is out of range for a byte", ... */
enum qd_status qd_number_parse(enum qd_field_type type, const struct qd_json *value, bool coerce,
                               int64_t *number, struct qd_error *error);

/* The text of a column number: what Java prints for the boxed value. Memory: the arena's. */
struct qd_slice qd_number_text(enum qd_field_type type, double scaling_factor, int64_t number,
                               struct qd_arena *arena);

/* scaled_float: a finite double to the column. */
int64_t qd_scaled_round(double value, double factor);

/* Math.round: half up, saturating. */
int64_t qd_java_round(double value);

/* A text or number with any number of digits as a long, fractions cut off (Numbers.toLong). Errors: not a
 * number, out of range (named `what`, "a long"), a fraction unless coerce. */
enum qd_status qd_text_to_long(struct qd_slice text, bool coerce, int64_t *value, struct qd_error *error);
enum qd_status qd_text_to_unsigned(struct qd_slice text, bool coerce, uint64_t *value,
                                   struct qd_error *error);

/* Splits decimal text into a truncated whole part. Returns false when the text is no decimal number.
 * `negative`, `fraction` (non-zero digits after the point) and `overflow` (the whole part exceeds 64 bits)
 * are told apart. */
struct qd_decimal {
    bool negative;
    bool fraction;
    bool overflow;
    uint64_t whole;
};
bool qd_decimal_parse(struct qd_slice text, struct qd_decimal *decimal);

/* Double.parseDouble. Errors: QD_NUMBER_FORMAT "empty String", "multiple points", "For input string". */
QD_CHECKED enum qd_status qd_text_to_double(struct qd_slice text, double *value, struct qd_error *error);

/* A scalar as a double the way queries read it (Number.doubleValue, else Double.parseDouble). */
enum qd_status qd_number_double(const struct qd_json *value, double *number, struct qd_error *error);

#endif
