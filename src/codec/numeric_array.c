#include "codec/numeric_array.h"

#include <string.h>

#include "base/assert.h"

/* Header: u8 mode, u8 width, u16 0, u32 table entries, u64 count, i64 base, u64 gcd. */
#define HEADER_SIZE ((size_t)32)
/* Row of a block: i64 base, u64 offset into the data with the width in the lowest byte (offset * 256 +
 * width). */
#define ROW_SIZE ((size_t)16)
/* Unpacking reads whole words: bytes that follow the last number. */
#define PADDING ((size_t)8)
/* Rounding a width up may cost one part in this many. */
#define ROUNDING_COST 10u
#define CHUNK 256u

/* ---- choosing an encoding ---- */

unsigned qd_numeric_width(uint64_t highest)
{
    static const unsigned fast[] = { 8, 16, 32, 64 };
    unsigned width = highest == 0 ? 0 : 64u - (unsigned)__builtin_clzll(highest);
    if (width > 57) return 64;
    for (size_t i = 0; i < sizeof(fast) / sizeof(fast[0]); i++) {
        if (width < fast[i] && (fast[i] - width) * ROUNDING_COST < width) return fast[i];
    }
    return width;
}

/* The width of an array's numbers: up to 16 bits whole bytes are preferred more strongly, since ordinals and
 * small numbers are what aggregations read most, straight out of the packed bytes. */
static unsigned array_width(uint64_t highest)
{
    unsigned width = qd_numeric_width(highest);
    if (width >= 6 && width < 8) return 8;
    return width >= 11 && width < 16 ? 16 : width;
}

