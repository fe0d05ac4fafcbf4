#include "search/scorer.h"

#include <math.h>

#include "base/assert.h"
#include "codec/segment.h"

qd_doc_id qd_scorer_seek_match(struct qd_scorer *scorer, qd_doc_id target)
{
    qd_doc_id doc = qd_scorer_seek(scorer, target);
    while (doc != QD_DOC_END && !qd_scorer_confirm(scorer)) doc = qd_scorer_seek(scorer, doc + 1);
    return doc;
}

float qd_scorer_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    if (scorer->operations->max_score != NULL) return scorer->operations->max_score(scorer, target, up_to);
    *up_to = QD_DOC_END - 1;
    return INFINITY;
}

float qd_scorer_least(float min_score, double others)
{
    double least = (double)min_score - others - (double)min_score * 1e-6;
    return least > 0 ? (float)least : 0;
}

void qd_scorer_set_min_score(struct qd_scorer *scorer, float min_score)
{
    if (scorer->operations->set_min_score != NULL) scorer->operations->set_min_score(scorer, min_score);
}

void qd_scorer_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    qd_assert(from <= to);
    if (scorer->operations->into_bits != NULL) {
        scorer->operations->into_bits(scorer, from, to, words);
        return;
    }
    qd_doc_id doc = qd_scorer_seek(scorer, from);
    while (doc < to) {
        if (qd_scorer_confirm(scorer)) words[(doc - from) / 64] |= UINT64_C(1) << ((doc - from) % 64);
        doc = qd_scorer_seek(scorer, doc + 1);
    }
}

size_t qd_scorer_collect_singly(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                                const struct qd_scorer_batch *batch)
{
    size_t count = 0;
    qd_doc_id doc = qd_scorer_seek(scorer, *at);
    while (doc < to && count < batch->capacity) {
        bool live = batch->live == NULL || (batch->live[doc / 64] >> (doc % 64) & 1) != 0;
        if (live && qd_scorer_confirm(scorer)) {
            batch->docs[count] = doc;
            if (batch->scores != NULL) batch->scores[count] = scorer->operations->score(scorer);
            count++;
        }
        doc = qd_scorer_seek(scorer, doc + 1);
    }
    *at = doc;
    return count;
}

size_t qd_scorer_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                         const struct qd_scorer_batch *batch)
{
    if (scorer->operations->collect != NULL) return scorer->operations->collect(scorer, at, to, batch);
    return qd_scorer_collect_singly(scorer, at, to, batch);
}

size_t qd_scorer_collect_words(const uint64_t *words, size_t word_count, qd_doc_id base, float score,
                               const struct qd_scorer_batch *batch)
{
    size_t count = 0;
    bool aligned = base % 64 == 0;
    for (size_t i = 0; i < word_count; i++) {
        uint64_t word = words[i];
        qd_doc_id first = base + (qd_doc_id)i * 64;
        if (word != 0 && batch->live != NULL && aligned) word &= batch->live[first / 64];
        for (; word != 0; word &= word - 1) {
            qd_doc_id doc = first + (qd_doc_id)__builtin_ctzll(word);
            if (!aligned && batch->live != NULL && (batch->live[doc / 64] >> (doc % 64) & 1) == 0) continue;
            batch->docs[count++] = doc;
        }
    }
    for (size_t i = 0; batch->scores != NULL && i < count; i++) batch->scores[i] = score;
    return count;
}

void qd_scorer_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    qd_assert(candidates->count <= QD_SCORER_WINDOW);
    if (scorer->operations->probe != NULL) {
        scorer->operations->probe(scorer, candidates);
        return;
    }
    for (size_t i = 0; i < candidates->count; i++) {
        qd_doc_id doc = candidates->docs[i];
        if (qd_scorer_seek(scorer, doc) != doc || !qd_scorer_confirm(scorer)) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)scorer->operations->score(scorer);
    }
}

float qd_scorer_window_bound(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to)
{
    float bound = 0;
    if (scorer->started && scorer->doc > from) from = scorer->doc;
    while (from < to) {
        qd_doc_id up_to;
        float part = qd_scorer_max_score(scorer, from, &up_to);
        if (part > bound) bound = part;
        if (up_to >= to - 1) break;
        from = up_to + 1;
    }
    return bound;
}

bool qd_scorer_rewind(struct qd_scorer *scorer)
{
    if (scorer->operations->rewind == NULL) return false;
    scorer->started = false;
    scorer->doc = 0;
    return scorer->operations->rewind(scorer);
}

const uint8_t *qd_scorer_add_norm_bounds(struct qd_scorer *scorer, float *most)
{
    if (scorer->operations->add_norm_bounds == NULL) return NULL;
    return scorer->operations->add_norm_bounds(scorer, most);
}
