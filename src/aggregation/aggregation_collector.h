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
};

/* The run: what collectors share. */
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
};

/* Makes the collectors of a level. */
QD_CHECKED enum qd_status qd_collectors_create(struct qd_aggregation_run *run,
                                               const struct qd_aggregations *aggregations,
                                               struct qd_collector ***collectors, struct qd_error *error);

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
    uint32_t capacity;
    uint32_t *owners;               /* owners[count] */
    uint64_t *keys;                 /* keys[count] */
};

/* The bucket of a key, made when it is new. */
QD_CHECKED enum qd_status qd_bucket_table_add(struct qd_bucket_table *table, uint32_t owner, uint64_t key,
                                              uint32_t *bucket, struct qd_error *error);

/* Buckets of each owner, once all are known: buckets[starts[o] .. starts[o + 1]) in the order of their
 * making. */
struct qd_bucket_groups {
    uint32_t owner_count;
    uint32_t *starts;  /* starts[owner_count + 1] */
    uint32_t *buckets;
};
void qd_bucket_table_group(const struct qd_bucket_table *table, struct qd_bucket_groups *groups);

/* ---- values ---- */

enum qd_source_kind {
    QD_SOURCE_UNMAPPED, /* no such field and no missing value */
    QD_SOURCE_LONG,     /* whole numbers, dates in milliseconds, booleans */
    QD_SOURCE_DOUBLE,
    QD_SOURCE_UNSIGNED, /* unsigned_long: as in the column, top bit flipped */
    QD_SOURCE_BYTES     /* keyword, ip, _id, ... */
};

/* Values of the documents of a batch, flat. */
struct qd_source_values {
    size_t count;
    const uint32_t *positions; /* positions[count] in the batch, ascending; NULL: value i is of document i */
    const int64_t *numbers;    /* LONG and UNSIGNED; BYTES: ordinals of the segment */
    const double *reals;       /* when asked for */
};

/* Where a collector's values come from. */
struct qd_source {
    enum qd_source_kind kind;
    const struct qd_field *field;    /* NULL: unmapped */
    struct qd_aggregation_format format;
    bool has_missing;
    int64_t missing_number;          /* LONG, UNSIGNED */
    double missing_real;             /* what metrics calculate with */
    struct qd_slice missing_bytes;   /* BYTES */
    bool no_column;                  /* the segment has no values */
    const struct qd_numeric_column *numbers; /* of the segment; BYTES: the ordinals */
    const struct qd_ordinal_column *ordinals;
    const struct qd_binary_column *binary;
    struct qd_column_facts facts;    /* of numbers */
    /* scratch */
    uint32_t *positions;
    int64_t *longs;
    double *doubles;
    bool *has;
    size_t capacity;                 /* of positions, longs, doubles */
};

/* What an aggregation can work on. */
enum qd_source_accepts {
    QD_ACCEPT_NUMBERS = 1,
    QD_ACCEPT_DATES = 2,
    QD_ACCEPT_BOOLEANS = 4,
    QD_ACCEPT_BYTES = 8,
    QD_ACCEPT_IP = 16,
    QD_ACCEPT_NUMERIC = 7,
    QD_ACCEPT_ANY = 31
};

/* Resolves a field. `fallback` is what an unmapped field with a missing value is taken for. Errors: text
 * fields without fielddata, fields without doc values, types that the aggregation does not accept, missing
 * values that cannot be read. */
QD_CHECKED enum qd_status qd_source_open(struct qd_aggregation_run *run,
                                         const struct qd_source_options *options,
                                         const struct qd_aggregation *aggregation, unsigned accepts,
                                         enum qd_source_kind fallback, struct qd_source *source,
                                         struct qd_error *error);

/* A segment begins. */
QD_CHECKED enum qd_status qd_source_begin_segment(struct qd_source *source, struct qd_aggregation_run *run,
                                                  struct qd_error *error);

/* The values of a batch as whole numbers (LONG, UNSIGNED), as doubles (all numeric kinds), as ordinals (BYTES
 * with ordinals; no missing values). Valid until the next call. */
void qd_source_numbers(struct qd_source *source, struct qd_aggregation_run *run,
                       const struct qd_collect_batch *batch, struct qd_source_values *values);
void qd_source_reals(struct qd_source *source, struct qd_aggregation_run *run,
                     const struct qd_collect_batch *batch, struct qd_source_values *values);
void qd_source_ordinals(struct qd_source *source, struct qd_aggregation_run *run,
                        const struct qd_collect_batch *batch, struct qd_source_values *values);

/* Sets has[i] when document i of the batch has a value (missing values do not count). */
void qd_source_exists(struct qd_source *source, struct qd_aggregation_run *run,
                      const struct qd_collect_batch *batch, bool *has);

/* The bucket of value i. */
static inline uint32_t qd_value_bucket(const struct qd_collect_batch *batch,
                                       const struct qd_source_values *values, size_t i)
{
    if (batch->buckets == NULL) return 0;
    return batch->buckets[values->positions == NULL ? i : values->positions[i]];
}

/* The document of value i. */
static inline qd_doc_id qd_value_doc(const struct qd_collect_batch *batch,
                                     const struct qd_source_values *values, size_t i)
{
    return batch->docs[values->positions == NULL ? i : values->positions[i]];
}

#endif
