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
    struct part *parts;   /* parts[count]: the leader, those without a second phase, the others */
    struct part *scoring; /* the same with a leader that scores; NULL: none is worth it */
    size_t count;
    bool by_bits;         /* without scores bits are worth while */
    unsigned refused;     /* windows in which the leader that scores is not asked, for it gave too many */
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

/* A part that scores may lead although it is this many times less rare than another: of its documents only
 * those come that can reach the minimum score. */
#define SCORING_COST 16

/* Where no scores are wanted, the rarest part has a document among so many, and all parts together have at
 * most so many times its documents, a window is found by bits. */
#define BITS_SHARE 128
#define BITS_COST 8

/* Orders the parts anew, the cheapest one that scores first. */
static void find_scoring(struct qd_conjunction_windows *self, struct qd_arena *arena)
{
    size_t best = self->count;
    for (size_t i = 0; i < self->count; i++) {
        const struct part *part = &self->parts[i];
        bool able = part->scores && part->scorer->operations->matches == NULL &&
                    part->scorer->operations->max_score != NULL;
        if (able && (best == self->count || part->scorer->cost < self->parts[best].scorer->cost)) best = i;
    }
    if (best == 0 || best == self->count) return;
    if (self->parts[best].scorer->cost / SCORING_COST > self->parts[0].scorer->cost) return;
    self->scoring = QD_NEW_ARRAY(arena, struct part, self->count);
    self->scoring[0] = self->parts[best];
    for (size_t i = 0, at = 1; i < self->count; i++) {
        if (i != best) self->scoring[at++] = self->parts[i];
    }
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
    uint64_t cost = 0;
    self->by_bits = true;
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_scorer_operations *operations = self->parts[i].scorer->operations;
        if (operations->matches != NULL || operations->into_bits == NULL) self->by_bits = false;
        cost += self->parts[i].scorer->cost;
    }
    if (cost / BITS_COST > self->parts[0].scorer->cost) self->by_bits = false;
    find_scoring(self, arena);
    return self;
}

/* The end of the window at `from`: with bounds it ends with a block of the first part that scores, and
 * where that part leads and is rare, it is as wide as that block. */
static qd_doc_id window_end(const struct part *parts, size_t count, qd_doc_id from, qd_doc_id to)
{
    qd_doc_id end = to - from > QD_SCORER_WINDOW ? from + QD_SCORER_WINDOW : to;
    for (size_t i = 0; i < count; i++) {
        if (!parts[i].scores) continue;
        qd_doc_id up_to;
        (void)qd_scorer_max_score(parts[i].scorer, from, &up_to);
        qd_doc_id block_end = up_to < to ? up_to + 1 : to;
        if (i == 0 ? block_end > end : block_end < end) end = block_end;
        break;
    }
    return end;
}

