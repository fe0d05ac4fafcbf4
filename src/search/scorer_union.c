#include "search/scorer_union.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "codec/segment.h"

#define WINDOW_WORDS (QD_SCORER_WINDOW / 64)

/* Unions of more parts do not ask what each can give by norm. */
#define RESTS_MAX 16

/* A sub and the best it can do in the window. */
struct part {
    struct qd_scorer *scorer;
    float bound;
    struct qd_scorer_rest *rest; /* what the other parts can add, by norm; NULL: not known */
};

struct qd_union {
    struct part *parts; /* parts[count]; by bound, least first, when a minimum score is set */
    size_t count;
    float min_score;              /* 0: none */
    double *bound_sums;           /* bound_sums[i]: what parts[0 .. i] can give together */
    double *scores;               /* scores[QD_SCORER_WINDOW], 0 between windows; NULL: not used yet */
    double *one_sums;             /* one_sums[QD_SCORER_WINDOW]: where only one part gives documents */
    uint64_t words[WINDOW_WORDS]; /* documents of the window */
    qd_doc_id *docs;              /* a sub's documents */
    float *doc_scores;
    bool *hits;   /* hits[QD_SCORER_WINDOW]: of candidates, whom nobody asks */
    double *sums; /* of candidates; made when they are first looked up */
    bool rest_asked; /* `rest` of the parts was found where it is known */
    struct qd_arena *arena;
};

struct qd_union *qd_union_create(struct qd_arena *arena, const struct qd_scorers *subs)
{
    struct qd_union *self = QD_NEW(arena, struct qd_union);
    self->count = subs->count;
    self->arena = arena;
    self->parts = QD_NEW_ARRAY(arena, struct part, subs->count);
    self->bound_sums = QD_NEW_ARRAY(arena, double, subs->count);
    self->one_sums = qd_arena_alloc(arena, sizeof(double) * QD_SCORER_WINDOW);
    self->docs = qd_arena_alloc(arena, sizeof(qd_doc_id) * QD_SCORER_WINDOW);
    self->hits = qd_arena_alloc(arena, sizeof(bool) * QD_SCORER_WINDOW);
    self->doc_scores = qd_arena_alloc(arena, sizeof(float) * QD_SCORER_WINDOW);
    for (size_t i = 0; i < subs->count; i++) self->parts[i].scorer = subs->data[i];
    return self;
}

void qd_union_set_min_score(struct qd_union *self, float min_score) { self->min_score = min_score; }

/* Orders the parts by their bounds; returns how many of the first cannot reach the minimum score together. */
static size_t split_parts(struct qd_union *self, qd_doc_id from, qd_doc_id to)
{
    for (size_t i = 0; i < self->count; i++)
        self->parts[i].bound = qd_scorer_window_bound(self->parts[i].scorer, from, to);
    for (size_t i = 1; i < self->count; i++) {
        struct part moved = self->parts[i];
        size_t at = i;
        for (; at > 0 && self->parts[at - 1].bound > moved.bound; at--) self->parts[at] = self->parts[at - 1];
        self->parts[at] = moved;
    }
    double sum = 0;
    size_t idle = 0;
    for (size_t i = 0; i < self->count; i++) {
        sum += (double)self->parts[i].bound;
        self->bound_sums[i] = sum;
        if ((float)sum < self->min_score) idle = i + 1;
    }
    return idle;
}

/* The same for a window that ends at *end at least: where one part alone gives documents it may be wider,
 * up to the end of that part's block, so that rare terms do not cost a window for every few documents. */
static size_t split_window(struct qd_union *self, qd_doc_id from, qd_doc_id *end, qd_doc_id to)
{
    qd_doc_id up_to;
    (void)qd_scorer_max_score(self->parts[self->count - 1].scorer, from, &up_to);
    if (up_to >= *end && *end < to) {
        qd_doc_id wide = up_to < to ? up_to + 1 : to;
        size_t idle = split_parts(self, from, wide);
        if (idle + 1 >= self->count && idle > 0) {
            *end = wide;
            return idle;
        }
    }
    return split_parts(self, from, *end);
}

