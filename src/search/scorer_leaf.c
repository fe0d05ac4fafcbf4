/* Leaves without postings: every document, a bitset, and a constant in place of a score. */
#include <string.h>

#include "codec/segment.h"
#include "search/scorer.h"

/* ---- every document ---- */
struct all_scorer {
    struct qd_scorer scorer;
    uint32_t doc_count; /* 0: the constant cannot compete */
    uint32_t doc_total; /* of the segment */
    float score;
};

static qd_doc_id all_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    const struct all_scorer *self = (const struct all_scorer *)scorer;
    scorer->started = true;
    return scorer->doc = target < self->doc_count ? target : QD_DOC_END;
}

static qd_doc_id all_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return all_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static float all_score(struct qd_scorer *scorer) { return ((struct all_scorer *)scorer)->score; }

static float all_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    (void)target;
    *up_to = QD_DOC_END - 1;
    return ((struct all_scorer *)scorer)->score;
}

/* A constant that cannot compete any more ends the walk. */
static void all_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct all_scorer *self = (struct all_scorer *)scorer;
    if (min_score > self->score) self->doc_count = 0;
}

static void all_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    const struct all_scorer *self = (const struct all_scorer *)scorer;
    qd_doc_id start = qd_scorer_seek(scorer, from);
    qd_doc_id end = to < self->doc_count ? to : self->doc_count;
    for (qd_doc_id doc = start; doc < end; doc++)
        words[(doc - from) / 64] |= UINT64_C(1) << ((doc - from) % 64);
    qd_scorer_seek(scorer, to);
}

static size_t all_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                          const struct qd_scorer_batch *batch)
{
    const struct all_scorer *self = (const struct all_scorer *)scorer;
    qd_doc_id end = to < self->doc_count ? to : self->doc_count;
    size_t count = 0;
    qd_doc_id doc = *at;
    for (; doc < end && count < batch->capacity; doc++) {
        batch->docs[count] = doc;
        count += batch->live == NULL || (batch->live[doc / 64] >> (doc % 64) & 1) != 0;
    }
    for (size_t i = 0; batch->scores != NULL && i < count; i++) batch->scores[i] = self->score;
    *at = doc < end ? doc : to;
    return count;
}

static void all_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    const struct all_scorer *self = (const struct all_scorer *)scorer;
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->docs[i] >= self->doc_count) break;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)self->score;
    }
}

static bool all_rewind(struct qd_scorer *scorer)
{
    struct all_scorer *self = (struct all_scorer *)scorer;
    self->doc_count = self->doc_total;
    return true;
}

static const struct qd_scorer_operations all_operations = {
    .next = all_next,
    .advance = all_advance,
    .score = all_score,
    .max_score = all_max_score,
    .set_min_score = all_set_min_score,
    .into_bits = all_into_bits,
    .collect = all_collect,
    .probe = all_probe,
    .rewind = all_rewind,
};

struct qd_scorer *qd_scorer_all(struct qd_arena *arena, uint32_t doc_count, float score)
{
    struct all_scorer *self = QD_NEW(arena, struct all_scorer);
    self->scorer.operations = &all_operations;
    self->scorer.cost = doc_count;
    self->doc_count = self->doc_total = doc_count;
    self->score = score;
    return &self->scorer;
}

/* ---- a bitset ---- */
struct bits_scorer {
    struct qd_scorer scorer;
    const uint64_t *words;
    uint32_t doc_count; /* 0: the constant cannot compete */
    uint32_t doc_total; /* of the segment */
    float score;
};

static qd_doc_id bits_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    const struct bits_scorer *self = (const struct bits_scorer *)scorer;
    scorer->started = true;
    if (target >= self->doc_count) return scorer->doc = QD_DOC_END;
    size_t last = (self->doc_count - 1) / 64;
    size_t at = target / 64;
    uint64_t word = self->words[at] & (~UINT64_C(0) << (target % 64));
    while (word == 0 && at < last) word = self->words[++at];
    if (word == 0) return scorer->doc = QD_DOC_END;
    qd_doc_id doc = (qd_doc_id)(at * 64) + (qd_doc_id)__builtin_ctzll(word);
    return scorer->doc = doc < self->doc_count ? doc : QD_DOC_END;
}

