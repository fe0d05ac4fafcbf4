/* Writing compact JSON into a buffer.
 *
 * Used by everything that renders an answer. Commas and colons are placed by the writer. `pretty`,
 * `filter_path` and other content types are applied to the finished text by the rest layer.
 */
#ifndef QD_BASE_JSON_WRITER_H
#define QD_BASE_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/slice.h"

/* `{ .out = &buffer }` is ready. */
struct qd_json_writer {
    struct qd_buffer *out; /* where the text goes */
    bool comma;            /* the next name or value needs a comma in front */
    bool human;            /* ?human=true: human-readable twins are written too */
};

/* Opens and closes containers. */
void qd_json_begin_object(struct qd_json_writer *writer);
void qd_json_end_object(struct qd_json_writer *writer);
void qd_json_begin_array(struct qd_json_writer *writer);
void qd_json_end_array(struct qd_json_writer *writer);

/* Writes a member name. */
void qd_json_name(struct qd_json_writer *writer, const char *name);
void qd_json_name_slice(struct qd_json_writer *writer, struct qd_slice name);

/* Writes a value. Doubles and floats are printed as Java's Double.toString and Float.toString do;
 * infinities and NaN as the strings that Jackson writes. */
void qd_json_string(struct qd_json_writer *writer, struct qd_slice value);
void qd_json_text_value(struct qd_json_writer *writer, const char *value);
void qd_json_int(struct qd_json_writer *writer, int64_t value);
void qd_json_uint(struct qd_json_writer *writer, uint64_t value);
void qd_json_double_value(struct qd_json_writer *writer, double value);
void qd_json_float_value(struct qd_json_writer *writer, float value);
void qd_json_bool(struct qd_json_writer *writer, bool value);
void qd_json_null(struct qd_json_writer *writer);

/* Writes finished JSON text as one value. */
void qd_json_raw(struct qd_json_writer *writer, struct qd_slice json);

/* Writes a parsed node; numbers keep their text. */
void qd_json_node(struct qd_json_writer *writer, const struct qd_json *node);

/* Writes a parsed node as Jackson copies it: a number with fraction or exponent as the double that it is. */
void qd_json_node_copied(struct qd_json_writer *writer, const struct qd_json *node);

/* Name and value in one call. */
void qd_json_member_string(struct qd_json_writer *writer, const char *name, struct qd_slice value);
void qd_json_member_text(struct qd_json_writer *writer, const char *name, const char *value);
void qd_json_member_int(struct qd_json_writer *writer, const char *name, int64_t value);
void qd_json_member_bool(struct qd_json_writer *writer, const char *name, bool value);
void qd_json_member_double(struct qd_json_writer *writer, const char *name, double value);

/* Opens a named container. */
void qd_json_member_object(struct qd_json_writer *writer, const char *name);
void qd_json_member_array(struct qd_json_writer *writer, const char *name);

/* The text of a node in `arena`, as qd_json_node writes it. */
struct qd_slice qd_json_node_text(const struct qd_json *node, struct qd_arena *arena);

#endif
