#include "base/bitset.h"

#include "base/prng.h"
#include "base/test.h"

#define BITS_MAX 300

/* The naive set: one byte per bit. */
struct model {
    uint8_t bit[BITS_MAX];
    size_t size;
};

static void fill(struct qd_prng *prng, struct qd_bitset *bitset, struct model *model)
{
    for (size_t i = 0; i < model->size; i++) {
        model->bit[i] = qd_prng_percent(prng, 30);
        if (model->bit[i]) qd_bitset_set(bitset, i);
    }
}

static void check(const struct qd_bitset *bitset, const struct model *model)
{
    size_t count = 0, next = QD_BITSET_NONE, next_clear = QD_BITSET_NONE;
    for (size_t i = model->size; i-- > 0;) {
        assert_int_equal(qd_bitset_get(bitset, i), model->bit[i]);
        count += model->bit[i];
        if (model->bit[i]) next = i;
        else next_clear = i;
        assert_true(qd_bitset_next(bitset, i) == next);
        assert_true(qd_bitset_next_clear(bitset, i) == next_clear);
    }
    size_t previous = QD_BITSET_NONE;
    for (size_t i = 0; i < model->size; i++) {
        if (model->bit[i]) previous = i;
        assert_true(qd_bitset_previous(bitset, i) == previous);
    }
    assert_int_equal(qd_bitset_count(bitset), count);
    assert_true(qd_bitset_next(bitset, model->size) == QD_BITSET_NONE);
}

static void combine(struct qd_prng *prng, struct qd_arena *arena, size_t size)
{
    struct model a = { .size = size }, b = { .size = size };
    struct qd_bitset x = qd_bitset_make(arena, size), y = qd_bitset_make(arena, size);
    fill(prng, &x, &a);
    fill(prng, &y, &b);
    check(&x, &a);
    size_t both = 0;
    for (size_t i = 0; i < size; i++) both += a.bit[i] & b.bit[i];
    assert_int_equal(qd_bitset_count_and(&x, &y), both);
    assert_int_equal(qd_bitset_intersects(&x, &y), both > 0);
    uint64_t operation = qd_prng_below(prng, 6);
    size_t to = (size_t)qd_prng_below(prng, size + 1), from = (size_t)qd_prng_below(prng, to + 1);
    size_t inside = 0;
    for (size_t i = from; i < to; i++) inside += a.bit[i];
    assert_int_equal(qd_bitset_count_range(&x, from, to), inside);
    for (size_t i = 0; i < size; i++) {
        bool in = i >= from && i < to;
        uint8_t results[] = { a.bit[i] & b.bit[i],  a.bit[i] | b.bit[i], a.bit[i] & !b.bit[i],
                              !a.bit[i],            a.bit[i] | in,       a.bit[i] & !in };
        a.bit[i] = results[operation];
    }
    if (operation == 0) qd_bitset_and(&x, &y);
    if (operation == 1) qd_bitset_or(&x, &y);
    if (operation == 2) qd_bitset_and_not(&x, &y);
    if (operation == 3) qd_bitset_not(&x);
    if (operation == 4) qd_bitset_set_range(&x, from, to);
    if (operation == 5) qd_bitset_clear_range(&x, from, to);
    check(&x, &a);
    struct qd_bitset copy = qd_bitset_copy(arena, &x);
    check(&copy, &a);
    qd_bitset_set_all(&copy);
    assert_int_equal(qd_bitset_count(&copy), size);
    qd_bitset_clear_all(&copy);
    assert_int_equal(qd_bitset_count(&copy), 0);
}

TEST(bitset, equals_a_naive_set)
{
    struct qd_prng prng;
    qd_prng_seed(&prng, 2);
    for (size_t size = 0; size < BITS_MAX; size++) {
        struct qd_arena *arena = qd_arena_create(0);
        combine(&prng, arena, size);
        qd_arena_destroy(arena);
    }
}