/* Finds what all other parts can add to the documents of each part, by norm. */
static void find_rests(struct qd_union *self)
{
    float(*most)[256] = qd_arena_zalloc(self->arena, sizeof(*most) * self->count);
    const uint8_t *norms = NULL;
    self->rest_asked = true;
    for (size_t i = 0; i < self->count; i++) {
        const uint8_t *own = qd_scorer_add_norm_bounds(self->parts[i].scorer, most[i]);
        if (own == NULL || (i > 0 && own != norms)) return;
        norms = own;
    }
    for (size_t i = 0; i < self->count; i++) {
        struct qd_scorer_rest *rest = QD_NEW(self->arena, struct qd_scorer_rest);
        rest->norms = norms;
        for (size_t k = 0; k < self->count; k++) {
            for (size_t norm = 0; k != i && norm < 256; norm++) rest->most[norm] += most[k][norm];
        }
        self->parts[i].rest = rest;
    }
}

/* What a part's documents must reach, when the other parts give at most `others`. */
static void limit_part(struct qd_union *self, struct part *part, double others, struct qd_scorer_batch *batch)
{
    if (!self->rest_asked && self->count <= RESTS_MAX) find_rests(self);
    batch->least = qd_scorer_least(self->min_score, others);
    batch->rest = part->rest;
    if (part->rest != NULL) part->rest->min_score = self->min_score;
}

/* Adds a sub's documents of the window. */
static void fill_window(struct qd_union *self, struct part *part, qd_doc_id from, qd_doc_id to)
{
    struct qd_scorer *scorer = part->scorer;
    struct qd_scorer_batch batch = { self->docs, self->doc_scores, QD_SCORER_WINDOW, NULL, 0, NULL };
    qd_doc_id at = from;
    if (self->scores == NULL) self->scores = QD_NEW_ARRAY(self->arena, double, QD_SCORER_WINDOW);
    /* What cannot reach the minimum with the help of all others is left out, also where others have it. */
    if (self->min_score > 0)
        limit_part(self, part, self->bound_sums[self->count - 1] - (double)part->bound, &batch);
    while (at < to) {
        size_t count = qd_scorer_collect(scorer, &at, to, &batch);
        for (size_t i = 0; i < count; i++) {
            uint32_t offset = self->docs[i] - from;
            self->words[offset / 64] |= UINT64_C(1) << (offset % 64);
            self->scores[offset] += (double)self->doc_scores[i];
        }
    }
}

/* Completes a document's score by the idle parts, greatest bound first; false when it cannot compete. */
static bool complete(struct qd_union *self, size_t idle, qd_doc_id doc, double *score)
{
    for (size_t i = idle; i-- > 0;) {
        if ((float)(*score + self->bound_sums[i]) < self->min_score) return false;
        struct qd_scorer *scorer = self->parts[i].scorer;
        if (qd_scorer_seek(scorer, doc) == doc && qd_scorer_confirm(scorer))
            *score += (double)scorer->operations->score(scorer);
    }
    return (float)*score >= self->min_score;
}

static size_t emit(struct qd_union *self, size_t idle, qd_doc_id from, const struct qd_scorer_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < WINDOW_WORDS; i++) {
        uint64_t word = self->words[i];
        self->words[i] = 0;
        for (; word != 0; word &= word - 1) {
            uint32_t offset = (uint32_t)i * 64 + (uint32_t)__builtin_ctzll(word);
            qd_doc_id doc = from + offset;
            double score = self->scores[offset];
            self->scores[offset] = 0;
            if (batch->live != NULL && (batch->live[doc / 64] >> (doc % 64) & 1) == 0) continue;
            if (self->min_score > 0 && !complete(self, idle, doc, &score)) continue;
            batch->docs[count] = doc;
            batch->scores[count++] = (float)score;
        }
    }
    return count;
}

/* Keeps the documents that can reach the minimum with the help of the first `left` parts. */
static size_t keep_able(struct qd_union *self, size_t left, qd_doc_id *docs, size_t count)
{
    double *sums = self->one_sums;
    double rest = left == 0 ? 0 : self->bound_sums[left - 1];
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        docs[kept] = docs[i];
        sums[kept] = sums[i];
        kept += (float)(sums[i] + rest) >= self->min_score;
    }
    return kept;
}

/* A window in which only the best part can give documents: no bits are needed, the idle parts are asked about
 * what it found. */
