#include "base/bitset.h"

#include <string.h>

#include "base/assert.h"

struct qd_bitset qd_bitset_make(struct qd_arena *arena, size_t size)
{
    return (struct qd_bitset){ QD_NEW_ARRAY(arena, uint64_t, qd_bitset_word_count(size)), size };
}

struct qd_bitset qd_bitset_copy(struct qd_arena *arena, const struct qd_bitset *from)
{
    size_t bytes = qd_bitset_word_count(from->size) * sizeof(uint64_t);
    struct qd_bitset copy = { qd_arena_alloc(arena, bytes), from->size };
    if (bytes > 0) memcpy(copy.words, from->words, bytes);
    return copy;
}

/* Keeps the rule that bits beyond the size are 0. */
static void trim(struct qd_bitset *bitset)
{
    if (bitset->size % 64 == 0) return;
    bitset->words[bitset->size / 64] &= ((uint64_t)1 << bitset->size % 64) - 1;
}

void qd_bitset_set_all(struct qd_bitset *bitset)
{
    size_t count = qd_bitset_word_count(bitset->size);
    if (count == 0) return;
    memset(bitset->words, 0xff, count * sizeof(uint64_t));
    trim(bitset);
}

void qd_bitset_clear_all(struct qd_bitset *bitset)
{
    size_t count = qd_bitset_word_count(bitset->size);
    if (count > 0) memset(bitset->words, 0, count * sizeof(uint64_t));
}

/* The bits of word `word` that lie in [from, to). */
static uint64_t range_mask(size_t word, size_t from, size_t to)
{
    uint64_t mask = UINT64_MAX;
    if (word == from / 64) mask &= UINT64_MAX << from % 64;
    if (word == to / 64) mask &= ((uint64_t)1 << to % 64) - 1;
    return mask;
}

void qd_bitset_set_range(struct qd_bitset *bitset, size_t from, size_t to)
{
    qd_assert(to <= bitset->size);
    if (from >= to) return;
    for (size_t word = from / 64; word <= (to - 1) / 64; word++)
        bitset->words[word] |= range_mask(word, from, to);
}

void qd_bitset_clear_range(struct qd_bitset *bitset, size_t from, size_t to)
{
    qd_assert(to <= bitset->size);
    if (from >= to) return;
    for (size_t word = from / 64; word <= (to - 1) / 64; word++)
        bitset->words[word] &= ~range_mask(word, from, to);
}

static size_t popcount(uint64_t word)
{
    return (size_t)__builtin_popcountll(word);
}

size_t qd_bitset_count(const struct qd_bitset *bitset)
{
    size_t words = qd_bitset_word_count(bitset->size);
    size_t count = 0;
    for (size_t i = 0; i < words; i++) count += popcount(bitset->words[i]);
    return count;
}

size_t qd_bitset_count_range(const struct qd_bitset *bitset, size_t from, size_t to)
{
    qd_assert(to <= bitset->size);
    size_t count = 0;
    if (from >= to) return 0;
    for (size_t word = from / 64; word <= (to - 1) / 64; word++) {
        count += popcount(bitset->words[word] & range_mask(word, from, to));
    }
    return count;
}

size_t qd_bitset_count_and(const struct qd_bitset *left, const struct qd_bitset *right)
{
    qd_assert(left->size == right->size);
    size_t words = qd_bitset_word_count(left->size);
    size_t count = 0;
    for (size_t i = 0; i < words; i++) count += popcount(left->words[i] & right->words[i]);
    return count;
}

void qd_bitset_and(struct qd_bitset *to, const struct qd_bitset *other)
{
    qd_assert(to->size == other->size);
    size_t words = qd_bitset_word_count(to->size);
    for (size_t i = 0; i < words; i++) to->words[i] &= other->words[i];
}

void qd_bitset_or(struct qd_bitset *to, const struct qd_bitset *other)
{
    qd_assert(to->size == other->size);
    size_t words = qd_bitset_word_count(to->size);
    for (size_t i = 0; i < words; i++) to->words[i] |= other->words[i];
}

void qd_bitset_and_not(struct qd_bitset *to, const struct qd_bitset *other)
{
    qd_assert(to->size == other->size);
    size_t words = qd_bitset_word_count(to->size);
    for (size_t i = 0; i < words; i++) to->words[i] &= ~other->words[i];
}

void qd_bitset_not(struct qd_bitset *to)
{
    size_t words = qd_bitset_word_count(to->size);
    for (size_t i = 0; i < words; i++) to->words[i] = ~to->words[i];
    trim(to);
}

/* The first bit at or after `from` that is set after each word was combined with `flip` by exclusive or. */
static size_t next_flipped(const struct qd_bitset *bitset, size_t from, uint64_t flip)
{
    if (from >= bitset->size) return QD_BITSET_NONE;
    size_t words = qd_bitset_word_count(bitset->size);
    uint64_t mask = UINT64_MAX << from % 64;
    for (size_t word = from / 64; word < words; word++, mask = UINT64_MAX) {
        uint64_t bits = (bitset->words[word] ^ flip) & mask;
        if (bits == 0) continue;
        size_t found = word * 64 + (size_t)__builtin_ctzll(bits);
        return found < bitset->size ? found : QD_BITSET_NONE;
    }
    return QD_BITSET_NONE;
}

size_t qd_bitset_next(const struct qd_bitset *bitset, size_t from)
{
    return next_flipped(bitset, from, 0);
}

size_t qd_bitset_next_clear(const struct qd_bitset *bitset, size_t from)
{
    return next_flipped(bitset, from, UINT64_MAX);
}

size_t qd_bitset_previous(const struct qd_bitset *bitset, size_t from)
{
    if (bitset->size == 0) return QD_BITSET_NONE;
    if (from >= bitset->size) from = bitset->size - 1;
    uint64_t mask = UINT64_MAX >> (63 - from % 64);
    for (size_t word = from / 64 + 1; word-- > 0; mask = UINT64_MAX) {
        uint64_t bits = bitset->words[word] & mask;
        if (bits != 0) return word * 64 + 63 - (size_t)__builtin_clzll(bits);
    }
    return QD_BITSET_NONE;
}

bool qd_bitset_intersects(const struct qd_bitset *left, const struct qd_bitset *right)
{
    qd_assert(left->size == right->size);
    size_t words = qd_bitset_word_count(left->size);
    for (size_t i = 0; i < words; i++) {
        if ((left->words[i] & right->words[i]) != 0) return true;
    }
    return false;
}