static uint64_t divisor(uint64_t left, uint64_t right)
{
    while (right != 0) {
        uint64_t rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

static uint64_t packed_size(uint64_t count, unsigned width)
{
    return (count * width + 7) / 8;
}

/* The distinct numbers of an array, given up when there are too many. */
struct distinct {
    int64_t values[QD_NUMERIC_ARRAY_TABLE_MAX]; /* values[count], ascending once sorted */
    uint32_t count;
    uint16_t slots[1024]; /* 1 + index into values, 0 free */
    bool too_many;
};

static uint32_t slot_of(int64_t value)
{
    return (uint32_t)((uint64_t)value * 0x9e3779b97f4a7c15u >> 54);
}

static void distinct_add(struct distinct *distinct, int64_t value)
{
    uint32_t at = slot_of(value);
    while (distinct->slots[at] != 0) {
        if (distinct->values[distinct->slots[at] - 1] == value) return;
        at = (at + 1) % 1024;
    }
    if (distinct->count == QD_NUMERIC_ARRAY_TABLE_MAX) {
        distinct->too_many = true;
        return;
    }
    distinct->values[distinct->count++] = value;
    distinct->slots[at] = (uint16_t)distinct->count;
}

void qd_numeric_bounds(const int64_t *values, uint64_t count, int64_t *min, int64_t *max)
{
    int64_t least = values[0];
    int64_t greatest = values[0];
    for (uint64_t i = 1; i < count; i++) {
        least = values[i] < least ? values[i] : least;
        greatest = values[i] > greatest ? values[i] : greatest;
    }
    *min = least;
    *max = greatest;
}

/* What is known of an array before it is written. */
struct facts {
    int64_t min;
    int64_t max;
    uint64_t gcd;
    struct distinct distinct;
};

/* The distinct numbers of an array that spans no more than a table has entries: none is looked up. */
static void look_near(struct facts *facts, const int64_t *values, uint64_t count)
{
    bool seen[QD_NUMERIC_ARRAY_TABLE_MAX] = { false };
    for (uint64_t i = 0; i < count; i++) seen[(uint64_t)values[i] - (uint64_t)facts->min] = true;
    for (int64_t i = 0; i < QD_NUMERIC_ARRAY_TABLE_MAX; i++) {
        if (seen[i]) distinct_add(&facts->distinct, facts->min + i);
    }
}

/* Bounds are known; the rest is not needed of equal numbers. */
static void look(struct facts *facts, const int64_t *values, uint64_t count)
{
    facts->gcd = 0;
    for (uint64_t i = 0; i < count && facts->gcd != 1; i++) {
        facts->gcd = divisor((uint64_t)values[i] - (uint64_t)facts->min, facts->gcd);
    }
    if ((uint64_t)facts->max - (uint64_t)facts->min < QD_NUMERIC_ARRAY_TABLE_MAX) {
        look_near(facts, values, count);
        return;
    }
    for (uint64_t i = 0; i < count && !facts->distinct.too_many; i++) {
        if (i == 0 || values[i] != values[i - 1]) distinct_add(&facts->distinct, values[i]);
    }
}

static uint64_t block_length(uint64_t count, uint64_t start)
{
    return count - start < QD_NUMERIC_ARRAY_BLOCK ? count - start : QD_NUMERIC_ARRAY_BLOCK;
}

static uint64_t blocks_size(const struct facts *facts, const int64_t *values, uint64_t count)
{
    uint64_t size = 0;
    for (uint64_t start = 0; start < count; start += QD_NUMERIC_ARRAY_BLOCK) {
        int64_t min;
        int64_t max;
        uint64_t length = block_length(count, start);
        qd_numeric_bounds(values + start, length, &min, &max);
        size +=
            packed_size(length, array_width(((uint64_t)max - (uint64_t)min) / facts->gcd)) + ROW_SIZE;
    }
    return size;
}

/* ---- writing ---- */

/* Narrows numbers of whole bytes. False: the width is another one. */
static bool pack_bytes(uint8_t *to, const uint64_t *values, size_t count, unsigned width)
{
    switch (width) {
    case 8:
        for (size_t i = 0; i < count; i++) to[i] = (uint8_t)values[i];
        return true;
    case 16:
        for (size_t i = 0; i < count; i++) {
            uint16_t value = (uint16_t)values[i];
            memcpy(to + i * 2, &value, sizeof(value));
        }
        return true;
    case 32:
        for (size_t i = 0; i < count; i++) qd_store_u32(to + i * 4, (uint32_t)values[i]);
        return true;
    case 64: memcpy(to, values, count * 8); return true;
    default: return false;
    }
}

/* Packs count <= CHUNK numbers; CHUNK of them end with a whole word, so that chunks join without a seam. */
static void pack_chunk(struct qd_buffer *out, const uint64_t *values, size_t count, unsigned width)
{
    size_t size = (size_t)packed_size(count, width);
    uint8_t *to = (uint8_t *)qd_buffer_reserve(out, size + 8);
    out->size += size;
    if (pack_bytes(to, values, count, width)) return;
    uint64_t held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        held |= values[i] << bits;
        bits += width;
        if (bits < 64) continue;
        qd_store_u64(to, held);
        to += 8;
        bits -= 64;
        held = bits == 0 ? 0 : values[i] >> (width - bits);
    }
    for (; bits > 0; bits -= bits < 8 ? bits : 8, held >>= 8) *to++ = (uint8_t)held;
}

void qd_numeric_pack(struct qd_buffer *out, const uint64_t *values, size_t count, unsigned width)
{
    for (size_t done = 0; done < count && width > 0; done += CHUNK) {
        pack_chunk(out, values + done, count - done < CHUNK ? count - done : CHUNK, width);
    }
}

/* Packs the distances from `min`, which are multiples of `gcd`. */
static void pack_distances(struct qd_buffer *out, const int64_t *values, uint64_t count, int64_t min,
                           uint64_t gcd, unsigned width)
{
    uint64_t chunk[CHUNK];
    for (uint64_t done = 0; done < count && width > 0; done += CHUNK) {
        size_t part = count - done < CHUNK ? (size_t)(count - done) : CHUNK;
        for (size_t i = 0; i < part; i++) chunk[i] = (uint64_t)values[done + i] - (uint64_t)min;
        if (gcd != 1) {
            for (size_t i = 0; i < part; i++) chunk[i] /= gcd;
        }
        pack_chunk(out, chunk, part, width);
    }
}

static void write_header(struct qd_buffer *out, enum qd_numeric_array_mode mode, unsigned width,
                         uint64_t count, const struct facts *facts)
{
    qd_buffer_byte(out, (uint8_t)mode);
    qd_buffer_byte(out, (uint8_t)width);
    qd_buffer_u16(out, 0);
    qd_buffer_u32(out, mode == QD_NUMERIC_ARRAY_TABLE ? facts->distinct.count : 0);
    qd_buffer_u64(out, count);
    qd_buffer_u64(out, (uint64_t)facts->min);
    qd_buffer_u64(out, facts->gcd);
}

static void write_packed(struct qd_buffer *out, const struct facts *facts, const int64_t *values,
                         uint64_t count)
{
    unsigned width = array_width(((uint64_t)facts->max - (uint64_t)facts->min) / facts->gcd);
    write_header(out, QD_NUMERIC_ARRAY_PACKED, width, count, facts);
    pack_distances(out, values, count, facts->min, facts->gcd, width);
    qd_buffer_u64(out, 0);
}

static void sort_distinct(struct distinct *distinct)
{
    for (uint32_t i = 1; i < distinct->count; i++) {
        int64_t value = distinct->values[i];
        uint32_t at = i;
        for (; at > 0 && distinct->values[at - 1] > value; at--)
            distinct->values[at] = distinct->values[at - 1];
        distinct->values[at] = value;
    }
    memset(distinct->slots, 0, sizeof(distinct->slots));
    for (uint32_t i = 0; i < distinct->count; i++) {
        uint32_t at = slot_of(distinct->values[i]);
        while (distinct->slots[at] != 0) at = (at + 1) % 1024;
        distinct->slots[at] = (uint16_t)(i + 1);
    }
}

static uint32_t index_of(const struct distinct *distinct, int64_t value)
{
    uint32_t at = slot_of(value);
    while (distinct->values[distinct->slots[at] - 1] != value) at = (at + 1) % 1024;
    return (uint32_t)distinct->slots[at] - 1;
}

static void write_table(struct qd_buffer *out, struct facts *facts, const int64_t *values, uint64_t count)
{
    unsigned width = array_width(facts->distinct.count - 1);
    uint64_t chunk[CHUNK];
    write_header(out, QD_NUMERIC_ARRAY_TABLE, width, count, facts);
    sort_distinct(&facts->distinct);
    for (uint32_t i = 0; i < facts->distinct.count; i++)
        qd_buffer_u64(out, (uint64_t)facts->distinct.values[i]);
    for (uint64_t done = 0; done < count; done += CHUNK) {
        size_t part = count - done < CHUNK ? (size_t)(count - done) : CHUNK;
        for (size_t i = 0; i < part; i++) chunk[i] = index_of(&facts->distinct, values[done + i]);
        pack_chunk(out, chunk, part, width);
    }
    qd_buffer_u64(out, 0);
}

static void write_blocks(struct qd_buffer *out, const struct facts *facts, const int64_t *values,
                         uint64_t count)
{
    uint64_t offset = 0;
    write_header(out, QD_NUMERIC_ARRAY_BLOCKS, 0, count, facts);
    for (uint64_t start = 0; start < count; start += QD_NUMERIC_ARRAY_BLOCK) {
        int64_t min;
        int64_t max;
        uint64_t length = block_length(count, start);
        qd_numeric_bounds(values + start, length, &min, &max);
        unsigned width = array_width(((uint64_t)max - (uint64_t)min) / facts->gcd);
        qd_buffer_u64(out, (uint64_t)min);
        qd_buffer_u64(out, offset << 8 | width);
        offset += packed_size(length, width);
    }
    for (uint64_t start = 0; start < count; start += QD_NUMERIC_ARRAY_BLOCK) {
        int64_t min;
        int64_t max;
        uint64_t length = block_length(count, start);
        qd_numeric_bounds(values + start, length, &min, &max);
        unsigned width = array_width(((uint64_t)max - (uint64_t)min) / facts->gcd);
        pack_distances(out, values + start, length, min, facts->gcd, width);
    }
    qd_buffer_u64(out, 0);
}

void qd_numeric_array_write(struct qd_buffer *out, const int64_t *values, uint64_t count)
{
    struct facts facts = { .gcd = 1 };
    if (count > 0) qd_numeric_bounds(values, count, &facts.min, &facts.max);
    if (facts.min == facts.max) {
        write_header(out, QD_NUMERIC_ARRAY_CONSTANT, 0, count, &facts);
        return;
    }
    look(&facts, values, count);
    uint64_t packed =
        packed_size(count, array_width(((uint64_t)facts.max - (uint64_t)facts.min) / facts.gcd));
    uint64_t table = UINT64_MAX;
    if (!facts.distinct.too_many) {
        table = packed_size(count, array_width(facts.distinct.count - 1)) +
                facts.distinct.count * (uint64_t)8;
    }
    uint64_t blocks = count > QD_NUMERIC_ARRAY_BLOCK ? blocks_size(&facts, values, count) : UINT64_MAX;
    if (blocks < packed - packed / ROUNDING_COST && blocks < table) write_blocks(out, &facts, values, count);
    else if (table < packed) write_table(out, &facts, values, count);
    else write_packed(out, &facts, values, count);
}

/* ---- opening ---- */

static bool width_is_valid(unsigned width)
{
    return width <= 57 || width == 64;
}

static bool open_packed(struct qd_numeric_array *array, struct qd_slice rest)
{
    array->data = (const uint8_t *)rest.data;
    return rest.size >= PADDING && packed_size(array->count, array->width) <= rest.size - PADDING;
}

static bool open_table(struct qd_arena *arena, struct qd_numeric_array *array, struct qd_slice rest)
{
    size_t size = array->table_count * sizeof(int64_t);
    if (array->table_count == 0 || array->table_count > QD_NUMERIC_ARRAY_TABLE_MAX) return false;
    if (array->width > 8 || rest.size < size) return false;
    int64_t *table = QD_NEW_ARRAY(arena, int64_t, QD_NUMERIC_ARRAY_TABLE_MAX);
    memcpy(table, rest.data, size);
    for (uint32_t i = 1; i < array->table_count; i++) {
        if (table[i - 1] >= table[i]) return false;
    }
    array->table = table;
    return open_packed(array, qd_slice_from(rest, size));
}

static bool open_blocks(struct qd_numeric_array *array, struct qd_slice rest)
{
    uint64_t rows = (array->count + QD_NUMERIC_ARRAY_BLOCK - 1) / QD_NUMERIC_ARRAY_BLOCK;
    if (rows > rest.size / ROW_SIZE) return false;
    array->blocks = (const uint8_t *)rest.data;
    array->data = array->blocks + rows * ROW_SIZE;
    size_t size = rest.size - (size_t)rows * ROW_SIZE;
    if (size < PADDING) return false;
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t place = qd_load_u64(array->blocks + i * ROW_SIZE + 8);
        uint64_t offset = place >> 8;
        unsigned width = (unsigned)(place & 255);
        uint64_t needed = packed_size(block_length(array->count, i * QD_NUMERIC_ARRAY_BLOCK), width);
        if (!width_is_valid(width) || offset > size - PADDING || needed > size - PADDING - offset)
            return false;
    }
    return true;
}

