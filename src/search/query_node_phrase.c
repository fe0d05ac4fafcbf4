/* Phrases: PhraseQuery, MultiPhraseQuery and OpenSearch's MultiPhrasePrefixQuery in one node. */
#include <stdlib.h>

#include "base/number.h"
#include "codec/automaton.h"
#include "search/query_text.h"
#include "search/scorer_phrase.h"

struct phrase_node {
    struct qd_node node;
    struct qd_phrase phrase;
    struct qd_term_states *states; /* states[phrase.count] */
    struct qd_term_stats *stats;   /* of the terms that exist */
    size_t stat_count;
    struct qd_similarity_scorer scorer;
};

/* The index after the last term of the position that term `i` has. */
static size_t position_end(const struct qd_phrase *phrase, size_t i)
{
    size_t end = i + 1;
    while (end < phrase->count && phrase->terms[end].position == phrase->terms[i].position) end++;
    return end;
}

static void slot_text(const struct qd_phrase *phrase, size_t from, size_t to, bool prefix,
                      struct qd_buffer *out)
{
    if (to - from > 1) qd_buffer_byte(out, '(');
    for (size_t i = from; i < to; i++) {
        if (i > from) qd_buffer_byte(out, ' ');
        qd_term_bytes_text(phrase->terms[i].term, out);
        if (prefix) qd_buffer_byte(out, '*');
    }
    if (to - from > 1) qd_buffer_byte(out, ')');
}

/* The field of the terms of a slot that ends at `end`. */
static struct qd_slice slot_field(const struct qd_phrase *phrase, size_t end)
{
    bool kept = phrase->prefixes.data != NULL && end == phrase->count;
    return kept ? phrase->prefixes : phrase->field.name;
}

static void span_text(const struct qd_phrase *phrase, size_t from, size_t to, struct qd_buffer *out)
{
    struct qd_slice field = slot_field(phrase, to);
    bool masked = to == phrase->count;
    if (to - from > 1) qd_buffer_text(out, "spanOr([");
    for (size_t i = from; i < to; i++) {
        if (i > from) qd_buffer_text(out, ", ");
        if (masked) qd_buffer_text(out, "mask(");
        qd_term_text(field, phrase->terms[i].term, out);
        if (masked) qd_buffer_format(out, ") as %.*s", QD_SLICE_ARG(phrase->field.name));
    }
    if (to - from > 1) qd_buffer_text(out, "])");
}

static void spans_text(const struct qd_phrase *phrase, struct qd_buffer *out)
{
    qd_buffer_text(out, "spanNear([");
    uint32_t expected = 0;
    for (size_t i = 0; i < phrase->count;) {
        size_t end = position_end(phrase, i);
        uint32_t gap = phrase->terms[i].position - expected;
        if (i > 0) qd_buffer_text(out, ", ");
        if (gap > 0) qd_buffer_format(out, "SpanGap(:%u), ", (unsigned)gap);
        expected = phrase->terms[i].position + 1;
        span_text(phrase, i, end, out);
        i = end;
    }
    qd_buffer_text(out, "], 0, true)");
}

static void phrase_text(const struct qd_node *node, struct qd_buffer *out)
{
    const struct qd_phrase *phrase = &((const struct phrase_node *)node)->phrase;
    if (phrase->prefixes.data != NULL) {
        spans_text(phrase, out);
        return;
    }
    qd_buffer_slice(out, phrase->field.name);
    qd_buffer_text(out, ":\"");
    uint32_t expected = 0;
    for (size_t i = 0; i < phrase->count;) {
        size_t end = position_end(phrase, i);
        uint32_t position = phrase->terms[i].position;
        if (i > 0) qd_buffer_byte(out, ' ');
        for (; expected < position && !phrase->prefix; expected++) qd_buffer_text(out, "? ");
        expected = position + 1;
        slot_text(phrase, i, end, phrase->prefix && end == phrase->count, out);
        i = end;
    }
    qd_buffer_byte(out, '"');
    if (phrase->slop != 0) qd_buffer_format(out, "~%lld", (long long)phrase->slop);
}

