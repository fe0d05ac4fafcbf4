#include "search/scorer_phrase.h"

#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "search/scorer.h"
#include "search/scorer_phrase_block.h"

/* A slot while one document is looked at. */
struct place {
    const uint32_t *positions; /* of the document, ascending */
    uint32_t count, next;
    int64_t position; /* current position minus the slot's offset */
    uint32_t offset;
    size_t order; /* index of the slot */
    int group;
    size_t group_index; /* index in its group, by offset */
};

struct phrase_scorer {
    struct qd_scorer scorer;
    struct qd_phrase_input input;
    struct place *places;
    struct place **queue; /* queue[queue_count], least first: kept sorted, phrases are short */
    size_t queue_count;
    struct place **stack;
    uint32_t **merged; /* positions of slots with several terms */
    size_t *merged_capacity;
    struct qd_arena *arena;
    int64_t end;
    float freq;
    float min_score;
    bool begun; /* the cursors stand on documents */
    size_t *by_cost; /* by_cost[slot_count]: slots, rarest first */
    struct qd_postings *rarest; /* of the rarest slot that has one term; NULL: every slot has several */
    struct qd_phrase_word *words;    /* words[slot_count] */
    struct qd_phrase_blocks *blocks; /* of an exact phrase whose slots have one term each; else NULL */
    qd_doc_id bound_from, bound_up_to; /* where `bound` holds */
    float bound;
    bool has_bound;
};

/* ---- documents ---- */
static qd_doc_id slot_seek(struct qd_phrase_slot *slot, qd_doc_id target, bool started)
{
    qd_doc_id first = QD_DOC_END;
    for (size_t i = 0; i < slot->count; i++) {
        struct qd_postings *postings = slot->postings[i];
        qd_doc_id doc =
            started && postings->doc >= target ? postings->doc : qd_postings_advance(postings, target);
        if (doc < first) first = doc;
    }
    return first;
}

static qd_doc_id phrase_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    struct qd_phrase_input *input = &self->input;
    scorer->started = true;
    if (target == QD_DOC_END) return scorer->doc = QD_DOC_END;
    qd_doc_id doc = target;
    if (self->blocks != NULL) qd_phrase_blocks_leave(self->blocks);
    if (!self->begun) {
        /* Every cursor begins before any are compared. */
        for (size_t i = 0; i < input->slot_count; i++) (void)slot_seek(&input->slots[i], target, false);
        self->begun = true;
    }
    for (size_t i = 0; i < input->slot_count;) {
        qd_doc_id found = slot_seek(&input->slots[self->by_cost[i]], doc, true);
        if (found == QD_DOC_END) return scorer->doc = QD_DOC_END;
        i = found == doc || i == 0 ? i + 1 : 0;
        doc = found;
    }
    return scorer->doc = doc;
}

static qd_doc_id phrase_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return phrase_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

