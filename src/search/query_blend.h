/* Several fields seen as one: boosted fields of multi-field queries, and terms with blended statistics.
 *
 * Used by multi_match, query_string, simple_query_string. Source: OpenSearch QueryParserHelper,
 * MultiMatchQuery, BlendedTermQuery.
 */
#ifndef QD_SEARCH_QUERY_BLEND_H
#define QD_SEARCH_QUERY_BLEND_H

#include "search/query_text.h"

/* A field and how much it counts. */
struct qd_boosted_field {
    struct qd_slice name; /* or a pattern */
    float boost;
};

/* Reads "name^2". Errors: QD_NUMBER_FORMAT. */
QD_CHECKED enum qd_status qd_boosted_field_parse(struct qd_slice text, struct qd_boosted_field *field,
                                                 struct qd_error *error);

/* Refuses entries of a `fields` array (NULL: none) that are none, or have a negative boost, when `query` is
 * parsed. */
QD_CHECKED enum qd_status qd_boosted_fields_check(const struct qd_query *query, const struct qd_json *list,
                                                  struct qd_error *error);

/* Expands patterns and aliases; ascending by name, each once. Errors: too many fields. */
QD_CHECKED enum qd_status qd_boosted_fields_resolve(struct qd_query_context *context,
                                                    const struct qd_boosted_field *given, size_t given_count,
                                                    struct qd_boosted_field **fields, size_t *count,
                                                    struct qd_error *error);

/* cross_fields: each term of the text in any of the fields, with statistics that make the fields look like
 * one. */
struct qd_blend_input {
    const struct qd_text_options *options;
    const struct qd_boosted_field *fields; /* fields[count] */
    size_t count;
    struct qd_slice text;
    struct qd_slice minimum; /* data NULL: none */
    float tie_breaker;
};
QD_CHECKED enum qd_status qd_blend_fields(struct qd_query_context *context,
                                          const struct qd_blend_input *input, struct qd_node **node,
                                          struct qd_error *error);

#endif
