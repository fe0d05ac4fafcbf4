#include <string.h>

#include "codec/postings_state.h"

void qd_postings_positions_reset(struct qd_postings *postings)
{
    postings->state->occurrences->ready = false;
    postings->state->occurrences->doc = QD_DOC_END;
}

/* A reader from `start` to the end of a stream. */
static struct qd_reader reader_from(struct qd_slice bytes, uint64_t start)
{
    return qd_reader_make(qd_slice_from(bytes, start < bytes.size ? (size_t)start : bytes.size));
}

/* Points the readers at the block's occurrences. Every 256 of them take a byte at least: more than that
 * cannot be true, and the frequencies are then taken for 1 each, so that nobody asks for memory without end.
 * */
static void start_block(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_occurrences *all = state->occurrences;
    const uint32_t *freqs = qd_postings_freqs(postings);
    all->ready = true;
    all->positions = reader_from(state->terms->positions, state->walk.positions);
    all->offsets = reader_from(state->terms->positions_offsets, state->walk.offsets);
    all->total = 0;
    for (uint32_t i = 0; i < postings->block_count; i++) all->total += freqs[i];
    if (all->total / QD_PACKING_BLOCK > qd_reader_left(&all->positions)) {
        for (uint32_t i = 0; i < postings->block_count; i++) postings->freqs[i] = 1;
        all->total = postings->block_count;
    }
    all->doc_at = 0;
    all->doc_start = 0;
    all->run.start = 0;
    all->run.count = 0;
}

/* ---- runs ---- */

static bool reads_offsets(const struct qd_postings_state *state)
{
    return (state->flags & QD_POSTINGS_OFFSETS) != 0 && qd_terms_has_offsets(state->terms);
}

static bool skip_run(const struct qd_postings_state *state, struct qd_postings_occurrences *all)
{
    if (!qd_packing_skip_patched(&all->positions)) return false;
    if (!reads_offsets(state)) return true;
    return qd_packing_skip_patched(&all->offsets) && qd_packing_skip_patched(&all->offsets);
}

static bool read_packed(const struct qd_postings_state *state, struct qd_postings_occurrences *all)
{
    const struct qd_packing *packing = state->terms->packing;
    if (!qd_packing_read_patched(packing, &all->positions, all->run.positions)) return false;
    if (!reads_offsets(state)) return true;
    return qd_packing_read_patched(packing, &all->offsets, all->run.starts) &&
           qd_packing_read_patched(packing, &all->offsets, all->run.lengths);
}

static bool read_varints(const struct qd_postings_state *state, struct qd_postings_occurrences *all,
                         uint32_t count)
{
    bool offsets = reads_offsets(state);
    for (uint32_t i = 0; i < count; i++) {
        all->run.positions[i] = qd_packing_varint32(&all->positions);
        if (!offsets) continue;
        all->run.starts[i] = qd_packing_varint32(&all->offsets);
        all->run.lengths[i] = qd_packing_varint32(&all->offsets);
    }
    return !all->positions.failed && !all->offsets.failed;
}

/* Moves to the next run; decodes it when it reaches beyond occurrence `wanted`. */
static bool next_run(const struct qd_postings_state *state, struct qd_postings_occurrences *all,
                     uint64_t wanted)
{
    all->run.start += all->run.count;
    uint64_t left = all->total - all->run.start;
    if (left == 0) return false;
    all->run.count = left < QD_PACKING_BLOCK ? (uint32_t)left : QD_PACKING_BLOCK;
    if (left < QD_PACKING_BLOCK) return read_varints(state, all, (uint32_t)left);
    if (all->run.start + QD_PACKING_BLOCK <= wanted) return skip_run(state, all);
    return read_packed(state, all);
}

/* ---- documents ---- */

static void grow(struct qd_postings_state *state, uint32_t freq)
{
    struct qd_postings_occurrences *all = state->occurrences;
    if (freq <= all->capacity) return;
    uint32_t capacity = freq < 64 ? 64 : freq + freq / 2 < freq ? UINT32_MAX : freq + freq / 2;
    all->position = qd_arena_alloc(state->arena, capacity * sizeof(uint32_t));
    if (reads_offsets(state)) {
        all->start = qd_arena_alloc(state->arena, capacity * sizeof(uint32_t));
        all->end = qd_arena_alloc(state->arena, capacity * sizeof(uint32_t));
    }
    all->capacity = capacity;
}