/* ---- rewriting ---- */
static enum qd_status expand_prefix(struct qd_query_context *context, const struct qd_phrase *phrase,
                                    size_t from, struct qd_slice **terms, size_t *count,
                                    struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    size_t max = (size_t)phrase->max_expansions;
    *terms = QD_NEW_ARRAY(arena, struct qd_slice, max + 1);
    *count = 0;
    for (size_t i = from; i < phrase->count; i++) {
        for (uint32_t k = 0; k < context->view->snapshot->segment_count && *count < max; k++) {
            struct qd_terms *dictionary;
            QD_TRY(qd_segment_terms(context->view->snapshot->segments[k].segment, phrase->field.name,
                                    &dictionary, error));
            if (dictionary == NULL) continue;
            struct qd_terms_iterator *walk = qd_terms_iterate(arena, dictionary, phrase->terms[i].term);
            struct qd_slice term;
            struct qd_term_info info;
            while (*count < max && qd_terms_next(walk, &term, &info) &&
                   qd_slice_starts_with(term, phrase->terms[i].term)) {
                bool known = false;
                for (size_t j = 0; j < *count && !known; j++) known = qd_slice_equal((*terms)[j], term);
                if (!known) (*terms)[(*count)++] = qd_arena_copy(arena, term);
            }
        }
    }
    return QD_OK;
}

static enum qd_status rewrite_prefix(const struct qd_phrase *phrase, struct qd_query_context *context,
                                     struct qd_node **result, struct qd_error *error)
{
    struct qd_arena *arena = context->arena;
    size_t last = phrase->count;
    while (last > 0 && phrase->terms[last - 1].position == phrase->terms[phrase->count - 1].position) last--;
    struct qd_slice *expanded;
    size_t count;
    QD_TRY(expand_prefix(context, phrase, last, &expanded, &count, error));
    if (count == 0) {
        *result = qd_node_none(arena, last == 0 ? "No terms supplied for org.opensearch.common.lucene.search."
                                                  "MultiPhrasePrefixQuery"
                                                : "No terms found for prefix");
        return QD_OK;
    }
    struct qd_phrase_term *terms = QD_NEW_ARRAY(arena, struct qd_phrase_term, last + count);
    memcpy(terms, phrase->terms, sizeof(*terms) * last);
    for (size_t i = 0; i < count; i++)
        terms[last + i] = (struct qd_phrase_term){ expanded[i], phrase->terms[phrase->count - 1].position };
    struct qd_phrase plain = *phrase;
    plain.terms = terms;
    plain.count = last + count;
    plain.prefix = false;
    *result = qd_node_phrase(arena, &plain);
    return QD_OK;
}

static enum qd_status phrase_rewrite(struct qd_node *node, struct qd_query_context *context,
                                     struct qd_node **result, struct qd_error *error)
{
    const struct qd_phrase *phrase = &((const struct phrase_node *)node)->phrase;
    struct qd_arena *arena = context->arena;
    if (phrase->prefix) return rewrite_prefix(phrase, context, result, error);
    if (phrase->count == 0) {
        *result = qd_node_none(arena, "empty PhraseQuery");
        return QD_OK;
    }
    if (position_end(phrase, 0) == phrase->count) {
        if (phrase->count == 1) {
            *result = &qd_term_node_new(arena, phrase->field, phrase->terms[0].term)->node;
            return QD_OK;
        }
        struct qd_node *any = qd_node_boolean_make(arena);
        for (size_t i = 0; i < phrase->count; i++)
            qd_node_boolean_add(any, arena, QD_SHOULD,
                                &qd_term_node_new(arena, phrase->field, phrase->terms[i].term)->node);
        *result = any;
        return QD_OK;
    }
    if (phrase->terms[0].position == 0 || phrase->prefixes.data != NULL) return QD_OK;
    struct qd_phrase_term *terms = QD_NEW_ARRAY(arena, struct qd_phrase_term, phrase->count);
    for (size_t i = 0; i < phrase->count; i++)
        terms[i] = (struct qd_phrase_term){ phrase->terms[i].term,
                                            phrase->terms[i].position - phrase->terms[0].position };
    struct qd_phrase moved = *phrase;
    moved.terms = terms;
    *result = qd_node_phrase(arena, &moved);
    return QD_OK;
}

/* ---- weight ---- */
static int compare_stats(const void *left, const void *right)
{
    return qd_slice_compare(((const struct qd_term_stats *)left)->term,
                            ((const struct qd_term_stats *)right)->term);
}

static size_t sort_distinct(struct qd_term_stats *stats, size_t count)
{
    size_t kept = 0;
    if (count > 1) qsort(stats, count, sizeof(*stats), compare_stats);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !qd_slice_equal(stats[kept - 1].term, stats[i].term)) stats[kept++] = stats[i];
    }
    return kept;
}

