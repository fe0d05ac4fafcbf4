/* Queries that stand for many terms: prefix, wildcard, regexp, fuzzy, term ranges; and how their terms become
 * a query.
 *
 * Source: Lucene 10.5 MultiTermQuery, TopTermsRewrite, FuzzyTermsEnum, BlendedTermQuery.
 */
#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/text.h"
#include "codec/columns.h"
#include "codec/postings.h"
#include "search/query_node_bits.h"
#include "search/query_node_term.h"

struct multi_term_node {
    struct qd_node node;
    struct qd_multi_term term;
    bool rewritten; /* the constant that it has become shows itself */
};

static void range_text(const struct qd_multi_term *term, struct qd_buffer *out)
{
    qd_buffer_byte(out, term->include_lower || term->lower.data == NULL ? '[' : '{');
    if (term->lower.data == NULL) qd_buffer_byte(out, '*');
    else qd_term_bytes_text(term->lower, out);
    qd_buffer_text(out, " TO ");
    if (term->upper.data == NULL) qd_buffer_byte(out, '*');
    else qd_term_bytes_text(term->upper, out);
    qd_buffer_byte(out, term->include_upper || term->upper.data == NULL ? ']' : '}');
}

static void pattern_text(const struct qd_multi_term *term, struct qd_buffer *out)
{
    if (term->shown.data != NULL) {
        qd_buffer_slice(out, term->shown);
        return;
    }
    qd_buffer_slice(out, term->field_name);
    qd_buffer_byte(out, ':');
    switch (term->kind) {
    case QD_MULTI_PREFIX:
        qd_buffer_slice(out, term->pattern);
        qd_buffer_byte(out, '*');
        break;
    case QD_MULTI_WILDCARD: qd_buffer_slice(out, term->pattern); break;
    case QD_MULTI_REGEXP:
        qd_buffer_byte(out, '/');
        qd_buffer_slice(out, term->pattern);
        qd_buffer_byte(out, '/');
        break;
    case QD_MULTI_FUZZY:
        qd_buffer_slice(out, term->pattern);
        qd_buffer_format(out, "~%d", term->edits);
        break;
    case QD_MULTI_TERM_RANGE: range_text(term, out); break;
    case QD_MULTI_AUTOMATON:
        qd_buffer_text(out, "AutomatonQuery {\n");
        qd_buffer_slice(out, term->pattern);
        qd_buffer_byte(out, '}');
        break;
    }
}

static void multi_term_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct qd_multi_term *term = &((const struct multi_term_node *)node)->term;
    bool both = term->field != NULL && term->field->type == QD_FIELD_KEYWORD && term->field->indexed &&
                term->field->column != QD_COLUMN_NONE && term->kind == QD_MULTI_TERM_RANGE;
    if (both) qd_buffer_text(out, "IndexOrDocValuesQuery(indexQuery=");
    pattern_text(term, out);
    if (!both) return;
    bool constant = ((const struct multi_term_node *)node)->rewritten;
    qd_buffer_text(out, constant ? ", dvQuery=ConstantScore(" : ", dvQuery=");
    pattern_text(term, out);
    qd_buffer_text(out, constant ? "))" : ")");
}

/* The default rewriting is a constant over the terms, and so it explains itself. */
static void multi_term_explain_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct qd_multi_term *term = &((const struct multi_term_node *)node)->term;
    bool constant = term->field != NULL && term->field->type == QD_FIELD_KEYWORD &&
                    term->field->column != QD_COLUMN_NONE && term->kind == QD_MULTI_TERM_RANGE;
    if (constant) qd_buffer_text(out, "ConstantScore(");
    pattern_text(term, out);
    if (constant) qd_buffer_byte(out, ')');
}

/* ---- which terms of a segment ---- */
struct term_walk {
    const struct qd_multi_term *term;
    struct qd_terms_iterator *iterator;
};

static bool below_upper(const struct qd_multi_term *term, struct qd_slice candidate)
{
    if (term->upper.data == NULL) return true;
    int order = qd_slice_compare(candidate, term->upper);
    return order < 0 || (order == 0 && term->include_upper);
}

static struct term_walk start_walk(const struct qd_multi_term *term, const struct qd_terms *terms,
                                   struct qd_arena *arena)
{
    struct term_walk walk = { .term = term };
    walk.iterator = term->kind == QD_MULTI_TERM_RANGE ? qd_terms_iterate(arena, terms, term->lower)
                                                      : qd_terms_intersect(arena, terms, term->automaton);
    return walk;
}

static bool walk_next(struct term_walk *walk, struct qd_slice *term, struct qd_term_info *info)
{
    const struct qd_multi_term *wanted = walk->term;
    while (qd_terms_next(walk->iterator, term, info)) {
        if (wanted->kind != QD_MULTI_TERM_RANGE) return true;
        if (!below_upper(wanted, *term)) return false;
        if (wanted->include_lower || wanted->lower.data == NULL || !qd_slice_equal(*term, wanted->lower))
            return true;
    }
    return false;
}

