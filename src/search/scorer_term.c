/* The scorer of one term: postings, norms, and impacts for upper bounds. */
#include <math.h>
#include <string.h>

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

#include "codec/impacts.h"
#include "codec/postings_blocks.h"
#include "search/query_node_term.h"

/* The greatest score of any document in [from, end). */
struct block_bound {
    qd_doc_id from, end; /* end: one more than the last document, 0: not found yet */
    float score;
};

/* The frequency that a document needs to compete, by its norm. */
struct needs {
    const struct qd_scorer_rest *rest; /* what they were made for */
    float min_score;            /* and when it had to reach so much */
    uint32_t freqs[256];        /* UINT32_MAX: none is enough */
    uint32_t later[256];        /* later[n]: the least of freqs[n ..] */
};

struct term_scorer {
    struct qd_scorer scorer;
    struct qd_postings postings;
    const struct qd_similarity_scorer *similarity; /* NULL: a constant */
    const uint8_t *norms;                          /* NULL: every norm is 1 */
    float constant;
    float min_score;
    struct qd_arena *arena;
    const struct qd_postings_block *blocks; /* blocks[block_count]; NULL: not asked for, or no table */
    size_t block_count;
    size_t block_at;         /* the one found last: windows are asked about in ascending order */
    float *bounds;           /* bounds[block_count]: the greatest score of each; NULL: not known */
    bool asked;              /* for the table */
    uint32_t *norm_freqs;    /* norm_freqs[256]: the greatest frequency with that norm or a better one */
    struct needs *needs;     /* made when a batch first has a rest */
    struct block_bound tail; /* without a table: the last bound found */
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

/* A score grows with this, whatever the weight. */
static float strength_of(const struct term_scorer *self, uint32_t freq, uint8_t norm)
{
    return (float)freq * self->similarity->norm_inverse[self->norms == NULL ? 1 : norm];
}

/* The greatest score of a list of impacts: that of the strongest. */
static float impacts_bound(const struct term_scorer *self, const struct qd_impact *impacts, size_t count)
{
    size_t best = 0;
    float most = -1;
    for (size_t i = 0; i < count; i++) {
        float strength = strength_of(self, impacts[i].freq, impacts[i].norm);
        if (strength <= most) continue;
        best = i;
        most = strength;
    }
    uint8_t norm = self->norms == NULL ? 1 : impacts[best].norm;
    float score = qd_similarity_score(self->similarity, (float)impacts[best].freq, norm);
    return score > 0 ? score : 0;
}

/* The impacts of a block to pairs[QD_IMPACTS_MAX]; returns how many, at least one. */
static size_t block_impacts(const struct qd_postings_block *block, struct qd_impact *pairs)
{
    size_t count = 0;
    if (block->impacts != NULL) {
        count = qd_impacts_read(qd_slice_make(block->impacts, (size_t)(block->docs - block->impacts)), pairs);
        if (count > 0) return count;
    }
    /* Malformed ones may stand for anything. */
    pairs[0] = (struct qd_impact){ block->impacts == NULL ? block->freq_max : UINT32_MAX, 1 };
    return 1;
}

/* Asks for the table of blocks, and, where scores matter, for their bounds. */
static bool make_blocks(struct term_scorer *self, bool bounds)
{
    if (!self->asked) {
        self->asked = true;
        self->blocks = qd_postings_blocks(&self->postings, &self->block_count);
    }
    if (self->blocks == NULL) return false;
    if (bounds && self->bounds == NULL) {
        struct qd_impact pairs[QD_IMPACTS_MAX];
        self->bounds = qd_arena_alloc(self->arena, sizeof(float) * self->block_count);
        self->norm_freqs = QD_NEW_ARRAY(self->arena, uint32_t, 256);
        for (size_t i = 0; i < self->block_count; i++) {
            size_t count = block_impacts(&self->blocks[i], pairs);
            self->bounds[i] = impacts_bound(self, pairs, count);
            for (size_t k = 0; k < count; k++) {
                uint32_t *most = &self->norm_freqs[pairs[k].norm];
                if (pairs[k].freq > *most) *most = pairs[k].freq;
            }
        }
        for (size_t i = 1; i < 256; i++) {
            if (self->norm_freqs[i] < self->norm_freqs[i - 1]) self->norm_freqs[i] = self->norm_freqs[i - 1];
        }
    }
    return true;
}

static inline bool find_blocks(struct term_scorer *self, bool bounds)
{
    return self->bounds != NULL || make_blocks(self, bounds);
}

/* The first block whose last document is not below target; block_count: none. */
static size_t block_of(struct term_scorer *self, qd_doc_id target)
{
    const struct qd_postings_block *blocks = self->blocks;
    size_t low = self->block_at, step = 1, high;
    if (low > 0 && target <= blocks[low - 1].last) low = 0;
    for (high = low; high < self->block_count && blocks[high].last < target; step *= 2) {
        low = high + 1;
        high += step;
    }
    if (high > self->block_count) high = self->block_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (blocks[middle].last < target) low = middle + 1;
        else high = middle;
    }
    return self->block_at = low;
}

