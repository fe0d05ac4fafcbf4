/* Queries: from the query DSL to documents and scores of a shard.
 *
 * Used by the search phases (search/search.h), aggregation (filter, filters), and the data layer (count,
 * validate, explain). Life of a query: qd_query_parse makes an immutable tree; qd_query_prepare rewrites it
 * for one shard view and computes collection statistics (Lucene's Weight); qd_prepared_scorer walks one
 * segment. Scores are Lucene's: BM25 in float arithmetic, sums in double where Lucene does so, so that
 * printed scores are equal.
 */
#ifndef QD_SEARCH_QUERY_H
#define QD_SEARCH_QUERY_H

#include <stdatomic.h>

#include "base/arena.h"
#include "base/breaker.h"
#include "base/json.h"
#include "base/status.h"
#include "index/engine.h"
#include "mapping/mapping.h"

/* Limits of an index and node that queries obey; filled from settings by the data layer. */
struct qd_search_limits {
    int64_t max_clause_count;              /* indices.query.bool.max_clause_count 1024 */
    int64_t max_terms_count;               /* index.max_terms_count 65536 */
    int64_t max_regex_length;              /* index.max_regex_length 1000 */
    int64_t max_query_string_length;       /* search.query.max_query_string_length 32000 */
    int64_t max_nested_depth;              /* index.query.max_nested_depth 20 (of bool, dis_max... nesting) */
    int64_t max_result_window;             /* index.max_result_window 10000 */
    int64_t max_docvalue_fields;           /* index.max_docvalue_fields_search 100 */
    int64_t max_script_fields;             /* 32 */
    int64_t max_slices;                    /* index.max_slices_per_scroll / _pit 1024 */
    int64_t max_buckets;                   /* search.max_buckets 65535 */
    int64_t max_analyzed_offset;           /* index.highlight.max_analyzed_offset 1000000 */
    bool allow_expensive_queries;          /* search.allow_expensive_queries */
    bool query_string_lenient;             /* index.query_string.lenient */
    const struct qd_slice *default_fields; /* index.query.default_field, {"*"} */
    size_t default_field_count;
};

struct qd_document_cache; /* search/document_cache.h */

/* One shard as a search sees it. Immutable while a search runs; shared by its work items. */
struct qd_shard_view {
    struct qd_snapshot *snapshot; /* held by the caller */
    const struct qd_mapping *mapping;
    const struct qd_analysis_registry *analysis;
    struct qd_slice index_name;
    struct qd_slice index_uuid;
    const struct qd_slice *aliases; /* aliases[alias_count]: other names of the index */
    size_t alias_count;             /* of aliases */
    struct qd_slice node_id; /* for errors and explain */
    uint32_t shard;
    uint32_t shard_count; /* of the index, for slices */
    struct qd_search_limits limits;
    int64_t now_ms;                /* wall clock of the request, for date math */
    struct qd_breaker *breaker;    /* request breaker, may be NULL in tests */
    struct qd_breaker *fielddata;  /* of what is kept with the snapshot; may be NULL in tests */
    struct qd_document_cache *documents; /* of the node; NULL: none */
    uint64_t documents_owner;            /* whose documents are in there */
    const _Atomic bool *cancelled; /* checked once per window; may be NULL */
    /* Whether the time given to the search is over; asked once per window. NULL: there is no limit. */
    bool (*expired)(const void *context); /* may be NULL */
    const void *expired_context; /* of expired */
};

struct qd_object_parser;
struct qd_query;    /* a parsed query */
struct qd_prepared; /* a query made ready for one shard view */

/* Parses {"match":{...}}. `document` is where `json` came from (for line and col of errors). Mapping
 * independent errors only. Errors: QD_PARSING ("unknown query [x] did you mean ...", "[match] query doesn't
 * support multiple fields, ...", ...), QD_ILLEGAL_ARGUMENT, ... with the reference's texts. */
QD_CHECKED enum qd_status qd_query_parse(const struct qd_json_document *document, const struct qd_json *json,
                                         struct qd_arena *arena, struct qd_query **query,
                                         struct qd_error *error);

