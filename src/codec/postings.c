#include "codec/postings.h"

#include <string.h>

#include "codec/postings_blocks.h"
#include "codec/postings_state.h"
#include "codec/sorted.h"

/* Widths up to this cannot sum to more than 2^32 over a block, so that the check of the last document is
 * enough. */
#define WIDTH_SAFE_MAX 22

qd_doc_id qd_postings_end(struct qd_postings *postings)
{
    postings->block_at = 0;
    postings->block_count = 0;
    postings->state->walk.docs_left = 0;
    return postings->doc = QD_DOC_END;
}

/* The only document of a term of one document comes from the dictionary. */
static void init_single(struct qd_postings *postings, const struct qd_term_info *info)
{
    struct qd_postings_walk *walk = &postings->state->walk;
    *walk = (struct qd_postings_walk){ .terms = postings->state->terms,
                                       .base = UINT32_MAX,
                                       .last = UINT32_MAX,
                                       .docs_left = 1,
                                       .positions_next = info->positions,
                                       .offsets_next = info->offsets };
}

static void begin(struct qd_postings *postings, const struct qd_term_info *info)
{
    struct qd_postings_state *state = postings->state;
    state->info = *info;
    postings->doc = QD_DOC_END;
    postings->freq_ = 1;
    postings->block_at = 0;
    postings->block_count = 0;
    postings->freqs_ready = false;
    if (state->occurrences != NULL) state->occurrences->doc = QD_DOC_END;
    if (info->doc_freq == 1) init_single(postings, info);
    else qd_postings_walk_init(&state->walk, state->terms, info);
}

void qd_postings_init(struct qd_postings *postings, struct qd_arena *arena, const struct qd_terms *terms,
                      const struct qd_term_info *info, unsigned flags)
{
    struct qd_postings_state *state = QD_NEW(arena, struct qd_postings_state);
    state->arena = arena;
    state->terms = terms;
    state->flags = flags;
    postings->state = state;
    if ((flags & (QD_POSTINGS_POSITIONS | QD_POSTINGS_OFFSETS)) != 0 && qd_terms_has_positions(terms)) {
        state->occurrences = QD_NEW(arena, struct qd_postings_occurrences);
    }
    begin(postings, info);
}

void qd_postings_restart(struct qd_postings *postings, const struct qd_term_info *info)
{
    struct qd_postings_state *state = postings->state;
    state->freqs = (struct qd_reader){ 0 };
    state->ahead_ready = false;
    state->unlisted = false;
    state->table = NULL;
    state->table_next = state->table_seen = 0;
    if (state->occurrences != NULL) qd_postings_positions_reset(postings);
    begin(postings, info);
}

void qd_postings_rewind(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_block *table = state->table;
    struct qd_term_info info = state->info;
    qd_postings_restart(postings, &info);
    state->table = table;
}

/* ---- decoding a block ---- */

static bool ascending(const uint32_t *docs, uint32_t base)
{
    if (docs[0] <= base && base != UINT32_MAX) return false;
    for (size_t i = 1; i < QD_POSTINGS_BLOCK; i++) {
        if (docs[i] <= docs[i - 1]) return false;
    }
    return true;
}

/* Writes the documents of a word to docs[count ..] and returns the new count, at most QD_POSTINGS_BLOCK.
 * Eight at a time, wanted or not, so that no branch depends on the number of bits; there is room for eight
 * more. */
static size_t spread_word(uint64_t word, uint32_t first, uint32_t *docs, size_t count)
{
    const uint64_t last = (uint64_t)1 << 63;
    size_t end = count + (size_t)__builtin_popcountll(word);
    for (; count < end; count += 8) {
        for (size_t i = 0; i < 8; i++, word &= word - 1) {
            docs[count + i] = first + (uint32_t)__builtin_ctzll(word | last);
        }
    }
    return end;
}

static bool decode_bitset(const struct qd_postings_walk *walk, struct qd_reader *body, uint32_t *docs)
{
    size_t words = (walk->last - walk->base + 63) / 64, count = 0;
    if (qd_reader_left(body) / 8 < words) return false;
    for (size_t i = 0; i < words; i++, body->at += 8) {
        uint64_t word = qd_terms_load64(body->at);
        if (count + (size_t)__builtin_popcountll(word) > QD_POSTINGS_BLOCK) return false;
        count = spread_word(word, walk->base + 1 + (uint32_t)(64 * i), docs, count);
    }
    return count == QD_POSTINGS_BLOCK;
}

