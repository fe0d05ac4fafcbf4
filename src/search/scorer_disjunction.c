/* Any of several scorers: sums, with a minimum of matching ones, and the greatest with a tie breaker. */
#include <math.h>

#include "base/assert.h"
#include "codec/segment.h"
#include "search/scorer.h"
#include "search/scorer_union.h"

/* A binary heap of subs by document; the approximation of the union. */
struct union_heap {
    struct qd_scorer **data; /* data[0] is at the smallest document */
    size_t count;
};

struct disjunction_scorer {
    struct qd_scorer scorer;
    struct qd_scorers subs; /* as given: the order in which scores add up */
    struct union_heap heap;
    uint32_t minimum;
    bool dis_max;
    float tie_breaker;
    bool confirmed;             /* current document: `matching` was computed */
    bool two_phase;             /* some sub has a second phase */
    bool begun;                 /* the heap is in order */
    struct qd_scorers matching; /* subs that match the current document, in order of subs */
    struct qd_union *windows;   /* made when documents are first collected in bulk */
    struct qd_arena *arena;
    float min_score;
};

static void sift_down(struct union_heap *heap, size_t at)
{
    struct qd_scorer *moved = heap->data[at];
    for (;;) {
        size_t child = at * 2 + 1;
        if (child >= heap->count) break;
        if (child + 1 < heap->count && heap->data[child + 1]->doc < heap->data[child]->doc) child++;
        if (moved->doc <= heap->data[child]->doc) break;
        heap->data[at] = heap->data[child];
        at = child;
    }
    heap->data[at] = moved;
}

static qd_doc_id union_seek(struct disjunction_scorer *self, qd_doc_id target)
{
    struct union_heap *heap = &self->heap;
    if (!self->begun) {
        self->begun = true;
        for (size_t i = 0; i < heap->count; i++) qd_scorer_seek(heap->data[i], target);
        for (size_t i = heap->count / 2; i-- > 0;) sift_down(heap, i);
    }
    while (heap->data[0]->doc < target) {
        qd_scorer_seek(heap->data[0], target);
        sift_down(heap, 0);
    }
    return heap->data[0]->doc;
}

/* Fills `matching` for document `doc`; false when fewer than the minimum match. */
static bool collect_matching(struct disjunction_scorer *self, qd_doc_id doc)
{
    self->matching.count = 0;
    for (size_t i = 0; i < self->subs.count; i++) {
        struct qd_scorer *sub = self->subs.data[i];
        if (sub->doc == doc && qd_scorer_confirm(sub)) self->matching.data[self->matching.count++] = sub;
    }
    self->confirmed = true;
    return self->matching.count >= self->minimum;
}

/* How many subs stand on `doc`, second phases aside. */
static uint32_t standing_on(const struct disjunction_scorer *self, qd_doc_id doc)
{
    uint32_t count = 0;
    for (size_t i = 0; i < self->subs.count; i++) count += self->subs.data[i]->doc == doc;
    return count;
}

static qd_doc_id disjunction_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    self->confirmed = false;
    qd_doc_id doc = target == QD_DOC_END ? QD_DOC_END : union_seek(self, target);
    scorer->started = true;
    while (self->minimum > 1 && doc != QD_DOC_END && standing_on(self, doc) < self->minimum)
        doc = union_seek(self, doc + 1);
    return scorer->doc = doc;
}

static qd_doc_id disjunction_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return disjunction_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool disjunction_matches(struct qd_scorer *scorer)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    return collect_matching(self, scorer->doc);
}

static float sum_scores(const struct qd_scorers *matching)
{
    double sum = 0;
    for (size_t i = 0; i < matching->count; i++) {
        struct qd_scorer *sub = matching->data[i];
        sum += (double)sub->operations->score(sub);
    }
    return (float)sum;
}

static float greatest_score(const struct qd_scorers *matching, float tie_breaker)
{
    float greatest = 0;
    double others = 0;
    for (size_t i = 0; i < matching->count; i++) {
        struct qd_scorer *sub = matching->data[i];
        float score = sub->operations->score(sub);
        if (score >= greatest) {
            others += (double)greatest;
            greatest = score;
        } else {
            others += (double)score;
        }
    }
    return (float)((double)greatest + others * (double)tie_breaker);
}

static float disjunction_score(struct qd_scorer *scorer)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    if (!self->confirmed) (void)collect_matching(self, scorer->doc);
    return self->dis_max ? greatest_score(&self->matching, self->tie_breaker) : sum_scores(&self->matching);
}

static float disjunction_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    const struct disjunction_scorer *self = (const struct disjunction_scorer *)scorer;
    double sum = 0;
    float greatest = 0;
    *up_to = QD_DOC_END - 1;
    for (size_t i = 0; i < self->subs.count; i++) {
        qd_doc_id end;
        float score = qd_scorer_max_score(self->subs.data[i], target, &end);
        if (end < *up_to) *up_to = end;
        if (score > greatest) greatest = score;
        sum += (double)score;
    }
    if (!self->dis_max) return (float)sum;
    if (isinf(sum)) return INFINITY;
    return (float)((double)greatest + (sum - (double)greatest) * (double)self->tie_breaker);
}

