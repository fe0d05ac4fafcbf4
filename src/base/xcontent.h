/* Content types of bodies: JSON, YAML, CBOR, SMILE, NDJSON.
 *
 * Used by rest only: inside, everything is JSON text. Source: OpenSearch MediaTypeRegistry, XContentType;
 * Jackson's generators.
 */
#ifndef QD_BASE_XCONTENT_H
#define QD_BASE_XCONTENT_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/slice.h"
#include "base/status.h"

enum qd_xcontent_type {
    QD_XCONTENT_NONE, /* unknown, or not said */
    QD_XCONTENT_JSON,
    QD_XCONTENT_NDJSON,
    QD_XCONTENT_YAML,
    QD_XCONTENT_CBOR,
    QD_XCONTENT_SMILE
};

/* The type of a Content-Type or Accept value ("application/json; charset=UTF-8",
 * "application/vnd.opensearch+json;compatible-with=3", "application/x-ndjson", "text/plain" ...) or of a
 * short name ("yaml"); QD_XCONTENT_NONE when it is none of ours. */
enum qd_xcontent_type qd_xcontent_from_media_type(struct qd_slice text);

/* The Content-Type of an answer: "application/json; charset=UTF-8", "application/yaml",
 * "application/cbor", "application/smile". */
const char *qd_xcontent_media_type(enum qd_xcontent_type type);

/* Turns a YAML, CBOR or SMILE body into JSON text in `arena`. Bounded by the limits of json.h. Errors: the
 * reference's parse errors. */
QD_CHECKED enum qd_status qd_xcontent_to_json(struct qd_arena *arena, enum qd_xcontent_type type,
                                              struct qd_slice bytes, struct qd_slice *json,
                                              struct qd_error *error);

/* Appends JSON text (one value) in another form: YAML, CBOR, SMILE, or JSON with `pretty` (two blanks, as
 * the reference prints; a line feed at the end). Errors: QD_JSON_PARSE when `json` is no JSON. */
QD_CHECKED enum qd_status qd_xcontent_from_json(struct qd_slice json, enum qd_xcontent_type type, bool pretty,
                                                struct qd_buffer *out, struct qd_error *error);

#endif
