/* Quantities as text: times, sizes, fuzziness, minimum_should_match, booleans, distances.
 *
 * Pure functions with the reference's error texts. `name` is the setting or parameter that errors mention.
 * Source: OpenSearch TimeValue, ByteSizeValue, Fuzziness, Queries.calculateMinShouldMatch, Booleans,
 * DistanceUnit.
 */
#ifndef QD_BASE_UNITS_H
#define QD_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

/* Units of time, smallest first. */
enum qd_time_unit {
    QD_NANOSECONDS,
    QD_MICROSECONDS,
    QD_MILLISECONDS,
    QD_SECONDS,
    QD_MINUTES,
    QD_HOURS,
    QD_DAYS
};

/* A span as it was written: "5m" is { 5, QD_MINUTES }. */
struct qd_time_value {
    int64_t duration;       /* -1 with QD_MILLISECONDS for "-1" */
    enum qd_time_unit unit; /* of duration */
};

/* Parses "5m", "500ms", "-1", "0". Errors: QD_ILLEGAL_ARGUMENT "failed to parse setting [name] with value
 * [text] as a time value: unit is missing or unrecognized" and its relatives. */
QD_CHECKED enum qd_status qd_time_parse(struct qd_slice text, const char *name, struct qd_time_value *value,
                                        struct qd_error *error);

/* The same straight to nanoseconds or milliseconds (truncated, saturated at the ends of int64). */
QD_CHECKED enum qd_status qd_time_parse_nanos(struct qd_slice text, const char *name, int64_t *nanos,
                                              struct qd_error *error);
QD_CHECKED enum qd_status qd_time_parse_millis(struct qd_slice text, const char *name, int64_t *millis,
                                               struct qd_error *error);

/* Conversions, truncating and saturating as java.util.concurrent.TimeUnit. */
int64_t qd_time_nanos(struct qd_time_value value);
int64_t qd_time_millis(struct qd_time_value value);

/* TimeValue.toString: one fractional digit at most, "1.5s", "4.2h", "0s". */
void qd_time_print(struct qd_buffer *buffer, struct qd_time_value value);
void qd_time_print_millis(struct qd_buffer *buffer, int64_t millis);
void qd_time_print_nanos(struct qd_buffer *buffer, int64_t nanos);

/* TimeValue.getStringRep: exact, "90s", "1500ms". */
void qd_time_print_exact(struct qd_buffer *buffer, struct qd_time_value value);

/* Parses "512b", "1kb", "1.5gb", "-1", "0". Errors: QD_OPENSEARCH_PARSE with the reference's text. */
QD_CHECKED enum qd_status qd_bytes_parse(struct qd_slice text, const char *name, int64_t *bytes,
                                         struct qd_error *error);

/* The same, and also "30%" of `total`. */
QD_CHECKED enum qd_status qd_bytes_or_percent_parse(struct qd_slice text, const char *name, int64_t total,
                                                    int64_t *bytes, struct qd_error *error);

/* ByteSizeValue.toString: "1.2kb", "0b", "5gb". */
void qd_bytes_print(struct qd_buffer *buffer, int64_t bytes);

/* "true" and "false" and nothing else. Errors: QD_ILLEGAL_ARGUMENT
 * "Failed to parse value [x] as only [true] or [false] are allowed.". */
QD_CHECKED enum qd_status qd_boolean_parse(struct qd_slice text, bool *value, struct qd_error *error);

/* A fuzziness: a fixed number of edits, or by length of the term. */
struct qd_fuzziness {
    bool automatic;    /* AUTO or AUTO:low,high */
    int low, high;     /* automatic: 0 edits below low, 1 below high, else 2; 3 and 6 by default */
    int edits;         /* not automatic: 0, 1 or 2; -1 when a negative number was given */
    struct qd_slice text; /* not automatic: the number as it was given */
};

/* Parses "AUTO", "auto:3,6", "0", "1", "2", "1.0"; more than 2 edits become 2. value->text views `text`.
 * Errors: QD_ILLEGAL_ARGUMENT, QD_NUMBER_FORMAT, QD_OPENSEARCH_PARSE with the reference's text. */
QD_CHECKED enum qd_status qd_fuzziness_parse(struct qd_slice text, struct qd_fuzziness *value,
                                             struct qd_error *error);

/* Edits for a term of `length` code points. */
int qd_fuzziness_edits(const struct qd_fuzziness *value, size_t length);

/* Fuzziness.asString: "AUTO", "AUTO:2,5", "1". */
void qd_fuzziness_print(struct qd_buffer *buffer, const struct qd_fuzziness *value);

/* How many of `optional_count` clauses must match for `spec` ("2", "-1", "75%", "-25%", "2<75% 9<-3").
 * Never negative; may be above optional_count. Errors: QD_NUMBER_FORMAT, QD_EXCEPTION. */
QD_CHECKED enum qd_status qd_minimum_should_match(int optional_count, struct qd_slice spec, int *required,
                                                  struct qd_error *error);

/* Parses "12km", "5mi", "3" (in metres when no unit is given) to metres. Errors: QD_NUMBER_FORMAT. */
QD_CHECKED enum qd_status qd_distance_parse(struct qd_slice text, double *metres, struct qd_error *error);

#endif
