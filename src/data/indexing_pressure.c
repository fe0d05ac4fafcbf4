#include "data/indexing_pressure.h"

#include "base/assert.h"

enum qd_status qd_indexing_pressure_coordinate(struct qd_indexing_pressure *pressure, int64_t bytes,
                                               struct qd_error *error)
{
    int64_t before = pressure->coordinating;
    if (bytes > pressure->limit - before) {
        pressure->coordinating_rejections++;
        return qd_error_set(error, QD_REJECTED_EXECUTION,
                            "rejected execution of coordinating operation "
                            "[coordinating_and_primary_bytes=%lld, replica_bytes=0, all_bytes=%lld, "
                            "coordinating_operation_bytes=%lld, "
                            "max_coordinating_and_primary_bytes=%lld]",
                            (long long)before, (long long)before, (long long)bytes,
                            (long long)pressure->limit);
    }
    pressure->coordinating += bytes;
    pressure->coordinating_total += bytes;
    return QD_OK;
}

void qd_indexing_pressure_coordinated(struct qd_indexing_pressure *pressure, int64_t bytes)
{
    qd_assert(pressure->coordinating >= bytes);
    pressure->coordinating -= bytes;
}

void qd_indexing_pressure_primary(struct qd_indexing_pressure *pressure, int64_t bytes)
{
    pressure->primary += bytes;
    pressure->primary_total += bytes;
}

void qd_indexing_pressure_primary_done(struct qd_indexing_pressure *pressure, int64_t bytes)
{
    qd_assert(pressure->primary >= bytes);
    pressure->primary -= bytes;
}