/* The same; after an error *line and *column tell where the parser stood, 0 when that is not known. */
QD_CHECKED enum qd_status qd_query_parse_placed(const struct qd_json_document *document,
                                                const struct qd_json *json, struct qd_arena *arena,
                                                int64_t *line, int64_t *column, struct qd_error *error);

/* The same as a member of an object; after an error `object` is where the query is wrong. */
QD_CHECKED enum qd_status qd_query_parse_member(struct qd_object_parser *object, const struct qd_json *json,
                                                struct qd_query **query, struct qd_error *error);

/* A query that matches everything with score 1. */
struct qd_query *qd_query_match_all(struct qd_arena *arena);

/* A query that matches what both match and scores as `query` does. */
struct qd_query *qd_query_with_filter(const struct qd_query *query, const struct qd_query *filter,
                                      struct qd_arena *arena);

/* Resolves fields and analyzers, rewrites, computes statistics. needs_scores false makes everything a filter.
 * Errors: QD_QUERY_SHARD ("failed to create query: ..." as the reference wraps them), QD_TOO_MANY_CLAUSES,
 * .... Memory: `arena`. */
QD_CHECKED enum qd_status qd_query_prepare(const struct qd_query *query, const struct qd_shard_view *view,
                                           bool needs_scores, struct qd_arena *arena,
                                           struct qd_prepared **prepared, struct qd_error *error);

/* True when every document matches. */
bool qd_prepared_is_all(const struct qd_prepared *prepared);

/* True when the reference reads the number of matches off the whole shard before it walks: everything, one
 * term, or one indexed field that exists, the latter two without deletions. Source: OpenSearch
 * TopDocsCollectorContext.shortcutTotalHitCount. */
bool qd_prepared_is_counted(const struct qd_prepared *prepared);

/* The number that it then reads for one field that exists. It counts documents by their terms or points: one
 * whose text is empty is found, and not counted. */
bool qd_prepared_shortcut(const struct qd_prepared *prepared, uint64_t *count);

/* The number of live matches of a segment, when it is known without walking it; false: it is not. */
bool qd_prepared_counts_segment(const struct qd_prepared *prepared, uint32_t segment, uint64_t *count);

/* The Lucene query's toString, as _validate/query?explain and profile print it. */
struct qd_slice qd_prepared_text(const struct qd_prepared *prepared, struct qd_arena *arena);

/* The same of what the shard has rewritten it to, for _validate/query?rewrite. */
struct qd_slice qd_prepared_rewritten_text(const struct qd_prepared *prepared, struct qd_arena *arena);

/* ---- walking a segment ---- */
struct qd_scorer_batch;
struct qd_scorer_candidates;
/* A cursor over the matching documents of one segment; "live" is not considered: collectors AND it. */
struct qd_scorer {
    const struct qd_scorer_operations *operations;
    qd_doc_id doc; /* current document; QD_DOC_END at the end; before the first next: none */
    uint64_t cost; /* estimate of documents it will visit */
    bool started;  /* next or advance was called; kept by the combinators of scorer.h */
};
struct qd_scorer_operations {
    qd_doc_id (*next)(struct qd_scorer *scorer);
    qd_doc_id (*advance)(struct qd_scorer *scorer, qd_doc_id target);
    /* Two-phase: NULL, or tells whether the current document (an approximation) really matches. */
    bool (*matches)(struct qd_scorer *scorer);
    float (*score)(struct qd_scorer *scorer);
    /* The greatest score of any document in [doc, *up_to]; sets *up_to. NULL: unknown (infinity up to the
     * end). */
    float (*max_score)(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to);
    /* Tells that only scores >= min_score matter from now on. May be NULL. */
    void (*set_min_score)(struct qd_scorer *scorer, float min_score);
    /* ORs the matching documents of [from, to) into words (bit doc - from); exact (two-phase included). NULL:
     * generic walk. */
    void (*into_bits)(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words);
    /* Collects the next matches in bulk, see qd_scorer_collect of scorer.h. NULL: generic walk. */
    size_t (*collect)(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                      const struct qd_scorer_batch *batch);
    /* Looks candidates up, see qd_scorer_probe of scorer.h. NULL: one after another. */
    void (*probe)(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates);
    /* Goes back before the first document; false: some part cannot, and the scorer is of no more use. NULL:
     * it cannot. */
    bool (*rewind)(struct qd_scorer *scorer);
    /* See qd_scorer_add_norm_bounds of scorer.h. NULL: unknown. */
    const uint8_t *(*add_norm_bounds)(struct qd_scorer *scorer, float *most);
};

