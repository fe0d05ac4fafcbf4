#include "codec/numeric_docs.h"

#include <string.h>

#include "base/assert.h"
#include "codec/little_endian.h"

/* Header: u8 mode, seven 0. */
#define HEADER_SIZE ((size_t)8)
#define RANK_DOCS 512u
#define RANK_WORDS (RANK_DOCS / 64)

static size_t word_count(uint32_t doc_count)
{
    return ((size_t)doc_count + 63) / 64;
}

static size_t rank_count(uint32_t doc_count)
{
    return ((size_t)doc_count + RANK_DOCS - 1) / RANK_DOCS;
}

/* ---- writing ---- */

static void write_bits(struct qd_buffer *out, const qd_doc_id *docs, uint32_t count, uint32_t doc_count)
{
    uint32_t at = 0;
    for (size_t i = 0; i < word_count(doc_count); i++) {
        uint64_t word = 0;
        for (; at < count && docs[at] / 64 == i; at++) word |= (uint64_t)1 << (docs[at] % 64);
        qd_buffer_u64(out, word);
    }
    at = 0;
    for (size_t i = 0; i < rank_count(doc_count); i++) {
        while (at < count && docs[at] / RANK_DOCS < i) at++;
        qd_buffer_u32(out, at);
    }
}

void qd_numeric_docs_write(struct qd_buffer *out, const qd_doc_id *docs, uint32_t count, uint32_t doc_count)
{
    uint64_t bits_size = word_count(doc_count) * 8 + rank_count(doc_count) * 4;
    enum qd_numeric_docs_mode mode = count == doc_count                ? QD_NUMERIC_DOCS_ALL
                                     : count * (uint64_t)4 < bits_size ? QD_NUMERIC_DOCS_LIST
                                                                       : QD_NUMERIC_DOCS_BITS;
    for (uint32_t i = 0; i < count; i++) qd_assert(docs[i] < doc_count && (i == 0 || docs[i] > docs[i - 1]));
    qd_buffer_u64(out, (uint64_t)mode);
    if (mode == QD_NUMERIC_DOCS_BITS) write_bits(out, docs, count, doc_count);
    else if (mode == QD_NUMERIC_DOCS_LIST) qd_buffer_append(out, docs, count * sizeof(*docs));
}

/* ---- opening ---- */

static uint64_t word_at(const struct qd_numeric_docs *docs, size_t i)
{
    return qd_load_u64(docs->words + i * 8);
}

static uint32_t list_at(const struct qd_numeric_docs *docs, uint32_t i)
{
    return qd_load_u32(docs->list + (size_t)i * 4);
}

static bool open_bits(struct qd_slice rest, struct qd_numeric_docs *docs)
{
    size_t words = word_count(docs->doc_count);
    if (words * 8 + rank_count(docs->doc_count) * 4 > rest.size) return false;
    docs->words = (const uint8_t *)rest.data;
    docs->ranks = docs->words + words * 8;
    uint64_t count = 0;
    for (size_t i = 0; i < words; i++) {
        if (i % RANK_WORDS == 0 && qd_load_u32(docs->ranks + i / RANK_WORDS * 4) != count) return false;
        count += (uint64_t)__builtin_popcountll(word_at(docs, i));
    }
    if (docs->doc_count % 64 != 0 && word_at(docs, words - 1) >> (docs->doc_count % 64) != 0) return false;
    return count == docs->count;
}

static bool open_list(struct qd_slice rest, struct qd_numeric_docs *docs)
{
    if (docs->count > rest.size / 4) return false;
    docs->list = (const uint8_t *)rest.data;
    for (uint32_t i = 0; i < docs->count; i++) {
        if (list_at(docs, i) >= docs->doc_count) return false;
        if (i > 0 && list_at(docs, i) <= list_at(docs, i - 1)) return false;
    }
    return true;
}

bool qd_numeric_docs_open(struct qd_slice bytes, uint32_t count, uint32_t doc_count,
                          struct qd_numeric_docs *docs)
{
    if (bytes.size < HEADER_SIZE || count > doc_count) return false;
    uint64_t mode = qd_load_u64(bytes.data);
    if (mode >= QD_NUMERIC_DOCS_MODES) return false;
    *docs = (struct qd_numeric_docs){ .mode = (enum qd_numeric_docs_mode)mode,
                                      .doc_count = doc_count,
                                      .count = count };
    struct qd_slice rest = qd_slice_from(bytes, HEADER_SIZE);
    if (docs->mode == QD_NUMERIC_DOCS_BITS) return open_bits(rest, docs);
    if (docs->mode == QD_NUMERIC_DOCS_LIST) return open_list(rest, docs);
    return count == doc_count;
}

