/* All of several scorers, one without another, and one that another raises. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "codec/segment.h"
#include "search/scorer_windows.h"

/* ---- all of subs ---- */
struct conjunction_scorer {
    struct qd_scorer scorer;
    struct qd_scorers subs;      /* by cost, cheapest first */
    struct qd_scorers confirmed; /* those with a second phase */
    struct qd_scorers scoring;
    struct qd_conjunction_windows *windows; /* made when documents are first collected in bulk */
    struct qd_arena *arena;
    float min_score;
};

static qd_doc_id conjunction_align(struct conjunction_scorer *self, qd_doc_id target)
{
    struct qd_scorer **subs = self->subs.data;
    qd_doc_id doc = qd_scorer_seek(subs[0], target);
    size_t i = 1;
    while (doc != QD_DOC_END && i < self->subs.count) {
        qd_doc_id other = qd_scorer_seek(subs[i], doc);
        if (other == doc) {
            i++;
            continue;
        }
        doc = other == QD_DOC_END ? QD_DOC_END : qd_scorer_seek(subs[0], other);
        i = 1;
    }
    return doc;
}

static qd_doc_id conjunction_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    scorer->started = true;
    if (target == QD_DOC_END) return scorer->doc = QD_DOC_END;
    return scorer->doc = conjunction_align((struct conjunction_scorer *)scorer, target);
}

static qd_doc_id conjunction_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return conjunction_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool conjunction_matches(struct qd_scorer *scorer)
{
    const struct conjunction_scorer *self = (const struct conjunction_scorer *)scorer;
    for (size_t i = 0; i < self->confirmed.count; i++) {
        if (!qd_scorer_confirm(self->confirmed.data[i])) return false;
    }
    return true;
}

static float conjunction_score(struct qd_scorer *scorer)
{
    const struct conjunction_scorer *self = (const struct conjunction_scorer *)scorer;
    double sum = 0;
    for (size_t i = 0; i < self->scoring.count; i++) {
        struct qd_scorer *sub = self->scoring.data[i];
        sum += (double)sub->operations->score(sub);
    }
    return (float)sum;
}

static float conjunction_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    const struct conjunction_scorer *self = (const struct conjunction_scorer *)scorer;
    double sum = 0;
    *up_to = QD_DOC_END - 1;
    for (size_t i = 0; i < self->scoring.count; i++) {
        qd_doc_id end;
        sum += (double)qd_scorer_max_score(self->scoring.data[i], target, &end);
        if (end < *up_to) *up_to = end;
    }
    return (float)sum;
}

static void conjunction_set_min_score(struct qd_scorer *scorer, float min_score)
{
    ((struct conjunction_scorer *)scorer)->min_score = min_score;
}

/* Windows move the subs by themselves: whoever seeks later finds their places. */
static struct qd_conjunction_windows *windows_of(struct conjunction_scorer *self)
{
    if (self->windows == NULL)
        self->windows = qd_conjunction_windows_create(self->arena, &self->subs, &self->scoring);
    self->scorer.started = false;
    return self->windows;
}

static size_t conjunction_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                                  const struct qd_scorer_batch *batch)
{
    struct conjunction_scorer *self = (struct conjunction_scorer *)scorer;
    if (batch->capacity < QD_SCORER_WINDOW) return qd_scorer_collect_singly(scorer, at, to, batch);
    return qd_conjunction_windows_collect(windows_of(self), self->min_score, at, to, batch);
}

static void conjunction_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct conjunction_scorer *self = (struct conjunction_scorer *)scorer;
    if (scorer->started && scorer->doc >= to) return;
    qd_conjunction_windows_into_bits(windows_of(self), from, to, words);
}

static bool conjunction_rewind(struct qd_scorer *scorer)
{
    const struct conjunction_scorer *self = (const struct conjunction_scorer *)scorer;
    for (size_t i = 0; i < self->subs.count; i++) {
        if (!qd_scorer_rewind(self->subs.data[i])) return false;
    }
    return true;
}

static const struct qd_scorer_operations conjunction_operations = {
    .next = conjunction_next,
    .advance = conjunction_advance,
    .score = conjunction_score,
    .max_score = conjunction_max_score,
    .set_min_score = conjunction_set_min_score,
    .into_bits = conjunction_into_bits,
    .collect = conjunction_collect,
    .rewind = conjunction_rewind,
};
static const struct qd_scorer_operations conjunction_two_phase_operations = {
    .next = conjunction_next,
    .advance = conjunction_advance,
    .matches = conjunction_matches,
    .score = conjunction_score,
    .max_score = conjunction_max_score,
    .set_min_score = conjunction_set_min_score,
    .collect = conjunction_collect,
    .rewind = conjunction_rewind,
};