/* The bound of a term that is too rare for a table. */
static float rare_max_score(struct term_scorer *self, qd_doc_id target, qd_doc_id *up_to)
{
    struct block_bound *known = &self->tail;
    if (target < known->from || target >= known->end) {
        size_t count;
        const struct qd_impact *impacts = qd_postings_impacts(&self->postings, target, 0, &count, up_to);
        *known = (struct block_bound){ target, *up_to + 1, impacts_bound(self, impacts, count) };
    }
    *up_to = known->end - 1;
    return known->score;
}

static float term_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (self->similarity == NULL) {
        *up_to = QD_DOC_END - 1;
        return self->constant;
    }
    if (!find_blocks(self, true)) return rare_max_score(self, target, up_to);
    size_t at = block_of(self, target);
    if (at >= self->block_count) {
        *up_to = QD_DOC_END - 1;
        return 0;
    }
    *up_to = self->blocks[at].last;
    return self->bounds[at];
}

/* A pair of impacts bounds documents of its norm and of longer ones; what those need is in `later`. */
static bool block_competes(const struct term_scorer *self, size_t number, const struct needs *needs)
{
    struct qd_impact pairs[QD_IMPACTS_MAX];
    size_t count = block_impacts(&self->blocks[number], pairs);
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].freq >= needs->later[pairs[i].norm]) return true;
    }
    return false;
}

/* The first document >= target whose block can reach the score `least` and what is needed (NULL: not
 * known). */
static qd_doc_id competitive_target(struct term_scorer *self, qd_doc_id target, float least,
                                    const struct needs *needs)
{
    if (least <= 0 || target == QD_DOC_END) return target;
    if (self->similarity == NULL) return self->constant >= least ? target : QD_DOC_END;
    if (!find_blocks(self, true)) {
        qd_doc_id up_to;
        return rare_max_score(self, target, &up_to) >= least ? target : QD_DOC_END;
    }
    size_t first = block_of(self, target), at = first;
    while (at < self->block_count &&
           (self->bounds[at] < least || (needs != NULL && !block_competes(self, at, needs)))) {
        at++;
    }
    if (at >= self->block_count) return QD_DOC_END;
    return at == first ? target : self->blocks[at - 1].last + 1;
}

static bool term_rewind(struct qd_scorer *scorer)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    qd_postings_rewind(&self->postings);
    self->block_at = 0;
    self->tail = (struct block_bound){ 0 };
    return true;
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

/* Keeps the live ones of docs[count] and their frequencies (NULL: not wanted); returns how many. */
static size_t keep_live(const uint64_t *live, qd_doc_id *docs, uint32_t *freqs, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        qd_doc_id doc = docs[i];
        docs[kept] = doc;
        if (freqs != NULL) freqs[kept] = freqs[i];
        kept += live[doc / 64] >> (doc % 64) & 1;
    }
    return kept;
}

/* What frequency times factor must be at least for the score `least`. Rounding makes a score wrong by less
 * than a millionth of the weight. INFINITY: no frequency is enough. */
static float wanted_strength(const struct term_scorer *self, float least)
{
    float weight = self->similarity->weight;
    least -= weight * 1e-6f;
    return least >= weight ? INFINITY : least / (weight - least) * 0.9999f;
}

