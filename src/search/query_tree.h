/* The query DSL's tree: one row per kind of query.
 *
 * Used by src/search only. A kind lives in query_<kind>.c and is listed in the table of query.c. Parsing
 * follows the reference's parsers member by member, so that the first error is the same; building makes nodes
 * (query_node.h). Source: OpenSearch 3.8.0 AbstractQueryBuilder and its subclasses.
 */
#ifndef QD_SEARCH_QUERY_TREE_H
#define QD_SEARCH_QUERY_TREE_H

#include "search/query.h"
#include "search/query_node.h"
#include "search/request_object.h"

/* What parsing works with. */
struct qd_query_parser {
    const struct qd_json_document *document; /* for positions */
    struct qd_arena *arena;
    uint32_t depth; /* of queries in queries */
    const struct qd_json *stand; /* the value at hand, or the query that was read to its end */
    bool at_end;                 /* stand is read */
    int64_t line, column;        /* after a failure in a table of members: where, instead of stand; 0: not */
};

/* Nesting of query objects. */
#define QD_QUERY_DEPTH_MAX 500

/* One row. */
struct qd_query_kind {
    const char *name;
    /* Parses the object below the name. */
    enum qd_status (*parse)(struct qd_query_parser *parser, const struct qd_json *body,
                            struct qd_query **query, struct qd_error *error);
    /* A simpler query for this shard, or the same. NULL: the same. */
    enum qd_status (*rewrite)(const struct qd_query *query, struct qd_query_context *context,
                              const struct qd_query **result, struct qd_error *error);
    /* The node, without the boost of the head; NULL node: nothing was asked (an analysed text without tokens,
     * ...). */
    enum qd_status (*build)(const struct qd_query *query, struct qd_query_context *context,
                            struct qd_node **node, struct qd_error *error);
};

/* The head of every query. */
struct qd_query {
    const struct qd_query_kind *kind;
    float boost;          /* 1 by default */
    struct qd_slice name; /* _name; data NULL: none */
};

/* Rows. */
extern const struct qd_query_kind qd_query_kind_match_all, qd_query_kind_match_none, qd_query_kind_match,
    qd_query_kind_term, qd_query_kind_terms, qd_query_kind_range, qd_query_kind_exists, qd_query_kind_ids,
    qd_query_kind_bool, qd_query_kind_constant_score, qd_query_kind_prefix, qd_query_kind_wildcard,
    qd_query_kind_match_phrase, qd_query_kind_match_phrase_prefix, qd_query_kind_match_bool_prefix,
    qd_query_kind_common, qd_query_kind_multi_match, qd_query_kind_combined_fields,
    qd_query_kind_query_string, qd_query_kind_simple_query_string, qd_query_kind_regexp, qd_query_kind_fuzzy,
    qd_query_kind_boosting, qd_query_kind_dis_max, qd_query_kind_wrapper, qd_query_kind_function_score;

/* Where the parser stands; *line is 0 when that is not known. */
void qd_query_place(const struct qd_query_parser *parser, int64_t *line, int64_t *column);

/* Makes a query of `size` bytes with boost 1. */
void *qd_query_new(struct qd_arena *arena, const struct qd_query_kind *kind, size_t size);
#define QD_QUERY_NEW(arena, type, kind) ((type *)qd_query_new((arena), (kind), sizeof(type)))

/* Parses {"kind":{...}} at any depth. */
QD_CHECKED enum qd_status qd_query_parse_inner(struct qd_query_parser *parser, const struct qd_json *json,
                                               struct qd_query **query, struct qd_error *error);

/* The shard's rewriting of a query, as often as it changes. */
QD_CHECKED enum qd_status qd_query_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                           const struct qd_query **result, struct qd_error *error);

/* The node of a (rewritten) query with its boost; names are noted. NULL node: nothing. */
QD_CHECKED enum qd_status qd_query_build(const struct qd_query *query, struct qd_query_context *context,
                                         struct qd_node **node, struct qd_error *error);

/* Rewrites, builds and puts "match none" for nothing. */
QD_CHECKED enum qd_status qd_query_build_whole(const struct qd_query *query, struct qd_query_context *context,
                                               struct qd_node **node, struct qd_error *error);

/* match_none, as "rewritten to nothing" prints. */
struct qd_query *qd_query_match_none(struct qd_arena *arena);