/* ---- reading ---- */

static uint32_t list_rank(const struct qd_numeric_docs *docs, qd_doc_id doc, uint32_t low, uint32_t high)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list_at(docs, middle) < doc) low = middle + 1;
        else high = middle;
    }
    return low;
}

uint32_t qd_numeric_docs_rank(const struct qd_numeric_docs *docs, qd_doc_id doc)
{
    qd_assert_slow(doc <= docs->doc_count);
    if (docs->mode == QD_NUMERIC_DOCS_ALL) return doc;
    if (doc == docs->doc_count) return docs->count;
    if (docs->mode == QD_NUMERIC_DOCS_LIST) return list_rank(docs, doc, 0, docs->count);
    size_t last = doc / 64;
    uint32_t rank = qd_load_u32(docs->ranks + (size_t)(doc / RANK_DOCS) * 4);
    for (size_t i = doc / RANK_DOCS * RANK_WORDS; i < last; i++) {
        rank += (uint32_t)__builtin_popcountll(word_at(docs, i));
    }
    return rank + (uint32_t)__builtin_popcountll(word_at(docs, last) & (((uint64_t)1 << (doc % 64)) - 1));
}

bool qd_numeric_docs_find(const struct qd_numeric_docs *docs, qd_doc_id doc, uint32_t *index)
{
    qd_assert_slow(doc < docs->doc_count);
    *index = doc;
    if (docs->mode == QD_NUMERIC_DOCS_ALL) return true;
    if (docs->mode == QD_NUMERIC_DOCS_BITS && (word_at(docs, doc / 64) >> (doc % 64) & 1) == 0) return false;
    *index = qd_numeric_docs_rank(docs, doc);
    if (docs->mode == QD_NUMERIC_DOCS_BITS) return true;
    return *index < docs->count && list_at(docs, *index) == doc;
}

/* Like list_rank for a document not before the one that `low` was found for: looks nearby first. */
static uint32_t list_gallop(const struct qd_numeric_docs *docs, qd_doc_id doc, uint32_t low)
{
    uint32_t step = 1;
    uint32_t high = low;
    while (high < docs->count && list_at(docs, high) < doc) {
        low = high + 1;
        high = step < docs->count - high ? high + step : docs->count;
        step *= 2;
    }
    return list_rank(docs, doc, low, high);
}

static bool find_all_in_list(const struct qd_numeric_docs *docs, const qd_doc_id *wanted, size_t count,
                             uint32_t *indexes, bool *has)
{
    bool all = true;
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        at = list_gallop(docs, wanted[i], at);
        has[i] = at < docs->count && list_at(docs, at) == wanted[i];
        indexes[i] = has[i] ? at : 0;
        all = all && has[i];
    }
    return all;
}

/* Documents before word `to`, when `rank` are before word `from`. */
static uint32_t rank_on(const struct qd_numeric_docs *docs, size_t from, size_t to, uint32_t rank)
{
    if (from / RANK_WORDS != to / RANK_WORDS) {
        from = to - to % RANK_WORDS;
        rank = qd_load_u32(docs->ranks + to / RANK_WORDS * 4);
    }
    for (; from < to; from++) rank += (uint32_t)__builtin_popcountll(word_at(docs, from));
    return rank;
}

static bool find_all_in_bits(const struct qd_numeric_docs *docs, const qd_doc_id *wanted, size_t count,
                             uint32_t *indexes, bool *has)
{
    bool all = true;
    size_t at = 0;
    uint32_t rank = 0;
    for (size_t i = 0; i < count; i++) {
        size_t next = wanted[i] / 64;
        if (next != at) rank = rank_on(docs, at, next, rank);
        at = next;
        uint64_t bit = (uint64_t)1 << (wanted[i] % 64);
        uint64_t word = word_at(docs, at);
        has[i] = (word & bit) != 0;
        indexes[i] = has[i] ? rank + (uint32_t)__builtin_popcountll(word & (bit - 1)) : 0;
        all = all && has[i];
    }
    return all;
}

bool qd_numeric_docs_find_all(const struct qd_numeric_docs *docs, const qd_doc_id *wanted, size_t count,
                              uint32_t *indexes, bool *has)
{
    if (docs->mode == QD_NUMERIC_DOCS_LIST) return find_all_in_list(docs, wanted, count, indexes, has);
    if (docs->mode == QD_NUMERIC_DOCS_BITS) return find_all_in_bits(docs, wanted, count, indexes, has);
    for (size_t i = 0; i < count; i++) {
        has[i] = true;
        indexes[i] = wanted[i];
    }
    return true;
}