/* ---- positions of a document ---- */
static int compare_positions(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void load_positions(struct phrase_scorer *self, size_t index)
{
    struct qd_phrase_slot *slot = &self->input.slots[index];
    struct place *place = &self->places[index];
    place->next = 0;
    if (slot->count == 1) {
        place->positions = qd_postings_positions(slot->postings[0]);
        place->count = qd_postings_freq(slot->postings[0]); /* which malformed positions change */
        return;
    }
    size_t total = 0;
    for (size_t i = 0; i < slot->count; i++) {
        if (slot->postings[i]->doc == self->scorer.doc) total += qd_postings_freq(slot->postings[i]);
    }
    if (total > self->merged_capacity[index]) {
        self->merged[index] = QD_NEW_ARRAY(self->arena, uint32_t, total * 2);
        self->merged_capacity[index] = total * 2;
    }
    size_t at = 0;
    for (size_t i = 0; i < slot->count; i++) {
        struct qd_postings *postings = slot->postings[i];
        if (postings->doc != self->scorer.doc) continue;
        const uint32_t *positions = qd_postings_positions(postings);
        uint32_t freq = qd_postings_freq(postings);
        memcpy(self->merged[index] + at, positions, sizeof(uint32_t) * freq);
        at += freq;
    }
    if (at > 0) qsort(self->merged[index], at, sizeof(uint32_t), compare_positions);
    place->positions = self->merged[index];
    place->count = (uint32_t)at;
}

static float exact_freq(struct phrase_scorer *self)
{
    for (size_t i = 0; i < self->input.slot_count; i++) {
        const struct place *place = &self->places[i];
        self->words[i] = (struct qd_phrase_word){ .positions = place->positions,
                                                  .count = place->count,
                                                  .offset = place->offset };
    }
    return (float)qd_phrase_words_freq(self->words, self->input.slot_count);
}

/* ---- sloppy phrases ---- */
static bool place_next(struct place *place)
{
    if (place->next == place->count) return false;
    place->position = (int64_t)place->positions[place->next++] - (int64_t)place->offset;
    return true;
}

static bool advance_place(struct phrase_scorer *self, struct place *place)
{
    if (!place_next(place)) return false;
    if (place->position > self->end) self->end = place->position;
    return true;
}

static bool place_less(const struct place *left, const struct place *right)
{
    if (left->position != right->position) return left->position < right->position;
    if (left->offset != right->offset) return left->offset < right->offset;
    return left->order < right->order;
}

static void queue_add(struct phrase_scorer *self, struct place *place)
{
    size_t at = self->queue_count++;
    while (at > 0 && place_less(place, self->queue[at - 1])) {
        self->queue[at] = self->queue[at - 1];
        at--;
    }
    self->queue[at] = place;
}

static struct place *queue_pop(struct phrase_scorer *self)
{
    qd_assert(self->queue_count > 0);
    struct place *first = self->queue[0];
    self->queue_count--;
    memmove(self->queue, self->queue + 1, sizeof(*self->queue) * self->queue_count);
    return first;
}

/* Another slot of the group that stands on the same word, or NULL. */
static struct place *collision(struct phrase_scorer *self, const struct place *place)
{
    int64_t word = place->position + (int64_t)place->offset;
    for (size_t i = 0; i < self->input.slot_count; i++) {
        struct place *other = &self->places[i];
        if (other != place && other->group == place->group &&
            other->position + (int64_t)other->offset == word)
            return other;
    }
    return NULL;
}

static struct place *lesser(struct place *left, struct place *right)
{
    bool first = left->position < right->position ||
                 (left->position == right->position && left->offset < right->offset);
    return first ? left : right;
}

/* No word may serve two slots: advances slots of a group until none collide, and mends the queue. */
static bool resolve_collisions(struct phrase_scorer *self, struct place *place)
{
    if (place->group < 0) return true;
    uint64_t moved = 0;
    size_t own = place->group_index;
    struct place *other;
    while ((other = collision(self, place)) != NULL) {
        size_t index = other->group_index;
        place = lesser(place, other);
        if (!advance_place(self, place)) return false;
        if (index != own && index < 64) moved |= UINT64_C(1) << index;
    }
    size_t count = 0;
    while (moved != 0 && self->queue_count > 0) {
        struct place *popped = queue_pop(self);
        self->stack[count++] = popped;
        if (popped->group >= 0 && popped->group_index < 64) moved &= ~(UINT64_C(1) << popped->group_index);
    }
    while (count > 0) queue_add(self, self->stack[--count]);
    return true;
}

static bool spread_group(struct phrase_scorer *self, int group)
{
    size_t slots = self->input.slot_count;
    if (!self->input.multi_term_groups) {
        /* The k-th slot of a term begins at the term's k-th word. */
        for (size_t i = 0; i < slots; i++) {
            struct place *place = &self->places[i];
            if (place->group != group) continue;
            for (size_t k = 0; k < place->group_index; k++) {
                if (!place_next(place)) return false;
            }
        }
        return true;
    }
    for (size_t i = 0; i < slots; i++) {
        struct place *place = &self->places[i];
        if (place->group != group) continue;
        struct place *other;
        while ((other = collision(self, place)) != NULL) {
            struct place *moved = lesser(place, other);
            if (!advance_place(self, moved)) return false;
            if (moved->group_index < place->group_index) {
                i = (size_t)-1;
                break;
            }
        }
    }
    return true;
}

static bool begin_sloppy(struct phrase_scorer *self)
{
    int groups = 0;
    self->end = INT64_MIN;
    self->queue_count = 0;
    for (size_t i = 0; i < self->input.slot_count; i++) {
        if (!place_next(&self->places[i])) return false;
        if (self->places[i].group >= groups) groups = self->places[i].group + 1;
    }
    for (int group = 0; group < groups; group++) {
        if (!spread_group(self, group)) return false;
    }
    for (size_t i = 0; i < self->input.slot_count; i++) {
        struct place *place = &self->places[i];
        if (place->position > self->end) self->end = place->position;
        queue_add(self, place);
    }
    return true;
}

static float sloppy_freq(struct phrase_scorer *self)
{
    if (!begin_sloppy(self)) return 0;
    float freq = 0;
    struct place *place = queue_pop(self);
    int64_t length = self->end - place->position;
    int64_t next = self->queue[0]->position;
    while (advance_place(self, place)) {
        if (!resolve_collisions(self, place)) break;
        if (place->position > next) {
            queue_add(self, place);
            if (length <= self->input.slop) freq += 1.0f / (1.0f + (float)length);
            place = queue_pop(self);
            next = self->queue[0]->position;
            length = self->end - place->position;
        } else if (self->end - place->position < length) {
            length = self->end - place->position;
        }
    }
    if (length <= self->input.slop) freq += 1.0f / (1.0f + (float)length);
    return freq;
}

/* ---- upper bounds ---- */
/* An exact phrase is not found more often than any of its words. */
static float phrase_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    const struct qd_similarity_scorer *similarity = self->input.similarity;
    *up_to = QD_DOC_END - 1;
    if (similarity == NULL) return 0;
    if (self->rarest == NULL || self->input.slop != 0) return INFINITY;
    if (!self->has_bound || target < self->bound_from || target > self->bound_up_to) {
        size_t count;
        const struct qd_impact *impacts = qd_postings_impacts(self->rarest, target, 0, &count,
                                                              &self->bound_up_to);
        self->bound = 0;
        for (size_t i = 0; i < count; i++) {
            uint8_t norm = self->input.norms == NULL ? 1 : impacts[i].norm;
            float score = qd_similarity_score(similarity, (float)impacts[i].freq, norm);
            if (score > self->bound) self->bound = score;
        }
        self->bound_from = target;
        self->has_bound = true;
    }
    *up_to = self->bound_up_to;
    return self->bound;
}

