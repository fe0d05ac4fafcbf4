/* A pattern of java.text.DecimalFormat, read: what its prefixes, digits and suffixes say.
 *
 * Used by decimal_format.c, and by whoever must refuse a malformed pattern. Source: java.text.DecimalFormat
 * ("Patterns").
 */
#ifndef QD_MAPPING_DECIMAL_PATTERN_H
#define QD_MAPPING_DECIMAL_PATTERN_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* Digits that a pattern may ask for before and behind the point; more is cut, as Java does for doubles. */
#define QD_DECIMAL_INTEGER_MAX 309
#define QD_DECIMAL_FRACTION_MAX 340

/* A pattern that was read. Memory: its texts are in the arena that it was read with. */
struct qd_decimal_pattern {
    struct qd_slice positive_prefix; /* before a number that is not negative, quotes and signs resolved */
    struct qd_slice positive_suffix; /* behind it */
    struct qd_slice negative_prefix; /* before a negative number: by default a minus and positive_prefix */
    struct qd_slice negative_suffix; /* behind it */
    int64_t integer_min;             /* digits before the point, at least */
    int64_t integer_max;             /* of a number with an exponent: digits before the point, at most */
    int64_t fraction_min;            /* digits behind the point, at least */
    int64_t fraction_max;            /* and at most */
    int64_t group;                   /* digits between commas; 0: no commas */
    int64_t exponent_min;            /* digits of the exponent; 0: no exponent */
    int multiplier;                  /* 1, 100 (per cent) or 1000 (per mille) */
    bool point_always;               /* a point is shown even where nothing follows */
};

/* Reads a pattern. Memory: the result's texts are the arena's. Errors: QD_ILLEGAL_ARGUMENT with Java's
 * words, *pattern is not valid then. */
QD_CHECKED enum qd_status qd_decimal_pattern_read(struct qd_slice text, struct qd_arena *arena,
                                                  struct qd_decimal_pattern *pattern,
                                                  struct qd_error *error);

#endif
