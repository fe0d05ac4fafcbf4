#include "search/scorer_phrase_block.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "codec/sorted.h"

/* One word's block. */
struct part {
    struct qd_postings *postings;
    size_t word;                 /* index of its word */
    uint32_t at;                 /* docs[] before it are below what is looked up next */
    qd_doc_id last;              /* last document of the block that `at` belongs to; QD_DOC_END: none */
    const uint32_t *freqs;       /* of the block, where positions are compared */
    const uint32_t *starts;      /* see qd_postings_whole; NULL: document after document */
    const uint32_t *differences;
    uint32_t *positions;         /* positions[positions_capacity]: of one document */
    uint32_t positions_capacity;
    uint16_t *indices;           /* indices[QD_POSTINGS_BLOCK]: of the documents found, in docs[] */
};

struct qd_phrase_blocks {
    struct qd_arena *arena;
    const struct qd_phrase_input *input;
    struct part *parts;           /* parts[count], rarest first */
    size_t count;
    struct qd_phrase_word *words; /* words[count], by offset */
    const qd_doc_id *docs;        /* to be looked up; eight QD_DOC_END follow, or more of the block */
    const uint16_t *picks;        /* where the block of parts[0] has them; NULL: one after another ... */
    uint32_t base;                /* ... from here on */
    qd_doc_id *list;              /* list[capacity + QD_SORTED_PADDING]: room for docs */
    uint16_t *places;             /* places[capacity]: room for picks */
    qd_doc_id *found;             /* found[QD_POSTINGS_BLOCK + QD_SORTED_PADDING]: they have every word */
    uint16_t *origins;            /* origins[QD_POSTINGS_BLOCK]: where docs[] has them */
    uint16_t *left_at;            /* left_at[QD_POSTINGS_BLOCK] of an intersection */
    uint16_t *kept;               /* kept[capacity]: numbers of docs[] that have the phrase */
    float *scores;                /* scores[capacity]: of these */
    size_t capacity;
    float min_score;
    float least_part; /* of freq * norm_inverse, for a document to reach min_score; 0: nothing known */
};

static void reserve(struct qd_phrase_blocks *self, size_t capacity)
{
    if (capacity <= self->capacity) return;
    self->list = qd_arena_alloc(self->arena, sizeof(qd_doc_id) * (capacity + QD_SORTED_PADDING));
    self->places = qd_arena_alloc(self->arena, sizeof(uint16_t) * capacity);
    self->kept = qd_arena_alloc(self->arena, sizeof(uint16_t) * capacity);
    self->scores = qd_arena_alloc(self->arena, sizeof(float) * capacity);
    self->capacity = capacity;
}

struct qd_phrase_blocks *qd_phrase_blocks_create(struct qd_arena *arena, const struct qd_phrase_input *input,
                                                 const size_t *by_cost)
{
    struct qd_phrase_blocks *self = QD_NEW(arena, struct qd_phrase_blocks);
    self->arena = arena;
    self->input = input;
    self->count = input->slot_count;
    self->parts = QD_NEW_ARRAY(arena, struct part, self->count);
    self->words = QD_NEW_ARRAY(arena, struct qd_phrase_word, self->count);
    self->found = qd_arena_zalloc(arena, sizeof(qd_doc_id) * (QD_POSTINGS_BLOCK + QD_SORTED_PADDING));
    self->origins = qd_arena_alloc(arena, sizeof(uint16_t) * QD_POSTINGS_BLOCK);
    self->left_at = qd_arena_alloc(arena, sizeof(uint16_t) * QD_POSTINGS_BLOCK);
    for (size_t i = 0; i < self->count; i++) {
        const struct qd_phrase_slot *slot = &input->slots[by_cost[i]];
        struct part *part = &self->parts[i];
        qd_assert(slot->count == 1);
        part->postings = slot->postings[0];
        part->word = by_cost[i];
        part->last = QD_DOC_END;
        part->indices = qd_arena_alloc(arena, sizeof(uint16_t) * QD_POSTINGS_BLOCK);
        self->words[by_cost[i]].offset = slot->offset;
    }
    return self;
}

