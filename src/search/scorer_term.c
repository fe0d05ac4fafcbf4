/* The scorer of one term: postings, norms, and impacts for upper bounds. */
#include <math.h>
#include <string.h>

#include "search/query_node_term.h"

/* Block bounds that a scorer remembers. */
#define BOUNDS 4

/* The greatest score of any document in [from, end). */
struct block_bound {
    qd_doc_id from, end; /* end: one more than the last document, 0: not found yet */
    float score;
};

struct term_scorer {
    struct qd_scorer scorer;
    struct qd_postings postings;
    const struct qd_similarity_scorer *similarity; /* NULL: a constant */
    const uint8_t *norms;                          /* NULL: every norm is 1 */
    float constant;
    float min_score;
    struct block_bound bounds[BOUNDS]; /* found last: windows are asked about more than once */
    unsigned bound_next;               /* which of them is replaced next */
};

static qd_doc_id term_next(struct qd_scorer *scorer)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    scorer->started = true;
    return scorer->doc = qd_postings_next(&self->postings);
}

static float score_of(const struct term_scorer *self, qd_doc_id doc, uint32_t freq)
{
    if (self->similarity == NULL) return self->constant;
    return qd_similarity_score(self->similarity, (float)freq, self->norms == NULL ? 1 : self->norms[doc]);
}

/* The greatest score of a list of impacts. */
static float impacts_bound(const struct term_scorer *self, const struct qd_impact *impacts, size_t count)
{
    float bound = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t norm = self->norms == NULL ? 1 : impacts[i].norm;
        float score = qd_similarity_score(self->similarity, (float)impacts[i].freq, norm);
        if (score > bound) bound = score;
    }
    return bound;
}

static float term_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (self->similarity == NULL) {
        *up_to = QD_DOC_END - 1;
        return self->constant;
    }
    for (size_t i = 0; i < BOUNDS; i++) {
        const struct block_bound *known = &self->bounds[i];
        if (target < known->from || target >= known->end) continue;
        *up_to = known->end - 1;
        return known->score;
    }
    size_t count;
    const struct qd_impact *impacts = qd_postings_impacts(&self->postings, target, 0, &count, up_to);
    float score = impacts_bound(self, impacts, count);
    self->bounds[self->bound_next++ % BOUNDS] = (struct block_bound){ target, *up_to + 1, score };
    return score;
}

/* The first document >= target whose block can reach the score `least`. */
static qd_doc_id competitive_target(struct term_scorer *self, qd_doc_id target, float least)
{
    while (least > 0 && target < QD_DOC_END) {
        qd_doc_id up_to;
        if (term_max_score(&self->scorer, target, &up_to) >= least) break;
        if (up_to >= QD_DOC_END - 1) return QD_DOC_END;
        size_t count;
        qd_doc_id far;
        const struct qd_impact *impacts = qd_postings_impacts(&self->postings, target, 1, &count, &far);
        if (far > up_to && impacts_bound(self, impacts, count) < least) up_to = far;
        if (up_to >= QD_DOC_END - 1) return QD_DOC_END;
        target = up_to + 1;
    }
    return target;
}

static qd_doc_id term_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    if (target == QD_DOC_END) {
        scorer->started = true;
        return scorer->doc = QD_DOC_END;
    }
    scorer->started = true;
    return scorer->doc = qd_postings_advance(&self->postings, target);
}

static float term_score(struct qd_scorer *scorer)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (self->similarity == NULL) return self->constant;
    return score_of(self, scorer->doc, qd_postings_freq(&self->postings));
}

static void term_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (self->similarity != NULL) self->min_score = min_score;
}

static void term_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (qd_scorer_seek(scorer, from) >= to) return;
    qd_postings_into_bits(&self->postings, from, to, words);
    scorer->doc = self->postings.doc;
}

