#include "search/query_blend.h"

#include <stdlib.h>

#include "base/number.h"

/* ---- a term in several fields ---- */
struct blended_term {
    struct qd_term_node *node;
    float boost;
};
struct blended_node {
    struct qd_node node;
    struct blended_term *terms;
    size_t count;
    float tie_breaker;
};

static void blended_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct blended_node *self = (const struct blended_node *)node;
    char number[QD_NUMBER_TEXT_MAX];
    qd_buffer_text(out, "blended(terms:[");
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_text(out, ", ");
        qd_node_text(&self->terms[i].node->node, out);
        if (self->terms[i].boost == 1.0f) continue;
        qd_buffer_byte(out, '^');
        qd_buffer_append(out, number, qd_float_to_text(self->terms[i].boost, number));
    }
    qd_buffer_text(out, "])");
}

/* What is known of one field's term while frequencies are blended. */
struct blend_stats {
    int64_t doc_freq, total_term_freq;
    int64_t doc_count, sum_total;
    size_t index;
};

static int by_doc_freq(const void *left, const void *right)
{
    const struct blend_stats *a = left;
    const struct blend_stats *b = right;
    if (a->doc_freq != b->doc_freq) return a->doc_freq > b->doc_freq ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Gives rarer fields document frequencies just above those of more common ones, so that the best field wins
 * by its norm, not by rarity. */
static void blend_frequencies(struct blended_node *self, struct blend_stats *stats, int64_t max_doc)
{
    int64_t max = 0;
    int64_t sum_min = INT64_MAX;
    for (size_t i = 0; i < self->count; i++) {
        if (stats[i].doc_freq > max) max = stats[i].doc_freq;
        if (stats[i].total_term_freq > 0) sum_min = least(sum_min, stats[i].sum_total);
    }
    max_doc = least(max_doc, sum_min);
    if (max == 0) return;
    qsort(stats, self->count, sizeof(*stats), by_doc_freq);
    int64_t previous = stats[0].doc_freq;
    int64_t actual = least(max_doc, max);
    int64_t sum = 0;
    for (size_t i = 0; i < self->count; i++) {
        int64_t current = stats[i].doc_freq;
        if (current == 0) continue;
        if (previous > current) actual++;
        struct qd_term_node *node = self->terms[stats[i].index].node;
        node->stats_given = true;
        node->doc_freq = least(least(max_doc, stats[i].doc_count), actual);
        int64_t total = stats[i].total_term_freq > node->doc_freq ? stats[i].total_term_freq : node->doc_freq;
        previous = current;
        sum += total;
    }
    sum = least(sum, sum_min);
    for (size_t i = 0; i < self->count; i++) self->terms[i].node->total_term_freq = sum;
}

static enum qd_status blended_rewrite(struct qd_node *node, struct qd_query_context *context,
                                      struct qd_node **result, struct qd_error *error)
{
    struct blended_node *self = (struct blended_node *)node;
    struct qd_arena *arena = context->arena;
    struct blend_stats *stats = QD_NEW_ARRAY(arena, struct blend_stats, self->count + 1);
    for (size_t i = 0; i < self->count; i++) {
        struct qd_term_states states;
        struct qd_collection_stats collection;
        struct qd_term_node *term = self->terms[i].node;
        QD_TRY(qd_term_states_of(context->view, term->field.name, term->term, arena, &states, error));
        QD_TRY(qd_collection_stats_of(context->view, term->field.name, &collection, error));
        stats[i] =
            (struct blend_stats){ states.doc_freq, states.total_term_freq, (int64_t)collection.doc_count,
                                  (int64_t)collection.sum_total_term_freq, i };
    }
    if (self->count > 1) blend_frequencies(self, stats, (int64_t)context->view->snapshot->doc_count);
    struct qd_node **subs = QD_NEW_ARRAY(arena, struct qd_node *, self->count + 1);
    for (size_t i = 0; i < self->count; i++) {
        subs[i] = &self->terms[i].node->node;
        if (self->terms[i].boost != 1.0f) subs[i] = qd_node_boost(arena, subs[i], self->terms[i].boost);
    }
    *result = qd_node_dis_max(arena, subs, self->count, self->tie_breaker);
    return QD_OK;
}

static enum qd_status blended_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                     struct qd_scorer **scorer, struct qd_error *error)
{
    (void)node, (void)segment, (void)scorer;
    return qd_error_set(error, QD_ILLEGAL_STATE, "a blended term was not rewritten");
}

static void blended_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct blended_node *self = (const struct blended_node *)node;
    for (size_t i = 0; i < self->count; i++) qd_node_leaves(&self->terms[i].node->node, visitor);
}

static const struct qd_node_kind blended_kind = { .name = "BlendedTermQuery",
                                                  .text = blended_text,
                                                  .rewrite = blended_rewrite,
                                                  .scorer = blended_scorer,
                                                  .leaves = blended_leaves };

