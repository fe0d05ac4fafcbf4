/* Why a text is not the JSON that OpenSearch accepts: the slow, strict second reader.
 *
 * Used by json.c only, after yyjson refused a text or a rule beyond the grammar seems broken. It repeats
 * Jackson's reading byte by byte and fills the error that Jackson would have raised first.
 * Source: com.fasterxml.jackson.core UTF8StreamJsonParser (behaviour, messages).
 */
#ifndef QD_BASE_JSON_DIAGNOSE_H
#define QD_BASE_JSON_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

/* Reads `source`; QD_OK when it is fine or empty (*empty: nothing but white space). Errors: QD_JSON_PARSE,
 * QD_JSON_EOF, QD_STREAM_CONSTRAINTS with Jackson's text. */
QD_CHECKED enum qd_status qd_json_diagnose(struct qd_slice source, bool *empty, struct qd_error *error);

/* Line and column (from 1, columns in bytes) of the byte at `offset`. */
void qd_json_line_column(struct qd_slice source, size_t offset, int64_t *line, int64_t *column);

#endif
