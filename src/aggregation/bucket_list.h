/* What aggregations with a list of buckets share: the histograms, ranges and filters.
 *
 * Source: OpenSearch InternalMultiBucketAggregation, InternalRange, InternalHistogram.
 */
#ifndef QD_AGGREGATION_BUCKET_LIST_H
#define QD_AGGREGATION_BUCKET_LIST_H

#include "aggregation/aggregation_collector.h"

/* The data of a result. */
struct qd_bucket_list {
    struct qd_aggregation_format format; /* first */
    struct qd_bucket *buckets;
    size_t count;
    bool has_min, has_max;               /* histograms: bounds that empty buckets fill */
    int64_t number_min, number_max;      /* date_histogram */
    double real_min, real_max;           /* histogram */
    struct qd_aggregation_result *empty; /* histograms: the children of an empty bucket; NULL: none */
};

/* Writing and reading. */
void qd_bucket_list_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer);
void qd_bucket_list_read(struct qd_reader *reader, struct qd_arena *arena,
                         struct qd_aggregation_result *result);

/* Reduces lists that have the same buckets in the same order on every shard. Lists that disagree in length
 * fail. */
enum qd_status qd_bucket_list_reduce(struct qd_reduce_context *context,
                                     const struct qd_aggregation_result *parts, size_t count,
                                     struct qd_aggregation_result *result, struct qd_error *error);

/* Reduces lists whose buckets are sorted and matched by `keys`; the result is sorted by it. */
QD_CHECKED enum qd_status qd_bucket_list_merge(struct qd_reduce_context *context,
                                               const struct qd_aggregation_result *parts, size_t count,
                                               int (*keys)(const struct qd_bucket *left,
                                                           const struct qd_bucket *right),
                                               struct qd_aggregation_result *result, struct qd_error *error);

/* Parts of a bucket's documents that go to several sub-buckets: bucket = parent's bucket * width + place. */
struct qd_fanout {
    struct qd_collector base;
    struct qd_bucket_counts counts;
    uint32_t width;     /* places */
    /* Scratch of QD_COLLECT_MAX, and the batch being filled. */
    qd_doc_id *docs;
    uint32_t *buckets;
    bool *keep;
};

/* Allocates the scratch. */
void qd_fanout_init(struct qd_fanout *fanout, struct qd_arena *arena,
                    const struct qd_collector_operations *operations);

/* Collects the documents for which keep[i] holds into place `place`. Errors: QD_CIRCUIT_BREAKING when there
 * are too many buckets to be numbered. */
QD_CHECKED enum qd_status qd_fanout_collect(struct qd_fanout *fanout, const struct qd_collect_batch *batch,
                                            uint32_t place, const bool *keep, struct qd_error *error);

/* Collects the documents of a window that are also in filter[64] into place `place` of bucket 0. */
QD_CHECKED enum qd_status qd_fanout_window(struct qd_fanout *fanout, const struct qd_hit_window *window,
                                           uint32_t place, const uint64_t *filter, struct qd_error *error);

/* The list of all places for a bucket of the parent; keys are left to the caller. Counts against max_buckets.
 */
QD_CHECKED enum qd_status qd_fanout_build(struct qd_fanout *fanout, uint32_t bucket,
                                          struct qd_bucket_list *list, struct qd_error *error);

#endif