/* Sums up the part of the run that belongs to the document: occurrences [done, freq) of it as far as they
 * reach. */
static uint32_t take_run(const struct qd_postings_state *state, uint64_t first, uint32_t done, uint32_t freq)
{
    struct qd_postings_occurrences *all = state->occurrences;
    bool offsets = reads_offsets(state);
    size_t at = (size_t)(first + done - all->run.start);
    uint32_t position = done == 0 ? 0 : all->position[done - 1];
    uint32_t start = done == 0 || !offsets ? 0 : all->start[done - 1];
    for (; at < all->run.count && done < freq; at++, done++) {
        all->position[done] = position += all->run.positions[at];
        if (!offsets) continue;
        all->start[done] = start += all->run.starts[at];
        all->end[done] = start + all->run.lengths[at];
    }
    return done;
}

/* What malformed bytes leave out repeats what was read last. */
static void fill_rest(const struct qd_postings_state *state, uint32_t done, uint32_t freq)
{
    struct qd_postings_occurrences *all = state->occurrences;
    for (; done < freq; done++) {
        all->position[done] = done == 0 ? 0 : all->position[done - 1];
        if (!reads_offsets(state)) continue;
        all->start[done] = done == 0 ? 0 : all->start[done - 1];
        all->end[done] = done == 0 ? 0 : all->end[done - 1];
    }
}

/* Reads the occurrences of the current document. */
static void load(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_occurrences *all = state->occurrences;
    if (!all->ready) start_block(postings);
    for (; all->doc_at < postings->block_at; all->doc_at++) all->doc_start += postings->freqs[all->doc_at];
    uint32_t freq = postings->freqs[postings->block_at], done = 0;
    uint64_t first = all->doc_start;
    all->doc = postings->doc;
    all->next = 0;
    if (freq == 1 && !reads_offsets(state) && first - all->run.start < all->run.count) {
        all->current = all->run.positions + (first - all->run.start);
        return;
    }
    grow(state, freq);
    all->current = all->position;
    while (done < freq) {
        bool inside = all->run.start <= first + done && first + done < all->run.start + all->run.count;
        if (inside) done = take_run(state, first, done, freq);
        else if (!next_run(state, all, first)) break;
    }
    if (done < freq) {
        fill_rest(state, done, freq);
        all->run.count = 0;
        all->run.start = all->total;
    }
}

const uint32_t *qd_postings_positions(struct qd_postings *postings)
{
    struct qd_postings_occurrences *all = postings->state->occurrences;
    qd_assert(all != NULL);
    qd_assert(postings->block_at < postings->block_count);
    if (all->doc != postings->doc) load(postings);
    return all->current;
}

uint32_t qd_postings_next_position(struct qd_postings *postings)
{
    const uint32_t *positions = qd_postings_positions(postings);
    struct qd_postings_occurrences *all = postings->state->occurrences;
    uint32_t freq = postings->freqs[postings->block_at];
    return positions[all->next < freq ? all->next++ : freq - 1];
}

void qd_postings_offsets(struct qd_postings *postings, uint32_t *start, uint32_t *end)
{
    const struct qd_postings_occurrences *all = postings->state->occurrences;
    qd_assert(all != NULL);
    bool known = all->start != NULL && all->doc == postings->doc && all->next > 0;
    *start = known ? all->start[all->next - 1] : 0;
    *end = known ? all->end[all->next - 1] : 0;
}

/* ---- whole blocks ---- */

uint32_t *qd_postings_block_distances(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_occurrences *all = state->occurrences;
    qd_assert(all != NULL);
    qd_assert(all->doc == QD_DOC_END);
    start_block(postings);
    size_t total = (size_t)all->total;
    size_t done = 0;
    if (total > all->block_capacity) {
        all->block_capacity = total + total / 2 + QD_PACKING_BLOCK;
        all->block = qd_arena_alloc(state->arena, all->block_capacity * sizeof(*all->block));
    }
    bool good = true;
    for (; good && total - done >= QD_PACKING_BLOCK; done += good ? QD_PACKING_BLOCK : 0) {
        good = qd_packing_read_patched(state->terms->packing, &all->positions, all->block + done);
    }
    for (; good && done < total && !all->positions.failed; done++) {
        all->block[done] = qd_packing_varint32(&all->positions);
    }
    /* What malformed bytes leave out repeats what was read last. */
    for (; done < total; done++) all->block[done] = 0;
    return all->block;
}
