/* The parsed tree of aggregations, and what every kind of aggregation provides.
 *
 * Used inside aggregation/ only. A kind is one file and one row of qd_aggregation_kinds
 * (aggregation_kinds.c). Its life: parse (options, coordinator and shard), create (a collector on a shard),
 * build (a result for one bucket), write and read (partial results), reduce (coordinator), render. Source:
 * OpenSearch AggregatorFactories, AggregationBuilder, Aggregator, InternalAggregation.
 */
#ifndef QD_AGGREGATION_AGGREGATION_TREE_H
#define QD_AGGREGATION_AGGREGATION_TREE_H

#include "aggregation/aggregation.h"
#include "aggregation/aggregation_format.h"
#include "base/buffer.h"
#include "base/json_writer.h"

struct qd_aggregation;
struct qd_aggregation_kind;
struct qd_aggregation_run;
struct qd_collector;

/* Siblings of one level. */
struct qd_aggregations {
    struct qd_aggregation **items; /* items[count], in the order of the request */
    size_t count;
    size_t *order;                 /* order[count]: the order of rendering, that of a java.util.HashMap */
};

/* One named aggregation. */
struct qd_aggregation {
    struct qd_slice name;
    const struct qd_aggregation_kind *kind;
    struct qd_aggregations children;
    const struct qd_json *meta;     /* object, or NULL */
    void *options;                  /* of the kind */
    struct qd_known_zone zone;      /* time_zone, when the kind has one */
};

/* What a kind's parser needs. */
struct qd_aggregation_parser {
    const struct qd_json_document *document; /* for line and column */
    struct qd_arena *arena;                  /* of the request: the parsed tree lives there */
    /* Where the reference's parser stands when an option fails: at this node (at its end when fail_at_end);
     * NULL: at the option's value, or at its end when that is an object or array. */
    const struct qd_json *fail;
    bool fail_at_end; /* report the end of `fail`, not its start */
};

/* The result of one aggregation for one bucket of its parent. */
struct qd_aggregation_result {
    const struct qd_aggregation *aggregation;
    void *data; /* of the kind; NULL: nothing came from any shard */
    bool rewritten; /* the first shard rewrote it, and the reference shows an empty meta */
};

/* A bucket of a multi-bucket result. Key fields are used as the kind needs them. */
struct qd_bucket {
    int64_t number;        /* whole keys */
    double real;           /* real keys */
    struct qd_slice bytes; /* byte keys */
    int64_t doc_count;
    int64_t error;         /* terms: doc_count_error of this bucket */
    struct qd_aggregation_result *children; /* children[aggregation->children.count] */
};

/* Reducing: what the whole tree shares. */
struct qd_reduce_context {
    struct qd_arena *arena;
    int64_t bucket_count; /* consumed so far */
    int64_t bucket_max;   /* search.max_buckets; <= 0: no limit */
};

/* Rendering. */
struct qd_render_context {
    struct qd_arena *arena;
    struct qd_json_writer *writer;
    bool typed_keys;
};

/* One row per kind. Functions that are NULL are not offered by the kind. */
struct qd_aggregation_kind {
    const char *name; /* in requests */
    bool leaf;        /* takes no sub-aggregations */
    /* Reads the kind's body into aggregation->options. */
    enum qd_status (*parse)(struct qd_aggregation_parser *parser, const struct qd_json *body,
                            struct qd_aggregation *aggregation, struct qd_error *error);
    /* Makes the collector of one shard; its base is initialised by the caller afterwards. */
    enum qd_status (*create)(struct qd_aggregation_run *run, const struct qd_aggregation *aggregation,
                             struct qd_collector **collector, struct qd_error *error);
    /* Appends result->data; reads it back (data of a failed reader is not looked at). */
    void (*write)(const struct qd_aggregation_result *result, struct qd_buffer *buffer);
    void (*read)(struct qd_reader *reader, struct qd_arena *arena, struct qd_aggregation_result *result);
    /* Merges parts[count] (count >= 0, each with data) into *result. */
    enum qd_status (*reduce)(struct qd_reduce_context *context, const struct qd_aggregation_result *parts,
                             size_t count, struct qd_aggregation_result *result, struct qd_error *error);
    /* Writes the members of the result's object. */
    void (*render)(const struct qd_aggregation_result *result, struct qd_render_context *context);
    /* The name that typed_keys puts in front; NULL: the kind's name. */
    const char *(*type_name)(const struct qd_aggregation_result *result);
    /* The number that a terms order sorts by; `key` data NULL: none given. NaN when there is none. */
    double (*sort_value)(const struct qd_aggregation_result *result, struct qd_slice key);
    /* Checks a key of an order path: NULL, or why it cannot be used (in the arena). NULL function: the kind
     * has several buckets and cannot be sorted by. */
    const char *(*check_key)(const struct qd_aggregation *aggregation, struct qd_slice key,
                             struct qd_arena *arena);
    bool single_bucket; /* order paths may pass through it */
    bool needs_root;    /* may only stand at the top (global) */
};

