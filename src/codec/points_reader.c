#include <string.h>

#include "base/assert.h"
#include "codec/little_endian.h"
#include "codec/numeric_kernels.h"
#include "codec/points_format.h"

#define STRIDE_MAX (QD_POINT_DIMENSIONS_MAX * QD_POINT_BYTES_MAX)
#define LEAF_WORDS (QD_POINTS_LEAF / 64)

struct qd_points {
    uint32_t count; /* points */
    uint32_t leaf_count;
    uint32_t present;   /* documents with a point */
    uint32_t doc_count; /* documents of the segment */
    size_t dimensions;
    size_t bytes;
    size_t stride;
    const uint8_t *boxes; /* boxes of the nodes in preorder, min and max each; one of zeros without points */
    const uint8_t *table; /* u64 offsets of the leaves, and of their end */
    struct qd_slice leaves;
    const struct qd_numeric_kernels *kernels;
};

/* ---- opening ---- */

static bool read_header(struct qd_points *points, struct qd_slice bytes)
{
    const uint8_t *header = (const uint8_t *)bytes.data;
    uint64_t table_at = qd_load_u64(header + 24);
    uint64_t leaves_at = qd_load_u64(header + 32);
    points->count = qd_load_u32(header + 8);
    points->present = qd_load_u32(header + 12);
    points->leaf_count = qd_load_u32(header + 16);
    if (qd_load_u32(header) != QD_POINTS_VERSION) return false;
    if (header[4] != points->dimensions || header[5] != points->bytes) return false;
    if (points->count > UINT32_MAX - QD_POINTS_LEAF) return false;
    if (points->leaf_count != (points->count + QD_POINTS_LEAF - 1) / QD_POINTS_LEAF) return false;
    if (points->present > points->doc_count || points->present > points->count) return false;
    uint64_t nodes = points->leaf_count == 0 ? 0 : 2 * (uint64_t)points->leaf_count - 1;
    if (table_at != QD_POINTS_HEADER + nodes * 2 * points->stride) return false;
    if (leaves_at != table_at + ((uint64_t)points->leaf_count + 1) * 8) return false;
    if (leaves_at > bytes.size || bytes.size - leaves_at < QD_POINTS_PADDING) return false;
    points->boxes = header + QD_POINTS_HEADER;
    points->table = header + table_at;
    points->leaves = qd_slice_from(bytes, (size_t)leaves_at);
    return true;
}

static bool table_is_valid(const struct qd_points *points)
{
    uint64_t before = 0;
    for (uint32_t i = 0; i <= points->leaf_count; i++) {
        uint64_t offset = qd_load_u64(points->table + (size_t)i * 8);
        if (offset < before) return false;
        before = offset;
    }
    return before == points->leaves.size - QD_POINTS_PADDING;
}

enum qd_status qd_points_open(struct qd_arena *arena, const struct qd_sections *sections,
                              const struct qd_segment_field *field, uint32_t doc_count,
                              struct qd_points **points, struct qd_error *error)
{
    struct qd_slice bytes;
    QD_TRY(qd_sections_find(sections, QD_SECTION_POINTS, field->number, &bytes, error));
    struct qd_points *opened = QD_NEW(arena, struct qd_points);
    opened->doc_count = doc_count;
    opened->dimensions = field->point_dimensions;
    opened->bytes = field->point_bytes;
    opened->stride = opened->dimensions * opened->bytes;
    opened->kernels = qd_numeric_kernels_best();
    if (bytes.size < QD_POINTS_HEADER || !read_header(opened, bytes) || !table_is_valid(opened)) {
        return qd_corrupt(error, qd_sections_name(sections), 0, "points");
    }
    if (opened->leaf_count == 0) opened->boxes = qd_arena_zalloc(arena, 2 * opened->stride);
    *points = opened;
    return QD_OK;
}

uint64_t qd_points_count(const struct qd_points *points)
{
    return points->count;
}

uint32_t qd_points_doc_count(const struct qd_points *points)
{
    return points->present;
}

