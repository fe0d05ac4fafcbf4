#include "aggregation/hll.h"

#include <math.h>
#include <string.h>

#include "aggregation/hll_bias_table.h"
#include "base/assert.h"

/* Bits of a hash that linear counting keeps. */
#define SPARSE_BITS 25
/* Estimates beside the wanted one whose biases are averaged. */
#define NEIGHBOURS 6

static int leading_zeros(uint64_t value)
{
    return value == 0 ? 64 : __builtin_clzll(value);
}

uint8_t qd_hll_precision(int64_t threshold)
{
    double entries = ceil((double)threshold / 0.75);
    if (entries > 1e12) entries = 1e12;
    int precision = 64 - leading_zeros((uint64_t)entries * 4);
    if (precision < QD_HLL_PRECISION_MIN) precision = QD_HLL_PRECISION_MIN;
    if (precision > QD_HLL_PRECISION_MAX) precision = QD_HLL_PRECISION_MAX;
    return (uint8_t)precision;
}

/* ---- hashes ---- */

uint64_t qd_hll_hash_number(uint64_t value)
{
    value = (value ^ value >> 32) * UINT64_C(0x4cd6944c5cc20b6d);
    value = (value ^ value >> 29) * UINT64_C(0xfc12c5b19d3259e9);
    return value ^ value >> 32;
}

#define MURMUR_C1 UINT64_C(0x87c37b91114253d5)
#define MURMUR_C2 UINT64_C(0x4cf5ad432745937f)

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t read_le(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = count; i > 0; i--) value = value << 8 | bytes[i - 1];
    return value;
}

