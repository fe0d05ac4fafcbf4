/* Why a text is not the JSON that OpenSearch accepts: the slow, exact second reader.
 *
 * Used by json.c only, after yyjson refused a text or a rule beyond the grammar seems broken. It repeats
 * Jackson's reading byte by byte and fills the error that Jackson would have raised first. What Jackson
 * accepts and yyjson does not (comments, a byte order mark, lone surrogates) is overwritten in place, so
 * that offsets stay.
 * Source: tools.jackson.core.json.UTF8StreamJsonParser (behaviour, messages).
 */
#ifndef QD_BASE_JSON_DIAGNOSE_H
#define QD_BASE_JSON_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/slice.h"
#include "base/status.h"

/* Reads text[size]; QD_OK when Jackson accepts it. *empty: there is nothing but white space and comments;
 * *mended: bytes were overwritten and yyjson may be asked again. Errors: QD_JSON_PARSE, QD_JSON_EOF,
 * QD_STREAM_CONSTRAINTS with Jackson's text and its cause; QD_ILLEGAL_ARGUMENT for a second value. */
QD_CHECKED enum qd_status qd_json_diagnose(char *text, size_t size, bool *empty, bool *mended,
                                           struct qd_error *error);

/* How far a reader that streams got in a text. */
struct qd_json_break {
    size_t token_start;  /* where the last token begins that was handed out */
    size_t value_end;    /* behind the last whole token that is no name */
    size_t string_start; /* of the string value that broke, which was handed out unread; SIZE_MAX: none */
    size_t whole_end;    /* behind the first value of the text; 0: the text broke inside it */
    size_t depth;        /* how many containers are open */
    bool objects[QD_JSON_DEPTH_MAX]; /* objects[depth]: which of them are objects */
};

/* The same, telling where it stopped. */
QD_CHECKED enum qd_status qd_json_diagnose_break(char *text, size_t size, bool *empty, bool *mended,
                                                 struct qd_json_break *broken, struct qd_error *error);

/* Line and column (from 1, columns in bytes) of the byte at `offset`. */
void qd_json_line_column(struct qd_slice source, size_t offset, int64_t *line, int64_t *column);

#endif
