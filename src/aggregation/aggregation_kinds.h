/* The kinds of aggregations, one per file. Used by the table in aggregation_kinds.c. */
#ifndef QD_AGGREGATION_AGGREGATION_KINDS_H
#define QD_AGGREGATION_AGGREGATION_KINDS_H

#include "aggregation/aggregation_tree.h"

/* Metrics. */
extern const struct qd_aggregation_kind qd_metric_avg;
extern const struct qd_aggregation_kind qd_metric_sum;
extern const struct qd_aggregation_kind qd_metric_min;
extern const struct qd_aggregation_kind qd_metric_max;
extern const struct qd_aggregation_kind qd_metric_value_count;
extern const struct qd_aggregation_kind qd_metric_stats;

/* Buckets. */
extern const struct qd_aggregation_kind qd_bucket_filter;
extern const struct qd_aggregation_kind qd_bucket_terms;

#endif
