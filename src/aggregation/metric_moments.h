/* What stats and extended_stats share: count, minimum, maximum, sums.
 *
 * Source: OpenSearch StatsAggregator, ExtendedStatsAggregator, InternalStats.
 */
#ifndef QD_AGGREGATION_METRIC_MOMENTS_H
#define QD_AGGREGATION_METRIC_MOMENTS_H

#include "aggregation/metric.h"

/* The data of a result. */
struct qd_moments {
    struct qd_aggregation_format format; /* first: see qd_metric_format */
    int64_t count;
    double min, max; /* infinities when there is no value */
    double sum;
    double squares;  /* sum of squares */
};

/* The kinds' functions. */
enum qd_status qd_moments_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                                 struct qd_collector **collector, struct qd_error *error);
void qd_moments_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer);
void qd_moments_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result);
enum qd_status qd_moments_reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                                 size_t count, struct qd_aggregation_result *result, struct qd_error *error);

/* Writes count, min, max, avg, sum and their texts. */
void qd_moments_render(const struct qd_moments *moments, struct qd_render_context *context);

/* count, min, max, avg or sum. False when `key` is none of them. */
bool qd_moments_value(const struct qd_moments *moments, struct qd_slice key, double *value);

#endif