static int compare_cost(const void *left, const void *right)
{
    uint64_t a = (*(struct qd_scorer *const *)left)->cost;
    uint64_t b = (*(struct qd_scorer *const *)right)->cost;
    return a < b ? -1 : a > b;
}

struct qd_scorer *qd_scorer_conjunction(struct qd_arena *arena, const struct qd_scorers *subs,
                                        const struct qd_scorers *scoring)
{
    qd_assert(subs->count > 0);
    struct conjunction_scorer *self = QD_NEW(arena, struct conjunction_scorer);
    for (size_t i = 0; i < subs->count; i++) {
        struct qd_scorer *sub = subs->data[i];
        *QD_PUSH(arena, &self->subs) = sub;
        if (sub->operations->matches != NULL) *QD_PUSH(arena, &self->confirmed) = sub;
    }
    for (size_t i = 0; i < scoring->count; i++) *QD_PUSH(arena, &self->scoring) = scoring->data[i];
    qsort(self->subs.data, self->subs.count, sizeof(struct qd_scorer *), compare_cost);
    self->arena = arena;
    self->scorer.cost = self->subs.data[0]->cost;
    self->scorer.operations =
        self->confirmed.count == 0 ? &conjunction_operations : &conjunction_two_phase_operations;
    return &self->scorer;
}

/* ---- one without another ---- */
struct exclusion_scorer {
    struct qd_scorer scorer;
    struct qd_scorer *required, *excluded;
    bool exact; /* neither has a second phase, so that this one needs none */
};

static qd_doc_id exclusion_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct exclusion_scorer *self = (struct exclusion_scorer *)scorer;
    scorer->started = true;
    scorer->doc = qd_scorer_seek(self->required, target);
    while (self->exact && scorer->doc != QD_DOC_END &&
           qd_scorer_seek(self->excluded, scorer->doc) == scorer->doc) {
        scorer->doc = qd_scorer_seek(self->required, scorer->doc + 1);
    }
    return scorer->doc;
}

static qd_doc_id exclusion_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return exclusion_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool exclusion_matches(struct qd_scorer *scorer)
{
    const struct exclusion_scorer *self = (const struct exclusion_scorer *)scorer;
    if (qd_scorer_seek(self->excluded, scorer->doc) == scorer->doc && qd_scorer_confirm(self->excluded))
        return false;
    return qd_scorer_confirm(self->required);
}

static float exclusion_score(struct qd_scorer *scorer)
{
    struct qd_scorer *required = ((struct exclusion_scorer *)scorer)->required;
    return required->operations->score(required);
}

static float exclusion_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    return qd_scorer_max_score(((struct exclusion_scorer *)scorer)->required, target, up_to);
}

static void exclusion_set_min_score(struct qd_scorer *scorer, float min_score)
{
    qd_scorer_set_min_score(((struct exclusion_scorer *)scorer)->required, min_score);
}

static size_t exclusion_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                                const struct qd_scorer_batch *batch)
{
    struct exclusion_scorer *self = (struct exclusion_scorer *)scorer;
    if (batch->capacity < QD_SCORER_WINDOW) return qd_scorer_collect_singly(scorer, at, to, batch);
    bool hits[QD_SCORER_WINDOW];
    /* What is excluded stands behind the documents before this one, and would no longer be found. */
    if (scorer->started && scorer->doc > *at) *at = scorer->doc < to ? scorer->doc : to;
    if (*at >= to) return 0;
    scorer->started = false; /* whoever seeks later finds the places of both */
    size_t found = qd_scorer_collect(self->required, at, to, batch);
    qd_assert(found <= QD_SCORER_WINDOW);
    if (found == 0) return 0;
    qd_doc_id first = qd_scorer_seek(self->excluded, batch->docs[0]);
    if (first > batch->docs[found - 1]) return found;
    memset(hits, 0, found * sizeof(bool));
    qd_scorer_probe(self->excluded, &(struct qd_scorer_candidates){ batch->docs, found, NULL, hits });
    size_t count = 0;
    for (size_t i = 0; i < found; i++) {
        if (hits[i]) continue;
        batch->docs[count] = batch->docs[i];
        if (batch->scores != NULL) batch->scores[count] = batch->scores[i];
        count++;
    }
    return count;
}

static bool exclusion_rewind(struct qd_scorer *scorer)
{
    struct exclusion_scorer *self = (struct exclusion_scorer *)scorer;
    return qd_scorer_rewind(self->required) && qd_scorer_rewind(self->excluded);
}