static bool decode_full(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    const struct qd_postings_walk *walk = &state->walk;
    struct qd_reader body = walk->body;
    if (qd_reader_left(&body) < 1) return false;
    unsigned encoding = *body.at++;
    if (encoding == QD_POSTINGS_BITSET) {
        if (!decode_bitset(walk, &body, postings->docs)) return false;
    } else {
        if (encoding > 32 || qd_reader_left(&body) < 32 * (size_t)encoding) return false;
        state->terms->packing->unpack_sum(body.at, encoding, walk->base, postings->docs);
        body.at += 32 * (size_t)encoding;
        if (encoding > WIDTH_SAFE_MAX && !ascending(postings->docs, walk->base)) return false;
    }
    state->freqs = body;
    return postings->docs[QD_POSTINGS_BLOCK - 1] == walk->last;
}

/* Decodes the short last block, frequencies with the documents. */
static bool decode_tail(struct qd_postings *postings)
{
    const struct qd_postings_walk *walk = &postings->state->walk;
    struct qd_reader body = walk->body;
    bool freqs = qd_terms_has_freqs(walk->terms);
    uint64_t doc = walk->base == UINT32_MAX ? 0 : (uint64_t)walk->base + 1;
    for (uint32_t i = 0; i < walk->block_count; i++, doc++) {
        uint64_t gap = qd_packing_varint(&body);
        uint32_t freq = 1;
        if (freqs) {
            if ((gap & 1) == 0) freq = qd_packing_varint32(&body);
            gap >>= 1;
        }
        if (gap > UINT32_MAX) return false;
        doc += gap;
        if (body.failed || doc >= walk->terms->doc_count) return false;
        postings->docs[i] = (uint32_t)doc;
        postings->freqs[i] = freq == 0 ? 1 : freq;
    }
    postings->freqs_ready = true;
    return true;
}

static bool decode_single(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    struct qd_postings_walk *walk = &state->walk;
    if (state->info.postings >= walk->terms->doc_count) return false;
    if (state->info.total_term_freq > UINT32_MAX) return false;
    walk->docs_left = 0;
    walk->block_count = 1;
    walk->positions = walk->positions_next;
    walk->offsets = walk->offsets_next;
    walk->last = (uint32_t)state->info.postings;
    postings->docs[0] = walk->last;
    postings->freqs[0] = (uint32_t)state->info.total_term_freq;
    postings->freqs_ready = true;
    return true;
}

/* Closes docs[] and puts the cursor on the block's first document. */
static void finish_block(struct qd_postings *postings, uint32_t count)
{
    postings->block_count = count;
    postings->block_at = 0;
    for (size_t i = 0; i < 8; i++) postings->docs[count + i] = QD_DOC_END;
    if (postings->state->occurrences != NULL) qd_postings_positions_reset(postings);
}

/* Decodes the block in which the walk stands. False ends the list: the bytes are malformed. */
bool qd_postings_decode(struct qd_postings *postings)
{
    const struct qd_postings_walk *walk = &postings->state->walk;
    postings->freqs_ready = false;
    if (!(qd_postings_walk_full(walk) ? decode_full(postings) : decode_tail(postings))) return false;
    finish_block(postings, walk->block_count);
    return true;
}

static bool load_single(struct qd_postings *postings, qd_doc_id target)
{
    struct qd_postings_walk *walk = &postings->state->walk;
    if (walk->docs_left == 0 || !decode_single(postings) || postings->docs[0] < target) return false;
    finish_block(postings, 1);
    return true;
}

/* Loads the next block that can hold a document >= target. */
static bool load(struct qd_postings *postings, qd_doc_id target)
{
    struct qd_postings_state *state = postings->state;
    if (state->info.doc_freq == 1) return load_single(postings, target);
    return qd_postings_walk_on(state, target) && qd_postings_decode(postings);
}

/* ---- moving ---- */

qd_doc_id qd_postings_next(struct qd_postings *postings)
{
    if (postings->block_at + 1 < postings->block_count) {
        return postings->doc = postings->docs[++postings->block_at];
    }
    if (!load(postings, 0)) return qd_postings_end(postings);
    return postings->doc = postings->docs[0];
}

uint32_t qd_postings_next_block(struct qd_postings *postings)
{
    if (!load(postings, 0)) {
        (void)qd_postings_end(postings);
        return 0;
    }
    postings->doc = postings->docs[0];
    return postings->block_count;
}

