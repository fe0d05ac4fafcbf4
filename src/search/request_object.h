/* Objects of fixed members, as OpenSearch's ObjectParser reads them: one table row per member.
 *
 * Used by the parts of a search body that the reference parses this way (slice, pit, sort keys, docvalue
 * fields, highlight), so that types, positions and the wrapping of errors are the same. Source:
 * OpenSearch 3.8.0 ObjectParser, XContentParseException.
 */
#ifndef QD_SEARCH_REQUEST_OBJECT_H
#define QD_SEARCH_REQUEST_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/status.h"

/* A walk over a body: where it is, for errors. */
struct qd_object_parser {
    const struct qd_json_document *document;
    struct qd_arena *arena;
    int64_t line, column; /* of the token at hand; after a failure, where it happened */
};

/* Token types a member takes, as bits. */
enum qd_object_token {
    QD_TOKEN_STRING = 1,
    QD_TOKEN_NUMBER = 2,
    QD_TOKEN_BOOLEAN = 4,
    QD_TOKEN_NULL = 8,
    QD_TOKEN_OBJECT = 16,
    QD_TOKEN_ARRAY = 32
};
#define QD_TOKENS_NUMERIC (QD_TOKEN_STRING | QD_TOKEN_NUMBER)
#define QD_TOKENS_BOOLEAN (QD_TOKEN_STRING | QD_TOKEN_BOOLEAN)
#define QD_TOKENS_SCALAR (QD_TOKEN_STRING | QD_TOKEN_NUMBER | QD_TOKEN_BOOLEAN | QD_TOKEN_NULL)

/* One member. */
struct qd_object_member {
    const char *name;
    unsigned tokens; /* of enum qd_object_token; others are refused */
    enum qd_status (*parse)(struct qd_object_parser *parser, const struct qd_json *value, void *target,
                            struct qd_error *error);
};

/* The object's name in errors and its members. */
struct qd_object_spec {
    const char *name;
    const struct qd_object_member *members; /* members[count] */
    size_t count;
};

/* The bit of a value's first token. */
unsigned qd_object_token_bit(const struct qd_json *value);

/* Moves to the first character of a node, or behind its last one (the closing brace of an object). */
void qd_object_at(struct qd_object_parser *parser, const struct qd_json *node);
void qd_object_at_end(struct qd_object_parser *parser, const struct qd_json *node);

/* A parsing_exception with line and col of where the parser is. */
enum qd_status qd_object_parsing_error(struct qd_object_parser *parser, struct qd_error *error,
                                       const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Parses `object` into `target`. A value that is no object is refused as the reference does, which looks at
 * the token behind it. Errors: QD_X_CONTENT_PARSE; those of members are wrapped as "[line:col] [name] failed
 * to parse field [x]". */
QD_CHECKED enum qd_status qd_object_parse(struct qd_object_parser *parser, const struct qd_object_spec *spec,
                                          const struct qd_json *object, void *target, struct qd_error *error);

/* Wraps the present error as a failure to parse the member `field` of `name`; returns QD_X_CONTENT_PARSE. */
enum qd_status qd_object_wrap(struct qd_object_parser *parser, const char *name, struct qd_slice field,
                              struct qd_error *error);

/* Moves to where an error of a query inside happened, when its members or its text tell: "... at [1:36]". */
void qd_object_at_error(struct qd_object_parser *parser, const struct qd_error *error);

/* Scalars as XContentParser reads them: an int (fractions are cut off, strings are taken), a float, a
 * boolean. Errors: QD_INPUT_COERCION, QD_NUMBER_FORMAT, QD_ILLEGAL_ARGUMENT with the reference's texts. */
QD_CHECKED enum qd_status qd_object_int(struct qd_object_parser *parser, const struct qd_json *value,
                                        int64_t *result, struct qd_error *error);
QD_CHECKED enum qd_status qd_object_long(struct qd_object_parser *parser, const struct qd_json *value,
                                         int64_t *result, struct qd_error *error);
QD_CHECKED enum qd_status qd_object_float(struct qd_object_parser *parser, const struct qd_json *value,
                                          float *result, struct qd_error *error);
QD_CHECKED enum qd_status qd_object_boolean(struct qd_object_parser *parser, const struct qd_json *value,
                                            bool *result, struct qd_error *error);

#endif