const uint8_t *qd_points_min(const struct qd_points *points)
{
    return points->boxes;
}

const uint8_t *qd_points_max(const struct qd_points *points)
{
    return points->boxes + points->stride;
}

/* ---- nodes ---- */

/* A node of the tree: its box and the leaves [first, last) below it. */
struct node {
    uint64_t index; /* in preorder */
    uint32_t first;
    uint32_t last;
};

static struct node root(const struct qd_points *points)
{
    return (struct node){ 0, 0, points->leaf_count };
}

static bool is_leaf(const struct node *node)
{
    return node->last - node->first == 1;
}

static struct node left_child(const struct node *node)
{
    return (struct node){ node->index + 1, node->first, node->first + (node->last - node->first) / 2 };
}

static struct node right_child(const struct node *node)
{
    uint32_t middle = node->first + (node->last - node->first) / 2;
    return (struct node){ node->index + 2 * (uint64_t)(middle - node->first), middle, node->last };
}

static const uint8_t *box_of(const struct qd_points *points, const struct node *node)
{
    return points->boxes + node->index * 2 * points->stride;
}

static uint32_t points_of(const struct qd_points *points, const struct node *node)
{
    uint32_t from = node->first * QD_POINTS_LEAF;
    uint32_t room = (node->last - node->first) * QD_POINTS_LEAF;
    return points->count - from < room ? points->count - from : room;
}

static enum qd_points_relation relate_box(const struct qd_points *points, const uint8_t *box,
                                          const uint8_t *lower, const uint8_t *upper)
{
    const uint8_t *max = box + points->stride;
    bool inside = true;
    for (size_t at = 0; at < points->stride; at += points->bytes) {
        if (memcmp(max + at, lower + at, points->bytes) < 0) return QD_POINTS_OUTSIDE;
        if (memcmp(box + at, upper + at, points->bytes) > 0) return QD_POINTS_OUTSIDE;
        inside = inside && memcmp(box + at, lower + at, points->bytes) >= 0 &&
                 memcmp(max + at, upper + at, points->bytes) <= 0;
    }
    return inside ? QD_POINTS_INSIDE : QD_POINTS_CROSSES;
}

/* ---- leaves ---- */

/* An undecoded leaf. */
struct leaf {
    const uint8_t *widths; /* mode and width of the documents, then one per dimension */
    const uint8_t *docs;
    const uint8_t *values;
    const uint8_t *end; /* of the leaf's bytes */
    uint32_t count;
    const uint8_t *box;
};

static uint64_t packed_size(uint32_t count, unsigned width)
{
    return ((uint64_t)count * width + 7) / 8;
}

static bool width_is_valid(unsigned width)
{
    return width <= 57 || width == 64;
}

/* Bytes of the documents of a leaf; 0 when they are not valid. */
static size_t docs_size(const struct leaf *leaf)
{
    size_t left = (size_t)(leaf->end - leaf->docs);
    if (leaf->widths[0] == QD_POINTS_DOCS_RUN) return 4;
    if (leaf->widths[0] == QD_POINTS_DOCS_PACKED) {
        return width_is_valid(leaf->widths[1]) ? 4 + (size_t)packed_size(leaf->count, leaf->widths[1]) : 0;
    }
    if (leaf->widths[0] != QD_POINTS_DOCS_BITS || left < 8) return 0;
    uint64_t size = 8 + (uint64_t)qd_load_u32(leaf->docs + 4) * 8;
    return size <= left ? (size_t)size : 0;
}

