/* Query nodes: what a parsed query becomes on a shard, one node per Lucene query.
 *
 * Used by src/search only. Life of a node: built (immutable description), rewritten (simpler nodes), prepared
 * (statistics and boost: Lucene's Weight), then asked for scorers, counts and explanations. A node stands at
 * one place of one tree. Source: Lucene 10.5 Query, Weight, BooleanQuery.
 */
#ifndef QD_SEARCH_QUERY_NODE_H
#define QD_SEARCH_QUERY_NODE_H

#include "base/buffer.h"
#include "search/query.h"
#include "search/scorer.h"

struct qd_node;

/* Depth of node trees; deeper ones are refused when they are built. */
#define QD_NODE_DEPTH_MAX 200

/* A name given by `_name` and the query that bears it. */
struct qd_named_query {
    struct qd_slice name;
    const struct qd_query *query;
    struct qd_node *node; /* built and prepared when it is first asked for */
};
QD_VECTOR_TYPE(qd_named_queries, struct qd_named_query);

/* What building, rewriting and preparing work with. */
struct qd_query_context {
    const struct qd_shard_view *view;
    struct qd_arena *arena;         /* memory of the prepared query */
    struct qd_named_queries *names; /* named queries are added here; NULL: nobody asks */
    uint32_t depth;                 /* nesting of the DSL */
    int64_t clauses;                /* leaves so far, against max_clause_count */
    bool rewritten;                 /* qd_query_rewrite already ran for what is being built */
};

/* One segment, as scorers see it. */
struct qd_segment_context {
    const struct qd_shard_view *view;
    struct qd_segment *segment;
    const uint64_t *live;   /* NULL: all live */
    uint32_t number;        /* of the segment in the view */
    uint32_t doc_count;     /* deleted ones included */
    struct qd_arena *arena; /* memory of scorers */
};

/* A node of an explanation. */
enum qd_explanation_value { QD_EXPLAIN_FLOAT, QD_EXPLAIN_LONG, QD_EXPLAIN_DOUBLE };
struct qd_explanation {
    bool match;
    enum qd_explanation_value kind; /* how the value prints */
    double value;
    struct qd_slice description;
    struct qd_explanation *first, *last, *next; /* details in order */
};

/* Makes an explanation; `value` prints as a float. Text is formatted as by printf. */
struct qd_explanation *qd_explain_match(struct qd_arena *arena, double value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* One that does not match: value 0.0. */
struct qd_explanation *qd_explain_no_match(struct qd_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds a detail. */
void qd_explain_add(struct qd_explanation *parent, struct qd_explanation *detail);
/* Writes it as OpenSearch prints it. */
void qd_explain_write(const struct qd_explanation *explanation, struct qd_json_writer *writer);

/* The explanation of a constant: `value` when it matched. */
struct qd_explanation *qd_explain_constant(const struct qd_segment_context *segment, qd_doc_id doc,
                                           bool matched, float value, struct qd_slice name);

/* How a node is prepared. */
struct qd_weight_input {
    float boost; /* product of the boosts above */
    bool scores; /* false: only matching matters */
};

/* Where highlighters' leaves go. */
struct qd_leaf_visitor {
    void (*visit)(void *context, const struct qd_query_leaf *leaf);
    void *context;
    float boost;      /* product of the boosts above */
    bool in_function; /* below a function score */
};

/* One row per kind of node. NULL members have the default behaviour that is named. */
struct qd_node_kind {
    const char *name; /* Lucene's class */
    /* Lucene's toString. */
    void (*text)(const struct qd_node *node, struct qd_buffer *out);
    /* A simpler node, or the same. NULL: the same. */
    enum qd_status (*rewrite)(struct qd_node *node, struct qd_query_context *context, struct qd_node **result,
                              struct qd_error *error);
    /* Computes statistics; boost and scores are already in the node. NULL: nothing. */
    enum qd_status (*prepare)(struct qd_node *node, struct qd_query_context *context, struct qd_error *error);
    /* The scorer of a segment, *scorer NULL when nothing matches. */
    enum qd_status (*scorer)(struct qd_node *node, const struct qd_segment_context *segment,
                             struct qd_scorer **scorer, struct qd_error *error);
    /* The name in explanations of constant nodes. NULL: text. */
    void (*explain_text)(const struct qd_node *node, struct qd_buffer *out);
    /* The explanation of a document. NULL: a constant, named by explain_text. */
    enum qd_status (*explain)(struct qd_node *node, const struct qd_segment_context *segment, qd_doc_id doc,
                              struct qd_explanation **explanation, struct qd_error *error);
    /* The node whose explanation takes this one's place where no score is wanted; it gives NULL when there
     * is none. NULL: itself. */
    struct qd_node *(*unscored)(const struct qd_node *node);
    /* Visits leaves. NULL: none. */
    void (*leaves)(const struct qd_node *node, const struct qd_leaf_visitor *visitor);
    /* Counts matching documents of a segment, deleted ones included, without walking; false: unknown. NULL:
     * unknown. */
    bool (*count)(const struct qd_node *node, const struct qd_segment_context *segment, uint64_t *count);
    /* A number of documents of a segment that match at least, deleted ones included, without walking. NULL:
     * that of `count`, or 0. */
    uint64_t (*count_least)(const struct qd_node *node, const struct qd_segment_context *segment);
    /* Narrows [*lower, *upper] to the numbers of a field's column with which documents can match; true when
     * all documents with such a number match. NULL: any number, false. */
    bool (*bounds)(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper);
};

/* The head of every node. */
struct qd_node {
    const struct qd_node_kind *kind;
    float boost; /* set by qd_node_prepare */
    bool scores;
};

/* The operations of a node's kind, with their defaults. */
QD_CHECKED enum qd_status qd_node_rewrite(struct qd_node *node, struct qd_query_context *context,
                                          struct qd_node **result, struct qd_error *error);
QD_CHECKED enum qd_status qd_node_prepare(struct qd_node *node, struct qd_query_context *context,
                                          struct qd_weight_input input, struct qd_error *error);
QD_CHECKED enum qd_status qd_node_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                         struct qd_scorer **scorer, struct qd_error *error);
QD_CHECKED enum qd_status qd_node_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                          qd_doc_id doc, struct qd_explanation **explanation,
                                          struct qd_error *error);
