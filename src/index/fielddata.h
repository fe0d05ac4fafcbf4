/* Field data: columns of ordinals for text fields, made out of the inverted index.
 *
 * A text field has no column. One whose mapping says `fielddata: true` gets one when it is first sorted by,
 * aggregated on or fetched: each document's terms are gathered from the postings of its segment, without
 * those that `fielddata_frequency_filter` leaves out. From then on qd_segment_ordinals gives that column.
 *
 * Used by search and aggregation, before they ask a segment for the column; the bytes are for statistics. Any
 * thread. Memory: the column belongs to its segment and goes away with it; it is reserved from `breaker`,
 * which outlives the segment. Source: OpenSearch PagedBytesIndexFieldData, FrequencyFilter.
 */
#ifndef QD_INDEX_FIELDDATA_H
#define QD_INDEX_FIELDDATA_H

#include "base/breaker.h"
#include "index/engine.h"
#include "mapping/mapping.h"

/* Loads the field data of `field` in all segments of a snapshot that have none yet. Fields that have a
 * column, or whose mapping does not allow field data, are left alone. Errors: QD_CIRCUIT_BREAKING,
 * QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_fielddata_load(const struct qd_snapshot *snapshot, const struct qd_field *field,
                                            struct qd_breaker *breaker, struct qd_error *error);

/* Memory that the loaded field data of a field takes in a snapshot's segments; of all fields when `field` is
 * empty. */
int64_t qd_fielddata_bytes(const struct qd_snapshot *snapshot, struct qd_slice field);

#endif
