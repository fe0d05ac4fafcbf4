/* combined_fields: several text fields scored as one (BM25F). Source: OpenSearch CombinedFieldsQueryBuilder,
 * Lucene CombinedFieldQuery. */
#include <math.h>
#include "base/number.h"
#include "base/text.h"
#include "search/query_blend.h"
#include "search/scorer.h"

QD_VECTOR_TYPE(field_list, struct qd_boosted_field);

struct combined_query {
    struct qd_query query;
    struct qd_slice value; /* data NULL: not given */
    struct field_list fields;
    struct qd_slice minimum;
    bool conjunction;
};

static struct combined_query *combined_of(void *target)
{
    return (struct combined_query *)((struct qd_query_target *)target)->query;
}

static enum qd_status take_value(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                 struct qd_error *error)
{
    (void)parser, (void)error;
    combined_of(target)->value = qd_json_text(json);
    return QD_OK;
}

static enum qd_status take_field(struct qd_object_parser *parser, struct combined_query *self,
                                 struct qd_slice text, struct qd_error *error)
{
    struct qd_boosted_field field;
    QD_TRY(qd_boosted_field_parse(text, &field, error));
    if (qd_boosted_field_says(self->fields.data, self->fields.count, &field, text))
        *QD_PUSH(parser->arena, &self->fields) = field;
    return QD_OK;
}

static enum qd_status take_fields(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                  struct qd_error *error)
{
    struct combined_query *self = combined_of(target);
    if (qd_json_is_string(json)) return take_field(parser, self, qd_json_text(json), error);
    struct qd_json_iterator at = qd_json_iterate(json);
    while (qd_json_next(&at)) {
        qd_object_at(parser, at.value);
        if (qd_json_is_null(at.value))
            return qd_error_set(error, QD_ILLEGAL_STATE, "Can't get text on a VALUE_NULL at %lld:%lld",
                                (long long)parser->line, (long long)parser->column);
        if (!qd_query_is_value(at.value))
            return qd_error_set(error, QD_ILLEGAL_STATE, "expected value but got [%s]",
                                qd_json_token_name(at.value));
        QD_TRY(take_field(parser, self, qd_json_text(at.value), error));
    }
    return QD_OK;
}

static enum qd_status take_operator(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                    struct qd_error *error)
{
    struct qd_slice text = qd_json_text(json);
    combined_of(target)->conjunction = qd_equal_ignore_case(text, QD_SLICE("and"));
    if (combined_of(target)->conjunction || qd_equal_ignore_case(text, QD_SLICE("or"))) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "No enum constant org.opensearch.index.query.Operator.%.*s",
                        QD_SLICE_ARG(qd_uppercase(parser->arena, text)));
}

static enum qd_status take_minimum(struct qd_object_parser *parser, const struct qd_json *json, void *target,
                                   struct qd_error *error)
{
    (void)parser, (void)error;
    combined_of(target)->minimum = qd_json_text(json);
    return QD_OK;
}

static enum qd_status combined_parse(struct qd_query_parser *parser, const struct qd_json *body,
                                     struct qd_query **query, struct qd_error *error)
{
    static const struct qd_object_member members[] = {
        { "query", QD_TOKEN_STRING, take_value },
        { "fields", QD_TOKEN_ARRAY | QD_TOKEN_STRING, take_fields },
        { "operator", QD_TOKEN_STRING, take_operator },
        { "minimum_should_match", QD_TOKENS_NUMERIC, take_minimum },
        QD_QUERY_COMMON_MEMBERS
    };
    static const struct qd_object_spec spec = { "combined_fields", members,
                                                sizeof(members) / sizeof(members[0]) };
    struct combined_query *self =
        QD_QUERY_NEW(parser->arena, struct combined_query, &qd_query_kind_combined_fields);
    QD_TRY(qd_query_parse_object(parser, &spec, body, &self->query, false, error));
    if (self->value.data == NULL) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Required [query]");
    *query = &self->query;
    return QD_OK;
}

/* ---- a term in all fields ---- */
struct combined_node {
    struct qd_node node;
    const struct qd_boosted_field *fields;
    const struct qd_field **mapped;
    size_t count;
    struct qd_slice term;
    struct qd_term_states *states;
    struct qd_term_stats stats;
    struct qd_similarity_scorer scorer;
};

