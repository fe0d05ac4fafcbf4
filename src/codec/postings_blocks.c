#include "codec/postings_blocks.h"

#include <string.h>

#include "codec/postings_state.h"

/* So many frequencies of a block are worth decoding all. */
#define FREQS_WORTH_ALL 8

/* ---- the table ---- */

static uint32_t docs_before(uint32_t block) { return block * QD_POSTINGS_BLOCK; }

static void add_block(struct qd_postings_state *state, const struct qd_postings_walk *walk)
{
    struct qd_postings_block *block = &state->table[state->table_count++];
    *block = (struct qd_postings_block){ .impacts = (const uint8_t *)walk->impacts.data,
                                         .docs = walk->body.at,
                                         .size = (uint32_t)qd_reader_left(&walk->body),
                                         .freq_max = 1,
                                         .last = walk->last };
    if (block->impacts != NULL && walk->impacts.size == 0) block->impacts = NULL;
    if (block->impacts != NULL || !qd_terms_has_freqs(state->terms)) return;
    block->freq_max = qd_postings_walk_full(walk) ? UINT32_MAX : qd_postings_tail_freq_max(walk);
}

const struct qd_postings_block *qd_postings_blocks(struct qd_postings *postings, size_t *count)
{
    struct qd_postings_state *state = postings->state;
    uint32_t doc_freq = state->info.doc_freq;
    *count = 0;
    if (doc_freq == 1 || doc_freq > state->terms->doc_count || state->occurrences != NULL) return NULL;
    if (state->table == NULL) {
        uint32_t room = (doc_freq + QD_POSTINGS_BLOCK - 1) / QD_POSTINGS_BLOCK;
        struct qd_postings_walk walk;
        state->table = qd_arena_alloc(state->arena, room * sizeof(*state->table));
        state->table_count = 0;
        qd_postings_walk_init(&walk, state->terms, &state->info);
        while (qd_postings_walk_next(&walk, 0)) add_block(state, &walk);
        /* Where the cursor stands already. */
        uint32_t left = state->walk.docs_left;
        state->table_next = (doc_freq - left + QD_POSTINGS_BLOCK - 1) / QD_POSTINGS_BLOCK;
    }
    *count = state->table_count;
    return state->table_count == 0 ? NULL : state->table;
}

/* The first block at or behind `at` whose last document is not below target; table_count: none. */
static uint32_t find_block(const struct qd_postings_state *state, uint32_t at, qd_doc_id target)
{
    const struct qd_postings_block *table = state->table;
    uint32_t step = 1, high = at;
    while (high < state->table_count && table[high].last < target) {
        at = high + 1;
        high += step;
        step *= 2;
    }
    if (high > state->table_count) high = state->table_count;
    while (at < high) {
        uint32_t middle = at + (high - at) / 2;
        if (table[middle].last < target) at = middle + 1;
        else high = middle;
    }
    return at;
}

/* Puts the walk into a block. */
static void enter_block(struct qd_postings_state *state, uint32_t number)
{
    const struct qd_postings_block *block = &state->table[number];
    struct qd_postings_walk *walk = &state->walk;
    uint32_t left = state->info.doc_freq - docs_before(number);
    walk->base = number == 0 ? UINT32_MAX : state->table[number - 1].last;
    walk->last = block->last;
    walk->block_count = left < QD_POSTINGS_BLOCK ? left : QD_POSTINGS_BLOCK;
    walk->docs_left = left - walk->block_count;
    walk->body = (struct qd_reader){ block->docs, block->docs + block->size, false };
    state->table_next = number + 1;
}

bool qd_postings_walk_on(struct qd_postings_state *state, qd_doc_id target)
{
    if (state->table == NULL) return qd_postings_walk_next(&state->walk, target);
    if (state->walk.docs_left == 0) return false;
    uint32_t number = find_block(state, state->table_next, target);
    if (number >= state->table_count) return false;
    enter_block(state, number);
    return true;
}

/* ---- looking documents up ---- */

/* Documents that are looked up in one block. */
struct look_up {
    const qd_doc_id *docs;
    size_t count;
    uint32_t *freqs;
    bool with_freqs;
    unsigned found;
    uint8_t at[QD_POSTINGS_BLOCK];       /* at[found]: places in the block of those found */
    uint16_t numbers[QD_POSTINGS_BLOCK]; /* numbers[found]: which of docs[] they are */
};

static void note_found(struct look_up *run, size_t number, uint32_t place)
{
    run->freqs[number] = 1;
    if (!run->with_freqs) return;
    run->at[run->found] = (uint8_t)place;
    run->numbers[run->found++] = (uint16_t)number;
}

/* The frequencies of what was found: one by one, or all of the block. Malformed ones count as 1, as with a
 * cursor. */