/* ---- positions ---- */
/* Words that stand `distance` apart. As the first word's occurrences are counted, equal positions of it count
 * each. */
static uint32_t count_pairs(const struct qd_phrase_word *first, const struct qd_phrase_word *second)
{
    uint64_t distance = (uint64_t)second->offset - first->offset;
    uint32_t count = 0, i = 0, k = 0;
    while (i < first->count && k < second->count) {
        uint64_t wanted = first->positions[i] + distance, found = second->positions[k];
        count += found == wanted;
        i += wanted <= found;
        k += found < wanted;
    }
    return count;
}

uint32_t qd_phrase_words_freq(struct qd_phrase_word *words, size_t count)
{
    if (count == 2 && words[0].offset == 0) return count_pairs(&words[0], &words[1]);
    uint32_t freq = 0;
    for (size_t k = 1; k < count; k++) words[k].next = 0;
    for (uint32_t i = 0; i < words[0].count; i++) {
        int64_t start = (int64_t)words[0].positions[i] - (int64_t)words[0].offset;
        if (start < 0) continue;
        size_t k = 1;
        for (; k < count; k++) {
            struct qd_phrase_word *word = &words[k];
            int64_t wanted = start + (int64_t)word->offset;
            while (word->next < word->count && (int64_t)word->positions[word->next] < wanted) word->next++;
            if (word->next == word->count) return freq;
            if ((int64_t)word->positions[word->next] != wanted) break;
        }
        freq += k == count;
    }
    return freq;
}

/* ---- the minimum score ---- */
/* Finds what freq * norm_inverse must be at least, a little less for the rounding of scores: the score is
 * weight - weight / (1 + freq * norm_inverse). */
static void find_least_part(struct qd_phrase_blocks *self, float min_score)
{
    const struct qd_similarity_scorer *similarity = self->input->similarity;
    if (self->min_score == min_score) return;
    self->min_score = min_score;
    self->least_part = 0;
    if (min_score <= 0) return;
    double weight = (double)similarity->weight;
    double least = (double)min_score - weight * 1e-6;
    if (similarity->kind == QD_SIMILARITY_BOOLEAN) {
        if (similarity->boost < min_score) self->least_part = INFINITY;
    } else if (least >= weight) {
        self->least_part = INFINITY;
    } else if (least > 0) {
        self->least_part = (float)((weight / (weight - least) - 1) * (1 - 1e-6));
    }
}

/* Whether the frequency may give the document the minimum score: a quick test that lets some through. */
static bool may_reach(const struct qd_phrase_blocks *self, uint32_t freq, qd_doc_id doc)
{
    uint8_t norm = self->input->norms == NULL ? 1 : self->input->norms[doc];
    return (float)freq * self->input->similarity->norm_inverse[norm] >= self->least_part;
}

/* The same by the score itself: documents that are as good as the worst kept one are many. */
static bool does_reach(const struct qd_phrase_blocks *self, uint32_t freq, qd_doc_id doc)
{
    uint8_t norm = self->input->norms == NULL ? 1 : self->input->norms[doc];
    return qd_similarity_score(self->input->similarity, (float)freq, norm) >= self->min_score;
}

/* ---- intersecting ---- */
/* Keeps those of found[count] that the block of parts[order] holds; all are within it. With begun false they
 * are docs[at .. at + count). */
static uint32_t meet(struct qd_phrase_blocks *self, size_t order, bool begun, uint32_t at, uint32_t count)
{
    struct part *part = &self->parts[order];
    const qd_doc_id *docs = begun ? self->found : self->docs + at;
    struct qd_postings_lookup lookup = { docs, count, &part->at, self->left_at, part->indices };
    uint32_t found = qd_postings_find(part->postings, &lookup);
    for (uint32_t i = 0; i < found; i++) {
        uint16_t left = self->left_at[i];
        self->found[i] = docs[left];
        self->origins[i] = begun ? self->origins[left] : (uint16_t)(at + left);
    }
    for (size_t k = 0; begun && k < order; k++) {
        uint16_t *indices = self->parts[k].indices;
        for (uint32_t i = 0; i < found; i++) indices[i] = indices[self->left_at[i]];
    }
    return found;
}

