#include "codec/numeric_array.h"
#include "codec/test_image.h"

/* Every loop of both sets, for every width, against numbers taken one by one. */
static void check_width(unsigned width, uint64_t seed)
{
    enum { COUNT = 333 };
    uint64_t mask = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;
    uint8_t data[COUNT * 8 + 16];
    uint32_t indexes[COUNT];
    const struct qd_numeric_kernels *sets[] = { &qd_numeric_kernels_scalar, qd_numeric_kernels_best() };
    for (size_t i = 0; i < sizeof(data); i++) data[i] = (uint8_t)test_random(&seed);
    for (size_t i = 0; i < COUNT; i++) indexes[i] = test_below(&seed, COUNT);
    for (size_t set = 0; set < 2; set++) {
        uint64_t out[COUNT];
        uint64_t words[COUNT / 64 + 1];
        sets[set]->unpack(data, width, 3, COUNT - 3, out);
        for (size_t i = 0; i < COUNT - 3; i++)
            assert_int_equal(out[i], qd_numeric_unpack_one(data, width, i + 3));
        sets[set]->gather(data, width, indexes, COUNT, out);
        for (size_t i = 0; i < COUNT; i++)
            assert_int_equal(out[i], qd_numeric_unpack_one(data, width, indexes[i]));
        uint64_t low = test_random(&seed) & mask;
        uint64_t high = test_random(&seed) & mask;
        sets[set]->match(out, COUNT, low, high, words);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(words[i / 64] >> (i % 64) & 1, out[i] >= low && out[i] <= high);
        }
        assert_int_equal(words[COUNT / 64] >> (COUNT % 64), 0);
    }
}

TEST(numeric_kernels, unpack_gather_and_match_every_width)
{
    for (unsigned width = 1; width <= 64; width++) {
        if (width <= 57 || width == 64) check_width(width, width);
    }
}

TEST(numeric_kernels, compare_bytes_in_place)
{
    uint8_t data[1000];
    uint64_t seed = 3;
    const struct qd_numeric_kernels *best = qd_numeric_kernels_best();
    const struct qd_numeric_kernels *scalar = &qd_numeric_kernels_scalar;
    for (size_t i = 0; i < sizeof(data); i++) data[i] = (uint8_t)test_random(&seed);
    for (int round = 0; round < 200; round++) {
        uint64_t left[4] = { 0 };
        uint64_t right[4] = { 0 };
        size_t count = 1 + test_below(&seed, 240);
        uint32_t low = (uint32_t)test_random(&seed);
        uint32_t high = low + (uint32_t)(test_random(&seed) >> 33);
        scalar->match8(data, count, (uint8_t)low, (uint8_t)high, left);
        best->match8(data, count, (uint8_t)low, (uint8_t)high, right);
        assert_memory_equal(left, right, sizeof(left));
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(left[i / 64] >> (i % 64) & 1,
                             data[i] >= (uint8_t)low && data[i] <= (uint8_t)high);
        }
        scalar->match16(data, count, (uint16_t)low, (uint16_t)high, left);
        best->match16(data, count, (uint16_t)low, (uint16_t)high, right);
        assert_memory_equal(left, right, sizeof(left));
        scalar->match32(data, count, low, high, left);
        best->match32(data, count, low, high, right);
        assert_memory_equal(left, right, sizeof(left));
        for (size_t i = 0; i < count; i++) {
            uint32_t value = qd_load_u32(data + i * 4);
            assert_int_equal(left[i / 64] >> (i % 64) & 1, value >= low && value <= high);
        }
    }
}

TEST(numeric_kernels, scale_with_factors_of_all_sizes)
{
    enum { COUNT = 77 };
    uint64_t seed = 5;
    const struct qd_numeric_kernels *sets[] = { &qd_numeric_kernels_scalar, qd_numeric_kernels_best() };
    for (unsigned bits = 1; bits <= 64; bits++) {
        uint64_t base = test_random(&seed);
        uint64_t factor = bits == 1 ? 1 : test_random(&seed) >> (64 - bits);
        for (size_t set = 0; set < 2; set++) {
            uint64_t before[COUNT], values[COUNT];
            for (size_t i = 0; i < COUNT; i++) before[i] = values[i] = test_random(&seed) >> (i % 64);
            sets[set]->scale(values, COUNT, base, factor);
            for (size_t i = 0; i < COUNT; i++) assert_true(values[i] == base + factor * before[i]);
        }
    }
}

