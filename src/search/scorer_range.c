/* Documents with a number in a range, by doc values: a window at a time, so that nobody pays for what is
 * skipped. */
#include <string.h>

#include "codec/columns.h"
#include "codec/segment.h"
#include "search/scorer.h"

struct range_scorer {
    struct qd_scorer scorer;
    struct qd_scorer_range_input input;
    uint32_t doc_total; /* of the segment; input.doc_count is 0 when the constant cannot compete */
    bool single;
    bool loaded;
    qd_doc_id base;                         /* of the loaded window */
    uint64_t words[QD_SCORER_WINDOW / 64];  /* its matches */
    int64_t numbers[QD_SCORER_WINDOW];      /* of candidates */
    bool has[QD_SCORER_WINDOW];
};

/* Loads the window that holds `doc`. */
static void load_window(struct range_scorer *self, qd_doc_id doc)
{
    const struct qd_scorer_range_input *input = &self->input;
    qd_doc_id base = doc - doc % QD_SCORER_WINDOW;
    if (self->loaded && base == self->base) return;
    uint32_t end = input->doc_count - base > QD_SCORER_WINDOW ? base + QD_SCORER_WINDOW : input->doc_count;
    memset(self->words, 0, sizeof(self->words));
    qd_numeric_match_range(input->column, input->lower, input->upper, base, end, self->words);
    self->base = base;
    self->loaded = true;
}

static qd_doc_id range_advance(struct qd_scorer *scorer, qd_doc_id target)
{
    struct range_scorer *self = (struct range_scorer *)scorer;
    scorer->started = true;
    while (target < self->input.doc_count) {
        load_window(self, target);
        size_t at = (target - self->base) / 64;
        uint64_t word = self->words[at] & (~UINT64_C(0) << (target % 64));
        while (word == 0 && at + 1 < QD_SCORER_WINDOW / 64) word = self->words[++at];
        if (word != 0) {
            return scorer->doc = self->base + (qd_doc_id)(at * 64) + (qd_doc_id)__builtin_ctzll(word);
        }
        target = self->base + QD_SCORER_WINDOW;
    }
    return scorer->doc = QD_DOC_END;
}

static qd_doc_id range_next(struct qd_scorer *scorer)
{
    if (scorer->started && scorer->doc == QD_DOC_END) return QD_DOC_END;
    return range_advance(scorer, scorer->started ? scorer->doc + 1 : 0);
}

static float range_score(struct qd_scorer *scorer) { return ((struct range_scorer *)scorer)->input.score; }

static float range_max_score(struct qd_scorer *scorer, qd_doc_id target, qd_doc_id *up_to)
{
    (void)target;
    *up_to = QD_DOC_END - 1;
    return ((struct range_scorer *)scorer)->input.score;
}

/* A constant that cannot compete any more ends the walk. */
static void range_set_min_score(struct qd_scorer *scorer, float min_score)
{
    struct range_scorer *self = (struct range_scorer *)scorer;
    if (min_score > self->input.score) self->input.doc_count = 0;
}

static void range_into_bits(struct qd_scorer *scorer, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    const struct qd_scorer_range_input *input = &((struct range_scorer *)scorer)->input;
    qd_doc_id end = to < input->doc_count ? to : input->doc_count;
    if (from < end) qd_numeric_match_range(input->column, input->lower, input->upper, from, end, words);
    if (!scorer->started || scorer->doc < to) scorer->started = false; /* found again by whoever seeks */
}

static size_t range_collect(struct qd_scorer *scorer, qd_doc_id *at, qd_doc_id to,
                            const struct qd_scorer_batch *batch)
{
    struct range_scorer *self = (struct range_scorer *)scorer;
    if (batch->capacity < QD_SCORER_WINDOW) return qd_scorer_collect_singly(scorer, at, to, batch);
    qd_doc_id limit = to < self->input.doc_count ? to : self->input.doc_count;
    size_t count = 0;
    while (*at < limit && count == 0) {
        load_window(self, *at);
        uint64_t words[QD_SCORER_WINDOW / 64];
        size_t first = (*at - self->base) / 64;
        qd_doc_id end = limit - self->base > QD_SCORER_WINDOW ? self->base + QD_SCORER_WINDOW : limit;
        size_t word_count = (end - self->base + 63) / 64 - first;
        memcpy(words, self->words + first, word_count * sizeof(uint64_t));
        words[0] &= ~UINT64_C(0) << (*at % 64);
        if (end % 64 != 0) words[word_count - 1] &= (UINT64_C(1) << (end % 64)) - 1;
        count = qd_scorer_collect_words(words, word_count, self->base + (qd_doc_id)first * 64,
                                        self->input.score, batch);
        *at = end;
    }
    if (*at >= limit) *at = to;
    return count;
}

static void range_probe(struct qd_scorer *scorer, const struct qd_scorer_candidates *candidates)
{
    struct range_scorer *self = (struct range_scorer *)scorer;
    const struct qd_scorer_range_input *input = &self->input;
    if (candidates->count == 0 || candidates->docs[candidates->count - 1] >= input->doc_count) return;
    if (self->single) {
        qd_numeric_gather(input->column, candidates->docs, candidates->count, self->numbers, self->has);
    }
    for (size_t i = 0; i < candidates->count; i++) {
        qd_doc_id doc = candidates->docs[i];
        bool hit;
        if (self->single) {
            hit = self->has[i] && self->numbers[i] >= input->lower && self->numbers[i] <= input->upper;
        } else {
            load_window(self, doc);
            hit = (self->words[(doc - self->base) / 64] >> (doc % 64) & 1) != 0;
        }
        if (!hit) continue;
        candidates->hits[i] = true;
        if (candidates->sums != NULL) candidates->sums[i] += (double)input->score;
    }
}

/* Windows are found by their numbers, not by where the scorer stands. */
static bool range_rewind(struct qd_scorer *scorer)
{
    struct range_scorer *self = (struct range_scorer *)scorer;
    self->input.doc_count = self->doc_total;
    return true;
}

static const struct qd_scorer_operations range_operations = {
    .next = range_next,
    .advance = range_advance,
    .score = range_score,
    .max_score = range_max_score,
    .set_min_score = range_set_min_score,
    .into_bits = range_into_bits,
    .collect = range_collect,
    .probe = range_probe,
    .rewind = range_rewind,
};

struct qd_scorer *qd_scorer_range(struct qd_arena *arena, const struct qd_scorer_range_input *input)
{
    struct range_scorer *self = QD_NEW(arena, struct range_scorer);
    self->scorer.operations = &range_operations;
    self->scorer.cost = input->cost;
    self->input = *input;
    self->doc_total = input->doc_count;
    self->single = qd_numeric_facts(input->column).single;
    return &self->scorer;
}