static void combined_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct combined_node *self = (const struct combined_node *)node;
    char number[QD_NUMBER_TEXT_MAX];
    qd_buffer_text(out, "CombinedFieldQuery((");
    for (size_t i = 0; i < self->count; i++) {
        if (i > 0) qd_buffer_byte(out, ' ');
        qd_buffer_slice(out, self->fields[i].name);
        if (self->fields[i].boost == 1.0f) continue;
        qd_buffer_byte(out, '^');
        qd_buffer_append(out, number, qd_float_to_text(self->fields[i].boost, number));
    }
    qd_buffer_text(out, ")(");
    qd_term_bytes_text(self->term, out);
    qd_buffer_text(out, "))");
}

static enum qd_status combined_prepare(struct qd_node *node, struct qd_query_context *context,
                                       struct qd_error *error)
{
    struct combined_node *self = (struct combined_node *)node;
    struct qd_collection_stats merged = { .max_doc = context->view->snapshot->doc_count };
    double total_freq = 0;
    double total_terms = 0;
    self->states = QD_NEW_ARRAY(context->arena, struct qd_term_states, self->count);
    self->stats = (struct qd_term_stats){ .term = self->term };
    for (size_t i = 0; i < self->count; i++) {
        struct qd_collection_stats stats;
        double weight = (double)self->fields[i].boost;
        /* An alias is taken for a field of its own, which has no terms: the reference does not look behind
         * it. */
        QD_TRY(qd_term_states_of(context->view, self->fields[i].name, self->term, context->arena,
                                 &self->states[i], error));
        QD_TRY(qd_collection_stats_of(context->view, self->fields[i].name, &stats, error));
        if (stats.doc_count > merged.doc_count) merged.doc_count = stats.doc_count;
        if (stats.sum_doc_freq > merged.sum_doc_freq) merged.sum_doc_freq = stats.sum_doc_freq;
        /* Both sums are whole numbers in the reference: each step drops what is behind the point. */
        total_terms = trunc(total_terms + weight * (double)stats.sum_total_term_freq);
        if (self->states[i].doc_freq > self->stats.doc_freq) self->stats.doc_freq = self->states[i].doc_freq;
        total_freq = trunc(total_freq + weight * (double)self->states[i].total_term_freq);
    }
    /* A boost may be of any size: what is beyond 64 bits stays at their end, as in Java's cast. */
    merged.sum_total_term_freq = total_terms < 0x1p63 ? (uint64_t)total_terms : (uint64_t)INT64_MAX;
    self->stats.total_term_freq = total_freq < 0x1p63 ? (int64_t)total_freq : INT64_MAX;
    if (!node->scores || self->stats.doc_freq == 0) return QD_OK;
    qd_similarity_init(&self->scorer, &self->mapped[0]->similarity, node->boost, &merged, &self->stats, 1);
    return QD_OK;
}

struct combined_scorer {
    struct qd_scorer scorer;
    struct qd_postings **postings; /* postings[count]; NULL: the field's segment does not have the term */
    const uint8_t **norms;
    const float *weights;
    size_t count;
    const struct qd_similarity_scorer *similarity;
    bool begun;
};

static qd_doc_id combined_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct combined_scorer *self = (struct combined_scorer *)scorer;
    qd_doc_id first = QD_DOC_END;
    for (size_t i = 0; i < self->count && target != QD_DOC_END; i++) {
        struct qd_postings *postings = self->postings[i];
        if (postings == NULL) continue;
        bool there = self->begun && postings->doc >= target;
        qd_doc_id doc = there ? postings->doc : qd_postings_advance(postings, target);
        if (doc < first) first = doc;
    }
    self->begun = scorer->started = true;
    return scorer->doc = first;
}

static qd_doc_id combined_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return combined_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static float combined_freq(const struct combined_scorer *self)
{
    float freq = 0;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_postings *postings = self->postings[i];
        if (postings != NULL && postings->doc == self->scorer.doc)
            freq += self->weights[i] * (float)qd_postings_freq(postings);
    }
    return freq;
}