/* The scorer of segment number `segment` of the view; *scorer NULL: nothing matches there. Errors:
 * QD_CORRUPTION. Functions may fail on a document later, while the scorer walks: the first failure is then
 * put into `error`, which must outlive the scorer, and the document scores 0; who walks asks
 * error->status. */
QD_CHECKED enum qd_status qd_prepared_scorer(struct qd_prepared *prepared, uint32_t segment,
                                             struct qd_arena *arena, struct qd_scorer **scorer,
                                             struct qd_error *error);

/* All matching live documents of a segment as a bitset of its doc_count bits, in `arena`. For aggregations'
 * filters and post_filter. */
QD_CHECKED enum qd_status qd_prepared_bits(struct qd_prepared *prepared, uint32_t segment,
                                           struct qd_arena *arena, uint64_t **words, struct qd_error *error);

/* Number of live matching documents of the shard, by shortcuts where there are (df, points, popcount). Where
 * there are more than `limit`, any number above it may be given. */
QD_CHECKED enum qd_status qd_prepared_count(struct qd_prepared *prepared, struct qd_arena *arena,
                                            uint64_t limit, uint64_t *count, struct qd_error *error);

/* A number of live documents of the shard that match at least, from statistics alone. *exact: it is the
 * number. `arena` is scratch. */
uint64_t qd_prepared_count_least(const struct qd_prepared *prepared, struct qd_arena *arena, bool *exact);

/* Narrows [*lower, *upper] to the numbers of the column of `field` that documents which match can have. True:
 * all documents with such a number match. */
bool qd_prepared_bounds(const struct qd_prepared *prepared, struct qd_slice field, int64_t *lower,
                        int64_t *upper);

/* Writes Lucene's explanation of one document: {"value":..,"description":..,"details":[..]}. *matched tells
 * whether it matches. */
struct qd_json_writer;
QD_CHECKED enum qd_status qd_prepared_explain(struct qd_prepared *prepared, uint32_t segment, qd_doc_id doc,
                                              struct qd_arena *arena, struct qd_json_writer *writer,
                                              bool *matched, struct qd_error *error);

/* Adds the names of another query of the same view to those that `prepared` tells of. */
void qd_prepared_take_names(struct qd_prepared *prepared, const struct qd_prepared *other);

/* Names (_name) of the sub-queries that match a document, for matched_queries, with scores. Count returned;
 * arrays in `arena`. */
struct qd_matched_query {
    struct qd_slice name;
    float score;
};
QD_CHECKED enum qd_status qd_prepared_matched(struct qd_prepared *prepared, uint32_t segment, qd_doc_id doc,
                                              struct qd_arena *arena, struct qd_matched_query **matched,
                                              size_t *count, struct qd_error *error);

/* What a highlighter needs: calls visit for every term, phrase, automaton and range of words of the
 * (positive) query leaves. */
enum qd_leaf_kind { QD_LEAF_TERM, QD_LEAF_PHRASE, QD_LEAF_AUTOMATON, QD_LEAF_RANGE };
struct qd_query_leaf {
    enum qd_leaf_kind kind;
    struct qd_slice field;        /* full path */
    const struct qd_slice *terms; /* TERM: 1; PHRASE: in order */
    const uint32_t *positions;    /* PHRASE: relative positions */
    size_t term_count;
    struct qd_slice last_field; /* PHRASE: that of the terms of the last position, when it is another */
    uint32_t slop;                        /* PHRASE */
    bool phrase_prefix;                   /* PHRASE: the last term is a prefix */
    bool in_function;                     /* it stands below a function score */
    const struct qd_automaton *automaton; /* AUTOMATON: prefix, wildcard, regexp, fuzzy */
    struct qd_slice lower, upper;         /* RANGE; data NULL: open */
    bool include_lower, include_upper;    /* RANGE */
    float boost;
};
void qd_prepared_leaves(const struct qd_prepared *prepared,
                        void (*visit)(void *context, const struct qd_query_leaf *leaf), void *context);

#endif
