/* Indexing pressure: bytes of writes that are under way on this node, and the refusal of more.
 *
 * Used by coordinator/write_documents.c (coordinating bytes), data/write.c (primary bytes) and the
 * statistics. Loop only. A write that is coordinated and applied on the same node counts once towards the
 * limit, as coordinating bytes. Source: OpenSearch IndexingPressure.
 */
#ifndef QD_DATA_INDEXING_PRESSURE_H
#define QD_DATA_INDEXING_PRESSURE_H

#include <stdint.h>

#include "base/status.h"

struct qd_indexing_pressure {
    int64_t limit;                      /* bytes: indexing_pressure.memory.limit */
    int64_t coordinating;               /* bytes of writes that this node coordinates now */
    int64_t primary;                    /* bytes of writes that its primaries have now */
    int64_t coordinating_total;         /* of all so far */
    int64_t primary_total;              /* likewise */
    int64_t coordinating_rejections;    /* refused requests so far */
};

/* Reserves bytes for a request. Errors: QD_REJECTED_EXECUTION; nothing is reserved then, and the refusal is
 * counted. */
QD_CHECKED enum qd_status qd_indexing_pressure_coordinate(struct qd_indexing_pressure *pressure,
                                                          int64_t bytes, struct qd_error *error);

/* Gives them back. */
void qd_indexing_pressure_coordinated(struct qd_indexing_pressure *pressure, int64_t bytes);

/* Adds and gives back bytes of a request to a primary of this node that the node itself coordinates: they are
 * counted already, so that they are not refused here. */
void qd_indexing_pressure_primary(struct qd_indexing_pressure *pressure, int64_t bytes);
void qd_indexing_pressure_primary_done(struct qd_indexing_pressure *pressure, int64_t bytes);

#endif
