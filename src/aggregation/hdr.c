#include "aggregation/hdr.h"

#include <math.h>
#include <string.h>

#define MANTISSA_BITS 52

struct qd_hdr qd_hdr_make(uint8_t digits)
{
    uint64_t resolution = 2;
    uint8_t bits = 0;
    for (uint8_t i = 0; i < digits; i++) resolution *= 10;
    /* Half of the next power of two: the bins of one octave. */
    while ((UINT64_C(2) << bits) < resolution) bits++;
    return (struct qd_hdr){ .digits = digits, .bits = bits, .sorted = true };
}

bool qd_hdr_accepts(double value)
{
    return value >= 0 && isfinite(value);
}

static uint64_t key_of(const struct qd_hdr *hdr, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return value == 0 ? 0 : bits >> (MANTISSA_BITS - hdr->bits);
}

/* The least value of a bin. */
static double value_of(const struct qd_hdr *hdr, uint64_t key)
{
    uint64_t bits = key << (MANTISSA_BITS - hdr->bits);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* The width of the bins in the octave of `value`. */
static double width_of(const struct qd_hdr *hdr, double value)
{
    int exponent;
    (void)frexp(value, &exponent);
    return ldexp(1, exponent - 1 - hdr->bits);
}

static uint32_t find_slot(const struct qd_hdr *hdr, uint64_t key)
{
    uint32_t mask = hdr->capacity * 2 - 1;
    uint32_t at = (uint32_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 33) & mask;
    while (hdr->slots[at] != 0 && hdr->keys[hdr->slots[at] - 1] != key) at = (at + 1) & mask;
    return at;
}

static void fill_slots(struct qd_hdr *hdr)
{
    memset(hdr->slots, 0, hdr->capacity * 2 * sizeof(uint32_t));
    for (uint32_t i = 0; i < hdr->count; i++) hdr->slots[find_slot(hdr, hdr->keys[i])] = i + 1;
}

static size_t grow(struct qd_hdr *hdr, struct qd_arena *arena)
{
    uint32_t old = hdr->capacity;
    hdr->capacity = old == 0 ? 8 : old * 2;
    hdr->keys = qd_arena_grow(arena, hdr->keys, old * sizeof(uint64_t), hdr->capacity * sizeof(uint64_t));
    hdr->counts = qd_arena_grow(arena, hdr->counts, old * sizeof(uint64_t), hdr->capacity * sizeof(uint64_t));
    hdr->slots = QD_NEW_ARRAY(arena, uint32_t, hdr->capacity * 2);
    fill_slots(hdr);
    return hdr->capacity * 24;
}

static size_t add_key(struct qd_hdr *hdr, uint64_t key, uint64_t count, struct qd_arena *arena)
{
    size_t taken = hdr->count == hdr->capacity ? grow(hdr, arena) : 0;
    uint32_t slot = find_slot(hdr, key);
    hdr->total += count;
    if (hdr->slots[slot] != 0) {
        hdr->counts[hdr->slots[slot] - 1] += count;
        return taken;
    }
    if (hdr->count > 0 && key < hdr->keys[hdr->count - 1]) hdr->sorted = false;
    hdr->keys[hdr->count] = key;
    hdr->counts[hdr->count++] = count;
    hdr->slots[slot] = hdr->count;
    return taken;
}

size_t qd_hdr_add(struct qd_hdr *hdr, double value, uint64_t count, struct qd_arena *arena)
{
    return add_key(hdr, key_of(hdr, value), count, arena);
}

void qd_hdr_merge(struct qd_hdr *hdr, const struct qd_hdr *other, struct qd_arena *arena)
{
    for (uint32_t i = 0; i < other->count; i++) (void)add_key(hdr, other->keys[i], other->counts[i], arena);
}

static void sift(struct qd_hdr *hdr, uint32_t at, uint32_t count)
{
    for (;;) {
        uint32_t greatest = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2 && child < count; child++) {
            if (hdr->keys[child] > hdr->keys[greatest]) greatest = child;
        }
        if (greatest == at) return;
        uint64_t key = hdr->keys[at];
        uint64_t number = hdr->counts[at];
        hdr->keys[at] = hdr->keys[greatest];
        hdr->counts[at] = hdr->counts[greatest];
        hdr->keys[greatest] = key;
        hdr->counts[greatest] = number;
        at = greatest;
    }
}

/* Heap sort: keys ascend afterwards. */
static void sort(struct qd_hdr *hdr)
{
    if (hdr->sorted) return;
    for (uint32_t i = hdr->count / 2; i > 0; i--) sift(hdr, i - 1, hdr->count);
    for (uint32_t end = hdr->count - 1; end > 0; end--) {
        uint64_t key = hdr->keys[0];
        uint64_t number = hdr->counts[0];
        hdr->keys[0] = hdr->keys[end];
        hdr->counts[0] = hdr->counts[end];
        hdr->keys[end] = key;
        hdr->counts[end] = number;
        sift(hdr, 0, end);
    }
    fill_slots(hdr);
    hdr->sorted = true;
}

double qd_hdr_percentile(struct qd_hdr *hdr, double percentile)
{
    if (hdr->total == 0) return (double)NAN;
    sort(hdr);
    double asked = nextafter(percentile, -INFINITY);
    if (asked < 0) asked = 0;
    double wanted = ceil(asked * (double)hdr->total / 100.0);
    double seen = 0;
    uint32_t at = 0;
    for (; at + 1 < hdr->count; at++) {
        seen += (double)hdr->counts[at];
        if (seen >= (wanted < 1 ? 1 : wanted)) break;
    }
    double value = value_of(hdr, hdr->keys[at]);
    if (hdr->keys[at] == 0 || percentile == 0) return value;
    /* The greatest value of the bin, in steps of the finest bins that are in use. */
    uint32_t first = hdr->keys[0] == 0 && hdr->count > 1 ? 1 : 0;
    return value + width_of(hdr, value) - width_of(hdr, value_of(hdr, hdr->keys[first]));
}

double qd_hdr_rank(struct qd_hdr *hdr, double value)
{
    if (hdr->total == 0) return (double)NAN;
    sort(hdr);
    double seen = 0;
    if (!(value >= 0)) return 0;
    uint64_t key = key_of(hdr, value);
    for (uint32_t i = 0; i < hdr->count && hdr->keys[i] <= key; i++) seen += (double)hdr->counts[i];
    return 100.0 * seen / (double)hdr->total;
}

void qd_hdr_write(struct qd_hdr *hdr, struct qd_buffer *buffer)
{
    sort(hdr);
    qd_buffer_byte(buffer, hdr->digits);
    qd_buffer_varint(buffer, hdr->count);
    for (uint32_t i = 0; i < hdr->count; i++) {
        qd_buffer_varint(buffer, hdr->keys[i]);
        qd_buffer_varint(buffer, hdr->counts[i]);
    }
}

void qd_hdr_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_hdr *hdr)
{
    uint8_t digits = qd_reader_byte(reader);
    *hdr = qd_hdr_make(digits > 5 ? 5 : digits);
    uint64_t count = qd_reader_varint(reader);
    if (digits > 5 || count > qd_reader_left(reader)) reader->failed = true;
    uint64_t key_max = UINT64_C(0x7ff) << hdr->bits;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        uint64_t key = qd_reader_varint(reader);
        uint64_t number = qd_reader_varint(reader);
        if (key >= key_max || number == 0 || number > UINT64_MAX / 4 - hdr->total) reader->failed = true;
        else (void)add_key(hdr, key, number, arena);
    }
}