/* The least frequency with which any document of the current block can be strong enough, by its impacts: of
 * the documents with at least so many occurrences the first such pair has the best norm. 0: none can. */
static uint32_t least_freq(struct term_scorer *self, float wanted)
{
    struct qd_impact pairs[QD_IMPACTS_MAX];
    if (!find_blocks(self, true)) return 1;
    size_t at = block_of(self, self->postings.doc);
    if (at >= self->block_count) return 1;
    size_t count = block_impacts(&self->blocks[at], pairs);
    uint32_t less = 0;
    for (size_t i = 0; i < count; i++) {
        if (strength_of(self, pairs[i].freq, pairs[i].norm) >= wanted) {
            float need = wanted / strength_of(self, 1, pairs[i].norm) * 0.9999f;
            uint32_t freq = need < 1 ? 1 : need >= (float)pairs[i].freq ? pairs[i].freq : (uint32_t)need;
            return freq > less ? freq : less + 1;
        }
        less = pairs[i].freq;
    }
    return 0;
}

/* Bits of freqs[16] that are at least `least`, which is not 0. */
static uint32_t frequent16(const uint32_t *freqs, uint32_t least)
{
#if defined(__SSE4_1__)
    const __m128i limit = _mm_set1_epi32((int)least);
    __m128i four[4];
    for (int i = 0; i < 4; i++) {
        __m128i value = _mm_loadu_si128((const __m128i *)(const void *)(freqs + 4 * i));
        four[i] = _mm_cmpeq_epi32(_mm_max_epu32(value, limit), value);
    }
    __m128i low = _mm_packs_epi32(four[0], four[1]), high = _mm_packs_epi32(four[2], four[3]);
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(low, high));
#else
    uint32_t bits = 0;
    for (unsigned i = 0; i < 16; i++) bits |= (uint32_t)(freqs[i] >= least) << i;
    return bits;
#endif
}

/* Documents and how often each has the term. */
struct counted {
    qd_doc_id *docs;
    uint32_t *freqs;
};

/* Copies the documents of docs[count] that occur often enough; returns how many. */
static size_t copy_frequent(uint32_t least, const qd_doc_id *docs, const uint32_t *freqs, size_t count,
                            struct counted out)
{
    size_t kept = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
        for (uint32_t bits = frequent16(freqs + i, least); bits != 0; bits &= bits - 1) {
            size_t at = i + (size_t)__builtin_ctz(bits);
            out.docs[kept] = docs[at];
            out.freqs[kept++] = freqs[at];
        }
    }
    for (; i < count; i++) {
        out.docs[kept] = docs[i];
        out.freqs[kept] = freqs[i];
        kept += freqs[i] >= least;
    }
    return kept;
}

/* Copies those of docs[count] that occur as often as their norms need. */
static size_t copy_needed(const struct needs *needs, const qd_doc_id *docs, const uint32_t *freqs,
                          size_t count, struct counted out)
{
    const uint8_t *norms = needs->rest->norms;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        qd_doc_id doc = docs[i];
        uint32_t freq = freqs[i];
        out.docs[kept] = doc;
        out.freqs[kept] = freq;
        kept += freq >= needs->freqs[norms[doc]];
    }
    return kept;
}

/* Copies those of docs[count] that can reach the score `least`: a score grows with frequency times factor, so
 * that nothing is divided for the others. */