/* Moves parts from `first` on to the blocks that hold the first document >= doc. *found: a document that none
 * of them all comes before; *end: the last one before which no block ends. False when a word has no more. */
static bool align(struct qd_phrase_blocks *self, size_t first, qd_doc_id doc, qd_doc_id *found,
                  qd_doc_id *end)
{
    *found = doc;
    *end = QD_DOC_END;
    for (size_t i = first; i < self->count; i++) {
        struct part *part = &self->parts[i];
        struct qd_postings *postings = part->postings;
        if (postings->doc == QD_DOC_END) return false;
        if (!qd_postings_enter(postings, doc)) return false;
        if (postings->doc > *found) *found = postings->doc;
        qd_doc_id last = postings->docs[postings->block_count - 1];
        if (last < *end) *end = last;
        if (part->last == last) continue;
        part->last = last;
        part->at = 0;
    }
    return true;
}

/* ---- matching ---- */
/* Keeps those of found[count] whose least frequent word is frequent enough. */
static uint32_t keep_frequent(struct qd_phrase_blocks *self, uint32_t count)
{
    uint32_t kept = 0;
    for (size_t k = 0; k < self->count; k++)
        self->parts[k].freqs = qd_postings_freqs(self->parts[k].postings);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t least = UINT32_MAX;
        for (size_t k = 0; k < self->count; k++) {
            struct part *part = &self->parts[k];
            uint32_t freq = part->freqs[part->indices[i]];
            if (freq < least) least = freq;
            part->indices[kept] = part->indices[i];
        }
        self->found[kept] = self->found[i];
        self->origins[kept] = self->origins[i];
        kept += does_reach(self, least, self->found[i]);
    }
    return kept;
}

/* Gives the word of the part its positions in the document docs[index] of its block. */
static void read_word(struct qd_phrase_blocks *self, struct part *part, uint32_t index)
{
    struct qd_phrase_word *word = &self->words[part->word];
    if (part->starts == NULL) {
        word->positions = qd_postings_positions_at(part->postings, index);
        word->count = part->freqs[index]; /* which malformed positions change */
        return;
    }
    const uint32_t *differences = part->differences + part->starts[index];
    word->count = part->starts[index + 1] - part->starts[index];
    word->positions = differences;
    if (word->count == 1) return;
    if (word->count > part->positions_capacity) {
        part->positions_capacity = word->count * 2;
        part->positions = qd_arena_alloc(self->arena, part->positions_capacity * sizeof(uint32_t));
    }
    uint32_t position = 0;
    for (uint32_t i = 0; i < word->count; i++) part->positions[i] = position += differences[i];
    word->positions = part->positions;
}

/* The frequency of the phrase in found[i]. */
static uint32_t phrase_freq(struct qd_phrase_blocks *self, uint32_t i)
{
    for (size_t k = 0; k < self->count; k++) read_word(self, &self->parts[k], self->parts[k].indices[i]);
    return qd_phrase_words_freq(self->words, self->count);
}

/* Notes that found[i] has the phrase `freq` times, if it does. */
static uint32_t note(struct qd_phrase_blocks *self, uint32_t i, uint32_t freq, uint32_t at)
{
    const struct qd_similarity_scorer *similarity = self->input->similarity;
    const uint8_t *norms = self->input->norms;
    if (freq == 0) return at;
    uint8_t norm = norms == NULL ? 1 : norms[self->found[i]];
    self->scores[at] = similarity == NULL ? 0 : qd_similarity_score(similarity, (float)freq, norm);
    self->kept[at] = self->origins[i];
    return at + 1;
}

