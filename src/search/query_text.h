/* From query text to nodes: OpenSearch's MatchQuery over Lucene's QueryBuilder.
 *
 * Used by match, match_phrase, match_phrase_prefix, match_bool_prefix, multi_match, query_string and
 * simple_query_string. Source: OpenSearch 3.8.0 index.search.MatchQuery, Lucene 10.5 util.QueryBuilder.
 */
#ifndef QD_SEARCH_QUERY_TEXT_H
#define QD_SEARCH_QUERY_TEXT_H

#include "base/units.h"
#include "search/query_node_bits.h"
#include "search/query_node_term.h"
#include "search/query_tree.h"

enum qd_text_type { QD_TEXT_BOOLEAN, QD_TEXT_BOOLEAN_PREFIX, QD_TEXT_PHRASE, QD_TEXT_PHRASE_PREFIX };
enum qd_zero_terms { QD_ZERO_TERMS_NONE, QD_ZERO_TERMS_ALL, QD_ZERO_TERMS_NULL };

/* Makes the node of one term in place of the usual one. */
struct qd_text_hook {
    enum qd_status (*make)(void *hook_context, struct qd_query_context *context, struct qd_slice term,
                           struct qd_node **node, struct qd_error *error);
    void *hook_context;
};

/* How a text is turned into a query. */
struct qd_text_options {
    enum qd_text_type type;
    bool conjunction;         /* operator and */
    struct qd_slice analyzer; /* data NULL: the field's */
    bool quoted;              /* use the search quote analyzer */
    int64_t slop;
    bool fuzzy; /* fuzziness below holds */
    struct qd_fuzziness fuzziness;
    int64_t prefix_length;
    int64_t max_expansions; /* 50 */
    bool transpositions;    /* true */
    enum qd_rewrite_method fuzzy_rewrite;
    int64_t fuzzy_rewrite_top; /* N of top_terms_N; 0: max_expansions */
    bool lenient;
    enum qd_zero_terms zero_terms;
    bool synonyms_phrase;            /* auto_generate_synonyms_phrase_query */
    const struct qd_text_hook *hook; /* or NULL */
};
/* A fuzziness. Errors: QD_ILLEGAL_ARGUMENT "Invalid fuzziness value: x". */
QD_CHECKED enum qd_status qd_text_fuzziness(const struct qd_json *json, struct qd_fuzziness *fuzziness,
                                            struct qd_error *error);

/* A zero_terms_query member (NULL: none). Errors: QD_PARSING with its place. */
QD_CHECKED enum qd_status qd_text_zero_terms(struct qd_query_parser *parser, const struct qd_json *json,
                                             enum qd_zero_terms *zero_terms, struct qd_error *error);

/* Refuses a bad operator, zero_terms_query or fuzziness while it is read: struct qd_query_spec's check. */
QD_CHECKED enum qd_status qd_text_check_member(struct qd_query_parser *parser,
                                               const struct qd_json_iterator *at, struct qd_error *error);

/* An operator (data NULL: or). Errors: QD_ILLEGAL_ARGUMENT "No enum constant ...". */
QD_CHECKED enum qd_status qd_text_operator(struct qd_query_parser *parser, struct qd_slice text,
                                           bool *conjunction, struct qd_error *error);

/* The defaults. */
struct qd_text_options qd_text_options_default(void);

/* A word or phrase in one field; NULL node: no terms and zero_terms is NULL. */
QD_CHECKED enum qd_status qd_text_node(struct qd_query_context *context,
                                       const struct qd_text_options *options, struct qd_slice field,
                                       struct qd_slice text, struct qd_node **node, struct qd_error *error);

/* A JSON string node that holds `text`, for functions that take query values. */
const struct qd_json *qd_text_json(struct qd_arena *arena, struct qd_slice text);

/* The analyzer for a field's query text. Errors: "[x] analyzer [y] not found" when options name an unknown
 * one. */
QD_CHECKED enum qd_status qd_text_analyzer(struct qd_query_context *context,
                                           const struct qd_text_options *options,
                                           const struct qd_field *field, const struct qd_analyzer **analyzer,
                                           struct qd_error *error);

/* Errors: QD_ILLEGAL_ARGUMENT when the words of a text or keyword field can not be searched for. */
QD_CHECKED enum qd_status qd_text_searchable(const struct qd_field *field, struct qd_error *error);

/* How a field rewrites what stands for many terms: words found in doc values have a constant score. */
enum qd_rewrite_method qd_text_rewrite_method(const struct qd_field *field, enum qd_rewrite_method wanted);

/* The node of one term of an analysed text; applies fuzziness and leniency. */
QD_CHECKED enum qd_status qd_text_term(struct qd_query_context *context,
                                       const struct qd_text_options *options, const struct qd_field *field,
                                       struct qd_slice term, struct qd_node **node, struct qd_error *error);

/* Whether the terms of a field can be asked for by patterns: text, keywords, and metadata that is text. */
bool qd_text_has_patterns(const struct qd_field *field);

/* A term as prefix. */
QD_CHECKED enum qd_status qd_text_prefix(struct qd_query_context *context, const struct qd_field *field,
                                         struct qd_slice term, struct qd_node **node, struct qd_error *error);

/* A prefix whose field, pattern and rewriting are set, by the field's kept prefixes (index_prefixes) where it
 * has them. */
QD_CHECKED enum qd_status qd_text_prefix_node(struct qd_query_context *context,
                                              const struct qd_multi_term *prefix, bool case_insensitive,
                                              struct qd_node **node, struct qd_error *error);

/* Sets minimum_should_match of a boolean node (others are left alone). `spec` data NULL: nothing. */
QD_CHECKED enum qd_status qd_text_minimum(struct qd_node *node, struct qd_slice spec, struct qd_error *error);

/* Parses a rewrite parameter ("constant_score", "top_terms_5", ...). Errors: the reference's. */
QD_CHECKED enum qd_status qd_rewrite_method_parse(struct qd_slice text, enum qd_rewrite_method *method,
                                                  int64_t *top, struct qd_error *error);

/* "failed [x] query, caused by type:[reason]": what leniency puts in place of a failure. */
struct qd_node *qd_text_lenient_none(struct qd_query_context *context, struct qd_slice field,
                                     enum qd_status status, const struct qd_error *error);

/* ---- phrases ---- */
/* A phrase: terms by position; several may stand at one position. */
struct qd_phrase_term {
    struct qd_slice term;
    uint32_t position;
};
struct qd_phrase {
    struct qd_term_field field;
    const struct qd_phrase_term *terms; /* terms[count], by position */
    size_t count;
    int64_t slop;
    bool prefix;            /* the terms of the last position are prefixes */
    int64_t max_expansions; /* of prefixes */
    /* The field that has the terms of the last position, or data NULL. Such a phrase is a SpanNearQuery: each
     * term weighs once. */
    struct qd_slice prefixes;
};
struct qd_node *qd_node_phrase(struct qd_arena *arena, const struct qd_phrase *phrase);

/* Terms of one position as one pseudo term. boosts[count] or NULL. */
struct qd_node *qd_node_synonym(struct qd_arena *arena, const struct qd_field *field,
                                const struct qd_slice *terms, size_t count);

#endif
