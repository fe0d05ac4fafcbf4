#include <string.h>

#include "codec/postings_state.h"
#include "codec/sorted.h"

void qd_postings_positions_reset(struct qd_postings *postings)
{
    postings->state->occurrences->ready = false;
    postings->state->occurrences->whole.ready = false;
    postings->state->occurrences->doc = QD_DOC_END;
}

/* A reader from `start` to the end of a stream. */
static struct qd_reader reader_from(struct qd_slice bytes, uint64_t start)
{
    return qd_reader_make(qd_slice_from(bytes, start < bytes.size ? (size_t)start : bytes.size));
}

/* ---- sums ---- */

typedef uint32_t quad __attribute__((vector_size(16)));

/* Frequencies below this cannot sum to more than 2^32 over a block. */
#define FREQ_SUMMABLE (UINT32_MAX / QD_POSTINGS_BLOCK)

/* The sum of freqs[from .. to), modulo 2^32. */
static uint32_t sum_quads(const uint32_t *freqs, uint32_t from, uint32_t to)
{
    quad sums = { 0 };
    uint32_t sum = 0;
    for (; to - from >= 4; from += 4) {
        quad four;
        memcpy(&four, freqs + from, sizeof(four));
        sums += four;
    }
    for (; from < to; from++) sum += freqs[from];
    return sum + sums[0] + sums[1] + sums[2] + sums[3];
}

/* The sum of freqs[from .. to). */
static uint64_t sum_freqs(const struct qd_postings_occurrences *all, const uint32_t *freqs, uint32_t from,
                          uint32_t to)
{
    if (all->summable) return sum_quads(freqs, from, to);
    uint64_t sum = 0;
    for (; from < to; from++) sum += freqs[from];
    return sum;
}