static uint64_t finish(uint64_t hash)
{
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

uint64_t qd_hll_hash_bytes(struct qd_slice bytes)
{
    const uint8_t *data = (const uint8_t *)bytes.data;
    uint64_t h1 = 0;
    uint64_t h2 = 0;
    size_t whole = bytes.size / 16 * 16;
    for (size_t i = 0; i < whole; i += 16) {
        h1 ^= rotate(read_le(data + i, 8) * MURMUR_C1, 31) * MURMUR_C2;
        h1 = (rotate(h1, 27) + h2) * 5 + 0x52dce729;
        h2 ^= rotate(read_le(data + i + 8, 8) * MURMUR_C2, 33) * MURMUR_C1;
        h2 = (rotate(h2, 31) + h1) * 5 + 0x38495ab5;
    }
    size_t rest = bytes.size - whole;
    if (rest > 8) h2 ^= rotate(read_le(data + whole + 8, rest - 8) * MURMUR_C2, 33) * MURMUR_C1;
    if (rest > 0) h1 ^= rotate(read_le(data + whole, rest < 8 ? rest : 8) * MURMUR_C1, 31) * MURMUR_C2;
    h1 ^= bytes.size;
    h2 ^= bytes.size;
    h1 += h2;
    h2 += h1;
    return finish(h1) + finish(h2);
}

/* ---- encoded hashes: index of 25 bits; when the bits below the precision are zero, also the run of zeros
 * behind them, marked by the lowest bit ---- */

static uint32_t encode(uint64_t hash, int precision)
{
    uint64_t index = hash >> (64 - SPARSE_BITS);
    if ((index & ((UINT64_C(1) << (SPARSE_BITS - precision)) - 1)) != 0) return (uint32_t)(index << 1);
    int zeros = leading_zeros(hash << SPARSE_BITS);
    int run = 1 + (zeros < 64 - SPARSE_BITS ? zeros : 64 - SPARSE_BITS);
    return (uint32_t)(index << 7 | (uint64_t)run << 1 | 1);
}

static uint32_t register_index(uint32_t encoded, int precision)
{
    uint32_t index = (encoded & 1) != 0 ? encoded >> 7 : encoded >> 1;
    return index >> (SPARSE_BITS - precision);
}

static uint8_t register_value(uint32_t encoded, int precision)
{
    if ((encoded & 1) != 0) return (uint8_t)((encoded >> 1 & 0x3f) + (uint32_t)(SPARSE_BITS - precision));
    uint32_t bits = encoded << (31 + precision - SPARSE_BITS);
    return (uint8_t)(1 + (bits == 0 ? 32 : __builtin_clz(bits)));
}

/* ---- adding ---- */

static void raise_register(struct qd_hll *hll, uint32_t index, uint8_t value)
{
    if (hll->registers[index] < value) hll->registers[index] = value;
}

/* Hashes that a counter of this precision keeps before it takes registers. */
static uint32_t hash_count_max(const struct qd_hll *hll)
{
    uint32_t capacity = (UINT32_C(1) << hll->precision) / 4;
    return capacity / 4 * 3;
}

static void put_hash(uint32_t *hashes, uint32_t capacity, uint32_t encoded, uint32_t *count)
{
    uint32_t at = encoded * UINT32_C(0x9E3779B1) & (capacity - 1);
    while (hashes[at] != 0 && hashes[at] != encoded) at = (at + 1) & (capacity - 1);
    *count += hashes[at] == 0;
    hashes[at] = encoded;
}

static size_t grow_hashes(struct qd_hll *hll, struct qd_arena *arena)
{
    uint32_t capacity = hll->hash_capacity == 0 ? 8 : hll->hash_capacity * 2;
    uint32_t *hashes = QD_NEW_ARRAY(arena, uint32_t, capacity);
    uint32_t count = 0;
    for (uint32_t i = 0; i < hll->hash_capacity; i++) {
        if (hll->hashes[i] != 0) put_hash(hashes, capacity, hll->hashes[i], &count);
    }
    hll->hashes = hashes;
    hll->hash_capacity = capacity;
    return capacity * sizeof(uint32_t);
}

static size_t take_registers(struct qd_hll *hll, struct qd_arena *arena)
{
    size_t size = (size_t)1 << hll->precision;
    hll->registers = qd_arena_zalloc(arena, size);
    for (uint32_t i = 0; i < hll->hash_capacity; i++) {
        uint32_t encoded = hll->hashes[i];
        if (encoded == 0) continue;
        raise_register(hll, register_index(encoded, hll->precision), register_value(encoded, hll->precision));
    }
    hll->hashes = NULL;
    hll->hash_capacity = hll->hash_count = 0;
    return size;
}

static size_t add_encoded(struct qd_hll *hll, uint32_t encoded, struct qd_arena *arena)
{
    size_t taken = 0;
    if (hll->registers != NULL) {
        raise_register(hll, register_index(encoded, hll->precision), register_value(encoded, hll->precision));
        return 0;
    }
    if (hll->hash_count + 1 > hll->hash_capacity / 4 * 3) taken = grow_hashes(hll, arena);
    put_hash(hll->hashes, hll->hash_capacity, encoded, &hll->hash_count);
    if (hll->hash_count > hash_count_max(hll)) taken += take_registers(hll, arena);
    return taken;
}

size_t qd_hll_add(struct qd_hll *hll, uint64_t hash, struct qd_arena *arena)
{
    if (hll->registers == NULL) return add_encoded(hll, encode(hash, hll->precision), arena);
    int zeros = leading_zeros(hash << hll->precision);
    int limit = 64 - hll->precision;
    raise_register(hll, (uint32_t)(hash >> limit), (uint8_t)(1 + (zeros < limit ? zeros : limit)));
    return 0;
}

void qd_hll_merge(struct qd_hll *hll, const struct qd_hll *other, struct qd_arena *arena)
{
    qd_assert(hll->precision == other->precision);
    for (uint32_t i = 0; i < other->hash_capacity; i++) {
        if (other->hashes[i] != 0) (void)add_encoded(hll, other->hashes[i], arena);
    }
    if (other->registers == NULL) return;
    if (hll->registers == NULL) (void)take_registers(hll, arena);
    for (uint32_t i = 0; i < UINT32_C(1) << hll->precision; i++) raise_register(hll, i, other->registers[i]);
}

/* ---- estimating ---- */

static int64_t linear_counting(double size, double empty)
{
    return llround(size * log(size / empty));
}

/* The mean bias of the nearest known estimates, each weighing by its nearness. */
static double estimate_bias(const struct qd_hll_bias *data, double estimate)
{
    double weights[NEIGHBOURS] = { 0 };
    size_t first = data->count - NEIGHBOURS;
    for (size_t i = 0; i < data->count; i++) {
        double weight = 1.0 / fabs(data->estimates[i] - estimate);
        if (isinf(weight)) return data->biases[i];
        if (weights[i % NEIGHBOURS] >= weight) {
            first = i - NEIGHBOURS;
            break;
        }
        weights[i % NEIGHBOURS] = weight;
    }
    double weight_sum = 0;
    double bias_sum = 0;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        weight_sum += weights[i];
        bias_sum += weights[i] * data->biases[first + i];
    }
    return bias_sum / weight_sum;
}

