/* common: rare terms decide, frequent ones only add to the score. Source: OpenSearch CommonTermsQueryBuilder,
 * Lucene CommonTermsQuery. */
#include <math.h>
#include <stddef.h>

#include "base/text.h"
#include "search/query_text.h"

struct common_query {
    struct qd_query query;
    struct qd_slice field, analyzer, low_operator, high_operator;
    const struct qd_json *value, *minimum;
    float cutoff;
};

#define AT(member) offsetof(struct common_query, member)

static enum qd_status common_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                   struct qd_query **query, struct qd_error *error)
{
    static const struct qd_query_option options[] = {
        { "query", QD_OPTION_JSON, AT(value), 0 },
        { "analyzer", QD_OPTION_TEXT, AT(analyzer), 0 },
        { "cutoff_frequency", QD_OPTION_FLOAT, AT(cutoff), 0 },
        { "low_freq_operator", QD_OPTION_TEXT, AT(low_operator), 0 },
        { "high_freq_operator", QD_OPTION_TEXT, AT(high_operator), 0 },
        { "minimum_should_match", QD_OPTION_JSON, AT(minimum), QD_TAKES_CONTAINERS },
    };
    static const struct qd_query_spec spec = { .name = "common",
        .options = options,
        .count = sizeof(options) / sizeof(options[0]) };
    struct common_query *self = QD_QUERY_NEW(parser->arena, struct common_query, &qd_query_kind_common);
    const struct qd_json *scalar;
    self->cutoff = 0.01f;
    QD_TRY(qd_query_parse_field(parser, &spec, body, &self->query, &self->field, &scalar, error));
    if (scalar != NULL) self->value = scalar;
    if (self->field.data == NULL || self->field.size == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "field name is null or empty");
    if (self->value == NULL || qd_json_is_null(self->value))
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "text cannot be null");
    *query = &self->query;
    return QD_OK;
}

/* ---- the node: which terms are frequent is known on the shard ---- */
struct common_node {
    struct qd_node node;
    const struct common_query *query;
    struct qd_node **terms;
    size_t count;
};

static void common_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct common_node *self = (const struct common_node *)node;
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_text(out, ", ");
        qd_node_text(self->terms[i], out);
    }
}

static enum qd_status set_minimum(const struct common_query *query, const char *which, struct qd_node *node,
                                  struct qd_error *error)
{
    const struct qd_json *minimum = query->minimum;
    if (qd_json_is_object(minimum)) minimum = qd_json_get(minimum, which);
    else if (which[0] == 'h') minimum = NULL;
    if (minimum == NULL) return QD_OK;
    return qd_text_minimum(node, qd_json_text(minimum), error);
}

static struct qd_node *all_required(struct qd_arena *arena, const struct qd_node *node)
{
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(node, &count, NULL);
    struct qd_node *result = qd_node_boolean_make(arena);
    for (size_t i = 0; i < count; i++) qd_node_boolean_add(result, arena, QD_MUST, clauses[i].node);
    return result;
}

static enum qd_status common_rewrite(struct qd_node *node, struct qd_query_context *context,
                                     struct qd_node **result, struct qd_error *error)
{
    struct common_node *self = (struct common_node *)node;
    struct qd_arena *arena = context->arena;
    struct qd_node *low = qd_node_boolean_make(arena);
    struct qd_node *high = qd_node_boolean_make(arena);
    enum qd_occur low_occur =
        qd_equal_ignore_case(self->query->low_operator, QD_SLICE("and")) ? QD_MUST : QD_SHOULD;
    enum qd_occur high_occur =
        qd_equal_ignore_case(self->query->high_operator, QD_SLICE("and")) ? QD_MUST : QD_SHOULD;
    float cutoff = self->query->cutoff;
    int64_t limit =
        cutoff >= 1.0f ? (int64_t)cutoff : (int64_t)ceilf(cutoff * (float)context->view->snapshot->doc_count);
    size_t lows = 0;
    size_t highs = 0;
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_field *field;
        struct qd_slice term;
        struct qd_term_states states = { .doc_freq = 0 };
        if (qd_node_term_of(self->terms[i], &field, &term))
            QD_TRY(qd_term_states_of(context->view, field->name, term, arena, &states, error));
        bool frequent = states.doc_freq > limit;
        qd_node_boolean_add(frequent ? high : low, arena, frequent ? high_occur : low_occur, self->terms[i]);
        if (frequent) highs++;
        else lows++;
    }
    QD_TRY(set_minimum(self->query, "low_freq", low, error));
    QD_TRY(set_minimum(self->query, "high_freq", high, error));
    int64_t minimum;
    size_t ignored;
    (void)qd_node_boolean_clauses(high, &ignored, &minimum);
    if (lows == 0) {
        *result = minimum == 0 && high_occur != QD_MUST ? all_required(arena, high) : high;
    } else if (highs == 0) {
        *result = low;
    } else {
        *result = qd_node_boolean_make(arena);
        qd_node_boolean_add(*result, arena, QD_MUST, low);
        qd_node_boolean_add(*result, arena, QD_SHOULD, high);
    }
    return QD_OK;
}

static enum qd_status common_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                    struct qd_scorer **scorer, struct qd_error *error)
{
    (void)node, (void)segment, (void)scorer;
    return qd_error_set(error, QD_ILLEGAL_STATE, "a common terms query was not rewritten");
}

static void common_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct common_node *self = (const struct common_node *)node;
    for (size_t i = 0; i < self->count; i++) qd_node_leaves(self->terms[i], visitor);
}

static const struct qd_node_kind common_kind = { .name = "ExtendedCommonTermsQuery",
                                                 .text = common_text,
                                                 .rewrite = common_rewrite,
                                                 .scorer = common_scorer,
                                                 .leaves = common_leaves };

static enum qd_status common_build(const struct qd_query *query, struct qd_query_context *context,
                                   struct qd_node **node, struct qd_error *error)
{
    const struct common_query *self = (const struct common_query *)query;
    struct qd_text_options options = qd_text_options_default();
    options.analyzer = self->analyzer;
    options.zero_terms = QD_ZERO_TERMS_NULL;
    struct qd_node *text;
    QD_TRY(qd_text_node(context, &options, self->field, qd_json_text(self->value), &text, error));
    if (text == NULL || !qd_node_is_boolean(text)) {
        *node = text;
        return QD_OK;
    }
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(text, &count, NULL);
    struct common_node *result = QD_NEW(context->arena, struct common_node);
    result->node.kind = &common_kind;
    result->query = self;
    result->count = count;
    result->terms = QD_NEW_ARRAY(context->arena, struct qd_node *, count);
    for (size_t i = 0; i < count; i++) result->terms[i] = clauses[i].node;
    *node = &result->node;
    return QD_OK;
}

const struct qd_query_kind qd_query_kind_common = { .name = "common",
                                                    .parse = common_parse,
                                                    .build = common_build };