static bool accepts(const struct qd_multi_term *term, struct qd_slice candidate)
{
    if (term->kind != QD_MULTI_TERM_RANGE) return qd_automaton_matches(term->automaton, candidate);
    if (!below_upper(term, candidate)) return false;
    if (term->lower.data == NULL) return true;
    int order = qd_slice_compare(candidate, term->lower);
    return order > 0 || (order == 0 && term->include_lower);
}

static enum qd_status fill_by_column(const struct qd_multi_term *term,
                                     const struct qd_segment_context *segment, uint64_t *words,
                                     struct qd_error *error)
{
    struct qd_ordinal_column *column;
    QD_TRY(qd_segment_ordinals(segment->segment, term->field_name, &column, error));
    if (column == NULL) return QD_OK;
    uint32_t count = qd_ordinal_term_count(column);
    uint64_t *wanted = QD_NEW_ARRAY(segment->arena, uint64_t, (size_t)count / 64 + 1);
    struct qd_arena *scratch = qd_arena_create(0);
    for (uint32_t i = 0; i < count; i++) {
        if (accepts(term, qd_ordinal_term(column, i, scratch))) wanted[i / 64] |= UINT64_C(1) << (i % 64);
        if (i % 1024 == 1023) qd_arena_reset(scratch);
    }
    qd_arena_destroy(scratch);
    const struct qd_numeric_column *ordinals = qd_ordinal_numbers(column);
    for (qd_doc_id doc = 0; doc < segment->doc_count; doc++) {
        uint32_t values = qd_numeric_count(ordinals, doc);
        for (uint32_t k = 0; k < values; k++) {
            uint64_t ordinal = (uint64_t)qd_numeric_at(ordinals, doc, k);
            if (wanted[ordinal / 64] >> (ordinal % 64) & 1) words[doc / 64] |= UINT64_C(1) << (doc % 64);
        }
    }
    return QD_OK;
}

static enum qd_status multi_term_fill(const struct qd_node *node, const struct qd_segment_context *segment,
                                      uint64_t *words, struct qd_error *error)
{
    const struct qd_multi_term *term = &((const struct multi_term_node *)node)->term;
    struct qd_terms *terms;
    QD_TRY(qd_segment_terms(segment->segment, term->field_name, &terms, error));
    if (terms == NULL && term->index_only) return QD_OK;
    if (terms == NULL) return fill_by_column(term, segment, words, error);
    struct qd_arena *scratch = qd_arena_create(65536);
    struct term_walk walk = start_walk(term, terms, segment->arena);
    struct qd_postings postings;
    struct qd_slice found;
    struct qd_term_info info;
    for (uint32_t i = 0; walk_next(&walk, &found, &info); i++) {
        qd_postings_init(&postings, scratch, terms, &info, QD_POSTINGS_DOCS);
        qd_postings_into_bits(&postings, 0, segment->doc_count, words);
        if (i % 16 == 15) qd_arena_reset(scratch);
    }
    qd_arena_destroy(scratch);
    return QD_OK;
}

static enum qd_status multi_term_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                        struct qd_scorer **scorer, struct qd_error *error)
{
    return qd_bits_scorer(node, segment, multi_term_fill, scorer, error);
}

/* ---- rewriting to the terms found ---- */
struct found_term {
    struct qd_slice term;
    float boost;
    int64_t doc_freq, total_term_freq;
};
QD_VECTOR_TYPE(found_terms, struct found_term);