/* ORs what is required and not excluded of a window into words[size]. */
static void or_without(uint64_t *restrict words, const uint64_t *restrict required,
                       const uint64_t *restrict excluded, size_t size)
{
    if (size == QD_SCORER_WINDOW / 64) {
        /* A fixed number: several at once. */
        for (size_t i = 0; i < QD_SCORER_WINDOW / 64; i++) words[i] |= required[i] & ~excluded[i];
        return;
    }
    for (size_t i = 0; i < size; i++) words[i] |= required[i] & ~excluded[i];
}

/* Only for those without a second phase. */
static void exclusion_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct exclusion_scorer *self = (struct exclusion_scorer *)scorer;
    if (scorer->started && scorer->doc >= to) return;
    /* What is excluded before this document would no longer be found. */
    qd_doc_id least = scorer->started && scorer->doc > from ? scorer->doc : from;
    scorer->started = false; /* whoever seeks later finds the places of both */
    for (qd_doc_id at = from; at < to;) {
        qd_doc_id end = to - at > QD_SCORER_WINDOW ? at + QD_SCORER_WINDOW : to;
        if (end <= least) {
            at = end;
            continue;
        }
        if (at >= least && qd_scorer_seek(self->excluded, at) >= end) {
            qd_scorer_into_bits(self->required, at, end, words + (at - from) / 64);
            at = end;
            continue;
        }
        uint64_t required[QD_SCORER_WINDOW / 64] = { 0 }, excluded[QD_SCORER_WINDOW / 64] = { 0 };
        qd_scorer_into_bits(self->required, at, end, required);
        qd_scorer_into_bits(self->excluded, at, end, excluded);
        for (qd_doc_id doc = at; doc < least; doc++)
            required[(doc - at) / 64] &= ~(UINT64_C(1) << ((doc - at) % 64));
        or_without(words + (at - from) / 64, required, excluded, (end - at + 63) / 64);
        at = end;
    }
}

static const struct qd_scorer_operations exclusion_operations = {
    .next = exclusion_next,
    .advance = exclusion_advance,
    .matches = exclusion_matches,
    .score = exclusion_score,
    .max_score = exclusion_max_score,
    .set_min_score = exclusion_set_min_score,
    .collect = exclusion_collect,
    .rewind = exclusion_rewind,
};
static const struct qd_scorer_operations exclusion_exact_operations = {
    .next = exclusion_next,
    .advance = exclusion_advance,
    .score = exclusion_score,
    .max_score = exclusion_max_score,
    .set_min_score = exclusion_set_min_score,
    .into_bits = exclusion_into_bits,
    .collect = exclusion_collect,
    .rewind = exclusion_rewind,
};

struct qd_scorer *qd_scorer_exclusion(struct qd_arena *arena, struct qd_scorer *required,
                                      struct qd_scorer *excluded)
{
    struct exclusion_scorer *self = QD_NEW(arena, struct exclusion_scorer);
    self->exact = required->operations->matches == NULL && excluded->operations->matches == NULL;
    self->scorer.operations = self->exact ? &exclusion_exact_operations : &exclusion_operations;
    self->scorer.cost = required->cost;
    self->required = required;
    self->excluded = excluded;
    return &self->scorer;
}

/* ---- one that another raises ---- */
struct optional_scorer {
    struct qd_scorer scorer;
    struct qd_scorer *required, *optional;
    struct qd_arena *arena;
    float min_score; /* 0: none */
    bool *hits; /* hits[QD_SCORER_WINDOW] of candidates; made when documents are first collected in bulk */
    double *sums;    /* sums[QD_SCORER_WINDOW] */
};

static qd_doc_id optional_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    scorer->started = true;
    return scorer->doc = qd_scorer_seek(((struct optional_scorer *)scorer)->required, target);
}

static qd_doc_id optional_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return optional_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool optional_matches(struct qd_scorer *scorer)
{
    return qd_scorer_confirm(((struct optional_scorer *)scorer)->required);
}

static float optional_score(struct qd_scorer *scorer)
{
    const struct optional_scorer *self = (const struct optional_scorer *)scorer;
    float score = self->required->operations->score(self->required);
    struct qd_scorer *optional = self->optional;
    if (qd_scorer_seek(optional, scorer->doc) == scorer->doc && qd_scorer_confirm(optional))
        score += optional->operations->score(optional);
    return score;
}

static float optional_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    const struct optional_scorer *self = (const struct optional_scorer *)scorer;
    qd_doc_id end;
    float score = qd_scorer_max_score(self->required, target, up_to);
    score += qd_scorer_max_score(self->optional, target, &end);
    if (end < *up_to) *up_to = end;
    return score;
}

static void optional_set_min_score(struct qd_scorer *scorer, float min_score)
{
    ((struct optional_scorer *)scorer)->min_score = min_score;
}