static bool open_leaf(const struct qd_points *points, const struct node *node, struct leaf *leaf)
{
    const uint8_t *start = (const uint8_t *)points->leaves.data;
    *leaf = (struct leaf){ .widths = start + qd_load_u64(points->table + (size_t)node->first * 8),
                           .end = start + qd_load_u64(points->table + (size_t)node->first * 8 + 8),
                           .count = points_of(points, node),
                           .box = box_of(points, node) };
    size_t head = 2 + points->dimensions;
    if ((size_t)(leaf->end - leaf->widths) < head) return false;
    leaf->docs = leaf->widths + head;
    size_t size = docs_size(leaf);
    if (size == 0 || size > (size_t)(leaf->end - leaf->docs)) return false;
    leaf->values = leaf->docs + size;
    uint64_t needed = 0;
    for (size_t i = 0; i < points->dimensions; i++) {
        unsigned width = leaf->widths[2 + i];
        if (points->bytes <= 8 ? !width_is_valid(width) : width > points->bytes) return false;
        needed += points->bytes <= 8 ? packed_size(leaf->count, width) : (uint64_t)leaf->count * width;
    }
    return needed <= (uint64_t)(leaf->end - leaf->values);
}

static bool read_bits(const struct leaf *leaf, qd_doc_id *docs)
{
    uint64_t base = qd_load_u32(leaf->docs);
    uint32_t words = qd_load_u32(leaf->docs + 4);
    uint32_t found = 0;
    for (uint32_t i = 0; i < words; i++) {
        for (uint64_t word = qd_load_u64(leaf->docs + 8 + (size_t)i * 8); word != 0; word &= word - 1) {
            uint64_t doc = base + (uint64_t)i * 64 + (uint64_t)__builtin_ctzll(word);
            if (found == leaf->count || doc > UINT32_MAX) return false;
            docs[found++] = (qd_doc_id)doc;
        }
    }
    return found == leaf->count;
}

/* The documents of a leaf to docs[leaf->count]; false when one of them does not exist. */
static bool read_docs(const struct qd_points *points, const struct leaf *leaf, qd_doc_id *docs)
{
    uint64_t distances[QD_POINTS_LEAF];
    uint32_t base = qd_load_u32(leaf->docs);
    unsigned width = leaf->widths[1];
    if (leaf->widths[0] == QD_POINTS_DOCS_BITS) {
        if (!read_bits(leaf, docs)) return false;
    } else if (leaf->widths[0] == QD_POINTS_DOCS_RUN || width == 0) {
        uint32_t step = leaf->widths[0] == QD_POINTS_DOCS_RUN;
        if ((uint64_t)base + leaf->count > points->doc_count && step != 0) return false;
        for (uint32_t i = 0; i < leaf->count; i++) docs[i] = base + i * step;
    } else {
        points->kernels->unpack(leaf->docs + 4, width, 0, leaf->count, distances);
        for (uint32_t i = 0; i < leaf->count; i++) {
            if (distances[i] >= points->doc_count) return false;
            docs[i] = base + (uint32_t)distances[i];
        }
    }
    bool good = base < points->doc_count;
    for (uint32_t i = 0; i < leaf->count; i++) good = good && docs[i] < points->doc_count;
    return good;
}

/* ANDs into bits[LEAF_WORDS] which points of the leaf lie in the bounds of a dimension of up to 8 bytes. */
static void match_numbers(const struct qd_points *points, const struct leaf *leaf, size_t dimension,
                          const uint8_t *values, const uint8_t *bounds[2], uint64_t *bits)
{
    uint64_t numbers[QD_POINTS_LEAF];
    uint64_t words[LEAF_WORDS] = { 0 };
    unsigned width = leaf->widths[2 + dimension];
    uint64_t base = qd_points_load(leaf->box + dimension * points->bytes, points->bytes);
    uint64_t lower = qd_points_load(bounds[0] + dimension * points->bytes, points->bytes);
    uint64_t upper = qd_points_load(bounds[1] + dimension * points->bytes, points->bytes);
    if (upper >= base && upper >= lower) {
        uint64_t low = lower > base ? lower - base : 0;
        if (width == 0) memset(numbers, 0, sizeof(numbers));
        else points->kernels->unpack(values, width, 0, leaf->count, numbers);
        points->kernels->match(numbers, leaf->count, low, upper - base, words);
    }
    for (size_t i = 0; i < LEAF_WORDS; i++) bits[i] &= words[i];
}

