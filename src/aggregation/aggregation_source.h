/* Values of fields for collectors: batches, windows, and what a segment knows without looking at them.
 *
 * Used by the kinds that work on a field. Life: qd_source_open once per shard,
 * qd_source_begin_segment for every segment, then the others. Source: OpenSearch ValuesSourceConfig.
 */
#ifndef QD_AGGREGATION_AGGREGATION_SOURCE_H
#define QD_AGGREGATION_AGGREGATION_SOURCE_H

#include "aggregation/aggregation_collector.h"
#include "codec/ids.h"

enum qd_source_kind {
    QD_SOURCE_UNMAPPED, /* no such field and no missing value */
    QD_SOURCE_LONG,     /* whole numbers, dates in milliseconds, booleans */
    QD_SOURCE_DOUBLE,   /* all kinds of floats */
    QD_SOURCE_UNSIGNED, /* unsigned_long: as in the column, top bit flipped */
    QD_SOURCE_BYTES     /* keyword, ip, _id, ... */
};

/* Values of the documents of a batch, flat. */
struct qd_source_values {
    size_t count;              /* values */
    const uint32_t *positions; /* positions[count] in the batch, ascending; NULL: value i is of document i */
    const int64_t *numbers;    /* LONG and UNSIGNED; BYTES: ordinals of the segment */
    const double *reals;       /* when asked for */
};

/* Where a collector's values come from. */
struct qd_source {
    enum qd_source_kind kind;        /* which of the arrays of values are filled */
    const struct qd_field *field;    /* NULL: unmapped */
    struct qd_aggregation_format format; /* of keys and values in the answer */
    bool has_missing;                /* documents without a value have one of the next three */
    int64_t missing_number;          /* LONG, UNSIGNED */
    double missing_real;             /* what metrics calculate with */
    struct qd_slice missing_bytes;   /* BYTES */
    bool no_column;                  /* the segment has no values */
    const struct qd_numeric_column *numbers; /* of the segment; BYTES: the ordinals */
    const struct qd_ordinal_column *ordinals; /* BYTES: its terms */
    const struct qd_binary_column *binary;    /* BYTES without ordinals */
    const struct qd_ids *ids;        /* _id: the ids of the segment */
    struct qd_slice constant;        /* _index: what every document has; data NULL: nothing */
    struct qd_column_facts facts;    /* of numbers */
    /* scratch */
    uint32_t *positions;             /* of the last batch's values */
    int64_t *longs;                  /* the values themselves */
    double *doubles;                 /* as doubles */
    bool *has;                       /* has[QD_COLLECT_MAX]: which documents have one */
    size_t capacity;                 /* of positions, longs, doubles */
};

/* Whether the values are those of an unsigned_long, also where a missing value makes doubles of them. */
static inline bool qd_source_is_unsigned(const struct qd_source *source)
{
    return source->field != NULL && source->field->type == QD_FIELD_UNSIGNED_LONG;
}

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

/* The column's numbers (or ordinals) of all documents of a window, one each: numbers[window->size], valid
 * until the next call. False where not every document has exactly one, or where so few documents match that a
 * batch is cheaper. */
bool qd_source_window(struct qd_source *source, struct qd_aggregation_run *run,
                      const struct qd_hit_window *window, const int64_t **numbers);

/* The column's number as a double, as metrics calculate with it. */
double qd_source_real(const struct qd_source *source, int64_t number);

/* Numbers of a column, both inclusive. */
struct qd_source_range {
    int64_t lower; /* the least */
    int64_t upper; /* the greatest */
};

/* The column's numbers whose doubles lie in [from, to), among those of the segment; false when there are
 * none. */
bool qd_source_bounds(const struct qd_source *source, double from, double to, struct qd_source_range *range);

/* Counts the values in `range` of the segment by its points, deleted documents included. *count -1: the
 * points do not tell how many documents that are. */
QD_CHECKED enum qd_status qd_source_count(struct qd_source *source, struct qd_aggregation_run *run,
                                          struct qd_source_range range, int64_t *count,
                                          struct qd_error *error);

/* Sets has[i] when document i of the batch has a value (missing values do not count). */
void qd_source_exists(struct qd_source *source, struct qd_aggregation_run *run,
                      const struct qd_collect_batch *batch, bool *has);

/* The byte values of a document, where there are no ordinals: how many, and which. */
static inline uint32_t qd_source_byte_count(const struct qd_source *source, qd_doc_id doc)
{
    if (source->binary != NULL) return qd_binary_count(source->binary, doc);
    return source->ids != NULL || source->constant.data != NULL;
}
static inline struct qd_slice qd_source_bytes(const struct qd_source *source, qd_doc_id doc, uint32_t i)
{
    if (source->binary != NULL) return qd_binary_at(source->binary, doc, i);
    return source->ids != NULL ? qd_ids_at(source->ids, doc) : source->constant;
}

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
