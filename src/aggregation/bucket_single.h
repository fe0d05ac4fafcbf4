/* What aggregations with one bucket share: filter, missing, global.
 *
 * Source: OpenSearch InternalSingleBucketAggregation.
 */
#ifndef QD_AGGREGATION_BUCKET_SINGLE_H
#define QD_AGGREGATION_BUCKET_SINGLE_H

#include "aggregation/aggregation_collector.h"

/* The collector: its bucket has the number of the parent's bucket. */
struct qd_single_bucket {
    struct qd_collector base;
    struct qd_bucket_counts counts;
    /* Scratch of QD_COLLECT_MAX; not on the stack, because aggregations nest deeply. */
    qd_doc_id *docs;
    uint32_t *buckets;
    bool *keep; /* for the kind, to fill before qd_single_bucket_collect */
};

/* Allocates the scratch. */
void qd_single_bucket_init(struct qd_single_bucket *single, struct qd_arena *arena,
                           const struct qd_collector_operations *operations);

/* Collects the documents of the batch for which keep[i] holds (NULL: all). */
QD_CHECKED enum qd_status qd_single_bucket_collect(struct qd_single_bucket *single,
                                                   const struct qd_collect_batch *batch, const bool *keep,
                                                   struct qd_error *error);

/* Counts and passes on the documents of a window that are also in filter[64]. */
QD_CHECKED enum qd_status qd_single_bucket_window(struct qd_single_bucket *single,
                                                  const struct qd_hit_window *window,
                                                  const uint64_t *filter, struct qd_error *error);

/* The kind's functions; the data of a result is a struct qd_bucket. */
enum qd_status qd_single_bucket_build(struct qd_collector *collector, uint32_t bucket,
                                      struct qd_aggregation_result *result, struct qd_error *error);
void qd_single_bucket_write(const struct qd_aggregation_result *result, struct qd_buffer *buffer);
void qd_single_bucket_read(struct qd_reader *reader, struct qd_arena *arena,
                           struct qd_aggregation_result *result);
enum qd_status qd_single_bucket_reduce(struct qd_reduce_context *context,
                                       const struct qd_aggregation_result *parts, size_t count,
                                       struct qd_aggregation_result *result, struct qd_error *error);
void qd_single_bucket_render(const struct qd_aggregation_result *result, struct qd_render_context *context);
double qd_single_bucket_sort_value(const struct qd_aggregation_result *result, struct qd_slice key);
const char *qd_single_bucket_check_key(const struct qd_aggregation *aggregation, struct qd_slice key,
                                       struct qd_arena *arena);

#endif
