#include "base/prng.h"

#include <string.h>

#include "base/assert.h"

uint64_t qd_prng_mix(uint64_t value)
{
    value += 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9u;
    value = (value ^ value >> 27) * 0x94d049bb133111ebu;
    return value ^ value >> 31;
}

void qd_prng_seed(struct qd_prng *prng, uint64_t seed)
{
    for (size_t i = 0; i < 4; i++) prng->state[i] = qd_prng_mix(seed + i * 0x9e3779b97f4a7c15u);
}

static uint64_t rotate(uint64_t value, unsigned by)
{
    return value << by | value >> (64 - by);
}

uint64_t qd_prng_next(struct qd_prng *prng)
{
    uint64_t *state = prng->state;
    uint64_t result = rotate(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

uint64_t qd_prng_below(struct qd_prng *prng, uint64_t bound)
{
    qd_assert(bound > 0);
    /* The first 2^64 mod bound values would make small results likelier. */
    uint64_t skip = (0 - bound) % bound;
    uint64_t value = qd_prng_next(prng);
    while (value < skip) value = qd_prng_next(prng);
    return value % bound;
}

int64_t qd_prng_between(struct qd_prng *prng, int64_t low, int64_t high)
{
    qd_assert(low <= high);
    uint64_t span = (uint64_t)high - (uint64_t)low;
    uint64_t offset = span == UINT64_MAX ? qd_prng_next(prng) : qd_prng_below(prng, span + 1);
    return (int64_t)((uint64_t)low + offset);
}

double qd_prng_double(struct qd_prng *prng)
{
    return (double)(qd_prng_next(prng) >> 11) * 0x1p-53;
}

bool qd_prng_percent(struct qd_prng *prng, unsigned percent)
{
    return qd_prng_below(prng, 100) < percent;
}

void qd_prng_bytes(struct qd_prng *prng, void *data, size_t size)
{
    uint8_t *at = data;
    while (size > 0) {
        uint64_t word = qd_prng_next(prng);
        size_t step = size < sizeof(word) ? size : sizeof(word);
        memcpy(at, &word, step);
        at += step;
        size -= step;
    }
}
