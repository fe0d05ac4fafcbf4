/* Empirical bias of HyperLogLog estimates.
 *
 * Used by hll.c. Source: "HyperLogLog in Practice" (Heule, Nunkesser, Hall), section 5.2 and appendix.
 */
#ifndef QD_AGGREGATION_HLL_BIAS_TABLE_H
#define QD_AGGREGATION_HLL_BIAS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define QD_HLL_PRECISION_MIN 4
#define QD_HLL_PRECISION_MAX 18

/* The data of one precision. */
struct qd_hll_bias {
    const double *estimates; /* estimates[count], raw estimates */
    const double *biases;    /* biases[count], what they are too large by */
    size_t count;
    int64_t threshold;       /* up to here linear counting is better */
};

/* By precision - QD_HLL_PRECISION_MIN. */
extern const struct qd_hll_bias qd_hll_biases[QD_HLL_PRECISION_MAX - QD_HLL_PRECISION_MIN + 1];

#endif