/* Builds one dimension of point i, of more than 8 bytes, from prefix and suffix. */
static void build_long(const struct qd_points *points, const struct leaf *leaf, size_t dimension,
                       const uint8_t *values, uint32_t i, uint8_t *value)
{
    size_t suffix = leaf->widths[2 + dimension];
    memcpy(value, leaf->box + dimension * points->bytes, points->bytes - suffix);
    memcpy(value + points->bytes - suffix, values + i * suffix, suffix);
}

static void match_long(const struct qd_points *points, const struct leaf *leaf, size_t dimension,
                       const uint8_t *values, const uint8_t *bounds[2], uint64_t *bits)
{
    for (uint32_t i = 0; i < leaf->count; i++) {
        uint8_t value[QD_POINT_BYTES_MAX];
        build_long(points, leaf, dimension, values, i, value);
        if (memcmp(value, bounds[0] + dimension * points->bytes, points->bytes) < 0 ||
            memcmp(value, bounds[1] + dimension * points->bytes, points->bytes) > 0) {
            bits[i / 64] &= ~((uint64_t)1 << (i % 64));
        }
    }
}

static size_t dimension_size(const struct qd_points *points, const struct leaf *leaf, size_t dimension)
{
    unsigned width = leaf->widths[2 + dimension];
    return points->bytes <= 8 ? (size_t)packed_size(leaf->count, width) : (size_t)leaf->count * width;
}

/* bits[LEAF_WORDS]: which points of the leaf lie in the box. Returns how many. */
static uint32_t match_leaf(const struct qd_points *points, const struct leaf *leaf, const uint8_t *lower,
                           const uint8_t *upper, uint64_t *bits)
{
    const uint8_t *bounds[2] = { lower, upper };
    const uint8_t *values = leaf->values;
    memset(bits, 255, LEAF_WORDS * sizeof(*bits));
    for (size_t i = 0; i < points->dimensions; i++) {
        if (points->bytes <= 8) match_numbers(points, leaf, i, values, bounds, bits);
        else match_long(points, leaf, i, values, bounds, bits);
        values += dimension_size(points, leaf, i);
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < LEAF_WORDS; i++) {
        if (leaf->count <= i * 64) bits[i] = 0;
        else if (leaf->count - i * 64 < 64) bits[i] &= ((uint64_t)1 << (leaf->count - i * 64)) - 1;
        count += (uint32_t)__builtin_popcountll(bits[i]);
    }
    return count;
}

/* All values of a leaf to values[leaf->count * stride]. */
static void read_values(const struct qd_points *points, const struct leaf *leaf, uint8_t *values)
{
    const uint8_t *at = leaf->values;
    for (size_t dimension = 0; dimension < points->dimensions; dimension++) {
        uint8_t *to = values + dimension * points->bytes;
        unsigned width = leaf->widths[2 + dimension];
        uint64_t base =
            qd_points_load(leaf->box + dimension * points->bytes, points->bytes <= 8 ? points->bytes : 0);
        for (uint32_t i = 0; i < leaf->count; i++, to += points->stride) {
            if (points->bytes > 8) {
                build_long(points, leaf, dimension, at, i, to);
            } else {
                uint64_t distance = width == 0 ? 0 : qd_numeric_unpack_one(at, width, i);
                qd_points_store(to, points->bytes, base + distance);
            }
        }
        at += dimension_size(points, leaf, dimension);
    }
}

/* ---- box queries ---- */

static void set_bit(uint64_t *words, qd_doc_id doc)
{
    words[doc / 64] |= (uint64_t)1 << (doc % 64);
}

static void set_run(uint64_t *words, qd_doc_id from, qd_doc_id to)
{
    for (; from < to && from % 64 != 0; from++) set_bit(words, from);
    for (; to - from >= 64; from += 64) words[from / 64] = UINT64_MAX;
    for (; from < to; from++) set_bit(words, from);
}

