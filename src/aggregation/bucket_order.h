/* The order of buckets: _count, _key, values of sub-aggregations, and compounds of them.
 *
 * Used by terms and the histograms. Source: OpenSearch InternalOrder, BucketOrder, AggregationPath.
 */
#ifndef QD_AGGREGATION_BUCKET_ORDER_H
#define QD_AGGREGATION_BUCKET_ORDER_H

#include "aggregation/aggregation_collector.h"

enum qd_order_kind { QD_ORDER_COUNT, QD_ORDER_KEY, QD_ORDER_PATH };

/* One element. */
struct qd_order {
    enum qd_order_kind kind;
    bool descending;
    struct qd_slice path;    /* PATH: as given */
    const uint32_t *steps;   /* PATH, resolved: indices of children, from the top */
    size_t step_count;
    struct qd_slice key;     /* PATH: the metric's name; data NULL: none */
};

/* All elements, the first weighs most; a key element ends the list. */
struct qd_orders {
    struct qd_order *items;
    size_t count;
};

/* Reads an order: an object with one member or an array of them. */
QD_CHECKED enum qd_status qd_orders_parse(struct qd_aggregation_parser *parser, const struct qd_json *json,
                                          struct qd_orders *orders, struct qd_error *error);

/* A list of one element, with a key element behind it unless it is one. */
void qd_orders_single(struct qd_arena *arena, enum qd_order_kind kind, bool descending,
                      struct qd_orders *orders);

/* Resolves paths against the sub-aggregations; to be called once they are all parsed. Errors:
 * aggregation_execution_exception "Invalid aggregation order path [x]. ...". */
QD_CHECKED enum qd_status qd_orders_resolve(const struct qd_orders *orders,
                                            const struct qd_aggregation *aggregation, struct qd_arena *arena,
                                            struct qd_orders *resolved, struct qd_error *error);

/* True when the first element is the key; descending count. */
bool qd_orders_by_key(const struct qd_orders *orders);
bool qd_orders_by_count_descending(const struct qd_orders *orders);
/* True when an element is a path. */
bool qd_orders_have_path(const struct qd_orders *orders);

/* The values that the path elements sort by: values[orders->count], from the children of a bucket. */
void qd_orders_values(const struct qd_orders *orders, const struct qd_aggregation_result *children,
                      double *values);

/* Compares two buckets; values as above (NULL without paths); `keys` compares keys. */
int qd_orders_compare(const struct qd_orders *orders, const struct qd_bucket *left, const double *left_values,
                      const struct qd_bucket *right, const double *right_values,
                      int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right));

/* The sorted order of buckets[count] as indices. Children are looked at when there are paths. Memory: the
 * arena's. */
uint32_t *qd_orders_permutation(const struct qd_orders *orders, const struct qd_bucket *buckets, size_t count,
                                int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right),
                                struct qd_arena *arena);

/* Sorts buckets[count] whose children are reduced. */
void qd_orders_sort(const struct qd_orders *orders, struct qd_bucket *buckets, size_t count,
                    int (*keys)(const struct qd_bucket *left, const struct qd_bucket *right),
                    struct qd_arena *arena);

/* Keys of buckets: whole numbers, doubles (as Double.compare), bytes. */
int qd_bucket_compare_number(const struct qd_bucket *left, const struct qd_bucket *right);
int qd_bucket_compare_real(const struct qd_bucket *left, const struct qd_bucket *right);
int qd_bucket_compare_bytes(const struct qd_bucket *left, const struct qd_bucket *right);

#endif
