#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "codec/little_endian.h"
#include "codec/numeric_array.h"
#include "codec/points_format.h"

#define STRIDE_MAX (QD_POINT_DIMENSIONS_MAX * QD_POINT_BYTES_MAX)

/* The tree while it is written. */
struct tree {
    uint8_t *values; /* values[count * stride] */
    qd_doc_id *docs; /* docs[count] */
    uint32_t count;
    size_t dimensions;
    size_t bytes;  /* per dimension */
    size_t stride; /* bytes of a point */
    struct qd_buffer boxes;
    struct qd_buffer table; /* u64 offsets of the leaves */
    struct qd_buffer leaves;
};

/* ---- one dimension: radix sort by value, then document ---- */

/* A point while it is moved. */
struct record {
    uint64_t key;   /* what is sorted by now: a part of the value, or the document */
    qd_doc_id doc;
    uint32_t index; /* its place before sorting */
};

/* Bits of the key that one pass looks at. */
#define DIGIT_BITS 11u
#define DIGITS (1u << DIGIT_BITS)

static bool in_order(const struct tree *tree)
{
    for (uint32_t i = 1; i < tree->count; i++) {
        int order =
            memcmp(tree->values + (i - 1) * tree->stride, tree->values + i * tree->stride, tree->stride);
        if (order > 0 || (order == 0 && tree->docs[i - 1] > tree->docs[i])) return false;
    }
    return true;
}