bool qd_numeric_array_open(struct qd_arena *arena, struct qd_slice bytes, uint64_t count,
                           struct qd_numeric_array *array)
{
    if (bytes.size < HEADER_SIZE) return false;
    const uint8_t *at = (const uint8_t *)bytes.data;
    struct qd_slice rest = qd_slice_from(bytes, HEADER_SIZE);
    *array = (struct qd_numeric_array){ .width = at[1], .count = qd_load_u64(at + 8) };
    array->kernels = qd_numeric_kernels_best();
    array->table_count = qd_load_u32(at + 4);
    array->base = (int64_t)qd_load_u64(at + 16);
    array->gcd = qd_load_u64(at + 24);
    if (at[0] >= QD_NUMERIC_ARRAY_MODES || array->count != count || !width_is_valid(array->width))
        return false;
    if (array->gcd == 0 || count > UINT64_MAX / 64) return false;
    array->mode = (enum qd_numeric_array_mode)at[0];
    switch (array->mode) {
    case QD_NUMERIC_ARRAY_CONSTANT: return true;
    case QD_NUMERIC_ARRAY_PACKED: return array->width > 0 && open_packed(array, rest);
    case QD_NUMERIC_ARRAY_TABLE: return array->width > 0 && open_table(arena, array, rest);
    case QD_NUMERIC_ARRAY_BLOCKS: return open_blocks(array, rest);
    case QD_NUMERIC_ARRAY_MODES: break;
    }
    return false;
}