/* How many documents of a segment match at least, deleted ones included. *exact: that is the number. */
uint64_t qd_node_count_least(const struct qd_node *node, const struct qd_segment_context *segment,
                             bool *exact);
/* Narrows [*lower, *upper], see `bounds` of the kind. */
bool qd_node_bounds(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper);
void qd_node_text(const struct qd_node *node, struct qd_buffer *out);
void qd_node_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor);

/* The 16 bytes of an address as Java's getHostAddress prints them: no zeros are left out. */
void qd_node_address_text(struct qd_slice bytes, struct qd_buffer *out);

/* The text of a node, in `arena`. */
struct qd_slice qd_node_string(const struct qd_node *node, struct qd_arena *arena);

/* True when both match and score the same documents in the same way (same kind, same text). */
bool qd_node_equal(const struct qd_node *left, const struct qd_node *right);

/* True when the document matches; *score (may be NULL) gets its score. */
QD_CHECKED enum qd_status qd_node_matches(struct qd_node *node, const struct qd_segment_context *segment,
                                          qd_doc_id doc, bool *matched, float *score, struct qd_error *error);

/* The context of segment `number` of a view. */
struct qd_segment_context qd_segment_context_of(const struct qd_shard_view *view, uint32_t number,
                                                struct qd_arena *arena);

/* ---- makers ---- all in `arena` */
struct qd_node *qd_node_all(struct qd_arena *arena);
struct qd_node *qd_node_none(struct qd_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct qd_node *qd_node_boost(struct qd_arena *arena, struct qd_node *inner, float boost);

/* `inner` with the boost of a query or of one of its fields; 1 leaves it as it is, and so does nothing to
 * boost: the reference wraps no query that matches nothing. */
struct qd_node *qd_node_weigh(struct qd_arena *arena, struct qd_node *inner, float boost);

/* `inner`, multiplied by the boost of `field`'s mapping when it has one. */
struct qd_node *qd_node_field_boost(struct qd_arena *arena, const struct qd_field *field,
                                    struct qd_node *inner);
struct qd_node *qd_node_constant(struct qd_arena *arena, struct qd_node *inner);
struct qd_node *qd_node_term(struct qd_arena *arena, const struct qd_field *field, struct qd_slice term);
/* ApproximateScoreQuery: prints its own name, otherwise is its inner node. */
struct qd_node *qd_node_approximate(struct qd_arena *arena, struct qd_node *inner,
                                    struct qd_slice approximation);
struct qd_node *qd_node_dis_max(struct qd_arena *arena, struct qd_node **nodes, size_t count,
                                float tie_breaker);

/* What an approximate node prints as its approximation; data NULL for other kinds and for match-all. */
struct qd_slice qd_node_approximation(const struct qd_node *node);

bool qd_node_is_all(const struct qd_node *node);
bool qd_node_is_none(const struct qd_node *node);
/* The inner node of a boost or constant node, NULL when it is none. */
struct qd_node *qd_node_boosted(const struct qd_node *node, float *boost);
struct qd_node *qd_node_constant_inner(const struct qd_node *node);
/* Field and term of a term node; false when it is another kind. */
bool qd_node_term_of(const struct qd_node *node, const struct qd_field **field, struct qd_slice *term);

/* ---- boolean ---- */
enum qd_occur { QD_MUST, QD_FILTER, QD_SHOULD, QD_MUST_NOT };
struct qd_clause {
    enum qd_occur occur;
    struct qd_node *node;
};
/* An empty boolean node; clauses are added in order. */
struct qd_node *qd_node_boolean_make(struct qd_arena *arena);
void qd_node_boolean_add(struct qd_node *boolean, struct qd_arena *arena, enum qd_occur occur,
                         struct qd_node *node);
void qd_node_boolean_set_minimum(struct qd_node *boolean, int64_t minimum);
bool qd_node_is_boolean(const struct qd_node *node);
const struct qd_clause *qd_node_boolean_clauses(const struct qd_node *boolean, size_t *count,
                                                int64_t *minimum);

#endif
