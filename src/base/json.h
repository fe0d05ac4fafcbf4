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

/* A node of a parsed document. NULL stands for "not there" in every function below. It is laid out as
 * yyjson's values are, which json.c checks; its fields are for the functions here alone, which run for every
 * value of every document that is indexed. */
struct qd_json {
    uint64_t tag_;     /* its type in the low three bits, its length or count from bit 8 on */
    const char *text_; /* of a string, or of a number as it was written; of a container the number of bytes
                          from this node to the one behind its last */
};

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

/* yyjson's types in a tag, and where a length begins. */
enum {
    QD_JSON_TAG_RAW_ = 1,
    QD_JSON_TAG_STRING_ = 5,
    QD_JSON_TAG_ARRAY_ = 6,
    QD_JSON_TAG_OBJECT_ = 7,
    QD_JSON_TAG_BITS_ = 8
};
/* For each of yyjson's types from 0 on four bits with its enum qd_json_type. */
#define QD_JSON_TYPES_ UINT32_C(0x65432130)

/* yyjson's type of a node; 0 of NULL. */
static inline unsigned qd_json_tag_(const struct qd_json *node)
{
    return node == NULL ? 0 : (unsigned)node->tag_ & 7;
}

/* The type of a node. */
static inline enum qd_json_type qd_json_type_of(const struct qd_json *node)
{
    return (enum qd_json_type)(QD_JSON_TYPES_ >> (4 * qd_json_tag_(node)) & 15);
}

static inline bool qd_json_is_object(const struct qd_json *node)
{
    return qd_json_tag_(node) == QD_JSON_TAG_OBJECT_;
}
static inline bool qd_json_is_array(const struct qd_json *node)
{
    return qd_json_tag_(node) == QD_JSON_TAG_ARRAY_;
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

/* qd_json_text of what is neither a string nor a number. */
struct qd_slice qd_json_word_text_(const struct qd_json *node);

/* The text of a scalar as Jackson's getText gives it: a string's content, a number as written, true,
 * false, null. Empty for arrays and objects. */
static inline struct qd_slice qd_json_text(const struct qd_json *node)
{
    unsigned tag = qd_json_tag_(node);
    if (tag == QD_JSON_TAG_STRING_ || tag == QD_JSON_TAG_RAW_) {
        return qd_slice_make(node->text_, (size_t)(node->tag_ >> QD_JSON_TAG_BITS_));
    }
    return qd_json_word_text_(node);
}

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
static inline bool qd_json_next(struct qd_json_iterator *iterator)
{
    if (iterator->left_ == 0) return false;
    iterator->left_--;
    const struct qd_json *value = iterator->next_;
    if (iterator->object_) {
        iterator->name = value;
        iterator->key = qd_slice_make(value->text_, (size_t)(value->tag_ >> QD_JSON_TAG_BITS_));
        value++;
    }
    iterator->value = value;
    bool container = qd_json_tag_(value) >= QD_JSON_TAG_ARRAY_;
    iterator->next_ = value + (container ? (uintptr_t)value->text_ / sizeof(*value) : 1);
    return true;
}

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
