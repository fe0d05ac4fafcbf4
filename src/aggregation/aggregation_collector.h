/* Collecting on one shard: collectors, batches, buckets, values.
 *
 * A collector sees documents in batches, each with the bucket of its parent that the document is in. Buckets
 * are dense numbers from 0; the top has bucket 0 only. Arrays per bucket grow when a bucket is first met;
 * their memory is reserved from the request breaker. Used by all kinds. Source: OpenSearch BucketsAggregator,
 * MetricsAggregator, ValuesSourceConfig, LongKeyedBucketOrds.
 */
#ifndef QD_AGGREGATION_AGGREGATION_COLLECTOR_H
#define QD_AGGREGATION_AGGREGATION_COLLECTOR_H

#include "aggregation/aggregation_format.h"
#include "aggregation/aggregation_options.h"
#include "aggregation/aggregation_tree.h"
#include "codec/columns.h"
#include "mapping/values.h"

/* Documents of one call at most. */
#define QD_COLLECT_MAX 4096
/* A bucket that no document is in: building it gives the empty result. */
#define QD_BUCKET_NONE UINT32_MAX

/* One batch of documents of the current segment. */
struct qd_collect_batch {
    const qd_doc_id *docs;   /* docs[count]; ascending */
    const uint32_t *buckets; /* buckets[count]; NULL: all in bucket 0 */
    size_t count;            /* <= QD_COLLECT_MAX */
    bool repeats;            /* a document may come several times, in different buckets */
};

/* What a collector can do. */
struct qd_collector_operations {
    /* A segment begins; NULL: nothing to do. */
    enum qd_status (*begin_segment)(struct qd_collector *collector, uint32_t segment, struct qd_error *error);
    enum qd_status (*collect)(struct qd_collector *collector, const struct qd_collect_batch *batch,
                              struct qd_error *error);
    /* A window of documents in the parent's bucket 0, each counting once (no _doc_count); *done stays false
     * when the collector wants a batch instead. NULL: it always does. */
    enum qd_status (*collect_window)(struct qd_collector *collector, const struct qd_hit_window *window,
                                     bool *done, struct qd_error *error);
    /* All documents of the segment, of which none is deleted; *done stays false when the collector wants
     * windows instead. NULL: it always does. */
    enum qd_status (*collect_segment)(struct qd_collector *collector, bool *done, struct qd_error *error);
    /* All documents were seen; NULL: nothing to do. */
    enum qd_status (*end)(struct qd_collector *collector, struct qd_error *error);
    /* The result of one bucket of the parent. */
    enum qd_status (*build)(struct qd_collector *collector, uint32_t bucket,
                            struct qd_aggregation_result *result, struct qd_error *error);
};

/* The base of every collector. */
struct qd_collector {
    const struct qd_collector_operations *operations;
    const struct qd_aggregation *aggregation;
    struct qd_aggregation_run *run;
    struct qd_collector **children; /* children[aggregation->children.count] */
    bool rewritten; /* its query, or one below it, becomes another one on this shard */
};

/* The run: what collectors share. */
/* When the reference finds an error of an aggregation, where several are wrong: first the fields of the whole
 * tree from its root on, then collectors are made, parents before and after their children. A kind's create
 * says where it is. */
enum qd_create_turn {
    QD_TURN_FIELD,     /* what a field, its formats and bounds are; begins here */
    QD_TURN_QUERY,     /* queries of filters: after the fields of the children */
    QD_TURN_COLLECTOR, /* what a collector needs before the children have theirs */
    QD_TURN_ORDER      /* after the children have theirs */
};

struct qd_aggregation_run {
    const struct qd_aggregations *aggregations;
    const struct qd_shard_view *view;
    struct qd_arena *arena;          /* lives until the result is built */
    struct qd_collector **roots;     /* roots[aggregations->count] */
    int64_t reserved;                /* bytes taken from the breaker */
    int64_t bucket_count;            /* buckets built so far, against max_buckets */
    uint32_t segment;                /* the current one */
    uint32_t segment_docs;           /* its documents */
    struct qd_segment *reader;       /* the current segment */
    const struct qd_numeric_column *weights; /* _doc_count of the current segment, or NULL */
    bool ended;                      /* nothing is reserved any more */
    enum qd_create_turn turn;        /* of the collector that is being made */
    qd_doc_id *list;                 /* list[QD_COLLECT_MAX]: the documents of the window, when `listed` */
    bool listed;                     /* list is of the window at hand */
    struct qd_prepared *limit;       /* what also those must match that ignore the query; NULL: nothing */
};

/* Makes the collectors of a level. */
QD_CHECKED enum qd_status qd_collectors_create(struct qd_aggregation_run *run,
                                               const struct qd_aggregations *aggregations,
                                               struct qd_collector ***collectors, struct qd_error *error);