static qd_doc_id bits_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return bits_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static float bits_score(struct qd_scorer *scorer) { return ((struct bits_scorer *)scorer)->score; }

static float bits_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    (void)target;
    *up_to = QD_DOC_END - 1;
    return ((struct bits_scorer *)scorer)->score;
}

static void bits_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct bits_scorer *self = (struct bits_scorer *)scorer;
    if (min_score > self->score) self->doc_count = 0;
}

static void bits_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    const struct bits_scorer *self = (const struct bits_scorer *)scorer;
    qd_doc_id end = to < self->doc_count ? to : self->doc_count;
    bool whole_words = from % 64 == 0 && (!scorer->started || scorer->doc <= from);
    if (whole_words && from < end) {
        size_t first = from / 64;
        size_t count = (end - from + 63) / 64;
        for (size_t i = 0; i < count; i++) {
            uint64_t word = self->words[first + i];
            if (i + 1 == count && (end - from) % 64 != 0) word &= (UINT64_C(1) << ((end - from) % 64)) - 1;
            words[i] |= word;
        }
    } else {
        for (qd_doc_id doc = qd_scorer_seek(scorer, from); doc < end; doc = bits_next(scorer))
            words[(doc - from) / 64] |= UINT64_C(1) << ((doc - from) % 64);
    }
    qd_scorer_seek(scorer, to);
}

/* The bitset is not walked: windows are read where they are. */
static size_t bits_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                           const struct qd_scorer_batch *batch)
{
    const struct bits_scorer *self = (const struct bits_scorer *)scorer;
    if (batch->capacity < QD_SCORER_WINDOW) return qd_scorer_collect_singly(scorer, at, to, batch);
    qd_doc_id limit = to < self->doc_count ? to : self->doc_count;
    size_t count = 0;
    while (*at < limit && count == 0) {
        qd_doc_id base = *at - *at % 64;
        qd_doc_id end = limit - base > QD_SCORER_WINDOW ? base + QD_SCORER_WINDOW : limit;
        uint64_t words[QD_SCORER_WINDOW / 64];
        size_t word_count = (end - base + 63) / 64;
        memcpy(words, self->words + base / 64, word_count * sizeof(uint64_t));
        words[0] &= ~UINT64_C(0) << (*at % 64);
        if (end % 64 != 0) words[word_count - 1] &= (UINT64_C(1) << (end % 64)) - 1;
        count = qd_scorer_collect_words(words, word_count, base, self->score, batch);
        *at = end;
    }
    if (*at >= limit) *at = to;
    return count;
}

static void bits_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    const struct bits_scorer *self = (const struct bits_scorer *)scorer;
    for (size_t i = 0; i < candidates->count; i++) {
        qd_doc_id doc = candidates->docs[i];
        if (doc >= self->doc_count) break;
        if ((self->words[doc / 64] >> (doc % 64) & 1) == 0) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)self->score;
    }
}

static bool bits_rewind(struct qd_scorer *scorer)
{
    struct bits_scorer *self = (struct bits_scorer *)scorer;
    self->doc_count = self->doc_total;
    return true;
}

static const struct qd_scorer_operations bits_operations = {
    .next = bits_next,
    .advance = bits_advance,
    .score = bits_score,
    .max_score = bits_max_score,
    .set_min_score = bits_set_min_score,
    .into_bits = bits_into_bits,
    .collect = bits_collect,
    .probe = bits_probe,
    .rewind = bits_rewind,
};

struct qd_scorer *qd_scorer_bits(struct qd_arena *arena, const uint64_t *words, uint32_t doc_count,
                                 float score)
{
    struct bits_scorer *self = QD_NEW(arena, struct bits_scorer);
    self->scorer.operations = &bits_operations;
    self->words = words;
    self->doc_count = self->doc_total = doc_count;
    self->score = score;
    uint64_t cost = 0;
    for (size_t i = 0; i < ((size_t)doc_count + 63) / 64; i++)
        cost += (uint64_t)__builtin_popcountll(words[i]);
    self->scorer.cost = cost;
    return &self->scorer;
}

