/* boosting. Source: OpenSearch BoostingQueryBuilder, Lucene FunctionScoreQuery.boostByQuery. */
#include "base/number.h"
#include "search/query_tree.h"
#include "search/scorer.h"

struct boosting_query {
    struct qd_query query;
    const struct qd_query *positive, *negative;
    float negative_boost;
};

/* A scalar, or those in an array: the reference's loop knows neither brackets nor null and walks over
 * them. */
static enum qd_status boosting_scalars(struct qd_query_parser *parser, struct boosting_query *self,
                                       struct qd_slice key, const struct qd_json *value,
                                       struct qd_error *error)
{
    bool taken = true;
    if (qd_json_is_array(value)) {
        struct qd_json_iterator element = qd_json_iterate(value);
        while (qd_json_next(&element)) QD_TRY(boosting_scalars(parser, self, key, element.value, error));
        return QD_OK;
    }
    if (qd_json_is_null(value)) return QD_OK;
    if (qd_slice_is(key, "negative_boost") || qd_slice_is(key, "negativeBoost"))
        return qd_query_float(parser, value, &self->negative_boost, error);
    if (qd_query_is_value(value))
        QD_TRY(qd_query_parse_common(parser, &self->query, key, value, &taken, error));
    else taken = false;
    if (taken) return QD_OK;
    return qd_query_error_at(parser, value, error, "[boosting] query does not support [%.*s]",
                             QD_SLICE_ARG(key));
}

static enum qd_status boosting_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                     struct qd_query **query, struct qd_error *error)
{
    struct boosting_query *self = QD_QUERY_NEW(parser->arena, struct boosting_query, &qd_query_kind_boosting);
    self->negative_boost = -1;
    struct qd_json_iterator at = qd_json_iterate(body);
    while (qd_json_next(&at)) {
        bool taken = true;
        struct qd_query *inner;
        if (qd_json_is_object(at.value) && qd_slice_is(at.key, "positive")) {
            QD_TRY(qd_query_parse_inner(parser, at.value, &inner, error));
            self->positive = inner;
        } else if (qd_json_is_object(at.value) && qd_slice_is(at.key, "negative")) {
            QD_TRY(qd_query_parse_inner(parser, at.value, &inner, error));
            self->negative = inner;
        } else if (qd_json_is_object(at.value)) {
            taken = false;
        } else {
            QD_TRY(boosting_scalars(parser, self, at.key, at.value, error));
        }
        if (!taken)
            return qd_query_error_at(parser, at.value, error, "[boosting] query does not support [%.*s]",
                                     QD_SLICE_ARG(at.key));
    }
    if (self->positive == NULL)
        return qd_query_error_end(parser, body, error,
                                 "[boosting] query requires 'positive' query to be set'");
    if (self->negative == NULL)
        return qd_query_error_end(parser, body, error,
                                 "[boosting] query requires 'negative' query to be set'");
    if (self->negative_boost < 0)
        return qd_query_error_end(
            parser, body, error,
            "[boosting] query requires 'negative_boost' to be set to be a positive value'");
    *query = &self->query;
    return QD_OK;
}

static enum qd_status boosting_rewrite(const struct qd_query *query, struct qd_query_context *context,
                                       const struct qd_query **result, struct qd_error *error)
{
    const struct boosting_query *self = (const struct boosting_query *)query;
    struct boosting_query *copy =
        QD_QUERY_NEW(context->arena, struct boosting_query, &qd_query_kind_boosting);
    *copy = *self;
    QD_TRY(qd_query_rewrite(self->positive, context, &copy->positive, error));
    QD_TRY(qd_query_rewrite(self->negative, context, &copy->negative, error));
    if (copy->positive->kind == &qd_query_kind_match_none) *result = qd_query_match_none(context->arena);
    else if (copy->positive != self->positive || copy->negative != self->negative) *result = &copy->query;
    return QD_OK;
}

/* ---- the node: the score of one query, multiplied where another matches ---- */
struct boosting_node {
    struct qd_node node;
    struct qd_node *positive, *negative;
    const struct qd_node *shown; /* the negative query as it was given: the text does not rewrite it */
    float factor;
};

static void boosting_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct boosting_node *self = (const struct boosting_node *)node;
    char number[QD_NUMBER_TEXT_MAX];
    qd_buffer_text(out, "FunctionScoreQuery(");
    qd_node_text(self->positive, out);
    qd_buffer_text(out, ", scored by boost(queryboost(score(");
    qd_node_text(self->shown, out);
    qd_buffer_text(out, "))^");
    qd_buffer_append(out, number, qd_float_to_text(self->factor, number));
    qd_buffer_text(out, "))");
}

struct boosting_scorer {
    struct qd_scorer scorer;
    struct qd_scorer *positive, *negative; /* negative may be NULL */
    float factor, boost;
};

static qd_doc_id boosting_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    scorer->started = true;
    return scorer->doc = qd_scorer_seek(((struct boosting_scorer *)scorer)->positive, target);
}

static qd_doc_id boosting_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return boosting_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool boosting_matches(struct qd_scorer *scorer)
{
    return qd_scorer_confirm(((struct boosting_scorer *)scorer)->positive);
}

static float boosting_score(struct qd_scorer *scorer)
{
    const struct boosting_scorer *self = (const struct boosting_scorer *)scorer;
    double score = (double)self->positive->operations->score(self->positive);
    if (self->negative != NULL && qd_scorer_seek(self->negative, scorer->doc) == scorer->doc &&
        qd_scorer_confirm(self->negative))
        score *= (double)self->factor;
    return (float)(score * (double)self->boost);
}