/* The scores of docs[count], which occur freqs[count] times. */
static void score_block(const struct term_scorer *self, const qd_doc_id *docs, const uint32_t *freqs,
                        size_t count, float *scores)
{
    const struct qd_similarity_scorer *similarity = self->similarity;
    if (similarity == NULL || similarity->kind == QD_SIMILARITY_BOOLEAN) {
        float score = similarity == NULL ? self->constant : similarity->boost;
        for (size_t i = 0; i < count; i++) scores[i] = score;
        return;
    }
    const float *inverse = similarity->norm_inverse;
    const uint8_t *norms = self->norms;
    float weight = similarity->weight;
    for (size_t i = 0; i < count; i++) {
        float factor = inverse[norms == NULL ? 1 : norms[docs[i]]];
        scores[i] = weight - weight / (1.0f + (float)freqs[i] * factor);
    }
}

/* Copies the live documents of [at, at + count) and their frequencies; returns how many. */
static size_t copy_live(const uint64_t *live, const struct qd_postings *postings, uint32_t at, size_t count,
                        qd_doc_id *docs, uint32_t *freqs)
{
    size_t kept = 0;
    for (uint32_t i = at; i < at + count; i++) {
        qd_doc_id doc = postings->docs[i];
        docs[kept] = doc;
        freqs[kept] = postings->freqs[i];
        kept += live[doc / 64] >> (doc % 64) & 1;
    }
    return kept;
}

/* Keeps those of docs[count] that can reach the score `least`: a score grows with frequency times factor, so
 * that nothing is divided for the others. Rounding makes a score wrong by less than a millionth of the
 * weight. */
static size_t keep_able(const struct term_scorer *self, float least, qd_doc_id *docs, uint32_t *freqs,
                        size_t count)
{
    const struct qd_similarity_scorer *similarity = self->similarity;
    float weight = similarity->weight;
    least -= weight * 1e-6f;
    if (least >= weight) return 0;
    float wanted = least / (weight - least) * 0.9999f;
    const float *inverse = similarity->norm_inverse;
    const uint8_t *norms = self->norms;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        qd_doc_id doc = docs[i];
        uint32_t freq = freqs[i];
        docs[kept] = doc;
        freqs[kept] = freq;
        kept += (float)freq * inverse[norms == NULL ? 1 : norms[doc]] >= wanted;
    }
    return kept;
}

/* The index behind the last document < to of the block, from block_at on. */
static uint32_t block_end(const struct qd_postings *postings, qd_doc_id to)
{
    uint32_t low = postings->block_at, high = postings->block_count;
    if (postings->docs[high - 1] < to) return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (postings->docs[middle] < to) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Takes the documents of [block_at, end) of the block. */
static size_t take_block(struct term_scorer *self, uint32_t end, const struct qd_scorer_batch *batch,
                         size_t count, float least)
{
    struct qd_postings *postings = &self->postings;
    bool scored = batch->scores != NULL && self->similarity != NULL;
    bool bounded = scored && least > 0 && self->similarity->kind != QD_SIMILARITY_BOOLEAN;
    const uint32_t *freqs = scored ? qd_postings_freqs(postings) + postings->block_at : NULL;
    qd_doc_id *docs = batch->docs + count;
    size_t taken = end - postings->block_at;
    uint32_t kept_freqs[QD_POSTINGS_BLOCK];
    if (batch->live == NULL) {
        memcpy(docs, postings->docs + postings->block_at, taken * sizeof(*docs));
        if (bounded) memcpy(kept_freqs, freqs, taken * sizeof(*freqs));
    } else {
        taken = copy_live(batch->live, postings, postings->block_at, taken, docs, kept_freqs);
        freqs = kept_freqs;
    }
    if (batch->scores == NULL) return taken;
    if (bounded) {
        taken = keep_able(self, least, docs, kept_freqs, taken);
        freqs = kept_freqs;
    }
    float *scores = batch->scores + count;
    score_block(self, docs, freqs, taken, scores);
    if (least <= 0) return taken;
    size_t kept = 0;
    for (size_t i = 0; i < taken; i++) {
        docs[kept] = docs[i];
        scores[kept] = scores[i];
        kept += scores[i] >= least;
    }
    return kept;
}

/* Walks block by block; only documents of blocks that can compete are scored. */
static size_t term_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                           const struct qd_scorer_batch *batch)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    struct qd_postings *postings = &self->postings;
    size_t count = 0;
    bool bounded = self->similarity != NULL && batch->scores != NULL && batch->least > self->min_score;
    float least = bounded ? batch->least : self->min_score;
    qd_doc_id target = competitive_target(self, *at, least);
    qd_doc_id doc = target >= to ? target : qd_scorer_seek(scorer, target);
    while (doc < to && count < batch->capacity) {
        if (least > 0) {
            target = competitive_target(self, doc, least);
            if (target > doc) {
                doc = target >= to ? target : qd_scorer_seek(scorer, target);
                continue;
            }
        }
        uint32_t end = block_end(postings, to);
        size_t room = batch->capacity - count;
        if (end - postings->block_at > room) end = postings->block_at + (uint32_t)room;
        count += take_block(self, end, batch, count, least);
        doc = qd_scorer_seek(scorer, end < postings->block_count
                                         ? postings->docs[end]
                                         : postings->docs[postings->block_count - 1] + 1);
    }
    *at = doc;
    return count;
}