/* ---- the text ---- */
struct blend_group {
    const struct qd_analyzer *analyzer;
    struct qd_slice analyzer_name; /* the reference takes analyzers of one name for one */
    struct qd_boosted_field *fields;
    size_t count;
    float tie_breaker;
    const struct qd_text_options *options;
};

static enum qd_status blend_term(void *hook_context, struct qd_query_context *context, struct qd_slice text,
                                 struct qd_node **node, struct qd_error *error)
{
    const struct blend_group *group = hook_context;
    struct qd_arena *arena = context->arena;
    struct blended_node *blended = QD_NEW(arena, struct blended_node);
    blended->node.kind = &blended_kind;
    blended->tie_breaker = group->tie_breaker;
    blended->terms = QD_NEW_ARRAY(arena, struct blended_term, group->count + 1);
    struct qd_node **others = QD_NEW_ARRAY(arena, struct qd_node *, group->count + 1);
    size_t other_count = 0;
    struct qd_text_options plain = *group->options;
    plain.hook = NULL;
    for (size_t i = 0; i < group->count; i++) {
        const struct qd_field *field = qd_mapping_field(context->view->mapping, group->fields[i].name);
        struct qd_node *one;
        const struct qd_field *ignored;
        struct qd_slice term;
        float factor = 1;
        QD_TRY(qd_text_term(context, &plain, field, text, &one, error));
        struct qd_node *inner = qd_node_boosted(one, &factor);
        if (qd_node_term_of(inner == NULL ? one : inner, &ignored, &term)) {
            struct qd_term_node *part = (struct qd_term_node *)(inner == NULL ? one : inner);
            blended->terms[blended->count++] = (struct blended_term){ part, group->fields[i].boost * factor };
            continue;
        }
        one = qd_node_weigh(arena, one, group->fields[i].boost);
        others[other_count++] = one;
    }
    if (other_count == 0) {
        *node = &blended->node;
        return QD_OK;
    }
    if (blended->count > 0) others[other_count++] = &blended->node;
    *node = other_count == 1 ? others[0] : qd_node_dis_max(arena, others, other_count, group->tie_breaker);
    return QD_OK;
}

static enum qd_status group_node(struct qd_query_context *context, const struct qd_blend_input *input,
                                 struct blend_group *group, struct qd_node **node, struct qd_error *error)
{
    struct qd_text_options options = *input->options;
    struct qd_text_hook hook = { blend_term, group };
    group->tie_breaker = input->tie_breaker;
    group->options = input->options;
    if (group->count > 1) options.hook = &hook;
    QD_TRY(qd_text_node(context, &options, group->fields[0].name, input->text, node, error));
    if (*node == NULL) return QD_OK;
    QD_TRY(qd_text_minimum(*node, input->minimum, error));
    if (group->count == 1) *node = qd_node_weigh(context->arena, *node, group->fields[0].boost);
    return QD_OK;
}

enum qd_status qd_blend_fields(struct qd_query_context *context, const struct qd_blend_input *input,
                               struct qd_node **node, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    struct blend_group *groups = QD_NEW_ARRAY(arena, struct blend_group, input->count + 1);
    size_t group_count = 0;
    struct qd_node **nodes = QD_NEW_ARRAY(arena, struct qd_node *, input->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < input->count; i++) {
        const struct qd_field *field = qd_mapping_field(context->view->mapping, input->fields[i].name);
        if (field == NULL) {
            nodes[count++] =
                qd_node_none(arena, "unmapped field [%.*s]", QD_SLICE_ARG(input->fields[i].name));
            continue;
        }
        const struct qd_analyzer *analyzer;
        QD_TRY(qd_text_analyzer(context, input->options, field, &analyzer, error));
        size_t at = 0;
        struct qd_slice name = input->options->analyzer.data == NULL ? field->search_analyzer_name
                                                                     : input->options->analyzer;
        while (at < group_count &&
               (groups[at].analyzer != analyzer || !qd_slice_equal(groups[at].analyzer_name, name)))
            at++;
        if (at == group_count) {
            groups[group_count++] = (struct blend_group){ .analyzer = analyzer, .analyzer_name = name };
            groups[at].fields = QD_NEW_ARRAY(arena, struct qd_boosted_field, input->count);
        }
        groups[at].fields[groups[at].count++] = input->fields[i];
    }
    for (size_t i = 0; i < group_count; i++) {
        QD_TRY(group_node(context, input, &groups[i], &nodes[count], error));
        if (nodes[count] != NULL) count++;
    }
    *node = count == 0   ? NULL
            : count == 1 ? nodes[0]
                         : qd_node_dis_max(arena, nodes, count, input->tie_breaker);
    return QD_OK;
}