static void phrase_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    if (self->input.similarity != NULL) self->min_score = min_score;
}

/* Whether the words' frequencies allow the minimum score, before positions are read. */
static bool may_compete(const struct phrase_scorer *self)
{
    if (self->min_score <= 0 || self->input.slop != 0) return true;
    uint8_t norm = self->input.norms == NULL ? 1 : self->input.norms[self->scorer.doc];
    for (size_t i = 0; i < self->input.slot_count; i++) {
        const struct qd_phrase_slot *slot = &self->input.slots[self->by_cost[i]];
        if (slot->count != 1) continue;
        float freq = (float)qd_postings_freq(slot->postings[0]);
        if (qd_similarity_score(self->input.similarity, freq, norm) < self->min_score) return false;
    }
    return true;
}

/* Document after document, without the blocks that cannot reach the minimum score. */
static size_t collect_slowly(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                             const struct qd_scorer_batch *batch)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    bool bounds = self->min_score > 0 && batch->scores != NULL;
    size_t count = 0;
    qd_doc_id doc = *at;
    while (doc < to && count < batch->capacity) {
        qd_doc_id up_to;
        if (bounds && phrase_max_score(scorer, doc, &up_to) < self->min_score) {
            doc = up_to >= to ? to : up_to + 1;
            continue;
        }
        doc = qd_scorer_seek(scorer, doc);
        if (doc >= to) break;
        bool live = batch->live == NULL || (batch->live[doc / 64] >> (doc % 64) & 1) != 0;
        if (live && (!bounds || may_compete(self)) && scorer->operations->matches(scorer)) {
            batch->docs[count] = doc;
            if (batch->scores != NULL) batch->scores[count] = scorer->operations->score(scorer);
            count++;
        }
        doc++;
    }
    *at = doc;
    return count;
}

/* Puts every cursor on a document. Afterwards whoever seeks finds the places of the words. */
static void begin_blocks(struct phrase_scorer *self, qd_doc_id target)
{
    if (!self->begun) (void)qd_scorer_seek(&self->scorer, target);
    self->scorer.started = false;
}

/* Whole windows come block by block. */
static size_t phrase_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                             const struct qd_scorer_batch *batch)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    if (batch->capacity < QD_SCORER_WINDOW) return collect_slowly(scorer, at, to, batch);
    float least = 0;
    if (batch->scores != NULL && self->input.similarity != NULL)
        least = self->min_score > batch->least ? self->min_score : batch->least;
    size_t count = 0;
    if (*at < to) begin_blocks(self, *at);
    while (*at < to && count == 0) {
        qd_doc_id up_to;
        if (least > 0 && phrase_max_score(scorer, *at, &up_to) < least) {
            *at = up_to >= to - 1 ? to : up_to + 1;
            continue;
        }
        count = qd_phrase_blocks_collect(self->blocks, least, at, to, batch);
    }
    return count;
}

