/* Functions of function_score: what they are parsed to, and their values for documents.
 *
 * Used by query_function_score.c and query_function.c. Source: OpenSearch WeightFactorFunction,
 * RandomScoreFunction, FieldValueFactorFunction, DecayFunctionBuilder.
 */
#ifndef QD_SEARCH_QUERY_FUNCTION_H
#define QD_SEARCH_QUERY_FUNCTION_H

#include "codec/columns.h"
#include "codec/ids.h"
#include "search/query_tree.h"

enum qd_function_kind {
    QD_FUNCTION_NONE,
    QD_FUNCTION_RANDOM,
    QD_FUNCTION_FIELD,
    QD_FUNCTION_GAUSS,
    QD_FUNCTION_EXP,
    QD_FUNCTION_LINEAR
};
enum qd_function_modifier {
    QD_MODIFIER_NONE,
    QD_MODIFIER_LOG,
    QD_MODIFIER_LOG1P,
    QD_MODIFIER_LOG2P,
    QD_MODIFIER_LN,
    QD_MODIFIER_LN1P,
    QD_MODIFIER_LN2P,
    QD_MODIFIER_SQUARE,
    QD_MODIFIER_SQRT,
    QD_MODIFIER_RECIPROCAL
};
enum qd_function_mode {
    QD_FUNCTION_MIN,
    QD_FUNCTION_MAX,
    QD_FUNCTION_AVG,
    QD_FUNCTION_SUM,
    QD_FUNCTION_MEDIAN
};

/* A function as parsed. */
struct qd_function {
    enum qd_function_kind kind;
    bool has_weight;
    float weight;
    struct qd_slice field;      /* data NULL: none */
    const struct qd_json *seed; /* RANDOM, or NULL */
    float factor;               /* FIELD */
    enum qd_function_modifier modifier;
    bool has_missing;
    double missing;
    const struct qd_json *decay; /* decays: the object below the field's name, read on the shard */
    enum qd_function_mode mode;
};

/* True when `name` is a function's name. */
bool qd_function_known(struct qd_slice name, enum qd_function_kind *kind);

/* Parses the object below a function's name. */
QD_CHECKED enum qd_status qd_function_parse(struct qd_query_parser *parser, enum qd_function_kind kind,
                                            const struct qd_json *body, struct qd_function *function,
                                            struct qd_error *error);

/* A function on a shard, and on one segment. */
struct qd_function_value {
    const struct qd_function *function;
    const struct qd_field *field;
    int32_t seed, salted_seed;
    struct qd_slice constant;            /* what all documents have: _index; data NULL: nothing */
    double origin, scale, offset, decay; /* of a decay; the scale as its formula wants it */
    /* the segment */
    struct qd_numeric_column *numbers;
    struct qd_ordinal_column *ordinals;
    struct qd_ids *ids;
    uint32_t doc_base;
    struct qd_arena *arena;
};

/* Resolves fields and parameters. */
QD_CHECKED enum qd_status qd_function_resolve(struct qd_query_context *context,
                                              const struct qd_function *function,
                                              struct qd_function_value *value, struct qd_error *error);

/* Moves to a segment. */
QD_CHECKED enum qd_status qd_function_segment(struct qd_function_value *value,
                                              const struct qd_segment_context *segment,
                                              struct qd_error *error);

/* The value for a document, weight included. A value that the reference refuses (a negative one of a field, a
 * document without a value and no default) goes to `error` when that is empty and counts as 0. */
double qd_function_score(const struct qd_function_value *value, qd_doc_id doc, struct qd_error *error);

/* The explanation of that value. */
struct qd_explanation *qd_function_explain(const struct qd_function_value *value, qd_doc_id doc,
                                           struct qd_arena *arena, struct qd_error *error);

#endif
