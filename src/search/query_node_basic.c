/* All documents, no documents, and the wrappers boost, constant score and approximation. */
#include <string.h>

#include "base/assert.h"
#include "base/number.h"
#include "search/query_node_boolean.h"

/* ---- all ---- */
static void all_text(const struct qd_node *node, struct qd_buffer *out)
{
    (void)node;
    qd_buffer_text(out, "*:*");
}

static enum qd_status all_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                 struct qd_scorer **scorer, struct qd_error *error)
{
    (void)error;
    if (segment->doc_count > 0)
        *scorer = qd_scorer_all(segment->arena, segment->doc_count, node->scores ? node->boost : 0.0f);
    return QD_OK;
}

static bool all_count(const struct qd_node *node, const struct qd_segment_context *segment, uint64_t *count)
{
    (void)node;
    *count = segment->doc_count;
    return true;
}

static bool all_bounds(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper)
{
    (void)node, (void)field, (void)lower, (void)upper;
    return true;
}

static const struct qd_node_kind all_kind = { .name = "MatchAllDocsQuery",
                                              .text = all_text,
                                              .scorer = all_scorer,
                                              .count = all_count,
                                              .bounds = all_bounds };

struct qd_node *qd_node_all(struct qd_arena *arena)
{
    struct qd_node *node = QD_NEW(arena, struct qd_node);
    node->kind = &all_kind;
    return node;
}

bool qd_node_is_all(const struct qd_node *node) { return node->kind == &all_kind; }

/* ---- none ---- */
struct none_node {
    struct qd_node node;
    struct qd_slice reason;
};

static void none_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct none_node *self = (const struct none_node *)node;
    qd_buffer_text(out, "MatchNoDocsQuery(\"");
    qd_buffer_slice(out, self->reason);
    qd_buffer_text(out, "\")");
}

static enum qd_status none_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                  struct qd_scorer **scorer, struct qd_error *error)
{
    (void)node, (void)segment, (void)scorer, (void)error;
    return QD_OK;
}

static enum qd_status none_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                   qd_doc_id doc, struct qd_explanation **explanation, struct qd_error *error)
{
    (void)doc, (void)error;
    const struct none_node *self = (const struct none_node *)node;
    *explanation = qd_explain_no_match(segment->arena, "%.*s", QD_SLICE_ARG(self->reason));
    return QD_OK;
}

static bool none_count(const struct qd_node *node, const struct qd_segment_context *segment, uint64_t *count)
{
    (void)node, (void)segment;
    *count = 0;
    return true;
}

static const struct qd_node_kind none_kind = { .name = "MatchNoDocsQuery",
                                               .text = none_text,
                                               .scorer = none_scorer,
                                               .explain = none_explain,
                                               .count = none_count };

struct qd_node *qd_node_none(struct qd_arena *arena, const char *format, ...)
{
    struct none_node *self = QD_NEW(arena, struct none_node);
    va_list arguments;
    va_start(arguments, format);
    self->reason = qd_arena_vformat(arena, format, arguments);
    va_end(arguments);
    self->node.kind = &none_kind;
    return &self->node;
}

bool qd_node_is_none(const struct qd_node *node) { return node->kind == &none_kind; }

/* ---- boost ---- */
struct wrapper_node {
    struct qd_node node;
    struct qd_node *inner;
    float factor;                  /* boost */
    struct qd_slice approximation; /* approximate */
};

static const struct qd_node_kind boost_kind, constant_kind, approximate_kind;

static void boost_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct wrapper_node *self = (const struct wrapper_node *)node;
    char text[QD_NUMBER_TEXT_MAX];
    qd_buffer_byte(out, '(');
    qd_node_text(self->inner, out);
    qd_buffer_text(out, ")^");
    qd_buffer_append(out, text, qd_float_to_text(self->factor, text));
}

static enum qd_status boost_rewrite(struct qd_node *node, struct qd_query_context *context,
                                    struct qd_node **result, struct qd_error *error)
{
    struct wrapper_node *self = (struct wrapper_node *)node;
    struct qd_node *inner;
    QD_TRY(qd_node_rewrite(self->inner, context, &inner, error));
    float factor;
    struct qd_node *nested = qd_node_boosted(inner, &factor);
    if (self->factor == 1.0f || qd_node_is_none(inner)) {
        *result = inner;
    } else if (nested != NULL) {
        *result = qd_node_boost(context->arena, nested, self->factor * factor);
    } else if (self->factor == 0.0f && inner->kind != &constant_kind) {
        *result = qd_node_boost(context->arena, qd_node_constant(context->arena, inner), 0.0f);
    } else if (inner != self->inner) {
        *result = qd_node_boost(context->arena, inner, self->factor);
    }
    return QD_OK;
}