/* Candidates that are worth the bits of all documents between the first and the last. */
#define PROBE_BITS_MIN 48

/* Looks up candidates that get no score by the bits of their window; false when they are too few or too far
 * apart. */
static bool probe_bits(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    if (candidates->sums != NULL || candidates->count < PROBE_BITS_MIN) return false;
    qd_doc_id first = candidates->docs[0], last = candidates->docs[candidates->count - 1];
    if (last - first >= QD_SCORER_WINDOW) return false;
    uint64_t words[QD_SCORER_WINDOW / 64];
    memset(words, 0, ((last - first) / 64 + 1) * sizeof(uint64_t));
    term_into_bits(scorer, first, last + 1, words);
    for (size_t i = 0; i < candidates->count; i++) {
        uint32_t bit = candidates->docs[i] - first;
        if ((words[bit / 64] >> bit % 64 & 1) != 0) candidates->hits[i] = true;
    }
    return true;
}

static void term_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    struct qd_postings *postings = &self->postings;
    if (candidates->count == 0 || qd_scorer_seek(scorer, candidates->docs[0]) == QD_DOC_END) return;
    if (probe_bits(scorer, candidates)) return;
    const uint32_t *freqs = NULL;
    uint32_t at = postings->block_at;
    for (size_t i = 0; i < candidates->count; i++) {
        qd_doc_id doc = candidates->docs[i];
        if (postings->docs[at] < doc) {
            if (postings->docs[postings->block_count - 1] >= doc) {
                at = qd_postings_search(postings->docs, at, postings->block_count, doc);
            } else {
                if (qd_postings_advance(postings, doc) == QD_DOC_END) break;
                at = postings->block_at;
                freqs = NULL;
            }
        }
        if (postings->docs[at] != doc) continue;
        candidates->hits[i] = true;
        if (candidates->sums == NULL) continue;
        if (freqs == NULL && self->similarity != NULL) freqs = qd_postings_freqs(postings);
        candidates->sums[i] += (double)score_of(self, doc, freqs == NULL ? 1 : freqs[at]);
    }
    if (postings->doc != QD_DOC_END && postings->docs[at] > postings->doc)
        (void)qd_postings_advance(postings, postings->docs[at]);
    scorer->doc = postings->doc;
}

static const struct qd_scorer_operations term_operations = {
    .next = term_next,
    .advance = term_advance,
    .score = term_score,
    .max_score = term_max_score,
    .set_min_score = term_set_min_score,
    .into_bits = term_into_bits,
    .collect = term_collect,
    .probe = term_probe,
};

struct qd_scorer *qd_scorer_term(struct qd_arena *arena, const struct qd_term_scorer_input *input)
{
    struct term_scorer *self = QD_NEW(arena, struct term_scorer);
    self->scorer.operations = &term_operations;
    self->scorer.cost = input->info->doc_freq;
    self->similarity = input->similarity;
    self->norms = input->norms;
    self->constant = input->constant;
    unsigned flags = input->similarity == NULL ? QD_POSTINGS_DOCS : QD_POSTINGS_FREQS;
    qd_postings_init(&self->postings, arena, input->terms, input->info, flags);
    return &self->scorer;
}