static size_t copy_able(struct term_scorer *self, float least, const qd_doc_id *docs, const uint32_t *freqs,
                        size_t count, struct counted out)
{
    const float *inverse = self->similarity->norm_inverse;
    const uint8_t *norms = self->norms;
    float wanted = wanted_strength(self, least);
    if (isinf(wanted)) return 0;
    uint32_t often = least_freq(self, wanted);
    if (often == 0) return 0;
    if (often > 1) {
        count = copy_frequent(often, docs, freqs, count, out);
        docs = out.docs;
        freqs = out.freqs;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        qd_doc_id doc = docs[i];
        uint32_t freq = freqs[i];
        out.docs[kept] = doc;
        out.freqs[kept] = freq;
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

/* What documents must reach. */
struct limits {
    float least;               /* 0: nothing */
    const struct needs *needs; /* NULL: not known */
};

/* Takes the documents of [block_at, end) of the block. */
static size_t take_block(struct term_scorer *self, uint32_t end, const struct qd_scorer_batch *batch,
                         size_t count, const struct limits *limits)
{
    struct qd_postings *postings = &self->postings;
    const struct needs *needs = limits->needs;
    float least = limits->least;
    bool needed = needs != NULL;
    bool scored = batch->scores != NULL && self->similarity != NULL;
    bool bounded = scored && least > 0 && self->similarity->kind != QD_SIMILARITY_BOOLEAN;
    const uint32_t *freqs = scored ? qd_postings_freqs(postings) + postings->block_at : NULL;
    const qd_doc_id *from = postings->docs + postings->block_at;
    qd_doc_id *docs = batch->docs + count;
    size_t taken = end - postings->block_at;
    uint32_t kept_freqs[QD_POSTINGS_BLOCK];
    if (bounded) {
        struct counted out = { docs, kept_freqs };
        taken = needed ? copy_needed(needs, from, freqs, taken, out)
                       : copy_able(self, least, from, freqs, taken, out);
        freqs = kept_freqs;
    } else {
        memcpy(docs, from, taken * sizeof(*docs));
    }
    if (batch->live != NULL) {
        if (scored && !bounded) memcpy(kept_freqs, freqs, taken * sizeof(*freqs));
        taken = keep_live(batch->live, docs, scored ? kept_freqs : NULL, taken);
        freqs = kept_freqs;
    }
    if (batch->scores == NULL) return taken;
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

/* Needs made for a slightly lower minimum let a few documents too many through. */
#define NEEDS_STALE 1.001f

/* What documents need, made again when others or the minimum are new; NULL when that is not known. */
static const struct needs *needs_of(struct term_scorer *self, const struct qd_scorer_rest *rest)
{
    const struct qd_similarity_scorer *similarity = self->similarity;
    if (rest == NULL || similarity == NULL || similarity->kind == QD_SIMILARITY_BOOLEAN ||
        self->norms == NULL || rest->norms != self->norms || !find_blocks(self, true)) {
        return NULL;
    }
    struct needs *needs = self->needs;
    if (needs == NULL) needs = self->needs = QD_NEW(self->arena, struct needs);
    float known = needs->min_score;
    bool fresh = rest->min_score >= known && rest->min_score <= known * NEEDS_STALE;
    if (needs->rest == rest && fresh) return needs;
    needs->rest = rest;
    needs->min_score = rest->min_score;
    uint32_t later = UINT32_MAX;
    for (size_t norm = 256; norm-- > 0;) {
        float least = qd_scorer_least(rest->min_score, (double)rest->most[norm]);
        float wanted = least > 0 ? wanted_strength(self, least) : 0;
        /* A little less than exactly, which one document too many makes up for. */
        float need = wanted / similarity->norm_inverse[norm] * 0.9999f;
        needs->freqs[norm] = need < 1e9f ? (uint32_t)ceilf(need) : UINT32_MAX;
        if (needs->freqs[norm] < later) later = needs->freqs[norm];
        needs->later[norm] = later;
    }
    return needs;
}

static const uint8_t *term_add_norm_bounds(struct qd_scorer *scorer, float *most)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    if (self->similarity == NULL || self->norms == NULL || !find_blocks(self, true)) return NULL;
    for (unsigned norm = 0; norm < 256; norm++) {
        uint32_t freq = self->norm_freqs[norm];
        if (freq > 0) most[norm] += qd_similarity_score(self->similarity, (float)freq, (uint8_t)norm);
    }
    return self->norms;
}

/* Walks block by block; only documents of blocks that can compete are decoded. */
static size_t term_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                           const struct qd_scorer_batch *batch)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    struct qd_postings *postings = &self->postings;
    size_t count = 0;
    bool bounded = self->similarity != NULL && batch->scores != NULL && batch->least > self->min_score;
    float least = bounded ? batch->least : self->min_score;
    const struct needs *needs = least > 0 && batch->scores != NULL ? needs_of(self, batch->rest) : NULL;
    qd_doc_id target = *at;
    while (target < to && count < batch->capacity) {
        target = competitive_target(self, target, least, needs);
        if (target >= to) break;
        qd_doc_id doc = qd_scorer_seek(scorer, target);
        target = doc >= to ? doc : competitive_target(self, doc, least, needs);
        if (target > doc || doc >= to) continue;
        uint32_t end = block_end(postings, to);
        size_t room = batch->capacity - count;
        if (end - postings->block_at > room) end = postings->block_at + (uint32_t)room;
        count += take_block(self, end, batch, count, &(struct limits){ least, needs });
        target = end < postings->block_count ? postings->docs[end]
                                             : postings->docs[postings->block_count - 1] + 1;
    }
    *at = target;
    return count;
}

