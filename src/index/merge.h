/* Merging segments into one: doc ids are re-based, deleted documents left out, nothing is analysed again.
 *
 * Used by the engine's merges. Pure over immutable segments. Memory is bounded by one field at a time.
 */
#ifndef QD_INDEX_MERGE_H
#define QD_INDEX_MERGE_H

#include <stdint.h>

#include "base/status.h"
#include "codec/stored.h"
#include "index/held_segment.h"
#include "index/image.h"

/* One segment that goes in. */
struct qd_merge_input {
    struct qd_held_segment *held; /* a reference of the merge's owner */
    struct qd_live_docs *live;    /* likewise; NULL: all live */
    uint32_t live_count;
};

/* Writes the live documents of inputs[count] as one segment into `sink`; at least one document is live in
 * all. Errors: QD_CORRUPTION of an input, errors of the sink. */
QD_CHECKED enum qd_status qd_merge_write(const struct qd_merge_input *inputs, uint32_t count,
                                         const struct qd_image_options *options, struct qd_sink sink,
                                         struct qd_error *error);

#endif
