/* What the files of the terms aggregation share.
 *
 * bucket_terms.c parses, bucket_terms_collect.c collects on a shard, bucket_terms_reduce.c merges and
 * renders. Source: OpenSearch TermsAggregationBuilder, GlobalOrdinalsStringTermsAggregator,
 * NumericTermsAggregator, InternalTerms.
 */
#ifndef QD_AGGREGATION_BUCKET_TERMS_H
#define QD_AGGREGATION_BUCKET_TERMS_H

#include "aggregation/bucket_order.h"
#include "aggregation/terms_filter.h"

/* As parsed. */
struct qd_terms_options {
    struct qd_source_options source; /* first */
    int64_t size;                    /* 10 */
    int64_t shard_size;              /* -1: chosen */
    int64_t min_doc_count;           /* 1 */
    int64_t shard_min_doc_count;     /* 0 */
    bool show_error;                 /* show_term_doc_count_error */
    struct qd_slice execution_hint;  /* data NULL: none */
    struct qd_orders orders;
    struct qd_terms_filter_options filter;
};

/* What the keys are. */
enum qd_terms_keys { QD_TERMS_UNMAPPED, QD_TERMS_BYTES, QD_TERMS_LONG, QD_TERMS_UNSIGNED, QD_TERMS_DOUBLE };

/* The data of a result. */
struct qd_terms_result {
    struct qd_aggregation_format format; /* first */
    enum qd_terms_keys keys;
    int64_t error;                   /* doc_count_error_upper_bound */
    int64_t other;                   /* sum_other_doc_count */
    struct qd_bucket *buckets;
    size_t count;
};

/* Terms that a shard returns at most. */
int64_t qd_terms_shard_size(const struct qd_terms_options *options);

/* How keys compare. */
int (*qd_terms_compare(enum qd_terms_keys keys))(const struct qd_bucket *left, const struct qd_bucket *right);

/* The kind's functions. */
enum qd_status qd_terms_create(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                               struct qd_collector **collector, struct qd_error *error);
enum qd_status qd_terms_reduce(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                               size_t count, struct qd_aggregation_result *result, struct qd_error *error);
void qd_terms_render(const struct qd_aggregation_result *result, struct qd_render_context *context);

#endif