/* Finds what the parts can add in the window; false when they cannot reach the minimum together. */
static bool find_bounds(struct part *parts, size_t count, qd_doc_id from, qd_doc_id to, float min_score)
{
    double sum = 0;
    for (size_t i = count; i-- > 0;) {
        struct part *part = &parts[i];
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
static size_t lead(struct qd_conjunction_windows *self, const struct part *leader, qd_doc_id *at,
                   qd_doc_id to, const struct qd_scorer_batch *batch, float min_score)
{
    struct qd_scorer_batch own = *batch;
    own.capacity = QD_SCORER_WINDOW;
    own.least = qd_scorer_least(min_score, leader->later);
    own.rest = NULL;
    if (!leader->scores) own.scores = NULL;
    size_t count = qd_scorer_collect(leader->scorer, at, to, &own);
    for (size_t i = 0; i < count; i++) self->sums[i] = own.scores == NULL ? 0 : (double)own.scores[i];
    return count;
}

/* The parts in the order in which they are asked. */
static struct part *choose_order(struct qd_conjunction_windows *self, bool bounds)
{
    if (!bounds || self->scoring == NULL) return self->parts;
    if (self->refused == 0) return self->scoring;
    self->refused--;
    return self->parts;
}

/* After a window with many documents of the leader that scores, the rarest one leads for a while. */
#define REFUSED_WINDOWS 8

static void judge_order(struct qd_conjunction_windows *self, const struct part *parts, size_t count,
                        double share)
{
    if (parts != self->scoring) return;
    if ((double)count > 64 + 2 * share * (double)self->parts[0].scorer->cost) self->refused = REFUSED_WINDOWS;
}

/* A fixed number of words that do not overlap: several at once. */
static void and_words(uint64_t *restrict words, const uint64_t *restrict others)
{
    for (size_t i = 0; i < QD_SCORER_WINDOW / 64; i++) words[i] &= others[i];
}

/* The documents that all parts have, of a window of at most QD_SCORER_WINDOW, to words[QD_SCORER_WINDOW /
 * 64]. */
static void find_bits(struct qd_conjunction_windows *self, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    uint64_t others[QD_SCORER_WINDOW / 64];
    memset(words, 0, sizeof(others));
    qd_scorer_into_bits(self->parts[0].scorer, from, to, words);
    for (size_t i = 1; i < self->count; i++) {
        memset(others, 0, sizeof(others));
        qd_scorer_into_bits(self->parts[i].scorer, from, to, others);
        and_words(words, others);
    }
}

static bool worth_bits(const struct qd_conjunction_windows *self, qd_doc_id to)
{
    return self->by_bits && self->parts[0].scorer->cost >= to / BITS_SHARE;
}

/* Asks the parts after the leader about its documents. */
static size_t ask_others(struct qd_conjunction_windows *self, const struct part *parts, size_t count,
                         float min_score, const struct qd_scorer_batch *batch)
{
    bool bounds = min_score > 0;
    for (size_t i = 1; i < self->count && count > 0; i++) {
        const struct part *part = &parts[i];
        if (bounds) count = keep_competitive(self, batch->docs, count, parts[i - 1].later, min_score);
        bool scores = part->scores && batch->scores != NULL;
        memset(self->hits, 0, count * sizeof(bool));
        struct qd_scorer_candidates asked = { batch->docs, count, scores ? self->sums : NULL, self->hits };
        qd_scorer_probe(part->scorer, &asked);
        count = keep_hits(self, batch->docs, count);
    }
    return bounds ? keep_competitive(self, batch->docs, count, 0, min_score) : count;
}

size_t qd_conjunction_windows_collect(struct qd_conjunction_windows *self, float min_score, qd_doc_id *at,
                                      qd_doc_id to, const struct qd_scorer_batch *batch)
{
    qd_assert(batch->capacity >= QD_SCORER_WINDOW);
    bool bounds = min_score > 0 && batch->scores != NULL;
    bool bits = batch->scores == NULL && worth_bits(self, to);
    size_t count = 0;
    while (*at < to && count == 0) {
        struct part *parts = choose_order(self, bounds);
        qd_doc_id from = *at;
        qd_doc_id end = to - from > QD_SCORER_WINDOW ? from + QD_SCORER_WINDOW : to;
        if (bits) {
            uint64_t words[QD_SCORER_WINDOW / 64];
            find_bits(self, from, end, words);
            count = qd_scorer_collect_words(words, (end - from + 63) / 64, from, 0, batch);
            *at = end;
            continue;
        }
        if (bounds) {
            end = window_end(parts, self->count, from, to);
            *at = end;
            if (!find_bounds(parts, self->count, from, end, min_score)) continue;
            *at = from;
        }
        count = lead(self, &parts[0], at, end, batch, bounds ? min_score : 0);
        /* What the leader had to reach holds for the window only. */
        if (bounds && *at > end) *at = end;
        if (bounds) judge_order(self, parts, count, (double)(*at - from) / (double)to);
        count = ask_others(self, parts, count, bounds ? min_score : 0, batch);
    }
    for (size_t i = 0; batch->scores != NULL && i < count; i++) batch->scores[i] = (float)self->sums[i];
    return count;
}

static void or_words(uint64_t *restrict words, const uint64_t *restrict others, size_t size)
{
    if (size == QD_SCORER_WINDOW / 64) {
        for (size_t i = 0; i < QD_SCORER_WINDOW / 64; i++) words[i] |= others[i];
        return;
    }
    for (size_t i = 0; i < size; i++) words[i] |= others[i];
}

void qd_conjunction_windows_into_bits(struct qd_conjunction_windows *self, qd_doc_id from, qd_doc_id to,
                                      uint64_t *words)
{
    uint64_t window[QD_SCORER_WINDOW / 64];
    bool bits = worth_bits(self, to);
    qd_doc_id docs[QD_SCORER_WINDOW];
    struct qd_scorer_batch batch = { docs, NULL, QD_SCORER_WINDOW, NULL, 0, NULL };
    for (qd_doc_id at = from; at < to;) {
        if (!bits) {
            size_t count = qd_conjunction_windows_collect(self, 0, &at, to, &batch);
            for (size_t i = 0; i < count; i++) {
                words[(docs[i] - from) / 64] |= UINT64_C(1) << ((docs[i] - from) % 64);
            }
            continue;
        }
        qd_doc_id end = to - at > QD_SCORER_WINDOW ? at + QD_SCORER_WINDOW : to;
        find_bits(self, at, end, window);
        or_words(words + (at - from) / 64, window, (end - at + 63) / 64);
        at = end;
    }
}