static void set_range(uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count / 64; i++) words[i] = UINT64_MAX;
    if (count % 64 != 0) words[count / 64] |= ((uint64_t)1 << (count % 64)) - 1;
}

void qd_numeric_docs_bits(const struct qd_numeric_docs *docs, qd_doc_id from, qd_doc_id to, uint64_t *words)
{
    if (from >= to) return;
    if (docs->mode == QD_NUMERIC_DOCS_ALL) {
        set_range(words, to - from);
        return;
    }
    if (docs->mode == QD_NUMERIC_DOCS_LIST) {
        for (uint32_t i = list_rank(docs, from, 0, docs->count); i < docs->count && list_at(docs, i) < to;
             i++) {
            uint32_t bit = list_at(docs, i) - from;
            words[bit / 64] |= (uint64_t)1 << (bit % 64);
        }
        return;
    }
    size_t last = word_count(docs->doc_count) - 1;
    unsigned shift = from % 64;
    for (qd_doc_id at = from; at < to; at += 64) {
        size_t i = at / 64;
        uint64_t word = word_at(docs, i) >> shift;
        if (shift != 0 && i < last) word |= word_at(docs, i + 1) << (64 - shift);
        if (to - at < 64) word &= ((uint64_t)1 << (to - at)) - 1;
        words[(at - from) / 64] |= word;
    }
}

/* Lays the lowest bits of `bits` under the set bits of `mask`, in order. */
static uint64_t deposit(uint64_t bits, uint64_t mask)
{
    uint64_t result = 0;
    if (mask == UINT64_MAX) return bits;
    for (; mask != 0 && bits != 0; mask &= mask - 1, bits >>= 1) {
        if ((bits & 1) != 0) result |= mask & -mask;
    }
    return result;
}

/* `count` bits from bit `at` on, at most 64. */
static uint64_t bits_at(const uint64_t *bits, size_t at, unsigned count)
{
    uint64_t word = bits[at / 64] >> (at % 64);
    if (at % 64 + count > 64) word |= bits[at / 64 + 1] << (64 - at % 64);
    return count == 64 ? word : word & (((uint64_t)1 << count) - 1);
}

void qd_numeric_docs_spread(const struct qd_numeric_docs *docs, qd_doc_id from, qd_doc_id to,
                            const uint64_t *bits, uint64_t *words)
{
    size_t at = 0;
    if (docs->mode != QD_NUMERIC_DOCS_BITS || from % 64 != 0) {
        struct qd_numeric_docs_walk walk = qd_numeric_docs_walk_from(docs, from);
        for (qd_doc_id doc = qd_numeric_docs_next(&walk); doc < to; doc = qd_numeric_docs_next(&walk), at++) {
            uint64_t bit = bits[at / 64] >> (at % 64) & 1;
            words[(doc - from) / 64] |= bit << ((doc - from) % 64);
        }
        return;
    }
    for (qd_doc_id doc = from; doc < to; doc += 64) {
        uint64_t mask = word_at(docs, doc / 64);
        if (to - doc < 64) mask &= ((uint64_t)1 << (to - doc)) - 1;
        unsigned count = (unsigned)__builtin_popcountll(mask);
        if (count == 0) continue;
        words[(doc - from) / 64] |= deposit(bits_at(bits, at, count), mask);
        at += count;
    }
}

struct qd_numeric_docs_walk qd_numeric_docs_walk_from(const struct qd_numeric_docs *docs, qd_doc_id from)
{
    bool list = docs->mode == QD_NUMERIC_DOCS_LIST;
    return (struct qd_numeric_docs_walk){ docs, list ? list_rank(docs, from, 0, docs->count) : from };
}

qd_doc_id qd_numeric_docs_next(struct qd_numeric_docs_walk *walk)
{
    const struct qd_numeric_docs *docs = walk->docs;
    if (docs->mode == QD_NUMERIC_DOCS_ALL) return walk->at < docs->doc_count ? walk->at++ : QD_DOC_END;
    if (docs->mode == QD_NUMERIC_DOCS_LIST) {
        return walk->at < docs->count ? list_at(docs, walk->at++) : QD_DOC_END;
    }
    while (walk->at < docs->doc_count) {
        uint64_t word = word_at(docs, walk->at / 64) >> (walk->at % 64);
        if (word != 0) {
            qd_doc_id doc = walk->at + (uint32_t)__builtin_ctzll(word);
            walk->at = doc + 1;
            return doc;
        }
        walk->at = (walk->at / 64 + 1) * 64;
    }
    return QD_DOC_END;
}