/* Where the window at `from` may end: with a block of the required scorer. */
static qd_doc_id optional_window(const struct optional_scorer *self, qd_doc_id from, qd_doc_id to)
{
    qd_doc_id up_to;
    qd_doc_id end = to - from > QD_SCORER_WINDOW ? from + QD_SCORER_WINDOW : to;
    (void)qd_scorer_max_score(self->required, from, &up_to);
    return up_to < end - 1 ? up_to + 1 : end;
}

/* Asks `other` about batch->docs[count], adds its scores and keeps the documents that reach the minimum, of
 * which `bound` is the most that it can add. `must`: documents that it does not match are dropped. */
static size_t add_scores(struct optional_scorer *self, struct qd_scorer *other, bool must,
                         const struct qd_scorer_batch *batch, size_t count, float bound)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        batch->docs[kept] = batch->docs[i];
        batch->scores[kept] = batch->scores[i];
        kept += !(batch->scores[i] + bound < self->min_score);
    }
    memset(self->hits, 0, kept * sizeof(bool));
    memset(self->sums, 0, kept * sizeof(double));
    qd_scorer_probe(other, &(struct qd_scorer_candidates){ batch->docs, kept, self->sums, self->hits });
    count = 0;
    for (size_t i = 0; i < kept; i++) {
        float score = batch->scores[i];
        if (self->hits[i]) score += (float)self->sums[i];
        else if (must) continue;
        batch->docs[count] = batch->docs[i];
        batch->scores[count] = score;
        count += !(score < self->min_score);
    }
    return count;
}

static size_t optional_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                               const struct qd_scorer_batch *batch)
{
    struct optional_scorer *self = (struct optional_scorer *)scorer;
    if (batch->capacity < QD_SCORER_WINDOW) return qd_scorer_collect_singly(scorer, at, to, batch);
    scorer->started = false; /* whoever seeks later finds the places of both */
    if (batch->scores == NULL) return qd_scorer_collect(self->required, at, to, batch);
    if (self->hits == NULL) {
        self->hits = QD_NEW_ARRAY(self->arena, bool, QD_SCORER_WINDOW);
        self->sums = QD_NEW_ARRAY(self->arena, double, QD_SCORER_WINDOW);
    }
    size_t count = 0;
    while (*at < to && count == 0) {
        qd_doc_id end = to;
        float least = INFINITY, more = INFINITY;
        if (self->min_score > 0) {
            end = optional_window(self, *at, to);
            more = qd_scorer_window_bound(self->optional, *at, end);
            least = qd_scorer_window_bound(self->required, *at, end);
            if (least + more < self->min_score) {
                *at = end;
                continue;
            }
        }
        /* Where the required score alone does not suffice, both must match, and the rarer leads. */
        bool swapped = least < self->min_score && self->optional->cost < self->required->cost;
        struct qd_scorer *leader = swapped ? self->optional : self->required;
        struct qd_scorer *other = swapped ? self->required : self->optional;
        struct qd_scorer_batch own = *batch;
        own.least = self->min_score > 0
                        ? qd_scorer_least(self->min_score, (double)(swapped ? least : more))
                        : 0;
        count = qd_scorer_collect(leader, at, end, &own);
        /* Who leads, and what it had to reach, holds for the window only. */
        if (*at > end) *at = end;
        count = add_scores(self, other, swapped, batch, count, swapped ? least : more);
    }
    return count;
}

static bool optional_rewind(struct qd_scorer *scorer)
{
    struct optional_scorer *self = (struct optional_scorer *)scorer;
    return qd_scorer_rewind(self->required) && qd_scorer_rewind(self->optional);
}

static const struct qd_scorer_operations optional_operations = {
    .next = optional_next,
    .advance = optional_advance,
    .score = optional_score,
    .max_score = optional_max_score,
    .set_min_score = optional_set_min_score,
    .collect = optional_collect,
    .rewind = optional_rewind,
};
static const struct qd_scorer_operations optional_two_phase_operations = {
    .next = optional_next,
    .advance = optional_advance,
    .matches = optional_matches,
    .score = optional_score,
    .max_score = optional_max_score,
    .set_min_score = optional_set_min_score,
    .collect = optional_collect,
    .rewind = optional_rewind,
};

struct qd_scorer *qd_scorer_optional(struct qd_arena *arena, struct qd_scorer *required,
                                     struct qd_scorer *optional)
{
    struct optional_scorer *self = QD_NEW(arena, struct optional_scorer);
    self->scorer.operations =
        required->operations->matches == NULL ? &optional_operations : &optional_two_phase_operations;
    self->scorer.cost = required->cost;
    self->required = required;
    self->optional = optional;
    self->arena = arena;
    return &self->scorer;
}
