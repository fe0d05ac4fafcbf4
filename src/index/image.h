/* A segment in memory from an index buffer.
 *
 * Used by the engine at refresh. The image has the same bytes as a segment file.
 */
#ifndef QD_INDEX_IMAGE_H
#define QD_INDEX_IMAGE_H

#include "base/buffer.h"
#include "base/status.h"
#include "codec/stored.h"
#include "index/buffer.h"

/* How stored fields are compressed. */
struct qd_image_options {
    enum qd_stored_codec codec;
    int level;
};

/* Appends the segment's bytes to `out` (empty before). The buffer must hold at least one document; its
 * columns are sorted in place, so it can be built once. Deleted documents are in the segment too. Errors:
 * none but those of the writers. */
QD_CHECKED enum qd_status qd_image_build(struct qd_index_buffer *buffer,
                                         const struct qd_image_options *options,
                                         struct qd_buffer *out, struct qd_error *error);

#endif
