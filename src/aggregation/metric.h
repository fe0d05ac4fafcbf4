/* What metric aggregations share: a values source, compensated sums, results of one number.
 *
 * Used by the metric_*.c files. Source: OpenSearch CompensatedSum, InternalNumericMetricsAggregation.
 */
#ifndef QD_AGGREGATION_METRIC_H
#define QD_AGGREGATION_METRIC_H

#include <math.h>

#include "aggregation/aggregation_source.h"

/* A Kahan sum. */
struct qd_kahan {
    double sum;
    double delta; /* what the sum has lost to rounding */
};

/* Adds a value; infinities and NaN go through. */
static inline void qd_kahan_add(struct qd_kahan *kahan, double value)
{
    if (!isfinite(value)) kahan->sum = value + kahan->sum;
    if (!isfinite(kahan->sum)) return;
    double corrected = value + kahan->delta;
    double updated = kahan->sum + corrected;
    kahan->delta = corrected - (updated - kahan->sum);
    kahan->sum = updated;
}

/* The sum of the values of a window that are whole numbers, where every way of adding them gives the same:
 * *whole. False when that is not so, or not cheap. */
bool qd_metric_window_sum(struct qd_source *source, struct qd_aggregation_run *run,
                          const struct qd_hit_window *window, const struct qd_kahan *sum, int64_t *whole);

/* The collector of a metric over one field: an array of states per bucket. */
struct qd_metric {
    struct qd_collector base;
    struct qd_source source;
    void *states;       /* states[capacity], elements of state_size bytes, zero at first */
    size_t state_size;
    uint32_t capacity;
};

/* Opens the source of a metric that takes `accepts` (fallback double) and initialises the collector. */
QD_CHECKED enum qd_status qd_metric_create(struct qd_aggregation_run *run,
                                           const struct qd_aggregation *aggregation, unsigned accepts,
                                           size_t state_size,
                                           const struct qd_collector_operations *operations,
                                           struct qd_collector **collector, struct qd_error *error);

/* begin_segment of all metrics. */
enum qd_status qd_metric_begin_segment(struct qd_collector *collector, uint32_t segment,
                                       struct qd_error *error);

/* Grows the states for the batch and gathers its values as doubles. */
QD_CHECKED enum qd_status qd_metric_values(struct qd_metric *metric, const struct qd_collect_batch *batch,
                                           struct qd_source_values *values, struct qd_error *error);

/* The state of a bucket, NULL when it was never met. */
static inline void *qd_metric_state(const struct qd_metric *metric, uint32_t bucket)
{
    return bucket < metric->capacity ? (char *)metric->states + (size_t)bucket * metric->state_size : NULL;
}

/* A result of one number. */
struct qd_metric_number {
    struct qd_aggregation_format format;
    double value;
    int64_t count; /* avg: documents' values; else as the kind uses it */
};

/* Writing, reading, and the value to sort by. */
void qd_metric_number_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer);
void qd_metric_number_read(struct qd_reader *reader, struct qd_arena *arena,
                           struct qd_aggregation_result *result);
double qd_metric_number_sort_value(const struct qd_aggregation_result *result, struct qd_slice key);

/* "value":number (null unless `there`) and its text. */
void qd_metric_render_value(const struct qd_aggregation_format *format, double value, bool there,
                            struct qd_render_context *context);

/* Writes the member `name` with the text of `value`; two formats give none in the reference, and it writes
 * what they give: a boolean, a number. */
void qd_metric_render_text(const struct qd_aggregation_format *format, const char *name, double value,
                           struct qd_render_context *context);

/* The first format among parts[count] that is not raw, else raw. Data of the parts begins with the format. */
struct qd_aggregation_format qd_metric_format(const struct qd_aggregation_result *parts, size_t count);

/* check_key of metrics with one value. */
const char *qd_metric_check_single(const struct qd_aggregation *aggregation, struct qd_slice key,
                                   struct qd_arena *arena);

/* check_key of metrics with the values named in names[count]. */
const char *qd_metric_check_names(const struct qd_aggregation *aggregation, struct qd_slice key,
                                  const char *const *names, size_t count, struct qd_arena *arena);

/* Double.toString. */
struct qd_slice qd_metric_double_text(double value, struct qd_arena *arena);

/* Doubles in partial results. */
void qd_buffer_double(struct qd_buffer *buffer, double value);
double qd_reader_double(struct qd_reader *reader);

/* ---- metrics that count ---- one int64_t per bucket, in the `count` of a struct qd_metric_number; see
 * struct qd_collector_operations and struct qd_aggregation_kind */
QD_CHECKED enum qd_status qd_metric_count_build(struct qd_collector *collector, uint32_t bucket,
                                                struct qd_aggregation_result *result, struct qd_error *error);
/* Adds the parts' counts. */
QD_CHECKED enum qd_status qd_metric_count_reduce(struct qd_reduce_context *context,
                                                 const struct qd_aggregation_result *parts, size_t count,
                                                 struct qd_aggregation_result *result,
                                                 struct qd_error *error);
/* {"value": count} */
void qd_metric_count_render(const struct qd_aggregation_result *result, struct qd_render_context *context);
/* The count as what buckets are sorted by. */
double qd_metric_count_sort_value(const struct qd_aggregation_result *result, struct qd_slice key);

#endif