TEST(numeric_kernels, tell_which_of_64_lie_inside)
{
    uint64_t seed = 6;
    const struct qd_numeric_kernels *sets[] = { &qd_numeric_kernels_scalar, qd_numeric_kernels_best() };
    for (int round = 0; round < 300; round++) {
        int64_t values[64];
        unsigned shift = (unsigned)round % 64;
        for (size_t i = 0; i < 64; i++) values[i] = (int64_t)test_random(&seed) >> shift;
        int64_t low = round % 7 == 0 ? INT64_MIN : (int64_t)test_random(&seed) >> shift;
        int64_t high = round % 5 == 0 ? INT64_MAX : values[test_below(&seed, 64)];
        for (size_t set = 0; set < 2; set++) {
            uint64_t word = sets[set]->inside(values, low, high);
            for (size_t i = 0; i < 64; i++) {
                assert_int_equal(word >> i & 1, values[i] >= low && values[i] <= high);
            }
        }
    }
}

#define ARRAY_MAX 40000u

/* Arrays that ask for each encoding. */
static void make_array(unsigned kind, int64_t *values, uint32_t count, uint64_t *seed)
{
    unsigned bits = test_below(seed, 64);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t random = test_random(seed);
        switch (kind) {
        case 0: values[i] = 42; break;
        case 1: values[i] = (int64_t)(random >> bits); break;
        case 2: values[i] = -7000 + (int64_t)(random % 1000) * 86400000; break;
        case 3: values[i] = (int64_t)((random % 100) * 0x123456789abcdefu); break;
        case 4: values[i] = (int64_t)i * 1000 + (int64_t)(random % 1000); break;
        case 5: values[i] = random % 2 == 0 ? INT64_MIN : INT64_MAX; break;
        default: values[i] = i / 16384 == 1 ? 5 : (int64_t)(random % 200); break;
        }
    }
}

static void check_match(const struct qd_numeric_array *array, const int64_t *values, uint32_t count,
                        uint64_t *seed)
{
    uint64_t words[ARRAY_MAX / 64 + 1];
    uint32_t first = test_below(seed, count);
    uint32_t length = test_below(seed, count - first + 1);
    int64_t lower = values[test_below(seed, count)];
    if (lower < INT64_MAX) lower += (int64_t)test_below(seed, 2);
    int64_t upper = values[test_below(seed, count)];
    qd_numeric_array_match(array, first, length, lower, upper, words);
    for (uint32_t i = 0; i < length; i++) {
        bool inside = values[first + i] >= lower && values[first + i] <= upper;
        assert_int_equal(words[i / 64] >> (i % 64) & 1, inside);
    }
    if (length % 64 != 0) assert_int_equal(words[length / 64] >> (length % 64), 0);
}

static void check_array(const int64_t *values, uint32_t count, uint64_t *seed)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer out = { 0 };
    struct qd_numeric_array array;
    int64_t *decoded = QD_NEW_ARRAY(arena, int64_t, count);
    uint32_t *indexes = QD_NEW_ARRAY(arena, uint32_t, count);
    qd_numeric_array_write(&out, values, count);
    assert_false(qd_numeric_array_open(arena, qd_buffer_view(&out), (uint64_t)count + 1, &array));
    assert_false(qd_numeric_array_open(arena, qd_slice_make(out.data, out.size - 1), count, &array));
    assert_true(qd_numeric_array_open(arena, qd_buffer_view(&out), count, &array));
    uint32_t first = test_below(seed, count);
    qd_numeric_array_range(&array, first, count - first, decoded);
    assert_memory_equal(decoded, values + first, (count - first) * sizeof(*values));
    for (uint32_t i = 0; i < count; i++) {
        indexes[i] = test_below(seed, count);
        assert_int_equal(qd_numeric_array_at(&array, i), values[i]);
    }
    qd_numeric_array_gather(&array, indexes, count, decoded);
    for (uint32_t i = 0; i < count; i++) assert_int_equal(decoded[i], values[indexes[i]]);
    for (int i = 0; i < 10; i++) check_match(&array, values, count, seed);
    qd_buffer_deinit(&out);
    qd_arena_destroy(arena);
}