/* The kind of a name; NULL when there is none. */
const struct qd_aggregation_kind *qd_aggregation_kind_find(struct qd_slice name);

/* How the reference treats a name that is no kind of ours: QD_ILLEGAL_ARGUMENT when it has the kind and we do
 * not, else QD_PARSING with suggestions. `at` is the body, for its position. */
enum qd_status qd_aggregation_kind_unknown(struct qd_aggregation_parser *parser, struct qd_slice name,
                                           const struct qd_json *at, struct qd_error *error);

/* Fills order[]: the order in which a java.util.HashMap with these names iterates. */
void qd_aggregations_order(struct qd_aggregations *aggregations, struct qd_arena *arena);

/* A parsing_exception with line and column of `at`. */
enum qd_status qd_aggregation_error_at(struct qd_aggregation_parser *parser, const struct qd_json *at,
                                       struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Line and column of a node, or of its closing brace. */
void qd_aggregation_position(struct qd_aggregation_parser *parser, const struct qd_json *at, bool end,
                             int64_t *line, int64_t *column);

/* The same with the position of the node's closing brace. */
enum qd_status qd_aggregation_error_at_end(struct qd_aggregation_parser *parser, const struct qd_json *at,
                                           struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* aggregation_execution_exception. */
enum qd_status qd_aggregation_execution_error(struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- results (aggregation_result.c) ---- */

/* Results of all children: written, read, reduced and rendered in the order of the request. */
void qd_results_write(const struct qd_aggregations *aggregations, const struct qd_aggregation_result *results,
                      struct qd_buffer *buffer);
struct qd_aggregation_result *qd_results_read(const struct qd_aggregations *aggregations,
                                              struct qd_reader *reader, struct qd_arena *arena);
/* Reduces parts[count], each children[aggregations->count], into one such array. */
QD_CHECKED enum qd_status qd_results_reduce(struct qd_reduce_context *context,
                                            const struct qd_aggregations *aggregations,
                                            struct qd_aggregation_result *const *parts, size_t count,
                                            struct qd_aggregation_result **results, struct qd_error *error);
/* Writes "name":{...} members. */
void qd_results_render(const struct qd_aggregations *aggregations,
                       const struct qd_aggregation_result *results, struct qd_render_context *context);

/* Buckets: counts, then key (numbers as zigzag and bits), doc_count, error, children. */
void qd_bucket_write(const struct qd_aggregation *aggregation, const struct qd_bucket *bucket,
                     struct qd_buffer *buffer);
void qd_bucket_read(const struct qd_aggregation *aggregation, struct qd_reader *reader,
                    struct qd_arena *arena, struct qd_bucket *bucket);
/* Adds the doc counts and reduces the children of parts[count] into *bucket (whose key is set already). */
QD_CHECKED enum qd_status qd_bucket_reduce(struct qd_reduce_context *context,
                                           const struct qd_aggregation *aggregation,
                                           const struct qd_bucket *const *parts, size_t count,
                                           struct qd_bucket *bucket, struct qd_error *error);
/* Counts buckets against search.max_buckets. Errors: QD_TOO_MANY_BUCKETS. */
QD_CHECKED enum qd_status qd_buckets_consume(struct qd_reduce_context *context, int64_t count,
                                             struct qd_error *error);

#endif