static double alpha(int precision)
{
    if (precision == 4) return 0.673;
    if (precision == 5) return 0.697;

    return 0.7213 / (1 + 1.079 / (double)(1 << precision));
}

int64_t qd_hll_cardinality(const struct qd_hll *hll)
{
    double sparse_size = (double)(UINT32_C(1) << SPARSE_BITS);
    if (hll->registers == NULL) return linear_counting(sparse_size, sparse_size - hll->hash_count);
    const struct qd_hll_bias *data = &qd_hll_biases[hll->precision - QD_HLL_PRECISION_MIN];
    uint32_t size = UINT32_C(1) << hll->precision;
    double inverse_sum = 0;
    uint32_t empty = 0;
    for (uint32_t i = 0; i < size; i++) {
        inverse_sum += 1.0 / (double)(UINT64_C(1) << hll->registers[i]);
        empty += hll->registers[i] == 0;
    }
    double raw = alpha(hll->precision) * (double)size * (double)size / inverse_sum;
    double corrected = raw <= 5.0 * (double)size ? raw - estimate_bias(data, raw) : raw;
    int64_t linear = empty != 0 ? linear_counting((double)size, (double)empty) : llround(corrected);
    return linear <= data->threshold ? linear : llround(corrected);
}

/* ---- bytes ---- */

void qd_hll_write(const struct qd_hll *hll, struct qd_buffer *buffer)
{
    qd_buffer_byte(buffer, hll->precision);
    qd_buffer_byte(buffer, hll->registers != NULL);
    if (hll->registers != NULL) {
        qd_buffer_append(buffer, hll->registers, (size_t)1 << hll->precision);
        return;
    }
    qd_buffer_varint(buffer, hll->hash_count);
    for (uint32_t i = 0; i < hll->hash_capacity; i++) {
        if (hll->hashes[i] != 0) qd_buffer_u32(buffer, hll->hashes[i]);
    }
}

static void read_registers(struct qd_reader *reader, struct qd_arena *arena, struct qd_hll *hll)
{
    struct qd_slice bytes = qd_reader_bytes(reader, (size_t)1 << hll->precision);
    if (reader->failed) return;
    for (size_t i = 0; i < bytes.size; i++) {
        if ((uint8_t)bytes.data[i] > 64 - hll->precision + 1) reader->failed = true;
    }
    if (!reader->failed) hll->registers = (uint8_t *)qd_arena_string(arena, bytes);
}

void qd_hll_read(struct qd_reader *reader, struct qd_arena *arena, struct qd_hll *hll)
{
    *hll = qd_hll_make(qd_reader_byte(reader));
    uint8_t kind = qd_reader_byte(reader);
    if (hll->precision < QD_HLL_PRECISION_MIN || hll->precision > QD_HLL_PRECISION_MAX || kind > 1) {
        *hll = qd_hll_make(QD_HLL_PRECISION_MIN);
        reader->failed = true;
        return;
    }
    if (kind == 1) {
        read_registers(reader, arena, hll);
        return;
    }
    uint64_t count = qd_reader_varint(reader);
    if (count > qd_reader_left(reader) / sizeof(uint32_t)) reader->failed = true;
    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        uint32_t encoded = qd_reader_u32(reader);
        if (encoded == 0) reader->failed = true;
        else (void)add_encoded(hll, encoded, arena);
    }
}