/* ---- a constant score ---- */
struct constant_scorer {
    struct qd_scorer scorer;
    struct qd_scorer *inner;
    float score;
    bool ended; /* the constant cannot compete */
};

static qd_doc_id constant_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct constant_scorer *self = (struct constant_scorer *)scorer;
    scorer->started = true;
    if (self->ended) return scorer->doc = QD_DOC_END;
    return scorer->doc = qd_scorer_seek(self->inner, target);
}

static qd_doc_id constant_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return constant_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static bool constant_matches(struct qd_scorer *scorer)
{
    return qd_scorer_confirm(((struct constant_scorer *)scorer)->inner);
}

static float constant_score(struct qd_scorer *scorer) { return ((struct constant_scorer *)scorer)->score; }

static float constant_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    (void)target;
    *up_to = QD_DOC_END - 1;
    return ((struct constant_scorer *)scorer)->score;
}

static void constant_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct constant_scorer *self = (struct constant_scorer *)scorer;
    if (min_score > self->score) self->ended = true;
}

static void constant_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct constant_scorer *self = (struct constant_scorer *)scorer;
    qd_scorer_into_bits(self->inner, from, to, words);
    scorer->started = true;
    scorer->doc = qd_scorer_seek(self->inner, to);
}

static size_t constant_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                               const struct qd_scorer_batch *batch)
{
    struct constant_scorer *self = (struct constant_scorer *)scorer;
    if (self->ended) {
        *at = to;
        return 0;
    }
    struct qd_scorer_batch inner = *batch;
    inner.scores = NULL;
    scorer->started = false; /* whoever seeks later finds the inner scorer's place */
    size_t count = qd_scorer_collect(self->inner, at, to, &inner);
    for (size_t i = 0; batch->scores != NULL && i < count; i++) batch->scores[i] = self->score;
    return count;
}

static void constant_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    struct constant_scorer *self = (struct constant_scorer *)scorer;
    struct qd_scorer_candidates inner = *candidates;
    bool hits[QD_SCORER_WINDOW];
    if (self->ended) return;
    memset(hits, 0, candidates->count * sizeof(bool));
    inner.sums = NULL;
    inner.hits = hits;
    scorer->started = false;
    qd_scorer_probe(self->inner, &inner);
    for (size_t i = 0; i < candidates->count; i++) {
        if (!hits[i]) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)self->score;
    }
}

static bool constant_rewind(struct qd_scorer *scorer)
{
    ((struct constant_scorer *)scorer)->ended = false;
    return qd_scorer_rewind(((struct constant_scorer *)scorer)->inner);
}

static const struct qd_scorer_operations constant_operations = {
    .next = constant_next,
    .advance = constant_advance,
    .score = constant_score,
    .max_score = constant_max_score,
    .set_min_score = constant_set_min_score,
    .into_bits = constant_into_bits,
    .collect = constant_collect,
    .probe = constant_probe,
    .rewind = constant_rewind,
};
static const struct qd_scorer_operations constant_two_phase_operations = {
    .next = constant_next,
    .advance = constant_advance,
    .matches = constant_matches,
    .score = constant_score,
    .max_score = constant_max_score,
    .set_min_score = constant_set_min_score,
    .into_bits = constant_into_bits,
    .collect = constant_collect,
    .probe = constant_probe,
    .rewind = constant_rewind,
};

struct qd_scorer *qd_scorer_constant(struct qd_arena *arena, struct qd_scorer *inner, float score)
{
    struct constant_scorer *self = QD_NEW(arena, struct constant_scorer);
    self->scorer.operations =
        inner->operations->matches == NULL ? &constant_operations : &constant_two_phase_operations;
    self->scorer.cost = inner->cost;
    self->inner = inner;
    self->score = score;
    return &self->scorer;
}