/* ---- reading ---- */

/* A run of packed numbers with one base: a whole packed array, or one block. */
struct run {
    const uint8_t *data;
    unsigned width; /* 0: all are base */
    int64_t base;
};

static struct run block_run(const struct qd_numeric_array *array, uint64_t block)
{
    const uint8_t *row = array->blocks + block * ROW_SIZE;
    uint64_t place = qd_load_u64(row + 8);
    return (struct run){ array->data + (place >> 8), (unsigned)(place & 255), (int64_t)qd_load_u64(row) };
}

static int64_t scale(const struct qd_numeric_array *array, int64_t base, uint64_t packed)
{
    return (int64_t)((uint64_t)base + array->gcd * packed);
}

int64_t qd_numeric_array_at(const struct qd_numeric_array *array, uint64_t i)
{
    qd_assert_slow(i < array->count);
    switch (array->mode) {
    case QD_NUMERIC_ARRAY_PACKED:
        return scale(array, array->base, qd_numeric_unpack_one(array->data, array->width, i));
    case QD_NUMERIC_ARRAY_TABLE: return array->table[qd_numeric_unpack_one(array->data, array->width, i)];
    case QD_NUMERIC_ARRAY_BLOCKS: {
        struct run run = block_run(array, i / QD_NUMERIC_ARRAY_BLOCK);
        if (run.width == 0) return run.base;
        return scale(array, run.base, qd_numeric_unpack_one(run.data, run.width, i % QD_NUMERIC_ARRAY_BLOCK));
    }
    case QD_NUMERIC_ARRAY_CONSTANT:
    case QD_NUMERIC_ARRAY_MODES: break;
    }
    return array->base;
}

