/* query_string and simple_query_string: what their parsers share.
 *
 * Used by query_string.c, query_string_parser.c, query_string_fields.c, query_simple_string.c.
 * Source: Lucene 10.5 classic QueryParser grammar, OpenSearch QueryStringQueryParser,
 * SimpleQueryStringQueryParser.
 */
#ifndef QD_SEARCH_QUERY_STRING_H
#define QD_SEARCH_QUERY_STRING_H

#include "search/query_blend.h"

/* Nesting of parentheses in a query text. */
#define QD_QUERY_STRING_DEPTH_MAX 200

/* How a query text is read on a shard. */
struct qd_string_options {
    struct qd_text_options text;    /* analyzer, leniency, fuzziness, phrases */
    struct qd_slice quote_analyzer; /* data NULL: as text.analyzer */
    struct qd_slice quote_suffix;   /* data NULL: none */
    bool conjunction;               /* default_operator and */
    bool allow_leading_wildcard;
    bool analyze_wildcard;
    bool cross_fields; /* type cross_fields */
    bool most_fields;
    float tie_breaker; /* of several fields */
    enum qd_rewrite_method rewrite;
    int64_t rewrite_top;
    int64_t work_max;          /* max_determinized_states */
    struct qd_slice time_zone; /* of ranges; data NULL: UTC */
};

/* A parse under way. */
struct qd_string_parser {
    struct qd_query_context *context;
    const struct qd_string_options *options;
    const struct qd_boosted_field
        *fields; /* fields[field_count]: where terms without a field are looked for */
    size_t field_count;
    bool all_fields; /* fields stand for "*" */
    struct qd_slice text;
    size_t at; /* next byte */
    unsigned ready; /* which suffixes could still stand here, for errors; of the parser's token kinds */
    uint32_t depth;
};

/* ---- leaves ---- `field` data NULL: the default fields. Each gives NULL when nothing is asked. */
QD_CHECKED enum qd_status qd_string_text(struct qd_string_parser *parser, struct qd_slice field,
                                         struct qd_slice text, bool quoted, int64_t slop,
                                         struct qd_node **node, struct qd_error *error);
struct qd_string_range {
    struct qd_slice lower, upper; /* data NULL: open */
    bool include_lower, include_upper;
};
QD_CHECKED enum qd_status qd_string_range(struct qd_string_parser *parser, struct qd_slice field,
                                          const struct qd_string_range *range, struct qd_node **node,
                                          struct qd_error *error);
QD_CHECKED enum qd_status qd_string_pattern(struct qd_string_parser *parser, struct qd_slice field,
                                            enum qd_multi_term_kind kind, struct qd_slice pattern,
                                            struct qd_node **node, struct qd_error *error);
QD_CHECKED enum qd_status qd_string_fuzzy(struct qd_string_parser *parser, struct qd_slice field,
                                          struct qd_slice term, struct qd_slice slop, struct qd_node **node,
                                          struct qd_error *error);
QD_CHECKED enum qd_status qd_string_exists(struct qd_string_parser *parser, struct qd_slice field,
                                           struct qd_node **node, struct qd_error *error);

/* Parses the whole text. Errors: QD_PARSE for syntax. */
QD_CHECKED enum qd_status qd_string_parse(struct qd_string_parser *parser, struct qd_node **node,
                                          struct qd_error *error);

/* A pure negative boolean node gets a filter of all documents. */
void qd_string_fix_negative(struct qd_query_context *context, struct qd_node *node);

/* The documents with a value of `name`, a pattern or an object: what an exists query matches (query_basic.c).
 * Errors: QD_UNSUPPORTED_OPERATION for hidden fields of text. */
QD_CHECKED enum qd_status qd_query_exists_node(struct qd_query_context *context, struct qd_slice name,
                                               struct qd_node **node, struct qd_error *error);

#endif