qd_doc_id qd_postings_advance(struct qd_postings *postings, qd_doc_id target)
{
    if (target == QD_DOC_END) return qd_postings_end(postings);
    uint32_t count = postings->block_count, from = postings->block_at + 1;
    if (count == 0 || postings->docs[count - 1] < target) {
        if (!load(postings, target) || postings->docs[postings->block_count - 1] < target) {
            return qd_postings_end(postings);
        }
        count = postings->block_count;
        from = 0;
    }
    if (from >= count) from = count - 1; /* Only when target is not beyond the current document. */
    postings->block_at = qd_postings_search(postings->docs, from, count, target);
    return postings->doc = postings->docs[postings->block_at];
}

/* ---- looking up in a block ---- */

/* Makes the block in which the walk stands ready to be looked up as a bitset. False when it is none, or not a
 * good one, which decoding it finds out. */
static bool enter_bits(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    const struct qd_postings_walk *walk = &state->walk;
    struct qd_reader body = walk->body;
    if (!qd_postings_walk_full(walk) || qd_reader_left(&body) < 1 || *body.at++ != QD_POSTINGS_BITSET)
        return false;
    uint32_t bit_count = walk->last - walk->base, size = (bit_count + 63) / 64, rank = 0;
    if (size > QD_POSTINGS_WORDS_MAX || qd_reader_left(&body) / 8 < size) return false;
    if (state->bits == NULL) state->bits = qd_arena_alloc(state->arena, sizeof(*state->bits));
    for (uint32_t i = 0; i < size; i++) {
        state->bits->ranks[i] = (uint16_t)rank;
        rank += (uint32_t)__builtin_popcountll(qd_terms_load64(body.at + 8 * (size_t)i));
    }
    uint64_t first = qd_terms_load64(body.at), last = qd_terms_load64(body.at + 8 * (size_t)(size - 1));
    if (rank != QD_POSTINGS_BLOCK || first == 0 || last >> (bit_count - 1) % 64 != 1) return false;
    state->bits->words = body.at;
    state->bits->base = walk->base;
    state->bits->size = size;
    body.at += 8 * (size_t)size;
    state->freqs = body;
    state->unlisted = true;
    postings->docs[0] = walk->base + 1 + (uint32_t)__builtin_ctzll(first);
    postings->docs[QD_POSTINGS_BLOCK - 1] = walk->last;
    postings->freqs_ready = false;
    finish_block(postings, QD_POSTINGS_BLOCK);
    return true;
}

bool qd_postings_enter(struct qd_postings *postings, qd_doc_id target)
{
    struct qd_postings_state *state = postings->state;
    uint32_t count = postings->block_count;
    if (count > 0 && postings->docs[count - 1] >= target) return true;
    if (count == 0 || state->info.doc_freq == 1) return qd_postings_advance(postings, target) != QD_DOC_END;
    state->unlisted = false;
    bool good = qd_postings_walk_next(&state->walk, target) &&
                (enter_bits(postings) || qd_postings_decode(postings));
    if (!good || postings->docs[postings->block_count - 1] < target) {
        return qd_postings_end(postings) != QD_DOC_END;
    }
    postings->doc = postings->docs[0];
    return true;
}

void qd_postings_list(struct qd_postings *postings)
{
    struct qd_postings_state *state = postings->state;
    if (!state->unlisted) return;
    struct qd_reader words = qd_reader_make((struct qd_slice){ (const char *)state->bits->words,
                                                               8 * (size_t)state->bits->size });
    bool good = decode_bitset(&state->walk, &words, postings->docs);
    qd_assert(good); /* as enter_bits found */
    (void)good;
    for (size_t i = 0; i < 8; i++) postings->docs[QD_POSTINGS_BLOCK + i] = QD_DOC_END;
    state->unlisted = false;
}

static uint32_t find_bits(const struct qd_postings_bits *bits, const struct qd_postings_lookup *lookup)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < lookup->count; i++) {
        uint32_t at = lookup->docs[i] - bits->base - 1;
        uint64_t word = qd_terms_load64(bits->words + at / 64 * 8);
        uint64_t below = word & (((uint64_t)1 << at % 64) - 1);
        lookup->numbers[found] = (uint16_t)i;
        lookup->indices[found] = (uint16_t)(bits->ranks[at / 64] + (uint32_t)__builtin_popcountll(below));
        found += (uint32_t)(word >> at % 64) & 1;
    }
    return found;
}

