/* The search phases on one shard: query (top documents, counts, collectors), fetch (hits), and their
 * encodings.
 *
 * Used by data (runs them as work items) and coordinator (parses requests, reduces results, renders).
 */
#ifndef QD_SEARCH_SEARCH_H
#define QD_SEARCH_SEARCH_H

#include "base/buffer.h"
#include "search/query.h"

/* track_total_hits */
#define QD_TRACK_TOTAL_HITS_ACCURATE INT64_MAX
#define QD_TRACK_TOTAL_HITS_DISABLED (-1)
#define QD_TRACK_TOTAL_HITS_DEFAULT 10000

enum qd_sort_kind { QD_SORT_SCORE, QD_SORT_DOC, QD_SORT_SHARD_DOC, QD_SORT_FIELD };
enum qd_sort_mode {
    QD_SORT_MODE_DEFAULT,
    QD_SORT_MODE_MIN,
    QD_SORT_MODE_MAX,
    QD_SORT_MODE_SUM,
    QD_SORT_MODE_AVG,
    QD_SORT_MODE_MEDIAN
};
/* One sort key as parsed. */
struct qd_sort {
    enum qd_sort_kind kind;
    struct qd_slice field;
    bool descending;
    enum qd_sort_mode mode;
    const struct qd_json *missing;    /* "_first", "_last" or a value; NULL: _last */
    struct qd_slice unmapped_type;    /* data NULL: none */
    struct qd_slice numeric_type;     /* data NULL: none */
    struct qd_slice format;           /* data NULL: none */
    struct qd_slice nested_path;      /* data NULL: none; no mapping has nested objects yet */
};

/* _source option. */
struct qd_source_filter {
    bool fetch;                       /* false: no _source */
    bool given;                       /* the request said something */
    const struct qd_slice *includes;  /* patterns */
    size_t include_count;
    const struct qd_slice *excludes;
    size_t exclude_count;
};

/* docvalue_fields and fields entries. */
struct qd_field_and_format {
    struct qd_slice field;  /* may be a pattern */
    struct qd_slice format; /* data NULL: default */
    bool include_unmapped;
};

struct qd_top_doc;

/* A search request: body and URL parameters in one. qd_search_request_parse fills it from a body; the rest
 * layer then overwrites what the URL says. */
struct qd_search_request {
    const struct qd_json_document *document; /* the body, or NULL */
    const struct qd_query *query;            /* NULL: match_all */
    const struct qd_query *post_filter;      /* or NULL */
    int64_t from;                            /* -1: not given (0) */
    int64_t size;                            /* -1: not given (10) */
    int64_t timeout_ms;                      /* -1: none */
    bool timeout_given;                      /* else the node's default holds */
    int64_t terminate_after;                 /* 0: none */
    bool has_min_score;
    float min_score;
    int64_t track_total_hits;                /* as above; a number is the limit */
    bool track_total_hits_given;
    bool track_scores;
    bool explain, version, seq_no_primary_term;
    bool include_named_queries_score;
    const struct qd_sort *sorts;             /* sorts[sort_count]; 0: by score */
    size_t sort_count;
    const struct qd_json *search_after;      /* array, or NULL */
    struct qd_source_filter source;
    const struct qd_slice *stored_fields;    /* names or patterns; ("_none_" alone switches metadata off) */
    size_t stored_field_count;
    bool stored_fields_given;
    const struct qd_field_and_format *docvalue_fields;
    size_t docvalue_field_count;
    const struct qd_field_and_format *fields;
    size_t field_count;
    const struct qd_json *aggregations;      /* object, or NULL */
    const struct qd_json *highlight;         /* object, or NULL */
    const struct qd_json *indices_boost;     /* or NULL */
    const struct qd_json *pit;               /* or NULL */
    const struct qd_json *stats;             /* or NULL */
    const struct qd_json *suggest;           /* kept so that the caller can refuse it */
    bool has_slice;
    int64_t slice_id, slice_max;
    struct qd_slice slice_field;             /* "_id" by default */
    bool scroll;                             /* set by the caller: a scroll context exists */
    const struct qd_top_doc *scroll_after;   /* set by the caller: hits come after this one in the order of
                                                sorts, then segment and doc; NULL: from the start */
};

/* Parses a search body (`document->root` may be NULL: empty body). Unknown keys, wrong types, negative
 * from/size and so on give the reference's errors. Memory: `arena`. */
QD_CHECKED enum qd_status qd_search_request_parse(const struct qd_json_document *document,
                                                  struct qd_arena *arena, struct qd_search_request *request,
                                                  struct qd_error *error);

/* Documents of one window of a segment, as bits. */
struct qd_hit_window {
    qd_doc_id base;        /* the first document, a multiple of 4096 */
    uint32_t size;         /* documents of the window: 4096, or fewer at the end of the segment */
    const uint64_t *words; /* words[64]: bit i tells whether document base + i matches; 0 from `size` on */
    uint32_t count;        /* bits that are set, at least 1; `size`: all */
};