/* keep_phrases of two words whose blocks were read as a whole. Most stand once in a document. */
static uint32_t keep_pairs(struct qd_phrase_blocks *self, uint32_t count, uint32_t at)
{
    const struct part *first = &self->parts[self->parts[0].word], *second = &self->parts[self->parts[1].word];
    const uint32_t *left_starts = first->starts, *left = first->differences;
    const uint32_t *right_starts = second->starts, *right = second->differences;
    const uint16_t *left_indices = first->indices, *right_indices = second->indices;
    uint64_t distance = (uint64_t)self->words[1].offset - self->words[0].offset;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t *left_at = left_starts + left_indices[i], *right_at = right_starts + right_indices[i];
        bool once = left_at[1] - left_at[0] == 1 && right_at[1] - right_at[0] == 1;
        uint32_t freq = once ? left[*left_at] + distance == right[*right_at] : phrase_freq(self, i);
        at = note(self, i, freq, at);
    }
    return at;
}

/* Appends those of found[count] in which the words make the phrase to kept[at ..]; returns how many are kept
 * then. */
static uint32_t keep_phrases(struct qd_phrase_blocks *self, uint32_t count, uint32_t at)
{
    bool pair = self->count == 2 && self->words[0].offset == 0;
    for (size_t k = 0; k < self->count; k++) {
        struct part *part = &self->parts[k];
        if (qd_postings_whole(part->postings, &part->starts, &part->differences)) continue;
        part->starts = NULL;
        part->freqs = qd_postings_freqs(part->postings);
        qd_postings_list(part->postings);
        pair = false;
    }
    if (pair) return keep_pairs(self, count, at);
    for (uint32_t i = 0; i < count; i++) at = note(self, i, phrase_freq(self, i), at);
    return at;
}

/* Says where the block of parts[0] has found[count]. */
static void place_first(struct qd_phrase_blocks *self, uint32_t count)
{
    uint16_t *indices = self->parts[0].indices;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t origin = self->origins[i];
        indices[i] = self->picks == NULL ? (uint16_t)(self->base + origin) : self->picks[origin];
    }
}

/* Finds the phrase in docs[count], which parts before `first` (0 or 1) are known to have: see picks. Fills
 * kept[] and scores[], returns how many. *next: no document before it that is beyond these can have all
 * words. */
static uint32_t match(struct qd_phrase_blocks *self, size_t first, uint32_t count, qd_doc_id *next)
{
    uint32_t kept = 0, end;
    for (uint32_t at = 0; at < count; at = end) {
        qd_doc_id last;
        if (!align(self, first, self->docs[at], next, &last)) {
            *next = QD_DOC_END;
            break;
        }
        while (at < count && self->docs[at] < *next) at++;
        end = count;
        if (at < count && self->docs[count - 1] > last)
            end = qd_postings_search(self->docs, at, count, last + 1);
        uint32_t some = end - at;
        for (size_t i = first; i < self->count; i++) some = meet(self, i, i > first, at, some);
        if (some == 0) continue;
        if (first > 0) place_first(self, some);
        if (self->least_part > 0) some = keep_frequent(self, some);
        if (some > 0) kept = keep_phrases(self, some, kept);
    }
    return kept;
}

/* ---- collecting ---- */
/* Takes list[count] and places[] for what is to be looked up. */
static uint32_t take_list(struct qd_phrase_blocks *self, uint32_t count)
{
    for (uint32_t i = 0; i < QD_SORTED_PADDING; i++) self->list[count + i] = QD_DOC_END;
    self->docs = self->list;
    self->picks = self->places;
    return count;
}

static uint32_t keep_live(struct qd_phrase_blocks *self, const uint64_t *live, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        qd_doc_id doc = self->docs[i];
        self->list[kept] = doc;
        self->places[kept] = self->picks == NULL ? (uint16_t)(self->base + i) : self->picks[i];
        kept += (uint32_t)(live[doc / 64] >> doc % 64) & 1;
    }
    return take_list(self, kept);
}

/* The quick test of may_reach, of documents that lie one after another in the block. */
static uint32_t list_reaching(struct qd_phrase_blocks *self, const uint32_t *freqs, uint32_t count)
{
    const uint8_t *norms = self->input->norms;
    const float *inverse = self->input->similarity->norm_inverse;
    const qd_doc_id *docs = self->docs;
    uint32_t some = 0;
    for (uint32_t i = 0; i < count; i++) {
        self->list[some] = docs[i];
        self->places[some] = (uint16_t)(self->base + i);
        some += (float)freqs[self->base + i] * inverse[norms[docs[i]]] >= self->least_part;
    }
    return some;
}