static size_t collect_one(struct qd_union *self, qd_doc_id *at, qd_doc_id to,
                          const struct qd_scorer_batch *batch)
{
    size_t idle = self->count - 1;
    double *sums = self->one_sums;
    struct qd_scorer_batch own = { batch->docs, batch->scores, QD_SCORER_WINDOW, batch->live, 0, NULL };
    limit_part(self, &self->parts[idle], self->bound_sums[idle - 1], &own);
    size_t count = qd_scorer_collect(self->parts[idle].scorer, at, to, &own);
    for (size_t i = 0; i < count; i++) sums[i] = (double)batch->scores[i];
    for (size_t part = idle + 1; part-- > 0;) {
        count = keep_able(self, part, batch->docs, count);
        if (part == 0) break;
        qd_scorer_probe(self->parts[part - 1].scorer,
                        &(struct qd_scorer_candidates){ batch->docs, count, sums, self->hits });
    }
    for (size_t i = 0; i < count; i++) batch->scores[i] = (float)sums[i];
    return count;
}

/* Without scores a window is the union of bits. */
static size_t emit_bits(struct qd_union *self, qd_doc_id from, qd_doc_id to,
                        const struct qd_scorer_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++)
        qd_scorer_into_bits(self->parts[i].scorer, from, to, self->words);
    for (size_t i = 0; i < WINDOW_WORDS; i++) {
        uint64_t word = self->words[i];
        self->words[i] = 0;
        for (; word != 0; word &= word - 1) {
            qd_doc_id doc = from + (qd_doc_id)i * 64 + (qd_doc_id)__builtin_ctzll(word);
            if (batch->live != NULL && (batch->live[doc / 64] >> (doc % 64) & 1) == 0) continue;
            batch->docs[count++] = doc;
        }
    }
    return count;
}

/* The first document >= target of the parts from `idle` on. */
static qd_doc_id first_document(struct qd_union *self, size_t idle, qd_doc_id target)
{
    qd_doc_id first = QD_DOC_END;
    for (size_t i = idle; i < self->count && first > target; i++) {
        qd_doc_id doc = qd_scorer_seek(self->parts[i].scorer, target);
        if (doc < first) first = doc;
    }
    return first;
}

static size_t collect_windows(struct qd_union *self, qd_doc_id *at, qd_doc_id to,
                              const struct qd_scorer_batch *batch)
{
    qd_assert(batch->capacity >= QD_SCORER_WINDOW);
    size_t count = 0;
    while (*at < to && count == 0) {
        qd_doc_id from = *at;
        if (self->min_score <= 0 || batch->scores == NULL) from = first_document(self, 0, from);
        if (from >= to) {
            *at = from;
            break;
        }
        qd_doc_id end = to - from > QD_SCORER_WINDOW ? from + QD_SCORER_WINDOW : to;
        size_t idle = 0;
        if (batch->scores != NULL && self->min_score > 0) idle = split_window(self, from, &end, to);
        *at = end;
        if (batch->scores == NULL) {
            count = emit_bits(self, from, end, batch);
            continue;
        }
        if (idle + 1 == self->count && idle > 0) {
            *at = from;
            count = collect_one(self, at, end, batch);
            /* Behind the window other parts may suffice before the next document of this one. */
            if (*at > end) *at = end;
            continue;
        }
        for (size_t i = idle; i < self->count; i++) fill_window(self, &self->parts[i], from, end);
        if (idle < self->count) count = emit(self, idle, from, batch);
    }
    return count;
}

size_t qd_union_collect(struct qd_union *self, qd_doc_id *at, qd_doc_id to,
                        const struct qd_scorer_batch *batch)
{
    float min_score = self->min_score;
    if (batch->scores != NULL && batch->least > min_score) self->min_score = batch->least;
    size_t count = collect_windows(self, at, to, batch);
    self->min_score = min_score;
    return count;
}

void qd_union_probe(struct qd_union *self, struct qd_arena *arena,
                    const struct qd_scorer_candidates *candidates)
{
    struct qd_scorer_candidates own = *candidates;
    if (candidates->sums != NULL) {
        if (self->sums == NULL) self->sums = QD_NEW_ARRAY(arena, double, QD_SCORER_WINDOW);
        memset(self->sums, 0, sizeof(double) * candidates->count);
        own.sums = self->sums;
    }
    for (size_t i = 0; i < self->count; i++) qd_scorer_probe(self->parts[i].scorer, &own);
    for (size_t i = 0; candidates->sums != NULL && i < candidates->count; i++)
        candidates->sums[i] += (double)(float)self->sums[i];
}
