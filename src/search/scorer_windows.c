#include "search/scorer_windows.h"

#include <string.h>

#include "base/assert.h"
#include "codec/segment.h"

/* A sub and what it can add in the window. */
struct part {
    struct qd_scorer *scorer;
    bool scores;
    float bound;
    double later; /* what the parts after this one can add together */
};

struct qd_conjunction_windows {
    struct part *parts; /* parts[count]: the leader, those without a second phase, the others */
    size_t count;
    double *sums; /* sums[QD_SCORER_WINDOW]: of batch->docs */
    bool *hits;   /* hits[QD_SCORER_WINDOW] */
};

/* A sub with a second phase leads only when it is this many times cheaper than any without one: it confirms
 * documents that the others would refuse. */
#define CONFIRMING_COST 8

/* Which of subs, cheapest first, leads. */
static const struct qd_scorer *find_leader(const struct qd_scorers *subs)
{
    const struct qd_scorer *cheapest = subs->data[0];
    for (size_t i = 0; i < subs->count; i++) {
        const struct qd_scorer *sub = subs->data[i];
        if (sub->operations->matches != NULL) continue;
        return sub->cost / CONFIRMING_COST <= cheapest->cost ? sub : cheapest;
    }
    return cheapest;
}

struct qd_conjunction_windows *qd_conjunction_windows_create(struct qd_arena *arena,
                                                             const struct qd_scorers *subs,
                                                             const struct qd_scorers *scoring)
{
    struct qd_conjunction_windows *self = QD_NEW(arena, struct qd_conjunction_windows);
    self->parts = QD_NEW_ARRAY(arena, struct part, subs->count);
    self->sums = qd_arena_alloc(arena, sizeof(double) * QD_SCORER_WINDOW);
    self->hits = qd_arena_alloc(arena, sizeof(bool) * QD_SCORER_WINDOW);
    const struct qd_scorer *leader = find_leader(subs);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < subs->count; i++) {
            struct qd_scorer *sub = subs->data[i];
            int turn = sub == leader ? 0 : sub->operations->matches == NULL ? 1 : 2;
            if (turn != round) continue;
            struct part *part = &self->parts[self->count++];
            part->scorer = sub;
            for (size_t k = 0; k < scoring->count; k++) {
                part->scores = part->scores || scoring->data[k] == sub;
            }
        }
    }
    qd_assert(self->count == subs->count);
    return self;
}

/* The end of the window at `from`: with bounds it ends with a block of the first part that scores. */
static qd_doc_id window_end(const struct qd_conjunction_windows *self, qd_doc_id from, qd_doc_id to,
                            bool bounds)
{
    qd_doc_id end = to - from > QD_SCORER_WINDOW ? from + QD_SCORER_WINDOW : to;
    for (size_t i = 0; bounds && i < self->count; i++) {
        if (!self->parts[i].scores) continue;
        qd_doc_id up_to;
        (void)qd_scorer_max_score(self->parts[i].scorer, from, &up_to);
        if (up_to < end - 1) end = up_to + 1;
        break;
    }
    return end;
}

/* Finds what the parts can add in the window; false when they cannot reach the minimum together. */
static bool find_bounds(struct qd_conjunction_windows *self, qd_doc_id from, qd_doc_id to, float min_score)
{
    double sum = 0;
    for (size_t i = self->count; i-- > 0;) {
        struct part *part = &self->parts[i];
        part->later = sum;
        if (!part->scores) continue;
        part->bound = qd_scorer_window_bound(part->scorer, from, to);
        sum += (double)part->bound;
    }
    return (float)sum >= min_score;
}

/* Keeps the documents that may still reach the minimum with the help of `later`. */
static size_t keep_competitive(struct qd_conjunction_windows *self, qd_doc_id *docs, size_t count,
                               double later, float min_score)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        docs[kept] = docs[i];
        self->sums[kept] = self->sums[i];
        kept += (float)(self->sums[i] + later) >= min_score;
    }
    return kept;
}

static size_t keep_hits(struct qd_conjunction_windows *self, qd_doc_id *docs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        docs[kept] = docs[i];
        self->sums[kept] = self->sums[i];
        kept += self->hits[i];
    }
    return kept;
}

/* The leader's documents of the window and their first sums. */
static size_t lead(struct qd_conjunction_windows *self, qd_doc_id *at, qd_doc_id to,
                   const struct qd_scorer_batch *batch, float min_score)
{
    struct qd_scorer_batch own = *batch;
    own.capacity = QD_SCORER_WINDOW;
    own.least = qd_scorer_least(min_score, self->parts[0].later);
    if (!self->parts[0].scores) own.scores = NULL;
    size_t count = qd_scorer_collect(self->parts[0].scorer, at, to, &own);
    for (size_t i = 0; i < count; i++) self->sums[i] = own.scores == NULL ? 0 : (double)own.scores[i];
    return count;
}

size_t qd_conjunction_windows_collect(struct qd_conjunction_windows *self, float min_score, qd_doc_id *at,
                                      qd_doc_id to, const struct qd_scorer_batch *batch)
{
    qd_assert(batch->capacity >= QD_SCORER_WINDOW);
    bool bounds = min_score > 0 && batch->scores != NULL;
    size_t count = 0;
    while (*at < to && count == 0) {
        qd_doc_id from = *at;
        qd_doc_id end = window_end(self, from, to, bounds);
        if (bounds && !find_bounds(self, from, end, min_score)) {
            *at = end;
            continue;
        }
        count = lead(self, at, end, batch, bounds ? min_score : 0);
        /* What the leader had to reach holds for the window only. */
        if (bounds && *at > end) *at = end;
        for (size_t i = 1; i < self->count && count > 0; i++) {
            const struct part *part = &self->parts[i];
            if (bounds)
                count = keep_competitive(self, batch->docs, count, self->parts[i - 1].later, min_score);
            bool scores = part->scores && batch->scores != NULL;
            memset(self->hits, 0, count * sizeof(bool));
            qd_scorer_probe(part->scorer, &(struct qd_scorer_candidates){ batch->docs, count,
                                                                          scores ? self->sums : NULL,
                                                                          self->hits });
            count = keep_hits(self, batch->docs, count);
        }
        if (bounds) count = keep_competitive(self, batch->docs, count, 0, min_score);
    }
    for (size_t i = 0; batch->scores != NULL && i < count; i++) batch->scores[i] = (float)self->sums[i];
    return count;
}
