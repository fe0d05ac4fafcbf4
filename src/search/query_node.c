#include "search/query_node.h"

#include "base/assert.h"
#include "base/json_writer.h"
#include "base/number.h"

enum qd_status qd_node_rewrite(struct qd_node *node, struct qd_query_context *context,
                               struct qd_node **result, struct qd_error *error)
{
    /* Every kind's rewrite gives a node that needs no second pass or says so by giving another one. */
    for (int pass = 0; pass < QD_NODE_DEPTH_MAX; pass++) {
        *result = node;
        if (node->kind->rewrite == NULL) return QD_OK;
        QD_TRY(node->kind->rewrite(node, context, result, error));
        if (*result == node) return QD_OK;
        node = *result;
    }
    return QD_OK;
}

enum qd_status qd_node_prepare(struct qd_node *node, struct qd_query_context *context,
                               struct qd_weight_input input, struct qd_error *error)
{
    node->boost = input.boost;
    node->scores = input.scores;
    return node->kind->prepare == NULL ? QD_OK : node->kind->prepare(node, context, error);
}

enum qd_status qd_node_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                              struct qd_scorer **scorer, struct qd_error *error)
{
    *scorer = NULL;
    return node->kind->scorer(node, segment, scorer, error);
}

enum qd_status qd_node_matches(struct qd_node *node, const struct qd_segment_context *segment, qd_doc_id doc,
                               bool *matched, float *score, struct qd_error *error)
{
    struct qd_scorer *scorer;
    *matched = false;
    QD_TRY(qd_node_scorer(node, segment, &scorer, error));
    if (scorer == NULL) return QD_OK;
    *matched = qd_scorer_seek(scorer, doc) == doc && qd_scorer_confirm(scorer);
    if (*matched && score != NULL) *score = scorer->operations->score(scorer);
    return QD_OK;
}

enum qd_status qd_node_explain(struct qd_node *node, const struct qd_segment_context *segment, qd_doc_id doc,
                               struct qd_explanation **explanation, struct qd_error *error)
{
    if (node->scores && node->kind->explain != NULL)
        return node->kind->explain(node, segment, doc, explanation, error);
    struct qd_node *unscored =
        node->scores || node->kind->unscored == NULL ? NULL : node->kind->unscored(node);
    if (unscored != NULL) return qd_node_explain(unscored, segment, doc, explanation, error);
    bool matched;
    QD_TRY(qd_node_matches(node, segment, doc, &matched, NULL, error));
    struct qd_buffer text = { 0 };
    /* What does not score is explained by its match alone. */
    if (node->scores && node->kind->explain_text != NULL) node->kind->explain_text(node, &text);
    else qd_node_text(node, &text);
    *explanation = qd_explain_constant(segment, doc, matched, node->boost, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return QD_OK;
}

/* `name` before what the explanation says. Terms may hold any byte, which a format would stop at. */
static void put_before(struct qd_explanation *explanation, struct qd_slice name, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_buffer_slice(&text, name);
    qd_buffer_slice(&text, explanation->description);
    explanation->description = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
}

struct qd_explanation *qd_explain_constant(const struct qd_segment_context *segment, qd_doc_id doc,
                                           bool matched, float value, struct qd_slice name)
{
    char boost[QD_NUMBER_TEXT_MAX];
    struct qd_arena *arena = segment->arena;
    size_t size = value == 1.0f ? 0 : qd_float_to_text(value, boost);
    struct qd_explanation *explanation =
        matched ? qd_explain_match(arena, (double)value, "%s%.*s", size == 0 ? "" : "^", (int)size, boost)
                : qd_explain_no_match(arena, " doesn't match id %u", (unsigned)doc);
    put_before(explanation, name, arena);
    return explanation;
}

uint64_t qd_node_count_least(const struct qd_node *node, const struct qd_segment_context *segment,
                             bool *exact)
{
    uint64_t count;
    *exact = node->kind->count != NULL && node->kind->count(node, segment, &count);
    if (*exact) return count;
    return node->kind->count_least == NULL ? 0 : node->kind->count_least(node, segment);
}

bool qd_node_bounds(const struct qd_node *node, struct qd_slice field, int64_t *lower, int64_t *upper)
{
    return node->kind->bounds != NULL && node->kind->bounds(node, field, lower, upper);
}

void qd_node_text(const struct qd_node *node, struct qd_buffer *out) { node->kind->text(node, out); }

void qd_node_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    if (node->kind->leaves != NULL) node->kind->leaves(node, visitor);
}

struct qd_slice qd_node_string(const struct qd_node *node, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_node_text(node, &text);
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

bool qd_node_equal(const struct qd_node *left, const struct qd_node *right)
{
    if (left->kind != right->kind) return false;
    struct qd_buffer a = { 0 };
    struct qd_buffer b = { 0 };
    qd_node_text(left, &a);
    qd_node_text(right, &b);
    bool equal = qd_slice_equal(qd_buffer_view(&a), qd_buffer_view(&b));
    qd_buffer_deinit(&a);
    qd_buffer_deinit(&b);
    return equal;
}

struct qd_segment_context qd_segment_context_of(const struct qd_shard_view *view, uint32_t number,
                                                struct qd_arena *arena)
{
    qd_assert(number < view->snapshot->segment_count);
    const struct qd_snapshot_segment *segment = &view->snapshot->segments[number];
    return (struct qd_segment_context){
        .view = view,
        .segment = segment->segment,
        .live = segment->live,
        .number = number,
        .doc_count = qd_segment_doc_count(segment->segment),
        .arena = arena,
    };
}

/* ---- explanations ---- */
struct qd_explanation *qd_explain_match(struct qd_arena *arena, double value, const char *format, ...)
{
    struct qd_explanation *explanation = QD_NEW(arena, struct qd_explanation);
    va_list arguments;
    va_start(arguments, format);
    explanation->description = qd_arena_vformat(arena, format, arguments);
    va_end(arguments);
    explanation->match = true;
    explanation->value = value;
    return explanation;
}

struct qd_explanation *qd_explain_no_match(struct qd_arena *arena, const char *format, ...)
{
    struct qd_explanation *explanation = QD_NEW(arena, struct qd_explanation);
    va_list arguments;
    va_start(arguments, format);
    explanation->description = qd_arena_vformat(arena, format, arguments);
    va_end(arguments);
    return explanation;
}

void qd_explain_add(struct qd_explanation *parent, struct qd_explanation *detail)
{
    qd_assert(detail->next == NULL);
    if (parent->last == NULL) parent->first = detail;
    else parent->last->next = detail;
    parent->last = detail;
}

void qd_explain_write(const struct qd_explanation *explanation, struct qd_json_writer *writer)
{
    qd_json_begin_object(writer);
    qd_json_name(writer, "value");
    switch (explanation->kind) {
    case QD_EXPLAIN_FLOAT: qd_json_float_value(writer, (float)explanation->value); break;
    case QD_EXPLAIN_LONG: qd_json_int(writer, (int64_t)explanation->value); break;
    case QD_EXPLAIN_DOUBLE: qd_json_double_value(writer, explanation->value); break;
    }
    qd_json_member_string(writer, "description", explanation->description);
    qd_json_member_array(writer, "details");
    for (const struct qd_explanation *at = explanation->first; at != NULL; at = at->next)
        qd_explain_write(at, writer);
    qd_json_end_array(writer);
    qd_json_end_object(writer);
}