static void disjunction_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    if (self->minimum > 1 || scorer->started) {
        for (qd_doc_id doc = qd_scorer_seek_match(scorer, from); doc < to;
             doc = qd_scorer_seek_match(scorer, doc + 1))
            words[(doc - from) / 64] |= UINT64_C(1) << ((doc - from) % 64);
        return;
    }
    /* The heap is not used in this way of walking, so it is put in order only when somebody seeks later. */
    for (size_t i = 0; i < self->subs.count; i++) qd_scorer_into_bits(self->subs.data[i], from, to, words);
}

static void disjunction_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    self->min_score = min_score;
    if (self->windows != NULL) qd_union_set_min_score(self->windows, min_score);
}

/* True when sums (or, without scores, any union) are wanted. */
static bool is_plain(const struct disjunction_scorer *self, bool scores)
{
    return self->minimum == 1 && (!self->dis_max || !scores);
}

/* Windows move the subs by themselves: the heap is put in order again when somebody seeks later. */
static struct qd_union *windows_of(struct disjunction_scorer *self)
{
    if (self->windows == NULL) {
        self->windows = qd_union_create(self->arena, &self->subs);
        qd_union_set_min_score(self->windows, self->min_score);
    }
    self->begun = false;
    self->scorer.started = false;
    return self->windows;
}

static void disjunction_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    if (is_plain(self, candidates->sums != NULL)) {
        qd_union_probe(windows_of(self), self->arena, candidates);
        return;
    }
    for (size_t i = 0; i < candidates->count; i++) {
        qd_doc_id doc = candidates->docs[i];
        if (qd_scorer_seek(scorer, doc) != doc || !qd_scorer_confirm(scorer)) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)disjunction_score(scorer);
    }
}

static size_t disjunction_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                                  const struct qd_scorer_batch *batch)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    if (!is_plain(self, batch->scores != NULL) || batch->capacity < QD_SCORER_WINDOW)
        return qd_scorer_collect_singly(scorer, at, to, batch);
    return qd_union_collect(windows_of(self), at, to, batch);
}

static bool disjunction_rewind(struct qd_scorer *scorer)
{
    struct disjunction_scorer *self = (struct disjunction_scorer *)scorer;
    self->begun = false;
    self->confirmed = false;
    for (size_t i = 0; i < self->subs.count; i++) {
        if (!qd_scorer_rewind(self->subs.data[i])) return false;
    }
    return true;
}

static const struct qd_scorer_operations disjunction_operations = {
    .next = disjunction_next,
    .advance = disjunction_advance,
    .score = disjunction_score,
    .max_score = disjunction_max_score,
    .set_min_score = disjunction_set_min_score,
    .into_bits = disjunction_into_bits,
    .collect = disjunction_collect,
    .probe = disjunction_probe,
    .rewind = disjunction_rewind,
};
static const struct qd_scorer_operations disjunction_two_phase_operations = {
    .next = disjunction_next,
    .advance = disjunction_advance,
    .matches = disjunction_matches,
    .score = disjunction_score,
    .max_score = disjunction_max_score,
    .set_min_score = disjunction_set_min_score,
    .into_bits = disjunction_into_bits,
    .collect = disjunction_collect,
    .probe = disjunction_probe,
    .rewind = disjunction_rewind,
};

static struct disjunction_scorer *disjunction_new(struct qd_arena *arena, const struct qd_scorers *subs)
{
    qd_assert(subs->count > 0);
    struct disjunction_scorer *self = QD_NEW(arena, struct disjunction_scorer);
    self->heap.data = QD_NEW_ARRAY(arena, struct qd_scorer *, subs->count);
    self->heap.count = subs->count;
    self->matching.data = QD_NEW_ARRAY(arena, struct qd_scorer *, subs->count);
    self->minimum = 1;
    self->arena = arena;
    for (size_t i = 0; i < subs->count; i++) {
        *QD_PUSH(arena, &self->subs) = subs->data[i];
        self->heap.data[i] = subs->data[i];
        self->scorer.cost += subs->data[i]->cost;
        if (subs->data[i]->operations->matches != NULL) self->two_phase = true;
    }
    self->scorer.operations = self->two_phase ? &disjunction_two_phase_operations : &disjunction_operations;
    return self;
}

struct qd_scorer *qd_scorer_disjunction(struct qd_arena *arena, const struct qd_scorers *subs,
                                        uint32_t minimum)
{
    qd_assert(minimum >= 1);
    struct disjunction_scorer *self = disjunction_new(arena, subs);
    self->minimum = minimum;
    return &self->scorer;
}

struct qd_scorer *qd_scorer_dis_max(struct qd_arena *arena, const struct qd_scorers *subs, float tie_breaker)
{
    struct disjunction_scorer *self = disjunction_new(arena, subs);
    self->dis_max = true;
    self->tie_breaker = tie_breaker;
    return &self->scorer;
}
