/* What histogram and date_histogram share: options, keys to buckets, reducing, empty buckets, rendering.
 *
 * Source: OpenSearch NumericHistogramAggregator, DateHistogramAggregator, InternalHistogram,
 * InternalDateHistogram.
 */
#ifndef QD_AGGREGATION_BUCKET_HISTOGRAMS_H
#define QD_AGGREGATION_BUCKET_HISTOGRAMS_H

#include "aggregation/aggregation_source.h"
#include "aggregation/bucket_list.h"
#include "aggregation/bucket_order.h"

/* extended_bounds or hard_bounds as parsed. */
struct qd_bounds_options {
    const struct qd_json *min, *max; /* or NULL */
};

/* As parsed. */
struct qd_histogram_options {
    struct qd_source_options source;  /* first */
    bool keyed;
    int64_t min_doc_count;            /* 0 */
    struct qd_orders orders;          /* key ascending */
    struct qd_bounds_options extended, hard;
    double interval;                  /* histogram */
    double offset;                    /* histogram */
    struct qd_slice legacy_interval;  /* date_histogram: `interval`; data NULL: none */
    struct qd_slice calendar, fixed;  /* date_histogram; data NULL: none */
    int64_t offset_ms;                /* date_histogram */
};

/* Rows for keyed, min_doc_count, order, extended_bounds, hard_bounds. */
extern const struct qd_option_table qd_options_histogram;

/* Allocates the options with their defaults and reads the body by `table`. */
QD_CHECKED enum qd_status qd_histogram_parse(struct qd_aggregation_parser *parser,
                                             const struct qd_option_table *table, const struct qd_json *body,
                                             struct qd_aggregation *aggregation, struct qd_error *error);

/* A collector that gives every value a key. */
struct qd_histogram {
    struct qd_collector base;
    const struct qd_histogram_options *options;
    struct qd_source source;
    struct qd_bucket_table table;   /* keys: bits of doubles, or milliseconds */
    struct qd_bucket_counts counts;
    struct qd_bucket_groups groups;
    struct qd_orders orders;        /* resolved */
    /* Scratch of QD_COLLECT_MAX: the batch for the sub-aggregations. */
    qd_doc_id *docs;
    uint32_t *buckets;
    size_t count;
    bool repeats;
};

/* Initialises it: scratch, orders. */
QD_CHECKED enum qd_status qd_histogram_init(struct qd_histogram *histogram, struct qd_aggregation_run *run,
                                            const struct qd_aggregation *aggregation,
                                            const struct qd_collector_operations *operations,
                                            struct qd_error *error);

/* Operations that both share. */
enum qd_status qd_histogram_begin_segment(struct qd_collector *collector, uint32_t segment,
                                          struct qd_error *error);
enum qd_status qd_histogram_end(struct qd_collector *collector, struct qd_error *error);

/* Starts a batch; puts a document into a bucket; passes on what is left. */
void qd_histogram_start(struct qd_histogram *histogram, const struct qd_collect_batch *batch);
QD_CHECKED enum qd_status qd_histogram_flush(struct qd_histogram *histogram, struct qd_error *error);
static inline enum qd_status qd_histogram_put(struct qd_histogram *histogram, qd_doc_id doc, uint32_t bucket,
                                              struct qd_error *error)
{
    histogram->docs[histogram->count] = doc;
    histogram->buckets[histogram->count++] = bucket;
    return histogram->count == QD_COLLECT_MAX ? qd_histogram_flush(histogram, error) : QD_OK;
}

/* Builds the list of a bucket of the parent, without keys but with numbers of the table in `number`; sorted
 * by key through `set_key` and `keys`. Also the children of an empty bucket. */
QD_CHECKED enum qd_status qd_histogram_build(struct qd_histogram *histogram, uint32_t owner,
                                             void (*set_key)(uint64_t key, struct qd_bucket *bucket),
                                             int (*keys)(const struct qd_bucket *left,
                                                         const struct qd_bucket *right),
                                             struct qd_bucket_list **list, struct qd_error *error);

/* How a kind walks its keys, for filling gaps. */
struct qd_histogram_steps {
    const struct qd_histogram_options *options;
    const void *context; /* a rounding, or NULL */
    int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right);
    /* Turns the key of `bucket` into the next one. */
    void (*next)(const struct qd_histogram_steps *steps, struct qd_bucket *bucket);
    /* The keys of the bounds, when they are given. */
    bool has_min, has_max;
    struct qd_bucket min, max;
};

/* Merges lists, drops small buckets or fills gaps, and sorts. `list` is result->data. */
QD_CHECKED enum qd_status qd_histogram_reduce(struct qd_reduce_context *context,
                                              const struct qd_aggregation_result *parts, size_t count,
                                              const struct qd_histogram_steps *steps,
                                              struct qd_aggregation_result *result, struct qd_error *error);

/* Renders with `write_key` for the value of "key". */
void qd_histogram_render(const struct qd_aggregation_result *result, struct qd_render_context *context,
                         void (*write_key)(const struct qd_bucket *bucket, struct qd_json_writer *writer),
                         struct qd_slice (*key_text)(const struct qd_bucket_list *list,
                                                     const struct qd_bucket *bucket, struct qd_arena *arena));

#endif