/* Turns packed numbers, which lie in out[count], into values. */
static void finish(const struct qd_numeric_array *array, int64_t base, int64_t *out, size_t count)
{
    if (array->mode == QD_NUMERIC_ARRAY_TABLE) {
        for (size_t i = 0; i < count; i++) out[i] = array->table[out[i]];
    } else {
        array->kernels->scale((uint64_t *)out, count, (uint64_t)base, array->gcd);
    }
}

static void range_of_run(const struct qd_numeric_array *array, const struct run *run, uint64_t first,
                         size_t count, int64_t *out)
{
    if (run->width == 0) {
        for (size_t i = 0; i < count; i++) out[i] = run->base;
        return;
    }
    array->kernels->unpack(run->data, run->width, first, count, (uint64_t *)out);
    finish(array, run->base, out, count);
}

void qd_numeric_array_range(const struct qd_numeric_array *array, uint64_t first, size_t count, int64_t *out)
{
    qd_assert_slow(first <= array->count && count <= array->count - first);
    if (array->mode != QD_NUMERIC_ARRAY_BLOCKS) {
        struct run run = { array->data, array->mode == QD_NUMERIC_ARRAY_CONSTANT ? 0 : array->width,
                           array->base };
        range_of_run(array, &run, first, count, out);
        return;
    }
    while (count > 0) {
        struct run run = block_run(array, first / QD_NUMERIC_ARRAY_BLOCK);
        uint64_t inside = first % QD_NUMERIC_ARRAY_BLOCK;
        size_t part =
            count < QD_NUMERIC_ARRAY_BLOCK - inside ? count : (size_t)(QD_NUMERIC_ARRAY_BLOCK - inside);
        range_of_run(array, &run, inside, part, out);
        first += part;
        out += part;
        count -= part;
    }
}

void qd_numeric_array_gather(const struct qd_numeric_array *array, const uint32_t *indexes, size_t count,
                             int64_t *out)
{
    if (array->mode == QD_NUMERIC_ARRAY_PACKED || array->mode == QD_NUMERIC_ARRAY_TABLE) {
        array->kernels->gather(array->data, array->width, indexes, count, (uint64_t *)out);
        finish(array, array->base, out, count);
        return;
    }
    for (size_t i = 0; i < count; i++) out[i] = qd_numeric_array_at(array, indexes[i]);
}

/* ---- tallies ---- */

/* Packed numbers that a tally may read without looking whether they are too great: it has room for all that
 * `width` bits can say. */