/* The lengths of all fields, weighted, as one norm. */
static uint8_t combined_norm(const struct combined_scorer *self)
{
    float length = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (self->norms[i] == NULL || self->norms[i][self->scorer.doc] == 0) continue;
        length += self->weights[i] * (float)qd_norm_decode(self->norms[i][self->scorer.doc]);
    }
    return qd_norm_encode((uint32_t)floorf(length + 0.5f));
}

static float combined_score(struct qd_scorer *scorer)
{
    const struct combined_scorer *self = (const struct combined_scorer *)scorer;
    if (self->similarity == NULL) return 0;
    return qd_similarity_score(self->similarity, combined_freq(self), combined_norm(self));
}

static const struct qd_scorer_operations combined_operations = {
    .next = combined_next,
    .advance = combined_advance,
    .score = combined_score,
};

static enum qd_status combined_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                      struct qd_scorer **scorer, struct qd_error *error)
{
    struct combined_node *self = (struct combined_node *)node;
    struct qd_arena *arena = segment->arena;
    struct combined_scorer *result = QD_NEW(arena, struct combined_scorer);
    float *weights = QD_NEW_ARRAY(arena, float, self->count);
    result->postings = QD_NEW_ARRAY(arena, struct qd_postings *, self->count);
    result->norms = QD_NEW_ARRAY(arena, const uint8_t *, self->count);
    result->weights = weights;
    result->count = self->count;
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_term_info *info = &self->states[i].infos[segment->number];
        struct qd_term_field field = qd_term_field_of(self->mapped[i]);
        weights[i] = self->fields[i].boost;
        bool alias = !qd_slice_equal(self->fields[i].name, self->mapped[i]->name);
        if (node->scores && !alias) QD_TRY(qd_segment_norm_bytes(segment, &field, &result->norms[i], error));
        if (info->doc_freq == 0) continue;
        result->postings[i] = QD_NEW(arena, struct qd_postings);
        qd_postings_init(result->postings[i], arena, self->states[i].terms[segment->number], info,
                         QD_POSTINGS_FREQS);
        result->scorer.cost += info->doc_freq;
    }
    if (result->scorer.cost == 0) return QD_OK;
    result->scorer.operations = &combined_operations;
    result->similarity = node->scores ? &self->scorer : NULL;
    *scorer = &result->scorer;
    return QD_OK;
}

static enum qd_status combined_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                       qd_doc_id doc, struct qd_explanation **explanation,
                                       struct qd_error *error)
{
    struct combined_node *self = (struct combined_node *)node;
    struct qd_scorer *scorer = NULL;
    QD_TRY(combined_scorer(node, segment, &scorer, error));
    if (scorer == NULL || qd_scorer_seek(scorer, doc) != doc) {
        *explanation = qd_explain_no_match(segment->arena, "no matching term");
        return QD_OK;
    }
    const struct combined_scorer *found = (const struct combined_scorer *)scorer;
    char text[QD_NUMBER_TEXT_MAX];
    float freq = combined_freq(found);
    size_t size = qd_float_to_text(freq, text);
    struct qd_explanation *frequency =
        qd_explain_match(segment->arena, (double)freq, "termFreq=%.*s", (int)size, text);
    struct qd_explanation *detail =
        qd_similarity_explain(&self->scorer, frequency, combined_norm(found), segment->arena);
    struct qd_slice name = qd_node_string(node, segment->arena);
    *explanation = qd_explain_match(segment->arena, detail->value,
                                    "weight(%.*s in %u), result of:", QD_SLICE_ARG(name), doc);
    qd_explain_add(*explanation, detail);
    return QD_OK;
}

static void combined_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct combined_node *self = (const struct combined_node *)node;
    for (size_t i = 0; i < self->count; i++) {
        struct qd_query_leaf leaf = { .kind = QD_LEAF_TERM,
                                      .field = self->fields[i].name,
                                      .terms = &self->term,
                                      .term_count = 1,
                                      .boost = visitor->boost };
        visitor->visit(visitor->context, &leaf);
    }
}

static const struct qd_node_kind combined_kind = { .name = "CombinedFieldQuery",
                                                   .text = combined_text,
                                                   .prepare = combined_prepare,
                                                   .scorer = combined_scorer,
                                                   .explain = combined_explain,
                                                   .leaves = combined_leaves };