/* Sets the bits of all documents of a leaf; returns its points. */
static uint64_t add_leaf(const struct qd_points *points, const struct node *node, uint64_t *words)
{
    struct leaf leaf;
    qd_doc_id docs[QD_POINTS_LEAF];
    if (!open_leaf(points, node, &leaf)) return 0;
    uint64_t base = qd_load_u32(leaf.docs);
    if (leaf.widths[0] == QD_POINTS_DOCS_RUN && base + leaf.count <= points->doc_count) {
        set_run(words, (qd_doc_id)base, (qd_doc_id)base + leaf.count);
        return leaf.count;
    }
    if (leaf.widths[0] == QD_POINTS_DOCS_BITS && base % 64 == 0) {
        uint32_t count = qd_load_u32(leaf.docs + 4);
        /* Only whole words that lie before the last document: the rest goes the careful way below. */
        if (base + (uint64_t)count * 64 <= points->doc_count) {
            for (uint32_t i = 0; i < count; i++)
                words[base / 64 + i] |= qd_load_u64(leaf.docs + 8 + (size_t)i * 8);
            return leaf.count;
        }
    }
    if (!read_docs(points, &leaf, docs)) return 0;
    for (uint32_t i = 0; i < leaf.count; i++) set_bit(words, docs[i]);
    return leaf.count;
}

static uint64_t add_all(const struct qd_points *points, const struct node *node, uint64_t *words)
{
    if (is_leaf(node)) return add_leaf(points, node, words);
    struct node left = left_child(node);
    struct node right = right_child(node);
    return add_all(points, &left, words) + add_all(points, &right, words);
}

/* A box query on its way down; words is NULL when only the count is wanted. */
struct box_query {
    const struct qd_points *points;
    const uint8_t *lower;
    const uint8_t *upper;
    uint64_t *words;
};

static uint64_t match_crossed(const struct box_query *query, const struct node *node)
{
    struct leaf leaf;
    uint64_t bits[LEAF_WORDS];
    qd_doc_id docs[QD_POINTS_LEAF];
    if (!open_leaf(query->points, node, &leaf)) return 0;
    uint32_t count = match_leaf(query->points, &leaf, query->lower, query->upper, bits);
    if (count == 0 || query->words == NULL) return count;
    if (!read_docs(query->points, &leaf, docs)) return 0;
    for (size_t i = 0; i < LEAF_WORDS; i++) {
        for (uint64_t word = bits[i]; word != 0; word &= word - 1) {
            set_bit(query->words, docs[i * 64 + (size_t)__builtin_ctzll(word)]);
        }
    }
    return count;
}

static uint64_t match_node(const struct box_query *query, const struct node *node)
{
    const struct qd_points *points = query->points;
    enum qd_points_relation relation = relate_box(points, box_of(points, node), query->lower, query->upper);
    if (relation == QD_POINTS_OUTSIDE) return 0;
    if (relation == QD_POINTS_INSIDE) {
        return query->words == NULL ? points_of(points, node) : add_all(points, node, query->words);
    }
    if (is_leaf(node)) return match_crossed(query, node);
    struct node left = left_child(node);
    struct node right = right_child(node);
    return match_node(query, &left) + match_node(query, &right);
}

uint64_t qd_points_range(const struct qd_points *points, const uint8_t *lower, const uint8_t *upper,
                         uint64_t *words)
{
    struct box_query query = { points, lower, upper, words };
    struct node node = root(points);
    return points->leaf_count == 0 ? 0 : match_node(&query, &node);
}

uint64_t qd_points_count_range(const struct qd_points *points, const uint8_t *lower, const uint8_t *upper)
{
    qd_assert(points->dimensions == 1);
    return qd_points_range(points, lower, upper, NULL);
}

static uint64_t estimate_node(const struct box_query *query, const struct node *node)
{
    const struct qd_points *points = query->points;
    enum qd_points_relation relation = relate_box(points, box_of(points, node), query->lower, query->upper);
    if (relation == QD_POINTS_OUTSIDE) return 0;
    if (relation == QD_POINTS_INSIDE) return points_of(points, node);
    if (is_leaf(node)) return (points_of(points, node) + 1) / 2;
    struct node left = left_child(node);
    struct node right = right_child(node);
    return estimate_node(query, &left) + estimate_node(query, &right);
}