static enum qd_status boost_prepare(struct qd_node *node, struct qd_query_context *context,
                                    struct qd_error *error)
{
    struct wrapper_node *self = (struct wrapper_node *)node;
    struct qd_weight_input input = { node->boost * self->factor, node->scores };
    return qd_node_prepare(self->inner, context, input, error);
}

static enum qd_status wrapper_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                     struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_node_scorer(((struct wrapper_node *)node)->inner, segment, scorer, error);
}

static enum qd_status wrapper_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                      qd_doc_id doc, struct qd_explanation **explanation,
                                      struct qd_error *error)
{
    return qd_node_explain(((struct wrapper_node *)node)->inner, segment, doc, explanation, error);
}

static void boost_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct wrapper_node *self = (const struct wrapper_node *)node;
    struct qd_leaf_visitor inner = *visitor;
    inner.boost *= self->factor;
    qd_node_leaves(self->inner, &inner);
}

static void wrapper_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    qd_node_leaves(((const struct wrapper_node *)node)->inner, visitor);
}

static bool wrapper_count(const struct qd_node *node, const struct qd_segment_context *segment,
                          uint64_t *count)
{
    const struct qd_node *inner = ((const struct wrapper_node *)node)->inner;
    return inner->kind->count != NULL && inner->kind->count(inner, segment, count);
}

static uint64_t wrapper_count_least(const struct qd_node *node, const struct qd_segment_context *segment)
{
    bool exact;
    return qd_node_count_least(((const struct wrapper_node *)node)->inner, segment, &exact);
}

static bool wrapper_bounds(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper)
{
    return qd_node_bounds(((const struct wrapper_node *)node)->inner, field, lower, upper);
}

static const struct qd_node_kind boost_kind = { .name = "BoostQuery",
                                                .text = boost_text,
                                                .rewrite = boost_rewrite,
                                                .prepare = boost_prepare,
                                                .scorer = wrapper_scorer,
                                                .explain = wrapper_explain,
                                                .leaves = boost_leaves,
                                                .count = wrapper_count,
                                                .count_least = wrapper_count_least,
                                                .bounds = wrapper_bounds };

static struct qd_node *wrapper_new(struct qd_arena *arena, const struct qd_node_kind *kind,
                                   struct qd_node *inner)
{
    struct wrapper_node *self = QD_NEW(arena, struct wrapper_node);
    self->node.kind = kind;
    self->inner = inner;
    self->factor = 1.0f;
    return &self->node;
}

struct qd_node *qd_node_boost(struct qd_arena *arena, struct qd_node *inner, float boost)
{
    struct qd_node *node = wrapper_new(arena, &boost_kind, inner);
    ((struct wrapper_node *)node)->factor = boost;
    return node;
}

struct qd_node *qd_node_weigh(struct qd_arena *arena, struct qd_node *inner, float boost)
{
    return boost == 1.0f || qd_node_is_none(inner) ? inner : qd_node_boost(arena, inner, boost);
}

struct qd_node *qd_node_field_boost(struct qd_arena *arena, const struct qd_field *field,
                                    struct qd_node *inner)
{
    bool boosted = field->boost != 0.0f && field->boost != 1.0f;
    return boosted ? qd_node_boost(arena, inner, field->boost) : inner;
}

struct qd_node *qd_node_boosted(const struct qd_node *node, float *boost)
{
    if (node->kind != &boost_kind) return NULL;
    *boost = ((const struct wrapper_node *)node)->factor;
    return ((const struct wrapper_node *)node)->inner;
}

/* ---- constant score ---- */
static void constant_text(const struct qd_node *node, struct qd_buffer *out)
{
    qd_buffer_text(out, "ConstantScore(");
    qd_node_text(((const struct wrapper_node *)node)->inner, out);
    qd_buffer_byte(out, ')');
}

