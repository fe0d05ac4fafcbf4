/* The greatest of several scores. Source: Lucene 10.5 DisjunctionMaxQuery. */
#include "base/number.h"
#include "search/query_node.h"

struct dis_max_node {
    struct qd_node node;
    struct qd_node **subs;
    size_t count;
    float tie_breaker;
};

static void dis_max_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct dis_max_node *self = (const struct dis_max_node *)node;
    qd_buffer_byte(out, '(');
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_text(out, " | ");
        bool parentheses = qd_node_is_boolean(self->subs[i]);
        if (parentheses) qd_buffer_byte(out, '(');
        qd_node_text(self->subs[i], out);
        if (parentheses) qd_buffer_byte(out, ')');
    }
    qd_buffer_byte(out, ')');
    if (self->tie_breaker != 0.0f) {
        char text[QD_NUMBER_TEXT_MAX];
        qd_buffer_byte(out, '~');
        qd_buffer_append(out, text, qd_float_to_text(self->tie_breaker, text));
    }
}

static enum qd_status dis_max_rewrite(struct qd_node *node, struct qd_query_context *context,
                                      struct qd_node **result, struct qd_error *error)
{
    struct dis_max_node *self = (struct dis_max_node *)node;
    if (self->count == 0) {
        *result = qd_node_none(context->arena, "empty DisjunctionMaxQuery");
        return QD_OK;
    }
    if (self->count == 1) {
        *result = self->subs[0];
        return QD_OK;
    }
    if (self->tie_breaker == 1.0f) {
        /* The greatest plus all others is a plain sum. */
        *result = qd_node_boolean_make(context->arena);
        for (size_t i = 0; i < self->count; i++)
            qd_node_boolean_add(*result, context->arena, QD_SHOULD, self->subs[i]);
        return QD_OK;
    }
    bool changed = false;
    struct qd_node **subs = QD_NEW_ARRAY(context->arena, struct qd_node *, self->count);
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_node *sub;
        QD_TRY(qd_node_rewrite(self->subs[i], context, &sub, error));
        changed |= sub != self->subs[i];
        if (qd_node_is_none(sub)) {
            changed = true;
            continue;
        }
        subs[count++] = sub;
    }
    if (!changed) return QD_OK;
    *result = count == 0 ? qd_node_none(context->arena, "empty DisjunctionMaxQuery")
                         : qd_node_dis_max(context->arena, subs, count, self->tie_breaker);
    return QD_OK;
}

static enum qd_status dis_max_prepare(struct qd_node *node, struct qd_query_context *context,
                                      struct qd_error *error)
{
    struct dis_max_node *self = (struct dis_max_node *)node;
    struct qd_weight_input input = { node->boost, node->scores };
    for (size_t i = 0; i < self->count; i++) QD_TRY(qd_node_prepare(self->subs[i], context, input, error));
    return QD_OK;
}

static enum qd_status dis_max_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                     struct qd_scorer **scorer, struct qd_error *error)
{
    struct dis_max_node *self = (struct dis_max_node *)node;
    struct qd_scorers subs = { 0 };
    for (size_t i = 0; i < self->count; i++) {
        struct qd_scorer *sub;
        QD_TRY(qd_node_scorer(self->subs[i], segment, &sub, error));
        if (sub != NULL) *QD_PUSH(segment->arena, &subs) = sub;
    }
    if (subs.count == 1) *scorer = subs.data[0];
    else if (subs.count > 1) *scorer = qd_scorer_dis_max(segment->arena, &subs, self->tie_breaker);
    return QD_OK;
}

static enum qd_status dis_max_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                      qd_doc_id doc, struct qd_explanation **explanation,
                                      struct qd_error *error)
{
    struct dis_max_node *self = (struct dis_max_node *)node;
    size_t count = 0;
    float greatest = 0;
    double others = 0;
    struct qd_explanation *result =
        qd_explain_match(segment->arena, 0, "max%s of:", self->tie_breaker == 0.0f ? "" : " plus");
    struct qd_explanation *missed = qd_explain_no_match(segment->arena, "No matching clause");
    for (size_t i = 0; i < self->count; i++) {
        struct qd_explanation *sub;
        QD_TRY(qd_node_explain(self->subs[i], segment, doc, &sub, error));
        qd_explain_add(sub->match ? result : missed, sub);
        if (!sub->match) continue;
        count++;
        float score = (float)sub->value;
        if (score >= greatest) {
            others += (double)greatest;
            greatest = score;
        } else {
            others += (double)score;
        }
    }
    if (count == 0) {
        *explanation = missed;
        return QD_OK;
    }
    result->value = (double)(float)((double)greatest + others * (double)self->tie_breaker);
    if (self->tie_breaker != 0.0f) {
        char text[QD_NUMBER_TEXT_MAX];
        size_t size = qd_float_to_text(self->tie_breaker, text);
        result->description =
            qd_arena_format(segment->arena, "max plus %.*s times others of:", (int)size, text);
    }
    *explanation = result;
    return QD_OK;
}

static void dis_max_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct dis_max_node *self = (const struct dis_max_node *)node;
    for (size_t i = 0; i < self->count; i++) qd_node_leaves(self->subs[i], visitor);
}

static uint64_t dis_max_count_least(const struct qd_node *node, const struct qd_segment_context *segment)
{
    const struct dis_max_node *self = (const struct dis_max_node *)node;
    uint64_t most = 0;
    for (size_t i = 0; i < self->count; i++) {
        bool exact;
        uint64_t least = qd_node_count_least(self->subs[i], segment, &exact);
        if (least > most) most = least;
    }
    return most;
}

static const struct qd_node_kind dis_max_kind = { .name = "DisjunctionMaxQuery",
                                                  .text = dis_max_text,
                                                  .rewrite = dis_max_rewrite,
                                                  .prepare = dis_max_prepare,
                                                  .scorer = dis_max_scorer,
                                                  .explain = dis_max_explain,
                                                  .leaves = dis_max_leaves,
                                                  .count_least = dis_max_count_least };

struct qd_node *qd_node_dis_max(struct qd_arena *arena, struct qd_node **nodes, size_t count,
                                float tie_breaker)
{
    struct dis_max_node *self = QD_NEW(arena, struct dis_max_node);
    self->node.kind = &dis_max_kind;
    self->subs = nodes;
    self->count = count;
    self->tie_breaker = tie_breaker;
    return &self->node;
}
