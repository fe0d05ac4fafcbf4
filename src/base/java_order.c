#include "base/java_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

uint32_t qd_java_string_hash(struct qd_slice text)
{
    uint32_t hash = 0;
    size_t at = 0;
    while (at < text.size) {
        uint32_t code = qd_utf8_decode(text, &at);
        if (code >= 0x10000) {
            hash = 31 * hash + (0xD800 + ((code - 0x10000) >> 10));
            hash = 31 * hash + (0xDC00 + ((code - 0x10000) & 0x3FF));
        } else {
            hash = 31 * hash + code;
        }
    }
    return hash;
}

/* The table's size after `count` insertions: it doubles when more than three quarters are taken. */
static size_t table_size(size_t count, size_t capacity)
{
    size_t size = 1;
    while (size < capacity) size *= 2;
    while (count > size * 3 / 4) size *= 2;
    return size;
}

size_t *qd_java_hash_order(struct qd_arena *arena, const uint32_t *hashes, size_t count, size_t capacity)
{
    size_t size = table_size(count, capacity);
    size_t *order = QD_NEW_ARRAY(arena, size_t, count);
    size_t *starts = QD_NEW_ARRAY(arena, size_t, size + 1);
    /* A counting sort by bucket keeps the order of insertion inside a bucket, as splitting a bucket does in
     * Java. */
    for (size_t i = 0; i < count; i++) starts[((hashes[i] ^ (hashes[i] >> 16)) & (size - 1)) + 1]++;
    for (size_t i = 0; i < size; i++) starts[i + 1] += starts[i];
    for (size_t i = 0; i < count; i++) order[starts[(hashes[i] ^ (hashes[i] >> 16)) & (size - 1)]++] = i;
    return order;
}

size_t *qd_java_map_order(struct qd_arena *arena, const struct qd_slice *keys, size_t count, size_t capacity)
{
    uint32_t *hashes = QD_NEW_ARRAY(arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) hashes[i] = qd_java_string_hash(keys[i]);
    return qd_java_hash_order(arena, hashes, count, capacity);
}

/* ---- tries ---- */

#define TRIE_BITS 6
#define TRIE_DEPTH_MAX 6

/* A key on its way down the trie. */
struct leaf {
    size_t index;                 /* of the key */
    uint8_t slots[TRIE_DEPTH_MAX]; /* where it goes at each depth */
    uint8_t depth;                /* of the node that holds it */
};

static uint8_t common_depth(const struct leaf *left, const struct leaf *right)
{
    uint8_t depth = 0;
    while (depth < TRIE_DEPTH_MAX - 1 && left->slots[depth] == right->slots[depth]) depth++;
    return depth;
}

static int compare_slots(const void *left, const void *right)
{
    const struct leaf *a = left;
    const struct leaf *b = right;
    int order = memcmp(a->slots, b->slots, sizeof(a->slots));
    if (order != 0) return order;
    return a->index < b->index ? -1 : a->index > b->index;
}

static int compare_depths(const void *left, const void *right)
{
    const struct leaf *a = left;
    const struct leaf *b = right;
    return a->depth != b->depth ? a->depth - b->depth : compare_slots(left, right);
}

size_t *qd_java_trie_order(struct qd_arena *arena, const struct qd_slice *keys, size_t count)
{
    struct leaf *leaves = QD_NEW_ARRAY(arena, struct leaf, count + 1);
    size_t *order = QD_NEW_ARRAY(arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        uint32_t hash = qd_java_string_hash(keys[i]);
        leaves[i].index = i;
        for (unsigned k = 0; k < TRIE_DEPTH_MAX; k++) {
            leaves[i].slots[k] = (uint8_t)(hash >> (TRIE_BITS * k) & ((1u << TRIE_BITS) - 1));
        }
    }
    if (count > 1) qsort(leaves, count, sizeof(*leaves), compare_slots);
    for (size_t i = 0; i + 1 < count; i++) {
        uint8_t depth = common_depth(&leaves[i], &leaves[i + 1]);
        if (depth > leaves[i].depth) leaves[i].depth = depth;
        leaves[i + 1].depth = depth;
    }
    if (count > 1) qsort(leaves, count, sizeof(*leaves), compare_depths);
    for (size_t i = 0; i < count; i++) order[i] = leaves[i].index;
    return order;
}
