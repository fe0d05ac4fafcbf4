/* Several terms of one position as one pseudo term. Source: Lucene 10.5 SynonymQuery. */
#include "base/number.h"
#include "search/query_text.h"
#include "search/scorer.h"

struct synonym_node {
    struct qd_node node;
    struct qd_term_field field;
    const struct qd_slice *terms;
    size_t count;
    struct qd_term_states *states;
    struct qd_term_stats stats;
    struct qd_similarity_scorer scorer;
};

static void synonym_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct synonym_node *self = (const struct synonym_node *)node;
    qd_buffer_text(out, "Synonym(");
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_byte(out, ' ');
        qd_term_text(self->field.name, self->terms[i], out);
    }
    qd_buffer_byte(out, ')');
}

static enum qd_status synonym_rewrite(struct qd_node *node, struct qd_query_context *context,
                                      struct qd_node **result, struct qd_error *error)
{
    (void)error;
    const struct synonym_node *self = (const struct synonym_node *)node;
    if (self->count == 0) *result = qd_node_boolean_make(context->arena);
    else if (self->count == 1) *result = &qd_term_node_new(context->arena, self->field, self->terms[0])->node;
    return QD_OK;
}

static enum qd_status synonym_prepare(struct qd_node *node, struct qd_query_context *context,
                                      struct qd_error *error)
{
    struct synonym_node *self = (struct synonym_node *)node;
    self->states = QD_NEW_ARRAY(context->arena, struct qd_term_states, self->count);
    self->stats = (struct qd_term_stats){ .term = QD_SLICE("synonym pseudo-term") };
    for (size_t i = 0; i < self->count; i++) {
        QD_TRY(qd_term_states_of(context->view, self->field.name, self->terms[i], context->arena,
                                 &self->states[i], error));
        if (self->states[i].doc_freq > self->stats.doc_freq) self->stats.doc_freq = self->states[i].doc_freq;
        self->stats.total_term_freq += self->states[i].total_term_freq;
    }
    if (!node->scores || self->stats.doc_freq == 0) return QD_OK;
    struct qd_collection_stats collection;
    QD_TRY(qd_collection_stats_of(context->view, self->field.name, &collection, error));
    qd_similarity_init(&self->scorer, &self->field.similarity, node->boost, &collection, &self->stats, 1);
    return QD_OK;
}

/* ---- a walk over the union of the terms ---- */
struct synonym_scorer {
    struct qd_scorer scorer;
    struct qd_postings **postings;
    size_t count;
    const struct qd_similarity_scorer *similarity; /* NULL: does not score */
    const uint8_t *norms;
    bool begun; /* the cursors stand on documents */
};

static qd_doc_id synonym_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct synonym_scorer *self = (struct synonym_scorer *)scorer;
    qd_doc_id first = QD_DOC_END;
    for (size_t i = 0; i < self->count && target != QD_DOC_END; i++) {
        struct qd_postings *postings = self->postings[i];
        bool there = self->begun && postings->doc >= target;
        qd_doc_id doc = there ? postings->doc : qd_postings_advance(postings, target);
        if (doc < first) first = doc;
    }
    self->begun = true;
    scorer->started = true;
    return scorer->doc = first;
}

static qd_doc_id synonym_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return synonym_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static uint32_t synonym_freq(const struct synonym_scorer *self)
{
    uint32_t freq = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (self->postings[i]->doc == self->scorer.doc) freq += qd_postings_freq(self->postings[i]);
    }
    return freq;
}

static float synonym_score(struct qd_scorer *scorer)
{
    const struct synonym_scorer *self = (const struct synonym_scorer *)scorer;
    if (self->similarity == NULL) return 0;
    return qd_similarity_score(self->similarity, (float)synonym_freq(self),
                               self->norms == NULL ? 1 : self->norms[scorer->doc]);
}

static const struct qd_scorer_operations synonym_operations = {
    .next = synonym_next,
    .advance = synonym_advance,
    .score = synonym_score,
};