static enum qd_status constant_rewrite(struct qd_node *node, struct qd_query_context *context,
                                       struct qd_node **result, struct qd_error *error)
{
    struct wrapper_node *self = (struct wrapper_node *)node;
    struct qd_node *inner;
    QD_TRY(qd_node_rewrite(self->inner, context, &inner, error));
    float factor;
    for (;;) {
        struct qd_node *unwrapped = qd_node_boosted(inner, &factor);
        if (unwrapped == NULL) unwrapped = qd_node_constant_inner(inner);
        if (unwrapped == NULL) break;
        inner = unwrapped;
    }
    if (qd_node_is_boolean(inner)) inner = qd_boolean_without_scores(inner, context->arena);
    if (qd_node_is_none(inner)) *result = inner;
    else if (inner != self->inner) *result = qd_node_constant(context->arena, inner);
    return QD_OK;
}

static enum qd_status constant_prepare(struct qd_node *node, struct qd_query_context *context,
                                       struct qd_error *error)
{
    struct qd_weight_input input = { 1.0f, false };
    return qd_node_prepare(((struct wrapper_node *)node)->inner, context, input, error);
}

static enum qd_status constant_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                      struct qd_scorer **scorer, struct qd_error *error)
{
    struct qd_scorer *inner;
    QD_TRY(qd_node_scorer(((struct wrapper_node *)node)->inner, segment, &inner, error));
    if (inner != NULL)
        *scorer = node->scores ? qd_scorer_constant(segment->arena, inner, node->boost) : inner;
    return QD_OK;
}

static const struct qd_node_kind constant_kind = { .name = "ConstantScoreQuery",
                                                   .text = constant_text,
                                                   .rewrite = constant_rewrite,
                                                   .prepare = constant_prepare,
                                                   .scorer = constant_scorer,
                                                   .leaves = wrapper_leaves,
                                                   .count = wrapper_count,
                                                   .count_least = wrapper_count_least,
                                                   .bounds = wrapper_bounds };

struct qd_node *qd_node_constant(struct qd_arena *arena, struct qd_node *inner)
{
    return wrapper_new(arena, &constant_kind, inner);
}

struct qd_node *qd_node_constant_inner(const struct qd_node *node)
{
    return node->kind == &constant_kind ? ((const struct wrapper_node *)node)->inner : NULL;
}

/* ---- approximation: only its text differs from the inner node ---- */
static void approximate_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct wrapper_node *self = (const struct wrapper_node *)node;
    qd_buffer_text(out, "ApproximateScoreQuery(originalQuery=");
    qd_node_text(self->inner, out);
    qd_buffer_text(out, ", approximationQuery=Approximate(");
    qd_buffer_slice(out, self->approximation);
    qd_buffer_text(out, "))");
}

static enum qd_status approximate_rewrite(struct qd_node *node, struct qd_query_context *context,
                                          struct qd_node **result, struct qd_error *error)
{
    return qd_node_rewrite(((struct wrapper_node *)node)->inner, context, result, error);
}

static enum qd_status approximate_prepare(struct qd_node *node, struct qd_query_context *context,
                                          struct qd_error *error)
{
    struct qd_weight_input input = { node->boost, node->scores };
    return qd_node_prepare(((struct wrapper_node *)node)->inner, context, input, error);
}

static const struct qd_node_kind approximate_kind = { .name = "ApproximateScoreQuery",
                                                      .text = approximate_text,
                                                      .rewrite = approximate_rewrite,
                                                      .prepare = approximate_prepare,
                                                      .scorer = wrapper_scorer,
                                                      .explain = wrapper_explain,
                                                      .leaves = wrapper_leaves,
                                                      .count = wrapper_count,
                                                      .count_least = wrapper_count_least,
                                                      .bounds = wrapper_bounds };

struct qd_node *qd_node_approximate(struct qd_arena *arena, struct qd_node *inner,
                                    struct qd_slice approximation)
{
    struct qd_node *node = wrapper_new(arena, &approximate_kind, inner);
    ((struct wrapper_node *)node)->approximation = approximation;
    return node;
}

struct qd_slice qd_node_approximation(const struct qd_node *node)
{
    const struct wrapper_node *self = (const struct wrapper_node *)node;
    if (node->kind != &approximate_kind || qd_node_is_all(self->inner)) return (struct qd_slice){ 0 };
    return self->approximation;
}