/* Moves records to their order by one digit of the key; those with the same digit stay as they are. */
static void sort_by_digit(const struct record *from, struct record *to, uint32_t count, unsigned shift)
{
    uint32_t counts[DIGITS] = { 0 };
    uint32_t sum = 0;
    for (uint32_t i = 0; i < count; i++) counts[from[i].key >> shift & (DIGITS - 1)]++;
    for (size_t i = 0; i < DIGITS; i++) {
        uint32_t before = sum;
        sum += counts[i];
        counts[i] = before;
    }
    for (uint32_t i = 0; i < count; i++) to[counts[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

/* Two arrays of records: the ones that count, and room for the next pass. */
struct records {
    struct record *now;
    struct record *room;
};

/* Sorts by key; equal keys stay in the order they had. Bits that all keys have alike are passed over. */
static void sort_by_key(struct records *records, uint32_t count)
{
    uint64_t varying = 0;
    for (uint32_t i = 1; i < count; i++) varying |= records->now[i].key ^ records->now[0].key;
    for (unsigned shift = 0; varying >> shift != 0;) {
        shift += (unsigned)__builtin_ctzll(varying >> shift);
        sort_by_digit(records->now, records->room, count, shift);
        struct record *swap = records->now;
        records->now = records->room;
        records->room = swap;
        shift += DIGIT_BITS;
        if (shift >= 64) return;
    }
}

/* Bytes of a value before its last 8. */
static size_t high_bytes(const struct tree *tree)
{
    return tree->bytes > 8 ? tree->bytes - 8 : 0;
}

/* Sorts by value: its last bytes first, then those before them. */
static void sort_by_value(const struct tree *tree, struct records *records)
{
    size_t high = high_bytes(tree);
    for (uint32_t i = 0; i < tree->count; i++) {
        struct record *record = &records->now[i];
        const uint8_t *value = tree->values + record->index * tree->stride;
        record->key = qd_points_load(value + high, tree->bytes - high);
    }
    sort_by_key(records, tree->count);
    if (high == 0) return;
    for (uint32_t i = 0; i < tree->count; i++) {
        struct record *record = &records->now[i];
        record->key = qd_points_load(tree->values + record->index * tree->stride, high);
    }
    sort_by_key(records, tree->count);
}

static bool same_value(const struct tree *tree, const struct record *left, const struct record *right)
{
    if (left->key != right->key) return false;
    if (high_bytes(tree) == 0) return true;
    return memcmp(tree->values + left->index * tree->stride, tree->values + right->index * tree->stride,
                  tree->stride) == 0;
}

/* True when the documents of each value ascend, as they do when those of each value came so. */
static bool documents_ascend(const struct tree *tree, const struct record *records)
{
    for (uint32_t i = 1; i < tree->count; i++) {
        bool back = records[i].doc < records[i - 1].doc;
        if (back && same_value(tree, &records[i - 1], &records[i])) return false;
    }
    return true;
}

static void store_records(struct qd_arena *scratch, struct tree *tree, const struct record *records)
{
    bool whole = high_bytes(tree) == 0;
    uint8_t *before = NULL;
    if (!whole) {
        before = qd_arena_alloc(scratch, tree->count * tree->stride);
        memcpy(before, tree->values, tree->count * tree->stride);
    }
    for (uint32_t i = 0; i < tree->count; i++) {
        uint8_t *value = tree->values + i * tree->stride;
        if (whole) qd_points_store(value, tree->bytes, records[i].key);
        else memcpy(value, before + records[i].index * tree->stride, tree->stride);
        tree->docs[i] = records[i].doc;
    }
}

static void radix_sort(struct qd_arena *scratch, struct tree *tree)
{
    struct records records = { qd_arena_alloc(scratch, tree->count * sizeof(struct record)),
                               qd_arena_alloc(scratch, tree->count * sizeof(struct record)) };
    for (uint32_t i = 0; i < tree->count; i++) records.now[i] = (struct record){ 0, tree->docs[i], i };
    sort_by_value(tree, &records);
    if (!documents_ascend(tree, records.now)) {
        for (uint32_t i = 0; i < tree->count; i++) records.now[i].key = records.now[i].doc;
        sort_by_key(&records, tree->count);
        sort_by_value(tree, &records);
    }
    store_records(scratch, tree, records.now);
}

/* ---- more dimensions: split at the middle of the widest ---- */

static void swap_points(struct tree *tree, uint32_t left, uint32_t right)
{
    uint8_t held[STRIDE_MAX];
    uint8_t *a = tree->values + left * tree->stride;
    uint8_t *b = tree->values + right * tree->stride;
    qd_doc_id doc = tree->docs[left];
    if (left == right) return;
    memcpy(held, a, tree->stride);
    memcpy(a, b, tree->stride);
    memcpy(b, held, tree->stride);
    tree->docs[left] = tree->docs[right];
    tree->docs[right] = doc;
}

static int compare_at(const struct tree *tree, uint32_t i, const uint8_t *pivot, size_t dimension)
{
    return memcmp(tree->values + i * tree->stride + dimension * tree->bytes, pivot, tree->bytes);
}

/* Moves points [from, to) so that none before `middle` is greater in `dimension` than any from it on. */
static void select_middle(struct tree *tree, uint32_t from, uint32_t to, uint32_t middle, size_t dimension)
{
    uint64_t random = 0x9e3779b97f4a7c15u;
    while (to - from > 1) {
        uint8_t pivot[QD_POINT_BYTES_MAX];
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint32_t chosen = from + (uint32_t)((random >> 32) * (to - from) >> 32);
        memcpy(pivot, tree->values + chosen * tree->stride + dimension * tree->bytes, tree->bytes);
        uint32_t less = from;
        uint32_t greater = to;
        for (uint32_t i = from; i < greater;) {
            int order = compare_at(tree, i, pivot, dimension);
            if (order < 0) swap_points(tree, less++, i++);
            else if (order > 0) swap_points(tree, i, --greater);
            else i++;
        }
        if (middle < less) to = less;
        else if (middle >= greater) from = greater;
        else return;
    }
}

struct doc_place {
    qd_doc_id doc;
    uint32_t place;
};

static int compare_places(const void *left, const void *right)
{
    const struct doc_place *a = left;
    const struct doc_place *b = right;
    if (a->doc != b->doc) return a->doc < b->doc ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

/* A leaf of more dimensions has no order of values to keep: by document it takes fewer bytes. */
static void sort_leaf(struct tree *tree, uint32_t from, uint32_t count)
{
    struct doc_place places[QD_POINTS_LEAF];
    uint8_t values[QD_POINTS_LEAF * STRIDE_MAX];
    memcpy(values, tree->values + from * tree->stride, count * tree->stride);
    for (uint32_t i = 0; i < count; i++) places[i] = (struct doc_place){ tree->docs[from + i], i };
    qsort(places, count, sizeof(*places), compare_places);
    for (uint32_t i = 0; i < count; i++) {
        tree->docs[from + i] = places[i].doc;
        memcpy(tree->values + (from + i) * tree->stride, values + places[i].place * tree->stride,
               tree->stride);
    }
}

/* ---- leaves ---- */

static void write_packed_docs(struct qd_buffer *out, const qd_doc_id *docs, uint32_t count, qd_doc_id min,
                              unsigned width)
{
    uint64_t distances[QD_POINTS_LEAF];
    for (uint32_t i = 0; i < count; i++) distances[i] = docs[i] - min;
    qd_buffer_u32(out, min);
    qd_numeric_pack(out, distances, count, width);
}

static void write_bits(struct qd_buffer *out, const qd_doc_id *docs, uint32_t count)
{
    qd_doc_id base = docs[0] / 64 * 64;
    uint32_t words = (docs[count - 1] - base) / 64 + 1;
    uint32_t at = 0;
    qd_buffer_u32(out, base);
    qd_buffer_u32(out, words);
    for (uint32_t i = 0; i < words; i++) {
        uint64_t word = 0;
        for (; at < count && (docs[at] - base) / 64 == i; at++) word |= (uint64_t)1 << (docs[at] % 64);
        qd_buffer_u64(out, word);
    }
}

/* Writes mode and width at `place` and the documents at the end. */
static void write_docs(struct qd_buffer *out, size_t place, const qd_doc_id *docs, uint32_t count)
{
    qd_doc_id min = docs[0];
    qd_doc_id max = docs[0];
    bool ascending = true;
    for (uint32_t i = 1; i < count; i++) {
        if (docs[i] < min) min = docs[i];
        if (docs[i] > max) max = docs[i];
        ascending = ascending && docs[i] > docs[i - 1];
    }
    unsigned width = qd_numeric_width(max - min);
    enum qd_points_docs mode = QD_POINTS_DOCS_PACKED;
    if (ascending && max - min == count - 1) mode = QD_POINTS_DOCS_RUN;
    else if (ascending && (max - min) / 8 + 16 < (uint64_t)count * width / 8) mode = QD_POINTS_DOCS_BITS;
    out->data[place] = (char)mode;
    out->data[place + 1] = (char)width;
    if (mode == QD_POINTS_DOCS_RUN) qd_buffer_u32(out, min);
    else if (mode == QD_POINTS_DOCS_BITS) write_bits(out, docs, count);
    else write_packed_docs(out, docs, count, min, width);
}

/* Writes one dimension of a leaf: packed distances from the smallest, or what follows the common prefix.
 * Returns the width in bits, or the bytes of a suffix. */
static uint8_t write_dimension(struct tree *tree, const uint8_t *values, uint32_t count, const uint8_t *box)
{
    const uint8_t *min = box;
    const uint8_t *max = box + tree->stride;
    if (tree->bytes <= 8) {
        uint64_t distances[QD_POINTS_LEAF];
        uint64_t base = qd_points_load(min, tree->bytes);
        unsigned width = qd_numeric_width(qd_points_load(max, tree->bytes) - base);
        for (uint32_t i = 0; i < count; i++) {
            distances[i] = qd_points_load(values + i * tree->stride, tree->bytes) - base;
        }
        qd_numeric_pack(&tree->leaves, distances, count, width);
        return (uint8_t)width;
    }
    size_t prefix = 0;
    while (prefix < tree->bytes && min[prefix] == max[prefix]) prefix++;
    for (uint32_t i = 0; i < count; i++) {
        qd_buffer_append(&tree->leaves, values + i * tree->stride + prefix, tree->bytes - prefix);
    }
    return (uint8_t)(tree->bytes - prefix);
}

static void write_leaf(struct tree *tree, uint32_t from, uint32_t count, const uint8_t *box)
{
    static const uint8_t zeros[2 + QD_POINT_DIMENSIONS_MAX];
    size_t place = tree->leaves.size;
    if (tree->dimensions > 1) sort_leaf(tree, from, count);
    qd_buffer_u64(&tree->table, place);
    qd_buffer_append(&tree->leaves, zeros, 2 + tree->dimensions);
    write_docs(&tree->leaves, place, tree->docs + from, count);
    for (size_t i = 0; i < tree->dimensions; i++) {
        const uint8_t *values = tree->values + from * tree->stride + i * tree->bytes;
        uint8_t width = write_dimension(tree, values, count, box + i * tree->bytes);
        tree->leaves.data[place + 2 + i] = (char)width;
    }
}

/* ---- nodes ---- */

/* The box of points [from, to): min, then max. */
static void find_box(const struct tree *tree, uint32_t from, uint32_t to, uint8_t *box)
{
    uint8_t *max = box + tree->stride;
    memcpy(box, tree->values + from * tree->stride, tree->stride);
    memcpy(max, tree->values + (tree->dimensions == 1 ? to - 1 : from) * tree->stride, tree->stride);
    if (tree->dimensions == 1) return;
    for (uint32_t i = from + 1; i < to; i++) {
        for (size_t at = 0; at < tree->stride; at += tree->bytes) {
            const uint8_t *value = tree->values + i * tree->stride + at;
            if (memcmp(value, box + at, tree->bytes) < 0) memcpy(box + at, value, tree->bytes);
            if (memcmp(value, max + at, tree->bytes) > 0) memcpy(max + at, value, tree->bytes);
        }
    }
}

/* The dimension in which the box is widest. */
static size_t widest(const struct tree *tree, const uint8_t *box)
{
    uint8_t best[QD_POINT_BYTES_MAX] = { 0 };
    size_t chosen = 0;
    for (size_t dimension = 0; dimension < tree->dimensions; dimension++) {
        uint8_t distance[QD_POINT_BYTES_MAX];
        const uint8_t *min = box + dimension * tree->bytes;
        const uint8_t *max = min + tree->stride;
        int borrow = 0;
        for (size_t i = tree->bytes; i-- > 0;) {
            int difference = (int)max[i] - (int)min[i] - borrow;
            borrow = difference < 0;
            distance[i] = (uint8_t)(difference + borrow * 256);
        }
        if (memcmp(distance, best, tree->bytes) <= 0) continue;
        memcpy(best, distance, tree->bytes);
        chosen = dimension;
    }
    return chosen;
}

/* Writes the node over leaves [first, last) and all below it. The depth is the logarithm of the number of
 * leaves. */
static void write_node(struct tree *tree, uint32_t first, uint32_t last)
{
    uint8_t box[2 * STRIDE_MAX];
    uint32_t from = first * QD_POINTS_LEAF;
    uint32_t to = tree->count - from <= (last - first) * QD_POINTS_LEAF ? tree->count : last * QD_POINTS_LEAF;
    find_box(tree, from, to, box);
    qd_buffer_append(&tree->boxes, box, 2 * tree->stride);
    if (last - first == 1) {
        write_leaf(tree, from, to - from, box);
        return;
    }
    uint32_t middle = first + (last - first) / 2;
    if (tree->dimensions > 1) select_middle(tree, from, to, middle * QD_POINTS_LEAF, widest(tree, box));
    write_node(tree, first, middle);
    write_node(tree, middle, last);
}

static uint32_t count_docs(struct qd_arena *scratch, const struct qd_points_input *input)
{
    qd_doc_id max = 0;
    for (uint32_t i = 0; i < input->count; i++) {
        if (input->docs[i] > max) max = input->docs[i];
    }
    uint64_t *words = QD_NEW_ARRAY(scratch, uint64_t, (size_t)max / 64 + 1);
    for (uint32_t i = 0; i < input->count; i++)
        words[input->docs[i] / 64] |= (uint64_t)1 << (input->docs[i] % 64);
    uint32_t count = 0;
    for (size_t i = 0; i <= max / 64; i++) count += (uint32_t)__builtin_popcountll(words[i]);
    return count;
}

void qd_points_write(struct qd_arena *scratch, struct qd_sections_writer *sections, uint32_t field,
                     struct qd_points_input *input)
{
    qd_assert(input->dimensions >= 1 && input->dimensions <= QD_POINT_DIMENSIONS_MAX);
    qd_assert(input->bytes >= 1 && input->bytes <= QD_POINT_BYTES_MAX);
    qd_assert(input->count <= UINT32_MAX - QD_POINTS_LEAF);
    struct tree tree = { .values = input->values,
                         .docs = input->docs,
                         .count = input->count,
                         .dimensions = input->dimensions,
                         .bytes = input->bytes,
                         .stride = (size_t)input->dimensions * input->bytes };
    uint32_t leaves = (input->count + QD_POINTS_LEAF - 1) / QD_POINTS_LEAF;
    if (tree.dimensions == 1 && !in_order(&tree)) radix_sort(scratch, &tree);
    if (leaves > 0) write_node(&tree, 0, leaves);
    qd_buffer_u64(&tree.table, tree.leaves.size);
    qd_buffer_u64(&tree.leaves, 0);
    uint8_t header[QD_POINTS_HEADER] = { 0 };
    qd_store_u32(header, QD_POINTS_VERSION);
    header[4] = input->dimensions;
    header[5] = input->bytes;
    qd_store_u32(header + 8, input->count);
    qd_store_u32(header + 12, input->count == 0 ? 0 : count_docs(scratch, input));
    qd_store_u32(header + 16, leaves);
    qd_store_u64(header + 24, QD_POINTS_HEADER + tree.boxes.size);
    qd_store_u64(header + 32, QD_POINTS_HEADER + tree.boxes.size + tree.table.size);
    qd_sections_begin(sections, QD_SECTION_POINTS, field);
    qd_sections_append(sections, header, sizeof(header));
    qd_sections_append(sections, tree.boxes.data, tree.boxes.size);
    qd_sections_append(sections, tree.table.data, tree.table.size);
    qd_sections_append(sections, tree.leaves.data, tree.leaves.size);
    qd_sections_end(sections);
    qd_buffer_deinit(&tree.boxes);
    qd_buffer_deinit(&tree.table);
    qd_buffer_deinit(&tree.leaves);
}