/* Spans weigh each term once, by field and bytes: stats[0, own) are of the phrase's field, whose name is the
 * beginning of the other's. */
static void order_stats(struct phrase_node *self, size_t own)
{
    size_t rest = sort_distinct(self->stats + own, self->stat_count - own);
    size_t kept = sort_distinct(self->stats, own);
    memmove(self->stats + kept, self->stats + own, sizeof(*self->stats) * rest);
    self->stat_count = kept + rest;
}

static enum qd_status phrase_prepare(struct qd_node *node, struct qd_query_context *context,
                                     struct qd_error *error)
{
    struct phrase_node *self = (struct phrase_node *)node;
    const struct qd_phrase *phrase = &self->phrase;
    size_t count = phrase->count, first = count > 0 ? count - 1 : 0;
    while (first > 0 && phrase->terms[first - 1].position == phrase->terms[first].position) first--;
    self->states = QD_NEW_ARRAY(context->arena, struct qd_term_states, count);
    self->stats = QD_NEW_ARRAY(context->arena, struct qd_term_stats, count);
    size_t own = 0;
    for (size_t i = 0; i < count; i++) {
        struct qd_term_states *states = &self->states[i];
        struct qd_slice field = slot_field(phrase, i < first ? i : count);
        QD_TRY(qd_term_states_of(context->view, field, phrase->terms[i].term, context->arena, states, error));
        if (states->doc_freq > 0)
            self->stats[self->stat_count++] = (struct qd_term_stats){ phrase->terms[i].term, states->doc_freq,
                                                                      states->total_term_freq };
        if (i + 1 == first) own = self->stat_count;
    }
    if (phrase->prefixes.data != NULL) order_stats(self, own);
    if (!node->scores || self->stat_count == 0) return QD_OK;
    struct qd_collection_stats collection;
    QD_TRY(qd_collection_stats_of(context->view, self->phrase.field.name, &collection, error));
    qd_similarity_init(&self->scorer, &self->phrase.field.similarity, node->boost, &collection, self->stats,
                       self->stat_count);
    return QD_OK;
}

/* Numbers groups of slots that share a term. */
static void number_groups(const struct qd_phrase *phrase, const size_t *starts, struct qd_phrase_slot *slots,
                          size_t slot_count, bool *multi)
{
    int groups = 0;
    for (size_t i = 0; i < slot_count; i++) slots[i].group = -1;
    for (size_t i = 0; i < slot_count; i++) {
        for (size_t k = i + 1; k < slot_count; k++) {
            bool shared = false;
            for (size_t a = starts[i]; a < starts[i + 1] && !shared; a++) {
                for (size_t b = starts[k]; b < starts[k + 1] && !shared; b++)
                    shared = qd_slice_equal(phrase->terms[a].term, phrase->terms[b].term);
            }
            if (!shared) continue;
            *multi = *multi || starts[i + 1] - starts[i] > 1 || starts[k + 1] - starts[k] > 1;
            if (slots[i].group < 0) slots[i].group = slots[k].group >= 0 ? slots[k].group : groups++;
            int old = slots[k].group;
            for (size_t j = 0; j < slot_count && old >= 0; j++) {
                if (slots[j].group == old) slots[j].group = slots[i].group;
            }
            slots[k].group = slots[i].group;
        }
    }
}

static bool fill_slot(const struct phrase_node *self, const struct qd_segment_context *segment, size_t from,
                      size_t to, struct qd_phrase_slot *slot)
{
    *slot = (struct qd_phrase_slot){ .offset = self->phrase.terms[from].position };
    slot->postings = QD_NEW_ARRAY(segment->arena, struct qd_postings *, to - from);
    for (size_t i = from; i < to; i++) {
        const struct qd_term_info *info = &self->states[i].infos[segment->number];
        if (info->doc_freq == 0) continue;
        struct qd_postings *postings = qd_arena_alloc(segment->arena, sizeof(*postings));
        qd_postings_init(postings, segment->arena, self->states[i].terms[segment->number], info,
                         QD_POSTINGS_FREQS | QD_POSTINGS_POSITIONS);
        slot->postings[slot->count++] = postings;
        slot->cost += info->doc_freq;
    }
    return slot->count > 0;
}

