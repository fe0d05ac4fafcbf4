/* Reading JSON: a checked tree over yyjson.
 *
 * Used for every body, mapping, setting and document. The tree is immutable and lives in an arena. Numbers
 * are kept as their text, so that longs, doubles and big integers are told apart as Jackson does.
 * OpenSearch's rules are enforced: duplicate keys, depth (1000), string length (50,000,000) and name length
 * (50,000) are errors whose type, text, line and column are Jackson's. Positions of nodes are found again
 * from the source when an error needs them.
 * Source: com.fasterxml.jackson.core of OpenSearch 3.8.0, XContentConstraints.
 */
#ifndef QD_BASE_JSON_H
#define QD_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

#define QD_JSON_DEPTH_MAX 1000
#define QD_JSON_STRING_SIZE_MAX 50000000
#define QD_JSON_NAME_SIZE_MAX 50000
#define QD_JSON_NUMBER_SIZE_MAX 1000

/* A node of a parsed document; opaque. NULL stands for "not there" in every function below. */
struct qd_json;

/* A parsed document: root and source, for positions. */
struct qd_json_document {
    const struct qd_json *root; /* the only value */
    struct qd_slice source;     /* the text that was parsed, comments blanked; lives in the arena */
};

enum qd_json_type {
    QD_JSON_MISSING, /* a NULL node */
    QD_JSON_NULL,
    QD_JSON_BOOLEAN,
    QD_JSON_NUMBER,
    QD_JSON_STRING,
    QD_JSON_ARRAY,
    QD_JSON_OBJECT
};

/* Parses one JSON value with nothing but white space after it. `text` is copied into the arena. Errors:
 * QD_JSON_PARSE, QD_JSON_EOF, QD_STREAM_CONSTRAINTS with Jackson's reason. An empty text gives a document
 * whose root is NULL and QD_OK. */
QD_CHECKED enum qd_status qd_json_parse(struct qd_arena *arena, struct qd_slice text,
                                        struct qd_json_document *document, struct qd_error *error);

/* The same without copying the source: `text` must live as long as the document. The texts of strings and
 * numbers live in `arena`, the nodes in `nodes`, which may go earlier. */
QD_CHECKED enum qd_status qd_json_parse_view(struct qd_arena *arena, struct qd_arena *nodes,
                                             struct qd_slice text, struct qd_json_document *document,
                                             struct qd_error *error);

/* The type of a node. */
enum qd_json_type qd_json_type_of(const struct qd_json *node);

static inline bool qd_json_is_object(const struct qd_json *node)
{
    return qd_json_type_of(node) == QD_JSON_OBJECT;
}
static inline bool qd_json_is_array(const struct qd_json *node)
{
    return qd_json_type_of(node) == QD_JSON_ARRAY;
}
static inline bool qd_json_is_string(const struct qd_json *node)
{
    return qd_json_type_of(node) == QD_JSON_STRING;
}
static inline bool qd_json_is_number(const struct qd_json *node)
{
    return qd_json_type_of(node) == QD_JSON_NUMBER;
}
static inline bool qd_json_is_null(const struct qd_json *node)
{
    return qd_json_type_of(node) == QD_JSON_NULL;
}
static inline bool qd_json_is_boolean(const struct qd_json *node)
{
    return qd_json_type_of(node) == QD_JSON_BOOLEAN;
}

/* The text of a scalar as Jackson's getText gives it: a string's content, a number as written, true,
 * false, null. Empty for arrays and objects. */
struct qd_slice qd_json_text(const struct qd_json *node);

/* The value of a boolean node. */
bool qd_json_boolean(const struct qd_json *node);

/* True for a number written without fraction and exponent (a long or a big integer). */
bool qd_json_is_integral(const struct qd_json *node);

/* A number (or a string that holds one) as a long; false when it is not one, has a fraction, or does not
 * fit. */
bool qd_json_int64(const struct qd_json *node, int64_t *value);

/* A number (or a string that holds one) as a double; false when it is not one. */
bool qd_json_double(const struct qd_json *node, double *value);

/* How many members or elements. */
size_t qd_json_size(const struct qd_json *node);

/* The member `key` of an object, NULL when missing or when node is no object. Linear. */
const struct qd_json *qd_json_get(const struct qd_json *node, const char *key);

/* The same with a slice. */
const struct qd_json *qd_json_get_slice(const struct qd_json *node, struct qd_slice key);

/* Walks members or elements in document order:
 * struct qd_json_iterator at = qd_json_iterate(node); while (qd_json_next(&at)) use(at.key, at.value); */
struct qd_json_iterator {
    struct qd_slice key;          /* member name; empty in arrays */
    const struct qd_json *name;   /* the name as a node, for positions; NULL in arrays */
    const struct qd_json *value;  /* member value or element */
    const struct qd_json *next_;  /* private */
    size_t left_;                 /* private */
    bool object_;                 /* private */
};

/* Starts a walk; nodes that are no containers have nothing in them. */
struct qd_json_iterator qd_json_iterate(const struct qd_json *node);

/* Moves to the next member or element; false at the end. */
bool qd_json_next(struct qd_json_iterator *iterator);

/* Line and column (both from 1) of the first character of `node` in the document. Walks the source: for
 * errors only. */
void qd_json_position(const struct qd_json_document *document, const struct qd_json *node, int64_t *line,
                      int64_t *column);

/* The same of the last character of `node`: the closing brace of an object. */
void qd_json_position_end(const struct qd_json_document *document, const struct qd_json *node, int64_t *line,
                          int64_t *column);

/* The same of the token behind `node`: where a parser stands that has read one token too many. */
void qd_json_position_after(const struct qd_json_document *document, const struct qd_json *node,
                            int64_t *line, int64_t *column);

/* The byte offsets [*start, *end) of `node`'s text in document->source. Walks the source. */
void qd_json_extent(const struct qd_json_document *document, const struct qd_json *node, size_t *start,
                    size_t *end);

/* How the reference's parser calls the token with which a value begins: "START_OBJECT", "VALUE_STRING", ...;
 * "END_OBJECT" where there is no value. */
const char *qd_json_token_name(const struct qd_json *value);

#endif
