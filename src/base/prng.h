/* A seeded pseudo-random generator, the same on every machine.
 *
 * Used by simulation, tests, jitter and generated ids; not for secrets. The state is passed in, one user at
 * a time.
 * Source: xoshiro256** and splitmix64 (Blackman and Vigna).
 */
#ifndef QD_BASE_PRNG_H
#define QD_BASE_PRNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* State; set with qd_prng_seed. */
struct qd_prng {
    uint64_t state[4]; /* never all 0 */
};

/* Starts the sequence of `seed`. */
void qd_prng_seed(struct qd_prng *prng, uint64_t seed);

/* 64 uniform bits. */
uint64_t qd_prng_next(struct qd_prng *prng);

/* Uniform in [0, bound); bound > 0. */
uint64_t qd_prng_below(struct qd_prng *prng, uint64_t bound);

/* Uniform in [low, high], both included; low <= high. */
int64_t qd_prng_between(struct qd_prng *prng, int64_t low, int64_t high);

/* Uniform in [0, 1). */
double qd_prng_double(struct qd_prng *prng);

/* True in `percent` of 100 cases. */
bool qd_prng_percent(struct qd_prng *prng, unsigned percent);

/* Fills data[size]. */
void qd_prng_bytes(struct qd_prng *prng, void *data, size_t size);

/* One step of splitmix64: a good mix of `value`, for deriving seeds. */
uint64_t qd_prng_mix(uint64_t value);

#endif