/* Sees every matching live document (after post_filter is NOT applied: aggregations ignore it) in batches:
 * docs ascending within a segment. */
struct qd_hit_collector {
    void *context; /* the first argument of all its functions */
    bool needs_scores;
    /* A segment begins. Errors end the search. */
    enum qd_status (*begin_segment)(void *context, uint32_t segment, struct qd_error *error);
    /* count <= 4096 documents; scores[count] or NULL when needs_scores is false. */
    enum qd_status (*collect)(void *context, const qd_doc_id *docs, const float *scores, size_t count,
                              struct qd_error *error);
    /* A window instead of batches, where scores do not matter; NULL: only batches. */
    enum qd_status (*collect_window)(void *context, const struct qd_hit_window *window,
                                     struct qd_error *error);
    /* Every document of the segment matches and none is deleted: takes them all at once. NULL with
     * collect_window. */
    enum qd_status (*collect_segment)(void *context, struct qd_error *error);
};

/* A sort value as it is compared between shards. */
enum qd_sort_value_kind {
    QD_SORT_VALUE_MISSING,
    QD_SORT_VALUE_LONG,
    QD_SORT_VALUE_DOUBLE,
    QD_SORT_VALUE_BYTES
};
struct qd_sort_value {
    enum qd_sort_value_kind kind;
    int64_t number;         /* LONG */
    double real;            /* DOUBLE, and scores */
    struct qd_slice bytes;  /* BYTES */
};

/* One of the top documents of a shard. */
struct qd_top_doc {
    uint32_t segment;       /* of the view */
    qd_doc_id doc;          /* in the segment */
    float score;            /* NaN when not computed */
    const struct qd_sort_value *sort_values; /* sort_values[sort_count], or NULL when sorted by score */
    uint32_t shard_index;   /* filled by the coordinator: which shard's answer it came from */
};

/* The answer of the query phase of one shard. */
struct qd_query_result {
    struct qd_top_doc *docs;   /* best first */
    uint32_t doc_count;
    uint64_t total;            /* hits counted */
    bool total_is_lower_bound; /* relation gte */
    float max_score;           /* NaN: none */
    bool terminated_early, timed_out;
    size_t sort_count;
    struct qd_slice aggregations; /* partial results (binary), filled by the data layer */
};

/* Runs the query phase: the best from + size documents (or what `scroll` / search_after ask). `collector` may
 * be NULL. Work; pure over the view. Errors: QD_QUERY_SHARD, QD_ILLEGAL_ARGUMENT ("Result window is too
 * large, ..."), QD_TASK_CANCELLED, QD_CORRUPTION, .... */
QD_CHECKED enum qd_status qd_search_query_phase(const struct qd_shard_view *view,
                                                const struct qd_search_request *request,
                                                const struct qd_hit_collector *collector,
                                                struct qd_arena *arena, struct qd_query_result *result,
                                                struct qd_error *error);

/* Finds what is wrong with the query, the post filter and the sort, in this order, without searching: for
 * callers that have found an error which the reference tells after these. Errors: QD_QUERY_SHARD, .... */
QD_CHECKED enum qd_status qd_search_query_check(const struct qd_shard_view *view,
                                                const struct qd_search_request *request,
                                                struct qd_arena *arena, struct qd_error *error);

/* Encodes and decodes a result for the transport. */
void qd_query_result_write(const struct qd_query_result *result, struct qd_buffer *buffer);
QD_CHECKED enum qd_status qd_query_result_read(struct qd_slice bytes, struct qd_arena *arena,
                                               struct qd_query_result *result, struct qd_error *error);

/* Compares two documents of one search by its sorts (or by score), then shard_index, then segment and doc, as
 * TopDocs.merge does. */
int qd_top_doc_compare(const struct qd_search_request *request, const struct qd_top_doc *left,
                       const struct qd_top_doc *right);

/* Fetch phase: writes for each of docs[count] one JSON object, the hit as OpenSearch prints it
 * ("_index","_id","_score","_version",...,
 * "_source","fields","highlight","sort","matched_queries","_explanation"), into hits[count] (in `arena`). */
QD_CHECKED enum qd_status qd_search_fetch_phase(const struct qd_shard_view *view,
                                                const struct qd_search_request *request,
                                                const struct qd_top_doc *docs, size_t count,
                                                struct qd_arena *arena, struct qd_slice *hits,
                                                struct qd_error *error);

/* Filters a _source text (JSON) by includes and excludes into the writer; also for get and mget. */
void qd_source_filter_write(const struct qd_source_filter *filter, struct qd_slice source,
                            struct qd_arena *arena, struct qd_json_writer *writer);

#endif