static void phrase_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    qd_doc_id docs[QD_POSTINGS_BLOCK], at = from;
    struct qd_scorer_batch batch = { .docs = docs, .capacity = QD_POSTINGS_BLOCK };
    if (from < to) begin_blocks(self, from);
    while (at < to) {
        size_t count = qd_phrase_blocks_collect(self->blocks, 0, &at, to, &batch);
        for (size_t i = 0; i < count; i++)
            words[(docs[i] - from) / 64] |= UINT64_C(1) << (docs[i] - from) % 64;
    }
}

static void phrase_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    if (candidates->count == 0) return;
    begin_blocks(self, candidates->docs[0]);
    qd_phrase_blocks_probe(self->blocks, candidates);
}

static bool phrase_matches(struct qd_scorer *scorer)
{
    struct phrase_scorer *self = (struct phrase_scorer *)scorer;
    for (size_t i = 0; i < self->input.slot_count; i++) load_positions(self, i);
    self->freq = self->input.slop == 0 ? exact_freq(self) : sloppy_freq(self);
    return self->freq > 0;
}

static float phrase_score(struct qd_scorer *scorer)
{
    const struct phrase_scorer *self = (const struct phrase_scorer *)scorer;
    if (self->input.similarity == NULL) return 0;
    uint8_t norm = self->input.norms == NULL ? 1 : self->input.norms[scorer->doc];
    return qd_similarity_score(self->input.similarity, self->freq, norm);
}

float qd_scorer_phrase_freq(struct qd_scorer *scorer) { return ((const struct phrase_scorer *)scorer)->freq; }

/* Of phrases that are found block by block. */
static const struct qd_scorer_operations block_operations = {
    .next = phrase_next,
    .advance = phrase_advance,
    .matches = phrase_matches,
    .score = phrase_score,
    .max_score = phrase_max_score,
    .set_min_score = phrase_set_min_score,
    .collect = phrase_collect,
    .into_bits = phrase_into_bits,
    .probe = phrase_probe,
};

static const struct qd_scorer_operations phrase_operations = {
    .next = phrase_next,
    .advance = phrase_advance,
    .matches = phrase_matches,
    .score = phrase_score,
    .max_score = phrase_max_score,
    .set_min_score = phrase_set_min_score,
    .collect = collect_slowly,
};

struct qd_scorer *qd_scorer_phrase(struct qd_arena *arena, const struct qd_phrase_input *input)
{
    qd_assert(input->slot_count >= 2);
    struct phrase_scorer *self = QD_NEW(arena, struct phrase_scorer);
    self->scorer.operations = &phrase_operations;
    self->input = *input;
    self->arena = arena;
    self->places = QD_NEW_ARRAY(arena, struct place, input->slot_count);
    self->words = QD_NEW_ARRAY(arena, struct qd_phrase_word, input->slot_count);
    self->queue = QD_NEW_ARRAY(arena, struct place *, input->slot_count + 1);
    self->stack = QD_NEW_ARRAY(arena, struct place *, input->slot_count + 1);
    self->merged = QD_NEW_ARRAY(arena, uint32_t *, input->slot_count);
    self->merged_capacity = QD_NEW_ARRAY(arena, size_t, input->slot_count);
    self->by_cost = QD_NEW_ARRAY(arena, size_t, input->slot_count);
    self->scorer.cost = UINT64_MAX;
    for (size_t i = 0; i < input->slot_count; i++) {
        const struct qd_phrase_slot *slot = &input->slots[i];
        struct place *place = &self->places[i];
        place->offset = slot->offset;
        place->order = i;
        place->group = slot->group;
        for (size_t k = 0; k < i; k++)
            place->group_index += slot->group >= 0 && input->slots[k].group == slot->group;
        if (slot->cost < self->scorer.cost) self->scorer.cost = slot->cost;
        size_t at = i;
        for (; at > 0 && input->slots[self->by_cost[at - 1]].cost > slot->cost; at--)
            self->by_cost[at] = self->by_cost[at - 1];
        self->by_cost[at] = i;
    }
    bool plain = input->slop == 0;
    for (size_t i = input->slot_count; i-- > 0;) {
        const struct qd_phrase_slot *slot = &input->slots[self->by_cost[i]];
        if (slot->count == 1) self->rarest = slot->postings[0];
        else plain = false;
    }
    if (plain) {
        self->blocks = qd_phrase_blocks_create(arena, &self->input, self->by_cost);
        self->scorer.operations = &block_operations;
    }
    return &self->scorer;
}
