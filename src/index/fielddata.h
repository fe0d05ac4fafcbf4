/* Field data: columns of ordinals for text fields, made out of the inverted index.
 *
 * A text field has no column. One whose mapping says `fielddata: true` gets one when it is first sorted by,
 * aggregated on or fetched: each document's terms are gathered from the postings of its segment, without
 * those that `fielddata_frequency_filter` leaves out. From then on qd_segment_ordinals gives that column.
 *
 * Used by search and aggregation, before they ask a segment for the column; the bytes are for statistics. Any
 * thread. Memory: the column belongs to its segment and goes away with it, or when it was dropped and the
 * searches that use it have ended; it is reserved from `breaker`, which outlives both. Source: OpenSearch
 * PagedBytesIndexFieldData, FrequencyFilter.
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

/* Shows the newest view again without the field data of the fields named between commas, without any when
 * there are none (lane). Searches that run keep what they use; its memory is given back after the last. */
void qd_fielddata_drop(struct qd_engine *engine, struct qd_slice fields);

/* Memory that loaded field data takes in a snapshot's segments, of all fields. */
int64_t qd_fielddata_bytes(const struct qd_snapshot *snapshot);

/* Memory of one field. */
struct qd_fielddata_use {
    struct qd_slice field; /* full path */
    int64_t bytes;         /* in all snapshots that were added */
};

/* Memory by field. */
struct qd_fielddata_uses {
    struct qd_arena *arena;        /* of the list; the caller sets it, the rest is 0 */
    struct qd_fielddata_use *data; /* data[count], ascending by name */
    size_t count;                  /* fields with field data */
    size_t capacity;               /* of data */
};

/* Adds what each field's field data takes in a snapshot's segments. */
void qd_fielddata_uses_add(struct qd_fielddata_uses *uses, const struct qd_snapshot *snapshot);

#endif