/* ---- parsing helpers ---- */
/* Adds line and col of `at` to the error and returns its status. */
enum qd_status qd_query_error_at(struct qd_query_parser *parser, const struct qd_json *at,
                                 struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with the place of the last character of `object`, where a parser stands that has read it all. */
enum qd_status qd_query_error_end(struct qd_query_parser *parser, const struct qd_json *object,
                                  struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with the place of the token behind `at`. */
enum qd_status qd_query_error_after(struct qd_query_parser *parser, const struct qd_json *at,
                                    struct qd_error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds caused_by named_object_not_found_exception, "[line:col] unknown field [key]", to an error about a name
 * that is not registered; returns `status`. */
enum qd_status qd_query_add_unknown_name(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                         enum qd_status status, struct qd_error *error);

/* The error of the reference's ObjectParser: "[line:col] [name] unknown field [key]" with a suggestion from
 * candidates[count]. */
enum qd_status qd_query_unknown_field(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                                      const char *name, const struct qd_slice *candidates, size_t count,
                                      struct qd_error *error);
/* "[analyzer] not found" as a query_shard_exception: "[name] analyzer [x] not found" when the index has none
 * of that name. */
QD_CHECKED enum qd_status qd_query_check_analyzer(const struct qd_query_context *context, const char *name,
                                                  struct qd_slice analyzer, struct qd_error *error);

/* Members that every query has: boost and _name. *taken tells whether `key` was one of them. */
QD_CHECKED enum qd_status qd_query_parse_common(struct qd_query_parser *parser, struct qd_query *query,
                                                struct qd_slice key, const struct qd_json *value,
                                                bool *taken, struct qd_error *error);

/* Queries that the reference reads with an ObjectParser: what their members are parsed into. */
struct qd_query_target {
    struct qd_query_parser *parser; /* for queries inside */
    struct qd_query *query;         /* filled */
};

/* boost and _name as rows of such a query's members. */
enum qd_status qd_query_member_boost(struct qd_object_parser *parser, const struct qd_json *value,
                                     void *target, struct qd_error *error);
enum qd_status qd_query_member_name(struct qd_object_parser *parser, const struct qd_json *value,
                                    void *target, struct qd_error *error);
#define QD_QUERY_COMMON_MEMBERS                                \
    { "boost", QD_TOKENS_NUMERIC, qd_query_member_boost },     \
    { "_name", QD_TOKEN_STRING, qd_query_member_name }

/* Parses `body` into `query`. With `wrapped` errors are put into a parsing_exception of the same text, as
 * some kinds do. */
QD_CHECKED enum qd_status qd_query_parse_object(struct qd_query_parser *parser,
                                                const struct qd_object_spec *spec,
                                                const struct qd_json *body, struct qd_query *query,
                                                bool wrapped, struct qd_error *error);

/* Puts names[count], each once, into the order of a Java HashMap with them as keys. */
void qd_query_hash_order(struct qd_slice *names, size_t count, struct qd_arena *arena);

/* Refuses a negative boost. */
QD_CHECKED enum qd_status qd_query_check_boost(const struct qd_query *query, struct qd_error *error);

/* Whether a value is what the reference's token.isValue() says: a scalar other than null. */
bool qd_query_is_value(const struct qd_json *value);

/* One member that a query understands, for qd_query_parse_members. */
enum qd_query_option_kind {
    QD_OPTION_BOOLEAN,
    QD_OPTION_INT,
    QD_OPTION_FLOAT,
    QD_OPTION_TEXT,
    QD_OPTION_JSON,
    QD_OPTION_FIELDS /* as JSON; what stands behind "^" must be a number */
};
#define QD_TAKES_CONTAINERS 1u /* JSON: arrays and objects */
#define QD_TAKES_NULL 2u       /* null; as TEXT it stands for not given */
#define QD_TAKES_NULL_ENTRY 4u /* FIELDS: a null among the names, which the kind refuses itself */
#define QD_TAKES_ALL_FIRST 8u  /* FIELDS: all names are read before their boosts are looked at */
struct qd_query_option {
    const char *name;
    enum qd_query_option_kind kind; /* bool, int64_t, float, struct qd_slice, const struct qd_json * */
    size_t offset;                  /* of the target in the query struct */
    unsigned takes;                 /* of QD_TAKES_*: what besides scalars */
};
struct qd_query_spec {
    const char *name;                      /* of the query, in errors */
    const struct qd_query_option *options; /* options[count] */
    size_t count;
    /* How the reference's own loop for this kind looks at tokens that are no scalars. */
    enum qd_query_tokens {
        QD_TOKENS_STRICT,  /* "unknown token [x] after [key]" */
        QD_TOKENS_FUZZY,   /* the same as "unexpected token" */
        QD_TOKENS_ARRAYS,  /* arrays are "query does not support [key]" */
        QD_TOKENS_UNASKED, /* every token goes to the member, which complains by itself */
    } tokens;
    const char *unknown; /* what is said of an unknown member, NULL: "query does not support" */
    /* Refuses a value where the reference does, while it is read; NULL: nothing is refused. */
    enum qd_status (*check)(struct qd_query_parser *parser, const struct qd_json_iterator *at,
                            struct qd_error *error);
};

/* Parses the members of `object` into `query` (options, boost, _name). An unknown member is the error "[name]
 * query does not support [x]", an array or object where none is wanted "[name] unknown token [START_ARRAY]
 * after [x]". */
QD_CHECKED enum qd_status qd_query_parse_members(struct qd_query_parser *parser,
                                                 const struct qd_query_spec *spec,
                                                 const struct qd_json *object, struct qd_query *query,
                                                 struct qd_error *error);

/* Parses {"field":{members}} or {"field":scalar}; the field's name goes to *field, a bare scalar to *scalar
 * (else NULL). A second field is
 * "[name] query doesn't support multiple fields, found [a] and [b]". */
QD_CHECKED enum qd_status qd_query_parse_field(struct qd_query_parser *parser,
                                               const struct qd_query_spec *spec, const struct qd_json *body,
                                               struct qd_query *query, struct qd_slice *field,
                                               const struct qd_json **scalar, struct qd_error *error);

/* Scalars as the reference's parser reads them (numbers in strings are taken). Errors: the reference's. */
QD_CHECKED enum qd_status qd_query_int(struct qd_query_parser *parser, const struct qd_json *value,
                                       int64_t *result, struct qd_error *error);
QD_CHECKED enum qd_status qd_query_float(struct qd_query_parser *parser, const struct qd_json *value,
                                         float *result, struct qd_error *error);
QD_CHECKED enum qd_status qd_query_boolean(struct qd_query_parser *parser, const struct qd_json *value,
                                           bool *result, struct qd_error *error);

/* A time zone's complaint: date_time_exception or zone_rules_exception with Java's text; QD_OK when it is
 * one. */
QD_CHECKED enum qd_status qd_query_check_zone(struct qd_query_parser *parser, struct qd_slice zone,
                                              struct qd_error *error);

/* Refuses a tie breaker outside [0, 1], as Lucene's DisjunctionMaxQuery does when it is made. */
QD_CHECKED enum qd_status qd_query_check_tie_breaker(float tie_breaker, struct qd_error *error);

/* The text of a scalar other than null. Errors: QD_ILLEGAL_STATE
 * ("Can't get text on a START_ARRAY at 1:2"). */
QD_CHECKED enum qd_status qd_query_text(struct qd_query_parser *parser, const struct qd_json *value,
                                        struct qd_slice *text, struct qd_error *error);

/* A field's node for an exact value: MappedFieldType.termQuery. */
QD_CHECKED enum qd_status qd_query_term_node(struct qd_query_context *context, const struct qd_field *field,
                                             const struct qd_json *value, struct qd_node **node,
                                             struct qd_error *error);

/* A field's node for a range: MappedFieldType.rangeQuery. */
struct qd_query_range_input {
    const struct qd_json *from, *to; /* NULL: open */
    bool include_lower, include_upper;
    struct qd_slice format, time_zone; /* data NULL: the field's, UTC */
};
QD_CHECKED enum qd_status qd_query_range_node(struct qd_query_context *context, const struct qd_field *field,
                                              const struct qd_query_range_input *input, struct qd_node **node,
                                              struct qd_error *error);

/* Wraps the present error as the reference does for failures on a shard: query_shard_exception "failed to
 * create query: ..." with index. */
enum qd_status qd_query_shard_wrap(const struct qd_shard_view *view, enum qd_status status,
                                   struct qd_error *error);
/* A query_shard_exception of its own. */
enum qd_status qd_query_shard_error(const struct qd_shard_view *view, struct qd_error *error,
                                    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