/* Keeps the documents in which the rarest word is frequent enough. */
static uint32_t keep_reaching(struct qd_phrase_blocks *self, uint32_t count)
{
    const uint32_t *freqs = qd_postings_freqs(self->parts[0].postings);
    uint32_t some = 0, kept = 0;
    bool plain = self->picks == NULL && self->input->norms != NULL;
    if (plain) some = list_reaching(self, freqs, count);
    for (uint32_t i = 0; !plain && i < count; i++) {
        qd_doc_id doc = self->docs[i];
        uint16_t place = self->picks == NULL ? (uint16_t)(self->base + i) : self->picks[i];
        self->list[some] = doc;
        self->places[some] = place;
        some += may_reach(self, freqs[place], doc);
    }
    for (uint32_t i = 0; i < some; i++) {
        qd_doc_id doc = self->list[i];
        uint16_t place = self->places[i];
        self->list[kept] = doc;
        self->places[kept] = place;
        kept += does_reach(self, freqs[place], doc);
    }
    return take_list(self, kept);
}

/* Lists the documents of the rarest word's block that are in [from, to). */
static uint32_t list_block(struct qd_phrase_blocks *self, qd_doc_id from, qd_doc_id to)
{
    const struct qd_postings *lead = self->parts[0].postings;
    uint32_t begin = lead->block_at, end = lead->block_count;
    if (lead->docs[begin] < from) begin = qd_postings_search(lead->docs, begin, end, from);
    if (lead->docs[end - 1] >= to) end = qd_postings_search(lead->docs, begin, end, to);
    self->docs = lead->docs + begin;
    self->picks = NULL;
    self->base = begin;
    return end - begin;
}

size_t qd_phrase_blocks_collect(struct qd_phrase_blocks *self, float min_score, qd_doc_id *at, qd_doc_id to,
                                const struct qd_scorer_batch *batch)
{
    struct qd_postings *lead = self->parts[0].postings;
    qd_assert(batch->capacity >= QD_POSTINGS_BLOCK);
    qd_postings_list(lead);
    if (lead->doc < *at) (void)qd_postings_advance(lead, *at);
    if (lead->doc >= to) {
        *at = to;
        return 0;
    }
    reserve(self, QD_POSTINGS_BLOCK);
    find_least_part(self, min_score);
    qd_doc_id last = lead->docs[lead->block_count - 1], next = 0;
    uint32_t count = list_block(self, *at, to);
    if (batch->live != NULL) count = keep_live(self, batch->live, count);
    if (self->least_part > 0) count = keep_reaching(self, count);
    count = match(self, 1, count, &next);
    for (uint32_t i = 0; i < count; i++) batch->docs[i] = self->docs[self->kept[i]];
    if (batch->scores != NULL) memcpy(batch->scores, self->scores, count * sizeof(float));
    *at = last >= to ? to : last + 1;
    if (next > *at) *at = next;
    return count;
}

void qd_phrase_blocks_leave(struct qd_phrase_blocks *self)
{
    for (size_t i = 0; i < self->count; i++) qd_postings_list(self->parts[i].postings);
}

void qd_phrase_blocks_probe(struct qd_phrase_blocks *self, const struct qd_scorer_candidates *candidates)
{
    uint32_t count = (uint32_t)candidates->count;
    qd_doc_id next;
    reserve(self, QD_SCORER_WINDOW);
    find_least_part(self, 0);
    memcpy(self->list, candidates->docs, count * sizeof(qd_doc_id));
    count = match(self, 0, take_list(self, count), &next);
    for (uint32_t i = 0; i < count; i++) {
        candidates->hits[self->kept[i]] = true;
        if (candidates->sums != NULL) candidates->sums[self->kept[i]] += (double)self->scores[i];
    }
}