uint64_t qd_points_estimate(const struct qd_points *points, const uint8_t *lower, const uint8_t *upper)
{
    struct box_query query = { points, lower, upper, NULL };
    struct node node = root(points);
    return points->leaf_count == 0 ? 0 : estimate_node(&query, &node);
}

/* ---- in order ---- */

static bool is_before(const struct qd_points *points, const uint8_t *value, const uint8_t *bound)
{
    return bound != NULL && memcmp(value, bound, points->bytes) < 0;
}

static bool is_after(const struct qd_points *points, const uint8_t *value, const uint8_t *bound)
{
    return bound != NULL && memcmp(value, bound, points->bytes) > 0;
}

static bool walk_leaf(const struct qd_points *points, const struct qd_points_walk *walk,
                      const struct node *node)
{
    struct leaf leaf;
    qd_doc_id docs[QD_POINTS_LEAF];
    uint8_t values[QD_POINTS_LEAF * QD_POINT_BYTES_MAX];
    if (!open_leaf(points, node, &leaf) || !read_docs(points, &leaf, docs)) return true;
    read_values(points, &leaf, values);
    for (uint32_t i = 0; i < leaf.count; i++) {
        uint32_t at = walk->descending ? leaf.count - 1 - i : i;
        const uint8_t *value = values + at * points->stride;
        if (is_before(points, value, walk->lower) || is_after(points, value, walk->upper)) continue;
        if (!walk->visit(walk->context, value, docs[at])) return false;
    }
    return true;
}

static bool walk_node(const struct qd_points *points, const struct qd_points_walk *walk,
                      const struct node *node)
{
    const uint8_t *box = box_of(points, node);
    if (is_before(points, box + points->stride, walk->lower) || is_after(points, box, walk->upper))
        return true;
    if (is_leaf(node)) return walk_leaf(points, walk, node);
    struct node left = left_child(node);
    struct node right = right_child(node);
    const struct node *first = walk->descending ? &right : &left;
    const struct node *second = walk->descending ? &left : &right;
    return walk_node(points, walk, first) && walk_node(points, walk, second);
}

void qd_points_in_order(const struct qd_points *points, const struct qd_points_walk *walk)
{
    struct node node = root(points);
    qd_assert(points->dimensions == 1);
    if (points->leaf_count > 0) (void)walk_node(points, walk, &node);
}

/* ---- shapes ---- */

static void shape_leaf(const struct qd_points *points, const struct qd_points_shape *shape,
                       const struct node *node, uint64_t *words)
{
    struct leaf leaf;
    qd_doc_id docs[QD_POINTS_LEAF];
    uint8_t values[QD_POINTS_LEAF * STRIDE_MAX];
    if (!open_leaf(points, node, &leaf) || !read_docs(points, &leaf, docs)) return;
    read_values(points, &leaf, values);
    for (uint32_t i = 0; i < leaf.count; i++) {
        if (shape->contains(shape->context, values + i * points->stride)) set_bit(words, docs[i]);
    }
}

static void shape_node(const struct qd_points *points, const struct qd_points_shape *shape,
                       const struct node *node, uint64_t *words)
{
    const uint8_t *box = box_of(points, node);
    enum qd_points_relation relation = shape->relate(shape->context, box, box + points->stride);
    if (relation == QD_POINTS_OUTSIDE) return;
    if (relation == QD_POINTS_INSIDE) {
        (void)add_all(points, node, words);
    } else if (is_leaf(node)) {
        shape_leaf(points, shape, node, words);
    } else {
        struct node left = left_child(node);
        struct node right = right_child(node);
        shape_node(points, shape, &left, words);
        shape_node(points, shape, &right, words);
    }
}

void qd_points_match_shape(const struct qd_points *points, const struct qd_points_shape *shape,
                           uint64_t *words)
{
    struct node node = root(points);
    if (points->leaf_count > 0) shape_node(points, shape, &node, words);
}