/* ---- building ---- */
struct combined_fields {
    struct qd_boosted_field *fields;
    const struct qd_field **mapped;
    size_t count;
};

static enum qd_status combined_term(void *hook_context, struct qd_query_context *context,
                                    struct qd_slice term, struct qd_node **node, struct qd_error *error)
{
    (void)error;
    const struct combined_fields *fields = hook_context;
    struct combined_node *self = QD_NEW(context->arena, struct combined_node);
    self->node.kind = &combined_kind;
    self->fields = fields->fields;
    self->mapped = fields->mapped;
    self->count = fields->count;
    self->term = term;
    *node = &self->node;
    return QD_OK;
}

static enum qd_status resolve_fields(const struct combined_query *self, struct qd_query_context *context,
                                     struct combined_fields *fields, struct qd_error *error)
{
    QD_TRY(qd_boosted_fields_resolve(context, self->fields.data, self->fields.count, &fields->fields,
                                     &fields->count, error));
    fields->mapped = QD_NEW_ARRAY(context->arena, const struct qd_field *, fields->count + 1);
    /* The fields print and add up in the order of their names. */
    for (size_t i = 1; i < fields->count; i++) {
        struct qd_boosted_field moved = fields->fields[i];
        size_t at = i;
        for (; at > 0 && qd_slice_compare(fields->fields[at - 1].name, moved.name) > 0; at--)
            fields->fields[at] = fields->fields[at - 1];
        fields->fields[at] = moved;
    }
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->fields[i].boost < 1.0f)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "weight must be greater or equal to 1");
        fields->mapped[i] = qd_mapping_field(context->view->mapping, fields->fields[i].name);
        if (fields->mapped[i]->type != QD_FIELD_TEXT)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Field [%.*s] of type [%s] does not support [combined_fields] queries",
                                QD_SLICE_ARG(fields->fields[i].name), fields->mapped[i]->type_name);
        if (fields->mapped[i]->search_analyzer != fields->mapped[0]->search_analyzer)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "All fields in [combined_fields] query must have the same search analyzer");
    }
    return QD_OK;
}

static enum qd_status combined_build(const struct qd_query *query, struct qd_query_context *context,
                                     struct qd_node **node, struct qd_error *error)
{
    const struct combined_query *self = (const struct combined_query *)query;
    struct qd_arena *arena = context->arena;
    struct combined_fields fields = { 0 };
    QD_TRY(resolve_fields(self, context, &fields, error));
    if (fields.count == 0) {
        struct qd_slice name = self->fields.count == 0 ? (struct qd_slice){ 0 } : self->fields.data[0].name;
        *node = qd_node_none(arena, "unmapped fields [%.*s]", QD_SLICE_ARG(name));
        return QD_OK;
    }
    struct qd_text_options options = qd_text_options_default();
    struct qd_text_hook hook = { combined_term, &fields };
    options.hook = &hook;
    options.conjunction = self->conjunction;
    QD_TRY(qd_text_node(context, &options, fields.fields[0].name, self->value, node, error));
    if (*node == NULL || (!qd_node_is_boolean(*node) && (*node)->kind != &combined_kind)) return QD_OK;
    if (!qd_node_is_boolean(*node)) {
        struct qd_node *one = qd_node_boolean_make(arena);
        qd_node_boolean_add(one, arena, self->conjunction ? QD_MUST : QD_SHOULD, *node);
        *node = one;
        return qd_text_minimum(one, self->minimum, error);
    }
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(*node, &count, NULL);
    struct qd_node *result = qd_node_boolean_make(arena);
    for (size_t i = 0; i < count; i++) {
        struct qd_node *one = clauses[i].node;
        if (!qd_node_is_boolean(one)) {
            one = qd_node_boolean_make(arena);
            qd_node_boolean_add(one, arena, clauses[i].occur, clauses[i].node);
        }
        qd_node_boolean_add(result, arena, clauses[i].occur, one);
    }
    *node = result;
    return qd_text_minimum(result, self->minimum, error);
}

const struct qd_query_kind qd_query_kind_combined_fields = { .name = "combined_fields",
                                                             .parse = combined_parse,
                                                             .build = combined_build };
