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

/* Whether an entry read from `text` is to be added to fields[count]: one without a boost leaves what an
 * earlier entry has said of its name. */
bool qd_boosted_field_says(const struct qd_boosted_field *fields, size_t count,
                           const struct qd_boosted_field *entry, struct qd_slice text);

/* Reads "name^2". Errors: QD_NUMBER_FORMAT. */
QD_CHECKED enum qd_status qd_boosted_field_parse(struct qd_slice text, struct qd_boosted_field *field,
                                                 struct qd_error *error);

/* Refuses entries with a negative boost. The reference prints the query as it has built it up to here:
 * `name`, the text as JSON, then `rest`, the other members as their lines. */
QD_CHECKED enum qd_status qd_boosted_fields_check_signs(const struct qd_json *list, const char *name,
                                                        struct qd_slice text, const char *rest,
                                                        struct qd_error *error);

/* A text as JSON, in quotes. Memory: `arena`. */
struct qd_slice qd_boosted_fields_quote(struct qd_arena *arena, struct qd_slice text);

/* Expands patterns; in the order of the reference's hash map of names, each once. An alias keeps its name
 * unless the pattern matches what it stands for too. Errors: too many fields. */
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
