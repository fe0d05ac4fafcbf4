/* What the files of the xcontent module share: one reader and one writer per content type.
 *
 * Used by xcontent*.c only.
 */
#ifndef QD_BASE_XCONTENT_INTERNAL_H
#define QD_BASE_XCONTENT_INTERNAL_H

#include "base/json.h"
#include "base/json_writer.h"
#include "base/xcontent.h"

/* Writers: append a tree to `out` in their own form. Recursion is bounded by the depth of JSON. */
void qd_pretty_write(const struct qd_json *node, struct qd_buffer *out);
void qd_yaml_write(const struct qd_json *node, struct qd_buffer *out);
void qd_cbor_write(const struct qd_json *node, struct qd_buffer *out);
void qd_smile_write(const struct qd_json *node, struct qd_buffer *out);

/* Readers: write the one value in `bytes` as JSON. Errors: QD_JSON_PARSE, QD_JSON_EOF,
 * QD_STREAM_CONSTRAINTS. */
QD_CHECKED enum qd_status qd_yaml_read(struct qd_slice bytes, struct qd_json_writer *writer,
                                       struct qd_error *error);
QD_CHECKED enum qd_status qd_cbor_read(struct qd_slice bytes, struct qd_json_writer *writer,
                                       struct qd_error *error);
QD_CHECKED enum qd_status qd_smile_read(struct qd_slice bytes, struct qd_json_writer *writer,
                                        struct qd_error *error);

#endif