static void take_freqs(const struct qd_postings_state *state, struct qd_reader *block, struct look_up *run)
{
    uint32_t all[QD_POSTINGS_BLOCK];
    if (run->found == 0 || !qd_terms_has_freqs(state->terms)) return;
    if (run->found < FREQS_WORTH_ALL) {
        for (unsigned i = 0; i < run->found; i++) {
            uint32_t less;
            if (!qd_packing_patched_at(block, run->at[i], &less)) return;
            run->freqs[run->numbers[i]] = less + 1;
        }
        return;
    }
    if (!qd_packing_read_patched(state->terms->packing, block, all)) return;
    for (unsigned i = 0; i < run->found; i++) run->freqs[run->numbers[i]] = all[run->at[i]] + 1;
}

/* In a block of bits each document is one of them; what is set before it tells its place. */
static bool look_up_bits(const struct qd_postings_state *state, uint32_t number, struct look_up *run)
{
    const struct qd_postings_block *block = &state->table[number];
    struct qd_reader body = { block->docs + 1, block->docs + block->size, false };
    uint32_t base = number == 0 ? UINT32_MAX : state->table[number - 1].last;
    size_t words = (block->last - base + 63) / 64, word_at = 0;
    uint32_t before = 0;
    if (qd_reader_left(&body) / 8 < words) return false;
    for (size_t i = 0; i < run->count; i++) {
        uint32_t bit = run->docs[i] - base - 1;
        uint64_t word = qd_terms_load64(body.at + (size_t)8 * (bit / 64));
        if ((word >> bit % 64 & 1) == 0) continue;
        for (; run->with_freqs && word_at < bit / 64; word_at++) {
            before += (uint32_t)__builtin_popcountll(qd_terms_load64(body.at + 8 * word_at));
        }
        uint64_t lower = word & (((uint64_t)1 << bit % 64) - 1);
        uint32_t place = before + (uint32_t)__builtin_popcountll(lower);
        if (place >= QD_POSTINGS_BLOCK || run->found == QD_POSTINGS_BLOCK) return false;
        note_found(run, i, place);
    }
    body.at += 8 * words;
    take_freqs(state, &body, run);
    return true;
}

/* In other blocks documents are decoded; the cursor goes there and stops at the last one that was asked
 * for. */
static bool look_up_decoded(struct qd_postings *postings, uint32_t number, struct look_up *run)
{
    struct qd_postings_state *state = postings->state;
    if (state->table_next != number + 1 || postings->block_count == 0) {
        enter_block(state, number);
        if (!qd_postings_decode(postings)) return false;
    }
    /* The header of a last block may not tell where it ends. */
    size_t count = run->count;
    while (count > 0 && postings->docs[postings->block_count - 1] < run->docs[count - 1]) count--;
    uint32_t at = postings->block_at;
    for (size_t i = 0; i < count; i++) {
        at = qd_postings_search(postings->docs, at, postings->block_count, run->docs[i]);
        if (postings->docs[at] == run->docs[i]) note_found(run, i, at);
    }
    postings->block_at = at;
    postings->doc = postings->docs[at];
    if (!postings->freqs_ready) {
        struct qd_reader freqs = state->freqs;
        take_freqs(state, &freqs, run);
        return true;
    }
    for (unsigned i = 0; i < run->found; i++) run->freqs[run->numbers[i]] = postings->freqs[run->at[i]];
    return true;
}

static bool is_bits(const struct qd_postings_state *state, uint32_t number)
{
    const struct qd_postings_block *block = &state->table[number];
    bool full = state->info.doc_freq - docs_before(number) >= QD_POSTINGS_BLOCK;
    return full && block->size > 0 && block->docs[0] == QD_POSTINGS_BITSET;
}

bool qd_postings_freqs_of(struct qd_postings *postings, const qd_doc_id *docs, size_t count, bool with_freqs,
                        uint32_t *freqs)
{
    struct qd_postings_state *state = postings->state;
    struct look_up run = { .with_freqs = with_freqs };
    memset(freqs, 0, count * sizeof(*freqs));
    uint32_t number = state->table_seen;
    if (number > 0 && count > 0 && docs[0] <= state->table[number - 1].last) number = 0;
    for (size_t at = 0; at < count; at += run.count) {
        number = find_block(state, number, docs[at]);
        if (number >= state->table_count) break;
        qd_doc_id last = state->table[number].last;
        run.docs = docs + at;
        run.freqs = freqs + at;
        run.found = 0;
        run.count = 1;
        while (at + run.count < count && docs[at + run.count] <= last) run.count++;
        bool good = is_bits(state, number) ? look_up_bits(state, number, &run)
                                           : look_up_decoded(postings, number, &run);
        if (!good) {
            qd_postings_end(postings);
            return false;
        }
    }
    state->table_seen = number < state->table_count ? number : 0;
    return true;
}
