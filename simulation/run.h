/* One simulated life of a node: random operations, faults, crashes and restarts against the model.
 *
 * Used by simulation/main.c. Everything is drawn from the seed; the node is the production code over
 * simulation/fake.
 */
#ifndef QD_SIMULATION_RUN_H
#define QD_SIMULATION_RUN_H

#include <stdbool.h>
#include <stdint.h>

/* What one seed gave. */
struct qd_run_result {
    bool failed;
    char message[512];    /* what was wrong, when failed */
    uint64_t trace_hash;  /* equal for equal seeds */
    uint64_t operations;  /* requests answered */
    uint64_t crashes;
    uint64_t restarts;
    uint64_t detected;    /* runs that ended because damage was detected and reported, as it must be */
};

/* Runs a seed. `planted`: the planted bug that is on, or NULL; `verbose` prints every request and answer. */
void qd_run_seed(uint64_t seed, const char *planted, bool verbose, struct qd_run_result *result);

#endif