static const struct qd_scorer_operations boosting_operations = {
    .next = boosting_next,
    .advance = boosting_advance,
    .matches = boosting_matches,
    .score = boosting_score,
};

/* A copy, because the node as it was given may still be printed by one around it. */
static enum qd_status boosting_node_rewrite(struct qd_node *node, struct qd_query_context *context,
                                            struct qd_node **result, struct qd_error *error)
{
    struct boosting_node *self = (struct boosting_node *)node;
    struct boosting_node *copy = QD_NEW(context->arena, struct boosting_node);
    *copy = *self;
    QD_TRY(qd_node_rewrite(self->positive, context, &copy->positive, error));
    QD_TRY(qd_node_rewrite(self->negative, context, &copy->negative, error));
    if (copy->positive != self->positive || copy->negative != self->negative) *result = &copy->node;
    return QD_OK;
}

static struct qd_node *boosting_unscored(const struct qd_node *node)
{
    return ((const struct boosting_node *)node)->positive;
}

static enum qd_status boosting_prepare(struct qd_node *node, struct qd_query_context *context,
                                       struct qd_error *error)
{
    struct boosting_node *self = (struct boosting_node *)node;
    QD_TRY(qd_node_prepare(self->positive, context, (struct qd_weight_input){ 1.0f, node->scores }, error));
    return qd_node_prepare(self->negative, context, (struct qd_weight_input){ 1.0f, false }, error);
}

static enum qd_status boosting_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                      struct qd_scorer **scorer, struct qd_error *error)
{
    struct boosting_node *self = (struct boosting_node *)node;
    struct qd_scorer *positive;
    struct qd_scorer *negative;
    QD_TRY(qd_node_scorer(self->positive, segment, &positive, error));
    if (positive == NULL || !node->scores) {
        *scorer = positive;
        return QD_OK;
    }
    QD_TRY(qd_node_scorer(self->negative, segment, &negative, error));
    struct boosting_scorer *result = QD_NEW(segment->arena, struct boosting_scorer);
    result->scorer.operations = &boosting_operations;
    result->scorer.cost = positive->cost;
    result->positive = positive;
    result->negative = negative;
    result->factor = self->factor;
    result->boost = node->boost;
    *scorer = &result->scorer;
    return QD_OK;
}

static enum qd_status boosting_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                       qd_doc_id doc, struct qd_explanation **explanation,
                                       struct qd_error *error)
{
    struct boosting_node *self = (struct boosting_node *)node;
    struct qd_explanation *positive;
    bool negative;
    bool matched;
    float score = 0;
    QD_TRY(qd_node_explain(self->positive, segment, doc, &positive, error));
    QD_TRY(qd_node_matches(self->negative, segment, doc, &negative, NULL, error));
    QD_TRY(qd_node_matches(node, segment, doc, &matched, &score, error));
    *explanation = positive;
    if (!positive->match) return QD_OK;
    struct qd_slice name = qd_node_string(node, segment->arena);
    bool boosted = node->boost != 1.0f;
    *explanation = qd_explain_match(segment->arena, (double)score, "weight(%.*s), %s of:", QD_SLICE_ARG(name),
                                    boosted ? "product" : "result");
    if (boosted) qd_explain_add(*explanation, qd_explain_match(segment->arena, (double)node->boost, "boost"));
    if (!negative) {
        qd_explain_add(*explanation, positive);
        return QD_OK;
    }
    /* The reference multiplies in doubles and prints the product as one. */
    double product = (double)(float)positive->value * (double)self->factor;
    struct qd_slice boosting = qd_node_string(self->negative, segment->arena);
    struct qd_explanation *lowered = qd_explain_match(segment->arena, product, "product of:");
    lowered->kind = QD_EXPLAIN_DOUBLE;
    qd_explain_add(lowered, positive);
    qd_explain_add(lowered, qd_explain_match(segment->arena, (double)self->factor,
                                             "Matched boosting query score(%.*s)", QD_SLICE_ARG(boosting)));
    if (!boosted) {
        (*explanation)->value = product;
        (*explanation)->kind = QD_EXPLAIN_DOUBLE;
    }
    qd_explain_add(*explanation, lowered);
    return QD_OK;
}

static void boosting_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    qd_node_leaves(((const struct boosting_node *)node)->positive, visitor);
}

static const struct qd_node_kind boosting_node_kind = { .name = "FunctionScoreQuery",
                                                        .text = boosting_text,
                                                        .rewrite = boosting_node_rewrite,
                                                        .prepare = boosting_prepare,
                                                        .scorer = boosting_scorer,
                                                        .explain = boosting_explain,
                                                        .unscored = boosting_unscored,
                                                        .leaves = boosting_leaves };

static enum qd_status boosting_build(const struct qd_query *query, struct qd_query_context *context,
                                     struct qd_node **node, struct qd_error *error)
{
    const struct boosting_query *self = (const struct boosting_query *)query;
    struct boosting_node *result = QD_NEW(context->arena, struct boosting_node);
    result->node.kind = &boosting_node_kind;
    result->factor = self->negative_boost;
    QD_TRY(qd_query_build(self->positive, context, &result->positive, error));
    QD_TRY(qd_query_build(self->negative, context, &result->negative, error));
    result->shown = result->negative;
    if (result->positive != NULL && result->negative != NULL) *node = &result->node;
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_boosting = { .name = "boosting",
                                                      .parse = boosting_parse,
                                                      .rewrite = boosting_rewrite,
                                                      .build = boosting_build };
