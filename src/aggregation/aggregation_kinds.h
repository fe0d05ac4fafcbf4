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
extern const struct qd_aggregation_kind qd_metric_extended_stats;
extern const struct qd_aggregation_kind qd_metric_weighted_avg;
extern const struct qd_aggregation_kind qd_metric_multivalue_doc_count;
extern const struct qd_aggregation_kind qd_metric_cardinality;
extern const struct qd_aggregation_kind qd_metric_percentiles;
extern const struct qd_aggregation_kind qd_metric_percentile_ranks;
extern const struct qd_aggregation_kind qd_metric_median_absolute_deviation;

/* Buckets. */
extern const struct qd_aggregation_kind qd_bucket_filter;
extern const struct qd_aggregation_kind qd_bucket_filters;
extern const struct qd_aggregation_kind qd_bucket_missing;
extern const struct qd_aggregation_kind qd_bucket_global;
extern const struct qd_aggregation_kind qd_bucket_terms;
extern const struct qd_aggregation_kind qd_bucket_histogram;
extern const struct qd_aggregation_kind qd_bucket_date_histogram;
extern const struct qd_aggregation_kind qd_bucket_range;
extern const struct qd_aggregation_kind qd_bucket_date_range;
extern const struct qd_aggregation_kind qd_bucket_ip_range;

#endif