static enum qd_status phrase_scorer(struct qd_node *node, const struct qd_segment_context *segment,
                                    struct qd_scorer **scorer, struct qd_error *error)
{
    struct phrase_node *self = (struct phrase_node *)node;
    size_t count = self->phrase.count;
    struct qd_phrase_input input = { .slop = self->phrase.slop };
    input.slots = QD_NEW_ARRAY(segment->arena, struct qd_phrase_slot, count);
    size_t *starts = QD_NEW_ARRAY(segment->arena, size_t, count + 1);
    for (size_t i = 0; i < count;) {
        size_t end = position_end(&self->phrase, i);
        starts[input.slot_count] = i;
        if (!fill_slot(self, segment, i, end, &input.slots[input.slot_count++])) return QD_OK;
        i = end;
    }
    starts[input.slot_count] = count;
    number_groups(&self->phrase, starts, input.slots, input.slot_count, &input.multi_term_groups);
    if (node->scores) {
        input.similarity = &self->scorer;
        QD_TRY(qd_segment_norm_bytes(segment, &self->phrase.field, &input.norms, error));
    }
    *scorer = qd_scorer_phrase(segment->arena, &input);
    return QD_OK;
}

static enum qd_status phrase_explain(struct qd_node *node, const struct qd_segment_context *segment,
                                     qd_doc_id doc, struct qd_explanation **explanation,
                                     struct qd_error *error)
{
    struct phrase_node *self = (struct phrase_node *)node;
    struct qd_scorer *scorer = NULL;
    QD_TRY(phrase_scorer(node, segment, &scorer, error));
    bool spans = self->phrase.prefixes.data != NULL;
    if (scorer == NULL || qd_scorer_seek(scorer, doc) != doc) {
        *explanation = qd_explain_no_match(segment->arena, spans ? "no matching term" : "no matching terms");
        return QD_OK;
    }
    if (!qd_scorer_confirm(scorer)) {
        *explanation = qd_explain_no_match(segment->arena, spans ? "no matching term" : "no matching phrase");
        return QD_OK;
    }
    const uint8_t *norms;
    QD_TRY(qd_segment_norm_bytes(segment, &self->phrase.field, &norms, error));
    char text[QD_NUMBER_TEXT_MAX];
    float freq = qd_scorer_phrase_freq(scorer);
    size_t size = qd_float_to_text(freq, text);
    struct qd_explanation *frequency =
        qd_explain_match(segment->arena, (double)freq, "phraseFreq=%.*s", (int)size, text);
    struct qd_explanation *detail =
        qd_similarity_explain(&self->scorer, frequency, norms == NULL ? 1 : norms[doc], segment->arena);
    struct qd_slice name = qd_node_string(node, segment->arena);
    *explanation =
        qd_explain_match(segment->arena, detail->value,
                         "weight(%.*s in %u) [PerFieldSimilarity], result of:", QD_SLICE_ARG(name), doc);
    qd_explain_add(*explanation, detail);
    return QD_OK;
}

static void phrase_leaves(const struct qd_node *node, const struct qd_leaf_visitor *visitor)
{
    const struct qd_phrase *phrase = &((const struct phrase_node *)node)->phrase;
    struct qd_slice terms[64];
    uint32_t positions[64];
    size_t count = phrase->count > 64 ? 64 : phrase->count;
    for (size_t i = 0; i < count; i++) {
        terms[i] = phrase->terms[i].term;
        positions[i] = phrase->terms[i].position - phrase->terms[0].position;
    }
    struct qd_query_leaf leaf = { .kind = QD_LEAF_PHRASE,
                                  .field = phrase->field.name,
                                  .terms = terms,
                                  .positions = positions,
                                  .term_count = count,
                                  .slop = (uint32_t)phrase->slop,
                                  .last_field = phrase->prefixes,
                                  .phrase_prefix = phrase->prefix,
                                  .in_function = visitor->in_function,
                                  .boost = visitor->boost };
    visitor->visit(visitor->context, &leaf);
}

static const struct qd_node_kind phrase_kind = { .name = "PhraseQuery",
                                                 .text = phrase_text,
                                                 .rewrite = phrase_rewrite,
                                                 .prepare = phrase_prepare,
                                                 .scorer = phrase_scorer,
                                                 .explain = phrase_explain,
                                                 .leaves = phrase_leaves };

struct qd_node *qd_node_phrase(struct qd_arena *arena, const struct qd_phrase *phrase)
{
    struct phrase_node *self = QD_NEW(arena, struct phrase_node);
    self->node.kind = &phrase_kind;
    self->phrase = *phrase;
    return &self->node;
}