static enum qd_status synonym_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                     struct qd_scorer **scorer, struct qd_error *error)
{
    struct synonym_node *self = (struct synonym_node *)node;
    struct synonym_scorer *result = QD_NEW(segment->arena, struct synonym_scorer);
    result->postings = QD_NEW_ARRAY(segment->arena, struct qd_postings *, self->count);
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_term_info *info = &self->states[i].infos[segment->number];
        if (info->doc_freq == 0) continue;
        struct qd_postings *postings = QD_NEW(segment->arena, struct qd_postings);
        qd_postings_init(postings, segment->arena, self->states[i].terms[segment->number], info,
                         QD_POSTINGS_FREQS);
        result->postings[result->count++] = postings;
        result->scorer.cost += info->doc_freq;
    }
    if (result->count == 0) return QD_OK;
    result->scorer.operations = &synonym_operations;
    if (node->scores) {
        result->similarity = &self->scorer;
        QD_TRY(qd_segment_norm_bytes(segment, &self->field, &result->norms, error));
    }
    *scorer = &result->scorer;
    return QD_OK;
}

static enum qd_status synonym_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                      qd_doc_id doc, struct qd_explanation **explanation,
                                      struct qd_error *error)
{
    struct synonym_node *self = (struct synonym_node *)node;
    struct qd_scorer *scorer = NULL;
    QD_TRY(synonym_scorer(node, segment, &scorer, error));
    if (scorer == NULL || qd_scorer_seek(scorer, doc) != doc) {
        *explanation = qd_explain_no_match(segment->arena, "no matching term");
        return QD_OK;
    }
    const struct synonym_scorer *found = (const struct synonym_scorer *)scorer;
    char text[QD_NUMBER_TEXT_MAX];
    float freq = (float)synonym_freq(found);
    size_t size = qd_float_to_text(freq, text);
    struct qd_explanation *frequency =
        qd_explain_match(segment->arena, (double)freq, "termFreq=%.*s", (int)size, text);
    struct qd_explanation *detail = qd_similarity_explain(
        &self->scorer, frequency, found->norms == NULL ? 1 : found->norms[doc], segment->arena);
    struct qd_slice name = qd_node_string(node, segment->arena);
    *explanation =
        qd_explain_match(segment->arena, detail->value,
                         "weight(%.*s in %u) [PerFieldSimilarity], result of:", QD_SLICE_ARG(name), doc);
    qd_explain_add(*explanation, detail);
    return QD_OK;
}

static void synonym_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct synonym_node *self = (const struct synonym_node *)node;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_query_leaf leaf = { .kind = QD_LEAF_TERM,
                                      .field = self->field.name,
                                      .terms = &self->terms[i],
                                      .term_count = 1,
                                      .boost = visitor->boost };
        visitor->visit(visitor->context, &leaf);
    }
}

static uint64_t synonym_count_least(const struct qd_node *node, const struct qd_segment_context *segment)
{
    const struct synonym_node *self = (const struct synonym_node *)node;
    uint64_t most = 0;
    for (size_t i = 0; i < self->count; i++) {
        uint64_t doc_freq = self->states[i].infos[segment->number].doc_freq;
        if (doc_freq > most) most = doc_freq;
    }
    return most;
}

static const struct qd_node_kind synonym_kind = { .name = "SynonymQuery",
                                                  .text = synonym_text,
                                                  .rewrite = synonym_rewrite,
                                                  .prepare = synonym_prepare,
                                                  .scorer = synonym_scorer,
                                                  .explain = synonym_explain,
                                                  .leaves = synonym_leaves,
                                                  .count_least = synonym_count_least };

/* Terms come sorted and distinct, as SynonymQuery's builder leaves them. */
struct qd_node *qd_node_synonym(struct qd_arena *arena, const struct qd_field *field,
                                const struct qd_slice *terms, size_t count)
{
    struct synonym_node *self = QD_NEW(arena, struct synonym_node);
    struct qd_slice *sorted = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t at = self->count;
        bool known = false;
        for (size_t k = 0; k < self->count && !known; k++) known = qd_slice_equal(sorted[k], terms[i]);
        if (known) continue;
        for (; at > 0 && qd_slice_compare(terms[i], sorted[at - 1]) < 0; at--) sorted[at] = sorted[at - 1];
        sorted[at] = terms[i];
        self->count++;
    }
    self->node.kind = &synonym_kind;
    self->field = qd_term_field_of(field);
    self->terms = sorted;
    return &self->node;
}
