#include "search/query_node_term.h"

#include "base/number.h"
#include "base/text.h"

enum qd_status qd_term_states_of(const struct qd_shard_view *view, struct qd_slice field,
                                 struct qd_slice term, struct qd_arena *arena, struct qd_term_states *states,
                                 struct qd_error *error)
{
    uint32_t count = view->snapshot->segment_count;
    *states = (struct qd_term_states){ 0 };
    states->infos = QD_NEW_ARRAY(arena, struct qd_term_info, count);
    states->terms = QD_NEW_ARRAY(arena, struct qd_terms *, count);
    for (uint32_t i = 0; i < count; i++) {
        QD_TRY(qd_segment_terms(view->snapshot->segments[i].segment, field, &states->terms[i], error));
        if (states->terms[i] == NULL || !qd_terms_find(states->terms[i], term, &states->infos[i])) {
            states->infos[i].doc_freq = 0;
            continue;
        }
        states->doc_freq += states->infos[i].doc_freq;
        states->total_term_freq += (int64_t)states->infos[i].total_term_freq;
    }
    return QD_OK;
}

struct qd_term_field qd_term_field_of(const struct qd_field *field)
{
    return (struct qd_term_field){ .name = field->name,
                                   .similarity = field->similarity,
                                   .has_norms = field->has_norms,
                                   .has_freqs = field->index_options >= QD_INDEX_FREQS,
                                   .field = field };
}

struct qd_term_node *qd_term_node_new(struct qd_arena *arena, struct qd_term_field field,
                                      struct qd_slice term)
{
    struct qd_term_node *self = QD_NEW(arena, struct qd_term_node);
    self->node.kind = &qd_term_node_kind;
    self->field = field;
    self->term = term;
    return self;
}

struct qd_node *qd_node_term(struct qd_arena *arena, const struct qd_field *field, struct qd_slice term)
{
    return &qd_term_node_new(arena, qd_term_field_of(field), term)->node;
}

bool qd_node_term_of(const struct qd_node *node, const struct qd_field **field, struct qd_slice *term)
{
    if (node->kind != &qd_term_node_kind) return false;
    *field = ((const struct qd_term_node *)node)->field.field;
    *term = ((const struct qd_term_node *)node)->term;
    return true;
}

void qd_term_bytes_text(struct qd_slice term, struct qd_buffer *out)
{
    if (qd_utf8_valid(term)) {
        qd_buffer_slice(out, term);
        return;
    }
    qd_buffer_byte(out, '[');
    for (size_t i = 0; i < term.size; i++)
        qd_buffer_format(out, i == 0 ? "%x" : " %x", (unsigned)(unsigned char)term.data[i]);
    qd_buffer_byte(out, ']');
}

void qd_term_text(struct qd_slice field, struct qd_slice term, struct qd_buffer *out)
{
    qd_buffer_slice(out, field);
    qd_buffer_byte(out, ':');
    qd_term_bytes_text(term, out);
}

static void term_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct qd_term_node *self = (const struct qd_term_node *)node;
    qd_term_text(self->field.name, self->term, out);
}

static enum qd_status term_prepare(struct qd_node *node, struct qd_query_context *context,
                                   struct qd_error *error)
{
    struct qd_term_node *self = (struct qd_term_node *)node;
    QD_TRY(
        qd_term_states_of(context->view, self->field.name, self->term, context->arena, &self->states, error));
    self->found = self->states.doc_freq > 0;
    if (!node->scores || !self->found) return QD_OK;
    struct qd_collection_stats collection;
    QD_TRY(qd_collection_stats_of(context->view, self->field.name, &collection, error));
    self->stats = (struct qd_term_stats){ self->term, self->states.doc_freq, self->states.total_term_freq };
    if (self->stats_given) {
        self->stats.doc_freq = self->doc_freq;
        self->stats.total_term_freq = self->total_term_freq;
    }
    qd_similarity_init(&self->scorer, &self->field.similarity, node->boost, &collection, &self->stats, 1);
    return QD_OK;
}

enum qd_status qd_segment_norm_bytes(const struct qd_segment_context *segment,
                                     const struct qd_term_field *field, const uint8_t **bytes,
                                     struct qd_error *error)
{
    *bytes = NULL;
    if (!field->has_norms) return QD_OK;
    struct qd_norms *norms;
    QD_TRY(qd_segment_norms(segment->segment, field->name, &norms, error));
    if (norms != NULL) *bytes = qd_norms_bytes(norms);
    return QD_OK;
}

static enum qd_status term_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                  struct qd_scorer **scorer, struct qd_error *error)
{
    struct qd_term_node *self = (struct qd_term_node *)node;
    const struct qd_term_info *info = &self->states.infos[segment->number];
    if (info->doc_freq == 0) return QD_OK;
    struct qd_term_scorer_input input = { .terms = self->states.terms[segment->number], .info = info };
    if (node->scores) {
        QD_TRY(qd_segment_norm_bytes(segment, &self->field, &input.norms, error));
        input.similarity = &self->scorer;
    }
    *scorer = qd_scorer_term(segment->arena, &input);
    return QD_OK;
}

static enum qd_status term_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                   qd_doc_id doc, struct qd_explanation **explanation, struct qd_error *error)
{
    struct qd_term_node *self = (struct qd_term_node *)node;
    const struct qd_term_info *info = &self->states.infos[segment->number];
    struct qd_postings postings;
    if (info->doc_freq > 0) {
        qd_postings_init(&postings, segment->arena, self->states.terms[segment->number], info,
                         QD_POSTINGS_FREQS);
        if (qd_postings_advance(&postings, doc) != doc) info = NULL;
    }
    if (info == NULL || info->doc_freq == 0) {
        *explanation = qd_explain_no_match(segment->arena, "no matching term");
        return QD_OK;
    }
    const uint8_t *norms;
    QD_TRY(qd_segment_norm_bytes(segment, &self->field, &norms, error));
    struct qd_explanation *freq = qd_explain_match(segment->arena, (double)qd_postings_freq(&postings),
                                                   "freq, occurrences of term within document");
    struct qd_explanation *detail =
        qd_similarity_explain(&self->scorer, freq, norms == NULL ? 1 : norms[doc], segment->arena);
    struct qd_slice text = qd_node_string(node, segment->arena);
    *explanation =
        qd_explain_match(segment->arena, detail->value,
                         "weight(%.*s in %u) [PerFieldSimilarity], result of:", QD_SLICE_ARG(text), doc);
    qd_explain_add(*explanation, detail);
    return QD_OK;
}

static void term_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct qd_term_node *self = (const struct qd_term_node *)node;
    struct qd_query_leaf leaf = { .kind = QD_LEAF_TERM,
                                  .field = self->field.name,
                                  .terms = &self->term,
                                  .term_count = 1,
                                  .boost = visitor->boost };
    visitor->visit(visitor->context, &leaf);
}

static bool term_count(const struct qd_node *node, const struct qd_segment_context *segment, uint64_t *count)
{
    *count = ((const struct qd_term_node *)node)->states.infos[segment->number].doc_freq;
    return true;
}

const struct qd_node_kind qd_term_node_kind = { .name = "TermQuery",
                                                .text = term_text,
                                                .prepare = term_prepare,
                                                .scorer = term_scorer,
                                                .explain = term_explain,
                                                .leaves = term_leaves,
                                                .count = term_count };