/* Whether the sum of any of freqs[count] fits 32 bits, for all that is known of their bits together. */
static bool are_summable(const uint32_t *freqs, uint32_t count)
{
    quad four, bits = { 0 };
    uint32_t i = 0, rest = 0;
    for (; count - i >= 4; i += 4) {
        memcpy(&four, freqs + i, sizeof(four));
        bits |= four;
    }
    for (; i < count; i++) rest |= freqs[i];
    return (rest | bits[0] | bits[1] | bits[2] | bits[3]) < FREQ_SUMMABLE;
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
    all->summable = are_summable(freqs, postings->block_count);
    all->total = sum_freqs(all, freqs, 0, postings->block_count);
    if (all->total / QD_PACKING_BLOCK > qd_reader_left(&all->positions)) {
        for (uint32_t i = 0; i < postings->block_count; i++) postings->freqs[i] = 1;
        all->total = postings->block_count;
        all->summable = true;
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

/* Most differences take one byte: eight at a time as long as that is so. `out` has room for eight more. */
static bool read_positions(struct qd_reader *reader, uint32_t *out, uint32_t count)
{
    const uint64_t continued = UINT64_C(0x8080808080808080);
    uint32_t done = 0;
    while (done < count && qd_reader_left(reader) >= 8) {
        uint64_t long_ones = qd_terms_load64(reader->at) & continued;
        uint32_t ready = long_ones == 0 ? 8 : (uint32_t)__builtin_ctzll(long_ones) / 8;
        for (uint32_t i = 0; i < 8; i++) out[done + i] = reader->at[i];
        if (ready > count - done) ready = count - done;
        reader->at += ready;
        done += ready;
        if (ready < 8 && done < count) out[done++] = qd_packing_varint32(reader);
    }
    while (done < count) out[done++] = qd_packing_varint32(reader);
    return !reader->failed;
}

static bool read_varints(const struct qd_postings_state *state, struct qd_postings_occurrences *all,
                         uint32_t count)
{
    if (!read_positions(&all->positions, all->run.positions, count)) return false;
    if (!reads_offsets(state)) return true;
    for (uint32_t i = 0; i < count; i++) {
        all->run.starts[i] = qd_packing_varint32(&all->offsets);
        all->run.lengths[i] = qd_packing_varint32(&all->offsets);
    }
    return !all->offsets.failed;
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

/* The occurrences of a document that the run holds whole, without offsets. */
static const uint32_t *sum_inside(struct qd_postings_state *state, size_t at, uint32_t freq)
{
    struct qd_postings_occurrences *all = state->occurrences;
    const uint32_t *differences = all->run.positions + at;
    if (freq == 1) return differences;
    grow(state, freq);
    uint32_t position = 0;
    for (uint32_t i = 0; i < freq; i++) all->position[i] = position += differences[i];
    return all->position;
}

/* The occurrences of a document that may begin and end in different runs. */
static const uint32_t *sum_runs(struct qd_postings_state *state, uint64_t first, uint32_t freq)
{
    struct qd_postings_occurrences *all = state->occurrences;
    uint32_t done = 0;
    grow(state, freq);
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
    return all->position;
}

/* Reads the occurrences of the document docs[index]. */
static void load(struct qd_postings *postings, uint32_t index)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_occurrences *all = state->occurrences;
    if (!all->ready || index < all->doc_at) start_block(postings);
    all->doc_start += sum_freqs(all, postings->freqs, all->doc_at, index);
    all->doc_at = index;
    all->doc = postings->docs[index];
    all->next = 0;
    uint32_t freq = postings->freqs[index];
    uint64_t at = all->doc_start - all->run.start;
    bool inside = at < all->run.count && freq <= all->run.count - at;
    if (inside && !reads_offsets(state)) all->current = sum_inside(state, (size_t)at, freq);
    else all->current = sum_runs(state, all->doc_start, freq);
}

const uint32_t *qd_postings_positions_at(struct qd_postings *postings, uint32_t index)
{
    struct qd_postings_occurrences *all = postings->state->occurrences;
    qd_assert(all != NULL);
    qd_assert(index < postings->block_count);
    if (all->doc != postings->docs[index]) load(postings, index);
    return all->current;
}

const uint32_t *qd_postings_positions(struct qd_postings *postings)
{
    return qd_postings_positions_at(postings, postings->block_at);
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

/* Reads all occurrences of a block to out[count], which has room for QD_SORTED_PADDING more. What malformed
 * bytes leave out repeats what was read last. */
static void read_all(const struct qd_postings_state *state, struct qd_reader *reader, uint32_t *out,
                     size_t count)
{
    size_t done = 0;
    bool good = true;
    for (; good && count - done >= QD_PACKING_BLOCK; done += good ? QD_PACKING_BLOCK : 0)
        good = qd_packing_read_patched(state->terms->packing, reader, out + done);
    if (good) good = read_positions(reader, out + done, (uint32_t)(count - done));
    if (!good) memset(out + done, 0, (count - done) * sizeof(*out));
}

uint32_t *qd_postings_block_distances(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_occurrences *all = state->occurrences;
    qd_assert(all != NULL);
    qd_assert(all->doc == QD_DOC_END);
    start_block(postings);
    size_t total = (size_t)all->total;
    if (total + QD_SORTED_PADDING > all->block_capacity) {
        all->block_capacity = total + total / 2 + QD_PACKING_BLOCK;
        all->block = qd_arena_alloc(state->arena, all->block_capacity * sizeof(*all->block));
    }
    read_all(state, &all->positions, all->block, total);
    return all->block;
}

/* Where each document's occurrences start; without decoding the frequencies for anybody else. */
static bool sum_starts(struct qd_postings *postings, uint32_t *starts)
{
    const struct qd_postings_state *state = postings->state;
    const struct qd_sorted *sorted = qd_sorted_best();
    struct qd_reader freqs = state->freqs;
    starts[0] = 0;
    if (!postings->freqs_ready && qd_packing_sum_sparse(&freqs, starts + 1)) return true;
    if (!postings->freqs_ready &&
        qd_packing_read_patched(state->terms->packing, &freqs, starts + 1))
        return sorted->sum(starts + 1, postings->block_count, 1, starts + 1) < FREQ_SUMMABLE - 1;
    const uint32_t *known = qd_postings_freqs(postings);
    return sorted->sum(known, postings->block_count, 0, starts + 1) < FREQ_SUMMABLE;
}

bool qd_postings_whole(struct qd_postings *postings, const uint32_t **starts, const uint32_t **differences)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_whole *whole = &state->occurrences->whole;
    *starts = whole->starts;
    *differences = whole->differences;
    if (whole->ready) return whole->total > 0;
    whole->ready = true;
    whole->total = 0;
    if (!sum_starts(postings, whole->starts)) return false;
    uint32_t total = whole->starts[postings->block_count];
    struct qd_slice left = qd_slice_from(state->terms->positions, 0);
    if (total > QD_POSTINGS_WHOLE_MAX || state->walk.positions > left.size ||
        total / QD_PACKING_BLOCK > left.size - state->walk.positions)
        return false;
    if (whole->differences == NULL)
        whole->differences = qd_arena_alloc(state->arena, sizeof(uint32_t) * (QD_POSTINGS_WHOLE_MAX + 8));
    whole->total = total;
    *differences = whole->differences;
    struct qd_reader reader = reader_from(state->terms->positions, state->walk.positions);
    read_all(state, &reader, whole->differences, total);
    return true;
}