static bool tally_fits(const struct qd_numeric_array *array, uint64_t highest)
{
    return array->mode == QD_NUMERIC_ARRAY_PACKED && array->gcd == 1 && array->width <= 16 &&
           array->base >= 0 && (uint64_t)array->base <= highest;
}

uint64_t qd_numeric_array_tally_size(const struct qd_numeric_array *array, uint64_t highest)
{
    uint64_t all = tally_fits(array, highest) ? (uint64_t)array->base + (UINT64_C(1) << array->width) : 0;
    return all > highest ? all : highest + 1;
}

/* One loop per width, so that nothing is stored in between; four lanes, so that equal numbers in a row do not
 * wait for each other. `load` reads the number at a place. */
#define TALLY_WORD(load)                                                                 \
    for (uint64_t word = words[at]; word != 0; word &= word - 1) {                       \
        unsigned bit = (unsigned)__builtin_ctzll(word);                                  \
        lanes[bit & 3][load(at * 64 + bit)]++;                                           \
    }
#define TALLY_FULL(load)                                                                 \
    for (unsigned bit = 0; bit < 64; bit++) lanes[bit & 3][load(at * 64 + bit)]++;
#define TALLY_LOOP(load)                            \
    for (size_t at = 0; at < word_count; at++) {    \
        if (words[at] == UINT64_MAX) {              \
            TALLY_FULL(load)                        \
        } else {                                    \
            TALLY_WORD(load)                        \
        }                                           \
    }
#define LOAD8(place) data[place]
#define LOAD16(place) qd_load_u16(data + (place) * 2)
#define LOAD_ANY(place) qd_numeric_unpack_one(data, width, first + (place))

/* Any array: its numbers are read first. */
static void tally_numbers(const struct qd_numeric_array *array, uint64_t first, const uint64_t *words,
                          size_t word_count, const struct qd_numeric_tally *tally)
{
    uint32_t *const lanes[4] = { tally->counts, tally->counts + tally->lane,
                                 tally->counts + 2 * tally->lane, tally->counts + 3 * tally->lane };
    for (size_t i = 0; i < word_count; i++) {
        int64_t numbers[64];
        size_t at = 0;
        uint64_t left = array->count - first - i * 64;
        if (words[i] == 0) continue;
        qd_numeric_array_range(array, first + i * 64, left < 64 ? (size_t)left : 64, numbers);
        for (uint64_t word = words[i]; word != 0; word &= word - 1) {
            at = (size_t)__builtin_ctzll(word);
            uint64_t number = (uint64_t)numbers[at] < tally->highest ? (uint64_t)numbers[at] : tally->highest;
            lanes[at & 3][number]++;
        }
    }
}

void qd_numeric_array_tally(const struct qd_numeric_array *array, uint64_t first, const uint64_t *words,
                            size_t word_count, const struct qd_numeric_tally *tally)
{
    if (!tally_fits(array, tally->highest)) {
        tally_numbers(array, first, words, word_count, tally);
        return;
    }
    uint32_t *counts = tally->counts + array->base;
    uint32_t *const lanes[4] = { counts, counts + tally->lane, counts + 2 * tally->lane,
                                 counts + 3 * tally->lane };
    unsigned width = array->width;
    const uint8_t *data = array->data + (width % 8 == 0 ? first * (width / 8) : 0);
    if (width == 8) {
        TALLY_LOOP(LOAD8)
    } else if (width == 16) {
        TALLY_LOOP(LOAD16)
    } else {
        TALLY_LOOP(LOAD_ANY)
    }
}

/* ---- matching ---- */

static void fill_words(uint64_t *words, size_t count, bool value)
{
    size_t word_count = (count + 63) / 64;
    memset(words, value ? 255 : 0, word_count * sizeof(*words));
    if (value && count % 64 != 0) words[word_count - 1] = ((uint64_t)1 << (count % 64)) - 1;
}

