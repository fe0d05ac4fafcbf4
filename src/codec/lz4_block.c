#include "codec/lz4_block.h"

#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "codec/little_endian.h"

/* The format's rules: a match has 4 bytes or more, none begins in the last 12 bytes, and the last 5 are
 * literals. */
#define MATCH_MIN ((size_t)4)
#define MATCH_START_END ((size_t)12)
#define LITERALS_END ((size_t)5)
/* A length of 15 in a token goes on behind it. */
#define TOKEN_MAX ((size_t)15)
/* Bytes that are hashed. */
#define HASHED 7u
/* After so many misses in a row (as a shift) steps get longer by one. */
#define MISSES_SHIFT 6u
#define WIDE ((size_t)16)

/* A block that is being packed. */
struct packer {
    const uint8_t *start;  /* of the block */
    const uint8_t *end;    /* behind it */
    const uint8_t *anchor; /* what is not written yet begins here */
    uint8_t *to;           /* where the next byte goes */
    uint16_t *places;      /* of the table */
};

size_t qd_lz4_block_bound(size_t size)
{
    return size + size / 255 + 2 * WIDE;
}

static inline uint32_t hash_at(const uint8_t *at)
{
    uint64_t bytes = qd_load_u64(at) << (64 - 8 * HASHED);
    return (uint32_t)(bytes * 0x9e3779b185ebca87u >> (64 - QD_LZ4_TABLE_BITS));
}

/* The place with the same next bytes that was seen last, or NULL; `at` is the last now. */
static inline const uint8_t *probe(struct packer *packer, const uint8_t *at)
{
    uint32_t hash = hash_at(at);
    const uint8_t *seen = packer->start + packer->places[hash];
    packer->places[hash] = (uint16_t)(at - packer->start);
    return qd_load_u32(seen) == qd_load_u32(at) ? seen : NULL;
}

/* The next match from *at on, which moves to where it begins; NULL: none. */
static inline const uint8_t *find(struct packer *packer, const uint8_t **at)
{
    const uint8_t *limit = packer->end - MATCH_START_END;
    uint32_t misses = 1u << MISSES_SHIFT;
    for (const uint8_t *next = *at; next < limit; next += misses++ >> MISSES_SHIFT) {
        const uint8_t *match = probe(packer, next);
        *at = next;
        if (match != NULL) return match;
    }
    return NULL;
}

/* How many bytes are the same from `left` and `right` on; left < end, which is not passed. */
static inline size_t count_same(const uint8_t *left, const uint8_t *right, const uint8_t *end)
{
    const uint8_t *first = left;
    for (; end - left >= 8; left += 8, right += 8) {
        uint64_t different = qd_load_u64(left) ^ qd_load_u64(right);
        if (different != 0) return (size_t)(left - first) + (size_t)__builtin_ctzll(different) / 8;
    }
    while (left < end && *left == *right) {
        left++;
        right++;
    }
    return (size_t)(left - first);
}

/* What of a length a token does not hold. */
static inline uint8_t *put_rest(uint8_t *to, size_t rest)
{
    for (; rest >= 255; rest -= 255) *to++ = 255;
    *to++ = (uint8_t)rest;
    return to;
}

/* Writes a token with the literals from the anchor to `at`. */
static inline uint8_t *put_literals(struct packer *packer, const uint8_t *at)
{
    size_t count = (size_t)(at - packer->anchor);
    uint8_t *token = packer->to++;
    *token = (uint8_t)((count < TOKEN_MAX ? count : TOKEN_MAX) << 4);
    if (count >= TOKEN_MAX) packer->to = put_rest(packer->to, count - TOKEN_MAX);
    if (count <= WIDE && (size_t)(packer->end - packer->anchor) >= WIDE) {
        memcpy(packer->to, packer->anchor, WIDE);
    } else {
        memcpy(packer->to, packer->anchor, count);
    }
    packer->to += count;
    packer->anchor = at;
    return token;
}

/* Writes the match at `at` with the literals before it; returns where it ends. */
static inline const uint8_t *put_match(struct packer *packer, const uint8_t *at, const uint8_t *match)
{
    uint8_t *token = put_literals(packer, at);
    uint16_t offset = (uint16_t)(at - match);
    size_t more = count_same(at + MATCH_MIN, match + MATCH_MIN, packer->end - LITERALS_END);
    memcpy(packer->to, &offset, sizeof(offset));
    packer->to += sizeof(offset);
    *token = (uint8_t)(*token | (more < TOKEN_MAX ? more : TOKEN_MAX));
    if (more >= TOKEN_MAX) packer->to = put_rest(packer->to, more - TOKEN_MAX);
    return packer->anchor = at + MATCH_MIN + more;
}

static void put_matches(struct packer *packer)
{
    const uint8_t *limit = packer->end - MATCH_START_END;
    const uint8_t *at = packer->start + 1;
    const uint8_t *match = find(packer, &at);
    while (match != NULL) {
        while (at > packer->anchor && match > packer->start && at[-1] == match[-1]) {
            at--;
            match--;
        }
        at = put_match(packer, at, match);
        if (at >= limit) return;
        packer->places[hash_at(at - 2)] = (uint16_t)(at - 2 - packer->start);
        match = probe(packer, at);
        if (match != NULL) continue;
        at++;
        match = find(packer, &at);
    }
}

size_t qd_lz4_block_pack(const void *from, size_t size, void *to, struct qd_lz4_table *table)
{
    const uint8_t *start = from;
    struct packer packer = { start, start + size, start, to, table->places };
    qd_assert(size <= QD_LZ4_BLOCK_MAX);
    memset(table, 0, sizeof(*table));
    if (size > MATCH_START_END) put_matches(&packer);
    if (size > 0) (void)put_literals(&packer, packer.end);
    else *packer.to++ = 0;
    return (size_t)(packer.to - (uint8_t *)to);
}