/* Shows a window to a collector whose parent's bucket is 0. run->listed is false for a new window. */
QD_CHECKED enum qd_status qd_collect_window(struct qd_collector *collector,
                                            const struct qd_hit_window *window, struct qd_error *error);

/* Shows it the whole segment, of which nothing is deleted. */
QD_CHECKED enum qd_status qd_collect_segment(struct qd_collector *collector, struct qd_error *error);

/* Lists the documents of a window that are also in filter[64] (NULL: all) in docs[QD_COLLECT_MAX]. */
size_t qd_window_docs(const struct qd_hit_window *window, const uint64_t *filter, qd_doc_id *docs);

/* Counts those that are also in filter[64]. */
uint32_t qd_window_count(const struct qd_hit_window *window, const uint64_t *filter);

/* Passes a batch to all children. */
QD_CHECKED enum qd_status qd_collect_children(struct qd_collector *collector,
                                              const struct qd_collect_batch *batch, struct qd_error *error);

/* Builds all children for a bucket. */
QD_CHECKED enum qd_status qd_build_children(struct qd_collector *collector, uint32_t bucket,
                                            struct qd_aggregation_result **results, struct qd_error *error);

/* Reserves memory for the named aggregation. Errors: QD_CIRCUIT_BREAKING. */
QD_CHECKED enum qd_status qd_run_reserve(struct qd_collector *collector, size_t bytes,
                                         struct qd_error *error);

/* An array per bucket: grows `data` (elements of `size` bytes, `*capacity` of them) so that `bucket` is
 * inside; new ones are zero. */
QD_CHECKED enum qd_status qd_bucket_array_grow(struct qd_collector *collector, void **data, size_t size,
                                               uint32_t *capacity, uint32_t bucket, struct qd_error *error);

/* The greatest bucket of a batch. */
uint32_t qd_batch_bucket_max(const struct qd_collect_batch *batch);

/* Documents per bucket. */
struct qd_bucket_counts {
    int64_t *counts;   /* counts[capacity] */
    uint32_t capacity;
};

/* Makes room for the count of a bucket. */
QD_CHECKED enum qd_status qd_bucket_counts_reserve(struct qd_collector *collector,
                                                   struct qd_bucket_counts *counts, uint32_t bucket,
                                                   struct qd_error *error);

/* Counts the documents of a batch (each by its _doc_count) in their buckets and passes it on to the children.
 */
QD_CHECKED enum qd_status qd_buckets_collect(struct qd_collector *collector, struct qd_bucket_counts *counts,
                                             const struct qd_collect_batch *batch, struct qd_error *error);

/* The count of a bucket; 0 for those never met. */
static inline int64_t qd_bucket_count(const struct qd_bucket_counts *counts, uint32_t bucket)
{
    return bucket < counts->capacity ? counts->counts[bucket] : 0;
}

/* Counts a built bucket against search.max_buckets. Errors: QD_TOO_MANY_BUCKETS. */
QD_CHECKED enum qd_status qd_run_consume_buckets(struct qd_aggregation_run *run, int64_t count,
                                                 struct qd_error *error);

/* ---- numbers for (owner, key) pairs ---- */

/* Dense bucket numbers for keys below buckets of the parent. */
struct qd_bucket_table {
    struct qd_collector *collector; /* for reserving */
    uint32_t *slots;                /* slots[slot_count]: 1 + bucket, 0 free */
    uint32_t slot_count;            /* a power of two, or 0 */
    uint32_t count;                 /* buckets */
    uint32_t capacity;              /* of owners and keys */
    uint32_t *owners;               /* owners[count] */
    uint64_t *keys;                 /* keys[count] */
};

/* The bucket of a key, made when it is new. */
QD_CHECKED enum qd_status qd_bucket_table_add(struct qd_bucket_table *table, uint32_t owner, uint64_t key,
                                              uint32_t *bucket, struct qd_error *error);

/* A new bucket for a key that `owner` is known not to have; qd_bucket_table_add() may not find it. */
QD_CHECKED enum qd_status qd_bucket_table_append(struct qd_bucket_table *table, uint32_t owner, uint64_t key,
                                                 uint32_t *bucket, struct qd_error *error);

/* Buckets of each owner, once all are known: buckets[starts[o] .. starts[o + 1]) in the order of their
 * making. */
struct qd_bucket_groups {
    uint32_t owner_count; /* buckets of the parent */
    uint32_t *starts;     /* starts[owner_count + 1] */
    uint32_t *buckets;    /* numbers of the table */
};
void qd_bucket_table_group(const struct qd_bucket_table *table, struct qd_bucket_groups *groups);

#endif