/* Few documents are searched for one by one. */
#define FIND_EACH_MAX 12

uint32_t qd_postings_find(const struct qd_postings *postings, const struct qd_postings_lookup *lookup)
{
    if (lookup->count == 0) return 0;
    if (postings->state->unlisted) return find_bits(postings->state->bits, lookup);
    uint32_t count = postings->block_count, found = 0;
    uint32_t at = qd_postings_search(postings->docs, *lookup->from, count, lookup->docs[0]);
    if (lookup->count > FIND_EACH_MAX) {
        struct qd_sorted_pair pair = { lookup->docs, lookup->count, postings->docs + at, count - at };
        found = qd_sorted_best()->intersect(&pair, lookup->numbers, lookup->indices);
        for (uint32_t i = 0; i < found; i++) lookup->indices[i] = (uint16_t)(lookup->indices[i] + at);
    }
    for (uint32_t i = 0; lookup->count <= FIND_EACH_MAX && i < lookup->count; i++) {
        at = qd_postings_search(postings->docs, at, count, lookup->docs[i]);
        lookup->numbers[found] = (uint16_t)i;
        lookup->indices[found] = (uint16_t)at;
        found += postings->docs[at] == lookup->docs[i];
    }
    *lookup->from = at;
    return found;
}

/* ---- frequencies ---- */

static void fill_ones(uint32_t *freqs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) freqs[i] = 1;
}

const uint32_t *qd_postings_freqs(struct qd_postings *postings)
{
    if (postings->freqs_ready) return postings->freqs;
    struct qd_postings_state *state = postings->state;
    postings->freqs_ready = true;
    if (!qd_terms_has_freqs(state->terms)) {
        fill_ones(postings->freqs, postings->block_count);
    } else if (!qd_packing_read_patched(state->terms->packing, &state->freqs, postings->freqs)) {
        fill_ones(postings->freqs, postings->block_count);
    } else {
        for (size_t i = 0; i < QD_POSTINGS_BLOCK; i++) postings->freqs[i]++;
    }
    return postings->freqs;
}

uint32_t qd_postings_freq(struct qd_postings *postings)
{
    if (postings->block_count == 0) return 1;
    return qd_postings_freqs(postings)[postings->block_at];
}

/* ---- bits ---- */

/* ORs the bitset of the block in which the walk stands. False when the block has another encoding or is
 * malformed. */
static bool or_bitset(const struct qd_postings_walk *walk, qd_doc_id from, uint64_t *words)
{
    struct qd_reader body = walk->body;
    if (!qd_postings_walk_full(walk) || qd_reader_left(&body) < 1 || *body.at++ != QD_POSTINGS_BITSET) {
        return false;
    }
    uint32_t size = walk->last - walk->base;
    size_t count = (size + 63) / 64;
    if (qd_reader_left(&body) / 8 < count) return false;
    uint32_t at = walk->base + 1 - from;
    for (size_t i = 0; i < count; i++, at += 64, body.at += 8) {
        uint64_t word = qd_terms_load64(body.at);
        if (i + 1 == count && size % 64 != 0) word &= ((uint64_t)1 << size % 64) - 1;
        words[at / 64] |= word << at % 64;
        uint64_t high = at % 64 == 0 ? 0 : word >> (64 - at % 64);
        if (high != 0) words[at / 64 + 1] |= high;
    }
    return true;
}

static void set_bit(uint64_t *words, uint32_t bit) { words[bit / 64] |= (uint64_t)1 << bit % 64; }

/* Sets the documents of docs[] from block_at on that are below `to`; true when one is not. */
static bool set_block(struct qd_postings *postings, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    uint32_t at = postings->block_at, end = postings->block_count;
    if (at < end && postings->docs[end - 1] >= to) end = qd_postings_search(postings->docs, at, end, to);
    const uint32_t *docs = postings->docs;
    for (; at + 4 <= end; at += 4) {
        set_bit(words, docs[at] - from);
        set_bit(words, docs[at + 1] - from);
        set_bit(words, docs[at + 2] - from);
        set_bit(words, docs[at + 3] - from);
    }
    for (; at < end; at++) set_bit(words, docs[at] - from);
    postings->block_at = at;
    if (at == postings->block_count) return false;
    postings->doc = postings->docs[at];
    return true;
}