/* The packed numbers that stand for values in [lower, upper]; false when there are none. */
static bool packed_bounds(const struct qd_numeric_array *array, const struct run *run, int64_t lower,
                          int64_t upper, uint64_t bounds[2])
{
    uint64_t highest = run->width == 64 ? UINT64_MAX : ((uint64_t)1 << run->width) - 1;
    if (array->mode == QD_NUMERIC_ARRAY_TABLE) {
        uint32_t low = 0;
        uint32_t high = array->table_count;
        while (low < high && array->table[low] < lower) low++;
        while (high > low && array->table[high - 1] > upper) high--;
        bounds[0] = low;
        bounds[1] = (uint64_t)high - 1;
        return low < high;
    }
    if (upper < run->base || lower > upper) return false;
    bounds[0] = 0;
    if (lower > run->base) {
        uint64_t distance = (uint64_t)lower - (uint64_t)run->base;
        bounds[0] = distance / array->gcd + (distance % array->gcd != 0);
    }
    bounds[1] = ((uint64_t)upper - (uint64_t)run->base) / array->gcd;
    if (bounds[1] > highest) bounds[1] = highest;
    return bounds[0] <= bounds[1];
}

static void match_packed(const struct qd_numeric_array *array, const struct run *run, uint64_t first,
                         size_t count, const uint64_t bounds[2], uint64_t *words)
{
    const struct qd_numeric_kernels *kernels = array->kernels;
    const uint8_t *data = run->data;
    switch (run->width) {
    case 8: kernels->match8(data + first, count, (uint8_t)bounds[0], (uint8_t)bounds[1], words); return;
    case 16:
        kernels->match16(data + first * 2, count, (uint16_t)bounds[0], (uint16_t)bounds[1], words);
        return;
    case 32:
        kernels->match32(data + first * 4, count, (uint32_t)bounds[0], (uint32_t)bounds[1], words);
        return;
    default: break;
    }
    uint64_t chunk[CHUNK];
    for (size_t done = 0; done < count; done += CHUNK) {
        size_t part = count - done < CHUNK ? count - done : CHUNK;
        kernels->unpack(data, run->width, first + done, part, chunk);
        kernels->match(chunk, part, bounds[0], bounds[1], words + done / 64);
    }
}

static void match_run(const struct qd_numeric_array *array, const struct run *run, uint64_t first,
                      size_t count, const int64_t limits[2], uint64_t *words)
{
    uint64_t bounds[2];
    if (run->width == 0) {
        fill_words(words, count, run->base >= limits[0] && run->base <= limits[1]);
    } else if (!packed_bounds(array, run, limits[0], limits[1], bounds)) {
        fill_words(words, count, false);
    } else {
        match_packed(array, run, first, count, bounds, words);
    }
}

/* ORs bits[count] into words from bit `at` on. */
static void or_bits(uint64_t *words, size_t at, const uint64_t *bits, size_t count)
{
    size_t shift = at % 64;
    uint64_t *to = words + at / 64;
    for (size_t i = 0; i < (count + 63) / 64; i++) {
        to[i] |= bits[i] << shift;
        if (shift != 0 && bits[i] >> (64 - shift) != 0) to[i + 1] |= bits[i] >> (64 - shift);
    }
}

void qd_numeric_array_match(const struct qd_numeric_array *array, uint64_t first, size_t count, int64_t lower,
                            int64_t upper, uint64_t *words)
{
    const int64_t limits[2] = { lower, upper };
    qd_assert_slow(first <= array->count && count <= array->count - first);
    if (array->mode != QD_NUMERIC_ARRAY_BLOCKS) {
        struct run run = { array->data, array->mode == QD_NUMERIC_ARRAY_CONSTANT ? 0 : array->width,
                           array->base };
        match_run(array, &run, first, count, limits, words);
        return;
    }
    fill_words(words, count, false);
    size_t done = 0;
    while (done < count) {
        uint64_t bits[QD_NUMERIC_ARRAY_BLOCK / 64];
        uint64_t at = first + done;
        struct run run = block_run(array, at / QD_NUMERIC_ARRAY_BLOCK);
        uint64_t inside = at % QD_NUMERIC_ARRAY_BLOCK;
        size_t left = (size_t)(QD_NUMERIC_ARRAY_BLOCK - inside);
        size_t part = count - done < left ? count - done : left;
        match_run(array, &run, inside, part, limits, bits);
        or_bits(words, done, bits, part);
        done += part;
    }
}
