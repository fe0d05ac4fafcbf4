/* Numbers as text, the way Java and OpenSearch read and print them.
 *
 * Pure functions. Used by JSON writing, mapping, queries and aggregations.
 * Source: java.lang.Double/Float.toString (JDK 19+, shortest digits), Long.parseLong, Numbers.java of
 * OpenSearch.
 */
#ifndef QD_BASE_NUMBER_H
#define QD_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define QD_NUMBER_TEXT_MAX 40

/* Writes Double.toString(value) ("1.0", "1.0E10", "NaN", "Infinity") into text[QD_NUMBER_TEXT_MAX];
 * returns its size. */
size_t qd_double_to_text(double value, char *text);

/* The same for Float.toString. */
size_t qd_float_to_text(float value, char *text);

/* Decimal text of a long into text[QD_NUMBER_TEXT_MAX]; returns its size. */
size_t qd_int64_to_text(int64_t value, char *text);

/* Parses as Long.parseLong: optional sign, decimal digits, no spaces, range checked. */
bool qd_parse_int64(struct qd_slice text, int64_t *value);

/* Parses an unsigned 64-bit decimal number. */
bool qd_parse_uint64(struct qd_slice text, uint64_t *value);

/* Parses as Double.parseDouble (white space around allowed, suffixes d and f, NaN, Infinity, hex floats). */
bool qd_parse_double(struct qd_slice text, double *value);

/* Parses as Float.parseFloat: correctly rounded to float in one step. */
bool qd_parse_float(struct qd_slice text, float *value);

/* Parses a decimal number with fraction or exponent whose value is a whole number that fits ("1.0",
 * "1e3"). Exact. */
bool qd_parse_decimal_int64(struct qd_slice text, int64_t *value);

/* half_float: IEEE binary16 bits of a float, round half to even, and back. Source: Lucene HalfFloatPoint. */
uint16_t qd_half_from_float(float value);
float qd_half_to_float(uint16_t bits);

/* Order-preserving maps to signed longs. Source: Lucene NumericUtils.doubleToSortableLong,
 * floatToSortableInt. */
int64_t qd_double_to_sortable(double value);
double qd_double_from_sortable(int64_t value);
int32_t qd_float_to_sortable(float value);
float qd_float_from_sortable(int32_t value);
int16_t qd_half_to_sortable(float value);
float qd_half_from_sortable(int16_t value);

#endif