TEST(numeric_array, gives_back_what_was_written)
{
    static const uint32_t counts[] = { 1, 2, 63, 1000, 16384, 16385, ARRAY_MAX };
    int64_t *values = malloc(ARRAY_MAX * sizeof(*values));
    uint64_t seed = 99;
    for (unsigned kind = 0; kind < 7; kind++) {
        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            make_array(kind, values, counts[i], &seed);
            check_array(values, counts[i], &seed);
        }
    }
    free(values);
}

static size_t written_size(unsigned kind, uint32_t count)
{
    struct qd_buffer out = { 0 };
    uint64_t seed = 1;
    int64_t *values = malloc(count * sizeof(*values));
    make_array(kind, values, count, &seed);
    qd_numeric_array_write(&out, values, count);
    size_t size = out.size;
    qd_buffer_deinit(&out);
    free(values);
    return size;
}

TEST(numeric_array, takes_few_bytes)
{
    assert_int_equal(written_size(0, ARRAY_MAX), 32);
    assert_true(written_size(2, ARRAY_MAX) < ARRAY_MAX * 10 / 8 + 100);
    assert_true(written_size(3, ARRAY_MAX) < ARRAY_MAX + 1000);
    assert_true(written_size(4, 400000) < (size_t)400000 * 3 + 500);
    assert_true(written_size(5, ARRAY_MAX) < ARRAY_MAX / 8 + 100);
    assert_true(written_size(6, ARRAY_MAX) < ARRAY_MAX);
}

/* Tallies of a part of an array, in one lane or in four, against numbers taken one by one. */
static void check_tally(struct qd_arena *arena, int64_t base, uint32_t span, uint64_t *seed)
{
    enum { COUNT = 1000 };
    int64_t values[COUNT];
    uint64_t words[COUNT / 64];
    struct qd_buffer bytes = { 0 };
    struct qd_numeric_array array;
    for (size_t i = 0; i < COUNT; i++) values[i] = base + test_below(seed, span);
    qd_numeric_array_write(&bytes, values, COUNT);
    assert_true(qd_numeric_array_open(arena, qd_buffer_view(&bytes), COUNT, &array));
    size_t word_count = sizeof(words) / sizeof(words[0]);
    for (size_t i = 0; i < word_count; i++) words[i] = i % 3 == 0 ? UINT64_MAX : test_random(seed);
    uint64_t highest = (uint64_t)base + span - 1;
    size_t size = (size_t)qd_numeric_array_tally_size(&array, highest);
    assert_true(size > highest);
    for (size_t lane = 0; lane <= size; lane += size) {
        uint32_t *counts = QD_NEW_ARRAY(arena, uint32_t, 4 * size);
        uint32_t *expected = QD_NEW_ARRAY(arena, uint32_t, size);
        const struct qd_numeric_tally tally = { counts, lane, highest };
        qd_numeric_array_tally(&array, 7, words, word_count, &tally);
        for (size_t i = 0; i < word_count * 64; i++) {
            if ((words[i / 64] >> (i % 64) & 1) != 0) expected[values[7 + i]]++;
        }
        for (size_t n = 0; n < size; n++) {
            uint32_t sum = counts[n];
            for (size_t k = 1; k < 4 && lane > 0; k++) sum += counts[k * lane + n];
            assert_int_equal(sum, expected[n]);
        }
    }
    qd_buffer_deinit(&bytes);
}

TEST(numeric_array, tallies_count_numbers)
{
    static const uint32_t spans[] = { 1, 2, 30, 60, 200, 256, 257, 1500, 3000, 60000, 66000, 300000 };
    struct qd_arena *arena = qd_arena_create(0);
    uint64_t seed = 21;
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        check_tally(arena, 0, spans[i], &seed);
        check_tally(arena, 900, spans[i], &seed);
    }
    qd_arena_destroy(arena);
}