void qd_postings_into_bits(struct qd_postings *postings, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    struct qd_postings_walk *walk = &postings->state->walk;
    if (postings->block_count == 0 || postings->doc < from) {
        if (postings->block_count == 0 && walk->docs_left == 0) return;
        if (qd_postings_advance(postings, from) == QD_DOC_END) return;
    }
    if (postings->doc >= to) return;
    while (!set_block(postings, from, to, words)) {
        if (postings->state->info.doc_freq == 1 || !qd_postings_walk_on(postings->state, 0)) {
            qd_postings_end(postings);
            return;
        }
        /* base + 1 >= from: blocks after the one that held a document >= from. */
        if (walk->last < to && or_bitset(walk, from, words)) {
            postings->block_at = postings->block_count;
            continue;
        }
        if (!qd_postings_decode(postings)) {
            qd_postings_end(postings);
            return;
        }
    }
}

/* ---- impacts ---- */

/* Moves `ahead` to the block that holds `target`. False when there is none. */
static bool look_ahead(struct qd_postings_state *state, qd_doc_id target)
{
    struct qd_postings_walk *ahead = &state->ahead;
    if (!state->ahead_ready || (ahead->base != UINT32_MAX && target <= ahead->base)) {
        *ahead = state->walk;
        if (ahead->base != UINT32_MAX && target <= ahead->base) {
            qd_postings_walk_init(ahead, state->terms, &state->info);
        }
        state->ahead_ready = true;
    }
    if (ahead->block_count > 0 && target <= ahead->last) return true;
    if (qd_postings_walk_next(ahead, target)) return true;
    state->ahead_ready = false;
    return false;
}

/* The pair that bounds documents without stored impacts. */
static const struct qd_impact *plain_pair(struct qd_postings_state *state, uint32_t freq, size_t *count)
{
    state->plain = (struct qd_impact){ freq, QD_POSTINGS_NORM_BEST };
    *count = 1;
    return &state->plain;
}

static const struct qd_impact *stored_pairs(struct qd_postings_state *state, struct qd_slice bytes, int level,
                                            size_t *count)
{
    struct qd_postings_pairs *pairs = state->levels[level];
    if (pairs == NULL) {
        pairs = qd_arena_alloc(state->arena, sizeof(*pairs));
        pairs->from = NULL;
        state->levels[level] = pairs;
    }
    if (pairs->from != bytes.data) {
        pairs->from = bytes.data;
        pairs->count = qd_impacts_read(bytes, pairs->pairs);
    }
    if (pairs->count == 0) return plain_pair(state, UINT32_MAX, count);
    *count = pairs->count;
    return pairs->pairs;
}

/* The greatest frequency of a short last block, at most 31 documents. */
uint32_t qd_postings_tail_freq_max(const struct qd_postings_walk *walk)
{
    struct qd_reader body = walk->body;
    uint32_t most = 1;
    for (uint32_t i = 0; i < walk->block_count; i++) {
        if ((qd_packing_varint(&body) & 1) != 0) continue;
        uint32_t freq = qd_packing_varint32(&body);
        if (freq > most) most = freq;
    }
    return body.failed ? UINT32_MAX : most;
}

const struct qd_impact *qd_postings_impacts(struct qd_postings *postings, qd_doc_id target, int level,
                                            size_t *count,
                                            qd_doc_id *up_to)
{
    struct qd_postings_state *state = postings->state;
    const struct qd_postings_walk *ahead = &state->ahead;
    *up_to = QD_DOC_END - 1;
    if (state->info.doc_freq == 1) {
        uint64_t freq = state->info.total_term_freq;
        return plain_pair(state, freq > UINT32_MAX ? UINT32_MAX : (uint32_t)freq, count);
    }
    if (!look_ahead(state, target)) return plain_pair(state, 1, count);
    if (level > 0 && ahead->grouped) {
        if (ahead->docs_left > ahead->group_left) *up_to = ahead->group_last;
        if (ahead->group_impacts.data == NULL) return plain_pair(state, 1, count);
        return stored_pairs(state, ahead->group_impacts, 1, count);
    }
    if (ahead->docs_left > 0) *up_to = ahead->last;
    if (ahead->impacts.data != NULL) return stored_pairs(state, ahead->impacts, 0, count);
    return plain_pair(state, qd_terms_has_freqs(state->terms) ? qd_postings_tail_freq_max(ahead) : 1, count);
}