/* Edits between two texts of code points, transpositions counted as one when wanted. */
static int edit_distance(const struct qd_multi_term *term, struct qd_slice candidate, struct qd_arena *arena)
{
    size_t counts[2] = { qd_utf8_count(term->pattern), qd_utf8_count(candidate) };
    uint32_t *points[2];
    struct qd_slice texts[2] = { term->pattern, candidate };
    for (int k = 0; k < 2; k++) {
        points[k] = QD_NEW_ARRAY(arena, uint32_t, counts[k] + 1);
        size_t at = 0;
        for (size_t i = 0; i < counts[k]; i++) points[k][i] = qd_utf8_decode(texts[k], &at);
    }
    int *rows[3];
    for (int k = 0; k < 3; k++) rows[k] = QD_NEW_ARRAY(arena, int, counts[1] + 1);
    for (size_t j = 0; j <= counts[1]; j++) rows[0][j] = (int)j;
    for (size_t i = 1; i <= counts[0]; i++) {
        int *now = rows[i % 3];
        const int *last = rows[(i + 2) % 3];
        const int *older = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= counts[1]; j++) {
            int cost = points[0][i - 1] == points[1][j - 1] ? 0 : 1;
            int best = last[j - 1] + cost;
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            bool swapped = term->transpositions && i > 1 && j > 1 && points[0][i - 1] == points[1][j - 2] &&
                           points[0][i - 2] == points[1][j - 1];
            if (swapped && older[j - 2] + 1 < best) best = older[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[counts[0] % 3][counts[1]];
}

static float term_boost(const struct qd_multi_term *term, struct qd_slice candidate, struct qd_arena *scratch)
{
    if (term->kind != QD_MULTI_FUZZY) return 1.0f;
    int edits = edit_distance(term, candidate, scratch);
    if (edits == 0) return 1.0f;
    size_t shorter = qd_utf8_count(candidate);
    size_t own = qd_utf8_count(term->pattern);
    if (own < shorter) shorter = own;
    return 1.0f - (float)edits / (float)shorter;
}

static int compare_terms(const void *left, const void *right)
{
    return qd_slice_compare(((const struct found_term *)left)->term,
                            ((const struct found_term *)right)->term);
}

/* Best boost first, then by bytes: the order in which a top-terms queue keeps them. */
static int compare_boosts(const void *left, const void *right)
{
    const struct found_term *a = left;
    const struct found_term *b = right;
    if (a->boost != b->boost) return a->boost > b->boost ? -1 : 1;
    return qd_slice_compare(a->term, b->term);
}

static enum qd_status gather_terms(const struct qd_multi_term *term, struct qd_query_context *context,
                                   struct found_terms *found, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    for (uint32_t i = 0; i < context->view->snapshot->segment_count; i++) {
        struct qd_terms *terms;
        QD_TRY(
            qd_segment_terms(context->view->snapshot->segments[i].segment, term->field_name, &terms, error));
        if (terms == NULL) continue;
        struct term_walk walk = start_walk(term, terms, arena);
        struct qd_slice text;
        struct qd_term_info info;
        while (walk_next(&walk, &text, &info))
            *QD_PUSH(arena, found) = (struct found_term){ .term = qd_arena_copy(arena, text),
                                                          .boost = 1.0f,
                                                          .doc_freq = info.doc_freq,
                                                          .total_term_freq = (int64_t)info.total_term_freq };
    }
    if (found->count == 0) return QD_OK;
    qsort(found->data, found->count, sizeof(*found->data), compare_terms);
    size_t kept = 0;
    for (size_t i = 1; i < found->count; i++) {
        if (qd_slice_equal(found->data[i].term, found->data[kept].term)) {
            found->data[kept].doc_freq += found->data[i].doc_freq;
            found->data[kept].total_term_freq += found->data[i].total_term_freq;
        } else {
            found->data[++kept] = found->data[i];
        }
    }
    found->count = kept + 1;
    return QD_OK;
}

static void keep_best(const struct qd_multi_term *term, struct found_terms *found, int64_t limit)
{
    struct qd_arena *scratch = qd_arena_create(0);
    for (size_t i = 0; i < found->count; i++) {
        /* More edits than the shorter has letters are worth nothing, not less. */
        found->data[i].boost = fmaxf(term_boost(term, found->data[i].term, scratch), 0.0f);
        qd_arena_reset(scratch);
    }
    qd_arena_destroy(scratch);
    if (found->count == 0) return;
    qsort(found->data, found->count, sizeof(*found->data), compare_boosts);
    if (limit >= 0 && found->count > (size_t)limit) found->count = (size_t)limit;
    if (found->count > 0) qsort(found->data, found->count, sizeof(*found->data), compare_terms);
}

/* All terms with their boosts, which the reference refuses where they are negative. */
static enum qd_status weigh_terms(const struct qd_multi_term *term, struct found_terms *found,
                                  struct qd_error *error)
{
    enum qd_status status = QD_OK;
    struct qd_arena *scratch = qd_arena_create(0);
    for (size_t i = 0; i < found->count && status == QD_OK; i++) {
        float boost = found->data[i].boost = term_boost(term, found->data[i].term, scratch);
        qd_arena_reset(scratch);
        char number[QD_NUMBER_TEXT_MAX];
        size_t size = isfinite(boost) ? qd_float_to_text(boost, number) : 0;
        struct qd_slice text = size > 0 ? qd_slice_make(number, size) : QD_SLICE("-Infinity");
        if (boost < 0)
            status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "boost must be a positive float, got %.*s",
                                  QD_SLICE_ARG(text));
    }
    qd_arena_destroy(scratch);
    return status;
}

static struct qd_node *found_node(const struct qd_multi_term *term, const struct found_term *found,
                                  struct qd_arena *arena, const struct found_term *blended)
{
    struct qd_term_field field;
    if (term->field != NULL) field = qd_term_field_of(term->field);
    else field = (struct qd_term_field){ .similarity = { .kind = QD_SIMILARITY_BM25 } };
    field.name = term->field_name;
    struct qd_term_node *node = qd_term_node_new(arena, field, found->term);
    if (blended != NULL) {
        node->stats_given = true;
        node->doc_freq = blended->doc_freq;
        node->total_term_freq = blended->total_term_freq;
    }
    return &node->node;
}

/* Every term gets the greatest document frequency and the sum of occurrences. */
static struct found_term blend(const struct found_terms *found)
{
    struct found_term blended = { .doc_freq = 0 };
    for (size_t i = 0; i < found->count; i++) {
        if (found->data[i].doc_freq > blended.doc_freq) blended.doc_freq = found->data[i].doc_freq;
        blended.total_term_freq += found->data[i].total_term_freq;
    }
    return blended;
}

/* Looked for in a column alone: the reference makes a constant of such a query. */
static bool is_by_column(const struct qd_multi_term *term)
{
    return term->field != NULL && term->field->type == QD_FIELD_KEYWORD && !term->field->indexed &&
           !term->index_only && term->kind != QD_MULTI_AUTOMATON;
}

static enum qd_status multi_term_rewrite(struct qd_node *node, struct qd_query_context *context,
                                         struct qd_node **result, struct qd_error *error)
{
    const struct qd_multi_term *term = &((const struct multi_term_node *)node)->term;
    struct qd_arena *arena = context->arena;
    if (term->rewrite == QD_REWRITE_CONSTANT_SCORE) {
        /* Only ranges show it, and the node as it was given may still be printed. */
        bool shows = term->kind == QD_MULTI_TERM_RANGE || is_by_column(term);
        if (((struct multi_term_node *)node)->rewritten || !shows) return QD_OK;
        struct multi_term_node *constant = QD_NEW(arena, struct multi_term_node);
        *constant = *(struct multi_term_node *)node;
        constant->rewritten = true;
        *result = is_by_column(term) ? qd_node_constant(arena, &constant->node) : &constant->node;
        return QD_OK;
    }
    struct found_terms found = { 0 };
    QD_TRY(gather_terms(term, context, &found, error));
    bool top = term->rewrite == QD_REWRITE_TOP_TERMS || term->rewrite == QD_REWRITE_TOP_TERMS_BOOST ||
               term->rewrite == QD_REWRITE_TOP_TERMS_BLENDED;
    if (top) keep_best(term, &found, term->top_terms);
    else QD_TRY(weigh_terms(term, &found, error));
    int64_t max = context->view->limits.max_clause_count;
    if (max > 0 && (int64_t)found.count > max)
        return qd_error_set(error, QD_TOO_MANY_CLAUSES, "maxClauseCount is set to %lld", (long long)max);
    struct qd_node *boolean = qd_node_boolean_make(arena);
    struct found_term blended = blend(&found);
    bool blend_terms = term->rewrite == QD_REWRITE_TOP_TERMS_BLENDED && found.count > 1;
    for (size_t i = 0; i < found.count; i++) {
        struct qd_node *one = found_node(term, &found.data[i], arena, blend_terms ? &blended : NULL);
        if (term->rewrite == QD_REWRITE_TOP_TERMS_BOOST) one = qd_node_constant(arena, one);
        if (found.data[i].boost != 1.0f) one = qd_node_boost(arena, one, found.data[i].boost);
        qd_node_boolean_add(boolean, arena, QD_SHOULD, one);
    }
    *result = term->rewrite == QD_REWRITE_CONSTANT_SCORE_BOOLEAN ? qd_node_constant(arena, boolean) : boolean;
    return QD_OK;
}

static void multi_term_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct qd_multi_term *term = &((const struct multi_term_node *)node)->term;
    struct qd_query_leaf leaf = { .kind = QD_LEAF_AUTOMATON,
                                  .field = term->field_name,
                                  .automaton = term->automaton,
                                  .boost = visitor->boost };
    if (term->automaton == NULL) {
        leaf.kind = QD_LEAF_RANGE;
        leaf.lower = term->lower;
        leaf.upper = term->upper;
        leaf.include_lower = term->include_lower;
        leaf.include_upper = term->include_upper;
    }
    visitor->visit(visitor->context, &leaf);
}

static const struct qd_node_kind multi_term_kind = { .name = "MultiTermQuery",
                                                     .text = multi_term_text,
                                                     .rewrite = multi_term_rewrite,
                                                     .explain_text = multi_term_explain_text,
                                                     .scorer = multi_term_scorer,
                                                     .leaves = multi_term_leaves };

struct qd_node *qd_node_multi_term(struct qd_arena *arena, const struct qd_multi_term *term)
{
    struct multi_term_node *self = QD_NEW(arena, struct multi_term_node);
    self->node.kind = &multi_term_kind;
    self->term = *term;
    return &self->node;
}
