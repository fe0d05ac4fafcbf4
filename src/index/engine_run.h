/* Runs of operations on an engine: what saves time when many follow each other.
 *
 * Used by data/write.c around qd_engine_apply; what is applied is the same without. Lane only.
 */
#ifndef QD_INDEX_ENGINE_RUN_H
#define QD_INDEX_ENGINE_RUN_H

#include "index/engine.h"

/* Begins or ends a run. In it the clock is not read for each operation, and what others see of the statistics
 * follows some operations late. */
void qd_engine_run(struct qd_engine *engine, bool begins);

/* Gives the hash of an id, for qd_operation.id_hash, and asks the memory for what applying an operation on it
 * reads first: to be called some operations ahead. */
uint64_t qd_engine_expect(const struct qd_engine *engine, struct qd_slice id);

#endif