/* Candidates that are worth the bits of all documents between the first and the last, and how many of the
 * term's documents may then lie there for each. */
#define PROBE_BITS_MIN 48
#define PROBE_BITS_SHARE 4

/* Looks up candidates that get no score by the bits of their window; false when they are too few or too far
 * apart. */
static bool probe_bits(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    if (candidates->sums != NULL || candidates->count < PROBE_BITS_MIN) return false;
    qd_doc_id first = candidates->docs[0], last = candidates->docs[candidates->count - 1];
    if (last - first >= QD_SCORER_WINDOW) return false;
    const struct term_scorer *self = (const struct term_scorer *)scorer;
    uint64_t span = self->blocks == NULL ? 0 : self->blocks[self->block_count - 1].last;
    uint64_t between = span == 0 ? 0 : scorer->cost * (last - first) / span;
    if (between > PROBE_BITS_SHARE * candidates->count) return false;
    uint64_t words[QD_SCORER_WINDOW / 64];
    memset(words, 0, ((last - first) / 64 + 1) * sizeof(uint64_t));
    term_into_bits(scorer, first, last + 1, words);
    for (size_t i = 0; i < candidates->count; i++) {
        uint32_t bit = candidates->docs[i] - first;
        if ((words[bit / 64] >> bit % 64 & 1) != 0) candidates->hits[i] = true;
    }
    return true;
}

/* Adds the scores of what was found with a frequency, or of the constant. */
static void add_found(const struct term_scorer *self, const struct qd_scorer_candidates *candidates,
                      const uint32_t *freqs)
{
    for (size_t i = 0; i < candidates->count; i++) {
        if (freqs[i] == 0) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) {
            candidates->sums[i] += (double)score_of(self, candidates->docs[i], freqs[i]);
        }
    }
}

/* A term of one document. */
static void probe_single(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        qd_doc_id doc = candidates->docs[i];
        if (qd_scorer_seek(scorer, doc) == QD_DOC_END) break;
        if (scorer->doc != doc) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)term_score(scorer);
    }
}

static void term_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    struct term_scorer *self = (struct term_scorer *)scorer;
    uint32_t freqs[QD_SCORER_WINDOW];
    bool ended = scorer->started && scorer->doc == QD_DOC_END;
    if (candidates->count == 0 || ended) return;
    if (!find_blocks(self, false)) {
        probe_single(scorer, candidates);
        return;
    }
    if (probe_bits(scorer, candidates)) return;
    bool with_freqs = self->similarity != NULL && candidates->sums != NULL;
    bool good = qd_postings_freqs_of(&self->postings, candidates->docs, candidates->count, with_freqs, freqs);
    add_found(self, candidates, freqs);
    if (good && self->postings.block_count == 0) return; /* not begun */
    scorer->started = true;
    scorer->doc = self->postings.doc;
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
    .rewind = term_rewind,
    .add_norm_bounds = term_add_norm_bounds,
};

struct qd_scorer *qd_scorer_term(struct qd_arena *arena, const struct qd_term_scorer_input *input)
{
    struct term_scorer *self = QD_NEW(arena, struct term_scorer);
    self->scorer.operations = &term_operations;
    self->scorer.cost = input->info->doc_freq;
    self->similarity = input->similarity;
    self->norms = input->norms;
    self->constant = input->constant;
    self->arena = arena;
    unsigned flags = input->similarity == NULL ? QD_POSTINGS_DOCS : QD_POSTINGS_FREQS;
    qd_postings_init(&self->postings, arena, input->terms, input->info, flags);
    return &self->scorer;
}
